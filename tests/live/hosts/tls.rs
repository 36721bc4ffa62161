//! `https://` and `tcp://` with TLS, to a dockerd that verifies its clients.

use super::{Setting, doctor, fails, free_port, reaches};
use crate::authority::{Authority, Folder, For};
use crate::daemon::Daemon;
use crate::docker::{self, not_run};
use crate::session::says;

const VERIFY: Setting<'static> = ("DOCKER_TLS_VERIFY", "1");

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_behind_tls_is_reached_with_the_right_certificates_only() {
    if !docker::wanted() {
        return;
    }
    let authority = Authority::new("right");
    let server = authority.folder(For::Loopback);
    let port = free_port();
    let daemon = match Daemon::start(&flags(&server, port).each_ref().map(String::as_str)) {
        Ok(daemon) => daemon,
        Err(why) => return not_run(&format!("TLS to a dockerd: {why}")),
    };
    let engine = Engine {
        tcp: format!("tcp://127.0.0.1:{port}"),
        https: format!("https://127.0.0.1:{port}"),
    };
    let right = authority.folder(For::Client);

    engine.accepts(&right).await;
    engine
        .says_which_certificate_is_wrong(&authority, &right)
        .await;
    engine.has_a_name(&right, port).await;
    super::context::with_certificates(&engine.tcp, &right).await;
    drop(daemon);
}

pub(super) fn flags(server: &Folder, port: u16) -> [String; 5] {
    let file = |flag: &str, name: &str| format!("--{flag}={}", server.file(name).display());
    [
        "--tlsverify".to_owned(),
        file("tlscacert", "ca.pem"),
        file("tlscert", "cert.pem"),
        file("tlskey", "key.pem"),
        format!("--host=tcp://127.0.0.1:{port}"),
    ]
}

struct Engine {
    tcp: String,
    https: String,
}

impl Engine {
    async fn accepts(&self, right: &Folder) {
        let path = right.path().to_str().unwrap();
        reaches(&[
            ("DOCKER_HOST", &self.tcp),
            VERIFY,
            ("DOCKER_CERT_PATH", path),
        ])
        .await;
        reaches(&[("DOCKER_HOST", &self.https), ("DOCKER_CERT_PATH", path)]).await;
        let check = doctor(
            &[("DOCKER_HOST", &self.https), ("DOCKER_CERT_PATH", path)],
            "tls",
        );
        assert_eq!(check["status"], "ok", "{check}");
        // As for the Docker CLI, the folder of its configuration is where they are looked for.
        reaches(&[("DOCKER_HOST", &self.tcp), VERIFY, ("DOCKER_CONFIG", path)]).await;
        let file = |name| right.file(name).to_str().unwrap().to_owned();
        reaches(&[
            ("DOCKER_BASE_URL", &self.tcp),
            ("DOCKER_TLS_CA_CERT", &file("ca.pem")),
            ("DOCKER_TLS_CLIENT_CERT", &file("cert.pem")),
            ("DOCKER_TLS_CLIENT_KEY", &file("key.pem")),
        ])
        .await;
    }

    async fn says_which_certificate_is_wrong(&self, authority: &Authority, right: &Folder) {
        let client = || authority.folder(For::Client);
        let stranger = Authority::new("stranger").folder(For::Client);
        let cases = [
            (
                client().with("ca.pem", &stranger),
                &[
                    "not signed by an authority known here",
                    "`DOCKER_TLS_CA_CERT`",
                ][..],
            ),
            (
                authority.folder(For::ClientOf2020),
                &["cert.pem", "has expired (2020-12-31", "replace it"],
            ),
            (
                client().without(&["key.pem"]),
                &[
                    "not its key (`DOCKER_TLS_CLIENT_KEY` or `key.pem`)",
                    "name that too",
                ],
            ),
            (
                client().with("key.pem", right),
                &[
                    "key.pem` does not belong to the client certificate",
                    "replace",
                ],
            ),
            (
                client()
                    .with("cert.pem", &stranger)
                    .with("key.pem", &stranger),
                &["does not accept the client certificate", "`--tlscacert`"],
            ),
        ];
        for (folder, said) in &cases {
            let path = ("DOCKER_CERT_PATH", folder.path().to_str().unwrap());
            let settings = [("DOCKER_HOST", self.https.as_str()), path];
            fails(&settings, said).await;
            let check = doctor(&settings, "tls");
            assert_eq!(check["status"], "mend", "{check}");
            says(&check.to_string(), &said[..1]);
        }
        let ca = right.file("ca.pem");
        let ca = ("DOCKER_TLS_CA_CERT", ca.to_str().unwrap());
        let wants = [
            "wants a client certificate and got none",
            "`DOCKER_TLS_CLIENT_CERT`",
        ];
        fails(&[("DOCKER_HOST", &self.https), ca], &wants).await;
        let cert = right.file("cert.pem");
        let cert = ("DOCKER_TLS_CLIENT_CERT", cert.to_str().unwrap());
        let said = ["a client certificate but not its key (`DOCKER_TLS_CLIENT_KEY`"];
        fails(&[("DOCKER_HOST", &self.https), ca, cert], &said).await;
        let plain = ["only TLS is spoken there", "`DOCKER_TLS_VERIFY=true`"];
        fails(&[("DOCKER_HOST", &self.tcp)], &plain).await;
    }

    async fn has_a_name(&self, right: &Folder, port: u16) {
        let path = ("DOCKER_CERT_PATH", right.path().to_str().unwrap());
        let other = format!("https://localhost:{port}");
        let said = ["not for this host, only for", "127.0.0.1"];
        fails(&[("DOCKER_HOST", &other), path], &said).await;
    }
}
