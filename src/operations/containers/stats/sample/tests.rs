//! The figures that are made of what Engines of each kind measure.

use serde_json::{Value, json};

use super::*;

fn sample(reply: &Value) -> Value {
    let measured = Measured::deserialize(reply).unwrap();
    serde_json::to_value(measured.sample()).unwrap()
}

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
