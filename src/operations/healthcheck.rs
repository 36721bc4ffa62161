//! Tells whether the Docker Engine answers: `docker_healthcheck`.

use serde_json::{Value, json};

use crate::call::{Call, CallError};
use crate::engine::{Engine, EngineError, record};
use crate::generated::params::healthcheck::Params;

/// Gives the Engine's state; an Engine that cannot be reached is an answer too, not an error.
pub(crate) async fn run(_params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    Ok(match ask(&call.engine).await {
        Ok((info, version)) => healthy(&info, &version),
        Err(error) => unhealthy(&error),
    })
}

async fn ask(engine: &Engine) -> Result<(Value, Value), EngineError> {
    let info = engine
        .json(record(|docker| async move { docker.info().await })?)
        .await?;
    let version = engine
        .json(record(|docker| async move { docker.version().await })?)
        .await?;
    Ok((info, version))
}

fn healthy(info: &Value, version: &Value) -> Value {
    let word = |value: &Value| value.as_str().unwrap_or("unknown").to_owned();
    let message = format!(
        "Docker {} answers on {}: {} of {} containers are running",
        word(&info["ServerVersion"]),
        word(&info["Name"]),
        info["ContainersRunning"].as_u64().unwrap_or(0),
        info["Containers"].as_u64().unwrap_or(0),
    );
    json!({ "healthy": true, "message": message, "details": details(info, version) })
}

fn unhealthy(error: &EngineError) -> Value {
    let nothing = Value::Null;
    json!({ "healthy": false, "message": error.to_string(), "details": details(&nothing, &nothing) })
}

/// The details, with every key whether it is known or not.
fn details(info: &Value, version: &Value) -> Value {
    json!({
        "daemon_info": {
            "name": info["Name"],
            "server_version": info["ServerVersion"],
            "api_version": version["ApiVersion"],
            "os": info["OperatingSystem"],
            "architecture": info["Architecture"],
            "total_memory": info["MemTotal"],
            "cpus": info["NCPU"],
        },
        "containers": {
            "total": info["Containers"],
            "running": info["ContainersRunning"],
            "paused": info["ContainersPaused"],
            "stopped": info["ContainersStopped"],
        },
        "images": info["Images"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_answers_is_described() {
        let info = json!({
            "Name": "box", "ServerVersion": "28.1.0", "OperatingSystem": "Debian GNU/Linux 12",
            "Architecture": "x86_64", "MemTotal": 8_000_000_000_u64, "NCPU": 2, "Containers": 5,
            "ContainersRunning": 3, "ContainersPaused": 1, "ContainersStopped": 1, "Images": 9,
        });
        assert_eq!(
            healthy(&info, &json!({"ApiVersion": "1.49"})),
            json!({
                "healthy": true,
                "message": "Docker 28.1.0 answers on box: 3 of 5 containers are running",
                "details": {
                    "daemon_info": {
                        "name": "box", "server_version": "28.1.0", "api_version": "1.49",
                        "os": "Debian GNU/Linux 12", "architecture": "x86_64",
                        "total_memory": 8_000_000_000_u64, "cpus": 2,
                    },
                    "containers": {"total": 5, "running": 3, "paused": 1, "stopped": 1},
                    "images": 9,
                },
            }),
        );
    }

    #[test]
    fn an_engine_that_does_not_answer_says_why_and_has_every_key() {
        let error = EngineError::Failed {
            status: 500,
            message: "disk is on fire".into(),
        };
        let answer = unhealthy(&error);
        assert_eq!(answer["healthy"], false);
        assert!(
            answer["message"]
                .as_str()
                .unwrap()
                .contains("disk is on fire")
        );
        assert_eq!(
            answer.pointer("/details/daemon_info/api_version"),
            Some(&Value::Null)
        );
        assert_eq!(
            answer.pointer("/details/containers/paused"),
            Some(&Value::Null)
        );
        assert_eq!(answer.pointer("/details/images"), Some(&Value::Null));
    }
}
