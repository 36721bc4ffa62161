//! Sees to the images of services: pulls and builds go the server's own ways, and Compose does neither.

use std::collections::BTreeSet;
use std::path::Path;

use bollard::query_parameters::TagImageOptions;
use serde::{Deserialize, Serialize};

use super::model::Model;
use crate::call::{Call, CallError};
use crate::compose::{BuildPlan, Modelled};
use crate::engine::labels::{PROJECT, SERVICE};
use crate::engine::{EngineError, Told, record};
use crate::generated::params::build_image;
use crate::operations::build;
use crate::operations::images::pull::{pull, version};
use crate::params::{ImageRef, Parameter, Platform, Variables};

/// The image of a service.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Made {
    service: String,
    image: String,
    id: String,
}

/// How images are built.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Anew {
    pub(super) no_cache: bool,
    pub(super) pull: bool,
}

/// When an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Missing,
    Always,
    Never,
    /// Never; it is built each time.
    Built,
}

impl When {
    fn of(word: &str) -> Self {
        match word {
            "always" => Self::Always,
            "never" => Self::Never,
            "build" => Self::Built,
            // `daily`, `weekly` and `every_…` as well: when it was pulled last is known to Compose alone.
            _ => Self::Missing,
        }
    }
}

/// A service of a model and what its image is called.
#[derive(Debug)]
pub(super) struct Service<'a> {
    name: &'a str,
    model: Modelled<'a>,
    project: &'a str,
}

/// The services of these names.
pub(super) fn services<'a>(model: &'a Model, names: &BTreeSet<&'a str>) -> Vec<Service<'a>> {
    let (all, project) = (model.services(), model.name());
    let of = |name: &&'a str| {
        let model = *all.get(name)?;
        Some(Service {
            name,
            model,
            project,
        })
    };
    names.iter().filter_map(of).collect()
}

/// Has the images of services be there: pulls and builds those that are missing, and all where that is wanted.
pub(super) async fn provide(
    services: &[Service<'_>],
    build: bool,
    pull: Option<&str>,
    call: &Call<'_>,
) -> Result<(), CallError> {
    let mut provided = BTreeSet::new();
    for service in services {
        let image = service.image();
        if provided.contains(&image) {
            continue;
        }
        let own = service.model.pull_policy();
        let when = When::of(pull.or(own.as_deref()).unwrap_or_default());
        let is_there = id(&image, call).await?.is_some();
        let builds = service.builds();
        if builds && (build || !is_there || own.as_deref() == Some("build")) {
            service.build(Anew::default(), call).await?;
        } else if !builds && (when == When::Always || when == When::Missing && !is_there) {
            service.pull(call).await?;
        } else if !is_there {
            return Err(CallError::Operation(format!(
                "the image `{image}` of the service `{}` is not there, and is not to be pulled",
                service.name
            )));
        }
        provided.insert(image);
    }
    Ok(())
}

impl Service<'_> {
    pub(super) fn name(&self) -> &str {
        self.name
    }

    /// It has something to build.
    pub(super) fn builds(&self) -> bool {
        self.model.build().is_some()
    }

    /// How many containers it is to have.
    pub(super) fn replicas(&self) -> u64 {
        self.model.replicas()
    }

    /// The id of its image, if that is there.
    pub(super) async fn image_id(&self, call: &Call<'_>) -> Result<Option<String>, CallError> {
        id(&self.image(), call).await
    }

    /// What its container of that number is called.
    pub(super) fn container(&self, number: u64) -> String {
        let named = self.model.container_name();
        named.unwrap_or_else(|| format!("{}-{}-{number}", self.project, self.name))
    }

    /// What its image is called.
    pub(super) fn image(&self) -> String {
        let named = self.model.image();
        named.unwrap_or_else(|| format!("{}-{}", self.project, self.name))
    }

    fn parsed<T: Parameter>(&self, what: &str, text: &str) -> Result<T, CallError> {
        T::parse(text.into()).map_err(|_| {
            CallError::Operation(format!(
                "`{text}` is no {what}, and the service `{}` has it",
                self.name
            ))
        })
    }

    /// Pulls its image.
    pub(super) async fn pull(&self, call: &Call<'_>) -> Result<Made, CallError> {
        let image = self.image();
        let reference: ImageRef = self.parsed("reference of an image", &image)?;
        let platform = self.model.platform();
        let version = Some(version(&reference));
        pull(call, reference.name(), version, platform.as_deref()).await?;
        self.made(image, call).await
    }

    async fn made(&self, image: String, call: &Call<'_>) -> Result<Made, CallError> {
        let id = id(&image, call).await?.unwrap_or_default();
        Ok(Made {
            service: self.name.to_owned(),
            image,
            id,
        })
    }

    /// Builds its image, and gives the log.
    pub(super) async fn build(
        &self,
        anew: Anew,
        call: &Call<'_>,
    ) -> Result<(Made, Vec<String>), CallError> {
        let image = self.image();
        let plan = self.model.build().unwrap_or_default();
        let params = self.build_params(&image, &plan, anew)?;
        call.progress.report(0.0, None, format!("building {image}"));
        let built = build::run(&params, call)
            .await
            .map_err(|error| match error {
                CallError::Operation(text) => CallError::Operation(format!(
                    "the image of the service `{}`: {text}",
                    self.name
                )),
                error => error,
            })?;
        for tag in &plan.tags {
            self.tag(&image, tag, call).await?;
        }
        Ok((self.made(image, call).await?, built.into_reply().logs))
    }

    async fn tag(&self, image: &str, tag: &str, call: &Call<'_>) -> Result<(), CallError> {
        let reference: ImageRef = self.parsed("reference of an image", tag)?;
        let options = TagImageOptions {
            repo: Some(reference.name().to_owned()),
            tag: Some(version(&reference).to_owned()),
        };
        let request = record(|docker| async move { docker.tag_image(image, Some(options)).await })?;
        call.engine.json(request.about("image", image)).await?;
        Ok(())
    }

    fn build_params(
        &self,
        image: &str,
        plan: &BuildPlan,
        anew: Anew,
    ) -> Result<build_image::Params, CallError> {
        let refused = |why: String| {
            Err(CallError::Operation(format!(
                "the image of the service `{}` is not built: {why}",
                self.name
            )))
        };
        if let Some(unknown) = plan.others.first() {
            return refused(format!(
                "this server's own builds do not know `build.{unknown}`"
            ));
        }
        let dockerfile = plan.dockerfile.as_deref().unwrap_or("Dockerfile");
        let dockerfile = match Path::new(dockerfile).strip_prefix(&plan.context) {
            Ok(within) => within.to_string_lossy().into_owned(),
            Err(_) => dockerfile.to_owned(),
        };
        let platform = match plan.platforms.as_slice() {
            [] => self.model.platform(),
            [one] => Some(one.clone()),
            _ => {
                return refused(
                    "it has several `platforms`, and one is built at a time".to_owned(),
                );
            }
        };
        let platform = platform.map(|it| self.parsed::<Platform>("platform", &it));
        let mut labels = plan.labels.clone();
        labels.insert(PROJECT.to_owned(), self.project.to_owned());
        labels.insert(SERVICE.to_owned(), self.name.to_owned());
        Ok(build_image::Params {
            path: plan.context.clone(),
            tag: Some(self.parsed("reference of an image", image)?),
            dockerfile,
            buildargs: Some(Variables(plan.args.clone())),
            nocache: anew.no_cache || plan.no_cache,
            rm: true,
            pull: anew.pull || plan.pull,
            target: plan.target.clone(),
            platform: platform.transpose()?,
            labels: Some(labels),
        })
    }
}

/// Of an image its id.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Image {
    id: Told<String>,
}

/// The id of an image, if it is there.
async fn id(image: &str, call: &Call<'_>) -> Result<Option<String>, CallError> {
    let request = record(|docker| async move { docker.inspect_image(image).await })?;
    let image = call.engine.told::<Image>(request.about("image", image));
    match image.await {
        Err(EngineError::NotFound { .. }) => Ok(None),
        image => Ok(Some(image?.id.0.unwrap_or_default())),
    }
}
