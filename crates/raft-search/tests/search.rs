//! Three servers, every state within ten steps; and what a rule is for, by the shortest way to do
//! without it.

use raft_check::Property;
use raft_core::{Rule, RuleSet};
use raft_search::{Budget, Outcome, Plan, search};
use raft_sim::{Session, scenario};

fn quietly(plan: &Plan) -> Outcome {
    search(plan, |_, _| {})
}

#[test]
fn nothing_is_broken_within_ten_steps() {
    let depth = std::env::var("RAFT_DEPTH").ok().and_then(|depth| depth.parse().ok());
    let plan = Plan { depth: depth.unwrap_or(10), ..Plan::default() };
    let outcome = search(&plan, |depth, outcome| {
        // To a person, past the test harness, which keeps what a passing test prints to itself.
        let line = format!(
            "search, depth {depth}: {} states generated, {} distinct, {:.0} a second\n",
            outcome.generated,
            outcome.distinct,
            outcome.rate()
        );
        let _unheard = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    });
    if let Some(violation) = outcome.violation {
        panic!("{} is broken:\n{}", violation.property, violation.scenario);
    }
    assert!(outcome.distinct > 1_000_000 || plan.depth < 10, "{} states", outcome.distinct);
}

/// Finds the shortest violation without a rule, and lets the simulator repeat it.
fn broken_without(rule: Rule, plan: Plan) -> (Property, u32) {
    let plan = Plan { rules: RuleSet::default().without(rule), ..plan };
    let outcome = quietly(&plan);
    let violation = outcome.violation.unwrap_or_else(|| panic!("{rule}: nothing was found"));
    let text = &violation.scenario;
    let read = scenario::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut session = Session::open(read);
    while !session.finish_script(u64::MAX / 2) {}
    let claims = session.script().expect("a scenario").expectations();
    assert!(claims.iter().all(|claim| claim.ok), "{rule}: {claims:?}\n{text}");
    assert_eq!(violation.path.len(), usize::try_from(outcome.depth).expect("few"));
    (violation.property, outcome.depth)
}

#[test]
fn a_forgotten_vote_makes_two_leaders_in_seven_steps() {
    let found = broken_without(Rule::PersistVote, Plan::default());
    assert_eq!(found, (Property::ElectionSafety, 7));
}

#[test]
fn a_second_vote_makes_two_leaders_in_six_steps() {
    let found = broken_without(Rule::VoteOnce, Plan::default());
    assert_eq!(found, (Property::ElectionSafety, 6));
}

#[test]
fn too_few_votes_make_two_leaders_at_once() {
    let (property, steps) = broken_without(Rule::MajorityElects, Plan::default());
    assert_eq!(property, Property::ElectionSafety);
    assert!(steps <= 2, "{steps}");
}

#[test]
fn a_duplicated_answer_makes_a_leader_that_nobody_chose() {
    let budget = Budget { duplicates: 2, crashes: 0, ..Budget::default() };
    let plan = Plan { servers: 5, budget, ..Plan::default() };
    let (property, _) = broken_without(Rule::CountVoters, plan);
    assert_eq!(property, Property::ElectionSafety);
}

#[test]
fn a_leader_without_the_latest_entries_is_found() {
    let budget = Budget { crashes: 0, duplicates: 0, ..Budget::default() };
    let (property, _) =
        broken_without(Rule::VoteUpToDate, Plan { budget, depth: 14, ..Plan::default() });
    assert!(
        matches!(property, Property::LeaderCompleteness | Property::CommittedImmutable),
        "{property}"
    );
}
