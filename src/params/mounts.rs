//! Reads what is mounted into a container.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::json::{self, clip, kind};
use super::reference::reference;
use super::{Mismatch, Parameter};

/// What is mounted into a container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mounts(pub Vec<Mount>);

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// An absolute path on the host, of Windows too, or the name of a volume.
    pub source: String,
    /// An absolute path in the container, of Windows too.
    pub target: String,
    /// `rw`, `ro` and Docker's further options, joined by commas.
    pub mode: String,
}

impl Parameter for Mounts {
    fn parse(value: Value) -> Result<Self, Mismatch> {
        json::object(value)?
            .into_iter()
            .map(|(source, value)| {
                mount(&source, value).map_err(|reason| {
                    Mismatch::Reason(format!("of `{}`, {reason}", clip(&source, 60)))
                })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
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
    if !target.starts_with('/') && drive(&target).is_none() {
        return Err("`bind` is not an absolute path".to_owned());
    }
    check_path("`bind`", &target)?;
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
            json!(["/a:/b"]),
            json!("/a:/b"),
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
