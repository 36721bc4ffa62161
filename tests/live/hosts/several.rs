//! Three ways to two Engines of different versions: a socket to that of the tests, TLS to another, and SSH to the
//! first; beside one that hangs and one that is not there.

mod changes;
mod looks;
mod news;
mod projects;
mod same;

use rmcp::model::{ReadResourceRequestParams, ResourceContents};

use super::ssh::Sshd;
use super::{Instant, Session, Setting, TempDir, Value, free_port, fs, json, session};
use crate::authority::{Authority, Folder, For};
use crate::daemon::Daemon;
use crate::docker::{self, Container, WAIT, docker, not_run, unique};

/// The Engines, and a configuration file that names them: `here`, `tls` and `ssh`.
struct Several {
    /// The one behind TLS.
    daemon: Daemon,
    sshd: Sshd,
    folder: TempDir,
    _certificates: [Folder; 2],
    /// It takes connections and says nothing.
    _silent: std::net::TcpListener,
}

impl Several {
    /// Starts what is not there yet. The configuration begins with these settings and ends with these hosts, in
    /// which `TLS` stands for the way to the second Engine.
    fn start(settings: &str, hosts: &str) -> Option<Self> {
        if !docker::wanted() {
            return None;
        }
        let authority = Authority::new("several");
        let port = free_port();
        let certificates = [
            authority.folder(For::Loopback),
            authority.folder(For::Client),
        ];
        let flags = super::tls::flags(&certificates[0], port);
        let flags = flags.each_ref().map(String::as_str);
        let daemon = match Daemon::of_another_version(&flags) {
            Ok(daemon) => daemon,
            Err(why) => {
                not_run(&format!("several Engines: {why}"));
                return None;
            }
        };
        let sshd = Sshd::start();
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let here = std::env::var("DOCKER_HOST").unwrap_or("unix:///var/run/docker.sock".to_owned());
        let tls = format!(
            "address = \"tcp://127.0.0.1:{port}\"\ncert_path = {:?}\n",
            certificates[1].path()
        );
        let text = format!(
            "{settings}\n[hosts.here]\naddress = {here:?}\ndefault = true\n[hosts.tls]\n{tls}\
             [hosts.ssh]\naddress = {:?}\ntier = \"safe\"\n{}",
            sshd.url,
            hosts
                .replace("TLS", &tls)
                .replace("SILENT", &silent.local_addr().unwrap().to_string()),
        );
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.toml"), text).unwrap();
        Some(Self {
            daemon,
            sshd,
            folder,
            _certificates: certificates,
            _silent: silent,
        })
    }

    fn file(&self) -> String {
        self.folder.path().join("config.toml").display().to_string()
    }

    /// A session whose server has that file and these settings.
    async fn session(&self, more: &[Setting<'_>]) -> Session {
        let file = self.file();
        let settings = [
            ("MCP_DOCKER_CONFIG", file.as_str()),
            ("PATH", &self.sshd.path),
        ];
        session(&[&settings, more].concat()).await
    }

    /// Asks an Engine directly: what is behind `ssh` is `here`.
    fn docker(&self, host: &str, args: &[&str]) -> String {
        match host {
            "tls" => self.daemon.docker(args),
            _ => docker(args),
        }
    }

    /// The same, or what it complains of.
    fn run(&self, host: &str, args: &[&str]) -> Result<String, String> {
        match host {
            "tls" => self.daemon.run(args),
            _ => docker::run(args).map(|said| String::from_utf8(said).unwrap().trim().to_owned()),
        }
    }

    fn versions(&self) -> [String; 2] {
        let args = ["version", "--format", "{{.Server.Version}}"];
        ["here", "tls"].map(|host| self.docker(host, &args))
    }
}

/// Where the calls of a session are recorded: what it records, as lines.
struct Audit(tempfile::NamedTempFile);

impl Audit {
    fn new() -> Self {
        Self(tempfile::NamedTempFile::new().unwrap())
    }

    fn path(&self) -> String {
        self.0.path().display().to_string()
    }

    /// The lines since the last time.
    fn lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.0.path()).unwrap();
        fs::write(self.0.path(), "").unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// How long the one that hangs may take, in seconds.
const BEGINNING: &str = "\
DOCKER_TIMEOUT = 5
MCP_DOCKER_TOOLSETS = [\"default\", \"insight\"]
";

const ABSENT: &str = "\
[hosts.silent]
address = \"http://SILENT\"
[hosts.absent]
address = \"unix:///nonexistent/docker.sock\"
";

#[tokio::test(flavor = "multi_thread")]
async fn each_call_is_for_its_engine_and_one_that_hangs_is_in_nobodys_way() {
    let Some(several) = Several::start(BEGINNING, ABSENT) else {
        return;
    };
    let [here, tls] = several.versions();
    eprintln!("here is {here}, behind TLS {tls}");
    assert_ne!(here, tls, "one Engine is of another version");
    let session = several.session(&[]).await;
    for (host, version) in [("here", &here), ("tls", &tls), ("ssh", &here)] {
        let said = session.ok("docker_version", json!({ "host": host })).await;
        assert_eq!(said["version"]["Version"], **version, "{host}");
    }
    let container = Container::running("several", &format!("echo here; {WAIT}"));
    container.has_logged("here");
    of_all(&session, &container.name).await;
    let volume = unique("several");
    let given = |host: &str| json!({ "volume_name": volume, "host": host });
    session
        .ok(
            "docker_create_volume",
            json!({ "name": volume, "host": "tls" }),
        )
        .await;
    session.fails("docker_inspect_volume", given("here")).await;
    several.docker("tls", &["volume", "inspect", &volume]);
    session.close().await;
}

fn names_on(result: &Value, host: &str) -> Vec<String> {
    let items = result["containers"].as_array().unwrap().iter();
    let here = items.filter(|item| item["host"] == host);
    here.map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn of_all(session: &Session, name: &str) {
    let begun = Instant::now();
    let all = session.ok(
        "docker_list_containers",
        json!({ "host": "*", "limit": 1000 }),
    );
    let meanwhile = async {
        let list = session
            .ok("docker_list_containers", json!({ "host": "tls" }))
            .await;
        (list, begun.elapsed())
    };
    let (result, (_, other)) = tokio::join!(all, meanwhile);
    let all = begun.elapsed();
    eprintln!("all hosts: {all:?}; another host meanwhile: {other:?}");
    assert!(other < all, "the other call waited for the one that hangs");
    for (host, expected) in [("here", true), ("ssh", true), ("tls", false)] {
        assert_eq!(
            names_on(&result, host).iter().any(|it| it == name),
            expected,
            "{host}"
        );
    }
    let failed = result["failed"].as_array().unwrap().iter();
    let mut failed: Vec<_> = failed
        .map(|it| format!("{} {}", it["host"], it["kind"]))
        .collect();
    failed.sort();
    assert_eq!(
        failed,
        ["\"absent\" \"unreachable\"", "\"silent\" \"timeout\""]
    );

    let begun = Instant::now();
    let resources = session.client.list_all_resources().await.unwrap();
    eprintln!("resources of all hosts: {:?}", begun.elapsed());
    let logs = |host: &str| format!("container://logs/{name}?host={host}");
    for (host, expected) in [("here", true), ("ssh", true), ("tls", false)] {
        let listed = resources.iter().any(|it| it.uri == logs(host));
        assert_eq!(listed, expected, "{host}");
    }
    for host in ["here", "ssh"] {
        let read = ReadResourceRequestParams::new(logs(host));
        let contents = session
            .client
            .read_resource(read)
            .await
            .unwrap()
            .contents
            .remove(0);
        let ResourceContents::TextResourceContents { text, .. } = contents else {
            panic!("{contents:?}")
        };
        assert_eq!(text, "here");
    }
}
