//! Says what the exit code of a container means.

/// Codes with a meaning of their own.
const CODES: [(i64, &str); 8] = [
    (0, "the main process ended normally"),
    (1, "the application reported an error of its own"),
    (2, "the shell or the application rejected how it was called"),
    (125, "Docker itself could not run the container"),
    (
        126,
        "the command was found but cannot be executed: no execute permission, or not a program for this platform",
    ),
    (
        127,
        "the command was not found in the image: a wrong path or name, a missing interpreter or library",
    ),
    (128, "the program gave an exit code that is none"),
    (255, "the application ended with -1 or a code out of range"),
];

/// Signals, whose code is 128 and their number.
const SIGNALS: [(i64, &str, &str); 13] = [
    (1, "SIGHUP", "it was told that its terminal is gone"),
    (2, "SIGINT", "it was interrupted, as by Ctrl-C"),
    (3, "SIGQUIT", "it was told to quit"),
    (
        4,
        "SIGILL",
        "it met an instruction this CPU does not have: a binary for another CPU",
    ),
    (
        6,
        "SIGABRT",
        "it aborted itself, after a failed assertion or allocation",
    ),
    (7, "SIGBUS", "it used memory that is not there"),
    (8, "SIGFPE", "it divided by zero or the like"),
    (
        9,
        "SIGKILL",
        "it was killed outright: by the kernel for want of memory, by `docker kill`, or by `docker stop` once its grace was over",
    ),
    (11, "SIGSEGV", "it crashed: invalid use of memory"),
    (13, "SIGPIPE", "nobody read what it wrote"),
    (14, "SIGALRM", "a timer of its own ran out"),
    (
        15,
        "SIGTERM",
        "it was asked to stop, as by `docker stop`, and did",
    ),
    (
        31,
        "SIGSYS",
        "it made a system call that seccomp does not allow",
    ),
];

/// What an exit code means.
pub(super) fn meaning(code: Option<i64>) -> String {
    let Some(code) = code else {
        return "no exit code is known".to_owned();
    };
    if let Some((_, meaning)) = CODES.iter().find(|(known, _)| *known == code) {
        return (*meaning).to_owned();
    }
    let signal = code - 128;
    match SIGNALS.iter().find(|(number, ..)| *number == signal) {
        Some((_, name, meaning)) => format!("{name}: {meaning}"),
        None if (1..=64).contains(&signal) => format!("signal {signal} ended it"),
        None => "a code of the application's own; its documentation says what it means".to_owned(),
    }
}
