//! Tells whether the Docker Engine answers: `docker_healthcheck`.

use serde::{Deserialize, Serialize};

use crate::call::{Call, CallError};
use crate::engine::{Engine, EngineError, Told, record};
use crate::generated::params::healthcheck::Params;
use crate::generated::reply::healthcheck::Reply;

/// What the Engine says of itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Info {
    name: Told<String>,
    server_version: Told<String>,
    operating_system: Told<String>,
    architecture: Told<String>,
    mem_total: Told<i64>,
    #[serde(rename = "NCPU")]
    cpus: Told<i64>,
    containers: Told<i64>,
    containers_running: Told<i64>,
    containers_paused: Told<i64>,
    containers_stopped: Told<i64>,
    images: Told<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Version {
    api_version: Told<String>,
}

/// The details, with every key whether it is known or not.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Details {
    daemon_info: Daemon,
    containers: Containers,
    images: Told<i64>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Daemon {
    name: Told<String>,
    server_version: Told<String>,
    api_version: Told<String>,
    os: Told<String>,
    architecture: Told<String>,
    total_memory: Told<i64>,
    cpus: Told<i64>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Containers {
    total: Told<i64>,
    running: Told<i64>,
    paused: Told<i64>,
    stopped: Told<i64>,
}

/// Gives the Engine's state; an Engine that cannot be reached is an answer too, not an error.
pub(crate) async fn run(_params: &Params, call: &Call<'_>) -> Result<Reply<Details>, CallError> {
    Ok(match ask(&call.engine).await {
        Ok((info, version)) => healthy(info, version),
        Err(error) => unhealthy(&error),
    })
}

async fn ask(engine: &Engine) -> Result<(Info, Version), EngineError> {
    let info = record(|docker| async move { docker.info().await })?;
    let info = engine.told(info).await?;
    let version = record(|docker| async move { docker.version().await })?;
    let version = engine.told(version).await?;
    Ok((info, version))
}

fn healthy(info: Info, version: Version) -> Reply<Details> {
    let word = |told: &Told<String>| told.as_deref().unwrap_or("unknown").to_owned();
    let message = format!(
        "Docker {} answers on {}: {} of {} containers are running",
        word(&info.server_version),
        word(&info.name),
        info.containers_running.unwrap_or(0),
        info.containers.unwrap_or(0),
    );
    Reply {
        healthy: true,
        message,
        details: details(info, version),
    }
}

fn unhealthy(error: &EngineError) -> Reply<Details> {
    Reply {
        healthy: false,
        message: error.to_string(),
        details: details(Info::default(), Version::default()),
    }
}

fn details(info: Info, version: Version) -> Details {
    Details {
        daemon_info: Daemon {
            name: info.name,
            server_version: info.server_version,
            api_version: version.api_version,
            os: info.operating_system,
            architecture: info.architecture,
            total_memory: info.mem_total,
            cpus: info.cpus,
        },
        containers: Containers {
            total: info.containers,
            running: info.containers_running,
            paused: info.containers_paused,
            stopped: info.containers_stopped,
        },
        images: info.images,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn an_engine_that_answers_is_described() {
        let info = json!({
            "Name": "box", "ServerVersion": "28.1.0", "OperatingSystem": "Debian GNU/Linux 12",
            "Architecture": "x86_64", "MemTotal": 8_000_000_000_u64, "NCPU": 2, "Containers": 5,
            "ContainersRunning": 3, "ContainersPaused": 1, "ContainersStopped": 1, "Images": 9,
        });
        let info = serde_json::from_value(info).unwrap();
        let version = serde_json::from_value(json!({"ApiVersion": "1.49"})).unwrap();
        assert_eq!(
            serde_json::to_value(healthy(info, version)).unwrap(),
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
        let answer = serde_json::to_value(unhealthy(&error)).unwrap();
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
