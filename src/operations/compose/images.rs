//! Tells which images were built for a project.
//!
//! Compose labels what it builds, but whatever is built on such an image inherits the label, so that it
//! alone says little of an image that somebody has given a name of his own. Where the Engine builds without
//! BuildKit no version sets the label; the name that they make up of project and service is left.

use std::collections::BTreeSet;

use super::labels::{Container, project};
use crate::engine::labels::SERVICE;
use crate::operations::objects::Image;
use crate::operations::prune::images::{Planned, planned, tags, untagged};
use crate::operations::space::usage::same_id;
use crate::params::Now;

/// A project by its containers and those of others.
pub(super) struct Around<'a> {
    pub(super) project: &'a str,
    pub(super) going: &'a [&'a Container],
    pub(super) staying: &'a [&'a Container],
}

impl Around<'_> {
    /// What the plan says of an image; none where it is not the project's, or others use it.
    pub(super) fn planned(&self, image: &Image, now: Now) -> Option<Planned> {
        let is_of = |container: &&&Container| same_id(&container.image_id, image.id.text());
        let users: Vec<&Container> = self.going.iter().filter(is_of).copied().collect();
        let others: Vec<&Container> = self.staying.iter().filter(is_of).copied().collect();
        let (tags, is_labelled) = (tags(image), project(&image.labels) == Some(self.project));
        let made_up = self.made_up(image, &users, is_labelled);
        let names: Vec<String> = tags
            .iter()
            .filter(|it| made_up.contains(*it))
            .cloned()
            .collect();
        if !others.is_empty() {
            // What was built alike is one image, whose names are not.
            let is_theirs = |name: &String| others.iter().any(|it| it.is_from(name));
            let is_ours_alone = !names.is_empty() && names.len() < tags.len();
            let is_free = is_ours_alone && !names.iter().any(is_theirs);
            return is_free.then(|| untagged(image, names, now));
        }
        match (names.len(), tags.len()) {
            (0, 0) if is_labelled && image.repo_digests.is_empty() => {}
            // The name is the user's own, and the project runs it.
            (0, _) if is_labelled && !users.is_empty() => {}
            (0, _) => return None,
            (own, all) if own == all => {}
            _ => return Some(untagged(image, names, now)),
        }
        Some(planned(image, now, false, false))
    }

    /// The names that Compose makes up for what it builds of these services.
    fn made_up(&self, image: &Image, users: &[&Container], is_labelled: bool) -> BTreeSet<String> {
        let labelled = image.labels.get(SERVICE).filter(|_| is_labelled);
        let labelled = labelled.map(|it| it.text()).into_iter();
        let services = labelled.chain(users.iter().map(|it| it.service()));
        let names = |service| {
            ["-", "_"].map(|between| format!("{}{between}{service}:latest", self.project))
        };
        services.flat_map(names).collect()
    }
}
