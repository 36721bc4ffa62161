//! A program pulls images by their names, with the credentials of this server and none of its own.

use super::*;

#[tokio::test]
async fn only_a_name_makes_an_image() {
    let place = Place::of(engine("shop"), Tier::Destructive);
    for query in [
        "",
        "?tag=1",
        "?fromImage=",
        "?fromSrc=-",
        "?fromSrc=http://a.example/b.tar&repo=app",
        "?fromImage=app&fromSrc=-",
        "?fromImage=app&repo=other",
        "?fromImage=app&changes=USER+root",
    ] {
        let line = format!("POST /v1.41/images/create{query}");
        let answer = place.ask(&line, "").await;
        place.assert_refused(&line, &answer, "something else than an image");
    }
}

#[tokio::test]
async fn a_pull_has_no_credentials_of_the_program() {
    let place = Place::of(engine("shop"), Tier::Moderate);
    let line = "POST /v1.41/images/create?fromImage=registry.example%2Fapp&tag=1";
    let headers = [
        ("x-registry-auth", "c2VjcmV0"),
        ("x-registry-config", "c2VjcmV0"),
    ];
    let (status, told) = place.ask_as(line, &headers, "").await;
    assert_eq!((status, &told["status"]), (200, &json!("Pulling")));
    let seen = place.docker.seen().pop().unwrap();
    assert_eq!(
        seen.line(),
        "POST /images/create?fromImage=registry.example%2Fapp&tag=1"
    );
    let sent = seen.headers.get("x-registry-auth");
    assert!(sent.is_none_or(|sent| sent != "c2VjcmV0"), "{sent:?}");
    assert!(seen.headers.get("x-registry-config").is_none());
}
