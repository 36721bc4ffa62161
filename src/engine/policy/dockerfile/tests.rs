//! Which sources a Dockerfile may fetch, in every way in which they can be written.

use super::*;

fn verdict(text: &str, buildargs: &[(&str, &str)]) -> Result<(), String> {
    check(text, &buildargs.iter().copied().collect()).map_err(|error| error.to_string())
}

#[test]
fn an_address_that_leads_inward_is_seen_however_it_is_written() {
    for text in [
        "FROM a\nADD http://127.0.0.1:18080/keys /k",
        "FROM a\nadd http://127.0.0.1/keys /k",
        "FROM a\n  Add\thttp://127.0.0.1/keys\t/k\r\n",
        "\u{feff}ADD http://127.0.0.1/keys /k",
        "FROM a\nADD --chown=1:1 --checksum=sha256:0 http://127.0.0.1/keys /k",
        "FROM a\nADD a https://example.com/b http://127.0.0.1/keys /k/",
        "FROM a\nADD [\"http://127.0.0.1/keys\", \"/k\"]",
        "FROM a\nADD --chown=1 [ \"a\", \"http:\\/\\/127.0.0.1\\u002fkeys\", \"/k\" ] and more",
        "FROM a\nADD \\\n  http://127.0.0.1/keys \\\n  /k",
        "FROM a\nADD \\\n# a comment\n\n  http://127.0.0.1/keys /k",
        "FROM a\nADD h\\\nttp://127.0.0.1/keys /k",
        "FROM a\nAD\\\nD http://127.0.0.1/keys /k",
        "# escape=`\nFROM a\nADD `\n http://127.0.0.1/keys /k",
        "#  Escape = ` \nFROM a\nADD h`\nttp://127.0.0.1/keys /k",
        "# syntax=x\n# check=skip=all\n# escape=`\nFROM a\nADD h`\nttp://127.0.0.1/keys /k",
        // The directive comes too late, so that the backslash still counts.
        "# comment\n# escape=`\nFROM a\nADD h\\\nttp://127.0.0.1/keys /k",
        "FROM a\nADD \\\\\nhttp://127.0.0.1/keys /k",
        "FROM a\nRUN echo \\\\\nADD http://127.0.0.1/keys /k",
        "FROM a\nONBUILD ADD http://127.0.0.1/keys /k",
        "FROM a\nonbuild add [\"http://127.0.0.1/keys\", \"/k\"]",
        "FROM a\nADD \"http://127.0.0.1/keys\" /k",
        "FROM a\nADD h't't\"p\"://127.0.0.1/keys /k",
        "FROM a\nADD http://1\\27.0.0.1/keys /k",
        "FROM a\nADD git://127.0.0.1/x.git /k",
        "FROM a\nADD git@localhost:x.git /k",
        "FROM a\nADD http://10.0.0.1/keys /k",
        // To one builder text, to another an instruction.
        "FROM a\nRUN <<EOF\nADD http://127.0.0.1/keys /k\nEOF",
        "FROM a\nCOPY <<EOF /x\nADD http://127.0.0.1/keys /k\nEOF",
        "FROM a\nRUN <<'X\\'\nX\\\nADD http://127.0.0.1/keys /k",
        "FROM a\nRUN <<'X\\'\nX\\\nADD $URL /k",
        // Variables.
        "FROM a\nENV HOST=127.0.0.1\nADD http://$HOST/keys /k",
        "FROM a\nENV HOST 127.0.0.1\nADD http://${HOST}/keys /k",
        "FROM a\nENV A=127 B=0.0.1\nADD http://$A.$B/keys /k",
        "FROM a\nARG HOST=127.0.0.1\nADD http://$HOST/keys /k",
        "ARG HOST=127.0.0.1\nFROM a\nARG HOST\nADD http://$HOST/keys /k",
        "FROM a AS b\nENV HOST=127.0.0.1\nFROM b\nADD http://$HOST/keys /k",
        "FROM a\nARG P=http\nENV U=$P://127.0.0.1/keys\nADD $U /k",
        "FROM a\nENV E=\"\"\nADD http://${E:-127.0.0.1}/keys /k",
        "FROM a\nENV E=x\nADD http://${E:+127.0.0.1}/keys /k",
        // None whose value is not known.
        "FROM a\nADD http://$HOST/keys /k",
        "FROM a\nADD http://example.com/$FILE /k",
        "FROM a\nADD $URL /k",
        "FROM a\nADD ${URL} /k",
        "FROM a\nADD ht$X /k",
        "FROM a\nARG HOST\nADD http://$HOST/keys /k",
        "FROM a\nENV HOST=$OTHER\nADD http://$HOST/keys /k",
        "FROM a\nENV HOST=example.com\nFROM a\nADD http://$HOST/keys /k",
        "FROM a\nARG HOST=example.com\nFROM a\nADD http://$HOST/keys /k",
        "FROM a\nENV HOST=example.com\nONBUILD ADD http://$HOST/keys /k",
        "FROM a\nENV HOST=example.com\nADD http://${HOST%.com}/keys /k",
        "FROM a\nADD http://${HOST:-example.com}/keys /k",
        "FROM a\nADD http://${HOST/a/b}/keys /k",
    ] {
        let error = verdict(text, &[]).expect_err(text);
        assert!(
            error.contains("SAFETY_ALLOW_PRIVILEGED_CONTAINERS"),
            "{error}"
        );
        assert!(error.contains("ADD"), "{error}");
    }
}

#[test]
fn values_that_are_given_count_before_those_of_the_dockerfile() {
    let text = "FROM a\nARG HOST=example.com\nADD http://$HOST/x /x";
    assert!(verdict(text, &[]).is_ok());
    assert!(verdict(text, &[("HOST", "example.org")]).is_ok());
    assert!(verdict(text, &[("HOST", "127.0.0.1")]).is_err());
    assert!(
        verdict(
            "FROM a\nARG HOST\nADD http://$HOST/x /x",
            &[("HOST", "example.com")]
        )
        .is_ok()
    );
    // It is given and not asked for.
    assert!(verdict("FROM a\nADD http://$HOST/x /x", &[("HOST", "example.com")]).is_err());
    // The environment counts before the argument.
    let text = "FROM a\nENV HOST=127.0.0.1\nARG HOST\nADD http://$HOST/x /x";
    assert!(verdict(text, &[("HOST", "example.com")]).is_err());
}

#[test]
fn what_people_write_is_built() {
    for text in [
        "FROM a\nADD https://example.com/x.tar.gz /x",
        "FROM a\nADD --checksum=sha256:0 https://example.com/x /x",
        "FROM a\nARG VERSION=1.2\nADD https://example.com/x-${VERSION}.tar.gz /x",
        "FROM a\nARG JAR=target/*.jar\nADD ${JAR} app.jar",
        "FROM a\nARG JAR\nADD app-${JAR}.jar app.jar",
        "FROM a\nADD ./$DIR /x",
        "FROM a\nADD . /app\nADD a b c /d/",
        "FROM a\nADD [\"a b\", \"/c\"]",
        "FROM a\nCOPY $X /y\nCOPY http://127.0.0.1/x /y",
        "FROM a\nRUN curl http://127.0.0.1/x",
        "FROM a\n# ADD http://127.0.0.1/x /y\n",
        "FROM a\nRUN apk \\\n  add --no-cache ${A} ${B} curl",
        "FROM a\nRUN apt-get \\\n  # ADD http://127.0.0.1/x /y\n  update",
        "FROM a\nENV A=\"add http://127.0.0.1/ /x\"",
        "FROM a\nLABEL add=http://127.0.0.1/",
        "",
    ] {
        assert_eq!(verdict(text, &[]), Ok(()), "{text}");
    }
}

#[test]
fn the_line_is_named_and_the_source_as_it_is_written() {
    let text = "FROM a\n\nENV PASSWORD=hidden\nADD \\\n http://me:$PASSWORD@10.0.0.1/x /y";
    let error = verdict(text, &[]).unwrap_err();
    assert!(error.contains("line 4"), "{error}");
    assert!(!error.contains("hidden"), "{error}");
}
