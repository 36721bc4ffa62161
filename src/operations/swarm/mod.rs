//! Works on what a swarm has: its nodes, services, tasks, secrets and configs.

pub(crate) mod inspect_service;
pub(crate) mod list_services;
pub(crate) mod list_tasks;
pub(crate) mod service;
pub(crate) mod service_logs;
pub(crate) mod stacks;
pub(crate) mod swarm_info;
pub(crate) mod update_node;

pub(crate) mod objects;
