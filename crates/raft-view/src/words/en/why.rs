//! Why not: questions, answers and what must come next. Every sentence is one template with its
//! numbers in place, so that another language can order them its own way.

use super::denial;
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
pub const NEXT: &str = "Next:";
/// Nobody leads.
pub const NOBODY_LEADS: &str = "Nobody leads.";
/// The question why nobody leads.
pub const WHY_NOBODY_LEADS: &str = "Why does nobody lead?";
/// Why nothing is committed without a leader.
pub const ONLY_A_LEADER_COMMITS: &str = "Only a leader commits.";
/// What an election needs first.
pub const MAJORITY_MUST_MEET: &str =
    "A majority of the voters must run and reach each other before anyone can be elected.";
/// No message tells of the commit just now.
pub const NEWS_NOT_ON_ITS_WAY: &str = "No message that says so is on its way just now.";
/// A client without a server to ask.
pub const KNOWS_NOBODY: &str = "The client has nobody to ask.";
/// The same, as what comes next.
pub const NOBODY_TO_ASK: &str = "There is nobody to ask instead.";
/// A request that ended unknown.
pub const MAY_HAVE_HAPPENED: &str =
    "It may have been carried out, or may yet be: only a read can tell.";
/// Why a serializable read may be stale.
pub const SERIALIZABLE_MAY: &str =
    "A serializable read asks nobody: the server answers with what it has applied.";
/// What a linearizable read would do, through the log.
pub const LINEARIZABLE_BY_LOG: &str = "A linearizable read goes through the log here: it is answered only when its own entry is \
     committed, and then shows everything committed before it.";
/// What it would do by ReadIndex.
pub const LINEARIZABLE_BY_READ_INDEX: &str = "A linearizable read waits here until a majority has confirmed the leader and everything \
     committed before it is applied.";
/// What it would do under a lease.
pub const LINEARIZABLE_BY_LEASE: &str = "A linearizable read is answered here only by a leader whose lease holds, once everything \
     committed before it is applied.";

/// Servers in a row: `n1, n2 and n3`.
fn all(ids: &[NodeId]) -> String {
    row(ids, "and")
}

/// A choice of servers: `n1, n2 or n3`.
fn any(ids: &[NodeId]) -> String {
    row(ids, "or")
}

fn row(ids: &[NodeId], last: &str) -> String {
    match ids {
        [] => "nobody".into(),
        [one] => one.to_string(),
        [rest @ .., end] => {
            let rest: Vec<String> = rest.iter().map(NodeId::to_string).collect();
            format!("{} {last} {end}", rest.join(", "))
        }
    }
}

// ---- what stands in the way ----

/// Why a message was lost, as a clause.
pub fn loss(because: LossReason) -> &'static str {
    match because {
        LossReason::Chance => "the network dropped it",
        LossReason::Cut => "the link was cut",
        LossReason::Down => "the server was down",
        LossReason::Dropped => "you dropped it",
        LossReason::Full => "too many messages were in flight",
    }
}

/// Servers that are down.
pub fn are_down(ids: &[NodeId]) -> String {
    match ids {
        [one] => format!("{one} is down."),
        _ => format!("{} are down.", all(ids)),
    }
}

/// Servers that are paused.
pub fn are_paused(ids: &[NodeId]) -> String {
    match ids {
        [one] => format!("{one} is paused: it keeps what it has and does nothing."),
        _ => format!("{} are paused: they keep what they have and do nothing.", all(ids)),
    }
}

/// Nothing passes.
pub fn is_blocked(from: NodeId, to: NodeId) -> String {
    format!("Nothing passes from {from} to {to}.")
}

/// What passes is held.
pub fn is_held(from: NodeId, to: NodeId) -> String {
    format!("What {from} sends to {to} is held back.")
}

/// Who must be reached first.
pub fn must_come_back(ids: &[NodeId], center: NodeId) -> String {
    match ids {
        [] => format!("{center} needs a majority of the voters."),
        [one] => {
            format!("{one} must be able to answer {center} again: without it there is no majority.")
        }
        _ => format!(
            "Some of {} must be able to answer {center} again: without them there is no majority.",
            all(ids)
        ),
    }
}

// ---- entries ----

/// The question about an entry.
pub fn why_not_committed(index: Index, holder: NodeId) -> String {
    format!("Why is entry {index} on {holder} not committed?")
}

/// The question about an entry that is committed.
pub fn why_not_known(index: Index, holder: NodeId) -> String {
    format!("Why does {holder} not know that entry {index} is committed?")
}

/// Another entry is committed there.
pub fn another_is_committed(index: Index, term: Term) -> String {
    format!("Another entry, of term {term}, is committed at index {index}: this one never will be.")
}

/// An old leader.
pub fn still_believes(id: NodeId, old: Term, leader: NodeId, new: Term) -> String {
    format!("{id} still believes that it leads term {old}, but {leader} leads term {new}.")
}

/// The entry goes.
pub fn removed_by(id: NodeId, leader: NodeId) -> String {
    format!("{id} removes it when {leader}’s entries for that place arrive.")
}

/// The entry goes later.
pub fn removed_once_reached(id: NodeId, leader: NodeId) -> String {
    format!("{id} removes it once {leader} reaches it again.")
}

/// The entry goes with a later leader.
pub fn removed_by_next_leader(id: NodeId) -> String {
    format!("{id} removes it when it hears from the next leader.")
}

/// Who has it while nobody leads.
pub fn held_without_leader(have: &[NodeId], needed: usize) -> String {
    let who = all(have);
    match have {
        [] => format!("It is on no voter’s disk; {needed} make a majority."),
        [_] => format!("{who} has it on disk; {needed} make a majority."),
        _ => format!("{who} have it on disk; {needed} make a majority."),
    }
}

/// The same in the new of two configurations.
pub fn held_in_new(have: &[NodeId], needed: usize) -> String {
    let who = all(have);
    format!("In the new configuration it is on the disks of {who}; {needed} make its majority.")
}

/// The same in the old one.
pub fn held_in_old(have: &[NodeId], needed: usize) -> String {
    let who = all(have);
    format!("In the old configuration it is on the disks of {who}; {needed} make its majority.")
}

/// The leader has something else.
pub fn leader_has_another(leader: NodeId, term: Term, index: Index, other: Term) -> String {
    format!("Leader {leader} of term {term} has another entry at index {index}, of term {other}.")
}

/// The leader's log is shorter.
pub fn leader_lacks_it(leader: NodeId, term: Term, index: Index, last: Index) -> String {
    format!("Leader {leader} of term {term} has no entry {index}: its log ends at {last}.")
}

/// What a leader's entries do.
pub fn replaced_by_leaders(id: NodeId, leader: NodeId) -> String {
    format!("When {leader}’s entry reaches {id}, it takes the place of this one.")
}

/// What could save it.
pub fn only_under_another_leader(id: NodeId, leader: NodeId) -> String {
    format!(
        "As long as {leader} leads it cannot be committed: {leader}’s next entry for that place \
         removes it from {id}."
    )
}

/// Not on a majority.
pub fn not_on_majority(have: &[NodeId], lacks: usize, missing: &[NodeId], voters: usize) -> String {
    let (who, others) = (all(have), any(missing));
    match (have, lacks) {
        ([], 1) => {
            format!("No disk has it yet; one of {others} is needed for a majority of {voters}.")
        }
        ([], _) => {
            format!(
                "No disk has it yet; {lacks} of {others} are needed for a majority of {voters}."
            )
        }
        ([_], 1) => {
            format!("{who} has it; one more of {others} is needed for a majority of {voters}.")
        }
        ([_], _) => {
            format!("{who} has it; {lacks} more of {others} are needed for a majority of {voters}.")
        }
        (_, 1) => {
            format!("{who} have it; one more of {others} is needed for a majority of {voters}.")
        }
        (_, _) => {
            format!(
                "{who} have it; {lacks} more of {others} are needed for a majority of {voters}."
            )
        }
    }
}

/// On a majority.
pub fn on_majority(have: &[NodeId], voters: usize) -> String {
    match have {
        [one] => format!("{one} has it, which is a majority of {voters}."),
        _ => format!("{} have it, a majority of {voters}.", all(have)),
    }
}

/// Not on a majority of the new configuration.
pub fn not_on_new_majority(have: &[NodeId], lacks: usize, missing: &[NodeId]) -> String {
    format!(
        "In the new configuration it is held by {}, and {lacks} more of {} must have it.",
        all(have),
        any(missing)
    )
}

/// On a majority of it.
pub fn on_new_majority(have: &[NodeId], voters: usize) -> String {
    format!("In the new configuration it is held by {}, a majority of {voters}.", all(have))
}

/// Not on a majority of the old configuration.
pub fn not_on_old_majority(have: &[NodeId], lacks: usize, missing: &[NodeId]) -> String {
    format!(
        "In the old configuration it is held by {}, and {lacks} more of {} must have it.",
        all(have),
        any(missing)
    )
}

/// On a majority of it.
pub fn on_old_majority(have: &[NodeId], voters: usize) -> String {
    format!("In the old configuration it is held by {}, a majority of {voters}.", all(have))
}

/// What the leader knows of a majority that is there.
pub fn leader_counts(leader: NodeId, counted: &[NodeId]) -> String {
    match counted {
        [] => format!("Leader {leader} has heard of no copy yet."),
        [one] if *one == leader => format!("Leader {leader} knows only of its own copy yet."),
        [one] => format!("Leader {leader} knows only of {one}’s copy yet."),
        _ => format!("Leader {leader} knows only of the copies of {} yet.", all(counted)),
    }
}

/// Of an older term, on a majority.
pub fn of_an_older_term(old: Term, leader: NodeId, term: Term) -> String {
    format!(
        "But it is of term {old}, and {leader} leads term {term}: a leader counts copies only of \
         entries of its own term."
    )
}

/// Of an older term, and not even on a majority.
pub fn old_term_needs_more(old: Term, leader: NodeId, term: Term) -> String {
    format!(
        "It is of term {old}, so a majority alone is not enough: {leader} commits it together with \
         an entry of its own term {term}."
    )
}

/// The leader has no entry of its own.
pub fn needs_own_entry(leader: NodeId, term: Term) -> String {
    format!("{leader} needs an entry of term {term} behind it, such as a client’s write.")
}

/// The leader's own entry is not on a majority.
pub fn own_entry_needs(index: Index, term: Term, lacks: usize, missing: &[NodeId]) -> String {
    let others = any(missing);
    match lacks {
        1 => format!(
            "Entry {index} of term {term} behind it commits both: one more of {others} must have it."
        ),
        _ => format!(
            "Entry {index} of term {term} behind it commits both: {lacks} more of {others} must \
             have it."
        ),
    }
}

/// It is on a majority, and the leader was not told.
pub fn own_entry_is_there(index: Index, term: Term, leader: NodeId) -> String {
    format!(
        "Entry {index} of term {term} behind it commits both as soon as {leader} hears that a majority has it."
    )
}

/// An answer on its way.
pub fn answer_comes(voter: NodeId, leader: NodeId, left: Micros) -> String {
    format!("{voter}’s answer is on its way and reaches {leader} in {}.", span(left))
}

/// No answer on its way.
pub fn answer_does_not_come(voter: NodeId, leader: NodeId) -> String {
    format!("{voter} has it, and no answer that says so is on its way to {leader}.")
}

/// An answer was lost.
pub fn answer_was_lost(voter: NodeId, leader: NodeId, why: &str) -> String {
    format!("{voter} has it, and its last answer to {leader} was lost: {why}.")
}

/// Answers on their way.
pub fn answers_come(voters: &[NodeId], leader: NodeId, left: Micros) -> String {
    match voters {
        [one] => answer_comes(*one, leader, left),
        _ => format!(
            "The answers of {} are on their way; the first reaches {leader} in {}.",
            all(voters),
            span(left)
        ),
    }
}

/// Writes under way.
pub fn are_writing(voters: &[NodeId], left: Micros) -> String {
    match voters {
        [one] => format!("{one} writes it to its disk, for another {}.", span(left)),
        _ => {
            format!("{} write it to their disks; the first is done in {}.", all(voters), span(left))
        }
    }
}

/// Copies on their way.
pub fn copies_come(voters: &[NodeId], left: Micros) -> String {
    match voters {
        [one] => format!("{one}’s copy is on its way and arrives in {}.", span(left)),
        _ => format!(
            "The copies for {} are on their way; the first arrives in {}.",
            all(voters),
            span(left)
        ),
    }
}

/// What was sent was lost.
pub fn copies_were_lost(leader: NodeId, voters: &[NodeId], why: &str) -> String {
    format!("{leader}’s last AppendEntries to {} was lost: {why}.", all(voters))
}

/// What was sent is not under way any more.
pub fn copies_are_gone(leader: NodeId, voters: &[NodeId]) -> String {
    match voters {
        [one] => format!(
            "{leader} has sent it to {one}, which does not have it; nothing of that is under way."
        ),
        _ => format!(
            "{leader} has sent it to {}, which do not have it; nothing of that is under way.",
            all(voters)
        ),
    }
}

/// What was not sent.
pub fn not_sent(leader: NodeId, voters: &[NodeId]) -> String {
    format!(
        "{leader} has not sent it to {} yet: it waits for answers to what it sent before.",
        all(voters)
    )
}

/// Links in one direction.
pub fn is_blocked_to(from: NodeId, to: &[NodeId]) -> String {
    format!("Nothing passes from {from} to {}.", any(to))
}

/// Links in the other.
pub fn is_blocked_from(from: &[NodeId], to: NodeId) -> String {
    format!("Nothing passes from {} to {to}.", any(from))
}

/// A write of which nobody knows the end.
pub fn has_not_written(voter: NodeId) -> String {
    format!("{voter} holds it in memory only: its disk does not have it.")
}

/// A copy that is held.
pub fn copy_is_held(voter: NodeId, leader: NodeId) -> String {
    format!("{voter}’s copy is held back on the link from {leader}.")
}

/// A server in a higher term.
pub fn is_ahead(voter: NodeId, term: Term, leader: NodeId, theirs: Term) -> String {
    format!("{voter} is in term {term} and takes nothing from {leader}, which leads term {theirs}.")
}

/// A leader that probes.
pub fn probes(leader: NodeId, voter: NodeId, next: Index) -> String {
    format!(
        "{leader} still looks for where {voter}’s log agrees with its own, and tries index {next}."
    )
}

/// A server that lacks what the leader has dropped.
pub fn needs_snapshot(voter: NodeId, leader: NodeId, pending: Index) -> String {
    match pending {
        0 => {
            format!("{voter} needs a snapshot of {leader} first, and the last one did not arrive.")
        }
        _ => format!("{voter} needs {leader}’s snapshot up to {pending} first."),
    }
}

/// What comes next: an answer.
pub fn next_answer(voter: NodeId, leader: NodeId, left: Micros) -> String {
    format!("In {} {leader} hears from {voter} and counts its copy.", span(left))
}

/// What comes next: the leader's own write.
pub fn next_own_write(leader: NodeId, left: Micros) -> String {
    format!("In {} it is on {leader}’s own disk, and {leader} counts itself.", span(left))
}

/// What comes next: a write.
pub fn next_write(voter: NodeId, leader: NodeId, left: Micros) -> String {
    format!("In {} it is on {voter}’s disk, and {voter} answers {leader}.", span(left))
}

/// What comes next: a message.
pub fn next_copy(voter: NodeId, left: Micros) -> String {
    format!("In {} it reaches {voter}, which writes it and answers if it fits its log.", span(left))
}

/// What comes next: a snapshot.
pub fn next_snapshot(voter: NodeId, leader: NodeId, left: Micros) -> String {
    format!(
        "In {} {leader}’s snapshot reaches {voter}; then come the entries behind it.",
        span(left)
    )
}

/// What comes next: the heartbeat.
pub fn next_retry(leader: NodeId, voter: NodeId, left: Micros) -> String {
    format!(
        "{leader}’s next heartbeat goes out in {}; when {voter} answers it, {leader} sends again \
         what {voter} lacks.",
        span(left)
    )
}

/// What comes next for a copy that the leader has not heard of.
pub fn next_hears(leader: NodeId, voter: NodeId, left: Micros) -> String {
    format!(
        "{leader}’s next heartbeat goes out in {}; when {voter} answers it, {leader} asks again how \
         much {voter} has.",
        span(left)
    )
}

/// It is committed, and the server knows less.
pub fn is_committed(index: Index, id: NodeId, known: Index) -> String {
    match known {
        0 => format!("Entry {index} is committed, but {id} knows of no commit yet."),
        _ => format!("Entry {index} is committed, but {id} knows of commits up to {known} only."),
    }
}

/// After a restart.
pub fn learns_after_restart(id: NodeId) -> String {
    format!("{id} must start again; then the leader tells it.")
}

/// After a pause.
pub fn learns_after_resume(id: NodeId) -> String {
    format!("{id} must go on; then it takes what waits in its inbox.")
}

/// With the next leader.
pub fn learns_from_next_leader(id: NodeId) -> String {
    format!("{id} learns it from the next leader.")
}

/// A leader that does not know.
pub fn leader_does_not_know(leader: NodeId, term: Term) -> String {
    format!(
        "It was committed under an earlier leader. {leader}, which leads term {term}, does not know \
         that either."
    )
}

/// How it learns.
pub fn leader_learns(leader: NodeId, term: Term) -> String {
    format!("{leader} learns it when it commits an entry of its own term {term}.")
}

/// News on its way.
pub fn news_comes(leader: NodeId, id: NodeId, left: Micros) -> String {
    format!("A message of {leader} that says so reaches {id} in {}.", span(left))
}

/// When it learns.
pub fn next_news(id: NodeId, left: Micros) -> String {
    format!("In {} {id} raises its commit index and applies the entry.", span(left))
}

/// A server that cannot be told.
pub fn learns_once_reached(id: NodeId, leader: NodeId) -> String {
    format!("{id} learns it once {leader} reaches it and hears from it again.")
}

/// A server that is no member for the leader.
pub fn leader_sends_nothing(leader: NodeId, id: NodeId) -> String {
    format!("For {leader}, {id} is no member: it is sent nothing.")
}

/// A leader that does not know what the server has.
pub fn leader_knows_less(leader: NodeId, id: NodeId, matched: Index) -> String {
    format!(
        "{leader} knows {id}’s log to match up to {matched} only, and tells it of no commit beyond \
         that."
    )
}

/// The next heartbeat.
pub fn next_heartbeat_tells(leader: NodeId, id: NodeId, left: Micros) -> String {
    format!(
        "{leader}’s next heartbeat goes out in {}: it tells {id} of every commit up to where \
         {leader} knows their logs to match.",
        span(left)
    )
}

// ---- votes ----

/// The question about a vote.
pub fn why_no_vote(voter: NodeId, candidate: NodeId, term: Term) -> String {
    format!("Why does {candidate} not have {voter}’s vote in term {term}?")
}

/// The question about a pre-vote.
pub fn why_no_pre_vote(voter: NodeId, candidate: NodeId, term: Term) -> String {
    format!("Why does {candidate} not have {voter}’s pre-vote for term {term}?")
}

/// The question about a candidate's own vote.
pub fn why_own_vote_not_counted(candidate: NodeId, term: Term) -> String {
    format!("Why does {candidate} not count its own vote in term {term}?")
}

/// The question about a vote that was refused.
pub fn why_refused(voter: NodeId, candidate: NodeId, term: Term) -> String {
    format!("Why did {voter} refuse {candidate} its vote in term {term}?")
}

/// The question about a pre-vote that was refused.
pub fn why_refused_pre_vote(voter: NodeId, candidate: NodeId, term: Term) -> String {
    format!("Why did {voter} refuse {candidate} its pre-vote for term {term}?")
}

/// Not asked.
pub fn is_not_asked(voter: NodeId, candidate: NodeId) -> String {
    format!("{candidate} does not ask {voter}: in its configuration {voter} has no vote.")
}

/// What gives a vote.
pub fn must_become_voter(id: NodeId) -> String {
    format!("A committed change of membership must make {id} a voter.")
}

/// Voted for another.
pub fn has_voted(voter: NodeId, other: NodeId) -> String {
    if voter == other {
        return format!("{voter} has given its one vote of that term to itself.");
    }
    format!("{voter} has given its one vote of that term to {other}.")
}

/// Follows a leader of that term.
pub fn follows(voter: NodeId, leader: NodeId) -> String {
    format!("{voter} follows {leader}, which leads that term already.")
}

/// Hears a leader.
pub fn hears_leader(voter: NodeId, leader: NodeId) -> String {
    format!(
        "{voter} has heard from leader {leader} within the shortest election timeout, so it does \
         not listen to candidates."
    )
}

/// The voter's log is newer.
pub fn log_is_newer(voter: NodeId, ours: Position, candidate: NodeId, theirs: Position) -> String {
    format!(
        "{voter}’s log is more up-to-date: its last entry is index {} of term {}, {candidate}’s is \
         index {} of term {}.",
        ours.index, ours.term, theirs.index, theirs.term
    )
}

/// The candidate's term is over.
pub fn term_is_over(voter: NodeId, term: Term) -> String {
    format!("That term was over for {voter}, which is in term {term} now.")
}

/// Refused, nobody knows why.
pub fn has_refused(voter: NodeId) -> String {
    format!("{voter} said no; its reason is not remembered any more.")
}

/// Refused, in a sentence among others.
pub fn refused_because(voter: NodeId, because: Denial) -> String {
    format!("{voter} refuses: {}.", denial(&because))
}

/// The question is on its way.
pub fn question_comes(candidate: NodeId, voter: NodeId, left: Micros) -> String {
    format!("{candidate}’s question reaches {voter} in {}.", span(left))
}

/// Questions on their way.
pub fn questions_come(candidate: NodeId, voters: &[NodeId], left: Micros) -> String {
    match voters {
        [one] => question_comes(candidate, *one, left),
        _ => format!(
            "{candidate}’s questions to {} are on their way; the first arrives in {}.",
            all(voters),
            span(left)
        ),
    }
}

/// The question is held.
pub fn question_is_held(candidate: NodeId, voter: NodeId) -> String {
    format!("{candidate}’s question to {voter} is held back on its link.")
}

/// What would come of it.
pub fn as_things_are(voter: NodeId) -> String {
    format!("As things are, {voter} will refuse.")
}

/// The question waits.
pub fn question_in_inbox(voter: NodeId) -> String {
    format!("The question lies in the inbox of {voter}, which is paused.")
}

/// The answer waits.
pub fn answer_in_inbox(candidate: NodeId) -> String {
    format!("The answer lies in the inbox of {candidate}, which is paused.")
}

/// A candidate's own vote is written.
pub fn own_vote_is_written(candidate: NodeId) -> String {
    format!("{candidate}’s vote for itself counts once it is on its disk.")
}

/// A vote is written.
pub fn vote_is_written(voter: NodeId, candidate: NodeId) -> String {
    format!(
        "{voter} has voted for {candidate}; the answer leaves once the vote is on {voter}’s disk."
    )
}

/// A refusal waits.
pub fn refusal_is_written(voter: NodeId, candidate: NodeId) -> String {
    format!("{voter} has refused {candidate}; the answer leaves once {voter}’s disk has its term.")
}

/// When a disk is done.
pub fn disk_is_done(id: NodeId, left: Micros) -> String {
    format!("{id}’s disk is done in {}.", span(left))
}

/// A yes on its way.
pub fn vote_was_given(voter: NodeId) -> String {
    format!("{voter} has given it.")
}

/// A no on its way.
pub fn vote_was_refused(voter: NodeId) -> String {
    format!("{voter} has refused it.")
}

/// The answer is held.
pub fn vote_is_held(voter: NodeId, candidate: NodeId) -> String {
    format!("{voter}’s answer to {candidate} is held back on its link.")
}

/// The answer is on its way.
pub fn vote_comes(candidate: NodeId, left: Micros) -> String {
    format!("The answer reaches {candidate} in {}.", span(left))
}

/// The question was lost.
pub fn question_was_lost(candidate: NodeId, voters: &[NodeId], why: &str) -> String {
    format!("{candidate}’s question to {} was lost: {why}.", all(voters))
}

/// The answer was lost.
pub fn vote_was_lost(voter: NodeId, candidate: NodeId, why: &str) -> String {
    format!("{voter}’s answer to {candidate} was lost: {why}.")
}

/// Silence.
pub fn nothing_under_way(candidate: NodeId, voter: NodeId) -> String {
    format!("Neither {candidate}’s question to {voter} nor an answer is under way any more.")
}

/// Several that are silent.
pub fn have_not_answered(ids: &[NodeId]) -> String {
    match ids {
        [one] => format!("{one} has not answered, and nothing of that is under way."),
        _ => format!("{} have not answered, and nothing of that is under way.", all(ids)),
    }
}

/// A candidate asks again.
pub fn asks_in_next_term(candidate: NodeId, left: Micros, term: Term) -> String {
    format!(
        "A candidate asks once a term: unless it wins or hears a leader, {candidate} starts term \
         {term} in {}.",
        span(left)
    )
}

/// A server asks for pre-votes again.
pub fn pre_asks_again(candidate: NodeId, left: Micros) -> String {
    format!("Unless it wins or hears a leader, {candidate} asks again in {}.", span(left))
}

/// It stands again.
pub fn asks_again(candidate: NodeId, left: Micros) -> String {
    format!(
        "{candidate} stands again if it hears from no leader and gives no vote for {}.",
        span(left)
    )
}

/// It has won since.
pub fn leads_now(candidate: NodeId, term: Term) -> String {
    format!("By now {candidate} leads term {term} without it.")
}

// ---- leading ----

/// The question about a server.
pub fn why_not_leader(id: NodeId) -> String {
    format!("Why does {id} not lead?")
}

/// After a restart.
pub fn leads_after_restart(id: NodeId) -> String {
    format!(
        "{id} must start again, hear from no leader until its election timer runs out, and win."
    )
}

/// After a pause.
pub fn leads_after_resume(id: NodeId) -> String {
    format!("{id} must go on first; then it reads what waits in its inbox.")
}

/// A leader that is paused.
pub fn leads_but_paused(id: NodeId, term: Term) -> String {
    format!("{id} led term {term} when it was paused, and does nothing until it goes on.")
}

/// A learner.
pub fn is_learner(id: NodeId) -> String {
    format!("{id} is a learner: it gets the log and has no vote.")
}

/// No member.
pub fn is_no_member(id: NodeId) -> String {
    format!("{id} is no member of the cluster, as far as it knows.")
}

/// A candidate's count.
pub fn stands(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    format!(
        "{id} stands for election in term {term} and has {} of {needed} votes it needs: {}.",
        yes.len(),
        all(yes)
    )
}

/// A pre-candidate's count.
pub fn pre_stands(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    format!(
        "{id} asks whether it could win term {term} and has {} of {needed} pre-votes it needs: {}.",
        yes.len(),
        all(yes)
    )
}

/// The count in the new configuration.
pub fn stands_new(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    format!(
        "For term {term} {id} has {} of {needed} votes it needs in the new configuration: {}.",
        yes.len(),
        all(yes)
    )
}

/// The count in the old one.
pub fn stands_old(id: NodeId, term: Term, yes: &[NodeId], needed: usize) -> String {
    format!(
        "For term {term} {id} has {} of {needed} votes it needs in the old configuration: {}.",
        yes.len(),
        all(yes)
    )
}

/// It cannot win.
pub fn cannot_win(id: NodeId, term: Term) -> String {
    format!("Too many have refused: {id} cannot win term {term} any more.")
}

/// The next answer to a candidate.
pub fn next_ballot(id: NodeId, left: Micros) -> String {
    format!("{id} counts the next answer in {}.", span(left))
}

/// Cut off.
pub fn reaches_too_few(id: NodeId, reached: &[NodeId], voters: usize) -> String {
    match reached {
        [one] if *one == id => {
            format!("{id} reaches no other voter of {voters}, and cannot win an election.")
        }
        _ => format!(
            "Of {voters} voters {id} reaches only {}, too few to win an election.",
            all(reached)
        ),
    }
}

/// When it led.
pub fn led_until(id: NodeId, term: Term, at: Micros) -> String {
    format!("{id} led term {term} until {}.", seconds(at))
}

/// Why it stepped down.
pub fn stepped_down(id: NodeId, because: StepDown) -> String {
    match because {
        StepDown::HigherTerm { term } => format!("Then {id} learnt of term {term}."),
        StepDown::LeaderElected { leader } => format!("Then {leader} was elected."),
        StepDown::VotesLost => format!("Then {id} could not win any more."),
        StepDown::QuorumLost => {
            format!("Then {id} had not heard from a majority for an election timeout.")
        }
        StepDown::Removed => format!("Then {id} was no voter any more."),
    }
}

/// It follows.
pub fn follows_leader(id: NodeId, leader: NodeId, term: Term) -> String {
    format!("{id} follows {leader}, leader of term {term}.")
}

/// It knows no leader and has voted.
pub fn has_voted_and_waits(id: NodeId, vote: NodeId, term: Term) -> String {
    format!("{id} has voted for {vote} in term {term}, and has heard from no leader of that term.")
}

/// It knows no leader.
pub fn knows_no_leader(id: NodeId, term: Term) -> String {
    format!("{id} has heard from no leader of term {term} and waits for its election timer.")
}

/// Its timer.
pub fn timer_starts_anew(id: NodeId, left: Micros, leader: NodeId) -> String {
    format!(
        "{id}’s election timer has {} left and starts anew with every message of {leader}.",
        span(left)
    )
}

/// What would make it stand.
pub fn stands_without_heartbeats(id: NodeId, left: Micros) -> String {
    format!("{id} stands for election only if it hears nothing from its leader for {}.", span(left))
}

/// When it stands.
pub fn stands_when(id: NodeId, left: Micros) -> String {
    format!(
        "{id} stands for election in {}, unless it hears from a leader or gives a vote before.",
        span(left)
    )
}

/// Whom it follows does not lead any more.
pub fn leads_no_more(leader: NodeId) -> String {
    format!("{leader} does not lead that term any more.")
}

/// It could not win.
pub fn log_is_behind(id: NodeId, ours: Position, newer: &[NodeId]) -> String {
    let who = all(newer);
    match (ours.index, newer) {
        (0, _) => format!("It could not win now: {id}’s log is empty, and {who} would refuse."),
        (index, [_]) => format!(
            "It could not win now: {id}’s last entry is index {index} of term {}, and {who}’s log is \
             more up-to-date.",
            ours.term
        ),
        (index, _) => format!(
            "It could not win now: {id}’s last entry is index {index} of term {}, and the logs of \
             {who} are more up-to-date.",
            ours.term
        ),
    }
}

/// Too few voters.
pub fn too_few(live: &[NodeId], voters: usize, needed: usize) -> String {
    format!(
        "No server reaches a majority: {needed} of {voters} voters must reach each other; these run: {}.",
        all(live)
    )
}

/// Too few of the new configuration.
pub fn too_few_new(live: &[NodeId], needed: usize) -> String {
    format!(
        "No server reaches both majorities: in the new configuration {needed} must reach each other; \
         these run: {}.",
        all(live)
    )
}

/// Too few of the old one.
pub fn too_few_old(live: &[NodeId], needed: usize) -> String {
    format!("In the old configuration {needed} must reach each other; these run: {}.", all(live))
}

/// A candidate's votes, in short.
pub fn has_votes(id: NodeId, votes: usize, term: Term, needed: usize) -> String {
    format!("{id} stands in term {term}: {votes} of {needed} votes.")
}

/// A pre-candidate's, in short.
pub fn asks_whether(id: NodeId, votes: usize, term: Term, needed: usize) -> String {
    format!("{id} asks whether it could win term {term}: {votes} of {needed} pre-votes.")
}

/// A split vote.
pub fn votes_are_split(term: Term, candidates: &[NodeId]) -> String {
    format!("The votes of term {term} are split between {}.", all(candidates))
}

/// A split vote that nobody can win.
pub fn none_can_win(term: Term) -> String {
    format!("None of them can win term {term} any more.")
}

/// Who times out first.
pub fn times_out_first(id: NodeId, left: Micros) -> String {
    format!(
        "{id}’s election timer runs out first, in {}; then it stands for election, unless it hears from a leader or gives a vote before.",
        span(left)
    )
}

// ---- requests ----

/// The question about a request.
pub fn why_no_answer(number: usize) -> String {
    format!("Why has request {number} no answer yet?")
}

/// It is at nobody.
pub fn was_dropped(server: NodeId) -> String {
    format!("It was sent to {server}, which does not have it any more.")
}

/// In an inbox.
pub fn waits_in_inbox(server: NodeId) -> String {
    format!("It lies in the inbox of {server}, which is paused.")
}

/// What helps.
pub fn must_resume(server: NodeId) -> String {
    format!("{server} must go on.")
}

/// A client that asks again.
pub fn has_not_asked(leader: NodeId) -> String {
    format!("Its client has not asked {leader} yet, which leads now.")
}

/// It gives up.
pub fn gives_up(left: Micros) -> String {
    format!("Its client tries once and gives up in {}.", span(left))
}

/// It looks again.
pub fn looks_again(left: Micros) -> String {
    format!("Its client looks for a leader again in {}.", span(left))
}

/// It asks another.
pub fn asks_another(left: Micros, timeout: Micros) -> String {
    format!(
        "Its client looks again in {} and asks anew if another server leads by then, or in {} in \
         any case.",
        span(left),
        span(timeout)
    )
}

/// Its entry is not committed.
pub fn entry_not_committed(index: Index, term: Term, holder: NodeId, at: NodeId) -> String {
    if holder == at {
        format!("Its entry, index {index} of term {term}, is in {at}’s log and not committed.")
    } else {
        format!(
            "{at} waits for its entry, index {index} of term {term}, which is in {holder}’s log and \
             not committed."
        )
    }
}

/// Its entry.
pub fn its_entry(index: Index, at: NodeId, applied: Index) -> String {
    format!("{at} answers once it has applied index {index}; it has applied up to {applied}.")
}

/// Its entry is elsewhere.
pub fn entry_not_here(index: Index, at: NodeId) -> String {
    format!("Its entry, index {index}, is committed, but {at} does not have it yet.")
}

/// A server applies what its disk has.
pub fn applies_what_is_durable(at: NodeId, durable: Index) -> String {
    format!("{at} applies only what is on its disk, which has the log up to {durable}.")
}

/// A request on its way.
pub fn request_comes(from: NodeId, to: NodeId, left: Micros) -> String {
    format!("{from} does not lead and has passed it on; it reaches {to} in {}.", span(left))
}

/// A request that is held.
pub fn request_is_held(from: NodeId, to: NodeId) -> String {
    format!("{from} does not lead and has passed it on; it is held back on its link to {to}.")
}

/// What the leader does with it.
pub fn leader_appends(to: NodeId, left: Micros) -> String {
    format!("In {} {to} appends it to its log, if it still leads then.", span(left))
}

/// In no log.
pub fn in_no_log(at: NodeId, last: u64) -> String {
    format!(
        "{at} waits for its entry, but it is not among the last {last} of any log, and no message \
         carries the request."
    )
}

/// A read on its way to the leader.
pub fn read_question_comes(from: NodeId, to: NodeId, left: Micros) -> String {
    format!("{from} asks {to} whether it still leads; the question arrives in {}.", span(left))
}

/// The leader's answer.
pub fn read_answer_comes(from: NodeId, to: NodeId, left: Micros) -> String {
    format!("{from} leads for certain; its answer reaches {to} in {}.", span(left))
}

/// A read that is held.
pub fn read_is_held(from: NodeId, to: NodeId) -> String {
    format!("The ReadIndex message from {from} to {to} is held back on its link.")
}

/// A read that was not confirmed.
pub fn read_unanswered(at: NodeId) -> String {
    format!("{at} was not told yet up to where it must apply before it serves the read.")
}

/// A leader that has committed nothing yet.
pub fn read_is_postponed(leader: NodeId, term: Term) -> String {
    format!(
        "{leader} has committed nothing in its term {term} yet, so it does not know everything that \
         is committed."
    )
}

/// A read that needs a quorum.
pub fn read_needs(leader: NodeId, by: &[NodeId], lacks: usize, missing: &[NodeId]) -> String {
    let (who, others) = (all(by), any(missing));
    match by {
        [] | [_] => format!(
            "The read waits until a majority confirms that {leader} still leads: {who} does, and \
             {lacks} more of {others} must."
        ),
        _ => format!(
            "The read waits until a majority confirms that {leader} still leads: {who} do, and \
             {lacks} more of {others} must."
        ),
    }
}

/// The question of a read on its way.
pub fn heartbeat_asks(to: NodeId, left: Micros) -> String {
    format!("The heartbeat that asks {to} arrives in {}.", span(left))
}

/// A confirmation on its way.
pub fn confirmation_comes(from: NodeId, leader: NodeId, left: Micros) -> String {
    format!("{from}’s answer to a heartbeat confirms {leader} in {}.", span(left))
}

/// The next heartbeat asks again.
pub fn heartbeat_asks_again(leader: NodeId, left: Micros) -> String {
    format!("{leader}’s next heartbeat goes out in {} and asks again.", span(left))
}

/// A read that waits for its server.
pub const READ_IS_CONFIRMED: &str = "The leader is confirmed.";

/// The question about a stale read.
pub fn why_stale(number: usize) -> String {
    format!("Why is the answer to request {number} not the newest?")
}

/// It saw nothing.
pub fn saw_nothing(at: NodeId, key: &str, newest: i64) -> String {
    format!("{at} held nothing under {key}, and revision {newest} had set it by then.")
}

/// It saw what is deleted.
pub fn saw_deleted(at: NodeId, key: &str, seen: i64) -> String {
    format!("{at} held {key} as of revision {seen}, and it had been deleted by then.")
}

/// It saw an older value.
pub fn saw_older(at: NodeId, key: &str, seen: i64, newest: i64) -> String {
    format!("{at} held {key} as of revision {seen}, and revision {newest} had set it anew by then.")
}

/// What the server knows now.
pub fn knows_less(at: NodeId, has: Index, all: Index) -> String {
    format!("At this moment {at} knows of commits up to {has}, and {all} entries are committed.")
}

/// It has caught up.
pub fn knows_all(at: NodeId, all: Index) -> String {
    format!("At this moment {at} knows of all {all} commits.")
}

/// The question about a refused request.
pub fn why_refused_request(number: usize) -> String {
    format!("Why was request {number} refused?")
}

/// The question about a request that ended unknown.
pub fn why_unknown(number: usize) -> String {
    format!("Why did request {number} get no answer?")
}

/// Not the leader, and it names one.
pub fn named_leader(server: NodeId, leader: NodeId) -> String {
    format!("{server} did not lead or was about to hand over, took no request, and named {leader}.")
}

/// Not the leader, and it names none.
pub fn named_nobody(server: NodeId) -> String {
    format!("{server} could not take it as leader, and knew nobody else to name.")
}

/// It was down.
pub fn was_down(server: NodeId) -> String {
    format!("{server} was down.")
}

/// Too many.
pub fn overloaded(most: usize) -> String {
    format!("{most} requests were open already, the most there may be.")
}

/// It went down.
pub fn went_down(server: NodeId) -> String {
    format!("{server} went down before it answered.")
}

/// It took too long.
pub fn timed_out(server: NodeId, waited: Micros) -> String {
    format!("{server} did not answer for {}, the client’s time-out.", span(waited))
}

/// It leads by now.
pub fn leads_by_now(server: NodeId) -> String {
    format!("By now {server} leads: the same request would be taken.")
}

/// Whom to ask.
pub fn ask_leader(leader: NodeId, term: Term) -> String {
    format!("Ask {leader}, which leads term {term}, or name no server: then the client finds it.")
}
