//! Holds secrets to the images and projects that the operator named for them.

use std::borrow::Cow;

use wildmatch::WildMatch;

use super::error::SecretError;
use crate::config::Limits;

/// Where secrets would go.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// The image of the container; none where it goes to no container.
    pub image: Option<&'a str>,
    /// The Compose project.
    pub project: Option<&'a str>,
}

/// The secrets of a call that may not go everywhere.
#[derive(Debug, Clone, Default)]
pub struct Bounds(pub(super) Vec<(String, Limits)>);

impl Bounds {
    /// Whether nothing is limited.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses what goes elsewhere than it may.
    ///
    /// # Errors
    /// [`SecretError::Limited`] for the first.
    pub fn permit(&self, to: Destination<'_>) -> Result<(), SecretError> {
        let mut all = self.0.iter();
        all.try_for_each(|(name, limits)| permit(name, limits, to))
    }
}

fn permit(name: &str, limits: &Limits, to: Destination<'_>) -> Result<(), SecretError> {
    let refused = |named: &str, allowed: &[String], what: String| {
        let allowed: Vec<String> = allowed.iter().map(|it| format!("`{it}`")).collect();
        let allowed = match allowed.is_empty() {
            true => "none".to_owned(),
            false => allowed.join(", "),
        };
        Err(SecretError::Limited {
            name: name.to_owned(),
            named: format!("{named} {allowed}"),
            what,
        })
    };
    if let Some(allowed) = &limits.images {
        let Some(image) = to.image else {
            return refused("images", allowed, "this goes to no image".to_owned());
        };
        let whole = whole(image);
        let matches = |glob: &String| WildMatch::new(&self::whole(glob)).matches(&whole);
        if !allowed.iter().any(matches) {
            return refused("images", allowed, format!("this goes to `{image}`"));
        }
    }
    if let Some(allowed) = &limits.projects {
        let Some(project) = to.project else {
            return refused(
                "projects",
                allowed,
                "this goes to no Compose project".to_owned(),
            );
        };
        if !allowed.iter().any(|it| it == project) {
            let what = format!("this goes to the project `{project}`");
            return refused("projects", allowed, what);
        }
    }
    Ok(())
}

/// The reference of an image with all that Docker puts in where it is left out, so that each image has one.
fn whole(reference: &str) -> Cow<'_, str> {
    if reference == "*" || reference.starts_with("sha256:") {
        return reference.into();
    }
    let (rest, digest) = match reference.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (reference, None),
    };
    let (path, tag) = match rest.rsplit_once(':') {
        // A colon before the last slash is a registry's port.
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (rest, None),
    };
    let path = match path.split_once('/') {
        Some(("docker.io" | "index.docker.io", path)) => of_hub(path),
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => path.to_owned(),
        _ => of_hub(path),
    };
    // A reference with a digest is bound to it, whatever its tag says.
    match (digest, tag) {
        (Some(digest), _) => format!("{path}@{digest}"),
        // Of a glob, what its end stands for may be a tag.
        (None, None) if path.ends_with('*') => path,
        (None, tag) => format!("{path}:{}", tag.unwrap_or("latest")),
    }
    .into()
}

fn of_hub(path: &str) -> String {
    match path.contains('/') {
        true => format!("docker.io/{path}"),
        false => format!("docker.io/library/{path}"),
    }
}
