//! Carries what a program and the Engine write to each other once their connections are no longer HTTP.

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

use super::service::Service;
use crate::erased;

/// Joins the two connections, each half for itself, until both are done or the call is.
pub(super) fn dig(service: &Service, program: OnUpgrade, engine: OnUpgrade) {
    let stop = service.stop.clone();
    service.tasks.spawn(erased::task(async move {
        let carried = async {
            let (program, engine) = tokio::try_join!(program, engine)?;
            let (mut program, mut engine) = (TokioIo::new(program), TokioIo::new(engine));
            let carried = copy_bidirectional(&mut program, &mut engine).await;
            Ok::<_, hyper::Error>(carried)
        };
        tokio::select! {
            () = stop.cancelled() => {}
            carried = carried => tracing::debug!(?carried, "a stream of a program ended"),
        }
    }));
}
