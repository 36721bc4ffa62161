//! `mcp-docker doctor`: says whether everything is as it must be, and where not, how to mend it.
//!
//! Each kind of check is a module that gives [`Check`]s, which are data; [`report`] alone writes
//! them, for a person or as JSON. Nothing is changed, and nothing waits longer than [`PATIENCE`].

mod clients;
mod connection;
mod engine;
mod files;
mod mounts;
mod programs;
mod report;
mod secrets;
mod settings;
mod socket;
mod tls;

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use mcp_docker::call::gate;
use mcp_docker::config::{Config, ConfigError, Setting, Sources};
use mcp_docker::engine::Engine;
use mcp_docker::engine::policy::Policy;

use self::report::Check;
use super::{Failure, flags, print};

pub(super) const NAME: &str = "doctor";

const EXAMPLES: &str = "\
Examples:
  mcp-docker doctor
  mcp-docker doctor --docker-host ssh://me@server      Check another Engine
  mcp-docker doctor --json | jq '.checks[] | select(.status == \"mend\")'";

/// How long the Engine may take with all that it is asked.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn command() -> Command {
    Command::new(NAME)
        .about(
            "Check the connection, the settings and the clients, and say how to mend what is wrong",
        )
        .after_help(EXAMPLES)
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print the checks as JSON"),
        )
}

/// Unlike the other commands it takes settings that are wrong: to say so is what it is for.
pub(super) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let checks = checks(matches).await;
    print(&if matches.get_flag("json") {
        report::json(&checks)
    } else {
        report::text(&checks)
    })?;
    if report::is_well(&checks) {
        Ok(())
    } else {
        Err(Failure::Said)
    }
}

async fn checks(matches: &ArgMatches) -> Vec<Check> {
    let mut checks = match configuration(matches) {
        Ok((config, settings)) => {
            // What ends the wait is the patience with all of it, not the deadline of one call.
            let engine = Engine::new(&config.docker)
                .with_policy(Policy::new(&config))
                .with_deadline(PATIENCE * 2);
            let address = engine.address();
            let answers = connection::ask(&engine).await;
            let certificates = engine.certificates();
            let mut checks = vec![connection::check(
                &address,
                &certificates,
                &answers,
                &settings,
            )];
            checks.extend(socket::check(&address, &answers));
            checks.push(tls::check(&address, &certificates, &answers));
            checks.extend(engine::checks(&answers));
            checks.extend(mounts::check(&config.safety, &answers));
            checks.push(settings::check(&settings));
            checks.push(settings::toolsets(&config));
            checks.extend(programs::checks(&config, &engine).await);
            checks.extend(settings::notes(&config));
            checks.extend(files::checks(&config.server));
            checks.extend(files::astray(&config));
            checks.extend(secrets::checks(&config).await);
            if let Ok(address) = &address {
                checks.extend(files::mountable(&config, &address.url));
            }
            checks
        }
        Err(error) => vec![settings::wrong(&error)],
    };
    checks.extend(clients::checks());
    checks
}

/// The configuration, which every other command checks as well before it does anything.
fn configuration(matches: &ArgMatches) -> Result<(Config, Vec<Setting>), String> {
    let read = || {
        let sources = Sources::gather(flags::settings(matches), flags::env_file(matches))?;
        let config = Config::from_sources(&sources)?;
        config.check()?;
        Ok((config, sources.in_force(&mut Vec::new())?))
    };
    let (config, settings) = read().map_err(|error: ConfigError| error.to_string())?;
    gate::check_filters(&config)?;
    Ok((config, settings))
}
