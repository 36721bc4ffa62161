//! Puts a page together from its files when it is read: a page is one document, which loads nothing.
//!
//! In the repository a page names its script, and the style and scripts that it shares with others, as files
//! beside it, so that an editor knows each for what it is.

use crate::catalog::View;

/// What the address of any page begins with.
const PAGES: &str = "ui://mcp-docker/";

/// A file that is a part of pages.
#[derive(Debug)]
struct Part {
    /// How a page names it.
    named: &'static str,
    kind: Kind,
    text: &'static str,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Style,
    Script,
}

/// A page.
#[derive(Debug)]
pub(crate) struct Page {
    name: &'static str,
    text: &'static str,
    parts: &'static [&'static Part],
    /// Clients keep a page by its address, which has this.
    version: u64,
}

static COMMON_STYLE: Part = Part {
    named: r#"<link rel="stylesheet" href="common.css">"#,
    kind: Kind::Style,
    text: include_str!("pages/common.css"),
};

static COMMON: Part = Part {
    named: r#"<script src="common.js"></script>"#,
    kind: Kind::Script,
    text: include_str!("pages/common.js"),
};

static VIEW_STYLE: Part = Part {
    named: r#"<link rel="stylesheet" href="view.css">"#,
    kind: Kind::Style,
    text: include_str!("pages/view.css"),
};

static VIEW: Part = Part {
    named: r#"<script src="view.js"></script>"#,
    kind: Kind::Script,
    text: include_str!("pages/view.js"),
};

/// The page by which a person agrees to what is lost.
pub(crate) static APPROVE: Page = Page::new(
    "approve",
    include_str!("pages/approve.html"),
    &[
        &COMMON_STYLE,
        &COMMON,
        &Part {
            named: r#"<script src="approve.js"></script>"#,
            kind: Kind::Script,
            text: include_str!("pages/approve.js"),
        },
    ],
);

static DISK: Page = Page::new(
    "disk",
    include_str!("pages/disk.html"),
    &[
        &COMMON_STYLE,
        &VIEW_STYLE,
        &COMMON,
        &VIEW,
        &Part {
            named: r#"<script src="treemap.js"></script>"#,
            kind: Kind::Script,
            text: include_str!("pages/treemap.js"),
        },
        &Part {
            named: r#"<script src="disk.js"></script>"#,
            kind: Kind::Script,
            text: include_str!("pages/disk.js"),
        },
    ],
);

static LOGS: Page = Page::new(
    "logs",
    include_str!("pages/logs.html"),
    &[
        &COMMON_STYLE,
        &VIEW_STYLE,
        &COMMON,
        &VIEW,
        &Part {
            named: r#"<script src="lines.js"></script>"#,
            kind: Kind::Script,
            text: include_str!("pages/lines.js"),
        },
        &Part {
            named: r#"<script src="logs.js"></script>"#,
            kind: Kind::Script,
            text: include_str!("pages/logs.js"),
        },
    ],
);

static STATS: Page = Page::new(
    "stats",
    include_str!("pages/stats.html"),
    &[
        &COMMON_STYLE,
        &VIEW_STYLE,
        &COMMON,
        &VIEW,
        &Part {
            named: r#"<script src="stats.js"></script>"#,
            kind: Kind::Script,
            text: include_str!("pages/stats.js"),
        },
    ],
);

impl Page {
    const fn new(name: &'static str, text: &'static str, parts: &'static [&'static Part]) -> Self {
        let mut version = digest(0xcbf2_9ce4_8422_2325, text.as_bytes());
        let mut rest = parts;
        while let [part, others @ ..] = rest {
            version = digest(version, part.text.as_bytes());
            rest = others;
        }
        Self {
            name,
            text,
            parts,
            version,
        }
    }

    /// The page on which results can be looked at.
    pub(crate) fn of(view: View) -> &'static Self {
        match view {
            View::Disk => &DISK,
            View::Logs => &LOGS,
            View::Stats => &STATS,
        }
    }

    /// The page of that address, of any version.
    pub(super) fn at(uri: &str) -> Option<&'static Self> {
        let name = uri.strip_prefix(PAGES)?;
        let views = View::ALL.into_iter().map(Self::of);
        let mut pages = views.chain([&APPROVE]);
        pages.find(|page| {
            let version = name.strip_prefix(page.name);
            version.is_some_and(|version| version.starts_with('-'))
        })
    }

    pub(super) fn address(&self) -> String {
        format!("{PAGES}{}-{:016x}", self.name, self.version)
    }

    /// The whole document.
    pub(super) fn text(&self) -> String {
        let parts = self.parts.iter();
        parts.fold(self.text.to_owned(), |text, part| {
            let (open, close) = match part.kind {
                Kind::Style => ("<style>", "</style>"),
                Kind::Script => ("<script>", "</script>"),
            };
            text.replace(part.named, &format!("{open}\n{}{close}", part.text))
        })
    }
}

/// FNV-1a, of more after what it was of.
const fn digest(mut digest: u64, mut bytes: &[u8]) -> u64 {
    while let [first, rest @ ..] = bytes {
        digest = (digest ^ *first as u64).wrapping_mul(0x0100_0000_01b3);
        bytes = rest;
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That a page has all its files, once each, and no other.
    #[test]
    fn every_page_is_whole() {
        for page in View::ALL.map(Page::of).into_iter().chain([&APPROVE]) {
            for part in page.parts {
                assert_eq!(page.text.matches(part.named).count(), 1, "{}", part.named);
                for end in ["</script", "</style", "<!--"] {
                    assert!(!part.text.contains(end), "{}: {end}", part.named);
                }
            }
            let text = page.text();
            for left in ["<link", "src=", "@import"] {
                assert!(!text.contains(left), "{}: {left}", page.name);
            }
        }
    }

    #[test]
    fn an_address_names_its_page_whatever_its_version() {
        for page in View::ALL.map(Page::of).into_iter().chain([&APPROVE]) {
            let old = format!("{PAGES}{}-0", page.name);
            for address in [page.address(), old] {
                assert_eq!(Page::at(&address).map(|it| it.name), Some(page.name));
            }
            for none in [
                format!("{PAGES}{}", page.name),
                format!("{PAGES}{}s-0", page.name),
                format!("ui://other/{}-0", page.name),
                page.name.to_owned(),
            ] {
                assert!(Page::at(&none).is_none(), "{none}");
            }
        }
    }
}
