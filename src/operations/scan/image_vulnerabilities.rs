//! Lists the known vulnerabilities of an image: `docker_image_vulnerabilities`.

use super::scanner::{Scan, Scanned};
use super::vulnerability::{Counts, Severity, Vulnerability, in_order};
use super::{grype, sarif, trivy};
use crate::call::{Call, CallError};
use crate::catalog::generated::image_vulnerabilities::COMMAND;
use crate::generated::params::image_vulnerabilities::Params;
use crate::generated::reply::image_vulnerabilities::Reply;
use crate::output::{Hinted, beyond_limit};
use crate::program::Program;

/// What is said of a scanner that tells its maker what it looks at.
const SENT: &str = "Docker Scout sent Docker what the image is made of";

/// Gives how many there are, and the worst of those that were asked for.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Counts, Vulnerability>>, CallError> {
    let scan = Scan {
        command: &COMMAND,
        scanner: params.scanner.as_deref(),
        image: &params.image,
        online: true,
        seconds: params.timeout,
    };
    let scanned = scan.run(|it| params.args_of(it), read, call).await?;
    let Scanned {
        program,
        version,
        found,
    } = scanned;
    let mut found = in_order(found);
    let counts = Counts::of(&found);
    let least = params.severity.as_deref().map(Severity::named);
    found.retain(|one| {
        let is_bad = least.is_none_or(|least| one.severity <= least);
        is_bad && !(params.fixed_only && one.fixed.is_empty())
    });
    let total = found.len();
    found.truncate(usize::try_from(params.limit).unwrap_or(usize::MAX));
    let truncated = found.len() < total;
    let reply = Reply {
        scanner: program.name().to_owned(),
        version,
        counts,
        vulnerabilities: found,
        total: i64::try_from(total).unwrap_or(i64::MAX),
        truncated,
    };
    let narrower = "ask for the worst with `severity`, or with `fixed_only` for those that a newer package mends";
    let hint = truncated.then(|| beyond_limit(params.limit.unsigned_abs(), Some(narrower)));
    let sent = (program == Program::Scout).then(|| SENT.to_owned());
    Ok(Hinted::from(reply).hinted(hint).noted(sent))
}

fn read(program: Program, written: &[u8]) -> Result<Vec<Vulnerability>, String> {
    match program {
        Program::Grype => grype::read(written),
        Program::Scout => sarif::read(written),
        _ => trivy::read(written),
    }
}
