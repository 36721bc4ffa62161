//! Reads a file of a container or a volume: `docker_read_file`.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::archive::{self, Entry, Next};
use super::content::{Content, Kept, Wanted};
use super::entry;
use super::path::FilePath;
use super::place::{Place, Use};
use super::portion::Portion;
use super::resolved::Resolved;
use crate::call::{Call, CallError};
use crate::engine::{FileKind, PathStat};
use crate::generated::params::read_file::Params;
use crate::generated::reply::read_file::Reply;
use crate::operations::{budget, units};
use crate::output::Hinted;
use crate::params::{InvalidArgument, Pattern};
use crate::redaction::Redactor;

/// How long a file is read; clients wait for a minute.
const PATIENCE: Duration = Duration::from_secs(45);

/// A file as it comes.
struct File {
    name: Option<String>,
    content: Option<Content>,
    /// What the archive says of it.
    said: Option<Said>,
    ends: Instant,
}

#[derive(Clone, Copy)]
struct Said {
    size: u64,
    mode: u32,
    modified: Option<u64>,
}

/// Gives a file, or what describes it.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Hinted<Reply>, CallError> {
    let asked = FilePath::of(&params.path)?;
    let wanted = wanted(params, call)?;
    let (container, volume) = (params.container_id.as_deref(), params.volume.as_deref());
    let place = Place::of(container, volume, Use::Read, call).await?;
    let given = read(&asked, wanted, params.grep.as_ref(), &place, call).await;
    let left = place.leave().await;
    Ok(given?.noted(left))
}

async fn read(
    asked: &FilePath,
    wanted: Wanted,
    grep: Option<&Pattern>,
    place: &Place,
    call: &Call<'_>,
) -> Result<Hinted<Reply>, CallError> {
    let found = Resolved::of(asked, place, call).await?;
    let path = place.shown(&found.path);
    match found.stat.kind() {
        FileKind::File => {}
        FileKind::Directory => {
            let why = format!("{path} is a directory: docker_list_files shows what is in it");
            return Err(CallError::Operation(why));
        }
        other => {
            let why = format!("{path} is a {}, and only files are read", other.name());
            return Err(CallError::Operation(why));
        }
    }
    if let Some(why) = found.kept_by {
        return Ok(described(&path, &found.stat, &why));
    }
    let file = File {
        name: found.path.name().map(str::to_owned),
        content: Some(Content::new(wanted)),
        said: None,
        ends: Instant::now() + PATIENCE,
    };
    let archive = archive::bytes(place, &found.path, call)?;
    let file = archive::read(archive, file, File::take).await?;
    reply(file, &path, grep, call)
}

fn wanted(params: &Params, call: &Call<'_>) -> Result<Wanted, InvalidArgument> {
    let lines = params.lines.as_deref().map(Portion::of).transpose()?;
    if params.base64 && (lines.is_some() || params.grep.is_some()) {
        let why =
            "`base64` gives bytes: `lines` and `grep` choose of a text, so leave one of them out";
        return Err(InvalidArgument(why.to_owned()));
    }
    Ok(Wanted {
        lines: lines.unwrap_or(Portion::ALL),
        grep: params.grep.clone(),
        bytes: params.base64,
        room: budget::budget(call),
        redactor: call.redactor.clone(),
    })
}

impl File {
    /// Takes the one entry that the archive has.
    fn take(&mut self, entry: &mut Entry<'_>) -> io::Result<Next> {
        let changed = |what: &str| Err(io::Error::other(what));
        if self.said.is_some() {
            return changed(
                "it holds more than the file that was asked for, or is longer than it says",
            );
        }
        if entry::kind(entry) != "file" || entry::path(entry).name() != self.name.as_deref() {
            return changed(
                "it holds something else than the file that was asked for, which others may have changed meanwhile",
            );
        }
        let size = entry.size();
        self.said = Some(Said {
            size,
            mode: entry.header().mode().unwrap_or_default(),
            modified: entry.header().mtime().ok(),
        });
        let Some(content) = &mut self.content else {
            return Ok(Next::Enough);
        };
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = entry.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            content.feed(buffer.get(..read).unwrap_or_default());
            if Instant::now() > self.ends {
                return Ok(Next::Enough);
            }
        }
        if content.length() < size {
            return changed(
                "it ends within the file, which may have become shorter while it was read",
            );
        }
        Ok(Next::More)
    }
}

/// What describes a file that is not read. A digest would tell a short secret to whoever tries.
fn described(path: &FilePath, stat: &PathStat, why: &str) -> Hinted<Reply> {
    let reply = Reply {
        path: path.to_string(),
        text: None,
        base64: None,
        size: units::bytes(stat.size.unwrap_or_default()),
        sha256: None,
        mode: entry::mode(stat.mode()),
        modified: entry::modified(stat.modified().and_then(|at| at.try_into().ok())),
        truncated: false,
    };
    Hinted::from(reply).hinted(Some(format!(
        "{why}, so it is described and not read; nor is there a digest, by which a short secret can be found"
    )))
}

fn reply(
    file: File,
    path: &FilePath,
    grep: Option<&Pattern>,
    call: &Call<'_>,
) -> Result<Hinted<Reply>, CallError> {
    let (Some(content), Some(said)) = (file.content, file.said) else {
        let why = format!(
            "the Engine's archive of {path} is empty; others may have removed it meanwhile"
        );
        return Err(CallError::Operation(why));
    };
    let length = content.length();
    let is_whole = length == said.size;
    let (digest, kept) = content.finish();
    let mut reply = Reply {
        path: path.to_string(),
        text: None,
        base64: None,
        size: units::bytes(said.size),
        sha256: is_whole.then_some(digest),
        mode: entry::mode(said.mode),
        modified: entry::modified(said.modified),
        truncated: !is_whole,
    };
    let mut hint = None;
    match kept {
        Kept::Text(text) => {
            if let Some(line) = text.cut() {
                let advice = format!("go on with `lines` from {line} on, or choose by `grep`");
                hint = Some(budget::advice(call, &advice));
                reply.truncated = true;
            } else if text.kept().is_empty() {
                hint = grep.and_then(Pattern::hint);
            }
            reply.text = Some(text.kept().to_owned());
        }
        Kept::Bytes(bytes) if holds_secrets(&bytes, &call.redactor) => {
            let why = "it holds secrets, which base64 would show: leave `base64` out";
            hint = Some(why.to_owned());
        }
        Kept::Bytes(bytes) => {
            if u64::try_from(bytes.len()).unwrap_or(0) < length {
                hint = Some(budget::advice(call, "of the bytes the first are given"));
                reply.truncated = true;
            }
            reply.base64 = Some(BASE64_STANDARD.encode(bytes));
        }
        Kept::Nothing | Kept::Beginning(_) => {
            hint = Some("it is no text; `base64` gives its bytes".to_owned());
        }
    }
    let unfinished = (!is_whole).then(|| {
        let seconds = PATIENCE.as_secs();
        format!("it takes longer to read than {seconds} s, so that there is no digest, and nothing of its end")
    });
    Ok(Hinted::from(reply).hinted(hint).noted(unfinished))
}

/// Whether anything of that would be hidden in a text.
fn holds_secrets(bytes: &[u8], redactor: &Redactor) -> bool {
    let text = String::from_utf8_lossy(bytes);
    redactor.text(&text) != Redactor::new(false).text(&text)
}
