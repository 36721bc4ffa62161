//! Holds what the catalogue says of each tool, as records that the generator fills in.
//!
//! The TOML files under `catalog/` are the source; `build.rs` turns each into a module of
//! [`generated`] with the tool's [`Tool`] record. All is data: what a tool does is in
//! [`table`](crate::generated::table).

mod command;
mod output;
mod prompt;
mod resource;
mod schema;

pub use command::Command;
pub use output::{Across, As, Field, List, Output, Path, Source};
pub use prompt::{Argument, Entry, Prompt, Sample};
pub use resource::{Content, Resource, Variable};

use crate::params::Schema;
pub use crate::vocabulary::{
    ArgumentKind, Deadline, FieldType, Listed, Needs, Of, Release, Root, Shape, Stdin, Tier,
    Updates, View, Written,
};

/// What the generator made of `catalog/`.
///
/// Emitted line by line from the TOML, so some of it is not how a person would write it.
#[allow(
    clippy::all,
    reason = "the generator writes it line by line from the TOML"
)]
pub mod generated {
    include!(concat!(env!("OUT_DIR"), "/catalog.rs"));
}

/// The names that generated records may use; which of them they do depends on the catalogue.
#[allow(unused_imports, reason = "which are used depends on the catalogue")]
mod prelude {
    pub(super) use std::collections::BTreeMap;
    pub(super) use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    pub(super) use crate::params::*;

    pub(super) use super::{
        Across, As, Content, Deadline, Example, Field, FieldType, Hints, List, Listed, Needs, Of,
        Output, Param, Path, Plan, Release, Resource, Root, Shape, Source, Stdin, Tier, Tool,
        Updates, Variable, View, Written,
    };
}

pub use generated::{PROMPTS, RESOURCES, TEMPLATES, TOOLS};

/// One tool, as its TOML file describes it.
#[derive(Debug)]
pub struct Tool {
    /// The name a client calls, such as `docker_stop_container`.
    pub name: &'static str,
    /// The folder of the TOML file, such as `containers`.
    pub toolset: &'static str,
    /// The path of the TOML file in the repository.
    pub source: &'static str,
    /// The name a person reads.
    pub title: &'static str,
    /// One sentence, for tables.
    pub summary: &'static str,
    /// The summary and whatever else a model needs to know.
    pub description: &'static str,
    /// How much harm a call can do.
    pub tier: Tier,
    /// A call may make a container that carries a volume, where calls of the tier `moderate` are allowed.
    pub carrier: bool,
    /// A call may go on as a task, which a client follows that can.
    pub task: bool,
    /// The page that shows what a call gave, in clients that have MCP Apps.
    pub view: Option<View>,
    /// The release that it came with, where that is another than its toolset's.
    pub since: Option<Release>,
    /// What clients are told about a call's effects.
    pub hints: Hints,
    /// The parameters, in the order of the TOML file.
    pub params: &'static [Param],
    /// The JSON Schema of the result, minified.
    pub output_schema: &'static str,
    /// How an Engine reply becomes the result.
    pub output: Output,
    /// How the results of several Engines become one, where all can be asked at once.
    pub across: Option<Across>,
    /// The program that it runs; none where it asks the Engine alone.
    pub command: Option<&'static Command>,
    /// What a person is asked before a destructive call.
    pub plan: Option<Plan>,
    /// How long the Engine may take to answer.
    pub deadline: Deadline,
    /// Calls that show the tool at work; tests send each of them.
    pub examples: &'static [Example],
}

/// The MCP tool annotations that the tier does not decide on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hints {
    /// The call may lose something, whatever its tier.
    pub destructive: bool,
    /// Calling twice has the effect of calling once.
    pub idempotent: bool,
    /// The call reaches beyond the Engine.
    pub open_world: bool,
}

/// One parameter of a tool.
#[derive(Debug)]
pub struct Param {
    /// The name of the argument.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// The name of its type in the TOML file, such as `container`.
    pub kind: &'static str,
    /// What its type reads.
    pub schema: &'static Schema,
    /// What more the file says of an object in the Engine's shape, as the JSON text of a schema.
    pub keys: Option<&'static str>,
    /// What is accepted, for error messages: "an integer from 0 to 3600".
    pub wanted: &'static str,
    /// The call is refused without it.
    pub required: bool,
    /// The value never appears in an error or a log.
    pub secret: bool,
    /// What the value goes into keeps it for others: it takes no name of a secret.
    pub stays: bool,
    /// It takes nothing but what names a secret.
    pub by_name: bool,
    /// The JSON text of the value that stands in for an absent one.
    pub default: Option<&'static str>,
    /// The least number accepted.
    pub min: Option<f64>,
    /// The greatest number accepted.
    pub max: Option<f64>,
    /// The only strings accepted, where that is so; of filters, the only names.
    pub values: &'static [&'static str],
    /// Other names that the argument is accepted by.
    pub aliases: &'static [&'static str],
    /// The audit log leaves the value out.
    pub unrecorded: bool,
    /// The release that it came with, where that is another than its tool's.
    pub since: Option<Release>,
    /// An empty string is a value, and not the same as none.
    pub empty: bool,
}

/// What a person sees before a destructive call, and what their answer is bound to.
#[derive(Debug)]
pub struct Plan {
    /// Paths into the looks: the ids acted on.
    pub ids: &'static [Path],
    /// Paths into the looks: facts whose change means asking again.
    pub same: &'static [Path],
    /// A minijinja template over the looks and `params`.
    pub text: &'static str,
}

/// A call that shows a tool at work.
#[derive(Debug)]
pub struct Example {
    /// What it shows.
    pub title: &'static str,
    /// The arguments, as JSON text.
    pub args: &'static str,
    /// The Engine requests it makes, in order: `METHOD path?query`, without the API version.
    pub requests: &'static [&'static str],
    /// The words that a program is run with, as far as the tool says them; empty where it runs none.
    pub argv: &'static [&'static str],
    /// What the Engine answers to the last of them, as JSON text, where the file says it.
    pub reply: Option<&'static str>,
    /// The JSON bodies of those requests that have one, in order; empty where none is declared.
    pub bodies: &'static [&'static str],
}

/// The tool of that name.
pub fn find(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().copied().find(|tool| tool.name == name)
}

/// The name of a tool most like a word, if one is like it enough to be what was meant.
pub fn nearest(word: &str) -> Option<&'static str> {
    // What all names share says nothing about what was meant.
    let own = |name: &'static str| name.strip_prefix("docker_").unwrap_or(name);
    let word = word.to_ascii_lowercase();
    let word = word.strip_prefix("docker_").unwrap_or(&word);
    let near = crate::vocabulary::nearest(word, TOOLS.iter().map(|tool| own(tool.name)))?;
    TOOLS
        .iter()
        .map(|tool| tool.name)
        .find(|name| own(name) == near)
}
