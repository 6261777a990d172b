//! The book's Markdown as mdBook gets it: the project's documents in place of the lines that name
//! them, their links turned to the book's pages, and beside each fence its text to read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

use anyhow::{Context, Result, bail, ensure};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use super::BOOK;
use crate::files;

/// Documents that the book does not take in, and the pages that say the same.
const INSTEAD: [(&str, &str); 2] =
    [("README.md#scenario-text", "text/reference.md"), ("README.md", "index.md")];
/// Pages below it teach the text itself: there it stands before what it brings about.
const TEACHES_TEXT: &str = "text/";

/// A page of the book.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// Its file below the book's folder, in HTML: `guide/time.html`.
    pub path: String,
    /// Its first paragraph, in plain words.
    pub description: String,
}

/// Writes the pages into a folder and tells of each, SUMMARY.md left out.
pub fn stage(root: &Path, to: &Path) -> Result<Vec<Page>> {
    let source = root.join(BOOK).join("src");
    let homes = homes(root)?;
    let mut pages = Vec::new();
    for (path, text) in sources(&source)? {
        let text = staged(root, &homes, &path, &text).with_context(|| format!("{BOOK}/{path}"))?;
        let file = to.join(&path);
        let unwritten = || format!("cannot write {}", file.display());
        fs::create_dir_all(file.parent().unwrap_or(to)).with_context(unwritten)?;
        fs::write(&file, &text).with_context(unwritten)?;
        if path != "SUMMARY.md" {
            let description = description(&text)
                .with_context(|| format!("{path} has no first paragraph to describe it"))?;
            pages.push(Page { path: path.replace(".md", ".html"), description });
        }
    }
    Ok(pages)
}

/// The project's documents that the book takes in, by their paths from the root.
pub fn included(root: &Path) -> Result<Vec<String>> {
    Ok(homes(root)?.into_keys().filter(|path| is_document(path)).collect())
}

/// What is not Markdown is shown as it is, in a fence below a heading of its name.
fn is_document(path: &str) -> bool {
    path.ends_with(".md")
}

/// Each file of the project that is taken in, and the page it stands on, or the place on it.
fn homes(root: &Path) -> Result<BTreeMap<String, String>> {
    let mut homes = BTreeMap::new();
    for (path, text) in sources(&root.join(BOOK).join("src"))? {
        for document in text.lines().filter_map(included_by) {
            let file = resolved(&format!("{BOOK}/src/{path}"), document)?;
            let home = if is_document(&file) {
                path.clone()
            } else {
                format!("{path}#{}", heading_id(file.rsplit('/').next().unwrap_or(&file)))
            };
            homes.insert(file, home);
        }
    }
    Ok(homes)
}

/// What mdBook makes of a heading that is a file's name.
fn heading_id(name: &str) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    name.chars().filter(kept).flat_map(char::to_lowercase).collect()
}

/// Every page's path below the book's source, and its text.
fn sources(source: &Path) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for file in files::below(source)? {
        let short = file.strip_prefix(source).unwrap_or(&file);
        let path = short.to_string_lossy().replace('\\', "/");
        ensure!(path.ends_with(".md"), "{BOOK}/src/{path}: expected only pages of Markdown there");
        let text = fs::read_to_string(&file);
        found.push((path, text.with_context(|| format!("cannot read {}", file.display()))?));
    }
    Ok(found)
}

fn staged(root: &Path, homes: &BTreeMap<String, String>, path: &str, text: &str) -> Result<String> {
    let mut whole = String::new();
    for line in text.split_inclusive('\n') {
        let Some(document) = included_by(line) else {
            whole += line;
            continue;
        };
        let document = resolved(&format!("{BOOK}/src/{path}"), document)?;
        let taken = fs::read_to_string(root.join(&document));
        let taken = taken.with_context(|| format!("cannot read {document}"))?;
        whole +=
            &if is_document(&document) { relinked(&taken, &document, homes, path)? } else { taken };
    }
    Ok(with_texts(&whole, path.starts_with(TEACHES_TEXT)))
}

/// `{{#include ../../docs/lessons.md}}`: the document that a line takes in.
fn included_by(line: &str) -> Option<&str> {
    line.trim().strip_prefix("{{#include ")?.strip_suffix("}}")
}

/// Where a link leads, as a path from the root.
fn resolved(from: &str, link: &str) -> Result<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in Path::new(link).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if !parts.is_empty() => {
                parts.pop();
            }
            Component::Normal(name) => parts.push(name.to_str().context("expected UTF-8")?),
            Component::ParentDir | Component::Prefix(_) | Component::RootDir => {
                bail!("{from}: {link} leads out of the project")
            }
        }
    }
    Ok(parts.join("/"))
}

/// A document's text on a page of the book. Links to documents that the book has lead to their
/// pages; of others, which are source, only the words stay.
fn relinked(
    text: &str,
    document: &str,
    homes: &BTreeMap<String, String>,
    page: &str,
) -> Result<String> {
    let (mut out, mut from) = (String::new(), 0);
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let Event::Start(Tag::Link { dest_url, .. }) = event else { continue };
        if dest_url.contains("://") || dest_url.starts_with('#') {
            continue;
        }
        let link = &text[range.clone()];
        let words = link.rsplit_once("](").and_then(|(words, _)| words.strip_prefix('['));
        let words = words.with_context(|| format!("{document}: expected [words](link): {link}"))?;
        let (file, anchor) = dest_url.split_once('#').unwrap_or((&dest_url, ""));
        let file = resolved(document, file)?;
        let instead = INSTEAD.iter().find(|(named, _)| {
            *named == if anchor.is_empty() { file.clone() } else { format!("{file}#{anchor}") }
        });
        out += &text[from..range.start];
        out += &match (homes.get(&file), instead) {
            (_, Some((_, to))) => format!("[{words}]({})", way(page, to)),
            (Some(to), _) if anchor.is_empty() => format!("[{words}]({})", way(page, to)),
            (Some(to), _) => format!("[{words}]({}#{anchor})", way(page, to)),
            (None, None) => words.to_string(),
        };
        from = range.end;
    }
    Ok(out + &text[from..])
}

/// The way from one page of the book to another.
fn way(from: &str, to: &str) -> String {
    "../".repeat(from.matches('/').count()) + to
}

/// Each fence's text beside it, for one who wants to read it: an element shows what it brings
/// about, not what was written.
fn with_texts(text: &str, open: bool) -> String {
    let (mut out, mut from) = (String::new(), 0);
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event else { continue };
        let mut words = info.split_whitespace();
        if words.next() != Some("raft") || words.any(|word| word == "ignore") {
            continue;
        }
        let fence = &text[range.clone()];
        let inside: Vec<&str> = fence.lines().collect();
        let [_, inside @ .., _] = inside.as_slice() else { continue };
        out += &text[from..range.start];
        let shown = format!("```text\n{}\n```\n", inside.join("\n"));
        out += &match (inside.is_empty(), open) {
            (true, _) => fence.to_string(),
            (false, true) => format!("{shown}\n{fence}"),
            (false, false) => format!(
                "{fence}\n\n<details class=\"text\"><summary>Its text</summary>\n\n{shown}\n\
                 </details>\n"
            ),
        };
        from = range.end;
    }
    out + &text[from..]
}

/// The first paragraph in plain words.
fn description(text: &str) -> Option<String> {
    let mut found: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match (event, &mut found) {
            (Event::Start(Tag::Paragraph), None) => found = Some(String::new()),
            (Event::Text(part) | Event::Code(part), Some(words)) => words.push_str(&part),
            (Event::SoftBreak | Event::HardBreak, Some(words)) => words.push(' '),
            (Event::End(pulldown_cmark::TagEnd::Paragraph), Some(words)) => {
                return (!words.is_empty()).then(|| words.clone());
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_document_lead_to_the_books_pages() {
        let homes = BTreeMap::from([("docs/a.md".to_string(), "inside/a.md".to_string())]);
        let text = "[a *b*](a.md#x) [c](../README.md#scenario-text) [`d`](../web/d) [e](#e) \
                    [f](https://example.org)\n";
        assert_eq!(
            relinked(text, "docs/b.md", &homes, "text/b.md").unwrap(),
            "[a *b*](../inside/a.md#x) [c](../text/reference.md) `d` [e](#e) \
             [f](https://example.org)\n"
        );
        let error = relinked("[a](../../b)", "docs/b.md", &homes, "b.md").unwrap_err();
        assert!(error.to_string().contains("leads out of the project"), "{error}");
    }

    #[test]
    fn a_file_is_linked_to_its_heading() {
        assert_eq!(
            ["nginx.conf", "Caddyfile", "_headers"].map(heading_id),
            ["nginxconf", "caddyfile", "_headers"]
        );
    }

    #[test]
    fn a_fences_text_can_be_read_too() {
        let text = "a\n\n```raft at=1ms\nnodes 3\n```\nb\n\n```raft scenario=x\n```\n\n\
                    ```sh\nc\n```\n";
        let shown = "```text\nnodes 3\n```\n";
        let open = with_texts(text, true);
        assert_eq!(open, text.replacen("```raft", &format!("{shown}\n```raft"), 1));
        let closed = with_texts(text, false);
        assert!(closed.contains("```raft at=1ms\nnodes 3\n```\n\n<details"), "{closed}");
        assert_eq!(closed.matches("<details").count(), 1, "an empty fence has no text to read");
    }

    #[test]
    fn a_page_is_described_by_its_first_paragraph() {
        let text = "# A\n\nOne `two`\n[three](x).\n\nFour.\n";
        assert_eq!(description(text).as_deref(), Some("One two three."));
        assert_eq!(description("# A\n"), None);
    }
}
