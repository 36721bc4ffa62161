//! Lines that somebody wrote to keep the server busy.

use super::*;

/// Each of them over and over is a line in which something is looked for again and again. If the
/// time for it grew with the square of its length, the test would hardly end.
const PARTS: &str = r#"a=|&pw=a|pw=,|pw='|pw=\"|pw=[|,pw=a|;pw=a|pw::pw->|pw=$(|${PW:-|<pw>|my_key=|a_key:a|auth:a
    |token |password for x |{"password":{|\"pw\":\"|"pw","value":| --pw a| --pw '|ENV my_key :a 
    |[REDACTED:12345678] pw=a |mysql curl |mysql -p'|docker sshpass -px |identified with x by '
    |-----BEGIN |-----BEGIN PRIVATE KEY-----|-----END PRIVATE KEY-----|a:b@/d |a://b:c@|a://|eyJ.|.|\
    |value:"x",name:pw,|value:x,name:|<name>pw</name><value>|<a key="pw"|<ns:pw>|set pw |pw("|setpw("x1y2z3"|put("pw","x"
    |password for x y z is |password for a: |credentials: a/|vault login |htpasswd -nb a |sqlplus a/b@|openssl -pass pass:x |$apr1$
    |$2y$05$aaaaaaaaaaaaaaaa|a:5432:abc:b:|lftp -u a,|jdbc:oracle:thin:a/|"kty":"d":"|login x password |'pw=a|pw=pw,|pw] = '
    |pw%3Dx|%26pw%3D|pw%3D%3D|pw = <<A |<<A|pw = """|passwort x y: |mot de passe |密码是x|密码：|snmp-server community |enable password 7 |radius x key
    |com2sec a b |setpw("a", |auth=("a", "|.login("a",|connect("a/|conn a/|--stdin <<<|bw login a |[-a] zip -P |a-secret: a-secret"#;

#[test]
fn a_hostile_line_comes_to_an_end_and_hides_what_it_holds() {
    for part in PARTS.split('|').map(|part| part.trim_end_matches("\n    ")) {
        let line = part.repeat(20_000 / part.len());
        let redacted = text(&format!("{line} mysql ENV A=1 {line}\nAPI_TOKEN=planted"));
        assert!(!redacted.contains("planted"), "{part}");
    }
}
