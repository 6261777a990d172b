//! What is decided about logs, commits and snapshots.

use super::say;
use crate::words::Sentence;
use raft_core::{AppendRejection, Index, NodeId, Position, Term};

const APPEND: &str = "AppendEntries · §5.3";
const INSTALL: &str = "InstallSnapshot · §7";

pub(super) fn appended(id: NodeId, index: Index) -> Sentence {
    let text = tr!("{} puts the command into its log at **index {}** and sends it on.", id, index);
    say(text, APPEND)
}

pub(super) fn stored(id: NodeId, from: NodeId, first: Index, last: Index) -> Sentence {
    let text = if first == last {
        tr!("{} stores entry {} from {}.", id, first, from)
    } else {
        tr!("{} stores entries {} to {} from {}.", id, first, last, from)
    };
    say(text, APPEND)
}

pub(super) fn truncated(id: NodeId, leader: NodeId, from: Index, to: Index) -> Sentence {
    let text = if from == to {
        tr!("{} removes entry {}: leader {} holds something else there.", id, from, leader)
    } else {
        tr!(
            "{} removes entries {} to {}: leader {} holds something else there.",
            id,
            from,
            to,
            leader
        )
    };
    say(text, APPEND)
}

pub(super) fn rejected(
    id: NodeId,
    leader: NodeId,
    previous: Position,
    because: AppendRejection,
) -> Sentence {
    let text = match because {
        AppendRejection::StaleTerm => {
            tr!("{} refuses {}’s entries: {}’s term is over.", id, leader, leader)
        }
        AppendRejection::Missing { last } => tr!(
            "{} refuses {}’s entries: they follow index {}, and its log ends at {}.",
            id,
            leader,
            previous.index,
            last
        ),
        AppendRejection::Conflict { ours } => tr!(
            "{} refuses {}’s entries: at index {} it has an entry of term {}, not {}.",
            id,
            leader,
            previous.index,
            ours,
            previous.term
        ),
    };
    say(text, APPEND)
}

pub(super) fn stepped_back(id: NodeId, follower: NodeId, from: Index, to: Index) -> Sentence {
    let text =
        tr!("{} steps back for {}: it tries index {} instead of {}.", id, follower, to, from);
    say(text, "nextIndex · §5.3")
}

/// etcd's words, which its users search for, and what they mean.
pub(super) fn stopped(id: NodeId, commit_index: Index, last: Index) -> Sentence {
    let text = tr!(
        "{} **stops**: tocommit({}) is out of range [lastIndex({})]. Was the raft log corrupted, \
         truncated, or lost? It lacks what it had acknowledged, so etcd’s server panics.",
        id,
        commit_index,
        last
    );
    say(text, "etcd raft, log.go")
}

pub(super) fn acknowledged_lost(
    id: NodeId,
    follower: NodeId,
    acknowledged: Index,
    to: Index,
) -> Sentence {
    let text = tr!(
        "{} had acknowledged everything up to index {} and lacks it: {} goes back to index {} and \
         sends it again.",
        follower,
        acknowledged,
        id,
        to
    );
    say(text, "nextIndex · §5.3")
}

pub(super) fn leader_committed(id: NodeId, first: Index, last: Index) -> Sentence {
    let text = if first == last {
        tr!("Entry {} is on a majority: leader {} **commits** it.", first, id)
    } else {
        tr!("Entries {} to {} are on a majority: leader {} **commits** them.", first, last, id)
    };
    say(text, "§5.3, §5.4.2")
}

pub(super) fn commit_learnt(id: NodeId, first: Index, last: Index) -> Sentence {
    let text = if first == last {
        tr!("{} learns that entry {} is committed.", id, first)
    } else {
        tr!("{} learns that entries {} to {} are committed.", id, first, last)
    };
    say(text, "§5.3")
}

pub(super) fn of_old_term(id: NodeId, index: Index, term: Term) -> Sentence {
    let text = tr!(
        "Index {} is on a majority, yet {} **may not commit it**: it is of \
         term {}, not of {}’s own.",
        index,
        id,
        term,
        id
    );
    say(text, "§5.4.2, Figure 8")
}

pub(super) fn snapshot_sent(id: NodeId, to: NodeId, index: Index) -> Sentence {
    let text =
        tr!("{} sends {} its **snapshot up to {}**: it no longer has the entries.", id, to, index);
    say(text, INSTALL)
}

pub(super) fn installed(id: NodeId, from: NodeId, index: Index) -> Sentence {
    say(tr!("{} replaces its log by {}’s snapshot up to {}.", id, from, index), INSTALL)
}

pub(super) fn ignored(id: NodeId, from: NodeId, index: Index) -> Sentence {
    say(tr!("{}’s snapshot up to {} tells {} nothing new.", from, index, id), INSTALL)
}

pub(super) fn compacted(id: NodeId, index: Index) -> Sentence {
    say(tr!("{} drops its log up to {}; a snapshot covers it.", id, index), "§7")
}
