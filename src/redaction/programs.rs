//! Lists the programs that take a secret on their command lines behind a flag that says nothing by its
//! name, or as a word in a certain place.

/// How the name of a program or of its subcommand begins, and its flags.
pub(super) type Program = (&'static str, &'static [Flag]);

/// A flag, and where its secret is.
pub(super) type Flag = (&'static str, Form);

/// Where the secret of a flag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In the same word.
    Attached,
    /// In the next word.
    Next,
    /// In either.
    Either,
    /// Behind a sign in either.
    Behind(char),
    /// In the next word, where that is not the place of a secret, such as a file.
    Source,
}

pub(super) const PROGRAMS: &[Program] = &[
    ("sshpass", &[("-p", Form::Either)]),
    ("login", &[("-p", Form::Either)]),
    ("mongo", &[("-p", Form::Either)]),
    ("mysql", &[("-p", Form::Attached)]),
    ("mariadb", &[("-p", Form::Attached)]),
    ("sqlcmd", &[("-P", Form::Either)]),
    ("osql", &[("-P", Form::Either)]),
    ("bcp", &[("-P", Form::Either)]),
    ("cqlsh", &[("-p", Form::Either)]),
    ("ldap", &[("-w", Form::Either)]),
    (
        "redis-",
        &[
            ("-a", Form::Next),
            ("--pass", Form::Next),
            ("AUTH", Form::Next),
        ],
    ),
    ("requirepass", &[("requirepass", Form::Next)]),
    ("masterauth", &[("masterauth", Form::Next)]),
    (
        "openssl",
        &[
            ("-pass", Form::Source),
            ("-passin", Form::Source),
            ("-passout", Form::Source),
            ("-k", Form::Next),
            ("-K", Form::Next),
        ],
    ),
    ("slappasswd", &[("-s", Form::Either)]),
    ("ldappasswd", &[("-s", Form::Either), ("-a", Form::Either)]),
    ("psexec", &[("-p", Form::Next)]),
    ("rdesktop", &[("-p", Form::Either)]),
    ("security", &[("-w", Form::Next), ("-p", Form::Next)]),
    ("caddy", &[("--plaintext", Form::Next)]),
    ("zip", &[("-P", Form::Either)]),
    ("unzip", &[("-P", Form::Either)]),
    ("7z", &[("-p", Form::Attached)]),
    ("rar", &[("-p", Form::Attached), ("-hp", Form::Attached)]),
    ("unrar", &[("-p", Form::Attached), ("-hp", Form::Attached)]),
    ("mosquitto_", &[("-P", Form::Next)]),
    ("useradd", &[("-p", Form::Next)]),
    ("usermod", &[("-p", Form::Next)]),
    ("ipmitool", &[("-P", Form::Next)]),
    (
        "snmp",
        &[("-A", Form::Next), ("-X", Form::Next), ("-c", Form::Either)],
    ),
    ("ssh-keygen", &[("-N", Form::Next), ("-P", Form::Next)]),
    ("smbclient", DOMAIN),
    ("rpcclient", DOMAIN),
    ("winexe", DOMAIN),
    ("xfreerdp", &[("/p:", Form::Attached)]),
    ("cmdkey", &[("/pass:", Form::Attached)]),
    ("etcdctl", LOGIN),
    ("curl", LOGIN),
    ("wget", LOGIN),
    ("http", LOGIN),
];

const LOGIN: &[Flag] = &[
    ("-u", Form::Behind(':')),
    ("-U", Form::Behind(':')),
    ("-a", Form::Behind(':')),
    ("--user", Form::Behind(':')),
    ("--auth", Form::Behind(':')),
    ("--proxy-user", Form::Behind(':')),
];

const DOMAIN: &[Flag] = &[("-U", Form::Behind('%')), ("--user", Form::Behind('%'))];

/// A program, the word behind it that a secret follows, if there has to be one, and how many words come
/// between.
pub(super) const OPERANDS: &[(&str, &str, usize)] = &[
    ("vault", "login", 0),
    ("vault", "unseal", 0),
    ("rabbitmqctl", "add_user", 1),
    ("rabbitmqctl", "change_password", 1),
    ("rabbitmqctl", "authenticate_user", 1),
    ("bw", "login", 1),
    ("bw", "unlock", 0),
    ("keyring", "set", 2),
    ("grafana-cli", "reset-admin-password", 0),
    ("grafana", "reset-admin-password", 0),
    ("openssl", "passwd", 0),
    ("nmcli", "password", 0),
    ("nmcli", "wifi-sec.psk", 0),
    // The verb and the name come first, then the address and the user.
    ("mc", "alias", 4),
    ("htpasswd", "-b", 2),
    ("mosquitto_passwd", "-b", 2),
    ("wpa_passphrase", "", 1),
];

/// Programs of Oracle's, which take `user/password@database`.
pub(super) const ORACLE: &[&str] = &["sqlplus", "sqlcl", "rman", "expdp", "impdp", "sqlldr"];

/// What one of the programs or statements has in it, for a first look.
pub(super) const PARTS: &str = r"sshpass|mysql|mariadb|mongo|sqlcmd|osql|\bbcp\b|cqlsh|ldap|login\b|redis-|curl|wget|http |openssl|requirepass|masterauth|chpasswd|zip\b|\b7z|rar\b|mosquitto_|ipmitool|useradd|usermod|snmp|ssh-keygen|smbclient|rpcclient|winexe|lftp|xfreerdp|cmdkey|etcdctl|vault|rabbitmqctl|htpasswd|wpa_passphrase|sqlplus|sqlcl|rman\b|expdp|impdp|sqlldr|sudo\s|--stdin|community|com2sec|grafana|keyring|nmcli|(?:slap|ldap)passwd|\bbw\b|\bmc\b|psexec|rdesktop|security\s|caddy|secret create|from-literal|(?i:net use|securestring)|(?i:identified\s)";
