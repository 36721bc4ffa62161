//! A person at a terminal: runs the program on a pseudo-terminal, which `script` makes.

use std::num::NonZero;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::client::command;

/// How long a run may take behind what is typed, on a machine with other work to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a question ends with.
const QUESTION: &str = "[y/N]";

/// The lines of every terminal.
const ROWS: u16 = 50;

/// What a run left on the terminal.
#[derive(Debug)]
pub struct Seen {
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// All that was written, what was typed included.
    pub text: String,
}

/// Runs `mcp-docker` with these words and variables, in an empty home on a terminal of that many
/// columns, and types each text: at once, or once it was asked and the pause is over.
pub async fn run(
    columns: u16,
    words: &str,
    env: &[(&str, &str)],
    typed: &[(Duration, &str)],
) -> Seen {
    run_in(
        tempfile::tempdir().unwrap().path(),
        columns,
        words,
        env,
        typed,
    )
    .await
}

/// The same in a home with something in it.
pub async fn run_in(
    home: &Path,
    columns: u16,
    words: &str,
    env: &[(&str, &str)],
    typed: &[(Duration, &str)],
) -> Seen {
    let mut child = start(home, columns, words, env);
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut text = Vec::new();
    let session = async {
        for (pause, answer) in typed {
            if !pause.is_zero() {
                while !String::from_utf8_lossy(&text).contains(QUESTION)
                    && stdout.read_buf(&mut text).await.unwrap() > 0
                {}
                tokio::time::sleep(*pause).await;
            }
            // A program that ended already reads nothing.
            let _ = stdin.write_all(answer.as_bytes()).await;
        }
        // An end of input would be typed as one before the answer is read.
        stdout.read_to_end(&mut text).await.unwrap();
        child.wait().await.unwrap().code()
    };
    let code = tokio::time::timeout(PATIENCE, session)
        .await
        .expect("it does not end");
    drop(stdin);
    Seen {
        code,
        text: String::from_utf8_lossy(&text).replace("\r\n", "\n"),
    }
}

/// Starts `mcp-docker` at a terminal of that many columns.
fn start(home: &Path, columns: u16, words: &str, env: &[(&str, &str)]) -> Child {
    let program = command(home);
    let program = program.as_std().get_program().display();
    let line = format!("stty cols {columns} rows {ROWS}; exec {program} {words}");
    let mut script = Command::new("script");
    script
        .args(["--quiet", "--return", "--command", &line])
        .arg("/dev/null");
    for (name, value) in command(home).as_std().get_envs() {
        match value {
            Some(value) => script.env(name, value),
            None => script.env_remove(name),
        };
    }
    script
        .current_dir(home)
        .env("TERM", "xterm")
        .envs(env.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

fn size(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).expect("a terminal has room")
}

/// A program that draws the whole terminal, and what is on that now.
pub struct Window {
    child: Child,
    screen: vt100::Parser,
    _home: tempfile::TempDir,
}

impl Window {
    /// Runs `mcp-docker` as [`run`] does.
    pub fn open(columns: u16, words: &str, env: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self {
            child: start(home.path(), columns, words, env),
            screen: vt100::Parser::new(size(ROWS), size(columns), 0),
            _home: home,
        }
    }

    /// What is there now, each line without the blanks at its end.
    pub fn text(&self) -> String {
        let lines = self.screen.screen().contents();
        lines
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect()
    }

    /// The colour of the text at the first place where this is.
    pub fn colour(&self, text: &str) -> vt100::Color {
        let shown = self.text();
        let (row, line) = shown
            .lines()
            .enumerate()
            .find(|(_, line)| line.contains(text))
            .unwrap();
        let before = line.split(text).next().unwrap().chars().count();
        let cell = self
            .screen
            .screen()
            .cell(row.try_into().unwrap(), before.try_into().unwrap());
        cell.unwrap().fgcolor()
    }

    /// Whether the program has the terminal for itself, and gives it back at its end.
    pub fn is_taken(&self) -> bool {
        self.screen.screen().alternate_screen()
    }

    /// Reads on until that can be seen.
    pub async fn until(&mut self, what: &str, seen: impl Fn(&str) -> bool) {
        let reading = async {
            while !seen(&self.text()) {
                assert!(self.read().await, "it ended: {}", self.text());
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, reading).await.is_ok();
        assert!(in_time, "never: {what}: {}", self.text());
    }

    /// Presses keys.
    pub async fn press(&mut self, keys: &str) {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(keys.as_bytes()).await.unwrap();
        stdin.flush().await.unwrap();
    }

    /// Reads to its end; the exit code.
    pub async fn end(&mut self) -> Option<i32> {
        let reading = async { while self.read().await {} };
        let in_time = tokio::time::timeout(PATIENCE, reading).await.is_ok();
        assert!(in_time, "it does not end: {}", self.text());
        self.child.wait().await.unwrap().code()
    }

    async fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let read = self.child.stdout.as_mut().unwrap().read(&mut bytes).await;
        let read = read.unwrap();
        self.screen.process(&bytes[..read]);
        read > 0
    }
}
