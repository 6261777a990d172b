//! One of our servers, driven: its timers count ticks, its writes reach the disk later, and what it
//! says to itself comes back.

use crate::chance::Chance;
use crate::disk::Disk;
use crate::machine::{Applied, Machine};
use crate::server::{Outbox, Server, View, Wire};
use crate::settings::{Limits, Pace};
use raft_core::{
    Config, Durable, Flavour, Index, Input, Membership, Message, Node, NodeId, Output, Payload,
    ReadToken, Snapshot, Timer, Window, Write, WriteId,
};
use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The range of election timeouts, in ticks, for either kind of server.
pub(crate) const ELECTION_TICKS: RangeInclusive<u64> = 10..=19;
/// The time between heartbeats, in ticks.
pub(crate) const HEARTBEAT_TICKS: u64 = 3;

/// At one tick these run out in this order: as with tikv's servers, a leader looks at its quorum
/// before it sends heartbeats.
const ORDER: [Timer; 4] = [Timer::Quorum, Timer::Heartbeat, Timer::Lease, Timer::Election];

/// One of our servers.
pub(crate) struct Ours {
    node: Node,
    disk: Disk,
    machine: Machine,
    /// Ticks that are left, by timer.
    timers: [Option<u64>; Timer::ALL.len()],
    /// Votes and acknowledgements, with the write that each rests on.
    held: VecDeque<(WriteId, Message)>,
    /// Applied, and not yet reported.
    to_report: Option<Index>,
    wants_snapshot: bool,
    pace: Pace,
    chance: Chance,
    outbox: Outbox,
}

impl Ours {
    /// A server with this configuration, but for what all servers or the run decide.
    pub(crate) fn new(
        config: Config,
        members: &Membership,
        limits: Limits,
        chance: Chance,
    ) -> Ours {
        let config = Config {
            election_timeout: ELECTION_TICKS,
            heartbeat: HEARTBEAT_TICKS,
            max_bytes_per_append: limits.max_bytes_per_append,
            window: Window { messages: limits.window, bytes: 0 },
            forward_proposals: true,
            flavour: Flavour::Etcd,
            ..config
        };
        let disk = Disk::new(Durable::bootstrap(members.clone()));
        Ours {
            node: Node::new(Arc::new(config), disk.now.clone()),
            disk,
            machine: Machine::default(),
            timers: [None; Timer::ALL.len()],
            held: VecDeque::new(),
            to_report: None,
            wants_snapshot: false,
            pace: limits.pace,
            chance,
            outbox: Outbox::default(),
        }
    }

    fn step(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        let mut outputs = Vec::new();
        while let Some(input) = inputs.pop_front() {
            self.node.step(input, &mut outputs);
            for output in outputs.drain(..) {
                match output {
                    Output::Send(message) if message.to == self.node.id() => {
                        inputs.push_back(Input::Receive(message));
                    }
                    Output::Send(message) => self.outbox.mail.push(Wire::Ours(message)),
                    Output::SendAfter(write, message) => self.held.push_back((write, message)),
                    Output::Persist(write) => {
                        if let Some(log) = &write.log {
                            self.outbox.wrote_from(log.first_index);
                        }
                        carry_out(&write, &mut self.disk);
                    }
                    Output::SetTimer(timer, range) => {
                        let ticks = range.min + self.chance.below(range.max - range.min + 1);
                        self.timers[timer as usize] = Some(ticks);
                    }
                    Output::CancelTimer(timer) => self.timers[timer as usize] = None,
                    Output::Restore(snapshot) => {
                        restore(&mut self.machine, &snapshot, &mut self.outbox)
                    }
                    Output::SnapshotWanted => self.wants_snapshot = true,
                    Output::Read { token, index } => self.outbox.reads.push((token, index)),
                    Output::Proposed(_) | Output::Note(_) => {}
                }
            }
        }
    }

    /// Does at once what is to be done at once.
    fn act(&mut self, input: Input) {
        self.step(input);
        self.settle();
    }

    fn settle(&mut self) {
        loop {
            let synced = self.pace.syncs_at_once && self.sync_one();
            let applied = self.pace.applies_at_once && self.apply_some();
            if !synced && !applied {
                break;
            }
        }
        if std::mem::take(&mut self.wants_snapshot) {
            self.take_snapshot();
        }
    }

    fn sync_one(&mut self) -> bool {
        let Some(write) = self.disk.sync() else { return false };
        while let Some((rests_on, message)) = self.held.front().cloned() {
            if rests_on > write {
                break;
            }
            self.held.pop_front();
            if message.to == self.node.id() {
                self.step(Input::Receive(message));
            } else {
                self.outbox.mail.push(Wire::Ours(message));
            }
        }
        self.step(Input::Persisted(write));
        true
    }

    /// Applies what is ready, or reports what was applied.
    fn apply_some(&mut self) -> bool {
        if let Some(index) = self.to_report.take() {
            self.step(Input::Applied(index));
            return true;
        }
        let Some((first, last)) = self.node.next_apply() else { return false };
        let entries: Vec<_> = self.node.log().range(first, last).cloned().collect();
        for entry in entries {
            self.machine.apply(&entry);
            if matches!(entry.payload, Payload::Config(_)) {
                self.step(Input::ApplyConfig(entry.index));
            }
            self.outbox.applied.push(Applied {
                machine: self.machine,
                membership: self.node.membership().clone(),
                entry: Some(entry),
            });
        }
        self.to_report = Some(last);
        true
    }

    fn take_snapshot(&mut self) {
        let index = self.machine.applied;
        let Some(position) = self.node.log().position_at(index) else { return };
        if position.index <= self.node.snapshot().position.index {
            return;
        }
        let membership = self.node.membership().clone();
        let snapshot = Arc::new(Snapshot { position, membership, data: self.machine.data() });
        self.disk.save_snapshot(&snapshot);
        self.step(Input::SnapshotSaved(snapshot));
    }
}

/// Does a write to the disk; it is durable later.
fn carry_out(write: &Write, disk: &mut Disk) {
    disk.now.apply(write);
    disk.write(write.id);
}

/// The state machine becomes what a snapshot says.
pub(crate) fn restore(machine: &mut Machine, snapshot: &Snapshot, outbox: &mut Outbox) {
    let restored = Machine::from_snapshot(snapshot).expect("snapshots here are digests");
    assert!(restored.applied >= machine.applied, "a snapshot never takes a state machine back");
    *machine = restored;
    let membership = snapshot.membership.clone();
    outbox.applied.push(Applied { machine: restored, entry: None, membership });
}

impl Server for Ours {
    fn tick(&mut self) {
        let mut due = [false; Timer::ALL.len()];
        for (left, due) in self.timers.iter_mut().zip(&mut due) {
            if let Some(ticks) = left {
                *ticks = ticks.saturating_sub(1);
                *due = *ticks == 0;
            }
        }
        for timer in ORDER {
            // What ran before may have set it anew or stopped it.
            if due[timer as usize] && self.timers[timer as usize] == Some(0) {
                self.timers[timer as usize] = None;
                self.step(Input::Timer(timer));
            }
        }
        self.settle();
    }

    fn receive(&mut self, wire: Wire) {
        match wire.to_ours() {
            Ok(message) => self.act(Input::Receive(message)),
            Err(because) => self.outbox.untranslatable = Some(because),
        }
    }

    fn propose(&mut self, payload: Payload) {
        self.act(Input::Propose(payload));
    }

    fn read(&mut self, token: ReadToken) {
        self.act(Input::ReadIndex(token));
    }

    fn transfer(&mut self, to: NodeId) {
        self.act(Input::TransferLeader(to));
    }

    fn snapshot_sent(&mut self, to: NodeId, arrived: bool) {
        self.act(Input::SnapshotSent { to, arrived });
    }

    fn unreachable(&mut self, to: NodeId) {
        self.act(Input::Unreachable(to));
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
        let index = self.node.snapshot().position.index.saturating_sub(keep);
        if index > self.disk.durable().log.base().index {
            self.disk.compact(index);
            self.act(Input::Compacted(index));
        }
    }

    fn crash(&mut self) {
        let survive = self.chance.ordinal(self.disk.writes_under_way() + 1);
        self.disk.crash(survive);
        let state = self.disk.now.clone();
        self.machine = Machine::from_snapshot(&state.snapshot).expect("snapshots are digests");
        self.node = Node::new(self.node.config().clone(), state);
        self.timers = [None; Timer::ALL.len()];
        self.held.clear();
        self.to_report = None;
        self.wants_snapshot = false;
        self.outbox = Outbox::default();
    }

    fn start(&mut self) {
        self.act(Input::Start);
    }

    fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
        self.settle();
    }

    fn view(&self) -> View<'_> {
        View {
            term: self.node.term(),
            is_leader: self.node.is_leader(),
            log: self.node.log(),
            commit_index: self.node.commit_index(),
            machine: self.machine,
            membership: self.node.membership().clone(),
        }
    }

    fn disk(&self) -> &Disk {
        &self.disk
    }

    fn outbox(&mut self) -> &mut Outbox {
        &mut self.outbox
    }
}
