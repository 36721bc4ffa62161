//! Changes a request that is about to be sent into what the scope makes of it.

use form_urlencoded::{Serializer, parse};
use http::Method;
use http::uri::PathAndQuery;
use serde_json::{Map, Value};

use super::named::SHARED;
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

    /// Names an object by its id where the request changes it, so that the one that was judged is the one that
    /// is meant. An image that goes, or is pushed, is known by its name: its id would mean all of them.
    pub(super) fn name_by_id(
        &mut self,
        kind: ObjectKind,
        name: &str,
        id: &str,
    ) -> Result<(), EngineError> {
        let tagged = format!("/images/{name}/tag");
        if kind == ObjectKind::Container {
            let path = self.path().to_owned();
            match path.as_str() {
                "/commit" => return self.commit_by_id(id),
                "/containers/create" => return self.link_by_id(name, id),
                path if path.starts_with("/networks/") => return self.connect_by_id(name, id),
                _ => {}
            }
        }
        let is_made = self.method() == Method::POST && self.path().split('/').count() == 3;
        let path = self.path().to_owned();
        let mut path: Vec<&str> = path.split('/').collect();
        let image;
        match path.as_mut_slice() {
            _ if kind == ObjectKind::Image => {
                if self.path() != tagged {
                    return Ok(());
                }
                image = ["", "images", id, "tag"];
                path = image.to_vec();
            }
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

    /// The policy lets a commit name one container.
    fn commit_by_id(&mut self, id: &str) -> Result<(), EngineError> {
        let mut query = Serializer::new(String::new());
        for (key, value) in parse(self.query().as_bytes()) {
            let value = if key == "container" { id } else { &value };
            query.append_pair(&key, value);
        }
        self.set_query(&query.finish())
    }

    fn connect_by_id(&mut self, name: &str, id: &str) -> Result<(), EngineError> {
        if let Some(mut body) = self.body()
            && body.get("Container").and_then(Value::as_str).map(plain) == Some(name)
        {
            body.insert("Container".to_owned(), id.into());
            self.set_body(&body);
        }
        Ok(())
    }

    /// What a container shares with another one the Engine looks up again at each start.
    fn link_by_id(&mut self, name: &str, id: &str) -> Result<(), EngineError> {
        let Some(mut body) = self.body() else {
            return Ok(());
        };
        if let Some(Value::Object(host)) = body.get_mut("HostConfig") {
            for (setting, value) in host.iter_mut() {
                let shared = value
                    .as_str()
                    .and_then(|mode| mode.strip_prefix("container:"));
                if SHARED.contains(&setting.as_str()) && shared.map(plain) == Some(name) {
                    *value = format!("container:{id}").into();
                }
            }
            let from = host.get_mut("VolumesFrom").and_then(Value::as_array_mut);
            for other in from.into_iter().flatten() {
                let text = other.as_str().unwrap_or_default();
                let (of, mode) = text.split_once(':').unwrap_or((text, ""));
                if plain(of) == name {
                    let mark = if mode.is_empty() { "" } else { ":" };
                    *other = format!("{id}{mark}{mode}").into();
                }
            }
        }
        self.set_body(&body);
        Ok(())
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

/// A name without the slash that an inspect shows it with.
fn plain(name: &str) -> &str {
    name.strip_prefix('/').unwrap_or(name)
}
