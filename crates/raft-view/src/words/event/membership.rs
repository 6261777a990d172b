//! What is decided about members.

use super::say;
use crate::words::Sentence;
use raft_core::{ChangeError, ConfigRefusal, Index, NodeId};

pub(super) fn appended(id: NodeId, index: Index) -> Sentence {
    say(tr!("{} puts the change of membership into its log at **index {}**.", id, index), "§6")
}

pub(super) fn refused(id: NodeId, because: ConfigRefusal) -> Sentence {
    let text = match because {
        ConfigRefusal::Pending { index, applied } => tr!(
            "{} takes no change of membership now: one may stand up to index {}, and it has \
             applied up to {}.",
            id,
            index,
            applied
        ),
        ConfigRefusal::InJoint => tr!(
            "{} takes no change of membership now: the joint configuration must be left first.",
            id
        ),
        ConfigRefusal::NotJoint => tr!(
            "{} takes no change of membership now: there is no joint configuration to leave.",
            id
        ),
    };
    say(text, "§6")
}

pub(super) fn in_force(id: NodeId, index: Index, joint: bool) -> Sentence {
    if joint {
        return say(
            tr!("{} applies entry {}: **two configurations** decide together now.", id, index),
            "Joint consensus · §6",
        );
    }
    say(tr!("{} applies the change of membership at {}.", id, index), "§6")
}

pub(super) fn impossible(id: NodeId, index: Index, because: &ChangeError) -> Sentence {
    say(tr!("{} cannot take up entry {}: {}.", id, index, because), "§6")
}

pub(super) fn leaving(id: NodeId) -> Sentence {
    say(tr!("{} proposes to leave the joint configuration.", id), "§6")
}
