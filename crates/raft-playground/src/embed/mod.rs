//! Pages with playgrounds in place of their fences, and the stills that they show until somebody
//! plays.

mod element;
pub mod escape;
mod fence;
mod lines;
mod listed;
mod mdbook;
mod rewriter;

pub use fence::Fence;
pub use mdbook::Mdbook;
pub use rewriter::Fault;

use crate::pages::pages;
use anyhow::{Context, ensure};
use element::Element;
use rewriter::{How, Rewriter};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// What is asked for.
#[derive(clap::Args)]
pub struct Embed {
    /// Pages of Markdown, or folders of them; `-` for one page on standard input.
    #[arg(required = true)]
    pub pages: Vec<PathBuf>,
    #[command(flatten)]
    how: How,
    /// The folder for the pages; without it one page is printed.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Writes no pages, but one JSON file {page: [{line, text, html}]} of their elements, for tools
    /// that can read a file and run no program; of a block that is left alone only the line.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "posters"])]
    data: Option<PathBuf>,
    /// The folder for the stills; otherwise `posters` below `--out`, or in this folder.
    #[arg(long, value_name = "DIR", conflicts_with = "inline")]
    posters: Option<PathBuf>,
    /// Puts the stills into the pages instead, so that they are there under any address.
    #[arg(long)]
    inline: bool,
    /// The file that the page on standard input is of: what is wrong is told by its lines, and
    /// `src` is looked for beside it.
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
}

/// A page: where it is read, and where it goes below `--out`.
struct Page {
    from: PathBuf,
    to: PathBuf,
}

impl Embed {
    /// Rewrites the pages. Nothing is written where anything is wrong; what is wrong has been said
    /// by line then.
    ///
    /// # Errors
    /// Where something cannot be read or written, or what is asked for does not go together.
    pub fn run(&self) -> anyhow::Result<Option<Fault>> {
        let pages = self.pages()?;
        ensure!(
            self.out.is_some() || self.data.is_some() || pages.len() == 1,
            "expected one page, or --out DIR to put them in, found {} pages",
            pages.len()
        );
        let is_input = pages.iter().any(|page| page.from == Path::new("-"));
        ensure!(self.page.is_none() || is_input, "--page: expected `-`, found a page of its own");
        let mut rewriter = Rewriter { how: &self.how, fault: None };
        let (mut files, mut listed) = (BTreeMap::new(), listed::Listed::default());
        for page in &pages {
            let bytes = crate::read(&page.from)?;
            let text = String::from_utf8(bytes).context("expected UTF-8 text");
            let text = text.with_context(|| page.from.display().to_string())?;
            let name = self.page.as_deref().unwrap_or(&page.from);
            if self.data.is_some() {
                listed.add(&page.to, rewriter.elements(name, &text), self.how.script().as_deref());
                continue;
            }
            let mut still = |element: &Element| self.still(page, element, &mut files);
            let text = rewriter.page(name, &text, &mut still)?;
            if rewriter.fault.is_none() {
                self.give(page, text, &mut files)?;
            }
        }
        if let Some(data) = &self.data {
            files.insert(data.clone(), listed.json()?);
        }
        if rewriter.fault.is_none() {
            for (path, text) in files {
                write(&path, &text)?;
            }
        }
        Ok(rewriter.fault)
    }

    fn pages(&self) -> anyhow::Result<Vec<Page>> {
        let mut found = Vec::new();
        for named in &self.pages {
            for from in pages(named)? {
                let end = from.extension().and_then(|end| end.to_str()).unwrap_or("");
                // In MDX braces are code, and reStructuredText has its own way to write HTML.
                let is_markdown = !["mdx", "rst"].contains(&end);
                ensure!(
                    is_markdown || &from != named,
                    "{}: expected a page of Markdown (.md, .markdown), found .{end}",
                    from.display()
                );
                let inside =
                    from.strip_prefix(named).ok().filter(|path| path.file_name().is_some());
                let to =
                    inside.map(Path::to_path_buf).or_else(|| from.file_name().map(PathBuf::from));
                if let Some(to) = to.filter(|_| is_markdown) {
                    found.push(Page { from, to });
                }
            }
        }
        Ok(found)
    }

    /// Puts a still among the files and gives its address, seen from the page.
    fn still(
        &self,
        page: &Page,
        element: &Element,
        files: &mut BTreeMap<PathBuf, String>,
    ) -> anyhow::Result<Option<String>> {
        if self.inline {
            return Ok(element.still_as_address());
        }
        let Some(svg) = &element.still else { return Ok(None) };
        let name = format!("raft-{:016x}.svg", hash(svg.as_bytes()));
        let (posters, address) = match (&self.posters, &self.out) {
            (Some(posters), None) => (posters.clone(), posters.clone()),
            (None, None) => ("posters".into(), "posters".into()),
            (posters, Some(out)) => {
                let posters = posters.clone().unwrap_or_else(|| out.join("posters"));
                let page = out.join(&page.to);
                let address = relative(page.parent().unwrap_or(out), &posters)?;
                (posters, address)
            }
        };
        let address = address.join(&name);
        files.insert(posters.join(name), svg.clone());
        Ok(Some(as_url(&address)))
    }

    fn give(
        &self,
        page: &Page,
        text: String,
        files: &mut BTreeMap<PathBuf, String>,
    ) -> anyhow::Result<()> {
        let Some(out) = &self.out else {
            print!("{text}");
            return Ok(());
        };
        let path = out.join(&page.to);
        let same = |a: &Path, b: &Path| Some(a.canonicalize().ok()? == b.canonicalize().ok()?);
        ensure!(
            same(&path, &page.from) != Some(true),
            "--out: expected another folder than that of {}, which would be lost",
            page.from.display()
        );
        let before = files.insert(path.clone(), text);
        ensure!(before.is_none(), "expected one page for {}, found two", path.display());
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let unwritten = || format!("{} cannot be written", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(unwritten)?;
    }
    std::fs::write(path, text).with_context(unwritten)
}

/// The way from one folder to another.
fn relative(from: &Path, to: &Path) -> anyhow::Result<PathBuf> {
    let (from, to) = (plain(&std::path::absolute(from)?), plain(&std::path::absolute(to)?));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| std::ffi::OsString::from(".."));
    Ok(up.chain(to[shared..].iter().cloned()).collect())
}

/// A path's parts, without `.` and `..`.
fn plain(path: &Path) -> Vec<std::ffi::OsString> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                parts.push(part.as_os_str().to_os_string());
            }
        }
    }
    parts
}

/// A path as an address: what means something else there is encoded.
fn as_url(path: &Path) -> String {
    let mut out = String::new();
    for c in path.to_string_lossy().replace('\\', "/").chars() {
        match c {
            '%' | '#' | '?' | ' ' => out += &format!("%{:02X}", c as u32),
            c => out.push(c),
        }
    }
    out
}

/// FNV-1a: the same still has the same name on every machine, and another has another.
fn hash(bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325;
    bytes.iter().fold(start, |hash, b| (hash ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3))
}
