//! Hands the Engine's answer on to a program, and takes note of what was done by it.

use std::error::Error;

use bollard::ClientVersion;
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::Response;
use hyper::upgrade::OnUpgrade;
use serde_json::{Map, Value, json};

use super::account::Done;
use super::head::Head;
use super::refused::Refused;
use super::service::Service;
use super::tunnel;
use crate::engine::carry::Carried;
use crate::engine::objects::ObjectKind;
use crate::vocabulary::endpoint::{Concern, Effect, Endpoint};

/// The body of an answer.
pub(super) type Body = BoxBody<Bytes, Box<dyn Error + Send + Sync>>;

/// The most that an answer may take which tells what was made; real ones take less than a kilobyte.
const LARGEST: usize = 1 << 20;

/// What was asked, once it was sent.
pub(super) struct Request {
    pub(super) head: Head,
    pub(super) endpoint: &'static Endpoint,
    pub(super) body: Map<String, Value>,
    pub(super) upgrade: Option<OnUpgrade>,
    /// The version agreed with the Engine.
    pub(super) agreed: ClientVersion,
}

/// An error as an Engine tells one.
pub(super) fn error(refused: &Refused) -> Response<Body> {
    let text = json!({ "message": refused.text }).to_string();
    let mut response = Response::new(full(text));
    *response.status_mut() = refused.status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn full(body: impl Into<Bytes>) -> Body {
    Full::new(body.into())
        .map_err(|never| match never {})
        .boxed()
}

fn failed(request: &Request, what: &str) -> Refused {
    Refused {
        status: StatusCode::BAD_GATEWAY,
        text: format!(
            "the answer to `{}` cannot be handed on: {what}",
            request.head
        ),
        is_ours: false,
    }
}

impl Service {
    pub(super) async fn reply(
        &self,
        mut request: Request,
        carried: Carried,
    ) -> Result<Response<Body>, Refused> {
        let Carried {
            mut response,
            guards,
            line,
            place,
        } = carried;
        let status = response.status();
        if status == StatusCode::SWITCHING_PROTOCOLS {
            let Some(program) = request.upgrade.take() else {
                return Err(failed(&request, "nobody asked for the upgrade"));
            };
            self.note(&request, None);
            let engine = hyper::upgrade::on(&mut response);
            tunnel::dig(self, program, engine);
            return Ok(response.map(|_| full(Bytes::new())));
        }
        if request.upgrade.is_some() && status.is_success() {
            return Err(failed(&request, "it is not the upgrade that was asked for"));
        }
        clean(response.headers_mut(), request.agreed);
        let has_changed = status.is_success() && request.endpoint.effect != Effect::Reads;
        let tells = matches!(
            request.endpoint.concern,
            Concern::Create
                | Concern::CreateNetwork
                | Concern::CreateVolume
                | Concern::CreateSecret
                | Concern::Service
                | Concern::Exec
        );
        if !has_changed || !tells {
            if has_changed {
                self.engine.scope.note(&line, &[], None);
                self.note(&request, None);
            }
            return Ok(response.map(|body| {
                let held = move |frame| {
                    let _ = &guards;
                    frame
                };
                body.map_frame(held).map_err(Into::into).boxed()
            }));
        }
        let (parts, body) = response.into_parts();
        let told = Limited::new(body, LARGEST).collect().await;
        let told = told.map_err(|error| failed(&request, &error.to_string()))?;
        let told = told.to_bytes();
        self.engine.scope.note(&line, &told, place);
        let made: Value = serde_json::from_slice(&told).unwrap_or_default();
        let id = made.get("Id").or_else(|| made.get("ID"));
        self.note(&request, id.and_then(Value::as_str));
        Ok(Response::from_parts(parts, full(told)))
    }

    /// Takes note of what a request did, and of what it made.
    fn note(&self, request: &Request, made: Option<&str>) {
        let (head, body) = (&request.head, &request.body);
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        let option = |key: &str| head.option(key).unwrap_or_default();
        use ObjectKind::{Config, Container, Image, Network, Secret, Service, Volume};
        let segments = head.segments();
        let (verb, kind, id, name) = match (head.method.as_str(), segments.as_slice()) {
            ("POST", ["containers", "create"]) => ("created", Container, made, option("name")),
            ("POST", ["networks", "create"]) => ("created", Network, made, text("Name")),
            ("POST", ["volumes", "create"]) => ("created", Volume, None, text("Name")),
            ("POST", [kind @ ("services" | "secrets" | "configs"), rest @ ..]) => {
                let kind = match *kind {
                    "services" => Service,
                    "secrets" => Secret,
                    _ => Config,
                };
                match rest {
                    [id, "update"] => ("updated", kind, Some(*id), text("Name")),
                    _ => ("created", kind, made, text("Name")),
                }
            }
            ("POST", ["images", "create"]) => ("pulled", Image, None, option("fromImage")),
            // An exec does nothing before it is started, and goes by its container.
            ("POST", ["containers", id, "exec"]) => {
                let container = self.ledger.named(id);
                return self.ledger.name(made.unwrap_or_default(), &container);
            }
            ("POST", ["exec", id, "start"]) => (RAN, Container, Some(*id), ""),
            ("POST", ["containers", id, "rename"]) => {
                self.ledger.name(id, option("name"));
                ("renamed", Container, Some(*id), "")
            }
            ("POST" | "PUT", ["containers", id, verb]) => match past(verb) {
                Some(verb) => (verb, Container, Some(*id), ""),
                None => return,
            },
            ("POST", ["networks", _, verb @ ("connect" | "disconnect")]) => {
                let verb = past(verb).unwrap_or_default();
                (verb, Container, Some(text("Container")), "")
            }
            ("DELETE", ["containers", id]) => ("removed", Container, Some(*id), ""),
            ("DELETE", ["networks", id]) => ("removed", Network, Some(*id), ""),
            ("DELETE", ["volumes", name]) => ("removed", Volume, None, *name),
            ("DELETE", ["images", ..]) => {
                let name = segments.get(1..).unwrap_or_default().join("/");
                return self.did("removed", Image, &name, None);
            }
            _ => return,
        };
        match id {
            Some(id) if name.is_empty() => self.did(verb, kind, &self.ledger.named(id), Some(id)),
            Some(id) => {
                self.ledger.name(id, name);
                self.did(verb, kind, name, Some(id));
            }
            None => self.did(verb, kind, name, None),
        }
    }

    fn did(&self, verb: &'static str, kind: ObjectKind, name: &str, id: Option<&str>) {
        if kind != ObjectKind::Image && verb != RAN {
            self.engine.scope.changed(id.unwrap_or(name));
        }
        self.ledger.done(Done {
            verb,
            kind,
            name: name.to_owned(),
            id: id.map(str::to_owned),
        });
    }
}

/// What an exec did; its id is none of an object.
const RAN: &str = "ran a command in";

/// What was done, by the last part of a path.
fn past(verb: &str) -> Option<&'static str> {
    Some(match verb {
        "start" => "started",
        "restart" => "restarted",
        "stop" => "stopped",
        "kill" => "killed",
        "pause" => "paused",
        "unpause" => "unpaused",
        "archive" => "wrote files into",
        "attach" => "attached to",
        "connect" => "connected",
        "disconnect" => "disconnected",
        _ => return None,
    })
}

/// Takes out what belongs to the connection with the Engine, and versions that this server does not know.
fn clean(headers: &mut HeaderMap, agreed: ClientVersion) {
    for name in [CONNECTION, TRANSFER_ENCODING, UPGRADE] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    if headers.contains_key("api-version")
        && let Ok(agreed) = HeaderValue::try_from(agreed.to_string())
    {
        headers.insert("api-version", agreed);
    }
}
