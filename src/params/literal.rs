//! Finds in the line of a command what only a shell would have replaced.

/// What reads a text of its own, in which a variable is one: shells and other languages; and which flag the
/// text is behind.
const READERS: &[(&str, &str)] = &[
    ("sh", "c"),
    ("ash", "c"),
    ("bash", "c"),
    ("dash", "c"),
    ("fish", "c"),
    ("ksh", "c"),
    ("mksh", "c"),
    ("zsh", "c"),
    ("su", "c"),
    ("runuser", "c"),
    ("script", "c"),
    ("flock", "c"),
    ("pwsh", "c"),
    ("pwsh", "Command"),
    ("powershell", "Command"),
    ("perl", "e"),
    ("perl", "E"),
    ("ruby", "e"),
    ("php", "r"),
    ("node", "e"),
    ("node", "p"),
];

/// Whether one of the words before reads that word as a text of its own.
pub(super) fn is_script(words: &[String], at: usize) -> bool {
    let (Some(flag), Some(before)) = (
        at.checked_sub(1).and_then(|at| words.get(at)),
        words.get(..at),
    ) else {
        return false;
    };
    let programs = before.iter().filter_map(|word| word.rsplit('/').next());
    let mut readers = programs.flat_map(|program| READERS.iter().filter(move |it| it.0 == program));
    let flag = flag.strip_prefix('-').unwrap_or_default();
    // In one word with other flags, as in `-ec`.
    let is_cluster = flag.bytes().all(|byte| byte.is_ascii_lowercase());
    readers.any(|(_, name)| flag == *name || name.len() == 1 && is_cluster && flag.ends_with(name))
}

/// The first word that a shell would replace, by a variable, by a home, or by the names of files, but for
/// those that something reads for itself.
pub(super) fn for_a_shell(line: &str, is_script: impl Fn(usize) -> bool) -> Option<String> {
    let mut at = 0;
    let mut quote = None;
    let (mut word, mut found) = (String::new(), false);
    let mut chars = line.trim().chars().chain([' ']).peekable();
    while let Some(next) = chars.next() {
        match (quote, next) {
            (None | Some('"'), '\\') => {
                word.push(next);
                word.extend(chars.next());
                continue;
            }
            (None, blank) if blank.is_whitespace() => {
                // An address of the web has a `?` that means nothing else.
                if found && !word.contains("://") && !is_script(at) {
                    return Some(word);
                }
                at += usize::from(!word.is_empty());
                (word, found) = (String::new(), false);
                continue;
            }
            (None, '\'' | '"') => quote = Some(next),
            (Some(open), _) if open == next => quote = None,
            (None | Some('"'), '$') => {
                found |= chars
                    .peek()
                    .is_some_and(|c| c.is_ascii_alphabetic() || "_{?".contains(*c));
            }
            (None, '*' | '?') => found = true,
            (None, '~') if word.is_empty() => {
                found |= chars.peek().is_some_and(|c| *c == '/' || c.is_whitespace());
            }
            (None, '[') => found |= word_closes(chars.clone()),
            _ => {}
        }
        word.push(next);
    }
    None
}

/// Whether a set of characters such as `[0-9]` is closed within its word.
fn word_closes(rest: impl Iterator<Item = char>) -> bool {
    let inside = rest.take_while(|c| !c.is_whitespace());
    inside.skip(1).any(|c| c == ']')
}
