//! How much a first visit downloads: every file that the page reaches from index.html, gzipped as
//! hosts do it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use crate::compress;
use crate::dist;
use crate::element;
use crate::files;
use crate::offline;
use crate::parts;
use crate::workspace::Workspace;

struct Size {
    name: String,
    raw: usize,
    gzipped: usize,
}

pub fn size(json: bool, from: Option<&Path>) -> Result<()> {
    let files = match from {
        Some(page) => files::of_the_playground(page)?,
        None => files::of_the_playground(&dist::build(&Workspace::find()?)?)?,
    };
    let sizes = first_visit(&files)
        .into_iter()
        .map(|name| {
            Ok(Size {
                raw: files[name].len(),
                gzipped: compress::gzip(&files[name])?.len(),
                name: name.to_owned(),
            })
        })
        .collect::<Result<Vec<Size>>>()?;
    let total: usize = sizes.iter().map(|size| size.gzipped).sum();
    let embed = Embed::of(&files)?;
    if json {
        // One decimal, as the table shows it.
        let tenths = (total + 50) / 100;
        println!(
            "{}",
            json!({
                "first_load_gz_kb": tenths as f64 / 10.0,
                "loader_gz_kb": kb(embed.loader),
                "picture_gz_kb": kb(embed.picture),
            })
        );
    } else {
        print_table(sizes, total);
        print_later(&files)?;
        println!("\non a page that embeds it, gzipped");
        println!("{:40} {:>21.3}", ELEMENT, kb(embed.loader));
        println!("{:40} {:>21.3}", "the largest picture", kb(embed.picture));
    }
    Ok(())
}

/// What another page loads.
const ELEMENT: &str = "embed.js";

/// What a page loads that embeds it, before somebody plays, in bytes.
struct Embed {
    loader: usize,
    /// The largest of those that stand in for what comes with the playground.
    picture: usize,
}

impl Embed {
    fn of(files: &BTreeMap<String, Vec<u8>>) -> Result<Embed> {
        let mut embed = Embed { loader: 0, picture: 0 };
        for (name, bytes) in files {
            if name == ELEMENT {
                embed.loader = compress::gzip(bytes)?.len();
            } else if name.starts_with("pictures/") {
                embed.picture = embed.picture.max(compress::gzip(bytes)?.len());
            }
        }
        Ok(embed)
    }
}

fn print_table(mut sizes: Vec<Size>, total: usize) {
    sizes.sort_by_key(|size| std::cmp::Reverse(size.gzipped));
    let width = sizes.iter().map(|size| size.name.len()).max().unwrap_or(0);
    println!("{:width$} {:>10} {:>10}", "file", "KB", "KB gzipped");
    for size in &sizes {
        println!("{:width$} {:>10.1} {:>10.1}", size.name, kb(size.raw), kb(size.gzipped));
    }
    let raw = sizes.iter().map(|size| size.raw).sum();
    println!("{:width$} {:>10.1} {:>10.1}", "first visit", kb(raw), kb(total));
}

/// The parts that follow: `deeds` when the page is idle, the others when they are first wanted.
fn print_later(files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    println!("\nloaded later");
    for (name, bytes) in files.iter().filter(|(name, _)| name.starts_with(parts::PREFIX)) {
        println!("{name:40} {:>10.1} {:>10.1}", kb(bytes.len()), kb(compress::gzip(bytes)?.len()));
    }
    Ok(())
}

fn kb(bytes: usize) -> f64 {
    bytes as f64 / 1000.0
}

/// Named by what is counted, and not asked for before the cluster plays: styles of what is not on
/// the page when it opens, and what a page of others asks for.
const LATER: [&str; 5] =
    ["panels.css", "forced.css", "guest.css", "playground.css", element::BRIDGE];

/// index.html and whatever is mentioned, by its path, in a text file already counted. Names carry
/// a hash, so a mention is a use; what nothing mentions is not downloaded, nor are parts that are
/// loaded when somebody first wants them, nor the service worker, which the page asks for when it
/// has long been playing.
fn first_visit(files: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    let mut reached: Vec<&str> =
        files.keys().map(String::as_str).filter(|name| *name == "index.html").collect();
    let mut next = 0;
    while next < reached.len() {
        let text = std::str::from_utf8(&files[reached[next]]).unwrap_or_default();
        for name in files.keys() {
            let is_later = name.starts_with(parts::PREFIX)
                || name == offline::WORKER
                || LATER.contains(&name.as_str());
            if !is_later && !reached.contains(&name.as_str()) && text.contains(name.as_str()) {
                reached.push(name);
            }
        }
        next += 1;
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_visit_downloads_what_is_reached_from_the_page() {
        let files = [
            ("index.html", "<script src=\"./start-1.js\"></script>"),
            ("start-1.js", "import './app-2.js'; './app-2_bg.wasm'; register('sw.js')"),
            ("app-2.js", "import './snippets/x/inline0.js'; './parts-3.js'"),
            ("parts-3.js", "fetch('./part-console-4.wasm')"),
            ("part-console-4.wasm", "\0asm"),
            ("app-2_bg.wasm", "\0asm"),
            ("snippets/x/inline0.js", ""),
            ("sw.js", "element.js"),
            ("element.js", "not used by the page"),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        let mut reached = first_visit(&BTreeMap::from(files.clone()))
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        reached.sort();
        assert_eq!(
            reached,
            [
                "app-2.js",
                "app-2_bg.wasm",
                "index.html",
                "parts-3.js",
                "snippets/x/inline0.js",
                "start-1.js"
            ]
        );
    }
}
