//! Every sentence that a person can read has a translation in every language, and every translation
//! its sentence.
#![allow(missing_docs)]

use raft_view::lang::Language;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Texts of the page that every language shares: names, commands, and each language's own words for
/// the switch.
const SHARED: [&str; 10] = [
    "Raft Playground",
    "RequestVote",
    "put",
    "get",
    "^C",
    "put a 1 · watch a · help · crash n2",
    "切换到中文",
    "Switch to English",
    "EN",
    "中文",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn shown_sources() -> Vec<PathBuf> {
    // The labels of menus stand in the table of commands.
    let folders = [
        "crates/raft-sim/src/command",
        "crates/raft-view/src",
        "crates/raft-gallery/src",
        "web/src",
    ];
    let all = folders.map(|folder| sources(&root().join(folder)));
    // The macros' own file speaks of them only.
    all.concat().into_iter().filter(|path| !path.ends_with("raft-view/src/lang.rs")).collect()
}

fn name(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}

/// A literal of a source file: what stands before it in its code, comments left out, and what it
/// says.
struct Literal {
    line: usize,
    before: String,
    text: String,
    /// What stands behind it, as far as the line goes.
    behind: String,
}

/// The string literals of a source, tests at its end left out.
fn literals(source: &str) -> Vec<Literal> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    let (mut rest, mut code) = (source, String::new());
    let line = |rest: &str| 1 + source[..source.len() - rest.len()].matches('\n').count();
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            rest = raw.split_once("\"#").map_or("", |(_, behind)| behind);
            code.push_str("\"\"");
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\") {
            // A character: it may be a quotation mark.
            let end = rest[2..].find('\'').map_or(rest.len(), |end| end + 3);
            rest = &rest[end..];
        } else if next == '"' {
            let (text, behind) = literal(&rest[1..]);
            found.push(Literal {
                line: line(rest),
                before: code.chars().rev().take(40).collect::<Vec<_>>().iter().rev().collect(),
                text,
                behind: behind.lines().next().unwrap_or_default().to_string(),
            });
            rest = behind;
            code.push_str("\"\"");
        } else {
            code.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    found
}

/// A literal from behind its opening mark, and what follows its closing one.
fn literal(source: &str) -> (String, &str) {
    let mut text = String::new();
    let mut rest = source.chars();
    loop {
        match rest.next() {
            Some('"') | None => return (text, rest.as_str()),
            Some('\\') => match rest.next() {
                // The line goes on below.
                Some('\n') => rest = rest.as_str().trim_start().chars(),
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(other) => text.push(other),
                None => {}
            },
            Some(other) => text.push(other),
        }
    }
}

fn is_marked(literal: &Literal) -> bool {
    // `include_str!(` ends like one of them.
    let before = literal.before.trim_end().trim_end_matches("include_str!(");
    ["tr!(", "told!(", "key!(", "phrase!("].iter().any(|mark| before.ends_with(mark))
}

/// Every English sentence, and the files that say it.
fn keys() -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    for path in shown_sources() {
        let mut context = None;
        let found = literals(&read(&path));
        for (place, literal) in found.iter().enumerate().filter(|(_, literal)| is_marked(literal)) {
            if literal.behind.starts_with(" in ") {
                context =
                    found.get(place + 1).map(|next| format!("{} [{}]", literal.text, next.text));
            }
            keys.insert(context.take().unwrap_or(literal.text.clone()), name(&path));
        }
    }
    for entry in std::fs::read_dir(root().join("web/scenarios")).expect("the scenarios") {
        let path = entry.expect("a readable folder").path();
        let text = read(&path);
        let title = text.lines().find_map(|line| line.strip_prefix("title "));
        keys.extend(title.map(|title| (title.trim_matches('"').to_string(), name(&path))));
    }
    keys
}

/// The pairs of a language's catalogue.
fn catalogue(path: &Path) -> Vec<(String, String)> {
    let text = read(path);
    let plain = |text: &str| text.replace("\\n", "\n");
    let pairs = raft_view::lang::read(&text).expect("pairs of lines");
    pairs.into_iter().map(|(key, text)| (plain(key), plain(text))).collect()
}

/// Every catalogue, by its language's code.
fn catalogues() -> Vec<(String, PathBuf)> {
    let folder = std::fs::read_dir(root().join("web/lang")).expect("a folder of catalogues");
    let paths = folder.map(|entry| entry.expect("a readable folder").path());
    let stem = |path: &Path| path.file_stem().expect("a name").to_string_lossy().to_string();
    let mut all: Vec<_> = paths.map(|path| (stem(&path), path)).collect();
    all.sort();
    all
}

/// How many values a sentence takes: `{}` and `{0}`, doubled braces left out.
fn places(sentence: &str) -> usize {
    let plain = sentence.replace("{{", "").replace("}}", "");
    let inside = plain.split('{').skip(1).filter_map(|part| part.split_once('}'));
    inside.filter(|(name, _)| name.chars().all(|digit| digit.is_ascii_digit())).count()
}

fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[test]
fn a_language_is_a_catalogue_and_a_line() {
    let codes: Vec<String> = catalogues().into_iter().map(|(code, _)| code).collect();
    let mut known: Vec<&str> =
        Language::all().map(Language::code).filter(|code| *code != "en").collect();
    known.sort();
    assert_eq!(codes, known, "the files in web/lang, and the lines in raft-view/src/lang.rs");
}

#[test]
fn every_sentence_has_a_translation_and_no_translation_is_stale() {
    let keys = keys();
    assert!(keys.len() > 600, "only {} sentences were found in the sources", keys.len());
    for (code, path) in catalogues() {
        let pairs = catalogue(&path);
        let known: BTreeMap<&str, &str> =
            pairs.iter().map(|(key, text)| (&**key, &**text)).collect();
        assert_eq!(known.len(), pairs.len(), "web/lang/{code}.txt has a sentence twice");
        let missing = keys.iter().filter(|(key, _)| !known.contains_key(key.as_str()));
        let missing: Vec<String> = missing.map(|(key, file)| format!("{file}: {key}")).collect();
        assert_none(&format!("web/lang/{code}.txt lacks"), &missing);
        let stale = known.keys().filter(|key| !keys.contains_key(**key)).map(ToString::to_string);
        assert_none("no source says any more", &stale.collect::<Vec<_>>());
    }
}

#[test]
fn a_translation_takes_the_values_of_its_sentence() {
    let differ = |(key, text): &(String, String)| {
        let numbered = |text: &str| (0..9).any(|place| text.contains(&format!("{{{place}}}")));
        let beyond = (places(key)..10).any(|place| text.contains(&format!("{{{place}}}")));
        let mixed = numbered(text) && text.contains("{}");
        places(key) != places(text) || beyond || mixed || text.is_empty()
    };
    let bold = |text: &str| text.matches("**").count();
    for (code, path) in catalogues() {
        let pairs = catalogue(&path);
        let told = |(key, text): &(String, String)| format!("{key}\n\t{text}");
        let wrong: Vec<String> = pairs.iter().filter(|pair| differ(pair)).map(told).collect();
        assert_none(&format!("{code}: placeholders differ"), &wrong);
        let wrong = pairs.iter().filter(|(key, text)| bold(key) != bold(text)).map(told);
        assert_none(&format!("{code}: what is bold differs"), &wrong.collect::<Vec<_>>());
    }
}

#[test]
fn nothing_that_the_page_shows_is_left_out() {
    const ATTRIBUTES: [&str; 4] = ["aria-label=", "title=", "placeholder=", "label="];
    let mut found = Vec::new();
    for path in sources(&root().join("web/src")) {
        for literal in literals(&read(&path)) {
            let Literal { line, before, text, behind } = &literal;
            let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() > 1;
            let before = before.trim_end();
            // `{ "Text" }` between tags, an attribute, or a choice of two texts.
            let in_braces = before.ends_with('{') && behind.trim_start().starts_with('}');
            let is_choice = in_braces && (before.contains("if ") || before.contains("else"));
            let is_node = in_braces && !is_choice;
            let is_attribute = ATTRIBUTES.iter().any(|name| before.ends_with(name));
            // Two words, the first with a capital: a sentence or a heading wherever it stands.
            let mut words = text.split(' ');
            let capital = words.next().is_some_and(|word| {
                word.len() > 1
                    && word.starts_with(|c: char| c.is_ascii_uppercase())
                    && word[1..].chars().all(|c| c.is_ascii_lowercase())
            });
            let is_sentence = capital && words.next().is_some_and(letters);
            let is_choice = is_choice && text.starts_with(|c: char| c.is_uppercase());
            let is_shown = is_node || is_attribute || is_sentence || is_choice;
            if is_shown && letters(text) && !is_marked(&literal) && !SHARED.contains(&&**text) {
                found.push(format!("{}:{line}: {text}", name(&path)));
            }
        }
    }
    assert_none("not in tr!", &found);
}

#[test]
fn the_scanner_reads_what_rust_reads() {
    let source = "// tr!(\"no\")\nlet a = tr!(\n  \"one \\\n   two\", b);\nlet c = '\"'; \
                  key!(\"q\\\"s\\n\") \
                  tr!(\"K\" in \"of a box\") r#\"raw \" \"#\n#[cfg(test)]\ntr!(\"test\")";
    let found = literals(source);
    let marked: Vec<&str> =
        found.iter().filter(|literal| is_marked(literal)).map(|literal| &*literal.text).collect();
    assert_eq!(marked, ["one two", "q\"s\n", "K"]);
    assert_eq!(found[0].line, 3);
    assert_eq!(places("{} {0} {{}} {x}"), 2);
}
