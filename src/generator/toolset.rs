//! Checks that a tool is in the folder of its toolset.

use std::collections::BTreeMap;

use super::diagnostic::Findings;
use super::{Source, is_tool};

/// How many letters a mistyped name has wrong.
const SLIPS: usize = 2;

/// Refuses a file outside of a folder, and one in a folder that is most likely another, mistyped.
pub(super) fn checked(source: &Source, sources: &[Source], findings: &mut Findings) {
    let start = 0..source.text.find('\n').unwrap_or(source.text.len());
    let Some(folder) = folder(source) else {
        let title = format!("`{}` is in no toolset", source.path);
        findings.error(start, title, "the file's place");
        findings.help("a tool is in a folder of `catalog/`, its toolset: `catalog/containers/`");
        return;
    };
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for folder in sources
        .iter()
        .filter(|it| is_tool(it))
        .filter_map(self::folder)
    {
        *folders.entry(folder).or_default() += 1;
    }
    let own = folders.get(folder).copied().unwrap_or_default();
    let meant = folders.iter().find(|(other, tools)| {
        let slips = strsim::damerau_levenshtein(folder, other);
        (1..=SLIPS).contains(&slips) && **tools > own
    });
    if let Some((meant, _)) = meant {
        let title = format!("`{folder}` would be a toolset beside `{meant}`");
        findings.error(start, title, "the file's folder");
        findings.help(format!("did you mean `catalog/{meant}/`?"));
    }
}

/// The folder that a file is in, inside the catalogue.
fn folder(source: &Source) -> Option<&str> {
    let (folder, file) = source.path.strip_prefix("catalog/")?.split_once('/')?;
    (!file.contains('/')).then_some(folder)
}
