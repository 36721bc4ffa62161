//! Holds what a project is asked for by, and what its files come to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What makes a project of the files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Loader {
    /// Docker Compose.
    #[default]
    Compose,
    /// `docker stack`, whose services are no containers of this Engine.
    Stack,
}

/// Which files make up a project.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The directory that paths are relative to; absolute.
    pub project_directory: String,
    /// The files; none means those that Compose finds by their names.
    pub files: Vec<String>,
    /// The profiles; none means those that the project's `.env` names.
    pub profiles: Vec<String>,
    /// The name of the project, where the files do not say it.
    pub project_name: Option<String>,
    /// What is to make a project of them.
    pub loader: Loader,
}

/// A project whose files may be read.
#[derive(Debug)]
pub struct Walked {
    /// The directory of the project, without links. Compose is to be started in it: some of its paths
    /// are relative to where it is.
    pub directory: PathBuf,
    /// The name of the project.
    pub name: String,
    /// The profiles that are on.
    pub profiles: Vec<String>,
    /// The files to give to Compose, in order, without links.
    pub files: Vec<PathBuf>,
    /// Every file that Compose may read, those included.
    pub reads: BTreeSet<PathBuf>,
    /// The services by their names, those of other files included.
    pub services: BTreeMap<String, Service>,
}

/// What the files say of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// The profiles that it is for.
    pub profiles: Vec<String>,
    /// It has something to build.
    pub builds: bool,
}
