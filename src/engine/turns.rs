//! Keeps two calls of this server from changing an object at once where one of them loses it.
//!
//! A call that loses something has the turn of its objects alone, from its last look at them to the
//! Engine's answer. Every other request that changes something shares the turn of the objects that
//! it names: such requests run side by side, but they wait for that call, and it for them. Who asks
//! first has the turn first.
//!
//! An object has several names, and only the Engine knows all of them at any moment. So a call holds
//! an object by each name that its look showed, and a request by what it names itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::error::EngineError;
use super::objects::Objects;

/// Who changes what, or waits to, in the order in which they asked.
#[derive(Debug, Default)]
pub(super) struct Turns {
    queue: Mutex<Queue>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    next: u64,
    places: Vec<QueueEntry>,
}

#[derive(Debug)]
struct QueueEntry {
    number: u64,
    tool: &'static str,
    claim: Claim,
}

#[derive(Debug)]
enum Claim {
    Alone(Arc<Objects>),
    Shared(Arc<Objects>),
    /// None, but what others claimed since is noted.
    Noting(Vec<Arc<Objects>>),
}

/// The turn of objects; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    turns: Arc<Turns>,
    number: u64,
    objects: Arc<Objects>,
}

/// Notes what others change while a call looks at objects, before it knows which they are.
#[derive(Debug)]
pub(crate) struct Watch {
    place: Turn,
    tool: &'static str,
}

impl Turns {
    /// Shares the turn of objects with the others that do.
    ///
    /// # Errors
    /// [`EngineError::NotSent`] where a call had it alone for that long.
    pub(super) async fn share(
        self: &Arc<Self>,
        objects: Objects,
        tool: &'static str,
        patience: Duration,
    ) -> Result<Turn, EngineError> {
        let turn = self.enter(&mut self.queue(), objects, tool, Claim::Shared);
        turn.come(patience).await?;
        Ok(turn)
    }

    /// Begins to note what others change.
    pub(super) fn watch(self: &Arc<Self>, tool: &'static str) -> Watch {
        let nothing = |_| Claim::Noting(Vec::new());
        let place = self.enter(&mut self.queue(), Objects::default(), tool, nothing);
        Watch { place, tool }
    }

    fn enter(
        self: &Arc<Self>,
        queue: &mut Queue,
        objects: Objects,
        tool: &'static str,
        claim: fn(Arc<Objects>) -> Claim,
    ) -> Turn {
        let objects = Arc::new(objects);
        let number = queue.enter(tool, claim(Arc::clone(&objects)));
        Turn {
            turns: Arc::clone(self),
            number,
            objects,
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn enter(&mut self, tool: &'static str, mut claim: Claim) -> u64 {
        match &mut claim {
            Claim::Noting(noted) => {
                noted.extend(self.places.iter().filter_map(QueueEntry::objects).cloned());
            }
            Claim::Alone(objects) | Claim::Shared(objects) => {
                for place in &mut self.places {
                    if let Claim::Noting(noted) = &mut place.claim {
                        noted.push(Arc::clone(objects));
                    }
                }
            }
        }
        let number = self.next;
        self.next += 1;
        self.places.push(QueueEntry {
            number,
            tool,
            claim,
        });
        number
    }

    /// Whether the watch at that place has noted a change of one of these objects.
    fn noted(&self, number: u64, objects: &Objects) -> bool {
        let mut places = self.places.iter();
        places.any(|place| match &place.claim {
            Claim::Noting(noted) if place.number == number => {
                noted.iter().any(|other| other.overlap(objects))
            }
            _ => false,
        })
    }

    /// The tool of a call that this place has to wait for.
    fn in_the_way(&self, number: u64) -> Option<&'static str> {
        let at = self
            .places
            .iter()
            .position(|place| place.number == number)?;
        let (earlier, rest) = self.places.split_at(at);
        let own = &rest.first()?.claim;
        let other = earlier.iter().find(|place| place.claim.excludes(own))?;
        Some(other.tool)
    }
}

impl QueueEntry {
    fn objects(&self) -> Option<&Arc<Objects>> {
        match &self.claim {
            Claim::Alone(objects) | Claim::Shared(objects) => Some(objects),
            Claim::Noting(_) => None,
        }
    }
}

impl Claim {
    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Alone(one), Self::Alone(two) | Self::Shared(two))
            | (Self::Shared(one), Self::Alone(two)) => one.overlap(two),
            _ => false,
        }
    }
}

impl Turn {
    /// Whether it is the turn of these objects too.
    pub(crate) fn covers(&self, objects: &Objects) -> bool {
        self.objects.contain(objects)
    }

    /// Waits until nobody is in the way.
    async fn come(&self, patience: Duration) -> Result<(), EngineError> {
        let come = async {
            loop {
                // Before the queue is looked at, so that nobody leaves unheard in between.
                let mut left = std::pin::pin!(self.turns.left.notified());
                left.as_mut().enable();
                if self.in_the_way().is_none() {
                    return;
                }
                left.await;
            }
        };
        if timeout(patience, come).await.is_ok() {
            return Ok(());
        }
        let other = self.in_the_way().unwrap_or("another call");
        Err(EngineError::NotSent(format!(
            "`{other}` was changing the same for all of the last {} s, so nothing was sent: try again once it is done",
            patience.as_secs()
        )))
    }

    fn in_the_way(&self) -> Option<&'static str> {
        self.turns.queue().in_the_way(self.number)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Self { turns, number, .. } = self;
        turns.queue().places.retain(|place| place.number != *number);
        turns.left.notify_waiters();
    }
}

impl Watch {
    /// Takes the turn of the objects that the look has shown, alone, and says whether nobody was
    /// changing one of them since the watch began, so that they are as the look has shown them.
    ///
    /// # Errors
    /// [`EngineError::NotSent`] where others were changing them for that long.
    pub(crate) async fn turn(
        self,
        objects: Objects,
        patience: Duration,
    ) -> Result<(Turn, bool), EngineError> {
        let turns = &self.place.turns;
        let (turn, undisturbed) = {
            let mut queue = turns.queue();
            let undisturbed = !queue.noted(self.place.number, &objects);
            let turn = turns.enter(&mut queue, objects, self.tool, Claim::Alone);
            (turn, undisturbed)
        };
        turn.come(patience).await?;
        Ok((turn, undisturbed))
    }
}
