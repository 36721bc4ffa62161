//! Holds the words that arguments make for a program to what can be a word of one.

use super::parameter::InvalidArgument;

/// The longest word, in bytes; a kernel takes somewhat more, and no option has use for it.
const LONGEST: usize = 4096;

/// Refuses a word that no program could be given, or that would be more than a line.
///
/// # Errors
/// Which argument it is of, and why; the value may be long, and is not quoted.
pub fn fit(param: &str, words: impl IntoIterator<Item = String>) -> Result<(), InvalidArgument> {
    for word in words {
        let why = match word.chars().find(|c| c.is_control()) {
            Some('\0') => "it holds a NUL".to_owned(),
            Some('\n' | '\r') => "it holds a line break".to_owned(),
            Some(_) => "it holds a control character".to_owned(),
            None if word.len() > LONGEST => format!("it is longer than {LONGEST} bytes"),
            None => continue,
        };
        return Err(InvalidArgument(format!(
            "`{param}` becomes a word of a program, and cannot be one: {why}"
        )));
    }
    Ok(())
}
