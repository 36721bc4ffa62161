//! Holds a catalogue that was found to be right, in the shape that Rust is written from.

use std::collections::BTreeMap;

use serde_json::Value;

use super::spec::As;
use crate::generator::common::reply::{Form, Planned, Reads};
use crate::generator::common::source::Origin;
use crate::generator::common::vocabulary::types::{self, Json};
use crate::generator::common::vocabulary::{
    Deadline, FieldType, Needs, Release, Root, Stdin, Tier, View, Written,
};

/// A tool.
pub(crate) struct Tool {
    /// `catalog/containers/stop_container.toml`.
    pub source: String,
    /// `containers`.
    pub toolset: String,
    /// `stop_container`.
    pub stem: String,
    /// `docker_stop_container`.
    pub name: String,
    pub title: String,
    pub summary: String,
    pub description: String,
    pub tier: Tier,
    pub carrier: bool,
    pub task: bool,
    pub view: Option<View>,
    pub since: Option<Release>,
    pub destructive: bool,
    pub idempotent: bool,
    pub open_world: bool,
    pub params: Vec<Param>,
    pub shared: Option<Shared>,
    pub looks: Vec<(String, Look)>,
    pub action: Action,
    /// The program that is run.
    pub command: Option<Command>,
    pub grace: Option<String>,
    pub deadline: Deadline,
    pub plan: Option<Plan>,
    pub output: Output,
    pub across: Option<Across>,
    pub output_schema: Value,
    pub examples: Vec<Example>,
    /// A parameter and the place in the looks of the id to act on in its stead.
    pub acts_on: Vec<(String, Path)>,
    /// What `[output]` reads from.
    pub reply: Form,
    /// It reads what the Engine tells, and not what a handler makes up.
    pub reads_engine: bool,
    /// The fields of bollard's structs that the file reads.
    pub reads: Reads,
    /// The parts of handlers' plans that the file reads.
    pub planned: BTreeMap<Planned, Origin>,
}

impl Tool {
    /// Whether it is a function of `src/operations/` that does it.
    pub(crate) fn is_handled(&self) -> bool {
        matches!(self.action, Action::Handler(_))
    }
}

/// How the results of several Engines become one.
pub(crate) struct Across {
    pub list: Option<String>,
    pub sort: Vec<String>,
    pub words: Vec<String>,
    pub last: bool,
}

/// The parameters that a tool shares with another one.
pub(crate) struct Shared {
    /// `create_container`.
    pub stem: String,
    /// All of the other's, and whether this tool has one of its own in its place.
    pub params: Vec<(Param, bool)>,
}

#[derive(Clone)]
pub(crate) struct Param {
    pub name: String,
    pub kind: String,
    pub rust: String,
    /// What `schema` says of an `engine:` type, as JSON text.
    pub keys: Option<String>,
    pub doc: String,
    pub wanted: String,
    pub required: bool,
    pub secret: bool,
    pub stays: bool,
    pub by_name: bool,
    pub default: Option<Value>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub values: Vec<String>,
    pub aliases: Vec<String>,
    pub unrecorded: bool,
    pub since: Option<Release>,
    pub empty: bool,
}

impl Param {
    /// Whether a call that was accepted may still lack a value.
    pub(crate) fn optional(&self) -> bool {
        !self.required && self.default.is_none()
    }

    /// What an argument is once it was read, as far as its type tells.
    pub(crate) fn form(&self) -> Form {
        let strings = || Form::List(Box::new(Form::Text));
        if let Some(model) = self.kind.strip_prefix("engine:") {
            return Form::said(model).unwrap_or(Form::Open);
        }
        match (self.kind.as_str(), types::find(&self.kind)) {
            ("string[]" | "ip[]" | "container[]", _) => strings(),
            ("string_map", _) => Form::Map(Box::new(Form::Text)),
            (_, Some(known)) => match known.default {
                Json::Boolean => Form::Boolean,
                Json::Integer => Form::Integer,
                Json::Number => Form::Number,
                Json::String => Form::Text,
                Json::IntegerOrString | Json::Array | Json::Object => Form::Open,
            },
            (_, None) => Form::Open,
        }
    }
}

/// What the tool does.
pub(crate) enum Action {
    /// One bollard call, and maybe another to see how things stand afterwards.
    Calls {
        call: Box<Request>,
        then: Option<Box<Request>>,
    },
    /// The function `run` of a module.
    Handler(Handler),
    /// One run of the program.
    Program(Origin),
}

/// A program that is run.
pub(crate) struct Command {
    pub program: Needs,
    pub words: Vec<Word>,
    /// Other programs that do the same, with their words.
    pub others: Vec<(Needs, Vec<Word>)>,
    pub stdin: Option<Stdin>,
    pub reply: Written,
    pub engine: Vec<String>,
}

/// Words of a command.
pub(crate) enum Word {
    Text(String),
    /// A flag that a boolean parameter switches on.
    When {
        flag: String,
        param: Param,
    },
    /// A word, behind `flag=` where there is a flag, or behind a prefix.
    Value {
        flag: Option<String>,
        prefix: Option<String>,
        param: Param,
    },
    /// A word for each item, or each entry of a map, behind `flag=` where there is a flag.
    Values {
        flag: Option<String>,
        param: Param,
    },
}

/// What is asked before the operation.
pub(crate) enum Look {
    /// One bollard call.
    Call(Box<Request>),
    /// The function `plan` of a module.
    Handler(Handler),
}

impl Look {
    /// What it gives.
    pub(crate) fn form(&self) -> Form {
        match self {
            Self::Call(request) => request.reply.clone(),
            Self::Handler(handler) => Form::Planned(Planned {
                module: handler.module.clone(),
                fields: Vec::new(),
            }),
        }
    }
}

/// A module of `src/operations/`.
pub(crate) struct Handler {
    pub module: String,
    pub origin: Origin,
}

/// A bollard call.
pub(crate) struct Request {
    pub method: String,
    pub arguments: Vec<Argument>,
    pub options: Option<Structure>,
    pub body: Option<Structure>,
    /// The kind and the parameter of the object named in the path.
    pub subject: Option<(String, String)>,
    /// What the Engine gives, in Rust as bollard has it, and in JSON.
    pub returns: &'static str,
    pub reply: Form,
    pub origin: Origin,
}

/// An argument of a bollard call.
pub(crate) struct Argument {
    pub value: Slot,
    /// It is written inside `Some(…)`.
    pub some: bool,
}

#[derive(PartialEq, Eq)]
pub(crate) enum Slot {
    Param(String),
    Options,
    Body,
    None,
}

/// A bollard struct to be filled in.
pub(crate) struct Structure {
    /// Its path below `bollard`, such as `query_parameters::StopContainerOptions`.
    pub path: String,
    pub origin: Origin,
    pub assignments: Vec<Assignment>,
}

pub(crate) struct Assignment {
    /// The fields that lead to the one that is set, outermost first.
    pub target: Vec<String>,
    pub value: Assigned,
    pub origin: Origin,
}

pub(crate) enum Assigned {
    /// A parameter, and whether it may be absent.
    Param(String, bool),
    /// The same of a point in time, which is counted from the Engine's now.
    Time(String, bool),
    Boolean(bool),
    Integer(i64),
    Text(String),
    Filters(Vec<Filter>),
}

/// A filter of the Engine's, which is left out where it has no value.
pub(crate) struct Filter {
    pub name: String,
    pub values: Vec<FilterValue>,
}

pub(crate) enum FilterValue {
    Text(String),
    /// A parameter, and whether it may be absent.
    Param(String, bool),
}

pub(crate) struct Plan {
    pub ids: Vec<Path>,
    pub same: Vec<Path>,
    pub text: String,
}

pub(crate) enum Output {
    Fields(Vec<Field>),
    List {
        key: String,
        from: Path,
        sort: Vec<String>,
        fields: Vec<Field>,
    },
    Document(String),
}

pub(crate) struct Field {
    pub key: String,
    pub source: Origination,
    pub kind: FieldType,
    /// What it is in the result, as far as that is known.
    pub form: Form,
    pub nullable: bool,
    pub shape: Option<As>,
    pub when: Option<String>,
}

/// Where a field's value comes from.
pub(crate) enum Origination {
    Path(Path),
    Join(Vec<Path>, String),
    /// The places of the titles and of the rows.
    Rows([Path; 2]),
    Constant(Value),
}

#[derive(Clone)]
pub(crate) struct Path {
    pub root: Root,
    pub segments: Vec<String>,
}

pub(crate) struct Example {
    pub title: String,
    pub args: Value,
    pub requests: Vec<String>,
    pub argv: Vec<String>,
    pub reply: Option<Value>,
    pub bodies: Vec<Value>,
}
