//! Every destructive tool, beside other calls that change the same object, at random moments.

use mcp_docker::catalog::{TOOLS, Tier};
use tokio::time::{Instant, timeout_at};

use super::world::{CONTAINER, NETWORK, OF_SWARM, World, shown};
use super::*;
use crate::support::client::EVERYTHING;
use crate::support::fake_engine::Moment;

const ROUNDS: u64 = 20;

/// A destructive call, and others that change the same by another name, so that their looks are not
/// taken for its own.
struct Scene {
    tool: &'static str,
    arguments: Value,
    /// The request with which it looks.
    look: &'static str,
    others: Vec<(&'static str, Value)>,
}

fn scenes(folder: &str) -> Vec<Scene> {
    let short = &CONTAINER[..12];
    let of_a_container = vec![
        (
            "docker_start_container",
            json!({ "container_id": CONTAINER }),
        ),
        ("docker_stop_container", json!({ "container_id": short })),
        (
            "docker_restart_container",
            json!({ "container_id": CONTAINER }),
        ),
        (
            "docker_exec_command",
            json!({ "container_id": short, "command": ["true"] }),
        ),
        (
            "docker_connect_container",
            json!({ "network_id": "other", "container_id": CONTAINER }),
        ),
        (
            "docker_disconnect_container",
            json!({ "network_id": "other", "container_id": short }),
        ),
        (
            "docker_create_container",
            json!({ "image": "app", "name": "victim" }),
        ),
        ("docker_pause_container", json!({ "container_id": short })),
        (
            "docker_kill_container",
            json!({ "container_id": CONTAINER }),
        ),
        (
            "docker_rename_container",
            json!({ "container_id": short, "name": "other" }),
        ),
        (
            "docker_update_container",
            json!({ "container_id": CONTAINER, "cpus": 1 }),
        ),
    ];
    let of_an_image = vec![
        (
            "docker_tag_image",
            json!({ "image": "base:1", "repository": "app", "tag": "old" }),
        ),
        (
            "docker_tag_image",
            json!({ "image": "docker.io/library/app:old", "repository": "app", "tag": "new" }),
        ),
        (
            "docker_pull_image",
            json!({ "image": "docker.io/library/app", "tag": "old" }),
        ),
        (
            "docker_build_image",
            json!({ "path": folder, "tag": "app:old" }),
        ),
        (
            "docker_load_image",
            json!({ "path": format!("{folder}/Dockerfile") }),
        ),
        (
            "docker_create_container",
            json!({ "image": "index.docker.io/library/app:old" }),
        ),
    ];
    let of_a_network = vec![
        (
            "docker_connect_container",
            json!({ "network_id": NETWORK, "container_id": "web" }),
        ),
        (
            "docker_disconnect_container",
            json!({ "network_id": &NETWORK[..12], "container_id": "web" }),
        ),
        ("docker_create_network", json!({ "name": "lab" })),
        (
            "docker_create_container",
            json!({ "image": "base", "network": "lab" }),
        ),
    ];
    let of_a_volume = vec![
        ("docker_create_volume", json!({ "name": "data" })),
        (
            "docker_create_container",
            json!({ "image": "base", "volumes": { "data": "/data" } }),
        ),
    ];
    let of_a_secret = vec![(
        "docker_create_secret",
        json!({ "name": "db", "data": "${secret:DB}" }),
    )];
    let of_a_config = vec![(
        "docker_create_config",
        json!({ "name": "app", "data": "listen 80" }),
    )];
    let of_a_service = vec![
        (
            "docker_scale_service",
            json!({ "service_id": OF_SWARM, "replicas": 5, "timeout": 0 }),
        ),
        (
            "docker_update_service",
            json!({ "service_id": OF_SWARM, "labels": { "a": "b" }, "timeout": 0 }),
        ),
        (
            "docker_create_service",
            json!({ "image": "app", "name": "victim", "timeout": 0 }),
        ),
    ];
    let scene = |tool, arguments, look, others: &[(&'static str, Value)]| Scene {
        tool,
        arguments,
        look,
        others: others.to_vec(),
    };
    vec![
        scene(
            "docker_remove_container",
            json!({ "container_id": "victim", "force": true }),
            "GET /containers/victim/json",
            &of_a_container,
        ),
        scene(
            "docker_remove_image",
            json!({ "image": "app:old" }),
            "GET /images/app:old/json",
            &of_an_image,
        ),
        scene(
            "docker_remove_network",
            json!({ "network_id": "lab" }),
            "GET /networks/lab",
            &of_a_network,
        ),
        scene(
            "docker_remove_volume",
            json!({ "volume_name": "data" }),
            "GET /volumes/data",
            &of_a_volume,
        ),
        scene(
            "docker_prune_images",
            json!({ "all": true }),
            "GET /images/json",
            &of_an_image,
        ),
        scene(
            "docker_prune_volumes",
            json!({ "all": true }),
            "GET /volumes",
            &of_a_volume,
        ),
        scene(
            "docker_system_prune",
            json!({}),
            "GET /containers/json?all=true&size=false",
            &of_a_network[..2],
        ),
        scene(
            "docker_prune_containers",
            json!({}),
            "GET /containers/json?all=true&size=false",
            &of_a_container,
        ),
        scene(
            "docker_compose_down",
            json!({ "project_name": "shop" }),
            "GET /containers/json?all=true&size=false",
            &of_a_container,
        ),
        scene(
            "docker_remove_service",
            json!({ "service_id": "victim" }),
            "GET /services/victim",
            &of_a_service,
        ),
        scene(
            "docker_prune_networks",
            json!({}),
            "GET /networks",
            &of_a_network,
        ),
        scene(
            "docker_remove_secret",
            json!({ "secret_name": "db" }),
            "GET /secrets/db",
            &of_a_secret,
        ),
        scene(
            "docker_remove_config",
            json!({ "config_name": "app" }),
            "GET /configs/app",
            &of_a_config,
        ),
        scene(
            "docker_remove_stack",
            json!({ "name": "shop" }),
            "GET /services",
            &of_a_network,
        ),
    ]
}

/// Of the build cache only what no build uses goes, by its ids, and no other tool changes that: a build
/// that needs a record meanwhile keeps it, for the Engine takes none that is in use.
const CHANGED_BY_NO_OTHER: [&str; 1] = ["docker_prune_build_cache"];

#[test]
fn every_destructive_tool_has_a_scene() {
    let mut tools: Vec<&str> = scenes("").iter().map(|scene| scene.tool).collect();
    tools.extend(CHANGED_BY_NO_OTHER);
    tools.sort_unstable();
    let destructive = TOOLS.iter().filter(|tool| tool.tier == Tier::Destructive);
    let mut destructive: Vec<&str> = destructive.map(|tool| tool.name).collect();
    destructive.sort_unstable();
    assert_eq!(tools, destructive);
}

#[tokio::test]
async fn nobody_gets_in_between_the_last_look_and_the_answer() {
    all_rounds(&[]).await;
}

/// Nobody is asked, so that nothing but the look says what goes.
#[tokio::test]
async fn nor_where_no_person_is_asked() {
    all_rounds(&[("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false")]).await;
}

async fn all_rounds(settings: &[(&str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Dockerfile"), "FROM scratch\n").unwrap();
    for scene in scenes(folder.path().to_str().unwrap()) {
        let world = World::start();
        // Fewer than there are calls, so that they queue; and no policy, whose looks are others'.
        let mut env = vec![
            EVERYTHING,
            ("SAFETY_MAX_CONCURRENT_OPERATIONS", "3"),
            ("SAFETY_ALLOW_PRIVILEGED_CONTAINERS", "true"),
            ("MCP_DOCKER_SECRET_DB", "an-example-of-a-secret"),
        ];
        env.extend(settings);
        let mut client = session(&world.engine, &env).await;
        let mut removals = 0;
        for seed in 0..ROUNDS {
            let begin = world.begin(seed);
            let Round { asked, done } = play(&mut client, &scene, seed).await;
            let history = world.since(begin);
            let story = || format!("{} with seed {seed}: {history:#?}", scene.tool);
            let alone = nobody_in_between(&history, scene.look);
            assert_eq!(alone, Ok(()), "{}", story());
            let at_removal = world.at_removal();
            let expected = asked.or(at_removal.first().copied());
            assert!(
                at_removal.iter().all(|then| Some(*then) == expected),
                "asked of {asked:?}, done at {at_removal:?}: {}",
                story()
            );
            assert_eq!(done, !at_removal.is_empty(), "{}", story());
            removals += usize::from(done);
        }
        assert!(removals > 0, "{} never got through", scene.tool);
    }
}

/// What came of a round.
struct Round {
    /// What the last question showed, if there was one.
    asked: Option<usize>,
    /// Whether the call came to its end.
    done: bool,
}

async fn play(client: &mut RawClient, scene: &Scene, seed: u64) -> Round {
    let mut dice = fastrand::Rng::with_seed(seed);
    let start = Instant::now();
    let later = |dice: &mut fastrand::Rng, most| Duration::from_millis(dice.u64(0..most));
    let first = seed as i64 * 100;
    let mut due = vec![(start, call(first, scene.tool, scene.arguments.clone()))];
    for number in 1..=dice.i64(2..=5) {
        let (tool, arguments) = dice.choice(&scene.others).unwrap().clone();
        let at = start + later(&mut dice, 60);
        due.push((at, call(first + number, tool, arguments)));
    }
    let mut open = due.len();
    let mut round = Round {
        asked: None,
        done: false,
    };
    while open > 0 {
        due.sort_by_key(|(at, _)| *at);
        let next = due.first().map(|(at, _)| *at);
        let message = match next {
            Some(next) => timeout_at(next, client.receive()).await.ok(),
            None => Some(client.receive().await),
        };
        match message {
            None => client.send(due.remove(0).1).await,
            Some(message) if message["method"] == "elicitation/create" => {
                round.asked = Some(shown(text(&message)));
                due.push((Instant::now() + later(&mut dice, 30), accept(&message)));
            }
            Some(message) => {
                assert!(message.get("method").is_none(), "{message}");
                open -= 1;
                if message["id"] == first {
                    round.done = message["result"]["isError"] != true;
                }
            }
        }
    }
    round
}

/// That no change of others was begun or under way between the last look before the first removal and
/// the answer to the last one.
fn nobody_in_between(history: &[Moment], look: &str) -> Result<(), String> {
    let removes = |line: &str| line.starts_with("DELETE ");
    let removal = |moment: &Moment| matches!(moment, Moment::Asked(line) if removes(line));
    let Some(first) = history.iter().position(removal) else {
        return Ok(());
    };
    let ended = |moment: &Moment| matches!(moment, Moment::Answered(line) if removes(line));
    let end = history.iter().rposition(ended).ok_or("no answer")?;
    let looks = |moment: &Moment| {
        let Moment::Asked(line) = moment else {
            return false;
        };
        line == look || line.split('?').next() == Some(look)
    };
    let begin = history[..first].iter().rposition(looks).ok_or("no look")?;
    let mut under_way: Vec<&str> = Vec::new();
    for (at, moment) in history[..end].iter().enumerate() {
        match moment {
            Moment::Asked(line) if line.starts_with("GET ") || removes(line) => {}
            Moment::Asked(line) if at > begin => return Err(format!("{line} got in between")),
            Moment::Asked(line) => under_way.push(line),
            Moment::Answered(line) => {
                if at > begin && under_way.contains(&line.as_str()) {
                    return Err(format!("{line} was under way"));
                }
                if let Some(at) = under_way.iter().position(|other| other == line) {
                    under_way.remove(at);
                }
            }
        }
    }
    match under_way.first() {
        Some(line) => Err(format!("{line} was under way")),
        None => Ok(()),
    }
}
