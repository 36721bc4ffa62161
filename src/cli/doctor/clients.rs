//! Which MCP clients are on this machine, and whether they start this program.

use std::path::Path;

use super::report::Check;
use crate::cli::clients::{Entry, Found, Places, found};

pub(super) fn checks() -> Vec<Check> {
    let found = Places::of_this_user().map_or_else(Vec::new, |places| found(&places));
    if found.is_empty() {
        let text = "no MCP client was found on this machine";
        return vec![Check::note(
            "clients",
            text,
            "`mcp-docker install --help` names those that can be set up",
        )];
    }
    found.iter().map(check).collect()
}

fn check(found: &Found) -> Check {
    let (name, title) = (found.client.name, found.client.title);
    let shown = found.file.display();
    let id = format!("client:{name}");
    let check = match &found.entries {
        Err(error) => Check::mend(
            &id,
            format!("{title} cannot read `{shown}`: {error}"),
            "correct the file",
        ),
        Ok(entries) => match entries.iter().filter_map(Entry::command).find(is_gone) {
            Some(gone) => Check::mend(
                &id,
                format!("{title} starts `{gone}`, which does not exist"),
                format!("`mcp-docker install {name}` puts this program in its place"),
            ),
            None if entries.is_empty() => Check::note(
                &id,
                format!("{title} is here and does not know mcp-docker"),
                format!("`mcp-docker install {name}` sets it up"),
            ),
            None => Check::ok(&id, format!("{title} is set up in `{shown}`")),
        },
    };
    let is_set_up = matches!(&found.entries, Ok(entries) if !entries.is_empty());
    check
        .with("file", shown.to_string())
        .with("set_up", is_set_up)
}

/// A bare name is looked for on a `PATH` that is the client's own.
fn is_gone(command: &&str) -> bool {
    let path = Path::new(command);
    path.is_absolute() && !path.exists()
}
