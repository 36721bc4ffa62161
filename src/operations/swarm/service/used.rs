//! Finds the secrets and configs that a service is to have, which the Engine wants by name and id.

use bollard::query_parameters::{ListConfigsOptions, ListSecretsOptions};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::{Call, CallError};
use crate::engine::{Items, Part, Request, Told, record};
use crate::operations::objects::missing;
use crate::params::InvalidArgument;

/// Who may read it, where nobody says: everybody in the container.
const MODE: u32 = 0o444;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Named {
    #[serde(rename = "ID")]
    id: Told<String>,
    spec: Part<Spec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Spec {
    name: Told<String>,
}

/// A secret or a config as a call names it.
#[derive(Debug, PartialEq, Eq)]
struct Reference<'a> {
    source: &'a str,
    target: Option<&'a str>,
    uid: &'a str,
    gid: &'a str,
    mode: u32,
}

/// Those secrets as the Engine takes them.
pub(super) async fn secrets(
    wanted: Option<&[String]>,
    call: &Call<'_>,
) -> Result<Option<Value>, CallError> {
    let list =
        || record(|docker| async move { docker.list_secrets(None::<ListSecretsOptions>).await });
    match wanted {
        Some(wanted) => used("secret", "Secret", wanted, list()?, call)
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// Those configs as the Engine takes them.
pub(super) async fn configs(
    wanted: Option<&[String]>,
    call: &Call<'_>,
) -> Result<Option<Value>, CallError> {
    let list =
        || record(|docker| async move { docker.list_configs(None::<ListConfigsOptions>).await });
    match wanted {
        Some(wanted) => used("config", "Config", wanted, list()?, call)
            .await
            .map(Some),
        None => Ok(None),
    }
}

async fn used(
    kind: &str,
    of: &str,
    wanted: &[String],
    list: Request,
    call: &Call<'_>,
) -> Result<Value, CallError> {
    let wanted = wanted.iter().map(|text| {
        reference(text).ok_or_else(|| {
            InvalidArgument(format!(
                "`{kind}s`: `{text}` is not a name, `name:target`, or `source=name,target=path,mode=0440`"
            ))
        })
    });
    let wanted: Vec<Reference<'_>> = wanted.collect::<Result<_, _>>()?;
    if wanted.is_empty() {
        return Ok(json!([]));
    }
    let there: Items<Named> = call.engine.told(list).await?;
    let used = wanted.iter().map(|wanted| {
        let found = find(&there, wanted.source).ok_or_else(|| {
            let names = there.iter().map(|it| it.spec.name.text());
            CallError::Operation(missing(kind, wanted.source, names))
        })?;
        let (id, name) = (found.id.text(), found.spec.name.text());
        let mut file = json!({ "Name": wanted.target.unwrap_or(name) });
        for (key, value) in [
            ("UID", json!(wanted.uid)),
            ("GID", json!(wanted.gid)),
            ("Mode", json!(wanted.mode)),
        ] {
            if let Some(file) = file.as_object_mut() {
                file.insert(key.to_owned(), value);
            }
        }
        Ok(json!({ format!("{of}ID"): id, format!("{of}Name"): name, "File": file }))
    });
    used.collect()
}

/// The one of that name or id, or the only one whose id begins so.
fn find<'n>(there: &'n [Named], wanted: &str) -> Option<&'n Named> {
    let exact = |it: &&Named| it.spec.name.text() == wanted || it.id.text() == wanted;
    there.iter().find(exact).or_else(|| {
        let mut begins = there.iter().filter(|it| it.id.text().starts_with(wanted));
        let first = begins.next()?;
        begins.next().is_none().then_some(first)
    })
}

fn reference(text: &str) -> Option<Reference<'_>> {
    let mut reference = Reference {
        source: text,
        target: None,
        uid: "0",
        gid: "0",
        mode: MODE,
    };
    if text.contains('=') {
        reference.source = "";
        for part in text.split(',') {
            let (key, value) = part.split_once('=')?;
            match key {
                "source" | "src" => reference.source = value,
                "target" => reference.target = Some(value),
                "uid" => reference.uid = value,
                "gid" => reference.gid = value,
                "mode" => {
                    let mode = u32::from_str_radix(value, 8).ok();
                    reference.mode = mode.filter(|mode| *mode <= 0o777)?;
                }
                _ => return None,
            }
        }
    } else if let Some((source, target)) = text.split_once(':') {
        reference.source = source;
        reference.target = Some(target);
    }
    let is_number = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = !reference.source.is_empty() && reference.target != Some("");
    (is_whole && is_number(reference.uid) && is_number(reference.gid)).then_some(reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_written_as_the_docker_cli_does() {
        let plain = reference("db").unwrap();
        assert_eq!((plain.source, plain.target, plain.mode), ("db", None, MODE));
        let short = reference("db:/run/pw").unwrap();
        assert_eq!((short.source, short.target), ("db", Some("/run/pw")));
        let long = reference("source=db,target=pw,mode=0400,uid=5,gid=6").unwrap();
        let read = (long.source, long.target, long.uid, long.gid, long.mode);
        assert_eq!(read, ("db", Some("pw"), "5", "6", 0o400));
        for wrong in [
            "",
            ":x",
            "db:",
            "target=x",
            "source=db,mode=8",
            "source=db,x=1",
            "source=db,uid=root",
        ] {
            assert_eq!(reference(wrong), None, "{wrong}");
        }
    }
}
