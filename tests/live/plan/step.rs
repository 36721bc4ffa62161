//! Makes the two steps of a destructive call one by one.

use mcp_docker::arguments::Arguments;
use mcp_docker::call::Operation;
use mcp_docker::call::gate::{Access, Planned, planned};
use mcp_docker::call::progress::Progress;
use mcp_docker::call::{Call, Look, Runtime};
use mcp_docker::catalog::{self, Tool};
use mcp_docker::config::{Config, DockerConfig, SafetyConfig};
use mcp_docker::generated::table;
use mcp_docker::redaction::Redactor;
use serde_json::Value;

/// A call that can be stopped between its plan and its act.
pub(super) struct Step {
    tool: &'static Tool,
    operation: Box<dyn Operation>,
    runtime: Runtime,
}

impl Step {
    /// A call of that tool, with everything allowed.
    pub(super) fn new(tool: &str, args: Value) -> Self {
        let tool = catalog::find(tool).unwrap();
        let args = args.as_object().unwrap().clone();
        let operation = table::parse(tool, &mut Arguments::new(tool, args).unwrap()).unwrap();
        let docker = DockerConfig {
            host: std::env::var("DOCKER_HOST").ok(),
            ..DockerConfig::default()
        };
        let runtime = Runtime::new(
            Config {
                docker,
                safety: SafetyConfig {
                    allow_destructive: true,
                    ..SafetyConfig::default()
                },
                ..Config::default()
            },
            table::parse,
        );
        Self {
            tool,
            operation,
            runtime,
        }
    }

    /// The call as it stands once the person agreed to what was seen.
    pub(super) fn call(&self, look: Look) -> Call<'_> {
        let (operation, redactor) = (self.operation.as_ref(), Redactor::new(true));
        let mut call = self.runtime.begin(
            self.tool,
            operation,
            Access::Full,
            Progress::none(),
            redactor,
        );
        call.look = look;
        call.agreed();
        call
    }

    /// What the call sees before it asks.
    pub(super) async fn look(&self) -> Look {
        let call = self.call(Look::default());
        self.operation.look(&call).await.unwrap()
    }

    /// Does it, by what was seen.
    pub(super) async fn act(&self, look: Look) -> Value {
        self.operation.run(&self.call(look)).await.unwrap()
    }

    /// What the person is asked.
    pub(super) async fn plan(&self) -> Planned {
        let look = self.look().await.to_value();
        planned(
            self.tool,
            &self.operation.params(),
            &look,
            &Redactor::new(true),
        )
        .unwrap()
        .unwrap()
    }
}
