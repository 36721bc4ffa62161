//! Checks the files of a Compose project: `docker_compose_validate`.

use serde::Serialize;

use super::model::{Profiles, Unresolved, resolved, selection};
use super::said;
use crate::call::{Call, CallError};
use crate::compose::{Finding, FindingKind, Selection, Unfit, judge, walk};
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

impl From<Vec<Finding>> for Found {
    fn from(findings: Vec<Finding>) -> Self {
        let (invalid, refused): (Vec<Finding>, Vec<Finding>) = findings
            .into_iter()
            .partition(|finding| finding.kind == FindingKind::Invalid);
        Self {
            invalid: invalid.into_iter().map(Problem::from).collect(),
            refused: refused.into_iter().map(Problem::from).collect(),
        }
    }
}

/// Gives all that is wrong.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Reply<Problem, Problem>, CallError> {
    let selection = selection(params);
    let (findings, said, warnings) = match resolved(&selection, Profiles::All, call).await {
        Ok(model) => match judge(&call.engine, &model.walked, model.document.value()).await {
            Ok(()) => (Vec::new(), None, model.warnings),
            Err(Unfit::Files(findings)) => (findings, None, model.warnings),
            Err(Unfit::Engine(error)) => return Err(error.into()),
        },
        Err(Unresolved::Files(findings)) => (findings, None, vec![UNRESOLVED.to_owned()]),
        Err(Unresolved::Compose(said)) => (Vec::new(), Some(said.error), said.warnings),
        Err(Unresolved::Program(error)) => {
            (Vec::new(), None, vec![format!("{UNRESOLVED}: {error}")])
        }
        Err(Unresolved::Call(error)) => return Err(error),
    };
    let mut found = Found::from(findings);
    found.invalid.extend(said.map(|said| Problem {
        file: said::file(&said).unwrap_or_default(),
        line: said::line(&said),
        at: String::new(),
        problem: said,
    }));
    Ok(Reply {
        valid: found.invalid.is_empty(),
        errors: found.invalid,
        refused: found.refused,
        warnings,
    })
}

/// What is wrong in the files of a project without what Compose says of them.
pub(super) async fn found(selection: &Selection, call: &Call<'_>) -> Result<Found, CallError> {
    match walk(&call.engine, selection).await {
        Ok(_) => Ok(Vec::new().into()),
        Err(Unfit::Files(findings)) => Ok(findings.into()),
        Err(Unfit::Engine(error)) => Err(error.into()),
    }
}
