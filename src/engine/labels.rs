//! Names the labels by which Compose says what a container belongs to, and `docker stack` what is of a stack.

/// The stack.
pub(crate) const NAMESPACE: &str = "com.docker.stack.namespace";

/// The service of the swarm that a container is a task of, by its id.
pub(crate) const TASK_OF: &str = "com.docker.swarm.service.id";

/// The project.
pub(crate) const PROJECT: &str = "com.docker.compose.project";

/// The service of the project.
pub(crate) const SERVICE: &str = "com.docker.compose.service";

/// Which of the service's containers it is.
pub(crate) const NUMBER: &str = "com.docker.compose.container-number";

/// Whether it runs a command once, and is no part of the service.
pub(crate) const ONE_OFF: &str = "com.docker.compose.oneoff";

/// What the service depends on.
pub(crate) const DEPENDS_ON: &str = "com.docker.compose.depends_on";

/// The directory of the project.
pub(crate) const DIRECTORY: &str = "com.docker.compose.project.working_dir";

/// The files of the project.
pub(crate) const FILES: &str = "com.docker.compose.project.config_files";

/// What the service was when the container was made.
pub(crate) const CONFIG_HASH: &str = "com.docker.compose.config-hash";

/// The image that the container was made of.
pub(crate) const IMAGE: &str = "com.docker.compose.image";
