//! Reaches the Engine of another machine as the Docker CLI does: `ssh` runs `docker system
//! dial-stdio` there, which passes on what it gets to its Engine and back.
//!
//! So the user's own `ssh` settings count: keys, agents, jump hosts, `ControlMaster`. It is not
//! asked to ask: nobody may be there to answer.
//!
//! bollard's way over SSH is not used, because it takes a port for a part of the host's name, trusts
//! the key of an unknown host, reads a host that begins with a dash as an option, and does not say
//! why the other end gave no Engine.

use std::io;
use std::pin::Pin;
use std::process::{ExitStatus, Stdio};
use std::task::{Context, Poll};
use std::time::Duration;

use bollard::BollardRequest;
use bollard::errors::Error;
use http::Response;
use http::uri::Authority;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::idle::Idle;
use super::process::{self, ProcessGroup};
use crate::erased;

/// How long `ssh` may take to leave by itself once the exchange is over.
const PARTING: Duration = Duration::from_secs(1);

/// How long the other machine may take to accept the connection, in seconds, as in the Docker CLI.
const CONNECT_TIMEOUT: &str = "ConnectTimeout=30";

/// The most of its complaints that is read, in bytes.
const LONGEST_COMPLAINT: u64 = 16 << 10;

/// `ssh`, or what it started on the other machine, ended with this complaint.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Complaint(pub(super) String);

fn command(authority: &Authority) -> Command {
    let mut ssh = Command::new("ssh");
    ssh.args(["-T", "-o", "BatchMode=yes", "-o", CONNECT_TIMEOUT]);
    if let Some((user, _)) = authority.as_str().rsplit_once('@') {
        ssh.args(["-l", user]);
    }
    if let Some(port) = authority.port() {
        ssh.args(["-p", port.as_str()]);
    }
    let host = authority.host();
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    // What follows `--` is no option, whatever it begins with.
    ssh.args(["--", address.unwrap_or(host)]);
    ssh.args(["docker", "system", "dial-stdio"]);
    ssh
}

/// Sends a request through a new `ssh`, which is kept a moment for those that only read.
pub(super) async fn exchange(
    authority: &Authority,
    request: BollardRequest,
    idle: &Idle,
) -> Result<Response<Incoming>, Error> {
    through(command(authority), request, idle).await
}

async fn through(
    mut command: Command,
    request: BollardRequest,
    idle: &Idle,
) -> Result<Response<Incoming>, Error> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let spawned = process::spawn(command);
    let (mut ssh, group) = spawned.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => complaint("there is no `ssh` program on the `PATH`"),
        _ => Error::from(error),
    })?;
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (ssh.stdin.take(), ssh.stdout.take(), ssh.stderr.take())
    else {
        return Err(complaint("`ssh` has no pipes"));
    };
    let complaints = tokio::spawn(read(stderr));
    let (open, closed) = oneshot::channel();
    let pipes = Pipes {
        stdout,
        stdin: Some(stdin),
        _open: open,
    };
    let (mut sender, connection) = http1::handshake(erased::connection(pipes)).await?;
    let ended = tokio::spawn(async move {
        // Its error reaches whoever sent the request as well.
        let _ = connection.with_upgrades().await;
        // What was upgraded goes on without the connection.
        let _ = closed.await;
        part(ssh, group).await
    });
    match sender.send_request(request).await {
        Ok(response) => {
            idle.keep(sender);
            Ok(response)
        }
        Err(error) => {
            drop(sender);
            let failed = ended
                .await
                .ok()
                .flatten()
                .is_some_and(|status| !status.success());
            let said = complaints.await.unwrap_or_default();
            match said.lines().map(str::trim).rfind(|line| !line.is_empty()) {
                Some(last) if failed => Err(complaint(last.trim_end_matches('.'))),
                _ => Err(error.into()),
            }
        }
    }
}

/// The two ends of `ssh` as one stream, whose writing half can be closed by itself.
struct Pipes {
    stdout: ChildStdout,
    stdin: Option<ChildStdin>,
    /// Dropped with the stream.
    _open: oneshot::Sender<()>,
}

impl AsyncRead for Pipes {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdout).poll_read(context, buffer)
    }
}

impl AsyncWrite for Pipes {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.stdin {
            Some(stdin) => Pin::new(stdin).poll_write(context, bytes),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stdin {
            Some(stdin) => Pin::new(stdin).poll_flush(context),
            None => Poll::Ready(Ok(())),
        }
    }

    /// A pipe ends when it is dropped, and not before.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.as_mut().poll_flush(context);
        if flushed.is_ready() {
            self.stdin = None;
        }
        flushed
    }
}

/// Waits for `ssh`, whose input is closed, and ends it where it does not leave: what a dropped stream
/// was about may go on for ever.
async fn part(mut ssh: Child, group: ProcessGroup) -> Option<ExitStatus> {
    match timeout(PARTING, ssh.wait()).await {
        Ok(status) => {
            group.ended();
            status.ok()
        }
        Err(_) => {
            drop(group);
            let _ = ssh.kill().await;
            None
        }
    }
}

async fn read(complaints: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    // What was read before a failure is as good as the rest.
    let _ = complaints
        .take(LONGEST_COMPLAINT)
        .read_to_end(&mut bytes)
        .await;
    String::from_utf8_lossy(&bytes).into_owned()
}

fn complaint(text: &str) -> Error {
    io::Error::other(Complaint(text.to_owned())).into()
}

/// How to mend what `ssh` complained of.
pub(super) fn remedy(complaint: &str, url: &str) -> String {
    let says = |words: &str| complaint.contains(words);
    if says("no `ssh` program") {
        "install OpenSSH".to_owned()
    } else if says("Host key verification failed") {
        format!("see that `ssh {url}` knows the host: connect once by hand and compare its key")
    } else if says("Permission denied (") {
        format!(
            "`ssh {url}` must not have to ask: give your key to the host with `ssh-copy-id`, or load it with `ssh-add`"
        )
    } else if says("command not found") || says("docker: not found") {
        "install the Docker CLI there, on the `PATH` of commands that `ssh` runs".to_owned()
    } else if says("raw stream connection") || says("Is the docker daemon running") {
        "start Docker there".to_owned()
    } else {
        format!("check that `ssh {url} docker version` works without being asked anything")
    }
}

#[cfg(test)]
mod tests {
    use hyper_util::rt::TokioIo;

    use super::*;

    fn arguments(authority: &str) -> Vec<String> {
        let command = command(&authority.parse().unwrap());
        let arguments = command.as_std().get_args();
        arguments
            .map(|argument| argument.to_string_lossy().into_owned())
            .collect()
    }

    /// Without a batch, `ssh` would ask on the terminal of whoever started the client.
    #[test]
    fn user_and_port_are_told_from_the_host_and_nobody_is_asked() {
        let options = ["-T", "-o", "BatchMode=yes", "-o", CONNECT_TIMEOUT];
        let far = ["docker", "system", "dial-stdio"];
        for (authority, expected) in [
            ("far", &["--", "far"][..]),
            ("me@far:2222", &["-l", "me", "-p", "2222", "--", "far"]),
            ("[::1]:22", &["-p", "22", "--", "::1"]),
        ] {
            assert_eq!(arguments(authority), [&options, expected, &far].concat());
        }
    }

    /// As an option it would be run: `ProxyCommand` is a command.
    #[test]
    fn a_host_that_begins_with_a_dash_is_no_option() {
        let arguments = arguments("-oProxyCommand=id");
        let end = arguments.iter().position(|argument| argument == "--");
        let host = arguments
            .iter()
            .position(|argument| argument.contains("ProxyCommand"));
        assert!(end.is_some() && end < host, "{arguments:?}");
    }

    /// To log in takes longer than most replies.
    #[cfg(unix)]
    #[tokio::test]
    async fn what_reads_next_takes_the_ssh_that_is_there() {
        use http_body_util::BodyExt as _;

        let far = "while :; do
            while read -r line; do [ ${#line} -gt 1 ] || break; done
            printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%d' ${#$} $$
        done";
        let mut command = Command::new("sh");
        command.args(["-c", far]);
        let reading = || {
            let request = http::Request::get("/version");
            request
                .body(bollard::body_full(bytes::Bytes::new()))
                .unwrap()
        };
        let process = async |response: Response<Incoming>| {
            let body = response.into_body().collect().await;
            String::from_utf8(body.unwrap().to_bytes().to_vec()).unwrap()
        };
        let idle = Idle::default();
        let first = through(command, reading(), &idle).await.unwrap();
        let first = process(first).await;
        // It is kept once the reply was read, which a task of its own sees.
        let next = timeout(PARTING, async {
            loop {
                match idle.send(reading()).await {
                    Ok(response) => break response,
                    Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
                }
            }
        });
        let next = next.await.expect("the ssh is kept");
        assert_eq!(process(next).await, first);
    }

    /// A connection that was given away outlives the exchange, and each half of it ends by itself.
    #[cfg(unix)]
    #[tokio::test]
    async fn a_connection_that_was_upgraded_is_carried_until_both_ends_are_done() {
        use tokio::io::AsyncWriteExt as _;

        let far = "while read -r line; do [ ${#line} -gt 1 ] || break; done
            printf 'HTTP/1.1 101 UPGRADED\\r\\nConnection: Upgrade\\r\\nUpgrade: tcp\\r\\n\\r\\n'
            cat; printf end";
        let mut command = Command::new("sh");
        command.args(["-c", far]);
        let request = http::Request::post("/exec/1/start")
            .header("connection", "Upgrade")
            .header("upgrade", "tcp")
            .body(bollard::body_full(bytes::Bytes::new()));
        let idle = Idle::default();
        let sent = through(command, request.unwrap(), &idle).await;
        let mut response = sent.unwrap();
        assert_eq!(response.status(), 101);
        let upgraded = hyper::upgrade::on(&mut response).await.unwrap();
        let mut stream = TokioIo::new(upgraded);
        tokio::time::sleep(PARTING + Duration::from_millis(300)).await;
        stream.write_all(b"said late").await.unwrap();
        stream.shutdown().await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "said lateend");
    }
}
