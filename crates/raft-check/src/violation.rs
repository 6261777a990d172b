//! What shows that a property is broken, and its sentence.

use crate::property::Property;
use raft_core::{Index, Micros, NodeId, Position, Term};
use std::fmt;

/// A property that was seen broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Violation {
    /// The property.
    pub property: Property,
    /// When, in simulated microseconds.
    pub at: Micros,
    /// What was seen.
    pub witness: Witness,
}

/// What shows that a property is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Witness {
    /// Two servers led in one term.
    TwoLeaders {
        /// The term.
        term: Term,
        /// Who led first.
        first: NodeId,
        /// Who led next.
        second: NodeId,
    },
    /// A leader changed its log at or before its end.
    LeaderRewrote {
        /// The leader.
        leader: NodeId,
        /// The first index that it changed.
        index: Index,
    },
    /// Two entries of one index and term differ, or follow different entries.
    EntriesDiffer {
        /// The server whose log does not fit.
        server: NodeId,
        /// The index and term that both have.
        at: Position,
    },
    /// A leader lacks an entry that was committed in an earlier term.
    LeaderLacks {
        /// The leader.
        leader: NodeId,
        /// Its term.
        term: Term,
        /// The entry.
        entry: Position,
    },
    /// A leader committed an entry that no majority of the voters has on disk.
    TooFewCopies {
        /// The leader.
        leader: NodeId,
        /// The entry.
        entry: Position,
        /// Who has it on disk.
        copies: Vec<NodeId>,
    },
    /// A number that only grows went back while its server ran.
    WentBack {
        /// The server.
        server: NodeId,
        /// Which number.
        what: Monotonic,
        /// What it was.
        from: u64,
        /// What it is.
        to: u64,
    },
    /// A server gave its word for something that its disk does not hold.
    NotDurable {
        /// The server.
        server: NodeId,
        /// What it gave its word for.
        promise: Promise,
    },
    /// Two decisions that follow each other share no server.
    DisjointQuorums {
        /// Who stood behind the earlier one.
        before: Vec<NodeId>,
        /// Who stands behind this one.
        now: Vec<NodeId>,
    },
    /// A server applied something else than was applied before at that index.
    AppliedDiffers {
        /// The server.
        server: NodeId,
        /// What it applied.
        applied: Position,
        /// What had been applied there.
        before: Position,
    },
}

/// A number of a server that never gets smaller while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Monotonic {
    /// Its current term.
    Term,
    /// Its commit index.
    CommitIndex,
    /// The index up to which it has applied its log.
    AppliedIndex,
}

impl fmt::Display for Monotonic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Monotonic::Term => "term",
            Monotonic::CommitIndex => "commit index",
            Monotonic::AppliedIndex => "applied index",
        })
    }
}

/// What a server gives its word for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Promise {
    /// That it votes for nobody else in this term.
    Vote {
        /// The term.
        term: Term,
        /// For whom.
        candidate: NodeId,
    },
    /// That it holds this entry and all before it.
    Entry(Position),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.witness {
            Witness::TwoLeaders { term, first, second } => {
                write!(f, "{first} and {second} were both elected leader of term {term}")
            }
            Witness::LeaderRewrote { leader, index } => {
                write!(f, "leader {leader} changed its own log at index {index}")
            }
            Witness::EntriesDiffer { server, at } => write!(
                f,
                "{server} holds an entry at index {} of term {} that differs from, or follows \
                 other \
                 entries than, the one written elsewhere",
                at.index, at.term
            ),
            Witness::LeaderLacks { leader, term, entry } => write!(
                f,
                "{leader} leads term {term} without the entry committed at index {} of term {}",
                entry.index, entry.term
            ),
            Witness::TooFewCopies { leader, entry, copies } if copies.is_empty() => write!(
                f,
                "{leader} committed index {} of term {}, which nobody has on disk",
                entry.index, entry.term
            ),
            Witness::TooFewCopies { leader, entry, copies } => write!(
                f,
                "{leader} committed index {} of term {}, which only {} {} on disk",
                entry.index,
                entry.term,
                list(copies),
                if copies.len() == 1 { "has" } else { "have" }
            ),
            Witness::WentBack { server, what, from, to } => {
                write!(f, "{server}’s {what} went back from {from} to {to}")
            }
            Witness::NotDurable { server, promise } => match promise {
                Promise::Vote { term, candidate } => write!(
                    f,
                    "{server} gave {candidate} its vote of term {term}, which its disk does not \
                     hold"
                ),
                Promise::Entry(entry) => write!(
                    f,
                    "{server} acknowledged index {} of term {}, which its disk does not hold",
                    entry.index, entry.term
                ),
            },
            Witness::DisjointQuorums { now, .. } if now.is_empty() => {
                write!(f, "no server stands behind the latest decision")
            }
            Witness::DisjointQuorums { before, now } => write!(
                f,
                "{} decided, and before them {}: no server is in both groups",
                list(now),
                list(before)
            ),
            Witness::AppliedDiffers { server, applied, before } => write!(
                f,
                "{server} applied the entry of term {} at index {}, where the entry of term {} had \
                 been applied",
                applied.term, applied.index, before.term
            ),
        }
    }
}

fn list(ids: &[NodeId]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    ids.join(" ")
}
