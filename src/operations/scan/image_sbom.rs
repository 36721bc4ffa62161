//! Lists the packages that an image is made of: `docker_image_sbom`.

use super::cyclonedx::{self, Package};
use super::scanner::{Scan, Scanned};
use crate::call::{Call, CallError};
use crate::catalog::generated::image_sbom::COMMAND;
use crate::generated::params::image_sbom::Params;
use crate::generated::reply::image_sbom::Reply;
use crate::output::{Hinted, beyond_limit};

/// Gives the packages by name.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Package>>, CallError> {
    let scan = Scan {
        command: &COMMAND,
        scanner: params.scanner.as_deref(),
        image: &params.image,
        online: false,
        seconds: params.timeout,
    };
    let words = |program| params.args_of(program);
    let scanned = scan.run(words, |_, written| cyclonedx::read(written), call);
    let Scanned {
        program,
        version,
        found: mut packages,
    } = scanned.await?;
    let total = packages.len();
    packages.truncate(usize::try_from(params.limit).unwrap_or(usize::MAX));
    let truncated = packages.len() < total;
    let reply = Reply {
        scanner: program.name().to_owned(),
        version,
        packages,
        total: i64::try_from(total).unwrap_or(i64::MAX),
        truncated,
    };
    let hint = truncated.then(|| beyond_limit(params.limit.unsigned_abs(), None));
    Ok(Hinted::from(reply).hinted(hint))
}
