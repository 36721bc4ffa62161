//! Shows what Compose makes of the files of a project: `docker_compose_config`.

use super::model::{Profiles, resolved, selection};
use super::selection::made_from;
use crate::call::{Call, CallError};
use crate::compose::Document;
use crate::generated::params::compose_config::Params;
use crate::generated::reply::compose_config::Reply;
use crate::params::InvalidArgument;

/// Gives the model, of all services or of some.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply<Document>, CallError> {
    let selection = match (&params.project_directory, &params.project_name) {
        (Some(directory), _) => selection(&params.compose_validate(directory.clone())),
        (None, Some(project)) => {
            let (directory, files) = made_from(project, call).await?;
            let mut asked = params.compose_validate(directory);
            asked.files = asked.files.or(Some(files));
            selection(&asked)
        }
        (None, None) => {
            let text = "give `project_directory`, or the `project_name` of a project that there is";
            return Err(InvalidArgument(text.to_owned()).into());
        }
    };
    let services = params.services.as_deref().unwrap_or_default();
    // A service is shown by its name, whether or not its profile is on.
    let profiles = match services {
        [] => Profiles::Chosen,
        _ => Profiles::All,
    };
    let mut model = resolved(&selection, profiles, call).await?;
    if !services.is_empty() {
        model.named(Some(services))?;
        let document = &mut model.document;
        document.retain(|name| services.iter().any(|it| it == name));
    }
    Ok(Reply {
        config: model.document,
        warnings: model.warnings,
    })
}
