//! The requests of the methods of `bollard::task`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Docker, Unsent, UnsentStream};

impl Docker {
    /// `GET /tasks`
    pub fn list_tasks(
        &self,
        options: Option<bollard::query_parameters::ListTasksOptions>,
    ) -> Unsent<Vec<bollard::models::Task>> {
        Unsent::new(Method::GET, "/tasks").query(options)
    }

    /// `GET /tasks/{task_id}`
    pub fn inspect_task(&self, task_id: &str) -> Unsent<bollard::models::Task> {
        Unsent::new(Method::GET, &format!("/tasks/{task_id}"))
    }

    /// `GET /tasks/{task_id}/logs`
    pub fn task_logs(
        &self,
        task_id: &str,
        options: Option<impl Into<bollard::query_parameters::LogsOptions>>,
    ) -> UnsentStream<bollard::container::LogOutput> {
        Unsent::new(Method::GET, &format!("/tasks/{task_id}/logs"))
            .query(options.map(Into::into))
            .stream()
    }
}
