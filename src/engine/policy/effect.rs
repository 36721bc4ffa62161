//! Says what a request does, by its method and path: the closed list of what may be sent.
//!
//! Reading is free. A request that changes something is either on the list, with what has to be
//! judged of it, or refused; so the endpoint of a new tool has its place here.

use http::Method;

/// What has to be judged of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect<'a> {
    /// It stays within Docker.
    None,
    /// It makes a container.
    Create,
    /// It changes the limits of a container.
    Update(&'a str),
    /// It runs a command in a container.
    Exec(&'a str),
    /// It reaches into a container by another way.
    Enter(&'a str),
    /// It starts a container.
    Start(&'a str),
    /// It stops a container and starts it.
    Restart(&'a str),
    /// It takes a container away from whoever uses it.
    Disturb(&'a str),
    /// It takes the container that the body names off a network.
    Disconnect,
    /// It makes a network.
    CreateNetwork,
    /// It puts a container on a network.
    Connect(&'a str),
    /// It makes a volume.
    CreateVolume,
    /// It builds an image.
    Build,
}

impl<'a> Effect<'a> {
    /// The effect of a request; none where the list does not have it.
    pub(super) fn of(method: &Method, path: &'a str) -> Option<Self> {
        let mut segments = path.split('/').skip(1);
        let kind = segments.next()?;
        let rest: Vec<&str> = segments.collect();
        match (kind, rest.as_slice()) {
            // What it holds and what it says, by whatever method.
            ("containers", [id, "archive"] | [id, "attach", "ws"]) => return Some(Self::Enter(id)),
            _ if method.is_safe() => return Some(Self::None),
            _ => {}
        }
        match (method.as_str(), kind, rest.as_slice()) {
            ("POST", "containers", rest) => container(rest),
            ("DELETE", "containers", [id]) => Some(Self::Disturb(id)),
            // Whoever has the id made the exec, and that was judged.
            ("POST", "exec", [_, "start" | "resize"]) => Some(Self::None),
            ("POST", "images", ["create" | "load" | "prune"]) => Some(Self::None),
            // An image's name has slashes of its own.
            ("POST", "images", [_, .., "tag" | "push"]) => Some(Self::None),
            ("DELETE", "images", [_, ..]) => Some(Self::None),
            ("POST", "commit" | "auth", []) => Some(Self::None),
            ("POST", "build", []) => Some(Self::Build),
            ("POST", "build" | "networks" | "volumes", ["prune"]) => Some(Self::None),
            ("POST", "networks", ["create"]) => Some(Self::CreateNetwork),
            ("POST", "networks", [id, "connect"]) => Some(Self::Connect(id)),
            ("POST", "networks", [_, "disconnect"]) => Some(Self::Disconnect),
            ("POST", "volumes", ["create"]) => Some(Self::CreateVolume),
            ("DELETE", "networks" | "volumes", [_]) => Some(Self::None),
            _ => None,
        }
    }

    /// Whether the body has a part in the verdict.
    pub(super) fn is_in_the_body(self) -> bool {
        match self {
            Self::Create | Self::Update(_) | Self::Exec(_) => true,
            Self::CreateNetwork | Self::Connect(_) | Self::Disconnect | Self::CreateVolume => true,
            Self::None | Self::Enter(_) | Self::Start(_) | Self::Restart(_) => false,
            Self::Disturb(_) | Self::Build => false,
        }
    }

    /// The container of the path, where something happens to it that it did not ask for.
    pub(super) fn disturbs(self) -> Option<&'a str> {
        match self {
            Self::Update(id) | Self::Exec(id) | Self::Enter(id) => Some(id),
            Self::Restart(id) | Self::Disturb(id) => Some(id),
            _ => None,
        }
    }
}

fn container<'a>(rest: &[&'a str]) -> Option<Effect<'a>> {
    Some(match *rest {
        ["create"] => Effect::Create,
        ["prune"] | [_, "resize" | "wait"] => Effect::None,
        [id, "update"] => Effect::Update(id),
        [id, "exec"] => Effect::Exec(id),
        [id, "attach"] => Effect::Enter(id),
        [id, "start"] => Effect::Start(id),
        [id, "restart"] => Effect::Restart(id),
        [id, "stop" | "kill" | "pause" | "unpause" | "rename"] => Effect::Disturb(id),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<Effect<'_>> {
        let (method, path) = line.split_once(' ').unwrap();
        Effect::of(&method.parse().unwrap(), path)
    }

    #[test]
    fn an_endpoint_that_is_not_on_the_list_has_no_effect_that_could_be_judged() {
        for line in [
            "POST /plugins/pull",
            "POST /swarm/init",
            "POST /services/create",
            "POST /session",
            "POST /grpc",
            "PUT /volumes/data",
            "POST /containers/web/checkpoints",
            "POST /containers/a/b/start",
            "PATCH /containers/create",
            "POST /containers/create/",
            "POST //containers/create",
            "POST /",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
    }

    #[test]
    fn what_a_container_holds_and_says_is_no_reading() {
        for line in [
            "GET /containers/web/archive",
            "HEAD /containers/web/archive",
            "PUT /containers/web/archive",
            "GET /containers/web/attach/ws",
            "POST /containers/web/attach",
        ] {
            assert_eq!(of(line), Some(Effect::Enter("web")), "{line}");
        }
    }

    #[test]
    fn reading_and_what_stays_within_docker_is_free() {
        for line in [
            "GET /containers/web/json",
            "GET /anything",
            "HEAD /_ping",
            "POST /images/host:5000/a/b/tag",
            "DELETE /images/host:5000/a/b",
            "POST /exec/0/start",
            "POST /volumes/prune",
        ] {
            assert_eq!(of(line), Some(Effect::None), "{line}");
        }
    }
}
