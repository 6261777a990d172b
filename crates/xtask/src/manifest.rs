//! `files.json`: what a build of the page consists of, for whoever hosts it or pins it. Its format
//! is documented in `docs/hosting.md` and changes with its number alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::digest;
use crate::files;
use crate::offline;

/// The file's name.
pub const FILE: &str = "files.json";
/// Raised when a reader of the file as it was would misread it.
const FORMAT: u32 = 1;

/// What a build is, beside its files.
pub struct Build {
    /// The project's version.
    pub version: String,
    /// The engine's version, which links of runs carry.
    pub engine: u32,
}

/// Writes the list of a folder that holds a whole build. `kept` is none for a version's own folder,
/// and for a site the versions in `v/`.
pub fn write(folder: &Path, build: &Build, kept: Option<&[String]>) -> Result<()> {
    let mut files = files::of_the_playground(folder)?;
    files.remove(FILE);
    let mut manifest = list(build, &files)?;
    if let Some(versions) = kept {
        manifest["versions"] = json!(versions);
    }
    let text = format!("{manifest:#}\n");
    let target = folder.join(FILE);
    fs::write(&target, text).with_context(|| format!("cannot write {}", target.display()))
}

fn list(build: &Build, files: &BTreeMap<String, Vec<u8>>) -> Result<Value> {
    let named = |what: &str, is_it: &dyn Fn(&str) -> bool| {
        let found = files.keys().find(|name| is_it(name)).cloned();
        found.with_context(|| format!("the built page has no {what}"))
    };
    let module = |end: &'static str| {
        move |name: &str| {
            name.starts_with("raft-playground-web-") && name.ends_with(end) && !name.contains('/')
        }
    };
    let exactly = |file: &'static str| move |name: &str| name == file;
    let described: BTreeMap<&str, Value> = files
        .iter()
        .map(|(name, content)| {
            let integrity = digest::integrity(content);
            (name.as_str(), json!({ "bytes": content.len(), "integrity": integrity }))
        })
        .collect();
    Ok(json!({
        "format": FORMAT,
        "name": "raft-playground",
        "version": build.version,
        "engine": build.engine,
        "entries": {
            "page": named("index.html", &exactly("index.html"))?,
            "element": named("embed.js", &exactly("embed.js"))?,
            "module": named("module in .js", &module(".js"))?,
            "wasm": named("module in .wasm", &module(".wasm"))?,
            "worker": named("service worker", &exactly(offline::WORKER))?,
        },
        "files": described,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(names: &[&str]) -> BTreeMap<String, Vec<u8>> {
        names.iter().map(|name| ((*name).to_owned(), b"abc".to_vec())).collect()
    }

    #[test]
    fn a_build_is_described_by_roles_bytes_and_integrity() {
        let files = built(&[
            "embed.js",
            "index.html",
            "raft-playground-web-1-2.js",
            "raft-playground-web-1_bg.wasm",
            "snippets/raft-playground-web-3/inline0.js",
            "sw.js",
        ]);
        let list = list(&Build { version: "1.2.3".to_owned(), engine: 5 }, &files).unwrap();
        assert_eq!((&list["format"], &list["engine"]), (&json!(1), &json!(5)));
        assert_eq!(list["version"], "1.2.3");
        assert_eq!(list["entries"]["module"], "raft-playground-web-1-2.js");
        assert_eq!(list["entries"]["wasm"], "raft-playground-web-1_bg.wasm");
        let element = &list["files"]["embed.js"];
        assert_eq!(element["bytes"], 3);
        assert!(element["integrity"].as_str().unwrap().starts_with("sha384-ywB1"), "{element}");
    }

    #[test]
    fn a_build_without_one_of_its_entries_is_refused() {
        let build = Build { version: "1.2.3".to_owned(), engine: 5 };
        let error = list(&build, &built(&["index.html"])).unwrap_err().to_string();
        assert_eq!(error, "the built page has no embed.js");
    }
}
