//! Three servers of `raft-core`, one of which is made to vote twice: the checker, told of every
//! step, finds two leaders in one term and says who they are.
//!
//! `cargo run --example safety`

use raft_check::{Checker, Property, Sighting, Witness};
use raft_core::{
    Config, Durable, Index, Input, Message, Node, NodeId, Output, Rule, RuleSet, Timer,
};
use std::collections::VecDeque;
use std::sync::Arc;

struct Cluster {
    nodes: Vec<Node>,
    mail: VecDeque<Message>,
    checker: Checker,
    /// Counts the steps; the checker says of a violation when it was seen.
    step: u64,
}

impl Cluster {
    /// Three servers that have just been switched on, by these rules.
    fn by(rules: RuleSet) -> Cluster {
        let node = |id| {
            let mut config = Config::new(NodeId(id));
            config.rules = rules;
            Node::new(Arc::new(config), Durable::of((1..=3).map(NodeId)))
        };
        let nodes = (1..=3).map(node).collect();
        Cluster { nodes, mail: VecDeque::new(), checker: Checker::default(), step: 0 }
    }

    /// One input to one server, whose disk takes no time, and a look at what it has become.
    fn give(&mut self, id: NodeId, input: Input) {
        let node = self.nodes.iter_mut().find(|node| node.id() == id).expect("a server");
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut outputs = Vec::new();
            node.step(input, &mut outputs);
            let mut written_from: Option<Index> = None;
            for output in outputs {
                match output {
                    Output::Send(message) | Output::SendAfter(_, message) => {
                        self.mail.push_back(message);
                    }
                    Output::Persist(write) => {
                        written_from = write.log.map(|log| log.first_index);
                        inputs.push_back(Input::Persisted(write.id));
                    }
                    Output::SetTimer(..)
                    | Output::CancelTimer(_)
                    | Output::Restore(_)
                    | Output::SnapshotWanted
                    | Output::Read { .. }
                    | Output::Proposed(_)
                    | Output::Note(_) => {}
                }
            }
            while let Some((_, last)) = node.next_apply() {
                inputs.push_back(Input::Applied(last));
            }
            self.step += 1;
            let seen = Sighting {
                id: node.id(),
                term: node.term(),
                is_leader: node.is_leader(),
                log: node.log(),
                written_from,
                commit_index: node.commit_index(),
                applied_index: node.applied_index(),
            };
            self.checker.observe(self.step, seen);
        }
    }

    fn deliver_all(&mut self) {
        while let Some(message) = self.mail.pop_front() {
            self.give(message.to, Input::Receive(message));
        }
    }
}

fn main() {
    // As Raft is: two servers stand for election at once, and at most one of them wins.
    let mut cluster = Cluster::by(RuleSet::default());
    cluster.give(NodeId(1), Input::Timer(Timer::Election));
    cluster.give(NodeId(2), Input::Timer(Timer::Election));
    cluster.deliver_all();
    assert_eq!(cluster.checker.violations(), []);
    assert_eq!(cluster.checker.leader_of(1), Some(NodeId(1)));

    // The same with voters that vote twice in a term.
    let mut cluster = Cluster::by(RuleSet::default().without(Rule::VoteOnce));
    cluster.give(NodeId(1), Input::Timer(Timer::Election));
    cluster.give(NodeId(2), Input::Timer(Timer::Election));
    cluster.deliver_all();
    for violation in cluster.checker.violations() {
        println!("step {}: {}: {violation}", violation.at, violation.property);
    }
    let first = &cluster.checker.violations()[0];
    assert_eq!(first.property, Property::ElectionSafety);
    let two = Witness::TwoLeaders { term: 1, first: NodeId(1), second: NodeId(2) };
    assert_eq!(first.witness, two);
}

#[test]
fn the_violation_is_found() {
    main();
}
