//! Makes of the files of a project the one model that is judged, and then run.
//!
//! The files are walked through, Compose resolves them while it may read nothing else, what came of it is
//! judged, and exactly that is what Compose runs: whatever changes on the disk afterwards changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::program::{self, Ran};
use super::said::Said;
use crate::call::{Call, CallError};
use crate::compose::{
    Document, Finding, FindingKind, Loader, Modelled, Selection, Unfit, Walked, fill, judge, walk,
};
use crate::engine::policy::Refusal;
use crate::generated::params::compose_validate::Params;
use crate::program::ProgramError;

/// A project as Compose would run it.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) walked: Walked,
    /// What Compose made of the files, every `$` of which is doubled.
    pub(super) document: Document,
    pub(super) warnings: Vec<String>,
}

/// Which services Compose resolves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profiles {
    /// Those of the profiles that are on.
    Chosen,
    /// All: a service whose profile is off is not one that the project has no more.
    All,
}

/// Why there is no model.
#[derive(Debug)]
pub(crate) enum Unresolved {
    /// The files are not taken, and Compose was not started.
    Files(Vec<Finding>),
    /// Compose does not take them.
    Compose(Said),
    /// Compose does not run here.
    Program(ProgramError),
    Call(CallError),
}

impl From<ProgramError> for Unresolved {
    fn from(error: ProgramError) -> Self {
        Self::Program(error)
    }
}

impl From<Unfit> for Unresolved {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Files(findings) => Self::Files(findings),
            Unfit::Engine(error) => Self::Call(error.into()),
        }
    }
}

impl From<CallError> for Unresolved {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<Unresolved> for CallError {
    fn from(unresolved: Unresolved) -> Self {
        match unresolved {
            Unresolved::Files(findings) => {
                let is_refused = |it: &Finding| it.kind == FindingKind::Refused;
                let text = listed(&findings);
                match findings.iter().any(is_refused) {
                    true => Self::Refused(Refusal(format!(
                        "this server does not run the project as its files are; nothing was done:\n{text}"
                    ))),
                    false => Self::Operation(format!(
                        "the files of the project are wrong; nothing was done:\n{text}"
                    )),
                }
            }
            Unresolved::Compose(said) => Self::Operation(format!(
                "Compose does not take the files of the project; nothing was done: {}",
                said.error
            )),
            Unresolved::Program(error) => error.into(),
            Unresolved::Call(error) => error,
        }
    }
}

fn listed(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(|it| format!("- {it}")).collect();
    lines.join("\n")
}

/// The files that the parameters mean.
pub(super) fn selection(params: &Params) -> Selection {
    Selection {
        project_directory: params.project_directory.clone(),
        files: params.files.clone().unwrap_or_default(),
        profiles: params.profiles.clone().unwrap_or_default(),
        project_name: params.project_name.clone(),
        loader: Loader::Compose,
    }
}

/// Walks through the files and has Compose resolve them.
pub(super) async fn resolved(
    selection: &Selection,
    profiles: Profiles,
    call: &Call<'_>,
) -> Result<Model, Unresolved> {
    let walked = walk(&call.engine, selection).await?;
    resolve(walked, profiles, call).await
}

async fn resolve(walked: Walked, profiles: Profiles, call: &Call<'_>) -> Result<Model, Unresolved> {
    let Ran {
        code,
        stdout,
        stderr,
        ..
    } = program::resolve(&walked, profiles, call).await?;
    let said = Said::read(&stderr);
    if code != Some(0) {
        return Err(Unresolved::Compose(said));
    }
    let document = Document::read(&stdout).map_err(|error| {
        CallError::Operation(format!(
            "what Compose made of the files is no JSON: {error}"
        ))
    })?;
    Ok(Model {
        walked,
        document,
        warnings: said.warnings,
    })
}

/// The same with the secrets that it names, judged: what may be run. `change` changes it before that.
pub(super) async fn judged(
    selection: &Selection,
    call: &Call<'_>,
    change: impl FnOnce(&mut Document) -> Result<(), CallError>,
) -> Result<Arc<Model>, CallError> {
    if let Some(name) = &selection.project_name {
        call.engine.judge_project(name)?;
    }
    let walked = walk(&call.engine, selection).await;
    let walked = walked.map_err(Unresolved::from)?;
    // The files may say another.
    call.engine.judge_project(&walked.name)?;
    let mut model = resolve(walked, Profiles::All, call).await?;
    change(&mut model.document)?;
    fill(
        call.secrets(),
        &model.walked.name,
        model.document.value_mut(),
    )
    .await?;
    let judged = judge(&call.engine, &model.walked, model.document.value()).await;
    judged.map_err(Unresolved::from)?;
    Ok(Arc::new(model))
}

impl Model {
    /// The name of the project.
    pub(super) fn name(&self) -> &str {
        &self.walked.name
    }

    /// The services, those whose profiles are off too.
    pub(super) fn services(&self) -> BTreeMap<&str, Modelled<'_>> {
        self.document.services()
    }

    /// The services that a call is about: the named ones, else those whose profiles are on, and all that
    /// they depend on.
    ///
    /// # Errors
    /// There is none of such a name.
    pub(super) fn chosen(&self, named: Option<&[String]>) -> Result<BTreeSet<&str>, CallError> {
        let all = self.services();
        let mut waiting = self.named(named)?;
        let mut chosen = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            let Some((name, service)) = all.get_key_value(name) else {
                continue;
            };
            if chosen.insert(*name) {
                waiting.extend(service.needs());
            }
        }
        Ok(chosen)
    }

    /// The same without what they depend on.
    ///
    /// # Errors
    /// There is none of such a name.
    pub(super) fn named<'a>(
        &'a self,
        named: Option<&'a [String]>,
    ) -> Result<Vec<&'a str>, CallError> {
        let all = self.services();
        let named = named.unwrap_or_default();
        if let Some(unknown) = named.iter().find(|it| !all.contains_key(it.as_str())) {
            let missing =
                crate::operations::objects::missing("service", unknown, all.keys().copied());
            return Err(CallError::Operation(missing));
        }
        if !named.is_empty() {
            return Ok(named.iter().map(String::as_str).collect());
        }
        let is_on = |service: &Modelled<'_>| {
            let profiles = service.profiles();
            let on = &self.walked.profiles;
            profiles.is_empty()
                || profiles
                    .iter()
                    .any(|it| on.iter().any(|on| on == it || on == "*"))
        };
        let on = all.into_iter().filter(|(_, service)| is_on(service));
        Ok(on.map(|(name, _)| name).collect())
    }
}
