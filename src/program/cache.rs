//! Says where a scanner keeps what it has fetched: where it does when the user runs it, so that a database that
//! is there is used.

use std::env;
use std::ffi::OsString;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::vocabulary::Needs as Program;

/// The folder of what a program has fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cache {
    /// The variable by which the program is told of it.
    pub(super) variable: &'static str,
    pub(super) folder: PathBuf,
}

impl Cache {
    /// That of a program which has one, made where it is not there; none where it cannot be made.
    pub(super) fn of(program: Program) -> Option<Self> {
        let cache = Self::named(program, |name| env::var_os(name), env::home_dir())?;
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&cache.folder);
        if let Err(error) = made {
            let folder = cache.folder.display();
            tracing::warn!(%error, %folder, "what a scanner fetches is not kept");
            return None;
        }
        Some(cache)
    }

    /// Where the user says, or else where the program has it by itself.
    fn named(
        program: Program,
        variable: impl Fn(&str) -> Option<OsString>,
        home: Option<PathBuf>,
    ) -> Option<Self> {
        let absolute = |path: PathBuf| path.is_absolute().then_some(path);
        let named = |name: &str| absolute(variable(name)?.into());
        let home = home.and_then(absolute);
        let caches = || {
            let by_the_system = |home: &Path| match cfg!(target_os = "macos") {
                true => home.join("Library/Caches"),
                false => home.join(".cache"),
            };
            named("XDG_CACHE_HOME").or_else(|| home.as_deref().map(by_the_system))
        };
        let (variable, own) = match program {
            Program::Trivy => ("TRIVY_CACHE_DIR", caches().map(|it| it.join("trivy"))),
            Program::Grype => ("GRYPE_DB_CACHE_DIR", caches().map(|it| it.join("grype/db"))),
            Program::Scout => (
                "DOCKER_SCOUT_CACHE_DIR",
                home.as_ref().map(|it| it.join(".docker/scout")),
            ),
            Program::Compose | Program::Docker | Program::Syft => return None,
        };
        Some(Self {
            variable,
            folder: named(variable).or(own)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(program: Program, variables: &[(&str, &str)], home: &str) -> Option<String> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let cache = Cache::named(program, variable, Some(home.into()))?;
        Some(cache.folder.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_database_is_where_the_scanner_itself_has_it() {
        let caches = if cfg!(target_os = "macos") {
            "/home/me/Library/Caches"
        } else {
            "/home/me/.cache"
        };
        let own = |program| folder(program, &[], "/home/me").unwrap();
        assert_eq!(own(Program::Trivy), format!("{caches}/trivy"));
        assert_eq!(own(Program::Grype), format!("{caches}/grype/db"));
        assert_eq!(own(Program::Scout), "/home/me/.docker/scout");
        assert_eq!(folder(Program::Syft, &[], "/home/me"), None);
        let moved = [("XDG_CACHE_HOME", "/c"), ("GRYPE_DB_CACHE_DIR", "/db")];
        assert_eq!(folder(Program::Trivy, &moved, "").unwrap(), "/c/trivy");
        assert_eq!(folder(Program::Grype, &moved, "").unwrap(), "/db");
        // Wherever that would be.
        let relative = [("TRIVY_CACHE_DIR", "c"), ("XDG_CACHE_HOME", ".")];
        assert_eq!(folder(Program::Trivy, &relative, "me"), None);
    }
}
