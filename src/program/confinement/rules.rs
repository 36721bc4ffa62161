//! Keeps a process to its files, and off the network, by Landlock.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, LandlockStatus,
    PathBeneath, PathFd, Ruleset, RulesetAttr as _, RulesetCreated, RulesetCreatedAttr as _,
    RulesetError, RulesetStatus, Scope,
};

use super::executables;
use super::plan::Plan;
use crate::confined::open_as_judged;

/// The newest version whose rights are known here; an older kernel enforces what it knows of them.
const NEWEST: ABI = ABI::V9;

/// Where a program that fetches finds out where to and whom to trust, on one system or another: no binaries,
/// which a loader would run, and no keys.
const TO_FETCH: [&str; 10] = [
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/resolv.conf",
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs",
    "/etc/pki/ca-trust/extracted",
    "/etc/pki/tls/certs",
    "/etc/ca-certificates/extracted",
    "/usr/local/share/ca-certificates",
    "/usr/share/ca-certificates",
];

/// Gives up all but what the plan says, for this process and what it becomes; the version that holds, where the
/// kernel has Landlock.
///
/// # Errors
/// A file of the plan is not there, or the kernel does not do what it says it can.
pub(super) fn restrict(plan: &Plan) -> io::Result<Option<u32>> {
    let everything = AccessFs::from_all(NEWEST);
    let network: BitFlags<AccessNet> = match plan.online {
        true => AccessNet::BindTcp.into(),
        false => AccessNet::from_all(NEWEST),
    };
    let rules = Ruleset::default().set_compatibility(CompatLevel::BestEffort);
    let mut rules = Ok(rules)
        .and_then(|rules| rules.handle_access(everything))
        .and_then(|rules| rules.handle_access(network))
        .and_then(|rules| rules.scope(Scope::from_all(NEWEST)))
        .and_then(Ruleset::create)
        .map_err(refused)?;
    if let Some(program) = &plan.program {
        for file in executables::of(program)? {
            rules = allow(rules, &file, AccessFs::ReadFile | AccessFs::Execute)?;
        }
    }
    // A loader would run what it can read.
    // One that is not there any more is not allowed either, and the program says what it misses.
    let reads = plan
        .reads
        .iter()
        .filter_map(|file| open_as_judged(file).ok());
    for (file, _) in reads {
        if !executables::is_binary(&file) {
            rules = allow_opened(rules, file, AccessFs::ReadFile.into())?;
        }
    }
    for folder in &plan.lists {
        rules = allow(rules, folder, AccessFs::ReadFile | AccessFs::ReadDir)?;
    }
    let written = everything & !(AccessFs::Execute | AccessFs::MakeBlock | AccessFs::MakeChar);
    for folder in &plan.writes {
        rules = allow(rules, folder, written)?;
    }
    let to_fetch = TO_FETCH.iter().filter(|_| plan.online).map(Path::new);
    for path in to_fetch.filter(|path| path.exists()) {
        let rights = match path.is_dir() {
            true => AccessFs::ReadFile | AccessFs::ReadDir,
            false => AccessFs::ReadFile.into(),
        };
        rules = allow(rules, path, rights)?;
    }
    // Programs that start others open it.
    rules = allow(
        rules,
        Path::new("/dev/null"),
        AccessFs::ReadFile | AccessFs::WriteFile,
    )?;
    if let Some(socket) = &plan.socket {
        rules = allow(rules, socket, AccessFs::ResolveUnix.into())?;
    }
    let status = rules.restrict_self().map_err(refused)?;
    Ok(match status.landlock {
        LandlockStatus::Available { effective_abi, .. }
            if status.ruleset != RulesetStatus::NotEnforced =>
        {
            Some(effective_abi as u32)
        }
        _ => None,
    })
}

fn allow(
    rules: RulesetCreated,
    path: &Path,
    rights: BitFlags<AccessFs>,
) -> io::Result<RulesetCreated> {
    let opened = PathFd::new(path).map_err(io::Error::other)?;
    allow_opened(rules, opened, rights)
}

fn allow_opened(
    rules: RulesetCreated,
    opened: impl AsFd,
    rights: BitFlags<AccessFs>,
) -> io::Result<RulesetCreated> {
    let rule = PathBeneath::new(opened, rights).set_compatibility(CompatLevel::BestEffort);
    rules.add_rule(rule).map_err(refused)
}

fn refused(error: RulesetError) -> io::Error {
    io::Error::other(format!("Landlock: {error}"))
}
