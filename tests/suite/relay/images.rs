//! A scanner reads the image that its call is about, by whatever name, and no other.

use mcp_docker::catalog::TOOLS;

use super::*;

const OWN: &str = "sha256:1";

/// An Engine with an image of two names, and another.
fn two_images() -> FakeEngine {
    let image = |id: &str| json!({ "Id": id, "RepoTags": [], "Config": {} });
    FakeEngine::start()
        .on("GET /images/*/json", Reply::error(404, "No such image"))
        .on("GET /images/web:1/json", image(OWN))
        .on("GET /images/localhost:5000/shop/web:1/json", image(OWN))
        .on("GET /images/other:1/json", image("sha256:2"))
        .on("GET /images/*/history", json!([{ "Id": OWN }]))
        .on("GET /images/get", Reply::chunks(["an archive"]))
        .on("GET /info", json!({ "ID": "engine" }))
        .on("* /_ping", Reply::chunks(["OK"]))
}

/// A relay as the tool makes it for a scanner.
fn place(tool: &str) -> Place {
    let tool = TOOLS.iter().find(|it| it.name == tool).unwrap();
    let rights = Rights::of(tool.name, tool.tier);
    let docker = two_images();
    let engine = Engine::new(&docker.config()).serving(rights);
    let bounds = Bounds {
        whose: Whose::Image(OWN.to_owned()),
        endpoints: tool.command.unwrap().engine,
    };
    Place::within(docker, &engine, bounds)
}

#[tokio::test]
async fn a_scanner_reads_its_image_by_any_of_its_names() {
    for tool in ["docker_image_vulnerabilities", "docker_image_sbom"] {
        let place = place(tool);
        for line in [
            "HEAD /_ping",
            "GET /v1.41/version",
            "GET /v1.41/info",
            "GET /v1.41/images/web:1/json",
            "GET /v1.41/images/localhost:5000/shop/web:1/json",
            "GET /v1.41/images/web:1/history",
            "GET /v1.41/images/get?names=web%3A1",
            "GET /v1.41/images/get?names=localhost%3A5000%2Fshop%2Fweb%3A1",
        ] {
            assert_eq!(place.ask(line, "").await.0, 200, "{tool}: {line}");
        }
        // The Engine's own answer, after which a scanner tries another name.
        let unknown = place
            .ask("GET /v1.41/images/docker.io/web:1/json", "")
            .await;
        assert_eq!(unknown.0, 404, "{unknown:?}");
        let account = place.serving.account();
        assert!(account.refusals.is_empty(), "{account:?}");
    }
}

#[tokio::test]
async fn a_scanner_reads_no_other_image() {
    let place = place("docker_image_vulnerabilities");
    for (line, why) in [
        ("GET /v1.41/images/other:1/json", "is about another image"),
        (
            "GET /v1.41/images/other:1/history",
            "is about another image",
        ),
        (
            "GET /v1.41/images/get?names=other%3A1",
            "is about another image",
        ),
        ("GET /v1.41/images/get", "does not say which image"),
        ("GET /v1.41/images/get?names=", "does not say which image"),
        (
            "GET /v1.41/images/get?name=web%3A1",
            "does not say which image",
        ),
    ] {
        let answer = place.ask(line, "").await;
        place.assert_refused(line, &answer, why);
    }
    for names in ["web:1&names=other:1", "..%2F..%2Finfo", "web:1%3Fx"] {
        let line = format!("GET /v1.41/images/get?names={names}");
        let (status, body) = place.ask(&line, "").await;
        assert!(status >= 400, "{line}: {status} {body}");
    }
    let asked = place.docker.requests();
    let is_look = |line: &String| line.ends_with("/json");
    assert!(asked.iter().all(is_look), "{asked:?}");
}

#[tokio::test]
async fn a_scanner_asks_for_nothing_but_its_image() {
    let place = place("docker_image_sbom");
    for line in [
        "GET /v1.41/images/json",
        "GET /v1.41/images/web:1/get",
        "GET /v1.41/containers/json",
        "GET /v1.41/containers/web/json",
        "GET /v1.41/containers/web/archive?path=/",
        "GET /v1.41/containers/web/export",
        "GET /v1.41/volumes",
        "GET /v1.41/secrets",
        "GET /v1.41/events",
        "GET /v1.41/distribution/web/json",
        "POST /v1.41/images/create?fromImage=other",
        "POST /v1.41/containers/create",
        "POST /v1.41/images/load",
        "DELETE /v1.41/images/web:1",
    ] {
        let answer = place.ask(line, "").await;
        place.assert_refused(line, &answer, "is not among the requests of this tool");
    }
    assert!(place.docker.requests().is_empty());
}

/// Whatever the tool lists, because nothing is its own.
#[tokio::test]
async fn of_an_image_nothing_is_changed() {
    let docker = engine("shop");
    let rights = Rights::of("docker_image_test", Tier::Destructive);
    let engine = Engine::new(&docker.config()).serving(rights);
    let bounds = Bounds {
        whose: Whose::Image(OWN.to_owned()),
        endpoints: EVERYTHING,
    };
    let place = Place::within(docker, &engine, bounds);
    for line in [
        "POST /v1.41/containers/web/start",
        "DELETE /v1.41/containers/web",
        "DELETE /v1.41/networks/front",
        "DELETE /v1.41/images/web:1",
        "POST /v1.41/images/create?fromImage=web",
        "POST /v1.41/services/create",
    ] {
        let (status, body) = place.ask(line, "").await;
        assert!(matches!(status, 400 | 403), "{line}: {status} {body}");
    }
    assert!(place.changes().is_empty(), "{:?}", place.changes());
}
