//! Asks a credential helper, the program that keeps the passwords of a Docker configuration.
//!
//! `docker_credential` would wait for it as long as it takes, on a thread that nothing interrupts: a helper
//! may ask a person who is not there.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use docker_credential::{CredentialRetrievalError, DockerCredential};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use super::super::process;

/// The most that is read of what a helper says, in bytes.
const LONGEST: u64 = 1 << 20;

/// Why a helper gave nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// It did not answer in that time.
    Late(Duration),
    /// It has nothing, or failed, as `docker_credential` says it.
    Failed(CredentialRetrievalError),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// What the helper of this name has for a registry. It ends, and what it started, when the time is up or
/// the future is dropped.
pub(super) async fn ask(
    name: &str,
    registry: &str,
    limit: Duration,
) -> Result<DockerCredential, Failure> {
    let program = format!("docker-credential-{name}");
    let unheard =
        |_: io::Error| Failure::Failed(CredentialRetrievalError::HelperCommunicationError);
    let heard = match timeout(limit, run(&program, registry)).await {
        Ok(heard) => heard.map_err(unheard)?,
        Err(_) => return Err(Failure::Late(limit)),
    };
    let (status, stdout, stderr) = heard;
    if !status.success() {
        return Err(Failure::Failed(CredentialRetrievalError::HelperFailure {
            helper: program,
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        }));
    }
    let Answer { username, secret } = serde_json::from_slice(&stdout)
        .map_err(|_| Failure::Failed(CredentialRetrievalError::MalformedHelperResponse))?;
    Ok(match &*username {
        "<token>" => DockerCredential::IdentityToken(secret),
        _ => DockerCredential::UsernamePassword(username, secret),
    })
}

async fn run(program: &str, registry: &str) -> io::Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
    let mut command = Command::new(program);
    command
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let (mut child, group) = process::spawn(command)?;
    let (Some(mut stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let asking = async {
        // One that knows without being told has closed it already.
        let _ = stdin.write_all(registry.as_bytes()).await;
        drop(stdin);
    };
    let ((), stdout, stderr) = tokio::join!(asking, read(stdout), read(stderr));
    let status = child.wait().await?;
    group.ended();
    Ok((status, stdout?, stderr?))
}

async fn read(stream: impl AsyncRead + Unpin) -> io::Result<Vec<u8>> {
    let mut said = Vec::new();
    stream.take(LONGEST).read_to_end(&mut said).await?;
    Ok(said)
}
