//! Follows a path part by part, so that what is read is known by the name that it really has.
//!
//! The Engine follows links itself, within the container; whoever wants a file of a volume must not get
//! another one of the container that happens to mount it, nor a secret by the name of a link.

use futures_util::TryStreamExt;

use super::path::FilePath;
use super::place::Place;
use super::{archive, credentials};
use crate::call::{Call, CallError};
use crate::engine::{EngineError, FileKind, PathStat};

/// How many links may follow one another.
const MOST_LINKS: usize = 40;

/// What the kernel shows in a container that runs, and no archive has.
const KERNEL: &[&str] = &["/proc", "/sys", "/dev"];

/// A path without links, and what is there.
#[derive(Debug)]
pub(super) struct Resolved {
    pub(super) path: FilePath,
    pub(super) stat: PathStat,
    /// Why the file is described alone, if it is.
    pub(super) kept_by: Option<String>,
}

impl Resolved {
    /// What a path leads to.
    ///
    /// # Errors
    /// Nothing is there, a link leads where it must not, and those of the Engine.
    pub(super) async fn of(
        asked: &FilePath,
        place: &Place,
        call: &Call<'_>,
    ) -> Result<Self, CallError> {
        Self::found(asked, place, call)
            .await?
            .ok_or_else(|| CallError::Operation(format!("there is no {asked}{}", place.named())))
    }

    /// The same, or none where nothing is there.
    pub(super) async fn found(
        asked: &FilePath,
        place: &Place,
        call: &Call<'_>,
    ) -> Result<Option<Self>, CallError> {
        not_of_the_kernel(asked, place)?;
        let mut at = place.root.clone();
        let mut stat = None;
        let mut links = 0;
        let mut kept_by = credentials::reason(asked);
        for part in asked.parts() {
            if let Some(kind) = stat.as_ref().map(PathStat::kind)
                && kind != FileKind::Directory
            {
                let (shown, kind) = (place.shown(&at), kind.name());
                let why =
                    format!("{shown} is a {kind} and no directory, so that there is no {asked}");
                return Err(CallError::Operation(why));
            }
            at = at.join(part);
            let Some(mut there) = look(&at, place, call).await? else {
                return Ok(None);
            };
            while there.kind() == FileKind::Link {
                links += 1;
                let target = within(&at, &there, links, place)?;
                let Some(behind) = look(&target, place, call).await? else {
                    return Err(CallError::Operation(format!(
                        "{} is a link to {}, and nothing is there",
                        place.shown(&at),
                        place.shown(&target)
                    )));
                };
                (at, there) = (target, behind);
                not_of_the_kernel(&at, place)?;
                kept_by = kept_by.or_else(|| credentials::reason(&at));
            }
            stat = Some(there);
        }
        let stat = match stat {
            Some(stat) => stat,
            None => match look(&at, place, call).await? {
                Some(stat) => stat,
                None => return Ok(None),
            },
        };
        let mounted = place.mounted_from(&at);
        // What the file itself is called says it best.
        let kept_by = credentials::reason(&place.shown(&at))
            .or(kept_by)
            .or_else(|| credentials::reason(&mounted?));
        Ok(Some(Self {
            path: at,
            stat,
            kept_by,
        }))
    }
}

impl Place {
    /// Where it is, behind what is not there.
    pub(super) fn named(&self) -> String {
        match &self.volume {
            Some(volume) => format!(" in the volume `{volume}`"),
            None => String::new(),
        }
    }
}

/// What stands there. Archives are of what is stored, and the kernel's own files are not.
fn not_of_the_kernel(path: &FilePath, place: &Place) -> Result<(), CallError> {
    let mut kernel = KERNEL.iter().map(|it| FilePath::told(it));
    match kernel.find(|it| place.volume.is_none() && path.below(it).is_some()) {
        Some(directory) => Err(CallError::Operation(format!(
            "{path} is not stored: {directory} is made by the kernel in a container that runs, and the Engine's \
             archives do not have it; docker_exec_command can read it there"
        ))),
        None => Ok(()),
    }
}

/// Where a link leads, if it may lead there.
fn within(
    at: &FilePath,
    link: &PathStat,
    links: usize,
    place: &Place,
) -> Result<FilePath, CallError> {
    let shown = place.shown(at);
    let target = FilePath::told(link.target());
    if links > MOST_LINKS || link.target().is_empty() {
        let why = format!("{shown} is a link that leads nowhere, or round in a circle");
        return Err(CallError::Operation(why));
    }
    if target.below(&place.root).is_none() {
        let volume = place.volume.as_deref().unwrap_or_default();
        return Err(CallError::Operation(format!(
            "{shown} is a link that leads out of the volume `{volume}`, to {target} of whichever container mounts it; it is \
             not followed"
        )));
    }
    Ok(target)
}

async fn look(
    path: &FilePath,
    place: &Place,
    call: &Call<'_>,
) -> Result<Option<PathStat>, CallError> {
    let stat = call
        .engine
        .path_stat(&place.container, &path.to_string())
        .await;
    match stat {
        // An answer without a body does not say why; one with a body does.
        Err(EngineError::Failed { .. }) => {
            let shown = place.shown(path);
            let why = archive::bytes(place, path, call)?.try_next().await;
            Err(match why {
                Err(EngineError::Failed { message, .. }) if message.contains("too many") => {
                    CallError::Operation(format!("{shown} is a link that leads round in a circle"))
                }
                Err(error) => error.into(),
                Ok(_) => CallError::Operation(format!("the Engine does not tell what {shown} is")),
            })
        }
        stat => Ok(stat?),
    }
}
