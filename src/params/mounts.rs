//! Reads what is mounted into a container.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::json::{self, Many, clip, kind};
use super::parameter::{Mismatch, Parameter};
use super::reference::reference;
use super::schema::Schema;

/// What is mounted into a container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mounts(pub Vec<Mount>);

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// An absolute path on the host, of Windows too, or the name of a volume; empty for a volume
    /// without one.
    pub source: String,
    /// An absolute path in the container, of Windows too.
    pub target: String,
    /// `rw`, `ro` and Docker's further options, joined by commas.
    pub mode: String,
}

impl Parameter for Mounts {
    const SCHEMA: Schema = Schema::Object;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let of = |what: &str, reason: String| {
            Mismatch::Reason(format!("of `{}`, {reason}", clip(what, 60)))
        };
        let mounts = match json::many(value)? {
            Many::Object(members) => members
                .into_iter()
                .map(|(source, value)| mount(&source, value).map_err(|why| of(&source, why)))
                .collect::<Result<_, _>>(),
            Many::Items(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| {
                    let text = json::item(index, item)?;
                    spelt(&text).map_err(|why| of(&text, why))
                })
                .collect(),
        };
        mounts.map(Self)
    }
}

/// `source:target[:mode]`, or the target alone for a volume without a name, as the Docker CLI's
/// `--volume` takes it.
fn spelt(text: &str) -> Result<Mount, String> {
    let (first, rest) = cut(text);
    let Some(rest) = rest else {
        check_target("the path in the container", first)?;
        return Ok(Mount {
            source: String::new(),
            target: first.to_owned(),
            mode: "rw".to_owned(),
        });
    };
    check_source(first)?;
    let (target, mode) = cut(rest);
    let mode = mode.unwrap_or("rw");
    check_target("the path in the container", target)?;
    check_mode(mode)?;
    Ok(Mount {
        source: first.to_owned(),
        target: target.to_owned(),
        mode: mode.to_owned(),
    })
}

/// What stands before the first colon that belongs to no drive, and what stands behind it.
fn cut(text: &str) -> (&str, Option<&str>) {
    let drive = drive(text).unwrap_or_default().len();
    let colon = text.get(drive..).and_then(|rest| rest.find(':'));
    match colon.and_then(|at| text.split_at_checked(drive + at)) {
        Some((first, rest)) => (first, rest.strip_prefix(':')),
        None => (text, None),
    }
}

fn check_target(what: &str, target: &str) -> Result<(), String> {
    if !target.starts_with('/') && drive(target).is_none() {
        return Err(format!("{what} is not an absolute path"));
    }
    check_path(what, target)
}

fn mount(source: &str, value: Value) -> Result<Mount, String> {
    check_source(source)?;
    let Value::Object(mut members) = value else {
        return Err(format!(
            "the value is {}, not an object with `bind` and `mode`",
            kind(&value)
        ));
    };
    let Some(target) = text(&mut members, "bind")? else {
        return Err("`bind`, the path in the container, is missing".to_owned());
    };
    let mode = text(&mut members, "mode")?.unwrap_or_else(|| "rw".to_owned());
    if let Some(unknown) = members.keys().next() {
        return Err(format!(
            "`{}` is unknown; there are `bind` and `mode`",
            clip(unknown, 40)
        ));
    }
    check_target("`bind`", &target)?;
    check_mode(&mode)?;
    Ok(Mount {
        source: source.to_owned(),
        target,
        mode,
    })
}

fn text(members: &mut Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match members.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(format!("`{key}` is {}, not a string", kind(&other))),
    }
}

fn check_source(source: &str) -> Result<(), String> {
    // Whether the Engine's host has such a path is for the policy to say, which knows the Engine.
    if source.starts_with(['/', '\\']) || drive(source).is_some() {
        return check_path("the source", source);
    }
    match reference(source.to_owned()) {
        Ok(_) => Ok(()),
        Err(_) => Err("the source is neither an absolute path nor a volume name".to_owned()),
    }
}

/// The drive that an absolute path of Windows starts with, such as `C:` of `C:\Users`.
fn drive(path: &str) -> Option<&str> {
    match path.as_bytes() {
        [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic() => path.get(..2),
        _ => None,
    }
}

/// The Engine takes mounts as `source:target:mode`, so a colon would shift what is mounted; behind a
/// drive it would name a stream of a file of Windows.
fn check_path(what: &str, path: &str) -> Result<(), String> {
    let path = path
        .strip_prefix(drive(path).unwrap_or_default())
        .unwrap_or(path);
    if path.contains(':') {
        Err(format!("{what} holds `:`"))
    } else if path.contains(char::is_control) {
        Err(format!("{what} holds a control character"))
    } else {
        Ok(())
    }
}

fn check_mode(mode: &str) -> Result<(), String> {
    const ACCESS: &[&str] = &["rw", "ro"];
    const LABEL: &[&str] = &["z", "Z"];
    const COPY: &[&str] = &["nocopy"];
    const PROPAGATION: &[&str] = &[
        "shared", "slave", "private", "rshared", "rslave", "rprivate",
    ];
    const CONSISTENCY: &[&str] = &["consistent", "cached", "delegated"];

    let families = [ACCESS, LABEL, COPY, PROPAGATION, CONSISTENCY];
    let mut seen = Vec::new();
    for option in mode.split(',') {
        let Some(family) = families.iter().position(|family| family.contains(&option)) else {
            return Err(format!(
                "the mode `{}` is unknown; it is `rw` or `ro`, and with a comma `z`, `Z`, `nocopy` or a propagation",
                clip(option, 20)
            ));
        };
        if seen.contains(&family) {
            return Err(format!("the mode `{option}` contradicts another"));
        }
        seen.push(family);
    }
    Ok(())
}

impl Serialize for Mounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sources: BTreeSet<&str> = self.0.iter().map(|mount| &*mount.source).collect();
        // What an object cannot hold is written as the Docker CLI would.
        if sources.contains("") || sources.len() < self.0.len() {
            return serializer.collect_seq(self.0.iter().map(|mount| match &*mount.source {
                "" => mount.target.clone(),
                source => format!("{source}:{}:{}", mount.target, mount.mode),
            }));
        }
        serializer.collect_map(self.0.iter().map(|mount| {
            (
                &mount.source,
                json!({ "bind": mount.target, "mode": mount.mode }),
            )
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_or_a_volume_is_mounted() {
        let given = json!({
            "/srv/www": { "bind": "/usr/share/nginx", "mode": "ro,z" },
            "data": { "bind": "/data" },
        });
        let mounts = Mounts::parse(json!(given.to_string())).unwrap();
        assert_eq!(mounts, Mounts::parse(given).unwrap());
        assert_eq!(
            serde_json::to_value(&mounts).unwrap(),
            json!({
                "/srv/www": { "bind": "/usr/share/nginx", "mode": "ro,z" },
                "data": { "bind": "/data", "mode": "rw" },
            })
        );
    }

    #[test]
    fn paths_of_windows_have_a_drive() {
        for (source, target) in [
            (r"C:\Users\me\data", "/data"),
            ("c:/Users/me/data", "/data"),
            (r"\\wsl$\Debian\home\me\data", "/data"),
            ("data", r"C:\data"),
        ] {
            let mounts = Mounts::parse(json!({source: {"bind": target}})).unwrap();
            assert_eq!(mounts.0[0].source, source);
            assert_eq!(mounts.0[0].target, target);
        }
    }

    #[test]
    fn the_spelling_of_the_cli_is_taken() {
        for (given, read) in [
            (
                json!("data:/data:ro"),
                json!({"data": {"bind": "/data", "mode": "ro"}}),
            ),
            (
                json!("data:/data"),
                json!({"data": {"bind": "/data", "mode": "rw"}}),
            ),
            (
                json!(["/srv:/www:ro,z", "data:/data"]),
                json!({
                    "/srv": {"bind": "/www", "mode": "ro,z"},
                    "data": {"bind": "/data", "mode": "rw"},
                }),
            ),
            (
                json!(r#"["aa:/a"]"#),
                json!({"aa": {"bind": "/a", "mode": "rw"}}),
            ),
            (
                json!(r"C:\data:/data:ro"),
                json!({r"C:\data": {"bind": "/data", "mode": "ro"}}),
            ),
            (
                json!(r"C:/data:D:\data"),
                json!({"C:/data": {"bind": r"D:\data", "mode": "rw"}}),
            ),
            (
                json!(["aa:/a", "aa:/b:ro"]),
                json!(["aa:/a:rw", "aa:/b:ro"]),
            ),
            (json!("/cache"), json!(["/cache"])),
            (json!([]), json!({})),
        ] {
            let mounts =
                Mounts::parse(given.clone()).unwrap_or_else(|why| panic!("{given}: {why:?}"));
            assert_eq!(serde_json::to_value(&mounts).unwrap(), read, "{given}");
            assert_eq!(Mounts::parse(read.clone()), Ok(mounts), "{read}");
        }
    }

    #[test]
    fn modes_are_those_of_docker() {
        for mode in [
            "rw",
            "ro",
            "z",
            "Z",
            "ro,Z",
            "nocopy",
            "rw,rslave",
            "ro,shared,z",
            "cached",
        ] {
            let given = json!({"v": {"bind": "/v", "mode": mode}});
            assert_eq!(Mounts::parse(given).unwrap().0[0].mode, mode);
        }
        for mode in [
            "", "RW", "rx", "ro,rw", "ro,ro", "ro,", "z,Z", "ro:z", "ro ",
        ] {
            let given = json!({"v": {"bind": "/v", "mode": mode}});
            assert!(Mounts::parse(given).is_err(), "{mode:?}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for given in [
            json!({"/a": "/b"}),
            json!({"/a": null}),
            json!({"/a": {}}),
            json!({"/a": {"bind": "b"}}),
            json!({"/a": {"bind": ""}}),
            json!({"/a": {"bind": 5}}),
            json!({"/a": {"bind": "/b", "mode": true}}),
            json!({"/a": {"bind": "/b", "modus": "ro"}}),
            json!({"/a": {"bind": "/b:ro"}}),
            json!({"/a:/x": {"bind": "/b"}}),
            json!({"C:a": {"bind": "/b"}}),
            json!({"C:\\a:b": {"bind": "/b"}}),
            json!({"CD:\\a": {"bind": "/b"}}),
            json!({"/a": {"bind": "C:b"}}),
            json!({"/a": {"bind": "C:\\b:ro"}}),
            json!({"./a": {"bind": "/b"}}),
            json!({"../a": {"bind": "/b"}}),
            json!({"a/b": {"bind": "/b"}}),
            json!({"~/a": {"bind": "/b"}}),
            json!({"": {"bind": "/b"}}),
            json!({"/a\n": {"bind": "/b"}}),
            json!({"/a": {"bind": "/b\u{0}"}}),
            json!("data"),
            json!("/a:b"),
            json!("/a:"),
            json!(":/b"),
            json!("/a:/b:rx"),
            json!("/a:/b:"),
            json!("/a:/b:ro:z"),
            json!("./a:/b"),
            json!("~/a:/b"),
            json!("$PWD:/b"),
            json!(["/a:/b", 5]),
            json!([{"source": "/a", "target": "/b"}]),
        ] {
            assert!(Mounts::parse(given.clone()).is_err(), "{given}");
        }
    }

    #[test]
    fn the_reason_names_the_mount() {
        assert_eq!(
            Mounts::parse(json!({"/a": {"bind": "b"}})),
            Err(Mismatch::because("of `/a`, `bind` is not an absolute path"))
        );
    }
}
