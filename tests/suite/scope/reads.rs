//! Binds reading to the scope: by no tool, resource, prompt or completion is anything seen of what is not in it.

use mcp_docker::catalog::{PROMPTS, RESOURCES};

use super::*;
use crate::resources::{LEGACY, ask, open};
use crate::support::client::EVERYTHING;
use crate::support::fake_engine::{Reply, frame};

/// What is planted in what an Engine tells of objects.
const PLANTED: &str = "planted";

/// The members of documents in which it is planted, as an ending.
const MEMBERS: [&str; 13] = [
    "Name",
    "Names",
    "RepoTags",
    "RepoDigests",
    "Image",
    "Hostname",
    "Driver",
    "CreatedBy",
    "Mountpoint",
    "Path",
    "Message",
    "Processes",
    "name",
];

/// What is no project's: an Engine and its machines, registries, and what a call has made.
fn is_nobodys(parts: &[&str]) -> bool {
    matches!(
        parts,
        ["_ping" | "version" | "info" | "auth"]
            | ["nodes" | "exec" | "distribution", ..]
            | ["images", "search"]
    )
}

fn is_list(parts: &[&str]) -> bool {
    matches!(
        parts,
        ["containers" | "images", "json"]
            | ["networks" | "volumes" | "services" | "tasks" | "secrets" | "configs" | "events"]
    )
}

fn parts(seen: &Seen) -> Vec<&str> {
    let path = seen.target.split('?').next().unwrap();
    path.split('/').skip(1).collect()
}

/// Whether a list asks for what has a label of the scope.
fn asks_own(form: &Form, seen: &Seen) -> bool {
    let query = seen.target.split_once('?').map_or("", |(_, query)| query);
    let mut query = form_urlencoded::parse(query.as_bytes());
    let filters = query.find(|(key, _)| key == "filters");
    let labels = form
        .own
        .iter()
        .map(|(key, value)| format!("{key}={}", value.as_deref().unwrap()));
    let filters = filters.map_or(String::new(), |(_, filters)| filters.into_owned());
    labels.into_iter().any(|label| filters.contains(&label))
}

fn plant(value: &mut Value, is_in: bool) {
    match value {
        Value::String(text) if is_in => text.push_str(&format!("-{PLANTED}")),
        Value::Array(items) => items.iter_mut().for_each(|item| plant(item, is_in)),
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                plant(member, is_in || MEMBERS.contains(&&**key));
            }
        }
        _ => {}
    }
}

/// What a disk holds, by the labels of the first of each kind alone.
fn held(labels: &Value) -> Value {
    let names = ["one", "two"].map(|name| format!("{name}-{PLANTED}"));
    json!({
        "LayersSize": 7,
        "Images": [{ "Id": "sha256:1", "RepoTags": [format!("{}:1", names[0])], "Labels": labels, "Size": 3, "Containers": 0 }],
        "Containers": [{ "Id": "1", "Names": [format!("/{}", names[0])], "Labels": labels, "State": "exited", "SizeRw": 2 }],
        "Volumes": [{ "Name": names[1], "Driver": "local", "Labels": labels, "UsageData": { "Size": 1, "RefCount": 0 } }],
        "BuildCache": [{ "ID": "b", "Type": "regular", "Description": PLANTED, "Size": 4 }],
    })
}

/// The same reply as an Engine gives it that has objects with these labels alone; they say what is planted.
fn told(form: &Form, labels: &Labels, seen: &Seen, reply: Reply) -> Reply {
    let parts = parts(seen);
    let is_own = labels == &form.own;
    if seen.method != "GET" || is_nobodys(&parts) {
        return reply;
    }
    match parts.as_slice() {
        ["containers", _, "logs"] => {
            return Reply::chunks([frame(1, &format!("{PLANTED}\n"))]);
        }
        ["system", "df"] => {
            let labels = labels
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), json!(value.clone()?))));
            return held(&Value::Object(labels.collect())).into();
        }
        ["events"] if asks_own(form, seen) && !is_own => return Reply::chunks::<Vec<u8>>([]),
        ["volumes"] if asks_own(form, seen) && !is_own => return json!({ "Volumes": [] }).into(),
        list if is_list(list) && asks_own(form, seen) && !is_own => return json!([]).into(),
        _ => {}
    }
    match reply.document() {
        Some(mut document) => {
            plant(&mut document, false);
            document.into()
        }
        None => reply,
    }
}

/// An Engine whose objects all have these labels.
fn world(form: usize, labels: Labels, engine: FakeEngine) -> FakeEngine {
    let all = labels.clone();
    engine
        .labelled(labels)
        .rewriting(move |seen, reply| told(&forms()[form], &all, seen, reply))
}

/// What of an object is sent that is no inspect, by which it is judged.
fn entered(engine: &FakeEngine) -> Vec<String> {
    let seen = engine.seen();
    let is_more = |seen: &&Seen| {
        let parts = parts(seen);
        let is_inspect = matches!(
            parts.as_slice(),
            [_, _] | ["containers", _, "json"] | ["images", .., "json"]
        );
        !is_nobodys(&parts) && !is_list(&parts) && !is_inspect
    };
    let more = seen.iter().filter(is_more).map(Seen::line);
    more.filter(|line| !line.contains("/system/df")).collect()
}

/// What a tool tells of an Engine whose objects have these labels, or why it is refused.
async fn outcome_of(
    tool: &Tool,
    at: usize,
    form: usize,
    labels: &Labels,
    reads: &str,
) -> (bool, String, Vec<String>) {
    let (example, scope) = (&tool.examples[at], &forms()[form]);
    let engine = match said(example) {
        Some(reply) => engine().on(&last(example), reply),
        None => engine(),
    };
    let engine = world(form, labels.clone(), engine);
    let (context, compose) = (context(), FakeCompose::new());
    let programs = compose.programs();
    let settings = [
        ("DOCKER_CONFIG", compose.settings()),
        ("PATH", &programs),
        ("SAFETY_SCOPE_READS", reads),
    ];
    let (client, _state) = server(scope, &engine, &settings).await;
    let args = example
        .args
        .replace(CONTEXT, context.path().to_str().unwrap());
    let result = client
        .call(tool.name, serde_json::from_str(&args).unwrap())
        .await;
    client.stop().await;
    let text = serde_json::to_string(&result).unwrap();
    (result.is_error == Some(true), text, entered(&engine))
}

async fn no_tool_sees(form: usize) {
    let scope = &forms()[form];
    let (mut faults, mut seen, mut tried) = (Vec::new(), 0, 0);
    for tool in TOOLS.iter().filter(|tool| tool.tier == Tier::Safe) {
        for at in 0..tool.examples.len() {
            let what = format!("{} {at}", tool.name);
            tried += 1;
            let (failed, text, _) = outcome_of(tool, at, form, &scope.own, "true").await;
            if failed && text.contains("SAFETY_SCOPE") {
                faults.push(format!("{what}: its own is refused: {text}"));
            }
            seen += usize::from(text.contains(PLANTED));
            // What has no label is told from another's by no form of the scope.
            let strangers = [&scope.others, &scope.nobodys];
            let strangers = strangers.into_iter().take(if form == 0 { 2 } else { 1 });
            for labels in strangers {
                let (_, text, entered) = outcome_of(tool, at, form, labels, "true").await;
                if text.contains(PLANTED) {
                    faults.push(format!("{what}: it is seen: {text}"));
                }
                if !entered.is_empty() {
                    faults.push(format!("{what}: it is entered: {entered:?}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        tried > 40 && seen > 20,
        "{seen} of {tried} tell what is planted"
    );
}

#[tokio::test]
async fn no_tool_sees_what_another_project_has() {
    no_tool_sees(0).await;
}

#[tokio::test]
async fn no_tool_sees_what_has_another_label() {
    no_tool_sees(1).await;
}

#[tokio::test]
async fn no_tool_sees_what_another_made() {
    no_tool_sees(2).await;
}

/// What everything but tools tells of an Engine whose objects have these labels.
async fn told_beside_tools(labels: &Labels, settings: &str) -> (Vec<(String, Value)>, Vec<String>) {
    let engine = world(0, labels.clone(), engine());
    let address = engine.address();
    let env = [
        EVERYTHING,
        ("DOCKER_BASE_URL", address.as_str()),
        ("DOCKER_CONFIG", settings),
        ("SAFETY_SCOPE", "project:shop"),
        ("SAFETY_SCOPE_READS", "true"),
    ];
    let mut client = open(LEGACY, &env).await;
    let filled = |name: &str| match name {
        name if name.contains("project") || name.contains("stack") => "shop",
        name if name.contains("service_id") => "shop_web",
        _ => "web",
    };
    let mut asked = vec![("resources/list".to_owned(), json!({}))];
    for resource in RESOURCES {
        let mut uri = resource.template.to_owned();
        for variable in resource.variables {
            let name = variable.name;
            uri = uri.replace(&format!("{{{name}}}"), filled(name));
            let of = json!({ "type": "ref/resource", "uri": resource.template });
            let argument = json!({ "name": name, "value": "" });
            asked.push((
                "completion/complete".to_owned(),
                json!({ "ref": of, "argument": argument }),
            ));
        }
        asked.push(("resources/read".to_owned(), json!({ "uri": uri })));
        asked.push(("resources/subscribe".to_owned(), json!({ "uri": uri })));
    }
    for prompt in PROMPTS {
        let mut arguments = json!({});
        for argument in prompt.arguments {
            let name = argument.name;
            arguments[name] = filled(name).into();
            let of = json!({ "type": "ref/prompt", "name": prompt.name });
            let argument = json!({ "name": name, "value": "" });
            asked.push((
                "completion/complete".to_owned(),
                json!({ "ref": of, "argument": argument }),
            ));
        }
        let params = json!({ "name": prompt.name, "arguments": arguments });
        asked.push(("prompts/get".to_owned(), params));
    }
    let mut told = Vec::new();
    for (id, (method, params)) in (10..).zip(asked) {
        let answer = ask(&mut client, LEGACY, id, &method, params.clone()).await;
        told.push((format!("{method} {params}"), answer));
    }
    (told, entered(&engine))
}

#[tokio::test]
async fn nothing_beside_tools_sees_what_another_project_has() {
    let (form, compose) = (shop(), FakeCompose::new());
    let (told, _) = told_beside_tools(&form.own, compose.settings()).await;
    let mut seen = 0;
    for (what, answer) in &told {
        let text = answer.to_string();
        assert!(!text.contains("SAFETY_SCOPE"), "{what}: {text}");
        seen += usize::from(text.contains(PLANTED));
    }
    assert!(
        seen > 10,
        "{seen} of {} tell what is planted: {told:#?}",
        told.len()
    );
    for labels in [&form.others, &form.nobodys] {
        let (told, entered) = told_beside_tools(labels, compose.settings()).await;
        for (what, answer) in &told {
            let text = answer.to_string();
            assert!(!text.contains(PLANTED), "{what}: {text}");
        }
        assert!(entered.is_empty(), "{entered:?}");
    }
}

/// A container of another's may be on a network of one's own.
#[tokio::test]
async fn of_a_network_the_containers_of_the_scope_are_seen() {
    let of = |id: &str, project: &str| json!({ "Id": id, "Names": [format!("/{project}-web")], "Labels": { PROJECT: project } });
    let network = json!({
        "Id": "n1", "Name": "shop_default", "Labels": { PROJECT: "shop" },
        "Containers": { "1": { "Name": "shop-web" }, "2": { "Name": "blog-web" } },
    });
    for (reads, expected) in [("true", &["1"][..]), ("false", &["1", "2"])] {
        let engine = engine()
            .on(
                "GET /containers/json",
                json!([of("1", "shop"), of("2", "blog")]),
            )
            .on("GET /networks/shop_default", network.clone());
        let (client, _state) = server(&shop(), &engine, &[("SAFETY_SCOPE_READS", reads)]).await;
        let result = client
            .call(
                "docker_inspect_network",
                json!({ "network_id": "shop_default" }),
            )
            .await;
        let text = serde_json::to_string(&result).unwrap();
        assert!(text.contains("shop-web"), "{text}");
        assert_eq!(text.contains("blog-web"), expected.len() == 2, "{text}");
        client.stop().await;
    }
}

/// An Engine filters a list by one label; whoever has another's, too, is not in the scope.
#[tokio::test]
async fn what_has_two_owners_is_not_listed() {
    let both = |stack: &str| -> Labels {
        let label = |key: &str, value: &str| (key.to_owned(), Some(value.to_owned()));
        vec![label(PROJECT, "shop"), label(STACK, stack)]
    };
    for (stack, is_shown) in [("shop", true), ("blog", false)] {
        let engine = engine().labelled(both(stack));
        let more = [("SAFETY_SCOPE_READS", "true"), EVERYTHING];
        let (client, _state) = server(&shop(), &engine, &more).await;
        for tool in [
            "docker_list_containers",
            "docker_list_images",
            "docker_list_networks",
            "docker_list_volumes",
            "docker_list_services",
        ] {
            let result = client.call(tool, json!({})).await;
            let count = &result.structured_content.as_ref().unwrap()["count"];
            assert_eq!(count.as_i64() > Some(0), is_shown, "{tool}: {result:?}");
        }
        client.stop().await;
    }
}
