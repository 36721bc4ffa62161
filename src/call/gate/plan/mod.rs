//! Says what a destructive call would do, and what a person's answer to that is bound to.

use minijinja::value::{Serde, Value as Shown};
use minijinja::{Environment, Error, Output, State, UndefinedBehavior};
use serde::Serialize;
use serde_json::{Value, json};

use crate::call::error::CallError;
use crate::catalog::{Path, Plan, Source, Tool};
use crate::ordered;
use crate::output::text;
use crate::output::{ProjectionInput, value_of};
use crate::redaction::Redactor;
use crate::vocabulary::plan_filters;

/// The most that the text of a plan takes inside JSON, in bytes.
const LONGEST: usize = 32 << 10;

/// What a destructive call would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// What a person reads: one block of text, a few kilobytes at most. Names in it come from the
    /// Engine, but no character of it that does something or hides.
    pub text: String,
    /// What an answer is good for: the ids acted on and the facts that mattered, as `ids` and
    /// `same`. Equal where nothing changed that a person was told, in whatever order it came.
    pub binding: Value,
    /// There is nothing to act on, so that nobody needs to be asked.
    pub nothing: bool,
}

impl Planned {
    /// The ids acted on.
    pub(crate) fn ids(&self) -> Vec<String> {
        fn add(value: &Value, to: &mut Vec<String>) {
            match value {
                Value::String(id) => to.push(id.clone()),
                Value::Array(items) => items.iter().for_each(|item| add(item, to)),
                _ => {}
            }
        }
        let mut ids = Vec::new();
        self.binding
            .get("ids")
            .into_iter()
            .for_each(|it| add(it, &mut ids));
        ids
    }
}

/// The plan of a call, from its arguments and the object of its looks; none of a tool without one.
/// Its text holds no secret that what it was made of gives away; its binding is none of a reader's.
///
/// # Errors
/// [`CallError::Operation`] where what would go cannot be told; nothing must be done then.
pub fn planned(
    tool: &Tool,
    params: &Value,
    look: &Value,
    redactor: &Redactor,
) -> Result<Option<Planned>, CallError> {
    let Some(plan) = &tool.plan else {
        return Ok(None);
    };
    let input = ProjectionInput {
        reply: &Value::Null,
        params,
        look,
    };
    let ids = values(plan.ids, input);
    if let Some(path) = plan.ids.iter().zip(&ids).find_map(unknown) {
        return Err(CallError::Operation(format!(
            "the Engine's reply has no `{}`, so it is not known what `{}` would act on; nothing was done",
            path.segments.join("."),
            tool.name
        )));
    }
    // Before anything is cut, which takes what stands around a secret away. What nobody sees goes too.
    let (mut params, mut look) = (params.clone(), look.clone());
    for shown in [&mut params, &mut look] {
        redactor.value(shown);
    }
    let text = rendered(plan, &params, &look).map_err(|error| {
        CallError::Operation(format!(
            "what `{}` would do cannot be shown ({error}); nothing was done",
            tool.name
        ))
    })?;
    if text::json_len(&text) > LONGEST {
        return Err(CallError::Operation(format!(
            "what `{}` would do is more than a person can be shown at once; nothing was done: narrow it with `filters`, \
             or remove some of it first, one by one",
            tool.name
        )));
    }
    Ok(Some(Planned {
        text,
        nothing: ids.iter().all(|id| *id == json!([])),
        binding: json!({ "ids": ids, "same": values(plan.same, input) }),
    }))
}

/// The names that an image stays under once that reference of it is removed; none where it goes.
pub(crate) fn names_left(image: &impl Serialize, reference: &str) -> Vec<String> {
    plan_filters::kept(&Shown::from(Serde(image)), &Shown::from(reference))
}

/// Of a container's `Mounts` the volumes that the Engine made up a name for.
pub(crate) fn anonymous_volumes(mounts: &impl Serialize) -> Vec<String> {
    plan_filters::anonymous(&Shown::from(Serde(mounts)))
}

/// The path, if it led to no id.
fn unknown<'a>((path, id): (&'a Path, &Value)) -> Option<&'a Path> {
    (id.is_null() || id == "").then_some(path)
}

/// What the paths lead to, each list in an order of its own.
fn values(paths: &[Path], input: ProjectionInput<'_>) -> Vec<Value> {
    let value = |path: &Path| sorted(value_of(&Source::Path(*path), input).into_owned());
    paths.iter().map(value).collect()
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            ordered::sort_by_cached_key(&mut items, Value::to_string);
            items.into()
        }
        other => other,
    }
}

fn rendered(plan: &Plan, params: &Value, look: &Value) -> Result<String, Error> {
    let mut environment = Environment::empty();
    plan_filters::add_to(&mut environment);
    // Engines leave things out; a template says what stands for them.
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_formatter(on_one_line);
    let mut context = look.as_object().cloned().unwrap_or_default();
    context.insert("params".to_owned(), params.clone());
    let text = environment.render_str(plan.text, Shown::from(Serde(context)))?;
    Ok(text)
}

/// Writes a value on one line. Only a list that a filter made has lines.
pub(crate) fn on_one_line(
    out: &mut Output<'_>,
    _: &mut State<'_, '_>,
    value: &Shown,
) -> Result<(), Error> {
    if value.is_undefined() || value.is_none() {
        return Ok(());
    }
    let mut text = value.to_string();
    if !value.is_safe() {
        text = text.replace('\n', " ");
    }
    out.write_str(&text).map_err(Error::from)
}
