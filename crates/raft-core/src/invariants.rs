//! What must hold of a server after every step, whatever it was told. Apart from the protocol, so
//! that the two cannot share a mistake; compiled only where debug assertions are.
//!
//! Messages may be hostile and rules may be switched off, here or elsewhere. So nothing is claimed
//! that a message alone can break, and what a rule defends is claimed only of a server that has had
//! it in force all along. Where the server itself has noted that what it had committed is gone, or
//! begins with a disk that no server writes, what rests on that is no longer claimed.

mod leader;
#[cfg(test)]
mod tests;

use crate::durable::Durable;
use crate::io::Output;
use crate::log::Log;
use crate::membership::Membership;
use crate::node::Node;
use crate::note::{Impossible, Note};
use crate::progress::Progress;
use crate::role::{Leader, Role};
use crate::rules::{Rule, RuleSet};
use crate::types::{Index, NodeId, Term};

/// One thing that must hold.
struct Invariant {
    name: &'static str,
    /// Why it holds, and what goes wrong without it.
    why: &'static str,
    holds: fn(&Node) -> bool,
}

/// What a server was like after the step before, and what may be claimed of it.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    term: Term,
    vote: Option<NodeId>,
    commit_index: Index,
    done: Index,
    /// The rules that have held in every step.
    rules: RuleSet,
    /// The widest window so far, in messages: a narrower one takes nothing back.
    window: usize,
    /// What it had committed may be gone.
    doubtful: bool,
}

impl Watch {
    /// Of a server that begins with this disk.
    pub(crate) fn new(durable: &Durable, commit_index: Index) -> Watch {
        let snapshot = durable.snapshot.position.index;
        let log = &durable.log;
        Watch {
            term: durable.term,
            vote: durable.vote,
            commit_index,
            done: snapshot,
            rules: RuleSet::default(),
            window: 1,
            doubtful: log.base().index > snapshot || snapshot > log.last_index(),
        }
    }
}

impl Node {
    /// Closes a step in debug builds; `out` is what has come of it.
    ///
    /// # Panics
    /// Where an invariant is broken: that is a mistake in this crate, whatever the input was.
    pub(crate) fn assert_invariants(&mut self, out: &[Output]) {
        self.watch.rules = self.watch.rules.both(self.config.rules);
        self.watch.window = self.watch.window.max(self.config.window.messages);
        self.watch.doubtful |= out.iter().any(undoes_commits);
        if let Err((name, why)) = self.first_broken() {
            panic!("{} broke the invariant {name}: {why}\n{self:#?}", self.id());
        }
        self.watch.term = self.durable.term;
        self.watch.vote = self.durable.vote;
        self.watch.commit_index = self.commit_index;
        self.watch.done = self.applying.done;
    }

    /// The first invariant that does not hold: its name, and why it should.
    fn first_broken(&self) -> Result<(), (&'static str, &'static str)> {
        let mut all = SERVER.iter().chain(leader::LEADER);
        match all.find(|invariant| !(invariant.holds)(self)) {
            None => Ok(()),
            Some(broken) => Err((broken.name, broken.why)),
        }
    }

    fn always_held(&self, rule: Rule) -> bool {
        self.watch.rules.holds(rule)
    }
}

/// Whether what was committed here is gone: with a rule switched off somewhere, it can be.
fn undoes_commits(output: &Output) -> bool {
    let Output::Note(Note::Impossible(what)) = output else { return false };
    match what {
        Impossible::CommittedEntryReplaced { .. } | Impossible::SnapshotGoesBack { .. } => true,
        Impossible::TwoLeaders { .. }
        | Impossible::MatchBeyondLog { .. }
        | Impossible::CommitBeyondLog { .. } => false,
    }
}

/// What holds of every server.
const SERVER: &[Invariant] = &[
    Invariant {
        name: "term-never-falls",
        why: "a server that went back a term could vote in it twice (§5.1)",
        holds: |node| node.durable.term >= node.watch.term,
    },
    Invariant {
        name: "vote-is-kept",
        why: "two votes of one server in one term could elect two leaders (§5.2)",
        holds: |node| {
            let Watch { term, vote, .. } = node.watch;
            !node.always_held(Rule::VoteOnce)
                || !node.always_held(Rule::KeepVote)
                || node.durable.term != term
                || vote.is_none()
                || node.durable.vote == vote
        },
    },
    Invariant {
        name: "candidate-has-a-term",
        why: "term 0 is before the first election: every candidate has started a higher one",
        holds: |node| match node.role {
            Role::Candidate(_) | Role::Leader(_) => node.durable.term > 0,
            Role::Follower { .. } | Role::PreCandidate(_) => true,
        },
    },
    Invariant {
        name: "candidate-votes-for-itself",
        why: "its own vote is among those it counts, so nobody else may have it (§5.2)",
        holds: |node| match node.role {
            Role::Candidate(_) | Role::Leader(_) => {
                node.durable.vote == Some(node.id()) || !node.always_held(Rule::VoteOnce)
            }
            Role::Follower { .. } | Role::PreCandidate(_) => true,
        },
    },
    Invariant {
        name: "votes-were-answers",
        why: "every vote that counts was an answer, and an answer counts at most once",
        holds: |node| match &node.role {
            Role::Candidate(candidate) | Role::PreCandidate(candidate) => {
                let yes = candidate.votes.values().filter(|granted| **granted).count();
                yes <= candidate.yes_answers as usize
            }
            Role::Follower { .. } | Role::Leader(_) => true,
        },
    },
    Invariant {
        name: "lease-is-a-followers",
        why: "only who follows a leader may refuse others for its sake",
        holds: |node| !node.leased || matches!(node.role, Role::Follower { leader: Some(_) }),
    },
    Invariant {
        name: "no-candidate-awaits-a-snapshot",
        why: "its log is not on its disk, so it must not offer it to voters",
        holds: |node| match node.role {
            Role::Candidate(_) | Role::PreCandidate(_) | Role::Leader(_) => {
                !node.unsynced.has_snapshot()
            }
            Role::Follower { .. } => true,
        },
    },
    Invariant {
        name: "log-is-numbered",
        why: "entries are found by their distance from the first, so each must stand at its index",
        holds: |node| {
            let log = &node.durable.log;
            let (first, last) = (log.iter().next(), log.iter().next_back());
            first.is_none_or(|entry| entry.index == log.first_index())
                && last.is_none_or(|entry| entry.index == log.last_index())
        },
    },
    Invariant {
        name: "snapshot-covers-what-is-dropped",
        why: "an entry that neither log nor snapshot has is lost to this server (§7)",
        holds: |node| {
            node.watch.doubtful || base(&node.durable.log) <= node.durable.snapshot.position.index
        },
    },
    Invariant {
        name: "snapshot-is-committed",
        why: "a snapshot is of what was applied, and only what is committed is (§7)",
        holds: |node| {
            node.watch.doubtful || node.durable.snapshot.position.index <= node.commit_index
        },
    },
    Invariant {
        name: "commit-within-log",
        why: "what is committed here must be here to be applied (Figure 2)",
        holds: |node| node.watch.doubtful || node.commit_index <= node.durable.log.last_index(),
    },
    Invariant {
        name: "only-committed-is-dropped",
        why: "an entry that is not committed may have to be replaced, so it must be there",
        holds: |node| node.watch.doubtful || base(&node.durable.log) <= node.commit_index,
    },
    Invariant {
        name: "commit-never-falls",
        why: "Figure 2: it \"increases monotonically\"; clients were told so",
        holds: |node| node.watch.doubtful || node.commit_index >= node.watch.commit_index,
    },
    Invariant {
        name: "durable-within-log",
        why: "an acknowledgement of what the log no longer has would count for what replaced it",
        holds: |node| node.durable_index() <= node.durable.log.last_index(),
    },
    Invariant {
        name: "dropped-is-durable",
        why: "only what is on the disk may leave the log that stands for it",
        holds: |node| node.watch.doubtful || base(&node.durable.log) <= node.durable_index(),
    },
    Invariant {
        name: "given-is-committed",
        why: "what the state machine has got cannot be taken back (§5.4.3)",
        holds: |node| node.watch.doubtful || node.applying.given <= node.commit_index,
    },
    Invariant {
        name: "applied-was-given",
        why: "nothing is reported as applied that was not handed out",
        holds: |node| node.applying.done <= node.applying.given,
    },
    Invariant {
        name: "applied-is-in-force",
        why: "a change of membership takes effect no later than it counts as applied",
        holds: |node| node.applying.done <= node.applying.config,
    },
    Invariant {
        name: "in-force-is-committed",
        why: "a change that may yet be replaced must not decide who votes",
        holds: |node| node.watch.doubtful || node.applying.config <= node.commit_index,
    },
    Invariant {
        name: "applied-never-falls",
        why: "an entry that is applied twice is done twice",
        holds: |node| node.watch.doubtful || node.applying.done >= node.watch.done,
    },
    Invariant {
        name: "step-leaves-nothing-unasked",
        why: "a change that no write carries would be acknowledged and lost in a crash",
        holds: |node| node.unsynced.is_flushed(),
    },
    Invariant {
        name: "writes-are-numbered",
        why: "one report covers all writes before it, so their numbers must be their order",
        holds: |node| node.unsynced.is_numbered(),
    },
    Invariant {
        name: "writes-of-past-terms",
        why: "a write is begun in the present term, and terms never fall",
        holds: |node| node.unsynced.latest_term() <= node.durable.term,
    },
    Invariant {
        name: "writes-cover-the-log",
        why: "once done, a write makes durable only what has not been written over since",
        holds: |node| {
            !node.always_held(Rule::AckOwnTerm)
                || node.unsynced.furthest_write() <= node.durable.log.last_index()
        },
    },
    Invariant {
        name: "members-are-in-order",
        why: "members are looked up by bisection: out of order, some would not be found",
        holds: |node| node.membership.is_in_order(),
    },
    Invariant {
        name: "learners-have-no-vote",
        why: "a server that was counted as both would vote and not be asked to",
        holds: |node| node.membership.learners_are_apart(),
    },
    Invariant {
        name: "only-joint-is-half-way",
        why: "whoever waits to become a learner is a voter that goes out; without such there is \
              nothing to leave",
        holds: |node| node.membership.is_half_way_only_in_joint(),
    },
];

fn base(log: &Log) -> Index {
    log.base().index
}

impl Membership {
    fn is_in_order(&self) -> bool {
        let Membership { voters, outgoing, learners, learners_next, .. } = self;
        [voters, outgoing, learners, learners_next].iter().all(|ids| ids.is_sorted_by(|a, b| a < b))
    }

    fn learners_are_apart(&self) -> bool {
        self.learners.iter().all(|id| !self.is_voter(*id))
    }

    fn is_half_way_only_in_joint(&self) -> bool {
        let goes_out = |id: &NodeId| self.outgoing.contains(id) && !self.voters.contains(id);
        self.learners_next.iter().all(goes_out) && (self.is_joint() || !self.auto_leave)
    }
}
