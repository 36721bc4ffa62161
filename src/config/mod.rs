//! Says how the server reaches Docker, what calls may do and how it presents itself.
//!
//! [`VARIABLES`] is the one table of what can be set: flags, environment, files and documentation
//! are made from it, and each row leads to its field here. [`Sources`] holds what was given;
//! [`Config::from_sources`] decides, without touching the disk, so that every rule can be tested
//! with plain maps; [`Config::astray`] looks where the paths lead. The defaults are those of [`Config::default`].

mod effective;
mod env_file;
mod error;
mod file;
mod flag;
mod host;
mod keys;
mod network;
mod paths;
mod schema;
mod scope;
mod sign_in;
mod sign_in_variables;
mod source;
mod toolset;
mod value;
mod variable;
mod variables;

pub use crate::vocabulary::Needs;
pub use effective::{
    Config, ConfirmationFallback, DockerConfig, Limits, SafetyConfig, SecretsConfig, ServerConfig,
    Token,
};
pub use error::ConfigError;
pub use file::ConfigFile;
pub use host::Host;
pub use keys::Entry;
pub use network::NetworkConfig;
pub use paths::Astray;
pub use schema::{SCHEMA_NAME, example, schema};
pub use scope::Scope;
pub(crate) use sign_in::is_safe_url;
pub use sign_in::{Scopes, SignInConfig};
pub use source::{EnvFile, Setting, Settings, Sources};
pub use toolset::{TOOLSETS, Toolset, Toolsets};
pub use value::{Field, Leads};
pub use variable::{Found, Section, Variable};
pub use variables::VARIABLES;
