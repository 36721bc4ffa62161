//! Binds reading to the scope.

use std::collections::BTreeSet;

use super::*;

#[tokio::test]
async fn reading_is_bound_where_that_is_said() {
    let owners = Owners::of("owner");
    let Some(session) = owners.session(&[("SAFETY_SCOPE_READS", "true")]).await else {
        return;
    };
    let all = owners.labels();
    let containers = all.each_ref().map(|label| container(label));
    let volumes = all.each_ref().map(|label| object("volume", label));
    let networks = all.each_ref().map(|label| object("network", label));
    let images = all.each_ref().map(|label| Tag::labelled(label));
    for container in &containers {
        docker(&["network", "connect", &networks[0].name, &container.name]);
    }
    let names = |list: &Value, key: &str| -> BTreeSet<String> {
        let items = list.as_array().unwrap();
        items
            .iter()
            .map(|it| it[key].as_str().unwrap().trim_start_matches('/').to_owned())
            .collect()
    };
    let only = |name: &str| BTreeSet::from([name.to_owned()]);
    let listed = session
        .ok("docker_list_containers", json!({ "all": true }))
        .await;
    assert_eq!(
        names(&listed["containers"], "name"),
        only(&containers[0].name)
    );
    let listed = session.ok("docker_list_volumes", json!({})).await;
    assert_eq!(names(&listed["volumes"], "name"), only(&volumes[0].name));
    let listed = session.ok("docker_list_networks", json!({})).await;
    assert_eq!(names(&listed["networks"], "name"), only(&networks[0].name));
    let listed = session
        .ok("docker_list_images", json!({}))
        .await
        .to_string();
    assert!(
        listed.contains(&images[0].0)
            && !listed.contains(&images[1].0)
            && !listed.contains(&image()),
        "{listed}"
    );

    for (at, label) in all.iter().enumerate() {
        let web = json!({ "container_id": containers[at].name });
        for (tool, arguments) in [
            ("docker_inspect_container", web.clone()),
            ("docker_container_logs", web.clone()),
            ("docker_container_stats", web.clone()),
            ("docker_container_top", web.clone()),
            ("docker_container_changes", web),
            (
                "docker_inspect_volume",
                json!({ "volume_name": volumes[at].name }),
            ),
            (
                "docker_inspect_network",
                json!({ "network_id": networks[at].name }),
            ),
            ("docker_inspect_image", json!({ "image": images[at].0 })),
        ] {
            if at == 0 {
                session.ok(tool, arguments).await;
            } else {
                let text = session.fails(tool, arguments).await;
                assert!(text.contains("SAFETY_SCOPE"), "{tool}, {label}: {text}");
            }
        }
    }
    let network = session
        .ok(
            "docker_inspect_network",
            json!({ "network_id": networks[0].name }),
        )
        .await
        .to_string();
    assert!(network.contains(&containers[0].name), "{network}");
    let held = session.ok("docker_disk_usage", json!({})).await.to_string();
    assert!(
        held.contains(&volumes[0].name) || held.contains(&containers[0].name),
        "{held}"
    );
    for other in [
        &containers[1].name,
        &containers[2].name,
        &volumes[1].name,
        &volumes[2].name,
        &images[1].0,
    ] {
        assert!(
            !network.contains(other) && !held.contains(other),
            "{other}: {network} {held}"
        );
    }
    let df = session.ok("docker_system_df", json!({})).await;
    let count = |kind: &str| df["usage"][kind]["total_count"].clone();
    assert_eq!(
        [count("Containers"), count("Volumes"), count("Images")],
        [json!(1), json!(1), json!(1)],
        "{df}"
    );
}
