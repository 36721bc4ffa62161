//! Follows paths into replies, and keeps the names they lead over.

use std::collections::BTreeMap;

use super::form::{Form, Planned, Record};
use super::index::{INDEX, Member};
use crate::generator::common::source::Origin;
use crate::generator::common::vocabulary::nearest;

/// The most names that a message lists.
const MOST_NAMES: usize = 12;

/// Follows the paths of one file.
#[derive(Default)]
pub(crate) struct Reader {
    /// What an Engine sends and bollard's models lack.
    pub unmodelled: Vec<Unmodelled>,
    /// The fields of bollard's structs that were read, by struct and the Engine's name.
    pub reads: Reads,
    /// The parts of plans that were read, with the place that reads each.
    pub planned: BTreeMap<Planned, Origin>,
}

/// Fields of bollard's structs, by struct and the Engine's name, with the place that reads each.
pub(crate) type Reads = BTreeMap<(&'static str, &'static str), (&'static Member, Origin)>;

/// A name that an Engine sends and bollard's model lacks.
pub(crate) struct Unmodelled {
    pub model: String,
    pub name: String,
    /// What it is there.
    pub form: Form,
    /// Some path leads over it.
    pub used: bool,
}

/// Why a path leads nowhere, before its place is known.
pub(crate) struct Stray {
    pub title: String,
    pub label: &'static str,
    pub help: Option<String>,
}

impl Stray {
    fn new(title: String, help: Option<String>) -> Self {
        Self {
            title,
            label: "leads nowhere",
            help,
        }
    }
}

impl Reader {
    /// What is at a key of an object; `path` is how the file calls the object.
    pub(crate) fn member(
        &mut self,
        object: &Form,
        path: &str,
        key: &str,
        origin: &Origin,
    ) -> Result<Form, Stray> {
        match object {
            Form::Open => Ok(Form::Open),
            Form::Map(value) => Ok((**value).clone()),
            Form::Model(model) => self.field(model, key, origin),
            Form::Planned(planned) => {
                let mut part = planned.clone();
                part.fields.push(key.to_owned());
                let read = self.planned.entry(part.clone());
                read.or_insert_with(|| origin.clone());
                Ok(Form::Planned(part))
            }
            Form::Record(Record { what, keys }) => {
                let found = keys.iter().find(|(name, _)| name == key);
                found.map(|(_, form)| form.clone()).ok_or_else(|| {
                    let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
                    Stray::new(format!("{what} has no `{key}`"), meant(key, &names))
                })
            }
            other => {
                let whole = match path.is_empty() {
                    true => "what is read from here".to_owned(),
                    false => format!("`{path}`"),
                };
                let title = format!("{whole} is {}, which has no `{key}`", other.words());
                let help = (!path.is_empty()).then(|| format!("take it whole: `{path}`"));
                Err(Stray::new(title, help))
            }
        }
    }

    fn field(&mut self, model: &'static str, key: &str, origin: &Origin) -> Result<Form, Stray> {
        let members = INDEX.models.get(model).map_or(&[][..], Vec::as_slice);
        if let Some(member) = members.iter().find(|member| member.name == key) {
            let read = (member, origin.clone());
            self.reads.entry((model, member.name)).or_insert(read);
            return Ok(Form::of(member.sent));
        }
        let known = self.unmodelled.iter_mut();
        if let Some(known) = { known }.find(|known| known.model == model && known.name == key) {
            known.used = true;
            return Ok(known.form.clone());
        }
        let names: Vec<&str> = members.iter().map(|member| member.name).collect();
        let title = format!("the Engine's `{model}` has no `{key}`");
        Err(Stray::new(title, meant(key, &names)))
    }

    /// What a path leads to, as results read it: one that meets a list goes on in each of its items
    /// and gives a list.
    pub(crate) fn through(
        &mut self,
        form: &Form,
        path: &str,
        segments: &[String],
        origin: &Origin,
    ) -> Result<Form, Stray> {
        let Some((first, rest)) = segments.split_first() else {
            return Ok(form.clone());
        };
        if let Form::List(item) = form {
            let found = self.through(item, path, segments, origin)?;
            return Ok(Form::List(Box::new(found)));
        }
        let member = self.member(form, path, first, origin)?;
        let path = if path.is_empty() {
            first.clone()
        } else {
            format!("{path}.{first}")
        };
        self.through(&member, &path, rest, origin)
    }
}

/// The name that was meant, or those there are.
pub(crate) fn meant(word: &str, names: &[&str]) -> Option<String> {
    let same = names.iter().find(|name| name.eq_ignore_ascii_case(word));
    let near = same
        .copied()
        .or_else(|| nearest(word, names.iter().copied()));
    if let Some(near) = near {
        return Some(format!("did you mean `{near}`?"));
    }
    let (shown, left) = names.split_at(names.len().min(MOST_NAMES));
    let more = if left.is_empty() { "" } else { ", …" };
    (!shown.is_empty()).then(|| format!("it has `{}`{more}", shown.join("`, `")))
}
