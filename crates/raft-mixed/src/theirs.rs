//! One of tikv's servers, driven: what each `Ready` asks for is done in its order, on a disk like
//! that of ours.
//!
//! The crate draws election timeouts from the thread's generator, which no seed reaches, so each
//! draw is replaced by one of ours before the next tick.

use crate::chance::Chance;
use crate::disk::Disk;
use crate::machine::{Applied, Machine};
use crate::ours::{ELECTION_TICKS, HEARTBEAT_TICKS, restore};
use crate::server::{Outbox, Server, View, Wire};
use crate::settings::{Limits, Pace, Setting};
use crate::translate;
use protobuf::Message as _;
use raft::eraftpb::{self, EntryType};
use raft::storage::GetEntriesContext;
use raft::{RaftState, RawNode, SnapshotStatus, StateRole, Storage, StorageError};
use raft_core::{
    Durable, EntryRef, Index, Log, Membership, NodeId, Payload, ReadToken, Snapshot, Term,
};
use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::Arc;

/// The disk, as tikv's crate reads it. Entries are kept in our form.
struct Shelf {
    disk: Disk,
    /// A follower needs a snapshot that is newer than the newest.
    wants_snapshot: Cell<bool>,
}

impl Shelf {
    fn log(&self) -> &Log {
        &self.disk.now.log
    }
}

impl Storage for Shelf {
    fn initial_state(&self) -> raft::Result<RaftState> {
        let kept = &self.disk.now;
        let hard_state = eraftpb::HardState {
            term: kept.term,
            vote: kept.vote.map_or(0, |vote| vote.0),
            commit: kept.commit_index,
            ..<_>::default()
        };
        let members = translate::membership_to_theirs(&kept.snapshot.membership);
        Ok(RaftState::new(hard_state, members))
    }

    fn entries(
        &self,
        low: u64,
        high: u64,
        max_size: impl Into<Option<u64>>,
        _context: GetEntriesContext,
    ) -> raft::Result<Vec<eraftpb::Entry>> {
        if low < self.log().first_index() {
            return Err(StorageError::Compacted.into());
        }
        assert!(high <= self.log().last_index() + 1, "nobody asks beyond the end");
        let max_size = max_size.into().unwrap_or(u64::MAX);
        let (mut size, mut found) = (0, Vec::new());
        for entry in self.log().range(low, high - 1) {
            let entry = translate::entry_to_theirs(entry).expect("it came from tikv's form");
            size += u64::from(entry.compute_size());
            if size > max_size && !found.is_empty() {
                break;
            }
            found.push(entry);
        }
        Ok(found)
    }

    fn term(&self, index: u64) -> raft::Result<u64> {
        let missing = if index < self.log().base().index {
            StorageError::Compacted
        } else {
            StorageError::Unavailable
        };
        self.log().term_at(index).ok_or(missing.into())
    }

    fn first_index(&self) -> raft::Result<u64> {
        Ok(self.log().first_index())
    }

    fn last_index(&self) -> raft::Result<u64> {
        Ok(self.log().last_index())
    }

    fn snapshot(&self, request_index: u64, to: u64) -> raft::Result<eraftpb::Snapshot> {
        let snapshot = &self.disk.now.snapshot;
        let index = snapshot.position.index;
        // A follower refuses a snapshot of a cluster that it does not belong to.
        if index == 0 || index < request_index || !snapshot.membership.contains(NodeId(to)) {
            self.wants_snapshot.set(true);
            return Err(StorageError::SnapshotTemporarilyUnavailable.into());
        }
        Ok(translate::snapshot_to_theirs(snapshot))
    }
}

/// A `Ready` whose write is under way.
struct Held {
    number: u64,
    snapshot: Option<Arc<Snapshot>>,
    /// What may be sent once it is durable.
    messages: Vec<eraftpb::Message>,
}

/// One of tikv's servers.
pub(crate) struct Theirs {
    id: NodeId,
    node: RawNode<Shelf>,
    config: raft::Config,
    machine: Machine,
    members: Arc<Membership>,
    held: VecDeque<Held>,
    /// Committed, and not yet applied.
    to_apply: VecDeque<EntryRef>,
    /// Applied, and not yet reported.
    to_report: Option<Index>,
    /// Term and role when the election timeout was last drawn, and the timeout.
    drawn: (Term, StateRole, usize),
    pace: Pace,
    chance: Chance,
    outbox: Outbox,
}

fn small(ticks: u64) -> usize {
    usize::try_from(ticks).unwrap_or(usize::MAX)
}

impl Theirs {
    pub(crate) fn new(
        id: NodeId,
        members: &Membership,
        setting: Setting,
        limits: Limits,
        mut chance: Chance,
    ) -> Theirs {
        let config = raft::Config {
            election_tick: small(*ELECTION_TICKS.start()),
            heartbeat_tick: small(HEARTBEAT_TICKS),
            max_size_per_msg: limits.max_bytes_per_append,
            max_inflight_msgs: limits.window,
            check_quorum: setting.check_quorum,
            pre_vote: setting.pre_vote,
            skip_bcast_commit: limits.quiet_commit,
            batch_append: limits.batch_append,
            ..raft::Config::new(id.0)
        };
        let disk = Disk::new(Durable::bootstrap(members.clone()));
        let timeout = draw_timeout(&mut chance);
        Theirs {
            id,
            node: boot(&config, disk),
            config,
            machine: Machine::default(),
            members: Arc::new(members.clone()),
            held: VecDeque::new(),
            to_apply: VecDeque::new(),
            to_report: None,
            drawn: (0, StateRole::Follower, timeout),
            pace: limits.pace,
            chance,
            outbox: Outbox::default(),
        }
    }

    /// Replaces the crate's own draw, which it makes at changes of role and term.
    fn pin_timeout(&mut self) {
        let raft = &mut self.node.raft;
        let (term, role, _) = self.drawn;
        if (raft.term, raft.state) != (term, role) {
            self.drawn = (raft.term, raft.state, draw_timeout(&mut self.chance));
        }
        raft.set_randomized_election_timeout(self.drawn.2);
    }

    /// Does what the crate asks for, until it asks for nothing.
    fn settle(&mut self) {
        loop {
            self.pin_timeout();
            if self.node.has_ready() {
                self.handle_ready();
            } else if self.pace.syncs_at_once && self.sync_one() {
                // Writes that were under way when the pace changed.
            } else if !(self.pace.applies_at_once && self.apply_some()) {
                break;
            }
        }
        if self.node.store().wants_snapshot.take() {
            self.take_snapshot();
        }
    }

    fn handle_ready(&mut self) {
        let mut ready = self.node.ready();
        send(ready.take_messages(), &mut self.outbox);
        for read in ready.take_read_states() {
            match translate::read_token(&read.request_ctx) {
                Ok(token) => self.outbox.reads.push((token, read.index)),
                Err(because) => self.outbox.untranslatable = Some(because),
            }
        }
        let number = ready.number();
        let kept = &mut self.node.mut_store().disk.now;
        let mut installed = None;
        if !ready.snapshot().is_empty() {
            let snapshot = Arc::new(translate::snapshot_to_ours(ready.snapshot()));
            kept.log = Log::after(snapshot.position);
            kept.snapshot = snapshot.clone();
            kept.commit_index = kept.commit_index.max(snapshot.position.index);
            self.members = snapshot.membership.clone();
            self.outbox.wrote_from(snapshot.position.index + 1);
            self.to_apply.clear();
            installed = Some(snapshot);
        }
        if let Some(first) = ready.entries().first() {
            kept.log.truncate_from(first.index);
            self.outbox.wrote_from(first.index);
            for entry in ready.entries() {
                let entry = translate::entry_to_ours(entry).expect("an entry of ours or tikv's");
                kept.log.append(entry);
            }
        }
        if let Some(hard_state) = ready.hs() {
            kept.term = hard_state.term;
            kept.vote = Some(NodeId(hard_state.vote)).filter(|vote| vote.0 != 0);
            kept.commit_index = hard_state.commit;
        }
        self.node.mut_store().disk.write(number);
        self.will_apply(ready.take_committed_entries());
        let messages = ready.take_persisted_messages();
        let held = Held { number, snapshot: installed, messages };
        // With a snapshot stored and not yet applied, the crate panics when it stands for election:
        // it looks for entries that the snapshot has replaced. So a snapshot never waits.
        let at_once = self.pace.syncs_at_once && self.held.is_empty();
        if !at_once {
            let waits = held.snapshot.is_none();
            self.held.push_back(held);
            self.node.advance_append_async(ready);
            while !waits && self.sync_one() {}
            return;
        }
        self.node.mut_store().disk.sync();
        send(held.messages, &mut self.outbox);
        let mut light = self.node.advance_append(ready);
        if let Some(commit_index) = light.commit_index() {
            self.node.mut_store().disk.note_commit(commit_index);
        }
        send(light.take_messages(), &mut self.outbox);
        self.will_apply(light.take_committed_entries());
        self.restore_machine(held.snapshot);
    }

    fn will_apply(&mut self, entries: Vec<eraftpb::Entry>) {
        let entries = entries.iter().map(translate::entry_to_ours);
        self.to_apply.extend(entries.map(|entry| entry.expect("an entry of ours or tikv's")));
    }

    fn restore_machine(&mut self, snapshot: Option<Arc<Snapshot>>) {
        if let Some(snapshot) = snapshot {
            restore(&mut self.machine, &snapshot, &mut self.outbox);
            self.to_report = None;
            self.node.advance_apply_to(snapshot.position.index);
        }
    }

    fn sync_one(&mut self) -> bool {
        let Some(held) = self.held.pop_front() else { return false };
        let number = self.node.mut_store().disk.sync();
        assert_eq!(number, Some(held.number), "every `Ready` is one write");
        send(held.messages, &mut self.outbox);
        self.node.on_persist_ready(held.number);
        self.restore_machine(held.snapshot);
        true
    }

    /// Applies what is ready, or reports what was applied.
    fn apply_some(&mut self) -> bool {
        if let Some(index) = self.to_report.take() {
            self.node.advance_apply_to(index);
            return true;
        }
        while let Some(entry) = self.to_apply.pop_front() {
            self.machine.apply(&entry);
            if matches!(entry.payload, Payload::Config(_)) {
                self.apply_config(&entry);
            }
            self.to_report = Some(entry.index);
            let membership = self.members.clone();
            let applied = Applied { machine: self.machine, entry: Some(entry), membership };
            self.outbox.applied.push(applied);
        }
        self.to_report.is_some()
    }

    /// A change of membership takes effect; one that does not fit changes nothing.
    fn apply_config(&mut self, entry: &EntryRef) {
        let theirs = translate::entry_to_theirs(entry).expect("it came from tikv's form");
        let changed = if theirs.get_entry_type() == EntryType::EntryConfChange {
            let mut change = eraftpb::ConfChange::default();
            change.merge_from_bytes(theirs.get_data()).expect("written by the translation");
            self.node.apply_conf_change(&change)
        } else {
            let mut change = eraftpb::ConfChangeV2::default();
            change.merge_from_bytes(theirs.get_data()).expect("written by the translation");
            self.node.apply_conf_change(&change)
        };
        if let Ok(members) = changed {
            self.members = Arc::new(translate::membership_to_ours(&members));
        }
        // The crate leaves it to its user what a leader does that may no longer lead; left
        // alone, it looks for itself among the members and panics.
        let raft = &mut self.node.raft;
        if raft.state == StateRole::Leader && !self.members.is_voter(self.id) {
            raft.become_follower(raft.term, raft::INVALID_ID);
        }
    }

    fn take_snapshot(&mut self) {
        let disk = &mut self.node.mut_store().disk;
        let Some(position) = disk.now.log.position_at(self.machine.applied) else { return };
        if position.index > disk.now.snapshot.position.index {
            let (membership, data) = (self.members.clone(), self.machine.data());
            disk.save_snapshot(&Arc::new(Snapshot { position, membership, data }));
        }
    }
}

fn draw_timeout(chance: &mut Chance) -> usize {
    let (min, max) = (*ELECTION_TICKS.start(), *ELECTION_TICKS.end());
    small(min + chance.below(max - min + 1))
}

fn boot(config: &raft::Config, disk: Disk) -> RawNode<Shelf> {
    let shelf = Shelf { disk, wants_snapshot: Cell::new(false) };
    let silent = slog::Logger::root(slog::Discard, slog::o!());
    RawNode::new(config, shelf, &silent).expect("a sound configuration and disk")
}

fn send(messages: Vec<eraftpb::Message>, outbox: &mut Outbox) {
    outbox.mail.extend(messages.into_iter().map(Wire::Theirs));
}

impl Server for Theirs {
    fn tick(&mut self) {
        self.node.tick();
        self.settle();
    }

    fn receive(&mut self, wire: Wire) {
        match wire.into_theirs() {
            // Refused are answers from strangers, and commands while nobody leads: lost, that is.
            Ok(message) => drop(self.node.step(message)),
            Err(because) => self.outbox.untranslatable = Some(because),
        }
        self.settle();
    }

    fn propose(&mut self, payload: Payload) {
        let body = raft_core::Body::Propose { payloads: vec![payload] };
        let message = raft_core::Message { from: NodeId(0), to: self.id, term: 0, body };
        let proposal = translate::to_theirs(&message).expect("the tests propose what both know");
        drop(self.node.step(proposal));
        self.settle();
    }

    fn read(&mut self, token: ReadToken) {
        self.node.read_index(translate::read_context(token));
        self.settle();
    }

    fn transfer(&mut self, to: NodeId) {
        self.node.transfer_leader(to.0);
        self.settle();
    }

    fn snapshot_sent(&mut self, to: NodeId, arrived: bool) {
        let status = if arrived { SnapshotStatus::Finish } else { SnapshotStatus::Failure };
        self.node.report_snapshot(to.0, status);
        self.settle();
    }

    fn unreachable(&mut self, to: NodeId) {
        self.node.report_unreachable(to.0);
        self.settle();
    }

    fn sync(&mut self) -> bool {
        let any = self.sync_one();
        self.settle();
        any
    }

    fn apply(&mut self) -> bool {
        let any = self.apply_some();
        self.settle();
        any
    }

    fn snapshot(&mut self, keep: u64) {
        self.take_snapshot();
        // The crate looks at what follows the last entry that it knows to be applied.
        let applied = self.node.raft.raft_log.applied;
        let disk = &mut self.node.mut_store().disk;
        let index = disk.now.snapshot.position.index.min(applied);
        disk.compact(index.saturating_sub(keep));
        self.settle();
    }

    fn crash(&mut self) {
        let mut disk = self.node.store().disk.clone();
        disk.crash(self.chance.ordinal(disk.writes_under_way() + 1));
        let state = &disk.now;
        self.machine = Machine::from_snapshot(&state.snapshot).expect("snapshots are digests");
        self.members = state.snapshot.membership.clone();
        self.config.applied = self.machine.applied;
        self.held.clear();
        self.to_apply.clear();
        self.to_report = None;
        self.outbox = Outbox::default();
        self.node = boot(&self.config, disk);
    }

    fn start(&mut self) {
        self.drawn = (self.node.raft.term, StateRole::Follower, draw_timeout(&mut self.chance));
        self.settle();
    }

    fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
        self.settle();
    }

    fn view(&self) -> View<'_> {
        let raft = &self.node.raft;
        View {
            term: raft.term,
            is_leader: raft.state == StateRole::Leader,
            log: self.node.store().log(),
            commit_index: raft.raft_log.committed,
            machine: self.machine,
            membership: self.members.clone(),
        }
    }

    fn disk(&self) -> &Disk {
        &self.node.store().disk
    }

    fn outbox(&mut self) -> &mut Outbox {
        &mut self.outbox
    }
}
