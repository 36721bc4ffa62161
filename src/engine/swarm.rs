//! Says why an Engine tells nothing of a swarm, and what to do: it is in none, does not manage it, is locked, or
//! too many managers are gone. To the Engine all of these are failures of its own.

use http::Method;

use super::error::EngineError;

/// What begins a text that was handed on between the parts of an Engine, up to the text itself.
const HANDED_ON: (&str, &str) = ("rpc error: code = ", " desc = ");

/// That the Engine is in no swarm.
pub(crate) const NONE: &str = "this Engine is in no swarm: a person has it begin one with `docker swarm init`, or join one with `docker swarm join`";
/// That it does not manage the swarm that it is in.
pub(crate) const WORKER: &str = "this Engine is a worker of its swarm, which only managers show and change: ask the Engine of a manager, whose \
     address docker_swarm_info tells, or promote this node there";
/// That its key is not there.
pub(crate) const LOCKED: &str =
    "the swarm is locked on this manager: a person unlocks it there with `docker swarm unlock`";
/// That too few managers are there to agree.
pub(crate) const LEADERLESS: &str = "the swarm has no leader, so that nothing of it can be seen or changed; what runs goes on. More than half of its \
     managers must be online: start the others again; where they are lost for good, a person runs `docker swarm init \
     --force-new-cluster` on one that is left";

/// The same, where what was to be changed was handed to the managers: it is carried out once they agree again.
pub(crate) const LEADER_LOST: &str = "the swarm lost its leader before the change was agreed on: it may be carried out yet, once there is one again, \
     so look before you try again. More than half of the managers must be online; docker_swarm_info shows how it is";

/// What Engines say, and what it means.
const STATES: [(&str, &str); 6] = [
    ("Worker nodes can't be used to view", WORKER),
    ("This node is not a swarm manager", NONE),
    ("Swarm is encrypted and needs to be unlocked", LOCKED),
    ("The swarm does not have a leader", LEADERLESS),
    // So it is said in the seconds before it is known that there is no leader.
    ("context deadline exceeded", LEADERLESS),
    ("node lost leader status", LEADERLESS),
];

/// The failure where the Engine cannot tell or change anything of a swarm.
pub(super) fn without(method: &Method, message: &str) -> Option<EngineError> {
    let state = STATES.iter().find(|(said, _)| message.contains(said));
    let (said, means) = state?;
    // It is refused at once where it is known that there is none.
    let is_open = *means == LEADERLESS && !said.contains("does not have");
    Some(EngineError::NoSwarm(match is_open && !method.is_safe() {
        true => LEADER_LOST,
        false => means,
    }))
}

/// Whether somebody changed the object since it was read.
pub(super) fn is_outdated(message: &str) -> bool {
    message.contains("update out of sequence")
}

/// The text itself.
pub(crate) fn own_words(message: &str) -> &str {
    let (beginning, end) = HANDED_ON;
    let rest = message.strip_prefix(beginning);
    let own = rest.and_then(|rest| Some(rest.split_once(end)?.1));
    own.unwrap_or(message)
}

/// Whether a path leads to what a swarm has.
pub(super) fn is_of_swarm(path: &str) -> bool {
    let first = path.split('/').nth(1);
    matches!(
        first,
        Some("services" | "nodes" | "tasks" | "secrets" | "configs")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_in_which_nothing_is_told_is_known() {
        for (said, means) in [
            (
                "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.",
                NONE,
            ),
            (
                "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a \
                 manager node or promote the current node to a manager.",
                WORKER,
            ),
            (
                "Swarm is encrypted and needs to be unlocked before it can be used. Please use \"docker swarm unlock\" to unlock it.",
                LOCKED,
            ),
            (
                "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online.",
                LEADERLESS,
            ),
            (
                "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
                LEADERLESS,
            ),
            ("context deadline exceeded", LEADERLESS),
        ] {
            let state = without(&Method::GET, said);
            assert_eq!(state, Some(EngineError::NoSwarm(means)), "{said}");
        }
        assert_eq!(without(&Method::GET, "service web not found"), None);
    }

    /// So it came: the config was there once a manager was back.
    #[test]
    fn what_was_handed_to_the_managers_may_be_carried_out_yet() {
        for (said, means) in [
            (
                "raft: failed to process the request: node lost leader status",
                LEADER_LOST,
            ),
            (
                "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
                LEADER_LOST,
            ),
            (
                "rpc error: code = Unknown desc = The swarm does not have a leader.",
                LEADERLESS,
            ),
        ] {
            let state = without(&Method::POST, said);
            assert_eq!(state, Some(EngineError::NoSwarm(means)), "{said}");
        }
    }

    #[test]
    fn what_was_handed_on_is_said_in_its_own_words() {
        let taken = "rpc error: code = AlreadyExists desc = name conflicts with an existing object";
        assert_eq!(own_words(taken), "name conflicts with an existing object");
        assert_eq!(own_words("rpc error: code = 5"), "rpc error: code = 5");
        assert_eq!(own_words("no such image"), "no such image");
    }
}
