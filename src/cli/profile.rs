//! Knows what a person may let an assistant do, as the settings that it comes to.

use mcp_docker::clients::Client;
use mcp_docker::config::{Config, ConfirmationFallback, SafetyConfig, Settings, Sources, Toolsets};

/// What a person lets an assistant do.
#[derive(Debug)]
pub(super) struct Profile {
    /// What it is called on the command line.
    pub(super) name: &'static str,
    /// What it means.
    pub(super) doc: &'static str,
    /// The variables it sets.
    pub(super) settings: &'static [(&'static str, &'static str)],
}

const MODERATE: &str = "SAFETY_ALLOW_MODERATE_OPERATIONS";
const DESTRUCTIVE: &str = "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS";
const PRIVILEGED: &str = "SAFETY_ALLOW_PRIVILEGED_CONTAINERS";
const CONFIRMATION: &str = "SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE";
const FALLBACK: &str = "SAFETY_CONFIRMATION_FALLBACK";

/// From strict to loose. Each says both tiers, so that what the client was started with says nothing.
pub(super) const PROFILES: [Profile; 3] = [
    Profile {
        name: "read-only",
        doc: "look at everything, change nothing",
        settings: &[(MODERATE, "false"), (DESTRUCTIVE, "false")],
    },
    Profile {
        name: "normal",
        doc: "also create, start and stop things, and run commands in containers, which can lose data; remove nothing",
        settings: &[(MODERATE, "true"), (DESTRUCTIVE, "false")],
    },
    Profile {
        name: "full",
        doc: "also remove things; a client that can ask shows you what would go, and the others are refused",
        settings: &[
            (MODERATE, "true"),
            (DESTRUCTIVE, "true"),
            (CONFIRMATION, "true"),
        ],
    },
];

/// Whether what a profile means is said by this variable, and not left to an earlier entry.
pub(super) fn decides(variable: &str) -> bool {
    [MODERATE, DESTRUCTIVE, PRIVILEGED, CONFIRMATION, FALLBACK].contains(&variable)
}

impl Profile {
    /// The profile that these settings come to, where they are one and not a person's own.
    pub(super) fn of(settings: &Settings) -> Option<&'static Self> {
        let safety = safety(settings.clone())?;
        PROFILES.iter().find(|profile| {
            let mut promised = settings.clone();
            promised.retain(|name, _| !decides(name));
            let profile = profile.settings.iter();
            promised.extend(profile.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            self::safety(promised).as_ref() == Some(&safety)
        })
    }

    /// The variable, and what this profile sets it to, that one of these settings says otherwise.
    pub(super) fn contradicted_by(
        &self,
        settings: &Settings,
    ) -> Option<(&'static str, &'static str)> {
        let alone = |name: &str, value: &str| safety([(name.to_owned(), value.to_owned())].into());
        let mut promised = self.settings.iter().copied();
        promised.find(|&(name, value)| {
            let said = settings.get(name);
            said.is_some_and(|said| alone(name, said) != alone(name, value))
        })
    }
}

/// Whether calls that lose something for good are allowed by these settings and refused in this client,
/// because nobody can be asked there.
pub(super) fn is_refused(client: &Client, settings: &Settings) -> bool {
    safety(settings.clone()).is_some_and(|safety| {
        safety.allow_destructive
            && safety.require_confirmation
            && safety.confirmation_fallback == ConfirmationFallback::Refuse
            && !client.has_consent()
    })
}

/// Whether such calls are allowed by these settings, and it is a panel of this client by which a person agrees.
pub(super) fn is_asked_by_panel(client: &Client, settings: &Settings) -> bool {
    safety(settings.clone())
        .is_some_and(|safety| safety.allow_destructive && safety.require_confirmation)
        && client.has_panel_alone()
}

/// The toolsets that these settings switch on.
pub(super) fn toolsets(settings: &Settings) -> Option<Toolsets> {
    Some(safety(settings.clone())?.toolsets)
}

fn safety(settings: Settings) -> Option<SafetyConfig> {
    let sources = Sources {
        flags: settings,
        ..Sources::default()
    };
    Some(Config::from_sources(&sources).ok()?.safety)
}
