//! `mcp-docker serve`: speaks MCP with a client.

use std::io::{self, IsTerminal};
use std::sync::Arc;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};
use mcp_docker::config::Config;
use mcp_docker::transport::network::{Listener, OpenError, Protocol};
use mcp_docker::transport::stdio;

use super::{Failure, say};

pub(super) const NAME: &str = "serve";

const EXAMPLES: &str = "\
Examples:
  mcp-docker serve                                  The client that starts it
  mcp-docker serve --safety-allow-moderate-operations=false
  mcp-docker serve --transport http --port 8000     Many, over HTTP
  mcp-docker serve --transport sse                  Older ones, over HTTP
  mcp-docker serve --transport websocket            A socket for each";

const TRANSPORT: &str = "transport";
const HOST: &str = "host";
const PORT: &str = "port";

pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Serve an MCP client (what happens without a command)")
        .after_help(EXAMPLES)
        .args(arguments())
}

/// The arguments of `serve`, which may also stand without the command.
pub(super) fn arguments() -> [Arg; 3] {
    [
        Arg::new(TRANSPORT)
            .long(TRANSPORT)
            .value_name("TRANSPORT")
            .value_parser(["stdio", "sse", "http", "websocket"])
            .default_value("stdio")
            .help("How the client reaches the server"),
        Arg::new(HOST)
            .long(HOST)
            .value_name("ADDRESS")
            .value_hint(ValueHint::Other)
            .default_value("127.0.0.1")
            .help("Address to listen at, unless over stdio"),
        Arg::new(PORT)
            .long(PORT)
            .value_name("PORT")
            .value_hint(ValueHint::Other)
            .value_parser(value_parser!(u16))
            .default_value("8000")
            .help("Port to listen at, unless over stdio"),
    ]
}

/// The first argument of `serve` that was given.
pub(super) fn given(matches: &ArgMatches) -> Option<&'static str> {
    first_given(matches, [TRANSPORT, HOST, PORT])
}

fn first_given<const N: usize>(
    matches: &ArgMatches,
    arguments: [&'static str; N],
) -> Option<&'static str> {
    arguments
        .into_iter()
        .find(|argument| matches.value_source(argument) == Some(ValueSource::CommandLine))
}

pub(super) async fn run(matches: &ArgMatches, config: Config) -> Result<(), Failure> {
    match matches.get_one::<String>(TRANSPORT).map(String::as_str) {
        Some("sse") => return over_http(Protocol::Sse, matches, config).await,
        Some("http") => return over_http(Protocol::Http, matches, config).await,
        Some("websocket") => return over_http(Protocol::WebSocket, matches, config).await,
        _ => {}
    }
    if let Some(argument) = first_given(matches, [HOST, PORT]) {
        return Err(Failure::Usage(format!(
            "`--{argument}` says where to listen, and over stdin and stdout nothing does; \
             add `--transport http`, or `--transport sse` for older clients"
        )));
    }
    if io::stdin().is_terminal() {
        say("Waiting for MCP messages on stdin; `mcp-docker --help` says what else there is.");
    }
    stdio::serve(Arc::new(super::fleet(config)))
        .await
        .map_err(Failure::failed)
}

async fn over_http(
    protocol: Protocol,
    matches: &ArgMatches,
    config: Config,
) -> Result<(), Failure> {
    let host = matches.get_one::<String>(HOST).map_or("", String::as_str);
    let port = matches.get_one::<u16>(PORT).copied().unwrap_or_default();
    let opened = Listener::open(protocol, host, port, &config).await;
    let listener = opened.map_err(|error| match error {
        OpenError::Setting(text) => Failure::Usage(text),
        error => Failure::failed(error),
    })?;
    for notice in listener.notices() {
        say(&format!("warning: {notice}"));
    }
    say(&format!("Listening at {}", listener.url()));
    listener
        .serve(Arc::new(super::fleet(config)))
        .await
        .map_err(Failure::failed)
}
