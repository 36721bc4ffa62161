//! Says why a service is not as it is to be.

use std::fmt;

use serde::Serialize;

use super::ready::Unready;
use crate::call::{Call, CallError};
use crate::facts::diagnosis::Finding;
use crate::generated::params::diagnose;
use crate::operations::insight::diagnose as diagnosis;
use crate::params::{ContainerRef, Parameter};

/// A container that is not as it is to be.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    service: String,
    container: String,
    problem: String,
    cause: Option<String>,
    evidence: Vec<String>,
    next: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            to,
            "service `{}`: `{}` {}",
            self.service, self.container, self.problem
        )?;
        if let Some(cause) = &self.cause {
            write!(to, ": {cause}")?;
        }
        for evidence in &self.evidence {
            write!(to, "\n  {evidence}")?;
        }
        Ok(())
    }
}

/// What is wrong with each, as far as it can be found out.
pub(super) async fn failures(unready: Vec<Unready>, call: &Call<'_>) -> Vec<Failure> {
    if unready.is_empty() {
        return Vec::new();
    }
    // That it is so is known; why, the Engine may not tell any more.
    let findings = findings(&unready, call).await.unwrap_or_default();
    let failure = |it: Unready| {
        let found = findings
            .iter()
            .find(|found| found.container == it.container);
        let mut failure = Failure {
            service: it.service,
            problem: it.why,
            cause: None,
            evidence: Vec::new(),
            next: format!("docker_container_logs shows what `{}` wrote", it.container),
            container: it.container,
        };
        if let Some(found) = found {
            failure.cause = Some(match &found.cause {
                Some(cause) => format!("{}: {cause}", found.problem),
                None => found.problem.clone(),
            });
            failure.evidence.clone_from(&found.evidence);
            failure.next.clone_from(&found.next);
        }
        failure
    };
    unready.into_iter().map(failure).collect()
}

async fn findings(unready: &[Unready], call: &Call<'_>) -> Result<Vec<Finding>, CallError> {
    let ids = unready
        .iter()
        .map(|it| ContainerRef::parse(it.id.as_str().into()));
    let params = diagnose::Params {
        project: None,
        containers: Some(ids.filter_map(Result::ok).collect()),
        filters: None,
        limit: 1000,
    };
    let found = diagnosis::run(&params, call).await?;
    Ok(found.into_reply().findings)
}
