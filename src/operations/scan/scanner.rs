//! Chooses a scanner of those that are here, and has it look into one image.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::failure::{NO_LOGIN, of, unreadable};
use crate::call::{Call, CallError};
use crate::catalog::Command;
use crate::computing::compute;
use crate::engine::relay::{Bounds, Whose};
use crate::engine::{Credentials, Told, record};
use crate::params::ImageRef;
use crate::program::{Found, Program, ProgramError, Run, find, run_found};

/// The registry that Docker Scout wants a login at.
const HUB: &str = "docker.io/library/hub";

/// A look into an image.
pub(super) struct Scan<'a> {
    pub(super) command: &'static Command,
    /// The scanner that was asked for.
    pub(super) scanner: Option<&'a str>,
    pub(super) image: &'a ImageRef,
    /// It may fetch what is known of vulnerabilities.
    pub(super) online: bool,
    /// How many seconds it may take.
    pub(super) seconds: i64,
}

/// What a scanner found.
pub(super) struct Scanned<T> {
    pub(super) program: Program,
    pub(super) version: String,
    pub(super) found: Vec<T>,
}

/// What the Engine tells of an image.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Image {
    id: Told<String>,
}

impl Scan<'_> {
    /// Has a scanner look, with the words that are made for it, and reads what it wrote.
    pub(super) async fn run<T>(
        &self,
        words: impl Fn(Program) -> Vec<String>,
        read: impl Fn(Program, &[u8]) -> Result<Vec<T>, String>,
        call: &Call<'_>,
    ) -> Result<Scanned<T>, CallError> {
        let image: &str = self.image;
        let inspect = record(|docker| async move { docker.inspect_image(image).await })?;
        let image: Image = call.engine.told(inspect.about("image", image)).await?;
        let (program, found) = self.scanner().await?;
        let run = Run {
            program,
            args: words(program),
            stdin: None,
            // Nothing of the user's, such as settings of a scanner, is found from there.
            directory: Path::new("/"),
            reads: &BTreeSet::<PathBuf>::new(),
            variables: variables(program, call).await?,
            relay: Some(Bounds {
                whose: Whose::Image(image.id.text().to_owned()),
                endpoints: self.command.engine,
            }),
            online: self.online,
            limit: Duration::from_secs(self.seconds.unsigned_abs()),
        };
        let ran = run_found(&call.engine, &found, run, |_| {}).await?;
        if ran.code != Some(0) {
            return Err(of(program, &ran));
        }
        let written = &ran.stdout;
        let read = compute(written.len(), || read(program, written));
        Ok(Scanned {
            program,
            version: found.version,
            found: read.map_err(|why| unreadable(program, &why))?,
        })
    }

    /// The scanner that was asked for, or the first that serves.
    async fn scanner(&self) -> Result<(Program, Found), CallError> {
        let all = [self.command.program];
        let all = all.iter().chain(self.command.others).copied();
        let is_asked_for = |it: &Program| self.scanner.is_none_or(|name| name == it.name());
        let mut unfit = None;
        for program in all.clone().filter(is_asked_for) {
            match find(program).await {
                Ok(found) => return Ok((program, found)),
                Err(ProgramError::Missing(_)) => {}
                Err(error) => unfit = unfit.or(Some(error)),
            }
        }
        match unfit {
            Some(error) => Err(CallError::from(error)),
            None => Err(CallError::Operation(none(all.filter(is_asked_for)))),
        }
    }
}

/// That there is none of these scanners, and where to get one.
fn none(all: impl Iterator<Item = Program> + Clone) -> String {
    let titles: Vec<_> = all.clone().map(Program::title).collect();
    let ways: Vec<_> = all
        .map(|it| format!("{}: {}", it.title(), it.site()))
        .collect();
    let leave_out = match ways.len() {
        1 => ", or leave `scanner` out to take another that is there",
        _ => "",
    };
    format!(
        "there is no {} where this server runs: install it on the `PATH` there ({}){leave_out}; the server's own image \
         holds no programs",
        titles.join(" or "),
        ways.join("; ")
    )
}

/// What Docker Scout logs in with; the others have no use for it.
async fn variables(
    program: Program,
    call: &Call<'_>,
) -> Result<BTreeMap<String, String>, CallError> {
    if program != Program::Scout {
        return Ok(BTreeMap::new());
    }
    let Credentials { found, trouble } = Credentials::of(HUB, call.engine.deadline()).await;
    let login = found.and_then(|found| Some((found.username?, found.password?)));
    let Some((user, password)) = login else {
        let trouble = trouble.map(|it| format!(" ({it})")).unwrap_or_default();
        return Err(CallError::Operation(format!("{NO_LOGIN}{trouble}")));
    };
    call.redactor.learn(&password);
    let variables = [
        ("DOCKER_SCOUT_HUB_USER", user),
        ("DOCKER_SCOUT_HUB_PASSWORD", password),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    Ok(variables.into())
}
