//! Builds an image from a directory on the server's host: `docker_build_image`.

mod context;
mod dockerignore;

use std::borrow::Cow;
use std::collections::HashMap;

use bollard::query_parameters::BuildImageOptions;
use futures_util::{StreamExt, TryStreamExt};

use super::images::registry;
use super::images::steps::{self, Failure};
use super::stream::frames::Channel;
use super::stream::lines::Lines;
use super::stream::newest::Newest;
use crate::call::{Call, CallError};
use crate::engine::policy::Vetted;
use crate::engine::{Credentials, record};
use crate::generated::params::build_image::Params;
use crate::generated::reply::build_image::Reply;
use crate::output::{Hinted, text};
use crate::params::InvalidArgument;
use crate::redaction::RedactedLines;
use context::{Archive, BuildContext};

/// What the budget cut.
const ADVICE: &str = "of the log the newest lines are kept; the image is built all the same";

/// Gives the id of the image and the newest lines of the log.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Hinted<Reply>, CallError> {
    let name = name(params)?;
    let vetted = call.engine.vet_context(&params.path).await?;
    let context = open(&vetted, params).await?;
    let buildargs = params.buildargs.iter().flat_map(|them| &them.0);
    let buildargs = buildargs.map(|(name, value)| (name.as_str(), value.as_str()));
    let vetted = call
        .engine
        .vet_dockerfile(vetted, context.text(), buildargs)?;
    let options = options(params, name.clone(), &context);
    let credentials = Credentials::all(call.config.docker.timeout).await;
    for known in credentials.values() {
        registry::learn(known, &call.redactor);
    }
    let Archive { pieces, problem } = context.archive();
    let request = record(|docker| async move {
        let body = bollard::body_try_stream(pieces);
        docker
            .build_image(options, Some(credentials), Some(body))
            .boxed()
            .try_next()
            .await
    })?;

    let mut log = Log::new(super::budget::budget(call), call.redactor.lines());
    let mut id = None;
    let built = steps::follow(call, request.vetted(vetted), |step| {
        if let Some(text) = step.stream.as_deref() {
            log.push(text);
        }
        id = step.aux.0.id.0.or(id.take());
    })
    .await;
    let log = log.finish();
    match (built, problem.get()) {
        (Ok(()), _) => {
            let cut = log.is_cut();
            let reply = Reply {
                image_id: id.unwrap_or_default(),
                tags: Vec::from_iter(name),
                truncated: cut,
                logs: Vec::from_iter(log.into_items()),
            };
            Ok(Hinted::from(reply).hinted(cut.then(|| super::budget::advice(call, ADVICE))))
        }
        (Err(_), Some(problem)) => Err(CallError::Operation(format!(
            "building failed, because the context could not be sent: {problem}"
        ))),
        (Err(failure), None) => Err(failed(failure, log)),
    }
}

/// The name of the image with its tag.
fn name(params: &Params) -> Result<Option<String>, InvalidArgument> {
    let Some(image) = &params.tag else {
        return Ok(None);
    };
    if image.contains("sha256:") {
        return Err(InvalidArgument(format!(
            "`tag` takes a name such as `web:1`, and `{image}` is an id or bound to a digest"
        )));
    }
    let tag = image.tag().unwrap_or("latest");
    Ok(Some(format!("{}:{tag}", image.name())))
}

async fn open(vetted: &Vetted, params: &Params) -> Result<BuildContext, CallError> {
    let (path, dockerfile) = (vetted.path().to_owned(), params.dockerfile.clone());
    let opened = tokio::task::spawn_blocking(move || BuildContext::open(&path, &dockerfile)).await;
    match opened {
        Ok(opened) => Ok(opened?),
        Err(error) => Err(CallError::Operation(format!(
            "the context could not be looked at: {error}"
        ))),
    }
}

fn options(params: &Params, name: Option<String>, context: &BuildContext) -> BuildImageOptions {
    BuildImageOptions {
        dockerfile: context.dockerfile.clone(),
        t: name,
        nocache: params.nocache,
        pull: params.pull.then(|| "true".to_owned()),
        rm: params.rm,
        // `rm` alone leaves the container of a step that failed.
        forcerm: params.rm,
        buildargs: params
            .buildargs
            .clone()
            .map(|them| HashMap::from_iter(them.0)),
        labels: params.labels.clone().map(HashMap::from_iter),
        platform: params.platform.as_deref().unwrap_or_default().to_owned(),
        target: params.target.clone().unwrap_or_default(),
        ..BuildImageOptions::default()
    }
}

/// The failure with the log up to it.
fn failed(failure: Failure, log: Newest<String>) -> CallError {
    let cut = log.is_cut();
    let lines = Vec::from_iter(log.into_items());
    match failure.of("building") {
        CallError::Operation(text) if !lines.is_empty() => {
            let which = if cut { "end of the log" } else { "log" };
            let log = lines.join("\n");
            CallError::Operation(format!("{text}\n\nThe {which} up to it:\n{log}"))
        }
        other => other,
    }
}

/// The newest lines of a build's log.
struct Log {
    lines: Lines,
    kept: NewestLines,
}

struct NewestLines {
    redacted: RedactedLines,
    /// The line before, where the next one tells what it is.
    waiting: Option<Vec<u8>>,
    newest: Newest<String>,
}

impl Log {
    fn new(budget: usize, redacted: RedactedLines) -> Self {
        Self {
            lines: Lines::new(budget),
            kept: NewestLines {
                redacted,
                waiting: None,
                newest: Newest::new(usize::MAX, budget),
            },
        }
    }

    fn push(&mut self, text: &str) {
        let Self { lines, kept } = self;
        lines.feed(Channel::Engine, text.as_bytes(), |line| {
            kept.take(line.bytes);
        });
    }

    fn finish(self) -> Newest<String> {
        let Self {
            mut lines,
            mut kept,
        } = self;
        lines.finish(|line| kept.take(line.bytes));
        kept.no_longer_waits(&[]);
        kept.newest
    }
}

impl NewestLines {
    fn take(&mut self, line: &[u8]) {
        self.no_longer_waits(line);
        if self.redacted.waits(line) {
            self.waiting = Some(line.to_vec());
        } else {
            keep(&mut self.newest, self.redacted.line(line));
        }
    }

    /// Keeps the line that waits for this one.
    fn no_longer_waits(&mut self, next: &[u8]) {
        if let Some(line) = self.waiting.take() {
            keep(&mut self.newest, self.redacted.line_before(&line, next));
        }
    }
}

fn keep(newest: &mut Newest<String>, line: Cow<'_, str>) {
    let quotes_and_comma = 3;
    let cost = text::cost(&line) + quotes_and_comma;
    newest.push(line.into_owned(), cost);
}
