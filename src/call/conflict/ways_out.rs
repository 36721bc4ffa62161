//! What Engines say of which more is known, and the way out.

/// What the Engine says, in lower case, with `*` for what differs, and what to do about it. `{users}`
/// stands for the names of the containers that use the object, `{running}` for those that run,
/// `{driver}` for the log driver of the container, `{connected}` for what becomes of its connection.
pub(super) const WAYS_OUT: &[(&str, &str)] = &[
    (
        "has active endpoints",
        "connected: {running}; disconnect with docker_disconnect_container, or stop them",
    ),
    (
        "is in use by the following service",
        "docker_update_service takes it from a service, docker_remove_service removes one",
    ),
    (
        "demote the last manager",
        "first promote another node with docker_update_node, `role` \"manager\"",
    ),
    (
        "loss of quorum",
        "more than half of the managers must be left and online: docker_list_nodes shows `reachability`; first promote another node",
    ),
    (
        "update out of sequence",
        "somebody else changed it meanwhile: look again, then repeat the call",
    ),
    (
        "already exists in network",
        "it is connected already; to change how, first disconnect it with docker_disconnect_container",
    ),
    (
        "network with name",
        "choose another `name`, or first remove that network with docker_remove_network",
    ),
    (
        "pool overlaps",
        "choose another `Subnet`; docker_list_networks and docker_inspect_network show those taken",
    ),
    (
        "volume is in use",
        "used by: {users}; remove with docker_remove_container first",
    ),
    (
        "is using its referenced image",
        "used by: {users}; remove with docker_remove_container first, or set `force`",
    ),
    (
        "image is being used by",
        "used by: {users}; remove with docker_remove_container first",
    ),
    (
        "referenced in multiple repositories",
        "name one of its tags, or set `force` to remove them all",
    ),
    (
        "container name",
        "choose another `name`, or first remove that container with docker_remove_container",
    ),
    (
        "remove a running container",
        "first stop it with docker_stop_container, or set `force`",
    ),
    (
        "plugin \"*not found",
        "choose another `driver`; docker_system_info shows in `Plugins` which there are",
    ),
    (
        "network * not found",
        "docker_list_networks shows what there is; docker_create_network makes one",
    ),
    (
        "volume name must be unique",
        "choose another `name`; docker_inspect_volume shows the volume that has it, of another driver",
    ),
    (
        "logging driver does not support reading",
        "its log driver `{driver}` keeps nothing that the Engine can read: read the log where the driver sends it, if it \
         does, or create the container anew under the Engine's default driver, `json-file` or `local`",
    ),
    ("is not connected to *network", "{connected}"),
    (
        "port is already allocated",
        "docker_list_containers shows in `ports` who has it; choose another host port, or stop that container. Where none \
         has it, a program on the host does",
    ),
    (
        "address already in use",
        "a program on the Engine's host listens there; choose another host port",
    ),
    (
        "cannot assign requested address",
        "the host address of a port is none of the Engine's host; leave it out, or choose one that it has",
    ),
    (
        "could not select device driver",
        "the Engine has no driver for these devices: for GPUs of NVIDIA, the NVIDIA Container Toolkit has to be installed on \
         its host; or create the container without them",
    ),
    (
        "gathering device information",
        "there is no such device on the Engine's host; create the container anew without it",
    ),
    (
        "unable to find user",
        "the image has no user of that name; give `user` as a number, or leave it out",
    ),
    (
        "unable to find group",
        "the image has no group of that name; give it as a number, or leave it out",
    ),
    (
        "executable file not found",
        "the image has no such program on its `PATH`; docker_inspect_image shows its `Config.Cmd` and `Config.Entrypoint`",
    ),
    (
        "starting container process*no such file or directory",
        "the image has no such file; docker_inspect_image shows its `Config.Cmd` and `Config.Entrypoint`",
    ),
    (
        "exec format error",
        "the program is of another platform than the Engine's host, or a script without its `#!` line; choose an image for \
         the host with `platform`",
    ),
    (
        "start container process*permission denied",
        "what it is to run is no program, or not marked as one",
    ),
    (
        "no space left on device",
        "docker_system_df shows what takes the disk of the Engine, and what could be given back",
    ),
    (
        "non-overlapping ipv4 address pool",
        "all of the Engine's default subnets are taken: give one in `ipam`, or remove networks that nothing uses",
    ),
    (
        "failed to initialize logging driver",
        "the log driver `{driver}` cannot be reached; mend that, or create the container anew under another one",
    ),
    (
        "unknown *runtime specified",
        "docker_system_info shows in `Runtimes` which there are",
    ),
    (
        "did not receive an exit event",
        "a process in it cannot be ended, because it waits for a device or a file system; what is left is to restart Docker \
         or its host",
    ),
    (
        "device or resource busy",
        "a mount of it is in use by another process on the Engine's host; try again later, with `force` once that is gone",
    ),
    (
        "is restarting, wait until",
        "docker_container_logs shows why it ends each time; docker_stop_container ends the restarts",
    ),
    (
        "is already paused",
        "docker_unpause_container lets it go on",
    ),
    (
        "is not paused",
        "there is nothing to let go on: docker_inspect_container shows in `State` what it does",
    ),
    ("is paused. unpause", "docker_unpause_container does that"),
    (
        "smaller than already set memoryswap limit",
        "`memory_swap` is of memory and swap together: set it too, or to -1 for no limit",
    ),
    (
        "restart policy cannot be updated because autoremove",
        "it is removed when it stops; create it anew without `remove`",
    ),
    (
        "renaming a container with the same name",
        "it is called so already",
    ),
    (
        "container * is not running",
        "start it with docker_start_container; docker_container_logs shows why it ended",
    ),
];
