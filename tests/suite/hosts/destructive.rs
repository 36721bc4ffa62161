//! Has objects of the same names on two hosts, with ids of their own, and removes those of one.

use mcp_docker::catalog::{TOOLS, Tier, Tool};
use mcp_docker::config::{ConfirmationFallback, Toolsets};

use super::{CallToolResult, Config, Hosts, Value, call, done, failure, id, json, open};
use crate::wire;

/// Two Engines on which every example works, with something to prune of each kind.
fn alike() -> Hosts {
    let named = |host: &str| {
        let labels =
            json!({ "com.docker.compose.project": "shop", "com.docker.compose.service": "web" });
        let container = json!({
            "Id": wire::ID, "Names": ["/web"], "Image": "web:1", "ImageID": "sha256:0", "State": "exited",
            "Status": "Exited", "Labels": labels, "Created": 1, "Mounts": [],
        });
        let image = json!({
            "Id": wire::ID, "RepoTags": ["web:1"], "RepoDigests": [], "Created": 0, "Size": 1, "Labels": {},
            "Containers": 0, "ParentId": "",
        });
        let volume = json!({
            "Name": wire::ID, "Driver": "local", "Mountpoint": "/m", "Scope": "local",
            "Labels": { "com.docker.volume.anonymous": "" }, "UsageData": { "RefCount": 0, "Size": 1 },
        });
        let cache = json!({
            "ID": wire::ID, "Type": "regular", "InUse": false, "Shared": false, "Size": 1, "UsageCount": 1,
            "CreatedAt": "2026-01-01T10:00:00Z", "LastUsedAt": "2026-01-01T10:00:00Z", "Description": "",
        });
        wire::engine()
            .on("GET /containers/json", json!([container.clone()]))
            .on("GET /images/json", json!([image.clone()]))
            .on("GET /volumes", json!({ "Volumes": [volume.clone()] }))
            .on(
                "GET /system/df",
                json!({
                    "LayersSize": 1, "Images": [image], "Containers": [container], "Volumes": [volume],
                    "BuildCache": [cache],
                }),
            )
            .on("POST /build/prune", json!({ "CachesDeleted": [wire::ID], "SpaceReclaimed": 1 }))
            .renaming(wire::ID, &id(host, "same"))
    };
    Hosts(
        ["nas", "office"]
            .map(|host| (host.to_owned(), named(host)))
            .into(),
    )
}

/// What a tool may be called with: its examples, and what prunes most.
fn candidates(tool: &Tool) -> Vec<Value> {
    let examples = tool
        .examples
        .iter()
        .map(|it| serde_json::from_str(it.args).unwrap());
    let takes_all = tool.params.iter().any(|param| param.name == "all");
    examples
        .chain(takes_all.then(|| json!({ "all": true })))
        .collect()
}

fn config(hosts: &Hosts) -> Config {
    let mut config = hosts.config(Some("nas"));
    let hosts = config.hosts.iter_mut().map(|host| &mut host.safety);
    for safety in hosts.chain([&mut config.safety]) {
        safety.toolsets = Toolsets::named(["all"]).unwrap();
        safety.allow_destructive = true;
        safety.confirmation_fallback = ConfirmationFallback::Plan;
    }
    config
}

/// The token of a plan that the host is named in first.
fn planned(result: &CallToolResult, host: &str) -> String {
    let text = failure(result);
    assert!(text.contains(&format!("On host `{host}`: ")), "{text}");
    let (_, token) = text
        .rsplit_once("`confirmation`: \"")
        .unwrap_or_else(|| panic!("{text}"));
    token.trim_end_matches('"').to_owned()
}

#[tokio::test]
async fn what_has_the_same_name_on_two_hosts_is_never_mistaken() {
    let mut untried = Vec::new();
    for tool in TOOLS.iter().filter(|tool| tool.tier == Tier::Destructive) {
        let mut tried = false;
        for arguments in candidates(tool) {
            tried |= tried_with(tool, arguments).await;
        }
        if !tried {
            untried.push(tool.name);
        }
    }
    assert!(untried.is_empty(), "nothing to remove for {untried:?}");
}

/// Whether there was anything to agree to.
async fn tried_with(tool: &Tool, mut arguments: Value) -> bool {
    let hosts = alike();
    let client = open(config(&hosts)).await;
    let mut on = |host: &str, token: Option<&str>| {
        arguments["host"] = host.into();
        arguments["confirmation"] = token.into();
        call(&client, tool.name, arguments.clone())
    };
    let first = on("office", None).await;
    if first.is_error != Some(true) {
        return false;
    }
    let token = planned(&first, "office");
    // What was agreed to on one host is nothing on another, and is used up.
    let text = failure(&on("nas", Some(&token)).await);
    assert!(text.contains("for another call"), "{}: {text}", tool.name);
    failure(&on("office", Some(&token)).await);
    for host in ["nas", "office"] {
        assert_eq!(hosts.changes(host), Vec::<String>::new(), "{}", tool.name);
    }

    let token = planned(&on("office", None).await, "office");
    done(on("office", Some(&token)).await);
    let (nas, office) = (hosts.changes("nas"), hosts.changes("office"));
    assert_eq!(nas, Vec::<String>::new(), "{}", tool.name);
    assert!(!office.is_empty(), "{} did nothing", tool.name);
    let strange = id("nas", "same");
    assert!(
        !office.iter().any(|it| it.contains(&strange)),
        "{}: {office:?}",
        tool.name
    );
    true
}
