//! Gives a call what it needs to act: a permit, and where something is lost the turn of its objects.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::context::Call;
use super::error::CallError;
use super::look::Look;
use super::operation::Operation;
use super::permits::Permit;
use crate::catalog::Tool;
use crate::engine::{ObjectKind, Objects, Request, Turn};

/// How often a call looks, where others keep changing what it is about.
const LOOKS: usize = 4;

/// What a call holds while it acts.
#[derive(Debug, Default)]
pub(super) struct Held {
    permit: Mutex<Option<Permit>>,
    turn: Option<Turn>,
}

impl Held {
    fn put(&self, permit: Option<Permit>) -> Option<Permit> {
        let mut held = self.permit.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut held, permit)
    }
}

impl Call<'_> {
    /// Makes the requests that come before the operation.
    ///
    /// # Errors
    /// Those of the Engine.
    pub(crate) async fn look(&mut self, operation: &dyn Operation) -> Result<(), CallError> {
        self.look = operation.look(self).await?;
        Ok(())
    }

    /// Waits for a permit to act beside others. Each of the call's requests waits for the turn of what
    /// it changes.
    ///
    /// # Errors
    /// [`CallError::Busy`].
    pub(crate) async fn act_beside_others(&mut self) -> Result<(), CallError> {
        self.held.put(Some(self.permits.run().await?));
        let objects = objects(self.tool, &self.params, &self.look);
        self.engine = self.engine.about(objects, false);
        Ok(())
    }

    /// Waits for a permit and for the turn of the objects, and looks at them: nobody else here changes
    /// what this look shows, until the call [lets go](Self::let_go).
    ///
    /// # Errors
    /// Too much is going on, or those of the look.
    pub(crate) async fn act_alone(&mut self, operation: &dyn Operation) -> Result<(), CallError> {
        self.held.put(Some(self.permits.run().await?));
        let name = self.tool.name;
        let mut turn: Option<Turn> = None;
        for _ in 0..LOOKS {
            let watch = self.engine.watch();
            self.look(operation).await?;
            let objects = objects(self.tool, &self.params, &self.look);
            let (taken, settled) = match turn.take() {
                Some(turn) if turn.covers(&objects) => (turn, true),
                turn => {
                    drop(turn);
                    watch.turn(objects, self.permits.patience()).await?
                }
            };
            if settled {
                self.engine = self.engine.about(Objects::default(), true);
                self.held.turn = Some(taken);
                return Ok(());
            }
            // Somebody changed them beside the look, which has to be made anew.
            turn = Some(taken);
        }
        Err(CallError::Operation(format!(
            "what `{name}` is about kept changing, so nothing was done: find out what changes it, then try again"
        )))
    }

    /// Gives permit and turn back.
    pub(crate) fn let_go(&mut self) {
        self.held = Held::default();
        self.engine = self.engine.about(Objects::default(), false);
    }

    /// The request with which the call goes on to wait for what may come, such as events or new lines
    /// of a log: it takes a permit to run for the beginning of the answer alone, and then one to wait.
    ///
    /// # Errors
    /// [`CallError::Busy`].
    pub(crate) async fn waiting(&self, request: Request) -> Result<Request, CallError> {
        // Not while the other is kept from someone who has work to do.
        drop(self.held.put(None));
        let waiting = self.permits.wait().await?;
        let running = self.permits.run().await?;
        Ok(request.until_begun(running).until_done(waiting))
    }
}

/// What a call is about, by all that its arguments and its look name.
fn objects(tool: &Tool, params: &Value, look: &Look) -> Objects {
    let mut objects = Objects::default();
    for param in tool.params {
        let value = params.get(param.name).and_then(Value::as_str);
        if let (Some(kind), Some(name)) = (ObjectKind::named(param.kind), value) {
            objects.add(kind, name);
        }
    }
    for (kind, shown) in look.objects() {
        objects.add_shown(kind, shown);
    }
    objects
}
