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

/// What secrets and configs of a model hold.
#[derive(Debug, Default)]
pub struct Contents {
    /// Of each, in base64.
    pub all: BTreeSet<String>,
    /// Of secrets, so and as the text that it is.
    pub secrets: Vec<String>,
}

/// What the files hold that secrets and configs of a model are made of.
///
/// # Errors
/// One is not among those that were walked through, or cannot be read.
pub async fn contents(walked: &Walked, model: &Value) -> io::Result<Contents> {
    let files = |section| {
        let entries = model.get(section).and_then(Value::as_object);
        let named = entries.into_iter().flatten();
        named.filter_map(move |(_, it)| Some((section, it.get("file")?.as_str()?)))
    };
    let named = files("secrets").chain(files("configs"));
    let named: Vec<(&str, PathBuf)> = named
        .map(|(section, path)| (section, path.replace("$$", "$").into()))
        .collect();
    let reads = walked.reads.clone();
    aside(move || {
        let mut contents = Contents::default();
        for (section, path) in named {
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
            if bytes.len() as u64 > LARGEST {
                return Err(at(&"is larger than a secret or a config may be"));
            }
            let encoded = BASE64_STANDARD.encode(&bytes);
            if section == "secrets" {
                contents.secrets.push(encoded.clone());
                contents.secrets.extend(String::from_utf8(bytes));
            }
            contents.all.insert(encoded);
        }
        Ok(contents)
    })
    .await
}
