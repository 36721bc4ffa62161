//! Reads what a client's entry sets a server to, as the server would read it.

use mcp_docker::config::{Settings, Sources};

use super::{Entry, SERVER};
use crate::cli::{Failure, checked, command, flags};

impl Entry {
    /// The settings that an entry gives to a server that starts; none where more than the entry decides.
    ///
    /// # Errors
    /// Why no server starts with them.
    pub(crate) fn settings(&self) -> Result<Option<Settings>, String> {
        let is_open = |text: &str| text.contains("${");
        let mut arguments = self.arguments();
        let mut environment = self.environment();
        if let Some(program) = self.in_wsl() {
            // Variables stay behind on Windows.
            environment.clear();
            arguments.drain(..=program);
        }
        if self.image().is_some() || arguments.iter().any(|argument| is_open(argument)) {
            return Ok(None);
        }
        let words = std::iter::once(SERVER).chain(arguments);
        let matches = command().try_get_matches_from(words).map_err(|error| {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            first.trim_start_matches("error: ").to_owned()
        })?;
        let is_filled_in = environment.values().any(|value| is_open(value));
        environment.retain(|_, value| !is_open(value));
        if environment.contains_key("DOCKER_CONFIG") {
            // Its contexts are not those that are known here.
            environment.remove("DOCKER_CONTEXT");
        }
        if flags::env_file(&matches).is_some() {
            return Ok(None);
        }
        let sources = Sources {
            flags: flags::settings(&matches),
            environment,
            ..Sources::default()
        };
        checked(&sources).map_err(|failure| match failure {
            Failure::Failed(why) | Failure::Usage(why) | Failure::Unagreed(why) => why,
            Failure::Said => String::new(),
        })?;
        let mut settings = sources.environment;
        settings.extend(sources.flags);
        Ok((!is_filled_in).then_some(settings))
    }
}
