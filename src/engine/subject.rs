//! Names the object that a request is about.

/// The object that a request names in its path, to which a 404 belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// `container`, `image`, `network`, `volume`, or of a swarm `service`, `node`, `secret` or `config`.
    pub kind: &'static str,
    /// The name or id that was given.
    pub reference: String,
}

impl Subject {
    /// That it does not exist, and which tool shows what does.
    pub(super) fn missing(&self) -> String {
        let Self { kind, reference } = self;
        let all = if *kind == "container" {
            " with `all`"
        } else {
            ""
        };
        match *kind {
            "container" | "image" | "network" | "volume" | "service" | "node" | "secret"
            | "config" => {
                format!(
                    "no such {kind}: `{reference}`; docker_list_{kind}s{all} shows what there is"
                )
            }
            _ => format!("no such {kind}: `{reference}`"),
        }
    }
}
