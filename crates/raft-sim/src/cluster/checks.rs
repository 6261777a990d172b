//! What must be true, checked at every event.

use super::{Checks, Cluster, ordinal_of};
use crate::server::Server;
use crate::trace::What;
use raft_check::{Decision, Promise, Sighting, Violation};
use raft_core::{AppendReply, Body, Index, Membership, Message, NodeId, Note, StepDown};
use std::sync::Arc;

impl Cluster {
    /// Checks a server against what must be true; `before` are the members as it knew them before
    /// the step.
    pub(crate) fn check(
        &mut self,
        ordinal: usize,
        written_from: Option<Index>,
        before: &Arc<Membership>,
    ) {
        if self.checks == Checks::Off {
            return;
        }
        let server = &self.servers[ordinal];
        let known = self.checker.violations().len();
        let seen = Sighting {
            id: server.id,
            term: server.node.term(),
            is_leader: server.node.is_leader(),
            log: server.node.log(),
            written_from,
            commit_index: server.node.commit_index(),
            applied_index: server.node.applied_index(),
        };
        if seen.commit_index > self.checker.commit_seen(server.id) {
            self.last_progress = self.now;
        }
        if self.checker.decides(&seen)
            && let Some((decision, membership)) = self.decision(server, before)
        {
            let halves = [&membership.voters[..], &membership.outgoing];
            self.checker.decided(self.now, decision, &halves);
        }
        self.checker.observe(self.now, seen);
        self.note_violations(known);
    }

    /// Who stands behind a leader: with an entry, whose disks hold it; without one, who has given
    /// it a vote. `None` where nobody knows any more.
    pub(crate) fn decision(
        &self,
        leader: &Server,
        before: &Arc<Membership>,
    ) -> Option<(Decision, Arc<Membership>)> {
        let node = &leader.node;
        let committed = node.commit_index();
        let entry = (committed > self.checker.commit_seen(leader.id))
            .then(|| node.log().position_at(committed))
            .flatten();
        let behind: Vec<NodeId> = match entry {
            Some(entry) => {
                let holds = |other: &&Server| {
                    let log = &other.disk.durable.log;
                    // What an erased disk held is not known any more.
                    other.wiped || log.holds(entry) || log.base().index > entry.index
                };
                self.servers.iter().filter(holds).map(|server| server.id).collect()
            }
            None => self.checker.voters_of(node.term(), leader.id)?,
        };
        // The step may have changed the members: those before have decided, or those after.
        let after = node.membership();
        let majority = |half: &[NodeId]| {
            half.is_empty() || 2 * half.iter().filter(|id| behind.contains(id)).count() > half.len()
        };
        let enough = majority(&after.voters) && majority(&after.outgoing);
        let membership = if enough { after.clone() } else { before.clone() };
        Some((Decision { leader: leader.id, term: node.term(), behind, entry }, membership))
    }

    /// A leader that gives way to a higher term, though whoever has brought it cannot win: it lacks
    /// what is committed.
    pub(crate) fn watch_for_deposed(
        &mut self,
        ordinal: usize,
        note: &Note,
        term_from: Option<NodeId>,
    ) {
        let gives_way = matches!(
            note,
            Note::SteppedDown { was_leader: true, because: StepDown::HigherTerm { .. }, .. }
        );
        if !gives_way || self.deposed.is_some() {
            return;
        }
        let (leader, committed) = {
            let server = &self.servers[ordinal];
            (server.id, server.node.commit_index())
        };
        if let Some(from) = term_from.and_then(|from| self.server(from))
            && from.node.log().last_index() < committed
        {
            self.deposed = Some((leader, from.id));
        }
    }

    /// Checks what a server promises against its disk.
    pub(crate) fn check_promise(&mut self, message: &Message) {
        let Some(server) = self.servers.get(ordinal_of(message.from)) else { return };
        if let Body::RequestVoteReply { vote_granted: true } = message.body {
            self.checker.voted(message.term, message.from, message.to);
        }
        let durable = &server.disk.durable;
        if server.node.term() != message.term {
            // The server is ahead of a message that waited: what it rests on may be gone by now.
            return;
        }
        let is_vote = matches!(message.body, Body::RequestVoteReply { vote_granted: true });
        let promise = if is_vote && (durable.term, durable.vote) != (message.term, Some(message.to))
        {
            Promise::Vote { term: message.term, candidate: message.to }
        } else if let Body::AppendEntriesReply(AppendReply::Accepted { match_index }) = message.body
        {
            let Some(held) = server.node.log().position_at(match_index) else { return };
            if durable.log.holds(held) || durable.log.base().index >= held.index {
                return;
            }
            Promise::Entry(held)
        } else {
            return;
        };
        let before = self.checker.violations().len();
        self.checker.not_durable(self.now, message.from, promise);
        self.note_violations(before);
    }

    /// Notes the violations that were found after the first `before`.
    fn note_violations(&mut self, before: usize) {
        for at in before..self.checker.violations().len() {
            let violation: Violation = self.checker.violations()[at].clone();
            self.note(|| What::Violated(violation));
        }
    }
}
