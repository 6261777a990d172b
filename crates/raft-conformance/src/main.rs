//! `raft-conformance DIR`: runs every file of a folder and says which came out as expected.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("error: expected the folder that holds the files");
        return ExitCode::from(2);
    };
    match run(Path::new(&folder)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(folder: &Path) -> Result<bool, String> {
    let files = files(folder)?;
    if files.is_empty() {
        return Err(format!("{} holds no files ending in .txt", folder.display()));
    }
    let (mut matched, mut cases) = (0, 0);
    for file in &files {
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let name = file.strip_prefix(folder).unwrap_or(file).display();
        match raft_conformance::run(&text) {
            Err(error) => println!("{name}: cannot be read: {error}"),
            Ok(report) => match report.difference {
                None => {
                    matched += 1;
                    cases += report.cases;
                    println!("{name}: matched, {} cases", report.cases);
                }
                Some(found) => {
                    println!("{name}: differs at line {}, `{}`", found.line, found.command);
                    let expected = found.expected.lines().map(Some).chain(std::iter::repeat(None));
                    let given = found.found.lines().map(Some).chain(std::iter::repeat(None));
                    let first = expected.zip(given).find(|(a, b)| a != b || a.is_none());
                    if let Some((expected, given)) = first {
                        println!("    expected: {}", expected.unwrap_or("(nothing more)"));
                        println!("    found:    {}", given.unwrap_or("(nothing more)"));
                    }
                }
            },
        }
    }
    println!("{matched} of {} files matched; {cases} cases in them", files.len());
    Ok(matched == files.len())
}

/// The files of a folder and of those in it, in order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| format!("cannot read the folder {}: {error}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
