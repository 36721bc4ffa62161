//! Tests what the settings of sign-in take, and that half of them stops the start.

use mcp_docker::catalog::Tier;

use super::*;

const ISSUER: (&str, &str) = ("MCP_DOCKER_OAUTH_ISSUER", "https://id.example.com/realms/x");
const AUDIENCE: (&str, &str) = (
    "MCP_DOCKER_OAUTH_AUDIENCE",
    "https://docker.example.com/mcp",
);
const CLIENT: (&str, &str) = ("MCP_DOCKER_OAUTH_CLIENT_ID", "mcp-docker");
const SECRET: (&str, &str) = ("MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE", "/secret");

fn read(entries: &[(&str, &str)]) -> Config {
    Config::from_sources(&environment(entries)).unwrap()
}

/// A token of any other server of the issuer would open this one.
#[test]
fn an_issuer_without_an_audience_stops_the_start() {
    for (entries, said) in [
        (
            &[ISSUER][..],
            &["MCP_DOCKER_OAUTH_ISSUER", "MCP_DOCKER_OAUTH_AUDIENCE"][..],
        ),
        (&[AUDIENCE], &["MCP_DOCKER_OAUTH_ISSUER"]),
        (
            &[("MCP_DOCKER_OAUTH_SCOPES", "a=safe")],
            &["MCP_DOCKER_OAUTH_ISSUER"],
        ),
        (&[CLIENT, SECRET], &["MCP_DOCKER_OAUTH_ISSUER"]),
        (
            &[("MCP_DOCKER_OAUTH_CA", "/ca")],
            &["MCP_DOCKER_OAUTH_ISSUER"],
        ),
        (&[ISSUER, AUDIENCE, CLIENT], &[SECRET.0]),
        (&[ISSUER, AUDIENCE, SECRET], &[CLIENT.0]),
        (
            &[ISSUER, ("MCP_DOCKER_OAUTH_AUDIENCE", "api://docker")],
            &["MCP_DOCKER_PUBLIC_URL"],
        ),
        (
            &[
                ISSUER,
                ("MCP_DOCKER_OAUTH_AUDIENCE", "https://docker.example.com"),
            ],
            &["MCP_DOCKER_PUBLIC_URL", "/mcp"],
        ),
    ] {
        let line = read(entries).check().unwrap_err().to_string();
        assert!(said.iter().all(|it| line.contains(it)), "{line}");
        assert!(!line.contains('\n'), "{line}");
    }
    for entries in [
        &[ISSUER, AUDIENCE][..],
        &[ISSUER, AUDIENCE, CLIENT, SECRET],
        &[
            ISSUER,
            ("MCP_DOCKER_OAUTH_AUDIENCE", "api://docker"),
            ("MCP_DOCKER_PUBLIC_URL", "https://docker.example.com/mcp"),
        ],
    ] {
        assert!(read(entries).check().is_ok(), "{entries:?}");
    }
}

#[test]
fn http_is_for_this_machine_alone() {
    for good in [
        "https://id.example.com",
        "https://id.example.com/",
        "https://id.example.com:8443/realms/x",
        "http://localhost:9400",
        "http://127.0.0.1:9400/x",
        "http://[::1]:9400",
    ] {
        let config = from_environment(ISSUER.0, good);
        assert_eq!(config.sign_in.issuer.as_deref(), Some(good));
        from_environment("MCP_DOCKER_PUBLIC_URL", good);
    }
    for bad in [
        "http://id.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "https://id.example.com?x=1",
        "https://id.example.com/#x",
        "https://ID.example.com",
        "https://id.example.com:443/x",
        "https://id.example.com/a/../b",
        "ftp://id.example.com",
        "id.example.com",
        "https://",
    ] {
        let line = refusal(ISSUER.0, bad);
        assert!(line.contains("an `https://` address"), "{line}");
    }
    let line = refusal(ISSUER.0, "https://me:hunter2@id.example.com");
    assert!(!line.contains("hunter2"), "{line}");
}

#[test]
fn a_scope_opens_its_tier_and_those_below() {
    let text = "docker:admin=destructive, docker:read=safe,docker:write = moderate";
    let scopes = from_environment("MCP_DOCKER_OAUTH_SCOPES", text)
        .sign_in
        .scopes;
    let names: Vec<&str> = scopes.names().collect();
    assert_eq!(names, ["docker:read", "docker:write", "docker:admin"]);
    assert_eq!(scopes.highest(), Tier::Destructive);
    for (granted, tier) in [
        (&["docker:read"][..], Some(Tier::Safe)),
        (
            &["docker:read", "openid", "docker:write"],
            Some(Tier::Moderate),
        ),
        (&["docker:admin"], Some(Tier::Destructive)),
        (&["openid", "docker", "DOCKER:READ"], None),
        (&[], None),
    ] {
        assert_eq!(scopes.open(granted.iter().copied()), tier, "{granted:?}");
    }
    assert_eq!(scopes.opening(Tier::Moderate), Some("docker:write"));
    let none = read(&[]).sign_in.scopes;
    assert_eq!(none.open(["docker:admin"]), Some(Tier::Safe));
    assert_eq!(none.opening(Tier::Moderate), None);
    for bad in [
        "docker:read",
        "docker:read=all",
        "=safe",
        "a=safe,a=moderate",
        "a\"b=safe",
        "a b=safe",
        "a\\b=safe",
    ] {
        let line = refusal("MCP_DOCKER_OAUTH_SCOPES", bad);
        assert!(line.contains("safe, moderate or destructive"), "{line}");
    }
}
