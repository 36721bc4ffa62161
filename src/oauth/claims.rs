//! Reads what a token says of itself, whether it says so or its issuer does.

use serde_json::Value;

use super::{Audience, Denied, Grant, LEEWAY};

/// What is needed of the claims of a token, once they are known to be the issuer's.
///
/// # Errors
/// Whose it is cannot be told, or it is for somebody else, another time or nobody.
pub(super) fn grant(claims: &Value, meant: &Audience, now: u64) -> Result<Grant, Denied> {
    let refused = |why: String| Err(Denied::Refused(why));
    match claims.get("iss") {
        Some(Value::String(issuer)) if *issuer == meant.issuer => {}
        Some(other) => return refused(format!("`iss` is {}", shown(other))),
        None => return refused("it has no `iss`".to_owned()),
    }
    match claims.get("aud") {
        Some(Value::String(audience)) if *audience == meant.audience => {}
        Some(Value::Array(all)) if all.iter().any(|it| *it == *meant.audience) => {}
        Some(other) => {
            return refused(format!(
                "`aud` is {}, and here it must be `{}`",
                shown(other),
                meant.audience
            ));
        }
        None => return refused("it has no `aud`".to_owned()),
    }
    let expires = match time(claims, "exp") {
        Some(expires) if expires.saturating_add(LEEWAY) < now => {
            return refused("it has expired".to_owned());
        }
        Some(expires) => expires,
        None => return refused("it has no `exp`".to_owned()),
    };
    if claims.get("nbf").is_some()
        && time(claims, "nbf").is_none_or(|it| it > now.saturating_add(LEEWAY))
    {
        return refused("it is not valid yet (`nbf`)".to_owned());
    }
    let text = |name: &str| {
        let text = claims.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let Some(subject) = text("sub") else {
        return refused("it has no `sub`".to_owned());
    };
    // By RFC 9068, OpenID Connect, and what others make of them.
    let client = ["client_id", "azp", "cid", "appid"]
        .into_iter()
        .find_map(text);
    Ok(Grant {
        subject,
        client,
        scopes: scopes(claims),
        expires,
    })
}

fn time(claims: &Value, name: &str) -> Option<u64> {
    let value = claims.get(name)?;
    // Some write them with a fraction, which may be cut.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float that is too large or negative ends at the limit"
    )]
    let rounded = || value.as_f64().map(|it| it as u64);
    value.as_u64().or_else(rounded)
}

/// A list, or a text with blanks between; `scp` is what some call it.
fn scopes(claims: &Value) -> Vec<String> {
    let named = ["scope", "scp"].into_iter().filter_map(|it| claims.get(it));
    let texts = named.flat_map(|value| match value {
        Value::String(text) => vec![text.as_str()],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    });
    let words = texts.flat_map(str::split_ascii_whitespace);
    words.map(str::to_owned).collect()
}

/// A claim as a log may have it.
fn shown(claim: &Value) -> String {
    const LONGEST: usize = 200;
    claim.to_string().chars().take(LONGEST).collect()
}
