//! Follows what a file names: other Compose files, files of variables and of labels.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{Role, Source, Walk, unread};
use crate::compose::door::all;
use crate::compose::files;
use crate::compose::paths::join;
use crate::compose::places::At;
use crate::compose::yaml::{Node, Place, shown};
use crate::engine::EngineError;

/// From so many includes in each other on, Compose loses what the paths beside an included file are
/// relative to.
pub(super) const DEEP: usize = 2;

impl Walk<'_> {
    /// Vets the files that a file names, and has the Compose files among them read.
    pub(super) async fn follow(&mut self, file: &Node, source: &Source) -> Result<(), EngineError> {
        let top = At::default();
        if source.role == Role::Project {
            for include in all(file, "include") {
                for (number, item) in include.value.items().iter().enumerate() {
                    self.include(item, &top.key("include").item(number), source)
                        .await?;
                }
            }
        }
        for services in all(file, "services") {
            for service in services.value.entries() {
                let at = top.key("services").key(&service.key);
                for entry in service.value.entries() {
                    let at = at.key(&entry.key);
                    match entry.key.as_str() {
                        "extends" => self.extends(&entry.value, &at, source).await?,
                        "env_file" => self.env_files(&entry.value, &at, source).await?,
                        "label_file" => {
                            for item in entry.value.items() {
                                self.plain(item, &at, "`label_file`", &source.base, true)
                                    .await?;
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(())
    }

    async fn include(&mut self, item: &Node, at: &At, source: &Source) -> Result<(), EngineError> {
        let paths: Vec<&Node> = match item.text() {
            Some(_) => vec![item],
            None => all(item, "path")
                .flat_map(|entry| entry.value.items())
                .collect(),
        };
        let mut base = None;
        for entry in all(item, "project_directory") {
            let text = entry.value.text().unwrap_or_default();
            let (place, at) = (entry.value.place, at.key("project_directory"));
            self.check_place(place, &at, text, source.depth > 0);
            if let Some(path) = self.path(place, &at, &source.base, text)
                && let Some(real) = self.vet(place, &at, "`project_directory`", &path).await?
            {
                // From what is none Compose takes the directory above, for some of the paths alone.
                if let Err(error) = files::directory(&real).await {
                    let text = format!("{} {}", shown(text), unread(&error));
                    self.findings.invalid(place, &at, text);
                }
                base.get_or_insert(path);
            }
        }
        let mut is_first = true;
        for node in paths {
            let text = node.text().unwrap_or_default();
            let Some(path) = self.path(node.place, at, &source.base, text) else {
                continue;
            };
            let Some(real) = self.vet(node.place, at, "`include`", &path).await? else {
                continue;
            };
            let base = base.get_or_insert_with(|| join(&path, "..")).clone();
            if std::mem::take(&mut is_first) {
                self.variables_of(item, at, source, &base).await?;
            }
            self.enqueue(Source {
                path,
                real,
                base,
                role: Role::Project,
                depth: source.depth + 1,
            });
        }
        Ok(())
    }

    /// Refuses a relative path where Compose takes it from elsewhere than from where it takes the others.
    fn check_place(&mut self, place: Option<Place>, at: &At, text: &str, is_lost: bool) {
        if is_lost && !Path::new(text).is_absolute() {
            let text = "in a file that is itself included, Compose takes this from another directory than that of the file; write an absolute path";
            self.findings.refused(place, at, text);
        }
    }

    /// The variables of what is included: those of the files it names, else of its own `.env`.
    async fn variables_of(
        &mut self,
        item: &Node,
        at: &At,
        source: &Source,
        base: &Path,
    ) -> Result<(), EngineError> {
        let mut named = false;
        for entry in all(item, "env_file") {
            for file in entry.value.items() {
                named = true;
                let at = at.key("env_file");
                let text = file.text().unwrap_or_default();
                self.check_place(file.place, &at, text, source.depth >= DEEP);
                self.plain(file, &at, "`env_file`", &source.base, true)
                    .await?;
            }
        }
        if !named {
            let path = base.join(".env");
            if let Some(real) = self.vet(item.place, at, "`.env`", &path).await?
                && files::probe(&real).await.is_ok()
            {
                self.reads.insert(real);
            }
        }
        Ok(())
    }

    async fn extends(&mut self, value: &Node, at: &At, source: &Source) -> Result<(), EngineError> {
        for entry in all(value, "file") {
            let text = entry.value.text().unwrap_or_default();
            let at = at.key("file");
            let Some(path) = self.path(entry.value.place, &at, &source.base, text) else {
                continue;
            };
            if let Some(real) = self.vet(entry.value.place, &at, "`extends`", &path).await? {
                let base = join(&path, "..");
                self.enqueue(Source {
                    path,
                    real,
                    base,
                    role: Role::Extended,
                    depth: source.depth,
                });
            }
        }
        Ok(())
    }

    async fn env_files(
        &mut self,
        value: &Node,
        at: &At,
        source: &Source,
    ) -> Result<(), EngineError> {
        for item in value.items() {
            if item.text().is_some() {
                self.plain(item, at, "`env_file`", &source.base, true)
                    .await?;
                continue;
            }
            let required = item
                .get("required")
                .is_none_or(|required| !required.is_false());
            for entry in all(item, "path") {
                self.plain(&entry.value, at, "`env_file`", &source.base, required)
                    .await?;
            }
        }
        Ok(())
    }

    /// A file that Compose reads and that names no others.
    pub(super) async fn plain(
        &mut self,
        node: &Node,
        at: &At,
        field: &str,
        base: &Path,
        required: bool,
    ) -> Result<Option<PathBuf>, EngineError> {
        let text = node.text().unwrap_or_default();
        let Some(path) = self.path(node.place, at, base, text) else {
            return Ok(None);
        };
        let Some(real) = self.vet(node.place, at, field, &path).await? else {
            return Ok(None);
        };
        match files::probe(&real).await {
            Ok(()) => {
                self.reads.insert(real.clone());
                Ok(Some(real))
            }
            Err(error) if !required && error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => {
                let text = format!("{} {}", shown(text), unread(&error));
                self.findings.invalid(node.place, at, text);
                Ok(None)
            }
        }
    }
}
