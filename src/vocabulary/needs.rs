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
    /// Trivy, a scanner of images, where the server runs.
    Trivy,
    /// Grype, a scanner of images, where the server runs.
    Grype,
    /// Docker Scout, a scanner of images, where the server runs.
    Scout,
    /// Syft, which lists what is in images, where the server runs.
    Syft,
}

impl Needs {
    /// Its name in the TOML files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Docker => "docker",
            Self::Trivy => "trivy",
            Self::Grype => "grype",
            Self::Scout => "scout",
            Self::Syft => "syft",
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Compose => "Docker Compose",
            Self::Docker => "Docker CLI",
            Self::Trivy => "Trivy",
            Self::Grype => "Grype",
            Self::Scout => "Docker Scout",
            Self::Syft => "Syft",
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
            // What they read, from where, with what settings, and where they keep what they have.
            Self::Trivy | Self::Grype | Self::Scout | Self::Syft => &[
                "-c",
                "--config",
                "--cache-dir",
                "--db-repository",
                "--java-db-repository",
                "--checks-bundle-repository",
                "--docker-host",
                "--podman-host",
                "--file",
                "--input",
                "--module-dir",
                "--org",
                "--password",
                "--plugin",
                "--registry-token",
                "--server",
                "--template",
                "--token",
                "--type",
                "--username",
                "--vex",
            ],
        }
    }

    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Compose => "docker-compose",
            Self::Docker => "docker",
            Self::Trivy => "trivy",
            Self::Grype => "grype",
            Self::Scout => "docker-scout",
            Self::Syft => "syft",
        }
    }

    /// How it comes to a machine.
    pub fn way(self) -> &'static str {
        match self {
            Self::Compose | Self::Scout => "as the Docker CLI's plugin or on the `PATH`",
            Self::Docker | Self::Trivy | Self::Grype | Self::Syft => "on the `PATH`",
        }
    }

    /// What it says its version by, and what stands before that.
    pub fn asked(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Compose => (&["version", "--short"], ""),
            // What else is called `docker`, such as Podman, says another word.
            Self::Docker => (&["--version"], "Docker version "),
            Self::Trivy => (&["--version"], "Version: "),
            Self::Grype => (&["--version"], "grype "),
            Self::Syft => (&["--version"], "syft "),
            // What every plugin of the Docker CLI says, in JSON; its `version` begins with a picture.
            Self::Scout => (&["docker-cli-plugin-metadata"], ""),
        }
    }

    /// Where it is to be had.
    pub fn site(self) -> &'static str {
        match self {
            Self::Compose => "https://docs.docker.com/compose/install/",
            Self::Docker => "https://docs.docker.com/engine/install/",
            Self::Trivy => "https://trivy.dev/latest/getting-started/installation/",
            Self::Grype => "https://github.com/anchore/grype#installation",
            Self::Scout => "https://docs.docker.com/scout/install/",
            Self::Syft => "https://github.com/anchore/syft#installation",
        }
    }

    /// The oldest version that serves: of Compose and the Docker CLI what is tried here, of the releases that
    /// distributions have; of scanners the first that has what they are asked for.
    pub fn oldest(self) -> (u64, u64) {
        match self {
            Self::Compose => (2, 26),
            Self::Docker => (26, 1),
            // The first that keeps what it found in memory.
            Self::Trivy => (0, 53),
            // The first of the database that is still made.
            Self::Grype => (0, 88),
            Self::Scout => (1, 0),
            // The first that has the word `scan`.
            Self::Syft => (1, 0),
        }
    }
}
