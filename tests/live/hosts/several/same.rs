//! Makes objects of the same names on both Engines, each with marks by which it is told from the other's.

use std::sync::OnceLock;

use super::Several;
use crate::docker::{WAIT, eventually, image, run, unique};

/// A container, a network, a volume and an image of one name on both Engines. Those of the tests' own go with it,
/// the others with their Engine.
pub(super) struct Same<'s> {
    several: &'s Several,
    pub(super) name: String,
    /// The containers are of Compose projects: one of the name, and one that is alone.
    of_projects: bool,
    marks: OnceLock<[Vec<String>; 2]>,
}

impl<'s> Same<'s> {
    pub(super) fn make(several: &'s Several) -> Self {
        Self::of(several, false)
    }

    pub(super) fn of_projects(several: &'s Several) -> Self {
        Self::of(several, true)
    }

    fn of(several: &'s Several, of_projects: bool) -> Self {
        let same = Self {
            several,
            name: unique("same"),
            of_projects,
            marks: OnceLock::new(),
        };
        for host in ["here", "tls"] {
            same.on(host);
        }
        same
    }

    /// What they are labelled with, beside what is of one Engine alone.
    pub(super) fn label(&self) -> String {
        format!("same={}", self.name)
    }

    /// The image of that name.
    pub(super) fn image(&self) -> String {
        format!("{}:1", self.name)
    }

    /// The container that one Engine has alone, of a project of its own.
    pub(super) fn alone(&self, host: &str) -> String {
        format!("{}-{}", self.name, place(host))
    }

    fn on(&self, host: &str) {
        let docker = |args: &[&str]| self.several.docker(host, args);
        let (name, label, image, own) = (&*self.name, self.label(), self.image(), spoken(host));
        let place = format!("place={own}");
        let labels = ["--label", &label, "--label", &place];
        docker(&[&["network", "create"][..], &labels, &[name]].concat());
        docker(&[&["volume", "create"][..], &labels, &[name]].concat());
        // It is based on what both have, and is another on each.
        let base = crate::docker::image();
        let layer = docker(&["create", &base]);
        let change = format!("LABEL place={own} {label}");
        docker(&["commit", "--change", &change, &layer, &image]);
        docker(&["rm", &layer]);
        let environment = format!("PLACE={own}");
        let program = format!("echo {own}; echo {own} >/place; touch /{own}; {WAIT}");
        let volume = format!("{name}:/data");
        for (name, project) in [(name, name), (&*self.alone(host), &*self.alone(host))] {
            let project = format!("com.docker.compose.project={project}");
            let compose = [
                "--label",
                &project,
                "--label",
                "com.docker.compose.service=web",
                "--label",
                "com.docker.compose.container-number=1",
            ];
            let run = [
                "run",
                "-d",
                "--name",
                name,
                "--network",
                &self.name,
                "-v",
                &volume,
                "-e",
                &environment,
            ];
            let compose = if self.of_projects { &compose[..] } else { &[] };
            let command = [image.as_str(), "sh", "-c", &program];
            docker(&[&run[..], &labels, compose, &command].concat());
        }
        if self.of_projects {
            // A service that the project has here alone.
            let (project, service) = (
                format!("com.docker.compose.project={name}"),
                format!("com.docker.compose.service={own}"),
            );
            let compose = ["--label", &project, "--label", &service];
            let create = ["create", "--name", &unique("beside")];
            docker(&[&create[..], &labels, &compose, &[&image]].concat());
        }
        let said = || docker(&["logs", name]);
        eventually("the container has said where it is", || {
            said().contains(&own)
        });
    }

    /// Another container that runs, which [`idle`](Self::idle) makes.
    pub(super) fn second(&self) -> String {
        format!("{}-second", self.name)
    }

    /// A container that was never started, a network, a volume and an image that nothing uses, and what runs besides.
    pub(super) fn idle(&self, host: &str) {
        let docker = |args: &[&str]| self.several.docker(host, args);
        let (idle, label) = (format!("{}-idle", self.name), self.label());
        for kind in ["network", "volume"] {
            docker(&[kind, "create", "--label", &label, &idle]);
        }
        let base = image();
        docker(&["create", "--name", &idle, "--label", &label, &base]);
        let running = self.second();
        docker(&["run", "-d", "--name", &running, "--label", &label, &base]);
        let layer = docker(&["create", &base]);
        docker(&["commit", "--change", &format!("LABEL {label}"), &layer]);
        docker(&["rm", &layer]);
    }

    /// All that tells the Engine's objects from those of the other, as they are when this is first asked: texts, ids,
    /// its version.
    pub(super) fn marks(&self, host: &str) -> &[String] {
        let [here, tls] = self
            .marks
            .get_or_init(|| ["here", "tls"].map(|host| self.found(host)));
        if place(host) == "tls" { tls } else { here }
    }

    fn found(&self, host: &str) -> Vec<String> {
        let id = |kind: &str, name: &str| {
            let format = if kind == "volume" {
                "{{.Name}}"
            } else {
                "{{.Id}}"
            };
            self.several
                .docker(host, &[kind, "inspect", "--format", format, name])
        };
        let ids = [
            id("container", &self.name),
            id("container", &self.alone(host)),
            id("network", &self.name),
            id("image", &self.image()),
        ];
        let short = ids.iter().map(|id| {
            let digits = id.strip_prefix("sha256:").unwrap_or(id);
            digits.chars().take(12).collect()
        });
        let version = ["version", "--format", "{{.Server.Version}}"];
        short
            .chain([spoken(host), self.alone(host)])
            .chain([self.several.docker(host, &version)])
            .collect()
    }

    /// Everything labelled, with its ids and since when it runs.
    pub(super) fn state(&self, host: &str) -> String {
        // What was about to go when it was listed may be gone when it is looked at.
        let mut state = None;
        eventually("all that is listed is there", || {
            state = self.listed(host);
            state.is_some()
        });
        state.unwrap()
    }

    /// The same; none where something went meanwhile.
    fn listed(&self, host: &str) -> Option<String> {
        let filter = format!("label={}", self.label());
        let docker = |args: &[&str]| self.several.docker(host, args);
        let mut all = String::new();
        for list in [
            &["ps", "-aq", "--no-trunc"][..],
            &["network", "ls", "-q", "--no-trunc"],
            &["volume", "ls", "-q"],
            &["images", "-aq", "--no-trunc"],
        ] {
            let mut ids: Vec<String> = docker(&[list, &["--filter", &filter]].concat())
                .lines()
                .map(str::to_owned)
                .collect();
            ids.sort();
            all.push_str(&ids.join(" "));
            if list[0] == "ps" && !ids.is_empty() {
                let format =
                    "{{.Id}} {{.Name}} {{.State.Status}} {{.State.StartedAt}} {{.RestartCount}}";
                let inspect = ["inspect", "--format", format];
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                let inspected = self.several.run(host, &[&inspect[..], &ids].concat());
                all.push_str(&inspected.ok()?);
            }
            all.push('\n');
        }
        Some(all)
    }

    /// Fails unless a text has a mark of that Engine and none of the other.
    pub(super) fn is_of(&self, host: &str, what: &str, text: &str) {
        let other = if place(host) == "tls" { "here" } else { "tls" };
        let has = |marks: &[String]| marks.iter().any(|mark| text.contains(mark.as_str()));
        assert!(has(self.marks(host)), "{what} of {host}: {text}");
        assert!(!has(self.marks(other)), "{what} of {host}: {text}");
    }
}

/// `ssh` leads to where `here` does.
fn place(host: &str) -> &str {
    if host == "tls" { "tls" } else { "here" }
}

/// What the containers of an Engine say.
pub(super) fn spoken(host: &str) -> String {
    format!("spoken-{}", place(host))
}

impl Drop for Same<'_> {
    fn drop(&mut self) {
        let filter = format!("label={}", self.label());
        for (list, remove) in [
            (&["ps", "-aq"][..], &["rm", "-fv"][..]),
            (&["network", "ls", "-q"], &["network", "rm"]),
            (&["volume", "ls", "-q"], &["volume", "rm", "-f"]),
            (&["images", "-aq"], &["rmi", "-f"]),
        ] {
            let listed = run(&[list, &["--filter", &filter]].concat()).unwrap_or_default();
            for id in String::from_utf8_lossy(&listed).lines() {
                let _ = run(&[remove, &[id]].concat());
            }
        }
    }
}
