//! Writes a Compose file on this server's host: `docker_compose_write_file`.
//!
//! Others may write to the directory meanwhile, a container for one: it is opened once, as it was judged,
//! and within it nothing is followed.

use std::io;
use std::path::{Path, PathBuf};

use cap_fs_ext::FollowSymlinks;
use cap_std::fs::{Dir, Metadata};
use std::io::{Read as _, Write as _};

use super::compose_validate::{Problem, found};
use crate::call::{Call, CallError};
use crate::compose::{self, Selection, Unfit};
use crate::confined::{open_file, open_without_links};
use crate::files::{SMALL, aside};
use crate::generated::params::compose_write_file::Params;
use crate::generated::reply::compose_write_file::Reply;
use crate::params::InvalidArgument;
use crate::unfinished::Unfinished;

/// The longest name, so that there is room for that of an older one beside it.
const LONGEST: usize = 200;

/// Who may do what with a new file, where the system does not take more away.
const NEW: u32 = 0o644;

/// Writes it, and gives what `docker_compose_validate` finds in it.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Reply<Problem, Problem>, CallError> {
    let (name, content) = (params.filename.as_str(), params.content.as_str());
    check(name, content)?;
    let given = &params.project_directory;
    let root = compose::root(&call.engine, given).await.map_err(unfit)?;
    call.engine.judge_directory(&root).await?;
    let path = root.join(name);
    let (written, bytes, overwrite) = (path.clone(), content.as_bytes().to_vec(), params.overwrite);
    let previous = aside(move || write(&written, &bytes, overwrite)).await;
    let shown = path.display().to_string();
    let previous = previous
        .map_err(|error| CallError::Operation(format!("`{shown}` was not written: {error}")))?;
    let selection = Selection {
        project_directory: root.display().to_string(),
        files: vec![name.to_owned()],
        ..Selection::default()
    };
    let found = found(&selection, call).await.map_err(|error| {
        CallError::Operation(format!(
            "`{shown}` was written, but what is wrong in it is not known: {error}"
        ))
    })?;
    Ok(Reply {
        path: shown,
        valid: found.invalid.is_empty(),
        errors: found.invalid,
        refused: found.refused,
        previous: previous.map(|path| path.display().to_string()),
    })
}

fn check(name: &str, content: &str) -> Result<(), InvalidArgument> {
    if !is_name(name) {
        return Err(InvalidArgument(format!(
            "`filename` is one plain name, `compose*.yaml` or `docker-compose*.yaml`, or `.yml` each (got `{}`)",
            crate::params::clip(name, LONGEST)
        )));
    }
    if content.len() as u64 > SMALL {
        let most = SMALL / 1024;
        return Err(InvalidArgument(format!(
            "`content` is larger than {most} KiB"
        )));
    }
    compose::check_file(content)
        .map_err(|fault| InvalidArgument(format!("`content` is no Compose file: {fault}")))
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let stem = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"));
    let stem = stem.filter(|_| name.len() <= LONGEST && name.bytes().all(plain));
    stem.is_some_and(|stem| stem.starts_with("compose") || stem.starts_with("docker-compose"))
}

fn unfit(unfit: Unfit) -> CallError {
    match unfit {
        Unfit::Engine(error) => error.into(),
        Unfit::Files(findings) => {
            let texts: Vec<String> = findings
                .iter()
                .map(|it| format!("`{}`: {}", it.file, it.text))
                .collect();
            InvalidArgument(texts.join("; ")).into()
        }
    }
}

/// Writes the file; gives where the old one is, if there was one.
fn write(path: &Path, content: &[u8], overwrite: bool) -> io::Result<Option<PathBuf>> {
    let parent = path.parent().unwrap_or(path);
    let directory = open_without_links(parent).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("its directory cannot be used: {error}"),
        )
    })?;
    let name = path.file_name().unwrap_or_default().as_ref();
    let old = match directory.symlink_metadata(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
        Ok(_) if !overwrite => {
            return Err(io::Error::other(
                "it is there already, and is replaced only with `overwrite`",
            ));
        }
        Ok(_) => Some(replaceable(&directory, name)?),
    };
    let (unfinished, mut file) = Unfinished::make(directory, path, NEW)?;
    file.write_all(content)?;
    match old {
        None => unfinished.finish(file).map(|()| None),
        Some(old) => {
            // What nobody else may read stays so.
            file.set_permissions(old.permissions())?;
            let old = Metadata::from_just_metadata(old);
            unfinished.replace(file, &old).map(Some)
        }
    }
}

/// What is there, if it is a Compose file.
fn replaceable(directory: &Dir, name: &Path) -> io::Result<std::fs::Metadata> {
    let no = |why: &str| io::Error::other(format!("what is there {why}, so it is left alone"));
    let (file, metadata) = open_file(directory, name, FollowSymlinks::No)
        .map_err(|error| no(&format!("is no file that can be read ({error})")))?;
    let mut text = String::new();
    let read = file.take(SMALL + 1).read_to_string(&mut text);
    let is_compose =
        read.is_ok() && text.len() as u64 <= SMALL && compose::check_file(&text).is_ok();
    match is_compose {
        true => Ok(metadata),
        false => Err(no("is no Compose file")),
    }
}
