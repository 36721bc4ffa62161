//! Finds the Docker Composes that `tests/compose.sh` unpacks.

use std::env;
use std::path::{Path, PathBuf};

/// The folders of the oldest and of the newest Compose that is served; none where they were not unpacked.
///
/// # Panics
/// Where they were not, and live tests are to run.
pub fn both() -> Option<[PathBuf; 2]> {
    let folder = match env::var_os("MCP_DOCKER_TEST_COMPOSE") {
        Some(chosen) => Path::new(&chosen).parent().map(Path::to_owned),
        None => None,
    };
    let folder =
        folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/compose"));
    let both = ["oldest", "newest"].map(|one| folder.join(one));
    if both.iter().all(|one| one.join("docker-compose").is_file()) {
        return Some(both);
    }
    assert!(
        env::var("MCP_DOCKER_LIVE").as_deref() != Ok("1"),
        "no Compose in {}: run tests/run.sh or `eval \"$(tests/compose.sh oldest)\"`",
        folder.display()
    );
    let _ = std::io::Write::write_all(
        &mut std::io::stderr(),
        b"NOT RUN: it needs Compose; run tests/compose.sh\n",
    );
    None
}

/// The folder of the one that was asked for, for the `PATH` or as `cli-plugins`; else that of the newest.
pub fn chosen() -> Option<PathBuf> {
    let [_, newest] = both()?;
    let chosen = env::var_os("MCP_DOCKER_TEST_COMPOSE").map(PathBuf::from);
    Some(chosen.unwrap_or(newest))
}
