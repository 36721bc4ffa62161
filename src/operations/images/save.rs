//! Writes images into a file on this server's host: `docker_save_image`.

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use memchr::memmem;
use serde_json::{Deserializer, Value};
use tokio::io::{AsyncWriteExt, BufWriter};

use super::archive::{finish, make, unwritten};
use super::layers;
use super::steps::{Failure, Message, PATIENCE};
use crate::call::{Call, CallError};
use crate::engine::{EngineError, record};
use crate::generated::params::save_image::Params;
use crate::generated::reply::save_image::Reply;
use crate::operations::units;
use crate::params::{ImageRef, InvalidArgument};
use crate::redaction::Redactor;

/// How much is written at once, in bytes.
const PIECE: usize = 1 << 20;

/// What every archive ends with.
const END_OF_ARCHIVE: [u8; 1024] = [0; 1024];

/// Gives where the images are, and how many bytes they take.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    if params.images.is_empty() {
        return Err(InvalidArgument("`images` is empty: name at least one".to_owned()).into());
    }
    let (unfinished, file) = make(&params.path, call).await?;
    let unwritten = |error| unwritten(unfinished.path(), &error);
    // The Engine would save every tag of a name that has none.
    let names: Vec<String> = params.images.iter().map(ImageRef::of_one).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let request = record(|docker| {
        let names = &names;
        async move { docker.export_images(names).boxed().try_next().await }
    })?;
    let mut pieces = call.engine.with_deadline(PATIENCE).bytes(request);
    let mut file = BufWriter::with_capacity(PIECE, file);
    let mut ending = Ending::default();
    let mut size = 0;
    let failure = loop {
        let piece: Bytes = match pieces.try_next().await {
            Ok(Some(piece)) => piece,
            Ok(None) => break ending.failure(&call.redactor).map(Failure::Step),
            Err(error) => break Some(Failure::Engine(error)),
        };
        size += piece.len() as u64;
        ending.follow(&piece);
        let report = format!("{} written", layers::size(size));
        call.progress.report(size as f64, None, report);
        file.write_all(&piece).await.map_err(unwritten)?;
    };
    if let Some(failure) = failure {
        return Err(match missing(&names, &failure, call).await {
            Some(missing) => missing.into(),
            None => failure.of("saving"),
        });
    }
    file.flush().await.map_err(unwritten)?;
    let path = unfinished.path().to_owned();
    let finished = finish(unfinished, file.into_inner()).await;
    finished.map_err(|error| super::archive::unwritten(&path, &error))?;
    Ok(Reply {
        path: path.display().to_string(),
        size: units::bytes(size),
    })
}

/// Which image is not there, where that is why the Engine failed: not every one says which.
async fn missing(names: &[&str], failure: &Failure, call: &Call<'_>) -> Option<EngineError> {
    failure.message()?;
    for name in names {
        let request = record(|docker| async move { docker.inspect_image(name).await });
        let found = call.engine.json(request.ok()?.about("image", name)).await;
        if let Err(missing @ EngineError::NotFound { .. }) = found {
            return Some(missing);
        }
    }
    None
}

/// The end of what has come. An Engine that fails when it has begun to answer stops in the middle of the
/// archive, with a word behind it at best.
#[derive(Debug, Default)]
struct Ending(Vec<u8>);

impl Ending {
    /// How much is kept, in bytes: what an archive ends with, or what an Engine says.
    const LENGTH: usize = 8 << 10;

    fn follow(&mut self, piece: &[u8]) {
        let from = piece.len().saturating_sub(Self::LENGTH);
        self.0
            .extend_from_slice(piece.get(from..).unwrap_or_default());
        let over = self.0.len().saturating_sub(Self::LENGTH);
        self.0.drain(..over);
    }

    fn failure(&self, redactor: &Redactor) -> Option<String> {
        if self.0.ends_with(&END_OF_ARCHIVE) {
            return None;
        }
        let said = memmem::rfind(&self.0, br#"{"errorDetail""#);
        let said = said.and_then(|at| self.0.get(at..)).unwrap_or_default();
        let said = Deserializer::from_slice(said).into_iter::<Value>().next();
        let said = said.and_then(Result::ok).map(|said| Message::read(&said));
        let told = said.as_ref().and_then(|said| said.told_failure(redactor));
        Some(told.unwrap_or_else(|| "the Engine sent no whole archive".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(pieces: &[&[u8]]) -> Option<String> {
        let mut ending = Ending::default();
        pieces.iter().for_each(|piece| ending.follow(piece));
        ending.failure(&Redactor::new(true))
    }

    #[test]
    fn an_archive_is_whole_with_its_end_alone() {
        let end = [0; 1024];
        assert_eq!(failure(&[&[7; 20_000], &end]), None);
        assert_eq!(failure(&[&[7; 512], &end[..1000], &end[..24]]), None);
        for pieces in [&[][..], &[&end[..1023]], &[&end, &[7; 512]], &[&end, b"\n"]] {
            assert!(failure(pieces).unwrap().contains("no whole archive"));
        }
    }

    #[test]
    fn what_an_engine_says_behind_it_is_told() {
        let said =
            b"{\"errorDetail\":{\"message\":\"no space left\"},\"error\":\"no space left\"}\r\n";
        let (first, second) = said.split_at(20);
        let told = failure(&[&[7; 9000], first, second]);
        assert_eq!(told.as_deref(), Some("no space left"));
    }
}
