//! Decides who comes in, and how much they reach.
//!
//! A browser lets any web page send requests to this machine. Those are told by their `Host`, which
//! is the name the page was called by even where that was made to lead here, and by their `Origin`.
//! Everyone else needs the token that the operator gave them, or one of the issuer that the operator trusts.

use std::sync::Arc;

use http::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue, ORIGIN, WWW_AUTHENTICATE};
use http::uri::Authority;
use http::{HeaderMap, StatusCode, Uri};
use subtle::{Choice, ConstantTimeEq as _};
use url::{Position, Url};

use super::answer::{self, Answer};
use super::bearer::Bearer;
use super::resource_server::ResourceServer;
use crate::call::gate::{Access, Owner};
use crate::config::{Config, Token};

/// How far the page is from the server that is called, by what browsers say.
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a request has to bring to be let in.
#[derive(Debug)]
pub(super) struct Guard {
    hosts: Vec<Host>,
    origins: Vec<Origin>,
    full: Option<Token>,
    read_only: Option<Token>,
    resource_server: Option<Arc<ResourceServer>>,
}

/// A name by which the server is called.
#[derive(Debug, PartialEq, Eq)]
struct Host {
    name: String,
    /// None stands for any.
    port: Option<u16>,
}

/// Where a web page comes from.
#[derive(Debug, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: Host,
}

impl Guard {
    /// The guard of a server that listens at `host`.
    ///
    /// # Errors
    /// A name or an origin of the configuration is none.
    pub(super) fn new(host: &str, config: &Config) -> Result<Self, String> {
        let own = ["localhost", "127.0.0.1", "::1", host].map(|name| Host {
            name: plain(name),
            port: None,
        });
        // By which clients call it, through whatever stands in front.
        let public = config.sign_in.resource();
        let public = public.and_then(|url| Url::parse(url).ok());
        let public =
            public.and_then(|url| Host::parse(&url[Position::BeforeHost..Position::AfterPort]));
        let named = config.network.allowed_hosts.iter().map(|text| {
            Host::parse(text).ok_or_else(|| {
                format!("MCP_DOCKER_ALLOWED_HOST: `{text}` is no name or address, with or without a port")
            })
        });
        let origins = config.network.allowed_origins.iter().map(|text| {
            Origin::parse(text).ok_or_else(|| {
                format!("MCP_DOCKER_ALLOWED_ORIGIN: `{text}` is no origin, such as `https://app.example.com`")
            })
        });
        Ok(Self {
            hosts: own
                .into_iter()
                .map(Ok)
                .chain(public.map(Ok))
                .chain(named)
                .collect::<Result<_, _>>()?,
            origins: origins.collect::<Result<_, _>>()?,
            full: config.server.auth_token.clone(),
            read_only: config.server.readonly_token.clone(),
            resource_server: ResourceServer::new(config)?,
        })
    }

    /// Lets a request in that calls this server by its name, from a page that may; gives the origin
    /// of that page, where it is one.
    ///
    /// # Errors
    /// It is not let in; the answer says why.
    pub(super) fn admit<'a>(
        &self,
        headers: &'a HeaderMap,
    ) -> Result<Option<&'a HeaderValue>, Box<Answer>> {
        let host = one(headers, &HOST).and_then(Host::parse).ok_or_else(|| {
            let why = "a request needs one `Host`, a name or an address with or without a port";
            forbidden(why)
        })?;
        let known = |known: &Host| {
            known.name == host.name && (known.port.is_none() || known.port == host.port)
        };
        if !self.hosts.iter().any(known) {
            let why = "this server is not called by the name in `Host`; MCP_DOCKER_ALLOWED_HOST allows more names";
            return Err(forbidden(why));
        }
        if !is_of_a_page(headers) {
            return Ok(None);
        }
        if !self.is_allowed_origin(headers, &host) {
            let why = "web pages of this `Origin` may not call this server; MCP_DOCKER_ALLOWED_ORIGIN allows more";
            return Err(forbidden(why));
        }
        Ok(headers.get(ORIGIN))
    }

    /// Whether the page that sends a request may.
    fn is_allowed_origin(&self, headers: &HeaderMap, host: &Host) -> bool {
        let Some(origin) = one(headers, &ORIGIN).and_then(Origin::parse) else {
            return false;
        };
        // A page of the very server that is called.
        let own = matches!(&*origin.scheme, "http" | "https")
            && origin.host.name == host.name
            && origin.host.port == origin.port_of(host);
        own || self.origins.contains(&origin)
    }

    /// What takes access tokens, where somebody can sign in.
    pub(super) fn resource_server(&self) -> Option<&ResourceServer> {
        self.resource_server.as_deref()
    }

    /// Who sends a request, by its token.
    ///
    /// # Errors
    /// It has none, or one that is not good; the answer says so.
    pub(super) async fn bearer(&self, headers: &HeaderMap) -> Result<Bearer, Box<Answer>> {
        let server = self.resource_server.as_ref();
        if self.full.is_none() && self.read_only.is_none() && server.is_none() {
            return Ok(Bearer::of(Owner::Operator, Access::Full));
        }
        let sent = one(headers, &AUTHORIZATION);
        let sent = sent.and_then(|value| value.split_once(' '));
        let sent = sent.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some((_, sent)) = sent else {
            let why = "this server wants `Authorization: Bearer` and a token";
            return Err(match server {
                Some(server) => server.unauthorized(None, why),
                None => unauthorized(why, "Bearer realm=\"mcp-docker\""),
            });
        };
        // Both are compared, whatever comes of the first.
        let full = is(self.full.as_ref(), sent.trim());
        let read_only = is(self.read_only.as_ref(), sent.trim());
        if full.into() {
            return Ok(Bearer::of(Owner::Operator, Access::Full));
        }
        if read_only.into() {
            return Ok(Bearer::of(Owner::Reader, Access::ReadOnly));
        }
        match server {
            Some(server) => server.admit(sent.trim()).await,
            None => {
                let challenge = "Bearer realm=\"mcp-docker\", error=\"invalid_token\"";
                Err(unauthorized("the token is not the right one", challenge))
            }
        }
    }
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        let authority: Authority = match text.parse() {
            // An IPv6 address may be written without its brackets where there is no port.
            Err(_) => format!("[{text}]").parse().ok()?,
            Ok(authority) => authority,
        };
        // What stands before an `@` is a name that the host only seems to have.
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return None;
        }
        let rest = authority.as_str().strip_prefix(authority.host())?;
        if !rest.is_empty() && authority.port_u16().is_none() {
            return None;
        }
        Some(Self {
            name: plain(authority.host()),
            port: authority.port_u16(),
        })
    }
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let (scheme, authority) = (uri.scheme_str()?.to_ascii_lowercase(), uri.authority()?);
        if uri.path() != "/" || uri.query().is_some() || text.ends_with('/') {
            return None;
        }
        let mut origin = Self {
            scheme,
            host: Host::parse(authority.as_str())?,
        };
        origin.host.port = origin.port_of(&origin.host);
        Some(origin)
    }

    /// The port of a host that is called in the way of this origin.
    fn port_of(&self, host: &Host) -> Option<u16> {
        host.port.or(match self.scheme.as_str() {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        })
    }
}

/// A name as it is compared: in lower case, an IPv6 address without its brackets.
fn plain(name: &str) -> String {
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    bare.unwrap_or(name).to_ascii_lowercase()
}

/// Whether a web page sends the request; where it expects no answer, such as for a picture, it does
/// not say which.
fn is_of_a_page(headers: &HeaderMap) -> bool {
    let site = one(headers, &SITE).unwrap_or("none");
    headers.contains_key(ORIGIN) || !matches!(site, "none" | "same-origin")
}

/// The value of a header that is there once.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Whether that is the token. How long it takes tells nothing of a token but its length.
fn is(token: Option<&Token>, sent: &str) -> Choice {
    match token {
        Some(token) => token.as_str().as_bytes().ct_eq(sent.as_bytes()),
        None => Choice::from(0),
    }
}

fn unauthorized(why: &str, challenge: &'static str) -> Box<Answer> {
    let mut answer = answer::text(StatusCode::UNAUTHORIZED, why);
    let challenge = HeaderValue::from_static(challenge);
    answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    Box::new(answer)
}

fn forbidden(why: &str) -> Box<Answer> {
    Box::new(answer::text(StatusCode::FORBIDDEN, why))
}
