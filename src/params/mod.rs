//! Turns the arguments of a call into typed parameters, or says which one does not fit and why.
//!
//! Each type parses; nothing is checked twice. A value that reached a params struct is good.
//! [`assign`](assign()) then puts it into bollard's options and bodies.

mod assign;
mod command;
mod data;
mod engine_form;
mod filters;
mod health;
mod host;
mod image;
mod json;
mod literal;
mod model;
mod mounts;
mod pairs;
mod parameter;
mod pattern;
mod ports;
mod reference;
mod restart;
mod scalar;
mod schema;
mod search;
mod service;
mod signal;
mod size;
mod swarm;
mod time;
mod word;

pub use assign::{Assign, NotAssignable, assign};
pub use command::{Command, Entrypoint};
pub use data::Data;
pub use filters::Filters;
pub use health::HealthCheck;
pub use host::{ExtraHosts, Gpus, Tmpfs, Ulimit, Ulimits};
pub use image::{ImageRef, Platform, Repository, Tag};
pub(crate) use json::{clip, kind};
pub use model::EngineModel;
pub use mounts::{Mount, Mounts};
pub use pairs::Variables;
pub use parameter::{InvalidArgument, Mismatch, Parameter};
pub use pattern::Pattern;
pub use ports::{HostPort, Port, Ports, Protocol};
pub use reference::{ConfigRef, ContainerRef, NetworkRef, NodeRef, SecretRef, StackRef, VolumeRef};
pub use restart::RestartPolicy;
pub use scalar::{Cpus, Tail};
pub use schema::Schema;
pub use search::Search;
pub use service::{Replicas, ServiceRef};
pub use signal::Signal;
pub use size::{Size, Swap};
pub use swarm::{
    Resources, Rollout, ServiceMount, ServiceMounts, ServicePort, ServicePorts, TaskRestarts,
};
pub use time::{Now, Time, unix_text};
pub use word::fit;
