#[cfg(unix)]
use std::collections::BTreeMap;
use std::fs;

use futures_util::TryStreamExt;

use super::*;

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

/// Takes pieces until the archive is past its first file, and lets something happen then.
#[cfg(unix)]
async fn packed_while(context: BuildContext, change: impl FnOnce()) -> io::Result<Vec<u8>> {
    let mut pieces = context.archive().pieces;
    let mut archive = pieces.try_next().await?.unwrap().to_vec();
    change();
    while let Some(piece) = pieces.try_next().await? {
        archive.extend(piece);
    }
    Ok(archive)
}

/// A context with a large file, so that packing waits in its midst, and a secret beside it.
#[cfg(unix)]
fn attacked() -> tempfile::TempDir {
    let big = "x".repeat(3 * PIECE * WAITING);
    directory(&[
        ("in/Dockerfile", ""),
        ("in/d/0big", &big),
        ("in/d/shadow", "mine"),
        ("in/d/e/shadow", "mine"),
        ("out/shadow", "secret"),
        ("out/e/shadow", "secret"),
    ])
}

#[cfg(unix)]
fn holds(archive: &[u8], text: &str) -> bool {
    archive
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

#[cfg(unix)]
#[tokio::test]
async fn a_directory_that_gives_way_to_a_link_while_it_is_packed_is_not_left() {
    for swapped in ["in", "in/d"] {
        let directory = attacked();
        let at = |name| directory.path().join(name);
        let context = opened(&at("in"), "Dockerfile").unwrap();
        let archive = packed_while(context, || {
            fs::rename(at(swapped), at("away")).unwrap();
            std::os::unix::fs::symlink(at("out"), at(swapped)).unwrap();
        });
        let archive = archive.await.unwrap();
        assert!(!holds(&archive, "secret") && holds(&archive, "mine"));
        assert_eq!(
            names(&archive),
            ["Dockerfile", "d", "d/0big", "d/e", "d/e/shadow", "d/shadow"]
        );
    }
}

/// The Dockerfile was judged when the context was opened.
#[cfg(unix)]
#[tokio::test]
async fn a_dockerfile_that_gives_way_to_another_is_sent_as_it_was_read() {
    let big = "x".repeat(3 * PIECE * WAITING);
    let attacked = || {
        directory(&[
            ("0/big", &big),
            ("d/Dockerfile", "mine"),
            ("e/Dockerfile", "secret"),
            ("f", "secret"),
        ])
    };
    let first = attacked();
    let at = |name| first.path().join(name);
    let context = open(&first, "d/Dockerfile").unwrap();
    let archive = packed_while(context, || {
        fs::remove_file(at("d/Dockerfile")).unwrap();
        std::os::unix::fs::symlink("../f", at("d/Dockerfile")).unwrap();
    });
    let archive = archive.await.unwrap();
    let mut entries = tar::Archive::new(&*archive);
    let sent = entries.entries().unwrap().map(Result::unwrap);
    let mut sent = sent
        .into_iter()
        .find(|entry| entry.path().unwrap().to_str() == Some("d/Dockerfile"))
        .unwrap();
    let mut text = String::new();
    sent.read_to_string(&mut text).unwrap();
    assert_eq!(text, "mine");

    // A link on the way would lead the Engine to another one.
    let second = attacked();
    let at = |name| second.path().join(name);
    let context = open(&second, "d/Dockerfile").unwrap();
    let archive = packed_while(context, || {
        fs::rename(at("d"), at("away")).unwrap();
        std::os::unix::fs::symlink("e", at("d")).unwrap();
    });
    assert!(archive.await.is_err());
}

#[cfg(unix)]
#[test]
fn a_path_with_a_link_in_it_is_not_opened() {
    let directory = attacked();
    let root = fs::canonicalize(directory.path()).unwrap();
    std::os::unix::fs::symlink("in", root.join("link")).unwrap();
    assert!(BuildContext::open(&root.join("in/d"), "shadow").is_ok());
    for path in ["link", "link/d"] {
        assert!(BuildContext::open(&root.join(path), "shadow").is_err());
    }
}

/// The entry was looked at before it gave way to another.
#[cfg(unix)]
#[test]
fn no_entry_is_opened_through_a_link_and_no_pipe_is_waited_for() {
    let directory = attacked();
    let root = open_without_links(&fs::canonicalize(directory.path()).unwrap()).unwrap();
    std::os::unix::fs::symlink("out/shadow", directory.path().join("file")).unwrap();
    pipe(&directory.path().join("pipe"));
    for name in ["file", "pipe", "in"] {
        assert!(open_file(&root, name.as_ref(), FollowSymlinks::No).is_err());
    }
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
