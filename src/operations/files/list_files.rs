//! Lists the files of a container or a volume: `docker_list_files`.
//!
//! The Engine has no list of files, but an archive, which comes with all contents and in the order of the
//! names. So it is passed through, never kept, and no longer than it takes to have what was asked.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use super::archive::{self, Entry, Next};
use super::entry::{self, Item};
use super::path::FilePath;
use super::place::{Place, Use};
use super::resolved::Resolved;
use crate::call::{Call, CallError};
use crate::engine::FileKind;
use crate::generated::params::list_files::Params;
use crate::generated::reply::list_files::Reply;
use crate::operations::budget;
use crate::output::Hinted;

/// How long an archive is passed through.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many bytes of contents are passed over.
const MOST: u64 = 4 << 30;

/// The list so far.
struct List {
    files: Vec<Item>,
    /// The directory as the archive calls it, once that is known.
    root: Option<FilePath>,
    /// The directory as whoever asked calls it.
    shown: FilePath,
    depth: usize,
    limit: usize,
    /// How many bytes the items may still take.
    room: usize,
    ends: Instant,
    /// How many bytes of contents may still come.
    contents: u64,
    cut: Option<Cut>,
}

/// Why there is more.
enum Cut {
    Limit,
    Budget,
    /// The contents took too long, here.
    At(FilePath),
}

/// Gives what is in a directory, or one file.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Item>>, CallError> {
    let asked = FilePath::of(&params.path)?;
    let (container, volume) = (params.container_id.as_deref(), params.volume.as_deref());
    let place = Place::of(container, volume, Use::Read, call).await?;
    let listed = list(&asked, params, &place, call).await;
    let left = place.leave().await;
    Ok(listed?.noted(left))
}

async fn list(
    asked: &FilePath,
    params: &Params,
    place: &Place,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Item>>, CallError> {
    let found = Resolved::of(asked, place, call).await?;
    let shown = place.shown(&found.path);
    let list = List {
        files: Vec::new(),
        root: None,
        shown: shown.clone(),
        depth: usize::try_from(params.depth).unwrap_or(usize::MAX),
        limit: usize::try_from(params.limit).unwrap_or(usize::MAX),
        room: budget::budget(call),
        ends: Instant::now() + PATIENCE,
        contents: MOST,
        cut: None,
    };
    let archive = archive::bytes(place, &found.path, call)?;
    let is_directory = found.stat.kind() == FileKind::Directory;
    let list = archive::read(archive, list, move |list, entry| match is_directory {
        true => list.take(entry),
        false => list.alone(entry),
    });
    let list = list.await?;
    let hint = list.cut.as_ref().map(|cut| cut.hint(call));
    let reply = Reply {
        path: shown.to_string(),
        files: list.files,
        truncated: list.cut.is_some(),
    };
    Ok(Hinted::from(reply).hinted(hint))
}

impl List {
    /// Takes an entry of a directory, of which the first is the directory itself.
    fn take(&mut self, entry: &mut Entry<'_>) -> io::Result<Next> {
        let path = entry::path(entry);
        let Some(root) = &self.root else {
            if !entry.header().entry_type().is_dir() {
                return Err(changed("it is no directory any more"));
            }
            self.root = Some(path);
            return Ok(Next::More);
        };
        let below = path.below(root);
        let below = below.ok_or_else(|| changed(&format!("it has {path}, which is elsewhere")))?;
        let depth = below.parts().len();
        let shown = self.shown.joined(below.parts());
        if depth <= self.depth {
            let first = |name: &str| match FilePath::told(name).below(root) {
                Some(below) => self.shown.joined(below.parts()).to_string(),
                None => name.to_owned(),
            };
            let item = Item::of(entry, &shown, first);
            if self.add(item) == Next::Enough {
                return Ok(Next::Enough);
            }
        }
        self.pass_over(entry, &shown)
    }

    /// Takes the one entry of what is no directory.
    fn alone(&mut self, entry: &mut Entry<'_>) -> io::Result<Next> {
        let shown = self.shown.clone();
        let item = Item::of(entry, &shown, str::to_owned);
        self.add(item);
        Ok(Next::Enough)
    }

    fn add(&mut self, item: Item) -> Next {
        let cost = item.cost();
        if self.files.len() == self.limit {
            self.cut = Some(Cut::Limit);
        } else if cost > self.room {
            self.cut = Some(Cut::Budget);
        } else {
            self.room -= cost;
            self.files.push(item);
            return Next::More;
        }
        Next::Enough
    }

    fn pass_over(&mut self, entry: &mut Entry<'_>, shown: &FilePath) -> io::Result<Next> {
        let mut buffer = [0; 16 << 10];
        loop {
            let read = entry.read(&mut buffer)?;
            self.contents = self
                .contents
                .saturating_sub(u64::try_from(read).unwrap_or(0));
            if self.contents == 0 || Instant::now() > self.ends {
                self.cut = Some(Cut::At(shown.clone()));
                return Ok(Next::Enough);
            }
            if read == 0 {
                return Ok(Next::More);
            }
        }
    }
}

impl Cut {
    fn hint(&self, call: &Call<'_>) -> String {
        match self {
            Self::Limit => "there are more: raise `limit`, or list a directory below".to_owned(),
            Self::Budget => budget::advice(call, "list a directory below, or less deep"),
            Self::At(path) => format!(
                "the Engine lists files only along with their contents, and those up to {path} are too much; what comes after \
                 it by name is missing: list a directory below"
            ),
        }
    }
}

fn changed(why: &str) -> io::Error {
    io::Error::other(format!("{why}; others may have changed it meanwhile"))
}
