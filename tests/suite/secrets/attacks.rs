//! Files that are no secrets, whatever they are called.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::{CREATE, INSPECT, VALUE, Vault, client, create, engine, refused, told, variables};

fn of(name: &str) -> serde_json::Value {
    create(json!({ "A": format!("${{secret:{name}}}") }))
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_secret_is_refused() {
    let (engine, vault) = (engine(), Vault::new(&[("db", VALUE)]));
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("key"), "a key of the host").unwrap();
    let at = |name: &str| vault.path().join(name);
    symlink(outside.path().join("key"), at("absolute")).unwrap();
    symlink(
        format!(
            "../{}/key",
            outside.path().file_name().unwrap().to_str().unwrap()
        ),
        at("above"),
    )
    .unwrap();
    symlink(outside.path(), at("folder")).unwrap();
    symlink("folder/key", at("through")).unwrap();
    symlink("/dev/zero", at("device")).unwrap();
    symlink("loop", at("loop")).unwrap();
    symlink("nothing", at("dangling")).unwrap();
    fs::create_dir(at("directory")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(at("pipe"))
            .status()
            .unwrap()
            .success()
    );
    allow(&vault.put("others", VALUE), 0o602);
    allow(&vault.put("group", VALUE), 0o620);
    vault.put("short", "1234567\n");
    vault.put("empty", "");
    vault.put("long", "x".repeat((64 << 10) + 1));
    vault.put("huge", "x".repeat(200 << 10));
    vault.put("nul", "a value\0with one");
    vault.put("latin", b"a value in latin-1 \xe4");
    let client = client(&engine, &vault, &[]).await;
    for (name, said) in [
        ("absolute", "a link that leads out of the directory"),
        ("above", "a link that leads out of the directory"),
        ("through", "a link that leads out of the directory"),
        ("device", "a link that leads out of the directory"),
        ("folder", "a link that leads out of the directory"),
        ("loop", "is not used"),
        ("dangling", "there is no secret `dangling`"),
        ("directory", "it is no regular file"),
        ("pipe", "it is no regular file"),
        ("others", "others may write to its file"),
        ("group", "others may write to its file"),
        ("short", "less than 8 bytes"),
        ("empty", "less than 8 bytes"),
        ("long", "more than 64 KiB"),
        ("huge", "more than 64 KiB"),
        ("nul", "it holds a NUL"),
        ("latin", "no UTF-8 text"),
    ] {
        let text = refused(&client, &engine, CREATE, of(name)).await;
        assert!(text.contains(said), "{name}: {text}");
        assert!(!text.contains("a key of the host"), "{text}");
    }
    allow(vault.path(), 0o777);
    let text = refused(&client, &engine, CREATE, of("db")).await;
    assert!(
        text.contains("others may write to the directory of secrets"),
        "{text}"
    );
    client.stop().await;
}

/// As Kubernetes mounts them: in a sticky directory, by links to links, which are changed at once.
#[tokio::test]
async fn links_within_the_directory_are_followed() {
    let (engine, vault) = (engine(), Vault::new(&[]));
    let at = |name: &str| vault.path().join(name);
    for (version, value) in [
        ("..2026_1", "the first value"),
        ("..2026_2", "the second value"),
    ] {
        fs::create_dir(at(version)).unwrap();
        fs::write(at(version).join("db"), value).unwrap();
        allow(&at(version).join("db"), 0o444);
    }
    symlink("..2026_1", at("..data")).unwrap();
    symlink("..data/db", at("db")).unwrap();
    allow(vault.path(), 0o1777);
    let client = client(&engine, &vault, &[]).await;
    client.call(CREATE, of("db")).await;
    assert_eq!(variables(&engine), ["A=the first value"]);
    symlink("..2026_2", at("..data_tmp")).unwrap();
    fs::rename(at("..data_tmp"), at("..data")).unwrap();
    client.call(CREATE, of("db")).await;
    assert_eq!(variables(&engine), ["A=the second value"]);
    client.stop().await;
}

#[tokio::test]
async fn a_value_has_between_8_bytes_and_64_kib_without_its_last_newline() {
    let (engine, vault) = (engine(), Vault::new(&[]));
    let long = "y".repeat(64 << 10);
    let client = client(&engine, &vault, &[]).await;
    for (written, value) in [
        ("12345678", "12345678"),
        ("12345678\n", "12345678"),
        ("12345678\r\n", "12345678"),
        ("12345678\n\n", "12345678\n"),
        (&*format!("{long}\n"), &*long),
    ] {
        vault.put("db", written);
        let text = told(&client.call(CREATE, of("db")).await);
        assert_eq!(variables(&engine), [format!("A={value}")]);
        assert!(
            !text.contains("12345678") && !text.contains("yyyyyyyy"),
            "{text}"
        );
    }
    client.stop().await;
}

/// A file that is written while it is read is never read in part, and one that was swapped for a link is not
/// followed.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_while_it_is_read_is_read_whole_or_not_at_all() {
    let (engine, vault) = (engine(), Vault::new(&[]));
    let (ones, twos) = ("1".repeat(60_000), "2".repeat(60_000));
    vault.put("db", &ones);
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("key"), "a key of the host").unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let writer = std::thread::spawn({
        let (stop, path, outside) = (
            Arc::clone(&stop),
            vault.path().join("db"),
            outside.path().join("key"),
        );
        let (ones, twos, link) = (ones.clone(), twos.clone(), vault.path().join(".link"));
        move || {
            while !stop.load(Ordering::Relaxed) {
                for value in [&ones, &twos] {
                    fs::write(&path, value).unwrap();
                    allow(&path, 0o600);
                }
                symlink(&outside, &link).unwrap();
                fs::rename(&link, &path).unwrap();
                fs::remove_file(&path).unwrap();
            }
        }
    });
    let client = client(&engine, &vault, &[]).await;
    for _ in 0..20 {
        let result = client.call(CREATE, of("db")).await;
        if result.is_error != Some(true) {
            let variables = variables(&engine);
            assert!([format!("A={ones}"), format!("A={twos}")].contains(&variables[0]));
        }
        assert!(!told(&result).contains("a key of the host"));
    }
    stop.store(true, Ordering::Relaxed);
    writer.join().unwrap();
    vault.put("db", &ones);
    let result = client.call(CREATE, of("db")).await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    assert_eq!(variables(&engine), [format!("A={ones}")]);
    let made = engine.bodies();
    assert!(
        !made
            .iter()
            .any(|body| body.to_string().contains("a key of the host"))
    );
    client.call(INSPECT, json!({ "container_id": "web" })).await;
    client.stop().await;
}
