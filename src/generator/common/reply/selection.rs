//! Follows what the parameter `fields` of a document chooses: `State.Status`, `Mounts[0].Source`.

use super::form::Form;
use super::index::INDEX;
use super::reader::{Reader, Stray};
use crate::generator::common::source::Origin;

/// Stands for every item of an array or member of an object.
const EACH: &str = "*";

impl Reader {
    /// Whether a chosen path leads somewhere. The names of what is data hold dots of their own, so
    /// nothing behind one is checked.
    pub(crate) fn chosen(&mut self, form: &Form, path: &str, origin: &Origin) -> Result<(), Stray> {
        let (mut form, mut rest, mut so_far) = (form.clone(), Some(path), String::new());
        while let Some(path) = rest {
            let (segment, behind) = match path.split_once('.') {
                Some((segment, behind)) => (segment, Some(behind)),
                None => (path, None),
            };
            let (name, places) = match segment
                .find('[')
                .and_then(|at| segment.split_at_checked(at))
            {
                Some((name, places)) => (name, places),
                None => (segment, ""),
            };
            form = match form {
                Form::List(item) if name == EACH => *item,
                Form::List(item) => {
                    form = *item;
                    continue;
                }
                Form::Open | Form::Map(_) => return Ok(()),
                Form::Model(_) | Form::Record(_) if name == EACH => return Ok(()),
                object => self.member(&object, &so_far, name, origin)?,
            };
            if !so_far.is_empty() {
                so_far.push('.');
            }
            so_far.push_str(name);
            if !places.is_empty() {
                form = match form {
                    Form::List(item) => *item,
                    Form::Open => return Ok(()),
                    other => {
                        let title = format!("`{so_far}` is {}, not a list", other.words());
                        return Err(Stray {
                            title,
                            label: "has no items",
                            help: None,
                        });
                    }
                };
            }
            rest = behind;
        }
        Ok(())
    }
}

/// What is left of a reply of which these paths were chosen; none where that cannot be told.
pub(crate) fn narrowed(form: &Form, paths: &[&str]) -> Option<Vec<(String, Form)>> {
    let Form::Model(model) = form else {
        return None;
    };
    let members = INDEX.models.get(model)?;
    let member = |path: &&str| {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let name = path.get(..end)?;
        let member = members.iter().find(|member| member.name == name)?;
        Some((name.to_owned(), Form::of(member.sent)))
    };
    paths.iter().map(member).collect()
}
