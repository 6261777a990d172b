//! What shows that a property is broken.

use super::names::property;
use super::{all_of, join};
use raft_check::{Monotonic, Promise, Violation, Witness};
use raft_core::{NodeId, Position};
use raft_sim::World;

/// A property that does not hold, and what shows it.
pub fn broken(violation: &Violation) -> String {
    let mut text = tr!("**{}** is broken.", property(violation.property));
    join(&mut text, &witness(&violation.witness));
    text
}

/// The servers that show it.
pub fn servers_of(violation: &Violation) -> Vec<NodeId> {
    let mut all = match &violation.witness {
        Witness::TwoLeaders { first, second, .. } => vec![*first, *second],
        Witness::LeaderRewrote { leader, .. } | Witness::LeaderLacks { leader, .. } => {
            vec![*leader]
        }
        Witness::TooFewCopies { leader, copies, .. } => [&[*leader], &copies[..]].concat(),
        Witness::NotDurable { server, promise: Promise::Vote { candidate, .. } } => {
            vec![*server, *candidate]
        }
        Witness::EntriesDiffer { server, .. }
        | Witness::WentBack { server, .. }
        | Witness::NotDurable { server, promise: Promise::Entry(_) }
        | Witness::AppliedDiffers { server, .. } => vec![*server],
        Witness::DisjointQuorums { before, now } => [&before[..], &now[..]].concat(),
    };
    all.sort_unstable();
    all.dedup();
    all
}

/// What Raft takes for granted and this run has broken, if there is that: no property is promised
/// then. `None` where every server that runs, or has, still has its disk.
pub fn broken_assumption(world: &World) -> Option<String> {
    let servers = world.servers().iter().filter(|server| server.returned_wiped());
    let ids: Vec<NodeId> = servers.map(|server| server.id()).collect();
    (!ids.is_empty()).then(|| {
        tr!(
            "{} came back after losing what was on disk. Raft takes for granted that it stays \
             there \
             (Figure 2, “Persistent state on all servers”): without that, no property is promised.",
            all_of(&ids)
        )
    })
}

fn witness(witness: &Witness) -> String {
    match witness {
        Witness::TwoLeaders { term, first, second } => {
            tr!("{} and {} were both elected leader of term {}.", first, second, term)
        }
        Witness::LeaderRewrote { leader, index } => {
            tr!("Leader {} changed its own log at index {}.", leader, index)
        }
        Witness::EntriesDiffer { server, at: Position { term, index } } => tr!(
            "{} holds an entry at index {} of term {} that differs from the one written elsewhere, \
             or follows other entries.",
            server,
            index,
            term
        ),
        Witness::LeaderLacks { leader, term, entry } => tr!(
            "{} leads term {} without the entry committed at index {} of term {}.",
            leader,
            term,
            entry.index,
            entry.term
        ),
        Witness::TooFewCopies { leader, entry, copies } => too_few(*leader, *entry, copies),
        Witness::WentBack { server, what, from, to } => match what {
            Monotonic::Term => tr!("{}’s term went back from {} to {}.", server, from, to),
            Monotonic::CommitIndex => {
                tr!("{}’s commit index went back from {} to {}.", server, from, to)
            }
            Monotonic::AppliedIndex => {
                tr!("{}’s applied index went back from {} to {}.", server, from, to)
            }
        },
        Witness::NotDurable { server, promise: Promise::Vote { term, candidate } } => tr!(
            "{} gave {} its vote of term {}, which its disk does not hold.",
            server,
            candidate,
            term
        ),
        Witness::NotDurable { server, promise: Promise::Entry(entry) } => tr!(
            "{} acknowledged index {} of term {}, which its disk does not hold.",
            server,
            entry.index,
            entry.term
        ),
        Witness::DisjointQuorums { before, now } => disjoint(before, now),
        Witness::AppliedDiffers { server, applied, before } => tr!(
            "{} applied the entry of term {} at index {}, where the entry of term {} had been \
             applied.",
            server,
            applied.term,
            applied.index,
            before.term
        ),
    }
}

fn too_few(leader: NodeId, Position { term, index }: Position, copies: &[NodeId]) -> String {
    match copies {
        [] => tr!("{} committed index {} of term {}, which no disk holds.", leader, index, term),
        [one] => tr!(
            "{} committed index {} of term {}, which only {} has on disk.",
            leader,
            index,
            term,
            one
        ),
        _ => tr!(
            "{} committed index {} of term {}, which only {} have on disk.",
            leader,
            index,
            term,
            all_of(copies)
        ),
    }
}

fn disjoint(before: &[NodeId], now: &[NodeId]) -> String {
    match (before, now) {
        (_, []) => told!("No server stands behind the latest decision."),
        ([], _) => tr!("{} decided, and no server stands behind the decision before.", all_of(now)),
        (_, _) => tr!(
            "The servers behind the latest decision are {}, and behind the one before {}: no \
             server is in both groups.",
            all_of(now),
            all_of(before)
        ),
    }
}
