//! etcd's own test data: majorities and changes of membership exact, and scripted clusters byte for
//! byte but for the wording of the log.
#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;

/// Runs every file of a folder, and holds how many cases there are.
fn run_all(part: &str, cases: usize) {
    let Some(folder) = playground_tests::conformance(part) else { return };
    let mut found = 0;
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("a folder").map(|file| file.expect("a file")).collect();
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        found += run(&file.path());
    }
    assert_eq!(found, cases, "cases in {}", folder.display());
}

fn run(file: &Path) -> usize {
    let text = std::fs::read_to_string(file).expect("a readable file");
    let report = raft_conformance::run(&text)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()));
    if let Some(found) = report.difference {
        panic!(
            "{}:{}: `{}`\nexpected:\n{}\nfound:\n{}",
            file.display(),
            found.line,
            found.command,
            found.expected,
            found.found
        );
    }
    report.cases
}

#[test]
fn every_quorum_case_of_etcd_comes_out_and_draws_as_it_does_there() {
    run_all("etcd-raft/quorum", 127);
}

#[test]
fn every_change_of_membership_of_etcd_comes_out_as_it_does_there() {
    run_all("etcd-raft/confchange", 58);
}

#[test]
fn every_scripted_cluster_of_etcd_goes_as_it_does_there() {
    run_all("etcd-raft/interaction", 558);
}

#[test]
fn a_difference_is_found_and_named() {
    let text = "add-nodes 1 voters=(1) index=3\n----\nok\n\ncampaign \
                1\n----\nok\n\nstabilize\n----\n\
                > 1 handling Ready\n  Ready MustSync=true:\n  Lead:0 State:StateLeader\n";
    let difference = raft_conformance::run(text).expect("readable").difference.expect("one");
    assert_eq!((difference.line, difference.command.as_str()), (9, "stabilize"));
    assert!(difference.found.contains("State:StateCandidate"), "{}", difference.found);
    assert!(raft_conformance::run("campaign 1\n").is_err(), "what is no such file is refused");
}
