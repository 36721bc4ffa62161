//! The settings of sign-in: whose access tokens are taken, and what each of their scopes opens.

use std::collections::HashSet;
use std::path::PathBuf;

use url::{Host, Url};

use super::error::ConfigError;
use crate::ordered;
use crate::vocabulary::Tier;

/// Whose access tokens are taken over HTTP, and how far they reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInConfig {
    /// `MCP_DOCKER_OAUTH_ISSUER`; without one nobody signs in.
    pub issuer: Option<String>,
    /// `MCP_DOCKER_OAUTH_AUDIENCE`.
    pub audience: Option<String>,
    /// `MCP_DOCKER_OAUTH_SCOPES`.
    pub scopes: Scopes,
    /// `MCP_DOCKER_OAUTH_CLIENT_ID`.
    pub client_id: Option<String>,
    /// `MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE`.
    pub client_secret_file: Option<PathBuf>,
    /// `MCP_DOCKER_OAUTH_CA`.
    pub ca: Option<PathBuf>,
    /// `MCP_DOCKER_PUBLIC_URL`.
    pub public_url: Option<String>,
}

impl SignInConfig {
    /// The address of this server as tokens and clients have it: as it is given out, or the audience where
    /// that is an address.
    pub fn resource(&self) -> Option<&str> {
        let audience = || self.audience.as_deref().filter(|it| is_safe_url(it));
        self.public_url.as_deref().or_else(audience)
    }

    /// Checks what the values mean together.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let set = |wrong: bool, text| match wrong {
            true => Err(ConfigError::Together(text)),
            false => Ok(()),
        };
        let lone = self.audience.is_some()
            || !self.scopes.0.is_empty()
            || self.client_id.is_some()
            || self.client_secret_file.is_some()
            || self.ca.is_some();
        set(
            self.issuer.is_none() && lone,
            "`MCP_DOCKER_OAUTH_AUDIENCE`, `_SCOPES`, `_CLIENT_ID`, `_CLIENT_SECRET_FILE` and `_CA` say how access tokens \
             are judged, and `MCP_DOCKER_OAUTH_ISSUER` must name whose",
        )?;
        set(
            self.client_id.is_some() != self.client_secret_file.is_some(),
            "`MCP_DOCKER_OAUTH_CLIENT_ID` and `MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE` belong together: with both this server \
             asks the issuer about tokens that it cannot read itself",
        )?;
        if self.issuer.is_none() {
            return Ok(());
        }
        set(
            self.audience.is_none(),
            "`MCP_DOCKER_OAUTH_ISSUER` needs `MCP_DOCKER_OAUTH_AUDIENCE`, or a token that was issued for another server \
             would open this one",
        )?;
        set(
            self.resource().is_none(),
            "`MCP_DOCKER_PUBLIC_URL` must say by which address clients reach this server, because \
             `MCP_DOCKER_OAUTH_AUDIENCE` is none",
        )?;
        let resource = self.resource().and_then(|it| Url::parse(it).ok());
        set(
            resource.is_some_and(|it| it.path() == "/"),
            "`MCP_DOCKER_PUBLIC_URL` (or the audience in its place) must be the whole address that clients are given, such as \
             `https://docker.example.com/mcp`: clients do not agree on what the name alone is",
        )
    }
}

/// Which scope opens which tier, the lowest first. A scope opens the tiers below, too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(Vec<(String, Tier)>);

impl Scopes {
    pub(super) const ACCEPTED: &str = "scopes with the tier that each opens (safe, moderate or destructive), comma-separated, such as \
         `docker:read=safe,docker:write=moderate`";

    /// The scopes of a list such as `docker:read=safe`.
    pub(super) fn named(words: &[String]) -> Option<Self> {
        let mut scopes = words
            .iter()
            .map(|word| named(word))
            .collect::<Option<Vec<_>>>()?;
        ordered::sort_by_key(&mut scopes, |(_, tier)| *tier);
        let mut names = HashSet::new();
        let once = scopes.iter().all(|(name, _)| names.insert(name.clone()));
        once.then_some(Self(scopes))
    }

    /// Whether none is named: then every token opens the safe tier, and no more.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their names, from the one that opens least on.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The highest tier that these open, if any does.
    pub fn open<'a>(&self, granted: impl IntoIterator<Item = &'a str>) -> Option<Tier> {
        if self.is_empty() {
            return Some(Tier::Safe);
        }
        let tier = |name: &str| self.0.iter().find(|it| it.0 == name).map(|it| it.1);
        granted.into_iter().filter_map(tier).max()
    }

    /// The highest tier that any of them opens.
    pub fn highest(&self) -> Tier {
        self.0.last().map_or(Tier::Safe, |it| it.1)
    }

    /// The scope that opens this tier and as little more as can be.
    pub fn opening(&self, tier: Tier) -> Option<&str> {
        let enough = self.0.iter().find(|it| it.1 >= tier);
        enough.map(|it| it.0.as_str())
    }
}

fn named(word: &str) -> Option<(String, Tier)> {
    let (name, tier) = word.rsplit_once('=')?;
    let (name, tier) = (name.trim(), tier.trim());
    let tiers = [Tier::Safe, Tier::Moderate, Tier::Destructive];
    let tier = tiers.into_iter().find(|it| it.name() == tier)?;
    // What RFC 6749 allows in one, so that it fits into a challenge as it is.
    let fits = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    (!name.is_empty() && name.chars().all(fits)).then(|| (name.to_owned(), tier))
}

/// Whether nobody on the way can read or change what goes to this address and comes from it.
pub(crate) fn is_safe_url(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_local);
    let is_plain = url.username().is_empty() && url.password().is_none();
    // The same in every spelling, because some clients compare it byte for byte.
    let is_whole = url.as_str().trim_end_matches('/') == text.trim_end_matches('/');
    is_safe && is_plain && is_whole && url.query().is_none() && url.fragment().is_none()
}
