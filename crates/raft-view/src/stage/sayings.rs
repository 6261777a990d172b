//! What a message says in a few words, for whoever sees it pass.

use super::short;
use crate::lang::look_up;
use raft_core::{AppendReply, Body, Message};
use raft_sim::describe_entry;

/// What a message says; `None` for heartbeats and their answers, which say nothing new.
pub(super) fn saying(message: &Message) -> Option<String> {
    let word = |key: &'static str| Some(look_up(key).to_string());
    match &message.body {
        Body::Heartbeat { .. } | Body::HeartbeatReply { .. } => None,
        Body::RequestVote { .. } => Some(tr!("vote for me, term {}", message.term)),
        Body::PreVote { .. } => Some(tr!("could I win term {}?", message.term)),
        Body::RequestVoteReply { vote_granted: true }
        | Body::PreVoteReply { vote_granted: true }
        | Body::AppendEntriesReply(AppendReply::Accepted { .. }) => word(key!("yes")),
        Body::RequestVoteReply { vote_granted: false }
        | Body::PreVoteReply { vote_granted: false }
        | Body::AppendEntriesReply(AppendReply::Rejected { .. }) => word(key!("no")),
        Body::AppendEntriesReply(AppendReply::StaleTerm) => Some(tr!("no: term {}", message.term)),
        Body::AppendEntries { entries, commit_index, .. } => match &entries[..] {
            [] if *commit_index == 0 => word(key!("is your log mine?")),
            [] => Some(tr!("entry {} is safe", commit_index)),
            [entry] => Some(tr!("store {}", short(&describe_entry(entry)))),
            [_, ..] => Some(tr!("store {} entries", entries.len())),
        },
        Body::InstallSnapshot { .. } => word(key!("take my snapshot")),
        Body::Propose { .. } => word(key!("a client asks")),
        Body::TimeoutNow => word(key!("stand now")),
        Body::TransferLeader => word(key!("hand over")),
        Body::ReadIndex { .. } => word(key!("do you lead?")),
        Body::ReadIndexReply { .. } => word(key!("yes, I lead")),
    }
}
