//! Reads what is looked for on Docker Hub.

use std::fmt;
use std::ops::Deref;

use serde::Serialize;
use serde_json::Value;

use super::json;
use super::parameter::{Mismatch, Parameter};
use super::reference::checked_text;
use super::schema::Schema;

/// The longest text, in bytes; the longest name of an image is as long.
const LONGEST: usize = 255;

checked_text!(
    /// What is looked for. It never names a host, because the Engine would call that host.
    Search,
    search
);

fn search(text: String) -> Result<String, Mismatch> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Mismatch::because("it is empty"));
    }
    if text.len() > LONGEST {
        return Err(Mismatch::because(format!(
            "it is longer than {LONGEST} bytes"
        )));
    }
    if text.contains(char::is_control) {
        return Err(Mismatch::because("it holds a control character"));
    }
    // As the Engine tells a host from the first part of a name, and a little wider.
    if let Some((host, _)) = text.split_once('/')
        && (host.contains(['.', ':', '\\'])
            || host.chars().any(char::is_uppercase)
            || host == "localhost")
    {
        return Err(Mismatch::because(format!(
            "the Engine would call the host `{}`; leave it out, only Docker Hub is searched",
            json::clip(host, 40)
        )));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_host_is_named() {
        for given in [
            "nginx",
            "web server",
            "library/nginx",
            "a.b",
            "v1.2 tools",
            "Nginx",
            "grafana/Grafana.io",
            "localhosts/x",
        ] {
            assert!(Search::parse(json!(given)).is_ok(), "{given}");
        }
        for given in [
            "evil.example/x",
            " evil.example/x",
            "localhost/x",
            "LOCALHOST/x",
            "host:5000/x",
            "[::1]/x",
            "http://evil.example/x",
            "docker.io/nginx",
            "127.0.0.1/",
            "Host/x",
            "a\\b/x",
            "",
            "  ",
            "a\nb",
        ] {
            assert!(Search::parse(json!(given)).is_err(), "{given:?}");
        }
        assert!(Search::parse(json!("x".repeat(300))).is_err());
    }
}
