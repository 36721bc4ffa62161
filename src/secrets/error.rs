//! Says why a secret does not go where a call names it.

/// Why a secret does not go where a call names it; its value is in no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// What stands in `${secret:…}` is no name.
    #[error(
        "`${{secret:{0}` names no secret: it is written `${{secret:NAME}}`, and a name has up to 64 letters, digits, \
         `_`, `.` and `-`; a text that only looks so is written with `$$`; nothing was done"
    )]
    Name(String),
    /// It stands where a name stands, and not a value.
    #[error(
        "`${{secret:{0}}}` can only be in the value of a variable, not in its name; nothing was done"
    )]
    InAName(String),
    /// What it would go into keeps it for others.
    #[error(
        "`{0}` takes no `${{secret:…}}`: what it is given stays for others to read, such as in the history of an \
         image; nothing was done"
    )]
    Stays(&'static str),
    /// It was given itself.
    #[error(
        "`{0}` takes `${{secret:NAME}}` alone, so that nobody sees what is secret who only hands it on: the operator \
         puts it into a file of MCP_DOCKER_SECRETS_DIR or the variable MCP_DOCKER_SECRET_NAME; nothing was done"
    )]
    Given(&'static str),
    /// There is none of that name.
    #[error("there is no secret `{name}`{there}; nothing was done")]
    Unknown {
        /// The name.
        name: String,
        /// The names that there are, in words.
        there: String,
    },
    /// There is one, and it is not used.
    #[error("the secret `{name}` is not used: {why}; nothing was done")]
    Unusable {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// It may not go there.
    #[error(
        "`[secrets.{name}]` of the configuration file lets it go to the {named} alone, and {what}; nothing was done"
    )]
    Limited {
        /// The name.
        name: String,
        /// What the limit names.
        named: String,
        /// What it would go to.
        what: String,
    },
}
