//! Every scenario of `tests/scenarios` holds what it claims and goes the same way for ever: its
//! digest is the one written down. `UPDATE_DIGESTS=1` writes them down anew.
#![cfg(not(target_arch = "wasm32"))]

use raft_check::Property;
use raft_core::Rule;
use raft_sim::{ENGINE_VERSION, ScriptState, Session, scenario};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    playground_tests::root().join("tests/scenarios")
}

/// Every scenario by its path below the folder, such as `madraft/backup`.
fn texts() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder()];
    while let Some(inside) = folders.pop() {
        for file in std::fs::read_dir(inside).expect("the scenarios' folder") {
            let path = file.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "raft") {
                let name = path.strip_prefix(folder()).expect("below it").with_extension("");
                let text = std::fs::read_to_string(&path).expect("a readable file");
                found.insert(name.to_str().expect("a plain name").to_string(), text);
            }
        }
    }
    found
}

fn carry_out(text: &str) -> Session {
    let mut session = Session::open(scenario::parse(text).unwrap_or_else(|e| panic!("{e}")));
    while !session.finish_script(u64::MAX / 2) {}
    session
}

#[test]
fn every_scenario_holds_what_it_claims() {
    let mut wrong = String::new();
    let texts = texts();
    assert!(texts.len() >= 20, "where are they?");
    for (name, text) in &texts {
        let session = carry_out(text);
        let script = session.script().expect("a scenario");
        assert!(!script.expectations().is_empty(), "{name} claims nothing");
        for claim in script.expectations().iter().filter(|claim| !claim.ok) {
            let _written =
                writeln!(wrong, "{name}.raft:{}: {}: {}", claim.line, claim.text, claim.found);
        }
        assert!(script.state() == ScriptState::Finished || !wrong.is_empty(), "{name} stopped");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Each rule that can be switched off has a script that breaks what it defends without it, and
/// breaks nothing with it.
#[test]
fn every_rule_is_needed_for_what_it_defends() {
    let texts = texts();
    let mut wrong = String::new();
    for rule in Rule::ALL {
        let Some(text) = texts.get(&format!("rules/{rule}")) else {
            let _written = writeln!(wrong, "there is no rules/{rule}.raft");
            continue;
        };
        let off = format!("rule off {rule}");
        assert!(text.lines().any(|line| line == off), "{rule}: its script has no line `{off}`");
        let violated = |line: &&str| line.starts_with("expect violated ");
        let claimed: Vec<&str> = text.lines().filter(violated).collect();
        assert!(!claimed.is_empty(), "{rule}: its script breaks nothing");
        let with_rule: Vec<&str> =
            text.lines().filter(|line| *line != off && !line.starts_with("expect ")).collect();
        let session = carry_out(&with_rule.join("\n"));
        let script = session.script().expect("a scenario");
        // These two say when a change of membership is taken at all: with them it is refused.
        let refuses = matches!(rule, Rule::ConfigOwnTerm | Rule::OneConfigAtATime);
        if script.state() != ScriptState::Finished && !refuses {
            let _written = writeln!(
                wrong,
                "{rule}: with the rule the script stops: {:?}",
                script.expectations().last()
            );
        }
        for line in claimed {
            let name = line.trim_start_matches("expect violated ").trim();
            let property = Property::from_name(name).expect("a property");
            if session.world().is_violated(property) {
                let _written = writeln!(wrong, "{rule}: {property} is broken with the rule too");
            }
        }
        if let Some(violation) = session.world().violations().first() {
            let _written = writeln!(wrong, "{rule}: broken with the rule: {violation}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_scenario_goes_the_way_it_always_went() {
    let now: BTreeMap<String, String> = texts()
        .into_iter()
        .map(|(name, text)| (name, format!("{:016x}", carry_out(&text).world().digest())))
        .collect();
    let file = folder().join("digests.txt");
    if std::env::var_os("UPDATE_DIGESTS").is_some() {
        return write(&file, &now);
    }
    let text = std::fs::read_to_string(&file).expect("digests.txt");
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let engine = lines.next().and_then(|line| line.strip_prefix("engine "));
    assert_eq!(engine, Some(ENGINE_VERSION.to_string().as_str()), "UPDATE_DIGESTS=1 writes it");
    let before: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(' '))
        .map(|(name, digest)| (name.to_string(), digest.to_string()))
        .collect();
    let moved: Vec<&String> = now
        .keys()
        .chain(before.keys())
        .filter(|name| now.get(*name) != before.get(*name))
        .collect();
    assert!(
        moved.is_empty(),
        "these scenarios take a different course now: {moved:?}\n\
         If one is new or its text changed, UPDATE_DIGESTS=1 writes its digest down. If the engine \
         changed, so do old links and saved runs: raise ENGINE_VERSION in \
         crates/raft-sim/src/lib.rs first."
    );
}

fn write(file: &Path, digests: &BTreeMap<String, String>) {
    let mut text = String::from(
        "# What each scenario comes to. A change of the engine that moves one raises its \
         version.\n",
    );
    let _written = writeln!(text, "engine {ENGINE_VERSION}");
    for (name, digest) in digests {
        let _written = writeln!(text, "{name} {digest}");
    }
    std::fs::write(file, text).expect("a writable file");
}

#[test]
fn a_scenario_gives_the_same_run_whether_it_is_finished_at_once_or_step_by_step() {
    for (name, text) in texts() {
        let whole = carry_out(&text);
        let mut steps = Session::open(scenario::parse(&text).expect("it was read before"));
        while !steps.finish_script(1) {}
        assert_eq!(steps.world().digest(), whole.world().digest(), "{name}");
    }
}

#[test]
fn the_text_of_a_scenarios_run_gives_the_same_run() {
    for (name, text) in texts() {
        let session = carry_out(&text);
        let moment = session.world().moment();
        let again = carry_out(&format!("{}@{moment} say end\n", session.text()));
        assert_eq!(again.world().digest(), session.world().digest(), "{name}");
    }
}

#[test]
fn going_back_in_a_scenarios_run_and_forth_again_changes_nothing() {
    for (name, text) in texts() {
        let mut session = carry_out(&text);
        let (moment, events, digest) =
            (session.world().moment(), session.world().events(), session.world().digest());
        session.seek_event(events / 2);
        assert_eq!(session.world().events(), events / 2, "{name}");
        session.seek(moment.time / 3);
        session.seek_moment(moment);
        assert_eq!(
            (session.world().events(), session.world().digest()),
            (events, digest),
            "{name}"
        );
        assert_eq!(session.branches().len(), 1, "{name}");
    }
}
