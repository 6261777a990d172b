//! What a message says.

use raft_core::{AppendReply, Body, Echo, Index, Message, Position};

/// What a message carries, in one line.
pub fn message(message: &Message) -> String {
    match &message.body {
        Body::PreVote { last } => tr!(
            "asks whether it would get a vote; its last entry is index {} of term {}",
            last.index,
            last.term
        ),
        Body::PreVoteReply { vote_granted: true } => told!("would give its vote"),
        Body::PreVoteReply { vote_granted: false } => told!("would refuse its vote"),
        Body::InstallSnapshot { snapshot } => tr!(
            "a snapshot up to index {} of term {}",
            snapshot.position.index,
            snapshot.position.term
        ),
        Body::TimeoutNow => told!("stand for election now"),
        Body::TransferLeader => told!("hand leadership to me"),
        Body::ReadIndex { .. } => told!("up to where must I apply before I serve a read?"),
        Body::ReadIndexReply { index, .. } => tr!("serve the read once {} is applied", index),
        Body::RequestVote { last, .. } => {
            tr!("asks for a vote; its last entry is index {} of term {}", last.index, last.term)
        }
        Body::RequestVoteReply { vote_granted: true } => told!("gives its vote"),
        Body::RequestVoteReply { vote_granted: false } => told!("refuses its vote"),
        Body::AppendEntries { previous, entries, commit_index } => {
            carries(*previous, entries.len(), *commit_index)
        }
        Body::AppendEntriesReply(AppendReply::Accepted { match_index }) => {
            tr!("holds everything up to index {}", match_index)
        }
        Body::AppendEntriesReply(AppendReply::Rejected { previous_index, hint }) => tr!(
            "has nothing that fits at index {}; the logs may agree at index {} of \
             term {}",
            previous_index,
            hint.index,
            hint.term
        ),
        Body::AppendEntriesReply(AppendReply::StaleTerm) => told!("your term is over"),
        Body::Heartbeat { commit_index, echo: Echo::Nothing | Echo::Round(_) } => {
            tr!("I lead; commit index {}", commit_index)
        }
        Body::Heartbeat { commit_index, echo: Echo::Read(_) | Echo::Leaving } => {
            tr!("do I still lead? commit index {}", commit_index)
        }
        Body::HeartbeatReply { echo: Echo::Nothing | Echo::Round(_) } => told!("heard"),
        Body::HeartbeatReply { echo: Echo::Read(_) | Echo::Leaving } => {
            told!("heard, and you lead")
        }
        Body::Propose { payloads } => tr!("{} commands of clients", payloads.len()),
    }
}

fn carries(previous: Position, entries: usize, commit_index: Index) -> String {
    let Position { index, term } = previous;
    match entries {
        0 => {
            tr!("no entries after index {} of term {}; commit index {}", index, term, commit_index)
        }
        1 => {
            tr!("one entry after index {} of term {}; commit index {}", index, term, commit_index)
        }
        _ => tr!(
            "{} entries after index {} of term {}; commit index {}",
            entries,
            index,
            term,
            commit_index
        ),
    }
}
