//! Keeps what was judged apart from what was not: only the first can be sent, and as it is.

use std::fmt::Debug;

use bollard::{BollardRequest, ClientVersion};
use bytes::Bytes;
use http::uri::{PathAndQuery, Uri};
use http::{HeaderMap, Method};

use super::classification::Classification;
use super::remedy::unlisted_endpoint;
use super::rules::Policy;
use crate::engine::error::EngineError;
use crate::engine::record::Request;
use crate::vocabulary::endpoint::{Concern, Effect};

/// A request that may be sent; nothing changes it any more.
#[derive(Debug)]
pub(crate) struct Judged(Request);

/// The mark of a request that was judged, without which the transport sends none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cleared(());

/// What leaves, as it was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// `GET`, `POST`, …
    pub method: Method,
    /// The path and query, before the version is put in front.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body; none where it is a stream, whose parts were judged where they come from.
    pub body: Option<Bytes>,
}

/// Hears of each request that was judged, before it leaves.
pub trait Observer: Debug + Send + Sync {
    /// A request may be sent.
    fn passed(&self, request: Passed);
}

impl Policy {
    /// Lets a question of the door's own pass, which only reads.
    ///
    /// # Errors
    /// [`EngineError::Refused`]: it does more, or nobody knows what it does.
    pub(crate) fn reading(&self, request: Request) -> Result<Judged, EngineError> {
        let (method, path) = (request.method(), request.path());
        match Classification::of(method, path) {
            Some(Classification {
                effect: Effect::Reads,
                concern: Concern::Nothing,
                ..
            }) => Ok(self.passed(request)),
            _ => Err(unlisted_endpoint(method, path)),
        }
    }

    pub(crate) fn passed(&self, mut request: Request) -> Judged {
        if let Some(observer) = &self.observer {
            observer.passed(Passed {
                method: request.method().clone(),
                target: request.target().to_owned(),
                headers: request.headers().clone(),
                body: request.whole_body(),
            });
        }
        Judged(request)
    }
}

impl Judged {
    /// The request as the transport takes it, under that version of the API.
    ///
    /// # Errors
    /// [`EngineError::NotSent`]: with the version its path is none any more.
    pub(crate) fn into_sent(
        self,
        version: Option<ClientVersion>,
    ) -> Result<BollardRequest, EngineError> {
        let target = self.0.target();
        let path = match version {
            Some(version) => format!("/v{version}{target}"),
            None => target.to_owned(),
        };
        let path = PathAndQuery::try_from(path).map_err(|error| {
            EngineError::NotSent(format!("the request was not sent: its path makes {error}"))
        })?;
        let mut request = self.0.into_sent();
        *request.uri_mut() = Uri::from(path);
        request.extensions_mut().insert(Cleared(()));
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::record;

    #[tokio::test]
    async fn a_question_of_the_doors_own_only_reads() {
        let stop = record(|docker| async move { docker.stop_container("web", None).await });
        let refusal = Policy::default().reading(stop.unwrap()).unwrap_err();
        assert!(
            refusal.to_string().contains("POST /containers/web/stop"),
            "{refusal}"
        );
        let look = record(|docker| async move { docker.inspect_container("web", None).await });
        assert!(Policy::default().reading(look.unwrap()).is_ok());
    }
}
