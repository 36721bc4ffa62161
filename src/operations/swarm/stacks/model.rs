//! Makes of Compose files the one model of a stack that is judged, and then deployed.
//!
//! The files are walked through, `docker stack` resolves them while it may read nothing else, what came of it is
//! judged, and exactly that is what it deploys. What secrets and configs hold is read then, too: the door lets
//! nothing else through.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::PathBuf;
use std::time::Duration;

use ring::digest::{SHA256, digest};
use serde::Deserialize;

use crate::call::{Call, CallError};
use crate::catalog::Command;
use crate::compose::{
    Document, Loader, Selection, Walked, contents, fill, judge_stack, read_stack, walk,
};
use crate::engine::relay::{Bounds, Done, Whose};
use crate::engine::{Part, Told};
use crate::generated::params::stack_deploy::Params;
use crate::operations::compose::{Said, Unresolved};
use crate::operations::files::content::hexadecimal;
use crate::ordered;
use crate::program::{Program, ProgramError, Ran, Run, run};

/// How long the Docker CLI may take to resolve the files.
const RESOLVING: Duration = Duration::from_secs(60);

/// Of the files what says how many tasks there are to be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    services: BTreeMap<String, Part<OneService>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OneService {
    deploy: Part<Deploy>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Deploy {
    mode: Told<String>,
    replicas: Told<u64>,
}

/// A stack as it would be deployed.
#[derive(Debug)]
pub(super) struct Stack {
    walked: Walked,
    document: Document,
    contents: BTreeSet<String>,
    pub(super) warnings: Vec<String>,
}

impl Stack {
    /// The model of the files, judged.
    ///
    /// # Errors
    /// All that is wrong, or refused; nothing was done.
    pub(super) async fn judged(params: &Params, call: &Call<'_>) -> Result<Self, CallError> {
        let selection = Selection {
            project_directory: params.project_directory.clone(),
            files: params.files.clone().unwrap_or_default(),
            project_name: Some(params.name.to_string()),
            loader: Loader::Stack,
            ..Selection::default()
        };
        let walked = walk(&call.engine, &selection).await;
        let walked = walked.map_err(Unresolved::from)?;
        let ran = resolve(&walked, call).await?;
        let said = Said::read(&ran.stderr);
        let unread = |why: &str| {
            CallError::Operation(format!(
                "`docker stack` does not take the files; nothing was done: {why}"
            ))
        };
        if ran.code != Some(0) {
            return Err(unread(&said.error));
        }
        let mut model = read_stack(&ran.stdout).map_err(|why| unread(&why))?;
        fill(call.secrets(), &walked.name, model.document.value_mut()).await?;
        let judged = judge_stack(&call.engine, &walked, model.document.value()).await;
        judged.map_err(Unresolved::from)?;
        let contents = contents(&walked, model.document.value()).await;
        let contents = contents.map_err(|error| unread(&error.to_string()))?;
        // Whatever the program says of it.
        for secret in &contents.secrets {
            call.redactor.learn(secret);
        }
        let mut warnings = said.warnings;
        warnings.extend(model.warnings);
        Ok(Self {
            walked,
            document: model.document,
            contents: contents.all,
            warnings,
        })
    }

    /// What tells it from another; with what its secrets and configs hold.
    pub(super) fn fingerprint(&self) -> String {
        let mut whole = self.document.bytes();
        for held in &self.contents {
            whole.extend_from_slice(held.as_bytes());
            whole.push(b'\n');
        }
        hexadecimal(digest(&SHA256, &whole).as_ref())
    }

    /// The services by their names in the files, each with how many replicas it is to have, where it has such.
    pub(super) fn services(&self) -> BTreeMap<String, Option<u64>> {
        let written = Written::deserialize(self.document.value()).unwrap_or_default();
        let replicas = |deploy: &Deploy| match deploy.mode.text() {
            "" | "replicated" => Some(deploy.replicas.unwrap_or(1)),
            _ => None,
        };
        let services = written.services.into_iter();
        ordered::map(services.map(|(name, service)| (name, replicas(&service.deploy))))
    }

    /// Deploys it. `on_done` hears what comes of it.
    pub(super) async fn deploy(
        &self,
        command: &Command,
        words: Vec<String>,
        limit: Duration,
        call: &Call<'_>,
        on_done: impl FnMut(Done) + Send,
    ) -> Result<Ran, ProgramError> {
        let bounds = Bounds {
            whose: Whose::Stack(self.walked.name.clone(), self.contents.clone()),
            endpoints: command.engine,
        };
        let run = Run {
            program: Program::Docker,
            args: words,
            stdin: Some(self.document.bytes()),
            directory: &self.walked.directory,
            reads: &self.walked.reads,
            variables: BTreeMap::new(),
            relay: Some(bounds),
            online: false,
            limit,
        };
        crate::program::run(&call.engine, run, on_done).await
    }
}

/// Has the Docker CLI say what it makes of the files, while it may read nothing else and does not reach the Engine.
async fn resolve(walked: &Walked, call: &Call<'_>) -> Result<Ran, ProgramError> {
    let mut args = vec!["stack".to_owned(), "config".to_owned()];
    let files = walked.files.iter().map(PathBuf::as_path);
    args.extend(files.map(|file| format!("--compose-file={}", file.display())));
    let names = call.config.server.compose_variables.iter();
    let variables = names.filter_map(|name| Some((name.clone(), env::var(name).ok()?)));
    let resolving = Run {
        program: Program::Docker,
        args,
        stdin: None,
        directory: &walked.directory,
        reads: &walked.reads,
        variables: ordered::map(variables),
        relay: None,
        online: false,
        limit: RESOLVING,
    };
    run(&call.engine, resolving, |_| {}).await
}
