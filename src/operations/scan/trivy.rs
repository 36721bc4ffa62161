//! Reads what Trivy writes of vulnerabilities, in JSON.

use serde::Deserialize;

use super::vulnerability::{Severity, Vulnerability};

/// The form that is known.
const SCHEMA: u64 = 2;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Report {
    schema_version: u64,
    results: Option<Vec<Target>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    vulnerabilities: Option<Vec<Found>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    #[serde(rename = "VulnerabilityID")]
    id: String,
    pkg_name: String,
    #[serde(default)]
    installed_version: String,
    #[serde(default)]
    fixed_version: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    severity: String,
}

/// All that it found.
pub(super) fn read(written: &[u8]) -> Result<Vec<Vulnerability>, String> {
    let report: Report = serde_json::from_slice(written).map_err(|error| error.to_string())?;
    if report.schema_version != SCHEMA {
        return Err(format!(
            "its form is {}, and only {SCHEMA} is known",
            report.schema_version
        ));
    }
    let targets = report.results.into_iter().flatten();
    let found = targets.filter_map(|it| it.vulnerabilities).flatten();
    Ok(found.map(Vulnerability::from).collect())
}

impl From<Found> for Vulnerability {
    fn from(found: Found) -> Self {
        Self {
            id: found.id,
            severity: Severity::named(&found.severity),
            package: found.pkg_name,
            installed: found.installed_version,
            fixed: found.fixed_version,
            title: match found.title.is_empty() {
                true => found.description,
                false => found.title,
            },
        }
    }
}
