//! Records the requests of bollard's methods, and checks each path a last time before it is sent.

use std::any::Any;
use std::fmt;

use bollard::BollardRequest;
use bytes::Bytes;
use futures_util::FutureExt;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method};
use serde_json::{Map, Value};

use super::error::{EngineError, RequestLine};
use super::mend::{mended, whole_body};
use super::path_stat::PathStatSlot;
use super::requests::{Docker, Unanswered};
use super::subject::Subject;
use crate::engine::policy::vetted::Proof;
use crate::spans::RequestSpan;

/// A request of one of bollard's methods that was not sent yet.
pub struct Request {
    pub(super) built: BollardRequest,
    subject: Option<Subject>,
    proof: Option<Proof>,
    /// Where the answer's head is to leave what it tells of a file.
    path_stat: Option<PathStatSlot>,
    /// What is kept until the Engine begins to answer.
    until_begun: Vec<DropGuard>,
    /// What is kept until the whole answer is there, or nobody reads on.
    pub(super) until_done: Vec<DropGuard>,
    /// What is told of it to whoever collects spans.
    pub(super) span: RequestSpan,
}

/// A permit, a turn or the like, which dropping gives back.
pub(super) type DropGuard = Box<dyn Any + Send + Sync>;

/// The request that a method of bollard would make.
///
/// A method that gives a stream is recorded by its first item: `docker.logs(…).boxed().try_next().await`.
///
/// # Errors
/// [`EngineError::NotSent`] with the reason where it could not be built.
pub fn record<F, T>(call: impl FnOnce(Docker) -> F) -> Result<Request, EngineError>
where
    F: Future<Output = Result<T, Unanswered>>,
{
    match call(Docker::default()).now_or_never() {
        Some(Err(unanswered)) => recorded(unanswered),
        _ => Err(EngineError::NotSent(
            "the request could not be built: the call made none".to_owned(),
        )),
    }
}

fn recorded(unanswered: Unanswered) -> Result<Request, EngineError> {
    let request = unanswered.into_request();
    let request = request.map_err(|reason| EngineError::NotSent(unbuilt(&reason)))?;
    Ok(Request::from(mended(request)?))
}

fn unbuilt(reason: &str) -> String {
    if reason.contains("uri too long") {
        "the arguments are too long: in the address of a request they may take 64 KiB in all; shorten the longest".to_owned()
    } else {
        format!("the request could not be built: {reason}")
    }
}

impl From<BollardRequest> for Request {
    /// A request as it is to be judged and sent, whoever wrote it.
    fn from(built: BollardRequest) -> Self {
        Self {
            built,
            subject: None,
            proof: None,
            path_stat: None,
            until_begun: Vec::new(),
            until_done: Vec::new(),
            span: RequestSpan::default(),
        }
    }
}

impl Request {
    /// Says which object the request is about, so that a 404 can name it.
    ///
    /// It also completes the last check: bollard resolves `..` and cuts at `?` and `#` while it
    /// builds the path, so only the reference itself still shows that it left its place.
    #[must_use]
    pub fn about(self, kind: &'static str, reference: &str) -> Self {
        Self {
            subject: Some(Subject {
                kind,
                reference: reference.to_owned(),
            }),
            ..self
        }
    }

    /// Adds to the query an option that bollard cannot write.
    #[must_use]
    pub fn also(mut self, name: &str, value: &str) -> Self {
        let uri = self.built.uri();
        let mark = if uri.query().is_some() { '&' } else { '?' };
        let uri = format!("{uri}{mark}{name}={value}").parse();
        // What is no address any more stays as it was.
        if let Ok(uri) = uri {
            *self.built.uri_mut() = uri;
        }
        self
    }

    /// Puts an object in the place of the body, for what the Engine knows and bollard's types would lose.
    #[must_use]
    pub fn with_body(mut self, body: &Map<String, Value>) -> Self {
        *self.built.body_mut() = bollard::body_full(Value::from(body.clone()).to_string().into());
        self
    }

    /// Adds the proof that what is sent along was judged where it comes from.
    #[must_use]
    pub fn vetted(self, proof: impl Into<Proof>) -> Self {
        Self {
            proof: Some(proof.into()),
            ..self
        }
    }

    /// Says where what the answer's head tells of a file is to be left.
    #[must_use]
    pub(super) fn telling(self, slot: PathStatSlot) -> Self {
        Self {
            path_stat: Some(slot),
            ..self
        }
    }

    /// Keeps something until the Engine begins to answer.
    #[must_use]
    pub(crate) fn until_begun(mut self, guard: impl Any + Send + Sync) -> Self {
        self.until_begun.push(Box::new(guard));
        self
    }

    /// Keeps something until the whole answer is there, or nobody reads on.
    #[must_use]
    pub(crate) fn until_done(mut self, guard: impl Any + Send + Sync) -> Self {
        self.until_done.push(Box::new(guard));
        self
    }

    /// The request as it is sent. hyper drops what waits for interim answers once the head of the
    /// final one is there, which nothing else tells: bollard hands on bytes alone.
    pub(super) fn into_sent(self) -> BollardRequest {
        let Self {
            mut built,
            path_stat,
            until_begun,
            span,
            ..
        } = self;
        span.go_with(built.extensions_mut());
        if let Some(slot) = path_stat {
            built.extensions_mut().insert(slot);
        }
        if !until_begun.is_empty() {
            hyper::ext::on_informational(&mut built, move |_| {
                let _ = &until_begun;
            });
        }
        built
    }

    pub(crate) fn proof(&self) -> Option<&Proof> {
        self.proof.as_ref()
    }

    pub(crate) fn method(&self) -> &Method {
        self.built.method()
    }

    /// The path, without the version that is put in front of it.
    pub(crate) fn path(&self) -> &str {
        self.built.uri().path()
    }

    /// The path and query, without the version that is put in front of them.
    pub(crate) fn target(&self) -> &str {
        let target = self.built.uri().path_and_query();
        target.map_or("/", PathAndQuery::as_str)
    }

    pub(crate) fn query(&self) -> &str {
        self.built.uri().query().unwrap_or_default()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        self.built.headers()
    }

    /// The body where it is no stream.
    pub(crate) fn whole_body(&mut self) -> Option<Bytes> {
        whole_body(&mut self.built)
    }

    /// The body as the JSON object that it is, which is what is sent from now on: no key twice, nothing
    /// behind it. Where it is anything else there is none.
    pub(crate) fn body(&mut self) -> Option<Map<String, Value>> {
        let bytes = self.whole_body()?;
        let object: Map<String, Value> = serde_json::from_slice(&bytes).ok()?;
        let text = Value::Object(object.clone()).to_string();
        *self.built.body_mut() = bollard::body_full(text.into());
        Some(object)
    }

    /// What errors and the log say of the request.
    pub(super) fn line(&self) -> RequestLine {
        RequestLine {
            method: self.built.method().clone(),
            path: self.built.uri().path().to_owned(),
            subject: self.subject.clone(),
        }
    }

    /// Refuses what no well-formed reference and no bollard method leads to.
    pub(super) fn check(&self) -> Result<(), EngineError> {
        let path = self.built.uri().path();
        let query = self.built.uri().query().unwrap_or_default();
        let wrong = if let Some(Subject { kind, reference }) = &self.subject
            && let Err(wrong) = check_segments(reference)
        {
            Some(format!("the {kind} reference {reference:?} {wrong}"))
        } else if let Err(wrong) = check_segments(path.strip_prefix('/').unwrap_or(path)) {
            Some(format!("its path {path:?} {wrong}"))
        } else if !query.bytes().all(is_form_encoded) {
            // It may hold the values of secrets.
            Some("its query is not one that an option makes".to_owned())
        } else {
            None
        };
        match wrong {
            None => Ok(()),
            Some(wrong) => Err(EngineError::NotSent(format!(
                "the request was not sent: {wrong}"
            ))),
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({})", self.line())
    }
}

/// A percent sign has no place here: it hides dots and slashes, and no reference needs one.
pub(super) fn check_segments(path: &str) -> Result<(), &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_.:@-".contains(&byte);
    if path.split('/').any(str::is_empty) {
        return Err("has an empty part");
    }
    if path.split('/').any(|part| part == "." || part == "..") {
        return Err("leaves its place with `.` or `..`");
    }
    if !path.bytes().all(plain) {
        return Err("has characters other than letters, digits and `/ _ . : @ -`");
    }
    Ok(())
}

/// bollard's own queries are form-encoded; a slash shows that the end of a path became one.
fn is_form_encoded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"*-._+%&=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bollard::query_parameters::{
        DataUsageOptions, InspectContainerOptions, LogsOptions, RemoveVolumeOptions,
    };
    use futures_util::{StreamExt, TryStreamExt};

    #[tokio::test]
    async fn a_stream_is_recorded_by_its_first_item() {
        let request = record(|docker| async move {
            let options = LogsOptions {
                stdout: true,
                ..Default::default()
            };
            docker.logs("web", Some(options)).boxed().try_next().await
        })
        .unwrap();
        assert_eq!(request.line().to_string(), "GET /containers/web/logs");
        assert!(request.built.uri().query().unwrap().contains("stdout=true"));
    }

    #[tokio::test]
    async fn a_request_that_bollard_cannot_build_says_why() {
        let options = DataUsageOptions {
            _type: Some(vec!["image".to_owned()]),
            ..Default::default()
        };
        let error = record(|docker| async move { docker.df(Some(options)).await }).unwrap_err();
        let EngineError::NotSent(text) = error else {
            unreachable!("{error:?}")
        };
        assert!(
            text.contains("could not be built: Unable to URLEncode"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn what_is_too_long_for_an_address_is_said_to_be() {
        let name = "x".repeat(70_000);
        let request = record(|docker| async move {
            docker
                .inspect_container(&name, None::<InspectContainerOptions>)
                .await
        });
        let error = request.unwrap_err().to_string();
        assert!(error.contains("64 KiB"), "{error}");
    }

    #[tokio::test]
    async fn a_reference_that_leaves_its_place_is_refused_although_bollard_resolved_it() {
        for reference in [
            "../containers/web",
            "%2e%2e/containers/web",
            "web?force=true",
            "web#",
            "",
            "a//b",
            "a\nb",
        ] {
            let request = record(|docker| {
                let reference = reference.to_owned();
                async move {
                    docker
                        .remove_volume(&reference, None::<RemoveVolumeOptions>)
                        .await
                }
            })
            .unwrap()
            .about("volume", reference);
            assert!(
                matches!(request.check(), Err(EngineError::NotSent(_))),
                "{reference:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_path_is_refused_without_the_help_of_a_subject_where_it_shows() {
        for reference in ["a%2fb", "web/top?x=", "a\\b%", "ä"] {
            let request = record(|docker| {
                let reference = reference.to_owned();
                async move {
                    docker
                        .inspect_container(&reference, None::<InspectContainerOptions>)
                        .await
                }
            })
            .unwrap();
            assert!(request.check().is_err(), "{reference:?} gave {request:?}");
        }
    }
}
