//! Names the flag of each variable.

use super::keys::CONFIG;
use super::{Field, Section, Variable};

impl Variable {
    /// The name as a long flag, without its dashes: `docker-timeout`. Those of the network stand
    /// beside `--host` and `--port`, and are as short: `tls-cert`. So are those of the toolsets and of the
    /// configuration file.
    pub fn flag(&self) -> String {
        let is_short = self.section == Section::Network
            || self.name == CONFIG
            || matches!(self.field, Field::Toolsets(_));
        let short = self.name.strip_prefix("MCP_DOCKER_");
        kebab(short.filter(|_| is_short).unwrap_or(self.name))
    }

    /// The flag in full, which is accepted too: `mcp-docker-tls-cert`.
    pub fn whole_flag(&self) -> String {
        kebab(self.name)
    }
}

fn kebab(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}
