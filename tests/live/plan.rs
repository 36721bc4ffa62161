//! Plans of destructive tools against the Engine's own choice, and what happens between plan and act.
//!
//! A person who reads a question cannot be hurried along in a test, so these make a call's two
//! steps, its look and its run, one by one.

mod step;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use step::Step;

use crate::docker::{Container, Object, WAIT, docker, image, inspect, run, unique, wanted};

fn ids(plan: &Value, part: &str) -> BTreeSet<String> {
    let objects = plan[part].as_array().unwrap().iter();
    objects
        .map(|object| object["id"].as_str().unwrap().to_owned())
        .collect()
}

/// An image with that label; untagged where it gets no name.
fn labelled_image(label: &str, name: Option<&str>) -> String {
    let container = Container::with("layer", &["create"], WAIT);
    let change = format!("LABEL {label}=yes");
    let mut command = vec!["commit", "--change", &change, &container.name];
    command.extend(name);
    docker(&command)
}

fn lines(text: &str) -> BTreeSet<String> {
    text.lines().map(str::to_owned).collect()
}

/// Everything of a label, by the ids or names that the Engine lists.
fn existing(label: &str) -> BTreeSet<String> {
    let filter = format!("label={label}");
    [
        &["ps", "-aq", "--no-trunc"][..],
        &["network", "ls", "-q", "--no-trunc"],
        &["volume", "ls", "-q"],
        &["images", "-aq", "--no-trunc"],
    ]
    .iter()
    .flat_map(|command| {
        let mut command = command.to_vec();
        command.extend(["--filter", &filter]);
        lines(&docker(&command))
    })
    .collect()
}

/// The Docker CLI prunes after the plan was made, and takes exactly what it names.
#[tokio::test]
async fn a_plan_names_what_the_engines_own_prunes_take() {
    if !wanted() {
        return;
    }
    let (label, keep) = (unique("label"), unique("keep"));
    let labelled = ["create", "--label", &label];
    let stopped = Container::with("stopped", &labelled, "true");
    let kept = Container::with(
        "kept",
        &["create", "--label", &label, "--label", &keep],
        "true",
    );
    let running = Container::with("running", &["run", "-d", "--label", &label], WAIT);
    let (busy, idle) = (Object::claim("network"), Object::claim("network"));
    for network in [&busy, &idle] {
        docker(&["network", "create", "--label", &label, &network.name]);
    }
    docker(&["network", "connect", &busy.name, &running.name]);
    docker(&["network", "connect", &idle.name, &stopped.name]);
    let (free, used) = (labelled_image(&label, None), labelled_image(&label, None));
    let user = Container::named("user");
    // It has the label of its image, so that only its running keeps it.
    docker(&["run", "-d", "--name", &user.name, &used, "sh", "-c", WAIT]);

    let filters = json!({"label": label, "label!": keep, "until": "0s"});
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let step = Step::new("docker_system_prune", json!({"filters": filters}));
    let plan = step.look().await.get("plan").clone();
    assert_eq!(ids(&plan, "containers"), [stopped.id()].into());
    assert_eq!(ids(&plan, "images"), [free.clone()].into());

    let before = existing(&label);
    let (only, not) = (format!("label={label}"), format!("label!={keep}"));
    docker(&["system", "prune", "-f", "--filter", &only, "--filter", &not]);
    let gone: BTreeSet<String> = before.difference(&existing(&label)).cloned().collect();
    let planned: BTreeSet<String> = ["containers", "networks", "images"]
        .iter()
        .flat_map(|part| ids(&plan, part))
        .collect();
    assert_eq!(planned, gone);
    assert!(kept.exists() && busy.exists() && !idle.exists());

    let tagged = [unique("tag"), unique("tag")].map(|name| format!("{name}:1"));
    labelled_image(&label, Some(&tagged[0]));
    docker(&["tag", &tagged[0], &tagged[1]]);
    let step = Step::new(
        "docker_prune_images",
        json!({"all": true, "filters": {"label": label}}),
    );
    let plan = step.look().await.get("plan").clone();
    let before = existing(&label);
    docker(&["image", "prune", "-af", "--filter", &only]);
    let gone: BTreeSet<String> = before.difference(&existing(&label)).cloned().collect();
    assert_eq!(ids(&plan, "images"), gone);
    drop(user);
    let _ = run(&["rmi", "-f", &used]);
}

/// The clock of the fixture is the Engine's: what is younger than `until` stays, as with the CLI.
#[tokio::test]
async fn until_divides_as_the_engine_does() {
    if !wanted() {
        return;
    }
    let label = unique("label");
    let (older, network) = (
        Container::with("older", &["create", "--label", &label], "true"),
        Object::claim("network"),
    );
    docker(&["network", "create", "--label", &label, &network.name]);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let now = docker(&["info", "--format", "{{.SystemTime}}"]);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let younger = Container::with("younger", &["create", "--label", &label], "true");

    let filters = json!({"label": label, "until": now});
    let step = Step::new("docker_system_prune", json!({"filters": filters}));
    let plan = step.look().await.get("plan").clone();
    docker(&[
        "container",
        "prune",
        "-f",
        "--filter",
        &format!("label={label}"),
        "--filter",
        &format!("until={now}"),
    ]);
    assert!(younger.exists() && !older.exists());
    assert_eq!(plan["containers"].as_array().unwrap().len(), 1);
    assert_eq!(plan["containers"][0]["name"], older.name);
    assert_eq!(plan["networks"][0]["name"], network.name);
}

#[tokio::test]
async fn what_becomes_unused_after_the_plan_stays() {
    if !wanted() {
        return;
    }
    let label = unique("label");
    let volume = || {
        docker(&[
            "volume",
            "create",
            "--label",
            &label,
            "--label",
            "com.docker.volume.anonymous=",
        ])
    };
    let (planned_volume, stopped) = (
        volume(),
        Container::with("planned", &["create", "--label", &label], "true"),
    );
    let (planned_image, id) = (labelled_image(&label, None), stopped.id());

    let only = json!({"label": label});
    let system = Step::new(
        "docker_system_prune",
        json!({"volumes": true, "filters": only}),
    );
    let images = Step::new("docker_prune_images", json!({"all": true, "filters": only}));
    let volumes = Step::new(
        "docker_prune_volumes",
        json!({"all": true, "filters": only}),
    );
    let looks = (
        system.look().await,
        images.look().await,
        volumes.look().await,
    );

    let late_volume = volume();
    let late = Container::with("late", &["create", "--label", &label], "true");
    let late_network = Object::claim("network");
    docker(&["network", "create", "--label", &label, &late_network.name]);
    let late_image = format!("{}:1", unique("late"));
    labelled_image(&label, Some(&late_image));

    let pruned = system.act(looks.0).await;
    assert_eq!(pruned["containers_deleted"], json!([id]));
    assert_eq!(pruned["volumes_deleted"], json!([planned_volume]));
    assert!(
        pruned["images_deleted"]
            .as_array()
            .unwrap()
            .contains(&json!({"Deleted": planned_image}))
    );
    assert_eq!(pruned["failed"], json!([]));
    // Both were planned, and are gone by now.
    for (step, look) in [(images, looks.1), (volumes, looks.2)] {
        let pruned = step.act(look).await;
        assert_eq!(
            (&pruned["deleted"], &pruned["failed"]),
            (&json!([]), &json!([]))
        );
    }
    assert!(late.exists() && late_network.exists());
    docker(&["volume", "rm", &late_volume]);
    docker(&["rmi", &late_image]);
}

/// A stopped container that was planned runs by now, an image that was planned has another name.
#[tokio::test]
async fn what_is_used_or_renamed_by_now_stays_and_is_named() {
    if !wanted() {
        return;
    }
    let label = unique("label");
    let stopped = Container::with("starts", &["create", "--label", &label], WAIT);
    let name = format!("{}:1", unique("renamed"));
    labelled_image(&label, Some(&name));
    let only = json!({"label": label});
    let system = Step::new("docker_system_prune", json!({"filters": only}));
    let images = Step::new("docker_prune_images", json!({"all": true, "filters": only}));
    let looks = (system.look().await, images.look().await);

    docker(&["start", &stopped.name]);
    docker(&["tag", &name, &format!("{name}-too")]);

    let pruned = system.act(looks.0).await;
    assert_eq!(pruned["containers_deleted"], json!([]));
    assert_eq!(pruned["failed"][0]["name"], stopped.name, "{pruned}");
    let pruned = images.act(looks.1).await;
    assert_eq!(pruned["deleted"], json!([]));
    assert_eq!(pruned["failed"][0]["tags"], json!([name]), "{pruned}");
    docker(&["rmi", &name, &format!("{name}-too")]);
}

/// Volumes with options are none that an old Engine's own prune takes.
#[tokio::test]
async fn a_volume_with_driver_options_goes_with_all() {
    if !wanted() {
        return;
    }
    let (label, volume) = (unique("label"), Object::claim("volume"));
    let options = ["--opt", "type=tmpfs", "--opt", "device=tmpfs"];
    let mut command = vec!["volume", "create", "--label", &label];
    command.extend(options);
    command.push(&volume.name);
    docker(&command);
    let step = Step::new(
        "docker_prune_volumes",
        json!({"all": true, "filters": {"label": label}}),
    );
    let look = step.look().await;
    assert_eq!(step.act(look).await["deleted"], json!([volume.name]));
    assert!(!volume.exists());
}

#[tokio::test]
async fn a_plan_tells_of_real_objects_what_depends_on_them() {
    if !wanted() {
        return;
    }
    let (network, volume) = (Object::new("network"), Object::new("volume"));
    let (mount, named) = (format!("{}:/data", volume.name), unique("of"));
    let running = Container::with(
        "user",
        &[
            "run",
            "-d",
            "-v",
            &mount,
            "-v",
            "/bare",
            "--network",
            &network.name,
        ],
        WAIT,
    );
    let stopped = Container::with("idle", &["create", "--network", &network.name], WAIT);
    let tagged = format!("{named}:1");
    docker(&["tag", &image(), &tagged]);
    let mounts = inspect(&running.name)["Mounts"].clone();
    let bare = mounts
        .as_array()
        .unwrap()
        .iter()
        .find(|mount| mount["Destination"] == "/bare");
    let bare = bare.unwrap()["Name"].as_str().unwrap().to_owned();

    let (user, idle) = (
        format!("{} (running)", running.name),
        format!("{} (created)", stopped.name),
    );
    for (tool, args, parts) in [
        (
            "docker_remove_container",
            json!({"container_id": running.name, "volumes": true}),
            vec![&running.name, "running", &bare, &image()],
        ),
        (
            "docker_remove_image",
            json!({"image": tagged}),
            vec!["the tag", &tagged, &user, &idle],
        ),
        (
            "docker_remove_network",
            json!({"network_id": network.name}),
            vec![&network.name, &user, &idle],
        ),
        (
            "docker_remove_volume",
            json!({"volume_name": volume.name}),
            vec![&volume.name, &user],
        ),
    ] {
        let plan = Step::new(tool, args).plan().await;
        for part in parts {
            assert!(plan.text.contains(part), "{part} is missing: {}", plan.text);
        }
        assert!(!plan.nothing);
    }
    docker(&["rmi", &tagged]);
}
