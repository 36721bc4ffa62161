//! Holds the page that shows what a tool gives to what it reads of the result, and to calls that change nothing.

use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::vocabulary::{Tier, View};
use crate::generator::tool::model::{Output, Param};

/// The page that the file names, where it fits the tool.
pub(super) fn checked(
    said: Option<&At<View>>,
    tier: Option<Tier>,
    output: Option<&Output>,
    params: &[Param],
    findings: &mut Findings,
) -> Option<View> {
    let said = said?;
    let name = said.name();
    if tier.is_some_and(|tier| tier != Tier::Safe) {
        let title = "only a `safe` tool has a view";
        findings.error(said.span(), title, "it would make such a call by itself");
    }
    let lacking = said
        .asks_by()
        .iter()
        .find(|asked| !params.iter().any(|param| param.name == **asked));
    if let Some(lacking) = lacking.filter(|_| findings.is_whole()) {
        let title = format!("the view `{name}` calls with `{lacking}`, which is no parameter here");
        findings.error(said.span(), title, "cannot be asked again");
    }
    let keys: Vec<&str> = match output {
        Some(Output::Fields(fields)) => fields.iter().map(|field| field.key.as_str()).collect(),
        Some(Output::List { key, .. }) => vec![key.as_str(), "count", "total", "truncated"],
        Some(Output::Document(key)) => vec![key.as_str()],
        None => return Some(**said),
    };
    let ways = said.reads();
    if !ways
        .iter()
        .any(|way| way.iter().all(|key| keys.contains(key)))
    {
        let title = format!("the view `{name}` does not show such a result");
        findings.error(said.span(), title, "reads other keys");
        let ways = ways.iter().map(|way| format!("`{}`", way.join("`, `")));
        findings.help(format!(
            "it reads {}",
            ways.collect::<Vec<_>>().join(", or ")
        ));
    }
    Some(**said)
}
