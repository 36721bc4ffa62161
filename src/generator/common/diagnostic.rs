//! Shows a mistake in a catalogue file the way rustc shows one in a Rust file.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::reply::Stray;
use super::source::Source;
use super::vocabulary::nearest;

/// Keys that others of their table are held against.
const TOGETHER: [&str; 6] = ["as", "body", "call", "handler", "list", "options"];

/// What was found wrong in one file.
pub(crate) struct Findings<'a> {
    source: &'a Source,
    found: Vec<Finding>,
    /// The keys that were taken out of the file because they could not be read.
    out: Vec<String>,
    /// Where a mistake follows from one that is known.
    hushed: Vec<Range<usize>>,
    /// The file is read, and what follows from its mistakes is not reported.
    checked: bool,
    /// The latest mistake was not reported.
    muted: bool,
}

/// One mistake.
pub(crate) struct Finding {
    span: Range<usize>,
    title: String,
    label: String,
    help: Option<String>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(source: &'a Source) -> Self {
        Self {
            source,
            found: Vec::new(),
            out: Vec::new(),
            hushed: Vec::new(),
            checked: false,
            muted: false,
        }
    }

    /// Takes note that a key is left out; what is wrong in the table around it may follow from that.
    pub(crate) fn take_out(&mut self, key: &str, around: Option<Range<usize>>) {
        if TOGETHER.contains(&key) {
            self.hushed.extend(around);
        }
        self.out.push(key.to_owned());
    }

    /// Whether nothing was found wrong at this very place so far.
    pub(crate) fn first_at(&self, place: &Range<usize>) -> bool {
        self.found.iter().all(|finding| finding.span != *place)
    }

    /// Whether this was found wrong already, at another place.
    pub(crate) fn is_said(&self, title: &str) -> bool {
        self.found.iter().any(|finding| finding.title == title)
    }

    /// Whether a key was left out.
    pub(crate) fn is_out(&self, key: &str) -> bool {
        self.out.iter().any(|out| out == key)
    }

    /// Whether every key of the file is there.
    pub(crate) fn is_whole(&self) -> bool {
        self.out.is_empty()
    }

    /// Takes note that whatever is wrong at a place follows from a mistake that is known.
    pub(crate) fn hush(&mut self, place: Range<usize>) {
        self.hushed.push(place);
    }

    /// From here on, what follows from mistakes that are known is not reported.
    pub(crate) fn now_checked(&mut self) {
        self.checked = true;
    }

    /// Records a mistake: what is wrong, and at the underlined place, in a word or two, why.
    pub(crate) fn error(
        &mut self,
        span: Range<usize>,
        title: impl Into<String>,
        label: impl Into<String>,
    ) {
        let within = |place: &Range<usize>| place.start <= span.start && span.end <= place.end;
        self.muted = self.checked && self.hushed.iter().any(within);
        if self.muted {
            return;
        }
        self.found.push(Finding {
            span,
            title: title.into(),
            label: label.into(),
            help: None,
        });
    }

    /// Records a path that leads nowhere.
    pub(crate) fn stray(&mut self, span: Range<usize>, stray: Stray) {
        self.error(span, stray.title, stray.label);
        stray.help.into_iter().for_each(|help| self.help(help));
    }

    /// Adds to the latest mistake how to mend it.
    pub(crate) fn help(&mut self, help: impl Into<String>) {
        if self.muted {
            return;
        }
        if let Some(finding) = self.found.last_mut() {
            finding.help = Some(help.into());
        }
    }

    /// Adds to the latest mistake the candidate that was most likely meant, if one is near.
    pub(crate) fn help_nearest<'c>(
        &mut self,
        word: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) {
        if let Some(near) = nearest(word, candidates) {
            self.help(format!("did you mean `{near}`?"));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Every mistake as text, in the order of the file.
    pub(crate) fn render(mut self) -> Vec<String> {
        self.found.sort_by_key(|finding| finding.span.start);
        self.found
            .iter()
            .map(|finding| finding.render(self.source))
            .collect()
    }
}

impl Finding {
    fn render(&self, source: &Source) -> String {
        let annotation = AnnotationKind::Primary
            .span(self.span.clone())
            .label(&self.label);
        let snippet = Snippet::source(&source.text)
            .path(&source.path)
            .annotation(annotation);
        let mut group = Level::ERROR.primary_title(&self.title).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        Renderer::plain().render(&[group])
    }
}
