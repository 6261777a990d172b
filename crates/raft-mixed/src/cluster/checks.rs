//! What follows from a step, and the properties that are held against it.

use super::{Cluster, LAST_COMMAND, Seat};
use crate::machine::Applied;
use crate::server::{Outbox, Server, Wire};
use raft_check::{Decision, Promise, Sighting};
use raft_core::{AppendReply, Body, Index, Membership, Message, NodeId, Payload, ReadToken, Term};
use std::sync::Arc;

impl Cluster {
    pub(super) fn act(
        &mut self,
        ordinal: usize,
        what: impl FnOnce(&mut dyn Server),
    ) -> Result<(), String> {
        let at = &mut self.seats[ordinal];
        let id = at.id;
        let view = at.server.view();
        let (led_in, before) = (view.is_leader.then_some(view.term), view.membership);
        what(&mut *at.server);
        let outbox = std::mem::take(at.server.outbox());
        let Outbox { mail, reads, applied, written_from, untranslatable } = outbox;
        if let Some(because) = untranslatable {
            return Err(format!("{id} was sent what it cannot understand: {because}"));
        }
        let mut memberships = vec![before];
        memberships.extend(applied.iter().map(|applied| applied.membership.clone()));
        self.observe(ordinal, written_from, led_in, &memberships)?;
        for applied in applied {
            self.check_applied(id, &applied)?;
        }
        for (token, index) in reads {
            self.check_read(id, token, index)?;
        }
        for wire in mail {
            self.check_promise(ordinal, &wire);
            self.send(id, wire);
        }
        match self.checker.violations().first() {
            None => Ok(()),
            Some(violation) => Err(violation.to_string()),
        }
    }

    fn observe(
        &mut self,
        ordinal: usize,
        written_from: Option<Index>,
        led_in: Option<Term>,
        memberships: &[Arc<Membership>],
    ) -> Result<(), String> {
        let Seat { id, server, .. } = &self.seats[ordinal];
        let view = server.view();
        let seen = Sighting {
            id: *id,
            term: view.term,
            is_leader: view.is_leader,
            log: view.log,
            written_from,
            commit_index: view.commit_index,
            applied_index: view.machine.applied,
        };
        if view.is_leader {
            let first = *self.leaders.entry(view.term).or_insert(*id);
            if first != *id {
                return Err(format!("{first} and {id} both lead in term {}", view.term));
            }
        }
        // A leader that removes itself commits that, and steps down within the same step.
        let is_leader = seen.is_leader || led_in == Some(seen.term);
        if self.checker.decides(&Sighting { is_leader, ..seen })
            && let Some((decision, membership)) = self.decision(&seen, memberships)
        {
            let halves = [&membership.voters[..], &membership.outgoing[..]];
            self.checker.decided(self.time, decision, &halves);
        }
        if self.events.is_some() {
            let leads = if view.is_leader { ", leads" } else { "" };
            let line = format!(
                "      {id}: term {} last {:?} commit {} applied {}{leads}",
                view.term,
                view.log.last(),
                view.commit_index,
                view.machine.applied
            );
            self.checker.observe(self.time, seen);
            self.event(|| line);
        } else {
            self.checker.observe(self.time, seen);
        }
        Ok(())
    }

    /// Who stands behind a leader: with an entry, whose disks hold it; without one, who has voted
    /// for it. Of the memberships that were in force within the step, the one that they decide in.
    fn decision<'a>(
        &self,
        seen: &Sighting<'_>,
        memberships: &'a [Arc<Membership>],
    ) -> Option<(Decision, &'a Membership)> {
        let has_committed = seen.commit_index > self.checker.commit_seen(seen.id);
        let entry = has_committed.then(|| seen.log.position_at(seen.commit_index)).flatten();
        let behind: Vec<NodeId> = match entry {
            Some(entry) => {
                let holds = |seat: &&Seat| {
                    let log = &seat.server.disk().durable().log;
                    log.holds(entry) || log.base().index > entry.index
                };
                self.seats.iter().filter(holds).map(|seat| seat.id).collect()
            }
            None => self.checker.voters_of(seen.term, seen.id)?,
        };
        let majority = |half: &[NodeId]| {
            half.is_empty() || 2 * half.iter().filter(|id| behind.contains(id)).count() > half.len()
        };
        let enough =
            |members: &&Arc<Membership>| majority(&members.voters) && majority(&members.outgoing);
        let membership = memberships.iter().find(enough).unwrap_or(&memberships[0]);
        Some((Decision { leader: seen.id, term: seen.term, behind, entry }, membership))
    }

    /// Whatever anybody applies at an index is what was first applied there.
    fn check_applied(&mut self, id: NodeId, applied: &Applied) -> Result<(), String> {
        let Applied { machine, entry, membership } = applied;
        if !matches!(entry.as_ref().map(|e| &e.payload), Some(Payload::Data(_) | Payload::Noop)) {
            self.event(|| format!("      {id}: {membership} after {}", machine.applied));
        }
        let first = usize::try_from(machine.applied - 1).unwrap_or(usize::MAX);
        match self.canonical.get(first) {
            None if first == self.canonical.len() => {
                self.canonical.push((machine.digest, membership.clone()));
            }
            None => return Err(format!("{id} applied {}, after a gap", machine.applied)),
            Some((digest, _)) if *digest != machine.digest => {
                return Err(format!("{id} applied something else at {}", machine.applied));
            }
            Some((_, known)) if known != membership => {
                let index = machine.applied;
                return Err(format!("{id} has {membership} after {index}, others {known}"));
            }
            Some(_) => {}
        }
        match entry.as_ref().map(|entry| &entry.payload) {
            None => self.report.restored += 1,
            Some(Payload::Config(_)) if first + 1 == self.canonical.len() => {
                self.report.changes += 1;
            }
            Some(Payload::Data(data)) if **data == *LAST_COMMAND => self.ends = true,
            Some(Payload::Config(_) | Payload::Data(_) | Payload::Noop) => {}
        }
        Ok(())
    }

    /// A read sees everything that was committed when it was asked for.
    fn check_read(&mut self, id: NodeId, token: ReadToken, index: Index) -> Result<(), String> {
        self.report.reads += 1;
        match self.reads.get(&token) {
            Some(committed) if index < *committed => Err(format!(
                "{id} may read at {index}, though {committed} was committed when the read came"
            )),
            Some(_) => Ok(()),
            None => Err(format!("{id} answers a read that nobody asked for")),
        }
    }

    /// Checks what a server promises against its disk.
    fn check_promise(&mut self, ordinal: usize, wire: &Wire) {
        let Ok(message) = wire.to_ours() else { return };
        let Message { from, to, term, .. } = message;
        let server = &self.seats[ordinal].server;
        let durable = server.disk().durable();
        let view = server.view();
        let promise = match message.body {
            Body::RequestVoteReply { vote_granted: true } => {
                self.checker.voted(term, from, to);
                let holds = (durable.term, durable.vote) == (term, Some(to));
                (!holds).then_some(Promise::Vote { term, candidate: to })
            }
            Body::AppendEntriesReply(AppendReply::Accepted { match_index }) => {
                let held = view.log.position_at(match_index);
                let on_disk = |held: &raft_core::Position| {
                    durable.log.holds(*held) || durable.log.base().index >= held.index
                };
                held.filter(|held| !on_disk(held)).map(Promise::Entry)
            }
            Body::RequestVote { .. }
            | Body::RequestVoteReply { .. }
            | Body::PreVote { .. }
            | Body::PreVoteReply { .. }
            | Body::AppendEntries { .. }
            | Body::AppendEntriesReply(_)
            | Body::Heartbeat { .. }
            | Body::HeartbeatReply { .. }
            | Body::InstallSnapshot { .. }
            | Body::TimeoutNow
            | Body::TransferLeader
            | Body::ReadIndex { .. }
            | Body::ReadIndexReply { .. }
            | Body::Propose { .. } => None,
        };
        // A server that is ahead of a message that waited may have written over what it rests on.
        if let Some(promise) = promise.filter(|_| view.term == term) {
            self.checker.not_durable(self.time, from, promise);
        }
    }
}
