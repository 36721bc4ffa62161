//! Puts a new container in the place of an old one, or the old one back.
//!
//! From the moment at which the old one is stopped, this goes on to an end even where the call is cancelled.

use std::time::Duration;

use bollard::models::{ContainerUpdateBody, RestartPolicy, RestartPolicyNameEnum};
use bollard::query_parameters::{RenameContainerOptions, WaitContainerOptions};
use futures_util::{StreamExt, TryStreamExt};
use serde::Deserialize;
use tokio::time::{Instant, sleep, timeout};

use super::original::State;
use crate::call::CallError;
use crate::engine::{Engine, EngineError, Part, Told, record};
use crate::operations::containers::leftover::Leftover;

/// How long a container without a health check has to run.
const MOMENT: Duration = Duration::from_secs(3);

/// How long to wait before asking again how it is.
const PAUSE: Duration = Duration::from_millis(500);

/// How many names are tried for the old one.
const NAMES: usize = 20;

/// The container that is replaced.
#[derive(Debug)]
pub(super) struct Old {
    pub(super) id: String,
    pub(super) name: String,
    /// It ran, and so is the new one to.
    pub(super) ran: bool,
    pub(super) policy: Option<RestartPolicy>,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) container_id: String,
    /// What the old one is called now; none where it is back.
    pub(super) previous: Option<String>,
    /// Why it is back.
    pub(super) reason: Option<String>,
}

#[derive(Debug)]
pub(super) struct Switch {
    engine: Engine,
    old: Old,
    new: Leftover,
    patience: Duration,
    /// What was done to the old one, or begun.
    stopped: bool,
    without_policy: bool,
    moved: bool,
    renamed: Option<String>,
}

impl Switch {
    pub(super) fn new(engine: Engine, old: Old, new: Leftover, patience: Duration) -> Self {
        Self {
            engine,
            old,
            new,
            patience,
            stopped: false,
            without_policy: false,
            moved: false,
            renamed: None,
        }
    }

    /// Replaces the old one by the new one.
    ///
    /// # Errors
    /// Nothing was done to the old one, or it could not be brought back, which then says how to.
    pub(super) async fn run(mut self) -> Result<Outcome, CallError> {
        let failed = match self.replace().await {
            Ok(()) => {
                let container_id = self.new.id();
                self.new.keep();
                return Ok(Outcome {
                    container_id,
                    previous: self.renamed,
                    reason: None,
                });
            }
            Err(error) => error,
        };
        if !self.stopped && !self.without_policy && !self.moved {
            drop(self.new.remove().await);
            return Err(failed);
        }
        let new = self.new.id();
        let Self {
            engine,
            old,
            new: leftover,
            moved,
            renamed,
            ..
        } = self;
        let restored = async {
            leftover.remove().await?;
            if renamed.is_some() || moved && name(&engine, &old.id).await? != old.name {
                rename(&engine, &old.id, &old.name).await?;
            }
            if self.without_policy {
                restart_by(&engine, &old.id, old.policy.clone()).await?;
            }
            if old.ran {
                start(&engine, &old.id).await?;
            }
            Ok::<_, EngineError>(())
        };
        match restored.await {
            Ok(()) => Ok(Outcome {
                container_id: old.id,
                previous: None,
                reason: Some(failed.to_string()),
            }),
            Err(error) => Err(CallError::Operation(way_back(&old, &new, &failed, &error))),
        }
    }

    async fn replace(&mut self) -> Result<(), CallError> {
        let engine = self.engine.clone();
        let old = self.old.id.as_str();
        if self.old.ran {
            let request = record(|docker| async move { docker.stop_container(old, None).await })?;
            let answer = engine.json(request.about("container", old)).await;
            // Where no answer came it may be stopped all the same.
            self.stopped = answer.as_ref().err().is_none_or(brought_no_answer);
            answer?;
        }
        // The daemon would start it beside the new one.
        if restarts(self.old.policy.as_ref()) {
            let none = RestartPolicy {
                name: Some(RestartPolicyNameEnum::NO),
                maximum_retry_count: Some(0),
            };
            self.without_policy = true;
            restart_by(&engine, old, Some(none)).await?;
        }
        let previous = step_aside(&engine, &self.old).await;
        // Where no answer came it may be called otherwise all the same.
        self.moved = previous.as_ref().err().is_none_or(brought_no_answer);
        self.renamed = Some(previous?);
        let new = self.new.id();
        rename(&engine, &new, &self.old.name).await?;
        if self.old.ran {
            start(&engine, &new).await?;
            settled(&engine, &new, self.patience)
                .await
                .map_err(CallError::Operation)?;
        }
        Ok(())
    }
}

fn brought_no_answer(error: &EngineError) -> bool {
    matches!(
        error,
        EngineError::TimedOut { .. } | EngineError::Interrupted { .. }
    )
}

fn restarts(policy: Option<&RestartPolicy>) -> bool {
    let name = policy.and_then(|policy| policy.name.as_ref());
    !matches!(
        name,
        None | Some(RestartPolicyNameEnum::EMPTY | RestartPolicyNameEnum::NO)
    )
}

/// Gives the old one another name, and says which.
async fn step_aside(engine: &Engine, old: &Old) -> Result<String, EngineError> {
    let mut number = 1;
    loop {
        let name = match number {
            1 => format!("{}-previous", old.name),
            number => format!("{}-previous-{number}", old.name),
        };
        match rename(engine, &old.id, &name).await {
            Err(EngineError::Conflict { .. }) if number < NAMES => number += 1,
            renamed => return renamed.map(|()| name),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Named {
    name: Told<String>,
}

/// What a container is called.
async fn name(engine: &Engine, container: &str) -> Result<String, EngineError> {
    let request = record(|docker| async move { docker.inspect_container(container, None).await })?;
    let named: Named = engine.told(request.about("container", container)).await?;
    Ok(named.name.text().trim_start_matches('/').to_owned())
}

async fn rename(engine: &Engine, container: &str, name: &str) -> Result<(), EngineError> {
    let options = RenameContainerOptions {
        name: name.to_owned(),
    };
    let request =
        record(|docker| async move { docker.rename_container(container, options).await })?;
    engine.json(request.about("container", container)).await?;
    Ok(())
}

async fn restart_by(
    engine: &Engine,
    container: &str,
    policy: Option<RestartPolicy>,
) -> Result<(), EngineError> {
    let body = ContainerUpdateBody {
        restart_policy: policy,
        ..ContainerUpdateBody::default()
    };
    let request = record(|docker| async move { docker.update_container(container, body).await })?;
    engine.json(request.about("container", container)).await?;
    Ok(())
}

async fn start(engine: &Engine, container: &str) -> Result<(), EngineError> {
    let request = record(|docker| async move { docker.start_container(container, None).await })?;
    engine.json(request).await?;
    Ok(())
}

/// How the new one is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Looked {
    state: Part<State>,
    restart_count: Told<i64>,
}

/// How it ended.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Ended {
    status_code: Told<i64>,
}

/// Waits until the new one runs and is as healthy as it can say; or says why it is not.
async fn settled(engine: &Engine, container: &str, patience: Duration) -> Result<(), String> {
    let begun = Instant::now();
    let ended = async {
        let options = WaitContainerOptions {
            condition: "not-running".to_owned(),
        };
        let request = record(|docker| async move {
            let mut wait = docker.wait_container(container, Some(options)).boxed();
            wait.try_next().await
        })?;
        engine.told(request).await
    };
    let ended: Option<Ended> = timeout(MOMENT, ended).await.ok().and_then(Result::ok);
    loop {
        let request =
            record(|docker| async move { docker.inspect_container(container, None).await });
        let asked = async { engine.told(request?).await };
        let looked: Result<Looked, EngineError> = asked.await;
        let looked = looked.map_err(|error| error.to_string())?;
        let state = &looked.state;
        if state.status.text() != "running" || *looked.restart_count > Some(0) {
            let how = match ended.and_then(|ended| ended.status_code.0) {
                // What is told of one that was started again is how it is now.
                Some(code) if state.status.text() == "running" => {
                    format!("it ended with exit code {code} and was started again")
                }
                None if state.status.text() == "running" => "it was started again".to_owned(),
                _ => told(state),
            };
            return Err(format!("the new container did not stay: {how}"));
        }
        match state.health.status.text() {
            "unhealthy" => {
                return Err(format!("the new container is unhealthy: {}", probed(state)));
            }
            "starting" if begun.elapsed() >= patience => {
                let seconds = patience.as_secs();
                let probed = probed(state);
                return Err(format!(
                    "the new container was not healthy after {seconds} s: {probed}"
                ));
            }
            "starting" => sleep(PAUSE).await,
            _ => return Ok(()),
        }
    }
}

/// How a container ended.
fn told(state: &State) -> String {
    let code = state.exit_code.unwrap_or(0);
    let error = state.error.text();
    let error = if error.is_empty() {
        String::new()
    } else {
        format!(", {error}")
    };
    let killed = if *state.out_of_memory == Some(true) {
        ", killed for memory"
    } else {
        ""
    };
    let status = state.status.text();
    format!("{status} with exit code {code}{killed}{error}")
}

/// What the last health check said.
fn probed(state: &State) -> String {
    let last = state.health.log.last();
    let said = last.map(|last| last.output.text().trim());
    let said: String = said.unwrap_or_default().chars().take(300).collect();
    if said.is_empty() {
        "its health check says nothing".to_owned()
    } else {
        format!("its health check says {said:?}")
    }
}

/// How to bring the old one back by hand.
fn way_back(old: &Old, new: &str, failed: &CallError, error: &EngineError) -> String {
    let (id, name) = (&old.id, &old.name);
    let mut steps = vec![
        format!(
            "docker_remove_container {{\"container_id\": \"{new}\", \"force\": true}} if it is still there"
        ),
        format!(
            "docker_rename_container {{\"container_id\": \"{id}\", \"name\": \"{name}\"}} if it is not called so"
        ),
    ];
    if restarts(old.policy.as_ref()) {
        let policy = old.policy.as_ref();
        let name = policy.and_then(|it| it.name.as_ref());
        let mut text = name.map(ToString::to_string).unwrap_or_default();
        let count = policy.and_then(|it| it.maximum_retry_count);
        if let Some(count) = count.filter(|count| *count > 0) {
            text.push_str(&format!(":{count}"));
        }
        steps.push(format!(
            "docker_update_container {{\"container_id\": \"{id}\", \"restart_policy\": \"{text}\"}}"
        ));
    }
    if old.ran {
        steps.push(format!(
            "docker_start_container {{\"container_id\": \"{id}\"}}"
        ));
    }
    format!(
        "{failed}. The old container could not be brought back: {error}. Nothing of it is lost; in this order: {}",
        steps.join("; ")
    )
}
