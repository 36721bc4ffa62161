//! Says what a value of JSON is before there is one, as far as bollard's models and the catalogue
//! tell.

use super::index::INDEX;

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    /// Nothing is known of it: bollard leaves it open, or a handler made it.
    Open,
    /// There is none: the Engine's reply is empty.
    Nothing,
    Text,
    Integer,
    Number,
    Boolean,
    List(Box<Form>),
    /// An object whose keys are data.
    Map(Box<Form>),
    /// A struct of `bollard::models`.
    Model(&'static str),
    /// An object that is not the Engine's, such as the result of a tool.
    Record(Record),
    /// What a handler planned, or a part of it: the struct and its fields are Rust, which rustc checks.
    Planned(Planned),
}

/// A part of the `Plan` of a handler.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Planned {
    /// The module of `src/operations/`.
    pub module: String,
    /// The fields that lead to it. What is in a list has the path of the list.
    pub fields: Vec<String>,
}

/// An object with these keys.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    /// What it is, such as `the result of docker_events`.
    pub what: String,
    pub keys: Vec<(String, Form)>,
}

impl Form {
    /// What a Rust type of bollard is in JSON.
    pub(crate) fn of(rust: &str) -> Self {
        match syn::parse_str(rust) {
            Ok(syn::Type::Tuple(parts)) if parts.elems.is_empty() => Self::Nothing,
            Ok(kind) => Self::of_type(&kind),
            Err(_) => Self::Open,
        }
    }

    fn of_type(kind: &syn::Type) -> Self {
        let syn::Type::Path(path) = kind else {
            return Self::Open;
        };
        let Some(last) = path.path.segments.last() else {
            return Self::Open;
        };
        let inner = || match &last.arguments {
            syn::PathArguments::AngleBracketed(arguments) => {
                let types = arguments.args.iter().filter_map(|argument| match argument {
                    syn::GenericArgument::Type(kind) => Some(kind),
                    _ => None,
                });
                // Of a map the values.
                types.last().map_or(Self::Open, Self::of_type)
            }
            _ => Self::Open,
        };
        match last.ident.to_string().as_str() {
            "Option" => inner(),
            "Vec" => Self::List(Box::new(inner())),
            "HashMap" => Self::Map(Box::new(inner())),
            "String" => Self::Text,
            "i32" | "i64" | "u16" | "u32" | "u64" | "usize" => Self::Integer,
            "f64" => Self::Number,
            "bool" => Self::Boolean,
            name => match (INDEX.models.get_key_value(name), INDEX.types.get(name)) {
                (Some((model, _)), _) => Self::Model(model),
                (None, Some(meant)) => Self::of(meant),
                (None, None) => Self::Open,
            },
        }
    }

    /// What a catalogue file says: a struct of `bollard::models`, or a type of JSON, each with `[]`
    /// for a list of them. A word that is neither comes back.
    pub(crate) fn said(text: &str) -> Result<Self, &str> {
        if let Some(item) = text.strip_suffix("[]") {
            return Self::said(item).map(|item| Self::List(Box::new(item)));
        }
        match (text, INDEX.models.get_key_value(text)) {
            ("string", _) => Ok(Self::Text),
            ("integer", _) => Ok(Self::Integer),
            ("number", _) => Ok(Self::Number),
            ("boolean", _) => Ok(Self::Boolean),
            ("object", _) => Ok(Self::Map(Box::new(Self::Open))),
            (_, Some((model, _))) => Ok(Self::Model(model)),
            (_, None) => Err(text),
        }
    }

    /// What a constant is.
    pub(crate) fn constant(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Open,
            serde_json::Value::Bool(_) => Self::Boolean,
            serde_json::Value::Number(number) if number.is_f64() => Self::Number,
            serde_json::Value::Number(_) => Self::Integer,
            serde_json::Value::String(_) => Self::Text,
            serde_json::Value::Array(items) => {
                let mut forms = items.iter().map(Self::constant);
                let first = forms.next().unwrap_or(Self::Open);
                let same = forms.all(|form| form == first);
                Self::List(Box::new(if same { first } else { Self::Open }))
            }
            serde_json::Value::Object(_) => Self::Map(Box::new(Self::Open)),
        }
    }

    /// It, as far as is known before rustc reads it.
    pub(crate) fn known(self) -> Self {
        match self {
            Self::Planned(_) => Self::Open,
            known => known,
        }
    }

    /// Whether it is one value and nothing inside; true where that is not known.
    pub(crate) fn is_scalar(&self) -> bool {
        match self {
            Self::Open
            | Self::Planned(_)
            | Self::Text
            | Self::Integer
            | Self::Number
            | Self::Boolean => true,
            Self::Nothing | Self::List(_) | Self::Map(_) | Self::Model(_) | Self::Record(_) => {
                false
            }
        }
    }

    /// What it is in words: `a list of strings`.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Open | Self::Planned(_) => "not known".to_owned(),
            Self::Nothing => "nothing".to_owned(),
            Self::Text => "a string".to_owned(),
            Self::Integer => "an integer".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Boolean => "a boolean".to_owned(),
            Self::Map(_) => "an object".to_owned(),
            Self::Model(name) => format!("an object (`{name}`)"),
            Self::Record(record) => format!("an object ({})", record.what),
            Self::List(item) => match &**item {
                Self::Open | Self::Planned(_) | Self::Nothing => "a list".to_owned(),
                Self::Text => "a list of strings".to_owned(),
                Self::Integer => "a list of integers".to_owned(),
                Self::Number => "a list of numbers".to_owned(),
                Self::Boolean => "a list of booleans".to_owned(),
                Self::List(_) => "a list of lists".to_owned(),
                Self::Map(_) => "a list of objects".to_owned(),
                Self::Record(record) => format!("a list of objects ({})", record.what),
                Self::Model(name) => format!("a list of objects (`{name}`)"),
            },
        }
    }
}
