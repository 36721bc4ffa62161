//! Looks whether the paths that settings name lead anywhere.

use std::borrow::Cow;
use std::env;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use super::effective::Config;
use super::host::Host;
use super::keys::SETTINGS;
use super::value::{Field, Leads};
use super::variable::Section;
use super::variables::VARIABLES;
use crate::files;

const DOCKER_CONFIG: &str = "DOCKER_CONFIG";

/// A setting whose path does not lead to what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Astray {
    /// The variable that names the path, or the key of a host.
    pub variable: Cow<'static, str>,
    /// What is wrong with it.
    pub text: String,
    /// What mends it.
    pub mend: String,
}

impl Config {
    /// The paths that are set and lead nowhere, which would be noticed late or not at all: a folder of
    /// templates without one is no mistake to whoever reads a template, nor is a certificate that no
    /// connection needs.
    pub fn astray(&self) -> Vec<Astray> {
        let mut config = self.clone();
        let mut astray = Vec::new();
        for variable in VARIABLES {
            let Field::Path(field, leads) = variable.field else {
                continue;
            };
            // Then they are those of a host, which has its own words for them.
            if variable.section == Section::Docker && self.docker.entry.is_some() {
                continue;
            }
            let Some(path) = field(&mut config).clone() else {
                continue;
            };
            let Some(wrong) = wrong(&path, leads) else {
                continue;
            };
            astray.push(Astray::new(variable.name.into(), &path, &wrong));
        }
        astray.extend(self.hosts.iter().flat_map(Host::astray));
        // Not a setting of ours: the folder of contexts and credentials, which the Docker CLI reads too.
        let folder = env::var_os(DOCKER_CONFIG).filter(|folder| !folder.is_empty());
        if let Some(folder) = folder.map(PathBuf::from)
            && let Some(wrong) = wrong(&folder, Leads::ToFolder)
        {
            astray.push(Astray::new(DOCKER_CONFIG.into(), &folder, &wrong));
        }
        astray
    }
}

impl Astray {
    fn new(variable: Cow<'static, str>, path: &Path, wrong: &str) -> Self {
        let called = format!("`{variable}`");
        Self::called(variable, &called, path, wrong)
    }

    fn called(variable: Cow<'static, str>, called: &str, path: &Path, wrong: &str) -> Self {
        let shown = path.display();
        Self {
            variable,
            text: format!("{called} leads to `{shown}`: {wrong}"),
            mend: format!("correct {called}, or leave it out"),
        }
    }
}

impl Host {
    /// The same of the paths that its own entry names.
    fn astray(&self) -> Vec<Astray> {
        let Some(entry) = &self.docker.entry else {
            return Vec::new();
        };
        let mut config = Config {
            docker: self.docker.clone(),
            ..Config::default()
        };
        let mut astray = Vec::new();
        for (key, name) in SETTINGS {
            let variable = VARIABLES.iter().find(|variable| variable.name == name);
            let Some(Field::Path(field, leads)) = variable.map(|it| &it.field) else {
                continue;
            };
            if let Some(path) = field(&mut config)
                && let Some(wrong) = wrong(path, *leads)
            {
                let variable = format!("hosts.{}.{key}", entry.name);
                let called = self.docker.called(name);
                astray.push(Astray::called(variable.into(), &called, path, &wrong));
            }
        }
        astray
    }
}

/// What keeps the path from being what is wanted there.
fn wrong(path: &Path, leads: Leads) -> Option<String> {
    let is_wanted = |found: &Metadata| match leads {
        Leads::ToFolder => found.is_dir(),
        Leads::ToFile | Leads::ToNewFile => found.is_file(),
    };
    match fs::metadata(path) {
        Ok(found) if is_wanted(&found) => None,
        Ok(found) if found.is_file() => Some("it is a file and not a folder".to_owned()),
        Ok(found) if leads == Leads::ToFolder => {
            let kind = files::kind(found.file_type());
            Some(format!("it is {kind} and not a folder"))
        }
        Ok(found) => {
            let kind = files::kind(found.file_type());
            Some(format!("it is {kind} and not a file"))
        }
        // It is made in its folder when there is something to write.
        Err(_) if leads == Leads::ToNewFile && path.parent().is_some_and(is_folder) => None,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Some("it does not exist".to_owned())
        }
        Err(error) => Some(error.to_string()),
    }
}

/// The folder of a file that is named without one is the working directory.
fn is_folder(path: &Path) -> bool {
    path.as_os_str().is_empty() || path.is_dir()
}
