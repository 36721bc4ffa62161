//! Describes what a catalogue file may hold; the doc comments are what an editor shows.

mod command;

use std::collections::BTreeMap;

use crate::generator::common::at::{At, Table};
use crate::generator::common::unmodelled::Unmodelled;
use crate::generator::common::vocabulary::{Deadline, Release, Shape, Tier, View};
pub(crate) use command::{Command, Given, Word};
use serde::de::value::MapAccessDeserializer;
use serde::de::{IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A tool. The file's folder is its toolset, the file's name its own: `stop_container.toml` is `docker_stop_container`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Tool {
    /// The name a person reads, such as `Stop container`.
    pub title: Option<At<String>>,
    /// One sentence that says what the tool does, with its full stop.
    pub summary: Option<At<String>>,
    /// What a model needs to know beyond the summary.
    pub description: Option<At<String>>,
    /// How much harm a call can do.
    pub tier: Option<At<Tier>>,
    /// A call may make a container that carries a volume, which it never starts and removes again, where calls of the tier `moderate` are allowed.
    #[serde(default)]
    pub carrier: bool,
    /// Calling twice has the effect of calling once.
    #[serde(default)]
    pub idempotent: bool,
    /// The call reaches beyond the Engine: a registry, or whatever a command does.
    #[serde(default)]
    pub open_world: bool,
    /// Clients are told that the call may lose something, although its tier is not `destructive`.
    #[serde(default)]
    pub destructive: bool,
    /// The release that it came with, where that is another than its toolset's.
    pub since: Option<Release>,
    /// A call may go on as a task, which a client follows that can.
    pub task: Option<At<bool>>,
    /// The page that shows what a call gave, in clients that have MCP Apps.
    pub view: Option<At<View>>,
    /// What is asked before the operation, in this order: a bollard call, a table of `call` and `options`, or of a `handler`, whose function `plan` answers.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, serde_json::Value>"))]
    pub look: Table<At<toml::Value>>,
    /// What a person is asked before a destructive call.
    pub plan: Option<At<Plan>>,
    /// The operation, where it is the Engine that does it.
    pub docker: Option<At<Docker>>,
    /// The operation, where it is a program that does it.
    pub command: Option<At<Command>>,
    /// What an Engine sends and bollard's models lack, by the struct and the Engine's name.
    #[serde(default)]
    #[cfg_attr(
        test,
        schemars(with = "BTreeMap<String, BTreeMap<String, Unmodelled>>")
    )]
    pub unmodelled: Table<Table<At<Unmodelled>>>,
    /// The tool whose parameters this one takes, too, before its own; one of its own replaces one of the same name.
    pub params_of: Option<At<String>>,
    /// The parameters, by name.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Param>"))]
    pub params: Table<At<Param>>,
    /// What becomes of the Engine's reply.
    pub output: Option<At<Output>>,
    /// Calls that show the tool at work. Each is documentation and a test.
    #[serde(default)]
    pub example: Vec<At<Example>>,
}

/// The operation: exactly one of `call` and `handler`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Docker {
    /// A bollard method with its arguments: parameter names, `options`, `body`, each also inside `Some(…)`, and `None`.
    pub call: Option<At<String>>,
    /// The function `run` of this module of `src/operations/`, where one Engine call is not enough.
    pub handler: Option<At<String>>,
    /// Fields of the options struct, each from a parameter, or a constant: `{ value = "text" }`, or a value that is not a string.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, serde_json::Value>"))]
    pub options: Table<At<toml::Value>>,
    /// The options struct, where it is not called after the method.
    pub options_type: Option<At<String>>,
    /// The body: `type` is a struct of `bollard::models`, every other key a dotted path into it, from a parameter or a constant.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, serde_json::Value>"))]
    pub body: Table<At<toml::Value>>,
    /// A call made afterwards, whose reply `[output]` reads. Meeting a 404, it counts as removed.
    pub then: Option<At<String>>,
    /// What `[output]` reads, where it is not what bollard says of the call: a struct of `bollard::models`, with `[]` for a list of them.
    pub reply: Option<At<String>>,
    /// The parameter whose seconds are added to the deadline.
    pub grace: Option<At<String>>,
    /// How long the Engine may take to answer.
    #[serde(default)]
    pub deadline: Deadline,
}

/// What a person is asked before a destructive call, and what their answer is bound to.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// Paths to the ids acted on, such as `look.container.Id`.
    pub ids: Vec<At<String>>,
    /// Paths to facts whose change means asking again.
    #[serde(default)]
    pub same: Vec<At<String>>,
    /// A minijinja template over the looks and `params`; `catalog/README.md` lists its filters.
    pub text: At<String>,
    /// `reference` acts on the name given, where the id would mean more.
    #[serde(default)]
    pub act: Act,
}

/// What a destructive call acts on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Act {
    /// The id that was looked up.
    #[default]
    Id,
    /// The reference that was given.
    Reference,
}

/// A parameter.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Param {
    /// Its type; `catalog/README.md` lists them. `engine:Name` is a struct of `bollard::models` in the Engine's own shape.
    #[serde(rename = "type")]
    pub kind: At<String>,
    /// A call without it is refused.
    #[serde(default)]
    pub required: bool,
    /// Stands in for an absent value.
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub default: Option<At<toml::Value>>,
    /// The least number accepted.
    pub min: Option<At<f64>>,
    /// The greatest number accepted.
    pub max: Option<At<f64>>,
    /// The only strings accepted; of `filters`, the only names.
    pub values: Option<At<Vec<String>>>,
    /// Other names that it is accepted by; clients are not told of them.
    #[serde(default)]
    pub aliases: Vec<At<String>>,
    /// The release that it came with, where that is another than its tool's.
    pub since: Option<Release>,
    /// The audit log does not record the value, because it is long or holds what is nobody's business.
    #[serde(default)]
    pub unrecorded: bool,
    /// An empty string is a value; without this it counts as absent.
    #[serde(default)]
    pub empty: bool,
    /// What it is for; needed where the type does not say it.
    pub doc: Option<At<String>>,
    /// The value never appears in an error or a log.
    #[serde(default)]
    pub secret: bool,
    /// What the value goes into keeps it for others, such as the history of an image: it takes no
    /// `${secret:NAME}`.
    #[serde(default)]
    pub stays: bool,
    /// The value is given by the name of a secret alone, `${secret:NAME}`, so that no model sees it.
    #[serde(default)]
    pub by_name: bool,
    /// The JSON Schema of an `engine:` type's inside, as a table.
    #[cfg_attr(test, schemars(with = "Option<BTreeMap<String, serde_json::Value>>"))]
    pub schema: Option<At<toml::Table>>,
}

/// What becomes of the Engine's reply: a table of `fields`, a `list` of them, or the whole `document`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Output {
    /// The keys of the result, or with `list`, of an item.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Field>"))]
    pub fields: Table<At<Field>>,
    /// The result is an array of items; brings `limit`, `count`, `total` and `truncated`.
    pub list: Option<At<List>>,
    /// The result is the whole reply under this key; brings `fields`.
    pub document: Option<At<String>>,
    /// Several Engines can be asked at once, by `host = "*"`. A `list` that needs no argument has that by itself.
    pub across: Option<At<Across>>,
}

/// How the results of several Engines become one: each has its own in `hosts`, but for what is said here, and
/// for numbers, which are added up.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Across {
    /// The key of the list whose items are merged.
    pub list: Option<At<String>>,
    /// The keys that order the merged items; a leading `-` reverses one.
    #[serde(default)]
    pub sort: Vec<At<String>>,
    /// What the first of them may be, in order, where that is not the order of the alphabet.
    #[serde(default)]
    pub words: Vec<String>,
    /// The `limit` keeps the last of them, not the first.
    #[serde(default)]
    pub last: bool,
}

/// An array of items.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    /// The key of the array in the result.
    pub key: At<String>,
    /// The path of the array in the reply; `@` is the whole reply.
    pub from: At<String>,
    /// The keys that order the items; a leading `-` reverses one.
    pub sort: Vec<At<String>>,
}

/// A key of a result.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    /// A dotted path into the reply by the Engine's own names, `@` for all of it, `params.…` or `look.…`; several with `join`.
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub from: Option<At<toml::Value>>,
    /// What stands between several values; the key is empty unless all are there.
    pub join: Option<At<String>>,
    /// A constant.
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub value: Option<At<toml::Value>>,
    /// A list of objects, made from a table as `top` gives it.
    pub rows: Option<At<Rows>>,
    /// Its type: `string`, `integer`, `number`, `boolean`, `object`, `string_map`, `string[]`, `integer[]` or `object[]`.
    #[serde(rename = "type")]
    pub kind: At<String>,
    /// Where nothing is known the key is `null`, not empty.
    #[serde(default)]
    pub nullable: bool,
    /// How the Engine's value is rewritten: by a shape, or each of its words by another.
    #[serde(rename = "as")]
    pub shape: Option<At<As>>,
    /// The boolean parameter that switches the key on; `labels` need not be declared.
    pub when: Option<At<String>>,
}

/// A table whose columns the Engine names.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Rows {
    /// The path of the list of titles, which become the keys of each object.
    pub titles: At<String>,
    /// The path of the list of rows, each the list of its cells.
    pub cells: At<String>,
}

/// How the Engine's value is rewritten.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
pub(crate) enum As {
    /// In one of the ways there are.
    Shape(Shape),
    /// The Engine's numbers or strings, and the word for each; any other stays as it is, as text.
    Words(BTreeMap<String, String>),
}

impl<'de> Deserialize<'de> for As {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AsVisitor)
    }
}

/// By hand, because serde's `untagged` says neither where a mistake is nor what was meant.
struct AsVisitor;

impl<'de> Visitor<'de> for AsVisitor {
    type Value = As;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a word or a table of words")
    }

    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<As, E> {
        Shape::deserialize(word.into_deserializer()).map(As::Shape)
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<As, M::Error> {
        Deserialize::deserialize(MapAccessDeserializer::new(map)).map(As::Words)
    }
}

/// A call that shows the tool at work.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Example {
    /// What it shows.
    pub title: At<String>,
    /// The arguments.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, serde_json::Value>"))]
    pub args: Table<At<toml::Value>>,
    /// The Engine requests it must make, in order, as `METHOD /path?query`; `{id}` stands for an id the Engine gave, `{now}` for the time of the call.
    pub requests: Vec<At<String>>,
    /// The words that the program is run with, as far as the tool says them.
    pub argv: Option<At<Vec<At<String>>>>,
    /// What the Engine answers to the last of them; without it, something of bollard's model.
    #[cfg_attr(test, schemars(with = "Option<serde_json::Value>"))]
    pub reply: Option<At<toml::Value>>,
    /// The bodies of those requests that have one, in order; each must hold at least these keys.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<BTreeMap<String, serde_json::Value>>"))]
    pub bodies: Vec<toml::Table>,
}
