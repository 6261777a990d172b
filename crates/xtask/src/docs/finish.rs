//! What mdBook's pages still need: contents with links that hold on every page, a description of
//! their own, the page's policy, and nothing of mdBook's own look. Text in, text out, but for
//! `finish`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::MARK;
use super::stage::Page;
use crate::csp::POLICY;
use crate::files;

/// What the theme marks for us.
const CONTENTS: (&str, &str) = ("<!-- contents -->", "<!-- end of contents -->");
const DESCRIPTION: &str = "content=\"its first paragraph\"";
/// What stays of mdBook's files, beside the book's own.
const KEPT: [&str; 2] = ["elasticlunr.min.js", "searchindex.js"];

/// Finishes the pages in a folder and takes away what none of them asks for.
pub fn finish(out: &Path, pages: &[Page]) -> Result<()> {
    for page in pages {
        let file = out.join(&page.path);
        let html = fs::read_to_string(&file)
            .with_context(|| format!("mdBook made no {}: is it named in SUMMARY.md?", page.path))?;
        let html = finished(&html, page).with_context(|| page.path.clone())?;
        fs::write(&file, html).with_context(|| format!("cannot write {}", file.display()))?;
    }
    for file in files::below(out)? {
        let short = file.strip_prefix(out).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let ours = ["posters/", "theme/docs."].iter().any(|start| short.starts_with(start));
        let is_page = pages.iter().any(|page| page.path == short);
        if !(ours || is_page || short == "icon.svg" || KEPT.contains(&short.as_str())) {
            fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
    }
    for name in KEPT {
        ensure!(
            out.join(name).is_file(),
            "mdBook wrote no {name}: the one on PATH was built without its feature `search`, so \
             take it off PATH or install it with that"
        );
    }
    remove_empty(out)
}

fn remove_empty(folder: &Path) -> Result<()> {
    let shown = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(shown)? {
        let path = entry.with_context(shown)?.path();
        if path.is_dir() {
            remove_empty(&path)?;
            if fs::read_dir(&path).with_context(shown)?.next().is_none() {
                let unremoved = || format!("cannot remove {}", path.display());
                fs::remove_dir(&path).with_context(unremoved)?;
            }
        }
    }
    Ok(())
}

fn finished(html: &str, page: &Page) -> Result<String> {
    ensure!(html.contains(MARK), "the theme has lost its {MARK}");
    let (before, rest) = html.split_once(CONTENTS.0).context("the theme has no contents")?;
    let (contents, after) = rest.split_once(CONTENTS.1).context("the contents have no end")?;
    let html = format!("{before}{}{after}", linked(contents, &page.path));
    ensure!(html.contains(DESCRIPTION), "the theme has no {DESCRIPTION}");
    let description = format!("content=\"{}\"", attribute(&page.description));
    let html = html.replacen(DESCRIPTION, &description, 1);
    let meta = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">");
    let html = html.replacen("<head>", &format!("<head>\n{meta}"), 1);
    ensure!(html.contains(&meta), "the theme has no <head>");
    refuse_inline(&html)?;
    Ok(html)
}

/// The contents as they stand on this page: mdBook writes their links from the book's root, and
/// leaves it to a script to set them right.
fn linked(contents: &str, path: &str) -> String {
    let root = "../".repeat(path.matches('/').count());
    let mut out = String::new();
    for (place, part) in contents.split("href=\"").enumerate() {
        if place == 0 {
            out += part;
            continue;
        }
        let here = part.split('"').next() == Some(path);
        let current = if here { "aria-current=\"page\" " } else { "" };
        out += &format!("{current}href=\"{root}{part}");
    }
    // It puts a part's title, an item of its own, into an item that nothing else is in.
    let title = "<li class=\"part-title\">";
    out.replace(&format!("<li class=\"chapter-item expanded \">{title}"), title)
        .replace("</li></li>", "</li>")
}

/// Text in an attribute.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The policy would break a page with a script or a style of its own: better not build it.
fn refuse_inline(html: &str) -> Result<()> {
    for part in html.split("<script").skip(1) {
        let tag = part.split('>').next().unwrap_or_default();
        if !tag.contains(" src=") && !tag.contains("type=\"text/raft\"") {
            bail!("it has an inline script, which its content policy forbids");
        }
    }
    for tag in html.split('<').filter_map(|part| part.split('>').next()) {
        let is_tag = tag.starts_with(|first: char| first.is_ascii_alphabetic());
        if is_tag && (tag.starts_with("style") || tag.contains(" style=\"")) {
            bail!("it has an inline style, which its content policy forbids: <{tag}>");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> String {
        format!(
            "<html {MARK}><head><meta name=\"description\" {DESCRIPTION}></head><nav>{}<a \
             href=\"a/b.html\">B</a>{}</nav>{body}</html>",
            CONTENTS.0, CONTENTS.1
        )
    }

    #[test]
    fn links_hold_on_every_page_and_the_one_that_is_open_is_marked() {
        let b = Page { path: "a/b.html".into(), description: "Says \"b\"".into() };
        let html = finished(&page("<p>"), &b).unwrap();
        assert!(html.contains("<a aria-current=\"page\" href=\"../a/b.html\">B</a>"), "{html}");
        assert!(html.contains("content=\"Says &quot;b&quot;\""), "{html}");
        let meta = "<head>\n<meta http-equiv=\"Content-Security-Policy\" content=\"";
        assert!(html.contains(&format!("{meta}{POLICY}\">")), "{html}");
        let index = Page { path: "index.html".into(), description: String::new() };
        assert!(finished(&page(""), &index).unwrap().contains("<a href=\"a/b.html\">"));
    }

    #[test]
    fn what_the_policy_would_break_is_refused() {
        let index = Page { path: "index.html".into(), description: String::new() };
        for wrong in ["<script>x</script>", "<p style=\"color: red\">", "<style>p {}</style>"] {
            assert!(finished(&page(wrong), &index).is_err(), "{wrong}");
        }
        let text = "<script type=\"text/raft\">nodes 3</script>";
        for right in [text, "<p>&lt;p style=\"x\"&gt;</p>"] {
            assert!(finished(&page(right), &index).is_ok(), "{right}");
        }
    }
}
