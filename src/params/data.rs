//! Reads what a secret or a config of a swarm is to hold, which an Engine takes as base64.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::Value;

use super::json;
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;

/// A text that is sent as base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Data(String);

impl Data {
    /// As an Engine takes it.
    pub fn encoded(&self) -> String {
        BASE64_STANDARD.encode(&self.0)
    }
}

impl Parameter for Data {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        json::text(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_sent_as_base64() {
        let data = Data::parse(json!("listen 80\n")).unwrap();
        assert_eq!(data.encoded(), "bGlzdGVuIDgwCg==");
        assert_eq!(Data::parse(json!(80)), Err(Mismatch::Kind));
    }
}
