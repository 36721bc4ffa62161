//! `docker_build_image`: what is sent, compared with Docker's own client, and what comes of it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::docker::{docker, image, run, unique};
use crate::session::{Session, says};

const TOOL: &str = "docker_build_image";

/// A directory with these files.
fn context(files: &[(&str, &str)]) -> TempDir {
    let directory = crate::workplace::workplace();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

/// An image's name that is free again when the test ends.
struct Tag(String);

impl Tag {
    fn new(what: &str) -> Self {
        Self(format!("{}:1", unique(what)))
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        let _ = run(&["rmi", "-f", &self.0]);
    }
}

/// Everything under `/context` of an image: kind, mode, name and target or content.
fn tree(image: &str) -> Vec<String> {
    let program = "cd /context && find . | sort | while read -r name; do \
        echo \"$(stat -c '%F %a %u %g' \"$name\") $name $(readlink \"$name\" || md5sum <\"$name\" 2>/dev/null)\"; done";
    let listed = docker(&["run", "--rm", image, "sh", "-c", program]);
    listed.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn an_image_is_built_with_every_setting() {
    let Some(session) = Session::start().await else {
        return;
    };
    let tag = Tag::new("built");
    let file = format!(
        "FROM {} AS first\nARG WHO\nRUN echo \"hello $WHO\" >/greeting\nFROM first\nRUN false\n",
        image()
    );
    let context = context(&[("docker/web.Dockerfile", &file)]);
    let arguments = json!({
        "path": context.path(), "dockerfile": "docker/web.Dockerfile", "tag": tag.0, "target": "first",
        "buildargs": {"WHO": "you"}, "labels": {"a.b": "c"}, "nocache": true,
    });
    let result = session.ok(TOOL, arguments).await;
    assert_eq!(result["tags"], json!([tag.0]));
    assert_eq!(
        result["image_id"],
        docker(&["image", "inspect", "-f", "{{.Id}}", &tag.0])
    );
    assert_eq!(result["truncated"], false);
    let log = result["logs"].to_string();
    says(&log, &["step 1/", "successfully built"]);
    assert_eq!(
        docker(&["run", "--rm", &tag.0, "cat", "/greeting"]),
        "hello you"
    );
    let labels = docker(&["image", "inspect", "-f", "{{json .Config.Labels}}", &tag.0]);
    assert_eq!(serde_json::from_str::<Value>(&labels).unwrap()["a.b"], "c");
}

/// The fixture has every kind of pattern; the witness is what Docker's own client sends.
#[tokio::test]
async fn a_dockerignore_means_what_it_means_to_docker() {
    let Some(session) = Session::start().await else {
        return;
    };
    let patterns = "# a comment\n  # not a comment\n\n*.log\n!keep.log\n**/node_modules\n/rooted\n./dotted/./x\n\
        up/../upped\n../outside\ntrailing/\n  spaced  \n[a-c]range\n[^x-z]not\nquestion?\na/**/deep\nonly/**\n\
        !only/this\n!only/sub/that\n**/*.tmp\n!**/kept.tmp\nesc\\*aped\n.\n..\nplus+(1)\n*/second\n!*/second/back\n\
        .dockerignore\nDockerfile\n**/.env\ntarget\n!target/keep.txt\n! exception/spaced\nexception\nlink\n**suffix\n";
    let file = format!("FROM {}\nCOPY . /context\n", image());
    let names = [
        "x.log",
        "keep.log",
        "sub/x.log",
        "node_modules/f",
        "a/node_modules/g/h",
        "rooted/f",
        "sub/rooted/f",
        "dotted/x",
        "dotted/y",
        "upped",
        "up/f",
        "outside",
        "trailing/f",
        "spaced",
        "arange",
        "drange",
        "sub/arange",
        "anot",
        "xnot",
        "question1",
        "question12",
        "a/deep",
        "a/b/deep/f",
        "a/b/c/deep",
        "deep",
        "only/this",
        "only/other",
        "only/sub/that",
        "only/sub/other",
        "x.tmp",
        "kept.tmp",
        "a/b/kept.tmp",
        "esc*aped",
        "escXaped",
        "plus+(1)",
        "plusplus1",
        "one/second/f",
        "one/second/back",
        "second",
        ".env",
        "a/.env",
        ".envrc",
        "target/keep.txt",
        "target/debug/x",
        "exception/spaced",
        "exception/f",
        "# a comment",
        "# not a comment",
        "asuffix",
        "a/bsuffix",
        "suffixb",
        "plain",
        "dir/plain",
        "ünïcödé",
        "link-target",
    ];
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (*name, *name)).collect();
    files.extend([("Dockerfile", file.as_str()), (".dockerignore", patterns)]);
    let context = context(&files);
    fs::create_dir(context.path().join("empty")).unwrap();
    symlink("link-target", context.path().join("link")).unwrap();
    symlink("/etc/passwd", context.path().join("outlink")).unwrap();
    symlink("nowhere", context.path().join("broken")).unwrap();

    let (ours, theirs) = (Tag::new("ours"), Tag::new("theirs"));
    let result = session
        .ok(
            TOOL,
            json!({"path": context.path(), "tag": ours.0, "nocache": true}),
        )
        .await;
    let built = Command::new("docker")
        .env("DOCKER_BUILDKIT", "0")
        .args(["build", "--no-cache", "-q", "-t", &theirs.0])
        .arg(context.path())
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let sent = tree(&ours.0);
    assert_eq!(sent, tree(&theirs.0), "{result}");
    assert!(sent.len() > 20, "{sent:?}");
    let line = |name: &str| sent.iter().find(|line| line.contains(name)).cloned();
    says(
        &line("./outlink").unwrap(),
        &["symbolic link", "/etc/passwd"],
    );
    assert_eq!(line("node_modules"), None);
}

#[tokio::test]
async fn a_failing_step_returns_its_log_and_leaves_no_container() {
    let Some(session) = Session::start().await else {
        return;
    };
    let label = unique("label");
    let file = format!(
        "FROM {}\nLABEL {label}=yes\nRUN echo so far so good; echo oh dear >&2; exit 3\n",
        image()
    );
    let context = context(&[("Dockerfile", &file)]);
    let text = session.fails(TOOL, json!({"path": context.path()})).await;
    says(
        &text,
        &[
            "building failed",
            "non-zero code: 3",
            "step 2/3",
            "so far so good",
            "oh dear",
        ],
    );
    let left = docker(&["ps", "-aq", "--filter", &format!("label={label}")]);
    // The layer before the one that failed.
    docker(&[
        "image",
        "prune",
        "-f",
        "--filter",
        &format!("label={label}"),
    ]);
    assert_eq!(left, "");
}

#[tokio::test]
async fn a_long_log_keeps_its_end() {
    let Some(session) = Session::start().await else {
        return;
    };
    let file = format!(
        "FROM {}\nRUN seq 1 100000\nRUN echo the end $HOME\n",
        image()
    );
    let context = context(&[("Dockerfile", &file)]);
    let result = session
        .ok(TOOL, json!({"path": context.path(), "nocache": true}))
        .await;
    assert_eq!(result["truncated"], true);
    assert!(result.to_string().len() <= 40_000);
    assert!(
        result["logs"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line == "99999")
    );
    says(&result["logs"].to_string(), &["the end"]);
    let _ = run(&["rmi", "-f", result["image_id"].as_str().unwrap()]);
}

#[tokio::test]
async fn what_cannot_be_built_is_refused() {
    let Some(session) = Session::start().await else {
        return;
    };
    let file = format!("FROM {}\nNONSENSE\n", image());
    let context = context(&[("in/Dockerfile", &file), ("Dockerfile", "")]);
    let at = |name: &str| context.path().join(name).to_str().unwrap().to_owned();
    let inside = at("in");
    symlink("../Dockerfile", Path::new(&inside).join("Link")).unwrap();
    for (arguments, words) in [
        (json!({"path": "/"}), &["path", "root"][..]),
        (json!({"path": "/etc/.."}), &["path", "root"]),
        (json!({"path": "here"}), &["path", "absolute"]),
        (json!({"path": at("absent")}), &["path", "absent"]),
        (json!({"path": at("Dockerfile")}), &["path", "no directory"]),
        (
            json!({"path": inside, "dockerfile": "../Dockerfile"}),
            &["dockerfile", "outside"],
        ),
        (
            json!({"path": inside, "dockerfile": "/etc/passwd"}),
            &["dockerfile", "outside"],
        ),
        (
            json!({"path": inside, "dockerfile": "Link"}),
            &["dockerfile", "outside"],
        ),
        (
            json!({"path": inside, "dockerfile": "absent"}),
            &["dockerfile", "no file"],
        ),
        (json!({"path": inside, "tag": "Web:1"}), &["tag", "capital"]),
        (json!({"path": inside, "tag": "web:a:b"}), &["tag"]),
        (json!({"path": inside}), &["NONSENSE"]),
        (json!({"path": at("")}), &["building failed", "empty"]),
        (
            json!({"path": inside, "buildargs": {"PASSWORD": ["hunter2"]}}),
            &["buildargs"],
        ),
    ] {
        let text = session.fails(TOOL, arguments).await;
        says(&text, words);
        assert!(!text.contains("hunter2"), "{text}");
    }
}

/// Engines read no archive with a time that takes more than the digits of its field.
#[tokio::test]
async fn files_of_before_1970_are_built() {
    let Some(session) = Session::start().await else {
        return;
    };
    let tag = Tag::new("old");
    let file = format!("FROM {}\nCOPY . /context\n", image());
    let context = context(&[("Dockerfile", &file), ("old/file", "content")]);
    for name in ["old/file", "old"] {
        let file = fs::File::open(context.path().join(name)).unwrap();
        let day = std::time::Duration::from_secs(86_400);
        file.set_modified(std::time::UNIX_EPOCH - day).unwrap();
    }
    let arguments = json!({"path": context.path(), "tag": tag.0});
    session.ok(TOOL, arguments).await;
    let program = "cat /context/old/file; stat -c ' %Y' /context/old/file";
    let content = docker(&["run", "--rm", &tag.0, "sh", "-c", program]);
    assert_eq!(content, "content 0");
}
