//! Waits for an event, or until containers stand as they should.

use std::collections::HashMap;
use std::future::pending;
use std::time::Duration;

use bollard::query_parameters::EventsOptions;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::super::selection::{Chosen, Selection};
use super::{Event, Wait, named, some};
use crate::call::CallError;
use crate::engine::labels::PROJECT;
use crate::engine::{EngineError, record};
use crate::operations::budget;
use crate::operations::stream::event::Happened;
use crate::operations::stream::event_filter::EventFilter;

/// How long an Engine is given to begin to tell events; one that is silent until there are some may
/// still tell them.
const BEGINNING: Duration = Duration::from_secs(2);

/// When to look a second time. An Engine may tell an event before its list shows it, and listen to
/// itself only after it has begun to answer.
const AGAIN: Duration = Duration::from_secs(1);

type Events = BoxStream<'static, Result<Value, EngineError>>;

/// Waits for what was asked for. Says how the containers stand where that did not come.
pub(super) async fn wait(
    goal: &str,
    selection: &Selection<'_>,
    wait: &mut Wait<'_>,
) -> Result<Option<String>, CallError> {
    let (events, early) = open(wait).await?;
    let chosen = selection.list(wait.call).await?;
    let chosen = if goal == "event" && !selection.is_narrow() {
        chosen
    } else {
        some(chosen)?
    };
    let ends = wait.ends();
    let mut watch = Watch {
        goal: Goal::of(goal),
        selection,
        containers: chosen.iter().map(Watched::of).collect(),
        filter: EventFilter::default(),
        happened: false,
        again: Some(Instant::now() + AGAIN),
        wait,
    };
    for event in early {
        watch.take(event);
    }
    match timeout_at(ends, watch.until_met(events)).await {
        Ok(met) => met.map(|()| None),
        Err(_) => Ok(Some(watch.unmet())),
    }
}

/// Begins to listen. Gives what the Engine tells from then on, and what of it came meanwhile.
async fn open(wait: &Wait<'_>) -> Result<(Events, Vec<Value>), CallError> {
    let options = EventsOptions {
        since: None,
        until: None,
        filters: Some(HashMap::from([(
            "type".to_owned(),
            vec!["container".to_owned()],
        )])),
    };
    let request =
        record(|docker| async move { docker.events(Some(options)).boxed().try_next().await })?;
    let begun = CancellationToken::new();
    let request = wait.call.waiting(request).await?;
    let request = request.until_begun(begun.clone().drop_guard());
    // Nothing may happen for as long.
    let engine = wait.call.engine.with_more_time(wait.time);
    let mut events = engine.objects(request);
    let mut early = Vec::new();
    let listening = async {
        loop {
            tokio::select! {
                biased;
                event = events.try_next() => match event? {
                    Some(event) => early.push(event),
                    None => return Ok::<_, EngineError>(()),
                },
                () = begun.cancelled() => return Ok(()),
            }
        }
    };
    if let Ok(listening) = timeout(BEGINNING, listening).await {
        listening?;
    }
    Ok((events, early))
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    Event,
    Running,
    Healthy,
    Exited,
}

impl Goal {
    fn of(word: &str) -> Self {
        match word {
            "running" => Self::Running,
            "healthy" => Self::Healthy,
            "exited" => Self::Exited,
            _ => Self::Event,
        }
    }
}

/// A container that is waited for.
struct Watched {
    id: String,
    name: String,
    state: String,
    /// What its health check says, as far as it is known; empty where it has none.
    health: Option<String>,
    /// An event told of it since the list was asked for.
    told: bool,
}

impl Watched {
    fn of(chosen: &Chosen) -> Self {
        Self {
            id: chosen.id.text().to_owned(),
            name: chosen.name(),
            state: chosen.state.text().to_owned(),
            health: chosen.health(),
            told: false,
        }
    }

    /// What an event makes of it.
    fn change(&mut self, action: &str) {
        let (state, health) = match action {
            "start" => ("running", None),
            "unpause" => ("running", self.health.take()),
            "pause" => ("paused", self.health.take()),
            "die" => ("exited", None),
            "destroy" => match self.is_over() {
                // Its end came before.
                true => return,
                false => ("removed", None),
            },
            _ => match action.strip_prefix("health_status: ") {
                Some(said) => {
                    self.health = Some(said.to_owned());
                    self.told = true;
                    return;
                }
                None => return,
            },
        };
        (self.state, self.health, self.told) = (state.to_owned(), health, true);
    }

    /// What the list shows of it now, unless an event told something newer.
    fn see(&mut self, seen: Option<&Chosen>) {
        match seen {
            Some(seen) if !self.told => {
                self.state = seen.state.text().to_owned();
                self.health = seen.health();
            }
            Some(seen) if self.health.is_none() && seen.state.text() == self.state => {
                self.health = seen.health();
            }
            Some(_) => {}
            None if self.is_over() => {}
            None => "removed".clone_into(&mut self.state),
        }
        self.told = false;
    }

    fn is_over(&self) -> bool {
        // One that is being started again has exited, too.
        ["exited", "dead", "restarting"].contains(&&*self.state)
    }

    /// Whether it is as it should be.
    ///
    /// # Errors
    /// It can never be.
    fn is(&self, goal: Goal) -> Result<bool, String> {
        let name = &self.name;
        match goal {
            Goal::Event => Ok(false),
            _ if self.state == "removed" => Err(format!(
                "the container `{name}` was removed while the call waited for it"
            )),
            Goal::Running => Ok(self.state == "running"),
            Goal::Exited => Ok(self.is_over()),
            Goal::Healthy if self.state != "running" => Ok(false),
            Goal::Healthy if self.health.as_deref() == Some("") => Err(format!(
                "the container `{name}` has no health check, so it never turns healthy: wait for `running`, or for a \
                 line of its log with `for` set to `log` and `grep`"
            )),
            Goal::Healthy => Ok(self.health.as_deref() == Some("healthy")),
        }
    }

    /// How it stands.
    fn standing(&self) -> String {
        match self.health.as_deref() {
            Some(health) if !health.is_empty() && self.state == "running" => {
                format!("`{}` is {} ({health})", self.name, self.state)
            }
            _ => format!("`{}` is {}", self.name, self.state),
        }
    }
}

struct Watch<'w, 'a> {
    goal: Goal,
    selection: &'w Selection<'w>,
    containers: Vec<Watched>,
    filter: EventFilter,
    happened: bool,
    /// When to look again.
    again: Option<Instant>,
    wait: &'w mut Wait<'a>,
}

impl Watch<'_, '_> {
    /// Follows the events.
    async fn until_met(&mut self, mut events: Events) -> Result<(), CallError> {
        while !self.is_met()? {
            let at = self.again.filter(|_| self.goal != Goal::Event);
            let again = async {
                match at {
                    Some(at) => sleep_until(at).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                biased;
                event = events.try_next() => match event? {
                    Some(event) => self.take(event),
                    None => return Err(CallError::Operation(
                        "the Engine ended its events before what was waited for: it may be stopping; call again".to_owned(),
                    )),
                },
                () = again => self.look().await?,
            }
        }
        Ok(())
    }

    fn is_met(&self) -> Result<bool, CallError> {
        if self.goal == Goal::Event {
            return Ok(self.happened);
        }
        let mut met = true;
        for container in &self.containers {
            met &= container.is(self.goal).map_err(CallError::Operation)?;
        }
        Ok(met)
    }

    fn take(&mut self, mut event: Value) {
        // Before long texts are cut.
        self.wait.call.redactor.value(&mut event);
        let event = Happened::read(&event);
        if event.kind != "container" || !self.is_about(&event) || !self.filter.chooses(&event) {
            return;
        }
        let watched = self.containers.iter_mut().find(|it| it.id == event.id);
        if let Some(watched) = watched {
            watched.change(&event.action);
        }
        if event.action == "start" {
            // Whether it has a health check is in no event.
            self.again = Some(Instant::now() + AGAIN);
        }
        self.happened = true;
        let (item, _) = event.item(budget::budget(self.wait.call) / 10);
        let cost = item.cost();
        self.wait.tell(Event::Happened(item), cost, event.told());
    }

    /// Whether an event is of what was chosen; one of a container that came later may be.
    fn is_about(&self, event: &Happened) -> bool {
        let selection = self.selection;
        let by_project = selection.containers.is_none() && selection.filters.is_none();
        let of_project = || {
            selection
                .project
                .is_some_and(|project| event.attribute(PROJECT) == project)
        };
        !selection.is_narrow()
            || self.containers.iter().any(|it| it.id == event.id)
            || by_project && of_project()
    }

    /// Looks at all of them again, with one request.
    async fn look(&mut self) -> Result<(), CallError> {
        self.again = None;
        let listed = Selection::ALL.list(self.wait.call).await?;
        for container in &mut self.containers {
            let seen = listed.iter().find(|it| it.id.text() == container.id);
            container.see(seen);
        }
        Ok(())
    }

    /// How those stand that are not as they should be.
    fn unmet(&self) -> String {
        let seconds = self.wait.time.as_secs();
        let goal = self.goal;
        let unlike = self
            .containers
            .iter()
            .filter(|it| !it.is(goal).unwrap_or(false));
        let unlike: Vec<String> = unlike.map(Watched::standing).collect();
        match goal {
            Goal::Event => format!("nothing happened within {seconds} s"),
            _ => format!("not met within {seconds} s: {}", named(&unlike)),
        }
    }
}
