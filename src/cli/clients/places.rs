//! Finds the folders in which programs keep what a user set.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use mcp_docker::clients::{CLIENTS, Folder, Place};
use mcp_docker::files;

/// The folders that clients keep their files in.
#[derive(Debug)]
pub(crate) struct ClientFolders {
    /// The user's home.
    pub(crate) home: PathBuf,
    /// What programs keep for the user.
    settings: PathBuf,
    /// What programs keep there that have one place on every platform.
    config: PathBuf,
    /// What Windows keeps in place of `settings` for programs that came as a package.
    packages: Option<PathBuf>,
    /// It is Windows, where some clients have another place.
    windows: bool,
    /// What the user's variables say of a client's place.
    named: Vec<(&'static str, PathBuf)>,
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
        let windows = system == "windows";
        let packages = windows.then(|| {
            let local = named("LOCALAPPDATA").unwrap_or_else(|| home.join("AppData/Local"));
            local.join("Packages")
        });
        let variables = CLIENTS.iter().filter_map(|client| client.place.variable);
        Self {
            settings,
            config: named("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")),
            packages,
            windows,
            named: variables
                .filter_map(|(name, _)| Some((name, named(name)?)))
                .collect(),
            home,
        }
    }

    /// The file of a client, there or not.
    pub(super) fn file(&self, place: &Place) -> PathBuf {
        if let Some((variable, below)) = place.variable
            && let Some((_, path)) = self.named.iter().find(|(name, _)| *name == variable)
        {
            return if below.is_empty() {
                path.clone()
            } else {
                path.join(below)
            };
        }
        let (folder, files) = place.windows.filter(|_| self.windows).unwrap_or(place.unix);
        let folder = match folder {
            Folder::Home => &self.home,
            Folder::Settings => &self.settings,
            Folder::Config => &self.config,
        };
        let usual = first(folder, files);
        let package = place
            .package
            .and_then(|name| package(self.packages.as_deref()?, name));
        let Some(package) = package else {
            return usual;
        };
        // The system keeps the file of a package in a folder of the package, and shows the usual one where
        // that has none.
        let packaged = first(&package.join("LocalCache/Roaming"), files);
        if !packaged.exists() && usual.exists() {
            usual
        } else {
            packaged
        }
    }
}

/// The file that is there, or the first of them.
pub(super) fn first(folder: &Path, files: &[&str]) -> PathBuf {
    let mut there = files.iter().map(|file| folder.join(file));
    let first = files.first().map(|file| folder.join(file));
    there
        .find(|file| file.exists())
        .or(first)
        .unwrap_or_default()
}

/// The folder of the package; its name ends with what stands for its publisher.
fn package(packages: &Path, begins: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(packages).ok()?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(begins))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::clients::file;

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
        let xdg = root().join("xdg");
        let roaming = root().join("roaming");
        let relative = PathBuf::from("relative");
        let config = home.join(".config");
        for (system, set, settings, config) in [
            (
                "macos",
                vec![],
                home.join("Library/Application Support"),
                config.clone(),
            ),
            ("linux", vec![], config.clone(), config.clone()),
            (
                "linux",
                vec![("XDG_CONFIG_HOME", xdg.clone())],
                xdg.clone(),
                xdg.clone(),
            ),
            (
                "linux",
                vec![("XDG_CONFIG_HOME", relative)],
                config.clone(),
                config.clone(),
            ),
            (
                "windows",
                vec![],
                home.join("AppData/Roaming"),
                config.clone(),
            ),
            (
                "windows",
                vec![("APPDATA", roaming.clone())],
                roaming,
                config.clone(),
            ),
        ] {
            let zed = match system {
                "windows" => settings.join("Zed/settings.json"),
                _ => config.join("zed/settings.json"),
            };
            let goose = match system {
                "windows" => settings.join("Block/goose/config/config.yaml"),
                _ => config.join("goose/config.yaml"),
            };
            let expected = [
                settings.join("Claude/claude_desktop_config.json"),
                home.join(".claude.json"),
                home.join(".cursor/mcp.json"),
                settings.join("Code/User/mcp.json"),
                home.join(".codeium/windsurf/mcp_config.json"),
                zed,
                home.join(".gemini/settings.json"),
                home.join(".copilot/mcp-config.json"),
                home.join(".codex/config.toml"),
                goose,
                config.join("opencode/opencode.json"),
                home.join(".cline/data/settings/cline_mcp_settings.json"),
                home.join(".junie/mcp/mcp.json"),
                home.join(".lmstudio/mcp.json"),
            ];
            assert_eq!(files(system, &home, &set), expected, "{system} {set:?}");
        }
    }

    #[test]
    fn of_two_names_of_a_file_the_one_that_is_there_is_taken() {
        let directory = tempfile::tempdir().expect("a directory");
        let home = directory.path();
        let opencode = || {
            let of = CLIENTS.iter().position(|client| client.name == "opencode");
            files("linux", home, &[])[of.expect("opencode")].clone()
        };
        let folder = home.join(".config/opencode");
        fs::create_dir_all(&folder).expect("a folder");
        assert_eq!(opencode(), folder.join("opencode.json"));
        fs::write(folder.join("opencode.jsonc"), "{}").expect("a file");
        assert_eq!(opencode(), folder.join("opencode.jsonc"));
        fs::write(folder.join("opencode.json"), "{}").expect("a file");
        assert_eq!(opencode(), folder.join("opencode.json"));
    }

    #[test]
    fn a_variable_may_name_the_file_itself() {
        let set = [("CLINE_MCP_SETTINGS_PATH", root().join("servers.json"))];
        assert!(files("linux", &root(), &set).contains(&root().join("servers.json")));
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
