//! etcd's own cases for majorities and joint majorities, drawn as etcd draws them.
#![cfg(not(target_arch = "wasm32"))]

use datadriven::TestCase;
use raft_core::quorum::{
    VoteResult, committed_index, joint_committed_index, joint_vote_result, vote_result,
};
use raft_core::{Index, NodeId};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many cases etcd's four files hold.
const CASES: u32 = 127;

type Said = BTreeMap<NodeId, Index>;

#[test]
fn every_quorum_case_of_etcd_comes_out_and_draws_as_it_does_there() {
    let Some(folder) = playground_tests::conformance("etcd-raft/quorum") else { return };
    assert!(
        std::env::var_os("REWRITE").is_none(),
        "REWRITE would make the data agree with us: unset it"
    );
    let folder = folder.to_str().expect("a path that can be written");
    let mut cases = 0;
    datadriven::walk(folder, |file| {
        file.run(|case| -> Result<String, String> {
            cases += 1;
            carry_out(case)
        });
    });
    assert_eq!(cases, CASES, "cases in {folder}");
}

fn carry_out(case: &mut TestCase) -> Result<String, String> {
    let ids = members(case, "cfg")?;
    let joint = case.args.get("cfgj").cloned();
    let other = if joint.as_deref() == Some(&["zero".to_string()]) {
        case.args.remove("cfgj");
        Vec::new()
    } else {
        members(case, "cfgj")?
    };
    // What a voter said stands in the order in which voters first appear; `_` is no word at all.
    let mut order: Vec<NodeId> = Vec::new();
    for id in ids.iter().chain(&other) {
        if !order.contains(id) {
            order.push(*id);
        }
    }
    let words = match case.directive.as_str() {
        "committed" => case.args.remove("idx"),
        "vote" => case.args.remove("votes"),
        directive => return Err(format!("unknown directive {directive}")),
    };
    let words = words.unwrap_or_default();
    case.expect_empty().map_err(|error| error.to_string())?;
    if words.len() != order.len() {
        return Err(format!("{} words for the voters {order:?}", words.len()));
    }
    let said: BTreeMap<NodeId, String> =
        order.into_iter().zip(words).filter(|(_, word)| word != "_").collect();
    let half = joint.map(|_| other.as_slice());
    if case.directive == "vote" {
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

fn members(case: &mut TestCase, key: &str) -> Result<Vec<NodeId>, String> {
    let ids: Option<Vec<u64>> = case.try_take_args(key).map_err(|error| error.to_string())?;
    Ok(ids.unwrap_or_default().into_iter().map(NodeId).collect())
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
