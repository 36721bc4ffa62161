//! Reads a Dockerfile for what the Engine would fetch from its own network: `ADD` of an address.
//!
//! It is read as the Engine's builder reads it. The crates that parse Dockerfiles follow BuildKit: they
//! take the lines of a heredoc for text, which are instructions to the builder that this server uses.
//! Where builders of different versions differ, each reading is judged.

mod bases;
mod words;

use std::collections::{HashMap, HashSet};

use super::address::{is_address, leads_inward, may_become_address};
use super::build::Vetted;
use super::remedy::{Remedy, refused, shown};
use super::rules::Policy;
use super::vetted::VettedBuild;
use crate::engine::error::EngineError;
use words::{Assignments, Expanded};

/// How the lines of a Dockerfile come together.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// What escapes the next character, and the end of a line.
    escape: char,
    /// Two of them at the end of a line escape it too, as they did once.
    doubled: bool,
}

/// A line with those that continue it.
#[derive(Debug, PartialEq, Eq)]
struct Instruction {
    line: usize,
    text: String,
}

/// What is known of variables at a place of the Dockerfile.
#[derive(Default)]
struct Scope<'a> {
    buildargs: HashMap<&'a str, &'a str>,
    /// The arguments before the first stage.
    global: Assignments,
    /// Those of the stage, and what it set in its environment, which comes first.
    arguments: Assignments,
    environment: Assignments,
    stages: HashMap<String, Assignments>,
    stage: Option<String>,
}

impl Policy {
    /// Judges the Dockerfile of a build from a directory that was judged; these bytes and no others may
    /// be sent.
    ///
    /// # Errors
    /// [`EngineError::Refused`].
    pub(crate) fn vet_dockerfile<'a>(
        &self,
        _: Vetted,
        dockerfile: &[u8],
        buildargs: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<VettedBuild, EngineError> {
        let (text, buildargs) = (String::from_utf8_lossy(dockerfile), buildargs.collect());
        if !self.allow_privileged {
            check(&text, &buildargs)?;
        }
        Ok(VettedBuild::new(bases::bases(&text, &buildargs)))
    }
}

fn check(text: &str, buildargs: &HashMap<&str, &str>) -> Result<(), EngineError> {
    let readings = readings(text);
    let mut judged = HashSet::new();
    for reading in &readings {
        let mut scope = Scope {
            buildargs: buildargs.clone(),
            ..Scope::default()
        };
        for instruction in instructions(text, *reading) {
            scope.follow(&instruction, *reading)?;
            judged.insert(instruction.line);
        }
    }
    // A line within another instruction is one of its own where a builder knows heredocs and another
    // does not; what only may become an address is one there, and a package elsewhere.
    let strict = text.contains("<<");
    let lines: Vec<&str> = text.lines().collect();
    let within = (0..lines.len()).filter(|first| !judged.contains(&(first + 1)));
    for first in within {
        for reading in &readings {
            if let Some(it) = instruction_at(&lines, &mut { first }, *reading) {
                Scope::default().judge(&it, &it.text, *reading, strict)?;
            }
        }
    }
    Ok(())
}

/// The ways in which builders may read a Dockerfile.
fn readings(text: &str) -> Vec<Reading> {
    let comments = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .take_while(|line| line.starts_with('#') || line.is_empty());
    let backtick = comments
        .filter_map(|line| line.trim_start_matches('#').split_once('='))
        .any(|(key, value)| key.trim().eq_ignore_ascii_case("escape") && value.trim() == "`");
    // The directive counts only where nothing but directives is before it, which versions see
    // differently.
    let escapes: &[char] = if backtick { &['`', '\\'] } else { &['\\'] };
    let ends_doubled = |escape: char| {
        let doubled = String::from_iter([escape, escape]);
        text.lines().any(|line| line.trim_end().ends_with(&doubled))
    };
    escapes
        .iter()
        .flat_map(|&escape| {
            let doubled: &[bool] = if ends_doubled(escape) {
                &[false, true]
            } else {
                &[false]
            };
            doubled
                .iter()
                .map(move |&doubled| Reading { escape, doubled })
        })
        .collect()
}

fn instructions(text: &str, reading: Reading) -> Vec<Instruction> {
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    let mut next = 0;
    let mut instructions = Vec::new();
    while next < lines.len() {
        instructions.extend(instruction_at(&lines, &mut next, reading));
    }
    instructions
}

/// The instruction that begins at a line, if one does; the line is then the one after it.
fn instruction_at(lines: &[&str], next: &mut usize, reading: Reading) -> Option<Instruction> {
    let first = *next;
    let blank = |line: &str| line.is_empty() || line.starts_with('#');
    let mut text = String::new();
    while let Some(line) = lines.get(*next) {
        *next += 1;
        let line = if text.is_empty() {
            line.trim_start()
        } else {
            line
        };
        if blank(line.trim()) {
            match first + 1 == *next {
                true => return None,
                // Comments and empty lines do not end what goes on.
                false => continue,
            }
        }
        match continued(line, reading) {
            Some(part) => text.push_str(part),
            None => {
                text.push_str(line);
                break;
            }
        }
    }
    Some(Instruction {
        line: first + 1,
        text: text.trim().to_owned(),
    })
}

/// The line without what says that it goes on, if it does.
fn continued(line: &str, reading: Reading) -> Option<&str> {
    let part = line
        .trim_end_matches(['\r', ' ', '\t'])
        .strip_suffix(reading.escape)?;
    (reading.doubled || !part.ends_with(reading.escape)).then_some(part)
}

impl Scope<'_> {
    /// Judges an instruction and takes note of what it sets.
    fn follow(&mut self, instruction: &Instruction, reading: Reading) -> Result<(), EngineError> {
        self.judge(instruction, &instruction.text, reading, true)?;
        self.note(instruction, reading);
        Ok(())
    }

    /// Takes note of what an instruction sets.
    fn note(&mut self, instruction: &Instruction, reading: Reading) {
        let (name, rest) = split(&instruction.text);
        match &*name {
            "from" => self.begin(rest),
            "arg" => self.arguments_of(rest, reading.escape),
            "env" => self.environment_of(rest, reading.escape),
            _ => {}
        }
    }

    fn judge(
        &self,
        whole: &Instruction,
        text: &str,
        reading: Reading,
        strict: bool,
    ) -> Result<(), EngineError> {
        let (name, rest) = split(text);
        match &*name {
            "add" => {}
            // The values are those of the build that it comes to.
            "onbuild" => return Scope::default().judge(whole, rest, reading, strict),
            _ => return Ok(()),
        }
        for source in sources(rest) {
            let Expanded { text, unknown } = words::expand(&source, reading.escape, &|name| {
                self.value(name).map(str::to_owned)
            });
            let why = match unknown {
                None if is_address(&text) => match leads_inward(&text) {
                    Some(why) => why.to_owned(),
                    None => continue,
                },
                None => continue,
                Some((at, name)) => {
                    let beginning = text.get(..at).unwrap_or(&text);
                    let address = is_address(beginning) || strict && may_become_address(beginning);
                    if !address {
                        continue;
                    }
                    let name = shown(name);
                    format!("may be any address, because the value of {name} is not known")
                }
            };
            let line = whole.line;
            return Err(refused(
                format!(
                    "`ADD` in line {line} of the Dockerfile: {} {why}, and the Engine fetches it from its own host, which this \
                     server does not allow; fetch it into the build context and use `COPY`",
                    shown(&source)
                ),
                Remedy::Privileged,
            ));
        }
        Ok(())
    }

    fn value(&self, name: &str) -> Option<&str> {
        let known = match self.environment.get(name) {
            Some(value) => value,
            None => self.arguments.get(name)?,
        };
        known.as_deref()
    }

    fn begin(&mut self, rest: &str) {
        self.leave_stage();
        let mut words = rest
            .split_whitespace()
            .filter(|word| !word.starts_with("--"));
        let base = words.next().unwrap_or_default().to_ascii_lowercase();
        let name = words.nth(1).map(str::to_ascii_lowercase);
        self.environment = self.stages.get(&base).cloned().unwrap_or_default();
        self.arguments = Assignments::new();
        self.stage = Some(name.unwrap_or_default());
    }

    /// Takes note of the environment that a stage ends with, which one after it may begin with.
    fn leave_stage(&mut self) {
        if let Some(name) = self.stage.take() {
            self.stages
                .insert(name, std::mem::take(&mut self.environment));
        }
    }

    fn arguments_of(&mut self, rest: &str, escape: char) {
        for word in words::split(rest, escape) {
            let (name, default) = match word.split_once('=') {
                Some((name, default)) => (name, Some(default)),
                None => (&*word, None),
            };
            let default = default.map(|it| self.expanded(it, escape));
            let given = self
                .buildargs
                .get(name)
                .map(|value| Some((*value).to_owned()));
            let value = given
                .or(default)
                .or_else(|| self.global.get(name).cloned())
                .unwrap_or_default();
            let known = match self.stage {
                Some(_) => &mut self.arguments,
                None => &mut self.global,
            };
            known.insert(name.to_owned(), value);
        }
    }

    fn environment_of(&mut self, rest: &str, escape: char) {
        let words = words::split(rest, escape);
        let first = words.first().map(String::as_str).unwrap_or_default();
        // `ENV NAME the rest of the line`
        let pairs = if first.contains('=') {
            let pairs = words.iter().filter_map(|word| word.split_once('='));
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect()
        } else {
            let (name, value) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            vec![(name.to_owned(), value.trim().to_owned())]
        };
        // Each has the values from before the instruction.
        let values: Vec<_> = pairs
            .into_iter()
            .map(|(name, value)| (name, self.expanded(&value, escape)))
            .collect();
        self.environment.extend(values);
    }

    /// The value of a text, if all that it is made of is known.
    fn expanded(&self, text: &str, escape: char) -> Option<String> {
        let lookup = |name: &str| match self.stage {
            Some(_) => self.value(name).map(str::to_owned),
            None => self.global.get(name).cloned().flatten(),
        };
        let Expanded { text, unknown } = words::expand(text, escape, &lookup);
        unknown.is_none().then_some(text)
    }
}

/// The name of an instruction, in lower case, and what follows it.
fn split(text: &str) -> (String, &str) {
    let text = text.trim();
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (name.to_ascii_lowercase(), rest.trim())
}

/// The sources of an `ADD`, as they are written.
fn sources(rest: &str) -> Vec<String> {
    let mut rest = rest;
    while rest.starts_with("--") {
        let (flag, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        rest = after.trim_start();
        if flag == "--" {
            break;
        }
    }
    // The Engine does not mind what follows the list.
    let list = rest.starts_with('[').then(|| {
        let mut lists = serde_json::Deserializer::from_str(rest).into_iter::<Vec<String>>();
        lists.next()?.ok()
    });
    let mut words = match list.flatten() {
        Some(list) => list,
        None => rest.split_whitespace().map(str::to_owned).collect(),
    };
    words.pop();
    words
}

#[cfg(test)]
mod tests;
