//! Completes the names of containers, images, networks, volumes, projects and services while someone
//! types them.

use crate::call::CallError;
use crate::engine::ObjectKind;
use crate::ordered;
use crate::server::inventory::Inventory;

/// The most names that a client is given, which is what MCP allows.
pub const MOST: usize = 100;

/// The longest name that is looked for; none is longer.
const LONGEST: usize = 255;

/// What someone may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The names, the likeliest first; at most [`MOST`].
    pub values: Vec<String>,
    /// How many there are, where that is known; else there are more than `values` has.
    pub total: Option<usize>,
}

impl Completion {
    /// Nothing that someone could mean.
    pub fn none() -> Self {
        Self {
            values: Vec::new(),
            total: Some(0),
        }
    }
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// An object of that kind.
    Object(ObjectKind),
    /// A Compose project.
    Project,
    /// A service of a Compose project, of that one where it is known.
    Service(Option<String>),
}

impl From<ObjectKind> for Wanted {
    fn from(kind: ObjectKind) -> Self {
        Self::Object(kind)
    }
}

/// The names that begin with what was typed, in any case, then those that hold it elsewhere.
///
/// Where there are none to be had, because the Engine is away or the operator does not show them,
/// there is nothing to complete: that is for the call that follows to explain.
pub async fn complete(inventory: &Inventory, wanted: impl Into<Wanted>, typed: &str) -> Completion {
    let wanted = wanted.into();
    let completion = match &wanted {
        _ if typed.len() > LONGEST => return Completion::none(),
        Wanted::Object(ObjectKind::Container) => container(inventory, typed).await,
        Wanted::Project => inventory.services().await.map(|services| {
            let mut names: Vec<&str> = services.iter().map(|it| it.project.as_str()).collect();
            names.dedup();
            ranked(names, typed)
        }),
        Wanted::Service(project) => inventory.services().await.map(|services| {
            let of = services
                .iter()
                .filter(|it| project.as_ref().is_none_or(|of| *of == it.project));
            let mut names: Vec<&str> = of.map(|it| it.name.as_str()).collect();
            names.sort();
            names.dedup();
            ranked(names, typed)
        }),
        Wanted::Object(kind) => inventory.all(*kind).await.map(|objects| {
            let names = objects.iter().map(|object| object.name.as_str());
            ranked(names, typed)
        }),
    };
    completion.unwrap_or_else(|error| {
        tracing::debug!(%error, ?wanted, "nothing to complete");
        Completion::none()
    })
}

/// Completes the name of a container.
///
/// To list all of many containers takes the Engine longer than anyone who types waits, so it is
/// asked for as many as are shown.
async fn container(inventory: &Inventory, typed: &str) -> Result<Completion, CallError> {
    let pattern = regex::escape(typed);
    let holding = inventory
        .containers(&format!("(?i){pattern}"), MOST)
        .await?;
    let mut objects = holding.objects;
    if holding.more && !typed.is_empty() {
        let beginning = inventory
            .containers(&format!("(?i)^/?{pattern}"), MOST)
            .await?;
        objects.extend(beginning.objects);
        ordered::sort(&mut objects);
        objects.dedup();
    }
    let names = objects.iter().map(|object| object.name.as_str());
    let completion = ranked(names, typed);
    let total = completion.total.filter(|_| !holding.more);
    Ok(Completion {
        total,
        ..completion
    })
}

/// Of names in order those that fit.
pub(super) fn ranked<'n>(names: impl IntoIterator<Item = &'n str>, typed: &str) -> Completion {
    let typed = typed.to_lowercase();
    let mut first = Vec::new();
    let mut then = Vec::new();
    for name in names {
        match name.to_lowercase().find(&typed) {
            Some(0) => first.push(name),
            Some(_) => then.push(name),
            None => {}
        }
    }
    let total = first.len() + then.len();
    let fitting = first.into_iter().chain(then);
    Completion {
        values: fitting.take(MOST).map(str::to_owned).collect(),
        total: Some(total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_so_comes_before_what_holds_it_and_case_does_not_matter() {
        let names = ["Web-1", "api", "old-web", "web"];
        let completion = |typed| ranked(names, typed).values;
        assert_eq!(completion("WEB"), ["Web-1", "web", "old-web"]);
        assert_eq!(completion(""), names);
        assert_eq!(completion("ap"), ["api"]);
        assert!(completion("zz").is_empty());
    }

    #[test]
    fn of_many_the_first_hundred_are_given_and_all_are_counted() {
        let names: Vec<String> = (0..500).map(|at| format!("c{at:03}")).collect();
        let completion = ranked(names.iter().map(String::as_str), "c");
        assert_eq!(completion.values, names[..100]);
        assert_eq!(completion.total, Some(500));
    }
}
