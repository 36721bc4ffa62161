//! Holds a container and its Engine against the CIS Docker Benchmark.

mod surroundings;

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::benchmark::{self, Severity};
use super::{is_true, items_at, number_at, text_at, texts_at};
use crate::ordered;
use crate::redaction::names_a_secret;

/// A setting that the benchmark advises against.
#[derive(Serialize)]
pub(super) struct Finding {
    /// The number of the item.
    item: &'static str,
    severity: &'static str,
    title: &'static str,
    /// What was found, by the Engine's names.
    found: Vec<String>,
    fix: Cow<'static, str>,
    maps: &'static str,
    #[serde(skip)]
    rank: Severity,
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// Adds what was found, unless nothing was.
    fn add(&mut self, id: &str, rank: Severity, found: impl IntoIterator<Item = String>) {
        /// A container may have hundreds of ports or mounts.
        const MOST: usize = 8;
        let mut found: Vec<String> = found.into_iter().collect();
        let Some(item) = benchmark::find(id).filter(|_| !found.is_empty()) else {
            return;
        };
        if let Some(more) = found.len().checked_sub(MOST).filter(|more| *more > 0) {
            found.truncate(MOST);
            found.push(format!("and {more} more"));
        }
        self.0.push(Finding {
            item: item.id,
            severity: rank.name(),
            title: item.title,
            found,
            fix: item.fix.into(),
            maps: item.maps,
            rank,
        });
    }

    fn add_if(&mut self, id: &str, rank: Severity, is_bad: bool, found: &str) {
        self.add(id, rank, is_bad.then(|| found.to_owned()));
    }

    /// Adds what was found with how to mend just this.
    fn add_with_fix(
        &mut self,
        id: &str,
        rank: Severity,
        found: impl IntoIterator<Item = String>,
        fix: String,
    ) {
        let before = self.0.len();
        self.add(id, rank, found);
        if let Some(added) = self.0.get_mut(before) {
            added.fix = fix.into();
        }
    }

    fn worst_first(mut self) -> Vec<Finding> {
        ordered::sort_by_key(&mut self.0, |finding| finding.rank);
        self.0
    }
}

/// Capabilities that amount to root on the host, or nearly.
const NEARLY_ROOT: [&str; 11] = [
    "ALL",
    "BPF",
    "DAC_READ_SEARCH",
    "MAC_ADMIN",
    "NET_ADMIN",
    "PERFMON",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
];

/// What of a container the benchmark advises against, worst first.
pub(super) fn findings(container: &Value, info: &Value) -> Vec<Finding> {
    let mut findings = Findings::default();
    privileges(container, info, &mut findings);
    surroundings::host(container, &mut findings);
    surroundings::exposure(container, &mut findings);
    limits(container, &mut findings);
    contents(container, &mut findings);
    findings.worst_first()
}

fn privileges(container: &Value, info: &Value, findings: &mut Findings) {
    let privileged = is_true(container, "/HostConfig/Privileged");
    findings.add_if("5.5", Severity::Critical, privileged, "Privileged is true");

    let plain = |name: &str| {
        name.to_ascii_uppercase()
            .trim_start_matches("CAP_")
            .to_owned()
    };
    let added: Vec<String> = texts_at(container, "/HostConfig/CapAdd")
        .map(plain)
        .collect();
    let rank = if added
        .iter()
        .any(|name| NEARLY_ROOT.contains(&name.as_str()))
    {
        Severity::High
    } else {
        Severity::Medium
    };
    // One that drops all and adds a few does what the item demands.
    let drops_all = texts_at(container, "/HostConfig/CapDrop").any(|name| plain(name) == "ALL");
    let counts = |name: &&String| !drops_all || NEARLY_ROOT.contains(&name.as_str());
    let bad = added
        .iter()
        .filter(counts)
        .map(|name| format!("CapAdd holds {name}"));
    findings.add("5.4", rank, bad);
    let keeps_defaults = !privileged && !drops_all && added.is_empty();
    findings.add_if(
        "5.4",
        Severity::Low,
        keeps_defaults,
        "CapDrop does not hold ALL: it keeps Docker's default capabilities",
    );

    let user = text_at(container, "/Config/User");
    let is_root = matches!(user.split(':').next(), None | Some("" | "0" | "root"));
    findings.add_if("4.1", Severity::Medium, is_root, "User is empty or root");

    let option = |wanted: &str| {
        texts_at(container, "/HostConfig/SecurityOpt")
            .find(|option| option.replace(':', "=") == wanted)
    };
    let engine_has =
        |what: &str| texts_at(info, "/SecurityOptions").any(|option| option.contains(what));
    let confined = |option: &str| format!("SecurityOpt holds {option}");
    findings.add(
        "5.22",
        Severity::High,
        option("seccomp=unconfined").map(confined),
    );
    let apparmor = option("apparmor=unconfined").map(confined);
    let unconfined =
        engine_has("name=apparmor") && text_at(container, "/AppArmorProfile") == "unconfined";
    findings.add(
        "5.2",
        Severity::High,
        apparmor.or_else(|| unconfined.then(|| "AppArmorProfile is unconfined".to_owned())),
    );
    findings.add("5.3", Severity::High, option("label=disable").map(confined));
    let holds = option("no-new-privileges")
        .or(option("no-new-privileges=true"))
        .is_some();
    findings.add_if(
        "5.26",
        Severity::Medium,
        !holds && !engine_has("name=no-new-privileges"),
        "SecurityOpt lacks no-new-privileges",
    );
    let writes = !is_true(container, "/HostConfig/ReadonlyRootfs");
    findings.add_if("5.13", Severity::Low, writes, "ReadonlyRootfs is false");
}

fn limits(container: &Value, findings: &mut Findings) {
    let none = |key: &str| number_at(container, &format!("/HostConfig/{key}")).unwrap_or(0) <= 0;
    findings.add_if(
        "5.11",
        Severity::Medium,
        none("Memory"),
        "Memory is not limited",
    );
    findings.add_if(
        "5.29",
        Severity::Medium,
        none("PidsLimit"),
        "PidsLimit is not set",
    );
    let no_cpu = ["NanoCpus", "CpuShares", "CpuQuota"].into_iter().all(none)
        && text_at(container, "/HostConfig/CpusetCpus").is_empty();
    findings.add_if(
        "5.12",
        Severity::Low,
        no_cpu,
        "neither NanoCpus, CpuQuota nor CpuShares is set",
    );
    let policy = text_at(container, "/HostConfig/RestartPolicy/Name");
    let retries = number_at(container, "/HostConfig/RestartPolicy/MaximumRetryCount").unwrap_or(0);
    let endless = match policy {
        "always" | "unless-stopped" => true,
        "on-failure" => retries == 0 || retries > 5,
        _ => false,
    };
    let tries = match retries {
        0 => "without a limit of tries".to_owned(),
        retries => format!("with {retries} tries at most"),
    };
    let found = format!("RestartPolicy is {policy}, {tries}");
    findings.add_if("5.15", Severity::Low, endless, &found);
    let checks = items_at(container, "/Config/Healthcheck/Test").next();
    let unchecked = checks.is_none_or(|first| first == "NONE");
    findings.add_if("5.27", Severity::Low, unchecked, "Healthcheck is not set");
}

fn contents(container: &Value, findings: &mut Findings) {
    let secrets = texts_at(container, "/Config/Env")
        .map(|entry| entry.split('=').next().unwrap_or_default())
        .filter(|name| names_a_secret(name))
        .map(|name| {
            format!("variable {name}: every process of the container and docker inspect show it")
        });
    findings.add("4.10", Severity::Medium, secrets);
    let image = text_at(container, "/Config/Image");
    let name = image.rsplit('/').next().unwrap_or_default();
    let moves = !image.contains('@')
        && !image.starts_with("sha256:")
        && (name.ends_with(":latest") || !name.contains(':'));
    findings.add_if(
        "4.2",
        Severity::Low,
        moves && !image.is_empty(),
        "the image has the tag latest or none: it can change at any pull",
    );
}

/// A setting that several containers have and the benchmark advises against.
#[derive(Serialize)]
pub(super) struct Shared {
    item: &'static str,
    severity: &'static str,
    title: &'static str,
    /// The names of the containers.
    containers: Vec<String>,
    fix: &'static str,
    maps: &'static str,
    #[serde(skip)]
    rank: Severity,
}

/// What of many containers the benchmark advises against, each setting once, worst first.
pub(super) fn shared(containers: &Value, info: &Value) -> Vec<Shared> {
    let mut all: Vec<Shared> = Vec::new();
    for container in items_at(containers, "") {
        let name = text_at(container, "/Name").trim_start_matches('/');
        for Finding {
            item,
            severity,
            title,
            maps,
            rank,
            ..
        } in findings(container, info)
        {
            // Of several containers each would have an advice of its own.
            let fix = benchmark::find(item).map_or("", |item| item.fix);
            let same = all
                .iter_mut()
                .find(|other| other.item == item && other.rank == rank);
            match same {
                // One container may break an item in two ways.
                Some(same) if same.containers.iter().any(|known| known == name) => {}
                Some(same) => same.containers.push(name.to_owned()),
                None => {
                    let containers = vec![name.to_owned()];
                    all.push(Shared {
                        item,
                        severity,
                        title,
                        containers,
                        fix,
                        maps,
                        rank,
                    });
                }
            }
        }
    }
    ordered::sort_by_key(&mut all, |shared| shared.rank);
    all
}

/// What of the Engine the benchmark advises against, worst first.
pub(super) fn engine(info: &Value) -> Vec<Finding> {
    let mut findings = Findings::default();
    let options: Vec<&str> = texts_at(info, "/SecurityOptions").collect();
    // Nothing is known of an Engine that could not be asked.
    if text_at(info, "/ServerVersion").is_empty() {
        return Vec::new();
    }
    let has = |what: &str| options.iter().any(|option| option.contains(what));
    let apart = has("name=userns") || has("name=rootless");
    findings.add_if(
        "2.9",
        Severity::Medium,
        !apart,
        "root in a container is root on the host, but for its capabilities",
    );
    findings.add_if(
        "2.14",
        Severity::Low,
        !has("name=no-new-privileges"),
        "no-new-privileges is not the default",
    );
    findings.add_if(
        "2.15",
        Severity::Low,
        !is_true(info, "/LiveRestoreEnabled"),
        "LiveRestoreEnabled is false",
    );
    findings.add_if(
        "2.17",
        Severity::High,
        !has("name=seccomp") || has("profile=unconfined"),
        "no seccomp profile is in force",
    );
    findings.add_if(
        "2.18",
        Severity::Low,
        is_true(info, "/ExperimentalBuild"),
        "ExperimentalBuild is true",
    );
    findings.worst_first()
}
