//! Says what the files come to once all were walked through.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Role, Walk};
use crate::compose::door::all;
use crate::compose::finding::Unfit;
use crate::compose::names;
use crate::compose::places::At;
use crate::compose::project::{Selection, Service, Walked};
use crate::compose::service::varies;
use crate::compose::yaml::{Node, shown};

impl Walk<'_> {
    /// The name of the project, as Compose finds it.
    pub(super) fn name(&mut self, named: Option<String>) -> String {
        if let Some(name) = named {
            if !names::is_project(&name) {
                self.findings.file = "project_name".to_owned();
                self.findings
                    .invalid(None, &At::default(), names::wrong_project(&name));
            }
            return name;
        }
        let said = self.read.iter().rev().find_map(|(source, file)| {
            let name = all(file, "name")
                .next()
                .filter(|_| source.role == Role::Project)?;
            (source.base == self.root).then(|| (self.shown(&source.path), name.value.clone()))
        });
        if let Some((file, node)) = said {
            let name = node.text().unwrap_or_default().to_owned();
            if varies(&node) || !names::is_project(&name) {
                self.findings.file = file;
                let text = match varies(&node) {
                    true => "has a variable in it; say the name in `project_name`".to_owned(),
                    false => names::wrong_project(&name),
                };
                self.findings
                    .invalid(node.place, &At::default().key("name"), text);
            }
            return name;
        }
        let directory = self.root.file_name().unwrap_or_default().to_string_lossy();
        names::of_directory(&directory)
    }

    pub(super) fn done(
        mut self,
        selection: &Selection,
        of_env: Vec<String>,
        name: String,
        files: Vec<PathBuf>,
    ) -> Result<Walked, Unfit> {
        let profiles = match selection.profiles.is_empty() {
            true => of_env,
            false => selection.profiles.clone(),
        };
        self.findings.file = "project".to_owned();
        let at = At::default();
        if name.is_empty() {
            let text = "the directory gives no name; say one in `project_name`";
            self.findings.invalid(None, &at, text);
        }
        for profile in profiles
            .iter()
            .filter(|profile| !names::is_profile(profile))
        {
            self.findings.invalid(
                None,
                &at,
                format!("{} is no name of a profile", shown(profile)),
            );
        }
        let services = self.services();
        if services.is_empty() && self.findings.all.is_empty() {
            self.findings
                .invalid(None, &at, "the files have no service");
        }
        if !self.findings.all.is_empty() {
            return Err(Unfit::Files(self.findings.all));
        }
        Ok(Walked {
            directory: self.root,
            name,
            profiles,
            files,
            reads: self.reads,
            services,
        })
    }

    fn services(&self) -> BTreeMap<String, Service> {
        let mut services: BTreeMap<String, Service> = BTreeMap::new();
        let projects = self
            .read
            .iter()
            .filter(|(source, _)| source.role == Role::Project);
        for (_, file) in projects {
            for entry in all(file, "services").flat_map(|section| section.value.entries()) {
                let service = services.entry(entry.key.clone()).or_default();
                service.builds |= entry
                    .value
                    .get("build")
                    .is_some_and(|build| !build.is_null());
                let profiles = entry
                    .value
                    .get("profiles")
                    .into_iter()
                    .flat_map(Node::items);
                service
                    .profiles
                    .extend(profiles.filter_map(Node::text).map(str::to_owned));
            }
        }
        services
    }
}
