//! Holds the operations that a TOML file cannot express, one file for each, in rooms.
//!
//! A tool whose file says `handler = "exec"` runs [`exec::run`] with its typed parameters: the handlers
//! are listed here by name, wherever they are. An operation gives the `Reply` that is made of the file's
//! `[output]`, or its own `Plan`; policy, redaction and the audit are the business of [`crate::call`].
//! Each keeps its memory bounded by the budget of one result, however much the Engine sends.

pub(crate) mod build;

mod budget;
mod compose;
mod containers;
mod environment;
mod files;
mod images;
mod insight;
mod objects;
mod prune;
mod scan;
mod space;
mod stream;
mod swarm;
mod system;
mod units;

// The handlers, by the names that TOML files call them.
#[allow(
    unused_imports,
    reason = "no tool of the catalogue need be one run of a program and no more"
)]
pub(crate) use compose::once;
pub(crate) use compose::{
    compose_build, compose_config, compose_down, compose_exec, compose_logs, compose_ls,
    compose_ps, compose_pull, compose_restart, compose_scale, compose_start, compose_stop,
    compose_up, compose_validate, compose_write_file,
};
pub(crate) use containers::{create, exec, recreate, restart, run, start, stats};
pub(crate) use files::{list_files, read_file, write_file};
pub(crate) use images::{list_images, load, pull, push, save};
pub(crate) use insight::{check_updates, diagnose, disk_usage, list_ports, search_logs, wait};
pub(crate) use prune::build_cache as prune_build_cache;
pub(crate) use prune::containers as prune_containers;
pub(crate) use prune::images as prune_images;
pub(crate) use prune::networks as prune_networks;
pub(crate) use prune::system as system_prune;
pub(crate) use prune::volumes as prune_volumes;
pub(crate) use scan::{image_sbom, image_vulnerabilities};
pub(crate) use space::{remove_container, remove_image, remove_volume};
pub(crate) use stream::{events, logs};
pub(crate) use swarm::service::{create_service, rollback_service, scale_service, update_service};
pub(crate) use swarm::stacks::{list_stacks, remove_stack, stack_deploy};
pub(crate) use swarm::{
    inspect_service, list_services, list_tasks, service_logs, swarm_info, update_node,
};
pub(crate) use system::{df, healthcheck};
