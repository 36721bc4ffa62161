//! Tells from the name of a variable, key or flag whether its value is a secret.
//!
//! A name is read word by word (`DB_PASSWORD`, `dbPassword`, `db.password`), so that `KEYBOARD` is
//! no key and `PASSENGER` no pass; its last word can say that the value only describes a secret, as
//! in `TOKEN_TTL`.

use std::sync::LazyLock;

use regex::Regex;

use super::forms::{self, ELSEWHERE, ELSEWHERE_INFLECTED, PARTS, Words, set};
use super::pattern::pattern;

/// How much a name says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// The value is a secret, whatever it looks like.
    Secret,
    /// The value is a secret unless it is a plain word, such as `basic` of `AUTH`.
    Auth,
    /// The value is a secret if it looks like a key.
    Key,
}

static SECRETS: Words = Words::new(|| set(forms::SECRETS));
static KEYS: Words = Words::new(|| set(forms::KEYS));
static OPEN_KEYS: Words = Words::new(|| set(forms::OPEN_KEYS));
static OPEN_TOKENS: Words = Words::new(|| set(forms::OPEN_TOKENS));
static OPEN_SECRETS: Words = Words::new(|| set(forms::OPEN_SECRETS));
static OPEN_PASSES: Words = Words::new(|| set(forms::OPEN_PASSES));
static PASSWORDS: Words = Words::new(|| set(forms::PASSWORDS));
static COMMON: Words = Words::new(|| set(forms::COMMON));
static DESCRIPTIONS: Words = Words::new(|| set(forms::DESCRIPTIONS));

static PART: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?i-u){PARTS}")));

static FOREIGN_WORD: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!("(?-u){ELSEWHERE}|{ELSEWHERE_INFLECTED}")));

/// A name in another language, perhaps with what it is the password of.
static FOREIGN: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?-u){ELSEWHERE}(?:[_.\ -]|\z)")));

/// Parts of those words that have no other signs.
static FOREIGN_IN_ASCII: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!("(?-u){}", forms::ELSEWHERE_NEAR)));

/// What the name says; nothing where its value is as good as any.
pub(super) fn judge(name: &str) -> Option<Name> {
    if forms::NEVER.contains(&name) {
        return None;
    }
    if is_foreign(name) {
        return Some(Name::Secret);
    }
    if !PART.is_match(name) {
        return None;
    }
    let words = words(name);
    let last = words.last()?.as_str();
    if DESCRIPTIONS.contains(last) && !is_half_of_a_pair(&words) {
        return None;
    }
    // `existingSecretPasswordKey` says which entry of a secret it is.
    if name.contains("existingSecret") || name.contains("existing_secret") {
        return None;
    }
    let befores = std::iter::once("").chain(words.iter().map(String::as_str));
    let mut pairs = befores.zip(words.iter().map(String::as_str));
    if pairs
        .clone()
        .any(|(before, word)| makes_secret(before, word))
    {
        return Some(Name::Secret);
    }
    match last {
        // Elsewhere in a name it is the kind of a key exchange.
        "psk" => Some(Name::Secret),
        "auth" => Some(Name::Auth),
        "key" | "keys" => {
            let is_open = |(before, word)| word == last && OPEN_KEYS.contains(before);
            (words.len() > 1 && !pairs.any(is_open)).then_some(Name::Key)
        }
        "tokens" => Some(Name::Key),
        // In Spanish a password, and as well any key.
        "clave" if words.len() == 1 => Some(Name::Auth),
        _ => None,
    }
}

/// Whether a word, behind that one, makes its name secret.
fn makes_secret(before: &str, word: &str) -> bool {
    match word {
        "key" | "keys" | "signature" => KEYS.contains(before),
        "token" => !OPEN_TOKENS.contains(before),
        "pass" => !OPEN_PASSES.contains(before),
        "passe" => matches!(before, "de" | "palavra"),
        "secret" | "secrets" => !OPEN_SECRETS.contains(before),
        _ => SECRETS.contains(word) || forms::ENDS.iter().any(|end| word.ends_with(end)),
    }
}

/// Whether a name is a word of sentences, too, rather than one that somebody made up.
pub(super) fn is_common(name: &str) -> bool {
    COMMON.contains(&*name.to_ascii_lowercase()) && !is_constant(name)
}

/// Whether a name is a word for a password, in whatever language.
pub(super) fn is_password(name: &str) -> bool {
    PASSWORDS.contains(&*name.to_ascii_lowercase()) || is_foreign(name)
}

/// Whether a line has such a word in another script.
pub(super) fn is_in_another_script(line: &str) -> bool {
    !line.is_ascii() && FOREIGN_WORD.is_match(line)
}

/// Whether a line may have a word for a password in another language than English.
pub(super) fn may_be_foreign(line: &str) -> bool {
    !line.is_ascii() || FOREIGN_IN_ASCII.is_match(line)
}

fn is_foreign(name: &str) -> bool {
    (!name.is_ascii() || name.contains(' ')) && FOREIGN.is_match(name)
}

/// Whether a name is one word.
pub(super) fn is_word(name: &str) -> bool {
    words(name).len() == 1
}

/// Whether a name is spelt as variables of the environment are.
pub(super) fn is_constant(name: &str) -> bool {
    !name.contains(|it: char| it.is_ascii_lowercase())
}

/// `AWS_ACCESS_KEY_ID` and Vault's `SECRET_ID` are what one half of a log-in is called.
fn is_half_of_a_pair(words: &[String]) -> bool {
    forms::HALVES.iter().any(|half| {
        let mut words = words.iter().rev();
        half.rsplit('_')
            .all(|part| words.next().is_some_and(|word| word == part))
    })
}

/// The words of a name in lower case, without the numbers at their ends.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let letters: Vec<char> = name.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = letter.is_ascii_uppercase()
            && (before.is_some_and(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
                || before.is_some_and(char::is_ascii_uppercase)
                    && after.is_some_and(char::is_ascii_lowercase));
        if begins || !letter.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && letter.is_ascii_alphanumeric()
        {
            word.push(letter.to_ascii_lowercase());
        }
    }
    for word in &mut words {
        let letters = word.trim_end_matches(|it: char| it.is_ascii_digit()).len();
        word.truncate(letters);
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_every_spelling() {
        for name in "\
            PASSWORD DB_PASSWORD dbPassword spring.datasource.password db-passwd PGPASSWORD \
            MYSQL_ROOT_PASSWORD DB_PWD Pwd SSHPASS SMTP_PASS ROOT_PW BORG_PASSPHRASE \
            CLIENT_SECRET clientSecret SECRET_KEY_BASE TOKEN GITHUB_TOKEN identitytoken \
            X-Amz-Security-Token API_KEY apiKey APIKEY OPENAI_API_KEY AWS_SECRET_ACCESS_KEY \
            AWS_ACCESS_KEY_ID AccountKey PRIVATE_KEY privateKey SIGNING_KEY ENCRYPTION_KEY \
            CREDENTIALS DB_CREDS Authorization VAULT_SECRET_ID PASSWORD2 DBPassword APIKey \
            Passwort DB_PASSWORT kennwort contrasena motDePasse senha_banco wachtwoord contraseña ПАРОЛЬ \
            密码 管理员密码 パスワード JWT_KEY LICENSEKEY ENCRYPTKEY VAULT_DEV_ROOT_TOKEN_ID storepass"
            .split(' ')
        {
            assert_eq!(judge(name), Some(Name::Secret), "{name}");
        }
        for name in ["AUTH", "X-Registry-Auth", "_auth", "NEO4J_AUTH"] {
            assert_eq!(judge(name), Some(Name::Auth), "{name}");
        }
        for name in ["SENDGRID_KEY", "DATADOG_KEY", "ACCESS_TOKENS"] {
            assert_eq!(judge(name), Some(Name::Key), "{name}");
        }
    }

    #[test]
    fn names_that_only_sound_like_it_are_none() {
        for name in "\
            PATH PWD OLDPWD KEYBOARD TOKENIZER_MODEL SSH_AUTH_SOCK AUTHOR \
            POSTGRES_PASSWORD_FILE PUBLIC_KEY KEY_NAME PASSENGER_APP_ENV COMPASS_URL BYPASS \
            MONKEY KEY AUTH_TYPE OAUTH_CLIENT_ID TOKEN_TTL SECRET_NAME PASSWORD_POLICY \
            GPG_KEY CACHE_KEY PRIMARY_KEY AUTHORITY DATABASE_URL POSTGRES_HOST_AUTH_METHOD \
            credsStore credHelpers SECRETARY TURKEY resenha cmdprompt palabra_clave"
            .split(' ')
        {
            assert_eq!(judge(name), None, "{name}");
        }
    }
}
