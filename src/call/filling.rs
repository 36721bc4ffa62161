//! Puts the secrets that a call names into its arguments, once everybody who has to agree did so.
//!
//! What is shown, asked, told and recorded of a call is made from what was given; only the operation gets the
//! values.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::context::Call;
use super::error::CallError;
use super::operation::{Operation, Parse};
use crate::arguments::{self, Arguments};
use crate::catalog::Tool;
use crate::engine::policy::Refusal;
use crate::params::{InvalidArgument, Schema};
use crate::secrets::{Named, SecretError, Secrets};

/// What of the arguments of a call names secrets, with all of them as they were given.
pub(super) struct Filling {
    tool: &'static Tool,
    arguments: Map<String, Value>,
    named: Vec<(String, Named)>,
    names: BTreeSet<String>,
    /// A parameter that takes names alone and was given something else.
    given: Option<&'static str>,
}

impl Filling {
    /// What the arguments name; none where nothing is to be put in.
    ///
    /// # Errors
    /// What stands for a name and is none.
    pub(super) fn of(
        tool: &'static Tool,
        arguments: &Map<String, Value>,
    ) -> Result<Option<Self>, CallError> {
        let (mut named, mut names, mut given) = (Vec::new(), BTreeSet::new(), None);
        for (param, name, value) in arguments::secret(tool, arguments) {
            let argument = match param.schema {
                // Not the text of something else, such as variables.
                Schema::String => Named::of_text(value),
                _ => Named::of(value),
            };
            let found = argument.as_ref().map(Named::names).transpose()?;
            let found = found.unwrap_or_default();
            if param.by_name && found.is_empty() {
                given = Some(param.name);
            }
            let Some(argument) = argument else {
                continue;
            };
            if param.stays && !found.is_empty() {
                return Err(SecretError::Stays(param.name).into());
            }
            names.extend(found);
            named.push((name.to_owned(), argument));
        }
        if named.is_empty() && given.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            tool,
            arguments: arguments.clone(),
            named,
            names,
            given,
        }))
    }

    /// Looks whether all are there, before anybody is asked anything.
    ///
    /// # Errors
    /// One is not, or is not used, or a secret was given itself.
    pub(super) async fn check(&self, secrets: &Secrets) -> Result<(), CallError> {
        if let Some(param) = self.given {
            return Err(SecretError::Given(param).into());
        }
        Ok(secrets.read(&self.names).await.map(drop)?)
    }

    /// The operation with the values, whose requests take them nowhere else than they may go.
    ///
    /// # Errors
    /// One is not there any more, or the arguments do not fit with it.
    pub(super) async fn fill(
        self,
        parse: Parse,
        secrets: &Secrets,
        call: &mut Call<'_>,
    ) -> Result<Box<dyn Operation>, CallError> {
        let values = secrets.read(&self.names).await?;
        let mut arguments = self.arguments;
        for (name, argument) in self.named {
            arguments.insert(name, argument.filled(&values)?);
        }
        call.engine = call.engine.carrying(secrets, self.names);
        Ok(parse(
            self.tool,
            &mut Arguments::new(self.tool, arguments)?,
        )?)
    }
}

impl From<SecretError> for CallError {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Name(_)
            | SecretError::InAName(_)
            | SecretError::Stays(_)
            | SecretError::Given(_) => Self::Argument(InvalidArgument(error.to_string())),
            SecretError::Unknown { .. }
            | SecretError::Unusable { .. }
            | SecretError::Limited { .. } => Self::Refused(Refusal(error.to_string())),
        }
    }
}
