//! Judges an access token that is a JWT by the keys of its issuer (RFC 9068).

use std::sync::Arc;

use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Header, Validation, decode};
use serde_json::Value;

use super::keys::{Found, Keys};
use super::{Audience, Denied, Grant, LEEWAY, claims};

/// Whether the head says that it is an access token, and not one that says who somebody is.
pub(super) fn is_for_access(header: &Header) -> bool {
    let typ = header.typ.as_deref().unwrap_or_default();
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == "at+jwt"
}

/// What a token opens, once its signature and all it says is checked.
pub(super) async fn judge(
    token: &str,
    header: &Header,
    keys: &Arc<Keys>,
    meant: &Audience,
    now: u64,
) -> Result<Grant, Denied> {
    let refused = |why: &str| Err(Denied::Refused(why.to_owned()));
    if header.crit.is_some() {
        return refused("its head names extensions that are to be understood (`crit`)");
    }
    let Some(kid) = &header.kid else {
        return refused("its head names no key (`kid`)");
    };
    let key = match keys.find(kid).await {
        Found::Key(key) => key,
        Found::Unknown => return refused("the issuer has no key of its `kid`"),
        Found::Unavailable(why) => {
            return Err(Denied::Unavailable(format!("no keys: {why}")));
        }
    };
    let Some(first) = key.algorithms.first() else {
        return refused("its key is of no use");
    };
    // The algorithms of the key, whatever the head says.
    let mut validation = Validation::new(*first);
    validation.algorithms.clone_from(&key.algorithms);
    validation.set_audience(&[&meant.audience]);
    validation.set_issuer(&[&meant.issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.validate_nbf = true;
    validation.leeway = LEEWAY;
    match decode::<Value>(token, &key.key, &validation) {
        Ok(token) => claims::grant(&token.claims, meant, now),
        Err(error) => Err(Denied::Refused(why(token, &error, meant, now))),
    }
}

/// Why it is refused. Whose it is and what for are checked after the signature, and what they are helps most.
fn why(token: &str, error: &Error, meant: &Audience, now: u64) -> String {
    let is_signed = matches!(
        error.kind(),
        ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience
    );
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(token);
    if is_signed
        && let Ok(token) = claims
        && let Err(Denied::Refused(why)) = claims::grant(&token.claims, meant, now)
    {
        return why;
    }
    match error.kind() {
        ErrorKind::InvalidSignature => "its signature is not the issuer's".to_owned(),
        ErrorKind::InvalidAlgorithm => "its algorithm is not that of its key".to_owned(),
        ErrorKind::ExpiredSignature => "it has expired".to_owned(),
        ErrorKind::ImmatureSignature => "it is not valid yet (`nbf`)".to_owned(),
        ErrorKind::MissingRequiredClaim(claim) => format!("it has no `{claim}`"),
        _ => error.to_string(),
    }
}
