use std::collections::BTreeMap;

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
    BuildContext::open(directory.path().to_str().unwrap(), dockerfile).map_err(|error| error.0)
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
    for (path, part) in [
        ("relative", "absolute"),
        (".", "absolute"),
        ("/", "root"),
        ("/etc/..", "root"),
        ("/no/such/directory", "/no/such/directory"),
        (&format!("{path}/Dockerfile"), "no directory"),
    ] {
        let error = BuildContext::open(path, "Dockerfile").unwrap_err().0;
        assert!(error.contains(part), "{error}");
    }
    let inside = format!("{path}/in");
    for dockerfile in ["../Dockerfile", "/etc/passwd", "none", "", "."] {
        let error = BuildContext::open(&inside, dockerfile).unwrap_err().0;
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
    let error = BuildContext::open(inside.to_str().unwrap(), "Dockerfile")
        .unwrap_err()
        .0;
    assert!(error.contains("outside"), "{error}");
}

#[tokio::test]
async fn a_context_that_cannot_be_read_is_no_shorter_archive() {
    let directory = directory(&[("Dockerfile", "")]);
    let context = open(&directory, "Dockerfile").unwrap();
    drop(directory);
    let Archive { pieces, problem } = context.archive();
    assert!(pieces.try_collect::<Vec<Bytes>>().await.is_err());
    assert!(problem.get().unwrap().contains("cannot be read"));
}
