//! Links, pipes and files of other people, in place of a person's own file.

use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;

use super::*;

/// Runs an installation that must fail, and returns what it said.
#[track_caller]
fn left(home: &Home, action: &[&str]) -> String {
    let before = home.everything();
    let ended = home.run(&words("cursor", action));
    assert_eq!((ended.code, &*ended.stdout), (1, ""), "{}", ended.stderr);
    assert_eq!(home.everything(), before);
    assert!(
        ended.stderr.contains("was left as it is"),
        "{}",
        ended.stderr
    );
    ended.stderr
}

/// A pipe would be waited for, and a device replaced by a file.
#[test]
fn what_is_no_file_is_neither_read_nor_replaced() {
    let make = |path: &Path, kind: &str| match kind {
        "a folder" => fs::create_dir(path).unwrap(),
        _ => {
            let made = Command::new("mkfifo").arg(path).status().unwrap();
            assert!(made.success());
        }
    };
    for kind in ["a folder", "a named pipe"] {
        for action in [&[][..], &["--remove"], &["--print"]] {
            let home = Home::new();
            let file = home.file("cursor");
            fs::create_dir(file.parent().unwrap()).unwrap();
            make(&file, kind);
            let said = left(&home, action);
            assert!(
                said.contains(&format!("it is {kind} and not a file; move it away")),
                "{said}"
            );
            // The list and the doctor read the same file.
            let list = home.run(&["install"]).well().stdout;
            assert!(list.contains(kind), "{list}");

            let home = Home::new();
            let file = home.file("cursor");
            let target = home.path().join("elsewhere");
            fs::create_dir(file.parent().unwrap()).unwrap();
            make(&target, kind);
            symlink(&target, &file).unwrap();
            let said = left(&home, action);
            assert!(said.contains("elsewhere, which is"), "{said}");
            assert!(
                said.contains(kind) && said.contains("remove the link"),
                "{said}"
            );
            assert_eq!(fs::read_link(&file).unwrap(), target);
        }
    }
}

/// Of the file, or of a folder above it.
#[test]
fn a_link_that_leads_nowhere_stays_and_is_named() {
    for link in [".cursor/mcp.json", ".cursor"] {
        let home = Home::new();
        let link = home.path().join(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(home.path().join("gone"), &link).unwrap();
        let said = left(&home, &[]);
        let named = format!("{} is a link to", link.display());
        assert!(said.contains(&named), "{said}");
        assert!(
            said.contains("gone, which does not exist; make that"),
            "{said}"
        );
    }
}

/// Root may do anything, so that the program runs as someone else where the tests run as root.
#[test]
fn files_and_folders_of_other_people_are_said_to_be_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("mcp-docker");
    fs::copy(PROGRAM, &program).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let home = Home::new();
    let file = home.put("cursor", "{}");
    let of_this_test = fs::metadata(&file).unwrap();
    let cursor = file.parent().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let said = || {
        let mut command = home.program(&program);
        command.args(words("cursor", &[]));
        if std::os::unix::fs::MetadataExt::uid(&of_this_test) == 0 {
            command.uid(65_534).gid(65_534);
        }
        let ended = ended(command);
        assert_eq!(ended.code, 1, "{}", ended.stdout);
        assert_eq!(fs::read_to_string(&file).unwrap(), "{}");
        assert!(!ended.stderr.contains(".mcp-docker-"), "{}", ended.stderr);
        ended.stderr
    };

    fs::set_permissions(cursor, fs::Permissions::from_mode(0o555)).unwrap();
    let closed = said();
    let named = format!("put into its folder {}", cursor.display());
    assert!(
        closed.contains(&named) && closed.contains("permission denied"),
        "{closed}"
    );

    // Only root can give a folder away, and only in such a one is there another's file.
    fs::set_permissions(cursor, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    if chown(cursor, Some(65_534), Some(65_534)).is_ok() {
        let theirs = said();
        assert!(
            theirs.contains("it belongs to user 0 and group 0"),
            "{theirs}"
        );
    }
}
