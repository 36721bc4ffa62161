//! Whether the secrets that calls may name can be used.

use mcp_docker::config::Config;
use mcp_docker::redaction::Redactor;
use mcp_docker::secrets::Secrets;
use serde_json::json;

use super::report::Check;

const NAME: &str = "secrets";

/// How many there are, what keeps some from being used, and what is limited and not there.
pub(super) async fn checks(config: &Config) -> Vec<Check> {
    let of = &config.secrets;
    if of.dir.is_none() && of.variables.is_empty() && of.limits.is_empty() {
        return Vec::new();
    }
    let secrets = Secrets::new(of, &Redactor::new(true));
    let names = match secrets.names() {
        Ok(names) => names,
        Err(error) => {
            let text = format!("the directory of secrets is not used: {error}");
            let mend = "correct `MCP_DOCKER_SECRETS_DIR`, or the directory";
            return vec![Check::mend(NAME, text, mend)];
        }
    };
    let mut checks = Vec::new();
    for name in &names {
        if let Err(error) = secrets.read(&[name.clone()].into()).await {
            let text = error.to_string();
            let text = text.trim_end_matches("; nothing was done");
            checks.push(Check::mend(NAME, text, "correct it, or take it away"));
        }
    }
    let missing = of.limits.keys().filter(|name| !names.contains(*name));
    checks.extend(missing.map(|name| {
        let text = format!("the configuration file limits `{name}`, which is not there");
        Check::note(NAME, text, "correct its name, or add the secret")
    }));
    let text = match names.len() {
        0 => "there are none".to_owned(),
        1 => "calls may name one".to_owned(),
        number => format!("calls may name {number}"),
    };
    let all = Check::ok(NAME, text).with("names", json!(names));
    checks.insert(0, all);
    checks
}
