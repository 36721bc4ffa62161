//! Finds what Compose calls the project of a directory, without starting it.

use std::io::ErrorKind;
use std::path::Path;

use super::door::all;
use super::env::steering;
use super::names;
use super::service::varies;
use super::walk::{NAMES, OVERRIDES};
use super::yaml;
use crate::files::{SMALL, read_text};

/// The name of the project whose files are in this directory, where there are such; `variable` is what the
/// environment has as `COMPOSE_PROJECT_NAME`.
///
/// # Errors
/// What keeps it from being known.
pub fn called(directory: &Path, variable: Option<&str>) -> Result<Option<String>, String> {
    let first = |names: &[&'static str]| {
        let there = |name: &&&str| directory.join(name).symlink_metadata().is_ok();
        names.iter().find(there).copied()
    };
    let Some(file) = first(NAMES) else {
        return Ok(None);
    };
    let of_env = match read_text(&directory.join(".env"), SMALL) {
        Ok(text) => steering(&text),
        Err(error) if error.kind() == ErrorKind::NotFound => steering(""),
        Err(error) => return Err(format!("`.env` cannot be read: {error}")),
    };
    let variable = variable.filter(|name| !name.is_empty()).map(str::to_owned);
    if let Some(name) = variable.or(of_env.project_name) {
        return checked(name).map(Some);
    }
    if of_env.others.iter().any(|(name, _)| name == "COMPOSE_FILE") {
        return Err("`COMPOSE_FILE` in `.env` chooses other files".to_owned());
    }
    // What the second file says holds.
    for file in [first(OVERRIDES), Some(file)].into_iter().flatten() {
        if let Some(name) = said(directory, file)? {
            return checked(name).map(Some);
        }
    }
    let directory = directory.file_name().unwrap_or_default().to_string_lossy();
    let name = names::of_directory(&directory);
    match name.is_empty() {
        true => Err("the directory gives no name".to_owned()),
        false => Ok(Some(name)),
    }
}

/// What a file says that its project is called.
fn said(directory: &Path, file: &str) -> Result<Option<String>, String> {
    let text = read_text(&directory.join(file), SMALL);
    let text = text.map_err(|error| format!("`{file}` cannot be read: {error}"))?;
    let node = yaml::read(&text).map_err(|fault| format!("`{file}`: {}", fault.text))?;
    let Some(name) = all(&node, "name").next() else {
        return Ok(None);
    };
    match varies(&name.value) {
        true => Err(format!("`name` of `{file}` has a variable in it")),
        false => Ok(name.value.text().map(str::to_owned)),
    }
}

fn checked(name: String) -> Result<String, String> {
    match names::is_project(&name) {
        true => Ok(name),
        false => Err(names::wrong_project(&name)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::called;

    #[test]
    fn a_project_is_called_as_compose_calls_it() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("My Shop.1");
        fs::create_dir(&folder).unwrap();
        let put = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        let name = |variable| called(&folder, variable);
        assert_eq!(name(Some("other")), Ok(None));
        put("compose.override.yaml", "name: over");
        assert_eq!(name(None), Ok(None));
        put("compose.yaml", "services: {}");
        assert_eq!(name(None), Ok(Some("over".to_owned())));
        put("compose.override.yaml", "services: {}");
        assert_eq!(name(None), Ok(Some("myshop1".to_owned())));
        put("compose.yaml", "name: said");
        assert_eq!(name(None), Ok(Some("said".to_owned())));
        put(".env", "COMPOSE_PROJECT_NAME='of-env'");
        assert_eq!(name(None), Ok(Some("of-env".to_owned())));
        assert_eq!(name(Some("")), Ok(Some("of-env".to_owned())));
        assert_eq!(name(Some("of-shell")), Ok(Some("of-shell".to_owned())));
        assert!(
            name(Some("Of Shell"))
                .unwrap_err()
                .contains("no name of a project")
        );
        put(".env", "COMPOSE_FILE=a.yaml");
        assert!(name(None).unwrap_err().contains("COMPOSE_FILE"));
        put(".env", "");
        put("compose.yaml", "name: a${B}");
        assert!(name(None).unwrap_err().contains("a variable"));
        put("compose.yaml", "name: [");
        assert!(name(None).unwrap_err().contains("`compose.yaml`"));
    }
}
