//! Makes the body of a container that is to be as another one is, but for what is to change.
//!
//! What the other has from its image is left to the new one's. What the Engine filled in by itself is left to
//! the Engine.

use std::collections::HashMap;

use bollard::models::{
    ContainerConfig, ContainerCreateBody, EndpointSettings, HostConfig, ImageConfig,
    NetworkingConfig,
};

use super::changes::change;
use super::endpoints::endpoints;
use super::original::{Mounted, Original};
use crate::generated::params::recreate_container::Params;

/// What is to be made.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Successor {
    pub(super) body: ContainerCreateBody,
    /// The networks that it joins besides.
    pub(super) networks: Vec<(String, EndpointSettings)>,
}

/// The container as it is in an inspect, on that image.
///
/// `of_image` is what the image says that it was made from, and `chosen` are the settings that the Engine chose
/// for another like it. Where those are not known, all that it may have chosen is left to it.
pub(super) fn successor(
    old: &Original,
    of_image: &ImageConfig,
    image: &str,
    params: &Params,
    chosen: Option<&HostConfig>,
) -> Successor {
    let mut body = body(old.config());
    let mut host = old.host_config();
    leave_to_the_image(&mut body, of_image);
    body.image = Some(image.to_owned());
    let mode = host.network_mode.clone().filter(|mode| !mode.is_empty());
    let mode = mode.unwrap_or_else(|| "default".to_owned());
    // The Engine calls a container by its id where nobody names it.
    let is_id = |name: &String| !name.is_empty() && old.id.text().starts_with(name.as_str());
    if mode.starts_with("container:") || body.hostname.as_ref().is_some_and(is_id) {
        body.hostname = None;
    }
    leave_to_the_engine(&mut host, chosen);
    host.container_id_file = None;
    keep_volumes(&mut host, &old.mounts);
    links(&mut host, old.name.text());
    change(&mut body, &mut host, params);

    let (main, networks) = endpoints(old, &mode, &mut host);
    body.host_config = Some(host);
    body.networking_config = main.map(|(name, endpoint)| NetworkingConfig {
        endpoints_config: Some(HashMap::from([(name, endpoint)])),
    });
    Successor { body, networks }
}

/// The same settings in the form in which they are asked for. Each is named, so that none is forgotten.
fn body(config: ContainerConfig) -> ContainerCreateBody {
    let ContainerConfig {
        hostname,
        domainname,
        user,
        attach_stdin,
        attach_stdout,
        attach_stderr,
        exposed_ports,
        tty,
        open_stdin,
        stdin_once,
        env,
        cmd,
        healthcheck,
        args_escaped,
        image,
        volumes,
        working_dir,
        entrypoint,
        network_disabled,
        on_build,
        labels,
        stop_signal,
        stop_timeout,
        shell,
    } = config;
    ContainerCreateBody {
        hostname,
        domainname,
        user,
        attach_stdin,
        attach_stdout,
        attach_stderr,
        exposed_ports,
        tty,
        open_stdin,
        stdin_once,
        env,
        cmd,
        healthcheck,
        args_escaped,
        image,
        volumes,
        working_dir,
        entrypoint,
        network_disabled,
        on_build,
        labels,
        stop_signal,
        stop_timeout,
        shell,
        host_config: None,
        networking_config: None,
    }
}

/// Takes out what the container has from its image.
fn leave_to_the_image(own: &mut ContainerCreateBody, of_image: &ImageConfig) {
    let ImageConfig {
        user,
        exposed_ports,
        env,
        cmd,
        healthcheck,
        args_escaped,
        volumes,
        working_dir,
        entrypoint,
        on_build,
        labels,
        stop_signal,
        shell,
    } = of_image;
    leave(&mut own.user, user);
    leave(&mut own.working_dir, working_dir);
    leave(&mut own.stop_signal, stop_signal);
    leave(&mut own.healthcheck, healthcheck);
    leave(&mut own.shell, shell);
    leave(&mut own.on_build, on_build);
    leave(&mut own.args_escaped, args_escaped);
    // With an entrypoint of its own a container takes no command from its image.
    let has_none = own.entrypoint.as_ref().is_none_or(Vec::is_empty);
    let image_has_none = entrypoint.as_ref().is_none_or(Vec::is_empty);
    if has_none && image_has_none || own.entrypoint == *entrypoint {
        own.entrypoint = None;
        leave(&mut own.cmd, cmd);
    } else if has_none {
        // One empty word takes the image's away.
        own.entrypoint = Some(vec![String::new()]);
    }
    leave_items(&mut own.exposed_ports, exposed_ports);
    leave_items(&mut own.volumes, volumes);
    leave_items(&mut own.env, env);
    if let (Some(own), Some(its)) = (&mut own.labels, labels) {
        own.retain(|name, value| its.get(name) != Some(value));
    }
}

fn leave<T: PartialEq>(own: &mut Option<T>, other: &Option<T>) {
    if own == other {
        *own = None;
    }
}

fn leave_items(own: &mut Option<Vec<String>>, other: &Option<Vec<String>>) {
    if let (Some(own), Some(other)) = (own, other) {
        own.retain(|item| !other.contains(item));
    }
}

/// Takes out what an inspect shows as the Engine chose it where nobody did. Asked for, it would count as chosen.
fn leave_to_the_engine(host: &mut HostConfig, chosen: Option<&HostConfig>) {
    let own = host.clone();
    let chosen = chosen.unwrap_or(&own);
    leave(&mut host.cgroupns_mode, &chosen.cgroupns_mode);
    leave(&mut host.masked_paths, &chosen.masked_paths);
    leave(&mut host.readonly_paths, &chosen.readonly_paths);
    leave(&mut host.runtime, &chosen.runtime);
}

/// Names the volumes that the Engine made for it, so that the new one has the same.
fn keep_volumes(host: &mut HostConfig, mounts: &[Mounted]) {
    for mount in mounts.iter().filter(|mount| mount.kind.text() == "volume") {
        let (name, target) = (mount.name.text(), mount.destination.text());
        let mut binds = host.binds.iter().flatten();
        if name.is_empty() || binds.any(|bind| target_of(bind) == target) {
            continue;
        }
        let mut asked = host.mounts.iter_mut().flatten();
        match asked.find(|asked| asked.target.as_deref() == Some(target)) {
            Some(asked) => {
                if asked.source.as_ref().is_none_or(String::is_empty) {
                    asked.source = Some(name.to_owned());
                }
            }
            None => {
                let mode = if *mount.writable == Some(false) {
                    ":ro"
                } else {
                    ""
                };
                let bind = format!("{name}:{target}{mode}");
                host.binds.get_or_insert_default().push(bind);
            }
        }
    }
}

/// The path in the container that a bind is for.
pub(super) fn target_of(bind: &str) -> &str {
    bind.split(':').nth(1).unwrap_or_default()
}

/// The Engine shows `/db:/web/alias` for what was asked for as `db:alias`.
fn links(host: &mut HostConfig, name: &str) {
    for link in host.links.iter_mut().flatten() {
        let (other, alias) = link.split_once(':').unwrap_or((link, ""));
        let alias = alias.strip_prefix(name).unwrap_or(alias);
        let alias = alias.trim_start_matches('/');
        *link = format!("{}:{alias}", other.trim_start_matches('/'));
    }
}
