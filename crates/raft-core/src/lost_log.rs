//! A follower that lacks entries which it has acknowledged: its disk was lost. Neither the paper
//! nor etcd allows for that; what each does about it is [`LostLog`].

use crate::config::LostLog;
use crate::io::Output;
use crate::message::{AppendReply, Body};
use crate::node::Node;
use crate::note::Note;
use crate::progress::Flow;
use crate::role::Role;
use crate::rules::Rule;
use crate::types::{Index, NodeId};

impl Node {
    /// The follower's side: a heartbeat carries no commit index beyond what this server has
    /// acknowledged. True where it lacks some of that, and there is nothing to learn.
    pub(crate) fn has_lost_log(
        &mut self,
        leader: NodeId,
        commit_index: Index,
        out: &mut Vec<Output>,
    ) -> bool {
        let last = self.durable.log.last();
        // Without the rule a leader says more than it may, and no disk need be lost.
        if commit_index <= last.index || !self.config.rules.holds(Rule::ClampHeartbeat) {
            return false;
        }
        match self.config.lost_log {
            LostLog::Stops => {
                out.push(Output::Note(Note::Stopped { commit_index, last: last.index }));
            }
            LostLog::IsSentAgain => {
                let reply = AppendReply::Rejected { previous_index: commit_index, hint: last };
                let term = self.durable.term;
                self.send_when_durable(leader, term, Body::AppendEntriesReply(reply));
            }
        }
        true
    }

    /// The leader's side: a follower refuses what it has acknowledged. Only in the paper's way
    /// anything follows. An old answer may say so too: the follower is asked once more, with one
    /// probe, and goes back to the start if it refuses that as well.
    pub(crate) fn on_acknowledged_refused(
        &mut self,
        follower: NodeId,
        previous: Index,
        hint: Index,
        out: &mut Vec<Output>,
    ) {
        if self.config.lost_log == LostLog::Stops {
            return;
        }
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(progress) = leader.get_mut(follower) else { return };
        match progress.flow {
            Flow::Replicate(_) => progress.ask_again(),
            Flow::Probe if progress.next_index - 1 == previous => {
                let acknowledged = progress.match_index;
                progress.forget(previous.min(hint + 1));
                let to = progress.next_index;
                out.push(Output::Note(Note::AcknowledgedLost { follower, acknowledged, to }));
            }
            Flow::Probe | Flow::Snapshot { .. } => return,
        }
        self.send_append_now(follower, out);
    }
}
