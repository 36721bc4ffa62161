//! Tells from the name of a variable, key or flag whether its value is a secret.
//!
//! A name is read word by word (`DB_PASSWORD`, `dbPassword`, `db.password`), so that `KEYBOARD` is
//! no key and `PASSENGER` no pass; its last word can say that the value only describes a secret, as
//! in `TOKEN_TTL`.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::pattern;

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

/// What a name of a secret has in it, for a first look; a pattern without regard to case.
pub(super) const PARTS: &str = "pass|pwd|pw|psk|secret|token|key|cred|auth|cookie|bearer|sig\
    |kennwort|contrasena|senha|wachtwoord|mdp|clave";

/// What a password is called in other languages, where that is more than one word or not in ASCII; a
/// pattern.
pub(super) const ELSEWHERE: &str = "\
    (?iu:mots?\\ de\\ passe|palavra[-\\ ]passe|parola\\ d['’]ordine|contraseña|пароль|口令|密码|密碼|パスワード\
    |暗証番号|비밀번호)";

/// Words that are looked up.
pub(super) type Words = LazyLock<HashSet<&'static str>>;

/// The words of a list, in which spaces part them.
pub(super) fn words_of(list: &'static str) -> HashSet<&'static str> {
    list.split(' ').collect()
}

/// Words that make a name secret.
static SECRETS: Words = Words::new(|| {
    words_of(
        "\
    adminpass apikeys bindpw keypass storepass authorization bearer cookie creds dbpass ftppass \
    contrasena kennwort mailpass masterauth mdp motdepasse mysqlpass passcode passphrases passwords pgpass privkey pw pwd redispass \
    requirepass rootpass rootpw secrets senha smtppass sshpass userpass",
    )
});

/// Ends of words that make a name secret, such as `PGPASSWORD` and `identitytoken`.
static ENDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "\
    accesskey accountkey apikey authkey connectionkey credential credentials encryptionkey \
    encryptkey kennwort licensekey masterkey passphrase passwd password passwort presharedkey privatekey secret \
    secretkey sharedkey signingkey token wachtwoord".split(' ').collect()
});

/// What makes a secret of a `KEY` or a `SIGNATURE` behind it.
static KEYS: Words = Words::new(|| {
    words_of(
        "\
    access account admin aes api app auth cipher client consumer crypt crypto decrypt \
    decryption deploy encrypt encryption fernet hmac jwt license master priv private root \
    secret service session shared sign signing ssh storage unlock webhook wep",
    )
});

/// What makes a `KEY` harmless.
static OPEN_KEYS: Words = Words::new(|| {
    words_of(
        "\
    bucket cache foreign gpg group host idempotency index lookup object partition pgp primary \
    pub public publishable routing sort",
    )
});

/// What makes a `TOKEN` harmless: a page of a list, a mark in what a model reads.
static OPEN_TOKENS: Words = Words::new(|| {
    words_of(
        "\
    bos cls continuation eos idempotency mask next pad page sep special sync unexpected unk",
    )
});

/// What makes of a `SECRET` the name of an object that Kubernetes or Compose keeps.
static OPEN_SECRETS: Words = Words::new(|| words_of("existing external pull tls"));

/// What makes a `PASS` no password: nginx's directives.
static OPEN_PASSES: Words = Words::new(|| words_of("fastcgi grpc memcached proxy scgi uwsgi"));

/// Words that are nothing but a password.
static PASSWORDS: Words = Words::new(|| {
    words_of(
        "\
    contrasena kennwort mdp passphrase passwd password passwort pwd senha wachtwoord",
    )
});

/// Words that sentences use of secrets that machines make: what follows is one by its look.
static COMMON: Words = Words::new(|| {
    words_of(
        "\
    authorization bearer cookie cookies credential credentials secret secrets token tokens",
    )
});

/// Last words of a name whose value describes a secret but is none.
static DESCRIPTIONS: Words = Words::new(|| {
    words_of(
        "\
    age alg algo algorithm arn at attempts aud audience backend class command config count \
    created date dir directory disabled domain driver duration enabled encoding encryption \
    endpoint engine error expiration expires expiry field file filename files folder format \
    header helper helpers hint host hostname id identity ids in index interval issuer json label len \
    length lifetime limit location manager max message method methods min mode model name \
    names number path paths pattern pem plugin policy port prefix provider providers rate \
    ratio realm reason ref region required retries rotation rounds scheme scope scopes size \
    sock socket source state status stdin storage store strategy suffix timeout toml ttl txt \
    type types uri url urls usage used user username version volume yaml yml",
    )
});

static PART: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?i-u){PARTS}")));

static FOREIGN_WORD: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?-u){ELSEWHERE}")));

/// A name in another language, perhaps with what it is the password of.
static FOREIGN: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?-u){ELSEWHERE}(?:[_.\ -]|\z)")));

/// Parts of those words that have no other signs.
static FOREIGN_IN_ASCII: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "(?-u)wort|WORT|woord|WOORD|asena|ASENA|senha|SENHA|Senha| passe| PASSE|-passe|-PASSE|ordine|ORDINE",
    )
});

/// What the name says; nothing where its value is as good as any.
pub(super) fn judge(name: &str) -> Option<Name> {
    // The shell's directories.
    if matches!(name, "PWD" | "OLDPWD") {
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
        _ => SECRETS.contains(word) || ENDS.iter().any(|end| word.ends_with(end)),
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
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.ends_with(&["access", "key", "id"])
        || words.ends_with(&["root", "token", "id"])
        || words.ends_with(&["secret", "id"])
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
