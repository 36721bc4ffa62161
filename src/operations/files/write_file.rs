//! Writes a file of a container or a volume: `docker_write_file`.
//!
//! What is there is looked at just before, and what is a link or no file is left alone. Between that look and
//! the write somebody else may put one there: the Engine replaces a link and does not follow it.

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bollard::query_parameters::UploadToContainerOptions;
use ring::digest::{SHA256, digest};

use super::archive::{self, Entry, Next};
use super::content::hexadecimal;
use super::credentials;
use super::owner::Owner;
use super::path::FilePath;
use super::place::{Place, Use};
use super::resolved::Resolved;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, FileKind, record};
use crate::generated::params::write_file::Params;
use crate::generated::reply::write_file::Reply;
use crate::operations::units;
use crate::output::Hinted;
use crate::params::InvalidArgument;

/// The most that is written at once, in bytes.
const MOST: usize = 8 << 20;

/// What a new file may be done with, where nobody says it.
const NEW: u32 = 0o644;

/// The part of a file's attributes that a write sets.
#[derive(Debug, Clone, Copy)]
struct Attributes {
    mode: u32,
    owner: Owner,
}

/// Writes the file, and gives what was written.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Hinted<Reply>, CallError> {
    let asked = FilePath::of(&params.path)?;
    let content = content(params)?;
    let mode = params.mode.as_deref().map(mode).transpose()?;
    let (container, volume) = (params.container_id.as_deref(), params.volume.as_deref());
    let place = Place::of(container, volume, Use::Write, call).await?;
    let written = write(&asked, &content, mode, params, &place, call).await;
    let left = place.leave().await;
    let reply = Reply {
        path: written?.to_string(),
        size: units::count(content.len()),
        sha256: hexadecimal(digest(&SHA256, &content).as_ref()),
    };
    Ok(Hinted::from(reply).noted(left))
}

fn content(params: &Params) -> Result<Vec<u8>, InvalidArgument> {
    let wrong = |why: &str| Err(InvalidArgument(why.to_owned()));
    let content = match (&params.content, &params.base64) {
        (Some(text), None) => text.clone().into_bytes(),
        (None, Some(base64)) => match BASE64_STANDARD.decode(base64) {
            Ok(bytes) => bytes,
            Err(error) => return wrong(&format!("`base64` is none: {error}")),
        },
        _ => return wrong("give either `content` or `base64`"),
    };
    if content.len() > MOST {
        return wrong("no more than 8 MiB are written at once");
    }
    Ok(content)
}

/// Permissions as `chmod` takes them, without the bits that give a program another's rights.
fn mode(text: &str) -> Result<u32, InvalidArgument> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mode = u32::from_str_radix(text, 8)
        .ok()
        .filter(|mode| *mode <= 0o777);
    mode.filter(|_| digits).ok_or_else(|| {
        InvalidArgument(format!(
            "`mode` takes permissions such as `0644`, up to `0777` (got {text:?})"
        ))
    })
}

async fn write(
    asked: &FilePath,
    content: &[u8],
    mode: Option<u32>,
    params: &Params,
    place: &Place,
    call: &Call<'_>,
) -> Result<FilePath, CallError> {
    let cannot = |why: String| Err(CallError::Operation(why));
    let Some((name, parent)) = asked.split() else {
        return cannot("/ is a directory, and only files are written".to_owned());
    };
    let parent = Resolved::of(&parent, place, call).await?;
    let path = parent.path.join(name);
    let shown = place.shown(&path);
    if parent.stat.kind() != FileKind::Directory {
        let kind = parent.stat.kind().name();
        return cannot(format!(
            "{} is a {kind} and no directory",
            place.shown(&parent.path)
        ));
    }
    let mounted = place.mounted_from(&path);
    let kept_by = credentials::reason(&shown)
        .or(parent.kept_by)
        .or_else(|| credentials::reason(asked));
    if let Some(why) = kept_by.or_else(|| credentials::reason(&mounted?)) {
        return cannot(format!(
            "{why}, and whoever writes such a file lets somebody in: it is for a person to write"
        ));
    }
    let there = call
        .engine
        .path_stat(&place.container, &path.to_string())
        .await?;
    let old = match there.as_ref().map(|there| there.kind()) {
        None => None,
        Some(FileKind::File) if !params.overwrite => {
            let size = there.and_then(|there| *there.size).unwrap_or_default();
            return cannot(format!(
                "{shown} is there already ({size} bytes), and is replaced only with `overwrite`"
            ));
        }
        Some(FileKind::File) => Some(attributes(&path, place, call).await?),
        Some(kind) => {
            return cannot(format!(
                "{shown} is a {}, and only files are replaced",
                kind.name()
            ));
        }
    };
    let owner = match &params.user {
        Some(user) => Some(Owner::of(user, place, call).await?),
        None => old.map(|old| old.owner),
    };
    let attributes = Attributes {
        mode: mode.or(old.map(|old| old.mode & 0o777)).unwrap_or(NEW),
        owner: owner.unwrap_or_default(),
    };
    let archive = packed(name, content, attributes, call).await?;
    put(archive, &parent.path, place, call)
        .await
        .map_err(|error| explained(error, &shown))?;
    Ok(shown)
}

/// What a file that is there is like.
async fn attributes(
    path: &FilePath,
    place: &Place,
    call: &Call<'_>,
) -> Result<Attributes, CallError> {
    let none = Attributes {
        mode: NEW,
        owner: Owner::default(),
    };
    let pieces = archive::bytes(place, path, call)?;
    let take = |found: &mut Attributes, entry: &mut Entry<'_>| -> io::Result<Next> {
        let header = entry.header();
        found.mode = header.mode()?;
        found.owner = Owner {
            user: header.uid()?,
            group: header.gid()?,
        };
        Ok(Next::Enough)
    };
    archive::read(pieces, none, take).await
}

/// The archive that the Engine unpacks.
async fn packed(
    name: &str,
    content: &[u8],
    attributes: Attributes,
    call: &Call<'_>,
) -> Result<Vec<u8>, CallError> {
    let now = call.engine.now().await?.latest.as_second();
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(attributes.mode);
    header.set_uid(attributes.owner.user);
    header.set_gid(attributes.owner.group);
    header.set_mtime(u64::try_from(now).unwrap_or_default());
    header.set_size(u64::try_from(content.len()).unwrap_or_default());
    let mut archive = tar::Builder::new(Vec::new());
    let added = archive.append_data(&mut header, name, content);
    let archive = added.and_then(|()| archive.into_inner());
    archive.map_err(|error| CallError::Operation(format!("{name:?} cannot be packed: {error}")))
}

async fn put(
    archive: Vec<u8>,
    directory: &FilePath,
    place: &Place,
    call: &Call<'_>,
) -> Result<(), EngineError> {
    let container = &place.container;
    let options = UploadToContainerOptions {
        path: directory.to_string(),
        no_overwrite_dir_non_dir: Some("true".to_owned()),
        ..UploadToContainerOptions::default()
    };
    let request = record(|docker| async move {
        let body = bollard::body_full(archive.into());
        docker
            .upload_to_container(container, Some(options), body)
            .await
    })?;
    call.engine
        .json(request.about("container", container))
        .await?;
    Ok(())
}

fn explained(error: EngineError, shown: &FilePath) -> CallError {
    match &error {
        EngineError::Rejected { message, .. } | EngineError::Failed { message, .. }
            if message.contains("read-only") =>
        {
            CallError::Operation(format!(
                "{shown} was not written: what it is on is mounted read-only ({message})"
            ))
        }
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_octal_and_give_nobody_anothers_rights() {
        for (text, expected) in [("0644", Some(0o644)), ("755", Some(0o755)), ("0", Some(0))] {
            assert_eq!(mode(text).ok(), expected, "{text}");
        }
        for text in [
            "",
            "4755",
            "0o644",
            "rw",
            "888",
            "+644",
            "-1",
            "99999999999",
        ] {
            let error = mode(text).unwrap_err().to_string();
            assert!(error.contains("`mode`"), "{text}: {error}");
        }
    }
}
