//! Walks through an expression and says what it gives.

use std::ops::Range;

use minijinja::machinery::ast::{BinOpKind, CallArg, CallType, Expr, Filter, GetItem, UnaryOpKind};
use minijinja::value::{Value, ValueKind};

use super::{Walk, filters, place};
use crate::generator::common::reply::Form;
use crate::generator::common::vocabulary::nearest;

impl Walk<'_> {
    pub(super) fn expression(&mut self, expression: &Expr<'_>) -> Form {
        let at = start(expression)..place(expression.span()).end;
        match expression {
            Expr::Var(name) => self.variable(name.id, at),
            Expr::Const(constant) => constant_form(&constant.value),
            Expr::GetAttr(member) => {
                let object = self.part(&member.expr, member.name);
                self.member(&object, &member.expr, member.name, at)
            }
            Expr::GetItem(item) => self.item(item, at),
            Expr::Slice(slice) => {
                let form = self.expression(&slice.expr);
                for bound in [&slice.start, &slice.stop, &slice.step] {
                    bound.iter().for_each(|bound| {
                        self.expression(bound);
                    });
                }
                form
            }
            Expr::UnaryOp(operation) => {
                let form = self.expression(&operation.expr);
                match operation.op {
                    UnaryOpKind::Not => Form::Boolean,
                    UnaryOpKind::Neg => form,
                }
            }
            Expr::BinOp(operation) => {
                let left = self.expression(&operation.left);
                let right = self.expression(&operation.right);
                match operation.op {
                    BinOpKind::ScAnd | BinOpKind::ScOr => either(left, right),
                    BinOpKind::Concat => Form::Text,
                    BinOpKind::Add
                    | BinOpKind::Sub
                    | BinOpKind::Mul
                    | BinOpKind::Div
                    | BinOpKind::FloorDiv
                    | BinOpKind::Rem
                    | BinOpKind::Pow => Form::Open,
                    _ => Form::Boolean,
                }
            }
            Expr::Compare(compared) => {
                self.expression(&compared.expr);
                for operation in &compared.ops {
                    self.expression(&operation.expr);
                }
                Form::Boolean
            }
            Expr::IfExpr(branch) => {
                self.expression(&branch.test_expr);
                let then = self.expression(&branch.true_expr);
                let otherwise = branch.false_expr.as_ref();
                let otherwise = otherwise.map_or(Form::Open, |it| self.expression(it));
                either(then, otherwise)
            }
            Expr::Filter(filter) => self.filter(filter, place(expression.span()).start),
            Expr::Test(test) => {
                self.expression(&test.expr);
                self.arguments(&test.args);
                self.mistake(at, "there are no tests with `is`", "no such test", None);
                Form::Boolean
            }
            Expr::Call(call) => {
                match call.identify_call() {
                    CallType::Function(name) => {
                        self.variable(name, at);
                    }
                    CallType::Method(object, _) | CallType::Object(object) => {
                        self.expression(object);
                    }
                    CallType::Block(_) => {}
                }
                self.arguments(&call.args);
                Form::Open
            }
            Expr::List(list) => self.list(&list.items),
            Expr::Tuple(tuple) => self.list(&tuple.items),
            Expr::Map(map) => {
                for part in map.keys.iter().chain(&map.values) {
                    self.expression(part);
                }
                Form::Map(Box::new(Form::Open))
            }
        }
    }

    fn list(&mut self, items: &[Expr<'_>]) -> Form {
        let forms: Vec<Form> = items.iter().map(|item| self.expression(item)).collect();
        let item = forms.into_iter().reduce(either).unwrap_or(Form::Open);
        Form::List(Box::new(item))
    }

    fn arguments(&mut self, arguments: &[CallArg<'_>]) {
        for argument in arguments {
            let (CallArg::Pos(value)
            | CallArg::Kwarg(_, value)
            | CallArg::PosSplat(value)
            | CallArg::KwargSplat(value)) = argument;
            self.expression(value);
        }
    }

    /// The object of which a member is taken.
    fn part(&mut self, object: &Expr<'_>, member: &str) -> Form {
        let form = self.expression(object);
        if let Expr::Var(name) = object
            && let Some((used, part)) = self.used.names.last_mut()
            && used == name.id
        {
            *part = Some(member.to_owned());
        }
        form
    }

    fn variable(&mut self, name: &str, at: Range<usize>) -> Form {
        let own = self.variables.iter().flatten().rev();
        if let Some((_, form)) = { own }.find(|(variable, _)| variable == name) {
            return form.clone();
        }
        if let Some((_, form)) = self.names.known.iter().find(|(known, _)| known == name) {
            self.used.names.push((name.to_owned(), None));
            return form.clone();
        }
        if self.names.below.contains(&name) {
            let help = Some("an entry uses those above it: change their order".to_owned());
            let title = format!("`{name}` is not there yet");
            self.mistake(at, title, "made later", help);
            return Form::Open;
        }
        if !self.names.whole {
            return Form::Open;
        }
        let own = self.variables.iter().flatten();
        let known = self.names.known.iter().chain(own);
        let near = nearest(name, known.map(|(known, _)| known.as_str()));
        let help = near.map(|near| format!("did you mean `{near}`?"));
        let title = format!("`{name}` is {}", self.names.otherwise);
        self.mistake(at, title, "unknown name", help);
        Form::Open
    }

    fn member(&mut self, form: &Form, object: &Expr<'_>, key: &str, at: Range<usize>) -> Form {
        let origin = (self.origin)(at.clone());
        let path = written(object);
        match self.reader.member(form, &path, key, &origin) {
            Ok(found) => found,
            Err(mut stray) => {
                if matches!(form, Form::List(_)) {
                    stray.help = Some(self.names.each.to_owned());
                }
                self.used.mistakes.push(super::Mistake { at, stray });
                Form::Open
            }
        }
    }

    fn item(&mut self, item: &GetItem<'_>, at: Range<usize>) -> Form {
        if let Expr::Const(key) = &item.subscript_expr
            && let Some(key) = key.value.as_str()
        {
            let object = self.part(&item.expr, key);
            return self.member(&object, &item.expr, key, at);
        }
        let object = self.expression(&item.expr);
        self.expression(&item.subscript_expr);
        match object {
            Form::List(item) | Form::Map(item) => *item,
            same @ (Form::Text | Form::Planned(_)) => same,
            _ => Form::Open,
        }
    }

    fn filter(&mut self, filter: &Filter<'_>, start_of_name: usize) -> Form {
        let form = filter.expr.as_ref().map(|expr| self.expression(expr));
        self.arguments(&filter.args);
        let (name, at) = (
            filter.name,
            start_of_name..start_of_name + filter.name.len(),
        );
        if !self.names.filters.contains(&name) {
            let near = nearest(name, self.names.filters.iter().copied());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are `{}`", self.names.filters.join("`, `")),
            };
            let title = format!("there is no filter `{name}`");
            self.mistake(at, title, "no such filter", Some(help));
            return Form::Open;
        }
        let form = form.unwrap_or(Form::Text);
        if let Err(wanted) = filters::takes(name, &form) {
            let what = filter.expr.as_ref().map_or_else(String::new, written);
            let title = format!("`{what}` is {}", form.words());
            let help = Some(format!("`{name}` is for {wanted}"));
            self.mistake(at, title, "of another type", help);
        }
        filters::gives(name, form)
    }
}

/// What a value is that is one of two.
fn either(one: Form, other: Form) -> Form {
    if one == other { one } else { Form::Open }
}

fn constant_form(value: &Value) -> Form {
    match value.kind() {
        ValueKind::Bool => Form::Boolean,
        ValueKind::Number if value.is_integer() => Form::Integer,
        ValueKind::Number => Form::Number,
        ValueKind::String => Form::Text,
        _ => Form::Open,
    }
}

/// Where an expression begins; the place of a member is that of its name alone.
pub(super) fn start(expression: &Expr<'_>) -> usize {
    match expression {
        Expr::GetAttr(member) => start(&member.expr),
        Expr::GetItem(item) => start(&item.expr),
        Expr::Slice(slice) => start(&slice.expr),
        Expr::Call(call) => start(&call.expr),
        Expr::Test(test) => start(&test.expr),
        Expr::Filter(filter) => filter.expr.as_ref().map_or(0, start),
        other => place(other.span()).start,
    }
}

/// An expression as messages call it.
pub(super) fn written(expression: &Expr<'_>) -> String {
    match expression {
        Expr::Var(name) => name.id.to_owned(),
        Expr::GetAttr(member) => format!("{}.{}", written(&member.expr), member.name),
        Expr::Filter(filter) => {
            let of = filter.expr.as_ref().map_or_else(String::new, written);
            format!("{of} | {}", filter.name)
        }
        Expr::GetItem(item) => format!("{}[…]", written(&item.expr)),
        _ => "…".to_owned(),
    }
}
