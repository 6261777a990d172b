//! What is to be appended to the log: a leader takes it, others pass it on or refuse.

use crate::io::{Dropped, Output, Proposal};
use crate::message::{AppendReply, Body, Message};
use crate::node::Node;
use crate::note::Note;
use crate::role::Role;
use crate::types::{Entry, NodeId, Payload, Position};
use std::sync::Arc;

impl Node {
    fn forward(&self, leader: NodeId, payloads: Vec<Payload>, out: &mut Vec<Output>) {
        let body = Body::Propose { payloads };
        out.push(Output::Send(Message { from: self.id(), to: leader, term: 0, body }));
        out.push(Output::Proposed(Proposal::Forwarded { leader }));
    }

    /// Takes a command; a follower passes it on if it knows a leader.
    pub(crate) fn submit(&mut self, payload: Payload, out: &mut Vec<Output>) {
        match &self.role {
            Role::Follower { leader: Some(leader) } => self.forward(*leader, vec![payload], out),
            Role::Follower { leader: None }
            | Role::PreCandidate(_)
            | Role::Candidate(_)
            | Role::Leader(_) => self.propose([payload], out),
        }
    }

    /// Takes commands: a leader appends them, all or none; a follower may pass them on.
    pub(crate) fn propose(
        &mut self,
        payloads: impl Into<Vec<Payload>> + AsRef<[Payload]>,
        out: &mut Vec<Output>,
    ) {
        let transferring = match &self.role {
            Role::Leader(leader) if leader.get(self.id()).is_none() => {
                return out.push(Output::Proposed(Proposal::Dropped(Dropped::NotMember)));
            }
            Role::Leader(leader) => leader.transfer,
            Role::Follower { leader: Some(leader) } if self.config.forward_proposals => {
                return self.forward(*leader, payloads.into(), out);
            }
            Role::Follower { .. } | Role::PreCandidate(_) | Role::Candidate(_) => {
                let leader = self.leader();
                return out.push(Output::Proposed(Proposal::NotLeader { leader }));
            }
        };
        if let Some(to) = transferring {
            return out.push(Output::Proposed(Proposal::Dropped(Dropped::Transferring { to })));
        }
        if !self.has_room_for(payloads.as_ref()) {
            return out.push(Output::Proposed(Proposal::Dropped(Dropped::TooMuchUncommitted)));
        }
        for payload in payloads.into() {
            let payload = match payload {
                Payload::Config(change) => self.check_config_change(change, out),
                Payload::Noop | Payload::Data(_) => payload,
            };
            let is_config = matches!(payload, Payload::Config(_));
            let Position { term, index } = self.append_as_leader(payload);
            out.push(Output::Proposed(Proposal::Appended { index, term }));
            let appended = Note::Appended { index, term };
            out.push(Output::Note(if is_config {
                Note::ConfigAppended { index }
            } else {
                appended
            }));
        }
        self.acknowledge_self();
        self.broadcast_append(out);
    }

    /// Whether the leader takes this much more: one command always fits.
    fn has_room_for(&mut self, payloads: &[Payload]) -> bool {
        let limit = self.config.max_uncommitted_bytes;
        let Role::Leader(leader) = &mut self.role else { return false };
        let more: u64 = payloads.iter().map(Payload::len).sum();
        let held = leader.uncommitted_bytes;
        if held > 0 && more > 0 && held + more > limit {
            return false;
        }
        leader.uncommitted_bytes += more;
        true
    }

    /// Appends an entry of the current term to the leader's own log.
    pub(crate) fn append_as_leader(&mut self, payload: Payload) -> Position {
        let (index, term) = (self.durable.log.last_index() + 1, self.durable.term);
        self.durable.log.append(Arc::new(Entry { index, term, payload }));
        self.unsynced.log_changed(index);
        Position { term, index }
    }

    /// The leader's own copy counts once it is durable: it acknowledges it to itself then.
    pub(crate) fn acknowledge_self(&mut self) {
        let (id, term) = (self.id(), self.durable.term);
        let reply = AppendReply::Accepted { match_index: self.durable.log.last_index() };
        self.send_when_durable(id, term, Body::AppendEntriesReply(reply));
    }
}
