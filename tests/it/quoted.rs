//! What lessons call the page's controls: by the names that stand on them, in both languages.
#![cfg(not(target_arch = "wasm32"))]

use raft_core::Rule;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// What stands in quotation marks and is no control: what somebody says or a program prints.
const CITED: &[&str] = &[
    "critical data corruption",
    "tocommit is out of range",
    "tocommit(2) is out of range [lastIndex(0)]",
];

/// The page's English texts and their Chinese.
fn catalogue() -> BTreeMap<String, String> {
    let path = playground_tests::root().join("web/lang/zh.txt");
    let text = std::fs::read_to_string(path).expect("the catalogue");
    let lines: Vec<&str> = text.lines().collect();
    let pairs = lines.windows(2).filter_map(|pair| {
        let translation = pair[1].strip_prefix('\t')?;
        Some((pair[0].to_string(), translation.to_string()))
    });
    pairs.collect()
}

/// Every file of the gallery by its path.
fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for file in std::fs::read_dir(folder).expect("a folder of the gallery") {
        let path = file.expect("a readable file").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "raft") {
            found.push(path);
        }
    }
}

/// What stands between “ and ”.
fn quoted(line: &str) -> Vec<&str> {
    let parts = line.split('“').skip(1);
    parts.filter_map(|part| Some(part.split_once('”')?.0)).collect()
}

#[test]
fn lessons_call_controls_by_the_names_that_stand_on_them() {
    let catalogue = catalogue();
    assert!(catalogue.len() > 500, "where is it?");
    let mut paths = Vec::new();
    files(&playground_tests::root().join("web/gallery"), &mut paths);
    paths.sort();
    let (mut wrong, mut compared) = (String::new(), 0);
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("a readable file");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let name = path.file_name().expect("it has a name").to_string_lossy();
        for (pair, number) in lines.windows(2).zip(1..) {
            if !pair[1].starts_with("zh ") {
                continue;
            }
            for name_of in quoted(pair[0]) {
                let Some(translation) = catalogue.get(name_of) else {
                    let is_rule = Rule::ALL.iter().any(|rule| rule.name() == name_of);
                    if !is_rule && !CITED.contains(&name_of) {
                        let _written =
                            writeln!(wrong, "{name}:{number}: no control is called “{name_of}”");
                    }
                    continue;
                };
                compared += 1;
                if !quoted(pair[1]).contains(&translation.as_str()) {
                    let _written = writeln!(
                        wrong,
                        "{name}:{}: “{name_of}” is called “{translation}” in Chinese",
                        number + 1
                    );
                }
            }
        }
    }
    assert!(compared >= 10, "only {compared} names were compared");
    assert!(wrong.is_empty(), "\n{wrong}");
}
