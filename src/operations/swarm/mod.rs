//! Works on what a swarm has: its nodes, services, tasks, secrets and configs.

pub(crate) mod list_services;

mod objects;
