//! Finds the values of names that sound secret: `NAME=value`, `name: value`, `"name": "value"`, in
//! whatever a line is made of.
//!
//! How a pair is written tells how much its name says. An entry, such as a variable, a flag or a
//! member of JSON, is one for sure: its name alone decides. What is assigned may be code instead,
//! and what stands behind a colon may be the rest of a sentence.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::extent::{self, Around};
use super::forms::{ELSEWHERE, PARTS};
use super::names::{self, Name};
use super::pattern::pattern;
use super::{block, ordinary, values};

/// A name that may be one of a secret, and what parts it from its value. Quotes may stand behind
/// the name, escaped as often as the document that holds them was put into another.
static PAIR: LazyLock<Regex> =
    LazyLock::new(|| pair(&format!("[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*")));

/// The same of a name in another language.
static PAIR_ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| pair(ELSEWHERE));

fn pair(name: &str) -> Regex {
    pattern(&format!(
        r#"(?x-u)
        (?P<name>{name})
        (?P<between>\\*["']?[,;]?\s*\\*["']?(?:[Pp]arameter)?[Vv]alue\\*["']?\s*(?:=>|[:=])\s*
            |(?:\s*:\s*|\s+)(?:str|[Ss]tring|SecretStr|Optional\[str\]|&(?:'static\ )?str)\s+=\s*
            |\\*["']\]\s*(?:\|\||\?\?)?=\s*|\[[0-9]*\]\s*=\s*
            |</(?:name|key)>\s*<(?:value|string)>
            |\\*["']\s*(?:=>|[:=,])\s*|:[-?+]
            |(?u:\s)*(?:=>|->|<-|\|\|=|\?\?=|::?=|[?+]=|(?u:[=:＝：]))(?u:[\s--\n])*|>)"#
    ))
}

/// What an image's history and a build's log put before variables, whose quotes they leave out.
static INSTRUCTION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)(?:^|\s)(?:ENV|ARG|LABEL)\s|\|[0-9]+\s"));

/// What stands before a variable that has its line for itself.
static LINE_START: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)\A\s*(?:(?:export|declare -x|(?i:set)|-)\s+)?"));

/// The version of an image, or its variant, or the commit that it was built from.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u)\A (?: v?[0-9][0-9a-z]{0,3} | [0-9]+ | [A-Za-z]+ | [0-9a-f]{7,} | rc[0-9]+ )
            (?: [._-] (?: v?[0-9][0-9a-z]{0,3} | [0-9]+ | [A-Za-z]+[0-9.]* | [0-9a-f]{7,} ) )* (?: @ | \z)",
    )
});

/// How much the name of a pair says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// Everything.
    AsEntry,
    /// Much, unless the value is code.
    AsAssignment,
    /// Something, unless the value is code or a part of a sentence.
    InPassing,
}

/// Adds where the secrets of a line are; in a line for a `shell` a space ends a value, wherever it
/// stands.
pub(super) fn find(line: &str, shell: bool, spans: &mut Vec<Range<usize>>) {
    // What is true of the whole line is looked for once: a line may hold a pair every few bytes.
    let recorded_from = INSTRUCTION.find(line).map(|instruction| instruction.end());
    let line_start = LINE_START.find(line).map_or(0, |start| start.end());
    let elsewhere = names::may_be_foreign(line).then_some(&*PAIR_ELSEWHERE);
    let forms = std::iter::once(&*PAIR).chain(elsewhere);
    for form in forms {
        let mut from = 0;
        while let Some(found) = form.captures_at(line, from) {
            let (Some(whole), Some(name), Some(between)) =
                (found.get(0), found.name("name"), found.name("between"))
            else {
                break;
            };
            from = whole.end();
            let pair = Pair {
                line,
                name: name.as_str(),
                before: before(line, name.start()),
                between: between.as_str(),
                start: whole.end(),
                head: ordinary::head(line.get(whole.end()..).unwrap_or_default()),
                is_recorded: recorded_from.is_some_and(|from| from <= name.start()),
                has_the_line: !shell
                    && name.start() == line_start
                    && !name.as_str().starts_with('-'),
            };
            if let Some(secret) = pair.secret() {
                from = from.max(secret.end);
                spans.push(secret);
            }
        }
    }
}

/// What stands before a name, but for the space behind a semicolon.
fn before(line: &str, at: usize) -> Option<char> {
    let before = line.get(..at)?;
    let last = before.chars().next_back()?;
    if last == ':' {
        // Perhaps an element's name with its namespace.
        let space = before.char_indices().rev().nth(16).map_or(0, |(at, _)| at);
        let near = before.get(space..)?.strip_suffix(':')?;
        let prefix = near.trim_end_matches(|it: char| it.is_ascii_alphanumeric());
        let is_element = prefix.len() < near.len() && prefix.ends_with('<');
        return Some(if is_element { '<' } else { last });
    }
    match before.strip_suffix("; ") {
        Some(_) => Some(';'),
        None => Some(last),
    }
}

/// A name and what it may be the name of.
struct Pair<'a> {
    line: &'a str,
    name: &'a str,
    before: Option<char>,
    between: &'a str,
    /// Where the value begins, or its quote.
    start: usize,
    /// As much of it as tells whether it is ordinary.
    head: &'a str,
    /// It stands in an instruction of a build, which has lost its quotes.
    is_recorded: bool,
    /// Nothing stands before it.
    has_the_line: bool,
}

impl Pair<'_> {
    /// Where the secret is.
    fn secret(&self) -> Option<Range<usize>> {
        let kind = self.kind()?;
        let is_ordinary = match self.written() {
            Written::AsEntry => false,
            Written::AsAssignment => {
                ordinary::is_code(self.head)
                    || ordinary::is_path_of_names(self.head)
                    || ordinary::is_verdict(self.first_word())
            }
            Written::InPassing => ordinary::is_code(self.head) || self.is_said(kind),
        };
        // A comment of YAML.
        let is_comment = self.between.ends_with(' ') && self.head.starts_with("# ");
        let is_filled_in = !self.is_recorded && ordinary::is_substitution(self.head);
        if is_ordinary
            || is_comment
            || is_filled_in
            || block::is_here(self.head)
            || self.is_reference()
            || self.is_object()
            || self.is_result()
            || self.is_handed_on()
        {
            return None;
        }
        let around = Around {
            before: if self.between.starts_with("</") {
                Some('<')
            } else {
                self.before
            },
            between: self.between,
            takes_spaces: self.is_recorded || self.has_the_line && kind == Name::Secret,
        };
        let value = extent::value(self.line, kind, self.start, &around);
        values::secret_in(self.line, kind, value)
    }

    /// What the name says, given what stands before it.
    fn kind(&self) -> Option<Name> {
        // The signature of a URL is what lets its holder in.
        let signs = ["sig", "X-Amz-Signature", "X-Goog-Signature"];
        if self.is_query() && signs.contains(&self.name) {
            return Some(Name::Secret);
        }
        // A `>` is a sign only in XML, and a comma only in PHP's `define('DB_PASSWORD', 'value')`.
        let is_sign = match self.between.trim_matches(['\\', '"', '\'', ' ']) {
            ">" => self.before == Some('<') && !self.is_placeholder(),
            "->" | "<-" => self.is_quoted() || ordinary::looks_made(self.head),
            "," => names::is_constant(self.name) && self.is_quoted(),
            _ => true,
        };
        names::judge(self.name).filter(|_| is_sign && !self.is_computed())
    }

    /// Whether it is no element but what stands for a password: `<user>/<password>@db`.
    fn is_placeholder(&self) -> bool {
        let name = self.start - self.between.len() - self.name.len();
        let before = self.line.get(..name).and_then(|it| it.strip_suffix('<'));
        let is_joined = before.is_some_and(|it| it.ends_with(['/', ':', '%']));
        let rest = self.line.get(self.start..).unwrap_or_default();
        is_joined && self.between == ">" && !rest.contains("</")
    }

    /// Whether it is code where signs like these are written before code mostly.
    fn is_computed(&self) -> bool {
        let sign = self.between.trim();
        let is_declared = sign.starts_with(|it: char| it == ':' || it.is_ascii_alphabetic())
            && sign.len() > 3
            && sign.ends_with('=');
        let is_joined = ["+=", "||=", "??="].contains(&sign) && !names::is_constant(self.name);
        let inside = self.head.trim_start_matches(['"', '\'']);
        if is_declared {
            !self.is_quoted() || ordinary::is_sentence(inside)
        } else if sign == "::=" {
            !names::is_constant(self.name)
        } else {
            is_joined && !self.is_quoted() && !ordinary::looks_made(inside)
        }
    }

    fn written(&self) -> Written {
        let is_member = self.between.contains(['"', '\'']) && self.is_quoted();
        let is_variable = self.between.ends_with('=')
            && !self.between.contains(char::is_whitespace)
            && names::is_constant(self.name);
        let is_flag = self.name.starts_with('-');
        let is_header = self.name.to_ascii_lowercase().ends_with("authorization")
            && values::scheme(self.head) > 0;
        if self.is_recorded || is_member || is_variable || is_flag || is_header || self.is_query() {
            Written::AsEntry
        } else if self.between == "=" {
            Written::AsAssignment
        } else {
            Written::InPassing
        }
    }

    fn is_quoted(&self) -> bool {
        self.head.trim_start_matches('\\').starts_with(['"', '\''])
    }

    fn is_query(&self) -> bool {
        matches!(self.before, Some('?' | '&'))
    }

    fn first_word(&self) -> &str {
        let ends = |it: char| it.is_whitespace() || "\"'`,;)]}".contains(it);
        self.head.split(ends).next().unwrap_or_default()
    }

    /// Whether a sentence or a program says something of the secret, and not what it is.
    fn is_said(&self, kind: Name) -> bool {
        let is_default = matches!(self.between, ":-" | ":?" | ":+");
        if is_default || kind != Name::Secret || names::is_common(self.name) {
            let value = self.head.trim_start_matches(['\\', '"', '\'']);
            return !ordinary::looks_made(value);
        }
        if !self.name.is_ascii() && ordinary::is_of_signs(self.head) {
            return true;
        }
        // A constant with a colon is a variable in a list of them.
        let is_variable = names::is_constant(self.name) && !self.between.contains('=');
        !self.is_quoted() && ordinary::is_sentence(self.head)
            || !is_variable && ordinary::is_name(self.head)
    }

    /// Whether it is an image and its tag, a volume and its path, or a log-in of a URL.
    fn is_reference(&self) -> bool {
        if self.between != ":" {
            return false;
        }
        let word = self.first_word();
        let is_image =
            !self.name.contains(|it: char| it.is_ascii_uppercase()) && TAG.is_match(word);
        let is_lone = self.before != Some('/') && names::is_password(self.name);
        // What is in front of a host is for those who read URLs.
        let is_login = self.before == Some('/') && word.contains('@');
        word.starts_with('/') || is_login || is_image && (!is_lone || word.contains('.'))
    }

    /// Whether it is the name of a secret that Kubernetes keeps: `passwordSecret: db-credentials`.
    fn is_object(&self) -> bool {
        if !self.name.ends_with("ecret") || self.between.trim() != ":" {
            return false;
        }
        let kept = ["-secret", "-secrets", "-credentials", "-creds", "-tls"];
        let value = self.first_word();
        value
            .bytes()
            .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
            && kept.iter().any(|it| value.ends_with(it))
    }

    /// Whether code hands on a variable of the same name: `this.token = token;`, `{ password: password }`.
    fn is_handed_on(&self) -> bool {
        let value = self.head.trim_start_matches(['$', '&', '*', '@', '_']);
        let end = value.find(|it: char| !it.is_ascii_alphanumeric() && it != '_');
        let (value, behind) = value.split_at(end.unwrap_or(value.len()));
        let mut path = self.name.rsplit('.');
        let is_same = path.next().is_some_and(|last| {
            last.trim_start_matches('_').eq_ignore_ascii_case(value) && !names::is_constant(last)
        });
        if !is_same {
            return false;
        }
        let behind = behind.trim_start();
        let is_statement = behind.starts_with(';');
        match self.between.trim() {
            ":" => is_statement || behind.starts_with([',', '}', ')']),
            // A setting has a longer path, and no spaces around its sign.
            "=" if self.between.len() > 1 => {
                let is_member = path.next().is_some() && path.next().is_none();
                is_statement || behind.is_empty() && (is_member || self.before == Some('>'))
            }
            "=" => is_statement || behind.starts_with([',', ')']) && self.is_among_arguments(),
            _ => false,
        }
    }

    /// Whether another argument right before it is handed on by its own name, too.
    fn is_among_arguments(&self) -> bool {
        let before = self
            .line
            .get(..self.start - self.between.len() - self.name.len());
        let before = before.unwrap_or_default().trim_end_matches([',', ' ']);
        let begins = before.rfind([',', '(', ' ']).map_or(0, |at| at + 1);
        let argument = before.get(begins..).and_then(|it| it.split_once('='));
        argument.is_some_and(|(name, value)| !name.is_empty() && name == value)
    }

    /// Whether it is what became of a test, or a number too short for what a machine made.
    fn is_result(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        let word = self.first_word();
        self.name == "PASS" && self.between.trim() == ":"
            || (name.ends_with("pass") || name.ends_with("token"))
                && word.len() < 6
                && ordinary::is_quantity(word)
    }
}
