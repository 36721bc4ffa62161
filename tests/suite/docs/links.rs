//! Holds every page to its links: each leads to a file of the repository, and to a chapter that the file has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::golden::at_root;

/// The files that a clone of the repository has.
fn tracked() -> BTreeSet<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(at_root(""))
        .output()
        .unwrap();
    assert!(listed.status.success(), "{listed:?}");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let files: BTreeSet<_> = listed.split_terminator('\0').map(PathBuf::from).collect();
    assert!(files.len() > 500, "only {} files seen", files.len());
    files
}

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// Where the links and the pictures of a page lead.
pub(super) fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for event in events(text) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                found.push(dest_url.into_string());
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                for key in ["href=\"", "src=\""] {
                    let values = html.split(key).skip(1);
                    let values = values.filter_map(|rest| rest.split('"').next());
                    found.extend(values.map(str::to_owned));
                }
            }
            _ => {}
        }
    }
    found
}

/// What GitHub calls the chapters of a page: their headings in lower case, with `-` for a space, and without
/// anything that is neither a letter, a digit, `-` nor `_`; the second of a name is numbered.
fn chapters(text: &str) -> BTreeSet<String> {
    let mut seen = BTreeMap::<String, usize>::new();
    let mut heading: Option<String> = None;
    let mut found = BTreeSet::new();
    for event in events(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let heading = heading.take().unwrap().to_lowercase().replace(' ', "-");
                let name: String = heading
                    .chars()
                    .filter(|it| it.is_alphanumeric() || "-_".contains(*it))
                    .collect();
                let before = seen.entry(name.clone()).or_default();
                found.insert(match *before {
                    0 => name,
                    before => format!("{name}-{before}"),
                });
                *before += 1;
            }
            _ => {}
        }
    }
    found
}

/// A path from the root; none that leads out of it.
fn from_root(page: &Path, link: &str) -> Option<PathBuf> {
    let mut path = page.parent().unwrap().to_owned();
    for part in Path::new(link).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            _ => return None,
        }
    }
    Some(path)
}

/// What is wrong with a link of a page.
fn wrong(page: &Path, link: &str, files: &BTreeSet<PathBuf>) -> Option<&'static str> {
    let (target, chapter) = link.split_once('#').unwrap_or((link, ""));
    let target = match target {
        "" => page.to_owned(),
        target => match from_root(page, target) {
            Some(target) => target,
            None => return Some("leads out of the repository"),
        },
    };
    if !files.iter().any(|file| file.starts_with(&target)) {
        return Some("leads to no file");
    }
    if chapter.is_empty() {
        return None;
    }
    if target.extension().is_none_or(|it| it != "md") {
        return Some("leads to a chapter of what has none");
    }
    let text = fs::read_to_string(at_root(&target)).unwrap();
    (!chapters(&text).contains(chapter)).then_some("leads to no chapter")
}

fn pages(files: &BTreeSet<PathBuf>) -> impl Iterator<Item = (&PathBuf, String)> {
    let pages = files.iter();
    let pages = pages.filter(|file| file.extension().is_some_and(|it| it == "md"));
    pages.map(|page| (page, fs::read_to_string(at_root(page)).unwrap()))
}

#[test]
fn every_link_leads_somewhere() {
    let files = tracked();
    let mut seen = 0;
    let mut found = Vec::new();
    for (page, text) in pages(&files) {
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            seen += 1;
            if let Some(wrong) = wrong(page, &link, &files) {
                found.push(format!("{}: `{link}` {wrong}", page.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(seen > 100, "only {seen} links seen");
}

/// That a link which leads nowhere is seen in each of its forms.
#[test]
fn a_link_that_leads_nowhere_is_noticed() {
    let files = BTreeSet::from(["README.md", "docs/safety.md", "src/lib.rs"].map(PathBuf::from));
    let page = Path::new("docs/safety.md");
    for (link, expected) in [
        ("../README.md", None),
        ("../src", None),
        ("../src/lib.rs", None),
        ("safety.md#the-settings", None),
        ("#what-is-not-protected", None),
        ("../README.md#safety", None),
        ("README.md", Some("leads to no file")),
        ("../src/li", Some("leads to no file")),
        ("../../README.md", Some("leads out of the repository")),
        ("/README.md", Some("leads out of the repository")),
        ("#nothing", Some("leads to no chapter")),
        (
            "../src/lib.rs#l1",
            Some("leads to a chapter of what has none"),
        ),
    ] {
        assert_eq!(wrong(page, link, &files), expected, "{link}");
    }
    let text = "# A `b_c`, d's\n\n# A `b_c`, d's\n\n| ![x](1.png) |\n|---|\n| [y](2.md) |\n\n<a href=\"3.md\">z</a>\n";
    assert_eq!(links(text), ["1.png", "2.md", "3.md"]);
    assert_eq!(
        chapters(text),
        BTreeSet::from(["a-b_c-ds", "a-b_c-ds-1"].map(str::to_owned))
    );
}

#[test]
fn every_chapter_is_in_the_table_of_contents() {
    let files = tracked();
    let contents = fs::read_to_string(at_root("docs/SUMMARY.md")).unwrap();
    let listed: Vec<_> = links(&contents).into_iter().map(PathBuf::from).collect();
    let chapters = files
        .iter()
        .filter_map(|file| file.strip_prefix("docs").ok());
    let chapters = chapters.filter(|it| it.extension().is_some_and(|it| it == "md"));
    let chapters: Vec<_> = chapters
        .filter(|it| *it != Path::new("SUMMARY.md"))
        .collect();
    assert!(chapters.len() > 15, "only {chapters:?} seen");
    for chapter in chapters {
        let times = listed.iter().filter(|it| *it == chapter).count();
        assert_eq!(times, 1, "{}", chapter.display());
    }
}

/// Who comes for the first time reads one page.
#[test]
fn the_readme_is_short() {
    let lines = fs::read_to_string(at_root("README.md"))
        .unwrap()
        .lines()
        .count();
    assert!(lines <= 250, "{lines} lines");
}
