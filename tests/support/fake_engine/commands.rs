//! Commands in containers of the fake Engine, and what containers write.

use serde_json::json;

use super::{FakeEngine, Reply};

impl FakeEngine {
    /// Scripts commands in any container that write this and end with that code.
    pub fn commands(self, output: Reply, exit_code: i64) -> Self {
        self.on(
            "POST /containers/*/exec",
            Reply::json(201, &json!({ "Id": "e1" })),
        )
        .on("POST /exec/*/start", output)
        .on(
            "GET /exec/*/json",
            json!({ "Running": false, "ExitCode": exit_code }),
        )
    }
}

/// A frame of an output: 1 is the standard output, 2 that of errors.
pub fn frame(stream: u8, text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_be_bytes();
    [&[stream, 0, 0, 0], &length[..], text.as_bytes()].concat()
}
