//! Lists the variables of sign-in.

use super::value::{Field, Leads};
use super::variable::{Found, Section, Variable};

pub(super) const ISSUER: Variable = Variable {
    name: "MCP_DOCKER_OAUTH_ISSUER",
    placeholder: "URL",
    doc: "OpenID Connect issuer whose access tokens the HTTP transports take, as its metadata spells it.",
    section: Section::Network,
    found: Found::Never,
    field: Field::Url(|config| &mut config.sign_in.issuer),
};

pub(super) const AUDIENCE: Variable = Variable {
    name: "MCP_DOCKER_OAUTH_AUDIENCE",
    placeholder: "AUDIENCE",
    doc: "What a token must be meant for (`aud`), best the address of this server, such as `https://docker.example.com/mcp`.",
    section: Section::Network,
    found: Found::Never,
    field: Field::Name(|config| &mut config.sign_in.audience),
};

pub(super) const SCOPES: Variable = Variable {
    name: "MCP_DOCKER_OAUTH_SCOPES",
    placeholder: "LIST",
    doc: "Which scope opens which tier, and those below, such as `docker:read=safe,docker:write=moderate`; unset, a token opens the safe tools only.",
    section: Section::Network,
    found: Found::Never,
    field: Field::Scopes(|config| &mut config.sign_in.scopes),
};

pub(super) const CLIENT_ID: Variable = Variable {
    name: "MCP_DOCKER_OAUTH_CLIENT_ID",
    placeholder: "ID",
    doc: "Client by which this server asks the issuer about tokens that it cannot read itself (introspection).",
    section: Section::Network,
    found: Found::Never,
    field: Field::Name(|config| &mut config.sign_in.client_id),
};

pub(super) const CLIENT_SECRET_FILE: Variable = Variable {
    name: "MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE",
    placeholder: "FILE",
    doc: "File of that client's secret.",
    section: Section::Network,
    found: Found::Never,
    field: Field::Path(
        |config| &mut config.sign_in.client_secret_file,
        Leads::ToFile,
    ),
};

pub(super) const CA: Variable = Variable {
    name: "MCP_DOCKER_OAUTH_CA",
    placeholder: "FILE",
    doc: "PEM file of the authorities that may have signed the issuer's certificate, beside those of the system.",
    section: Section::Network,
    found: Found::Never,
    field: Field::Path(|config| &mut config.sign_in.ca, Leads::ToFile),
};

pub(super) const PUBLIC_URL: Variable = Variable {
    name: "MCP_DOCKER_PUBLIC_URL",
    placeholder: "URL",
    doc: "Whole address that clients are given, such as `https://docker.example.com/mcp`; unset, the audience of tokens.",
    section: Section::Network,
    found: Found::Never,
    field: Field::Url(|config| &mut config.sign_in.public_url),
};
