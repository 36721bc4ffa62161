//! Runs Compose on a project: to resolve its files, and on the model that was judged.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::PathBuf;
use std::time::Duration;

use super::model::{Model, Profiles};
use crate::call::Call;
use crate::catalog::Command;
use crate::compose::Walked;
use crate::engine::relay::{Bounds, Done, Whose};
use crate::ordered;
pub(super) use crate::program::Ran;
use crate::program::{Program, ProgramError, Run};

/// How long Compose may take to resolve the files, or to say what it makes of a model.
const RESOLVING: Duration = Duration::from_secs(60);

/// Has Compose say what it makes of the files of a project.
pub(super) async fn resolve(
    walked: &Walked,
    profiles: Profiles,
    call: &Call<'_>,
) -> Result<Ran, ProgramError> {
    let all = ["*".to_owned()];
    let profiles = match profiles {
        Profiles::Chosen => walked.profiles.as_slice(),
        Profiles::All => &all,
    };
    let words = ["config", "--format", "json"].map(str::to_owned).to_vec();
    of_files(walked, profiles, words, RESOLVING, call).await
}

/// Runs a command of Compose's on the files of a project, while it may read nothing else and does not reach the
/// Engine.
pub(super) async fn of_files(
    walked: &Walked,
    profiles: &[String],
    words: Vec<String>,
    limit: Duration,
    call: &Call<'_>,
) -> Result<Ran, ProgramError> {
    let mut args = of_project(walked, profiles);
    for file in &walked.files {
        args.extend(["--file".to_owned(), file.to_string_lossy().into_owned()]);
    }
    args.extend(words);
    let run = Run {
        program: Program::Compose,
        args,
        stdin: None,
        directory: &walked.directory,
        reads: &walked.reads,
        variables: operator_variables(call),
        relay: None,
        online: false,
        limit,
    };
    crate::program::run(&call.engine, run, |_| {}).await
}

/// Runs a command of Compose's on a model. `on_done` hears what it does to the Engine as it does it.
pub(super) async fn carry_out(
    command: &Command,
    words: Vec<String>,
    model: &Model,
    limit: Duration,
    call: &Call<'_>,
    on_done: impl FnMut(Done) + Send,
) -> Result<Ran, ProgramError> {
    let bounds = Bounds {
        whose: Whose::Project(model.name().to_owned()),
        endpoints: command.engine,
    };
    let run = on_model(model, words, Some(bounds), limit, call);
    crate::program::run(&call.engine, run, on_done).await
}

/// What Compose knows each service of a model by: a container of another one is not as the model wants it.
pub(super) async fn hashes(
    model: &Model,
    call: &Call<'_>,
) -> Result<BTreeMap<String, String>, ProgramError> {
    let words = ["config", "--hash", "*"].map(str::to_owned).to_vec();
    let mut run = on_model(model, words, None, RESOLVING, call);
    // Each service, whether or not its profile is on.
    run.args.splice(0..0, ["--profile=*".to_owned()]);
    let ran = crate::program::run(&call.engine, run, |_| {}).await?;
    let said = String::from_utf8_lossy(&ran.stdout);
    let pairs = said.lines().filter_map(|line| line.split_once(' '));
    let hashes = pairs.map(|(service, hash)| (service.to_owned(), hash.trim().to_owned()));
    Ok(ordered::map(hashes))
}

fn on_model<'a>(
    model: &'a Model,
    words: Vec<String>,
    relay: Option<Bounds>,
    limit: Duration,
    call: &Call<'_>,
) -> Run<'a> {
    static NOTHING: BTreeSet<PathBuf> = BTreeSet::new();
    let walked = &model.walked;
    let mut args = of_project(walked, &walked.profiles);
    args.extend(["--env-file", "/dev/null", "--file", "-"].map(str::to_owned));
    args.extend(words);
    Run {
        program: Program::Compose,
        args,
        stdin: Some(model.document.bytes()),
        directory: &walked.directory,
        reads: &NOTHING,
        variables: variables(model, call),
        relay,
        online: false,
        limit,
    }
}

/// The options that say which project it is.
fn of_project(walked: &Walked, profiles: &[String]) -> Vec<String> {
    let directory = walked.directory.to_string_lossy();
    let mut args = vec![
        "--ansi=never".to_owned(),
        "--progress=quiet".to_owned(),
        format!("--project-name={}", walked.name),
        format!("--project-directory={directory}"),
    ];
    args.extend(profiles.iter().map(|it| format!("--profile={it}")));
    args
}

/// The variables that secrets and configs of a model are taken from; nothing else in it is left to fill in.
fn variables(model: &Model, call: &Call<'_>) -> BTreeMap<String, String> {
    let named = model.document.variables();
    let mut variables = operator_variables(call);
    variables.retain(|name, _| named.contains(&name.as_str()));
    variables
}

/// The variables of the server's own environment that the operator lets files take values from.
fn operator_variables(call: &Call<'_>) -> BTreeMap<String, String> {
    let names = call.config.server.compose_variables.iter();
    ordered::map(names.filter_map(|name| Some((name.clone(), env::var(name).ok()?))))
}
