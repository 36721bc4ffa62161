//! Writes down how much of its host a container may take.

use serde_json::{Value, json};

use super::super::{items_at, number_at, text_at};
use super::{filled, host_config};
use crate::ordered::object;

pub(super) fn limits(container: &Value, all: &mut Vec<(&'static str, Value)>) {
    for (key, engine) in [
        ("mem_limit", "Memory"),
        ("mem_reservation", "MemoryReservation"),
        ("cpu_shares", "CpuShares"),
        ("cpu_quota", "CpuQuota"),
        ("cpu_period", "CpuPeriod"),
        ("cpuset", "CpusetCpus"),
        ("oom_score_adj", "OomScoreAdj"),
        ("oom_kill_disable", "OomKillDisable"),
    ] {
        all.push((key, host_config(container, engine)));
    }
    let memory = number_at(container, "/HostConfig/Memory").unwrap_or(0);
    // Twice the memory is what the Engine sets by itself.
    let swap = number_at(container, "/HostConfig/MemorySwap").filter(|swap| *swap != memory * 2);
    all.push(("memswap_limit", swap.map_or(Value::Null, Value::from)));
    let pids = number_at(container, "/HostConfig/PidsLimit").filter(|limit| *limit > 0);
    all.push(("pids_limit", pids.map_or(Value::Null, Value::from)));
    if let Some(nano) = number_at(container, "/HostConfig/NanoCpus").filter(|nano| *nano > 0) {
        all.push(("cpus", json!(nano as f64 / 1e9)));
    }
    let shm = number_at(container, "/HostConfig/ShmSize").filter(|size| *size != 64 * 1024 * 1024);
    all.push(("shm_size", shm.map_or(Value::Null, Value::from)));
    let ulimits = items_at(container, "/HostConfig/Ulimits").map(|limit| {
        let both = json!({ "soft": limit["Soft"], "hard": limit["Hard"] });
        (text_at(limit, "/Name").to_owned(), both)
    });
    all.push(("ulimits", object(ulimits).into()));
    all.push(("blkio_config", block_io(container)));
    all.push(("deploy", reserved(container)));
}

/// The limits of what is read from and written to block devices.
fn block_io(container: &Value) -> Value {
    let rates = |engine: &str| -> Value {
        items_at(container, &format!("/HostConfig/{engine}"))
            .map(|limit| json!({ "path": limit["Path"], "rate": limit["Rate"] }))
            .collect()
    };
    let weights = items_at(container, "/HostConfig/BlkioWeightDevice")
        .map(|device| json!({ "path": device["Path"], "weight": device["Weight"] }));
    filled([
        ("weight", host_config(container, "BlkioWeight")),
        ("weight_device", weights.collect()),
        ("device_read_bps", rates("BlkioDeviceReadBps")),
        ("device_read_iops", rates("BlkioDeviceReadIOps")),
        ("device_write_bps", rates("BlkioDeviceWriteBps")),
        ("device_write_iops", rates("BlkioDeviceWriteIOps")),
    ])
}

/// What was asked of a driver of devices, such as `--gpus`.
fn reserved(container: &Value) -> Value {
    let devices: Vec<Value> = items_at(container, "/HostConfig/DeviceRequests")
        .map(|request| {
            let count = match number_at(request, "/Count") {
                Some(-1) => json!("all"),
                count => json!(count),
            };
            filled([
                ("driver", json!(text_at(request, "/Driver"))),
                ("count", count),
                ("device_ids", request["DeviceIDs"].clone()),
                (
                    "capabilities",
                    request
                        .pointer("/Capabilities/0")
                        .cloned()
                        .unwrap_or_default(),
                ),
                ("options", request["Options"].clone()),
            ])
        })
        .collect();
    if devices.is_empty() {
        return Value::Null;
    }
    json!({ "resources": { "reservations": { "devices": devices } } })
}
