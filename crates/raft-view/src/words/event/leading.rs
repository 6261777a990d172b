//! What a leader decides about handing over and about reads.

use super::say;
use crate::words::Sentence;
use raft_core::{Index, NodeId};

const READ_INDEX: &str = "ReadIndex · §6.4 diss.";

pub(super) fn transfer_started(id: NodeId, to: NodeId) -> Sentence {
    let text = tr!("{} hands over to **{}** and takes no commands meanwhile.", id, to);
    say(text, "§3.10 diss.")
}

pub(super) fn timeout_now_sent(id: NodeId, to: NodeId) -> Sentence {
    let text = tr!("{} has every entry: {} tells it to stand for election at once.", to, id);
    say(text, "TimeoutNow · §3.10 diss.")
}

pub(super) fn transfer_aborted(id: NodeId, to: NodeId) -> Sentence {
    say(tr!("{} no longer waits for {} to take over.", id, to), "§3.10 diss.")
}

pub(super) fn read_confirmed(id: NodeId, index: Index) -> Sentence {
    let text = tr!("{} leads for certain: the read may be served once {} is applied.", id, index);
    say(text, READ_INDEX)
}

pub(super) fn read_waits(id: NodeId) -> Sentence {
    say(tr!("{} has committed nothing in its term yet, so the read waits.", id), READ_INDEX)
}

pub(super) fn read_unanswered(id: NodeId) -> Sentence {
    say(tr!("{} knows no leader to ask about the read.", id), "§6.4 diss.")
}
