//! What is written where the disk is full, which no client can bring about.

use std::fs;

use super::*;
use crate::catalog::TOOLS;
use crate::config::Config;

fn config(folder: &tempfile::TempDir) -> Config {
    let mut config = Config::default();
    config.server.audit_log = Some(folder.path().join("audit.jsonl"));
    config
}

fn text(folder: &tempfile::TempDir) -> String {
    fs::read_to_string(folder.path().join("audit.jsonl")).unwrap()
}

/// A disk may fill up within a line; the next one is whole all the same.
#[test]
fn a_line_after_a_torn_one_starts_on_its_own() {
    let mut disk = [0; 4];
    assert!(!append_to(&mut &mut disk[..], b"{\"time\":1}\n").unwrap());
    assert!(append_to(&mut Vec::new(), b"{}\n").unwrap());

    let folder = tempfile::tempdir().unwrap();
    let log = AuditLog::new(&config(&folder).server);
    fs::write(folder.path().join("audit.jsonl"), disk).unwrap();
    log.torn.store(true, Ordering::Relaxed);
    for _ in 0..2 {
        drop(log.record(
            TOOLS[0],
            &Map::new(),
            &Via::CommandLine,
            &Redactor::new(true),
        ));
    }
    let text = text(&folder);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    for line in &lines[1..] {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{text}");
    }
}
