//! Reads image references and their parts.

use std::fmt;
use std::ops::Deref;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use serde_json::Value;

use super::json;
use super::parameter::{Mismatch, Parameter};
use super::reference::{check_characters, checked_text, each};
use super::schema::Schema;

/// The longest name of an image, in bytes, as the Engine has it.
const LONGEST: usize = 255;

checked_text!(
    /// An image by `[host[:port]/]path[:tag][@sha256:<64 hex>]`, or by its id.
    ImageRef,
    image
);
checked_text!(
    /// An image reference without tag or digest.
    Repository,
    repository
);
checked_text!(
    /// What follows the colon of an image reference.
    Tag,
    tag
);
checked_text!(
    /// `os[/arch[/variant]]`, such as `linux/arm64/v8`.
    Platform,
    platform
);

impl Parameter for Vec<ImageRef> {
    const SCHEMA: Schema = Schema::Array(&ImageRef::SCHEMA);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        each(value)
    }
}

impl ImageRef {
    /// The reference without tag and digest; the whole of an id.
    pub fn name(&self) -> &str {
        self.parts().0
    }

    /// The tag, if there is one.
    pub fn tag(&self) -> Option<&str> {
        self.parts().1
    }

    /// `sha256:` and 64 hexadecimal digits, if the reference is bound to its content.
    pub fn digest(&self) -> Option<&str> {
        self.parts().2
    }

    /// The reference of one image, which one without a tag is not everywhere: with its digest, its tag or
    /// `latest`. An id stays as it is.
    pub fn of_one(&self) -> String {
        match self.parts() {
            (id, None, None) if is_id(self) => id.to_owned(),
            (name, _, Some(digest)) => format!("{name}@{digest}"),
            (name, tag, None) => format!("{name}:{}", tag.unwrap_or("latest")),
        }
    }

    fn parts(&self) -> (&str, Option<&str>, Option<&str>) {
        if is_id(self) {
            (self, None, None)
        } else {
            split(self)
        }
    }
}

/// The name, the tag and the digest of a reference that is no id.
fn split(text: &str) -> (&str, Option<&str>, Option<&str>) {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    match rest.rsplit_once(':') {
        // A colon before the last slash is a registry's port.
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag), digest),
        _ => (rest, None, digest),
    }
}

fn is_id(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    (12..=64).contains(&hex.len()) && is_hex(hex)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn image(text: String) -> Result<String, Mismatch> {
    check_characters(&text)?;
    if is_id(&text) {
        return Ok(text);
    }
    let (name, tag, digest) = split(&text);
    check_name(name)?;
    if let Some(tag) = tag {
        check_tag(tag)?;
    }
    match digest.map(|digest| digest.strip_prefix("sha256:")) {
        None => Ok(text),
        Some(Some(hex)) if hex.len() == 64 && is_hex(hex) => Ok(text),
        Some(_) => Err(Mismatch::because(
            "its digest is not `sha256:` and 64 hexadecimal digits",
        )),
    }
}

fn repository(text: String) -> Result<String, Mismatch> {
    check_characters(&text)?;
    match split(&text) {
        (name, None, None) => check_name(name).map(|()| text),
        (_, _, Some(_)) => Err(Mismatch::because("it holds a digest")),
        (_, Some(_), None) => Err(Mismatch::because("it holds a tag")),
    }
}

fn tag(text: String) -> Result<String, Mismatch> {
    check_characters(&text)?;
    check_tag(&text).map(|()| text)
}

fn platform(text: String) -> Result<String, Mismatch> {
    check_characters(&text)?;
    let word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
    };
    if text.split('/').count() <= 3 && text.split('/').all(word) {
        Ok(text)
    } else {
        Err(Mismatch::because("it is not of the form `os/arch/variant`"))
    }
}

fn check_name(name: &str) -> Result<(), Mismatch> {
    /// The grammar of the distribution project: a host is what has a dot, a port or a capital.
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let host = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?";
        let part = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*";
        Regex::new(&format!(r"\A(?:{host}/)?{part}(?:/{part})*\z")).ok()
    });
    let path = name.split_once('/').map_or(name, |(_, path)| path);
    let reason = if name.is_empty() {
        "its name is empty".to_owned()
    } else if name.len() > LONGEST {
        format!("its name is longer than {LONGEST} characters")
    } else if path.contains(|c: char| c.is_ascii_uppercase()) {
        "its name holds a capital letter".to_owned()
    } else if !NAME.as_ref().is_some_and(|grammar| grammar.is_match(name)) {
        "its name is not lower-case words with `/`, `.`, `_`, `__` or `-` between them".to_owned()
    } else {
        return Ok(());
    };
    Err(Mismatch::Reason(reason))
}

fn check_tag(tag: &str) -> Result<(), Mismatch> {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let good = tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'));
    if good {
        Ok(())
    } else {
        Err(Mismatch::because(
            "a tag has up to 128 letters, digits, `_`, `.` and `-`, the first none of the last two",
        ))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn a_reference_comes_apart_where_docker_parts_it() {
        let digest = format!("sha256:{HEX}");
        for (given, name, tag, with_digest) in [
            ("nginx", "nginx", None, false),
            ("nginx:1.25", "nginx", Some("1.25"), false),
            ("library/nginx", "library/nginx", None, false),
            ("localhost:5000/x", "localhost:5000/x", None, false),
            ("localhost:5000/x:1", "localhost:5000/x", Some("1"), false),
            (
                "127.0.0.1:5000/web/app:v1_2-rc.3",
                "127.0.0.1:5000/web/app",
                Some("v1_2-rc.3"),
                false,
            ),
            ("[::1]:5000/x", "[::1]:5000/x", None, false),
            (
                "ghcr.io/a/b__c/d--e.f",
                "ghcr.io/a/b__c/d--e.f",
                None,
                false,
            ),
            ("nginx", "nginx", None, true),
            ("host:5000/nginx:1", "host:5000/nginx", Some("1"), true),
        ] {
            let text = if with_digest {
                format!("{given}@{digest}")
            } else {
                given.to_owned()
            };
            let image =
                ImageRef::parse(json!(text)).unwrap_or_else(|why| panic!("{text}: {why:?}"));
            assert_eq!(&*image, text);
            assert_eq!(image.name(), name, "{text}");
            assert_eq!(image.tag(), tag, "{text}");
            assert_eq!(image.digest(), with_digest.then_some(&*digest), "{text}");
        }
    }

    #[test]
    fn an_id_is_one_name() {
        for id in [
            &HEX[..12],
            HEX,
            &format!("sha256:{}", &HEX[..12]),
            &format!("sha256:{HEX}"),
        ] {
            let image = ImageRef::parse(json!(id)).unwrap();
            assert_eq!(
                (image.name(), image.tag(), image.digest()),
                (id, None, None)
            );
        }
    }

    #[test]
    fn one_image_is_named_where_a_name_stands_for_many() {
        let digest = format!("@sha256:{HEX}");
        for (given, one) in [
            ("host:5000/a/web", "host:5000/a/web:latest"),
            ("web:1", "web:1"),
            (&HEX[..12], &HEX[..12]),
            (&format!("web{digest}"), &format!("web{digest}")),
            (&format!("web:1{digest}"), &format!("web{digest}")),
        ] {
            let image = ImageRef::parse(json!(given)).unwrap();
            assert_eq!(image.of_one(), one);
        }
    }

    #[test]
    fn what_docker_would_not_take_is_refused() {
        for given in [
            "",
            "/",
            "/nginx",
            "nginx/",
            "a//b",
            "Nginx",
            "a/B",
            "nginx:",
            ":1",
            "nginx:a/b",
            "a:b:c",
            "nginx@sha256:abc",
            "nginx@md5:00",
            "nginx@",
            "@sha256:00",
            "a___b",
            "a._b",
            "-a",
            "a-",
            "a.",
            "../a",
            "a/../b",
            "a..b",
            "a?b",
            "a#b",
            "a%b",
            "a b",
            "a\n",
            "nginx:1\n",
            "nginx:-1",
            "ä",
            "sha256:",
            "http://a/b",
            "a\u{0}",
            "nginx:.1",
        ] {
            assert!(ImageRef::parse(json!(given)).is_err(), "{given:?}");
        }
        assert!(ImageRef::parse(json!(format!("a:{}", "1".repeat(129)))).is_err());
        assert!(ImageRef::parse(json!("a".repeat(256))).is_err());
        assert!(ImageRef::parse(json!(format!("a@sha256:{}", HEX.to_uppercase()))).is_err());
    }

    #[test]
    fn a_repository_has_neither_tag_nor_digest() {
        for given in ["web", "127.0.0.1:5000/web", "a/b/c"] {
            assert_eq!(&*Repository::parse(json!(given)).unwrap(), given);
        }
        assert_eq!(
            Repository::parse(json!("web:1")),
            Err(Mismatch::because("it holds a tag"))
        );
        assert_eq!(
            Repository::parse(json!(format!("web@sha256:{HEX}"))),
            Err(Mismatch::because("it holds a digest"))
        );
        assert!(Repository::parse(json!("Web")).is_err());
    }

    #[test]
    fn a_tag_is_one_word() {
        for given in ["latest", "1.25-alpine", "_x", &"a".repeat(128)] {
            assert_eq!(&*Tag::parse(json!(given)).unwrap(), given);
        }
        for given in [
            "",
            ".x",
            "-x",
            "a/b",
            "a:b",
            "a b",
            "a\n",
            "a..b",
            &"a".repeat(129),
        ] {
            assert!(Tag::parse(json!(given)).is_err(), "{given:?}");
        }
    }

    #[test]
    fn a_platform_has_up_to_three_words() {
        for given in ["linux", "linux/amd64", "linux/arm64/v8", "windows/amd64"] {
            assert_eq!(&*Platform::parse(json!(given)).unwrap(), given);
        }
        for given in [
            "",
            "linux/",
            "/linux",
            "a/b/c/d",
            "linux amd64",
            "linux/..",
            "linux,amd64",
        ] {
            assert!(Platform::parse(json!(given)).is_err(), "{given:?}");
        }
    }
}
