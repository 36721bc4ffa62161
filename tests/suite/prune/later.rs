//! Looks at what a prune does when the world goes on while it waits and works.

use mcp_docker::call::gate::Access;
use mcp_docker::config::SafetyConfig;
use mcp_docker::generated::table;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::*;

/// Plans a call, lets the world change, then acts on the plan; what comes of it.
async fn act_later(
    engine: &FakeEngine,
    tool: &'static str,
    args: Value,
    meanwhile: impl FnOnce(),
    progress: Progress,
) -> Result<Value, String> {
    let runtime = Runtime::new(
        Config {
            docker: engine.config(),
            safety: SafetyConfig {
                allow_destructive: true,
                ..SafetyConfig::default()
            },
            ..Config::default()
        },
        table::parse,
    );
    let tool = catalog::find(tool).unwrap();
    let mut args = Arguments::new(tool, args.as_object().unwrap().clone()).unwrap();
    let operation = table::parse(tool, &mut args).unwrap();
    let redactor = Redactor::new(true);
    let mut call = runtime.begin(tool, operation.as_ref(), Access::Full, progress, redactor);
    call.look = operation.look(&call).await.unwrap();
    meanwhile();
    call.agreed();
    operation
        .run(&call)
        .await
        .map_err(|error| error.to_string())
}

/// The race that a plan has to win: the world goes on while a person reads.
#[tokio::test]
async fn what_became_unused_after_the_plan_stays() {
    let late = Arc::new(AtomicBool::new(false));
    let stopped = |id: &str| json!({ "Id": id, "Names": [format!("/{id}")], "State": "exited", "Created": 1 });
    let grown = |list: Value, more: Value| {
        let late = Arc::clone(&late);
        move |_: &_| {
            let mut list = list.clone();
            if late.load(Ordering::Relaxed) {
                list.as_array_mut().unwrap().push(more.clone());
            }
            list.into()
        }
    };
    let volumes = |list: Value| json!({ "Volumes": list });
    let network = |id: &str| json!({ "Id": id, "Name": id });
    let of_engine = || {
        let late = Arc::clone(&late);
        let (first, second) = (
            volume(&made_up("0a"), json!(null)),
            volume(&made_up("0b"), json!(null)),
        );
        empty("1.41")
            .answer(
                "GET /containers/json",
                grown(json!([stopped("c1")]), stopped("c2")),
            )
            .answer(
                "GET /networks",
                grown(json!([network("n1")]), network("n2")),
            )
            .on("GET /networks/*", network("n1"))
            .answer(
                "GET /images/json",
                grown(
                    json!([image("aa", json!(null), json!(null))]),
                    image("bb", json!(null), json!(null)),
                ),
            )
            .on("GET /images/*/json", image("aa", json!(null), json!(null)))
            .answer("GET /volumes", move |_| {
                let known = if late.load(Ordering::Relaxed) {
                    json!([first, second])
                } else {
                    json!([first])
                };
                volumes(known).into()
            })
    };
    for (tool, args) in [
        (SYSTEM, json!({"volumes": true})),
        (VOLUMES, json!({"all": true})),
        (VOLUMES, json!({"force_all": true})),
        (IMAGES, json!({"all": true})),
        (IMAGES, json!({"force_all": true})),
    ] {
        late.store(false, Ordering::Relaxed);
        let engine = of_engine();
        let meanwhile = || late.store(true, Ordering::Relaxed);
        act_later(&engine, tool, args, meanwhile, Progress::none())
            .await
            .unwrap();
        let done = changes(&engine);
        assert!(!done.is_empty(), "{tool}");
        for stranger in ["c2", "n2", &made_up("0b"), &image_id("bb"), "/prune"] {
            assert!(
                !done.iter().any(|request| request.contains(stranger)),
                "{tool}: {done:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_image_whose_tags_changed_or_that_is_used_by_now_is_left_alone() {
    let changed = image("bb", json!(["shop:2"]), json!(null));
    let path = format!("GET /images/{}/json", image_id("bb"));
    for args in [json!({"all": true}), json!({"force_all": true})] {
        let engine = images().on(&path, changed.clone());
        let result = call(&engine, IMAGES, args).await.unwrap();
        assert!(
            !changes(&engine)
                .iter()
                .any(|it| it.contains("shop") || it.contains(&image_id("bb")))
        );
        assert_eq!(result["failed"][0]["id"], image_id("bb"));
        assert!(
            result["failed"][0]["error"]
                .as_str()
                .unwrap()
                .contains("tags have changed"),
            "{result}"
        );
    }

    let engine = images().on(
        "GET /containers/json?*ancestor*",
        json!([{ "Id": "child", "ImageID": "sha256:other" }, { "Id": "new", "ImageID": image_id("bb") }]),
    );
    let result = call(&engine, IMAGES, json!({"all": true})).await.unwrap();
    assert!(!changes(&engine).iter().any(|it| it.contains("shop")));
    assert!(
        result["failed"][0]["error"]
            .as_str()
            .unwrap()
            .contains("container new"),
        "{result}"
    );
}

#[tokio::test]
async fn what_is_gone_already_is_passed_over() {
    let engine = volumes("1.41").on(
        "DELETE /volumes/named",
        Reply::error(404, "get named: no such volume"),
    );
    let result = call(&engine, VOLUMES, json!({"all": true})).await.unwrap();
    assert_eq!(result["deleted"].as_array().unwrap().len(), 3, "{result}");
    assert_eq!(result["failed"], json!([]));

    let engine = images().on(
        &format!("GET /images/{}/json", image_id("aa")),
        Reply::error(404, "No such image"),
    );
    let result = call(&engine, IMAGES, json!({})).await.unwrap();
    assert_eq!(result["failed"], json!([]));
    assert_eq!(changes(&engine).len(), 2);
}

/// Waiting out the deadline of each of hundreds of removals would take hours.
#[tokio::test]
async fn an_engine_that_goes_away_is_not_asked_again() {
    let engine = volumes("1.41").on(&format!("DELETE /volumes/{}", made_up("1f")), Reply::die());
    let result = call(&engine, VOLUMES, json!({"all": true})).await.unwrap();
    assert_eq!(result["deleted"], json!([made_up("0f")]));
    let failed = result["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 3, "{result}");
    assert!(
        failed[2]["error"].as_str().unwrap().contains("not tried"),
        "{result}"
    );
    assert_eq!(changes(&engine).len(), 2);

    let engine = volumes("1.41").on("DELETE /volumes/*", Reply::die());
    let refusal = call(&engine, VOLUMES, json!({"all": true}))
        .await
        .unwrap_err();
    assert!(refusal.contains("may"), "{refusal}");
}

#[tokio::test]
async fn a_long_prune_says_how_far_it_is() {
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let engine = volumes("1.41");
    let progress = {
        let heard = Arc::clone(&heard);
        Progress::to(move |report| {
            heard.lock().unwrap().push((report.message, report.total));
            Box::pin(std::future::ready(()))
        })
    };
    let runtime = Runtime::new(
        Config {
            docker: engine.config(),
            safety: mcp_docker::config::SafetyConfig {
                allow_destructive: true,
                require_confirmation: false,
                ..Default::default()
            },
            ..Config::default()
        },
        table::parse,
    );
    let tool = catalog::find(VOLUMES).unwrap();
    let args = json!({"all": true}).as_object().unwrap().clone();
    let caller = Caller {
        principal: Principal::operator(),
        via: Via::CommandLine,
        progress,
        person: Person::Nobody(""),
    };
    runtime.call(tool, args, caller).await.unwrap();
    let heard = heard.lock().unwrap();
    assert_eq!(heard.last().unwrap(), &("4 of 4".to_owned(), Some(4.0)));
}
