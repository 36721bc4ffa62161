//! `--engine`: chooses one of several Engines on the command line.

use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgMatches};
use mcp_docker::config::{Config, Host};
use mcp_docker::fleet::ALL;

use super::Failure;

const ENGINE: &str = "engine";

pub(super) fn argument() -> Arg {
    Arg::new(ENGINE)
        .long(ENGINE)
        .value_name("NAME")
        .value_parser(NonEmptyStringValueParser::new())
        .help("Host of the configuration file that is meant, where there are several")
}

/// The host that was named, if one was.
pub(super) fn chosen<'c>(
    matches: &ArgMatches,
    config: &'c Config,
) -> Result<Option<&'c Host>, Failure> {
    let Some(name) = matches.get_one::<String>(ENGINE) else {
        return Ok(None);
    };
    let hosts = &config.hosts;
    if let Some(host) = hosts.iter().find(|host| host.name == *name) {
        return Ok(Some(host));
    }
    let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
    let advice = match names.as_slice() {
        [] => "`[hosts.NAME]` in the configuration file names them, and there are none".to_owned(),
        names => format!("there are `{}`", names.join("`, `")),
    };
    Err(Failure::Usage(format!(
        "there is no host `{name}`; {advice}"
    )))
}

/// What a call names as its host: a name, or all of them.
pub(super) fn of_call(matches: &ArgMatches, config: &Config) -> Result<Option<String>, Failure> {
    let all = matches
        .get_one::<String>(ENGINE)
        .filter(|name| *name == ALL && config.hosts.len() > 1);
    match all {
        Some(all) => Ok(Some(all.clone())),
        None => runtime_host(matches, config),
    }
}

/// The same by its name, as calls choose it: where there is one, nothing chooses.
pub(super) fn runtime_host(
    matches: &ArgMatches,
    config: &Config,
) -> Result<Option<String>, Failure> {
    let host = chosen(matches, config)?.filter(|_| config.hosts.len() > 1);
    Ok(host.map(|host| host.name.clone()))
}
