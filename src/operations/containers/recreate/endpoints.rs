//! Tells which networks the new container is on, and what is asked of them for it.

use bollard::models::{EndpointIpamConfig, EndpointSettings, HostConfig};

use super::original::Original;

type Endpoint = (String, EndpointSettings);

/// The network that it is created on, and the others.
pub(super) fn endpoints(
    old: &Original,
    mode: &str,
    host: &mut HostConfig,
) -> (Option<Endpoint>, Vec<Endpoint>) {
    if mode == "host" || mode == "none" || mode.starts_with("container:") {
        return (None, Vec::new());
    }
    let mut networks = old.networks();
    let is_named = |(name, _): &Endpoint| {
        let is_default = mode == "default" && ["bridge", "nat", "podman"].contains(&name.as_str());
        is_default || name == mode
    };
    let has_id = |(_, endpoint): &Endpoint| {
        let id = endpoint.network_id.as_ref();
        id.is_some_and(|id| id.starts_with(mode))
    };
    let at = networks.iter().position(is_named);
    let at = at.or_else(|| networks.iter().position(has_id));
    let main = match at {
        Some(at) => Some(networks.remove(at)),
        None => {
            // It was taken off the network that it was created on.
            let main = networks.pop();
            let mode = main.as_ref().map_or("none", |(name, _)| name);
            host.network_mode = Some(mode.to_owned());
            main
        }
    };
    let asked = |(name, endpoint): Endpoint| (name, asked_of(endpoint, old.id.text()));
    let mut main = main.map(asked);
    if let (Some(_), Some((_, settings))) = (at, &mut main) {
        settings.mac_address = old.mac_address();
    }
    // The default one takes no other settings, and needs none.
    let main = main.filter(|(_, settings)| *settings != EndpointSettings::default());
    (main, networks.into_iter().map(asked).collect())
}

/// What was asked of the network for a container, without what came of it.
fn asked_of(endpoint: EndpointSettings, id: &str) -> EndpointSettings {
    let EndpointSettings {
        ipam_config,
        links,
        aliases,
        driver_opts,
        gw_priority,
        // An inspect shows the same whether it was asked for or made up.
        mac_address: _,
        network_id: _,
        endpoint_id: _,
        gateway: _,
        ip_address: _,
        ip_prefix_len: _,
        ipv6_gateway: _,
        global_ipv6_address: _,
        global_ipv6_prefix_len: _,
        dns_names: _,
    } = endpoint;
    // Older Engines add the id.
    let aliases = aliases.map(|mut aliases| {
        aliases.retain(|alias| !id.starts_with(alias.as_str()));
        aliases
    });
    EndpointSettings {
        ipam_config: ipam_config.filter(|it| *it != EndpointIpamConfig::default()),
        links,
        aliases: aliases.filter(|aliases| !aliases.is_empty()),
        driver_opts: driver_opts.filter(|options| !options.is_empty()),
        gw_priority: gw_priority.filter(|priority| *priority != 0),
        ..EndpointSettings::default()
    }
}
