//! How much a first visit downloads: every file that the page reaches from index.html, gzipped as
//! hosts do it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::dist;
use crate::parts;
use crate::workspace::Workspace;

struct Size {
    name: String,
    raw: usize,
    gzipped: usize,
}

pub fn size(json: bool) -> Result<()> {
    let dir = dist::build(&Workspace::find()?)?;
    let files = read_all(&dir)?;
    let sizes = first_visit(&files)
        .into_iter()
        .map(|name| {
            Ok(Size { raw: files[name].len(), gzipped: gzip(&files[name])?, name: name.to_owned() })
        })
        .collect::<Result<Vec<Size>>>()?;
    let total: usize = sizes.iter().map(|size| size.gzipped).sum();
    if json {
        // One decimal, as the table shows it.
        let tenths = (total + 50) / 100;
        println!("{}", json!({ "first_load_gz_kb": tenths as f64 / 10.0 }));
    } else {
        print_table(sizes, total);
    }
    Ok(())
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

fn kb(bytes: usize) -> f64 {
    bytes as f64 / 1000.0
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map(|out| out.len())
        .context("cannot gzip")
}

/// All files below a folder by their path with forward slashes.
fn read_all(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let shown = || format!("cannot read {}", folder.display());
        for entry in fs::read_dir(&folder).with_context(shown)? {
            let path = entry.with_context(shown)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let bytes =
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(name, bytes);
        }
    }
    Ok(files)
}

/// index.html and whatever is mentioned, by its path, in a text file already counted. Names carry
/// a hash, so a mention is a use; what nothing mentions is not downloaded, nor are parts that are
/// loaded when somebody first wants them.
fn first_visit(files: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    let mut reached: Vec<&str> =
        files.keys().map(String::as_str).filter(|name| *name == "index.html").collect();
    let mut next = 0;
    while next < reached.len() {
        let text = std::str::from_utf8(&files[reached[next]]).unwrap_or_default();
        for name in files.keys() {
            let is_later = name.starts_with(parts::PREFIX);
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
            ("start-1.js", "import './app-2.js'; './app-2_bg.wasm'"),
            ("app-2.js", "import './snippets/x/inline0.js'; './parts-3.js'"),
            ("parts-3.js", "fetch('./part-console-4.wasm')"),
            ("part-console-4.wasm", "\0asm"),
            ("app-2_bg.wasm", "\0asm"),
            ("snippets/x/inline0.js", ""),
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
