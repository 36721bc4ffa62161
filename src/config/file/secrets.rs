//! Where secrets may go, by `[secrets.NAME]`.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::super::effective::Limits;
use super::part::{Fault, Key, Part, known, strings, table};
use crate::vocabulary::is_secret_name;

/// What a secret may have.
const LIMITS: [&str; 2] = ["images", "projects"];

pub(super) fn limits(secrets: &DeTable<'_>) -> Result<BTreeMap<String, Limits>, Fault> {
    let mut limits = BTreeMap::new();
    for (name, secret) in secrets {
        if !is_secret_name(name.get_ref()) {
            let reason = format!("`{}` is no name of a secret", name.get_ref());
            return Err(Fault::at(name.span(), reason));
        }
        limits.insert(name.get_ref().to_string(), of_secret(name, secret)?);
    }
    Ok(limits)
}

fn of_secret(name: &Key<'_>, secret: &Part<'_>) -> Result<Limits, Fault> {
    let mut limits = Limits::default();
    for (key, value) in table(name, secret)? {
        known(key, &format!("`[secrets.{}]`", name.get_ref()), &LIMITS)?;
        let list = match key.get_ref().as_ref() {
            "images" => &mut limits.images,
            _ => &mut limits.projects,
        };
        let Some(texts) = strings(value) else {
            let reason = format!("`{}` must be an array of strings", key.get_ref());
            return Err(Fault::at(value.span(), reason));
        };
        *list = Some(texts);
    }
    Ok(limits)
}
