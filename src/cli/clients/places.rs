//! Finds the folders in which programs keep what a user set.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use mcp_docker::files;

/// The folders that clients keep their files in.
#[derive(Debug)]
pub(crate) struct ClientFolders {
    /// The user's home.
    pub(crate) home: PathBuf,
    /// What programs keep for the user.
    pub(super) settings: PathBuf,
    /// What Claude Code keeps its file in.
    pub(super) claude_code: PathBuf,
    /// What Windows keeps in place of `settings` for programs that came as a package.
    packages: Option<PathBuf>,
}

impl ClientFolders {
    /// The folders of the user who runs this; none where the user has no home.
    pub(crate) fn of_this_user() -> Option<Self> {
        let home = env::home_dir().filter(|home| home.is_absolute())?;
        Some(Self::on(env::consts::OS, home, |name| env::var_os(name)))
    }

    fn on(system: &str, home: PathBuf, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let folder = |name| variable(name).map(PathBuf::from);
        // What is relative would be somewhere else for the client.
        let named = |name| folder(name).filter(|folder| folder.is_absolute());
        let settings = files::user_settings(system, &home, &variable);
        let packages = (system == "windows").then(|| {
            let local = named("LOCALAPPDATA").unwrap_or_else(|| home.join("AppData/Local"));
            local.join("Packages")
        });
        Self {
            settings,
            claude_code: named("CLAUDE_CONFIG_DIR").unwrap_or_else(|| home.clone()),
            packages,
            home,
        }
    }

    /// Claude Desktop's file. On Windows it comes as a package, for which the system keeps the file
    /// in a folder of the package, and shows the usual one where that has none.
    pub(super) fn claude_desktop(&self) -> PathBuf {
        const FILE: &str = "Claude/claude_desktop_config.json";
        let usual = self.settings.join(FILE);
        let Some(package) = self.packages.as_deref().and_then(claude_package) else {
            return usual;
        };
        let packaged = package.join("LocalCache/Roaming").join(FILE);
        if !packaged.exists() && usual.exists() {
            usual
        } else {
            packaged
        }
    }
}

/// The folder of the package; its name ends with what stands for its publisher.
fn claude_package(packages: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(packages).ok()?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with("Claude_"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::clients::{CLIENTS, file};

    fn files(system: &str, home: &Path, set: &[(&str, PathBuf)]) -> Vec<PathBuf> {
        let places = ClientFolders::on(system, home.to_owned(), |name| {
            let found = set.iter().find(|(set, _)| *set == name);
            found.map(|(_, value)| value.clone().into())
        });
        CLIENTS.iter().map(|client| file(client, &places)).collect()
    }

    /// Absolute on the system that runs the test.
    fn root() -> PathBuf {
        env::temp_dir()
    }

    #[test]
    fn every_client_keeps_its_file_where_its_platform_has_such_files() {
        let home = root().join("home");
        let at_home = [".claude.json", ".cursor/mcp.json"].map(|path| home.join(path));
        for (system, set, settings) in [
            ("macos", vec![], home.join("Library/Application Support")),
            ("linux", vec![], home.join(".config")),
            (
                "linux",
                vec![("XDG_CONFIG_HOME", root().join("xdg"))],
                root().join("xdg"),
            ),
            (
                "linux",
                vec![("XDG_CONFIG_HOME", PathBuf::from("relative"))],
                home.join(".config"),
            ),
            ("windows", vec![], home.join("AppData/Roaming")),
            (
                "windows",
                vec![("APPDATA", root().join("roaming"))],
                root().join("roaming"),
            ),
        ] {
            let expected = [
                settings.join("Claude/claude_desktop_config.json"),
                at_home[0].clone(),
                at_home[1].clone(),
                settings.join("Code/User/mcp.json"),
            ];
            assert_eq!(files(system, &home, &set), expected, "{system} {set:?}");
        }
    }

    #[test]
    fn claude_code_keeps_its_file_in_the_folder_it_was_given() {
        let set = [("CLAUDE_CONFIG_DIR", root().join("work"))];
        let expected = root().join("work/.claude.json");
        assert_eq!(files("linux", &root(), &set)[1], expected);
    }

    /// A file in the usual folder is seen by the packaged program until it has one of its own.
    #[test]
    fn claude_desktop_from_a_package_keeps_its_file_with_the_package() {
        let directory = tempfile::tempdir().expect("a directory");
        let home = directory.path();
        let usual = home.join("AppData/Roaming/Claude/claude_desktop_config.json");
        let package = home.join("AppData/Local/Packages/Claude_pzs8sxrjxfjjc");
        let packaged = package.join("LocalCache/Roaming/Claude/claude_desktop_config.json");
        let file = || files("windows", home, &[])[0].clone();
        let create = |path: &Path| {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, "{}").expect("a file");
        };

        assert_eq!(file(), usual);
        fs::create_dir_all(&package).expect("a folder");
        assert_eq!(file(), packaged);
        create(&usual);
        assert_eq!(file(), usual);
        create(&packaged);
        assert_eq!(file(), packaged);
    }
}
