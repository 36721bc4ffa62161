//! Makes the tree from the events of a parser, within bounds: an alias in an alias in an alias is a
//! file of a few hundred bytes that takes all memory there is.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::merge::{MERGE, merge};
use super::source::{Known, Source, known};
use super::tree::{Entry, Fault, Kind, Node, Place, shown};

/// As deep as parts lie in each other.
const DEEPEST: usize = 64;

/// As many aliases.
const MOST_ALIASES: usize = 1000;

/// As many parts, those that aliases stand for counted each time.
const MOST_NODES: usize = 10_000;

/// The tree of a text that is one YAML document.
pub(crate) fn read(text: &str) -> Result<Node, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    check_characters(text)?;
    let mut reader = Reader {
        source: Source::of(text),
        ..Reader::default()
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let what = format!("this is no YAML: {}", error.info());
            Fault::new(Some(place(error.marker())), what)
        })?;
        reader.take(event, place(&span.start), place(&span.end))?;
    }
    reader
        .root
        .ok_or_else(|| Fault::new(None, "the file is empty"))
}

/// Refuses the characters that one reader takes as the end of a line and another does not: a comment
/// that ends there hides what follows from one of them.
fn check_characters(text: &str) -> Result<(), Fault> {
    let mut at = Place { line: 1, column: 1 };
    let mut ahead = text.chars().peekable();
    while let Some(c) = ahead.next() {
        let odd = match c {
            '\n' => {
                at = Place {
                    line: at.line + 1,
                    column: 1,
                };
                continue;
            }
            '\t' => false,
            '\r' => ahead.peek() != Some(&'\n'),
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
            c => c.is_control(),
        };
        if odd {
            let code = u32::from(c);
            let what = format!(
                "the character U+{code:04X} is not read alike by all programs; leave it out, or write it as an escape in double quotes"
            );
            return Err(Fault::new(Some(at), what));
        }
        at.column += 1;
    }
    Ok(())
}

/// A list or mapping that is not at its end.
enum Open {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        keys: HashSet<String>,
        key: Option<(String, Place)>,
    },
}

struct Frame {
    open: Open,
    place: Place,
    anchor: usize,
    tag: Option<Known>,
    /// How many nodes were counted when it began.
    before: usize,
}

/// What an alias stands for.
struct Anchored {
    node: Node,
    nodes: usize,
}

#[derive(Default)]
struct Reader<'a> {
    source: Source<'a>,
    root: Option<Node>,
    documents: usize,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    aliases: usize,
    nodes: usize,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, place: Place, end: Place) -> Result<(), Fault> {
        let fault = |what: &str| Err(Fault::new(Some(place), what));
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => {
                self.documents += 1;
                match self.documents {
                    1 => Ok(()),
                    _ => fault(
                        "a second document begins here, which Compose would merge with the first; write one document a file",
                    ),
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                if plain {
                    self.source.check_plain(&text, place)?;
                }
                if self.is_at_a_key() {
                    if plain {
                        self.source.check_colon(end)?;
                    }
                    return self.key(&text, plain, anchor, tag.as_deref(), place);
                }
                if plain && text == MERGE {
                    return fault(
                        "a plain `<<` is nothing to some programs where no key stands; write it in quotes",
                    );
                }
                let tag = self.tag(tag.as_deref(), anchor, place)?;
                self.count(1, place)?;
                let kind = Kind::Text {
                    text: text.into_owned(),
                    // Behind a tag, `null` is a word like any other.
                    plain: plain && tag != Some(Known::Override),
                };
                let kind = match tag {
                    Some(Known::Reset) => nothing(kind, place)?,
                    _ => kind,
                };
                self.value(kind, anchor, 1, place)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(Open::List(Vec::new()), anchor, tag.as_deref(), place)
            }
            Event::MappingStart(anchor, tag) => {
                let open = Open::Map {
                    entries: Vec::new(),
                    keys: HashSet::new(),
                    key: None,
                };
                self.begin(open, anchor, tag.as_deref(), place)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(id) => self.alias(id, place),
        }
    }

    fn is_at_a_key(&self) -> bool {
        let top = self.frames.last().map(|frame| &frame.open);
        matches!(top, Some(Open::Map { key: None, .. }))
    }

    fn key(
        &mut self,
        text: &str,
        plain: bool,
        anchor: usize,
        tag: Option<&Tag>,
        place: Place,
    ) -> Result<(), Fault> {
        let fault = |what: String| Err(Fault::new(Some(place), what));
        if tag.is_some() || anchor != 0 {
            let what = format!(
                "the key {} has a tag or an anchor; write it plainly",
                shown(text)
            );
            return fault(what);
        }
        if text == MERGE && !plain {
            return fault("a quoted `<<` is a key to some programs and a merge to others; write it without quotes".to_owned());
        }
        if plain && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
            return fault("a key is missing here".to_owned());
        }
        let Some(Frame {
            open: Open::Map { keys, key, .. },
            ..
        }) = self.frames.last_mut()
        else {
            return Ok(());
        };
        if !keys.insert(text.to_owned()) {
            let what = format!("the key {} is there already in this mapping", shown(text));
            return fault(what);
        }
        *key = Some((text.to_owned(), place));
        self.count(1, place)
    }

    /// The tag of a node, and whether its anchor is read alike by all.
    fn tag(&self, tag: Option<&Tag>, anchor: usize, place: Place) -> Result<Option<Known>, Fault> {
        let fault = |what: &str| Err(Fault::new(Some(place), what));
        let tag = known(tag, place)?;
        let mut around = self.frames.iter().filter_map(|frame| frame.tag);
        if tag.is_some() && around.any(|around| around == Known::Override) {
            return fault("a tag stands below `!override` here, where Compose makes nothing of it");
        }
        if tag.is_some() && anchor != 0 {
            return fault("a tag and an anchor stand at one value here; leave one of them out");
        }
        if anchor != 0 {
            self.source.check_name(place)?;
        }
        Ok(tag)
    }

    fn begin(
        &mut self,
        open: Open,
        anchor: usize,
        tag: Option<&Tag>,
        place: Place,
    ) -> Result<(), Fault> {
        if self.is_at_a_key() {
            let what = "a key is a text, and this is a list or a mapping";
            return Err(Fault::new(Some(place), what));
        }
        let tag = self.tag(tag, anchor, place)?;
        if self.frames.len() >= DEEPEST {
            let what = format!("more than {DEEPEST} lists and mappings lie in each other here");
            return Err(Fault::new(Some(place), what));
        }
        let before = self.nodes;
        self.count(1, place)?;
        self.frames.push(Frame {
            open,
            place,
            anchor,
            tag,
            before,
        });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Fault> {
        let Some(Frame {
            open,
            place,
            anchor,
            tag,
            before,
        }) = self.frames.pop()
        else {
            return Ok(());
        };
        let kind = match open {
            Open::List(items) => Kind::List(items),
            Open::Map { entries, .. } => Kind::Map(merge(entries)?),
        };
        let kind = match tag {
            Some(Known::Reset) => nothing(kind, place)?,
            _ => kind,
        };
        self.value(kind, anchor, self.nodes - before, place)
    }

    fn alias(&mut self, id: usize, place: Place) -> Result<(), Fault> {
        let fault = |what: String| Err(Fault::new(Some(place), what));
        if self.is_at_a_key() {
            return fault("a key is a text, and this is an alias".to_owned());
        }
        self.source.check_name(place)?;
        self.aliases += 1;
        if self.aliases > MOST_ALIASES {
            return fault(format!("there are more than {MOST_ALIASES} aliases"));
        }
        let Some(Anchored { node, nodes }) = self.anchors.get(&id) else {
            return fault("this alias stands for what it is part of".to_owned());
        };
        let (node, nodes) = (node.clone(), *nodes);
        self.count(nodes, place)?;
        self.put(Node {
            place: Some(place),
            ..node
        });
        Ok(())
    }

    fn count(&mut self, nodes: usize, place: Place) -> Result<(), Fault> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MOST_NODES {
            let what = format!(
                "the file has more than {MOST_NODES} parts, those that aliases stand for counted each time"
            );
            return Err(Fault::new(Some(place), what));
        }
        Ok(())
    }

    /// Takes a value that is whole, and keeps it for the aliases of its anchor.
    fn value(
        &mut self,
        kind: Kind,
        anchor: usize,
        nodes: usize,
        place: Place,
    ) -> Result<(), Fault> {
        let node = Node {
            place: Some(place),
            kind,
        };
        if anchor != 0 {
            let node = node.clone();
            self.anchors.insert(anchor, Anchored { node, nodes });
        }
        self.put(node);
        Ok(())
    }

    fn put(&mut self, value: Node) {
        match self.frames.last_mut().map(|frame| &mut frame.open) {
            None => self.root = Some(value),
            Some(Open::List(items)) => items.push(value),
            Some(Open::Map { entries, key, .. }) => {
                if let Some((key, place)) = key.take() {
                    entries.push(Entry {
                        key,
                        place: Some(place),
                        value,
                        merged: false,
                    });
                }
            }
        }
    }
}

/// What is taken away, which is nothing: a value beside `!reset` is one that we see and Compose does not,
/// and what paths are relative to may hang on it.
fn nothing(kind: Kind, place: Place) -> Result<Kind, Fault> {
    let node = Node {
        place: Some(place),
        kind,
    };
    let is_empty = match &node.kind {
        Kind::Map(entries) => entries.is_empty(),
        Kind::List(items) => items.is_empty(),
        Kind::Text { text, .. } => text.is_empty() || node.is_null(),
    };
    if !is_empty {
        let what = "`!reset` takes a value away, and a value stands beside it; write `!reset null`";
        return Err(Fault::new(Some(place), what));
    }
    Ok(Kind::Text {
        text: String::new(),
        plain: true,
    })
}

fn place(marker: &Marker) -> Place {
    Place {
        line: marker.line(),
        column: marker.col() + 1,
    }
}
