//! Reads the index of what bollard calls the Engine's replies.
//!
//! A build script cannot see the source of a dependency, so what bollard's methods give and its
//! structs hold is committed beside this file. A test makes it anew from the locked source.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What bollard calls the Engine's replies.
pub(crate) static INDEX: LazyLock<Index> =
    LazyLock::new(|| Index::read(include_str!("bollard.txt")));

/// The methods, structs and other types of bollard.
#[derive(Default)]
pub(crate) struct Index {
    /// The methods that make a request, by name.
    pub methods: BTreeMap<&'static str, Method>,
    /// The structs of `bollard::models`, by name.
    pub models: BTreeMap<&'static str, Vec<Member>>,
    /// Its enums and aliases: the type that each is in JSON.
    pub types: BTreeMap<&'static str, &'static str>,
}

/// A method that makes a request.
pub(crate) struct Method {
    /// Its struct of options; empty where it takes none.
    pub options: &'static str,
    /// The method and the form of the path of its request, as in `POST /containers/*/stop`.
    pub request: &'static str,
    /// The Rust type of its reply.
    pub reply: &'static str,
}

/// A field of a struct.
pub(crate) struct Member {
    /// The Engine's name of it.
    pub name: &'static str,
    /// The name in Rust.
    pub field: &'static str,
    /// The type in Rust.
    pub rust: &'static str,
    /// The Rust type of what the Engine sends.
    pub sent: &'static str,
}

impl Index {
    fn read(text: &'static str) -> Self {
        let mut index = Self::default();
        let mut model = "";
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let mut next = || words.next().unwrap_or_default();
            if line.starts_with(' ') {
                let (name, field, rust) = (next(), next(), next());
                let sent = Some(next()).filter(|sent| !sent.is_empty());
                index.models.entry(model).or_default().push(Member {
                    name,
                    field,
                    rust,
                    sent: sent.unwrap_or(rust),
                });
                continue;
            }
            match next() {
                "fn" => {
                    let (name, options) = next().split_once('(').unwrap_or_default();
                    let options = options.trim_end_matches(')');
                    let (line, reply) = line.split_once(" -> ").unwrap_or_default();
                    let (_, request) = line.split_once(") ").unwrap_or_default();
                    let method = Method {
                        options,
                        request,
                        reply,
                    };
                    index.methods.insert(name, method);
                }
                "type" => {
                    index.types.insert(next(), next());
                }
                "struct" => {
                    model = next();
                    index.models.insert(model, Vec::new());
                }
                _ => {}
            }
        }
        index
    }
}
