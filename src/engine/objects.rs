//! Tells whether two calls are about the same object, which may be called by several names.

use std::collections::HashSet;

use serde_json::Value;

/// The length of a full id, in hexadecimal digits.
const FULL: usize = 64;

/// The length of one that a swarm gives, in digits and small letters.
const FULL_OF_SWARM: usize = 25;

/// The kinds of objects that a request can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A container.
    Container,
    /// An image.
    Image,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// A service of a swarm.
    Service,
    /// A node of a swarm.
    Node,
    /// A secret of a swarm.
    Secret,
    /// A config of a swarm.
    Config,
}

impl ObjectKind {
    pub(super) const ALL: [Self; 8] = [
        Self::Container,
        Self::Image,
        Self::Network,
        Self::Volume,
        Self::Service,
        Self::Node,
        Self::Secret,
        Self::Config,
    ];

    /// The kind of that name, in the singular or the plural.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name.strip_suffix('s').unwrap_or(name) {
            "container" => Self::Container,
            "image" => Self::Image,
            "network" => Self::Network,
            "volume" => Self::Volume,
            "service" => Self::Service,
            "node" => Self::Node,
            "secret" => Self::Secret,
            "config" => Self::Config,
            _ => return None,
        })
    }

    /// What it is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Image => "image",
            Self::Network => "network",
            Self::Volume => "volume",
            Self::Service => "service",
            Self::Node => "node",
            Self::Secret => "secret",
            Self::Config => "config",
        }
    }

    /// Whether a swarm has it, or may have it, so that its id is of the swarm's form.
    fn may_be_of_swarm(self) -> bool {
        !matches!(self, Self::Container | Self::Image | Self::Volume)
    }
}

/// Objects by what they are called: names, ids, beginnings of ids.
#[derive(Debug, Clone, Default)]
pub(crate) struct Objects(HashSet<Name>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Name {
    kind: ObjectKind,
    text: Text,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Text {
    /// A name, or an id without its algorithm.
    Whole(String),
    /// The first digits of an id.
    Beginning(String),
    /// Every tag and digest of a repository.
    Repository(String),
    Any,
}

impl Objects {
    /// Adds what an object is called, in each of the ways in which the Engine may read it.
    pub(crate) fn add(&mut self, kind: ObjectKind, name: &str) {
        let name = name.strip_prefix('/').unwrap_or(name);
        if name.is_empty() {
            return;
        }
        let digits = name.strip_prefix("sha256:").unwrap_or(name);
        let of_swarm =
            kind.may_be_of_swarm() && is_of_swarm(digits) && digits.len() < FULL_OF_SWARM;
        let plain = kind != ObjectKind::Volume && is_hexadecimal(digits) && digits.len() < FULL;
        if of_swarm || plain {
            self.push(kind, Text::Beginning(digits.to_owned()));
        }
        let is_id = is_full_id(digits) || digits.len() < name.len();
        match kind {
            ObjectKind::Image if !is_id => self.push(kind, Text::Whole(full_reference(name))),
            ObjectKind::Image => self.push(kind, Text::Whole(digits.to_owned())),
            _ => self.push(kind, Text::Whole(name.to_owned())),
        }
    }

    /// Adds every image of a repository.
    pub(super) fn add_repository(&mut self, name: &str) {
        let text = Text::Repository(familiar(name).to_owned());
        self.push(ObjectKind::Image, text);
    }

    /// Adds all objects of a kind.
    pub(super) fn add_all(&mut self, kind: ObjectKind) {
        self.push(kind, Text::Any);
    }

    /// Adds the objects of a kind that a document shows: the one that it is about, or those of a list,
    /// by each of their names; of a container also its volumes.
    pub(crate) fn add_shown(&mut self, kind: ObjectKind, document: &Value) {
        if let Value::Array(items) = document {
            items.iter().for_each(|item| self.add_shown(kind, item));
            return;
        }
        for key in ["Id", "ID", "Name", "Names", "RepoTags", "RepoDigests"] {
            self.add_text(kind, document.get(key));
        }
        // Of a swarm's objects what they are called is part of what they are to be, and of nodes their host's.
        let spec = document.get("Spec");
        self.add_text(kind, spec.and_then(|spec| spec.get("Name")));
        let description = document.get("Description");
        self.add_text(kind, description.and_then(|it| it.get("Hostname")));
        // Those of a plan.
        for key in ["id", "tags", "references"] {
            self.add_text(kind, document.get(key));
        }
        if kind != ObjectKind::Image {
            self.add_text(kind, document.get("name"));
        }
        let mounts = document.get("Mounts").and_then(Value::as_array);
        for mount in mounts.into_iter().flatten() {
            self.add_text(ObjectKind::Volume, mount.get("Name"));
        }
    }

    fn add_text(&mut self, kind: ObjectKind, value: Option<&Value>) {
        match value {
            Some(Value::String(name)) if !name.contains("<none>") => self.add(kind, name),
            Some(Value::Array(names)) => {
                names
                    .iter()
                    .for_each(|name| self.add_text(kind, Some(name)));
            }
            _ => {}
        }
    }

    fn push(&mut self, kind: ObjectKind, text: Text) {
        self.0.insert(Name { kind, text });
    }

    /// The same objects and these.
    pub(super) fn and(mut self, more: &Self) -> Self {
        self.0.extend(more.0.iter().cloned());
        self
    }

    /// Whether an object may be among both.
    pub(super) fn overlap(&self, other: &Self) -> bool {
        !self.0.is_disjoint(&other.0) || self.may_mean(other) || other.may_mean(self)
    }

    fn may_mean(&self, other: &Self) -> bool {
        let open = self
            .0
            .iter()
            .filter(|name| !matches!(name.text, Text::Whole(_)));
        let mut pairs = open.flat_map(|one| other.0.iter().map(move |two| (one, two)));
        pairs.any(|(one, two)| one.kind == two.kind && one.text.means(&two.text))
    }

    /// Whether every name of the others is here.
    pub(super) fn contain(&self, others: &Self) -> bool {
        others.0.is_subset(&self.0)
    }
}

impl Text {
    fn means(&self, whole: &Self) -> bool {
        match (self, whole) {
            (Self::Any, _) => true,
            (Self::Beginning(digits), Self::Whole(id)) => {
                is_full_id(id) && id.starts_with(digits.as_str())
            }
            (Self::Repository(name), Self::Whole(reference)) => reference
                .strip_prefix(name.as_str())
                .is_some_and(|version| version.starts_with([':', '@'])),
            _ => false,
        }
    }
}

fn is_full_id(text: &str) -> bool {
    (text.len() == FULL && is_hexadecimal(text))
        || (text.len() == FULL_OF_SWARM && is_of_swarm(text))
}

fn is_of_swarm(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z'))
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The reference of an image as lists show it: without the registry that is meant anyway, with its
/// tag, or with the digest alone where it has one.
fn full_reference(reference: &str) -> String {
    let reference = familiar(reference);
    let (name, digest) = match reference.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (reference, None),
    };
    let (repository, tag) = match name.rsplit_once(':') {
        // What follows the colon of a port is a path.
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    };
    match (digest, tag) {
        (Some(digest), _) => format!("{repository}@{digest}"),
        (None, tag) => format!("{repository}:{}", tag.unwrap_or("latest")),
    }
}

fn familiar(reference: &str) -> &str {
    let registries = ["docker.io/", "index.docker.io/", "registry-1.docker.io/"];
    let hub = registries
        .iter()
        .find_map(|registry| reference.strip_prefix(registry));
    let path = hub.unwrap_or(reference);
    path.strip_prefix("library/").unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "c0ffee01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9";

    const OF_SWARM: &str = "1xzcsbmjvhofb0ty9m9ttxaj4";

    fn named(kind: ObjectKind, name: &str) -> Objects {
        let mut objects = Objects::default();
        objects.add(kind, name);
        objects
    }

    fn same(kind: ObjectKind, one: &str, two: &str) -> bool {
        let (one, two) = (named(kind, one), named(kind, two));
        assert_eq!(one.overlap(&two), two.overlap(&one), "{one:?} {two:?}");
        one.overlap(&two)
    }

    #[test]
    fn an_object_is_known_by_its_names_its_id_and_the_beginning_of_that() {
        for (kind, one, two, expected) in [
            (ObjectKind::Container, "/web", "web", true),
            (ObjectKind::Container, ID, &ID[..12], true),
            (ObjectKind::Container, ID, "c", true),
            (ObjectKind::Container, ID, "c1", false),
            (ObjectKind::Container, "web", "web1", false),
            // What looks like an id may be a name, but not the beginning of one.
            (ObjectKind::Container, "cafe", "cafe", true),
            (ObjectKind::Container, "cafe", "cafe-db", false),
            (ObjectKind::Volume, ID, &ID[..12], false),
            (ObjectKind::Image, &format!("sha256:{ID}"), ID, true),
            (ObjectKind::Image, &format!("sha256:{ID}"), &ID[..4], true),
            (ObjectKind::Image, ID, &format!("sha256:{}", &ID[..4]), true),
            (ObjectKind::Image, "app", "app:latest", true),
            (
                ObjectKind::Image,
                "docker.io/library/app",
                "app:latest",
                true,
            ),
            (
                ObjectKind::Image,
                "index.docker.io/me/app:1",
                "me/app:1",
                true,
            ),
            (ObjectKind::Image, "app:1", "app:2", false),
            (
                ObjectKind::Image,
                "host:5000/app",
                "host:5000/app:latest",
                true,
            ),
            (ObjectKind::Image, "app:1@sha256:ab", "app@sha256:ab", true),
            (ObjectKind::Service, OF_SWARM, &OF_SWARM[..12], true),
            (ObjectKind::Secret, OF_SWARM, "1xz", true),
            (ObjectKind::Node, OF_SWARM, "1xa", false),
            (ObjectKind::Network, OF_SWARM, &OF_SWARM[..12], true),
            (ObjectKind::Service, "shop_web", "shop_web2", false),
        ] {
            assert_eq!(same(kind, one, two), expected, "{one} {two}");
        }
        let (container, network) = (
            named(ObjectKind::Container, "web"),
            named(ObjectKind::Network, "web"),
        );
        assert!(!container.overlap(&network));
    }

    #[test]
    fn all_of_a_kind_and_all_of_a_repository_are_any_of_them() {
        let (mut all, mut tags) = (Objects::default(), Objects::default());
        all.add_all(ObjectKind::Image);
        tags.add_repository("docker.io/library/app");
        for (name, of_all, of_tags) in [("app:1", true, true), ("apple:1", true, false)] {
            let image = named(ObjectKind::Image, name);
            assert_eq!(all.overlap(&image), of_all, "{name}");
            assert_eq!(image.overlap(&tags), of_tags, "{name}");
        }
        assert!(!all.overlap(&named(ObjectKind::Volume, "app")));
    }

    #[test]
    fn documents_show_every_name_and_the_volumes_of_a_container() {
        let mut shown = Objects::default();
        shown.add_shown(
            ObjectKind::Container,
            &json!([{ "Id": ID, "Names": ["/web", "/other/db"], "Mounts": [{ "Name": "data" }, { "Source": "/srv" }] }]),
        );
        let images = json!({ "Id": "sha256:1", "RepoTags": ["<none>:<none>"], "RepoDigests": ["app@sha256:2"] });
        shown.add_shown(ObjectKind::Image, &images);
        let node = json!({ "ID": OF_SWARM, "Spec": { "Name": null }, "Description": { "Hostname": "w1" } });
        shown.add_shown(ObjectKind::Node, &node);
        let secret = json!({ "ID": OF_SWARM, "Spec": { "Name": "db" } });
        shown.add_shown(ObjectKind::Secret, &secret);
        let planned = json!([{ "id": "sha256:3", "name": "a, b", "tags": ["a:1"], "references": ["b@sha256:4"] }]);
        shown.add_shown(ObjectKind::Image, &planned);
        for (kind, name) in [
            (ObjectKind::Container, "web"),
            (ObjectKind::Container, &ID[..12]),
            (ObjectKind::Volume, "data"),
            (ObjectKind::Image, "app@sha256:2"),
            (ObjectKind::Image, "a:1"),
            (ObjectKind::Image, "b@sha256:4"),
            (ObjectKind::Node, "w1"),
            (ObjectKind::Node, &OF_SWARM[..8]),
            (ObjectKind::Secret, "db"),
        ] {
            assert!(shown.overlap(&named(kind, name)), "{name}");
        }
        for (kind, name) in [
            (ObjectKind::Volume, "/srv"),
            (ObjectKind::Image, "a, b"),
            (ObjectKind::Image, "c:1"),
        ] {
            assert!(!shown.overlap(&named(kind, name)), "{name}");
        }
        assert!(shown.contain(&named(ObjectKind::Container, "web")));
        assert!(!shown.contain(&named(ObjectKind::Container, "new")));
    }
}
