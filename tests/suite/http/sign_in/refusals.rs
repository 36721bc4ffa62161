//! Which access tokens are refused, each with its reason in the log and without itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::hmac;

use super::*;
use crate::support::issuer::{message, now};

#[tokio::test]
async fn a_token_has_to_be_good_in_every_way() {
    let (curve, rsa, edwards, strange) = (Key::curve(), Key::rsa(), Key::edwards(), Key::curve());
    let issuer = Issuer::start(&[("a", &curve), ("r", &rsa), ("e", &edwards)]).await;
    let scene = Scene { issuer, key: curve };
    let (issuer, curve) = (&scene.issuer, &scene.key);
    let server = scene.server(&engine(), "http", &[]).await;
    let claims = issuer.claims("docker:read");
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        curve.sign(&header("ES256", "a"), &claims)
    };
    let without = |name: &str| {
        let mut claims = claims.clone();
        claims.as_object_mut().unwrap().remove(name);
        curve.sign(&header("ES256", "a"), &claims)
    };
    let headed = |more: Value| {
        let mut header = header("ES256", "a");
        let members = header.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        members.retain(|_, value| !value.is_null());
        curve.sign(&header, &claims)
    };
    let good = curve.sign(&header("ES256", "a"), &claims);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = signed.split_once('.').unwrap();
    let more = BASE64.encode(issuer.claims("docker:admin").to_string());

    // Whoever has the public key makes a secret of it.
    let public = rsa.public("r");
    let confused = message(&header("HS256", "r"), &claims);
    let secret = BASE64.decode(public["n"].as_str().unwrap()).unwrap();
    let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let by_secret = BASE64.encode(hmac::sign(&secret, confused.as_bytes()));

    for (token, said) in [
        (
            with("aud", json!("https://docker.example.com/mcp/")),
            "`aud` is",
        ),
        (with("aud", json!("https://docker.example.com")), "`aud` is"),
        (
            with("aud", json!(["https://other.example.com"])),
            "`aud` is",
        ),
        (with("aud", json!([])), "`aud`"),
        (without("aud"), "no `aud`"),
        (with("iss", json!("http://127.0.0.1:1")), "`iss` is"),
        (with("iss", json!([issuer.url()])), "`iss` is"),
        (with("iss", json!(format!("{}/", issuer.url()))), "`iss` is"),
        (without("iss"), "no `iss`"),
        (with("exp", json!(now() - 60)), "expired"),
        (with("exp", json!("soon")), "`exp`"),
        (without("exp"), "no `exp`"),
        (with("nbf", json!(now() + 60)), "`nbf`"),
        (with("nbf", json!("soon")), "nbf"),
        (without("sub"), "no `sub`"),
        (with("sub", json!("")), "no `sub`"),
        (headed(json!({ "typ": "JWT" })), "`at+jwt`"),
        (headed(json!({ "typ": null })), "`at+jwt`"),
        (headed(json!({ "kid": null })), "`kid`"),
        (headed(json!({ "kid": "none" })), "`kid`"),
        (headed(json!({ "crit": ["exp"] })), "`crit`"),
        (
            format!(
                "{}.",
                message(
                    &json!({ "alg": "none", "kid": "a", "typ": "at+jwt" }),
                    &claims
                )
            ),
            "no JWT",
        ),
        (format!("{confused}.{by_secret}"), "algorithm"),
        (curve.sign(&header("ES256", "r"), &claims), "algorithm"),
        (
            format!("{}.{signature}", message(&header("RS256", "a"), &claims)),
            "algorithm",
        ),
        (rsa.sign(&header("RS256", "a"), &claims), "algorithm"),
        (format!("{head}.{more}.{signature}"), "signature"),
        (format!("{signed}.{}", BASE64.encode([0; 64])), "signature"),
        (strange.sign(&header("ES256", "a"), &claims), "signature"),
        (
            strange.sign(
                &json!({ "alg": "ES256", "kid": "a", "typ": "at+jwt", "jwk": strange.public("a") }),
                &claims,
            ),
            "signature",
        ),
        (format!("{good}.more"), "no JWT"),
        (signed.to_owned(), "no JWT"),
        ("opaque".to_owned(), "no JWT"),
    ] {
        let before = server.log().len();
        let got = server.knock().bearer(Some(&token)).send().await;
        let log = server.log()[before..].to_owned();
        assert_eq!(got.status, 401, "{said}: {log}");
        assert!(
            got.header("www-authenticate")
                .contains("error=\"invalid_token\"")
        );
        assert!(log.contains("an access token is refused"), "{said}: {log}");
        assert!(log.contains(said), "{said}: {log}");
        assert!(!log.contains(&token), "{said}: {log}");
        let text = got.text().await;
        assert!(!text.contains(said), "{text}");
    }
    for part in good.split('.') {
        assert!(!server.log().contains(part));
    }
    let mut pss = public.clone();
    pss["kid"] = json!("p");
    for token in [
        good.clone(),
        with("aud", json!(["https://other.example.com", RESOURCE])),
        with("exp", json!(now() as f64 + 60.5)),
        with("nbf", json!(now())),
        headed(json!({ "typ": "application/AT+JWT" })),
        rsa.sign(&header("RS256", "r"), &claims),
        rsa.sign(&header("PS256", "r"), &claims),
        edwards.sign(&header("EdDSA", "e"), &claims),
    ] {
        let got = server.knock().bearer(Some(&token)).send().await;
        assert_eq!(got.status, 200, "{}", server.log());
    }
}

/// On every transport the token is judged before anything is opened.
#[tokio::test]
async fn no_transport_opens_to_a_token_that_is_not_good() {
    let scene = Scene::new().await;
    for transport in TRANSPORTS {
        let server = scene.server(&engine(), transport, &[]).await;
        let expired = scene.token_with("docker:read", json!({ "exp": now() - 60 }));
        for (token, status) in [(expired, 401), (scene.token("docker:read"), 200)] {
            let got = server.knock().bearer(Some(&token)).send().await;
            assert_eq!(got.outcome(), status, "{transport}");
        }
        let got = server.knock().bearer(Some(&scene.token("openid"))).send();
        let got = got.await;
        assert_eq!(got.status, 403, "{transport}: a token that opens nothing");
        let challenge = got.header("www-authenticate");
        assert!(challenge.contains("error=\"insufficient_scope\", scope=\"docker:read\""));
    }
}

#[tokio::test]
async fn new_keys_are_found_and_made_up_names_ask_for_them_once() {
    let scene = Scene::new().await;
    let server = scene.server(&engine(), "http", &[]).await;
    let knock = async |token: &str| {
        let got = server.knock().bearer(Some(token)).send().await;
        got.status.as_u16()
    };
    let old = scene.token("docker:read");
    assert_eq!(knock(&old).await, 200);
    assert_eq!(knock(&old).await, 200);
    assert_eq!(scene.issuer.asked("/jwks"), 1);
    for (at, kid) in ["b", "c"].into_iter().enumerate() {
        let key = Key::edwards();
        scene.issuer.has(&[("a", &scene.key), (kid, &key)]);
        let claims = scene.issuer.claims("docker:read");
        let new = key.sign(&header("EdDSA", kid), &claims);
        assert_eq!(knock(&new).await, 200, "{kid}");
        assert_eq!(knock(&old).await, 200, "{kid}");
        assert_eq!(scene.issuer.asked("/jwks"), 2 + at);
    }
    for kid in ["x", "y", "z"] {
        let claims = scene.issuer.claims("docker:read");
        let none = scene.key.sign(&header("ES256", kid), &claims);
        assert_eq!(knock(&none).await, 401, "{kid}");
    }
    assert_eq!(scene.issuer.asked("/jwks"), 4);
    assert_eq!(scene.issuer.asked("/.well-known/openid-configuration"), 1);
}

/// A client that is told that its token is not good signs in again, and again.
#[tokio::test]
async fn a_token_that_nobody_can_judge_yet_is_not_called_bad() {
    let scene = Scene::new().await;
    scene.issuer.is_down(true);
    let server = scene.server(&engine(), "http", &[]).await;
    let token = scene.token("docker:read");
    let knock = async || {
        let got = server.knock().bearer(Some(&token)).send().await;
        (
            got.status.as_u16(),
            got.header("www-authenticate").to_owned(),
        )
    };
    assert_eq!(knock().await, (503, String::new()));
    assert!(server.log().contains("answers 500"), "{}", server.log());
    scene.issuer.is_down(false);
    scene
        .issuer
        .also_says("issuer", json!(format!("{}/", scene.issuer.url())));
    let since = std::time::Instant::now();
    while !server.log().contains("calls itself") {
        assert_eq!(knock().await.0, 503);
        assert!(since.elapsed() < PATIENCE, "{}", server.log());
    }
    scene.issuer.also_says("issuer", json!(scene.issuer.url()));
    while knock().await.0 != 200 {
        assert!(since.elapsed() < PATIENCE, "{}", server.log());
    }
    scene.issuer.is_down(true);
    assert_eq!(knock().await.0, 200, "what is known stays good");
}

/// Else whoever has no token at all fills the disk.
#[tokio::test]
async fn the_log_says_no_more_refusals_than_somebody_reads() {
    let scene = Scene::new().await;
    let server = scene.server(&engine(), "http", &[]).await;
    for at in 0..130 {
        let made_up = format!("made-up-{at}");
        let got = server.knock().bearer(Some(&made_up)).send().await;
        assert_eq!(got.status, 401);
    }
    let said = server.log().matches("an access token is refused").count();
    // A slow machine may be in the next minute by now.
    assert!((100..130).contains(&said), "{said} lines");
}
