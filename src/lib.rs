//! An MCP server that lets an AI assistant manage Docker.
//!
//! The catalogue (`catalog/*/*.toml`) says what the server can do, the generator (`build.rs`,
//! `src/generator/`) turns it into typed Rust, and this crate does it.
//!
//! # The story of one call
//!
//! A client sends `tools/call` with `docker_stop_container` and `{"container_id": "web"}`.
//!
//! 1. [`transport`] reads the message, [`server`] finds the [`Tool`](catalog::Tool) and hands the
//!    arguments to [`Runtime::call`](call::Runtime::call), the one path that every call takes.
//! 2. [`arguments`] are turned, by the types of [`params`], into the tool's `Params`, a struct that the generator wrote
//!    from the TOML file; what does not fit is refused in words the model can act on.
//! 3. The [`gate`](call::gate) decides whether the tool may run. Nothing was sent to Docker yet.
//! 4. The generated code makes the `[look]`; where something would be lost, a person is shown the
//!    `[plan]` and has to agree, and the look is made again once nobody else here can change what it
//!    shows. Then it makes the operation. It calls bollard's typed methods, so
//!    that rustc checks every name, but only to [`record`](engine::record) the request: [`engine`]
//!    has the [policy](engine::policy) judge it and sends it, with the API version, the deadline
//!    and the error texts in one place, and hands back the Engine's own JSON. What takes more than
//!    one request is written by hand, in `operations`.
//! 5. [`output`] makes the result from the reply as the TOML file says, and cuts it to the budget,
//!    after secrets were taken out; [`call`] records what became of it.
//!
//! # Where to look
//!
//! | to change | look at |
//! |---|---|
//! | what a tool says, takes, sends or returns | its file in `catalog/` |
//! | what a TOML file may say | `src/generator/tool/`: `spec.rs`, `check/` |
//! | the Rust that is written from it | `src/generator/tool/emit/`, the records in [`catalog`] |
//! | a type of parameter | what reads it in [`params`], and its row in `src/vocabulary/types.rs` |
//! | what of a long list is read, how a value is rewritten | `src/output/reading.rs`, `shape.rs` |
//! | where the Engine is, and why it cannot be reached | `src/engine/address.rs`, `error.rs` |
//! | the way there: SSH, certificates | `src/engine/ssh.rs`, `certificates.rs`, `tls.rs` |
//! | what is known of the clients | [`clients`] |
//! | what `doctor` looks at | `src/cli/doctor/` |
//! | what may be done, and what a person is asked | [`call::gate`] |
//! | how far a call's requests may go | `src/engine/call_scope.rs` |
//! | what calls wait for: permits, and turns at objects | `src/call/turn.rs`, `src/engine/turns.rs` |
//! | what counts as a secret | [`redaction`] |
//! | what a name of a secret stands for, and where it may go | [`secrets`] |
//! | what may reach the host | [`engine::policy`] |
//! | which programs are run, and how | [`program`] |
//! | what a program that is run may ask of the Engine | `src/engine/relay/` |
//! | which requests there are, and what each does | `src/vocabulary/endpoint.rs` |
//! | what a Compose file may say | [`compose`], its keys in `src/compose/keys.rs` |
//! | which Engine a call goes to, of several | [`fleet`] |
//! | what a prompt asks and says | its file in `catalog/prompts/`, its template in `prompts/` |
//! | what a prompt can compute | `src/facts/` |
//! | a setting | `src/config/variables.rs` |
//! | what a resource file may say, how one is read | `src/generator/resource/`, [`resource`] |
//! | when subscribers are told | [`resource::subscription`] |
//! | the protocol | [`server`], [`transport`] |
//! | who is let in over HTTP, and how much they reach | `src/transport/network/guard.rs` |
//! | whose access tokens are good, and what HTTP says of them | [`oauth`], `src/transport/network/resource_server.rs` |
//! | how fast it is | `benches/` |

#![cfg_attr(
    test,
    allow(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used,
        reason = "a test that cannot go on is to fail, and says so best by panicking"
    )
)]

pub mod arguments;
pub mod call;
pub mod catalog;
pub mod clients;
pub mod compose;
mod computing;
pub mod config;
mod confined;
pub mod engine;
mod erased;
mod facts;
pub mod files;
pub mod fleet;
pub mod generated;
pub mod oauth;
mod operations;
pub mod ordered;
pub mod output;
pub mod params;
pub mod program;
pub mod prompt;
pub mod redaction;
pub mod resource;
pub mod secrets;
pub mod server;
#[cfg_attr(feature = "opentelemetry", doc(hidden))]
pub mod spans;
pub mod trace;
pub mod transport;
mod unfinished;
pub mod untrusted;
mod vocabulary;
