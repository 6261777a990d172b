//! Log replication (§5.3), the rule about when an entry is committed (§5.4.2), and reads that
//! bypass the log (§6.4 of Ongaro's dissertation).

use crate::io::Output;
use crate::message::{AppendReply, Body, Echo, Message};
use crate::node::Node;
use crate::note::{AppendRejection, Impossible, Note};
use crate::progress::Flow;
use crate::quorum::VoteResult;
use crate::reads::PendingRead;
use crate::role::{Leader, Role};
use crate::rules::Rule;
use crate::small_map::sort_few;
use crate::types::{EntryRef, Index, NodeId, Position, ReadToken};

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
        if !self.is_leader() {
            return;
        }
        self.watch_quorum(out);
        self.count_round();
        self.broadcast_heartbeat(out);
        self.reset_heartbeat_timer(out);
    }

    pub(crate) fn broadcast_heartbeat(&mut self, out: &mut Vec<Output>) {
        let (id, term, committed) = (self.id(), self.durable.term, self.commit_index);
        let clamps = self.config.rules.holds(Rule::ClampHeartbeat);
        let Role::Leader(leader) = &mut self.role else { return };
        let round = leader.round_echo(self.config.lease_bound);
        let Leader { progress, reads, leaving, .. } = &mut **leader;
        let waits = reads.latest().map(Echo::Read).or(round);
        let echo = if leaving.is_some() { Some(Echo::Leaving) } else { waits };
        let echo = echo.unwrap_or(Echo::Nothing);
        for (follower, progress) in progress.iter_mut().filter(|(peer, _)| *peer != id) {
            // Never beyond what the follower is known to hold: it might hold something else there.
            let commit_index = if clamps { committed.min(progress.match_index) } else { committed };
            progress.commit_sent = commit_index;
            let body = Body::Heartbeat { commit_index, echo };
            out.push(Output::Send(Message { from: id, to: *follower, term, body }));
        }
    }

    pub(crate) fn broadcast_append(&mut self, out: &mut Vec<Output>) {
        self.send_to_all(Empty::Send, out);
    }

    pub(crate) fn send_news(&mut self, out: &mut Vec<Output>) {
        self.send_to_all(Empty::Skip, out);
    }

    fn send_to_all(&mut self, empty: Empty, out: &mut Vec<Output>) {
        let id = self.id();
        let mut place = 0;
        loop {
            let Role::Leader(leader) = &self.role else { return };
            let Some((member, _)) = leader.progress.get(place) else { return };
            let member = *member;
            if member != id {
                self.send_append(member, empty, out);
            }
            place += 1;
        }
    }

    pub(crate) fn send_append_now(&mut self, to: NodeId, out: &mut Vec<Output>) {
        self.send_append(to, Empty::Send, out);
    }

    /// Sends what the follower lacks, as far as its progress allows. True where a message was sent.
    fn send_append(&mut self, to: NodeId, empty: Empty, out: &mut Vec<Output>) -> bool {
        let (id, term, commit_index) = (self.id(), self.durable.term, self.commit_index);
        let (window, max_bytes) = (self.config.window, self.config.max_bytes_per_append);
        let max_entries = self.config.max_entries_per_append.max(1) as u64;
        let log = &self.durable.log;
        let Role::Leader(leader) = &mut self.role else { return false };
        let Some(progress) = leader.get_mut(to) else { return false };
        if progress.is_paused() {
            return false;
        }
        let Some(previous) = log.position_at(progress.next_index - 1) else {
            return self.send_snapshot(to, out);
        };
        // With a full window only empty messages go, so that lost ones are found out.
        let full = progress.is_full(window);
        let mut entries: Vec<EntryRef> = Vec::new();
        let mut payload = 0;
        if !full {
            let last = log.last_index().min(progress.next_index.saturating_add(max_entries - 1));
            let mut encoded = 0;
            for entry in log.range(progress.next_index, last) {
                encoded += entry.encoded_len();
                if encoded > max_bytes && !entries.is_empty() {
                    break;
                }
                payload += entry.payload.len();
                entries.push(entry.clone());
            }
        }
        if entries.is_empty() && empty == Empty::Skip {
            return false;
        }
        progress.on_sent(entries.len() as u64, payload, commit_index, window);
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
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(progress) = leader.get_mut(from) else { return };
        progress.recent_active = true;
        match reply {
            AppendReply::Accepted { match_index } => self.on_accepted(from, match_index, out),
            AppendReply::Rejected { previous_index, hint } => {
                self.on_rejected(from, previous_index, hint, out);
            }
            // It says no more than that the follower is there.
            AppendReply::StaleTerm => self.on_accepted(from, 0, out),
        }
    }

    fn on_accepted(&mut self, from: NodeId, match_index: Index, out: &mut Vec<Output>) {
        let last = self.durable.log.last_index();
        if match_index > last {
            let because = Impossible::MatchBeyondLog { follower: from, match_index };
            return out.push(Output::Note(Note::Impossible(because)));
        }
        let (id, committed) = (self.id(), self.commit_index);
        let first = self.durable.log.first_index();
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(progress) = leader.get_mut(from) else { return };
        let probed = matches!(progress.flow, Flow::Probe) && progress.match_index == match_index;
        if !progress.on_accepted(match_index) && !probed {
            return;
        }
        match &progress.flow {
            Flow::Probe => progress.become_replicate(),
            // Whatever snapshot it has installed: the log can go on from there.
            Flow::Snapshot { .. } if progress.match_index + 1 >= first => {
                progress.become_replicate();
            }
            Flow::Snapshot { .. } => {}
            Flow::Replicate(_) => progress.free_to(match_index),
        }
        let can_bump = progress.can_bump_commit(committed);
        if self.advance_commit(out) {
            self.release_postponed_reads(out);
            self.broadcast_append(out);
        } else if from != id && can_bump {
            self.send_append(from, Empty::Send, out);
        }
        if from != id {
            while self.send_append(from, Empty::Skip, out) {}
            let Role::Leader(leader) = &self.role else { return };
            let caught_up = leader.get(from).is_some_and(|progress| progress.match_index == last);
            if leader.transfer == Some(from) && caught_up {
                self.send_timeout_now(from, out);
            }
        }
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
        let rules = self.config.rules;
        if !rules.holds(Rule::RefusalsDoNotCount) {
            return self.on_accepted(from, previous_index.min(self.durable.log.last_index()), out);
        }
        let probe = if hint.term > 0 {
            self.durable.log.conflict_hint(hint.index, hint.term).index
        } else {
            hint.index
        };
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(progress) = leader.get_mut(from) else { return };
        let before = progress.next_index;
        let acknowledged = progress.match_index;
        if !rules.holds(Rule::BackOff) {
            // It will ask for the same again, once it hears from the follower.
            return;
        }
        // It is an old answer, or the follower's log is lost. etcd's `MaybeDecrTo` sends the same
        // probe again for each copy of it; there it does not come to many, since such a follower
        // stops at the first heartbeat.
        if previous_index <= acknowledged {
            return self.on_acknowledged_refused(from, previous_index, probe, out);
        }
        if !progress.on_rejected(previous_index, probe) {
            return;
        }
        if matches!(progress.flow, Flow::Replicate(_)) {
            progress.become_probe();
        }
        let to = progress.next_index;
        out.push(Output::Note(Note::NextIndexLowered { follower: from, from: before, to }));
        self.send_append(from, Empty::Send, out);
    }

    pub(crate) fn on_heartbeat_reply(&mut self, from: NodeId, echo: Echo, out: &mut Vec<Output>) {
        let last = self.durable.log.last_index();
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(progress) = leader.get_mut(from) else { return };
        progress.recent_active = true;
        progress.paused = false;
        // The follower is alive: what was under way and never answered is taken as lost.
        if progress.match_index < last || matches!(progress.flow, Flow::Probe) {
            self.send_append(from, Empty::Send, out);
        }
        match echo {
            Echo::Nothing => {}
            Echo::Read(token) => self.on_read_confirmed(token, from, out),
            Echo::Round(round) => self.on_round_answered(round, from),
            Echo::Leaving => self.on_told(from, out),
        }
    }

    /// §5.3: "A log entry is committed once the leader that created the entry has replicated it on
    /// a majority of the servers"; §5.4.2: "only log entries from the leader's current term are
    /// committed by counting replicas; once an entry from the current term has been committed in
    /// this way, then all prior entries are committed indirectly."
    pub(crate) fn advance_commit(&mut self, out: &mut Vec<Output>) -> bool {
        let rules = self.config.rules;
        let Role::Leader(leader) = &self.role else { return false };
        let mut on_quorum = self
            .membership
            .committed_index(|voter| leader.get(voter).map(|progress| progress.match_index));
        if !rules.holds(Rule::MajorityCommits) {
            let voters = &self.membership.voters;
            let acked = voters.iter().filter_map(|v| leader.get(*v)).map(|p| p.match_index);
            let mut acked: Vec<Index> = acked.collect();
            sort_few(&mut acked, |index| *index);
            let enough = voters.len() / 2;
            on_quorum = acked.iter().rev().nth(enough.max(1) - 1).copied().unwrap_or(0);
        }
        let on_quorum = on_quorum.min(self.durable.log.last_index());
        if on_quorum <= self.commit_index {
            return false;
        }
        let Some(term) = self.durable.log.term_at(on_quorum) else { return false };
        if term != self.durable.term && rules.holds(Rule::CommitCurrentTerm) {
            out.push(Output::Note(Note::OldTermNotCommitted { index: on_quorum, term }));
            return false;
        }
        self.commit_to(on_quorum, out);
        true
    }

    pub(crate) fn commit_to(&mut self, index: Index, out: &mut Vec<Output>) {
        let from = self.commit_index;
        self.commit_index = index;
        let note = Note::Committed { from, to: index, as_leader: self.is_leader() };
        out.push(Output::Note(note));
    }

    // ---- reads ----

    /// A linearizable read: a leader confirms that it leads, a follower asks the leader.
    pub(crate) fn on_read(&mut self, token: ReadToken, from: NodeId, out: &mut Vec<Output>) {
        let id = self.id();
        let rules = self.config.rules;
        let alone = self.membership.all_voters() == [id];
        let leased = matches!(&self.role, Role::Leader(leader) if self.is_leased(leader));
        let own_term_committed =
            self.durable.log.term_at(self.commit_index) == Some(self.durable.term);
        let index = self.commit_index;
        let leader = match &mut self.role {
            Role::Leader(leader) if leader.leaving.is_some() => {
                return out.push(Output::Note(Note::ReadUnanswered { token }));
            }
            Role::Leader(leader) => leader,
            Role::Follower { leader: Some(leader) } => {
                let body = Body::ReadIndex { token };
                return out.push(Output::Send(Message { from: id, to: *leader, term: 0, body }));
            }
            Role::Follower { leader: None } | Role::PreCandidate(_) | Role::Candidate(_) => {
                return out.push(Output::Note(Note::ReadUnanswered { token }));
            }
        };
        if !own_term_committed && rules.holds(Rule::ReadOwnTerm) {
            // What earlier leaders have committed is not certain before.
            leader.postponed_reads.push((token, from));
            return out.push(Output::Note(Note::ReadWaits { token }));
        }
        if alone || leased || !rules.holds(Rule::ReadQuorum) {
            let confirmed_by = Vec::new();
            return self.answer_read(PendingRead { token, from, index, confirmed_by }, out);
        }
        leader.reads.add(token, from, index, id);
        self.broadcast_heartbeat(out);
    }

    fn on_read_confirmed(&mut self, token: ReadToken, by: NodeId, out: &mut Vec<Output>) {
        let membership = self.membership.clone();
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(read) = leader.reads.confirm(token, by) else { return };
        let confirmed = |voter: NodeId| read.confirmed_by.contains(&voter).then_some(true);
        if membership.vote_result(confirmed) == VoteResult::Won {
            for read in leader.reads.take_to(token) {
                self.answer_read(read, out);
            }
        }
    }

    pub(crate) fn release_postponed_reads(&mut self, out: &mut Vec<Output>) {
        let Role::Leader(leader) = &mut self.role else { return };
        if self.durable.log.term_at(self.commit_index) == Some(self.durable.term) {
            for (token, from) in std::mem::take(&mut leader.postponed_reads) {
                self.on_read(token, from, out);
            }
        }
    }

    fn answer_read(&self, read: PendingRead, out: &mut Vec<Output>) {
        let PendingRead { token, from, index, .. } = read;
        out.push(Output::Note(Note::ReadConfirmed { token, index }));
        if from == self.id() {
            out.push(Output::Read { token, index });
        } else {
            self.send(from, Body::ReadIndexReply { token, index }, out);
        }
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
        let (term, rules) = (self.durable.term, self.config.rules);
        let last = self.durable.log.last_index();
        if previous.index < self.commit_index && self.agrees(previous, entries) {
            // Committed entries are equal everywhere: say how far.
            let reply = AppendReply::Accepted { match_index: self.commit_index };
            return self.send_when_durable(leader, term, Body::AppendEntriesReply(reply));
        }
        let because = match self.durable.log.term_at(previous.index) {
            Some(term) if term == previous.term => None,
            Some(_) if !rules.holds(Rule::MatchPrevious) => None,
            Some(ours) => Some(AppendRejection::Conflict { ours }),
            None => Some(AppendRejection::Missing { last }),
        };
        if let Some(because) = because {
            out.push(Output::Note(Note::AppendRejected { leader, previous, because }));
            let hint = self.durable.log.conflict_hint(previous.index.min(last), previous.term);
            let reply = AppendReply::Rejected { previous_index: previous.index, hint };
            return self.send_when_durable(leader, term, Body::AppendEntriesReply(reply));
        }
        self.store(leader, previous, entries, out);
        let match_index = previous.index + entries.len() as u64;
        let reply = AppendReply::Accepted { match_index };
        self.send_when_durable(leader, term, Body::AppendEntriesReply(reply));
        // Figure 2: "set commitIndex = min(leaderCommit, index of last new entry)".
        let known = if rules.holds(Rule::CommitWhatMatched) {
            commit_index.min(match_index)
        } else {
            commit_index.min(self.durable.log.last_index())
        };
        self.learn_commit(known, out);
    }

    /// Whether a message that begins within what is committed fits it. It always does, unless a
    /// rule is switched off somewhere; then it is handled like any other.
    fn agrees(&self, previous: Position, entries: &[EntryRef]) -> bool {
        let log = &self.durable.log;
        let committed = log.base().index..=self.commit_index;
        let positions = entries.iter().map(|entry| entry.position()).chain([previous]);
        let mut known = positions.filter(|position| committed.contains(&position.index));
        known.all(|position| log.holds(position))
    }

    /// §5.3: "If an existing entry conflicts with a new one (same index but different terms),
    /// delete the existing entry and all that follow it." What does not conflict is kept: the
    /// message may be an old one.
    fn store(
        &mut self,
        leader: NodeId,
        previous: Position,
        entries: &[EntryRef],
        out: &mut Vec<Output>,
    ) {
        let rules = self.config.rules;
        let log = &mut self.durable.log;
        let last = log.last_index();
        let differs = |entry: &EntryRef| !log.holds(entry.position());
        let new = if rules.holds(Rule::KeepMatching) {
            entries.iter().position(differs)
        } else {
            Some(0).filter(|_| !entries.is_empty() || previous.index < last)
        };
        let Some(new) = new else { return };
        let first = entries.get(new).map_or(previous.index + 1, |entry| entry.index);
        let end = entries.last().map_or(previous.index, |entry| entry.index);
        let mut tail: Vec<EntryRef> = Vec::new();
        if first <= last {
            if first <= self.commit_index {
                let because = Impossible::CommittedEntryReplaced { index: first };
                out.push(Output::Note(Note::Impossible(because)));
                self.commit_index = first - 1;
            }
            if !rules.holds(Rule::DropConflicts) {
                tail.extend(log.range(end + 1, last).cloned());
            }
            out.push(Output::Note(Note::Truncated { leader, from: first, to: last }));
            log.truncate_from(first);
        }
        for entry in entries.iter().skip(new).chain(&tail) {
            log.append(entry.clone());
        }
        self.unsynced.log_changed(first);
        if end >= first {
            out.push(Output::Note(Note::Stored { from: leader, first, last: end }));
        }
    }

    pub(crate) fn on_heartbeat(
        &mut self,
        leader: NodeId,
        commit_index: Index,
        echo: Echo,
        out: &mut Vec<Output>,
    ) {
        if self.has_lost_log(leader, commit_index, out) {
            return;
        }
        self.learn_commit(commit_index, out);
        self.send(leader, Body::HeartbeatReply { echo }, out);
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
