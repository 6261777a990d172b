//! What keeps the source readable: files, functions and lines that fit one look, and documents
//! whose links lead somewhere. The lists of what does not fit yet may only shrink.
#![cfg(not(target_arch = "wasm32"))]

#[path = "tidy/links.rs"]
mod links;
#[path = "tidy/lists.rs"]
mod lists;
#[path = "tidy/sizes.rs"]
mod sizes;

use std::collections::BTreeSet;
use std::path::PathBuf;

/// Lines of a file of Rust.
const FILE: usize = 500;
/// Lines of a function, from `fn` to its closing brace.
const FUNCTION: usize = 70;
/// Characters of a line.
const LINE: usize = 100;

/// `path — reason`, `path::function — reason` or `path:columns — reason`, one a line. `#` starts a
/// comment.
const EXCEPTIONS: &str = include_str!("tidy/exceptions.txt");

/// The names that the list excuses, all of them with a reason.
fn excused() -> BTreeSet<&'static str> {
    let lines = EXCEPTIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, reason) = line.split_once(" — ").unwrap_or((line, ""));
            assert!(reason.len() > 10, "exceptions.txt: `{line}` wants ` — ` and a reason");
            name
        })
        .collect()
}

/// The project's files that end so, by their path from the root.
fn files(ends: &[&str]) -> Vec<(String, String)> {
    let root = playground_tests::root();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path: PathBuf = entry.expect("a readable folder").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
            if path.is_dir() {
                let ours = !["target", "dist", "node_modules", ".git", "output"].contains(&name);
                folders.extend(ours.then_some(path));
            } else if ends.iter().any(|end| name.ends_with(end)) {
                let text = std::fs::read_to_string(&path).expect("a readable file");
                let short = path.strip_prefix(&root).expect("a path below the root");
                found.push((short.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn files_functions_and_lines_fit_one_look() {
    let excused = excused();
    let mut wrong = Vec::new();
    let mut needed = BTreeSet::new();
    for (path, text) in files(&[".rs"]) {
        let lines = text.lines().count();
        let mut too_long = Vec::new();
        if lines > FILE {
            too_long.push((path.clone(), lines, FILE));
        }
        let functions = sizes::functions(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let long = functions.into_iter().filter(|(_, lines)| *lines > FUNCTION);
        let columns = sizes::widest(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        if columns > LINE {
            too_long.push((format!("{path}:columns"), columns, LINE));
        }
        too_long.extend(long.map(|(name, lines)| (format!("{path}::{name}"), lines, FUNCTION)));
        for (name, lines, limit) in too_long {
            if !excused.contains(name.as_str()) {
                wrong.push(format!(
                    "{name} is {lines} long, {limit} at most: part it where it has two thoughts, \
                     or break \
                     the line"
                ));
            }
            needed.insert(name);
        }
    }
    let spent = excused.iter().filter(|name| !needed.contains(**name));
    wrong.extend(spent.map(|name| {
        format!(
            "{name} is short enough by now, or gone: take it out of tests/it/tidy/exceptions.txt"
        )
    }));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn links_in_documents_lead_somewhere() {
    let documents = files(&[".md"]);
    assert!(documents.iter().any(|(path, _)| path == "README.md"), "the README is read too");
    let root = playground_tests::root();
    let wrong: Vec<String> =
        documents.iter().flat_map(|(path, text)| links::dead(&root, path, text)).collect();
    assert!(wrong.is_empty(), "\n{}\nCorrect each, or the heading it means.", wrong.join("\n"));
}

#[test]
fn the_documents_lists_are_what_the_program_prints() {
    let [settings, actions, claims] = [
        ("settings", raft_sim::help::settings()),
        ("actions", raft_sim::help::actions()),
        ("claims", raft_sim::help::claims()),
    ];
    let book = "docs/book/src/text/reference.md";
    let documents =
        [("README.md", vec![&settings, &actions]), (book, vec![&settings, &actions, &claims])];
    for (document, found) in documents {
        let file = playground_tests::root().join(document);
        let written = std::fs::read_to_string(&file).expect("a document with lists");
        let mut right = written.clone();
        for (name, list) in found {
            right = lists::with_list(&right, name, list).unwrap_or_else(|| {
                panic!("{document} lacks `<!-- {name}: … -->` and `<!-- end of {name} -->`")
            });
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&file, &right).expect("a writable document");
        } else {
            assert!(written == right, "{document} has other lists: UPDATE_EXPECT=1 writes them");
        }
    }
}

#[test]
fn documents_name_the_engine_as_it_is() {
    let (mut named, engine) = (0, raft_sim::ENGINE_VERSION.to_string());
    for (path, text) in files(&[".md"]) {
        for line in text.lines() {
            let Some(number) = line.trim().strip_prefix("\"engine\": ") else { continue };
            assert_eq!(number.trim_end_matches(','), engine, "{path}: {line}");
            named += 1;
        }
    }
    assert!(named > 0, "where is it?");
}
