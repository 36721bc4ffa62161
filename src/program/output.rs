//! Gives a program its input and reads what it prints, up to a limit.

use std::io;
use std::pin::pin;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::ChildStdin;

use super::process::Process;

/// So much of the end of what it complains of is kept.
const COMPLAINT: usize = 64 << 10;

/// How long its pipes are read after it ended: what it started may hold them.
const REST: Duration = Duration::from_secs(1);

/// What a program printed, and how it ended.
#[derive(Debug)]
pub(super) struct Said {
    /// Its exit status, where it ended by itself.
    pub(super) code: Option<i32>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// Why a program was not heard to the end.
#[derive(Debug)]
pub(super) enum Unheard {
    /// It prints more than is read.
    TooMuch,
    /// It cannot be watched.
    Lost(io::Error),
}

/// Gives a program its input, and waits for its end.
pub(super) async fn of(
    process: &mut Process,
    input: Option<Vec<u8>>,
    most: usize,
) -> Result<Said, Unheard> {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut ended: Option<ExitStatus> = None;
    {
        let stdin = process.stdin.take();
        let mut pipes = pin!(async {
            tokio::try_join!(
                feed(stdin, input),
                read(&mut process.stdout, &mut stdout, most),
                complaint(&mut process.stderr, &mut stderr),
            )
        });
        let mut is_read = false;
        while ended.is_none() || !is_read {
            tokio::select! {
                read = &mut pipes, if !is_read => {
                    read?;
                    is_read = true;
                }
                status = &mut process.status, if ended.is_none() => {
                    let status = status.map_err(|error| Unheard::Lost(io::Error::other(error)))?;
                    ended = Some(status.map_err(Unheard::Lost)?);
                }
                () = tokio::time::sleep(REST), if ended.is_some() => break,
            }
        }
    }
    Ok(Said {
        code: ended.and_then(|status| status.code()),
        stdout,
        stderr,
    })
}

async fn feed(stdin: Option<ChildStdin>, input: Option<Vec<u8>>) -> Result<(), Unheard> {
    if let (Some(mut stdin), Some(input)) = (stdin, input) {
        // One that reads nothing, or no more, has what it wants.
        let _ = stdin.write_all(&input).await;
        let _ = stdin.shutdown().await;
    }
    Ok(())
}

async fn read(
    from: &mut (impl AsyncRead + Unpin),
    into: &mut Vec<u8>,
    most: usize,
) -> Result<(), Unheard> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let read = from.take(limit).read_to_end(into).await;
    match read {
        Ok(_) if into.len() > most => Err(Unheard::TooMuch),
        Ok(_) => Ok(()),
        Err(error) => Err(Unheard::Lost(error)),
    }
}

/// Reads all of it and keeps the end: there it says why.
async fn complaint(from: &mut (impl AsyncRead + Unpin), into: &mut Vec<u8>) -> Result<(), Unheard> {
    let mut part = vec![0; 8 << 10];
    loop {
        let count = from.read(&mut part).await.map_err(Unheard::Lost)?;
        if count == 0 {
            return Ok(());
        }
        into.extend_from_slice(part.get(..count).unwrap_or_default());
        let surplus = into.len().saturating_sub(COMPLAINT);
        into.drain(..surplus);
    }
}
