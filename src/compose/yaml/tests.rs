//! Reads what is hostile, and what is merely written in another way.

use super::{Entry, Kind, Node, read};

fn fault(text: &str) -> String {
    match read(text) {
        Ok(tree) => panic!("{text} was read: {tree:?}"),
        Err(fault) => match fault.place {
            Some(place) => format!("{}:{}: {}", place.line, place.column, fault.text),
            None => fault.text,
        },
    }
}

/// The tree as one line, merged entries with a `+`.
fn line(node: &Node) -> String {
    match &node.kind {
        Kind::Text { text, plain: true } => text.clone(),
        Kind::Text { text, plain: false } => format!("'{text}'"),
        Kind::List(items) => {
            let items: Vec<_> = items.iter().map(line).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Map(entries) => {
            let entry = |entry: &Entry| {
                let mark = if entry.merged { "+" } else { "" };
                format!("{mark}{}: {}", entry.key, line(&entry.value))
            };
            let entries: Vec<_> = entries.iter().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

#[test]
fn scalars_stay_text_with_their_style() {
    for (text, expected) in [
        ("a: 0755", "{a: 0755}"),
        ("a: y\nb: on", "{a: y, b: on}"),
        ("a: '1'\nb: \"\\x41\"", "{a: '1', b: 'A'}"),
        ("a: 22:22", "{a: 22:22}"),
        ("\u{feff}a: 1", "{a: 1}"),
        ("--- # x\na: ~\n...\n", "{a: ~}"),
        ("? a\n: 1", "{a: 1}"),
        ("\"a\": 1\r\nb: 2\r\n", "{a: 1, b: 2}"),
        ("a: !reset null\nb: !override [x]", "{a: , b: [x]}"),
        (
            "a: !reset []\nb: !reset {}\nc: !reset \"\"\nd: !reset",
            "{a: , b: , c: , d: }",
        ),
        (
            "a: !override null\nb: !override\nc: !override 'x'",
            "{a: 'null', b: '', c: 'x'}",
        ),
        (
            "a: &a-1_B [1]\nb: [*a-1_B,*a-1_B]\nc: *a-1_B\r\n",
            "{a: [1], b: [[1], [1]], c: [1]}",
        ),
        (
            "a: {\"b\":[c], d:e, 'f':{g: h}}",
            "{a: {b: [c], d:e: , f: {g: h}}}",
        ),
        ("a:\n- '?'\n- b?\n- - c", "{a: ['?', b?, [c]]}"),
        ("a: |\n  x\n  y\n", "{a: 'x\ny\n'}"),
    ] {
        assert_eq!(
            read(text).map(|tree| line(&tree)).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
}

#[test]
fn aliases_and_merges_are_put_in_and_nothing_they_bring_is_lost() {
    for (text, expected) in [
        ("x: &a {k: 1}\ny: *a", "{x: {k: 1}, y: {k: 1}}"),
        (
            "x: &a {k: 1, l: 2}\ny: {<<: *a, k: 3}",
            "{x: {k: 1, l: 2}, y: {k: 3, +k: 1, +l: 2}}",
        ),
        (
            "x: &a {k: 1}\ny: &b {<<: *a}\nz: {<<: [*b, {m: 2}]}",
            "{x: {k: 1}, y: {+k: 1}, z: {+k: 1, +m: 2}}",
        ),
    ] {
        assert_eq!(
            read(text).map(|tree| line(&tree)).as_deref(),
            Ok(expected),
            "{text}"
        );
    }
}

#[test]
fn what_programs_read_differently_is_refused_with_its_place() {
    for (text, expected) in [
        ("a: 1\na: 2", "2:1: the key `a` is there already"),
        ("a: 1\n\"a\": 2", "2:1: the key `a` is there already"),
        ("a: 1\n? a\n: 2", "2:3: the key `a` is there already"),
        (
            "x: &a {k: 1}\ny:\n  <<: *a\n  <<: *a",
            "4:3: the key `<<` is there already",
        ),
        ("x: &a {k: 1}\ny: {\"<<\": *a}", "2:5: a quoted `<<`"),
        ("y: [<<, 1]", "1:5: a plain `<<`"),
        ("y: {<<: 1}", "1:5: `<<` merges a mapping"),
        (
            "? !!binary cHJpdmlsZWdlZA==\n: true",
            "1:3: the key `cHJpdmlsZWdlZA==` has a tag",
        ),
        ("? !!str a\n: true", "has a tag or an anchor"),
        ("&k a: 1", "has a tag or an anchor"),
        ("? [a]\n: 1", "a key is a text"),
        ("? {a: 1}\n: 1", "a key is a text"),
        (
            "x: &a k\n*a : 1",
            "2:1: a key is a text, and this is an alias",
        ),
        ("~: 1", "1:1: a key is missing"),
        (": 1", "a key is missing"),
        (
            "a: !!binary cHJp",
            "1:4: the tag `tag:yaml.org,2002:binary`",
        ),
        ("a: !!str x", "the tag `tag:yaml.org,2002:str`"),
        ("a: !x {b: 1}", "the tag `!x`"),
        ("%TAG ! !re\n---\na: !set 1", "the tag"),
        ("a: 1\n---\nb: 2", "2:1: a second document"),
        (
            "a: &a [*a]",
            "1:8: this alias stands for what it is part of",
        ),
        ("a: &a {b: *a}", "this alias stands for what it is part of"),
        ("a: *b", "1:4: this is no YAML"),
        ("a: &r [1]\nb: &r:x\nc: *r", "2:4: the name of an anchor"),
        ("a: &r:[1]", "1:4: the name of an anchor"),
        ("a: &r?x", "the name of an anchor"),
        ("a: [&r%x 1]", "1:5: the name of an anchor"),
        ("a: &\u{e9} 1", "the name of an anchor"),
        ("a: &r.s [1]\nb: *r.s", "1:4: the name of an anchor"),
        ("a: &r!override 1", "the name of an anchor"),
        ("a: {b: 1, ?c: 2}", "1:11: a word that begins with `?`"),
        ("a: [?\"b\":c]", "1:5: a word that begins with `?`"),
        ("a: {?<<: {b: 1}}", "a word that begins with `?`"),
        ("a: {b:, c: 1}", "1:6: the colon here"),
        ("a: [b:]", "the colon here"),
        ("a: {? b :}", "the colon here"),
        ("a: {b:[c]}", "this is no YAML"),
        ("a: !reset b", "1:4: `!reset` takes a value away"),
        ("a: !reset {b: c}", "`!reset` takes a value away"),
        ("a: [!reset b, c]", "1:5: `!reset` takes a value away"),
        ("a: !override {b: !reset null}", "1:18: a tag stands below"),
        ("a: !override [[!override b]]", "a tag stands below"),
        ("a: &r !reset null\nb: *r", "1:4: a tag and an anchor"),
        ("a: !override &r [1]", "a tag and an anchor"),
        ("a: [1", "this is no YAML"),
        ("a: 1\n\tb: 2", "this is no YAML"),
        ("a: x # y\u{2028}b: 1", "1:9: the character U+2028"),
        ("a: x # y\u{85}b: 1", "the character U+0085"),
        ("a: x # y\rb: 1", "the character U+000D"),
        ("a: \u{0}", "the character U+0000"),
        ("a: 1\n\u{feff}b: 2", "2:1: the character U+FEFF"),
        ("", "the file is empty"),
    ] {
        let said = fault(text);
        assert!(said.contains(expected), "{text:?}: {said}");
    }
}

#[test]
fn a_file_that_would_grow_without_end_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    let mut merges = String::from("a0: &a0 {k: 1}\n");
    for n in 1..30 {
        let before = n - 1;
        let aliases = vec![format!("*a{before}"); 9].join(", ");
        bomb.push_str(&format!("a{n}: &a{n} [{aliases}]\n"));
        merges.push_str(&format!("a{n}: &a{n} {{<<: [*a{before}, *a{before}]}}\n"));
    }
    let aliases = format!("a: &a 1\nb: [{}]", vec!["*a"; 1001].join(", "));
    let wide = format!("a: [{}]", vec!["1"; 10_001].join(", "));
    let block: String = (0..3000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    // What does not grow comes first: without the limit the others would have no end.
    for (text, expected) in [
        (wide, "more than 10000 parts"),
        (aliases, "more than 1000 aliases"),
        (bomb, "more than 10000 parts"),
        (merges, "more than 10000 parts"),
        (block, "more than 64 lists and mappings"),
        ("[".repeat(100_000), ""),
        (
            format!("a: {}", "[".repeat(65)),
            "more than 64 lists and mappings",
        ),
    ] {
        let said = fault(&text);
        assert!(said.contains(expected), "{said}");
    }
}
