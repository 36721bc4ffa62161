//! Reads what an image is made of, from a bill of materials in CycloneDX.

use serde::{Deserialize, Serialize};

use super::listed::shown;
use crate::ordered;

const FORMAT: &str = "CycloneDX";

/// Where scanners say the kind of a package that has no URL of its own.
const KINDS: [&str; 2] = ["aquasecurity:trivy:PkgType", "syft:package:type"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bill {
    bom_format: String,
    components: Option<Vec<Component>>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    group: String,
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    purl: String,
    #[serde(default)]
    properties: Vec<Property>,
}

#[derive(Deserialize)]
struct Property {
    name: String,
    #[serde(default)]
    value: String,
}

/// A package of an image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Package {
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    version: String,
    #[serde(rename = "type")]
    kind: String,
}

/// All that it lists, each once, by name.
pub(super) fn read(written: &[u8]) -> Result<Vec<Package>, String> {
    let bill: Bill = serde_json::from_slice(written).map_err(|error| error.to_string())?;
    if bill.bom_format != FORMAT {
        return Err(format!("it is no {FORMAT}"));
    }
    let components = bill.components.into_iter().flatten();
    let packages = ordered::set(components.filter_map(Component::package));
    Ok(packages.into_iter().collect())
}

impl Component {
    /// The package that it is: not the system as a whole, a file, or the list that packages were read from.
    fn package(self) -> Option<Package> {
        let of_url = self.purl.strip_prefix("pkg:");
        if of_url.is_none() && self.kind != "library" {
            return None;
        }
        let by_url = of_url.and_then(|it| it.split(['/', '@', '?']).next());
        let said = |property: &&Property| KINDS.contains(&&*property.name);
        let said = self
            .properties
            .iter()
            .find(said)
            .map(|it| it.value.as_str());
        let kind = by_url.or(said).unwrap_or(&self.kind);
        let name = match self.group.is_empty() {
            true => shown(&self.name),
            false => shown(&format!("{}/{}", self.group, self.name)),
        };
        Some(Package {
            name,
            version: shown(&self.version),
            kind: shown(kind),
        })
    }
}
