//! Finds out which host a call goes to.

use serde_json::{Map, Value};

use super::{Fleet, Member};
use crate::call::CallError;
use crate::catalog::Tool;
use crate::params::{InvalidArgument, clip};
use crate::vocabulary::nearest;

/// The argument that names the host of a call. It is no parameter of a tool: it is listed and accepted
/// where there are several hosts only.
pub const HOST: &str = "host";

/// What stands for all hosts.
pub const ALL: &str = "*";

/// How much of what was asked for a message repeats, in characters.
const LONGEST: usize = 100;

/// The most hosts that a message names.
const MOST_NAMED: usize = 20;

/// Where a call goes.
#[derive(Debug)]
pub(super) enum Choice<'a> {
    /// To one Engine.
    One(&'a Member),
    /// To all.
    All,
}

impl Fleet {
    /// The Engine that the arguments name, which do not name it any more.
    pub(super) fn take_host(
        &self,
        arguments: &mut Map<String, Value>,
    ) -> Result<Choice<'_>, CallError> {
        if self.is_one() {
            return self.chosen(None).map(Choice::One);
        }
        match arguments.remove(HOST) {
            None | Some(Value::Null) => self.chosen(None).map(Choice::One),
            Some(Value::String(name)) if name == ALL => Ok(Choice::All),
            Some(Value::String(name)) => self.chosen(Some(&name)).map(Choice::One),
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
            Some(name) if self.is_one() => wrong(format!(
                "there is one Engine here, and no host `{}`: leave `{HOST}` out",
                clip(name, LONGEST)
            )),
            Some(name) => wrong(self.unknown(name)),
        })
    }

    /// Why a tool goes to one host alone.
    pub(super) fn not_all(&self, tool: &Tool) -> CallError {
        wrong(format!(
            "`{}` goes to one host, not to all at once; `{HOST}` has to name it: {}",
            tool.name,
            self.listed()
        ))
    }

    /// Whether there is one Engine, so that nobody has to choose.
    pub(super) fn is_one(&self) -> bool {
        self.members.len() == 1
    }

    fn unknown(&self, name: &str) -> String {
        let shown = clip(name, LONGEST);
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
