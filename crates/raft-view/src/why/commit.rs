//! Why an entry is not committed.

use super::copies::{self, Copy};
use super::phrases as words;
use super::phrases::{all, any};
use super::reach::{self, Half, Side, halves};
use super::{Answer, Scene, election, learn};
use crate::menu::Selection;
use raft_core::Term;
use raft_core::{EntryRef, Index, NodeId, Position, Rule};
use raft_sim::Server;

pub(super) fn commit(scene: Scene<'_>, holder: NodeId, index: Index) -> Option<Answer> {
    let server = scene.world.server(holder)?;
    let entry = server.node().log().get(index)?;
    if server.node().commit_index() >= index {
        return None;
    }
    if scene.is_committed(holder, index) {
        return Some(learn::learn(scene, server, entry));
    }
    let mut said = Answer::new(tr!("Why is entry {} on {} not committed?", index, holder), "§5.3");
    match (scene.world.committed_entry(index), scene.world.leader()) {
        (Some(other), _) => conflicts(scene, &mut said, server, index, other.term),
        (None, None) => nobody_leads(scene, &mut said, entry),
        (None, Some(leader)) if leader.node().log().get(index) != Some(entry) => {
            leader_lacks_it(scene, &mut said, (server, leader), index);
        }
        (None, Some(leader)) => spreads(scene, &mut said, leader, entry),
    }
    Some(said)
}

/// Another entry is committed there.
fn conflicts(
    scene: Scene<'_>,
    said: &mut Answer,
    holder: &Server,
    index: Index,
    term: raft_core::Term,
) {
    let id = holder.id();
    said.cite = "Log Matching · §5.3".into();
    said.say(tr!(
        "Another entry, of term {}, is committed at index {}: this one never \
         will be.",
        term,
        index
    ));
    said.look(Selection::Entry(id, index));
    let has_it = |server: &&Server| {
        scene.is_committed(server.id(), index) && server.node().log().get(index).is_some()
    };
    if let Some(other) = scene.world.servers().iter().find(has_it) {
        said.look(Selection::Entry(other.id(), index));
    }
    let leader = scene.world.leader().filter(|leader| leader.id() != id);
    if holder.is_live_leader()
        && let Some(leader) = leader
    {
        let (old, new) = (holder.node().term(), leader.node().term());
        said.say(still_believes(id, old, leader.id(), new));
    }
    match leader {
        Some(leader) => match reach::obstacle(scene.world, leader.id(), id) {
            Some(obstacle) => {
                said.say(obstacle.words());
                said.then(tr!("{} removes it once {} reaches it again.", id, leader.id()));
            }
            None => said.then(tr!(
                "{} removes it when {}’s entries for that index arrive.",
                id,
                leader.id()
            )),
        },
        None => said.then(tr!("{} removes it when it hears from the next leader.", id)),
    }
}

fn nobody_leads(scene: Scene<'_>, said: &mut Answer, entry: &EntryRef) {
    let membership = scene.world.membership();
    let durable = |server: &&Server| {
        membership.is_voter(server.id())
            && server.node().log().holds(entry.position())
            && server.disk().durable().log.holds(entry.position())
    };
    let servers = scene.world.servers().iter().filter(durable);
    let have: Vec<NodeId> = servers.map(Server::id).collect();
    let halves = halves(scene.world, membership, Rule::MajorityCommits);
    for half in &halves {
        said.say(match half.side {
            Side::Only => held_without_leader(&half.of(&have), half.needed),
            Side::New => held_in_new(&half.of(&have), half.needed),
            Side::Old => held_in_old(&half.of(&have), half.needed),
        });
    }
    said.say(tr!("Only a leader commits."));
    for id in &have {
        said.look(Selection::Entry(*id, entry.index));
    }
    if let Some(cause) = election::elect(scene) {
        said.because(cause);
    }
}

/// The leader has something else there, or nothing.
fn leader_lacks_it(
    scene: Scene<'_>,
    said: &mut Answer,
    (holder, leader): (&Server, &Server),
    index: Index,
) {
    let (id, lead, term) = (holder.id(), leader.id(), leader.node().term());
    said.look(Selection::Entry(id, index));
    if holder.is_live_leader() {
        said.say(still_believes(id, holder.node().term(), lead, term));
    }
    match leader.node().log().get(index) {
        Some(other) => {
            said.say(tr!(
                "Leader {} of term {} has another entry at index {}, of term {}.",
                lead,
                term,
                index,
                other.term
            ));
            said.then(tr!("When {}’s entry reaches {}, it takes the place of this one.", lead, id));
            said.look(Selection::Entry(lead, index));
        }
        None => {
            said.say(tr!(
                "Leader {} of term {} has no entry {}: its log ends at {}.",
                lead,
                term,
                index,
                leader.node().log().last_index()
            ));
            said.then(tr!(
                "As long as {} leads it cannot be committed: {}’s next entry for that \
                 index removes it from {}.",
                lead,
                lead,
                id
            ));
            said.look(Selection::Server(lead));
        }
    }
    if let Some(obstacle) = reach::obstacle(scene.world, lead, id) {
        said.say(obstacle.words());
        said.look(obstacle.place());
    }
}

/// The leader has it.
fn spreads(scene: Scene<'_>, said: &mut Answer, leader: &Server, entry: &EntryRef) {
    let node = leader.node();
    let rule = scene.world.settings().live.rules.holds(Rule::CommitCurrentTerm);
    let is_old = entry.term < node.term() && rule;
    let copies = copies::copies(scene, leader, entry);
    let have = copies::holders(&copies);
    let halves = halves(scene.world, node.membership(), Rule::MajorityCommits);
    said.cite = "Commit rule · §5.3, §5.4.2".into();
    for half in &halves {
        spread_in(said, half, &have);
    }
    for id in &have {
        said.look(Selection::Entry(*id, entry.index));
    }
    let lacks = halves.iter().any(|half| half.lacks(&have) > 0);
    if !lacks && is_old {
        return figure_8(scene, said, leader, entry.position());
    }
    if !lacks {
        let counted: Vec<NodeId> = copies
            .iter()
            .filter(|(_, copy)| *copy == Copy::Counted)
            .map(|(voter, _)| *voter)
            .collect();
        said.say(leader_counts(leader.id(), &counted));
    }
    copies::explain(scene, said, leader, entry, &copies);
    if is_old {
        said.say(tr!(
            "It is of term {}, so a majority alone is not enough: {} commits it \
             together with an entry of its own term {}.",
            entry.term,
            leader.id(),
            node.term()
        ));
    }
    what_next(scene, said, leader, &copies);
}

/// What makes progress next, or who must come back first.
fn what_next(scene: Scene<'_>, said: &mut Answer, leader: &Server, copies: &[(NodeId, Copy)]) {
    let rules = scene.world.settings().live.rules;
    let membership = leader.node().membership();
    let counted = |id: &NodeId| copies.contains(&(*id, Copy::Counted));
    let away = reach::out_of_reach(scene.world, leader.id(), membership);
    let away: Vec<NodeId> = away.into_iter().filter(|id| !counted(id)).collect();
    let mut could = membership.all_voters();
    could.retain(|id| !away.contains(id));
    if !reach::is_quorum(membership, &could) && rules.holds(Rule::MajorityCommits) {
        said.then(words::must_come_back(&away, leader.id()));
        return said.look_at(&away);
    }
    if let Some(sentence) = copies::next(scene, leader, copies) {
        said.then(sentence);
    }
}

fn spread_in(said: &mut Answer, half: &Half, have: &[NodeId]) {
    let (own, missing) = (half.of(have), half.others(have));
    let lacks = half.lacks(have);
    said.say(match (half.side, lacks) {
        (Side::Only, 0) => on_majority(&own, half.voters.len()),
        (Side::Only, _) => not_on_majority(&own, lacks, &missing, half.voters.len()),
        (Side::New, 0) => tr!(
            "In the new configuration it is held by {}, a majority of {}.",
            all(&own),
            half.voters.len()
        ),
        (Side::New, _) => lacks_in_new(&own, lacks, &missing),
        (Side::Old, 0) => tr!(
            "In the old configuration it is held by {}, a majority of {}.",
            all(&own),
            half.voters.len()
        ),
        (Side::Old, _) => lacks_in_old(&own, lacks, &missing),
    });
    if half.side != Side::Only {
        said.cite = "Joint consensus · §6".into();
    }
}

/// On a majority, but of an older term: a later entry must be committed.
fn figure_8(scene: Scene<'_>, said: &mut Answer, leader: &Server, entry: Position) {
    let (id, term) = (leader.id(), leader.node().term());
    said.cite = words::FIGURE_8.into();
    said.say(tr!(
        "But it is of term {}, and {} leads term {}: a leader counts copies \
         only of entries of its own term.",
        entry.term,
        id,
        term
    ));
    let log = leader.node().log();
    let own = log.range(entry.index + 1, log.last_index()).find(|later| later.term == term);
    let Some(own) = own else {
        return said.then(tr!(
            "{} needs an entry of term {} behind it, such as a client’s write.",
            id,
            term
        ));
    };
    let copies = copies::copies(scene, leader, own);
    let have = copies::holders(&copies);
    let halves = halves(scene.world, leader.node().membership(), Rule::MajorityCommits);
    said.look(Selection::Entry(id, own.index));
    let lacking = halves.iter().find(|half| half.lacks(&have) > 0);
    match lacking {
        Some(half) => {
            let missing = half.others(&have);
            said.then(own_entry_needs(own.index, term, half.lacks(&have), &missing));
        }
        None => said.then(tr!(
            "Entry {} of term {} behind it commits both as soon as {} hears that \
             a majority has it.",
            own.index,
            term,
            id
        )),
    }
    what_next(scene, said, leader, &copies);
}

/// An old leader.
fn still_believes(id: NodeId, old: Term, leader: NodeId, new: Term) -> String {
    tr!("{} still believes that it leads term {}, but {} leads term {}.", id, old, leader, new)
}

/// Who has it while nobody leads.
fn held_without_leader(have: &[NodeId], needed: usize) -> String {
    match have {
        [] => tr!("It is on no voter’s disk; {} make a majority.", needed),
        [one] => tr!("{} has it on disk; {} make a majority.", one, needed),
        _ => tr!("{} have it on disk; {} make a majority.", all(have), needed),
    }
}

/// The same in the new of two configurations.
fn held_in_new(have: &[NodeId], needed: usize) -> String {
    match have {
        [] => tr!("In the new configuration it is on no disk; {} make its majority.", needed),
        _ => tr!(
            "In the new configuration it is on the disks of {}; {} make its \
             majority.",
            all(have),
            needed
        ),
    }
}

/// The same in the old one.
fn held_in_old(have: &[NodeId], needed: usize) -> String {
    match have {
        [] => tr!("In the old configuration it is on no disk; {} make its majority.", needed),
        _ => tr!(
            "In the old configuration it is on the disks of {}; {} make its \
             majority.",
            all(have),
            needed
        ),
    }
}

/// Not on a majority of the new of two configurations.
fn lacks_in_new(have: &[NodeId], lacks: usize, missing: &[NodeId]) -> String {
    let others = any(missing);
    match have {
        [] => {
            tr!("In the new configuration no disk has it yet, and {} of {} must.", lacks, others)
        }
        _ => tr!(
            "In the new configuration it is held by {}, and {} more of {} must \
             have it.",
            all(have),
            lacks,
            others
        ),
    }
}

/// The same in the old one.
fn lacks_in_old(have: &[NodeId], lacks: usize, missing: &[NodeId]) -> String {
    let others = any(missing);
    match have {
        [] => {
            tr!("In the old configuration no disk has it yet, and {} of {} must.", lacks, others)
        }
        _ => tr!(
            "In the old configuration it is held by {}, and {} more of {} must \
             have it.",
            all(have),
            lacks,
            others
        ),
    }
}

/// Not on a majority.
fn not_on_majority(have: &[NodeId], lacks: usize, missing: &[NodeId], voters: usize) -> String {
    let others = any(missing);
    match (have, lacks) {
        ([], 1) => {
            tr!("No disk has it yet; one of {} is needed for a majority of {}.", others, voters)
        }
        ([], _) => {
            tr!(
                "No disk has it yet; {} of {} are needed for a majority of {}.",
                lacks,
                others,
                voters
            )
        }
        ([one], 1) => {
            tr!("{} has it; one more of {} is needed for a majority of {}.", one, others, voters)
        }
        ([one], _) => {
            tr!(
                "{} has it; {} more of {} are needed for a majority of {}.",
                one,
                lacks,
                others,
                voters
            )
        }
        (_, 1) => tr!(
            "{} have it; one more of {} is needed for a majority of {}.",
            all(have),
            others,
            voters
        ),
        (_, _) => {
            tr!(
                "{} have it; {} more of {} are needed for a majority of {}.",
                all(have),
                lacks,
                others,
                voters
            )
        }
    }
}

/// On a majority.
fn on_majority(have: &[NodeId], voters: usize) -> String {
    match have {
        [one] => tr!("{} has it, which is a majority of {}.", one, voters),
        _ => tr!("{} have it, a majority of {}.", all(have), voters),
    }
}

/// What the leader knows of a majority that is there.
fn leader_counts(leader: NodeId, counted: &[NodeId]) -> String {
    match counted {
        [] => tr!("Leader {} has heard of no copy yet.", leader),
        [one] if *one == leader => tr!("Leader {} knows only of its own copy yet.", leader),
        [one] => tr!("Leader {} knows only of {}’s copy yet.", leader, one),
        _ => tr!("Leader {} knows only of the copies of {} yet.", leader, all(counted)),
    }
}

/// The leader's own entry is not on a majority.
fn own_entry_needs(index: Index, term: Term, lacks: usize, missing: &[NodeId]) -> String {
    let others = any(missing);
    match lacks {
        1 => tr!(
            "Entry {} of term {} behind it commits both: one more of {} must have \
             it.",
            index,
            term,
            others
        ),
        _ => tr!(
            "Entry {} of term {} behind it commits both: {} more of {} must have \
             it.",
            index,
            term,
            lacks,
            others
        ),
    }
}
