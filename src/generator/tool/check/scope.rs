//! Holds what the parts of a file refer to.

use std::ops::Range;

use crate::generator::common::diagnostic::Findings;
use crate::generator::common::reply::{Form, Reader, Record};
use crate::generator::common::source::{Origin, Source};
use crate::generator::tool::model::{Look, Param};

/// What the parts of a file refer to: its parameters and looks, which parameters were used, and what
/// was read of replies.
pub(super) struct Scope<'a> {
    pub source: &'a Source,
    pub params: Vec<Param>,
    pub looks: Vec<(String, Look)>,
    pub used: Vec<String>,
    pub reader: Reader,
}

impl Scope<'_> {
    /// The parameter of that name, which counts as used from now on.
    pub(super) fn param(&mut self, name: &str) -> Option<&Param> {
        let param = self.params.iter().find(|param| param.name == name)?;
        self.used.push(param.name.clone());
        Some(param)
    }

    /// The parameter of that name, or a mistake that names the nearest.
    pub(super) fn known_param(
        &mut self,
        name: &str,
        span: Range<usize>,
        findings: &mut Findings,
    ) -> Option<&Param> {
        let is_out = findings.is_out(name) || findings.is_out("params");
        if !is_out && !self.params.iter().any(|param| param.name == name) {
            findings.error(
                span,
                format!("`{name}` is not a parameter of this tool"),
                "unknown parameter",
            );
            findings.help_nearest(name, self.params.iter().map(|param| param.name.as_str()));
        }
        self.param(name)
    }

    /// The parameters, as paths and templates read them.
    pub(super) fn params_form(&self) -> Form {
        let keys = self.params.iter();
        Form::Record(Record {
            what: "this tool".to_owned(),
            keys: keys
                .map(|param| (param.name.clone(), param.form()))
                .collect(),
        })
    }

    /// The looks, as paths and templates read them.
    pub(super) fn looks_form(&self) -> Form {
        let keys = self.looks.iter();
        Form::Record(Record {
            what: "this tool".to_owned(),
            keys: keys
                .map(|(name, look)| (name.clone(), look.form()))
                .collect(),
        })
    }

    pub(super) fn origin(&self, span: &Range<usize>) -> Origin {
        self.source.origin(span)
    }
}
