//! Whether what a document links to is there: files of the project and headings in documents.
//! Addresses on the network are left alone, for a test must not depend on them.

use std::collections::BTreeSet;
use std::path::Path;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// What each dead link of a document is and what it misses.
pub fn dead(root: &Path, path: &str, text: &str) -> Vec<String> {
    let reason = |target: &str| {
        let (file, anchor) = match target.split_once('#') {
            Some((file, anchor)) => (file, Some(anchor)),
            None => (target, None),
        };
        let (file, asked) = file.split_once('?').unwrap_or((file, ""));
        let here = root.join(path);
        let meant = if file.is_empty() { here } else { here.parent().unwrap_or(root).join(file) };
        if !meant.exists() {
            return Some("no such file".to_string());
        }
        if let Some(unknown) = unknown(asked) {
            return Some(format!("nothing that comes with the playground is named {unknown}"));
        }
        let anchor = anchor.filter(|_| meant.extension().is_some_and(|end| end == "md"))?;
        let document = whole(&meant)?;
        (!anchors(&document).contains(anchor)).then(|| format!("no heading makes #{anchor}"))
    };
    let elsewhere = |target: &str| target.contains("://") || target.starts_with("mailto:");
    targets(text)
        .into_iter()
        .filter(|target| !elsewhere(target))
        .filter_map(|target| Some(format!("{path}: [{target}]: {}", reason(&target)?)))
        .collect()
}

/// A lesson or a scenario that a link opens in the playground, which has none of that name.
fn unknown(asked: &str) -> Option<&str> {
    let mut named = asked.split('&').filter_map(|word| word.split_once('='));
    let (_, name) = named.find(|(word, name)| {
        let known = || raft_gallery::find(name).is_some();
        ["lesson", "scenario"].contains(word) && !known()
    })?;
    Some(name)
}

/// A document with what it takes in, as pages of the book take in the project's documents.
fn whole(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let named = line.trim().strip_prefix("{{#include ").and_then(|l| l.strip_suffix("}}"));
        match named {
            Some(named) => out += &std::fs::read_to_string(path.parent()?.join(named)).ok()?,
            None => out += line,
        }
    }
    Some(out)
}

/// Every link's and picture's target.
fn targets(text: &str) -> Vec<String> {
    let events = Parser::new_ext(text, Options::all());
    let target = |event| {
        if let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event {
            return Some(dest_url.into_string());
        }
        None
    };
    events.filter_map(target).collect()
}

/// The anchors that a document's headings make, the way that code hosts make them: lower case,
/// blanks to hyphens, other signs gone, and a number after a heading that comes again.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::empty()) {
        if let Event::Start(Tag::Heading { .. }) = event {
            heading = Some(String::new());
        } else if let Event::Text(part) | Event::Code(part) = &event {
            if let Some(heading) = &mut heading {
                heading.push_str(part);
            }
        } else if let Event::End(TagEnd::Heading(_)) = event {
            let slug = slug(&heading.take().unwrap_or_default());
            let numbered = (1..).map(|number| format!("{slug}-{number}"));
            let all = std::iter::once(slug.clone()).chain(numbered);
            found.extend(all.filter(|slug| !found.contains(slug)).take(1).collect::<Vec<_>>());
        }
    }
    found
}

fn slug(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    heading.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn a_dead_link_is_named_with_what_it_misses() {
    let root = playground_tests::root();
    let text = "# A `b`, twice\n\n# A `b`, twice\n\n[ok](README.md#share-and-embed) \
                ![no](docs/none.png) [far](https://example.org)\n\
                [no](README.md#none) `[code](none)` [ok](docs/?lesson=election&step=2) \
                [no](docs/?lesson=none) [ok](docs/book/src/inside/contributing.md#a-rule)\n";
    assert_eq!(
        dead(&root, "CHANGELOG.md", text),
        [
            "CHANGELOG.md: [docs/none.png]: no such file",
            "CHANGELOG.md: [README.md#none]: no heading makes #none",
            "CHANGELOG.md: [docs/?lesson=none]: nothing that comes with the playground is named \
             none",
        ]
    );
    let numbered = ["a-b-twice", "a-b-twice-1"].map(String::from);
    assert_eq!(anchors(text), BTreeSet::from(numbered));
}
