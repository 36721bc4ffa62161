//! Runs a command in a running container: `docker_exec_command`.

use std::time::Duration;

use bollard::models::ExecConfig;
use serde::Deserialize;

use crate::call::{Call, CallError};
use crate::engine::{Engine, EngineError, Told, record};
use crate::generated::params::exec_command::Params;
use crate::generated::reply::exec_command::Reply;
use crate::operations::budget;
use crate::operations::environment;
use crate::operations::stream::transcript::Transcript;
use crate::operations::units;
use crate::output::Hinted;

/// How long to wait before asking again whether a process has ended.
const PAUSE: Duration = Duration::from_millis(100);

/// How to get what the budget cut.
const ADVICE: &str = "of what the command wrote the beginning and the end are kept; run one that \
    writes less, say through `grep` or `tail`";

/// What the Engine calls an exec that it made.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Created {
    id: Told<String>,
}

/// How an exec stands.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct ExecState {
    running: Told<bool>,
    exit_code: Told<i64>,
}

/// Gives what the command wrote and its exit code, or what it wrote until the time was up.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Hinted<Reply>, CallError> {
    environment::check_environment(params.environment.as_ref())?;
    let exec = create(params, &call.engine).await?;
    let mut output = Transcript::new(budget::budget(call), &call.redactor);
    let running = async {
        let request = record(|docker| {
            let exec = &exec;
            async move { docker.start_exec(exec, None).await }
        })?;
        let request = request.about("exec", &exec);
        // An exec without a terminal is framed whatever the container itself has.
        output.read(call.engine.bytes(request), false).await?;
        let ended = exit_code(&exec, &call.engine).await;
        ended.map_err(|error| unknown_end(&error))
    };
    // The Engine has no way to end an exec: closing the connection leaves the process running.
    let exit_code = match tokio::time::timeout(units::seconds(params.timeout), running).await {
        Ok(ended) => Some(ended?),
        Err(_) => None,
    };
    let reply = reply(output, exit_code, params.timeout);
    let cut = reply.truncated;
    Ok(Hinted::from(reply)
        .hinted(cut.then(|| budget::advice(call, ADVICE)))
        .hinted(params.command.hint()))
}

async fn create(params: &Params, engine: &Engine) -> Result<String, CallError> {
    let config = config(params);
    let request =
        record(|docker| async move { docker.create_exec(&params.container_id, config).await })?;
    let request = request.about("container", &params.container_id);
    let created: Result<Created, _> = engine.told(request).await;
    let created = created.map_err(|error| with_advice(error, &params.container_id))?;
    created.id.0.ok_or_else(|| {
        CallError::Operation("the Engine accepted the command but gave no id to start it by".into())
    })
}

fn config(params: &Params) -> ExecConfig {
    let assignments = params.environment.as_ref().map(|environment| {
        let variables = environment.0.iter();
        variables
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    });
    ExecConfig {
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        cmd: Some(params.command.words.clone()),
        env: assignments,
        privileged: params.privileged.then_some(true),
        user: params.user.clone(),
        working_dir: params.workdir.clone(),
        ..ExecConfig::default()
    }
}

/// The Engine says that a container is paused or not running, but not what to do about it.
fn with_advice(error: EngineError, container: &str) -> CallError {
    let EngineError::Conflict { message } = &error else {
        return error.into();
    };
    let advice = if message.contains("paused") {
        "let it go on first with docker_unpause_container"
    } else {
        "start it first with docker_start_container"
    };
    CallError::Operation(format!(
        "no command can run in `{container}`: {message}; {advice}"
    ))
}

/// An Engine that dies ends the output as a process would, so only the exit code tells.
fn unknown_end(error: &CallError) -> CallError {
    CallError::Operation(format!(
        "the command was started, but how it ended is not known ({error}); it may still be running, \
         so look before you run it again"
    ))
}

/// The exit code, once the process has ended. A process may close its output long before.
async fn exit_code(exec: &str, engine: &Engine) -> Result<Told<i64>, CallError> {
    loop {
        let request = record(|docker| async move { docker.inspect_exec(exec).await })?;
        let state: ExecState = engine.told(request).await?;
        if *state.running != Some(true) {
            return Ok(state.exit_code);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The reply; `exit_code` is none where the time was up.
fn reply(output: Transcript, exit_code: Option<Told<i64>>, timeout: i64) -> Reply {
    let note = format!(
        "[not finished after {timeout} s; the process may still be running in the container]"
    );
    let timed_out = exit_code.is_none();
    let written = output.written(timed_out.then_some(note.as_str()));
    Reply {
        exit_code: exit_code.and_then(|code| code.0),
        output: written.output,
        stderr: written.stderr,
        timed_out,
        truncated: written.truncated,
    }
}

#[cfg(test)]
mod tests {

    use futures_util::stream;
    use serde_json::{Value, json};

    use super::*;
    use crate::operations::stream::frames::tests::frame;
    use crate::params::{Command, ContainerRef, Parameter, Variables};
    use crate::redaction::Redactor;

    trait IntoResult {
        fn into_result(self, exit_code: Option<i64>, timeout: i64) -> Value;
    }

    impl IntoResult for Transcript {
        fn into_result(self, exit_code: Option<i64>, timeout: i64) -> Value {
            let exit_code = exit_code.map(|code| Told(Some(code)));
            serde_json::to_value(reply(self, exit_code, timeout)).unwrap()
        }
    }

    async fn output(budget: usize, chunks: Vec<Vec<u8>>) -> Transcript {
        let mut output = Transcript::new(budget, &Redactor::new(true));
        let chunks = stream::iter(chunks.into_iter().map(|chunk| Ok(chunk.into())));
        output.read(chunks, false).await.unwrap();
        output
    }

    #[test]
    fn the_request_says_what_was_asked_and_no_more() {
        let mut params = Params {
            container_id: ContainerRef::parse("web".into()).unwrap(),
            command: Command::parse(json!(["ls", "-l"])).unwrap(),
            workdir: None,
            user: None,
            environment: None,
            privileged: false,
            timeout: 60,
        };
        assert_eq!(
            serde_json::to_value(config(&params)).unwrap(),
            json!({"AttachStdout": true, "AttachStderr": true, "Cmd": ["ls", "-l"]}),
        );
        params.workdir = Some("/srv".into());
        params.user = Some("1000:1000".into());
        params.environment = Some(Variables::parse(json!({"A": "b=c"})).unwrap());
        params.privileged = true;
        assert_eq!(
            serde_json::to_value(config(&params)).unwrap(),
            json!({
                "AttachStdout": true, "AttachStderr": true, "Cmd": ["ls", "-l"],
                "WorkingDir": "/srv", "User": "1000:1000", "Env": ["A=b=c"], "Privileged": true,
            }),
        );
    }

    #[tokio::test]
    async fn both_streams_come_in_order_and_stderr_beside_them() {
        let chunks = vec![[frame(1, b"one\n"), frame(2, b"two\n"), frame(1, b"three\n")].concat()];
        assert_eq!(
            output(1000, chunks).await.into_result(Some(3), 60),
            json!({
                "exit_code": 3, "output": "one\ntwo\nthree\n", "stderr": "two\n",
                "timed_out": false, "truncated": false,
            }),
        );
    }

    #[tokio::test]
    async fn a_timeout_says_that_the_process_may_still_run() {
        let result = output(1000, vec![frame(1, b"so far")])
            .await
            .into_result(None, 2);
        assert_eq!(
            (&result["exit_code"], &result["timed_out"]),
            (&Value::Null, &json!(true))
        );
        assert_eq!(result["stderr"], "");
        assert_eq!(
            result["output"],
            "so far\n[not finished after 2 s; the process may still be running in the container]",
        );
    }

    #[tokio::test]
    async fn a_large_output_keeps_head_and_tail_within_the_budget() {
        let line = |number: u32| {
            frame(
                1 + u8::from(number % 2 == 1),
                format!("\"{number}\"\n").as_bytes(),
            )
        };
        let result = output(10_000, (0..100_000).map(line).collect())
            .await
            .into_result(Some(0), 60);
        assert_eq!(result["truncated"], true);
        for (key, first, last) in [("output", 0, 99_999), ("stderr", 1, 99_999)] {
            let text = result[key].as_str().unwrap();
            assert!(text.starts_with(&format!("\"{first}\"\n")), "{key}: {text}");
            assert!(text.ends_with(&format!("\"{last}\"\n")), "{key}: {text}");
        }
        let size = result.to_string().len();
        assert!(
            (9000..=10_000 + budget::ENVELOPE).contains(&size),
            "{size} bytes"
        );
    }

    /// Nothing is kept back for a stream that is empty.
    #[tokio::test]
    async fn an_output_on_one_stream_has_the_budget_to_itself() {
        for (channel, bytes) in [(1, 9500), (2, 7000)] {
            let text = format!("{}\n", "x".repeat(bytes - 1));
            let result = output(10_000, vec![frame(channel, text.as_bytes())]).await;
            let result = result.into_result(Some(0), 60);
            assert_eq!(result["output"], text, "channel {channel}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let refusal = |message: &str| EngineError::Conflict {
            message: message.into(),
        };
        let paused = with_advice(refusal("Container 12ab is paused"), "web").to_string();
        assert!(
            paused.contains("is paused") && paused.contains("docker_unpause_container"),
            "{paused}"
        );
        let stopped = with_advice(refusal("Container 12ab is not running"), "web").to_string();
        assert!(
            stopped.contains("not running") && stopped.contains("docker_start_container"),
            "{stopped}"
        );
    }
}
