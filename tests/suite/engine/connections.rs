//! Which requests share a connection.

use super::*;

#[tokio::test]
async fn reads_that_follow_each_other_share_a_connection() {
    let docker = FakeEngine::start().on("GET /containers/json", json!([]));
    let engine = docker.door();
    for _ in 0..20 {
        engine.json(list()).await.unwrap();
    }
    assert_eq!(docker.requests().len(), 20);
    assert!(docker.connections() < 10, "{}", docker.connections());
    docker.all_closed().await;
}

#[tokio::test]
async fn a_change_has_a_connection_of_its_own() {
    let docker = FakeEngine::start()
        .on("GET /containers/json", json!([]))
        .on("POST /containers/web/stop", Reply::empty(204));
    let engine = docker.door();
    engine.json(list()).await.unwrap();
    for made in 1..4 {
        let before = docker.connections();
        assert_eq!(engine.json(stop("web")).await.unwrap(), Value::Null);
        assert_eq!(docker.connections(), before + 1, "change {made}");
    }
}

#[tokio::test]
async fn a_read_is_sent_again_where_its_connection_was_closed_meanwhile() {
    let docker = FakeEngine::start();
    let times = AtomicUsize::new(0);
    let docker = docker.answer("GET /containers/json", move |_| {
        match times.fetch_add(1, Ordering::Relaxed) {
            1 => Reply::die(),
            _ => json!([]).into(),
        }
    });
    let engine = docker.door();
    engine.json(list()).await.unwrap();
    // Its connection waits now.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let before = docker.connections();
    engine.json(list()).await.unwrap();
    assert_eq!(docker.requests().len(), 3);
    assert_eq!(docker.connections(), before + 1);
}
