//! Reads what a person would be shown of each destructive tool, and what their answer is bound to.

mod binding;
mod text;

use mcp_docker::arguments::Arguments;
use mcp_docker::call::gate::{Access, Planned, planned};
use mcp_docker::call::progress::Progress;
use mcp_docker::call::{CallError, Look, Runtime};
use mcp_docker::catalog::{self, TOOLS, Tool};
use mcp_docker::config::Config;
use mcp_docker::generated::table;
use mcp_docker::redaction::Redactor;
use serde_json::{Value, json};

use crate::golden;
use crate::support::fake_engine::{FakeEngine, Reply, version};

const OLD: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

fn made_up(digits: &str) -> String {
    digits.repeat(64 / digits.len())
}

fn image(id: &str) -> String {
    format!("sha256:{}", made_up(id))
}

/// An Engine of this API version with two containers, of which one runs, and what they use.
pub(crate) fn engine(api: &str) -> FakeEngine {
    let summary = |name: &str, id: &str, image: Value, state: &str, volume: &str| {
        json!({
            "Id": id, "Names": [format!("/{name}")], "Image": "web:1", "ImageID": image, "State": state,
            "Created": 1_700_000_000,
            "Labels": { "com.docker.compose.project": "shop", "com.docker.compose.service": name },
            "Mounts": [{ "Type": "volume", "Name": volume, "Driver": "local" }],
        })
    };
    let containers = json!([
        summary("web", &made_up("11"), json!(image("aa")), "running", "data"),
        summary("old", OLD, json!(image("bb")), "exited", &made_up("0f")),
    ]);
    let picture = |id: &str, tags: Value, size: u64| {
        json!({
            "Id": image(id), "RepoTags": tags, "RepoDigests": null, "Created": 1_700_000_000, "Size": size,
            "Labels": { "com.docker.compose.project": "shop" }, "Containers": -1,
        })
    };
    let images = [
        picture("aa", json!(["web:1", "web:latest"]), 120_400_000),
        picture("bb", json!(["<none>:<none>"]), 9_960),
        picture("cc", json!(["tools:2"]), 2_300_000_000),
        picture("dd", json!(null), 17),
    ];
    let dangling = json!([images[1], images[3]]);
    let volume = |name: &str, options: Value| json!({ "Name": name, "Driver": "local", "CreatedAt": "2026-01-01T10:00:00Z", "Labels": null, "Options": options });
    let mut used = volume("data", json!(null));
    used["Labels"] = json!({ "com.docker.compose.project": "shop" });
    let (used, freed) = (used, volume(&made_up("0f"), json!(null)));
    let (nameless, nfs) = (
        volume(&made_up("1f"), json!(null)),
        volume("films", json!({ "type": "nfs" })),
    );
    let network = |name: &str| json!({ "Id": format!("{name}-id"), "Name": name, "Driver": "bridge", "Containers": {} });
    let mut lab = network("lab");
    lab["Labels"] =
        json!({ "com.docker.compose.project": "shop", "com.docker.stack.namespace": "shop" });
    lab["Containers"] = json!({ made_up("11"): { "Name": "web" }, "99": { "Name": "stray" } });
    FakeEngine::start()
        .with_swarm()
        .on("GET /version", version(api))
        .on("GET /containers/json", containers)
        .on("GET /images/json", json!(images))
        .on("GET /images/json?*dangling*", dangling)
        .on("GET /volumes", json!({ "Volumes": [used, freed, nameless, nfs] }))
        .on("GET /volumes?*dangling*", json!({ "Volumes": [nameless, nfs] }))
        .on("GET /volumes/*", used)
        .on("GET /networks", json!([network("bridge"), lab.clone(), network("left")]))
        .on("GET /networks/left-id", network("left"))
        .on("GET /networks/lab*", lab)
        .on(
            "GET /containers/*/json",
            json!({
                "Id": OLD, "Name": "/old", "Config": { "Image": "web:1" },
                "State": { "Status": "exited", "Running": false },
                "Mounts": [
                    { "Type": "volume", "Name": "data" }, { "Type": "bind", "Source": "/srv" },
                    { "Type": "volume", "Name": made_up("0f") },
                ],
            }),
        )
        .on("GET /containers/web/json", json!({
            "Id": made_up("11"), "Name": "/web", "Config": { "Image": "web:1" },
            "State": { "Status": "running", "Running": true }, "Mounts": [],
        }))
        .on("GET /images/*/json", json!({
            "Id": image("aa"), "RepoTags": ["web:1", "web:latest"], "RepoDigests": [], "Size": 120_400_000,
        }))
        .on("GET /images/tools*", json!({
            "Id": image("cc"), "RepoTags": ["tools:2"], "RepoDigests": [format!("tools@{}", image("cd"))], "Size": 2_300_000_000_u64,
        }))
        .on("GET /system/df", usage())
        .with_swarm()
}

fn usage() -> Value {
    json!({
        "LayersSize": 2_420_000_000_u64,
        "Images": [
            { "Id": image("aa"), "Containers": 1, "Size": 120_400_000, "SharedSize": 5_000 },
            { "Id": image("bb"), "Containers": 1, "Size": 9_960, "SharedSize": 5_000 },
            { "Id": image("cc"), "Containers": 0, "Size": 2_300_000_000_u64, "SharedSize": 0 },
            { "Id": image("dd"), "Containers": 0, "Size": 17, "SharedSize": 0 },
        ],
        "Containers": [{ "Id": OLD, "SizeRw": 1_200 }],
        "Volumes": [
            { "Name": made_up("0f"), "UsageData": { "Size": 4_096, "RefCount": 1 } },
            { "Name": made_up("1f"), "UsageData": { "Size": 1_000_000, "RefCount": 0 } },
        ],
        "BuildCache": [
            { "ID": "cache1", "Type": "regular", "InUse": false, "Shared": false, "Size": 55_000, "Description": "mount / from exec make", "LastUsedAt": "2026-01-01T10:00:00Z" },
            { "ID": "cache2", "Type": "regular", "InUse": true, "Shared": false, "Size": 1 },
            { "ID": "cache3", "Type": "regular", "InUse": false, "Shared": true, "Size": 0 },
            { "ID": "cache4", "Type": "internal", "InUse": false, "Shared": false, "Size": 1 },
        ],
    })
}

/// Calls that show each plan: at its most telling, or else as the tool's own examples do.
pub(crate) fn calls() -> Vec<(&'static str, Value)> {
    let mut calls = telling();
    let others = TOOLS.iter().filter(|tool| {
        let is_told = telling().iter().any(|(name, _)| *name == tool.name);
        tool.plan.is_some() && !is_told && !crate::wire::runs_a_program(tool)
    });
    for tool in others {
        let args = tool.examples.iter().map(|example| example.args);
        calls.extend(args.map(|args| (tool.name, serde_json::from_str(args).unwrap())));
    }
    calls
}

fn telling() -> Vec<(&'static str, Value)> {
    vec![
        (
            "docker_remove_container",
            json!({"container_id": "old", "volumes": true}),
        ),
        (
            "docker_remove_container",
            json!({"container_id": "web", "volumes": true, "force": true}),
        ),
        ("docker_remove_container", json!({"container_id": "web"})),
        ("docker_remove_image", json!({"image": "web"})),
        (
            "docker_remove_image",
            json!({"image": "aaaaaaaaaaaa", "force": true}),
        ),
        ("docker_remove_image", json!({"image": "tools:2"})),
        ("docker_remove_network", json!({"network_id": "lab"})),
        ("docker_remove_volume", json!({"volume_name": "data"})),
        ("docker_prune_images", json!({})),
        ("docker_prune_images", json!({"all": true})),
        ("docker_prune_images", json!({"force_all": true})),
        (
            "docker_prune_images",
            json!({"filters": {"until": "1h", "label": "none"}}),
        ),
        ("docker_prune_volumes", json!({})),
        ("docker_prune_volumes", json!({"all": true})),
        ("docker_prune_volumes", json!({"force_all": true})),
        (
            "docker_prune_volumes",
            json!({"filters": {"label": "none"}}),
        ),
        ("docker_prune_containers", json!({})),
        ("docker_compose_down", json!({"project_name": "shop"})),
        (
            "docker_compose_down",
            json!({"project_name": "shop", "volumes": true, "images": "local"}),
        ),
        ("docker_prune_networks", json!({})),
        ("docker_prune_build_cache", json!({})),
        ("docker_remove_secret", json!({"secret_name": "shop_db"})),
        ("docker_remove_config", json!({"config_name": "shop_app"})),
        ("docker_system_prune", json!({})),
        ("docker_system_prune", json!({"volumes": true})),
        ("docker_system_prune", json!({"filters": {"label": "none"}})),
    ]
}

async fn look(
    engine: &FakeEngine,
    tool: &'static Tool,
    args: &Value,
) -> Result<(Value, Look), CallError> {
    let runtime = Runtime::new(
        Config {
            docker: engine.config(),
            ..Config::default()
        },
        table::parse,
    );
    let args = args.as_object().unwrap().clone();
    let operation = table::parse(tool, &mut Arguments::new(tool, args)?)?;
    let redactor = Redactor::new(true);
    let call = runtime.begin(
        tool,
        operation.as_ref(),
        Access::Full,
        Progress::none(),
        redactor,
    );
    let look = operation.look(&call).await?;
    Ok((operation.params(), look))
}

async fn plan(engine: &FakeEngine, tool: &str, args: Value) -> Result<Planned, CallError> {
    let tool = catalog::find(tool).unwrap();
    let (params, look) = look(engine, tool, &args).await?;
    Ok(planned(tool, &params, &look.to_value(), &Redactor::new(true))?.unwrap())
}

/// What the plan would be if the looks had given this.
fn plan_of(tool: &str, params: Value, look: Value) -> Result<Planned, CallError> {
    let tool = catalog::find(tool).unwrap();
    planned(tool, &params, &look, &Redactor::new(true)).map(Option::unwrap)
}

#[tokio::test]
async fn a_person_is_shown_what_would_go() {
    let engine = engine("1.41");
    engine.set_now("2026-05-01T10:00:00Z");
    let mut shown = String::new();
    for (tool, args) in calls() {
        let plan = plan(&engine, tool, args.clone()).await.unwrap();
        shown += &format!("## {tool} {args}\n\n{}\n\n", plan.text);
    }
    golden::check("tests/golden/plans.md", &shown);
    let changes = |request: &String| !request.starts_with("GET ");
    assert!(
        !engine.requests().iter().any(changes),
        "{:?}",
        engine.requests()
    );
}

#[test]
fn a_tool_that_loses_nothing_has_no_plan() {
    let safe = catalog::find("docker_version").unwrap();
    let nothing = json!({});
    let planned = planned(safe, &nothing, &nothing, &Redactor::new(true));
    assert_eq!(planned.unwrap(), None);
}
