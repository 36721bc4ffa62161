//! Puts the lines of many logs in the order of their times, and holds the newest.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;
use serde::Serialize;

use super::fold::form;
use crate::operations::stream::frames::Channel;
use crate::operations::units::count;
use crate::output::{self, text};

/// What the keys of a line take, about.
const KEYS: usize = 90;

/// How many forms are remembered of which no line is held any more.
const REMEMBERED: usize = 1 << 16;

/// One line of a log that was looked for, or one around it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) time: Timestamp,
    /// Which of the containers it is of.
    pub(super) container: usize,
    pub(super) channel: Channel,
    pub(super) text: String,
    /// It was looked for.
    pub(super) matched: bool,
}

/// A line of the result, which may stand for several.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Line {
    time: String,
    /// When the first of several was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    container: String,
    /// Where the container is, of a swarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    stream: &'static str,
    text: String,
    count: i64,
}

/// Whose a log is.
#[derive(Debug, Clone, Default)]
pub(super) struct Writer {
    pub(super) name: String,
    /// Where it is, where it is a task of a swarm.
    pub(super) node: Option<String>,
}

impl From<String> for Writer {
    fn from(name: String) -> Self {
        Self { name, node: None }
    }
}

/// Where a line stands: by its time, then by its log and the order in it.
type Place = (Timestamp, usize, u64);

/// Lines of which only times, ids and numbers differ.
type Form = (usize, &'static str, String);

struct Held {
    line: Found,
    first: Timestamp,
    count: usize,
    form: Option<Form>,
}

/// The newest lines of all logs, within a number and a budget.
pub(super) struct Merged<'a> {
    writers: &'a [Writer],
    limit: usize,
    budget: usize,
    fold: bool,
    cost: usize,
    came: u64,
    held: BTreeMap<Place, Held>,
    folded: HashMap<Form, Place>,
    /// Since when and how often lines were written of which none is held any more.
    gone: HashMap<u64, (Timestamp, usize)>,
    hashes: RandomState,
    matched: usize,
    cut: Cut,
}

/// What was left out, if anything was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) by_limit: bool,
    pub(super) by_budget: bool,
}

impl<'a> Merged<'a> {
    /// Nothing yet; at most so many lines of these containers, which take at most so many bytes.
    pub(super) fn new(writers: &'a [Writer], limit: usize, budget: usize, fold: bool) -> Self {
        Self {
            writers,
            limit,
            budget,
            fold,
            cost: 0,
            came: 0,
            held: BTreeMap::new(),
            folded: HashMap::new(),
            gone: HashMap::new(),
            hashes: RandomState::new(),
            matched: 0,
            cut: Cut::default(),
        }
    }

    /// Takes a line, in any order; the oldest make room for it.
    pub(super) fn push(&mut self, line: Found) {
        self.matched += usize::from(line.matched);
        self.came += 1;
        let form = (self.fold && line.matched).then(|| {
            (
                line.container,
                stream(line.channel),
                form(&line.text).into_owned(),
            )
        });
        let (first, before) = match &form {
            Some(form) => self.taken(form),
            None => (None, 0),
        };
        let held = Held {
            first: first.map_or(line.time, |first| first.min(line.time)),
            count: before + usize::from(line.matched),
            form,
            line,
        };
        self.hold(held);
    }

    /// What is known of the lines of a form before this one; they are no longer held by themselves.
    fn taken(&mut self, form: &Form) -> (Option<Timestamp>, usize) {
        if let Some(place) = self.folded.remove(form)
            && let Some(held) = self.held.remove(&place)
        {
            self.cost -= self.cost_of(&held.line);
            return (Some(held.first), held.count);
        }
        let gone = self.gone.remove(&self.hashes.hash_one(form));
        gone.map_or((None, 0), |(first, count)| (Some(first), count))
    }

    fn hold(&mut self, held: Held) {
        let place = (held.line.time, held.line.container, self.came);
        self.cost += self.cost_of(&held.line);
        if let Some(form) = &held.form {
            self.folded.insert(form.clone(), place);
        }
        self.held.insert(place, held);
        while self.held.len() > self.limit || self.cost > self.budget {
            let by_limit = self.held.len() > self.limit;
            let Some((_, oldest)) = self.held.pop_first() else {
                return;
            };
            self.cut.by_limit |= by_limit;
            self.cut.by_budget |= !by_limit;
            self.cost -= self.cost_of(&oldest.line);
            if let Some(form) = oldest.form {
                self.folded.remove(&form);
                if self.gone.len() < REMEMBERED {
                    let hash = self.hashes.hash_one(&form);
                    self.gone.insert(hash, (oldest.first, oldest.count));
                }
            }
        }
    }

    fn cost_of(&self, line: &Found) -> usize {
        let writer = self.writers.get(line.container);
        let name = writer.map_or(0, |it| {
            it.name.len() + it.node.as_ref().map_or(0, String::len)
        });
        KEYS + name + text::cost(&line.text)
    }

    /// How many lines were looked for and found.
    pub(super) fn matched(&self) -> i64 {
        count(self.matched)
    }

    /// The lines, oldest first, and what was left out. What each takes was estimated until now, and a reply that
    /// were too long by little would lose its end, which is what is newest.
    pub(super) fn into_lines(self) -> (Vec<Line>, Cut) {
        let writer = |at: usize| self.writers.get(at).cloned().unwrap_or_default();
        let (mut cut, mut left) = (self.cut, self.budget);
        let mut lines = Vec::with_capacity(self.held.len());
        for held in self.held.into_values().rev() {
            let line = Line {
                time: written(held.line.time),
                first: (held.count > 1).then(|| written(held.first)),
                container: writer(held.line.container).name,
                node: writer(held.line.container).node,
                stream: stream(held.line.channel),
                text: held.line.text,
                count: count(held.count),
            };
            let Some(rest) = left.checked_sub(output::cost_of(&line)) else {
                cut.by_budget = true;
                break;
            };
            left = rest;
            lines.push(line);
        }
        lines.reverse();
        (lines, cut)
    }
}

/// A time as results show it.
pub(super) fn written(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// The stream that a line came by.
pub(super) fn stream(channel: Channel) -> &'static str {
    match channel {
        Channel::Stdout => "stdout",
        Channel::Stderr => "stderr",
        Channel::Engine => "engine",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(
        limit: usize,
        budget: usize,
        fold: bool,
        lines: &[(i64, usize, &str)],
    ) -> (Vec<Line>, Cut) {
        let names = ["a".to_owned(), "b".to_owned()].map(Writer::from);
        let mut merged = Merged::new(&names, limit, budget, fold);
        for (second, container, text) in lines {
            merged.push(Found {
                time: Timestamp::from_second(*second).unwrap(),
                container: *container,
                channel: Channel::Stdout,
                text: (*text).to_owned(),
                matched: true,
            });
        }
        merged.into_lines()
    }

    fn told(lines: &[Line]) -> Vec<(&str, &str, i64)> {
        let lines = lines.iter();
        lines
            .map(|line| (&*line.container, &*line.text, line.count))
            .collect()
    }

    #[test]
    fn lines_are_in_the_order_of_their_times_whoever_came_first() {
        let lines = [(5, 1, "e"), (7, 1, "g"), (3, 0, "c"), (6, 0, "f")];
        let (all, cut) = merged(9, 9999, true, &lines);
        let expected = [("a", "c", 1), ("b", "e", 1), ("a", "f", 1), ("b", "g", 1)];
        assert_eq!(told(&all), expected);
        assert_eq!(cut, Cut::default());
        let (newest, cut) = merged(2, 9999, true, &lines);
        assert_eq!(told(&newest), [("a", "f", 1), ("b", "g", 1)]);
        assert!(cut.by_limit && !cut.by_budget);
        let (fitting, cut) = merged(9, 2 * (KEYS + 1 + text::cost("f")), true, &lines);
        assert_eq!(told(&fitting), [("a", "f", 1), ("b", "g", 1)]);
        assert!(cut.by_budget && !cut.by_limit);
    }

    #[test]
    fn repeats_of_one_log_are_one_line_with_the_first_and_the_last_time() {
        let lines = [
            (1, 0, "took 3ms"),
            (2, 1, "took 4ms"),
            (9, 0, "took 5ms"),
            (4, 0, "took 6ms"),
        ];
        let (all, _) = merged(9, 9999, true, &lines);
        assert_eq!(told(&all), [("b", "took 4ms", 1), ("a", "took 6ms", 3)]);
        let (apart, _) = merged(9, 9999, false, &lines);
        assert_eq!(apart.len(), 4);
    }

    /// Of what has gone to make room the count is still known.
    #[test]
    fn a_repeat_is_counted_though_nothing_of_it_is_held() {
        let lines = [(1, 0, "n 1"), (2, 0, "b"), (3, 0, "c"), (4, 0, "n 4")];
        let (all, _) = merged(2, 9999, true, &lines);
        assert_eq!(told(&all), [("a", "c", 1), ("a", "n 4", 2)]);
    }

    #[test]
    fn a_million_lines_of_as_many_forms_take_bounded_memory() {
        let names = ["a".to_owned()].map(Writer::from);
        let mut merged = Merged::new(&names, 10, 9999, true);
        for at in 0..200_000_u32 {
            let word: String = at
                .to_string()
                .bytes()
                .map(|it| char::from(it + 49))
                .collect();
            merged.push(Found {
                time: Timestamp::from_second(i64::from(at)).unwrap(),
                container: 0,
                channel: Channel::Stdout,
                text: word,
                matched: true,
            });
        }
        assert!(merged.held.len() <= 10 && merged.folded.len() <= 10);
        assert!(merged.gone.len() <= REMEMBERED);
    }
}
