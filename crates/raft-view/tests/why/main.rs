//! “Why not?” on real runs: every cause word for word, and the truth of all answers on random runs.

mod any_run;
mod behind;
mod commits;
mod consoles;
mod leading;
mod offered;
mod other_terms;
mod requests;
mod votes;

use raft_core::NodeId;
use raft_sim::{Session, scenario};
use raft_view::why::{Answer, Question, why_not};

const N1: NodeId = NodeId(1);
const N2: NodeId = NodeId(2);
const N3: NodeId = NodeId(3);
const N4: NodeId = NodeId(4);
const N5: NodeId = NodeId(5);

/// A run of this text, at its end.
fn run(text: &str) -> Session {
    let scenario = scenario::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let mut session = Session::open(scenario);
    while !session.finish_script(u64::MAX / 2) {}
    for claim in session.script().expect("a scenario").expectations() {
        assert!(claim.ok, "{}: {}", claim.text, claim.found);
    }
    session
}

/// Fixed delays, and timers that leave the servers alone.
const QUIET: &str = "seed 1
latency 10ms..10ms
fsync 2ms..2ms
election-timeout 60s..60s
heartbeat 1s
pre-vote off
check-quorum off
reads log
forwarding off
";

/// n1 leads term 1 of five servers and everybody has its first entry; then this happens.
fn after(actions: &str) -> Session {
    with("", actions)
}

/// The same with further settings.
fn with(settings: &str, actions: &str) -> Session {
    let name = |line: &str| line.split(' ').next().map(str::to_string);
    let given: Vec<_> = settings.lines().map(name).collect();
    let usual: Vec<&str> = QUIET.lines().filter(|line| !given.contains(&name(line))).collect();
    let usual = usual.join("\n");
    run(&format!("nodes 5\n{usual}\n{settings}\ntimeout n1\nrun until converged\n{actions}"))
}

/// Question, answer, what comes next, and the section.
fn said(session: &Session, question: Question) -> String {
    match why_not(session, &question) {
        Some(Answer { question, answer, next, cite, .. }) => {
            let sentences = answer.replace(". ", ".\n");
            let next = next.replace(". ", ".\n> ");
            format!("{question}\n{sentences}\n> {next}\n[{cite}]")
        }
        None => "nothing to explain".into(),
    }
}
