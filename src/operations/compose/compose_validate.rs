//! Checks the files of a Compose project without Compose: `docker_compose_validate`.

use serde::Serialize;

use crate::call::{Call, CallError};
use crate::compose::{Finding, FindingKind, Selection, Unfit, walk};
use crate::generated::params::compose_validate::Params;
use crate::generated::reply::compose_validate::Reply;

const UNRESOLVED: &str =
    "Compose itself was not asked; what it fills in for variables is judged when it is";

/// What is wrong, and where.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    file: String,
    line: Option<usize>,
    at: String,
    problem: String,
}

impl From<Finding> for Problem {
    fn from(finding: Finding) -> Self {
        Self {
            file: finding.file,
            line: finding.place.map(|place| place.line),
            at: finding.at,
            problem: finding.text,
        }
    }
}

/// What is wrong in files.
pub(super) struct Found {
    pub(super) invalid: Vec<Problem>,
    pub(super) refused: Vec<Problem>,
}

/// Gives all that is wrong.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Reply<Problem, Problem>, CallError> {
    let selection = Selection {
        project_directory: params.project_directory.clone(),
        files: params.files.clone().unwrap_or_default(),
        profiles: params.profiles.clone().unwrap_or_default(),
        project_name: params.project_name.clone(),
    };
    let found = found(&selection, call).await?;
    Ok(Reply {
        valid: found.invalid.is_empty(),
        errors: found.invalid,
        refused: found.refused,
        warnings: vec![UNRESOLVED.to_owned()],
    })
}

/// Walks through the files of a project.
pub(super) async fn found(selection: &Selection, call: &Call<'_>) -> Result<Found, CallError> {
    let findings = match walk(&call.engine, selection).await {
        Ok(_) => Vec::new(),
        Err(Unfit::Files(findings)) => findings,
        Err(Unfit::Engine(error)) => return Err(error.into()),
    };
    let (invalid, refused): (Vec<Finding>, Vec<Finding>) = findings
        .into_iter()
        .partition(|finding| finding.kind == FindingKind::Invalid);
    Ok(Found {
        invalid: invalid.into_iter().map(Problem::from).collect(),
        refused: refused.into_iter().map(Problem::from).collect(),
    })
}
