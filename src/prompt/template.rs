//! Holds the templates and fills them in, those of the binary or those an author is working on.

use std::error::Error as _;
use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};

use minijinja::value::{Serde, Value as Shown};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde_json::{Map, Value};

use super::PromptError;
use super::context::PromptContext;
use crate::call::gate::on_one_line;
use crate::catalog::{Prompt, TEMPLATES};
use crate::facts;
use crate::files;
use crate::ordered;
use crate::vocabulary::prompt_template;

/// The longest prompt, in bytes.
const LONGEST: usize = 16 * 1024;
/// Where what could not be gathered stands.
const NOTES: &str = "notes";

/// The templates of one prompt.
pub(super) struct Templates<'a> {
    environment: Environment<'static>,
    prompt: &'a Prompt,
    folder: Option<&'a Path>,
}

impl<'a> Templates<'a> {
    /// The templates as they are now: each from the folder, if there is one and it has it.
    ///
    /// # Errors
    /// The prompt's own cannot be read or uses what there is not; the text names file and line.
    pub(super) fn new(prompt: &'a Prompt, folder: Option<&'a Path>) -> Result<Self, PromptError> {
        let mut environment = environment();
        let from = folder.map(Path::to_path_buf);
        environment.set_loader(move |name| text(from.as_deref(), name));
        let templates = Self {
            environment,
            prompt,
            folder,
        };
        templates.check()?;
        Ok(templates)
    }

    /// A name that means nothing would be an empty place, which its author may not see.
    fn check(&self) -> Result<(), PromptError> {
        let template = self.environment.get_template(self.prompt.template);
        let template = template.map_err(|error| self.explained(&error))?;
        let arguments = self.prompt.arguments.iter().map(|argument| argument.name);
        let entries = self.prompt.context.iter().map(|entry| entry.name);
        let known: Vec<&str> = arguments.chain(entries).chain([NOTES]).collect();
        let mut unknown: Vec<(usize, String)> = template
            .undeclared_variables(false)
            .into_iter()
            .filter(|name| !known.contains(&name.as_str()))
            .map(|name| (line_of(template.source(), &name), name))
            .collect();
        ordered::sort(&mut unknown);
        unknown.first().map_or(Ok(()), |(line, name)| {
            Err(PromptError::Template(format!(
                "{}:{line}: `{name}` is neither an argument nor an entry of the context; there are `{}`",
                self.place(self.prompt.template),
                known.join("`, `")
            )))
        })
    }

    /// Fills the template in.
    ///
    /// # Errors
    /// It cannot be; the text names file, line and reason.
    pub(super) fn render(
        &self,
        arguments: Map<String, Value>,
        gathered: PromptContext,
    ) -> Result<String, PromptError> {
        let mut context = gathered.results;
        context.extend(arguments);
        context.insert(NOTES.to_owned(), gathered.notes.into());
        self.environment
            .get_template(self.prompt.template)
            .and_then(|template| template.render(Shown::from(Serde(context))))
            .map(cut)
            .map_err(|error| self.explained(&error))
    }

    /// File, line and reason of the innermost mistake: of an include, the one inside.
    fn explained(&self, error: &Error) -> PromptError {
        let mut inner = error;
        while let Some(source) = inner
            .source()
            .and_then(|source| source.downcast_ref::<Error>())
        {
            inner = source;
        }
        let name = inner.name().unwrap_or(self.prompt.template);
        let line = inner.line().unwrap_or(1);
        let reason = inner
            .detail()
            .map_or_else(|| inner.kind().to_string(), str::to_owned);
        PromptError::Template(format!("{}:{line}: {reason}", self.place(name)))
    }

    /// Where a person finds a template.
    fn place(&self, name: &str) -> String {
        let inside = self
            .folder
            .map(|folder| folder.join(name))
            .filter(|path| path.exists());
        inside
            .unwrap_or_else(|| PathBuf::from("prompts").join(name))
            .display()
            .to_string()
    }
}

/// Evaluates an expression of a TOML file.
///
/// # Errors
/// The generator has not seen it.
pub(super) fn value(expression: &str, known: &Map<String, Value>) -> Result<Shown, PromptError> {
    let environment = environment();
    environment
        .compile_expression(expression)
        .and_then(|compiled| compiled.eval(Shown::from(Serde(known))))
        .map_err(|error| PromptError::Template(format!("`{expression}`: {error}")))
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_syntax(prompt_template::syntax());
    facts::add_to(&mut environment);
    // Engines leave things out; a template says what stands for them.
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_formatter(on_one_line);
    environment
}

fn text(folder: Option<&Path>, name: &str) -> Result<Option<String>, Error> {
    let built_in = || {
        TEMPLATES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| (*text).to_owned())
    };
    // What is no template of ours is not read from the folder either.
    let Some((folder, built_in)) = folder.zip(built_in()) else {
        return Ok(built_in());
    };
    match files::read_text(&folder.join(name), files::SMALL) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == NotFound => Ok(Some(built_in)),
        Err(error) => Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("it cannot be read: {error}"),
        )),
    }
}

/// The line where a name stands first.
fn line_of(text: &str, name: &str) -> usize {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let line = text
        .lines()
        .position(|line| line.split(|c| !is_part(c)).any(|word| word == name));
    line.map_or(1, |line| line + 1)
}

fn cut(mut text: String) -> String {
    const ENDING: &str = "\n\n(The rest is left out: a prompt has 16 KB at most.)\n";
    if text.len() > LONGEST {
        let most = LONGEST - ENDING.len();
        let end = (0..=most)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(end);
        text.push_str(ENDING);
    }
    text
}
