//! Commands that are not written out: those that a word begins, and those that it may have meant.

use super::commands::{Command, commands};
use crate::Version;

/// The commands in the order in which etcdctl makes them known (`ctlv3/ctl.go`), which is that of
/// its suggestions.
const ORDER: &[&str] = &[
    "get",
    "put",
    "del",
    "txn",
    "compaction",
    "alarm",
    "defrag",
    "endpoint",
    "move-leader",
    "watch",
    "version",
    "lease",
    "member",
    "snapshot",
    "make-mirror",
    "migrate",
    "lock",
    "elect",
    "auth",
    "user",
    "role",
    "check",
    "completion",
    "help",
];

/// The one subcommand that begins so (cobra's `EnablePrefixMatching`).
pub(super) fn beginning(of: &Command, word: &str, version: Version) -> Option<&'static Command> {
    let name = |command: &Command| {
        let rest = command.path.strip_prefix(of.path)?.trim_start();
        (of.is_above(command) && !rest.contains(' ')).then(|| rest.to_string())
    };
    let begins = |command: &&Command| name(command).is_some_and(|it| it.starts_with(word));
    let mut found = commands(version).filter(begins);
    found.next().filter(|_| found.next().is_none())
}

/// What is printed where a word names no command.
pub(super) fn unknown_command(name: &str, version: Version) -> String {
    let is_there = |path: &&str| commands(version).any(|command| command.path == *path);
    let near: Vec<&str> = ORDER
        .iter()
        .copied()
        .filter(is_there)
        .filter(|path| distance(name, path) <= 2 || path.starts_with(&name.to_lowercase()))
        .collect();
    let mut error = format!("unknown command \"{name}\" for \"etcdctl\"");
    if !near.is_empty() {
        error += "\n\nDid you mean this?\n";
        for path in near {
            error += &format!("\t{path}\n");
        }
    }
    format!("Error: {error}\nRun 'etcdctl --help' for usage.\nError: {error}\n")
}

/// How many letters have to be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(!x.eq_ignore_ascii_case(y));
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
