//! What ends a task, and what does not.

use super::*;

#[tokio::test]
async fn a_task_that_is_cancelled_ends_its_call() {
    let scene = Scene::new();
    for (at, mut client) in clients(&scene).await.into_iter().enumerate() {
        let created = client.pull("slow:1").await;
        let id = &created["taskId"];
        scene.engine.asked("POST /images/create*").await;
        for _ in 0..2 {
            let answer = client.ask("tasks/cancel", json!({ "taskId": id })).await;
            assert_eq!(answer["result"]["resultType"], "complete", "{answer}");
            assert_eq!(answer["result"].get("taskId"), None, "{answer}");
            let over = client.task_when(id, "cancelled").await;
            assert_eq!(over.get("result"), None, "{over}");
        }
        scene.engine.all_closed().await;
        let records = scene.records(at + 1).await;
        assert_eq!(records[at]["result"], "cancelled", "{records:?}");
        assert_eq!(records[at]["decision"], "allowed", "{records:?}");
    }
}

/// To find its result later is what a task is for, so that a client may hang up meanwhile.
#[tokio::test]
async fn a_client_that_hangs_up_finds_its_task_again() {
    let scene = Scene::new();
    let mut client = scene.http().await;
    let created = client.pull("slow:1").await;
    // Each request is a connection of its own, which was closed when its answer had come.
    scene.engine.asked("POST /images/create*").await;
    let task = client.task(&created["taskId"]).await;
    assert_eq!(task["result"]["status"], "working", "{task}");
    assert_eq!(records(Path::new(&scene.log())), [Value::Null; 0]);
}

#[tokio::test]
async fn a_server_that_ends_ends_its_tasks_and_each_has_its_line() {
    let scene = Scene::new();
    let mut client = scene.stdio().await;
    client.pull("slow:1").await;
    scene.engine.asked("POST /images/create*").await;
    let Client::Stdio(mut client) = client else {
        unreachable!()
    };
    client.close_stdin();
    assert_eq!(client.ended().await.code, Some(0));
    let records = scene.records(1).await;
    assert_eq!(records[0]["result"], "cancelled", "{records:?}");

    let scene = Scene::new();
    let mut client = scene.http().await;
    client.pull("slow:1").await;
    scene.engine.asked("POST /images/create*").await;
    let Client::Http(mut server, _) = client else {
        unreachable!()
    };
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    let records = scene.records(1).await;
    assert_eq!(records[0]["result"], "cancelled", "{records:?}");
    assert_eq!(records[0]["error"], Value::Null, "{records:?}");
}
