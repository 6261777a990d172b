//! etcd's own cases for majorities and joint majorities, drawn as etcd draws them.

use crate::datafile::Case;
use raft_core::quorum::{
    VoteResult, committed_index, joint_committed_index, joint_vote_result, vote_result,
};
use raft_core::{Index, NodeId};
use std::collections::BTreeMap;
use std::fmt::Write;

type Said = BTreeMap<NodeId, Index>;

/// Carries out one case and says what it prints.
///
/// # Errors
/// Where the case cannot be read.
pub fn run(case: &Case) -> Result<String, String> {
    let numbers = |key: &str| -> Result<Vec<NodeId>, String> {
        Ok(case.numbers(key)?.into_iter().map(NodeId).collect())
    };
    let ids = numbers("cfg")?;
    let joint = case.arguments.iter().any(|argument| argument.key == "cfgj");
    let none = case.values("cfgj").is_some_and(|values| values == ["zero"]);
    let other = if none { Vec::new() } else { numbers("cfgj")? };
    // What a voter said stands in the order in which voters first appear; `_` is not a word at all.
    let mut order: Vec<NodeId> = Vec::new();
    for id in ids.iter().chain(&other) {
        if !order.contains(id) {
            order.push(*id);
        }
    }
    let words = match case.command.as_str() {
        "committed" => case.values("idx"),
        "vote" => case.values("votes"),
        command => return Err(format!("unknown command {command}")),
    };
    let words = words.unwrap_or_default().to_vec();
    if words.len() != order.len() {
        return Err(format!("{} words for the voters {order:?}", words.len()));
    }
    let said: BTreeMap<NodeId, String> =
        order.into_iter().zip(words).filter(|(_, word)| word != "_").collect();
    let half = joint.then_some(other.as_slice());
    if case.command == "vote" {
        let mut votes = BTreeMap::new();
        for (id, word) in said {
            votes.insert(
                id,
                match word.as_str() {
                    "y" => true,
                    "n" => false,
                    word => return Err(format!("neither y nor n: {word}")),
                },
            );
        }
        return Ok(vote(&ids, half, &votes));
    }
    let mut acked = Said::new();
    for (id, word) in said {
        acked.insert(id, word.parse().map_err(|_| format!("no index: {word}"))?);
    }
    Ok(committed(&ids, half, &acked))
}

fn committed(ids: &[NodeId], half: Option<&[NodeId]>, acked: &Said) -> String {
    let look_up = |id| acked.get(&id).copied();
    let Some(other) = half else {
        let index = committed_index(ids, look_up);
        let mut out = draw(ids, acked);
        deviation(&mut out, index, count_the_other_way(ids, acked), "via alternative computation");
        deviation(
            &mut out,
            index,
            joint_committed_index(ids, &[], look_up),
            "via zero-joint quorum",
        );
        deviation(
            &mut out,
            index,
            joint_committed_index(ids, ids, look_up),
            "via self-joint quorum",
        );
        // What is below the committed index does not matter, however far below it is.
        for (id, below) in acked.iter().filter(|(_, said)| **said < index && **said > 0) {
            for lower in [below - 1, 0] {
                let mut lowered = acked.clone();
                lowered.insert(*id, lower);
                let again = committed_index(ids, |id| lowered.get(&id).copied());
                deviation(&mut out, index, again, &format!("overlaying {}->{lower}", id.0));
            }
        }
        let _written = writeln!(out, "{}", shown(index));
        return out;
    };
    let mut everybody: Vec<NodeId> = ids.iter().chain(other).copied().collect();
    everybody.sort_unstable();
    everybody.dedup();
    let index = joint_committed_index(ids, other, look_up);
    let mut out = draw(&everybody, acked);
    deviation(&mut out, index, joint_committed_index(other, ids, look_up), "via symmetry");
    let _written = writeln!(out, "{}", shown(index));
    out
}

fn vote(ids: &[NodeId], half: Option<&[NodeId]>, votes: &BTreeMap<NodeId, bool>) -> String {
    let look_up = |id| votes.get(&id).copied();
    let mut out = String::new();
    let result = match half {
        None => vote_result(ids, look_up),
        Some(other) => {
            let result = joint_vote_result(ids, other, look_up);
            let swapped = joint_vote_result(other, ids, look_up);
            if swapped != result {
                let _written = writeln!(out, "{} <-- via symmetry", named(swapped));
            }
            result
        }
    };
    out + named(result) + "\n"
}

fn named(result: VoteResult) -> &'static str {
    match result {
        VoteResult::Pending => "VotePending",
        VoteResult::Lost => "VoteLost",
        VoteResult::Won => "VoteWon",
    }
}

fn shown(index: Index) -> String {
    if index == Index::MAX { "∞".into() } else { index.to_string() }
}

fn deviation(out: &mut String, index: Index, again: Index, how: &str) {
    if again != index {
        let _written = writeln!(out, "{} <-- {how}", shown(again));
    }
}

/// The highest acknowledged index that a majority has reached, by counting for each.
fn count_the_other_way(ids: &[NodeId], acked: &Said) -> Index {
    if ids.is_empty() {
        return Index::MAX;
    }
    let reached = |index: Index| {
        ids.iter().filter(|id| acked.get(id).is_some_and(|said| *said >= index)).count()
    };
    let candidates = ids.iter().filter_map(|id| acked.get(id)).copied();
    candidates.filter(|index| reached(*index) > ids.len() / 2).max().unwrap_or(0)
}

/// A bar for each voter: as long as the number of voters that said less.
fn draw(ids: &[NodeId], acked: &Said) -> String {
    let all = ids.len();
    if all == 0 {
        return "<empty majority quorum>".into();
    }
    let index_of = |id: &NodeId| acked.get(id).copied().unwrap_or(0);
    let mut out = format!("{:all$}    idx\n", "");
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    for id in &sorted {
        let index = index_of(id);
        let bar = ids.iter().filter(|other| index_of(other) < index).count();
        let bar = if acked.contains_key(id) { "x".repeat(bar) + ">" } else { "?".into() };
        let _written = writeln!(out, "{bar:width$} {index:5}    (id={})", id.0, width = all + 1);
    }
    out
}
