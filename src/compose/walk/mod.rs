//! Walks through the files that Compose would read, from the first to the last that another names.

mod follow;
mod outcome;

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};

use crate::compose::check::check;
use crate::compose::door::{all, foresee, hold, hold_shared};
use crate::compose::env::{Steering, steering};
use crate::compose::files;
use crate::compose::finding::Unfit;
use crate::compose::keys::FILE;
use crate::compose::named;
use crate::compose::paths;
use crate::compose::places::{At, Findings};
use crate::compose::project::{Loader, Selection, Walked};
use crate::compose::root::root;
use crate::compose::service::{self, Around};
use crate::compose::yaml::{self, Kind, Node, Place, shown};
use crate::computing::compute;
use crate::engine::{Engine, EngineError};

/// What Compose looks for, in its order; of each list it takes the first that is there.
pub(super) const NAMES: &[&str] = &[
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];
pub(super) const OVERRIDES: &[&str] = &[
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// As many files, the same from two directories counted twice.
const MOST_FILES: usize = 100;

/// How a file came to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It is the project's own or included: its services run.
    Project,
    /// One of its services is extended, and what it includes is not read.
    Extended,
}

/// A file to read.
#[derive(Debug)]
struct Source {
    /// As it is named, which is what others are relative to.
    path: PathBuf,
    /// Where that leads.
    real: PathBuf,
    /// What its own paths are relative to.
    base: PathBuf,
    role: Role,
    /// How many files lead to it, one including the next; none to the project's own.
    depth: usize,
}

struct Walk<'a> {
    engine: &'a Engine,
    root: PathBuf,
    findings: Findings,
    reads: BTreeSet<PathBuf>,
    queue: VecDeque<Source>,
    seen: HashSet<(PathBuf, PathBuf, bool, usize)>,
    read: Vec<(Source, Node)>,
}

/// Walks through the files of a project, and opens none that Compose may not read.
///
/// # Errors
/// All that is wrong, or what the Engine did not tell.
pub async fn walk(engine: &Engine, selection: &Selection) -> Result<Walked, Unfit> {
    let root = root(engine, &selection.project_directory).await?;
    let mut walk = Walk {
        engine,
        root,
        findings: Findings::default(),
        reads: BTreeSet::new(),
        queue: VecDeque::new(),
        seen: HashSet::new(),
        read: Vec::new(),
    };
    let steering = walk.steering().await?;
    let files = walk.first(selection, &steering).await?;
    while let Some(source) = walk.queue.pop_front() {
        walk.read(source).await?;
    }
    let named = selection.project_name.clone().or(steering.project_name);
    let name = match (selection.loader, named) {
        // What it is called, its label says; such names may have more than those of projects.
        (Loader::Stack, Some(name)) => name,
        (_, named) => walk.name(named),
    };
    walk.hold(&name, selection.loader).await?;
    walk.done(selection, steering.profiles, name, files)
}

impl Walk<'_> {
    /// What the project's `.env` says to Compose itself; Compose reads it where it is there.
    async fn steering(&mut self) -> Result<Steering, EngineError> {
        const ENV: &str = ".env";
        if files::first(&self.root, &[ENV]).await.is_none() {
            return Ok(Steering::default());
        }
        self.findings.file = ENV.to_owned();
        let at = At::default();
        let path = self.root.join(ENV);
        let Some(real) = self.vet(None, &at, "`.env`", &path).await? else {
            return Ok(Steering::default());
        };
        match files::text(&real).await {
            Ok(text) => {
                self.reads.insert(real);
                Ok(steering(&text))
            }
            Err(error) => {
                self.findings.invalid(None, &at, unread(&error));
                Ok(Steering::default())
            }
        }
    }

    /// Begins with the project's own files.
    async fn first(
        &mut self,
        selection: &Selection,
        steering: &Steering,
    ) -> Result<Vec<PathBuf>, EngineError> {
        for (name, line) in &steering.others {
            if name == "COMPOSE_FILE" && !selection.files.is_empty() {
                continue;
            }
            let place = Some(Place {
                line: *line,
                column: 1,
            });
            let text = match name.as_str() {
                "COMPOSE_FILE" => {
                    "chooses other files than this server would read; name them in `files`"
                }
                _ => "steers Compose itself, which a file of the project may not do here",
            };
            self.findings.file = ".env".to_owned();
            self.findings.refused(place, &At::default().key(name), text);
        }
        let mut names: Vec<String> = selection.files.clone();
        if names.is_empty() {
            let found = files::first(&self.root, NAMES).await;
            names.extend(found.map(str::to_owned));
            let over = files::first(&self.root, OVERRIDES).await;
            names.extend(over.filter(|_| found.is_some()).map(str::to_owned));
        }
        let at = At::default().key("files");
        self.findings.file = "project_directory".to_owned();
        if names.is_empty() {
            let text = format!(
                "there is none of {}; name the files in `files`",
                NAMES.join(", ")
            );
            self.findings.invalid(None, &At::default(), text);
        }
        let (mut all, base) = (Vec::new(), self.root.clone());
        for name in names {
            let Some(path) = self.path(None, &at, &base, &name) else {
                continue;
            };
            if let Some(real) = self.vet(None, &at, "`files`", &path).await? {
                all.push(real.clone());
                let of_all = match selection.loader {
                    Loader::Compose => &base,
                    // It takes all paths from where the first file is.
                    Loader::Stack => all.first().and_then(|it| it.parent()).unwrap_or(&base),
                };
                let base = of_all.to_owned();
                self.enqueue(Source {
                    path,
                    real,
                    base,
                    role: Role::Project,
                    depth: 0,
                });
            }
        }
        Ok(all)
    }

    fn enqueue(&mut self, source: Source) {
        let Source { real, base, .. } = &source;
        let depth = source.depth.min(follow::DEEP);
        let which = (
            real.clone(),
            base.clone(),
            source.role == Role::Project,
            depth,
        );
        if self.seen.len() < MOST_FILES && self.seen.insert(which) {
            self.queue.push_back(source);
        } else if self.seen.len() >= MOST_FILES {
            let text = format!("more than {MOST_FILES} files make up this project");
            self.findings.invalid(None, &At::default(), text);
        }
    }

    fn path(&mut self, place: Option<Place>, at: &At, base: &Path, text: &str) -> Option<PathBuf> {
        match paths::path(base, text) {
            Ok(path) => Some(path),
            Err(why) => {
                self.findings
                    .refused(place, at, format!("{} {why}", shown(text)));
                None
            }
        }
    }

    /// Where a path leads, if the policy has nothing against it.
    async fn vet(
        &mut self,
        place: Option<Place>,
        at: &At,
        field: &str,
        path: &Path,
    ) -> Result<Option<PathBuf>, EngineError> {
        match self.engine.vet_file(field, path, &self.root).await {
            Ok(real) => Ok(Some(real)),
            Err(EngineError::Refused(refusal)) => {
                self.findings.refused(place, at, refusal.to_string());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn shown(&self, path: &Path) -> String {
        let within = path.strip_prefix(&self.root).unwrap_or(path);
        let shown = shown(&within.to_string_lossy());
        shown.trim_matches('`').to_owned()
    }

    async fn read(&mut self, source: Source) -> Result<(), EngineError> {
        self.findings.file = self.shown(&source.path);
        let at = At::default();
        let text = match files::text(&source.real).await {
            Ok(text) => text,
            Err(error) => {
                self.findings.invalid(None, &at, unread(&error));
                return Ok(());
            }
        };
        self.reads.insert(source.real.clone());
        let read = compute(text.len(), || yaml::read(&text));
        let node = match read {
            Ok(node) => node,
            Err(fault) => {
                self.findings.invalid(fault.place, &at, fault.text);
                return Ok(());
            }
        };
        if !matches!(node.kind, Kind::Map(_)) {
            self.findings.invalid(
                node.place,
                &at,
                "a Compose file is a mapping with `services`",
            );
            return Ok(());
        }
        check(&node, &FILE, &at, &mut self.findings);
        named::check(&node, &mut self.findings);
        self.follow(&node, &source).await?;
        self.read.push((source, node));
        Ok(())
    }

    /// Has the policy judge all that was read.
    async fn hold(&mut self, project: &str, loader: Loader) -> Result<(), EngineError> {
        for (source, file) in std::mem::take(&mut self.read) {
            self.findings.file = self.shown(&source.path);
            let around = Around {
                base: &source.base,
                project,
            };
            match loader {
                Loader::Compose => hold(self.engine, &file, &around, &mut self.findings).await?,
                // What it passes over, and what its services come to, the judge of its model says.
                Loader::Stack => {
                    hold_shared(self.engine, &file, &around, &mut self.findings).await?;
                }
            }
            for section in ["secrets", "configs"] {
                for entry in all(&file, section).flat_map(|section| section.value.entries()) {
                    let at = At::default().key(section).key(&entry.key).key("file");
                    for file in all(&entry.value, "file") {
                        let file = &file.value;
                        if let Some(path) =
                            self.plain(file, &at, "`file`", &source.base, true).await?
                        {
                            let ask = service::source(file, &at, &path);
                            foresee(self.engine, ask, &mut self.findings).await?;
                        }
                    }
                }
            }
            self.read.push((source, file));
        }
        Ok(())
    }
}

fn unread(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "is not there".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}
