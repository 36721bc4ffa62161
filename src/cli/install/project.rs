//! Makes an entry one of a Compose project: in the client's file of the project, and kept to its objects.

use std::env;

use clap::{Arg, ArgMatches};
use mcp_docker::compose::called;
use mcp_docker::config::{Scope, Settings};

use super::super::Failure;
use super::asking;

const PROJECT: &str = "project";

/// The variable that says what calls may change.
const SCOPE: &str = "SAFETY_SCOPE";

/// Said of an entry that others may read in the project's repository.
const OF_THIS_MACHINE: &str = "others may get this file with the project, and the entry is for this machine: \
    it has the absolute path of the program, and what this shell has set; look at it before it is committed";

/// Said of a file that lies where containers of the project have their files from.
const IN_REACH: &str = "a container that has the project's directory can write to this file, too, and so change what \
    the assistant may do";

pub(super) fn argument() -> Arg {
    Arg::new(PROJECT)
        .long(PROJECT)
        .value_name("NAME")
        .requires("client")
        // Only with `=`, or a bare flag would swallow the client behind it.
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("")
        .help("Set it up for the Compose project in the working directory, and keep its calls to that project or the named one")
}

/// Whether the entry is one of a project.
pub(super) fn is_meant(matches: &ArgMatches) -> bool {
    matches.contains_id(PROJECT)
}

/// The project that calls are kept to.
#[derive(Debug)]
pub(super) struct Kept {
    name: String,
    /// It is the one of the working directory, and nobody said its name.
    is_found: bool,
}

impl Kept {
    /// The project that is named, or the one of the working directory; none where the entry is not one of a
    /// project, or a flag says what calls may change.
    ///
    /// # Errors
    /// There is none, or it has no name.
    pub(super) fn of(matches: &ArgMatches, flags: &Settings) -> Result<Option<Self>, Failure> {
        let Some(named) = matches.get_one::<String>(PROJECT) else {
            return Ok(None);
        };
        if named.is_empty() {
            return match flags.contains_key(SCOPE) {
                true => Ok(None),
                false => found().map(Some),
            };
        }
        let kept = Self {
            name: named.clone(),
            is_found: false,
        };
        if Scope::named(&kept.scope()).is_none() {
            return Err(Failure::Usage(format!(
                "`--project={named}`: a project is named by letters, digits, `-`, `_` and `.`"
            )));
        }
        match flags.get(SCOPE) {
            Some(said) if *said != kept.scope() => Err(Failure::Usage(format!(
                "`--project={named}` means `{SCOPE}={}`, and `--safety-scope` says otherwise; leave one of them out",
                kept.scope()
            ))),
            _ => Ok(Some(kept)),
        }
    }

    fn scope(&self) -> String {
        format!("project:{}", self.name)
    }

    /// The setting, unless whoever is asked does not want it.
    pub(super) fn agreed(self, is_asked: bool) -> Result<Option<(String, String)>, Failure> {
        let agreed = !(is_asked && self.is_found) || asking::keeps_to(&self.name)?;
        Ok(agreed.then(|| (SCOPE.to_owned(), self.scope())))
    }
}

/// The Compose project of the working directory.
fn found() -> Result<Kept, Failure> {
    let directory = env::current_dir().map_err(Failure::failed)?;
    let variable = env::var("COMPOSE_PROJECT_NAME").ok();
    let instead = "name the project with `--project=NAME`, or say `--safety-scope all`";
    match called(&directory, variable.as_deref()) {
        Ok(Some(name)) => Ok(Kept {
            name,
            is_found: true,
        }),
        Ok(None) => Err(Failure::Usage(format!(
            "there is no Compose file in {}, so the project that calls are to be kept to is not known; go to the \
             directory that has it, {instead}",
            directory.display()
        ))),
        Err(why) => Err(Failure::Usage(format!(
            "what the project in {} is called is not known: {why}; {instead}",
            directory.display()
        ))),
    }
}

/// What is to be known of the entry of a project.
pub(super) fn remarks(settings: &Settings) -> Vec<String> {
    let scope = settings.get(SCOPE).and_then(|scope| Scope::named(scope));
    let scope = scope.filter(|scope| !scope.is_all());
    let kept = scope.map(|scope| {
        format!(
            "its calls may only change what {} ({SCOPE}={scope})",
            scope.whose()
        )
    });
    let more = [OF_THIS_MACHINE, IN_REACH].map(str::to_owned);
    kept.into_iter().chain(more).collect()
}
