//! Measures a running container: `docker_container_stats`.

use bollard::query_parameters::StatsOptions;
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};

use crate::call::{Call, CallError};
use crate::catalog::generated::container_stats::Params;
use crate::engine::record;

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

/// The figures as `docker stats` computes them, from a reply with two readings.
fn sample(reply: &Value) -> Value {
    let online_cpus = online_cpus(reply);
    let (usage, limit) = (memory_usage(reply), number(reply, "/memory_stats/limit"));
    let (rx_bytes, tx_bytes) = network(reply);
    let (read_bytes, write_bytes) = block_io(reply);
    json!({
        "cpu_percent": online_cpus.map(|cpus| cpu_percent(reply, cpus)),
        "online_cpus": online_cpus,
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
fn cpu_percent(reply: &Value, online_cpus: u64) -> f64 {
    let passed = |counter: &str| {
        let at = |reading: &str| number(reply, &format!("/{reading}/{counter}")).unwrap_or(0);
        at("cpu_stats").saturating_sub(at("precpu_stats")) as f64
    };
    percent(
        passed("cpu_usage/total_usage") * online_cpus as f64,
        passed("system_cpu_usage"),
    )
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

/// Bytes received and sent over all interfaces; none where the container uses the host's.
fn network(reply: &Value) -> (u64, u64) {
    let interfaces = reply["networks"].as_object();
    let sum = |key: &str| {
        interfaces
            .into_iter()
            .flat_map(|all| all.values())
            .filter_map(|one| one[key].as_u64())
            .sum()
    };
    (sum("rx_bytes"), sum("tx_bytes"))
}

/// Bytes read and written over all devices. cgroup v1 writes the names of operations with a
/// capital, v2 without one.
fn block_io(reply: &Value) -> (u64, u64) {
    let entries = reply
        .pointer("/blkio_stats/io_service_bytes_recursive")
        .and_then(Value::as_array);
    let sum = |operation: &str| {
        let is_it = |entry: &&Value| {
            entry["op"]
                .as_str()
                .is_some_and(|name| name.eq_ignore_ascii_case(operation))
        };
        let entries = entries.into_iter().flatten().filter(is_it);
        entries.filter_map(|entry| entry["value"].as_u64()).sum()
    };
    (sum("read"), sum("write"))
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
                "network": {"rx_bytes": 0, "tx_bytes": 0},
                "block_io": {"read_bytes": 0, "write_bytes": 0},
                "pids": null,
            }),
        );
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
