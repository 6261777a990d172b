//! Log replication (§5.3) and the rule about when an entry is committed (§5.4.2).

use crate::io::Output;
use crate::message::{AppendReply, Body, Message};
use crate::node::{Node, Role};
use crate::note::{AppendRejection, Impossible, Note};
use crate::progress::Flow;
use crate::quorum;
use crate::rules::Rule;
use crate::types::{EntryRef, Index, NodeId, Position};

/// Whether AppendEntries is worth sending without entries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    /// Yes: it tells of a commit index or probes the log.
    Send,
    /// No.
    Skip,
}

impl Node {
    // ---- the leader's side ----

    /// §5.2: "Leaders send periodic heartbeats to all followers in order to maintain their
    /// authority."
    pub(crate) fn on_heartbeat_timeout(&mut self, out: &mut Vec<Output>) {
        let (id, term, committed) = (self.id(), self.durable.term, self.commit_index);
        let Role::Leader(leader) = &mut self.role else { return };
        for (follower, progress) in leader.progress.iter_mut().filter(|(peer, _)| *peer != id) {
            // Never beyond what the follower is known to hold: it might hold something else there.
            let commit_index = committed.min(progress.match_index);
            progress.commit_sent = progress.commit_sent.max(commit_index);
            let body = Body::Heartbeat { commit_index };
            out.push(Output::Send(Message { from: id, to: *follower, term, body }));
        }
        self.reset_heartbeat_timer(out);
    }

    pub(crate) fn broadcast_append(&mut self, out: &mut Vec<Output>) {
        for place in 0..self.config.voters.len() {
            let Some(voter) = self.config.voters.get(place).copied() else { continue };
            if voter != self.id() {
                self.send_append(voter, Empty::Send, out);
            }
        }
    }

    /// Sends what the follower lacks, as far as its progress allows. True where a message was sent.
    fn send_append(&mut self, to: NodeId, empty: Empty, out: &mut Vec<Output>) -> bool {
        let (id, term, commit_index) = (self.id(), self.durable.term, self.commit_index);
        let max_entries = self.config.max_entries_per_append.max(1) as u64;
        let max_inflight = self.config.max_inflight_appends.max(1);
        let log = &self.durable.log;
        let Role::Leader(leader) = &mut self.role else { return false };
        let Some(progress) = leader.get_mut(to) else { return false };
        if progress.is_paused(max_inflight) {
            return false;
        }
        let last = log.last_index().min(progress.next_index + max_entries - 1);
        if last < progress.next_index && empty == Empty::Skip {
            return false;
        }
        let Some(previous) = log.position_at(progress.next_index - 1) else { return false };
        let entries: Vec<EntryRef> = log.range(progress.next_index, last).cloned().collect();
        progress.on_sent(entries.len() as u64, commit_index);
        let body = Body::AppendEntries { previous, entries, commit_index };
        out.push(Output::Send(Message { from: id, to, term, body }));
        true
    }

    pub(crate) fn on_append_reply(
        &mut self,
        from: NodeId,
        reply: AppendReply,
        out: &mut Vec<Output>,
    ) {
        match reply {
            AppendReply::Accepted { match_index } => self.on_accepted(from, match_index, out),
            AppendReply::Rejected { previous_index, hint } => {
                self.on_rejected(from, previous_index, hint, out);
            }
            AppendReply::StaleTerm => {}
        }
    }

    fn on_accepted(&mut self, from: NodeId, match_index: Index, out: &mut Vec<Output>) {
        if match_index > self.durable.log.last_index() {
            let because = Impossible::MatchBeyondLog { follower: from, match_index };
            return out.push(Output::Note(Note::Impossible(because)));
        }
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(progress) = leader.get_mut(from) else { return };
        if !progress.on_accepted(match_index) {
            return;
        }
        if self.advance_commit(out) {
            self.broadcast_append(out);
        } else {
            let bump = matches!(&self.role, Role::Leader(leader)
                if leader.get(from).is_some_and(|p| p.can_bump_commit(self.commit_index)));
            if bump {
                self.send_append(from, Empty::Send, out);
            }
        }
        while self.send_append(from, Empty::Skip, out) {}
    }

    /// §5.3: "After a rejection, the leader decrements nextIndex and retries", here by as much as
    /// the follower's hint allows.
    fn on_rejected(
        &mut self,
        from: NodeId,
        previous_index: Index,
        hint: Position,
        out: &mut Vec<Output>,
    ) {
        let hint = self.durable.log.conflict_hint(hint.index, hint.term).index;
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(progress) = leader.get_mut(from) else { return };
        let before = progress.next_index;
        if !progress.on_rejected(previous_index, hint) {
            return;
        }
        let to = progress.next_index;
        out.push(Output::Note(Note::NextIndexLowered { follower: from, from: before, to }));
        self.send_append(from, Empty::Send, out);
    }

    pub(crate) fn on_heartbeat_reply(&mut self, from: NodeId, out: &mut Vec<Output>) {
        let last = self.durable.log.last_index();
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(progress) = leader.get_mut(from) else { return };
        // The follower is alive: what was under way and never answered is taken as lost.
        let behind = progress.match_index < last;
        match &mut progress.flow {
            Flow::Probe { waiting } => *waiting = false,
            Flow::Replicate { inflight } => {
                if behind && inflight.len() >= self.config.max_inflight_appends.max(1) {
                    inflight.pop_front();
                }
            }
        }
        if behind || matches!(progress.flow, Flow::Probe { .. }) {
            self.send_append(from, Empty::Send, out);
        }
    }

    /// The leader's own copy counts once it is durable.
    pub(crate) fn count_own_match(&mut self, out: &mut Vec<Output>) {
        let (id, durable) = (self.id(), self.durable_index());
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(progress) = leader.get_mut(id) else { return };
        if durable > progress.match_index {
            progress.match_index = durable;
            progress.next_index = durable + 1;
            if self.advance_commit(out) {
                self.broadcast_append(out);
            }
        }
    }

    /// §5.3: "A log entry is committed once the leader that created the entry has replicated it on a
    /// majority of the servers"; §5.4.2: "only log entries from the leader's current term are
    /// committed by counting replicas; once an entry from the current term has been committed in
    /// this way, then all prior entries are committed indirectly."
    fn advance_commit(&mut self, out: &mut Vec<Output>) -> bool {
        let Role::Leader(leader) = &self.role else { return false };
        let on_quorum = quorum::committed_index(&self.config.voters, |voter| {
            leader.get(voter).map(|progress| progress.match_index)
        });
        if on_quorum <= self.commit_index {
            return false;
        }
        let Some(term) = self.durable.log.term_at(on_quorum) else { return false };
        if term != self.durable.term && self.config.rules.holds(Rule::CommitCurrentTerm) {
            out.push(Output::Note(Note::OldTermNotCommitted { index: on_quorum, term }));
            return false;
        }
        self.commit_to(on_quorum, out);
        true
    }

    fn commit_to(&mut self, index: Index, out: &mut Vec<Output>) {
        let from = self.commit_index;
        self.commit_index = index;
        let note = Note::Committed { from, to: index, as_leader: self.is_leader() };
        out.push(Output::Note(note));
        self.apply_committed(out);
    }

    // ---- the follower's side ----

    /// §5.3: "If the follower does not find an entry in its log with the same index and term, then
    /// it refuses the new entries."
    pub(crate) fn on_append_entries(
        &mut self,
        leader: NodeId,
        previous: Position,
        entries: &[EntryRef],
        commit_index: Index,
        out: &mut Vec<Output>,
    ) {
        let known = self.commit_index;
        if previous.index < known && previous.index + entries.len() as u64 <= known {
            // Committed entries are equal everywhere: say how far. With a rule switched off they
            // may differ, and then they are handled like any others.
            let log = &self.durable.log;
            let mut wanted = entries.iter().map(|entry| entry.position()).chain([previous]);
            if wanted.all(|position| log.term_at(position.index) == Some(position.term)) {
                let reply = AppendReply::Accepted { match_index: known };
                return self.send_when_durable(leader, Body::AppendEntriesReply(reply), out);
            }
        }
        let last = self.durable.log.last_index();
        let because = match self.durable.log.term_at(previous.index) {
            Some(term) if term == previous.term => None,
            Some(ours) => Some(AppendRejection::Conflict { ours }),
            None => Some(AppendRejection::Missing { last }),
        };
        if let Some(because) = because {
            out.push(Output::Note(Note::AppendRejected { leader, previous, because }));
            let hint = self.durable.log.conflict_hint(previous.index.min(last), previous.term);
            let reply = AppendReply::Rejected { previous_index: previous.index, hint };
            return self.send_when_durable(leader, Body::AppendEntriesReply(reply), out);
        }
        self.store(leader, entries, out);
        let match_index = previous.index + entries.len() as u64;
        let reply = AppendReply::Accepted { match_index };
        self.send_when_durable(leader, Body::AppendEntriesReply(reply), out);
        // Figure 2: "set commitIndex = min(leaderCommit, index of last new entry)".
        self.learn_commit(commit_index.min(match_index), out);
    }

    /// §5.3: "If an existing entry conflicts with a new one (same index but different terms), delete
    /// the existing entry and all that follow it." What does not conflict is kept: the message may
    /// be an old one.
    fn store(&mut self, leader: NodeId, entries: &[EntryRef], out: &mut Vec<Output>) {
        let log = &mut self.durable.log;
        let Some(new) =
            entries.iter().position(|entry| log.term_at(entry.index) != Some(entry.term))
        else {
            return;
        };
        let (Some(first), Some(end)) = (entries.get(new), entries.last()) else { return };
        let (first, end, last) = (first.index, end.index, log.last_index());
        if first <= last {
            if first <= self.commit_index {
                let because = Impossible::CommittedEntryReplaced { index: first };
                out.push(Output::Note(Note::Impossible(because)));
                self.commit_index = first - 1;
            }
            out.push(Output::Note(Note::Truncated { leader, from: first, to: last }));
            log.truncate_from(first);
        }
        for entry in entries.iter().skip(new) {
            log.append(entry.clone());
        }
        self.unsynced.log_changed(first);
        out.push(Output::Note(Note::Stored { from: leader, first, last: end }));
    }

    pub(crate) fn on_heartbeat(
        &mut self,
        leader: NodeId,
        commit_index: Index,
        out: &mut Vec<Output>,
    ) {
        self.learn_commit(commit_index, out);
        self.send(leader, Body::HeartbeatReply, out);
    }

    fn learn_commit(&mut self, commit_index: Index, out: &mut Vec<Output>) {
        let last = self.durable.log.last_index();
        if commit_index > last {
            let because = Impossible::CommitBeyondLog { commit_index, last };
            out.push(Output::Note(Note::Impossible(because)));
        }
        let commit_index = commit_index.min(last);
        if commit_index > self.commit_index {
            self.commit_to(commit_index, out);
        }
    }
}
