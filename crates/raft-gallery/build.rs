//! Makes the catalogue from the files of the gallery: what each says of itself in its first lines.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("Cargo sets it"));
    let root = root.join("../..");
    let gallery = root.join("web/gallery");
    let rules = root.join("tests/scenarios/rules");
    for watched in [&gallery, &rules] {
        println!("cargo:rerun-if-changed={}", watched.display());
    }
    let list = fs::read_to_string(gallery.join("gallery.txt")).expect("web/gallery/gallery.txt");
    let mut out = String::from("&[\n");
    let mut kind = "";
    for line in list.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(section) => kind = section,
            None => {
                let path = gallery.join(kind).join(format!("{line}.raft"));
                item(&mut out, kind, line, &path);
            }
        }
    }
    let mut names: Vec<PathBuf> = fs::read_dir(&rules)
        .expect("tests/scenarios/rules")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "raft"))
        .collect();
    names.sort();
    for path in &names {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a plain name");
        item(&mut out, "rules", name, path);
    }
    out.push(']');
    let target = std::env::var_os("OUT_DIR").expect("Cargo sets it");
    fs::write(Path::new(&target).join("catalogue.rs"), out).expect("a writable folder");
}

fn item(out: &mut String, kind: &str, name: &str, path: &Path) {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let path = fs::canonicalize(path).expect("it was just read");
    let said = said(&text);
    writeln!(
        out,
        "Item {{ kind: {kind:?}, name: {name:?}, title: {}, about: {}, watch: {}, \
         #[cfg(feature = \"texts\")] text: include_str!({path:?}) }},",
        said[0].literal(),
        said[1].literal(),
        said[2].literal()
    )
    .expect("a string takes everything");
}

/// A sentence in English, and in other languages by their codes.
#[derive(Default)]
struct Said {
    english: String,
    others: Vec<(String, String)>,
}

impl Said {
    /// As the crate's source has it.
    fn literal(&self) -> String {
        format!("Text {{ english: {:?}, others: &{:?} }}", self.english, self.others)
    }
}

/// Title, about and watch, in every language that they are in.
fn said(text: &str) -> [Said; 3] {
    let mut said: [Said; 3] = Default::default();
    let mut last = None;
    for line in text.lines().map(str::trim) {
        let Some((word, rest)) = line.split_once(' ') else { continue };
        let names = ["title", "about", "watch"];
        if let Some(place) = names.iter().position(|name| *name == word) {
            said[place].english = unquoted(rest);
            last = Some(place);
        } else if let (true, Some(place)) = (is_language(word), last) {
            said[place].others.push((word.to_string(), unquoted(rest)));
        } else if ["step", "run", "say"].contains(&word) {
            break;
        }
    }
    said
}

/// Whether a line begins with the code of a language: two small letters.
fn is_language(word: &str) -> bool {
    word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The text between the first quotation mark and the one that closes it.
fn unquoted(text: &str) -> String {
    let Some(start) = text.find('"') else { return text.trim().to_string() };
    let mut out = String::new();
    let mut chars = text[start + 1..].chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => break,
            },
            other => out.push(other),
        }
    }
    out
}
