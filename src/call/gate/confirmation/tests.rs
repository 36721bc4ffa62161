//! What an answer holds for, with tools that are too alike to be in the catalogue.

use serde_json::json;

use super::*;
use crate::call::gate::{AuditLog, Via};
use crate::catalog;
use crate::config::ServerConfig;
use crate::redaction::Redactor;

/// No two tools have plans and parameters that are equal today, so that the front door does not
/// show that the tool counts.
#[test]
fn an_answer_holds_for_the_tool_the_parameters_and_the_plan_that_were_asked_about() {
    let asked = || Proposal {
        by: Principal::operator(),
        host: Some("nas".to_owned()),
        tool: "docker_prune_volumes",
        params: json!({ "force_all": false }),
        binding: json!({ "ids": [["data"]] }),
    };
    let redeemed = |proposal: Proposal| {
        let tool = catalog::find("docker_prune_volumes").unwrap();
        let log = AuditLog::new(&ServerConfig::default());
        let mut record = log.record(tool, &Map::new(), &Via::CommandLine, &Redactor::new(true));
        redeem(Asked::Open(asked()), &proposal, &mut record)
    };
    assert_eq!(redeemed(asked()), Ok(true));
    let other_tool = Proposal {
        tool: "docker_prune_images",
        ..asked()
    };
    let other_params = Proposal {
        params: json!({ "force_all": true }),
        ..asked()
    };
    let other_host = Proposal {
        host: Some("office".to_owned()),
        ..asked()
    };
    for other in [other_tool, other_params, other_host] {
        let refusal = redeemed(other).unwrap_err().to_string();
        assert!(refusal.contains("for another call"), "{refusal}");
    }
    let other_plan = Proposal {
        binding: json!({ "ids": [["data", "more"]] }),
        ..asked()
    };
    assert_eq!(redeemed(other_plan), Ok(false), "asked again");
}
