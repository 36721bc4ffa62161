//! Reads what Grype writes of vulnerabilities, in JSON.

use serde::Deserialize;

use super::vulnerability::{Severity, Vulnerability};

#[derive(Deserialize)]
struct Report {
    matches: Vec<Match>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Match {
    vulnerability: Known,
    #[serde(default)]
    related_vulnerabilities: Vec<Related>,
    artifact: Artifact,
}

#[derive(Deserialize)]
struct Known {
    id: String,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    description: String,
    fix: Option<Fix>,
}

#[derive(Deserialize)]
struct Related {
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
struct Fix {
    versions: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Artifact {
    name: String,
    #[serde(default)]
    version: String,
}

/// All that it found.
pub(super) fn read(written: &[u8]) -> Result<Vec<Vulnerability>, String> {
    let report: Report = serde_json::from_slice(written).map_err(|error| error.to_string())?;
    Ok(report
        .matches
        .into_iter()
        .map(Vulnerability::from)
        .collect())
}

impl From<Match> for Vulnerability {
    fn from(found: Match) -> Self {
        let known = found.vulnerability;
        let versions = known.fix.and_then(|fix| fix.versions).unwrap_or_default();
        let mut related = found.related_vulnerabilities.into_iter();
        Self {
            id: known.id,
            severity: Severity::named(&known.severity),
            package: found.artifact.name,
            installed: found.artifact.version,
            fixed: versions.join(", "),
            // A distribution's own entry seldom says more than where to read on.
            title: match known.description.is_empty() {
                true => related.next().map(|it| it.description).unwrap_or_default(),
                false => known.description,
            },
        }
    }
}
