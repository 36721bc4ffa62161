//! Who is let in: by the name they call, by the page they come from, by their token.

use super::*;

#[tokio::test]
async fn only_who_calls_the_server_by_its_name_is_let_in() {
    for transport in TRANSPORTS {
        let env = [("MCP_DOCKER_ALLOWED_HOST", "Docker.example, other:81")];
        let server = Server::start(transport, &env).await;
        let port = server.address.port();
        for (host, status) in [
            (format!("127.0.0.1:{port}"), 200),
            (format!("localhost:{port}"), 200),
            (format!("[::1]:{port}"), 200),
            ("LOCALHOST".to_owned(), 200),
            ("docker.example".to_owned(), 200),
            ("docker.example:444".to_owned(), 200),
            ("other:81".to_owned(), 200),
            ("other".to_owned(), 403),
            ("other:82".to_owned(), 403),
            ("attacker.example".to_owned(), 403),
            (format!("attacker.example:{port}"), 403),
            ("localhost.attacker.example".to_owned(), 403),
            ("localhost@attacker.example".to_owned(), 403),
            ("attacker.example@localhost".to_owned(), 403),
            ("localhost@localhost:80".to_owned(), 403),
            ("localhost:x".to_owned(), 403),
            (String::new(), 403),
        ] {
            let got = server.knock().header("host", &host).send().await;
            assert_eq!(got.outcome(), status, "{transport}: `{host}`");
            if status == 403 {
                let text = got.text().await;
                assert!(text.contains("`Host`"), "{transport}: `{host}`: {text}");
            }
        }
        let twice = server.knock().header("host", "localhost");
        let got = twice.header("host", "attacker.example").send().await;
        assert_eq!(got.status, 403, "{transport}: two hosts");
    }
}

#[tokio::test]
async fn only_pages_of_the_server_and_of_allowed_origins_may_call_it() {
    for transport in TRANSPORTS {
        let env = [(
            "MCP_DOCKER_ALLOWED_ORIGIN",
            "https://app.example, http://app.example:8080",
        )];
        let server = Server::start(transport, &env).await;
        let own = format!("http://{}", server.address);
        for (origin, status) in [
            (own.as_str(), 200),
            ("https://app.example", 200),
            ("https://app.example:443", 200),
            ("https://APP.example", 200),
            ("http://app.example:8080", 200),
            ("http://app.example", 403),
            ("https://app.example:444", 403),
            ("https://attacker.example", 403),
            ("https://app.example.attacker.example", 403),
            ("https://app.example@attacker.example", 403),
            ("http://127.0.0.1", 403),
            ("http://localhost:3000", 403),
            ("null", 403),
            ("", 403),
        ] {
            let got = server.knock().header("origin", origin).send().await;
            assert_eq!(got.outcome(), status, "{transport}: `{origin}`");
            if status == 403 {
                let text = got.text().await;
                assert!(text.contains("`Origin`"), "{transport}: `{origin}`: {text}");
            }
        }
        let twice = server.knock().header("origin", &own);
        let got = twice
            .header("origin", "https://attacker.example")
            .send()
            .await;
        assert_eq!(got.status, 403, "{transport}: two origins");
    }
}

/// A picture on a page of anyone's would otherwise take up a session.
#[tokio::test]
async fn a_page_that_does_not_say_which_is_not_let_in() {
    for transport in TRANSPORTS {
        let server = Server::start(transport, &[]).await;
        for (site, status) in [
            ("none", 200),
            ("same-origin", 200),
            ("same-site", 403),
            ("cross-site", 403),
        ] {
            let got = server.knock().header("sec-fetch-site", site).send().await;
            assert_eq!(got.outcome(), status, "{transport}: {site}");
        }
    }
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_read_what_it_is_answered() {
    let app = "https://app.example";
    let env = [&TOKENS[..], &[("MCP_DOCKER_ALLOWED_ORIGIN", app)]].concat();
    for transport in TRANSPORTS {
        let server = Server::start(transport, &env).await;
        let ask = |origin| {
            let call = server.request("OPTIONS", "/mcp").header("origin", origin);
            call.header("access-control-request-method", "POST")
        };
        let got = ask(app).send().await;
        assert_eq!(got.status, 204, "{transport}");
        let allowed = got.header("access-control-allow-headers");
        assert!(allowed.contains("authorization"), "{allowed}");
        assert_eq!(ask("https://attacker.example").send().await.status, 403);
        for (token, status) in [(TOKEN, 200), ("wrong", 401)] {
            let call = server.knock().bearer(Some(token)).header("origin", app);
            let got = call.send().await;
            assert_eq!(got.outcome(), status, "{transport}");
            assert_eq!(got.header("access-control-allow-origin"), app);
            assert_eq!(got.header("vary"), "origin");
        }
        let plain = server.knock().bearer(Some(TOKEN)).send().await;
        assert_eq!(plain.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn a_name_may_be_given_more_than_once() {
    let names = ["--allowed-host", "a.example", "--allowed-host=b.example"];
    let server = Server::start_with("http", &names, &[]).await;
    for (host, status) in [("a.example", 200), ("b.example", 200), ("c.example", 403)] {
        let got = server.knock().header("host", host).send().await;
        assert_eq!(got.outcome(), status, "{host}");
    }
}

#[tokio::test]
async fn every_request_needs_a_token_where_there_is_one() {
    for transport in TRANSPORTS {
        for (tokens, good) in [
            (&TOKENS[..], &[TOKEN, READ_ONLY][..]),
            (&TOKENS[..1], &[TOKEN]),
            (&TOKENS[1..], &[READ_ONLY]),
        ] {
            let server = Server::start(transport, tokens).await;
            for token in good {
                for scheme in ["Bearer", "bearer"] {
                    let value = format!("{scheme} {token}");
                    let call = server.knock().header("authorization", &value);
                    assert_eq!(call.send().await.outcome(), 200, "{transport}: {value}");
                }
            }
            let path = match transport {
                "sse" => "/messages",
                "http" => "/mcp",
                _ => "/ws",
            };
            for (method, path) in [
                ("GET", "/sse"),
                ("GET", "/"),
                ("POST", path),
                ("DELETE", path),
            ] {
                let got = server.request(method, path).send().await;
                assert_eq!(got.status, 401, "{transport}: {method} {path}");
                assert_eq!(
                    got.header("www-authenticate"),
                    "Bearer realm=\"mcp-docker\""
                );
            }
            for value in [
                "Bearer wrong",
                "Bearer ",
                "Bearer correct-horsf",
                "Bearer correct-hors",
                "Bearer correct-horse2",
                "Bearer CORRECT-HORSE",
                "Basic correct-horse",
                "correct-horse",
                "",
            ] {
                let got = server.knock().header("authorization", value).send().await;
                assert_eq!(got.status, 401, "{transport}: `{value}`");
                let challenge = got.header("www-authenticate");
                assert!(challenge.starts_with("Bearer "), "{challenge}");
                assert!(!got.text().await.contains("horse"));
            }
            assert!(!server.log().contains("horse"), "{}", server.log());
        }
    }
}

#[tokio::test]
async fn a_supervisor_needs_neither_name_nor_token() {
    for transport in TRANSPORTS {
        let server = Server::start(transport, &TOKENS).await;
        let health = || server.request("GET", "/healthz");
        let got = health().header("host", "10.0.0.1:9").send().await;
        assert_eq!(got.status, 200);
        assert_eq!(got.text().await, "ok\n");
        let post = server.request("POST", "/healthz").send().await;
        assert_eq!(post.status, 405);
    }
}

#[tokio::test]
async fn a_path_or_method_that_leads_nowhere_says_so() {
    for (transport, path, allowed) in [
        ("sse", "/messages", "POST"),
        ("http", "/mcp", "GET, POST, DELETE"),
        ("websocket", "/ws", "GET"),
    ] {
        let server = Server::start(transport, &[]).await;
        let got = server.request("PUT", path).send().await;
        assert_eq!((got.status.as_u16(), got.header("allow")), (405, allowed));
        let own = match transport {
            "sse" => "/sse",
            _ => path,
        };
        for other in ["/sse", "/mcp", "/ws"] {
            if other != own {
                let got = server.request("GET", other).send().await;
                assert_eq!(got.status, 404, "{transport}: {other}");
                assert!(got.text().await.contains(own));
            }
        }
    }
}

#[tokio::test]
async fn an_address_that_others_reach_needs_a_token() {
    for transport in TRANSPORTS {
        for host in ["0.0.0.0", "::"] {
            let (code, said) =
                refused(&["--transport", transport, "--port", "0", "--host", host]).await;
            assert_eq!(code, Some(2), "{said}");
            assert!(said.contains("MCP_DOCKER_AUTH_TOKEN"), "{said}");
            assert!(said.contains(&format!("`--host {host}`")), "{said}");
            assert!(!said.contains("Listening"), "{said}");
        }
    }
}

#[tokio::test]
async fn what_others_can_do_is_said_at_start() {
    for transport in TRANSPORTS {
        let open = Server::start(transport, &[]).await;
        assert!(
            open.log().contains("every user of this machine"),
            "{}",
            open.log()
        );
        let closed = Server::start(transport, &TOKENS).await;
        assert!(!closed.log().contains("warning"), "{}", closed.log());
        for token in &TOKENS {
            let wide = Server::start_with(transport, &["--host", "0.0.0.0"], &[*token]).await;
            assert!(wide.log().contains("unencrypted"), "{}", wide.log());
        }
    }
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_stops_the_start_and_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (flag, value, code, named) in [
        ("--allowed-host", "http://x", 2, "MCP_DOCKER_ALLOWED_HOST"),
        ("--allowed-host", "a b", 2, "MCP_DOCKER_ALLOWED_HOST"),
        (
            "--allowed-origin",
            "app.example",
            2,
            "MCP_DOCKER_ALLOWED_ORIGIN",
        ),
        (
            "--allowed-origin",
            "https://app.example/",
            2,
            "MCP_DOCKER_ALLOWED_ORIGIN",
        ),
        ("--max-sessions", "0", 2, "MCP_DOCKER_MAX_SESSIONS"),
        ("--tls-cert", "/nonexistent.pem", 2, "MCP_DOCKER_TLS_KEY"),
        ("--host", "999.0.0.1", 1, "999.0.0.1"),
        ("--port", &port, 1, &port),
    ] {
        let (ended, said) = refused(&["--transport", "http", flag, value]).await;
        assert_eq!(ended, Some(code), "{flag} {value}: {said}");
        assert!(said.contains(named), "{flag} {value}: {said}");
    }
}
