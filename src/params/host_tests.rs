//! What is read of the parameters of a container's host.

use super::*;

fn read<T: Parameter>(given: &Value) -> Result<Value, Mismatch> {
    T::parse(given.clone()).map(|read| serde_json::to_value(read).unwrap())
}

fn good<T: Parameter>(cases: &[(Value, Value)]) {
    for (given, expected) in cases {
        assert_eq!(read::<T>(given).as_ref(), Ok(expected), "{given}");
        assert_eq!(read::<T>(expected).as_ref(), Ok(expected), "{expected}");
    }
}

fn bad<T: Parameter>(cases: &[Value]) {
    for given in cases {
        assert!(read::<T>(given).is_err(), "{given}");
    }
}

#[test]
fn extra_hosts_are_a_name_and_an_address() {
    good::<ExtraHosts>(&[
        (json!("db:10.0.0.2"), json!(["db:10.0.0.2"])),
        (json!(["db=10.0.0.2"]), json!(["db:10.0.0.2"])),
        (json!({"db": "10.0.0.2"}), json!(["db:10.0.0.2"])),
        (json!("up:host-gateway"), json!(["up:host-gateway"])),
        (json!(["v6:::1", "w6=[::2]"]), json!(["v6:::1", "w6:::2"])),
    ]);
    bad::<ExtraHosts>(&[
        json!("db"),
        json!("db:"),
        json!(":10.0.0.2"),
        json!("db:web"),
        json!("d b:10.0.0.2"),
        json!({"db": 5}),
        json!(["db:10.0.0.2", 5]),
    ]);
}

#[test]
fn a_tmpfs_is_a_path_with_options() {
    good::<Tmpfs>(&[
        (json!("/run"), json!(["/run"])),
        (
            json!(["/run:size=64m,mode=1770", "/tmp"]),
            json!(["/run:size=64m,mode=1770", "/tmp"]),
        ),
        (json!({"/run": "size=64m"}), json!(["/run:size=64m"])),
    ]);
    bad::<Tmpfs>(&[
        json!("run"),
        json!(["/run", ""]),
        json!({"/run": 5}),
        json!(5),
    ]);
}

#[test]
fn ulimits_have_a_soft_and_a_hard_limit() {
    good::<Ulimits>(&[
        (
            json!({"nofile": "1024:2048"}),
            json!({"nofile": "1024:2048"}),
        ),
        (json!({"nproc": 64}), json!({"nproc": "64:64"})),
        (
            json!({"core": {"soft": 0, "hard": -1}}),
            json!({"core": "0:-1"}),
        ),
        (json!("memlock=-1"), json!({"memlock": "-1:-1"})),
        (
            json!(["nofile=1:2", "cpu=5"]),
            json!({"cpu": "5:5", "nofile": "1:2"}),
        ),
    ]);
    bad::<Ulimits>(&[
        json!({"files": 1}),
        json!({"nofile": "2:1"}),
        json!({"nofile": "-1:1"}),
        json!({"nofile": "1:2:3"}),
        json!({"nofile": -2}),
        json!({"nofile": ""}),
        json!({"nofile": {"soft": 1}}),
        json!({"nofile": {"soft": 1, "hard": 2, "x": 3}}),
        json!("nofile"),
        json!("nofile=many"),
    ]);
}

#[test]
fn gpus_are_all_a_count_or_devices() {
    good::<Gpus>(&[
        (json!("all"), json!("all")),
        (json!(-1), json!("all")),
        (json!(2), json!(2)),
        (json!("2"), json!(2)),
        (json!("device=0,1"), json!("device=0,1")),
        (
            json!("\"device=0,GPU-3a23c669\""),
            json!("device=0,GPU-3a23c669"),
        ),
    ]);
    bad::<Gpus>(&[
        json!(0),
        json!(-2),
        json!("some"),
        json!("device="),
        json!("device=0,"),
        json!("device=0 1"),
        json!("device=0,capabilities=x"),
        json!(["0"]),
        json!(1.5),
    ]);
}
