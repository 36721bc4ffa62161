//! Which signs are read from what programs write, and which are not from ordinary logs.

use super::*;

fn found(log: &str) -> Vec<&'static str> {
    causes(log).iter().map(|cause| cause.what).collect()
}

#[test]
fn each_sign_is_read_from_what_programs_say() {
    for (what, lines) in [
        (
            "The port is in use",
            &[
                "Error: listen EADDRINUSE: address already in use :::80",
                "OSError: [Errno 98] Address in use",
                "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)",
            ] as &[&str],
        ),
        (
            "An environment variable is missing",
            &[
                "KeyError: 'DATABASE_URL'",
                "/entrypoint.sh: line 3: API_KEY: unbound variable",
                "sh: API_KEY: parameter not set",
                "sh: DATABASE_URL: must be set",
                "/entrypoint.sh: line 3: API_KEY: ask your administrator",
                "Missing required environment variable: API_KEY",
                "Environment variable not found: DATABASE_URL.",
                "DATABASE_URL is not set",
                "Error: SECRET_KEY must be set",
                "You must specify POSTGRES_PASSWORD to a non-empty value for the superuser",
                "You need to specify one of the following as an environment variable:",
            ],
        ),
        (
            "The process ran out of memory",
            &[
                "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
                "java.lang.OutOfMemoryError: Java heap space",
                "fork: Cannot allocate memory",
                "MemoryError",
            ],
        ),
        (
            "A disk is full",
            &["write /data/db: no space left on device"],
        ),
        (
            "The binary is for another platform",
            &["exec /app: exec format error"],
        ),
        (
            "A command is missing",
            &[
                "sh: servr: not found",
                "/bin/sh: 1: servr: not found",
                "/entrypoint.sh: line 3: servr: not found",
                "bash: servr: command not found",
                "exec: \"servr\": executable file not found in $PATH",
                "Error: spawn servr ENOENT",
            ],
        ),
        (
            "A module or library is missing",
            &[
                "ModuleNotFoundError: No module named 'flask'",
                "Error: Cannot find module 'express'",
                "libpq.so.5: cannot open shared object file: No such file or directory",
            ],
        ),
        (
            "It writes to a read-only file system",
            &["mkdir /cache: Read-only file system"],
        ),
        (
            "It lacks a permission",
            &[
                "open /var/run/docker.sock: permission denied",
                "Error: EACCES",
            ],
        ),
        (
            "A name does not resolve",
            &[
                "Error: getaddrinfo ENOTFOUND db",
                "curl: (6) Could not resolve host: db",
                "could not translate host name \"db\" to address: Temporary failure in name resolution",
                "dial tcp: lookup db on 127.0.0.11:53: no such host",
                "java.net.UnknownHostException: db",
                "wget: bad address 'db'",
                "nginx: [emerg] host not found in upstream \"api\" in /etc/nginx/nginx.conf:8",
            ],
        ),
        (
            "A connection was refused",
            &[
                "Error: connect ECONNREFUSED 172.20.0.3:5432",
                "2026/01/01 10:00:00 [error] 29#29: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 172.17.0.1, server: , request: \"GET / HTTP/1.1\", upstream: \"http://172.17.0.3:3000/\", host: \"localhost:8080\"",
                "{\"level\":\"error\",\"msg\":\"dial tcp 172.17.0.3:3000: connect: connection refused\",\"request\":{\"method\":\"GET\",\"uri\":\"/\"},\"status\":502}",
            ],
        ),
        ("There is no route", &["connect: no route to host"]),
        (
            "A connection broke",
            &["read: connection reset by peer", "write: broken pipe"],
        ),
        (
            "Something took too long",
            &[
                "dial tcp 10.0.0.1:5432: i/o timeout",
                "connect ETIMEDOUT 10.0.0.1:443",
                "context deadline exceeded",
                "Operation timed out after 30000 ms",
                "timeout of 5000ms exceeded",
            ],
        ),
        (
            "TLS failed",
            &[
                "x509: certificate signed by unknown authority",
                "SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate",
                "unable to get local issuer certificate",
                "http: TLS handshake error from 172.17.0.1:4711: EOF",
            ],
        ),
        (
            "A login was refused",
            &[
                "FATAL:  password authentication failed for user \"app\"",
                "Access denied for user 'app'@'172.20.0.3' (using password: YES)",
                "request to the registry failed: 401 Unauthorized",
            ],
        ),
        (
            "An option or a configuration is wrong",
            &[
                "unknown flag: --verbos",
                "nginx: [emerg] unknown directive \"sever\" in /etc/nginx/nginx.conf:3",
            ],
        ),
        (
            "A file is missing",
            &["open /etc/app/config.yml: no such file or directory"],
        ),
        (
            "The application failed",
            &[
                "ValueError: the answer is not 42",
                "panic: runtime error: index out of range",
                "thread 'main' panicked at src/main.rs:3:5:",
                "Exception in thread \"main\" java.lang.IllegalStateException",
                "Segmentation fault (core dumped)",
                "level=fatal msg=\"no configuration\"",
                "[emerg] 1#1: invalid number of arguments",
            ],
        ),
    ] {
        for line in lines {
            assert_eq!(found(line).first(), Some(&what), "{line}");
        }
    }
}

/// What a path, a status or a setting says is no failure.
#[test]
fn an_ordinary_log_points_to_nothing() {
    for line in [
        // nginx and Apache
        r#"172.17.0.1 - - [01/Jan/2026:10:00:00 +0000] "GET /timeout?error=certificate HTTP/1.1" 200 615 "-" "curl/8.5.0" "-""#,
        r#"172.17.0.1 - bob [01/Jan/2026:10:00:00 +0000] "POST /exception/fatal HTTP/2.0" 404 153 "https://example.com/forbidden" "Mozilla/5.0""#,
        // uvicorn, gunicorn, Django, Python's http.server
        r#"INFO:     172.17.0.1:51234 - "GET /unauthorized HTTP/1.1" 401 Unauthorized"#,
        r#"INFO:     172.17.0.1:51234 - "GET /admin HTTP/1.1" 403 Forbidden"#,
        r#"[01/Jan/2026 10:00:00] "GET /permission%20denied HTTP/1.1" 404 179"#,
        "172.17.0.1 - - [01/Jan/2026 10:00:00] code 404, message File not found",
        "[W 10:00:00.000] 403 GET /access%20denied (172.17.0.1) 1.20ms",
        // Express, Go, Rails, Traefik, Caddy, logfmt
        "GET /no-such-host 404 2.345 ms - 150",
        r#"[GIN] 2026/01/01 - 10:00:00 | 404 |     13.05µs |      172.17.0.1 | GET      "/timed out""#,
        "Completed 401 Unauthorized in 5ms (ActiveRecord: 0.0ms)",
        r#"{"level":"info","request":{"method":"GET","uri":"/connection refused"},"status":404,"msg":"handled request"}"#,
        r#"level=info method=GET path="/broken pipe" status=404 duration=1ms error=null"#,
        // Not requests
        "404: not found",
        "/api/orders: 404: not found",
        "404 page not found",
        "loaded 12 environment variables",
        "loaded certificate /etc/tls/server.crt",
        "keepalive_timeout=65",
        "connection timeout: 30",
        "timeout is 30 s",
        "registered ExceptionHandlerMiddleware",
        "finished with error: 0",
        r#"{"level":"info","msg":"ready","error":null}"#,
        "errors: none",
        "TLS is not set up",
        "HTTP is required for this endpoint",
        "3 modules not found in cache, fetching",
    ] {
        assert!(found(line).is_empty(), "{line}: {:?}", found(line));
        assert_eq!(about_network(line), "", "{line}");
    }
}
