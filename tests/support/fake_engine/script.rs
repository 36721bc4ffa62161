//! What a fake Engine answers, by rules.

use std::sync::Arc;

use super::{FakeEngine, Reply, Script, Seen, labels};

pub(super) type Answer = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

pub(super) type Rewriting = Arc<dyn Fn(&Seen, Reply) -> Reply + Send + Sync>;

impl FakeEngine {
    /// Scripts an answer. `*` in the pattern stands for any text; the query counts only where the
    /// pattern has one; the pattern scripted last wins.
    pub fn on(self, pattern: &str, reply: impl Into<Reply>) -> Self {
        let reply = reply.into();
        self.answer(pattern, move |_| reply.clone())
    }

    /// Scripts an answer that depends on the request.
    pub fn answer(
        self,
        pattern: &str,
        answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let rule = (pattern.to_owned(), Arc::new(answer) as Answer);
        self.script.rules.lock().unwrap().push(rule);
        self
    }

    /// The same Engine, which has another id everywhere in place of one of the rules; both are as long.
    pub fn renaming(self, id: &str, instead: &str) -> Self {
        let renamed = (id.to_owned(), instead.to_owned());
        *self.script.renamed.lock().unwrap() = Some(renamed);
        self
    }

    /// The same Engine, whose answers become what this makes of them.
    pub fn rewriting(
        self,
        rewrite: impl Fn(&Seen, Reply) -> Reply + Send + Sync + 'static,
    ) -> Self {
        *self.script.rewriting.lock().unwrap() = Some(Arc::new(rewrite));
        self
    }

    /// The requests so far that no rule answers, so that they met a 404.
    pub fn unscripted(&self) -> Vec<String> {
        let seen = self.seen();
        let unscripted = seen.iter().filter(|seen| !self.script.knows(seen));
        unscripted.map(Seen::line).collect()
    }
}

impl Script {
    pub(super) fn answer(&self, seen: &Seen) -> Reply {
        if let Some((id, instead)) = self.renamed.lock().unwrap().as_ref() {
            let mut asked = seen.clone();
            asked.target = seen.target.replace(instead, id);
            return self.by_the_rules(&asked).renamed(id, instead);
        }
        self.by_the_rules(seen)
    }

    fn by_the_rules(&self, seen: &Seen) -> Reply {
        let rules = self.rules.lock().unwrap();
        let reply = match rules.iter().rev().find(|(pattern, _)| seen.is(pattern)) {
            Some((_, answer)) => answer(seen),
            None => return Reply::error(404, "page not found"),
        };
        let reply = labels::put(&self.labels.lock().unwrap(), seen, reply);
        match self.rewriting.lock().unwrap().as_ref() {
            Some(rewrite) => rewrite(seen, reply),
            None => reply,
        }
    }

    fn knows(&self, seen: &Seen) -> bool {
        let rules = self.rules.lock().unwrap();
        rules.iter().any(|(pattern, _)| seen.is(pattern))
    }
}

/// Whether `text` has the pattern's pieces in their order, each `*` standing for any text.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| matches(rest, &text[at..]))
        }),
    }
}
