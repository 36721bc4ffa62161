//! Works out what becomes of the text of a client's file.

use serde_json::Value;

use super::super::clients::{Client, Document, Entry};
use super::entry::Wanted;

/// What clients call the server where nobody named it.
const SERVER: &str = "mcp-docker";

/// One server put into a file, or taken out of it.
#[derive(Debug)]
pub(super) struct Change {
    /// What the client calls the server.
    pub(super) name: String,
    /// What the file says about it, or said.
    pub(super) entry: Value,
    /// The text of the file then.
    pub(super) text: String,
}

impl Change {
    /// Puts in what is wanted, or takes out what is there.
    ///
    /// # Errors
    /// Why the file is to be left as it is.
    pub(super) fn of(
        text: &str,
        client: &'static Client,
        named: Option<&str>,
        wanted: Option<&Wanted>,
    ) -> Result<Self, String> {
        let document = Document::parse(text, client).map_err(|error| error.to_string())?;
        let (name, old) = pick(document.entries(), named)?;
        let (entry, changed) = match wanted {
            Some(wanted) => {
                let entry = wanted.entry(client, old.as_ref());
                if let Some(flag) = wanted.overruled_by(&entry) {
                    return Err(format!(
                        "`{name}` is started with `--{flag}`, which is stronger than what would be \
                         set; take it out of its `args`, or the entry with `--remove`"
                    ));
                }
                let changed = document.put(&name, &entry);
                (entry, changed)
            }
            None => (old.unwrap_or_default(), document.remove(&name)),
        };
        changed.map_err(|error| error.to_string())?;
        Ok(Self {
            name,
            entry,
            text: document.text(),
        })
    }
}

/// The server that is meant, and what the file says about it now: the one that was named, else the
/// one that starts this program, else a new one.
fn pick(entries: Vec<Entry>, named: Option<&str>) -> Result<(String, Option<Value>), String> {
    let name = if let Some(name) = named {
        name
    } else {
        let ours = entries.iter().filter(|entry| entry.is_ours());
        match *ours.map(|entry| entry.name.as_str()).collect::<Vec<_>>() {
            [] => SERVER,
            [one] => one,
            ref several => {
                let names = several.join("`, `");
                return Err(format!(
                    "`{names}` all start this program; say with `--name` which is meant"
                ));
            }
        }
    };
    let name = name.to_owned();
    let Some(entry) = entries.into_iter().find(|entry| entry.name == name) else {
        return Ok((name, None));
    };
    if !entry.is_ours() {
        let started = entry
            .command()
            .map_or("something else".to_owned(), |command| {
                format!("`{command}`")
            });
        return Err(format!(
            "its server `{name}` starts {started}, not this program; `--name` takes another name"
        ));
    }
    Ok((name, Some(entry.value)))
}
