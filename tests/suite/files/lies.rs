//! Archives that are not what they say, and files that change meanwhile.

use super::*;
use crate::support::fake_engine::Reply;
use crate::support::files::add;

/// An Engine on which `/f` is a file, whose archive is this.
fn sending(archive: Vec<u8>) -> FakeEngine {
    let archive = Reply::chunks(archive.chunks(900).map(<[u8]>::to_vec));
    engine(files([("/f", file("12345"))])).on("GET /containers/*/archive", archive)
}

fn archive(nodes: &[(&str, Node)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, node) in nodes {
        add(&mut archive, path, node);
    }
    archive.into_inner().unwrap()
}

/// An archive of `f` with another size in its head.
fn said(size: u64, content: &[u8]) -> Vec<u8> {
    let mut whole = archive(&[("f", file(content))]);
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes().copy_from_slice(&whole[..512]);
    header.set_size(size);
    header.set_cksum();
    whole[..512].copy_from_slice(header.as_bytes());
    whole
}

/// An archive whose first name is said to be so long.
fn named(length: usize) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(length as u64);
    header.set_cksum();
    let mut whole = header.as_bytes().to_vec();
    whole.extend(vec![b'f'; 3 << 20]);
    whole
}

#[tokio::test]
async fn an_archive_that_is_not_of_the_file_is_no_answer() {
    for (archive, words) in [
        (said(5000, b"12345"), "ends within the file"),
        (said(1 << 60, b"12345"), "ends within the file"),
        (said(5, &b"not a head ".repeat(200)), "cannot be used"),
        (
            archive(&[("f", file("12345")), ("f", file("67890"))]),
            "more than the file",
        ),
        (archive(&[("g", file("12345"))]), "something else"),
        (
            archive(&[("f", Node::Directory), ("f/f", file("12345"))]),
            "something else",
        ),
        (
            archive(&[("f", Node::Link("/etc/shadow", ""))]),
            "something else",
        ),
        (archive(&[]), "is empty"),
        (Vec::new(), "is empty"),
        (b"<html>no archive</html>".repeat(100), "cannot be used"),
        (named(1 << 40), "over 1 MiB"),
        (named(2 << 20), "over 1 MiB"),
    ] {
        let text = failed(&sending(archive), READ, of("/f")).await;
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[tokio::test]
async fn a_list_takes_only_what_is_in_the_directory() {
    let listed = async |archive: Vec<u8>| {
        let archive = Reply::chunks([archive]);
        let engine = engine(files([("/d/x", file("1"))])).on("GET /containers/*/archive", archive);
        failed(&engine, LIST, of("/d")).await
    };
    let text = listed(archive(&[("d", Node::Directory), ("e/x", file("1"))])).await;
    assert!(text.contains("elsewhere"), "{text}");
    let text = listed(archive(&[("d", file("1"))])).await;
    assert!(text.contains("no directory any more"), "{text}");
    let mut cut = archive(&[("d", Node::Directory), ("d/x", file([b'x'; 5000]))]);
    cut.truncate(3000);
    let text = listed(cut).await;
    assert!(text.contains("cannot be used"), "{text}");
}

#[tokio::test]
async fn an_engine_that_dies_within_a_file_is_an_error_of_the_engine() {
    let whole = archive(&[("f", file([b'x'; 5000]))]);
    let dies = Reply::chunks([whole[..2000].to_vec()]).then_die();
    let engine = engine(files([("/f", file("1"))])).on("GET /containers/*/archive", dies);
    let text = failed(&engine, READ, of("/f")).await;
    assert!(text.contains("connection"), "{text}");
    let silent = engine.on("HEAD /containers/*/archive", Reply::empty(200));
    let text = failed(&silent, READ, of("/f")).await;
    assert!(text.contains("does not tell what is there"), "{text}");
}
