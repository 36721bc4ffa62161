//! Finds the directory of a project.

use std::path::{Path, PathBuf};

use super::files;
use super::finding::{Finding, FindingKind, Unfit};
use super::yaml::shown;
use crate::engine::Engine;

/// The directory without links, if the policy has nothing against it.
///
/// # Errors
/// It is none, or may not be used.
pub async fn root(engine: &Engine, directory: &str) -> Result<PathBuf, Unfit> {
    let unfit = |text: String| {
        Unfit::Files(vec![Finding {
            kind: FindingKind::Invalid,
            file: "project_directory".to_owned(),
            place: None,
            at: String::new(),
            text,
        }])
    };
    let (given, shown) = (Path::new(directory), shown(directory));
    if !given.is_absolute() {
        return Err(unfit(format!("{shown} is not an absolute path")));
    }
    let real = files::directory(given).await;
    let real = real.map_err(|error| unfit(format!("{shown} cannot be opened: {error}")))?;
    Ok(engine.vet_file("`project_directory`", &real, &real).await?)
}
