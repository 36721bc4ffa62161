//! Tests the Engines of the configuration file: what each may say, which is meant by default, and what calls
//! may do there.

use mcp_docker::config::{Config, Host, Sources};
use mcp_docker::engine::{Engine, Origin};

use super::toml::{PATH, configured, refused};
use super::{file, settings};

const TWO: &str = "\
[hosts.near]
address = 'unix:///near.sock'

[hosts.nas]
address = 'https://nas:2376'
tls_ca_cert = '/nas/ca.pem'
tier = 'safe'
timeout = 5
";

fn config(text: &str) -> Config {
    Config::from_sources(&configured(text)).unwrap()
}

fn host<'c>(config: &'c Config, name: &str) -> &'c Host {
    let host = config.hosts.iter().find(|host| host.name == name);
    host.unwrap_or_else(|| panic!("no {name} in {:?}", config.hosts))
}

fn defaults(config: &Config) -> Vec<&str> {
    let defaults = config.hosts.iter().filter(|host| host.is_default);
    defaults.map(|host| host.name.as_str()).collect()
}

#[test]
fn each_host_has_its_way_its_time_and_its_ceiling() {
    let config = config(&format!("DOCKER_TIMEOUT = 7\n{TWO}"));
    let (near, nas) = (host(&config, "near"), host(&config, "nas"));
    assert_eq!(near.docker.timeout.as_secs(), 7);
    assert_eq!(nas.docker.timeout.as_secs(), 5);
    let leads = |host: &Host| Engine::new(&host.docker).address().unwrap();
    let Origin::Entry(entry) = leads(near).origin else {
        panic!("{:?}", leads(near))
    };
    assert_eq!(
        (entry.name.as_str(), entry.place),
        ("near", format!("{PATH}, line 2"))
    );
    assert_eq!(leads(nas).url, "https://nas:2376");
    assert_eq!(near.docker.tls_ca_cert, None);
    assert!(near.safety.allow_moderate && !nas.safety.allow_moderate);
    let of_nas = config.of_host(nas);
    assert_eq!((&of_nas.docker, &of_nas.safety), (&nas.docker, &nas.safety));
    assert_eq!(of_nas.hosts, config.hosts, "what is kept of all is known");
}

#[test]
fn a_ceiling_never_loosens_what_the_server_allows() {
    for (server, ceiling, moderate, destructive) in [
        ("", "safe", false, false),
        ("", "moderate", true, false),
        ("", "destructive", true, false),
        (
            "SAFETY_ALLOW_MODERATE_OPERATIONS = false",
            "destructive",
            false,
            false,
        ),
        (
            "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS = true",
            "safe",
            false,
            false,
        ),
        (
            "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS = true",
            "moderate",
            true,
            false,
        ),
        (
            "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS = true",
            "destructive",
            true,
            true,
        ),
    ] {
        let text = format!("{server}\n[hosts.nas]\naddress = 'tcp://nas:1'\ntier = '{ceiling}'");
        let config = config(&text);
        let safety = &host(&config, "nas").safety;
        let allowed = (safety.allow_moderate, safety.allow_destructive);
        assert_eq!(allowed, (moderate, destructive), "{server} {ceiling}");
    }
}

#[test]
fn the_default_is_the_only_one_or_the_one_that_says_so() {
    assert_eq!(defaults(&config(TWO)), [""; 0]);
    let said = format!("{TWO}default = true\n");
    let said = config(&said);
    assert_eq!(defaults(&said), ["nas"]);
    assert_eq!(said.docker, host(&said, "nas").docker);
    let only = config("[hosts.near]\naddress = 'unix:///near.sock'");
    assert_eq!(defaults(&only), ["near"]);
    assert!(config("[hosts]").hosts.is_empty());
}

#[test]
fn an_engine_named_by_flags_or_environment_is_one_more_and_the_default() {
    let named = settings(&[("DOCKER_HOST", "unix:///mine.sock")]);
    let text = format!("{TWO}default = true\n");
    for (flags, environment) in [
        (named.clone(), Default::default()),
        (Default::default(), named),
    ] {
        let config = Config::from_sources(&Sources {
            flags,
            environment,
            ..configured(&text)
        });
        let config = config.unwrap();
        assert_eq!(config.hosts.len(), 3);
        assert_eq!(defaults(&config), ["env"]);
        let leads = Engine::new(&config.docker).address().unwrap();
        assert_eq!(leads.url, "unix:///mine.sock");
    }
}

/// A file that came with a repository would choose the Engine that the operator's own file has chosen.
#[test]
fn no_weaker_file_names_an_engine_beside_the_hosts() {
    for named in [false, true] {
        let sources = Sources {
            file: file("DOCKER_HOST=unix:///theirs.sock", named),
            ..configured("[hosts.near]\naddress = 'unix:///near.sock'")
        };
        let set = sources.in_force(&mut Vec::new()).unwrap();
        assert!(!set.iter().any(|it| it.variable.name == "DOCKER_HOST"));
        let config = Config::from_sources(&sources).unwrap();
        assert_eq!(config.hosts.len(), 1);
        let leads = Engine::new(&config.docker).address().unwrap();
        assert_eq!(leads.url, "unix:///near.sock");
    }
}

#[test]
fn what_is_wrong_with_a_host_is_said_with_its_line() {
    for (text, said) in [
        (
            "[hosts.nas]",
            "line 1: `[hosts.nas]` needs an `address` or a `context`",
        ),
        (
            "[hosts.nas]\naddress = 'tcp://nas'\ncontext = 'nas'",
            "`[hosts.nas]` has an `address` and a `context`; it takes one of them",
        ),
        (
            "[hosts.nas]\naddress = 'nas'",
            "line 2: `address` must be an address that starts with unix://",
        ),
        (
            "[hosts.nas]\naddress = 7",
            "line 2: `address` must be an address",
        ),
        (
            "[hosts.nas]\nadress = 'tcp://nas'",
            "line 2: `[hosts.nas]` has no key `adress`; did you mean `address`?",
        ),
        (
            "[hosts.nas]\naddress = 'tcp://nas'\ntier = 'moderat'",
            "line 3: `tier` must be `safe`, `moderate`, `destructive`, not \"moderat\"; did you mean `moderate`?",
        ),
        (
            "[hosts.nas]\naddress = 'tcp://nas'\ntier = true",
            "line 3: `tier` must be",
        ),
        (
            "[hosts.nas]\naddress = 'tcp://nas'\ndefault = 'yes'",
            "line 3: `default` must be true or false, not \"yes\"",
        ),
        (
            "[hosts.nas]\naddress = 'tcp://nas'\ntimeout = 0",
            "line 3: `timeout` must be a whole number of seconds",
        ),
        (
            "[hosts.env]\naddress = 'tcp://nas'",
            "line 1: `env` is the host that flags or the environment name",
        ),
        (
            "[hosts.'a b']\naddress = 'tcp://nas'",
            "line 1: `a b` is no name of a host",
        ),
        (
            "[hosts.'*']\naddress = 'tcp://nas'",
            "`*` is no name of a host",
        ),
        (
            "[hosts.a]\naddress = 'tcp://a'\ndefault = true\n[hosts.b]\naddress = 'tcp://b'\ndefault = true",
            "are both the default; one may be",
        ),
        (
            "DOCKER_CONTEXT = 'far'\n[hosts.a]\naddress = 'tcp://a'",
            "line 1: `DOCKER_CONTEXT` beside `[hosts]` names one more Engine",
        ),
        ("hosts = 'nas'", "line 1: `hosts` must be a table"),
        (
            "[hosts]\nnas = 'tcp://nas'",
            "line 2: `nas` must be a table",
        ),
    ] {
        let line = refused(text);
        assert!(line.contains(said), "{text}: {line}");
    }
}
