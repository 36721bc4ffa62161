//! Holds what the catalogue says of each prompt.

use crate::vocabulary::ArgumentKind;

/// One prompt, as its TOML file describes it.
#[derive(Debug)]
pub struct Prompt {
    /// The name a client asks for, such as `troubleshoot_container`.
    pub name: &'static str,
    /// The path of the TOML file in the repository.
    pub source: &'static str,
    /// The toolset it belongs to, where it is not on whatever is chosen.
    pub toolset: Option<&'static str>,
    /// The name a person reads.
    pub title: &'static str,
    /// One sentence: what it is for.
    pub summary: &'static str,
    /// The name of its template, such as `troubleshoot_container.md.j2`.
    pub template: &'static str,
    /// What a client may fill in, in the order of the TOML file.
    pub arguments: &'static [Argument],
    /// What is asked of Docker, each entry below those it needs.
    pub context: &'static [Entry],
    /// What to render it with where there is no Engine.
    pub sample: Sample,
}

/// What a client may fill in; always text.
#[derive(Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// What is accepted.
    pub kind: ArgumentKind,
    /// The prompt is refused without it.
    pub required: bool,
}

/// A call to a safe tool whose result the template uses.
#[derive(Debug)]
pub struct Entry {
    /// The name of the result in the template.
    pub name: &'static str,
    /// The tool.
    pub tool: &'static str,
    /// Its arguments as JSON text; `{…}` inside a text is filled in.
    pub args: &'static str,
    /// The expression that decides whether the call is made.
    pub when: Option<&'static str>,
    /// The expression that gives the list for whose items the call is made.
    pub each: Option<&'static str>,
    /// The most calls that `each` makes.
    pub max: usize,
    /// Where it fails, so does the prompt.
    pub required: bool,
    /// The entries that have to be there before.
    pub needs: &'static [&'static str],
}

/// Arguments and context as a prompt could meet them.
#[derive(Debug)]
pub struct Sample {
    /// The arguments, as JSON text.
    pub arguments: &'static str,
    /// The results by the names of the entries, as JSON text.
    pub context: &'static str,
}
