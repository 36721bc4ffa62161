//! Reads what the secrets and configs of a stack hold: by the time that it is asked for, the file may hold
//! something else.

use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::path::PathBuf;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::compose::files::LARGEST;
use crate::compose::project::Walked;
use crate::confined::open_as_judged;
use crate::files::aside;

/// What the files hold that secrets and configs of a model are made of, in base64.
///
/// # Errors
/// One is not among those that were walked through, or cannot be read.
pub async fn contents(walked: &Walked, model: &Value) -> io::Result<BTreeSet<String>> {
    let sections = ["secrets", "configs"].into_iter();
    let entries = sections.filter_map(|section| model.get(section)?.as_object());
    let named = entries
        .flatten()
        .filter_map(|(_, it)| it.get("file")?.as_str());
    let named: Vec<PathBuf> = named.map(|path| path.replace("$$", "$").into()).collect();
    let reads = walked.reads.clone();
    aside(move || {
        let held = named.into_iter().map(|path| {
            let at = |why: &dyn std::fmt::Display| {
                io::Error::other(format!("`{}` {why}", path.display()))
            };
            let real = std::fs::canonicalize(&path).map_err(|error| at(&error))?;
            if !reads.contains(&real) {
                return Err(at(&"is not among the files of the stack"));
            }
            let (file, _) = open_as_judged(&real).map_err(|error| at(&error))?;
            let mut bytes = Vec::new();
            file.take(LARGEST + 1).read_to_end(&mut bytes)?;
            match bytes.len() as u64 {
                0..=LARGEST => Ok(BASE64_STANDARD.encode(bytes)),
                _ => Err(at(&"is larger than a secret or a config may be")),
            }
        });
        held.collect()
    })
    .await
}
