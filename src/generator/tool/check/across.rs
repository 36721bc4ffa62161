//! Checks how the results of several Engines become one.

use crate::generator::common::diagnostic::Findings;
use crate::generator::common::vocabulary::{FieldType, Tier};
use crate::generator::tool::model::{Across, Output, Param};
use crate::generator::tool::spec;

/// What the file says of it; of a list that needs no argument, what the list says.
pub(super) fn checked(
    spec: &spec::Tool,
    tier: Option<Tier>,
    output: Option<&Output>,
    params: &[Param],
    findings: &mut Findings,
) -> Option<Across> {
    let said = spec
        .output
        .as_ref()
        .and_then(|output| output.across.as_ref());
    let Some(said) = said else {
        // What an argument names is an object of one Engine.
        let is_free = tier == Some(Tier::Safe) && !params.iter().any(|param| param.required);
        return match output {
            Some(Output::List { key, sort, .. }) if is_free => Some(Across {
                list: Some(key.clone()),
                sort: sort.clone(),
                words: Vec::new(),
                last: false,
            }),
            _ => None,
        };
    };
    if tier != Some(Tier::Safe) {
        let title = "only a `safe` tool asks several Engines at once";
        findings.error(said.span(), title, "of a tool that changes something");
    }
    let Some(Output::Fields(fields)) = output else {
        if output.is_some() {
            let title = "only a table of `fields` says how it is merged";
            findings.error(said.span(), title, "not of this output");
            findings.help("a `list` that needs no argument is merged by itself");
        }
        return None;
    };
    if let Some(list) = &said.list
        && !fields
            .iter()
            .any(|field| field.key == **list && field.kind == FieldType::Objects)
    {
        let title = format!("`{}` is no field of the type `object[]`", **list);
        findings.error(list.span(), title, "cannot be merged");
        findings.help_nearest(list, fields.iter().map(|field| field.key.as_str()));
    }
    Some(Across {
        list: said.list.as_ref().map(|list| (**list).clone()),
        sort: said.sort.iter().map(|sort| (**sort).clone()).collect(),
        words: said.words.clone(),
        last: said.last,
    })
}
