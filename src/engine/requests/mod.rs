//! Says what bollard's methods ask of an Engine, without its client.
//!
//! Each method has the name and the parameters that bollard gives it, and its types. It makes the same
//! request, which a test holds it to. What is left out is all that reads replies: they are read in
//! other ways here, so that of bollard's own it would be code that never runs, in every program.

mod config;
mod container;
mod exec;
mod image;
mod network;
mod node;
mod others;
mod secret;
mod service;
mod swarm;
mod system;
mod task;
mod volume;

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bollard::BollardRequest;
use bytes::Bytes;
use futures_util::Stream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use http_body_util::{Either, Full, StreamBody};
use hyper::body::Frame;
use serde::Serialize;
use url::Url;

/// The body of a request as bollard has it.
type Body = Either<
    Full<Bytes>,
    StreamBody<Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, std::io::Error>> + Send>>>,
>;

/// Stands in the place of [`bollard::Docker`]: what its methods give is not sent.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Docker;

/// What is asked for instead of a reply: the request, or why there is none.
pub struct Unanswered(Result<Box<BollardRequest>, String>);

impl Unanswered {
    /// The request, or why it cannot be made.
    ///
    /// # Errors
    /// A sentence of what makes addresses or bodies of values.
    pub fn into_request(self) -> Result<BollardRequest, String> {
        self.0.map(|request| *request)
    }
}

impl From<Result<BollardRequest, String>> for Unanswered {
    fn from(request: Result<BollardRequest, String>) -> Self {
        Self(request.map(Box::new))
    }
}

/// A request that a method makes, whose reply would be a `T`.
///
/// To await it gives the request, as the error of a reply that never comes.
pub struct Unsent<T>(Asked, PhantomData<fn() -> T>);

/// The same of a method whose reply is a stream.
pub struct UnsentStream<T>(Unsent<T>);

/// What a method asks for; an error says why it cannot.
struct Asked {
    method: Method,
    path: String,
    query: Result<Option<String>, String>,
    body: Result<Option<Body>, String>,
    headers: Result<HeaderMap, String>,
}

impl<T> Unsent<T> {
    fn new(method: Method, path: &str) -> Self {
        let asked = Asked::new(method, path.to_owned());
        Self(asked, PhantomData)
    }

    fn query(mut self, options: Option<impl Serialize>) -> Self {
        let query = options.map(serde_urlencoded::to_string).transpose();
        self.0.query = query.map_err(|error| format!("Unable to URLEncode: {error}"));
        self
    }

    fn json(mut self, value: impl Serialize) -> Self {
        let text = serde_json::to_string(&value);
        let body = text.map(|text| Some(bollard::body_full(text.into())));
        self.0.body = body.map_err(|error| error.to_string());
        self
    }

    fn body(self, body: Body) -> Self {
        self.optional_body(Some(body))
    }

    fn optional_body(mut self, body: Option<Body>) -> Self {
        self.0.body = Ok(body);
        self
    }

    fn content_type(mut self, kind: &'static str) -> Self {
        self.0
            .header(CONTENT_TYPE, Ok(HeaderValue::from_static(kind)));
        self
    }

    fn credentials(mut self, name: &'static str, credentials: Option<impl Serialize>) -> Self {
        if let Some(credentials) = credentials {
            self.0
                .header(HeaderName::from_static(name), sealed(&credentials));
        }
        self
    }

    fn stream(self) -> UnsentStream<T> {
        UnsentStream(self)
    }
}

impl Asked {
    fn new(method: Method, path: String) -> Self {
        let json = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self {
            method,
            path,
            query: Ok(None),
            body: Ok(None),
            headers: Ok(HeaderMap::from_iter([json])),
        }
    }

    fn header(&mut self, name: HeaderName, value: Result<HeaderValue, String>) {
        match (&mut self.headers, value) {
            (Ok(headers), Ok(value)) => {
                headers.insert(name, value);
            }
            (headers, Err(why)) => *headers = Err(why),
            (Err(_), Ok(_)) => {}
        }
    }

    fn request(&mut self) -> Result<BollardRequest, String> {
        // `..` is resolved, and `?` and `#` end the path, as in any address: `Request::about` has what to hold it to.
        let address = Url::parse("http://docker").and_then(|base| base.join(&self.path));
        let mut address = address.map_err(|error| format!("Unable to parse URL: {error}"))?;
        if let Some(query) = std::mem::replace(&mut self.query, Ok(None))? {
            address.set_query(Some(&query));
        }
        let address = address.as_str().parse();
        let address: Uri = address.map_err(|error| format!("Unable to parse URI: {error}"))?;
        let body = std::mem::replace(&mut self.body, Ok(None))?;
        let mut request =
            BollardRequest::new(body.unwrap_or_else(|| bollard::body_full(Bytes::new())));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = address;
        *request.headers_mut() = std::mem::replace(&mut self.headers, Ok(HeaderMap::new()))?;
        Ok(request)
    }
}

/// Credentials as the Engine decodes them. It is silently anonymous where it cannot.
fn sealed(credentials: &impl Serialize) -> Result<HeaderValue, String> {
    let text = serde_json::to_string(credentials).map_err(|error| error.to_string())?;
    let mut value =
        HeaderValue::try_from(URL_SAFE.encode(text)).map_err(|error| error.to_string())?;
    value.set_sensitive(true);
    Ok(value)
}

impl<T> Future for Unsent<T> {
    type Output = Result<T, Unanswered>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Err(self.0.request().into()))
    }
}

impl<T> Stream for UnsentStream<T> {
    type Item = Result<T, Unanswered>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(Some(Err(self.0.0.request().into())))
    }
}
