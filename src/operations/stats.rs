//! Measures a running container: `docker_container_stats`.

use bollard::query_parameters::StatsOptions;
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::{Call, CallError};
use crate::engine::record;
use crate::generated::params::container_stats::Params;

/// Gives one sample, over about a second: the figures that people ask for, or the Engine's own
/// document.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let container = call.look.get("container");
    if container.pointer("/State/Running") != Some(&Value::Bool(true)) {
        let status = container
            .pointer("/State/Status")
            .and_then(Value::as_str)
            .unwrap_or("not running");
        return Err(not_running(&params.container_id, status));
    }
    // `one_shot` would leave out the earlier of the two readings that the CPU figure needs.
    let options = StatsOptions {
        stream: false,
        one_shot: false,
    };
    let request = record(|docker| async move {
        docker
            .stats(&params.container_id, Some(options))
            .boxed()
            .try_next()
            .await
    })?;
    let reply = call
        .engine
        .json(request.about("container", &params.container_id))
        .await?;
    // What the Engine sends of a container that stopped meanwhile: nothing, read at no time.
    let read = reply.get("read").and_then(Value::as_str);
    if read.is_some_and(|read| read.starts_with("0001-")) {
        return Err(not_running(&params.container_id, "stopped"));
    }
    let stats = if params.raw { reply } else { sample(&reply) };
    Ok(json!({ "container_id": container["Id"], "stats": stats }))
}

fn not_running(container: &str, status: &str) -> CallError {
    CallError::Operation(format!(
        "container `{container}` is not running (its state is `{status}`), so there is nothing to \
         measure; start it with docker_start_container and ask again",
    ))
}

/// The figures as `docker stats` computes them, from a reply with two readings; what the Engine
/// does not measure is `null`.
fn sample(reply: &Value) -> Value {
    let windows = is_of_windows(reply);
    let processors = if windows {
        number(reply, "/num_procs").filter(|count| *count > 0)
    } else {
        online_cpus(reply)
    };
    let cpu_percent = if windows {
        cpu_percent_of_windows(reply)
    } else {
        processors.and_then(|cpus| cpu_percent(reply, cpus))
    };
    // Windows tells no limit.
    let (usage, limit) = if windows {
        (number(reply, "/memory_stats/privateworkingset"), None)
    } else {
        (memory_usage(reply), number(reply, "/memory_stats/limit"))
    };
    let [rx_bytes, tx_bytes] = ["rx_bytes", "tx_bytes"].map(|key| network(reply, key));
    let [read_bytes, write_bytes] = if windows {
        ["read_size_bytes", "write_size_bytes"]
            .map(|key| number(reply, &format!("/storage_stats/{key}")))
    } else {
        ["read", "write"].map(|operation| block_io(reply, operation))
    };
    json!({
        "cpu_percent": cpu_percent,
        "online_cpus": processors,
        "memory": {
            "usage": usage,
            "limit": limit,
            "percent": usage.zip(limit).map(|(usage, limit)| percent(usage as f64, limit as f64)),
        },
        "network": { "rx_bytes": rx_bytes, "tx_bytes": tx_bytes },
        "block_io": { "read_bytes": read_bytes, "write_bytes": write_bytes },
        "pids": number(reply, "/pids_stats/current"),
    })
}

fn number(reply: &Value, pointer: &str) -> Option<u64> {
    reply.pointer(pointer)?.as_u64()
}

/// Whether an Engine of Windows measured. All send the fields of both systems, and leave those of
/// the other empty or at zero; only Windows counts processors and sets working memory apart.
fn is_of_windows(reply: &Value) -> bool {
    let counted = number(reply, "/num_procs").is_some_and(|count| count > 0);
    counted || number(reply, "/memory_stats/privateworkingset").is_some()
}

/// Engines of old send the time of each CPU, but not how many there are.
fn online_cpus(reply: &Value) -> Option<u64> {
    let counted = || {
        let each = reply
            .pointer("/cpu_stats/cpu_usage/percpu_usage")?
            .as_array()?;
        u64::try_from(each.len()).ok()
    };
    let told = number(reply, "/cpu_stats/online_cpus").filter(|cpus| *cpus > 0);
    told.or_else(counted).filter(|cpus| *cpus > 0)
}

/// The container's share of the time that all CPUs had between the two readings, times their
/// number: 100 is one CPU. A counter that went back means a restart in between, which says nothing.
fn cpu_percent(reply: &Value, online_cpus: u64) -> Option<f64> {
    let passed = |counter: &str| {
        let now = number(reply, &format!("/cpu_stats/{counter}"))?;
        let before = number(reply, &format!("/precpu_stats/{counter}")).unwrap_or(0);
        Some(now.saturating_sub(before) as f64)
    };
    Some(percent(
        passed("cpu_usage/total_usage")? * online_cpus as f64,
        passed("system_cpu_usage")?,
    ))
}

/// The same on Windows, where CPU time comes in units of 100 ns and is held against the time that
/// passed: there 100 is all processors.
fn cpu_percent_of_windows(reply: &Value) -> Option<f64> {
    let time = |key: &str| reply[key].as_str()?.parse::<Timestamp>().ok();
    let elapsed = time("read")?.duration_since(time("preread")?).as_nanos() / 100;
    let processors = number(reply, "/num_procs").filter(|count| *count > 0)?;
    let at = |reading: &str| number(reply, &format!("/{reading}/cpu_usage/total_usage"));
    let used = at("cpu_stats")?.saturating_sub(at("precpu_stats")?);
    Some(percent(used as f64, elapsed as f64 * processors as f64))
}

/// Memory in use without the page cache that the kernel could take back at once: the first key is
/// of cgroup v1, the second of v2.
fn memory_usage(reply: &Value) -> Option<u64> {
    let usage = number(reply, "/memory_stats/usage")?;
    let cache = [
        "/memory_stats/stats/total_inactive_file",
        "/memory_stats/stats/inactive_file",
    ]
    .into_iter()
    .filter_map(|key| number(reply, key))
    .find(|cache| *cache < usage);
    Some(usage - cache.unwrap_or(0))
}

/// Bytes over all interfaces; unknown where the Engine sees none, such as with the host's network.
fn network(reply: &Value, key: &str) -> Option<u64> {
    let interfaces = reply["networks"].as_object()?.values();
    sum(interfaces.map(|interface| interface[key].as_u64()))
}

/// Bytes over all devices. cgroup v1 writes the names of operations with a capital, v2 without one.
/// Where the kernel counts it, an operation that never happened may have no entry.
fn block_io(reply: &Value, operation: &str) -> Option<u64> {
    let entries = reply
        .pointer("/blkio_stats/io_service_bytes_recursive")?
        .as_array()?;
    let is_it = |entry: &&Value| {
        entry["op"]
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case(operation))
    };
    let all = entries.iter().filter(is_it);
    Some(all.filter_map(|entry| entry["value"].as_u64()).sum())
}

/// The sum of what is known; unknown where nothing is.
fn sum(values: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    values.flatten().reduce(u64::saturating_add)
}

/// The part in percent of the whole, to two decimals; nothing of nothing is nothing.
fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        (part / whole * 10_000.0).round() / 100.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cgroup_v2() -> Value {
        json!({
            "read": "2024-05-01T10:00:01Z", "preread": "2024-05-01T10:00:00Z",
            "pids_stats": {"current": 7, "limit": 18_446_744_073_709_551_615_u64},
            "blkio_stats": {"io_service_bytes_recursive": [
                {"major": 259, "minor": 0, "op": "read", "value": 4096},
                {"major": 259, "minor": 0, "op": "write", "value": 8192},
                {"major": 8, "minor": 0, "op": "read", "value": 1},
            ]},
            "cpu_stats": {
                "cpu_usage": {"total_usage": 1_500_000_000_u64},
                "system_cpu_usage": 104_000_000_000_u64, "online_cpus": 4,
            },
            "precpu_stats": {
                "cpu_usage": {"total_usage": 1_000_000_000_u64},
                "system_cpu_usage": 100_000_000_000_u64, "online_cpus": 4,
            },
            "memory_stats": {
                "usage": 60_000_000, "limit": 100_000_000,
                "stats": {"inactive_file": 10_000_000, "file": 20_000_000},
            },
            "networks": {
                "eth0": {"rx_bytes": 100, "tx_bytes": 10}, "eth1": {"rx_bytes": 1, "tx_bytes": 2},
            },
        })
    }

    #[test]
    fn a_reading_of_cgroup_v2_is_computed_as_the_docker_cli_does() {
        assert_eq!(
            sample(&cgroup_v2()),
            json!({
                "cpu_percent": 50.0, "online_cpus": 4,
                "memory": {"usage": 50_000_000, "limit": 100_000_000, "percent": 50.0},
                "network": {"rx_bytes": 101, "tx_bytes": 12},
                "block_io": {"read_bytes": 4097, "write_bytes": 8192},
                "pids": 7,
            }),
        );
    }

    #[test]
    fn a_reading_of_cgroup_v1_is_computed_as_the_docker_cli_does() {
        let reply = json!({
            "pids_stats": {"current": 1},
            "blkio_stats": {"io_service_bytes_recursive": [
                {"op": "Read", "value": 10}, {"op": "Write", "value": 20},
                {"op": "Sync", "value": 30}, {"op": "Total", "value": 30},
            ]},
            "cpu_stats": {
                "cpu_usage": {"total_usage": 300, "percpu_usage": [100, 200]},
                "system_cpu_usage": 1300,
            },
            "precpu_stats": {"cpu_usage": {"total_usage": 200}, "system_cpu_usage": 1000},
            "memory_stats": {
                "usage": 9000, "limit": 30_000,
                "stats": {"total_inactive_file": 2000, "inactive_file": 1, "cache": 5000},
            },
            "networks": {"eth0": {"rx_bytes": 1, "tx_bytes": 2}},
        });
        let stats = sample(&reply);
        assert_eq!(
            (&stats["cpu_percent"], &stats["online_cpus"]),
            (&json!(66.67), &json!(2))
        );
        assert_eq!(
            stats["memory"],
            json!({"usage": 7000, "limit": 30_000, "percent": 23.33})
        );
        assert_eq!(
            stats["block_io"],
            json!({"read_bytes": 10, "write_bytes": 20})
        );
    }

    #[test]
    fn what_a_host_does_not_measure_is_nothing_or_unknown() {
        let reply = json!({
            "cpu_stats": {"cpu_usage": {"total_usage": 5, "percpu_usage": null}},
            "precpu_stats": {}, "memory_stats": {}, "pids_stats": {},
            "blkio_stats": {"io_service_bytes_recursive": null},
        });
        assert_eq!(
            sample(&reply),
            json!({
                "cpu_percent": null, "online_cpus": null,
                "memory": {"usage": null, "limit": null, "percent": null},
                "network": {"rx_bytes": null, "tx_bytes": null},
                "block_io": {"read_bytes": null, "write_bytes": null},
                "pids": null,
            }),
        );
    }

    #[test]
    fn what_is_not_there_is_unknown_and_what_did_not_happen_is_zero() {
        for (networks, block_io, expected) in [
            (json!(null), json!(null), [None; 4]),
            (json!({}), json!([]), [None, None, Some(0), Some(0)]),
            (
                json!({"eth0": {"rx_bytes": 0, "tx_bytes": 0}}),
                json!([{"op": "read", "value": 7}]),
                [Some(0), Some(0), Some(7), Some(0)],
            ),
            (
                json!({"eth0": {"rx_bytes": 5}, "eth1": null}),
                json!("none"),
                [Some(5), None, None, None],
            ),
        ] {
            let mut reply = cgroup_v2();
            reply["networks"] = networks.clone();
            reply["blkio_stats"]["io_service_bytes_recursive"] = block_io.clone();
            let stats = sample(&reply);
            let found = [
                &stats["network"]["rx_bytes"],
                &stats["network"]["tx_bytes"],
                &stats["block_io"]["read_bytes"],
                &stats["block_io"]["write_bytes"],
            ];
            assert_eq!(found.map(Value::as_u64), expected, "{networks} {block_io}");
        }
    }

    #[test]
    fn windows_has_fields_of_its_own() {
        let reply = json!({
            "read": "2026-01-01T10:00:02.5Z", "preread": "2026-01-01T10:00:00.5Z", "num_procs": 4,
            "pids_stats": {}, "blkio_stats": {"io_service_bytes_recursive": null},
            "cpu_stats": {"cpu_usage": {"total_usage": 30_000_000, "usage_in_kernelmode": 1}},
            "precpu_stats": {"cpu_usage": {"total_usage": 10_000_000}},
            "memory_stats": {"commitbytes": 90, "commitpeakbytes": 95, "privateworkingset": 60_000_000},
            "storage_stats": {
                "read_count_normalized": 3, "read_size_bytes": 4096,
                "write_count_normalized": 4, "write_size_bytes": 8192,
            },
            "networks": {"1a": {"rx_bytes": 10, "tx_bytes": 20}},
        });
        assert_eq!(
            sample(&reply),
            json!({
                // 20,000,000 of 4 times 20,000,000 units of 100 ns.
                "cpu_percent": 25.0, "online_cpus": 4,
                "memory": {"usage": 60_000_000, "limit": null, "percent": null},
                "network": {"rx_bytes": 10, "tx_bytes": 20},
                "block_io": {"read_bytes": 4096, "write_bytes": 8192},
                "pids": null,
            }),
        );
        for (key, value) in [("preread", json!("soon")), ("num_procs", json!(null))] {
            let mut reply = reply.clone();
            reply[key] = value;
            assert_eq!(sample(&reply)["cpu_percent"], Value::Null, "{key}");
        }
    }

    #[test]
    fn counters_that_stand_still_or_went_back_give_zero() {
        for (total, system) in [(0, 0), (500, 0), (0, 500)] {
            let mut reply = cgroup_v2();
            reply["cpu_stats"]["cpu_usage"]["total_usage"] = json!(total);
            reply["cpu_stats"]["system_cpu_usage"] = json!(system);
            assert_eq!(
                sample(&reply)["cpu_percent"],
                0.0,
                "total {total}, system {system}"
            );
        }
        let mut reply = cgroup_v2();
        reply["memory_stats"]["limit"] = json!(0);
        reply["memory_stats"]["stats"]["inactive_file"] = json!(u64::MAX);
        assert_eq!(
            sample(&reply)["memory"],
            json!({"usage": 60_000_000, "limit": 0, "percent": 0.0})
        );
    }
}
