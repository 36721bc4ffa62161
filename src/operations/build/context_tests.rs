//! What of a folder goes into a build, and what becomes of links and odd files.

#[cfg(unix)]
use std::collections::BTreeMap;
use std::fs;

use futures_util::TryStreamExt;

use super::*;

#[cfg(unix)]
#[path = "context_attacks.rs"]
mod attacks;

/// A directory with these files; a name that ends in `/` is a directory.
fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if name.ends_with('/') {
            fs::create_dir_all(&path).unwrap();
        } else {
            fs::write(path, text).unwrap();
        }
    }
    directory
}

fn open(directory: &tempfile::TempDir, dockerfile: &str) -> Result<BuildContext, String> {
    opened(directory.path(), dockerfile)
}

fn opened(path: &Path, dockerfile: &str) -> Result<BuildContext, String> {
    let path = fs::canonicalize(path).unwrap();
    BuildContext::open(&path, dockerfile).map_err(|error| error.0)
}

async fn packed(context: BuildContext) -> Vec<u8> {
    let pieces: Vec<Bytes> = context.archive().pieces.try_collect().await.unwrap();
    pieces.concat()
}

fn names(archive: &[u8]) -> Vec<String> {
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries().unwrap();
    entries
        .map(|entry| entry.unwrap().path().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_context_is_packed_in_order_without_what_is_ignored() {
    let directory = directory(&[
        ("Dockerfile", "FROM scratch"),
        (".dockerignore", "*\n!b\nb/secret\n"),
        ("b/z", "z"),
        ("b/a/x", "x"),
        ("b/secret", "s"),
        ("c/", ""),
    ]);
    let archive = packed(open(&directory, "Dockerfile").unwrap()).await;
    assert_eq!(
        names(&archive),
        [".dockerignore", "Dockerfile", "b", "b/a", "b/a/x", "b/z"]
    );
    assert_eq!(
        archive,
        packed(open(&directory, "Dockerfile").unwrap()).await
    );
}

#[cfg(unix)]
#[tokio::test]
async fn links_stay_links_and_modes_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let directory = directory(&[("Dockerfile", ""), ("run", "#!/bin/sh")]);
    let at = |name| directory.path().join(name);
    fs::set_permissions(at("run"), PermissionsExt::from_mode(0o750)).unwrap();
    symlink("/etc/passwd", at("out")).unwrap();
    symlink("nowhere", at("broken")).unwrap();
    let archive = packed(open(&directory, "Dockerfile").unwrap()).await;

    let mut archive = tar::Archive::new(archive.as_slice());
    let mut seen = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let entry = entry.unwrap();
        let (header, link) = (entry.header(), entry.link_name().unwrap());
        assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
        seen.insert(
            entry.path().unwrap().to_str().unwrap().to_owned(),
            (
                header.mode().unwrap() & 0o777,
                link.map(|link| link.to_str().unwrap().to_owned()),
            ),
        );
    }
    assert_eq!(seen["run"], (0o750, None));
    assert_eq!(seen["out"].1.as_deref(), Some("/etc/passwd"));
    assert_eq!(seen["broken"].1.as_deref(), Some("nowhere"));
}

#[tokio::test]
async fn an_archive_longer_than_what_may_wait_is_whole() {
    let text = "x".repeat(3 * PIECE * WAITING);
    let directory = directory(&[
        ("Dockerfile", ""),
        (&"long/".repeat(60), ""),
        ("big", &text),
    ]);
    let archive = packed(open(&directory, "Dockerfile").unwrap()).await;
    let mut entries = tar::Archive::new(archive.as_slice());
    let big = entries
        .entries()
        .unwrap()
        .map(Result::unwrap)
        .find(|entry| entry.path().unwrap() == Path::new("big"));
    let mut content = String::new();
    big.unwrap().read_to_string(&mut content).unwrap();
    assert!(content == text);
    assert!(names(&archive).contains(&"long/".repeat(60).trim_end_matches('/').to_owned()));
}

#[test]
fn what_cannot_be_a_context_is_refused() {
    let directory = directory(&[("Dockerfile", ""), ("in/Dockerfile", "")]);
    let path = directory.path().to_str().unwrap();
    // On Windows it has a drive, and without one a path is relative.
    let root = directory.path().ancestors().last().unwrap();
    let root = root.to_str().unwrap();
    let absent = format!("{root}no/such/directory");
    for (path, part) in [
        ("relative", "absolute"),
        (".", "absolute"),
        (root, "root"),
        (&absent, "no/such/directory` cannot be used"),
        (&format!("{path}/Dockerfile"), "no directory"),
    ] {
        let error = BuildContext::open(path.as_ref(), "Dockerfile")
            .unwrap_err()
            .0;
        assert!(error.contains(part), "{error}");
    }
    let inside = directory.path().join("in");
    for dockerfile in ["../Dockerfile", "/etc/passwd", "none", "", "."] {
        let error = opened(&inside, dockerfile).unwrap_err();
        assert!(error.contains("`dockerfile`"), "{error}");
    }
    assert_eq!(
        open(&directory, "./in/../in/Dockerfile")
            .unwrap()
            .dockerfile,
        "in/Dockerfile"
    );
    fs::write(directory.path().join(".dockerignore"), "[").unwrap();
    assert!(
        open(&directory, "Dockerfile")
            .unwrap_err()
            .contains("line 1")
    );
}

#[cfg(unix)]
#[test]
fn a_dockerfile_that_is_a_link_out_is_refused() {
    let directory = directory(&[("in/", ""), ("Dockerfile", "")]);
    let inside = directory.path().join("in");
    std::os::unix::fs::symlink("../Dockerfile", inside.join("Dockerfile")).unwrap();
    let error = opened(&inside, "Dockerfile").unwrap_err();
    assert!(error.contains("outside"), "{error}");
}

#[tokio::test]
async fn a_context_that_cannot_be_read_is_no_shorter_archive() {
    let directory = directory(&[("Dockerfile", ""), (&"deep/".repeat(DEEPEST + 1), "")]);
    let context = open(&directory, "Dockerfile").unwrap();
    let Archive { pieces, problem } = context.archive();
    assert!(pieces.try_collect::<Vec<Bytes>>().await.is_err());
    assert!(problem.get().unwrap().contains("cannot be read"));
}

#[cfg(unix)]
fn pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

#[cfg(unix)]
#[tokio::test]
async fn pipes_are_left_out_and_never_read() {
    let directory = directory(&[("Dockerfile", "")]);
    pipe(&directory.path().join("pipe"));
    assert!(open(&directory, "pipe").unwrap_err().contains("no file"));
    let archive = packed(open(&directory, "Dockerfile").unwrap()).await;
    assert_eq!(names(&archive), ["Dockerfile"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_dockerignore_is_a_regular_file_within_the_context() {
    use std::os::unix::fs::symlink;
    let directory = directory(&[
        ("in/Dockerfile", ""),
        ("in/rules", "left-out\n"),
        ("in/left-out", ""),
        ("secret", "[secret\n"),
    ]);
    let at = |name| directory.path().join(name);
    let ignore = at("in/.dockerignore");
    let put = |make: &dyn Fn()| {
        let _ = fs::remove_file(&ignore);
        make();
        opened(&at("in"), "Dockerfile")
    };

    let context = put(&|| symlink("rules", &ignore).unwrap()).unwrap();
    assert_eq!(
        names(&packed(context).await),
        [".dockerignore", "Dockerfile", "rules"]
    );
    for target in ["../secret", "/dev/zero", "/etc/passwd"] {
        let error = put(&|| symlink(target, &ignore).unwrap()).unwrap_err();
        assert!(error.contains("leads out"), "{error}");
    }
    let error = put(&|| pipe(&ignore)).unwrap_err();
    assert!(error.contains("no regular file"), "{error}");
    let longest = "#".repeat(LONGEST_IGNORE as usize);
    assert!(put(&|| fs::write(&ignore, &longest).unwrap()).is_ok());
    let error = put(&|| fs::write(&ignore, format!("{longest}#")).unwrap()).unwrap_err();
    assert!(error.contains("1 MB"), "{error}");
}

/// A time that takes more than the digits of its field makes an archive that no Engine reads.
#[cfg(unix)]
#[tokio::test]
async fn a_time_that_an_archive_cannot_hold_becomes_zero() {
    use std::os::unix::fs::symlink;
    use std::time::Duration;
    let times = [
        ("a", UNIX_EPOCH - Duration::from_secs(86_400)),
        ("b", UNIX_EPOCH - Duration::from_millis(1)),
        ("c", UNIX_EPOCH + Duration::from_millis(1_700_000_000_999)),
        ("d", UNIX_EPOCH + Duration::from_secs(LATEST)),
        ("e", UNIX_EPOCH + Duration::from_secs(LATEST + 1)),
        ("old", UNIX_EPOCH - Duration::from_secs(315_360_000)),
    ];
    let directory = directory(&[
        ("Dockerfile", "FROM scratch"),
        ("old/file", "x"),
        ("a", "a"),
        ("b", "b"),
        ("c", "c"),
        ("d", "d"),
        ("e", "e"),
    ]);
    symlink("a", directory.path().join("link")).unwrap();
    let mut held = BTreeMap::new();
    for (name, time) in times {
        let file = fs::File::open(directory.path().join(name)).unwrap();
        file.set_modified(time).unwrap();
        let time = file.metadata().unwrap().modified().unwrap();
        // Some file systems hold no such times themselves.
        let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |at| at.as_secs());
        held.insert(name, Some(seconds).filter(|it| *it <= LATEST).unwrap_or(0));
    }
    let archive = packed(open(&directory, "Dockerfile").unwrap()).await;
    assert_eq!(
        names(&archive),
        [
            "Dockerfile",
            "a",
            "b",
            "c",
            "d",
            "e",
            "link",
            "old",
            "old/file"
        ]
    );
    let mut archive = tar::Archive::new(archive.as_slice());
    for entry in archive.entries().unwrap() {
        let entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        if let Some(seconds) = held.get(name.as_str()) {
            assert_eq!(entry.header().mtime().unwrap(), *seconds, "{name}");
        }
        // Octal digits, not the form of other programs for larger numbers.
        assert!(entry.header().as_old().mtime[0] < 0x80, "{name}");
    }
    assert_eq!((held["a"], held["old"]), (0, 0));
}
