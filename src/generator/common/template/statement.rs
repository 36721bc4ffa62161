//! Walks through the statements of a template.

use minijinja::machinery::ast::{Expr, Stmt};

use super::expression::{start, written};
use super::{Walk, place};
use crate::generator::common::reply::Form;

impl Walk<'_> {
    fn statements(&mut self, statements: &[Stmt<'_>]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    /// What is set inside is unknown behind it.
    fn block(&mut self, statements: &[Stmt<'_>], variables: Vec<(String, Form)>) {
        self.variables.push(variables);
        self.statements(statements);
        self.variables.pop();
    }

    pub(super) fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitRaw(_) => {}
            Stmt::EmitExpr(emitted) => {
                let form = self.expression(&emitted.expr);
                if !form.is_scalar() {
                    let at = place(emitted.expr.span());
                    let at = start(&emitted.expr)..at.end;
                    let title = format!("`{}` is {}", written(&emitted.expr), form.words());
                    self.mistake(at, title, "cannot be written out", None);
                }
            }
            Stmt::ForLoop(each) => {
                let item = self.iterated(&each.iter);
                let mut variables = vec![("loop".to_owned(), Form::Open)];
                targets(&each.target, item, &mut variables);
                self.variables.push(variables);
                if let Some(filter) = &each.filter_expr {
                    self.expression(filter);
                }
                self.statements(&each.body);
                self.variables.pop();
                self.block(&each.else_body, Vec::new());
            }
            Stmt::IfCond(branch) => {
                self.expression(&branch.expr);
                self.statements(&branch.true_body);
                self.statements(&branch.false_body);
            }
            Stmt::WithBlock(with) => {
                let mut variables = Vec::new();
                for (target, value) in &with.assignments {
                    let form = self.expression(value);
                    targets(target, form, &mut variables);
                }
                self.block(&with.body, variables);
            }
            Stmt::Set(set) => {
                let form = self.expression(&set.expr);
                let mut variables = Vec::new();
                targets(&set.target, form, &mut variables);
                for (name, form) in variables {
                    self.set(&name, form);
                }
            }
            Stmt::SetBlock(set) => {
                self.block(&set.body, Vec::new());
                let mut variables = Vec::new();
                targets(&set.target, Form::Text, &mut variables);
                for (name, form) in variables {
                    self.set(&name, form);
                }
            }
            Stmt::AutoEscape(escaped) => self.block(&escaped.body, Vec::new()),
            Stmt::FilterBlock(filtered) => {
                self.block(&filtered.body, Vec::new());
                self.expression(&filtered.filter);
            }
            Stmt::Block(block) => self.block(&block.body, Vec::new()),
            Stmt::Include(include) => {
                let at = place(include.name.span());
                if let Expr::Const(name) = &include.name
                    && let Some(name) = name.value.as_str()
                {
                    self.used.includes.push((name.to_owned(), at));
                } else {
                    self.expression(&include.name);
                    self.mistake(at, "what is included is not said", "not a name", None);
                }
            }
            Stmt::Import(_) | Stmt::FromImport(_) | Stmt::Extends(_) | Stmt::Do(_) => {
                let span = match statement {
                    Stmt::Import(it) => it.span(),
                    Stmt::FromImport(it) => it.span(),
                    Stmt::Extends(it) => it.span(),
                    Stmt::Do(it) => it.span(),
                    _ => return,
                };
                let at = place(span);
                let help =
                    Some("`{% include \"…\" %}` takes in what several templates share".to_owned());
                self.mistake(at, "there is no such block here", "not used here", help);
            }
        }
    }

    /// What a loop is at, of what it goes through.
    fn iterated(&mut self, through: &Expr<'_>) -> Form {
        match self.expression(through) {
            Form::List(item) => *item,
            // An object gives its keys.
            Form::Map(_) | Form::Model(_) | Form::Record(_) => Form::Text,
            Form::Open => Form::Open,
            planned @ Form::Planned(_) => planned,
            other => {
                let at = start(through)..place(through.span()).end;
                let title = format!("`{}` is {}", written(through), other.words());
                self.mistake(at, title, "not a list", None);
                Form::Open
            }
        }
    }
}

/// The names that a value is given; parts of one are not known.
fn targets(target: &Expr<'_>, form: Form, into: &mut Vec<(String, Form)>) {
    match target {
        Expr::Var(name) => into.push((name.id.to_owned(), form)),
        Expr::Tuple(parts) => parts
            .items
            .iter()
            .for_each(|part| targets(part, Form::Open, into)),
        Expr::List(parts) => parts
            .items
            .iter()
            .for_each(|part| targets(part, Form::Open, into)),
        _ => {}
    }
}
