//! Reads the head of a program's request, and refuses what could be read in two ways.

use std::fmt;

use bollard::ClientVersion;
use form_urlencoded::Serializer;
use http::{HeaderMap, Method, Uri, Version, header};

use super::refused::Refused;
use crate::engine::record::check_segments;

/// The oldest version of the API that a program may ask for: before it, what is left out means more.
pub(super) const OLDEST: ClientVersion = ClientVersion {
    major_version: 1,
    minor_version: 41,
};

/// What a request asks for, by its head.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) method: Method,
    /// The version that its path begins with.
    pub(super) version: Option<ClientVersion>,
    /// The path behind the version.
    pub(super) path: String,
    /// The options, none of them twice.
    pub(super) query: Vec<(String, String)>,
    /// It asks for the connection itself.
    pub(super) upgrade: bool,
}

impl Head {
    pub(super) fn read<B>(request: &hyper::Request<B>) -> Result<Self, Refused> {
        let malformed = |what| Refused::malformed(format!("the request {what}"));
        if request.version() != Version::HTTP_11 {
            return Err(malformed("is not HTTP/1.1"));
        }
        let method = request.method().clone();
        if ![
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::DELETE,
        ]
        .contains(&method)
        {
            return Err(malformed("has a method that no Engine knows"));
        }
        let uri = request.uri();
        if uri.scheme().is_some() || uri.authority().is_some() {
            return Err(malformed("is one to a proxy: its target is no path"));
        }
        let (version, path) = versioned(uri.path()).map_err(malformed)?;
        // A percent sign hides dots and slashes, and no name needs one.
        check_segments(path.strip_prefix('/').unwrap_or_default())
            .map_err(|wrong| Refused::malformed(format!("the path of the request {wrong}")))?;
        Ok(Self {
            path: path.to_owned(),
            version,
            query: query(uri).map_err(malformed)?,
            upgrade: is_upgrade(request.headers()).map_err(malformed)?,
            method,
        })
    }

    /// The parts of the path.
    pub(super) fn segments(&self) -> Vec<&str> {
        self.path.split('/').skip(1).collect()
    }

    pub(super) fn option(&self, key: &str) -> Option<&str> {
        let found = self.query.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    /// The options, written anew.
    pub(super) fn written_query(&self) -> String {
        Serializer::new(String::new())
            .extend_pairs(&self.query)
            .finish()
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// The version in front of a path, and the rest.
fn versioned(path: &str) -> Result<(Option<ClientVersion>, &str), &'static str> {
    let Some(behind) = path.strip_prefix("/v") else {
        return Ok((None, path));
    };
    if !behind.starts_with(|first: char| first.is_ascii_digit()) {
        return Ok((None, path));
    }
    let number = |text: &str| {
        let plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    let end = behind.find('/').unwrap_or(behind.len());
    let (version, rest) = behind.split_at(end);
    let version = version
        .split_once('.')
        .and_then(|(major, minor)| Some((number(major)?, number(minor)?)));
    let (major_version, minor_version) = version.ok_or("has a version that is none")?;
    let version = ClientVersion {
        major_version,
        minor_version,
    };
    Ok((Some(version), rest))
}

/// The options of a target, decoded.
fn query(uri: &Uri) -> Result<Vec<(String, String)>, &'static str> {
    let mut options: Vec<(String, String)> = Vec::new();
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    for (key, value) in pairs.into_owned() {
        if key.contains('\u{fffd}') || value.contains('\u{fffd}') {
            return Err("has an option that is no text");
        }
        if options.iter().any(|(known, _)| *known == key) {
            return Err("has an option twice");
        }
        options.push((key, value));
    }
    Ok(options)
}

/// Whether the connection is asked for, as attach and exec do.
fn is_upgrade(headers: &HeaderMap) -> Result<bool, &'static str> {
    let kind = headers.get(header::CONTENT_TYPE);
    // An Engine reads such a body as options beside those of the target.
    let is_form = |kind: &http::HeaderValue| {
        let kind = kind.as_bytes().to_ascii_lowercase();
        kind.starts_with(b"application/x-www-form") || kind.starts_with(b"multipart/")
    };
    if kind.is_some_and(is_form) {
        return Err("has a form for its body");
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err("has an encoded body");
    }
    let mut upgrades = headers.get_all(header::UPGRADE).iter();
    match (upgrades.next(), upgrades.next()) {
        (None, _) => Ok(false),
        (Some(one), None) if one.as_bytes().eq_ignore_ascii_case(b"tcp") => Ok(true),
        _ => Err("asks for an upgrade other than `tcp`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(method: &str, target: &str, headers: &[(&str, &str)]) -> Result<Head, Refused> {
        let mut request = hyper::Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Head::read(&request.body(()).unwrap())
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for (method, target) in [
            ("GET", "http://evil.example/v1.41/info"),
            ("GET", "/v1.41/%69nfo"),
            ("GET", "/v1.41/containers/a%2fb/json"),
            ("GET", "/v1.41//info"),
            ("GET", "//info"),
            ("GET", "/v1.41/x/../info"),
            ("GET", "/v1.41/./info"),
            ("GET", "/v1.41/info/"),
            ("GET", "/v1.41"),
            ("GET", "/v1/info"),
            ("GET", "/v1.041/info"),
            ("GET", "/v1.41.1/info"),
            ("GET", "/v99999999999999999999.1/info"),
            ("GET", "/"),
            ("POST", "/v1.41/containers/create?name=a&name=b"),
            ("POST", "/v1.41/containers/create?name=a&%6eame=b"),
            ("POST", "/v1.41/containers/create?name=%ff"),
            ("PATCH", "/v1.41/info"),
            ("OPTIONS", "/v1.41/info"),
            ("get", "/v1.41/info"),
        ] {
            assert!(read(method, target, &[]).is_err(), "{method} {target}");
        }
        let old = hyper::Request::builder()
            .version(Version::HTTP_10)
            .uri("/info")
            .body(());
        assert!(Head::read(&old.unwrap()).is_err());
        for header in [
            ("content-type", "application/x-www-form-urlencoded"),
            (
                "content-type",
                "Application/X-WWW-Form-Urlencoded; charset=utf-8",
            ),
            ("content-type", "multipart/form-data; boundary=x"),
            ("content-encoding", "gzip"),
            ("upgrade", "h2c"),
            ("upgrade", "websocket"),
            ("upgrade", "tcp, h2c"),
        ] {
            assert!(
                read("POST", "/v1.41/info", &[header]).is_err(),
                "{header:?}"
            );
        }
        let twice = [("upgrade", "tcp"), ("upgrade", "h2c")];
        assert!(read("POST", "/v1.41/info", &twice).is_err());
    }

    #[test]
    fn what_is_left_is_written_anew() {
        let head = read(
            "GET",
            "/v1.41/containers/json?all=1&filters=%7B%22label%22%3A%7B%22a%3Db~%22%3Atrue%7D%7D;x",
            &[("upgrade", "tcp")],
        );
        let head = head.unwrap();
        assert_eq!(head.path, "/containers/json");
        assert_eq!(
            head.version.map(|it| it.to_string()).as_deref(),
            Some("1.41")
        );
        assert_eq!(
            head.written_query(),
            "all=1&filters=%7B%22label%22%3A%7B%22a%3Db%7E%22%3Atrue%7D%7D%3Bx"
        );
        assert!(head.upgrade);
        let head = read("HEAD", "/_ping", &[]).unwrap();
        assert!(head.version.is_none() && head.path == "/_ping" && !head.upgrade);
        assert_eq!(read("GET", "/volumes", &[]).unwrap().path, "/volumes");
    }
}
