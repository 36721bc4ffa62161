//! Finds secrets that no sign parts from their names: in sentences, and where two words make a setting.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::forms::{self, ELSEWHERE, ELSEWHERE_INFLECTED, ELSEWHERE_WORDS, PARTS, Words, set};
use super::names::{self, Name};
use super::pattern::pattern;
use super::{extent, ordinary, values};

/// What a sentence says before a secret, with or without a sign between them.
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?ix-u)(?:^|[\s"'(])
            (?: (?P<password>password|passphrase)
              | token | (?:access|api|encryption|license|private|recovery|secret|unseal)\ key(?:\ [0-9]+)? )
            (?: (?:\ is\ generated)?\ for\ (?u:[^\s:])+: | \ (?:is|was|set\ to):? | \ ?[:=] )?
            \s(?P<value>(?u:[^\s"'`])+)"#,
    )
});

/// The same with what the secret is for, or what became of it.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?ix-u)(?:^|[\s"'(])(?:password|passphrase|token|(?:access|api|secret)\ key)
            (?P<clause>(?:\ \((?u:[^()]){1,40}\))?(?:\ (?:for|of)(?:\ (?u:[^\s:])+){1,4}?)?)
            (?: (?P<colon>:) | \ is:? | \ = | \ (?:has\ been\ |was\ |is\ )?(?:re)?set\ to:? )
            \s+["'`]?(?P<value>(?u:[^\s"'`])+)(?P<end>["'`]?\s*\z)?"#,
    )
});

/// A user and a password behind a slash.
static CREDENTIALS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i-u)\b(?:credentials|login)(?:\s+(?:is|are))?\s*:?\s+["'`]?[A-Za-z0-9_.@-]{1,40}["'`]?\s*[/:]\s*["'`]?(?P<value>(?u:[^\s"'`])+)"#,
    )
});

/// The same in other languages: `Neues Passwort für bob: x`, `Le mot de passe est x`, `密码是x`.
static SAID_ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?x-u)(?:(?i:\b(?:{ELSEWHERE_WORDS}))|{ELSEWHERE}|{ELSEWHERE_INFLECTED})
            (?: (?:\ (?u:[^\s:：])+){{0,4}}?(?:\ ?(?u:[:：])|\ (?iu:ist|lautet|est|es|is|è|é|wurde\ auf|a\ été\ fixé\ à)\ :?)
              | (?u:は|是|为|為) )
            (?u:\s)*["'`]?(?P<value>(?u:[^\s"'`\u{{2e80}}-\u{{10ffff}}])+)"#
    ))
});

/// A Dockerfile's older form, `ENV NAME value`.
static ENV: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)(?:^|\s)ENV\s+(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s+"));

/// What sets a variable or a setting: `set NAME value`, and so do directives of nginx.
static SET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)(?:^|[\s"'])(?i:set|setx|setenv|export|config|proxy_set_header|(?:fastcgi|uwsgi|scgi|grpc)_param)\s+(?:-[A-Za-z]+\s+)*["']?(?:(?u:\S)*[/:])?(?P<name>[A-Za-z0-9_.-]*(?i:{PARTS})[A-Za-z0-9_.-]*)["']?\s+(?:ENC\s+)?(?P<value>(?u:\S)+)"#
    ))
});

/// A line of two words: a setting and its value.
static TWO_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?-u)\A\s*(?P<name>(?:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(?i:{PARTS})[A-Za-z0-9_.-]*)\s+(?P<value>(?u:\S)+)\s*\z"#
    ))
});

/// Words that are as good for a sentence as for a setting.
static WORDS: Words = Words::new(|| set(forms::SETTING_WORDS));

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    said(line, spans);
    if line.contains("ENV")
        && let Some(found) = ENV.captures(line)
        && let (Some(whole), Some(name)) = (found.get(0), found.name("name"))
        && let Some(kind) = names::judge(name.as_str())
    {
        spans.extend(values::secret_in(line, kind, whole.end()..line.len()));
    }
    for form in [&*SET, &*TWO_WORDS] {
        if form.is_match(line) {
            let found = form.captures_iter(line);
            spans.extend(found.filter_map(|found| setting(line, &found)));
        }
    }
}

/// Adds the secrets of sentences, which only their own look tells from other words.
fn said(line: &str, spans: &mut Vec<Range<usize>>) {
    if SENTENCE.is_match(line) {
        for found in SENTENCE.captures_iter(line) {
            let is_password = found.name("password").is_some();
            let is_sign = |it: char| ":=?+|-<>".contains(it);
            let value = found
                .name("value")
                .filter(|value| !value.as_str().starts_with(is_sign));
            spans.extend(value.and_then(|value| {
                let word = value.as_str().trim_end_matches(extent::CLOSING);
                let kind =
                    match is_password && ordinary::looks_made(word) && !ordinary::is_code(word) {
                        true => Name::Secret,
                        false => Name::Key,
                    };
                let at = value.start()..value.start() + word.len();
                values::secret_in(line, kind, at)
            }));
        }
    }
    let elsewhere = names::may_be_foreign(line).then_some(&*SAID_ELSEWHERE);
    for form in [&*SAID, &*CREDENTIALS].into_iter().chain(elsewhere) {
        if !form.is_match(line) {
            continue;
        }
        for found in form.captures_iter(line) {
            let Some(value) = found.name("value") else {
                continue;
            };
            let word = value.as_str().trim_end_matches(extent::CLOSING);
            let has = |name| found.name(name).is_some_and(|it| !it.is_empty());
            // The last word behind a colon is what the sentence is for.
            let is_last = has("clause") && has("colon") && found.name("end").is_some();
            let is_likely = ordinary::looks_made(word) || is_last && !ordinary::is_verdict(word);
            if is_likely && !ordinary::is_code(word) && !ordinary::is_name(word) {
                let at = value.start()..value.start() + word.len();
                spans.extend(values::secret_in(line, Name::Secret, at));
            }
        }
    }
}

/// The value of a setting, where its name can be no part of a sentence or the value none of a language.
fn setting(line: &str, found: &Captures<'_>) -> Option<Range<usize>> {
    let (name, value) = (found.name("name")?, found.name("value")?);
    let kind = names::judge(name.as_str())?;
    let plain = name.as_str().to_ascii_lowercase();
    // What became of a test.
    if plain == "pass" {
        return None;
    }
    let is_word = WORDS.contains(&*plain);
    let rest = line.get(value.start()..)?;
    let word = value.as_str();
    let is_likely = match (is_word, kind) {
        (false, Name::Secret) => true,
        // `AUTH password` is what Redis takes.
        (true, Name::Auth) if name.as_str() == "AUTH" => !names::is_constant(word),
        _ => ordinary::looks_made(word),
    };
    let is_ordinary = ordinary::is_verdict(word)
        || ordinary::is_code(rest)
        || ordinary::is_name(word)
        || ordinary::is_substitution(rest)
        || word.starts_with([
            '-', '=', ':', '+', '|', '>', '<', '&', '?', '!', ',', ';', '(', '{', '[', '/', '#',
        ]);
    if !is_likely || is_ordinary {
        return None;
    }
    let kind = if is_word { Name::Secret } else { kind };
    values::secret_in(line, kind, extent::word(line, kind, value.start()))
}
