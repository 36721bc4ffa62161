//! Says what a container may take of its host, what it takes, and what that asks for.

use serde::Serialize;
use serde_json::Value;

use super::text::{many, size};
use super::{is_true, items_at, number_at, text_at};

/// A resource.
#[derive(Serialize)]
pub(super) struct Resource {
    what: &'static str,
    /// What it may take, or how it is set.
    set: String,
    /// What it takes now; empty where that is not known.
    used: String,
    /// What to think about; empty where all is well.
    advice: String,
}

fn resource(what: &'static str, set: String, used: String, advice: impl Into<String>) -> Resource {
    Resource {
        what,
        set,
        used,
        advice: advice.into(),
    }
}

/// How a container is set up, beside one sample of what it uses.
pub(super) fn allocation(container: &Value, stats: &Value) -> Vec<Resource> {
    vec![
        memory(container, stats),
        cpu(container, stats),
        processes(container, stats),
        restarts(container),
        health(container),
        log(container),
    ]
}

/// A setting of the host's share, if it is one: Engines write zero or less for none.
fn limit(container: &Value, key: &str) -> Option<i64> {
    number_at(container, &format!("/HostConfig/{key}")).filter(|limit| *limit > 0)
}

fn memory(container: &Value, stats: &Value) -> Resource {
    let usage = number_at(stats, "/memory/usage");
    let limit = limit(container, "Memory");
    let reservation = self::limit(container, "MemoryReservation");
    let mut set = limit.map_or("no limit".to_owned(), |limit| size(Some(limit)));
    if reservation.is_some() {
        set.push_str(&format!(", {} reserved", size(reservation)));
    }
    let share = usage
        .zip(limit)
        .map(|(usage, limit)| usage as f64 / limit as f64 * 100.0);
    let used = usage.map_or(String::new(), |usage| {
        let share = share.map_or(String::new(), |share| {
            format!(" ({share:.0} % of the limit)")
        });
        format!("{}{share}", size(Some(usage)))
    });
    let advice = match (limit, share) {
        (None, _) => {
            "set a limit: without one it can take the host's memory and have others killed"
                .to_owned()
        }
        (_, Some(share)) if share >= 90.0 => {
            "close to the limit: it will be killed at it; raise it or find the leak".to_owned()
        }
        (Some(limit), Some(share)) if share < 20.0 => {
            format!(
                "uses little of its {}: a lower limit frees room, if this sample is typical",
                size(Some(limit))
            )
        }
        _ => String::new(),
    };
    resource("memory", set, used, advice)
}

fn cpu(container: &Value, stats: &Value) -> Resource {
    let quota = limit(container, "CpuQuota")
        .map(|quota| quota as f64 / limit(container, "CpuPeriod").unwrap_or(100_000) as f64);
    let cpus = limit(container, "NanoCpus")
        .map(|nano| nano as f64 / 1e9)
        .or(quota);
    let mut set = cpus.map_or("no limit".to_owned(), |cpus| format!("{cpus} CPUs"));
    if let Some(shares) = limit(container, "CpuShares") {
        set.push_str(&format!(", {shares} shares"));
    }
    let pinned = text_at(container, "/HostConfig/CpusetCpus");
    if !pinned.is_empty() {
        set.push_str(&format!(", on the CPUs {pinned}"));
    }
    let percent = stats.pointer("/cpu_percent").and_then(Value::as_f64);
    let used = percent.map_or(String::new(), |percent| {
        format!("{percent:.1} % of one CPU")
    });
    let advice = match (cpus, percent) {
        (None, _) => "set `--cpus` or `--cpu-shares`, so that it cannot starve its neighbours",
        (Some(cpus), Some(percent)) if percent >= cpus * 90.0 => {
            "at its limit: it is being throttled"
        }
        (Some(cpus), Some(percent)) if percent < cpus * 10.0 => {
            "far below its limit in this sample"
        }
        _ => "",
    };
    resource("cpu", set, used, advice)
}

fn processes(container: &Value, stats: &Value) -> Resource {
    let limit = limit(container, "PidsLimit");
    let used = number_at(stats, "/pids").map_or(String::new(), |pids| pids.to_string());
    let advice = if limit.is_none() {
        "set `--pids-limit` against runaway forks"
    } else {
        ""
    };
    resource(
        "processes",
        limit.map_or("no limit".to_owned(), |limit| limit.to_string()),
        used,
        advice,
    )
}

fn restarts(container: &Value) -> Resource {
    let policy = text_at(container, "/HostConfig/RestartPolicy/Name");
    let most = number_at(container, "/HostConfig/RestartPolicy/MaximumRetryCount").unwrap_or(0);
    let set = match (policy, most) {
        ("" | "no", _) => "no".to_owned(),
        ("on-failure", most) if most > 0 => format!("on-failure, {} at most", many(most, "time")),
        (policy, _) => policy.to_owned(),
    };
    let advice = match policy {
        "" | "no" => {
            "a service wants `unless-stopped` or `on-failure:5`, or stays down after a crash or reboot"
        }
        "always" => "`unless-stopped` respects that somebody stopped it",
        _ => "",
    };
    let count = number_at(container, "/RestartCount").unwrap_or(0);
    let used = match count {
        0 => "never restarted".to_owned(),
        count => format!("restarted {}", many(count, "time")),
    };
    resource("restart policy", set, used, advice)
}

fn health(container: &Value) -> Resource {
    let test: Vec<&str> = super::texts_at(container, "/Config/Healthcheck/Test").collect();
    let none = matches!(test.as_slice(), [] | ["NONE", ..]);
    let set = if none {
        "none".to_owned()
    } else {
        test.join(" ")
    };
    let advice = if none {
        "a health check lets orchestration and `depends_on` tell ready from started"
    } else {
        ""
    };
    resource(
        "health check",
        set,
        text_at(container, "/State/Health/Status").to_owned(),
        advice,
    )
}

fn log(container: &Value) -> Resource {
    let driver = text_at(container, "/HostConfig/LogConfig/Type");
    let bounded = container
        .pointer("/HostConfig/LogConfig/Config/max-size")
        .is_some();
    let grows = driver == "json-file" && !bounded;
    let mounts = i64::try_from(items_at(container, "/Mounts").count()).unwrap_or(i64::MAX);
    let set = format!(
        "driver {}",
        if driver.is_empty() { "unknown" } else { driver }
    );
    let mut advice = if grows {
        "set `max-size` and `max-file`: the log grows without end".to_owned()
    } else {
        String::new()
    };
    if mounts == 0 && !is_true(container, "/HostConfig/ReadonlyRootfs") {
        if !advice.is_empty() {
            advice.push_str("; ");
        }
        advice.push_str("it has no volume: what it writes is lost with it");
    }
    resource("log and data", set, many(mounts, "mount"), advice)
}
