//! Tools that are in no catalogue, because what they do is a test's own.

use mcp_docker::call::Caller;
use mcp_docker::call::gate::{Person, Principal, Via};
use mcp_docker::call::progress::Progress;
use mcp_docker::catalog::{Deadline, Hints, Output, Tier, Tool};

/// A tool without arguments, whose result is the whole reply.
pub const fn tool(name: &'static str, tier: Tier) -> Tool {
    Tool {
        name,
        toolset: "system",
        source: "",
        title: "",
        summary: "",
        description: "",
        tier,
        carrier: false,
        task: false,
        view: None,
        since: None,
        hints: Hints {
            destructive: false,
            idempotent: true,
            open_world: false,
        },
        params: &[],
        output_schema: "{}",
        output: Output::Document("details"),
        across: None,
        command: None,
        plan: None,
        deadline: Deadline::Standard,
        examples: &[],
    }
}

/// The operator, whom nobody asks.
pub fn operator(progress: Progress) -> Caller {
    Caller {
        principal: Principal::operator(),
        via: Via::CommandLine,
        progress,
        person: Person::Nobody(""),
    }
}
