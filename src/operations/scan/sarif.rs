//! Reads what Docker Scout writes of vulnerabilities, in SARIF: a rule for each, which names the packages.

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::vulnerability::{Severity, Vulnerability};

const VERSION: &str = "2.1.0";

/// What it says of a package that no version mends.
const NOT_FIXED: &str = "not fixed";

#[derive(Deserialize)]
struct Log {
    version: String,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    tool: Tool,
}

#[derive(Deserialize)]
struct Tool {
    driver: Driver,
}

#[derive(Deserialize)]
struct Driver {
    rules: Option<Vec<Rule>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    #[serde(default)]
    short_description: Text,
    #[serde(default)]
    properties: Properties,
}

#[derive(Default, Deserialize)]
struct Text {
    #[serde(default)]
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Properties {
    #[serde(rename = "cvssV3_severity")]
    severity: String,
    #[serde(rename = "security-severity")]
    score: String,
    fixed_version: String,
    // Of one package up to 0.24, of several later.
    purl: Option<String>,
    purls: Vec<String>,
}

/// All that it found.
pub(super) fn read(written: &[u8]) -> Result<Vec<Vulnerability>, String> {
    let log: Log = serde_json::from_slice(written).map_err(|error| error.to_string())?;
    if log.version != VERSION {
        return Err(format!("it is no SARIF {VERSION}"));
    }
    let rules = log.runs.into_iter().filter_map(|it| it.tool.driver.rules);
    Ok(rules.flatten().flat_map(Rule::found).collect())
}

impl Rule {
    /// One for each package.
    fn found(self) -> Vec<Vulnerability> {
        let Properties {
            severity,
            score,
            fixed_version,
            purl,
            purls,
        } = self.properties;
        let severity = match Severity::named(&severity) {
            Severity::Unknown => score.parse().map_or(Severity::Unknown, Severity::of_score),
            known => known,
        };
        let title = self.short_description.text;
        // The id stands before it, too.
        let title = title.strip_prefix(&self.id).unwrap_or(&title);
        let title = title.trim_start_matches(':').trim().to_owned();
        let one = |purl: &str| {
            let (package, installed) = package(purl);
            Vulnerability {
                id: self.id.clone(),
                severity,
                package,
                installed,
                fixed: match fixed_version.as_str() {
                    NOT_FIXED => String::new(),
                    version => version.to_owned(),
                },
                title: title.clone(),
            }
        };
        let all: Vec<Vulnerability> = purls.iter().chain(&purl).map(|purl| one(purl)).collect();
        match all.is_empty() {
            true => vec![one("")],
            false => all,
        }
    }
}

/// The name and the version of a package by its URL: `pkg:deb/debian/glibc@2.36-9%2Bdeb12u9?os_name=debian`.
pub(super) fn package(purl: &str) -> (String, String) {
    let plain = purl.split(['?', '#']).next().unwrap_or_default();
    let path = plain.strip_prefix("pkg:").unwrap_or(plain);
    let (path, version) = path.rsplit_once('@').unwrap_or((path, ""));
    let name = match path.split_once('/') {
        // Of these the name space is the distribution.
        Some(("deb" | "apk" | "rpm", name)) => name.rsplit('/').next().unwrap_or_default(),
        Some((_, name)) => name,
        None => path,
    };
    (decoded(name), decoded(version))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_read_from_its_url() {
        for (purl, name, version) in [
            (
                "pkg:deb/debian/glibc@2.36-9%2Bdeb12u9?os_distro=bookworm&os_name=debian",
                "glibc",
                "2.36-9+deb12u9",
            ),
            (
                "pkg:maven/com.thoughtworks.xstream/xstream@1.4.5",
                "com.thoughtworks.xstream/xstream",
                "1.4.5",
            ),
            ("pkg:npm/%40angular/core@16.0.0", "@angular/core", "16.0.0"),
            (
                "pkg:golang/github.com/a/b@v1.0+x#sub",
                "github.com/a/b",
                "v1.0+x",
            ),
            ("pkg:deb/debian/libstdc++6@12", "libstdc++6", "12"),
            ("anything", "anything", ""),
            ("", "", ""),
        ] {
            let (found, at) = package(purl);
            assert_eq!((&*found, &*at), (name, version), "{purl}");
        }
    }
}
