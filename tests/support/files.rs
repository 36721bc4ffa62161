//! Files of a container, for a fake Engine: it answers what is at a path, and with the archive of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use form_urlencoded::parse;

use super::fake_engine::{FakeEngine, Reply, Seen};

/// Go's bits for what a file is.
const DIRECTORY: u32 = 1 << 31;
const LINK: u32 = 1 << 27;
const PIPE: u32 = 1 << 25;

/// A file of a container.
#[derive(Debug, Clone)]
pub enum Node {
    /// A file, its permissions and its content.
    File(u32, Vec<u8>),
    /// A directory.
    Directory,
    /// What is written in a link, and where the Engine says that it leads in the end.
    Link(&'static str, &'static str),
    /// A named pipe.
    Pipe,
    /// Another name of a file.
    Hard(&'static str),
}

/// A file of that content.
pub fn file(content: impl Into<Vec<u8>>) -> Node {
    Node::File(0o644, content.into())
}

/// The files of a container by their paths; directories on the way need not be named.
pub type Files = BTreeMap<String, Node>;

/// These files.
pub fn files(nodes: impl IntoIterator<Item = (&'static str, Node)>) -> Files {
    let nodes = nodes.into_iter();
    let mut all: Files = nodes.map(|(path, node)| (path.to_owned(), node)).collect();
    all.insert("/".to_owned(), Node::Directory);
    for path in all.keys().cloned().collect::<Vec<_>>() {
        for (at, _) in path.match_indices('/').skip(1) {
            all.entry(path[..at].to_owned()).or_insert(Node::Directory);
        }
    }
    all
}

/// The path that a request asks for.
pub fn asked(seen: &Seen) -> String {
    let query = seen.target.split_once('?').unwrap_or_default().1;
    let path = parse(query.as_bytes()).find(|(key, _)| key == "path");
    path.unwrap_or_default().1.into_owned()
}

fn name(path: &str) -> &str {
    match path.rsplit('/').next() {
        None | Some("") => "/",
        Some(name) => name,
    }
}

/// The answer to `HEAD /containers/…/archive`.
pub fn stat(files: &Files, seen: &Seen) -> Reply {
    let path = asked(seen);
    let (mode, size, target) = match files.get(&path) {
        None => return Reply::empty(404),
        Some(Node::File(mode, content)) => (*mode, content.len(), ""),
        Some(Node::Directory) => (DIRECTORY | 0o755, 4096, ""),
        Some(Node::Link(_, target)) => (LINK | 0o777, 4, *target),
        Some(Node::Pipe) => (PIPE | 0o600, 0, ""),
        Some(Node::Hard(_)) => (0o644, 1, ""),
    };
    Reply::path_stat(name(&path), mode, size as u64, target)
}

/// The answer to `GET /containers/…/archive`.
pub fn archive(files: &Files, seen: &Seen) -> Reply {
    let path = asked(seen);
    if !files.contains_key(&path) {
        return Reply::error(
            404,
            &format!("Could not find the file {path} in container web"),
        );
    }
    let mut archive = tar::Builder::new(Vec::new());
    let below = format!("{}/", path.trim_end_matches('/'));
    let parts = files
        .iter()
        .filter(|(it, _)| **it == path || it.starts_with(&below));
    // As the Engine walks: what is in a directory comes right after it.
    let mut parts: Vec<_> = parts.collect();
    parts.sort_by_key(|(it, _)| it.split('/').map(str::to_owned).collect::<Vec<_>>());
    for (it, node) in parts {
        let rest = it.strip_prefix(&path).unwrap_or_default();
        let called = format!(
            "{}/{}",
            name(&path).trim_end_matches('/'),
            rest.trim_start_matches('/')
        );
        add(&mut archive, &called, node);
    }
    Reply::chunks(
        archive
            .into_inner()
            .unwrap()
            .chunks(700)
            .map(<[u8]>::to_vec),
    )
    .kind("application/x-tar")
}

/// Adds one file to an archive.
pub fn add(archive: &mut tar::Builder<Vec<u8>>, path: &str, node: &Node) {
    let mut header = tar::Header::new_gnu();
    header.set_mtime(1_767_258_000);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mode(0o644);
    let path = path.trim_end_matches('/');
    let (kind, content): (_, &[u8]) = match node {
        Node::File(mode, content) => {
            header.set_mode(*mode);
            (tar::EntryType::Regular, content)
        }
        Node::Directory => (tar::EntryType::Directory, b""),
        Node::Link(..) => (tar::EntryType::Symlink, b""),
        Node::Pipe => (tar::EntryType::Fifo, b""),
        Node::Hard(_) => (tar::EntryType::Link, b""),
    };
    header.set_entry_type(kind);
    if let Node::Link(target, _) | Node::Hard(target) = node {
        header.set_link_name_literal(target).unwrap();
    }
    header.set_size(content.len() as u64);
    // Names as the Engine has them: `Header::set_path` refuses what begins with a slash.
    let bytes = path.as_bytes();
    let bytes: &[u8] = if bytes.is_empty() { b"/" } else { bytes };
    header.as_old_mut().name[..bytes.len()].copy_from_slice(bytes);
    header.set_cksum();
    archive.append(&header, content).unwrap();
}

impl FakeEngine {
    /// Every container has these files.
    pub fn with_files(self, files: Files) -> Self {
        let files = Arc::new(files);
        let heads = Arc::clone(&files);
        self.answer("HEAD /containers/*/archive", move |seen| stat(&heads, seen))
            .answer("GET /containers/*/archive", move |seen| {
                archive(&files, seen)
            })
    }
}
