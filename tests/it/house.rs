//! The shape of the house: which crate may use which, how files open, and what no file may name.
#![cfg(not(target_arch = "wasm32"))]

#[path = "house/modules.rs"]
mod modules;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// All that whoever runs or shows a cluster may use.
const LIBRARIES: &[&str] = &[
    "raft-core",
    "raft-check",
    "etcd-kv",
    "raft-sim",
    "raft-view",
    "raft-runs",
    "raft-report",
    "raft-gallery",
];

/// What each of our crates may use of ours, for itself and for its tests. They are called by their
/// folders, as manifests call them when they depend on one: packages may be named otherwise.
const ARROWS: [(&str, &[&str]); 18] = [
    ("raft-core", &[]),
    ("etcd-kv", &[]),
    ("raft-check", &["raft-core"]),
    ("raft-conformance", &["raft-core"]),
    ("raft-mixed", &["raft-core", "raft-check"]),
    ("raft-search", &["raft-core", "raft-check", "raft-sim"]),
    ("raft-sim", &["raft-core", "raft-check", "etcd-kv"]),
    ("raft-view", &["raft-core", "raft-check", "etcd-kv", "raft-sim", "raft-runs"]),
    ("raft-gallery", &[]),
    ("raft-runs", &["raft-core", "raft-check", "raft-sim"]),
    ("raft-report", &["raft-core", "etcd-kv", "raft-sim", "raft-view"]),
    ("raft-engine", &["raft-sim", "raft-view", "raft-runs", "raft-report"]),
    ("raft-playground", LIBRARIES),
    ("web", LIBRARIES),
    (
        "tests",
        &[
            "raft-core",
            "raft-check",
            "raft-conformance",
            "etcd-kv",
            "raft-sim",
            "raft-view",
            "raft-runs",
            "raft-gallery",
        ],
    ),
    ("fuzz-entries", &["raft-check", "raft-conformance", "etcd-kv", "raft-sim"]),
    ("xtask", &[]),
    ("page-split", &[]),
];

/// Each crate's manifest, by the name of its folder.
fn manifests() -> BTreeMap<String, String> {
    let root = playground_tests::root();
    let mut folders = vec![root.join("web"), root.join("tests")];
    let crates = std::fs::read_dir(root.join("crates")).expect("the crates' folder");
    folders.extend(crates.map(|entry| entry.expect("a readable folder").path()));
    let read = |folder: PathBuf| {
        let text = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
        Some((folder.file_name()?.to_str()?.to_string(), text))
    };
    folders.into_iter().filter_map(read).collect()
}

/// The names on the left of a manifest's dependency tables, tests' included.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            inside = table.ends_with("dependencies");
            if let Some((_, name)) = table.split_once("dependencies.") {
                found.push(name.to_string());
            }
        } else if inside && let Some((name, _)) = line.split_once('=') {
            let name = name.trim();
            found.push(name.split_once('.').map_or(name, |(name, _)| name).to_string());
        }
    }
    found
}

#[test]
fn a_crate_uses_only_what_is_below_it() {
    let manifests = manifests();
    assert!(manifests.contains_key("raft-core") && manifests.contains_key("raft-sim"));
    for (name, manifest) in &manifests {
        let allowed = ARROWS.iter().find(|(of, _)| of == name);
        let (_, allowed) =
            allowed.unwrap_or_else(|| panic!("{name} has no place in the house yet"));
        for used in dependencies(manifest) {
            assert!(
                !manifests.contains_key(&used) || allowed.contains(&used.as_str()),
                "{name} may not use {used}"
            );
        }
    }
}

#[test]
fn a_dependency_on_a_crate_of_ours_is_called_by_its_folder() {
    let workspace = std::fs::read_to_string(playground_tests::root().join("Cargo.toml"));
    let workspace = workspace.expect("the workspace's manifest");
    let named = workspace.lines().filter_map(|line| {
        let (name, folder) = line.split_once('=').filter(|(_, rest)| rest.contains("path = "))?;
        Some((name.trim(), folder.split_once("path = \"crates/")?.1.split('"').next()?))
    });
    let named: Vec<_> = named.collect();
    assert!(named.contains(&("raft-core", "raft-core")), "{named:?}");
    for (name, folder) in named {
        assert_eq!(name, folder, "the table of dependencies calls it by another name");
    }
}

#[test]
fn the_core_uses_nothing_that_knows_time_chance_or_the_outside() {
    let manifest = &manifests()["raft-core"];
    let (main, _tests) = manifest.split_once("[dev-dependencies]").unwrap_or((manifest, ""));
    assert_eq!(dependencies(main), ["imbl", "serde"], "persistent vectors and nothing else");
    let serde = main.lines().find(|line| line.starts_with("serde = {"));
    assert!(serde.is_some_and(|line| line.contains("optional = true")), "for those who ask for it");
}

/// Every text file of the project: what would be committed.
fn files() -> Vec<(PathBuf, String)> {
    let root = playground_tests::root();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
            if path.is_dir() {
                let ours = !["target", "dist", "node_modules", ".git", "output"].contains(&name);
                folders.extend(ours.then_some(path));
            } else if name == ".git" {
                // In a worktree, a file that names where the repository is on this machine.
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                found.push((path.strip_prefix(&root).unwrap_or(&path).to_path_buf(), text));
            }
        }
    }
    found.sort();
    found
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

#[test]
fn every_source_file_opens_with_what_it_is() {
    let files = files();
    let rust = files.iter().filter(|(path, _)| is_rust(path));
    let silent: Vec<&PathBuf> =
        rust.filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "these do not open with `//!`: {silent:?}");
}

#[test]
fn no_file_names_a_machines_path_or_a_registrys_host() {
    // Put together here, so that this file does not name them either.
    let path = |folder: &str| format!("/{folder}/");
    let paths = ["home", "root", "Users", "work", "tmp"].map(path);
    let hosts = ["registry.", "mirror.", "proxy.", "nexus.", "artifactory.", "index.", "static."];
    let mut wrong = Vec::new();
    for (file, text) in files() {
        for (number, line) in (1..).zip(text.lines()) {
            let named_path = paths.iter().any(|path| {
                line.match_indices(path.as_str()).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    !before.is_some_and(|c| c.is_alphanumeric() || "._-*/~}".contains(c))
                })
            });
            let named_host = line.match_indices("://").any(|(at, _)| {
                let host = &line[at + 3..];
                hosts.iter().any(|named| host.starts_with(named))
            });
            // A lock file names where a package came from, which differs between machines.
            let resolved = file.ends_with("package-lock.json") && line.contains("\"resolved\"");
            if named_path || named_host || resolved {
                wrong.push(format!("{}:{number}: {line}", file.display()));
            }
        }
        if file.ends_with("Cargo.lock") {
            let foreign =
                |line: &&str| line.starts_with("source") && !line.contains("crates.io-index");
            wrong.extend(text.lines().filter(foreign).map(|line| format!("Cargo.lock: {line}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_look_up_of_conformance_data_looks_beside_the_checkout() {
    let beside = ["..", "shared"].join("/");
    let mut users: Vec<PathBuf> = files()
        .into_iter()
        .filter(|(_, text)| text.contains(&beside))
        .map(|(path, _)| path)
        .collect();
    users.retain(|path| !path.starts_with("target"));
    users.sort();
    let look_ups = ["crates/xtask/src/conformance.rs", "tests/it/lib.rs"];
    assert_eq!(users, look_ups.map(PathBuf::from));
}

/// The page's modules with those that each uses. `app` counts as one: it is one type, and its
/// methods stand in a file for each kind of message.
fn uses_in_the_page() -> modules::Uses {
    let files = files();
    let of_page = files.iter().filter_map(|(path, text)| {
        let inside = path.strip_prefix("web/src").ok().filter(|path| is_rust(path))?;
        Some((inside.to_str()?, text.as_str()))
    });
    // The program of its own that calls the library has no module in it.
    let library = of_page.filter(|(path, _)| *path != "main.rs");
    modules::uses(library, &["app"]).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_pages_modules_use_each_other_in_no_circle() {
    let uses = uses_in_the_page();
    assert!(uses.len() > 20, "all of the page is read");
    let circles = modules::circles(&uses);
    assert!(
        circles.is_empty(),
        "\n{}\nMove what both need into a module of its own.",
        circles.join("\n")
    );
}

#[test]
fn views_know_messages_and_what_they_show_and_never_the_playground() {
    let uses = uses_in_the_page();
    let app = vec!["app".to_string()];
    let users = uses.iter().filter(|(_, used)| used.contains(&app));
    let users: Vec<String> = users.map(|(module, _)| modules::shown(module)).collect();
    assert_eq!(users, ["crate", "host"], "whoever mounts a playground, and nobody else");
}
