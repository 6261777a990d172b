//! What runs on top of the playground's cluster: state machines, clients, etcd's members and
//! consoles. Each is a struct of its own that is told what happened and may act on the cluster;
//! none calls another back. What they need of each other they find in the [`Cx`]: the cluster, the
//! state machines and the desk.

pub(crate) mod alarms;
mod clients;
pub(crate) mod consoles;
pub(crate) mod desk;
pub(crate) mod etcd;
pub(crate) mod machines;
mod sending;

use crate::client::{Clients, RequestKind, Stale};
use crate::cluster::{Cluster, ordinal_of};
use crate::deeds::deeds;
use crate::etcd::{Etcd, is_of_etcd};
use crate::followed::{Followed, Route};
use crate::machine::{Kept, Machine, Request, SessionId, request_of};
use crate::queue::Alarm;
use crate::server::Server;
use crate::service::Service;
use alarms::{Wake, expects};
use consoles::{Consoles, MAX_ANSWERS};
use desk::{Desk, Hand};
use etcd_kv::api::{Call, Response, Write};
use machines::Machines;
use raft_core::{ConfigChange, EntryRef, Index, Input, NodeId, Payload, Proposal, ReadToken, Rule};
use std::sync::Arc;

/// What runs on top of the playground's cluster.
#[derive(Clone, Debug)]
pub struct Services {
    pub(crate) machines: Machines,
    pub(crate) desk: Desk,
    pub(crate) clients: Clients,
    pub(crate) etcd: Etcd,
    pub(crate) consoles: Consoles,
}

/// Those of them that act, each through a [`Cx`].
pub(crate) struct Acting<'w> {
    pub(crate) clients: &'w mut Clients,
    pub(crate) etcd: &'w mut Etcd,
    pub(crate) consoles: &'w mut Consoles,
}

impl Services {
    /// Nothing has been asked of any of this many servers.
    pub(crate) fn new(servers: usize) -> Services {
        Services {
            machines: Machines::new(servers),
            desk: Desk::new(servers),
            clients: Clients::default(),
            etcd: Etcd::default(),
            consoles: Consoles::default(),
        }
    }

    /// Those that act, and what each of them may use meanwhile.
    pub(crate) fn acting<'w>(&'w mut self, cluster: &'w mut Cluster) -> (Cx<'w>, Acting<'w>) {
        let Services { machines, desk, clients, etcd, consoles } = self;
        (Cx { cluster, machines, desk }, Acting { clients, etcd, consoles })
    }

    /// The reads for which a server has applied enough are answered.
    fn answer_reads(&mut self, cluster: &mut Cluster, ordinal: usize) {
        let applied = cluster.servers[ordinal].node.applied_index();
        for request in self.desk.take_due_reads(ordinal, applied) {
            let (mut cx, on) = self.acting(cluster);
            if on.etcd.is_call(request) {
                on.etcd.look(&mut cx, ordinal, request);
            } else {
                on.clients.read_is_due(&mut cx, ordinal, request);
            }
        }
    }
}

/// What a server's state machine was before an entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    /// The last entry that it had carried out.
    pub(crate) index: Index,
    /// The bytes of its store.
    pub(crate) used: u64,
}

impl Service for Services {
    fn apply(&mut self, cluster: &mut Cluster, at: NodeId, entry: &EntryRef) {
        let ordinal = ordinal_of(at);
        let once = cluster.settings.live.rules.holds(Rule::ApplyOnce);
        let machine = &self.machines[ordinal];
        let before = Before { index: machine.index(), used: machine.store().size_in_use() };
        self.machines.apply(ordinal, entry, once);
        match deeds() {
            Some(deeds) => (deeds.applied)(self, cluster, at, entry, before),
            None => self.desk.passes(entry.index),
        }
    }

    fn save(&mut self, at: NodeId) -> Arc<[u8]> {
        self.machines.save(ordinal_of(at)).into()
    }

    fn restore(&mut self, at: NodeId, data: &[u8]) {
        self.machines.restore(ordinal_of(at), data);
    }

    fn erased(&mut self, at: NodeId) {
        self.etcd.files.remove(&at.0);
        self.etcd.file_sizes.remove(&at.0);
        self.machines.restore(ordinal_of(at), &[]);
    }

    fn joined(&mut self, _id: NodeId) {
        self.machines.grow();
        self.desk.hands.push(Hand::default());
    }

    fn only_announces(&self, change: &ConfigChange) -> bool {
        is_of_etcd(change)
    }

    fn read_ready(&mut self, cluster: &mut Cluster, at: NodeId, token: ReadToken, index: Index) {
        if let Some(deeds) = deeds() {
            (deeds.read_ready)(self, cluster, at, token, index);
        }
    }

    fn settled(&mut self, cluster: &mut Cluster, at: NodeId) {
        if let Some(deeds) = deeds() {
            (deeds.settled)(self, cluster, at);
        }
    }

    fn down(&mut self, cluster: &mut Cluster, at: NodeId) {
        if let Some(deeds) = deeds() {
            (deeds.down)(self, cluster, at);
        }
    }

    fn take_call(&mut self, cluster: &mut Cluster, at: NodeId, call: u64) {
        if let Some(deeds) = deeds() {
            (deeds.take_call)(self, cluster, at, call);
        }
    }

    fn alarm(&mut self, cluster: &mut Cluster, alarm: Alarm) {
        if let Some(deeds) = deeds() {
            (deeds.alarm)(self, cluster, alarm);
        }
    }

    fn expects(&self, alarm: Alarm, number: u64) -> bool {
        let wire = &self.desk.wire;
        expects(&self.clients, &self.etcd, &self.consoles, wire, alarm, number)
    }

    fn follow_up(&mut self, cluster: &mut Cluster, round: usize) -> bool {
        deeds().is_some_and(|deeds| (deeds.follow_up)(self, cluster, round))
    }

    fn compact(&mut self) {
        self.machines.compact();
    }
}

/// What the service does once somebody has asked for something.
impl Services {
    /// A server has carried out an entry, before which its state machine was so.
    pub(crate) fn has_applied(
        &mut self,
        cluster: &mut Cluster,
        at: NodeId,
        entry: &EntryRef,
        before: Before,
    ) {
        let ordinal = ordinal_of(at);
        let request = request_of(entry);
        self.desk.entry_applied(entry.index, request.as_ref());
        let (mut cx, on) = self.acting(cluster);
        if let Payload::Config(change) = &entry.payload
            && is_of_etcd(change)
        {
            on.etcd.members_changed(&mut cx, entry.index, change);
        }
        if let Some(Request::Etcd { write, .. }) = request
            && let Some(write) = Write::decode(write)
        {
            on.etcd.applied(&mut cx, ordinal, entry.index, &write, before);
            on.etcd.file_follows(&mut cx, ordinal);
        } else if on.etcd.has_file(at) {
            on.etcd.file_follows(&mut cx, ordinal);
        }
        if !cx.desk.hands[ordinal].waiting.is_empty()
            && let Some(session) = request.and_then(|request| request.session())
            && let Some(request) = cx.desk.take_waiting(ordinal, session)
        {
            match cx.machines[ordinal].answer_to(session).cloned() {
                Some(Kept::Plain(answer)) => on.clients.answered(&mut cx, at, request, answer),
                Some(Kept::Etcd(result)) => on.etcd.answer_call(&mut cx, request, &result),
                None => {}
            }
        }
        if !on.etcd.calls.is_empty() {
            on.etcd.feed_watches(&mut cx, ordinal);
        }
    }

    pub(crate) fn read_is_ready(
        &mut self,
        cluster: &mut Cluster,
        at: NodeId,
        token: ReadToken,
        index: Index,
    ) {
        let confirmed_by = cluster.servers[ordinal_of(at)].node.leader();
        let leader = cluster.leader().map(Server::id);
        let deposed = confirmed_by.filter(|id| leader.is_some_and(|leader| leader != *id));
        self.desk.read_confirmed(ordinal_of(at), token, index, deposed);
    }

    pub(crate) fn has_settled(&mut self, cluster: &mut Cluster, at: NodeId) {
        self.answer_reads(cluster, ordinal_of(at));
        let (mut cx, on) = self.acting(cluster);
        on.etcd.settled(&mut cx, ordinal_of(at));
    }

    /// Nobody gets an answer from the server any more.
    pub(crate) fn is_down(&mut self, cluster: &mut Cluster, at: NodeId) {
        let (mut cx, on) = self.acting(cluster);
        let ordinal = ordinal_of(at);
        if let Some(machine) = on.etcd.filed(at, &cx.machines[ordinal]) {
            cx.machines.set(ordinal, machine);
        }
        on.etcd.lose_calls(&mut cx, ordinal);
        for request in cx.desk.take_all(ordinal_of(at)) {
            on.clients.connection_lost(&mut cx, request, at);
        }
    }

    pub(crate) fn takes_call(&mut self, cluster: &mut Cluster, at: NodeId, call: u64) {
        let (mut cx, on) = self.acting(cluster);
        if on.etcd.is_call(call) {
            on.etcd.take_call(&mut cx, ordinal_of(at), call);
        } else {
            on.clients.serve(&mut cx, ordinal_of(at), call);
        }
    }

    pub(crate) fn goes_off(&mut self, cluster: &mut Cluster, alarm: Alarm) {
        let (mut cx, on) = self.acting(cluster);
        match Wake::of(alarm) {
            Wake::Client { request } => on.clients.check_on(&mut cx, request),
            Wake::Load => on.clients.load_tick(&mut cx),
            Wake::Call { call } => on.etcd.check_on_call(&mut cx, call),
            Wake::Leases => on.etcd.check_leases(&mut cx),
            Wake::Leaves { server } => on.etcd.end_removed(&mut cx, server),
            Wake::File { server } => on.etcd.write_file(&cx, server),
            Wake::Leaderless { server } => on.etcd.look_for_leader(&mut cx, server),
            Wake::Wire { id } => sending::arrives(&mut cx, on, id),
            Wake::Console { console, ticket } => {
                on.consoles.wake(&mut cx, on.etcd, console, ticket);
            }
        }
    }

    /// Hands the oldest answer in the mail to the console command that waits for it, which may call
    /// again.
    pub(crate) fn follows_up(&mut self, cluster: &mut Cluster, round: usize) -> bool {
        if self.etcd.mail.is_empty() || round > MAX_ANSWERS {
            return false;
        }
        let (mut cx, on) = self.acting(cluster);
        if round == MAX_ANSWERS {
            on.consoles.interrupt_circle(&mut cx, on.etcd);
            return true;
        }
        on.consoles.hand_out_answer(&mut cx, on.etcd)
    }
}

/// What every service may use while it acts.
pub(crate) struct Cx<'w> {
    pub(crate) cluster: &'w mut Cluster,
    pub(crate) machines: &'w mut Machines,
    pub(crate) desk: &'w mut Desk,
}

impl Cx<'_> {
    pub(crate) fn server(&self, id: NodeId) -> Option<&Server> {
        self.cluster.server(id)
    }

    pub(crate) fn leader(&self) -> Option<&Server> {
        self.cluster.leader()
    }

    pub(crate) fn committed(&self) -> Index {
        self.cluster.committed()
    }

    /// The time of the clients' history, later with every call.
    pub(crate) fn tick(&mut self) -> u64 {
        self.desk.tick(self.cluster.now)
    }

    /// A server that runs gets an input; what became of a proposal, if it was one. Whatever else
    /// comes of it waits until the service is done.
    pub(crate) fn step(&mut self, ordinal: usize, input: Input) -> Option<Proposal> {
        let at = self.cluster.servers[ordinal].id;
        self.cluster.act(at, input)
    }

    // ---- requests ----

    /// A server asks for a read to be confirmed.
    pub(crate) fn ask_read(&mut self, ordinal: usize, request: u64) {
        let next = self.desk.next_token();
        let fresh = self.cluster.settings.live.rules.holds(raft_core::Rule::FreshReadToken);
        let token = if fresh { next } else { u64::MAX - 1 - request };
        self.desk.hands[ordinal].reads_asked.retain(|(_, known)| *known != request);
        self.desk.hands[ordinal].reads_asked.push((token, request));
        self.step(ordinal, Input::ReadIndex(token));
    }

    pub(crate) fn wait_at(&mut self, ordinal: usize, session: SessionId, request: u64) {
        self.desk.wait_at(ordinal, session, request);
    }

    pub(crate) fn watch_request(&mut self, session: SessionId, kind: &RequestKind) {
        self.desk.watch_request(self.cluster.now, session, kind);
    }

    /// A read of a key takes effect when a server looks into what it has applied.
    pub(crate) fn read_took_effect(&mut self, ordinal: usize, key: &[u8], watched: u64) {
        let applied = self.cluster.servers[ordinal].node.applied_index();
        self.desk.watcher.took_effect(key, watched, Desk::effect_of_read(applied));
    }

    pub(crate) fn follow(
        &mut self,
        id: u64,
        what: String,
        route: Route,
        session: Option<SessionId>,
    ) {
        self.desk.followed = Some(Arc::new(Followed {
            id,
            what,
            route,
            server: None,
            session,
            asked_at: self.cluster.now,
            read_index: None,
            confirmed_by_deposed: None,
            ended: None,
        }));
    }

    pub(crate) fn followed_mut(&mut self, id: u64) -> Option<&mut Followed> {
        self.desk.followed_mut(id)
    }

    pub(crate) fn follow_to_the_end(&mut self, id: u64, well: bool) {
        let now = self.cluster.now;
        if let Some(followed) = self.followed_mut(id) {
            followed.ended = Some((now, well));
        }
    }

    // ---- what is stale ----

    /// How old what a server holds of a key is, where something newer was committed when it was
    /// asked for: everything up to `committed` was.
    pub(crate) fn stale(&self, ordinal: usize, key: &[u8], committed: Index) -> Option<Stale> {
        let newest = self.caught_up(ordinal, committed)?;
        let revision = |machine: &Machine| machine.store().get(key).map_or(0, |kv| kv.mod_revision);
        let (seen, newest) = (revision(&self.machines[ordinal]), revision(&newest));
        (seen != newest).then_some(Stale { seen, newest })
    }

    /// Whether a member's answer misses something that was committed when it was asked.
    pub(crate) fn stale_answer(
        &self,
        ordinal: usize,
        call: &Call,
        answer: Option<&Response>,
        committed: Index,
    ) -> Option<Stale> {
        let reads = matches!(call, Call::Range(_) | Call::Write(Write::Txn(_)));
        let answer = answer.filter(|_| reads)?;
        let newest = self.caught_up(ordinal, committed)?;
        let (store, newest) = (self.machines[ordinal].store(), newest.store());
        let stale = newest.look(call, self.cluster.settings.etcd).as_ref().ok() != Some(answer);
        stale.then(|| Stale { seen: store.revision(), newest: newest.revision() })
    }

    /// A server's state machine with all that was committed up to an index; `None` where it has all
    /// of that.
    fn caught_up(&self, ordinal: usize, committed: Index) -> Option<Machine> {
        let applied = self.cluster.servers[ordinal].node.applied_index();
        if applied >= committed {
            return None;
        }
        let mut machine = self.machines[ordinal].clone();
        for index in applied + 1..=committed {
            if let Some(entry) = self.cluster.committed_entry(index) {
                machine.apply(entry, true);
            }
        }
        Some(machine)
    }
}
