//! Keeps reading to the scope, where `SAFETY_SCOPE_READS` says so.

use std::collections::HashMap;

use form_urlencoded::{Serializer, parse};
use serde_json::{Value, json};

use super::named::{Name, Named};
use super::object_scope::ObjectScope;
use crate::engine::error::EngineError;
use crate::engine::objects::ObjectKind;
use crate::engine::probe::PolicyProbe;
use crate::engine::record::Request;

impl ObjectScope {
    /// Refuses to read what is not in the scope; a list is narrowed to what is.
    pub(super) async fn judge_reading(
        &self,
        request: &mut Request,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let path = request.path().to_owned();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let (kind, of) = match segments.as_slice() {
            // What an Engine and its machines are; what is not there; an exec, whose id only its maker has; and what
            // the reply is narrowed of.
            ["_ping" | "version" | "info" | "auth"]
            | ["system", "df"]
            | ["exec", ..]
            | ["distribution", ..]
            | ["images", "search"]
            | ["nodes", ..] => return Ok(()),
            ["containers" | "images", "json"] | ["networks" | "volumes" | "events"] => {
                return self.narrow(request, false);
            }
            ["services" | "tasks" | "secrets" | "configs"] => return self.narrow(request, true),
            ["images", "get"] => {
                for (_, name) in
                    parse(request.query().to_owned().as_bytes()).filter(|(key, _)| key == "names")
                {
                    self.judge_name(read(ObjectKind::Image, &name), request, engine)
                        .await?;
                }
                return Ok(());
            }
            ["images", name @ .., _] => (ObjectKind::Image, name.join("/")),
            ["tasks", id, ..] => {
                let task = engine.task(id).await?;
                let service = task.get("ServiceID").and_then(Value::as_str);
                (ObjectKind::Service, service.unwrap_or_default().to_owned())
            }
            [kind, name, ..] => match ObjectKind::named(kind) {
                Some(kind) => (kind, (*name).to_owned()),
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        self.judge_name(read(kind, &of), request, engine).await
    }

    /// Has the Engine list what has the label alone.
    fn narrow(&self, request: &mut Request, of_swarm: bool) -> Result<(), EngineError> {
        let (key, value) = self.marks()?.of_made(of_swarm);
        let label = json!(format!("{key}={value}"));
        let mut filters: HashMap<String, Value> = HashMap::new();
        let mut query = Serializer::new(String::new());
        for (key, value) in parse(request.query().as_bytes()) {
            if key == "filters" {
                filters.extend(
                    serde_json::from_str::<HashMap<String, Value>>(&value).unwrap_or_default(),
                );
            } else {
                query.append_pair(&key, &value);
            }
        }
        match filters
            .entry("label".to_owned())
            .or_insert_with(|| json!([]))
        {
            Value::Array(labels) => labels.push(label),
            Value::Object(labels) => {
                labels.insert(label.as_str().unwrap_or_default().to_owned(), json!(true));
            }
            other => *other = json!([label]),
        }
        query.append_pair("filters", &json!(filters).to_string());
        request.set_query(&query.finish())
    }
}

fn read(kind: ObjectKind, of: &str) -> Name {
    Name {
        kind,
        named: Named::Takes,
        of: of.to_owned(),
    }
}
