//! Reads a command, given as words or as one line.

use serde::Serialize;
use serde_json::Value;

use super::json;
use super::{Mismatch, Parameter};

/// The words of a command; never empty. No shell reads them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Command(pub Vec<String>);

impl Parameter for Command {
    fn parse(value: Value) -> Result<Self, Mismatch> {
        let words = match value {
            // `[ -f x ]` is a line; only what is JSON as well is an array.
            Value::String(line) => match serde_json::from_str(&line) {
                Ok(Value::Array(words)) => json::strings(Value::Array(words))?,
                _ => split(&line)?,
            },
            words => json::strings(words)?,
        };
        match words.first() {
            None => Err(Mismatch::because("it is empty")),
            Some(program) if program.is_empty() => {
                Err(Mismatch::because("its first word is empty"))
            }
            Some(_) => Ok(Self(words)),
        }
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
            Command::parse(json!(r#"["sh","-c","a; b"]"#)).unwrap().0,
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
            assert_eq!(Command::parse(json!(line)).unwrap().0, words, "{line:?}");
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
