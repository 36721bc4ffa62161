//! Holds what a tool says of the program that it runs.

use crate::vocabulary::{Needs, Stdin, Written};

/// A program that a tool runs. Its words are made of the parameters: `Params::args`.
#[derive(Debug)]
pub struct Command {
    /// The program.
    pub program: Needs,
    /// Others that do the same, between which its handler chooses.
    pub others: &'static [Needs],
    /// The options that its words may hold.
    pub flags: &'static [&'static str],
    /// What it reads from its standard input; nothing, where this is none.
    pub stdin: Option<Stdin>,
    /// The form of what it writes to its standard output.
    pub reply: Written,
    /// What it may ask of the Engine, as `POST containers/*/start`: a method, and a path in which `*` stands for
    /// one part and `**` for one or more. All else is refused.
    pub engine: &'static [&'static str],
}
