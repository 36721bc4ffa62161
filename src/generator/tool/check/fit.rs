//! Holds what a path leads to against what becomes of it.

use crate::generator::common::reply::Form;
use crate::generator::common::vocabulary::{Kind, Shape};
use crate::generator::tool::spec::As;

/// What a rewriting makes of a value; of one that it cannot rewrite, what it wants.
pub(super) fn rewritten(rewriting: &As, form: &Form) -> Result<Form, &'static str> {
    match (rewriting, form) {
        (As::Shape(shape), form) => shaped(*shape, form),
        (As::Words(_), Form::Open | Form::Text | Form::Integer) => Ok(Form::Text),
        (As::Words(_), _) => Err("a string or an integer"),
    }
}

fn shaped(shape: Shape, form: &Form) -> Result<Form, &'static str> {
    use Form::{Integer, List, Map, Model, Open, Record, Text};
    let strings = || List(Box::new(Text));
    match (shape, form) {
        (Shape::List, form @ List(_)) => Ok(form.clone()),
        (Shape::List, single) => Ok(List(Box::new(single.clone()))),
        (Shape::ShortId | Shape::ImageId | Shape::ContainerName, Open | Text) => Ok(Text),
        (Shape::Time, Open | Text | Integer) => Ok(Text),
        (Shape::Tags | Shape::Ports, Open) => Ok(strings()),
        (Shape::Count, Open | List(_) | Map(_) | Model(_) | Record(_)) => Ok(Integer),
        (Shape::ContainerName, List(item)) if matches!(**item, Open | Text) => Ok(Text),
        (Shape::Tags, List(item)) if matches!(**item, Open | Text) => Ok(strings()),
        (Shape::Ports, List(item)) if matches!(**item, Open | Map(_) | Model(_)) => Ok(strings()),
        (Shape::ShortId | Shape::ImageId, _) => Err("a string"),
        (Shape::ContainerName, _) => Err("a list of names"),
        (Shape::Time, _) => Err("a time"),
        (Shape::Tags, _) => Err("a list of strings"),
        (Shape::Ports, _) => Err("a list of ports"),
        (Shape::Count, _) => Err("a list or an object"),
    }
}

/// Whether a value can be a field of that type. A number or a boolean is written out as a string.
pub(super) fn fits(kind: Kind, form: &Form) -> bool {
    use Form::{Boolean, Integer, List, Map, Model, Number, Open, Record, Text};
    match (kind, form) {
        (_, Open) => true,
        (Kind::String, Text | Integer | Number | Boolean)
        | (Kind::Integer, Integer)
        | (Kind::Number, Integer | Number)
        | (Kind::Boolean, Boolean)
        | (Kind::Object, Map(_) | Model(_) | Record(_)) => true,
        (Kind::StringMap, Map(value)) => matches!(**value, Open | Text),
        (Kind::Strings, List(item)) => matches!(**item, Open | Text),
        (Kind::Integers, List(item)) => matches!(**item, Open | Integer),
        (Kind::Objects, List(item)) => matches!(**item, Open | Map(_) | Model(_) | Record(_)),
        _ => false,
    }
}

/// What templates know of a field: its type says at least so much.
pub(super) fn field(kind: Kind, found: Form) -> Form {
    let listed = |item| Form::List(Box::new(item));
    match (kind, found) {
        (Kind::String, _) => Form::Text,
        (Kind::Integer, _) => Form::Integer,
        (Kind::Number, _) => Form::Number,
        (Kind::Boolean, _) => Form::Boolean,
        (Kind::Strings, _) => listed(Form::Text),
        (Kind::Integers, _) => listed(Form::Integer),
        (Kind::StringMap, _) => Form::Map(Box::new(Form::Text)),
        (Kind::Objects, Form::Open) => listed(Form::Open),
        (Kind::Object | Kind::Objects, found) => found,
    }
}
