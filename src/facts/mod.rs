//! Computes what prompts say of containers, as filters of their templates.
//!
//! What an exit code means, which setting is a risk and how large it is, what a line of a log
//! points to: such facts are told by tables, never left to a model. Engines leave things out, so a
//! filter takes whatever comes and never fails; what it gives is bounded, because the Engine's
//! lists are not.

mod audit;
mod benchmark;
mod compose;
pub(crate) mod diagnosis;
mod events;
mod exit;
mod log;
mod network;
mod reach;
mod resources;
mod services;
mod stack;
mod state;
pub(crate) mod swarm;
mod text;

use minijinja::Environment;
use minijinja::value::{Serde, Value};
use serde_json::Value as Json;

use crate::vocabulary::prompt_template;

/// A filter's name, and what gives it to an environment.
type Filter = (&'static str, fn(&mut Environment<'_>, &'static str));

/// Every filter there is.
const FILTERS: [Filter; prompt_template::FILTERS.len()] = [
    ("addresses", |to, name| {
        to.add_filter(name, |container: &Value| {
            made(network::addresses(&read(container)))
        })
    }),
    ("audit", |to, name| {
        to.add_filter(name, |container: &Value, info: &Value| {
            made(audit::findings(&read(container), &read(info)))
        })
    }),
    ("audit_all", |to, name| {
        to.add_filter(name, |containers: &Value, info: &Value| {
            made(audit::shared(&read(containers), &read(info)))
        })
    }),
    ("audit_engine", |to, name| {
        to.add_filter(name, |info: &Value| made(audit::engine(&read(info))))
    }),
    ("causes", |to, name| {
        to.add_filter(name, |log: &Value| {
            made(log::causes(log.as_str().unwrap_or_default()))
        })
    }),
    ("code", |to, name| {
        to.add_filter(name, |value: &Value| text::code(value))
    }),
    ("compose", |to, name| {
        to.add_filter(name, |container: &Value, image: &Value, info: &Value| {
            compose::file(&read(container), &read(image), &read(info))
        })
    }),
    ("constraints", |to, name| {
        to.add_filter(name, |service: &Value, nodes: &Value| {
            made(swarm::constraints(&read(service), &read(nodes)))
        })
    }),
    ("count", |to, name| {
        to.add_filter(name, |list: &Value| list.len().unwrap_or(0))
    }),
    ("environment", |to, name| {
        to.add_filter(name, |container: &Value| {
            made(text::environment(&read(container)))
        })
    }),
    ("exit_code", |to, name| {
        to.add_filter(name, |code: &Value| exit::meaning(code.as_i64()))
    }),
    ("fenced", |to, name| {
        to.add_filter(name, |value: &Value, most: Option<usize>| {
            text::fenced(value, most)
        })
    }),
    ("host", |to, name| {
        to.add_filter(name, |target: &str| {
            network::split_host(target).0.to_owned()
        })
    }),
    ("ids", |to, name| {
        to.add_filter(name, |containers: &Value| text::ids(containers))
    }),
    ("network_lines", |to, name| {
        to.add_filter(name, |log: &Value| {
            log::about_network(log.as_str().unwrap_or_default())
        })
    }),
    ("network_verdict", |to, name| {
        to.add_filter(
            name,
            |container: &Value, networks: &Value, target: &Value| {
                let target = target.as_str().unwrap_or_default();
                made(reach::verdict(&read(container), &read(networks), target))
            },
        )
    }),
    ("newest", |to, name| {
        to.add_filter(name, |list: &Value, most: usize| text::newest(list, most))
    }),
    ("peers", |to, name| {
        to.add_filter(name, |endpoints: &Value| {
            made(network::peers(&read(endpoints)))
        })
    }),
    ("port", |to, name| {
        to.add_filter(name, |target: &str| {
            network::split_host(target).1.to_owned()
        })
    }),
    ("ports", |to, name| {
        to.add_filter(name, |container: &Value| {
            made(network::ports(&read(container)))
        })
    }),
    ("resources", |to, name| {
        to.add_filter(name, |container: &Value, stats: &Value| {
            made(resources::allocation(&read(container), &read(stats)))
        })
    }),
    ("service_troubles", |to, name| {
        to.add_filter(name, |service: &Value, tasks: &Value, now: &Value| {
            let now = now.as_str().and_then(|now| now.parse().ok());
            made(swarm::listed(&read(service), &read(tasks), now))
        })
    }),
    ("services", |to, name| {
        to.add_filter(name, |config: &Value| {
            made(services::containers(&read(config)))
        })
    }),
    ("silence", |to, name| {
        to.add_filter(name, |events: &Value| events::silence(&read(events)))
    }),
    ("size", |to, name| {
        to.add_filter(name, |bytes: &Value| text::size(bytes.as_i64()))
    }),
    ("troubles", |to, name| {
        to.add_filter(
            name,
            |containers: &Value, logs: &Value, events: &Value, now: &Value| {
                let now = now.as_str().and_then(|now| now.parse().ok());
                made(stack::troubles(
                    &read(containers),
                    &read(logs),
                    &read(events),
                    now,
                ))
            },
        )
    }),
    ("verdict", |to, name| {
        to.add_filter(name, |container: &Value, events: &Value| {
            made(state::verdict(&read(container), &read(events)))
        })
    }),
];

/// Gives an environment every filter.
pub(super) fn add_to(environment: &mut Environment<'_>) {
    for (name, add) in FILTERS {
        add(environment, name);
    }
}

fn read(value: &Value) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

fn made(facts: impl serde::Serialize) -> Value {
    Value::from(Serde(serde_json::to_value(facts).unwrap_or_default()))
}

/// What a document says at a pointer, as text.
fn text_at<'a>(document: &'a Json, pointer: &str) -> &'a str {
    document
        .pointer(pointer)
        .and_then(Json::as_str)
        .unwrap_or_default()
}

/// What a document says at a pointer, as a number; Engines write zero for none.
fn number_at(document: &Json, pointer: &str) -> Option<i64> {
    document.pointer(pointer)?.as_i64()
}

fn is_true(document: &Json, pointer: &str) -> bool {
    document.pointer(pointer) == Some(&Json::Bool(true))
}

/// The texts of the array at a pointer.
fn texts_at<'a>(document: &'a Json, pointer: &str) -> impl Iterator<Item = &'a str> {
    items_at(document, pointer).filter_map(Json::as_str)
}

/// The items of the array at a pointer.
fn items_at<'a>(document: &'a Json, pointer: &str) -> impl Iterator<Item = &'a Json> {
    let items = document.pointer(pointer).and_then(Json::as_array);
    items.into_iter().flatten()
}

/// The members of the object at a pointer.
fn members_at<'a>(
    document: &'a Json,
    pointer: &str,
) -> impl Iterator<Item = (&'a String, &'a Json)> {
    let members = document.pointer(pointer).and_then(Json::as_object);
    members.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filters_are_those_that_the_generator_lets_templates_use() {
        assert_eq!(FILTERS.map(|(name, _)| name), prompt_template::FILTERS);
    }
}
