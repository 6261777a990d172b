//! A cluster, what runs on top of it, and the one loop that carries events to both.

mod faults;
mod settle;

use crate::MAX_TIME;
use crate::cluster::{Checks, Cluster, Todo, ordinal_of};
use crate::network::Network;
use crate::server::Server;
use crate::service::Service;
use crate::settings::{Live, Settings};
use crate::time::Moment;
use crate::trace::TraceEvent;
use raft_check::Violation;
use raft_core::{EntryRef, Index, Membership, Micros, NodeId, Term};
use std::borrow::Cow;

/// A cluster and a service on top of it at one moment. A copy is as cheap as the service's: logs
/// and the checker's memory share their structure.
///
/// Nothing happens but by [`Simulation::step`] and its like, and everything that chance decides is
/// drawn from the settings' seed: the same calls give the same run.
#[derive(Clone, Debug)]
pub struct Simulation<S> {
    pub(crate) cluster: Cluster,
    pub(crate) service: S,
}

impl<S: Service> Simulation<S> {
    /// A cluster that has just been switched on, with a service that knows its servers `n1` to
    /// `n{settings.nodes}` and nothing else.
    pub fn on(settings: Settings, checks: Checks, service: S) -> Simulation<S> {
        let cluster = Cluster::new(settings, checks);
        let mut simulation = Simulation { cluster, service };
        for ordinal in 0..simulation.cluster.servers.len() {
            simulation.start(ordinal);
        }
        simulation.settle();
        simulation
    }

    // ---- time passes ----

    /// When the next event is due.
    pub fn next_due(&mut self) -> Option<Micros> {
        let Simulation { cluster, service } = self;
        cluster.next_due(|alarm, number| service.expects(alarm, number))
    }

    /// Processes the next event, if there is one before the end of time.
    pub fn step(&mut self) -> bool {
        let is_due = self.next_due().is_some_and(|due| due <= MAX_TIME);
        if is_due {
            self.process_next();
        }
        is_due
    }

    /// Processes the next event, which [`Simulation::next_due`] has found.
    fn process_next(&mut self) {
        if let Some(due) = self.cluster.next_event() {
            let todo = self.cluster.begin(due);
            self.handle(todo);
            self.finish();
        }
    }

    /// Lets time pass up to `time`, everything due at that very time included.
    pub fn run_to(&mut self, time: Micros) {
        let time = time.min(MAX_TIME);
        while self.next_due().is_some_and(|due| due <= time) {
            self.process_next();
        }
        self.cluster.pass_to(time);
    }

    /// Lets time pass up to an exact moment.
    pub fn go_to(&mut self, moment: Moment) {
        let target = (moment.time.min(MAX_TIME), moment.after);
        while let Some(due) = self.next_due() {
            let done = if due > self.cluster.now { 0 } else { self.cluster.after };
            if (due, done) >= target {
                break;
            }
            self.step();
        }
        self.cluster.pass_to(target.0);
    }

    /// Frees what is no longer needed: void items of the queue, and what the service keeps only to
    /// save time.
    pub(crate) fn compact(&mut self) {
        let Simulation { cluster, service } = self;
        service.compact();
        cluster.compact(|alarm, number| service.expects(alarm, number));
    }

    /// Hands what was due to whatever it concerns.
    pub(crate) fn handle(&mut self, todo: Todo) {
        match todo {
            Todo::Nothing => {}
            Todo::Step(ordinal, input) => {
                self.input(ordinal, input);
            }
            Todo::Persisted(ordinal, write) => self.persisted(ordinal, write),
            Todo::TakeCall(ordinal, call) => {
                let at = self.cluster.servers[ordinal].id;
                self.service.take_call(&mut self.cluster, at, call);
            }
            Todo::Alarm(alarm) => self.service.alarm(&mut self.cluster, alarm),
        }
    }

    /// The end of an event: all that follows from it at the same instant.
    pub(crate) fn finish(&mut self) {
        self.settle();
        self.report_snapshots();
        let mut round = 0;
        while self.service.follow_up(&mut self.cluster, round) {
            self.settle();
            round += 1;
        }
    }
}

/// What can be seen.
impl<S> Simulation<S> {
    /// What runs on top.
    pub fn service(&self) -> &S {
        &self.service
    }

    /// The settings as they stand.
    pub fn settings(&self) -> &Settings {
        self.cluster.settings()
    }

    /// The settings that hold for a server: its own, and the cluster's where it has none.
    pub fn live_of(&self, id: NodeId) -> Cow<'_, Live> {
        self.cluster.live_of(ordinal_of(id))
    }

    /// The settings that hold on a link, in this direction: its own, and the cluster's where it has
    /// none.
    pub fn live_on(&self, from: NodeId, to: NodeId) -> Cow<'_, Live> {
        self.settings().live.with(self.network().own_settings(from, to))
    }

    /// Simulated time since the start.
    pub fn now(&self) -> Micros {
        self.cluster.now()
    }

    /// The exact moment that has been reached.
    pub fn moment(&self) -> Moment {
        self.cluster.moment()
    }

    /// How many events have been processed.
    pub fn events(&self) -> u64 {
        self.cluster.events()
    }

    /// Every server, in order of id.
    pub fn servers(&self) -> &[Server] {
        self.cluster.servers()
    }

    /// One server.
    pub fn server(&self, id: NodeId) -> Option<&Server> {
        self.cluster.server(id)
    }

    /// The network.
    pub fn network(&self) -> &Network {
        self.cluster.network()
    }

    /// The live leader of the highest term, if there is one.
    pub fn leader(&self) -> Option<&Server> {
        self.cluster.leader()
    }

    /// The members as the live leader knows them; without one, as the live server that has applied
    /// most does.
    pub fn membership(&self) -> &Membership {
        self.cluster.membership()
    }

    /// Whether the server belongs to the cluster.
    pub fn is_member(&self, id: NodeId) -> bool {
        self.cluster.is_member(id)
    }

    /// What was broken so far.
    pub fn violations(&self) -> &[Violation] {
        self.cluster.violations()
    }

    /// Who led a term, if anybody did.
    pub fn leader_of(&self, term: Term) -> Option<NodeId> {
        self.cluster.leader_of(term)
    }

    /// The latest term in which anybody led, and who did.
    pub fn last_leader(&self) -> Option<(Term, NodeId)> {
        self.cluster.last_leader()
    }

    /// How many terms have passed in which nobody became leader.
    pub fn leaderless_terms(&self) -> u64 {
        self.cluster.leaderless_terms()
    }

    /// The highest index that any server has committed.
    pub fn committed(&self) -> Index {
        self.cluster.committed()
    }

    /// The entry that was first committed at an index, by anybody.
    pub fn committed_entry(&self, index: Index) -> Option<&EntryRef> {
        self.cluster.committed_entry(index)
    }

    /// Whether trace events are kept until they are taken.
    pub fn record(&mut self, recording: bool) {
        self.cluster.record(recording);
    }

    /// Takes what has happened since the last call.
    pub fn take_trace(&mut self) -> Vec<TraceEvent> {
        self.cluster.take_trace()
    }
}
