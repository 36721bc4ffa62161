//! Compose files, refused and allowed, as `tests/fixtures/compose` has them: each is judged before any
//! program is started, and nothing outside of the project is opened for it.

use std::collections::BTreeSet;
use std::fs;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use mcp_docker::compose::{Selection, Unfit, Walked, judge, walk};
use mcp_docker::engine::Engine;
use nix::sys::fanotify::{EventFFlags, Fanotify, InitFlags, MarkFlags, MaskFlags};
use rustix::fs::CWD;
use serde_json::{Value, json};

use super::engine;
use crate::support::workplace::workplace;

/// A case of the fixtures.
struct Case {
    title: String,
    expected: Vec<String>,
    /// Files with their texts, or links with where they lead.
    files: Vec<(String, Result<String, String>)>,
}

fn cases(name: &str) -> Vec<Case> {
    let path = format!("tests/fixtures/compose/{name}.txt");
    let mut cases: Vec<Case> = Vec::new();
    for line in fs::read_to_string(path).unwrap().lines() {
        if let Some(title) = line.strip_prefix("=== ") {
            cases.push(Case {
                title: format!("{name}: {title}"),
                expected: Vec::new(),
                files: Vec::new(),
            });
            continue;
        }
        let case = cases.last_mut().unwrap();
        if let Some(expected) = line.strip_prefix("=> ") {
            case.expected.push(expected.to_owned());
        } else if let Some(file) = line.strip_prefix("--- ") {
            case.files.push(match file.split_once(" -> ") {
                Some((link, target)) => (link.to_owned(), Err(target.to_owned())),
                None => (file.to_owned(), Ok(String::new())),
            });
        } else if let Some((_, Ok(text))) = case.files.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    // The empty line before the next case belongs to no file.
    for (_, text) in cases.iter_mut().flat_map(|case| &mut case.files) {
        if let Ok(text) = text {
            text.truncate(text.trim_end().len());
        }
    }
    cases
}

/// A project beside a directory that is none of it.
struct Places {
    whole: tempfile::TempDir,
}

impl Places {
    fn new() -> Self {
        let whole = workplace();
        let outside = whole.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("secret.env"), "A=1\n").unwrap();
        fs::write(outside.join("evil.yaml"), "services: {web: {image: a}}\n").unwrap();
        Self { whole }
    }

    fn project(&self) -> std::path::PathBuf {
        self.whole.path().join("shop")
    }

    fn filled_in(&self, text: &str) -> String {
        let path = |name: &str| self.whole.path().join(name).to_str().unwrap().to_owned();
        text.replace("{outside}", &path("outside"))
            .replace("{project}", &path("shop"))
    }

    fn lay(&self, files: &[(String, Result<String, String>)]) {
        let _ = fs::remove_dir_all(self.project());
        fs::create_dir(self.project()).unwrap();
        for (name, text) in files {
            let path = self.project().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            match text {
                Ok(text) => fs::write(path, self.filled_in(text)).unwrap(),
                Err(target) => std::os::unix::fs::symlink(self.filled_in(target), path).unwrap(),
            }
        }
    }
}

async fn walked(engine: &Engine, project: &Path) -> Result<Walked, Unfit> {
    let selection = Selection {
        project_directory: project.to_str().unwrap().to_owned(),
        ..Selection::default()
    };
    walk(engine, &selection).await
}

fn findings<T>(of: Result<T, Unfit>) -> Vec<String> {
    match of {
        Ok(_) => Vec::new(),
        Err(Unfit::Files(findings)) => findings.iter().map(ToString::to_string).collect(),
        Err(Unfit::Engine(error)) => vec![format!("of the Engine: {error}")],
    }
}

/// Every finding is one of those expected, and every one of these is found.
fn compare(case: &Case, expected: &[String], found: &[String]) -> Vec<String> {
    let holds = |found: &String, expected: &String| found.contains(expected.as_str());
    let missing = expected
        .iter()
        .filter(|expected| !found.iter().any(|found| holds(found, expected)))
        .map(|expected| format!("{}: not found: {expected}", case.title));
    let surplus = found
        .iter()
        .filter(|found| !expected.iter().any(|expected| holds(found, expected)))
        .map(|found| format!("{}: not expected: {found}", case.title));
    missing.chain(surplus).collect()
}

#[tokio::test]
async fn each_file_is_allowed_or_refused_with_its_reason_and_place() {
    const ALONE: &str = "MCP_DOCKER_TEST_ALONE";
    // Other tests of the same process open files, too.
    if std::env::var_os(ALONE).is_none() {
        let name = "policy::compose::each_file_is_allowed_or_refused_with_its_reason_and_place";
        let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
        alone.args(["--exact", name, "--nocapture"]).env(ALONE, "1");
        let output = alone.output().unwrap();
        let (told, wrong) = (output.stdout, output.stderr);
        let said = String::from_utf8_lossy(&[told, wrong].concat()).into_owned();
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
        return;
    }
    let held = json!([{"Type": "bind", "Source": "/etc", "Destination": "/x", "RW": true}]);
    let held = json!({"Id": "1", "HostConfig": {}, "Mounts": held});
    let fake = engine()
        .on("GET /containers/held/json", held)
        .on("GET /containers/json", json!([]))
        .on("GET /volumes", json!({"Volumes": null}));
    let door = fake.door();
    let places = Places::new();
    let watch = Opened::on_the_file_system_of(places.whole.path());
    let outside = places.whole.path().join("outside/secret.env");
    fs::read(&outside).unwrap();
    assert!(watch.seen().contains(&outside), "an opening is not noticed");
    let mut wrong = Vec::new();
    let (mut held, mut opens) = (0, 0);
    for case in ["allowed", "yaml", "files", "host", "secrets"]
        .into_iter()
        .flat_map(cases)
    {
        places.lay(&case.files);
        let expected: Vec<_> = case
            .expected
            .iter()
            .map(|it| places.filled_in(it))
            .collect();
        watch.seen();
        let found = findings(walked(&door, &places.project()).await);
        let opened = watch.seen();
        wrong.extend(compare(&case, &expected, &found));
        let strange = opened
            .iter()
            .filter(|path| !path.starts_with(places.project()));
        wrong.extend(strange.map(|path| format!("{}: opened {}", case.title, path.display())));
        opens += opened.len();
        held += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(held >= 80, "only {held} cases");
    assert!(opens > held / 2, "only {opens} files were opened");
}

#[tokio::test]
async fn what_compose_made_of_the_files_is_judged_by_the_same_rules() {
    let fake = engine();
    let door = fake.door();
    let places = Places::new();
    let mut wrong = Vec::new();
    for case in cases("resolved") {
        let (_, model) = &case.files[0];
        let model: Value = serde_json::from_str(model.as_ref().unwrap()).unwrap();
        let plain = "name: shop\nservices: {web: {image: a}}\n".to_owned();
        places.lay(&[("compose.yaml".to_owned(), Ok(plain))]);
        let walked = walked(&door, &places.project()).await.unwrap();
        let found = findings(judge(&door, &walked, &model).await);
        wrong.extend(compare(&case, &case.expected, &found));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Notices which files this process opens or starts on the file system of a directory.
struct Opened(Fanotify);

impl Opened {
    /// # Panics
    /// Where this is not root's process: only root may watch a file system.
    fn on_the_file_system_of(directory: &Path) -> Self {
        let flags = InitFlags::FAN_CLASS_NOTIF
            | InitFlags::FAN_CLOEXEC
            | InitFlags::FAN_NONBLOCK
            | InitFlags::FAN_UNLIMITED_QUEUE;
        let group = Fanotify::init(flags, EventFFlags::O_RDONLY | EventFFlags::O_CLOEXEC).unwrap();
        let marks = MarkFlags::FAN_MARK_ADD | MarkFlags::FAN_MARK_FILESYSTEM;
        let events = MaskFlags::FAN_OPEN | MaskFlags::FAN_OPEN_EXEC;
        group.mark(marks, events, CWD, Some(directory)).unwrap();
        Self(group)
    }

    /// Those since it was last asked, by their paths.
    fn seen(&self) -> BTreeSet<PathBuf> {
        let own = i32::try_from(std::process::id()).unwrap();
        let mut seen = BTreeSet::new();
        while let Ok(events) = self.0.read_events() {
            for event in events.iter().filter(|event| event.pid() == own) {
                let file = event.fd().unwrap().as_raw_fd();
                seen.insert(fs::read_link(format!("/proc/self/fd/{file}")).unwrap());
            }
        }
        seen
    }
}
