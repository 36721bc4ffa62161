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
mod scope;
mod secrets;
mod settings;
mod sign_in;
mod socket;
mod tls;

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};
use futures_util::future::join_all;
use mcp_docker::call::gate;
use mcp_docker::config::{Config, ConfigError, Host, Setting, Sources};
use mcp_docker::engine::Engine;
use mcp_docker::engine::policy::Policy;

use self::report::Check;
use super::{Failure, engine as choice, flags, placed, print};

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
        .arg(choice::argument())
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
    let read = configuration(matches).and_then(|(config, settings)| {
        let host = choice::chosen(matches, &config).map_err(said)?.cloned();
        Ok((config, settings, host))
    });
    let mut checks = match read {
        Ok((config, settings, chosen)) => {
            let mut checks = match (config.hosts.as_slice(), &chosen) {
                ([], _) => of_engine(&config, &settings).await,
                ([only], _) => of_engine(&config.of_host(only), &settings).await,
                (hosts, chosen) => {
                    let hosts = hosts
                        .iter()
                        .filter(|host| chosen.as_ref().is_none_or(|chosen| chosen == *host));
                    let all = hosts.map(|host| of_host(&config, host, &settings));
                    // Side by side, so that one which hangs delays no other.
                    join_all(all).await.into_iter().flatten().collect()
                }
            };
            let engine = Engine::new(&config.docker)
                .with_policy(Policy::new(&config))
                .with_deadline(PATIENCE * 2);
            checks.push(settings::check(&settings));
            checks.push(settings::toolsets(&config));
            checks.extend(programs::checks(&config, &engine).await);
            checks.extend(settings::notes(&config));
            checks.extend(files::checks(&config.server));
            checks.extend(files::astray(&config));
            checks.extend(secrets::checks(&config).await);
            checks.extend(sign_in::checks(&config.sign_in).await);
            let mut docker = config.hosts.iter().map(|host| &host.docker);
            let docker = docker.find_map(|docker| files::mountable(&config, docker));
            checks.extend(match config.hosts.as_slice() {
                [] => files::mountable(&config, &config.docker),
                _ => docker,
            });
            checks
        }
        Err(error) => vec![settings::wrong(&error)],
    };
    checks.extend(clients::checks());
    checks
}

async fn of_host(config: &Config, host: &Host, settings: &[Setting]) -> Vec<Check> {
    let checks = of_engine(&config.of_host(host), settings).await;
    checks.into_iter().map(|it| it.of(&host.name)).collect()
}

/// What there is to see of an Engine.
async fn of_engine(config: &Config, settings: &[Setting]) -> Vec<Check> {
    // What ends the wait is the patience with all of it, not the deadline of one call.
    let engine = Engine::new(&config.docker)
        .with_policy(Policy::new(config))
        .with_deadline(PATIENCE * 2);
    let address = engine.address();
    let answers = connection::ask(&engine).await;
    let certificates = engine.certificates();
    let entry = config.docker.entry.as_ref();
    let mut checks = vec![connection::check(
        &address,
        &certificates,
        &answers,
        settings,
        entry,
    )];
    checks.extend(socket::check(&address, &answers));
    checks.push(tls::check(
        &address,
        &certificates,
        &answers,
        &config.docker,
    ));
    checks.extend(engine::checks(&answers));
    checks.extend(mounts::check(&config.safety, &answers));
    checks.push(scope::check(&config.safety));
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
    match gate::check_filters(&config) {
        Ok(()) => Ok((config, settings)),
        Err(text) => Err(placed(text, &settings)),
    }
}

/// What is wrong with the command line.
fn said(failure: Failure) -> String {
    match failure {
        Failure::Usage(text) | Failure::Failed(text) | Failure::Unagreed(text) => text,
        Failure::Said => String::new(),
    }
}
