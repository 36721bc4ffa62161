//! Says whose a file becomes: by numbers, or by names as the container's own files have them.

use std::io::{self, Read};

use super::archive::{self, Entry, Next};
use super::path::FilePath;
use super::place::Place;
use super::resolved::Resolved;
use crate::call::{Call, CallError};
use crate::params::InvalidArgument;

/// The most that is read of `/etc/passwd` or `/etc/group`.
const LONGEST: u64 = 1 << 20;

/// The numbers of a user and a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) user: u64,
    pub(super) group: u64,
}

impl Owner {
    /// `1000`, `1000:1000`, `app` or `app:app`.
    ///
    /// # Errors
    /// It is none of these, or nobody is called so, and those of the Engine.
    pub(super) async fn of(text: &str, place: &Place, call: &Call<'_>) -> Result<Self, CallError> {
        let (user, group) = match text.split_once(':') {
            Some((user, group)) => (user, Some(group)),
            None => (text, None),
        };
        let (user, own_group) = match user.parse::<u32>() {
            Ok(user) => (u64::from(user), 0),
            Err(_) => entry(user, "/etc/passwd", place, call).await?,
        };
        let group = match group.map(|group| (group, group.parse::<u32>())) {
            None => own_group,
            Some((_, Ok(group))) => u64::from(group),
            Some((group, Err(_))) => entry(group, "/etc/group", place, call).await?.0,
        };
        Ok(Self { user, group })
    }
}

/// The numbers in the third and the fourth field of the line that begins with the name.
async fn entry(
    name: &str,
    file: &str,
    place: &Place,
    call: &Call<'_>,
) -> Result<(u64, u64), CallError> {
    if place.volume.is_some() {
        let why = format!(
            "`user`: a volume has no {file}, so give numbers such as `1000:1000` (got {name:?})"
        );
        return Err(InvalidArgument(why).into());
    }
    let found = Resolved::of(&FilePath::told(file), place, call).await?;
    let pieces = archive::bytes(place, &found.path, call)?;
    let text = archive::read(pieces, String::new(), take).await?;
    let number = |field: Option<&str>| field.and_then(|field| field.parse().ok());
    let numbers = text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let is_it = fields.next() == Some(name);
        let (id, more) = (number(fields.nth(1)), number(fields.next()));
        is_it.then_some((id?, more.unwrap_or_default()))
    });
    numbers.ok_or_else(|| {
        InvalidArgument(format!(
            "`user`: nobody is called {name:?} in the container's {file}"
        ))
        .into()
    })
}

fn take(text: &mut String, entry: &mut Entry<'_>) -> io::Result<Next> {
    let mut bytes = Vec::new();
    entry.take(LONGEST).read_to_end(&mut bytes)?;
    *text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Next::Enough)
}
