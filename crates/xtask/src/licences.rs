//! `licences.txt`: what the page and the npm package are made of, by whom, and under which
//! licences, with their texts. Asked of Cargo for the very build: which crates are linked into the
//! module, and where each lies.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;
use crate::workspace::{WASM, WEB, Workspace};

/// The file's name.
pub const FILE: &str = "licences.txt";
/// The text of Apache-2.0 names nobody, so it is the same for all.
const APACHE: &str = "LICENSE-APACHE";
const OWN: [&str; 2] = ["LICENSE-MIT", APACHE];
/// How files with licences begin, in small letters.
const LICENCES: [&str; 3] = ["licen", "copying", "unlicen"];
/// And those that may stand beside them.
const NOTICES: [&str; 2] = ["copyright", "notice"];
/// A crate that is not linked, but writes the script that loads the module's parts.
const WRITES_SCRIPT: &str = "wasm_split_cli_support";
const LINE: &str =
    "--------------------------------------------------------------------------------";

/// One that the page has code of.
struct Crate {
    name: String,
    /// In SPDX's words.
    licence: String,
    source: String,
    texts: Vec<String>,
}

/// Writes the notices into a folder with the built module: the package's engine has no code that
/// the page has not.
pub fn write(workspace: &Workspace, folder: &Path) -> Result<()> {
    let target = folder.join(FILE);
    fs::write(&target, notices(workspace)?)
        .with_context(|| format!("cannot write {}", target.display()))
}

fn notices(workspace: &Workspace) -> Result<String> {
    let apache = read(&workspace.root.join(APACHE))?;
    let mut crates = Vec::new();
    for package in linked(workspace)? {
        crates.push(describe(&package, &apache)?);
    }
    crates.push(standard_library(workspace, &apache)?);
    let mut text = format!(
        "Raft Playground is under the MIT licence or the Apache licence 2.0, whichever you choose. \
         Their\ntexts:\n\n{LINE}\n"
    );
    for name in OWN {
        text += &format!("{}\n{LINE}\n", read(&workspace.root.join(name))?);
    }
    text += "\nIt contains code of others. Where one of them offers several licences, any may be \
             chosen.\n\n";
    for one in &crates {
        text += &format!("{}: {} ({})\n", one.name, one.licence, one.source);
    }
    text += "\nTheir texts, each under those that it is of:\n";
    // One text, and all that have it.
    let mut by_text: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in &crates {
        for licence in &one.texts {
            by_text.entry(licence).or_default().push(&one.name);
        }
    }
    let mut texts: Vec<(Vec<&str>, &str)> =
        by_text.into_iter().map(|(licence, names)| (names, licence)).collect();
    texts.sort();
    for (names, licence) in texts {
        text += &format!("\n{LINE}\n{}\n{LINE}\n{licence}\n", names.join(", "));
    }
    Ok(text)
}

/// The packages of others that Cargo links into the module, as `cargo metadata` describes them.
fn linked(workspace: &Workspace) -> Result<Vec<Value>> {
    let mut tree = workspace.cargo();
    tree.args(["tree", "--quiet", "--locked", "--package", WEB, "--target", WASM]);
    tree.args(["--edges", "normal,no-proc-macro", "--no-default-features", "--features", "split"]);
    tree.args(["--prefix", "none", "--format", "{p}"]);
    let tree = shell::output(&mut tree)?;
    let mut used: Vec<(&str, &str)> = tree.lines().filter_map(name_and_version).collect();
    used.sort_unstable();
    used.dedup();
    let mut metadata = workspace.cargo();
    metadata.args(["metadata", "--quiet", "--locked", "--format-version", "1"]);
    let mut metadata: Value = serde_json::from_str(&shell::output(&mut metadata)?)
        .context("cannot read what `cargo metadata` prints")?;
    let Value::Array(mut packages) = metadata["packages"].take() else {
        bail!("`cargo metadata` names no packages");
    };
    // A package of the workspace has no source.
    packages.retain(|package| {
        let (name, version) = (package["name"].as_str(), package["version"].as_str());
        let Some(it) = name.zip(version) else { return false };
        !package["source"].is_null() && (used.contains(&it) || it.0 == WRITES_SCRIPT)
    });
    if !packages.iter().any(|package| package["name"] == "wasm-bindgen") {
        bail!("`cargo tree` does not name wasm-bindgen, which the page stands on: did it change?");
    }
    Ok(packages)
}

/// Of a line such as `yew v0.23.0 (*)`.
fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

fn describe(package: &Value, apache: &str) -> Result<Crate> {
    let word = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let (name, licence) = (format!("{} {}", word("name"), word("version")), word("license"));
    let manifest = PathBuf::from(word("manifest_path"));
    let folder = manifest.parent().context("a manifest lies in no folder")?;
    let mut texts = texts_in(folder)?;
    if texts.is_empty() && offers_apache(&licence) {
        texts.push(apache.to_owned());
    }
    if texts.is_empty() {
        bail!(
            "{name} ({licence}) comes without a text of its licence: expected a file such as \
             LICENSE in its package; ask its authors for one, or do without it"
        );
    }
    let source = [word("repository"), word("homepage")].into_iter().find(|it| !it.is_empty());
    let source = source.unwrap_or_else(|| format!("the crate {}", word("name")));
    Ok(Crate { name, licence, source, texts })
}

/// Whether Apache-2.0 alone is enough, by the words of Cargo's older manifests too.
fn offers_apache(licence: &str) -> bool {
    !licence.contains(" AND ")
        && licence.replace('/', " OR ").split(" OR ").any(|one| one.trim() == "Apache-2.0")
}

fn texts_in(folder: &Path) -> Result<Vec<String>> {
    let shown = || format!("cannot read {}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(shown)? {
        let path = entry.with_context(shown)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if path.is_file() && LICENCES.iter().chain(&NOTICES).any(|it| name.starts_with(it)) {
            found.push((name, read(&path)?));
        }
    }
    if !found.iter().any(|(name, _)| LICENCES.iter().any(|it| name.starts_with(it))) {
        found.clear();
    }
    found.sort();
    Ok(found.into_iter().map(|(_, text)| text).collect())
}

/// Rust's own library is linked too. Its tables of Unicode have a licence of their own.
fn standard_library(workspace: &Workspace, apache: &str) -> Result<Crate> {
    let rustc = |arguments: &[&str]| {
        let mut command = Command::new("rustc");
        shell::output(command.args(arguments).current_dir(&workspace.root))
    };
    let version = rustc(&["--version"])?;
    let version = version.split(' ').nth(1).unwrap_or_default().to_owned();
    let unicode = Path::new(rustc(&["--print", "sysroot"])?.trim())
        .join("share/doc/rust/licenses/Unicode-3.0.txt");
    let texts = vec![apache.to_owned(), read(&unicode)?];
    let licence = "(MIT OR Apache-2.0) AND Unicode-3.0".to_owned();
    let source = "https://github.com/rust-lang/rust".to_owned();
    Ok(Crate { name: format!("The Rust standard library {version}"), licence, source, texts })
}

/// A text with lines that end alike and nothing blank around it: many differ in no more.
fn read(path: &Path) -> Result<String> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    Ok(lines.join("\n").trim_matches('\n').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_that_may_be_chosen_stands_for_one_without_a_text() {
        for (licence, offers) in [
            ("MIT OR Apache-2.0", true),
            ("Apache-2.0/MIT", true),
            ("MIT", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", false),
            ("Apache-2.0 WITH LLVM-exception", false),
        ] {
            assert_eq!(offers_apache(licence), offers, "{licence}");
        }
    }

    #[test]
    fn a_crate_without_any_text_is_named() {
        let folder = std::env::temp_dir().join(format!("xtask-licences-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let package = |licence: &str| {
            serde_json::json!({ "name": "some", "version": "1.0.0", "license": licence,
                "manifest_path": folder.join("Cargo.toml") })
        };
        let error = describe(&package("MIT"), "Apache").err().unwrap().to_string();
        assert!(error.starts_with("some 1.0.0 (MIT) comes without"), "{error}");
        assert_eq!(describe(&package("MIT OR Apache-2.0"), "Apache").unwrap().texts, ["Apache"]);
        fs::write(folder.join("LICENSE-MIT"), "\r\nFree.  \r\nFor all.\r\n").unwrap();
        fs::create_dir_all(folder.join("licences")).unwrap();
        assert_eq!(describe(&package("MIT"), "Apache").unwrap().texts, ["Free.\nFor all."]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_module_contains_what_cargo_links() {
        let text = notices(&Workspace::find().unwrap()).unwrap();
        for part in ["\nyew 0.", "\nimbl ", "Mozilla Public License", "UNICODE LICENSE V3"] {
            assert!(text.contains(part), "no {part:?}");
        }
        assert!(!text.contains("\nsyn "), "what only compiles is not contained");
        let home = std::env::home_dir().unwrap();
        assert!(!text.contains(&*home.to_string_lossy()), "folders of this computer");
    }
}
