//! What is read of ports, in each of their forms.

use super::*;

#[test]
fn every_form_is_read() {
    for (given, read) in [
        (json!({"80": 8080}), json!({"80/tcp": 8080})),
        (json!({"80": "8080"}), json!({"80/tcp": 8080})),
        (
            json!({"53/udp": ["127.0.0.1", 53]}),
            json!({"53/udp": ["127.0.0.1", 53]}),
        ),
        (
            json!({"53/udp": ["::1", "53"]}),
            json!({"53/udp": ["::1", 53]}),
        ),
        (json!({"65535/sctp": null}), json!({"65535/sctp": null})),
        (json!({"1": 0}), json!({"1/tcp": 0})),
        (json!(r#"{"80": 80}"#), json!({"80/tcp": 80})),
        (
            json!({"80/tcp": 1, "80/udp": 1}),
            json!({"80/tcp": 1, "80/udp": 1}),
        ),
        (json!({}), json!({})),
        (json!({"80": [8080, 8081]}), json!({"80/tcp": [8080, 8081]})),
        (
            json!({"80": [["127.0.0.1", 8080], 8081]}),
            json!({"80/tcp": [["127.0.0.1", 8080], 8081]}),
        ),
        (json!({"80": [8080]}), json!({"80/tcp": 8080})),
        (json!({"80": "8000-8010"}), json!({"80/tcp": "8000-8010"})),
        (json!("8080:80"), json!({"80/tcp": 8080})),
        (json!(["8080:80"]), json!({"80/tcp": 8080})),
        (json!(r#"["8080:80"]"#), json!({"80/tcp": 8080})),
        (
            json!("127.0.0.1:8080:80/udp"),
            json!({"80/udp": ["127.0.0.1", 8080]}),
        ),
        (json!("8080:80/TCP"), json!({"80/tcp": 8080})),
        (json!("[::1]:8080:80"), json!({"80/tcp": ["::1", 8080]})),
        (json!("::1:8080:80"), json!({"80/tcp": ["::1", 8080]})),
        (json!("127.0.0.1::80"), json!({"80/tcp": ["127.0.0.1", 0]})),
        (json!("80"), json!({"80/tcp": 0})),
        (json!(80), json!({"80/tcp": 0})),
        (json!([80, "0:81"]), json!({"80/tcp": 0, "81/tcp": 0})),
        (
            json!("8000-8002:9000-9002/sctp"),
            json!({"9000/sctp": 8000, "9001/sctp": 8001, "9002/sctp": 8002}),
        ),
        (json!("80-81"), json!({"80/tcp": 0, "81/tcp": 0})),
        (json!("8000-8010:80"), json!({"80/tcp": "8000-8010"})),
        (
            json!(["8080:80", "8081:80", "8080:80", "53:53/udp"]),
            json!({"53/udp": 53, "80/tcp": [8080, 8081]}),
        ),
        (
            json!(["127.0.0.1:8080:80", "[::1]:8080:80"]),
            json!({"80/tcp": [["127.0.0.1", 8080], ["::1", 8080]]}),
        ),
        (json!([]), json!({})),
    ] {
        let ports = Ports::parse(given.clone()).unwrap_or_else(|why| panic!("{given}: {why:?}"));
        assert_eq!(serde_json::to_value(&ports).unwrap(), read, "{given}");
        assert_eq!(Ports::parse(read.clone()), Ok(ports), "{read}");
    }
}

#[test]
fn ports_are_ordered_by_number() {
    let ports = Ports::parse(json!({"443": 1, "80": 2, "8": 3})).unwrap();
    assert_eq!(
        ports
            .0
            .iter()
            .map(|port| port.container)
            .collect::<Vec<_>>(),
        [8, 80, 443]
    );
}

#[test]
fn every_part_is_validated() {
    for key in [
        "", "0", "65536", "-1", "80/", "80/icmp", "80/TCP", "http", "80-90", "080", " 80", "80\n",
        "80/tcp/x",
    ] {
        assert!(Ports::parse(json!({key: 80})).is_err(), "{key:?}");
    }
    for value in [
        json!(-1),
        json!(65536),
        json!(1.5),
        json!("x"),
        json!("127.0.0.1:80"),
        json!(true),
        json!({}),
        json!([]),
        json!(["127.0.0.1"]),
        json!(["localhost", 80]),
        json!(["", 80]),
        json!(["127.0.0.1", 65536]),
        json!(["127.0.0.1", null]),
        json!(["127.0.0.1", 80, 81]),
    ] {
        assert!(Ports::parse(json!({"80": value})).is_err(), "{value}");
    }
    for spelling in [
        "",
        ":",
        "8080:",
        "0",
        "8080:0",
        "65536:80",
        "8080:65536",
        "x:80",
        "8080:80/icmp",
        "8080:80/",
        "localhost:8080:80",
        "127.0.0.1:80",
        "1:2:3:4",
        "8000-8001:80-82",
        "8000:80-82",
        "8002-8000:80-82",
        "82-80",
        "0-5:80",
        "8080 :80",
        "8080:80 ",
        "-80",
    ] {
        assert!(Ports::parse(json!([spelling])).is_err(), "{spelling:?}");
    }
    for given in [
        json!(true),
        json!(-1),
        json!([[80]]),
        json!([null]),
        json!(1.5),
    ] {
        assert!(Ports::parse(given.clone()).is_err(), "{given}");
    }
}

#[test]
fn one_port_is_given_once() {
    assert_eq!(
        Ports::parse(json!({"80": 1, "80/tcp": 2})),
        Err(Mismatch::because("`80/tcp` is given twice"))
    );
}
