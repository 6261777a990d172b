//! mdBook's preprocessor: a book as JSON on standard input, and back with elements in it.

use super::Fault;
use super::element::Element;
use super::rewriter::{How, Rewriter};
use anyhow::{Context, bail, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What is asked for.
#[derive(clap::Args)]
pub struct Mdbook {
    #[command(subcommand)]
    question: Option<Question>,
}

#[derive(clap::Subcommand)]
enum Question {
    /// Whether what it makes is for this renderer: exit code 0 for HTML, otherwise 1.
    Supports {
        /// As mdBook calls it.
        renderer: String,
    },
}

impl Mdbook {
    /// Answers mdBook, or prints the book with elements in place of its blocks; not where one of
    /// them is wrong.
    ///
    /// # Errors
    /// Where what is on standard input is no book of mdBook's.
    pub fn run(&self) -> anyhow::Result<Option<Fault>> {
        if let Some(Question::Supports { renderer }) = &self.question {
            // Blocks stay as they are for paper, and for whoever reads the Markdown.
            return Ok((renderer != "html").then_some(Fault::NotHeld));
        }
        let input = crate::read(Path::new("-"))?;
        let expected = "expected what mdBook gives its preprocessors: [context, book]";
        let (context, mut book): (Value, Value) =
            serde_json::from_slice(&input).context(expected)?;
        let root = Path::new(context["root"].as_str().context(expected)?);
        let config = &context["config"];
        let source = root.join(config["book"]["src"].as_str().unwrap_or("src"));
        let how = options(&config["preprocessor"]["raft"])?;
        let mut rewriter = Rewriter { how: &how, fault: None };
        // mdBook 0.4 calls them sections.
        let name = if book["items"].is_array() { "items" } else { "sections" };
        let items = book.get_mut(name).and_then(Value::as_array_mut).context(expected)?;
        chapters(items, &shown(&source), &mut rewriter)?;
        if rewriter.fault.is_none() {
            println!("{book}");
        }
        Ok(rewriter.fault)
    }
}

/// What stands below `[preprocessor.raft]`, beside mdBook's own words.
fn options(table: &Value) -> anyhow::Result<How> {
    let mut how = How::default();
    for (name, value) in table.as_object().into_iter().flatten() {
        let value = value.as_str();
        match name.as_str() {
            "base" => how.base = value.map(str::to_string),
            "load" => how.load = value.map(str::to_string),
            "command" | "before" | "after" | "renderers" | "renderer" | "optional" => continue,
            _ => {
                bail!("book.toml, [preprocessor.raft]: expected one of load, base, found `{name}`")
            }
        }
        ensure!(
            value.is_some(),
            "book.toml, [preprocessor.raft]: {name}: expected an address in quotation marks"
        );
    }
    Ok(how)
}

fn chapters(items: &mut [Value], source: &Path, rewriter: &mut Rewriter<'_>) -> anyhow::Result<()> {
    let mut still = |element: &Element| Ok(element.still_as_address());
    for item in items {
        // Others are separators, and titles of parts.
        let Some(Value::Object(chapter)) = item.get_mut("Chapter") else { continue };
        if let (Some(path), Some(content)) =
            (text(chapter.get("source_path")), text(chapter.get("content")))
        {
            let rewritten = rewriter.page(&source.join(path), content, &mut still)?;
            chapter.insert("content".into(), rewritten.into());
        }
        if let Some(Value::Array(inner)) = chapter.get_mut("sub_items") {
            chapters(inner, source, rewriter)?;
        }
    }
    Ok(())
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

/// A path as seen from here, where it is below.
fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    let inside = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf));
    inside.unwrap_or_else(|| path.into())
}
