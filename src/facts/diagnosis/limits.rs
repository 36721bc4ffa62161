//! Tells of limits that are nearly reached, of containers and of the host's disk.

use super::{Finding, Severity, Subject, finding};
use crate::facts::number_at;
use crate::facts::text::size;

/// From which share on a limit is nearly reached, in percent.
const NEAR: u64 = 90;

/// From which share on a disk is as good as full.
const FULL: u64 = 97;

pub(super) fn find(it: &Subject) -> Vec<Finding> {
    let limit = |key: &str| {
        let limit = number_at(&it.document, &format!("/HostConfig/{key}"));
        limit
            .and_then(|limit| u64::try_from(limit).ok())
            .filter(|limit| *limit > 0)
    };
    let near = |used: Option<u64>, limit: Option<u64>| {
        let (used, limit) = used.zip(limit)?;
        (share(used, limit) >= NEAR).then_some((used, limit))
    };
    let memory = near(it.usage.memory, limit("Memory")).map(|(used, limit)| {
        finding(it, Severity::Warning, "its memory is nearly used up")
            .because(format!("it uses {} of the {} that it may", bytes(used), bytes(limit)))
            .seen([format!("stats: memory {} of {} ({} %)", bytes(used), bytes(limit), share(used, limit))])
            .then("raise its limit (docker_update_container `mem_limit`) before it is killed, or find what takes the memory")
    });
    let pids = near(it.usage.pids, limit("PidsLimit")).map(|(used, limit)| {
        finding(it, Severity::Warning, "it has nearly as many processes as it may")
            .because(format!("it has {used} of the {limit} processes and threads that it may have"))
            .seen([format!("stats: pids {used} of {limit}")])
            .then("see which they are (docker_container_top); raise `pids_limit`, or mend what does not end them")
    });
    memory.into_iter().chain(pids).collect()
}

/// That the disk of the Engine's host is nearly full, where it is.
pub(crate) fn disk(path: &str, free: u64, total: u64) -> Option<Finding> {
    let used = share(total.saturating_sub(free), total);
    if used < NEAR || total == 0 {
        return None;
    }
    let severity = if used >= FULL {
        Severity::Critical
    } else {
        Severity::Warning
    };
    Some(Finding {
        severity,
        container: String::new(),
        service: None,
        problem: format!("the disk of the Engine's data is {used} % full"),
        cause: Some(format!("{} of {} are left at {path}", bytes(free), bytes(total))),
        evidence: vec![format!("statvfs {path}: {} of {} free", bytes(free), bytes(total))],
        next: "see what takes it (docker_system_df), then remove what nobody needs (docker_system_prune)".to_owned(),
    })
}

fn share(used: u64, limit: u64) -> u64 {
    used.saturating_mul(100).checked_div(limit).unwrap_or(0)
}

fn bytes(bytes: u64) -> String {
    size(i64::try_from(bytes).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_nearly_full_from_nine_tenths_on() {
        assert_eq!(disk("/d", 11, 100), None);
        assert_eq!(disk("/d", 0, 0), None);
        let near = disk("/d", 10, 100).unwrap();
        assert_eq!(near.severity, Severity::Warning);
        assert!(near.problem.contains("90 %"), "{near:?}");
        assert_eq!(disk("/d", 3, 100).unwrap().severity, Severity::Critical);
    }
}
