//! Lines that somebody wrote to keep the server busy.

use super::*;

/// Each of them over and over is a line in which something is looked for again and again. If the
/// time for it grew with the square of its length, the test would hardly end.
const PARTS: &str = r#"a=|&pw=a|pw=,|pw='|pw=\"|pw=[|,pw=a|;pw=a|pw::pw->|pw=$(|${PW:-|<pw>|my_key=|a_key:a|auth:a
    |token |password for x |{"password":{|\"pw\":\"|"pw","value":| --pw a| --pw '|ENV my_key :a 
    |[REDACTED:12345678] pw=a |mysql curl |mysql -p'|docker sshpass -px |identified with x by '
    |-----BEGIN |-----BEGIN PRIVATE KEY-----|-----END PRIVATE KEY-----|a:b@/d |a://b:c@|a://|eyJ.|.|\"#;

#[test]
fn a_hostile_line_comes_to_an_end_and_hides_what_it_holds() {
    for part in PARTS.split('|').map(|part| part.trim_end_matches("\n    ")) {
        let line = part.repeat(20_000 / part.len());
        let redacted = text(&format!("{line} mysql ENV A=1 {line}\nAPI_TOKEN=planted"));
        assert!(!redacted.contains("planted"), "{part}");
    }
}
