//! Finds a program as the Docker CLI finds its plugins, or by the `PATH`, and asks it once for its version.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::fs::{Access, access};
use serde::Deserialize;

use super::environment;
use super::error::ProgramError;
use super::found::Found;
use super::output;
use super::process;
use super::room::Room;
use crate::vocabulary::Needs as Program;

/// Where packages put the plugins of the Docker CLI, each of which runs by itself, too.
const PLUGINS: [&str; 6] = [
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
    "/opt/homebrew/lib/docker/cli-plugins",
    "/Applications/Docker.app/Contents/Resources/cli-plugins",
];

/// How long a program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most that it may say.
const LONGEST: usize = 4 << 10;

/// Finds a program that serves.
///
/// # Errors
/// There is none, or none that is new enough and says so.
pub async fn find(program: Program) -> Result<Found, ProgramError> {
    find_in(program, &folders(program)).await
}

/// The folders in which a program is looked for: of plugins of the Docker CLI first the user's, as it does.
pub fn folders(program: Program) -> Vec<PathBuf> {
    let plugins = match program {
        Program::Compose | Program::Scout => plugins(),
        Program::Docker | Program::Trivy | Program::Grype | Program::Syft => Vec::new(),
    };
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = plugins.into_iter().chain(env::split_paths(&path));
    folders
        // What is found from the working directory is whoever's wrote there.
        .filter(|folder| folder.is_absolute())
        .collect()
}

fn plugins() -> Vec<PathBuf> {
    let settings = env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    let settings = settings.or_else(|| Some(env::home_dir()?.join(".docker")));
    let own = settings.map(|settings| settings.join("cli-plugins"));
    own.into_iter().chain(PLUGINS.map(PathBuf::from)).collect()
}

/// Finds a program that serves, in these folders.
///
/// # Errors
/// There is none, or none that is new enough and says so: then the first is named.
pub async fn find_in(program: Program, folders: &[PathBuf]) -> Result<Found, ProgramError> {
    let mut first = None;
    for folder in folders {
        let path = folder.join(program.file());
        if !path.is_file() || access(&path, Access::EXEC_OK).is_err() {
            continue;
        }
        match check(program, path).await {
            Ok(found) => return Ok(found),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or(ProgramError::Missing(program)))
}

async fn check(program: Program, path: PathBuf) -> Result<Found, ProgramError> {
    let Some(version) = version(program, &path).await else {
        return Err(ProgramError::Broken { program, path });
    };
    if number(&version).is_none_or(|number| number < program.oldest()) {
        return Err(ProgramError::TooOld {
            program,
            path,
            version,
        });
    }
    Ok(Found { path, version })
}

/// What tells a file from the one that lies there after an update.
type State = (u64, u64, i64, i64, u64);

/// What the program says of itself; asked once for each file.
async fn version(program: Program, path: &Path) -> Option<String> {
    static KNOWN: Mutex<Option<HashMap<PathBuf, (State, String)>>> = Mutex::new(None);
    let found = fs::metadata(path).ok()?;
    let state = (
        found.dev(),
        found.ino(),
        found.mtime(),
        found.mtime_nsec(),
        found.len(),
    );
    {
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.as_ref().and_then(|known| known.get(path));
        if let Some((_, version)) = before.filter(|(before, _)| *before == state) {
            return Some(version.clone());
        }
    }
    let version = tokio::time::timeout(PATIENCE, ask(program, path)).await;
    let version = version.ok().flatten()?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let entry = (state, version.clone());
    known.get_or_insert_default().insert(path.to_owned(), entry);
    Some(version)
}

async fn ask(program: Program, path: &Path) -> Option<String> {
    let room = Room::open().ok()?;
    let mut command = Command::new(path);
    let (words, before) = program.asked();
    command.args(words).env_clear();
    command.envs(environment::of(program, &room, None, None, []));
    let mut process = process::start(command, room).await.ok()?;
    let said = output::of(&mut process, None, LONGEST).await.ok()?;
    let told = String::from_utf8(said.stdout).ok()?;
    let version = match program {
        Program::Scout => serde_json::from_str::<Metadata>(&told).ok()?.version,
        _ => told.trim().strip_prefix(before)?.to_owned(),
    };
    // Behind a comma is what it was built of, and on further lines what it has fetched.
    let version = version.split([',', '\n']).next().unwrap_or_default();
    let version = version.trim().trim_start_matches('v').to_owned();
    (said.code == Some(0) && !version.is_empty()).then_some(version)
}

/// What a plugin of the Docker CLI says of itself.
#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "Version")]
    version: String,
}

/// The first two numbers of a version.
fn number(version: &str) -> Option<(u64, u64)> {
    let mut parts = version.split(['.', '-', '+']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_compared_by_its_first_two_numbers() {
        for (version, is_enough) in [
            ("2.26.1-4", true),
            ("2.40.3-ds1", true),
            ("5.6.1", true),
            ("2.100", true),
            ("2.25.9", false),
            ("1.29.2", false),
            ("2", false),
            ("dev", false),
        ] {
            let enough = number(version).is_some_and(|it| it >= Program::Compose.oldest());
            assert_eq!(enough, is_enough, "{version}");
        }
    }
}
