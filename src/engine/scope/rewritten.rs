//! Changes a request that is about to be sent into what the scope makes of it.

use http::Method;
use http::uri::PathAndQuery;
use serde_json::{Map, Value};

use crate::engine::error::EngineError;
use crate::engine::objects::ObjectKind;
use crate::engine::record::Request;

impl Request {
    /// Puts another object in the place of the body.
    pub(super) fn set_body(&mut self, body: &Map<String, Value>) {
        let text = Value::Object(body.clone()).to_string();
        *self.built.body_mut() = bollard::body_full(text.into());
    }

    /// Puts another query in the place of the one that it has.
    ///
    /// # Errors
    /// [`EngineError::NotSent`]: with it the address is none any more.
    pub(super) fn set_query(&mut self, query: &str) -> Result<(), EngineError> {
        self.set_target(&format!("{}?{query}", self.path()))
    }

    /// Names the object that the path is about by its id, so that the one that was judged is the one that is
    /// meant.
    pub(super) fn name_by_id(
        &mut self,
        kind: ObjectKind,
        name: &str,
        id: &str,
    ) -> Result<(), EngineError> {
        let mut path: Vec<&str> = self.path().split('/').collect();
        let is_made = self.method() == Method::POST && path.len() == 3;
        match path.as_mut_slice() {
            [_, kinds, of, ..]
                if *of == name && ObjectKind::named(kinds) == Some(kind) && !is_made =>
            {
                *of = id
            }
            _ => return Ok(()),
        }
        let path = path.join("/");
        let target = match self.query() {
            "" => path,
            query => format!("{path}?{query}"),
        };
        self.set_target(&target)
    }

    fn set_target(&mut self, target: &str) -> Result<(), EngineError> {
        let mut parts = self.built.uri().clone().into_parts();
        let target = PathAndQuery::try_from(target).map_err(|error| {
            EngineError::NotSent(format!(
                "the request was not sent: its address makes {error}"
            ))
        })?;
        parts.path_and_query = Some(target);
        let uri = http::Uri::from_parts(parts);
        *self.built.uri_mut() = uri.map_err(|error| {
            EngineError::NotSent(format!(
                "the request was not sent: its address makes {error}"
            ))
        })?;
        Ok(())
    }
}
