//! Asks the person at the terminal what a client's entry is to say.

use std::io::{self, BufRead, IsTerminal, Write};

use mcp_docker::catalog::TOOLS;
use mcp_docker::config::{TOOLSETS as ALL, Toolset, Toolsets};

use super::super::clients::Client;
use super::super::profile::{PROFILES, Profile};
use super::super::{Failure, say, screen};

/// The variable that chooses toolsets.
pub(super) const TOOLSETS: &str = "MCP_DOCKER_TOOLSETS";

/// What is worth its room in every client.
const RECOMMENDED: [&str; 2] = ["default", "insight"];

/// The profile of that name.
pub(super) fn named(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

/// The profile that the person wants, who is asked until they name one.
pub(super) fn profile(default: Option<&'static Profile>) -> Result<&'static Profile, Failure> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(no_profile(
            "there is no terminal to ask at what the assistant may do",
        ));
    }
    say("What may the assistant do?");
    for profile in &PROFILES {
        item(profile.name, profile.doc);
    }
    let question = match default {
        Some(profile) => format!("Profile [{}]: ", profile.name),
        None => "Profile (now it has settings of its own): ".to_owned(),
    };
    loop {
        let Some(name) = answer(&question)? else {
            return Err(no_profile("nothing was chosen"));
        };
        match (named(&name), default) {
            (Some(chosen), _) => return Ok(chosen),
            (None, Some(default)) if name.is_empty() => return Ok(default),
            (None, _) => say(&format!("`{name}` is none of `{}`", names())),
        }
    }
}

/// The toolsets that the person wants; none where that is what the entry says already.
pub(super) fn toolsets(
    client: &Client,
    present: Option<Toolsets>,
) -> Result<Option<Toolsets>, Failure> {
    say("Which tools should it have?");
    let default = ALL.iter().filter(|toolset| toolset.default);
    let default: Vec<&str> = default.map(|toolset| toolset.name).collect();
    let on = Toolsets::default();
    item(
        "default",
        &format!("{} tools: {}", count(&on), default.join(", ")),
    );
    for toolset in ALL.iter().filter(|toolset| !toolset.default) {
        let Toolset { name, summary, .. } = toolset;
        let tools = Toolsets::named([*name]).map_or(0, |it| count(&it));
        item(name, &format!("{tools} tools: {summary}"));
    }
    let proposed = present.clone().unwrap_or_else(|| fitting(client));
    if let Some(most) = client.most_tools {
        let (title, tools) = (client.title, count(&proposed));
        let left = most.saturating_sub(tools);
        say(&format!(
            "{title} takes {most} tools of all its servers; `{proposed}` are {tools}, which leaves {left}"
        ));
    }
    let question = format!("Toolsets [{proposed}]: ");
    loop {
        let Some(words) = answer(&question)? else {
            let reason = "nothing was chosen; `--toolsets` takes names, `default` or `all`";
            return Err(Failure::Usage(reason.to_owned()));
        };
        let words = words.split([',', ' ']).filter(|word| !word.is_empty());
        let chosen = match words.clone().next() {
            None => Some(proposed.clone()),
            Some(_) => Toolsets::named(words),
        };
        match chosen {
            Some(chosen) => {
                let now = present.unwrap_or_default();
                return Ok((chosen != now).then_some(chosen));
            }
            None => {
                let names: Vec<&str> = ALL.iter().map(|toolset| toolset.name).collect();
                let names = names.join("`, `");
                say(&format!("there are `{names}`, `default` and `all`"));
            }
        }
    }
}

/// Whether calls are to be kept to the Compose project of that name.
pub(super) fn keeps_to(project: &str) -> Result<bool, Failure> {
    let question =
        format!("Let it change what belongs to the Compose project `{project}` only? [yes]: ");
    loop {
        let Some(word) = answer(&question)? else {
            let reason = "nothing was chosen; `--project=NAME` names the project";
            return Err(Failure::Usage(reason.to_owned()));
        };
        match word.to_ascii_lowercase().as_str() {
            "" | "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => say("`yes` or `no`"),
        }
    }
}

/// What is said of an entry that a client has no room for.
pub(super) fn beyond(client: &Client, on: &Toolsets) -> Option<String> {
    let (most, tools) = (client.most_tools?, count(on));
    let title = client.title;
    (tools > most).then(|| {
        format!(
            "mind that {title} takes {most} tools of all its servers, and these are {tools}; choose fewer with `--toolsets`"
        )
    })
}

/// How many tools are on.
pub(crate) fn count(on: &Toolsets) -> usize {
    let tools = TOOLS.iter().filter(|tool| on.has(Some(tool.toolset)));
    tools.count()
}

/// Of what is recommended as much as the client has room for.
fn fitting(client: &Client) -> Toolsets {
    let recommended = Toolsets::named(RECOMMENDED).unwrap_or_default();
    let fits = client
        .most_tools
        .is_none_or(|most| count(&recommended) <= most);
    if fits {
        recommended
    } else {
        Toolsets::default()
    }
}

/// One of several things to choose, and what it means.
fn item(name: &str, doc: &str) {
    let name = format!("  {name:<11}");
    let below = " ".repeat(name.len());
    let width = screen::stderr().unwrap_or(usize::MAX);
    say(&screen::fill(doc, width, &name, &below));
}

/// What the person types; none where the terminal was closed, which agrees to nothing.
fn answer(question: &str) -> Result<Option<String>, Failure> {
    let mut stderr = io::stderr().lock();
    let mut line = String::new();
    write!(stderr, "{question}")
        .and_then(|()| stderr.flush())
        .and_then(|()| io::stdin().lock().read_line(&mut line))
        .map_err(Failure::failed)?;
    Ok((!line.is_empty()).then(|| line.trim().to_owned()))
}

fn names() -> String {
    PROFILES.map(|profile| profile.name).join("`, `")
}

fn no_profile(reason: &str) -> Failure {
    Failure::Usage(format!("{reason}; `--profile` takes one of `{}`", names()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::clients::CLIENTS;

    #[test]
    fn no_more_is_proposed_than_a_client_has_room_for() {
        let recommended = Toolsets::named(RECOMMENDED).unwrap();
        let needed = count(&recommended);
        for (most, fits) in [
            (None, true),
            (Some(needed), true),
            (Some(needed - 1), false),
        ] {
            let client = Client {
                most_tools: most,
                ..CLIENTS[0]
            };
            assert_eq!(fitting(&client) == recommended, fits, "{most:?}");
            let said = beyond(&client, &recommended);
            assert_eq!(said.is_none(), fits, "{most:?}: {said:?}");
        }
    }
}
