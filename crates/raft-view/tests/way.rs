//! What the way of a request says is so at each moment.
#![allow(missing_docs)]

use raft_sim::{Session, scenario};
use raft_view::way::{State, Step, Way, way};

const START: &str = "nodes 3\nseed 2\nlatency 10ms..10ms\npre-vote off\ncheck-quorum off\n";
const ELECT: &str = "timeout n1\nrun until converged\nput x old\nrun until converged\n";

/// The way of the last request after all of this.
fn after(text: &str) -> Way {
    let scenario = scenario::parse(&format!("{START}{text}")).expect("a right text");
    let mut session = Session::open(scenario);
    assert!(session.finish_script(100_000), "it ends");
    way(session.world()).expect("a request was made")
}

fn confirm(way: &Way) -> &Step {
    way.steps.iter().find(|step| step.name == "Confirm").expect("a read past the log")
}

#[test]
fn a_leader_that_a_majority_follows_still_leads() {
    let way = after(&format!("{ELECT}get x via n1\nrun until reply 2 ok"));
    let step = confirm(&way);
    assert_eq!(step.state, State::Done);
    assert_eq!(step.text, "The leader still leads: what is committed up to 2 counts.");
}

#[test]
fn a_leader_that_another_has_replaced_leads_no_longer() {
    let way = after(&format!(
        "rule off read-quorum\n{ELECT}partition n1 | rest\nrun until leaders 2\nput x new\n\
         run until reply 2 ok\nget x via n1\nrun until reply 3 ok"
    ));
    let step = confirm(&way);
    assert_eq!(step.state, State::Failed);
    assert_eq!(step.text, "n1 leads no longer, and takes index 2 for the last committed.");
    assert!(way.is_over && way.steps.iter().all(|step| step.state != State::Now));
}
