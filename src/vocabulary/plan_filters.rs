//! Holds the filters of plan templates, for the server that renders them and the generator that
//! checks them.
//!
//! Engines leave things out and write `null` for what is empty, so a filter takes whatever comes
//! and never fails. Lists are bounded, because the Engine's are not, but for those of what goes.

use minijinja::Environment;
use minijinja::value::{Value, ValueKind};

/// How many entries are written out of a list of what is not acted on.
const ENTRIES: usize = 50;
/// How many characters of an entry are written out.
const ENTRY: usize = 120;
/// How many digits of an id tell it from others.
const SHORT: usize = 12;

/// A filter's name, and what gives it to an environment.
pub(crate) type Filter = (&'static str, fn(&mut Environment<'_>, &'static str));

/// Every filter there is.
pub(crate) const FILTERS: [Filter; 14] = [
    ("anonymous", |to, name| to.add_filter(name, anonymous)),
    ("attached", |to, name| to.add_filter(name, attached)),
    ("count", |to, name| to.add_filter(name, count)),
    ("frees", |to, name| to.add_filter(name, frees)),
    ("kept", |to, name| to.add_filter(name, kept)),
    ("lines", |to, name| to.add_filter(name, lines)),
    ("listed", |to, name| to.add_filter(name, listed)),
    ("name", |to, name| to.add_filter(name, name_of)),
    ("short", |to, name| to.add_filter(name, short)),
    ("size", |to, name| to.add_filter(name, size)),
    ("tags", |to, name| to.add_filter(name, tags)),
    ("total", |to, name| to.add_filter(name, total)),
    ("users", |to, name| to.add_filter(name, users)),
    ("using", |to, name| to.add_filter(name, using)),
];

/// Gives an environment every filter.
pub(crate) fn add_to(environment: &mut Environment<'_>) {
    for (name, add) in FILTERS {
        add(environment, name);
    }
}

/// Of a container's `Mounts` the volumes that the Engine made up a name for.
pub(crate) fn anonymous(mounts: &Value) -> Vec<String> {
    let is_made_up = |name: &String| {
        name.len() == 64
            && name
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    items(mounts)
        .map(|mount| text(&field(&mount, "Name")))
        .filter(is_made_up)
        .collect()
}

/// Of a network's document and the containers that use it: the containers, those that only the
/// network knows included.
fn attached(network: &Value, containers: &Value) -> Vec<String> {
    let listed: Vec<String> = items(containers)
        .map(|container| name_of(&container))
        .collect();
    let endpoints = field(network, "Containers");
    let others = endpoints.try_iter().into_iter().flatten();
    let others = others
        .filter_map(|id| endpoints.get_item(&id).ok())
        .map(|endpoint| name_of(&endpoint))
        .filter(|name| !name.is_empty() && !listed.contains(name));
    users(containers).into_iter().chain(others).collect()
}

/// `1 image`, `3 images`.
fn count(list: &Value, noun: &str) -> String {
    match list.len().unwrap_or(0) {
        1 => format!("1 {noun}"),
        many => format!("{many} {noun}s"),
    }
}

/// What a handler foretells that comes free, as a clause of the plan's sentence.
fn frees(space: &Value) -> String {
    let bytes = |key: &str| field(space, key).as_i64();
    let frees = match bytes("freed") {
        None => "; how much this frees is not known".to_owned(),
        Some(0) => "; this frees nothing".to_owned(),
        Some(freed) => {
            let about = if field(space, "exact").is_true() {
                ""
            } else {
                "about "
            };
            format!("; this frees {about}{}", size(&Value::from(freed)))
        }
    };
    match bytes("cached") {
        Some(cached) if cached > 0 => {
            format!(
                "{frees} ({} stay in the build cache)",
                size(&Value::from(cached))
            )
        }
        _ => frees,
    }
}

/// The names that an image stays under once this one is removed; none where the image goes.
///
/// An id or a digest takes every name with it, or the Engine refuses. A tag takes the digests of
/// its repository, if it is the last tag there.
pub(crate) fn kept(image: &Value, reference: &Value) -> Vec<String> {
    let reference = text(reference);
    let tags = tags(&field(image, "RepoTags"));
    let Some(gone) = tags.iter().find(|tag| is_meant(tag, &reference)).cloned() else {
        return Vec::new();
    };
    let digests: Vec<String> = items(&field(image, "RepoDigests"))
        .map(|digest| text(&digest))
        .filter(|digest| !digest.contains("<none>"))
        .filter(|digest| !tags.iter().any(|tag| repository(tag) == repository(digest)))
        .collect();
    tags.into_iter()
        .filter(|tag| *tag != gone)
        .chain(digests)
        .collect()
}

/// Whether a reference as people write it leads to this tag.
fn is_meant(tag: &str, reference: &str) -> bool {
    let with_tag = if repository(reference) == reference {
        format!("{reference}:latest")
    } else {
        reference.to_owned()
    };
    let plain = |name: &str| {
        ["docker.io/", "localhost/", "library/"]
            .iter()
            .fold(name.to_owned(), |name, prefix| {
                name.strip_prefix(prefix).unwrap_or(&name).to_owned()
            })
    };
    plain(tag) == plain(&with_tag)
}

/// A reference without its tag or digest; a colon before the last slash is a registry's port.
fn repository(reference: &str) -> &str {
    let name = reference
        .split_once('@')
        .map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => name,
    }
}

/// One line for each planned object, because whoever agrees has to see each: its name, what else is
/// known of it, its size.
fn lines(list: &Value) -> Value {
    let line = |item: Value| {
        let size = field(&item, "size");
        let size = (!size.is_undefined()).then(|| self::size(&size));
        let notes: Vec<String> = items(&field(&item, "notes"))
            .map(|note| text(&note))
            .filter(|note| !note.is_empty())
            .chain(size)
            .collect();
        let name = clipped(&text(&field(&item, "name")));
        match notes.join(", ") {
            nothing if nothing.is_empty() => format!("- {name}"),
            notes => format!("- {name} ({})", clipped(&notes)),
        }
    };
    let lines: Vec<String> = items(list).map(line).collect();
    safe(lines.join("\n"))
}

/// The entries side by side.
fn listed(list: &Value) -> Value {
    let mut entries: Vec<String> = items(list)
        .take(ENTRIES)
        .map(|entry| clipped(&text(&entry)))
        .collect();
    let left = list.len().unwrap_or(0).saturating_sub(ENTRIES);
    if left > 0 {
        entries.push(format!("and {left} more"));
    }
    safe(entries.join(", "))
}

/// Text whose line breaks stay; the entries it is made of have none of their own.
fn safe(text: String) -> Value {
    Value::from_safe_string(text)
}

/// An object's own name, without the slash of a container's; the short id where it has none.
fn name_of(container: &Value) -> String {
    let plain = |name: Value| text(&name).trim_start_matches('/').to_owned();
    // Names with a second slash come from old links.
    let own = items(&field(container, "Names"))
        .map(plain)
        .find(|name| !name.contains('/'));
    let name = own.unwrap_or_else(|| plain(field(container, "Name")));
    if name.is_empty() {
        short(&field(container, "Id"))
    } else {
        as_a_name(name)
    }
}

/// A name that could be read as more than a name stands in quotes: to some Engines any text is the
/// name of a network.
fn as_a_name(name: String) -> String {
    let usual = |character: char| character.is_alphanumeric() || "_.-/:@".contains(character);
    if name.chars().all(usual) {
        name
    } else {
        format!("“{}”", name.replace(['“', '”'], "'"))
    }
}

fn short(id: &Value) -> String {
    let id = text(id);
    let digits = id.strip_prefix("sha256:").unwrap_or(&id);
    digits.chars().take(SHORT).collect()
}

/// Bytes as the Docker CLI writes them, in thousands.
fn size(bytes: &Value) -> String {
    let Some(bytes) = bytes.as_i64().filter(|bytes| *bytes >= 0) else {
        return "size unknown".to_owned();
    };
    let mut unit = "B";
    let mut amount = bytes as f64;
    for larger in ["kB", "MB", "GB", "TB"] {
        if amount < 999.5 {
            break;
        }
        (unit, amount) = (larger, amount / 1000.0);
    }
    if unit == "B" || amount >= 99.95 {
        format!("{amount:.0} {unit}")
    } else {
        format!("{amount:.1} {unit}")
    }
}

/// An image's tags without `<none>`.
fn tags(repo_tags: &Value) -> Vec<String> {
    items(repo_tags)
        .map(|tag| text(&tag))
        .filter(|tag| !tag.contains("<none>"))
        .collect()
}

/// What the planned objects take together, as far as that is known.
fn total(list: &Value) -> String {
    let sizes = items(list).map(|item| field(&item, "size").as_i64());
    let sizes: Vec<Option<i64>> = sizes.map(|size| size.filter(|size| *size >= 0)).collect();
    let known = sizes.iter().flatten().copied().reduce(i64::saturating_add);
    let sum = size(&known.map_or(Value::UNDEFINED, Value::from));
    if known.is_some() && sizes.contains(&None) {
        format!("{sum} and more")
    } else {
        sum
    }
}

/// The names of containers with their states.
fn users(containers: &Value) -> Vec<String> {
    items(containers)
        .map(|container| {
            let name = name_of(&container);
            match text(&field(&container, "State")) {
                unknown if unknown.is_empty() => name,
                state => format!("{name} ({state})"),
            }
        })
        .collect()
}

/// Of services the names of those that use a secret or a config of a swarm.
fn using(object: &Value, services: &Value) -> Vec<String> {
    let id = text(&field(object, "ID"));
    let uses = |service: &Value| {
        let task = field(&field(service, "Spec"), "TaskTemplate");
        let container = field(&task, "ContainerSpec");
        [("Secrets", "SecretID"), ("Configs", "ConfigID")]
            .iter()
            .any(|(list, key)| {
                let used = field(&container, list);
                items(&used).any(|used| text(&field(&used, key)) == id)
            })
    };
    let services = items(services).filter(uses);
    let names = services.map(|service| text(&field(&field(&service, "Spec"), "Name")));
    names.collect()
}

/// The items of an array; none of anything else.
fn items(value: &Value) -> impl Iterator<Item = Value> + use<> {
    let is_array = matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable);
    let items = is_array.then(|| value.try_iter().ok()).flatten();
    items.into_iter().flatten()
}

fn field(value: &Value, key: &str) -> Value {
    value.get_attr(key).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// An entry on one line and of bounded length.
fn clipped(entry: &str) -> String {
    let one_line = |character: char| {
        if character.is_control() {
            ' '
        } else {
            character
        }
    };
    let mut clipped: String = entry.chars().take(ENTRY).map(one_line).collect();
    if entry.chars().nth(ENTRY).is_some() {
        clipped.push('…');
    }
    clipped
}
