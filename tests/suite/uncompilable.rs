//! Shows that a catalogue that names what bollard does not have fails to compile, at its own line.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::golden::at_root;

/// Each file, what rustc must name, and the line of the file it must lead back to.
const CASES: &[(&str, &str, usize)] = &[
    ("wrong_option", "no field `tt`", 9),
    ("wrong_body_field", "no field `alias`", 9),
    ("wrong_type", "a parameter of type `Vec<", 9),
    ("wrong_handler", "halt", 8),
    ("wrong_program_handler", "compose_pul", 12),
    ("wrong_name_in_the_index", "no field `log_file`", 15),
    ("wrong_reply_in_the_index", "mismatched types", 8),
];

/// What the index of bollard's replies says and bollard does not.
const WRONG: &[(&str, &str)] = &[
    ("LogPath log_path ", "LogPath log_file "),
    (
        "fn container_changes() GET /containers/*/changes -> Option<Vec<FilesystemChange>>",
        "fn container_changes() GET /containers/*/changes -> Option<Vec<Volume>>",
    ),
];

/// What a file says that its handler does not, either way: the file, what stands in it, what stands there
/// then, what rustc must name, and in which file of the handler.
const APART: &[(&str, &str, &str, &str, &str)] = &[
    (
        "catalog/system/healthcheck.toml",
        "[output.fields]\n",
        "[output.fields]\nmood = { type = \"string\" }\n",
        "missing field `mood` in initializer of",
        "healthcheck.rs",
    ),
    (
        "catalog/images/push_image.toml",
        "digest = { type = \"string\", nullable = true }\n",
        "",
        "reply::push_image::Reply` has no field named `digest`",
        "push.rs",
    ),
    (
        "catalog/containers/exec_command.toml",
        "timed_out = { type = \"boolean\" }",
        "timed_out = { type = \"integer\" }",
        "expected `i64`, found `bool`",
        "exec.rs",
    ),
];

/// What a file reads of a handler's plan and the plan has not: what stands in `prune_volumes.toml`, what
/// stands there then, what rustc must name, and its line.
const UNPLANNED: &[(&str, &str, &str, usize)] = &[
    (
        "look.plan.volumes.created",
        "look.plan.volumes.made",
        "no field `made`",
        13,
    ),
    (
        "{{ plan.space | frees }}",
        "{{ plan.room | frees }}",
        "no field `room`",
        19,
    ),
];

/// Files that compile.
const RIGHT: &str = "tests/generator/good";

/// One build of this package with all the wrong files in its catalogue.
#[test]
fn what_bollard_does_not_have_fails_to_compile_at_its_line_of_the_catalogue() {
    let package = package();
    // It reads what is spoilt here.
    fs::remove_file(package.join("catalog/insight/container_changes.toml")).unwrap();
    for (case, ..) in CASES {
        let file = format!("{case}.toml");
        let wrong = at_root("tests/generator/uncompilable").join(&file);
        fs::copy(&wrong, package.join(folder(&wrong)).join(&file)).unwrap();
    }

    for right in fs::read_dir(at_root(RIGHT)).unwrap() {
        let right = right.unwrap();
        let file = package.join(folder(&right.path())).join(renamed(&right));
        fs::copy(right.path(), file).unwrap();
    }
    let index = package.join("src/generator/common/reply/bollard.txt");
    for (right, wrong) in WRONG {
        replace(&index, right, wrong);
    }
    for (file, right, wrong, ..) in APART {
        replace(&package.join(file), right, wrong);
    }

    let prune = package.join("catalog/volumes/prune_volumes.toml");
    for (right, wrong, ..) in UNPLANNED {
        replace(&prune, right, wrong);
    }

    let errors = errors_of(&package);
    for (case, named, line) in CASES {
        let folder = folder(&at_root("tests/generator/uncompilable").join(format!("{case}.toml")));
        let origin = format!("// {folder}/{case}.toml:{line}");
        let found = errors
            .split("\n\n")
            .any(|error| error.contains(named) && error.contains(&origin));
        assert!(found, "no error with `{named}` at `{origin}` in:\n{errors}");
    }
    for (_, wrong, named, line) in UNPLANNED {
        let origin = format!("// catalog/volumes/prune_volumes.toml:{line}");
        let found = errors
            .split("\n\n")
            .any(|error| error.contains(named) && error.contains(&origin));
        assert!(
            found,
            "`{wrong}`: no error with `{named}` at `{origin}` in:\n{errors}"
        );
    }
    for (source, _, _, named, handler) in APART {
        let found = errors
            .split("\n\n")
            .any(|error| error.contains(named) && error.contains(handler));
        assert!(
            found,
            "{source}: no error with `{named}` in `{handler}`:\n{errors}"
        );
    }
    for right in fs::read_dir(at_root(RIGHT)).unwrap() {
        let file = renamed(&right.unwrap());
        assert!(!errors.contains(&file), "{errors}");
    }

    // What the generator refuses is shown as rustc's own errors are, with one `error` before it.
    let twice = "alias_that_is_taken.toml";
    let wrong = at_root("tests/generator/bad").join(twice);
    fs::copy(wrong, package.join("catalog/containers").join(twice)).unwrap();
    let errors = errors_of(&package);
    let told = errors.lines().filter(|line| line.starts_with("error"));
    let told: Vec<&str> = told
        .filter(|line| line.contains("is the name of"))
        .collect();
    let wanted = "error: mcp-docker@0.0.0: `container` is the name of another parameter";
    assert_eq!(told, [wanted], "{errors}");
}

/// What Cargo says of a package that does not compile.
fn errors_of(package: &Path) -> String {
    // The test target is never reached; it has the build share the dependencies' features, and so
    // their artifacts, with the other checks of this package.
    let mut check = Command::new(env!("CARGO"));
    check
        .args(["check", "--offline", "--quiet", "--test", "suite"])
        .current_dir(package)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap(),
        );
    // What a test is told of its own package: build scripts that ask for it would run anew, and all that rests on
    // them be built anew, here and in the next build outside.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            check.env_remove(name);
        }
    }
    let output = check.output().unwrap();
    assert!(!output.status.success(), "it compiled");
    String::from_utf8(output.stderr).unwrap()
}

/// The folder of a file: the toolset of what runs a program says that it needs it.
fn folder(file: &Path) -> &'static str {
    match fs::read_to_string(file).unwrap().contains("[command]") {
        true => "catalog/compose",
        false => "catalog/containers",
    }
}

/// A name that no tool of the catalogue has.
fn renamed(right: &fs::DirEntry) -> String {
    format!("right_{}", right.file_name().into_string().unwrap())
}

fn replace(file: &Path, right: &str, wrong: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(right), "{}: {right}", file.display());
    fs::write(file, text.replace(right, wrong)).unwrap();
}

/// A copy of this package, in which the catalogue may be spoilt.
fn package() -> PathBuf {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("uncompilable");
    let _ = fs::remove_dir_all(&package);
    fs::create_dir_all(&package).unwrap();
    fs::create_dir_all(package.join(".cargo")).unwrap();
    // With other flags all dependencies would be built anew.
    for file in ["Cargo.lock", "build.rs", ".cargo/config.toml"] {
        fs::copy(at_root(file), package.join(file)).unwrap();
    }
    // Under its own version Cargo would take it for this package and share the generated code.
    let version = concat!("version = \"", env!("CARGO_PKG_VERSION"), "\"");
    let manifest = fs::read_to_string(at_root("Cargo.toml")).unwrap();
    fs::write(
        package.join("Cargo.toml"),
        manifest.replacen(version, "version = \"0.0.0\"", 1),
    )
    .unwrap();
    for folder in ["catalog", "prompts", "src"] {
        copy(&at_root(folder), &package.join(folder));
    }
    for target in [
        "tests/suite/main.rs",
        "tests/live/main.rs",
        "benches/call.rs",
    ] {
        let target = package.join(target);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, "").unwrap();
    }
    package
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
