//! The folder of a socket is one user's and one call's, and what servers left behind that were killed is
//! cleared away by the next.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::*;

fn open(folder: &Path) -> Relay {
    let docker = Engine::new(&mcp_docker::config::DockerConfig::default());
    Relay::open_in(folder, &docker, bounds(EVERYTHING)).unwrap()
}

/// A folder as another server has it, with its lock where that still runs.
fn of_another(parent: &Path, name: &str, runs: bool) -> (PathBuf, Option<File>) {
    let folder = parent.join(name);
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
    fs::write(folder.join("docker.sock"), "").unwrap();
    let lock = runs.then(|| {
        let lock = File::open(&folder).unwrap();
        flock(&lock, FlockOperation::LockExclusive).unwrap();
        lock
    });
    (folder, lock)
}

#[tokio::test]
async fn what_a_killed_server_left_is_cleared_away_and_nothing_else() {
    let parent = tempfile::tempdir().unwrap();
    let at = parent.path();
    let (running, _lock) = of_another(at, "mcp-docker-relay-a", true);
    let (other_running, _other_lock) = of_another(at, "mcp-docker-relay-b", true);
    let (killed, _) = of_another(at, "mcp-docker-relay-c", false);
    let (foreign, _) = of_another(at, "mcp-docker-work", false);
    let (open_to_all, _) = of_another(at, "mcp-docker-relay-d", false);
    fs::set_permissions(&open_to_all, Permissions::from_mode(0o755)).unwrap();
    let target = at.join("target");
    fs::create_dir(&target).unwrap();
    fs::set_permissions(&target, Permissions::from_mode(0o700)).unwrap();
    fs::write(target.join("file"), "").unwrap();
    std::os::unix::fs::symlink(&target, at.join("mcp-docker-relay-e")).unwrap();

    let relay = open(at);
    for folder in [&running, &other_running, &foreign, &open_to_all] {
        assert!(folder.join("docker.sock").exists(), "{}", folder.display());
    }
    assert!(target.join("file").exists());
    assert!(!killed.exists());
    drop(relay);
}

#[tokio::test]
async fn the_folder_is_private_short_and_gone_with_the_call() {
    let parent = tempfile::tempdir().unwrap();
    let relay = open(parent.path());
    let socket = PathBuf::from(relay.address().strip_prefix("unix://").unwrap());
    let folder = socket.parent().unwrap().to_owned();
    assert_eq!(
        fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert!(socket.as_os_str().len() < 100);
    // Another server's look finds it taken.
    let lock = File::open(&folder).unwrap();
    assert!(flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err());
    let serving = relay.serve(own_group());
    assert!(socket.exists());
    drop(serving);
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_path_that_is_too_long_for_a_socket_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let long = parent.path().join("a".repeat(100));
    fs::create_dir(&long).unwrap();
    let docker = Engine::new(&mcp_docker::config::DockerConfig::default());
    let error = Relay::open_in(&long, &docker, bounds(EVERYTHING)).unwrap_err();
    assert!(error.to_string().contains("bytes long"), "{error}");
    assert_eq!(fs::read_dir(&long).unwrap().count(), 0);
}

/// The policy keeps folders of that name from containers, wherever else a container may look in `/tmp`.
#[tokio::test]
async fn where_nothing_else_is_said_it_lies_in_a_folder_that_is_kept() {
    let docker = Engine::new(&mcp_docker::config::DockerConfig::default());
    let relay = Relay::open(&docker, bounds(EVERYTHING)).unwrap();
    let address = relay.address();
    let folder = Path::new(&address).parent().unwrap().file_name().unwrap();
    assert!(
        folder.to_str().unwrap().starts_with("mcp-docker-"),
        "{address}"
    );
}
