//! Stands in for scanners of images: scripts that say their versions, and what one wrote once.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

/// A folder of scripts in place of scanners, each of which has nothing but what is built into the shell.
pub(crate) struct FakeScanners(TempDir);

impl FakeScanners {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// One that writes what either tool asks for.
    pub(crate) fn of_both_tools() -> Self {
        let [packages, found] = ["trivy.cdx.json", "trivy.json"].map(|it| prints(&written(it)));
        let script = format!("case \"$*\" in *cyclonedx*)\n{packages}\n;;\n*)\n{found}\n;;\nesac");
        Self::new().with("trivy", &script)
    }

    /// The same with one that runs this script on an image.
    pub(crate) fn with(self, scanner: &str, script: &str) -> Self {
        put(self.0.path(), scanner, script);
        self
    }

    /// The same with one that writes what stands in that file of the fixtures.
    pub(crate) fn writing(self, scanner: &str, fixture: &str) -> Self {
        self.with(scanner, &prints(&written(fixture)))
    }

    /// What `PATH` is to be.
    pub(crate) fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }
}

/// Puts a script in place of a scanner into a folder.
pub(crate) fn put(folder: &Path, scanner: &str, script: &str) {
    let (file, asked, says) = match scanner {
        "trivy" => (
            "trivy",
            "--version",
            "Version: 0.99.0\nVulnerability DB:\n  Version: 2",
        ),
        "grype" => ("grype", "--version", "grype 0.199.0"),
        "syft" => ("syft", "--version", "syft 1.99.0"),
        "scout" => (
            "docker-scout",
            "docker-cli-plugin-metadata",
            r#"{ "SchemaVersion": "0.1.0", "Vendor": "Docker Inc.", "Version": "v1.99.0" }"#,
        ),
        other => panic!("no scanner `{other}`"),
    };
    // Of another shell than the system's where a script asks for one.
    let (shell, script) = match script.strip_prefix("#!") {
        Some(whole) => whole.split_once('\n').unwrap(),
        None => ("/bin/sh", script),
    };
    let version = format!("if [ \"$1\" = {asked} ]; then printf '%s\\n' '{says}'; exit; fi");
    let program = folder.join(file);
    fs::write(&program, format!("#!{shell}\n{version}\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What stands in a file of the fixtures.
pub(crate) fn written(fixture: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scanners");
    fs::read_to_string(folder.join(fixture)).unwrap()
}

/// The same as JSON.
pub(crate) fn document(fixture: &str) -> Value {
    serde_json::from_str(&written(fixture)).unwrap()
}

/// A script that prints this.
pub(crate) fn prints(text: &str) -> String {
    format!("printf '%s' '{}'", text.replace('\'', "'\\''"))
}
