//! What must hold of a leader: of its progress, its windows and what waits in it.

use super::{Invariant, Leader, Node, Progress, Role, Rule};
use crate::progress::{Flow, Inflight};
use crate::types::{Index, NodeId};

fn leader(node: &Node) -> Option<&Leader> {
    match &node.role {
        Role::Leader(leader) => Some(leader),
        Role::Follower { .. } | Role::PreCandidate(_) | Role::Candidate(_) => None,
    }
}

fn leads(node: &Node, holds: impl Fn(&Leader) -> bool) -> bool {
    leader(node).is_none_or(holds)
}

fn each(node: &Node, holds: impl Fn(NodeId, &Progress) -> bool) -> bool {
    leads(node, |leader| leader.progress.iter().all(|(id, progress)| holds(*id, progress)))
}

fn each_window(node: &Node, holds: impl Fn(&Progress, &Inflight) -> bool) -> bool {
    each(node, |_, progress| match &progress.flow {
        Flow::Replicate(inflight) => holds(progress, inflight),
        Flow::Probe | Flow::Snapshot { .. } => true,
    })
}

/// A leader's log only grows: "a leader never overwrites or deletes entries in its log" (Figure 3).
/// It does where it takes orders of an older term.
fn only_grows(node: &Node) -> bool {
    node.always_held(Rule::RefuseStaleAppend) && !node.watch.doubtful
}

fn last(node: &Node) -> Index {
    node.durable.log.last_index()
}

/// What holds of every leader.
pub(super) const LEADER: &[Invariant] = &[
    Invariant {
        name: "progress-is-in-order",
        why: "messages go out in this order: another would make other runs of the same inputs",
        holds: |node| leads(node, |leader| leader.progress.is_sorted_by(|(a, _), (b, _)| a < b)),
    },
    Invariant {
        name: "progress-of-every-member",
        why: "a member that is not followed gets nothing; a stranger that is could be counted",
        holds: |node| {
            leads(node, |leader| {
                let members = node.membership.members();
                members.iter().eq(leader.progress.iter().map(|(id, _)| id))
            })
        },
    },
    Invariant {
        name: "progress-knows-learners",
        why: "leadership must not be handed to a server without a vote",
        holds: |node| each(node, |id, p| p.is_learner == node.membership.is_learner(id)),
    },
    Invariant {
        name: "next-after-match",
        why: "what is known to be there is not sent again (Figure 2)",
        holds: |node| !only_grows(node) || each(node, |_, p| p.match_index < p.next_index),
    },
    Invariant {
        name: "next-within-log",
        why: "the next entry to send is in the log, or is the one that will be appended",
        holds: |node| !only_grows(node) || each(node, |_, p| p.next_index <= last(node) + 1),
    },
    Invariant {
        name: "match-within-log",
        why: "nobody holds what the leader never had: it would commit what is not there",
        holds: |node| !only_grows(node) || each(node, |_, p| p.match_index <= last(node)),
    },
    Invariant {
        name: "told-is-committed",
        why: "a follower that is told too high a commit index would apply too much",
        holds: |node| !only_grows(node) || each(node, |_, p| p.commit_sent <= node.commit_index),
    },
    Invariant {
        name: "snapshot-under-way-exists",
        why: "what a follower waits for is a snapshot that this server has had",
        holds: |node| {
            let newest = node.durable.snapshot.position.index;
            each(node, |_, progress| match progress.flow {
                Flow::Snapshot { pending } => pending <= newest,
                Flow::Probe | Flow::Replicate(_) => true,
            })
        },
    },
    Invariant {
        name: "snapshot-needs-no-pause",
        why: "a snapshot under way holds everything up by itself: a second reason would outlast it",
        holds: |node| each(node, |_, p| !(p.paused && matches!(p.flow, Flow::Snapshot { .. }))),
    },
    Invariant {
        name: "window-is-in-order",
        why: "an acknowledgement frees the oldest up to its index, and would stop at one misplaced",
        holds: |node| {
            each_window(node, |_, sent| sent.messages().is_sorted_by(|(a, _), (b, _)| a < b))
        },
    },
    Invariant {
        name: "window-holds-what-is-unanswered",
        why: "what is known to have arrived is no longer under way; what was not sent is not yet",
        holds: |node| {
            !only_grows(node)
                || each_window(node, |progress, sent| {
                    let open = progress.match_index + 1..progress.next_index;
                    sent.messages().all(|(last, _)| open.contains(&last))
                })
        },
    },
    Invariant {
        name: "window-counts-its-bytes",
        why: "a count that drifts closes the window for good, or never",
        holds: |node| {
            each_window(node, |_, sent| {
                sent.bytes() == sent.messages().map(|(_, bytes)| bytes).sum::<u64>()
            })
        },
    },
    Invariant {
        name: "window-is-kept",
        why: "a slow follower must not be sent more than it was agreed to",
        holds: |node| each_window(node, |_, sent| sent.len() <= node.watch.window),
    },
    Invariant {
        name: "log-ends-in-own-term",
        why: "it begins with an entry of its term and appends no other: by that it commits (§8)",
        holds: |node| {
            !node.always_held(Rule::LeaderNoop)
                || !only_grows(node)
                || leads(node, |_| node.durable.log.last().term == node.durable.term)
        },
    },
    Invariant {
        name: "pending-change-within-log",
        why: "a change that is waited for and stands nowhere would block all others",
        holds: |node| !only_grows(node) || leads(node, |l| l.pending_config <= last(node)),
    },
    Invariant {
        name: "transfer-is-to-another-voter",
        why: "only a voter can win the election that it is told to begin (§3.10)",
        holds: |node| {
            let id = node.id();
            leads(node, |leader| {
                let stays = leader.get(id).is_some_and(|progress| !progress.is_learner);
                let may = |to: NodeId| to != id && (!stays || node.membership.is_voter(to));
                leader.transfer.is_none_or(may)
            })
        },
    },
    Invariant {
        name: "reads-are-of-what-is-committed",
        why: "a read beyond the commit index could show what is never committed (§8)",
        holds: |node| {
            !only_grows(node)
                || leads(node, |leader| {
                    let mut reads = leader.reads.waiting().iter();
                    reads.all(|read| read.index <= node.commit_index)
                })
        },
    },
    Invariant {
        name: "reads-are-in-order",
        why: "to confirm one read confirms all before it, so none before may need more",
        holds: |node| {
            !only_grows(node)
                || leads(node, |l| l.reads.waiting().is_sorted_by_key(|read| read.index))
        },
    },
    Invariant {
        name: "reads-wait-for-the-first-commit",
        why: "once an entry of its term is committed, nothing else would let go what waited for it",
        holds: |node| {
            !only_grows(node)
                || leads(node, |leader| {
                    let committed = node.durable.log.term_at(node.commit_index);
                    leader.postponed_reads.is_empty() || committed != Some(node.durable.term)
                })
        },
    },
    Invariant {
        name: "departure-is-committed",
        why: "a leader leaves by a change that is decided, and waits until others know (§4.2.2)",
        holds: |node| {
            !only_grows(node)
                || leads(node, |l| l.leaving.as_ref().is_none_or(|l| l.index <= node.commit_index))
        },
    },
];
