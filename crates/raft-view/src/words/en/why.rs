//! Why not: questions, answers and what must come next. Every sentence is one template with its
//! numbers in place, so that another language can order them its own way. What is marked by `key!` is
//! looked up where it is said; sections are the same in every language.

use super::{denial, listed};
use crate::words::{seconds, span};
use raft_core::{Denial, Index, Micros, NodeId, Position, StepDown, Term};
use raft_sim::LossReason;

/// Where the rule stands that decides on commits.
pub const COMMIT_RULE: &str = "Commit rule · §5.3, §5.4.2";
/// The rule about entries of older terms.
pub const FIGURE_8: &str = "Commit rule · §5.4.2, Figure 8";
/// The property that conflicting entries would break.
pub const LOG_MATCHING: &str = "Log Matching · §5.3";
/// How commits are decided in a joint configuration.
pub const JOINT_COMMIT: &str = "Joint consensus · §6";
/// How elections are won in a joint configuration.
pub const JOINT_ELECTION: &str = "Joint consensus · §6";
/// How servers learn what is committed.
pub const LEARNS: &str = "leaderCommit · §5.3";
/// Elections.
pub const ELECTION: &str = "§5.2";
/// Split votes.
pub const SPLIT: &str = "Split vote · §5.2";
/// Votes.
pub const VOTE: &str = "RequestVote · §5.2";
/// Votes wait for the disk.
pub const VOTE_ON_DISK: &str = "Persistent state · Figure 2";
/// The comparison of logs.
pub const UP_TO_DATE: &str = "RequestVote · §5.4.1";
/// Terms.
pub const TERMS: &str = "RequestVote · §5.1";
/// Followers that hold to their leader.
pub const STICKY: &str = "Check-quorum · §4.2.3 and §6.2 diss.";
/// Pre-votes.
pub const PRE_VOTE: &str = "Pre-vote · §9.6 diss.";
/// Who has a vote.
pub const MEMBERS: &str = "Membership · §6, §4.2.1 diss.";
/// Why leaders step down.
pub const STEP_DOWN: &str = "§5.1, §6.2 diss.";
/// What clients do.
pub const CLIENTS: &str = "§8";
/// Reads past the log.
pub const READ_INDEX: &str = "ReadIndex · §6.4 diss.";
/// Requests that are passed on.
pub const FORWARDING: &str = "Forwarding · etcd";
/// Reads that may be old.
pub const SERIALIZABLE: &str = "Serializable reads · etcd; §8, §6.4 diss.";

/// What stands before what must come next.
pub const NEXT: &str = key!("Next:");
/// Nobody leads.
pub const NOBODY_LEADS: &str = key!("Nobody leads.");
/// The question why nobody leads.
pub const WHY_NOBODY_LEADS: &str = key!("Why does nobody lead?");
/// Why nothing is committed without a leader.
pub const ONLY_A_LEADER_COMMITS: &str = key!("Only a leader commits.");
/// What an election needs first.
pub const MAJORITY_MUST_MEET: &str =
    key!("A majority of the voters must run and reach each other before anyone can be elected.");
/// No message tells of the commit just now.
pub const NEWS_NOT_ON_ITS_WAY: &str = key!("No message that says so is on its way just now.");
/// A client without a server to ask.
pub const KNOWS_NOBODY: &str = key!("The client has nobody to ask.");
/// The same, as what comes next.
pub const NOBODY_TO_ASK: &str = key!("There is nobody to ask instead.");
/// A request that ended unknown.
pub const MAY_HAVE_HAPPENED: &str =
    key!("It may have been carried out, or may yet be: only a read can tell.");
/// Why a serializable read may be stale.
pub const SERIALIZABLE_MAY: &str =
    key!("A serializable read asks nobody: the server answers with what it has applied.");
/// What a linearizable read would do, through the log.
pub const LINEARIZABLE_BY_LOG: &str = key!(
    "A linearizable read goes through the log here: it is answered only when its own entry is \
     committed, and then shows everything committed before it."
);
/// What it would do by ReadIndex.
pub const LINEARIZABLE_BY_READ_INDEX: &str = key!(
    "A linearizable read waits here until a majority has confirmed the leader and everything \
     committed before it is applied."
);
/// What it would do under a lease.
pub const LINEARIZABLE_BY_LEASE: &str = key!(
    "A linearizable read is answered here only by a leader whose lease holds, once everything \
     committed before it is applied."
);

/// Servers in a row: `n1, n2 and n3`.
fn all(ids: &[NodeId]) -> String {
    row(ids, |rest, end| tr!("{} and {}", rest, end))
}

/// A choice of servers: `n1, n2 or n3`.
fn any(ids: &[NodeId]) -> String {
    row(ids, |rest, end| tr!("{} or {}", rest, end))
}

fn row(ids: &[NodeId], last: fn(String, NodeId) -> String) -> String {
    match ids {
        [] => told!("nobody"),
        [one] => one.to_string(),
        [rest @ .., end] => last(listed(rest.iter().map(NodeId::to_string)), *end),
    }
}

// ---- what stands in the way ----

/// Why a message was lost, as a clause.
pub fn loss(because: LossReason) -> &'static str {
    match because {
        LossReason::Chance => tr!("the network dropped it"),
        LossReason::Cut => tr!("the link was cut"),
        LossReason::Down => tr!("the server was down"),
        LossReason::Dropped => tr!("you dropped it"),
        LossReason::Full => tr!("too many messages were in flight"),
    }
}

/// Servers that are down.
pub fn are_down(ids: &[NodeId]) -> String {
    match ids {
        [one] => tr!("{} is down.", one),
        _ => tr!("{} are down.", all(ids)),
    }
}

/// Servers that are paused.
pub fn are_paused(ids: &[NodeId]) -> String {
    match ids {
        [one] => tr!("{} is paused: it keeps what it has and does nothing.", one),
        _ => tr!("{} are paused: they keep what they have and do nothing.", all(ids)),
    }
}

/// Nothing passes.
pub fn is_blocked(from: NodeId, to: NodeId) -> String {
    tr!("Nothing passes from {} to {}.", from, to)
}

/// What passes is held.
pub fn is_held(from: NodeId, to: NodeId) -> String {
    tr!("What {} sends to {} is held back.", from, to)
}

/// Who must be reached first.
pub fn must_come_back(ids: &[NodeId], center: NodeId) -> String {
    match ids {
        [] => tr!("{} needs a majority of the voters.", center),
        [one] => {
            tr!("{} must be able to answer {} again: without it there is no majority.", one, center)
        }
        _ => tr!(
            "Some of {} must be able to answer {} again: without them there is no majority.",
            all(ids),
            center
        ),
    }
}

// ---- entries ----

/// The question about an entry.
pub fn why_not_committed(index: Index, holder: NodeId) -> String {
    tr!("Why is entry {} on {} not committed?", index, holder)
}

/// The question about an entry that is committed.
pub fn why_not_known(index: Index, holder: NodeId) -> String {
    tr!("Why does {} not know that entry {} is committed?", holder, index)
}

/// Another entry is committed there.
pub fn another_is_committed(index: Index, term: Term) -> String {
    tr!("Another entry, of term {}, is committed at index {}: this one never will be.", term, index)
}

/// An old leader.
pub fn still_believes(id: NodeId, old: Term, leader: NodeId, new: Term) -> String {
    tr!("{} still believes that it leads term {}, but {} leads term {}.", id, old, leader, new)
}

/// The entry goes.
pub fn removed_by(id: NodeId, leader: NodeId) -> String {
    tr!("{} removes it when {}’s entries for that place arrive.", id, leader)
}

/// The entry goes later.
pub fn removed_once_reached(id: NodeId, leader: NodeId) -> String {
    tr!("{} removes it once {} reaches it again.", id, leader)
}

/// The entry goes with a later leader.
pub fn removed_by_next_leader(id: NodeId) -> String {
    tr!("{} removes it when it hears from the next leader.", id)
}

/// Who has it while nobody leads.
pub fn held_without_leader(have: &[NodeId], needed: usize) -> String {
    let who = all(have);
    match have {
        [] => tr!("It is on no voter’s disk; {} make a majority.", needed),
        [_] => tr!("{} has it on disk; {} make a majority.", who, needed),
        _ => tr!("{} have it on disk; {} make a majority.", who, needed),
    }
}

/// The same in the new of two configurations.
pub fn held_in_new(have: &[NodeId], needed: usize) -> String {
    let who = all(have);
    tr!("In the new configuration it is on the disks of {}; {} make its majority.", who, needed)
}

/// The same in the old one.
pub fn held_in_old(have: &[NodeId], needed: usize) -> String {
    let who = all(have);
    tr!("In the old configuration it is on the disks of {}; {} make its majority.", who, needed)
}

/// The leader has something else.
pub fn leader_has_another(leader: NodeId, term: Term, index: Index, other: Term) -> String {
    tr!(
        "Leader {} of term {} has another entry at index {}, of term {}.",
        leader,
        term,
        index,
        other
    )
}

/// The leader's log is shorter.
pub fn leader_lacks_it(leader: NodeId, term: Term, index: Index, last: Index) -> String {
    tr!("Leader {} of term {} has no entry {}: its log ends at {}.", leader, term, index, last)
}

/// What a leader's entries do.
pub fn replaced_by_leaders(id: NodeId, leader: NodeId) -> String {
    tr!("When {}’s entry reaches {}, it takes the place of this one.", leader, id)
}

/// What could save it.
pub fn only_under_another_leader(id: NodeId, leader: NodeId) -> String {
    tr!(
        "As long as {} leads it cannot be committed: {}’s next entry for that place \
         removes it from {}.",
        leader,
        leader,
        id
    )
}

/// Not on a majority.
pub fn not_on_majority(have: &[NodeId], lacks: usize, missing: &[NodeId], voters: usize) -> String {
    let (who, others) = (all(have), any(missing));
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
        ([_], 1) => {
            tr!("{} has it; one more of {} is needed for a majority of {}.", who, others, voters)
        }
        ([_], _) => {
            tr!(
                "{} has it; {} more of {} are needed for a majority of {}.",
                who,
                lacks,
                others,
                voters
            )
        }
        (_, 1) => {
            tr!("{} have it; one more of {} is needed for a majority of {}.", who, others, voters)
        }
        (_, _) => {
            tr!(
                "{} have it; {} more of {} are needed for a majority of {}.",
                who,
                lacks,
                others,
                voters
            )
        }
    }
}

/// On a majority.
pub fn on_majority(have: &[NodeId], voters: usize) -> String {
    match have {
        [one] => tr!("{} has it, which is a majority of {}.", one, voters),
        _ => tr!("{} have it, a majority of {}.", all(have), voters),
    }
}

/// Not on a majority of the new configuration.
pub fn not_on_new_majority(have: &[NodeId], lacks: usize, missing: &[NodeId]) -> String {
    tr!(
        "In the new configuration it is held by {}, and {} more of {} must have it.",
        all(have),
        lacks,
        any(missing)
    )
}

/// On a majority of it.
pub fn on_new_majority(have: &[NodeId], voters: usize) -> String {
    tr!("In the new configuration it is held by {}, a majority of {}.", all(have), voters)
}

/// Not on a majority of the old configuration.
pub fn not_on_old_majority(have: &[NodeId], lacks: usize, missing: &[NodeId]) -> String {
    tr!(
        "In the old configuration it is held by {}, and {} more of {} must have it.",
        all(have),
        lacks,
        any(missing)
    )
}

/// On a majority of it.
pub fn on_old_majority(have: &[NodeId], voters: usize) -> String {
    tr!("In the old configuration it is held by {}, a majority of {}.", all(have), voters)
}

/// What the leader knows of a majority that is there.
pub fn leader_counts(leader: NodeId, counted: &[NodeId]) -> String {
    match counted {
        [] => tr!("Leader {} has heard of no copy yet.", leader),
        [one] if *one == leader => tr!("Leader {} knows only of its own copy yet.", leader),
        [one] => tr!("Leader {} knows only of {}’s copy yet.", leader, one),
        _ => tr!("Leader {} knows only of the copies of {} yet.", leader, all(counted)),
    }
}

/// Of an older term, on a majority.
pub fn of_an_older_term(old: Term, leader: NodeId, term: Term) -> String {
    tr!(
        "But it is of term {}, and {} leads term {}: a leader counts copies only of \
         entries of its own term.",
        old,
        leader,
        term
    )
}

/// Of an older term, and not even on a majority.
pub fn old_term_needs_more(old: Term, leader: NodeId, term: Term) -> String {
    tr!(
        "It is of term {}, so a majority alone is not enough: {} commits it together with \
         an entry of its own term {}.",
        old,
        leader,
        term
    )
}

/// The leader has no entry of its own.
pub fn needs_own_entry(leader: NodeId, term: Term) -> String {
    tr!("{} needs an entry of term {} behind it, such as a client’s write.", leader, term)
}

/// The leader's own entry is not on a majority.
pub fn own_entry_needs(index: Index, term: Term, lacks: usize, missing: &[NodeId]) -> String {
    let others = any(missing);
    match lacks {
        1 => tr!(
            "Entry {} of term {} behind it commits both: one more of {} must have it.",
            index,
            term,
            others
        ),
        _ => tr!(
            "Entry {} of term {} behind it commits both: {} more of {} must \
             have it.",
            index,
            term,
            lacks,
            others
        ),
    }
}

/// It is on a majority, and the leader was not told.
pub fn own_entry_is_there(index: Index, term: Term, leader: NodeId) -> String {
    tr!(
        "Entry {} of term {} behind it commits both as soon as {} hears that a majority has it.",
        index,
        term,
        leader
    )
}

/// An answer on its way.
pub fn answer_comes(voter: NodeId, leader: NodeId, left: Micros) -> String {
    tr!("{}’s answer is on its way and reaches {} in {}.", voter, leader, span(left))
}

/// No answer on its way.
pub fn answer_does_not_come(voter: NodeId, leader: NodeId) -> String {
    tr!("{} has it, and no answer that says so is on its way to {}.", voter, leader)
}

/// An answer was lost.
pub fn answer_was_lost(voter: NodeId, leader: NodeId, why: &str) -> String {
    tr!("{} has it, and its last answer to {} was lost: {}.", voter, leader, why)
}

/// Answers on their way.
pub fn answers_come(voters: &[NodeId], leader: NodeId, left: Micros) -> String {
    match voters {
        [one] => answer_comes(*one, leader, left),
        _ => tr!(
            "The answers of {} are on their way; the first reaches {} in {}.",
            all(voters),
            leader,
            span(left)
        ),
    }
}

/// Writes under way.
pub fn are_writing(voters: &[NodeId], left: Micros) -> String {
    match voters {
        [one] => tr!("{} writes it to its disk, for another {}.", one, span(left)),
        _ => {
            tr!("{} write it to their disks; the first is done in {}.", all(voters), span(left))
        }
    }
}

/// Copies on their way.
pub fn copies_come(voters: &[NodeId], left: Micros) -> String {
    match voters {
        [one] => tr!("{}’s copy is on its way and arrives in {}.", one, span(left)),
        _ => tr!(
            "The copies for {} are on their way; the first arrives in {}.",
            all(voters),
            span(left)
        ),
    }
}

/// What was sent was lost.
pub fn copies_were_lost(leader: NodeId, voters: &[NodeId], why: &str) -> String {
    tr!("{}’s last AppendEntries to {} was lost: {}.", leader, all(voters), why)
}

/// What was sent is not under way any more.
pub fn copies_are_gone(leader: NodeId, voters: &[NodeId]) -> String {
    match voters {
        [one] => tr!(
            "{} has sent it to {}, which does not have it; nothing of that is under way.",
            leader,
            one
        ),
        _ => tr!(
            "{} has sent it to {}, which do not have it; nothing of that is under way.",
            leader,
            all(voters)
        ),
    }
}

/// What was not sent.
pub fn not_sent(leader: NodeId, voters: &[NodeId]) -> String {
    tr!(
        "{} has not sent it to {} yet: it waits for answers to what it sent before.",
        leader,
        all(voters)
    )
}

/// Links in one direction.
pub fn is_blocked_to(from: NodeId, to: &[NodeId]) -> String {
    tr!("Nothing passes from {} to {}.", from, any(to))
}

/// Links in the other.
pub fn is_blocked_from(from: &[NodeId], to: NodeId) -> String {
    tr!("Nothing passes from {} to {}.", any(from), to)
}

/// A write of which nobody knows the end.
pub fn has_not_written(voter: NodeId) -> String {
    tr!("{} holds it in memory only: its disk does not have it.", voter)
}

/// A copy that is held.
pub fn copy_is_held(voter: NodeId, leader: NodeId) -> String {
    tr!("{}’s copy is held back on the link from {}.", voter, leader)
}

/// A server in a higher term.
pub fn is_ahead(voter: NodeId, term: Term, leader: NodeId, theirs: Term) -> String {
    tr!(
        "{} is in term {} and takes nothing from {}, which leads term {}.",
        voter,
        term,
        leader,
        theirs
    )
}

/// A leader that probes.
pub fn probes(leader: NodeId, voter: NodeId, next: Index) -> String {
    tr!(
        "{} still looks for where {}’s log agrees with its own, and tries index {}.",
        leader,
        voter,
        next
    )
}

/// A server that lacks what the leader has dropped.
pub fn needs_snapshot(voter: NodeId, leader: NodeId, pending: Index) -> String {
    match pending {
        0 => {
            tr!("{} needs a snapshot of {} first, and the last one did not arrive.", voter, leader)
        }
        _ => tr!("{} needs {}’s snapshot up to {} first.", voter, leader, pending),
    }
}

/// What comes next: an answer.
pub fn next_answer(voter: NodeId, leader: NodeId, left: Micros) -> String {
    tr!("In {} {} hears from {} and counts its copy.", span(left), leader, voter)
}

/// What comes next: the leader's own write.
pub fn next_own_write(leader: NodeId, left: Micros) -> String {
    tr!("In {} it is on {}’s own disk, and {} counts itself.", span(left), leader, leader)
}

/// What comes next: a write.
pub fn next_write(voter: NodeId, leader: NodeId, left: Micros) -> String {
    tr!("In {} it is on {}’s disk, and {} answers {}.", span(left), voter, voter, leader)
}

/// What comes next: a message.
pub fn next_copy(voter: NodeId, left: Micros) -> String {
    tr!("In {} it reaches {}, which writes it and answers if it fits its log.", span(left), voter)
}

/// What comes next: a snapshot.
pub fn next_snapshot(voter: NodeId, leader: NodeId, left: Micros) -> String {
    tr!(
        "In {} {}’s snapshot reaches {}; then come the entries behind it.",
        span(left),
        leader,
        voter
    )
}

/// What comes next: the heartbeat.
pub fn next_retry(leader: NodeId, voter: NodeId, left: Micros) -> String {
    tr!(
        "{}’s next heartbeat goes out in {}; when {} answers it, {} sends again \
         what {} lacks.",
        leader,
        span(left),
        voter,
        leader,
        voter
    )
}

/// What comes next for a copy that the leader has not heard of.
pub fn next_hears(leader: NodeId, voter: NodeId, left: Micros) -> String {
    tr!(
        "{}’s next heartbeat goes out in {}; when {} answers it, {} asks again how \
         much {} has.",
        leader,
        span(left),
        voter,
        leader,
        voter
    )
}

/// It is committed, and the server knows less.
pub fn is_committed(index: Index, id: NodeId, known: Index) -> String {
    match known {
        0 => tr!("Entry {} is committed, but {} knows of no commit yet.", index, id),
        _ => tr!("Entry {} is committed, but {} knows of commits up to {} only.", index, id, known),
    }
}

/// After a restart.
pub fn learns_after_restart(id: NodeId) -> String {
    tr!("{} must start again; then the leader tells it.", id)
}

/// After a pause.
pub fn learns_after_resume(id: NodeId) -> String {
    tr!("{} must go on; then it takes what waits in its inbox.", id)
}

/// With the next leader.
pub fn learns_from_next_leader(id: NodeId) -> String {
    tr!("{} learns it from the next leader.", id)
}

/// A leader that does not know.
pub fn leader_does_not_know(leader: NodeId, term: Term) -> String {
    tr!(
        "It was committed under an earlier leader. {}, which leads term {}, does not know \
         that either.",
        leader,
        term
    )
}

/// How it learns.
pub fn leader_learns(leader: NodeId, term: Term) -> String {
    tr!("{} learns it when it commits an entry of its own term {}.", leader, term)
}

/// News on its way.
pub fn news_comes(leader: NodeId, id: NodeId, left: Micros) -> String {
    tr!("A message of {} that says so reaches {} in {}.", leader, id, span(left))
}

/// When it learns.
pub fn next_news(id: NodeId, left: Micros) -> String {
    tr!("In {} {} raises its commit index and applies the entry.", span(left), id)
}

/// A server that cannot be told.
pub fn learns_once_reached(id: NodeId, leader: NodeId) -> String {
    tr!("{} learns it once {} reaches it and hears from it again.", id, leader)
}

/// A server that is no member for the leader.
pub fn leader_sends_nothing(leader: NodeId, id: NodeId) -> String {
    tr!("For {}, {} is no member: it is sent nothing.", leader, id)
}

/// A leader that does not know what the server has.
pub fn leader_knows_less(leader: NodeId, id: NodeId, matched: Index) -> String {
    tr!(
        "{} knows {}’s log to match up to {} only, and tells it of no commit beyond \
         that.",
        leader,
        id,
        matched
    )
}

/// The next heartbeat.
pub fn next_heartbeat_tells(leader: NodeId, id: NodeId, left: Micros) -> String {
    tr!(
        "{}’s next heartbeat goes out in {}: it tells {} of every commit up to where \
         {} knows their logs to match.",
        leader,
        span(left),
        id,
        leader
    )
}

// ---- votes ----

/// The question about a vote.
pub fn why_no_vote(voter: NodeId, candidate: NodeId, term: Term) -> String {
    tr!("Why does {} not have {}’s vote in term {}?", candidate, voter, term)
}

/// The question about a pre-vote.
pub fn why_no_pre_vote(voter: NodeId, candidate: NodeId, term: Term) -> String {
    tr!("Why does {} not have {}’s pre-vote for term {}?", candidate, voter, term)
}

/// The question about a candidate's own vote.
pub fn why_own_vote_not_counted(candidate: NodeId, term: Term) -> String {
    tr!("Why does {} not count its own vote in term {}?", candidate, term)
}

/// The question about a vote that was refused.
pub fn why_refused(voter: NodeId, candidate: NodeId, term: Term) -> String {
    tr!("Why did {} refuse {} its vote in term {}?", voter, candidate, term)
}

/// The question about a pre-vote that was refused.
pub fn why_refused_pre_vote(voter: NodeId, candidate: NodeId, term: Term) -> String {
    tr!("Why did {} refuse {} its pre-vote for term {}?", voter, candidate, term)
}

/// Not asked.
pub fn is_not_asked(voter: NodeId, candidate: NodeId) -> String {
    tr!("{} does not ask {}: in its configuration {} has no vote.", candidate, voter, voter)
}

/// What gives a vote.
pub fn must_become_voter(id: NodeId) -> String {
    tr!("A committed change of membership must make {} a voter.", id)
}

/// Voted for another.
pub fn has_voted(voter: NodeId, other: NodeId) -> String {
    if voter == other {
        return tr!("{} has given its one vote of that term to itself.", voter);
    }
    tr!("{} has given its one vote of that term to {}.", voter, other)
}

/// Follows a leader of that term.
pub fn follows(voter: NodeId, leader: NodeId) -> String {
    tr!("{} follows {}, which leads that term already.", voter, leader)
}

/// Hears a leader.
pub fn hears_leader(voter: NodeId, leader: NodeId) -> String {
    tr!(
        "{} has heard from leader {} within the shortest election timeout, so it does \
         not listen to candidates.",
        voter,
        leader
    )
}

/// The voter's log is newer.
pub fn log_is_newer(voter: NodeId, ours: Position, candidate: NodeId, theirs: Position) -> String {
    tr!(
        "{}’s log is more up-to-date: its last entry is index {} of term {}, {}’s is \
         index {} of term {}.",
        voter,
        ours.index,
        ours.term,
        candidate,
        theirs.index,
        theirs.term
    )
}

/// The candidate's term is over.
pub fn term_is_over(voter: NodeId, term: Term) -> String {
    tr!("That term was over for {}, which is in term {} now.", voter, term)
}

/// Refused, nobody knows why.
pub fn has_refused(voter: NodeId) -> String {
    tr!("{} said no; its reason is not remembered any more.", voter)
}

/// Refused, in a sentence among others.
pub fn refused_because(voter: NodeId, because: Denial) -> String {
    tr!("{} refuses: {}.", voter, denial(&because))
}

/// The question is on its way.
pub fn question_comes(candidate: NodeId, voter: NodeId, left: Micros) -> String {
    tr!("{}’s question reaches {} in {}.", candidate, voter, span(left))
}

/// Questions on their way.
pub fn questions_come(candidate: NodeId, voters: &[NodeId], left: Micros) -> String {
    match voters {
        [one] => question_comes(candidate, *one, left),
        _ => tr!(
            "{}’s questions to {} are on their way; the first arrives in {}.",
            candidate,
            all(voters),
            span(left)
        ),
    }
}

/// The question is held.
pub fn question_is_held(candidate: NodeId, voter: NodeId) -> String {
    tr!("{}’s question to {} is held back on its link.", candidate, voter)
}

/// What would come of it.
pub fn as_things_are(voter: NodeId) -> String {
    tr!("As things are, {} will refuse.", voter)
}

/// The question waits.
pub fn question_in_inbox(voter: NodeId) -> String {
    tr!("The question lies in the inbox of {}, which is paused.", voter)
}

/// The answer waits.
pub fn answer_in_inbox(candidate: NodeId) -> String {
    tr!("The answer lies in the inbox of {}, which is paused.", candidate)
}

/// A candidate's own vote is written.
pub fn own_vote_is_written(candidate: NodeId) -> String {
    tr!("{}’s vote for itself counts once it is on its disk.", candidate)
}

/// A vote is written.
pub fn vote_is_written(voter: NodeId, candidate: NodeId) -> String {
    tr!(
        "{} has voted for {}; the answer leaves once the vote is on {}’s disk.",
        voter,
        candidate,
        voter
    )
}

/// A refusal waits.
pub fn refusal_is_written(voter: NodeId, candidate: NodeId) -> String {
    tr!(
        "{} has refused {}; the answer leaves once {}’s disk has its term.",
        voter,
        candidate,
        voter
    )
}

/// When a disk is done.
pub fn disk_is_done(id: NodeId, left: Micros) -> String {
    tr!("{}’s disk is done in {}.", id, span(left))
}

/// A yes on its way.
pub fn vote_was_given(voter: NodeId) -> String {
    tr!("{} has given it.", voter)
}

/// A no on its way.
pub fn vote_was_refused(voter: NodeId) -> String {
    tr!("{} has refused it.", voter)
}

/// The answer is held.
pub fn vote_is_held(voter: NodeId, candidate: NodeId) -> String {
    tr!("{}’s answer to {} is held back on its link.", voter, candidate)
}

/// The answer is on its way.
pub fn vote_comes(candidate: NodeId, left: Micros) -> String {
    tr!("The answer reaches {} in {}.", candidate, span(left))
}

/// The question was lost.
pub fn question_was_lost(candidate: NodeId, voters: &[NodeId], why: &str) -> String {
    tr!("{}’s question to {} was lost: {}.", candidate, all(voters), why)
}

/// The answer was lost.
pub fn vote_was_lost(voter: NodeId, candidate: NodeId, why: &str) -> String {
    tr!("{}’s answer to {} was lost: {}.", voter, candidate, why)
}

/// Silence.
pub fn nothing_under_way(candidate: NodeId, voter: NodeId) -> String {
    tr!("Neither {}’s question to {} nor an answer is under way any more.", candidate, voter)
}

/// Several that are silent.
pub fn have_not_answered(ids: &[NodeId]) -> String {
    match ids {
        [one] => tr!("{} has not answered, and nothing of that is under way.", one),
        _ => tr!("{} have not answered, and nothing of that is under way.", all(ids)),
    }
}

/// A candidate asks again.
pub fn asks_in_next_term(candidate: NodeId, left: Micros, term: Term) -> String {
    tr!(
        "A candidate asks once a term: unless it wins or hears a leader, {} starts term \
         {} in {}.",
        candidate,
        term,
        span(left)
    )
}

/// A server asks for pre-votes again.
pub fn pre_asks_again(candidate: NodeId, left: Micros) -> String {
    tr!("Unless it wins or hears a leader, {} asks again in {}.", candidate, span(left))
}

/// It stands again.
pub fn asks_again(candidate: NodeId, left: Micros) -> String {
    tr!(
        "{} stands again if it hears from no leader and gives no vote for {}.",
        candidate,
        span(left)
    )
}

/// It has won since.
pub fn leads_now(candidate: NodeId, term: Term) -> String {
    tr!("By now {} leads term {} without it.", candidate, term)
}

// ---- leading ----

/// The question about a server.
pub fn why_not_leader(id: NodeId) -> String {
    tr!("Why does {} not lead?", id)
}

/// After a restart.
pub fn leads_after_restart(id: NodeId) -> String {
    tr!("{} must start again, hear from no leader until its election timer runs out, and win.", id)
}

/// After a pause.
pub fn leads_after_resume(id: NodeId) -> String {
    tr!("{} must go on first; then it reads what waits in its inbox.", id)
}

/// A leader that is paused.
pub fn leads_but_paused(id: NodeId, term: Term) -> String {
    tr!("{} led term {} when it was paused, and does nothing until it goes on.", id, term)
}

/// A learner.
pub fn is_learner(id: NodeId) -> String {
    tr!("{} is a learner: it gets the log and has no vote.", id)
}

/// No member.
pub fn is_no_member(id: NodeId) -> String {
    tr!("{} is no member of the cluster, as far as it knows.", id)
}

/// A candidate's count.
pub fn stands(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    tr!(
        "{} stands for election in term {} and has {} of {} votes it needs: {}.",
        id,
        term,
        yes.len(),
        needed,
        all(yes)
    )
}

/// A pre-candidate's count.
pub fn pre_stands(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    tr!(
        "{} asks whether it could win term {} and has {} of {} pre-votes it needs: {}.",
        id,
        term,
        yes.len(),
        needed,
        all(yes)
    )
}

/// The count in the new configuration.
pub fn stands_new(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    tr!(
        "For term {} {} has {} of {} votes it needs in the new configuration: {}.",
        term,
        id,
        yes.len(),
        needed,
        all(yes)
    )
}

/// The count in the old one.
pub fn stands_old(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    tr!(
        "For term {} {} has {} of {} votes it needs in the old configuration: {}.",
        term,
        id,
        yes.len(),
        needed,
        all(yes)
    )
}

/// It cannot win.
pub fn cannot_win(id: NodeId, term: Term) -> String {
    tr!("Too many have refused: {} cannot win term {} any more.", id, term)
}

/// The next answer to a candidate.
pub fn next_ballot(id: NodeId, left: Micros) -> String {
    tr!("{} counts the next answer in {}.", id, span(left))
}

/// Cut off.
pub fn reaches_too_few(id: NodeId, reached: &[NodeId], voters: usize) -> String {
    match reached {
        [one] if *one == id => {
            tr!("{} reaches no other voter of {}, and cannot win an election.", id, voters)
        }
        _ => tr!(
            "Of {} voters {} reaches only {}, too few to win an election.",
            voters,
            id,
            all(reached)
        ),
    }
}

/// When it led.
pub fn led_until(id: NodeId, term: Term, at: Micros) -> String {
    tr!("{} led term {} until {}.", id, term, seconds(at))
}

/// Why it stepped down.
pub fn stepped_down(id: NodeId, because: StepDown) -> String {
    match because {
        StepDown::HigherTerm { term } => tr!("Then {} learnt of term {}.", id, term),
        StepDown::LeaderElected { leader } => tr!("Then {} was elected.", leader),
        StepDown::VotesLost => tr!("Then {} could not win any more.", id),
        StepDown::QuorumLost => {
            tr!("Then {} had not heard from a majority for an election timeout.", id)
        }
        StepDown::Removed => tr!("Then {} was no voter any more.", id),
    }
}

/// It follows.
pub fn follows_leader(id: NodeId, leader: NodeId, term: Term) -> String {
    tr!("{} follows {}, leader of term {}.", id, leader, term)
}

/// It knows no leader and has voted.
pub fn has_voted_and_waits(id: NodeId, vote: NodeId, term: Term) -> String {
    tr!(
        "{} has voted for {} in term {}, and has heard from no leader of that term.",
        id,
        vote,
        term
    )
}

/// It knows no leader.
pub fn knows_no_leader(id: NodeId, term: Term) -> String {
    tr!("{} has heard from no leader of term {} and waits for its election timer.", id, term)
}

/// Its timer.
pub fn timer_starts_anew(id: NodeId, left: Micros, leader: NodeId) -> String {
    tr!(
        "{}’s election timer has {} left and starts anew with every message of {}.",
        id,
        span(left),
        leader
    )
}

/// What would make it stand.
pub fn stands_without_heartbeats(id: NodeId, left: Micros) -> String {
    tr!("{} stands for election only if it hears nothing from its leader for {}.", id, span(left))
}

/// When it stands.
pub fn stands_when(id: NodeId, left: Micros) -> String {
    tr!(
        "{} stands for election in {}, unless it hears from a leader or gives a vote before.",
        id,
        span(left)
    )
}

/// Whom it follows does not lead any more.
pub fn leads_no_more(leader: NodeId) -> String {
    tr!("{} does not lead that term any more.", leader)
}

/// It could not win.
pub fn log_is_behind(id: NodeId, ours: Position, newer: &[NodeId]) -> String {
    let who = all(newer);
    match (ours.index, newer) {
        (0, _) => tr!("It could not win now: {}’s log is empty, and {} would refuse.", id, who),
        (index, [_]) => tr!(
            "It could not win now: {}’s last entry is index {} of term {}, and {}’s log is \
             more up-to-date.",
            id,
            index,
            ours.term,
            who
        ),
        (index, _) => tr!(
            "It could not win now: {}’s last entry is index {} of term {}, and the logs of \
             {} are more up-to-date.",
            id,
            index,
            ours.term,
            who
        ),
    }
}

/// Too few voters.
pub fn too_few(live: &[NodeId], voters: usize, needed: usize) -> String {
    tr!(
        "No server reaches a majority: {} of {} voters must reach each other; these run: {}.",
        needed,
        voters,
        all(live)
    )
}

/// Too few of the new configuration.
pub fn too_few_new(live: &[NodeId], needed: usize) -> String {
    tr!(
        "No server reaches both majorities: in the new configuration {} must reach each other; \
         these run: {}.",
        needed,
        all(live)
    )
}

/// Too few of the old one.
pub fn too_few_old(live: &[NodeId], needed: usize) -> String {
    tr!("In the old configuration {} must reach each other; these run: {}.", needed, all(live))
}

/// A candidate's votes, in short.
pub fn has_votes(id: NodeId, votes: usize, term: Term, needed: usize) -> String {
    tr!("{} stands in term {}: {} of {} votes.", id, term, votes, needed)
}

/// A pre-candidate's, in short.
pub fn asks_whether(id: NodeId, votes: usize, term: Term, needed: usize) -> String {
    tr!("{} asks whether it could win term {}: {} of {} pre-votes.", id, term, votes, needed)
}

/// A split vote.
pub fn votes_are_split(term: Term, candidates: &[NodeId]) -> String {
    tr!("The votes of term {} are split between {}.", term, all(candidates))
}

/// A split vote that nobody can win.
pub fn none_can_win(term: Term) -> String {
    tr!("None of them can win term {} any more.", term)
}

/// Who times out first.
pub fn times_out_first(id: NodeId, left: Micros) -> String {
    tr!(
        "{}’s election timer runs out first, in {}; then it stands for election, unless it hears \
         from a leader or gives a vote before.",
        id,
        span(left)
    )
}

// ---- requests ----

/// The question about a request.
pub fn why_no_answer(number: usize) -> String {
    tr!("Why has request {} no answer yet?", number)
}

/// It is at nobody.
pub fn was_dropped(server: NodeId) -> String {
    tr!("It was sent to {}, which does not have it any more.", server)
}

/// In an inbox.
pub fn waits_in_inbox(server: NodeId) -> String {
    tr!("It lies in the inbox of {}, which is paused.", server)
}

/// What helps.
pub fn must_resume(server: NodeId) -> String {
    tr!("{} must go on.", server)
}

/// A client that asks again.
pub fn has_not_asked(leader: NodeId) -> String {
    tr!("Its client has not asked {} yet, which leads now.", leader)
}

/// It gives up.
pub fn gives_up(left: Micros) -> String {
    tr!("Its client tries once and gives up in {}.", span(left))
}

/// It looks again.
pub fn looks_again(left: Micros) -> String {
    tr!("Its client looks for a leader again in {}.", span(left))
}

/// It asks another.
pub fn asks_another(left: Micros, timeout: Micros) -> String {
    tr!(
        "Its client looks again in {} and asks anew if another server leads by then, or in {} in \
         any case.",
        span(left),
        span(timeout)
    )
}

/// Its entry is not committed.
pub fn entry_not_committed(index: Index, term: Term, holder: NodeId, at: NodeId) -> String {
    if holder == at {
        tr!("Its entry, index {} of term {}, is in {}’s log and not committed.", index, term, at)
    } else {
        tr!(
            "{} waits for its entry, index {} of term {}, which is in {}’s log and \
             not committed.",
            at,
            index,
            term,
            holder
        )
    }
}

/// Its entry.
pub fn its_entry(index: Index, at: NodeId, applied: Index) -> String {
    tr!("{} answers once it has applied index {}; it has applied up to {}.", at, index, applied)
}

/// Its entry is elsewhere.
pub fn entry_not_here(index: Index, at: NodeId) -> String {
    tr!("Its entry, index {}, is committed, but {} does not have it yet.", index, at)
}

/// A server applies what its disk has.
pub fn applies_what_is_durable(at: NodeId, durable: Index) -> String {
    tr!("{} applies only what is on its disk, which has the log up to {}.", at, durable)
}

/// A request on its way.
pub fn request_comes(from: NodeId, to: NodeId, left: Micros) -> String {
    tr!("{} does not lead and has passed it on; it reaches {} in {}.", from, to, span(left))
}

/// A request that is held.
pub fn request_is_held(from: NodeId, to: NodeId) -> String {
    tr!("{} does not lead and has passed it on; it is held back on its link to {}.", from, to)
}

/// What the leader does with it.
pub fn leader_appends(to: NodeId, left: Micros) -> String {
    tr!("In {} {} appends it to its log, if it still leads then.", span(left), to)
}

/// In no log.
pub fn in_no_log(at: NodeId, last: u64) -> String {
    tr!(
        "{} waits for its entry, but it is not among the last {} of any log, and no message \
         carries the request.",
        at,
        last
    )
}

/// A read on its way to the leader.
pub fn read_question_comes(from: NodeId, to: NodeId, left: Micros) -> String {
    tr!("{} asks {} whether it still leads; the question arrives in {}.", from, to, span(left))
}

/// The leader's answer.
pub fn read_answer_comes(from: NodeId, to: NodeId, left: Micros) -> String {
    tr!("{} leads for certain; its answer reaches {} in {}.", from, to, span(left))
}

/// A read that is held.
pub fn read_is_held(from: NodeId, to: NodeId) -> String {
    tr!("The ReadIndex message from {} to {} is held back on its link.", from, to)
}

/// A read that was not confirmed.
pub fn read_unanswered(at: NodeId) -> String {
    tr!("{} was not told yet up to where it must apply before it serves the read.", at)
}

/// A leader that has committed nothing yet.
pub fn read_is_postponed(leader: NodeId, term: Term) -> String {
    tr!(
        "{} has committed nothing in its term {} yet, so it does not know everything that \
         is committed.",
        leader,
        term
    )
}

/// A read that needs a quorum.
pub fn read_needs(leader: NodeId, by: &[NodeId], lacks: usize, missing: &[NodeId]) -> String {
    let (who, others) = (all(by), any(missing));
    match by {
        [] | [_] => tr!(
            "The read waits until a majority confirms that {} still leads: {} does, and \
             {} more of {} must.",
            leader,
            who,
            lacks,
            others
        ),
        _ => tr!(
            "The read waits until a majority confirms that {} still leads: {} do, and \
             {} more of {} must.",
            leader,
            who,
            lacks,
            others
        ),
    }
}

/// The question of a read on its way.
pub fn heartbeat_asks(to: NodeId, left: Micros) -> String {
    tr!("The heartbeat that asks {} arrives in {}.", to, span(left))
}

/// A confirmation on its way.
pub fn confirmation_comes(from: NodeId, leader: NodeId, left: Micros) -> String {
    tr!("{}’s answer to a heartbeat confirms {} in {}.", from, leader, span(left))
}

/// The next heartbeat asks again.
pub fn heartbeat_asks_again(leader: NodeId, left: Micros) -> String {
    tr!("{}’s next heartbeat goes out in {} and asks again.", leader, span(left))
}

/// A read that waits for its server.
pub const READ_IS_CONFIRMED: &str = key!("The leader is confirmed.");

/// The question about a stale read.
pub fn why_stale(number: usize) -> String {
    tr!("Why is the answer to request {} not the newest?", number)
}

/// It saw nothing.
pub fn saw_nothing(at: NodeId, key: &str, newest: i64) -> String {
    tr!("{} held nothing under {}, and revision {} had set it by then.", at, key, newest)
}

/// It saw what is deleted.
pub fn saw_deleted(at: NodeId, key: &str, seen: i64) -> String {
    tr!("{} held {} as of revision {}, and it had been deleted by then.", at, key, seen)
}

/// It saw an older value.
pub fn saw_older(at: NodeId, key: &str, seen: i64, newest: i64) -> String {
    tr!(
        "{} held {} as of revision {}, and revision {} had set it anew by then.",
        at,
        key,
        seen,
        newest
    )
}

/// What the server knows now.
pub fn knows_less(at: NodeId, has: Index, all: Index) -> String {
    tr!("At this moment {} knows of commits up to {}, and {} entries are committed.", at, has, all)
}

/// It has caught up.
pub fn knows_all(at: NodeId, all: Index) -> String {
    tr!("At this moment {} knows of all {} commits.", at, all)
}

/// The question about a refused request.
pub fn why_refused_request(number: usize) -> String {
    tr!("Why was request {} refused?", number)
}

/// The question about a request that ended unknown.
pub fn why_unknown(number: usize) -> String {
    tr!("Why did request {} get no answer?", number)
}

/// Not the leader, and it names one.
pub fn named_leader(server: NodeId, leader: NodeId) -> String {
    tr!("{} did not lead or was about to hand over, took no request, and named {}.", server, leader)
}

/// Not the leader, and it names none.
pub fn named_nobody(server: NodeId) -> String {
    tr!("{} could not take it as leader, and knew nobody else to name.", server)
}

/// It was down.
pub fn was_down(server: NodeId) -> String {
    tr!("{} was down.", server)
}

/// Too many.
pub fn overloaded(most: usize) -> String {
    tr!("{} requests were open already, the most there may be.", most)
}

/// It went down.
pub fn went_down(server: NodeId) -> String {
    tr!("{} went down before it answered.", server)
}

/// It took too long.
pub fn timed_out(server: NodeId, waited: Micros) -> String {
    tr!("{} did not answer for {}, the client’s time-out.", server, span(waited))
}

/// It leads by now.
pub fn leads_by_now(server: NodeId) -> String {
    tr!("By now {} leads: the same request would be taken.", server)
}

/// Whom to ask.
pub fn ask_leader(leader: NodeId, term: Term) -> String {
    tr!("Ask {}, which leads term {}, or name no server: then the client finds it.", leader, term)
}
