//! A cluster of both kinds of server, its network and what goes wrong in it.
//!
//! There is no common clock: each step lets one server do one thing, or delivers one message, and
//! which is drawn from the seed. After every step the safety properties are held against the server
//! that took it. In the end everything is healed, everybody is made a voter again, and the cluster
//! must agree on a last command within a bounded number of rounds.

mod checks;
mod healing;
mod network;

use crate::chance::Chance;
use crate::ours::Ours;
use crate::server::{Server, Wire};
use crate::settings::{Faults, Limits, Setting};
use crate::theirs::Theirs;
use raft_check::Checker;
use raft_core::{
    Change, ChangeKind, Config, ConfigChange, Index, Membership, NodeId, Payload, ReadToken,
    RuleSet, Term, Transition,
};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How many steps are random, for each server.
const STEPS_PER_SERVER: u64 = 2_500;
/// How many rounds a healed cluster has to converge. In one, every clock moves on by one tick and
/// everything under way arrives.
const ROUNDS: u64 = 1_000;
/// The most messages under way; more are lost.
const MAX_UNDER_WAY: usize = 400;
/// How many of the last events a failure shows.
const EVENTS_SHOWN: usize = 120;
/// What is proposed last.
const LAST_COMMAND: &[u8] = b"the last";

/// What a run was like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In how many terms somebody led.
    pub led: u64,
    /// In how many of them it was a server of ours.
    pub led_by_ours: u64,
    /// How many entries were committed.
    pub committed: u64,
    /// How many of them changed the membership.
    pub changes: u64,
    /// How many times a state machine became that of a leader's snapshot.
    pub restored: u64,
    /// How many reads were answered.
    pub reads: u64,
    /// How many rounds it took to converge once everything was healed.
    pub rounds: u64,
    /// Whether nobody can ever be elected again, for want of a word that the protocol does not
    /// have: 1 or 0. See [`Report::is_stuck`].
    pub stuck: u64,
    /// Everything that the servers ended with, in one number.
    pub digest: u64,
}

impl Report {
    /// Whether the run ended in the one state from which etcd's protocol does not recover.
    ///
    /// A change of membership takes effect when it is known to be committed. If only a server that
    /// it removes or demotes knows that, and its log is the longest, then the others still need its
    /// vote, which it refuses for the sake of its log; and it does not stand itself, being a voter
    /// no longer. tikv's servers get out of this by telling what is committed when they refuse a
    /// vote; ours, like etcd's, have no such field.
    pub fn is_stuck(&self) -> bool {
        self.stuck > 0
    }
}

/// A run that broke something.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Its setting.
    pub setting: Setting,
    /// Its seed.
    pub seed: u64,
    /// What went wrong.
    pub because: String,
    /// The last events.
    pub events: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for event in &self.events {
            writeln!(f, "  {event}")?;
        }
        writeln!(f, "seed {} with {}: {}", self.seed, self.setting, self.because)
    }
}

impl std::error::Error for Failure {}

/// One run. All of it follows from the setting and the seed.
///
/// # Errors
/// Where a property is broken, a server panics, or the cluster does not converge.
pub fn run(setting: Setting, seed: u64) -> Result<Report, Box<Failure>> {
    run_with_rules(setting, seed, RuleSet::default())
}

/// The same, where our servers keep only these rules: to see that a broken one is noticed.
///
/// # Errors
/// As for [`run`].
pub fn run_with_rules(setting: Setting, seed: u64, rules: RuleSet) -> Result<Report, Box<Failure>> {
    let attempt = |events: Option<VecDeque<String>>| {
        let mut cluster = Cluster::new(setting, seed, rules, events);
        let outcome = catch_unwind(AssertUnwindSafe(|| cluster.run()));
        let outcome = outcome.unwrap_or_else(|panic| Err(panic_message(&*panic)));
        (outcome, cluster)
    };
    let (outcome, cluster) = attempt(None);
    match outcome {
        Ok(()) => Ok(cluster.report),
        // Again, to see what led there.
        Err(because) => {
            let (again, cluster) = attempt(Some(VecDeque::new()));
            let because = match again {
                Err(again) if again == because => because,
                Err(_) | Ok(()) => format!("{because} (and the run does not repeat)"),
            };
            let events = cluster.events.unwrap_or_default().into();
            Err(Box::new(Failure { setting, seed, because, events }))
        }
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panic: {}", text.unwrap_or("of an unknown kind"))
}

/// A server, as one of the cluster.
struct Seat {
    id: NodeId,
    is_ours: bool,
    server: Box<dyn Server>,
    is_up: bool,
}

/// What is under way.
#[derive(Clone, Debug)]
enum Parcel {
    /// From one server to another.
    Mail { from: NodeId, wire: Wire },
    /// The transport reports to `at` that its snapshot for `to` arrived or did not.
    SnapshotSent { at: NodeId, to: NodeId, arrived: bool },
    /// The transport reports to `at` that a message to `to` was lost.
    Unreachable { at: NodeId, to: NodeId },
}

struct Cluster {
    setting: Setting,
    chance: Chance,
    faults: Faults,
    seats: Vec<Seat>,
    under_way: Vec<Parcel>,
    /// Links that are cut, in this direction.
    cut: Vec<(NodeId, NodeId)>,
    commands: u64,
    /// For each read that waits: what was committed when it was asked for.
    reads: BTreeMap<ReadToken, Index>,
    next_read: ReadToken,
    // ---- checks ----
    checker: Checker,
    /// What the state machines did first at each index from 1.
    canonical: Vec<(u64, Arc<Membership>)>,
    leaders: BTreeMap<Term, NodeId>,
    ends: bool,
    time: u64,
    report: Report,
    events: Option<VecDeque<String>>,
}

impl Cluster {
    fn new(
        setting: Setting,
        seed: u64,
        rules: RuleSet,
        events: Option<VecDeque<String>>,
    ) -> Cluster {
        let mut chance = Chance::new(seed, 0);
        let ids: Vec<NodeId> = (1..=setting.servers).map(NodeId).collect();
        let mut ours = ids.clone();
        while ours.len() as u64 > setting.ours {
            ours.remove(chance.ordinal(ours.len()));
        }
        let members = Membership::of(ids.iter().copied());
        let ordinal = |id: &NodeId| {
            let own = Chance::new(seed, id.0);
            let is_ours = ours.contains(id);
            let limits = Limits::draw(&mut chance);
            let config = Config {
                pre_vote: setting.pre_vote,
                check_quorum: setting.check_quorum,
                rules,
                ..Config::new(*id)
            };
            let server: Box<dyn Server> = if is_ours {
                Box::new(Ours::new(config, &members, limits, own))
            } else {
                Box::new(Theirs::new(*id, &members, setting, limits, own))
            };
            Seat { id: *id, is_ours, server, is_up: true }
        };
        let seats = ids.iter().map(ordinal).collect();
        Cluster {
            setting,
            faults: Faults::draw(&mut chance),
            chance,
            seats,
            under_way: Vec::new(),
            cut: Vec::new(),
            commands: 0,
            reads: BTreeMap::new(),
            next_read: 1,
            checker: Checker::default(),
            canonical: Vec::new(),
            leaders: BTreeMap::new(),
            ends: false,
            time: 0,
            report: Report::default(),
            events,
        }
    }

    fn event(&mut self, event: impl FnOnce() -> String) {
        if let Some(events) = &mut self.events {
            if events.len() == EVENTS_SHOWN {
                events.pop_front();
            }
            events.push_back(format!("{:5} {}", self.time, event()));
        }
    }

    fn run(&mut self) -> Result<(), String> {
        for ordinal in 0..self.seats.len() {
            self.act(ordinal, |server| server.start())?;
        }
        for _ in 0..STEPS_PER_SERVER * self.setting.servers {
            self.time += 1;
            self.random_step()?;
        }
        self.heal()?;
        for _ in 0..ROUNDS {
            self.report.rounds += 1;
            self.round()?;
            if self.has_converged() {
                return self.conclude();
            }
        }
        if self.is_stuck() {
            self.report.stuck = 1;
            return Ok(());
        }
        Err(format!("no convergence within {ROUNDS} rounds: {}", self.standing()))
    }

    // ---- random steps ----

    fn random_step(&mut self) -> Result<(), String> {
        self.random_fault()?;
        match self.chance.below(100) {
            0..55 => self.deliver_any(),
            55..75 => self.any_up(|server| server.tick()),
            75..84 => self.any_up(|server| {
                server.sync();
            }),
            84..92 => self.any_up(|server| {
                server.apply();
            }),
            92..94 => self.read(),
            _ => self.propose_command(),
        }
    }

    fn random_fault(&mut self) -> Result<(), String> {
        let faults = self.faults;
        let ordinal = self.chance.ordinal(self.seats.len());
        if !self.seats[ordinal].is_up {
            if self.chance.permille(15) {
                self.restart(ordinal)?;
            }
        } else if self.chance.permille(faults.crash) {
            self.crash(ordinal);
        }
        if self.chance.permille(faults.cut) {
            self.cut_something();
        } else if !self.cut.is_empty() && self.chance.permille(2 * faults.cut) {
            self.event(|| "heal links".into());
            self.cut.clear();
        }
        if self.chance.permille(faults.change) {
            self.propose_change()?;
        }
        if self.chance.permille(faults.transfer) {
            let to = NodeId(1 + self.chance.below(self.setting.servers));
            self.any_up(move |server| server.transfer(to))?;
        }
        if self.chance.permille(faults.snapshot) {
            let keep = self.chance.below(6);
            self.any_up(move |server| server.snapshot(keep))?;
        }
        Ok(())
    }

    fn any_up(&mut self, what: impl FnOnce(&mut dyn Server)) -> Result<(), String> {
        let ordinal = self.chance.ordinal(self.seats.len());
        if self.seats[ordinal].is_up { self.act(ordinal, what) } else { Ok(()) }
    }

    fn crash(&mut self, ordinal: usize) {
        let id = self.seats[ordinal].id;
        self.event(|| format!("{id} crashes"));
        let server = &mut self.seats[ordinal].server;
        server.crash();
        self.checker.crashed(id, server.disk().durable().log.last_index());
        self.seats[ordinal].is_up = false;
    }

    fn restart(&mut self, ordinal: usize) -> Result<(), String> {
        let id = self.seats[ordinal].id;
        self.event(|| format!("{id} restarts"));
        self.seats[ordinal].is_up = true;
        self.act(ordinal, |server| server.start())
    }

    /// A link in one direction, or everything to and from a server.
    fn cut_something(&mut self) {
        let a = NodeId(1 + self.chance.below(self.setting.servers));
        let b = NodeId(1 + self.chance.below(self.setting.servers));
        if self.chance.permille(500) {
            self.event(|| format!("cut {a} → {b}"));
            self.cut.push((a, b));
        } else {
            self.event(|| format!("cut off {a}"));
            for seat in &self.seats {
                self.cut.extend([(a, seat.id), (seat.id, a)]);
            }
        }
    }

    fn propose_command(&mut self) -> Result<(), String> {
        self.commands += 1;
        let number = self.commands;
        // Empty commands would be taken for those with which leaders begin.
        let length = 1 + self.chance.below(40);
        let mut data = number.to_le_bytes().to_vec();
        data.extend((0..length).map(|_| b'.'));
        self.any_up(move |server| server.propose(Payload::Data(data.into())))
    }

    fn read(&mut self) -> Result<(), String> {
        let token = self.next_read;
        self.next_read += 1;
        self.reads.insert(token, self.checker.committed());
        self.any_up(move |server| server.read(token))
    }

    /// A change that leaves at least two voters. Only leaders know enough to make one up; what a
    /// follower passes on only adds.
    fn propose_change(&mut self) -> Result<(), String> {
        let ordinal = self.chance.ordinal(self.seats.len());
        let Seat { is_up: true, server, .. } = &self.seats[ordinal] else { return Ok(()) };
        let view = server.view();
        let (is_leader, membership) = (view.is_leader, view.membership);
        let change = if is_leader {
            self.draw_change(&membership)
        } else {
            let node = NodeId(1 + self.chance.below(self.setting.servers));
            ConfigChange::one(ChangeKind::AddVoter, node)
        };
        let id = self.seats[ordinal].id;
        self.event(|| {
            format!("{id} is to change the membership: {:?} {change}", change.transition)
        });
        self.act(ordinal, move |server| server.propose(Payload::Config(Box::new(change))))
    }

    fn draw_change(&mut self, membership: &Membership) -> ConfigChange {
        if membership.is_joint() || self.chance.permille(50) {
            return ConfigChange::leave_joint();
        }
        let count = self.chance.pick(&[1, 1, 1, 2, 3]);
        let mut changes = Vec::new();
        let mut voters = membership.voters.clone();
        for _ in 0..count {
            let node = NodeId(1 + self.chance.below(self.setting.servers));
            let kinds = [ChangeKind::AddVoter, ChangeKind::AddLearner, ChangeKind::Remove];
            let kind = self.chance.pick(&kinds);
            match kind {
                ChangeKind::AddVoter if !voters.contains(&node) => voters.push(node),
                ChangeKind::AddVoter | ChangeKind::Update => {}
                ChangeKind::AddLearner | ChangeKind::Remove => voters.retain(|id| *id != node),
            }
            changes.push(Change { kind, node });
        }
        if voters.len() < 2 {
            let add = |id: &NodeId| Change { kind: ChangeKind::AddVoter, node: *id };
            changes = membership.members().iter().map(add).collect();
        }
        let transitions = [Transition::Auto, Transition::JointImplicit, Transition::JointExplicit];
        let transition = self.chance.pick(&transitions);
        let legacy =
            changes.len() == 1 && transition == Transition::Auto && self.chance.permille(500);
        ConfigChange { transition, changes, context: Vec::new(), legacy }
    }
}
