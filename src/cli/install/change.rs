//! Works out what becomes of the text of a client's file.

use serde_json::Value;

use super::super::clients::{Client, Document, Entry, SERVER};
use super::super::profile;
use super::asking;
use super::entry::Wanted;

/// One server put into a file, or taken out of it.
#[derive(Debug)]
pub(super) struct Change {
    /// What the client calls the server.
    pub(super) name: String,
    /// What the file says about it then, or said; none where it was not there to be taken out.
    pub(super) entry: Option<Value>,
    /// The text of the file then.
    pub(super) text: String,
    /// What is to be known of it beside that, a line each.
    pub(super) remarks: Vec<String>,
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
        let mut document = Document::parse(text, client).map_err(|error| error.to_string())?;
        let entries = document.entries();
        let others = match named {
            Some(_) => None,
            None => others(&entries),
        };
        let (name, old) = pick(entries, named.unwrap_or(SERVER))?;
        let others = others.filter(|_| old.is_none());
        let mut remarks = Vec::new();
        let (entry, changed) = match wanted {
            Some(wanted) => {
                let entry = wanted.entry(client, &name, old.as_ref());
                if let Some(flag) = wanted.overruled_by(&entry) {
                    return Err(format!(
                        "`{name}` is started with `--{flag}`, which is stronger than what would be \
                         set; take it out of its `args`, or the entry with `--remove`"
                    ));
                }
                remarks.extend(wanted.remarks(old.as_ref(), &entry));
                remarks.extend(others.map(|names| {
                    format!(
                        "what else starts this program stays as it is: {names}; `--name` changes it"
                    )
                }));
                let changed = document.put(&name, &entry);
                let entry = Entry {
                    name: name.clone(),
                    value: entry,
                };
                let settings = entry.settings().ok().flatten();
                if let Some(settings) = &settings
                    && profile::is_refused(client, settings)
                {
                    remarks.push(format!(
                        "mind that {}; {}",
                        client.on_removal(),
                        client.instead()
                    ));
                }
                if let Some(settings) = &settings
                    && profile::is_asked_by_panel(client, settings)
                {
                    remarks.push(client.on_removal());
                }
                let on = settings.as_ref().and_then(profile::toolsets);
                remarks.extend(on.and_then(|on| asking::beyond(client, &on)));
                (Some(entry.value), changed)
            }
            None => {
                if let Some(names) = others {
                    return Err(format!(
                        "it has no server `{name}`, but this program is started as {names}; say \
                         with `--name` which is meant"
                    ));
                }
                (old, document.remove(&name))
            }
        };
        changed.map_err(|error| error.to_string())?;
        Ok(Self {
            name,
            entry,
            text: document.text(),
            remarks,
        })
    }
}

/// The names of what starts this program under another name than it has by itself.
fn others(entries: &[Entry]) -> Option<String> {
    let ours = entries
        .iter()
        .filter(|entry| entry.is_ours() && entry.name != SERVER);
    let names: Vec<_> = ours.map(|entry| format!("`{}`", entry.name)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The server of that name, and what the file says about it now, if it starts this program or is
/// not there.
fn pick(entries: Vec<Entry>, name: &str) -> Result<(String, Option<Value>), String> {
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
