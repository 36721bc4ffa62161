//! Decides which value of a variable is in force: flag, environment, configuration file, `.env` or default.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::env::{self, VarError};
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use super::effective::{Config, SecretsConfig, Token};
use super::env_file;
use super::error::ConfigError;
use super::file::{self, ConfigFile, Document};
use super::keys::CONFIG;
use super::value::is_local_socket;
use super::variable::{Found, Variable};
use super::variables::VARIABLES;
use crate::files;
use crate::ordered;

/// Values by the name of their variable, such as `DOCKER_TIMEOUT`.
pub type Settings = BTreeMap<String, String>;

/// Everything a configuration is made from, strongest first.
#[derive(Debug, Default)]
pub struct Sources {
    /// What the command line gave.
    pub flags: Settings,
    /// What the process environment holds.
    pub environment: Settings,
    /// What a file holds.
    pub file: Option<EnvFile>,
    /// The configuration file.
    pub config: Option<ConfigFile>,
    /// The secrets that the process environment holds; none for bytes that are no Unicode text.
    pub secrets: BTreeMap<String, Option<Token>>,
}

/// What the variables of secrets are called, before their names.
const SECRET: &str = "MCP_DOCKER_SECRET_";

/// A file of `KEY=value` lines, read or not.
#[derive(Debug)]
pub struct EnvFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its text.
    pub text: io::Result<String>,
    /// The operator named it, so it may set everything; otherwise it was found in the working
    /// directory, see [`Found`].
    pub named: bool,
}

impl Sources {
    /// Adds the process environment, and the text of `env_file` or else of the working directory's
    /// `.env`, to what the command line gave.
    ///
    /// # Errors
    /// [`ConfigError::Value`] where a variable is not Unicode.
    pub fn gather(flags: Settings, env_file: Option<&str>) -> Result<Self, ConfigError> {
        let mut environment = Settings::new();
        for variable in VARIABLES {
            match env::var(variable.name) {
                Ok(value) => {
                    environment.insert(variable.name.to_owned(), value);
                }
                Err(VarError::NotPresent) => {}
                Err(VarError::NotUnicode(_)) => {
                    return Err(ConfigError::Value {
                        name: variable.name,
                        shown: "bytes that are no Unicode text".to_owned(),
                        origin: Layer::Environment.origin(variable),
                        accepted: variable.field.accepted(),
                        advice: String::new(),
                    });
                }
            }
        }
        let file = match env_file.and_then(given) {
            Some(path) => Some(EnvFile {
                path: PathBuf::from(path),
                text: files::read_text(path.as_ref(), files::SMALL),
                named: true,
            }),
            None => find_env_file(),
        };
        let mut sources = Self {
            flags,
            environment,
            file,
            config: None,
            secrets: secrets(),
        };
        sources.config = match sources.names(CONFIG)? {
            Some((path, origin)) => Some(ConfigFile::named(path.into(), &origin)),
            None => file::usual(),
        };
        Ok(sources)
    }

    /// What is said of a variable, and where.
    fn names(&self, variable: &str) -> Result<Option<(String, String)>, ConfigError> {
        let settings = self.in_force(&mut Vec::new())?.into_iter();
        let mut settings = settings.filter(|setting| setting.variable.name == variable);
        Ok(settings.next().map(|it| (it.text, it.origin)))
    }
}

/// The secrets of this process's own environment: a `.env` may have come with a repository, and gives none.
fn secrets() -> BTreeMap<String, Option<Token>> {
    let named = |(name, value): (OsString, OsString)| {
        let name = name.to_str()?.strip_prefix(SECRET)?.to_owned();
        Some((name, value.into_string().ok().map(Token::new)))
    };
    ordered::map(env::vars_os().filter_map(named))
}

/// The working directory's `.env`. A folder of that name may be an environment of Python's, and
/// then is not ours; another may be what Docker made of a file to mount that was not there.
fn find_env_file() -> Option<EnvFile> {
    let path = env::current_dir().ok()?.join(".env");
    if !path.exists() || path.join("pyvenv.cfg").exists() {
        return None;
    }
    Some(EnvFile {
        text: files::read_text(&path, files::SMALL),
        path,
        named: false,
    })
}

/// A variable that something sets, and what does.
#[derive(Debug)]
pub struct Setting {
    /// The variable.
    pub variable: &'static Variable,
    /// What sets it, such as "the environment".
    pub origin: String,
    text: String,
    /// It is from a file that nobody named.
    found: bool,
    /// It is from the configuration file.
    is_configured: bool,
}

impl Setting {
    /// The value, where it cannot hold a secret.
    pub fn value(&self) -> Option<&str> {
        let may_show = self.variable.field.may_show(&self.text);
        may_show.then_some(self.text.as_str())
    }

    /// The line of the configuration file that says it, where one does.
    pub fn place(&self) -> Option<&str> {
        self.is_configured.then_some(self.origin.as_str())
    }

    /// What was most likely meant, where that repeats nothing that is nobody's business.
    fn advice(&self) -> Option<String> {
        match self.found {
            true => None,
            false => self.variable.field.advice(&self.text),
        }
    }

    /// Whether it changes nothing.
    pub fn is_default(&self) -> bool {
        let mut config = Config::default();
        self.variable.field.set(&mut config, &self.text);
        config == Config::default()
    }
}

impl Sources {
    /// The variables that are set, by the strongest source of each; what a found file may not set is
    /// a notice.
    ///
    /// # Errors
    /// [`ConfigError::EnvFile`] and [`ConfigError::File`] for a file that cannot be used.
    pub fn in_force(&self, notices: &mut Vec<String>) -> Result<Vec<Setting>, ConfigError> {
        let document = self.document()?;
        self.settings(&document, notices)
    }

    /// What the configuration file says, where there is one.
    fn document(&self) -> Result<Document, ConfigError> {
        let file = self.config.as_ref();
        file.map_or(Ok(Document::default()), ConfigFile::document)
    }

    fn settings(
        &self,
        document: &Document,
        notices: &mut Vec<String>,
    ) -> Result<Vec<Setting>, ConfigError> {
        let entries = match &self.file {
            Some(file) => file.settings(notices)?,
            None => Settings::new(),
        };
        let mut layers = vec![
            (Layer::Flag, &self.flags),
            (Layer::Environment, &self.environment),
            (Layer::Config(document), &document.settings),
        ];
        layers.extend(self.file.as_ref().map(|file| (Layer::File(file), &entries)));

        let mut settings = Vec::new();
        // The Engine is chosen as a whole: a weaker source does not lead away from the one that a stronger
        // source names by another variable.
        let choosing = layers.iter().position(|(layer, settings)| {
            let has_hosts = matches!(layer, Layer::Config(document) if !document.hosts.is_empty());
            has_hosts || choice(settings).is_some()
        });
        for variable in VARIABLES {
            let layers = match choosing {
                Some(place) if variable.chooses_engine() => layers.get(..=place),
                _ => None,
            }
            .unwrap_or(&layers);
            let in_force = layers.iter().find_map(|&(layer, settings)| {
                let text = given(settings.get(variable.name)?)?;
                Some((layer, text))
            });
            match in_force {
                Some((Layer::File(file), text)) if !file.named && !may_be_found(variable, text) => {
                    notices.push(ignored(variable, file));
                }
                Some((layer, text)) => settings.push(Setting {
                    variable,
                    origin: layer.origin(variable),
                    text: text.to_owned(),
                    found: matches!(layer, Layer::File(file) if !file.named),
                    is_configured: matches!(layer, Layer::Config(_)),
                }),
                None => {}
            }
        }
        Ok(settings)
    }
}

impl Config {
    /// The configuration that these sources make.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for the first value in force that is not accepted,
    /// [`ConfigError::EnvFile`] and [`ConfigError::File`] for a file that cannot be used.
    pub fn from_sources(sources: &Sources) -> Result<Self, ConfigError> {
        let document = sources.document()?;
        let named = sources.file.as_ref().filter(|file| file.named);
        let mut config = Self {
            env_file: named.map(|file| file.path.clone()),
            config_file: sources.config.as_ref().map(|file| file.path.clone()),
            secrets: SecretsConfig {
                variables: sources.secrets.clone(),
                limits: document.limits.clone(),
                ..SecretsConfig::default()
            },
            ..Self::default()
        };
        let settings = sources.settings(&document, &mut config.notices)?;
        for setting in &settings {
            let field = &setting.variable.field;
            field
                .set(&mut config, &setting.text)
                .ok_or_else(|| ConfigError::Value {
                    name: setting.variable.name,
                    shown: match setting.value() {
                        // Whoever wrote the file may have it lead to what is none of a client's business.
                        Some(value) if !setting.found => format!("{value:?}"),
                        _ => "the given value (not shown)".to_owned(),
                    },
                    origin: setting.origin.clone(),
                    accepted: field.accepted(),
                    advice: setting
                        .advice()
                        .map_or(String::new(), |it| format!("; {it}")),
                })?;
        }
        let found = settings.iter().filter(|setting| setting.found);
        config.found = found.map(|setting| setting.variable.name).collect();
        let stronger = [&sources.flags, &sources.environment];
        let is_chosen = stronger.into_iter().any(|it| choice(it).is_some());
        config.take_hosts(document.hosts, &document.path, is_chosen);
        Ok(config)
    }
}

/// The first variable by which these settings say which Engine is meant.
fn choice(settings: &Settings) -> Option<&'static Variable> {
    let chooses = |variable: &&Variable| {
        let text = settings.get(variable.name);
        variable.chooses_engine() && text.is_some_and(|it| given(it).is_some())
    };
    VARIABLES.iter().find(chooses)
}

/// A source of values.
#[derive(Debug, Clone, Copy)]
enum Layer<'a> {
    Flag,
    Environment,
    Config(&'a Document),
    File(&'a EnvFile),
}

impl Layer<'_> {
    fn origin(self, variable: &Variable) -> String {
        match self {
            Self::Flag => format!("flag `--{}`", variable.flag()),
            Self::Environment => "the environment".to_owned(),
            Self::Config(document) => match document.lines.get(variable.name) {
                Some(line) => format!("{}, line {line}", document.path),
                None => document.path.clone(),
            },
            Self::File(file) => file.path.display().to_string(),
        }
    }
}

impl EnvFile {
    /// The file's entries, the last of a name; what a found file holds beside them is a notice.
    fn settings(&self, notices: &mut Vec<String>) -> Result<Settings, ConfigError> {
        let mut settings = Settings::new();
        let mut broken = None;
        match &self.text {
            Ok(text) => {
                for entry in env_file::entries(text) {
                    match entry {
                        Some((name, value)) => {
                            settings.insert(name, value);
                        }
                        None => {
                            broken = Some(
                                "a line is not `KEY=value` (a value with spaces, `#` or `\\` \
                                 needs single quotes)"
                                    .to_owned(),
                            );
                        }
                    }
                }
            }
            Err(error) => broken = Some(error.to_string()),
        }
        match broken {
            Some(reason) if self.named => Err(ConfigError::EnvFile {
                path: self.path.clone(),
                reason,
            }),
            Some(reason) => {
                let path = self.path.display();
                notices.push(format!("{path} cannot be read in full: {reason}"));
                Ok(settings)
            }
            None => Ok(settings),
        }
    }
}

/// The text, unless it stands for an unset variable: a client that fills in `${user_config.…}`
/// leaves it as it is where its user gave nothing.
fn given(text: &str) -> Option<&str> {
    let text = text.trim();
    let unexpanded = text.starts_with("${user_config.") && text.ends_with('}');
    (!text.is_empty() && !unexpanded).then_some(text)
}

/// Whether a `.env` that nobody named may set the variable to this text.
fn may_be_found(variable: &Variable, text: &str) -> bool {
    let bound = match variable.found {
        Found::Any => return true,
        Found::Never => return false,
        Found::LocalSocket => return is_local_socket(text),
        Found::AtMost => Ordering::Less,
        Found::AtLeast => Ordering::Greater,
    };
    // Flags and the environment come first, so without the file the default is in force.
    let (mut with, mut without) = (Config::default(), Config::default());
    match variable.field.set(&mut with, text) {
        Some(()) => variable
            .field
            .compare(&mut with, &mut without)
            .is_some_and(|order| order == bound || order.is_eq()),
        // Not a value at all, which is reported as such.
        None => true,
    }
}

fn ignored(variable: &Variable, file: &EnvFile) -> String {
    let (name, path) = (variable.name, file.path.display());
    let limit = match variable.found {
        Found::LocalSocket => "may only lead to a local `unix://` or `npipe://` socket",
        Found::AtMost | Found::AtLeast => "may not loosen it",
        Found::Any | Found::Never => "may not set it",
    };
    format!(
        "`{name}` in {path} is ignored: a `.env` found in the working directory {limit}; \
         set it in the environment or name the file with `--env-file`"
    )
}
