//! Tells by its path that a file holds keys or credentials, which is described and neither read nor written.
//!
//! What is in a file is redacted all the same; but a key is of many forms, and whoever writes one enters.

use wildmatch::WildMatch;

use super::path::FilePath;
use crate::redaction::names_a_secret;

/// Where secrets are mounted.
const MOUNTED: &[&str] = &["/run/secrets", "/var/run/secrets"];

/// Directories of keys and credentials, wherever they are.
const DIRECTORIES: &[&str] = &[
    ".ssh", ".aws", ".kube", ".gnupg", ".azure", "gcloud", ".docker",
];

/// Names of files, in small letters.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_*_sk", "ssh_host_*_key", "authorized_keys*",
    "*.pem", "*.key", "*.p12", "*.pfx", "*.p8", "*.jks", "*.keystore", "*.ppk", "*.kdbx", "*.keytab",
    ".env", ".env.*", "*.env", ".netrc", "_netrc", ".pgpass", "pgpass.conf", ".htpasswd", ".my.cnf",
    ".npmrc", ".pypirc", ".git-credentials", ".dockercfg", ".vault-token", ".boto", ".s3cfg",
    "kubeconfig*", "credentials", "credentials.*", "*credentials.json", "service-account*.json",
    "shadow", "shadow-", "gshadow", "gshadow-", "*.tfstate", "wallet.dat",
];

/// Names of files that show what others hold, or what everybody may know.
const OPEN: &[&str] = &[
    "*.pub",
    "known_hosts",
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "passwd",
    "passwd-",
];

/// Where the certificates of authorities are, which everybody may know.
const PUBLIC: &[&str] = &["/etc/ssl/certs", "/usr/share/ca-certificates"];

/// Endings of files that hold nothing but the secret that their name is of.
const BARE: &[&str] = &["", "txt", "secret"];

/// The same with the path in front.
pub(super) fn reason(path: &FilePath) -> Option<String> {
    kept_by(path).map(|why| format!("{path} {why}"))
}

/// Why a file is described alone, if it is.
fn kept_by(path: &FilePath) -> Option<&'static str> {
    let lies_in = |places: &[&str]| {
        let mut places = places.iter().map(|place| FilePath::told(place));
        places.any(|place| path.below(&place).is_some())
    };
    if lies_in(MOUNTED) {
        return Some("lies where secrets are mounted");
    }
    let parts: Vec<String> = path.parts().iter().map(|it| it.to_lowercase()).collect();
    let (name, folders) = parts.split_last()?;
    let is = |patterns: &[&str]| {
        let mut patterns = patterns.iter().map(|pattern| WildMatch::new(pattern));
        patterns.any(|pattern| pattern.matches(name))
    };
    if is(OPEN) || lies_in(PUBLIC) {
        return None;
    }
    if folders.iter().any(|it| DIRECTORIES.contains(&it.as_str())) {
        return Some("lies in a folder of keys or credentials");
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_bare = BARE.contains(&ending) && names_a_secret(stem);
    (is(NAMES) || is_bare).then_some("is named like keys or credentials")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_credentials_show_by_their_paths() {
        for (path, kept) in [
            ("/run/secrets/anything", true),
            (
                "/var/run/secrets/kubernetes.io/serviceaccount/namespace",
                true,
            ),
            ("/run/secretsx", false),
            ("/root/.ssh/id_rsa", true),
            ("/root/.ssh/config", true),
            ("/root/.ssh/id_rsa.pub", false),
            ("/root/.SSH/Authorized_Keys", true),
            ("/home/u/.docker/config.json", true),
            ("/app/.env", true),
            ("/app/.env.production", true),
            ("/app/.env.example", false),
            ("/app/prod.env", true),
            ("/etc/tls/server.PEM", true),
            ("/etc/tls/server.key", true),
            ("/etc/ssl/certs/ca-certificates.pem", false),
            ("/etc/shadow", true),
            ("/etc/passwd", false),
            ("/etc/group", false),
            ("/app/db_password", true),
            ("/app/db_password.txt", true),
            ("/app/api-token", true),
            ("/app/password.py", false),
            ("/app/config.json", false),
            ("/app/keyboard.txt", false),
            ("/data/credentials", true),
            ("/", false),
        ] {
            let found = kept_by(&FilePath::told(path));
            assert_eq!(found.is_some(), kept, "{path}: {found:?}");
        }
    }
}
