//! Lists what may be asked of an Engine, and what each request does: the closed list that the door
//! goes by, and that the generator holds tiers against.
//!
//! What is not listed is refused, reading included; so the endpoint of a new tool has its place here.

/// What a request does to what is there, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// It reads, or waits.
    Reads,
    /// It makes or changes something.
    Changes,
    /// It loses something for good.
    Removes,
}

impl Effect {
    /// What it does, in words that follow the request.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Reads => "only reads",
            Self::Changes => "changes something",
            Self::Removes => "removes something",
        }
    }
}

/// What has to be judged of a request, beside what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Concern {
    /// It stays within Docker.
    Nothing,
    /// It makes a container.
    Create,
    /// It changes the limits of a container.
    Update,
    /// It makes an exec, a command to run in a container.
    Exec,
    /// It reaches into a container by another way.
    Enter,
    /// It starts a container.
    Start,
    /// It stops a container and starts it.
    Restart,
    /// It takes a container away from whoever uses it.
    Disturb,
    /// It takes the container that the body names off a network.
    Disconnect,
    /// It makes an image of a container.
    Commit,
    /// It makes a network.
    CreateNetwork,
    /// It puts a container on a network.
    Connect,
    /// It makes a volume.
    CreateVolume,
    /// It builds an image.
    Build,
    /// It takes images from a file.
    Load,
    /// It makes a service of a swarm, or changes one.
    Service,
    /// It makes a secret or a config of a swarm.
    CreateSecret,
    /// It changes a node of a swarm.
    UpdateNode,
}

/// A request that is known, by its method and the form of its path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) method: &'static str,
    /// `*` stands for one part, `**` for one or more: an image's name has slashes of its own.
    pub(crate) path: &'static str,
    pub(crate) effect: Effect,
    pub(crate) concern: Concern,
}

const fn reads(path: &'static str) -> Endpoint {
    Endpoint {
        method: "GET",
        path,
        effect: Effect::Reads,
        concern: Concern::Nothing,
    }
}

const fn row(
    method: &'static str,
    path: &'static str,
    effect: Effect,
    concern: Concern,
) -> Endpoint {
    Endpoint {
        method,
        path,
        effect,
        concern,
    }
}

use Concern::{
    Build, Commit, Connect, Create, CreateNetwork, CreateSecret, CreateVolume, Disconnect, Disturb,
    Enter, Exec, Load, Nothing, Restart, Service, Start, Update, UpdateNode,
};
use Effect::{Changes, Reads, Removes};

#[rustfmt::skip]
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    reads("/_ping"),
    reads("/version"),
    reads("/info"),
    reads("/events"),
    reads("/system/df"),
    // Whether credentials are good.
    row("POST", "/auth", Reads, Nothing),

    reads("/containers/json"),
    reads("/containers/*/json"),
    reads("/containers/*/top"),
    reads("/containers/*/logs"),
    reads("/containers/*/stats"),
    reads("/containers/*/changes"),
    reads("/containers/*/export"),
    // What it holds and what it says is no reading; who attaches can write, too.
    row("GET", "/containers/*/archive", Reads, Enter),
    row("PUT", "/containers/*/archive", Changes, Enter),
    row("GET", "/containers/*/attach/ws", Changes, Enter),
    row("POST", "/containers/*/attach", Changes, Enter),
    row("POST", "/containers/create", Changes, Create),
    row("POST", "/containers/*/update", Changes, Update),
    row("POST", "/containers/*/exec", Changes, Exec),
    row("POST", "/containers/*/start", Changes, Start),
    row("POST", "/containers/*/restart", Changes, Restart),
    row("POST", "/containers/*/stop", Changes, Disturb),
    row("POST", "/containers/*/kill", Changes, Disturb),
    row("POST", "/containers/*/pause", Changes, Disturb),
    row("POST", "/containers/*/unpause", Changes, Disturb),
    row("POST", "/containers/*/rename", Changes, Disturb),
    row("POST", "/containers/*/resize", Changes, Nothing),
    row("POST", "/containers/*/wait", Reads, Nothing),
    row("POST", "/containers/prune", Removes, Nothing),
    row("DELETE", "/containers/*", Removes, Disturb),
    row("POST", "/commit", Changes, Commit),

    // Whoever has the id made the exec, and that was judged.
    reads("/exec/*/json"),
    row("POST", "/exec/*/start", Changes, Nothing),
    row("POST", "/exec/*/resize", Changes, Nothing),

    reads("/images/json"),
    reads("/images/search"),
    reads("/images/get"),
    reads("/images/**/json"),
    reads("/images/**/history"),
    reads("/images/**/get"),
    reads("/distribution/**/json"),
    row("POST", "/images/create", Changes, Nothing),
    row("POST", "/images/load", Changes, Load),
    row("POST", "/images/**/tag", Changes, Nothing),
    row("POST", "/images/**/push", Changes, Nothing),
    row("POST", "/images/prune", Removes, Nothing),
    row("DELETE", "/images/**", Removes, Nothing),
    row("POST", "/build", Changes, Build),
    row("POST", "/build/prune", Removes, Nothing),

    reads("/networks"),
    reads("/networks/*"),
    row("POST", "/networks/create", Changes, CreateNetwork),
    row("POST", "/networks/*/connect", Changes, Connect),
    row("POST", "/networks/*/disconnect", Changes, Disconnect),
    row("POST", "/networks/prune", Removes, Nothing),
    row("DELETE", "/networks/*", Removes, Nothing),

    reads("/volumes"),
    reads("/volumes/*"),
    row("POST", "/volumes/create", Changes, CreateVolume),
    row("POST", "/volumes/prune", Removes, Nothing),
    row("DELETE", "/volumes/*", Removes, Nothing),

    // What a swarm runs. `/swarm` is not here: what else it tells is in `/info`, beside tokens and keys by
    // which machines join and managers unlock.
    reads("/services"),
    reads("/services/*"),
    reads("/services/*/logs"),
    row("POST", "/services/create", Changes, Service),
    row("POST", "/services/*/update", Changes, Service),
    row("DELETE", "/services/*", Removes, Nothing),
    reads("/nodes"),
    reads("/nodes/*"),
    row("POST", "/nodes/*/update", Changes, UpdateNode),
    reads("/tasks"),
    reads("/tasks/*"),
    reads("/tasks/*/logs"),
    reads("/secrets"),
    reads("/secrets/*"),
    row("POST", "/secrets/create", Changes, CreateSecret),
    row("POST", "/secrets/*/update", Changes, CreateSecret),
    row("DELETE", "/secrets/*", Removes, Nothing),
    reads("/configs"),
    reads("/configs/*"),
    row("POST", "/configs/create", Changes, CreateSecret),
    row("POST", "/configs/*/update", Changes, CreateSecret),
    row("DELETE", "/configs/*", Removes, Nothing),
];

impl Endpoint {
    /// Whether a program may ask for it, whatever its tool lists: not for builds, which have a way of their
    /// own, and credentials; what leaves this Engine or comes into it unseen; what is about more than a
    /// project.
    pub(crate) fn is_for_programs(&self) -> bool {
        let segments: Vec<&str> = self.path.split('/').skip(1).collect();
        let is_barred = matches!(
            self.concern,
            Concern::Build | Concern::Commit | Concern::Update
        ) || matches!(
            (self.method, segments.as_slice()),
            (
                _,
                ["auth" | "distribution" | "nodes" | "tasks", ..] | ["services", _, "logs"]
            ) | ("DELETE", ["services" | "secrets" | "configs", ..])
                | (
                    "POST",
                    [.., "prune"] | ["images", .., "push" | "load" | "tag"]
                )
                | (_, ["containers", _, "attach", "ws"])
        );
        !is_barred
    }

    /// The endpoint that a request is of; none where the list does not have it.
    pub(crate) fn of(method: &str, path: &str) -> Option<&'static Self> {
        let method = if method == "HEAD" { "GET" } else { method };
        ENDPOINTS
            .iter()
            .find(|known| known.method == method && fits(known.path, path))
    }
}

/// Whether a path has that form.
pub(crate) fn fits(form: &str, path: &str) -> bool {
    let (mut forms, mut parts) = (form.split('/'), path.split('/'));
    loop {
        match (forms.next(), parts.next()) {
            (None, None) => return true,
            (Some("**"), Some(_)) => {
                // What follows is found from the end.
                let behind = forms.clone().count();
                let left = parts.clone().count();
                let Some(more) = left.checked_sub(behind) else {
                    return false;
                };
                if more > 0 {
                    parts.nth(more - 1);
                }
            }
            (Some("*"), Some(part)) if !part.is_empty() => {}
            (Some(known), Some(part)) if known == part && known != "*" => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<(Effect, Concern)> {
        let (method, path) = line.split_once(' ').unwrap();
        Endpoint::of(method, path).map(|known| (known.effect, known.concern))
    }

    #[test]
    fn an_endpoint_that_is_not_on_the_list_does_nothing_that_could_be_judged() {
        for line in [
            "POST /plugins/pull",
            "POST /swarm/init",
            "POST /session",
            "POST /grpc",
            "PUT /volumes/data",
            "POST /containers/web/checkpoints",
            "POST /containers/a/b/start",
            "PATCH /containers/create",
            "POST /containers/create/",
            "POST //containers/create",
            "POST /containers//start",
            "POST /images/tag",
            "POST /",
            "GET /swarm",
            "GET /swarm/unlockkey",
            "DELETE /nodes/worker",
            "DELETE /tasks/1",
            "GET /anything",
            "GET /containers/web/checkpoints",
            "GET /containers//json",
            "GET /",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
    }

    #[test]
    fn what_a_container_holds_and_says_is_judged() {
        for (line, effect) in [
            ("GET /containers/web/archive", Reads),
            ("HEAD /containers/web/archive", Reads),
            ("PUT /containers/web/archive", Changes),
            ("GET /containers/web/attach/ws", Changes),
            ("POST /containers/web/attach", Changes),
        ] {
            assert_eq!(of(line), Some((effect, Concern::Enter)), "{line}");
        }
    }

    #[test]
    fn reading_and_what_stays_within_docker_has_nothing_more_to_be_judged() {
        for (line, effect) in [
            ("GET /containers/web/json", Reads),
            ("HEAD /_ping", Reads),
            ("GET /images/host:5000/a/b/json", Reads),
            ("POST /containers/web/wait", Reads),
            ("POST /images/host:5000/a/b/tag", Changes),
            ("POST /images/a/push", Changes),
            ("POST /exec/0/start", Changes),
            ("DELETE /images/host:5000/a/b", Removes),
            ("DELETE /images/a", Removes),
            ("POST /volumes/prune", Removes),
        ] {
            assert_eq!(of(line), Some((effect, Nothing)), "{line}");
        }
    }
}
