//! Finds out which host a call goes to.

use serde_json::{Map, Value};

use super::{Fleet, Member};
use crate::call::CallError;
use crate::params::InvalidArgument;
use crate::vocabulary::nearest;

/// The argument that names the host of a call. It is no parameter of a tool: it is listed and accepted
/// where there are several hosts only.
pub const HOST: &str = "host";

/// The most hosts that a message names.
const MOST_NAMED: usize = 20;

impl Fleet {
    /// The Engine that the arguments name, which do not name it any more.
    pub(super) fn take_host(
        &self,
        arguments: &mut Map<String, Value>,
    ) -> Result<&Member, CallError> {
        if self.is_one() {
            return self.chosen(None);
        }
        match arguments.remove(HOST) {
            None | Some(Value::Null) => self.chosen(None),
            Some(Value::String(name)) => self.chosen(Some(&name)),
            Some(_) => Err(wrong(format!(
                "`{HOST}` must be the name of a host: {}",
                self.listed()
            ))),
        }
    }

    /// The Engine of that name; an empty one is none.
    pub(super) fn chosen(&self, name: Option<&str>) -> Result<&Member, CallError> {
        let name = name.filter(|name| !name.is_empty());
        let mut members = self.members.iter();
        let found = match name {
            None if self.is_one() => members.next(),
            None => members.find(|it| it.host.as_ref().is_some_and(|host| host.is_default)),
            Some(name) => members.find(|it| it.host.as_ref().is_some_and(|host| host.name == name)),
        };
        found.ok_or_else(|| match name {
            None => wrong(format!(
                "no host is the default here, so `{HOST}` has to name one: {}",
                self.listed()
            )),
            Some(name) => wrong(self.unknown(name)),
        })
    }

    /// Whether there is one Engine, so that nobody has to choose.
    pub(super) fn is_one(&self) -> bool {
        self.members.len() == 1
    }

    fn unknown(&self, name: &str) -> String {
        let shown: String = name.chars().take(100).collect();
        match nearest(&shown, self.names()) {
            Some(near) => {
                let listed = self.listed();
                format!("there is no host `{shown}`; did you mean `{near}`? There are {listed}")
            }
            None => format!("there is no host `{shown}`; there are {}", self.listed()),
        }
    }

    fn listed(&self) -> String {
        let names = self.names();
        let shown: Vec<String> = names
            .iter()
            .take(MOST_NAMED)
            .map(|name| format!("`{name}`"))
            .collect();
        let left = names.len().saturating_sub(MOST_NAMED);
        let more = (left > 0).then(|| format!(" and {left} more"));
        format!("{}{}", shown.join(", "), more.unwrap_or_default())
    }
}

fn wrong(text: String) -> CallError {
    InvalidArgument(text).into()
}
