//! `mcp-docker top`: shows a person the containers, what they take and what is wrong with them, as it changes.

mod sampler;
mod view;

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::thread;

use clap::{ArgMatches, Command};
use mcp_docker::config::Config;
use mcp_docker::transport::Signals;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc;

use super::{Failure, engine};
use sampler::Sampler;
use view::View;

pub(super) const NAME: &str = "top";

const KEYS: &str = "\
Keys:
  up, down      Choose a container; what is wrong with it stands below
  s             Sort by CPU, by memory, by name
  a             Show those that do not run, too
  q, Esc        End

Examples:
  mcp-docker top
  mcp-docker top --toolsets default,insight   With what is wrong";

/// How many messages and keys may wait.
const WAITING: usize = 64;

pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Watch containers, what they take and what is wrong with them")
        .after_help(KEYS)
        .arg(engine::argument())
}

pub(super) async fn run(matches: &ArgMatches, config: Config) -> Result<(), Failure> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::Usage(format!(
            "`{NAME}` needs a terminal; `mcp-docker call list_containers` and `mcp-docker call diagnose` are for pipes"
        )));
    }
    let host = engine::runtime_host(matches, &config)?;
    let sampler = Sampler::new(Arc::new(super::fleet(config)), host);
    // What cannot be asked at all is said as by any other command.
    let first = sampler.containers().await?;
    let mut signals = Signals::take_over().map_err(Failure::failed)?;
    let mut view = View::new(sampler.can_diagnose());
    view.list(Ok(first));
    let (news, mut heard) = mpsc::channel(WAITING);
    let watching = tokio::spawn(async move { sampler.watch(news).await });
    let mut keys = keys();
    let mut terminal = ratatui::try_init().map_err(Failure::failed)?;
    let ended = loop {
        if let Err(error) = terminal.draw(|frame| view.draw(frame)) {
            break Err(Failure::failed(error));
        }
        tokio::select! {
            Some(news) = heard.recv() => view.hear(news),
            key = keys.recv() => match key {
                Some(Event::Key(key)) if is_end(key) => break Ok(()),
                Some(Event::Key(key)) if key.kind == KeyEventKind::Press => view.press(key.code),
                // Another size, or a key that is let go.
                Some(_) => {}
                None => break Ok(()),
            },
            () = signals.next() => break Ok(()),
        }
    };
    watching.abort();
    ratatui::restore();
    ended
}

/// The keys that are pressed. A terminal is read by a thread of its own, which ends with the process.
fn keys() -> mpsc::Receiver<Event> {
    let (pressed, keys) = mpsc::channel(WAITING);
    thread::spawn(move || {
        while let Ok(event) = event::read() {
            if pressed.blocking_send(event).is_err() {
                break;
            }
        }
    });
    keys
}

fn is_end(key: KeyEvent) -> bool {
    let is_interrupt =
        key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c');
    key.kind == KeyEventKind::Press
        && (is_interrupt || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc))
}
