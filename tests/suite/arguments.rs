//! Sends the arguments of every example in each form that clients and models give them.
//!
//! A schema names one type for each parameter; what is accepted is wider.

use mcp_docker::arguments::Arguments;
use mcp_docker::catalog::{TOOLS, Tool};
use mcp_docker::generated::table;
use serde_json::{Map, Value, json};

/// The parameters as the tool read them, or why it refused.
pub(crate) fn read(tool: &'static Tool, arguments: &Map<String, Value>) -> Result<Value, String> {
    let read = Arguments::new(tool, arguments.clone());
    let parsed = read.and_then(|mut arguments| table::parse(tool, &mut arguments));
    parsed
        .map(|operation| operation.params())
        .map_err(|refusal| refusal.to_string())
}

/// Every argument of every example, with the other arguments of it.
fn each_argument(check: impl Fn(&'static Tool, &Map<String, Value>, &str, &Value)) {
    let mut seen = 0;
    for tool in TOOLS {
        for example in tool.examples {
            let arguments: Map<String, Value> = serde_json::from_str(example.args).unwrap();
            for (name, value) in &arguments {
                check(tool, &arguments, name, value);
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "{seen} arguments");
}

fn with(arguments: &Map<String, Value>, name: &str, value: Value) -> Map<String, Value> {
    let mut arguments = arguments.clone();
    arguments.insert(name.to_owned(), value);
    arguments
}

#[test]
fn every_value_but_text_may_be_a_string_that_holds_it() {
    each_argument(|tool, arguments, name, value| {
        if !value.is_string() {
            let text = with(arguments, name, json!(value.to_string()));
            assert_eq!(
                read(tool, &text),
                read(tool, arguments),
                "{}.{name}: {value}",
                tool.name
            );
        }
    });
}

#[test]
fn an_array_of_one_may_be_its_only_string() {
    each_argument(|tool, arguments, name, value| {
        if let Some([Value::String(one)]) = value.as_array().map(Vec::as_slice) {
            let text = with(arguments, name, json!(one));
            assert_eq!(
                read(tool, &text),
                read(tool, arguments),
                "{}.{name}",
                tool.name
            );
        }
    });
}

/// Clients that fill in every parameter send an empty string for those that nobody set.
#[test]
fn an_empty_string_is_as_if_absent_for_every_optional_parameter() {
    let mut seen = 0;
    for tool in TOOLS {
        let example: Map<String, Value> = serde_json::from_str(tool.examples[0].args).unwrap();
        for param in tool
            .params
            .iter()
            // A time is counted back from the moment at which it is read.
            .filter(|param| !param.required && !param.empty && param.kind != "time")
        {
            let mut without = example.clone();
            without.remove(param.name);
            let absent = read(tool, &without);
            for nothing in [json!(""), Value::Null] {
                let given = read(tool, &with(&without, param.name, nothing));
                assert_eq!(given, absent, "{}.{}", tool.name, param.name);
            }
            seen += 1;
        }
        for param in tool.params.iter().filter(|param| param.required) {
            let refused = read(tool, &with(&example, param.name, json!(""))).unwrap_err();
            assert!(refused.contains("is required"), "{refused}");
        }
    }
    assert!(seen > 50, "{seen} parameters");
}

#[test]
fn an_alias_is_the_parameter_and_is_not_listed() {
    let mut seen = 0;
    for tool in TOOLS {
        let example: Map<String, Value> = serde_json::from_str(tool.examples[0].args).unwrap();
        for param in tool.params {
            for alias in param.aliases {
                let mut renamed = example.clone();
                let value = renamed.remove(param.name).unwrap();
                renamed.insert((*alias).to_owned(), value.clone());
                assert_eq!(read(tool, &renamed), read(tool, &example), "{alias}");
                let both = read(tool, &with(&renamed, param.name, value)).unwrap_err();
                assert!(both.contains(alias) && both.contains(param.name), "{both}");
                assert_eq!(tool.input_schema()["properties"].get(alias), None);
                seen += 1;
            }
        }
    }
    assert!(seen > 0);
}

#[cfg(unix)]
mod sent {
    //! What the Engine gets for the spellings of the Docker CLI, through a real client.

    use super::*;
    use crate::support::client::Client;
    use crate::support::fake_engine::{FakeEngine, Reply, frame};

    async fn client(engine: &FakeEngine) -> Client {
        Client::start(&[("DOCKER_BASE_URL", &*engine.address())]).await
    }

    /// The body of the request that creates a container.
    async fn created(arguments: Value) -> (Value, Value) {
        let id = json!({ "Id": "4c01db0b339c", "Warnings": [] });
        let engine = FakeEngine::start().on("POST /containers/create", Reply::json(201, &id));
        let client = client(&engine).await;
        let mut arguments = arguments;
        arguments["image"] = json!("web:1");
        arguments["name"] = json!("web");
        let result = client.call("docker_create_container", arguments).await;
        assert_ne!(result.is_error, Some(true), "{result:?}");
        let body = engine.bodies().pop().unwrap();
        client.stop().await;
        (body, result.structured_content.unwrap())
    }

    #[tokio::test]
    async fn a_container_is_created_from_the_spellings_of_the_cli() {
        let (body, _) = created(json!({
            "environment": ["A=1", "B=x=y"],
            "labels": "team=blue",
            "ports": ["127.0.0.1:8080:80/udp", "8000-8001:9000-9001", "8081:80", "8082:80"],
            "volumes": ["data:/data:ro", "/cache"],
            "mem_limit": "1.5g",
            "shm_size": "64 MB",
            "ulimits": "nofile=1024:2048",
            "extra_hosts": "up:host-gateway",
            "dns": "9.9.9.9",
            "tmpfs": "/run:size=64m",
            "cap_drop": "ALL",
            "healthcheck": {"test": "true", "interval": "1m30s"},
            "stop_signal": "SIGINT",
            "network": "lab",
            "network_aliases": "db",
            "entrypoint": "",
            "hostname": "",
            "user": "",
        }))
        .await;
        let expected = json!({
            "Image": "web:1",
            "Env": ["A=1", "B=x=y"],
            "Labels": {"team": "blue"},
            "ExposedPorts": {"80/tcp": {}, "80/udp": {}, "9000/tcp": {}, "9001/tcp": {}},
            "Volumes": {"/cache": {}},
            "Entrypoint": [""],
            "StopSignal": "SIGINT",
            "Healthcheck": {"Test": ["CMD-SHELL", "true"], "Interval": 90_000_000_000_i64},
            "NetworkingConfig": {"EndpointsConfig": {"lab": {"Aliases": ["db"]}}},
            "HostConfig": {
                "Binds": ["data:/data:ro"],
                "Memory": 3_i64 << 29,
                "ShmSize": 64 << 20,
                "Ulimits": [{"Name": "nofile", "Soft": 1024, "Hard": 2048}],
                "ExtraHosts": ["up:host-gateway"],
                "Dns": ["9.9.9.9"],
                "Tmpfs": {"/run": "size=64m"},
                "CapDrop": ["ALL"],
                "NetworkMode": "lab",
                "PortBindings": {
                    "80/tcp": [{"HostPort": "8081"}, {"HostPort": "8082"}],
                    "80/udp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}],
                    "9000/tcp": [{"HostPort": "8000"}],
                    "9001/tcp": [{"HostPort": "8001"}],
                },
            },
        });
        assert_eq!(body, expected);
    }

    /// Each by itself, because one that is refused hides what the others come to.
    #[tokio::test]
    async fn each_spelling_of_the_cli_is_what_the_cli_makes_of_it() {
        let port = |host: Value| json!([host]);
        for (name, value, at, sent) in [
            ("environment", json!("A=1"), "/Env", json!(["A=1"])),
            ("environment", json!(["A=1"]), "/Env", json!(["A=1"])),
            (
                "ports",
                json!("8080:80"),
                "/HostConfig/PortBindings/80~1tcp",
                port(json!({"HostPort": "8080"})),
            ),
            (
                "ports",
                json!("127.0.0.1:8080:80"),
                "/HostConfig/PortBindings/80~1tcp",
                port(json!({"HostIp": "127.0.0.1", "HostPort": "8080"})),
            ),
            (
                "ports",
                json!("8000-8010:8000-8010"),
                "/HostConfig/PortBindings/8010~1tcp",
                port(json!({"HostPort": "8010"})),
            ),
            (
                "ports",
                json!(["8080:80", "8081:80"]),
                "/HostConfig/PortBindings/80~1tcp",
                json!([{"HostPort": "8080"}, {"HostPort": "8081"}]),
            ),
            (
                "volumes",
                json!("data:/data:ro"),
                "/HostConfig/Binds",
                json!(["data:/data:ro"]),
            ),
            (
                "mem_limit",
                json!("1.5g"),
                "/HostConfig/Memory",
                json!(3_i64 << 29),
            ),
            (
                "mem_limit",
                json!("512Mi"),
                "/HostConfig/Memory",
                json!(512 << 20),
            ),
            (
                "mem_limit",
                json!("512 MB"),
                "/HostConfig/Memory",
                json!(512 << 20),
            ),
            (
                "gpus",
                json!("all"),
                "/HostConfig/DeviceRequests",
                json!([{"Count": -1, "Capabilities": [["gpu"]]}]),
            ),
            (
                "gpus",
                json!(2),
                "/HostConfig/DeviceRequests",
                json!([{"Count": 2, "Capabilities": [["gpu"]]}]),
            ),
        ] {
            let (body, _) = created(json!({ name: value })).await;
            assert_eq!(body.pointer(at), Some(&sent), "{name}={value}: {body}");
        }
    }

    #[tokio::test]
    async fn a_command_written_for_a_shell_gets_a_hint() {
        for (command, hinted) in [
            (json!("echo $HOME"), true),
            (json!("ls /tmp/*.log"), true),
            (json!("ls /tmp"), false),
            (json!(["ls", "*.log"]), false),
        ] {
            let (body, result) = created(json!({ "command": command })).await;
            assert!(body["Cmd"].is_array());
            let warnings = result["warnings"].to_string();
            assert_eq!(
                warnings.contains("no shell read"),
                hinted,
                "{command}: {warnings}"
            );
        }

        let engine = FakeEngine::start()
            .on(
                "GET /containers/*/json",
                json!({ "Id": "4c01db0b339c", "State": { "Running": true }, "HostConfig": {}, "Mounts": [] }),
            )
            .commands(Reply::chunks([frame(1, "ok\n")]), 0);
        let client = client(&engine).await;
        for (command, hinted) in [
            (json!("cat ~/x"), Some("`~/x`")),
            (json!(["cat", "~/x"]), None),
            // What a shell does read.
            (json!("sh -c \"echo $HOME\""), None),
            (json!("/bin/bash -lc \"ls *.log; echo ${HOME}\""), None),
            (json!("env A=1 ash -c \"echo $A\""), None),
            (json!("sh -c echo $HOME"), Some("`$HOME`")),
            (json!("sh -c \"echo $A\" \"$B\""), Some("$B")),
        ] {
            let arguments = json!({ "container_id": "web", "command": command });
            let result = client.call("docker_exec_command", arguments).await;
            let result = result.structured_content.unwrap();
            let hint = result["hint"].as_str();
            match hinted {
                Some(literal) => assert!(hint.unwrap().contains(literal), "{result}"),
                None => assert_eq!(hint, None),
            }
        }
        client.stop().await;
    }

    #[tokio::test]
    async fn filters_fields_and_names_are_taken_as_the_cli_and_models_write_them() {
        let engine = FakeEngine::start()
            .on("GET /containers/json", json!([]))
            .on(
                "GET /images/*/json",
                json!({ "Id": "sha256:0", "Os": "linux" }),
            );
        let client = client(&engine).await;
        for filters in [
            json!("status=running"),
            json!(["status=running"]),
            json!({"status": "running"}),
            json!("{\"status\":[\"running\"]}"),
        ] {
            let list = client.call("docker_list_containers", json!({ "filters": filters }));
            assert_ne!(list.await.is_error, Some(true), "{filters}");
        }
        let lists = engine.requests();
        assert!(
            lists.iter().all(|request| request == &lists[0]),
            "{lists:?}"
        );
        for name in ["image", "image_name"] {
            let inspect = client.call(
                "docker_inspect_image",
                json!({ name: "web:1", "fields": "Os" }),
            );
            let details = &inspect.await.structured_content.unwrap()["details"];
            assert_eq!(*details, json!({ "Os": "linux" }));
        }
        client.stop().await;
    }

    /// Which parameter, what was got, what is wanted.
    #[tokio::test]
    async fn a_spelling_that_does_not_fit_is_refused_before_any_request() {
        let engine = FakeEngine::start();
        let client = client(&engine).await;
        for (name, value, reason) in [
            ("ports", json!("8080:x"), "`8080:x`"),
            ("ports", json!("8000-8001:80-82"), "ranges"),
            ("volumes", json!("./x:/x"), "volume name"),
            ("environment", json!(["A"]), "item 1 has no `=`"),
            ("mem_limit", json!("512x"), "`x` is not a unit"),
            ("mem_limit", json!(-1), "bytes"),
            ("ulimits", json!("files=1"), "nofile"),
            ("gpus", json!("some"), "`all`, a count"),
            ("healthcheck", json!({"intervall": "5s"}), "`interval`"),
            ("extra_hosts", json!("db"), "host-gateway"),
            ("tmpfs", json!("run"), "absolute"),
            ("dns", json!("dns.example"), "IP address"),
            ("network_aliases", json!("db"), "`network`"),
        ] {
            let arguments = json!({ "image": "web:1", name: value });
            let result = client.call("docker_create_container", arguments).await;
            assert_eq!(result.is_error, Some(true), "{name}");
            let text = result.content[0].as_text().unwrap().text.clone();
            assert!(text.contains(name) && text.contains(reason), "{text}");
        }
        // Several filters in one text, as no Engine takes them.
        for filters in [
            json!("status=running,name=web"),
            json!(["label=a=1, status=running"]),
            json!("until=24h,label!=keep"),
        ] {
            let arguments = json!({ "filters": filters });
            let result = client.call("docker_list_containers", arguments).await;
            assert_eq!(result.is_error, Some(true), "{filters}");
            let text = result.content[0].as_text().unwrap().text.clone();
            assert!(
                text.contains("one text holds one filter; send [\""),
                "{text}"
            );
        }
        assert_eq!(engine.requests(), Vec::<String>::new());
        client.stop().await;
    }
}
