//! Renders the prompts: gathers what a template wants to know of Docker and fills it in.
//!
//! A prompt is data: a TOML file of `catalog/prompts/` and a template of `prompts/`. What it asks
//! of Docker are calls to safe tools on the one path ([`Runtime::call`]), so that policy, deadline,
//! redaction and audit hold for them too. Text of containers reaches a template without values of
//! environment variables, without secrets and without characters that nobody sees.

mod arguments;
mod context;
mod template;

use std::hash::RandomState;
use std::path::Path;

use serde_json::{Map, Value};

use crate::call::gate::{self, Via};
use crate::call::{CallError, ErrorKind, Runtime};
use crate::catalog::{PROMPTS, Prompt};
use crate::config::SafetyConfig;
use crate::fleet::HOST;
use crate::redaction::Redactor;
use crate::vocabulary::nearest;

/// Why a prompt was not rendered, in words for the person who asked for it.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// There is no such prompt, or its arguments do not fit.
    #[error("{0}")]
    Argument(String),
    /// What the prompt is about could not be looked at.
    #[error("`{prompt}` cannot be made: {source}")]
    Context {
        /// The prompt.
        prompt: &'static str,
        /// Why the call failed.
        source: CallError,
    },
    /// The template is wrong: file, line and reason.
    #[error("{0}")]
    Template(String),
}

impl PromptError {
    /// What happened, without the words for it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Argument(_) => ErrorKind::Argument,
            Self::Context { source, .. } => source.kind(),
            Self::Template(_) => ErrorKind::Panicked,
        }
    }

    /// Whether other arguments would help.
    pub fn is_about_the_arguments(&self) -> bool {
        match self {
            Self::Argument(_) => true,
            Self::Context { source, .. } => {
                matches!(source.kind(), ErrorKind::Argument | ErrorKind::NotFound)
            }
            Self::Template(_) => false,
        }
    }
}

/// The prompt of that name.
///
/// # Errors
/// There is none; the text names the nearest.
pub fn find(name: &str) -> Result<&'static Prompt, PromptError> {
    let found = PROMPTS.iter().copied().find(|prompt| prompt.name == name);
    found.ok_or_else(|| {
        let name: String = name.chars().take(100).collect();
        let names: Vec<&str> = PROMPTS.iter().map(|prompt| prompt.name).collect();
        PromptError::Argument(match nearest(&name, names.iter().copied()) {
            Some(near) => format!("there is no prompt `{name}`; did you mean `{near}`?"),
            None => format!(
                "there is no prompt `{name}`; there are `{}`",
                names.join("`, `")
            ),
        })
    })
}

/// Whether the toolset of a prompt is on.
///
/// # Errors
/// It is off; the text says how the operator switches it on.
pub fn switched_on(prompt: &Prompt, config: &SafetyConfig) -> Result<(), PromptError> {
    gate::switched_on(prompt.name, prompt.toolset, config)
        .map_err(|refusal| PromptError::Argument(refusal.to_string()))
}

/// Gathers what the prompt is about and renders it: Markdown of at most 16 KB.
///
/// # Errors
/// It is off, arguments that do not fit, an object that is not there, a template that is wrong.
pub async fn render(
    runtime: &Runtime,
    prompt: &'static Prompt,
    arguments: &Map<String, Value>,
    via: &Via,
) -> Result<String, PromptError> {
    switched_on(prompt, &runtime.config().safety)?;
    let mut arguments = arguments::read(prompt, arguments)?;
    let folder = runtime.config().server.prompts_dir.as_deref();
    // Before Docker is asked, so that a broken template costs nothing.
    let templates = template::Templates::new(prompt, folder)?;
    let context = context::gather(runtime, prompt, &arguments, via).await?;
    // The calls were made with what the person wrote; the model sees no secret of it.
    arguments
        .values_mut()
        .for_each(|value| runtime.redactor().value(value));
    let text = templates.render(arguments, context)?;
    Ok(match runtime.host() {
        Some(host) => format!(
            "All of this is about the Docker host `{host}`: give every tool `{HOST}` = `{host}`.\n\n{text}"
        ),
        None => text,
    })
}

/// Renders a prompt with the sample of its TOML file; no Engine is asked.
///
/// # Errors
/// The template is wrong.
pub fn sample(prompt: &'static Prompt, folder: Option<&Path>) -> Result<String, PromptError> {
    let object = |text: &str| match serde_json::from_str(text) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    let arguments = arguments::read(prompt, &object(prompt.sample.arguments))?;
    let mut results = object(prompt.sample.context);
    let redactor = Redactor::new(true);
    let values = RandomState::new();
    for result in results.values_mut() {
        redactor.value(result);
        context::without_values(result, &values);
    }
    let context = context::PromptContext {
        results,
        notes: Vec::new(),
    };
    template::Templates::new(prompt, folder)?.render(arguments, context)
}
