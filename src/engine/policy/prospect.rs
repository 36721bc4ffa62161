//! Judges what a program is going to ask for, and the files that it is going to read, before it is
//! started: by the rules that its requests will meet at the door.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::judge::Judge;
use super::paths::{follow, within};
use super::remedy::{Remedy, refused, shown};
use super::rules::Policy;
use crate::engine::error::EngineError;
use crate::engine::probe::PolicyProbe;

/// What a program is going to ask for; the bodies are those of the Engine's own API, and may be parts.
#[derive(Debug)]
pub enum Prospect {
    /// The body of a container to create.
    Container(Map<String, Value>),
    /// The body of a volume to create.
    Volume(Map<String, Value>),
    /// The body of a network to create.
    Network(Map<String, Value>),
    /// The body of a command to run in a container.
    Exec(Map<String, Value>),
    /// The body of a service of a swarm to create.
    Service(Map<String, Value>),
    /// A directory that an image is built from.
    Context(PathBuf),
}

impl Policy {
    /// Judges what a program is going to ask for.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or what kept the Engine from telling what the verdict depends on.
    pub(crate) async fn foresee(
        &self,
        prospect: &Prospect,
        engine: PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        if self.allow_privileged {
            return Ok(());
        }
        let judge = Judge::new(self, engine);
        match prospect {
            Prospect::Container(body) => judge.create(body).await,
            Prospect::Volume(body) => judge.create_volume(body).await,
            Prospect::Network(body) => judge.create_network(body).await,
            Prospect::Exec(body) => judge.exec(body),
            Prospect::Service(body) => judge.of_a_swarm().service(body).await,
            Prospect::Context(path) => {
                let judge = judge.of_this_host();
                judge.readable("`context`", &led(path).await?).await
            }
        }
    }

    /// Judges a file of this server's host that a program is going to read by itself, and says where it
    /// leads: into the directory of the project, or to where the operator allows it.
    ///
    /// # Errors
    /// As [`foresee`](Self::foresee).
    pub(crate) async fn vet_file(
        &self,
        field: &str,
        path: &Path,
        project: &Path,
        engine: PolicyProbe<'_>,
    ) -> Result<PathBuf, EngineError> {
        let led = led(path).await?;
        if self.allow_privileged {
            return Ok(led.into());
        }
        let judge = Judge::new(self, engine).of_this_host();
        let project = project.to_string_lossy();
        if !within(&led, &project) && !judge.path_rules().await?.names(&led) {
            let written = path.to_string_lossy();
            let leads = match *written == led {
                true => String::new(),
                false => format!("leads to {}, which ", shown(&led)),
            };
            return Err(refused(
                format!(
                    "{field}: {} {leads}lies outside of the project directory {}",
                    shown(&written),
                    shown(&project)
                ),
                Remedy::Mount,
            ));
        }
        judge.readable(field, &led).await?;
        Ok(led.into())
    }
}

/// Where a path leads.
async fn led(path: &Path) -> Result<String, EngineError> {
    let unknown = |why: &dyn std::fmt::Display| {
        let path = shown(path.to_string_lossy());
        refused(
            format!("where {path} leads is not known ({why})"),
            Remedy::None,
        )
    };
    let written = path.to_str().ok_or_else(|| unknown(&"it is no UTF-8"))?;
    match follow(written).await {
        Ok(Some(led)) => Ok(led),
        Ok(None) => Err(unknown(&"this host does not show it")),
        Err(error) => Err(unknown(&error)),
    }
}
