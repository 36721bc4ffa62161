//! Reads a command, given as words or as one line.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::json::{self, clip};
use super::literal::{for_a_shell, is_script};
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;

/// The words of a command; never empty. No shell reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// The first word of a line that a shell would have replaced, such as `$HOME` or `*.log`.
    pub literal: Option<String>,
}

impl Command {
    /// What to know of a command that looks as if it were written for a shell.
    pub fn hint(&self) -> Option<String> {
        let literal = clip(self.literal.as_ref()?, 40);
        Some(format!(
            "no shell read the command, so it got `{literal}` as it stands; \
             send [\"sh\", \"-c\", \"…\"] to have one replace it"
        ))
    }
}

impl Serialize for Command {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.words.serialize(serializer)
    }
}

impl Parameter for Command {
    const SCHEMA: Schema = Vec::<String>::SCHEMA;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let mut literal = None;
        let words = match value {
            // `[ -f x ]` is a line; only what is JSON as well is an array.
            Value::String(line) => match serde_json::from_str(&line) {
                Ok(Value::Array(words)) => json::strings(Value::Array(words))?,
                _ => {
                    let words = split(&line)?;
                    literal = for_a_shell(&line, |at| is_script(&words, at));
                    words
                }
            },
            words => json::strings(words)?,
        };
        match words.first() {
            None => Err(Mismatch::because("it is empty")),
            Some(program) if program.is_empty() => {
                Err(Mismatch::because("its first word is empty"))
            }
            Some(_) => Ok(Self { words, literal }),
        }
    }
}

/// The words of an entrypoint; none takes the image's away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Entrypoint(pub Vec<String>);

impl Parameter for Entrypoint {
    const SCHEMA: Schema = Command::SCHEMA;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let is_reset = ["", "[]", "[\"\"]"].iter().any(|none| value == *none)
            || value == json!([])
            || value == json!([""]);
        if is_reset {
            return Ok(Self(Vec::new()));
        }
        Command::parse(value).map(|command| Self(command.words))
    }
}

/// Splits a line into words like a shell, and refuses what only a shell could carry out.
fn split(line: &str) -> Result<Vec<String>, Mismatch> {
    let line = line.trim();
    if let Some(syntax) = shell_syntax(line) {
        return Err(Mismatch::Reason(format!(
            "it holds {syntax} outside quotes, but no shell reads it; \
             send [\"sh\", \"-c\", \"…\"] to have one do so, or quote it"
        )));
    }
    shlex::split(line).ok_or_else(|| Mismatch::because("its quotes are not balanced"))
}

/// The first part of a line that means something to a shell beyond parting words.
///
/// A comment and a line break are among them, because the words behind them would vanish or
/// become arguments.
fn shell_syntax(line: &str) -> Option<&'static str> {
    let mut quote = None;
    let mut previous = ' ';
    let mut chars = line.chars().peekable();
    while let Some(found) = chars.next() {
        match (quote, found) {
            // shlex makes an empty word of a continued line.
            (None, '\\') if chars.peek() == Some(&'\n') => return Some("a line break"),
            (None | Some('"'), '\\') => {
                chars.next();
            }
            (Some(open), _) => {
                if found == open {
                    quote = None;
                }
            }
            (None, '\'' | '"') => quote = Some(found),
            (None, ';') => return Some("`;`"),
            (None, '|') => {
                return Some(if chars.peek() == Some(&'|') {
                    "`||`"
                } else {
                    "`|`"
                });
            }
            (None, '&') if chars.peek() == Some(&'&') => return Some("`&&`"),
            (None, '>') => return Some("`>`"),
            (None, '<') => return Some("`<`"),
            (None, '$') if chars.peek() == Some(&'(') => return Some("`$(`"),
            (None, '`') => return Some("a backtick"),
            (None, '\n') => return Some("a line break"),
            (None, '#') if previous.is_whitespace() => return Some("a comment (`#`)"),
            (None, _) => {}
        }
        previous = found;
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reason(given: Value) -> String {
        match Command::parse(given.clone()) {
            Err(Mismatch::Reason(reason)) => reason,
            other => panic!("{given}: {other:?}"),
        }
    }

    #[test]
    fn words_are_taken_as_they_are() {
        for given in [
            json!(["sh", "-c", "a && b; c > d"]),
            json!(["echo", ""]),
            json!(["a b"]),
        ] {
            let words = Command::parse(given.clone()).unwrap();
            assert_eq!(serde_json::to_value(words).unwrap(), given);
        }
        assert_eq!(
            Command::parse(json!(r#"["sh","-c","a; b"]"#))
                .unwrap()
                .words,
            ["sh", "-c", "a; b"]
        );
    }

    #[test]
    fn a_line_is_split_like_a_shell_would() {
        for (line, words) in [
            ("ls -l /", vec!["ls", "-l", "/"]),
            ("  echo  hi \n", vec!["echo", "hi"]),
            ("echo 'a && b' \"c; d\"", vec!["echo", "a && b", "c; d"]),
            (
                "find . -exec rm {} \\;",
                vec!["find", ".", "-exec", "rm", "{}", ";"],
            ),
            (
                "echo \"\\$(x)\" \"\\`y\\`\" '$(z)'",
                vec!["echo", "$(x)", "`y`", "$(z)"],
            ),
            (
                "curl http://x/?a=1&b=2#c",
                vec!["curl", "http://x/?a=1&b=2#c"],
            ),
            ("[ -f /etc/hosts ]", vec!["[", "-f", "/etc/hosts", "]"]),
            ("python -c 'a\nb'", vec!["python", "-c", "a\nb"]),
            ("echo \"it's\" '\"' ''", vec!["echo", "it's", "\"", ""]),
            ("echo $HOME", vec!["echo", "$HOME"]),
            ("echo \"a\\\"; b\"", vec!["echo", "a\"; b"]),
        ] {
            assert_eq!(
                Command::parse(json!(line)).unwrap().words,
                words,
                "{line:?}"
            );
        }
    }

    #[test]
    fn what_needs_a_shell_is_refused_with_the_way_to_get_one() {
        for (line, syntax) in [
            ("a; b", "`;`"),
            ("a;b", "`;`"),
            ("a && b", "`&&`"),
            ("a&&b", "`&&`"),
            ("a || b", "`||`"),
            ("a | b", "`|`"),
            ("a > b", "`>`"),
            ("a>b", "`>`"),
            ("a 2>&1", "`>`"),
            ("a < b", "`<`"),
            ("a $(b)", "`$(`"),
            ("a `b`", "a backtick"),
            ("a 'b'; c", "`;`"),
            ("a \\\\; c", "`;`"),
            ("a 'b\\'; c", "`;`"),
            ("a\nb", "a line break"),
            ("a \\\n b", "a line break"),
            ("a # b", "a comment"),
            ("# a", "a comment"),
        ] {
            let reason = reason(json!(line));
            assert!(reason.contains(syntax), "{line:?}: {reason}");
            assert!(reason.contains(r#"["sh", "-c", "…"]"#), "{reason}");
        }
    }

    #[test]
    fn what_a_shell_would_replace_is_noticed() {
        for (line, literal) in [
            ("echo $HOME", "$HOME"),
            ("echo \"$HOME/x\"", "\"$HOME/x\""),
            ("echo a${X}b", "a${X}b"),
            ("test $? -eq 0", "$?"),
            ("rm /tmp/*.log", "/tmp/*.log"),
            ("ls a?.txt", "a?.txt"),
            ("ls log.[0-9]", "log.[0-9]"),
            ("cat ~/x", "~/x"),
            ("cd ~", "~"),
            ("sh -c echo $HOME", "$HOME"),
            ("sh -c \"echo $A\" $B", "$B"),
            ("sh -x \"$HOME/run\"", "\"$HOME/run\""),
            ("grep -c \"$HOME\" sh", "\"$HOME\""),
            ("test -e \"$HOME\"", "\"$HOME\""),
        ] {
            let command = Command::parse(json!(line)).unwrap();
            assert_eq!(command.literal.as_deref(), Some(literal), "{line}");
            assert!(command.hint().unwrap().contains(r#"["sh", "-c", "…"]"#));
        }
        for line in [
            "echo '$HOME' '*'",
            "echo \\$HOME \\*",
            "echo \"*.log\" \"?\" \"~\"",
            "curl http://x/?a=1",
            "grep foo$ x",
            "echo 5$ $5",
            "git diff HEAD~ a~/b",
            "[ -f /x ]",
            "ls",
            "sh -c \"echo $HOME\"",
            "/bin/bash -ec \"ls *.log; echo $HOME\" x",
            "env A='1 2' sh -c \"echo $A\"",
            "su -c \"echo $HOME\" web",
            "timeout 5 busybox sh -c \"echo $HOME\"",
            "perl -e \"print $x\"",
            "php -r \"echo $x;\"",
        ] {
            assert_eq!(Command::parse(json!(line)).unwrap().hint(), None, "{line}");
        }
        // Who sends words knows that no shell splits them.
        let words = Command::parse(json!(["ls", "*"])).unwrap();
        assert_eq!(words.hint(), None);
    }

    #[test]
    fn an_empty_entrypoint_is_one() {
        for given in [json!(""), json!([]), json!([""]), json!("[]")] {
            assert_eq!(Entrypoint::parse(given), Ok(Entrypoint(Vec::new())));
        }
        assert_eq!(
            Entrypoint::parse(json!("/init -v")).unwrap().0,
            ["/init", "-v"]
        );
        assert!(Entrypoint::parse(json!(["", "x"])).is_err());
        assert!(Entrypoint::parse(json!("a; b")).is_err());
    }

    #[test]
    fn a_command_has_a_program() {
        for given in [
            json!([]),
            json!(""),
            json!("  "),
            json!("[]"),
            json!([""]),
            json!("'' a"),
        ] {
            assert!(reason(given).contains("empty"));
        }
        assert!(reason(json!("echo 'a")).contains("balanced"));
        assert!(reason(json!("echo \\")).contains("balanced"));
        assert!(reason(json!(["sleep", 5])).contains("item 2"));
        assert_eq!(Command::parse(json!({})), Err(Mismatch::Kind));
    }
}
