//! Holds what a path leads to against what becomes of it.

use crate::generator::common::reply::Form;
use crate::generator::common::vocabulary::{FieldType, Shape};
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
pub(super) fn fits(kind: FieldType, form: &Form) -> bool {
    use Form::{Boolean, Integer, List, Map, Model, Number, Open, Record, Text};
    match (kind, form) {
        (_, Open) => true,
        (FieldType::String, Text | Integer | Number | Boolean)
        | (FieldType::Integer, Integer)
        | (FieldType::Number, Integer | Number)
        | (FieldType::Boolean, Boolean)
        | (FieldType::Object, Map(_) | Model(_) | Record(_)) => true,
        (FieldType::StringMap, Map(value)) => matches!(**value, Open | Text),
        (FieldType::Strings, List(item)) => matches!(**item, Open | Text),
        (FieldType::Integers, List(item)) => matches!(**item, Open | Integer),
        (FieldType::Objects, List(item)) => matches!(**item, Open | Map(_) | Model(_) | Record(_)),
        _ => false,
    }
}

/// What templates know of a field: its type says at least so much.
pub(super) fn field(kind: FieldType, found: Form) -> Form {
    let listed = |item| Form::List(Box::new(item));
    match (kind, found) {
        (FieldType::String, _) => Form::Text,
        (FieldType::Integer, _) => Form::Integer,
        (FieldType::Number, _) => Form::Number,
        (FieldType::Boolean, _) => Form::Boolean,
        (FieldType::Strings, _) => listed(Form::Text),
        (FieldType::Integers, _) => listed(Form::Integer),
        (FieldType::StringMap, _) => Form::Map(Box::new(Form::Text)),
        (FieldType::Objects, Form::Open) => listed(Form::Open),
        (FieldType::Object | FieldType::Objects, found) => found,
    }
}
