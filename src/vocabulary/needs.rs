//! Lists the programs that tools may need beside the Engine, and run.

use serde::Deserialize;

/// A program that is to be where the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Needs {
    /// Docker Compose, where the server runs.
    Compose,
    /// The Docker CLI, where the server runs.
    Docker,
}

impl Needs {
    /// Its name in the TOML files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Docker => "docker",
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Compose => "Docker Compose",
            Self::Docker => "Docker CLI",
        }
    }

    /// The options that say which project it is about and how it is run, which are the server's to give.
    pub fn own_options(self) -> &'static [&'static str] {
        match self {
            Self::Compose => &[
                "-f",
                "--file",
                "-p",
                "--project-name",
                "--project-directory",
                "--workdir",
                "--env-file",
                "--profile",
                "--parallel",
                "--ansi",
                "--progress",
                "--compatibility",
                "--all-resources",
                "--verbose",
                "-H",
                "--host",
                "-c",
                "--context",
                "--config",
            ],
            Self::Docker => &[
                "-c",
                "--context",
                "--config",
                "-D",
                "--debug",
                "-H",
                "--host",
                "-l",
                "--log-level",
                "--tls",
                "--tlscacert",
                "--tlscert",
                "--tlskey",
                "--tlsverify",
                "--with-registry-auth",
            ],
        }
    }

    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Compose => "docker-compose",
            Self::Docker => "docker",
        }
    }

    /// How it comes to a machine.
    pub fn way(self) -> &'static str {
        match self {
            Self::Compose => "as the Docker CLI's plugin or on the `PATH`",
            Self::Docker => "on the `PATH`",
        }
    }

    /// What it says its version by, and what stands before that.
    pub fn asked(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Compose => (&["version", "--short"], ""),
            // What else is called `docker`, such as Podman, says another word.
            Self::Docker => (&["--version"], "Docker version "),
        }
    }

    /// The oldest version that serves: what is tried here, of the releases that distributions have.
    pub fn oldest(self) -> (u64, u64) {
        match self {
            Self::Compose => (2, 26),
            Self::Docker => (26, 1),
        }
    }
}
