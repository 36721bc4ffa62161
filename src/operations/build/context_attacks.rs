//! Others change what is packed, while it is packed.

use super::*;

/// Takes pieces until the archive is past its first file, and lets something happen then.
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

fn holds(archive: &[u8], text: &str) -> bool {
    archive
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

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
