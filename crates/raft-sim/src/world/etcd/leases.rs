//! Leases by the clock of whoever leads: it alone counts them, and proposes their end.

use super::*;

impl World {
    /// The leases as this server counts them, if it leads.
    pub fn countdowns(&self, server: NodeId) -> impl Iterator<Item = (LeaseId, Countdown)> {
        let leases = self.etcd.leases.get(&server.0).into_iter();
        leases.flat_map(|leases| leases.iter().map(|(id, countdown)| (*id, *countdown)))
    }

    /// What a leader's clock has to know of an entry that was carried out.
    pub(in crate::world) fn count_leases(&mut self, place: usize, write: &Write) {
        let server = &self.cluster.servers[place];
        if !server.is_live_leader() {
            return;
        }
        let (key, now, percent) = (server.id.0, self.cluster.now, server.clock_percent);
        match write {
            Write::LeaseGrant { id, .. } => {
                let Some(lease) = self.machines[place].store().leases().get(id) else { return };
                let expires = now + lasts(lease.ttl, percent);
                let countdown = Countdown::new(expires);
                if self.etcd.leases.get(&key).is_none() {
                    self.etcd.leases.insert(key, SmallMap::default());
                }
                if let Some(leases) = self.etcd.leases.get_mut(&key)
                    && leases.get(id).is_none()
                {
                    leases.insert(*id, countdown);
                }
                self.look_at_leases_later();
            }
            Write::LeaseRevoke { id } => {
                if let Some(leases) = self.etcd.leases.get_mut(&key) {
                    leases.remove(id);
                }
            }
            Write::Put(_)
            | Write::DeleteRange(_)
            | Write::Txn(_)
            | Write::Compaction { .. }
            | Write::Alarm { .. } => {}
        }
    }

    pub(super) fn ask_leader(&mut self, place: usize, id: u64) {
        let server = &self.cluster.servers[place];
        if server.is_live_leader() {
            return self.answer_of_leader(place, id);
        }
        let Some(_) = server.node.leader() else { return self.set_stage(id, Stage::NoLeader) };
        // Members ask each other over HTTP: a round trip at the least latency, or as soon after as
        // both ways are open.
        self.set_stage(id, Stage::AskingLeader);
        let due = self.cluster.now + 2 * self.cluster.settings.live.latency.min;
        self.cluster.set_alarm(due, Wake::Call { call: id }.alarm());
    }

    /// What only the leader knows, told to the member that has asked it.
    pub(super) fn answer_of_leader(&mut self, leader: usize, id: u64) {
        let Some(open) = self.etcd.calls.get(&id) else { return };
        if let Call::MemberPromote { id: who } = &*open.call {
            let who = *who;
            return self.answer_of_promotion(leader, id, who);
        }
        let now = self.cluster.now;
        let server = &self.cluster.servers[leader];
        let (key, percent) = (server.id.0, server.clock_percent);
        let store = self.machines[leader].store();
        let countdown = |lease: &LeaseId| {
            self.etcd.leases.get(&key).and_then(|leases| leases.get(lease)).copied()
        };
        let response = if let Call::LeaseTimeToLive { id: lease, keys } = &*open.call {
            let left = countdown(lease).map(|countdown| seconds_left(countdown, now));
            store.time_to_live(*lease, left, *keys)
        } else if let Call::LeaseKeepAlive { id: lease } = &*open.call {
            let found = countdown(lease).filter(|countdown| countdown.expires > now);
            let ttl = found.and(store.leases().get(lease)).map_or(0, |lease| lease.ttl);
            let lease = *lease;
            if ttl > 0
                && let Some(leases) = self.etcd.leases.get_mut(&key)
            {
                let expires = now + lasts(ttl, percent);
                leases.insert(lease, Countdown::new(expires));
            }
            Response::LeaseKeepAlive { id: lease, ttl }
        } else {
            return;
        };
        self.end_call(id, Ok(response));
    }

    /// A server has come to lead, or leads no more: it counts every lease from its whole time on
    /// (`Promote` of etcd's lessor, an election timeout added), or none.
    pub(in crate::world) fn change_lessor(&mut self, place: usize) {
        let server = &self.cluster.servers[place];
        let key = server.id.0;
        let counts = self.etcd.leases.get(&key).is_some();
        let leads = server.is_live_leader();
        if leads == counts || (leads && self.machines[place].store().leases().is_empty()) {
            return;
        }
        if !leads {
            self.etcd.leases.remove(&key);
            return;
        }
        let extend = self.cluster.settings.live.election_timeout.min;
        let (now, percent) = (self.cluster.now, server.clock_percent);
        let mut leases = SmallMap::default();
        for (id, lease) in self.machines[place].store().leases().iter() {
            let expires = now + extend + lasts(lease.ttl, percent);
            leases.insert(*id, Countdown::new(expires));
        }
        self.etcd.leases.insert(key, leases);
        self.look_at_leases_later();
    }

    pub(super) fn look_at_leases_later(&mut self) {
        if self.etcd.lease_look == 0 {
            let due = self.cluster.now + LEASE_LOOK;
            self.etcd.lease_look = self.cluster.set_alarm(due, Wake::Leases.alarm());
        }
    }

    /// Leaders look at their leases, and propose the end of those that have run out.
    pub(in crate::world) fn look_at_leases(&mut self) {
        self.etcd.lease_look = 0;
        let now = self.cluster.now;
        let mut ended: Vec<(usize, LeaseId)> = Vec::new();
        let mut any = false;
        let keys: Vec<u64> = self.etcd.leases.keys().copied().collect();
        for key in keys {
            let Some(leases) = self.etcd.leases.get_mut(&key) else { continue };
            let ids: Vec<LeaseId> = leases.keys().copied().collect();
            any = any || !ids.is_empty();
            for id in ids {
                if let Some(countdown) = leases.get_mut(&id)
                    && countdown.expires <= now
                    && countdown.proposed.is_none_or(|at| now >= at + LEASE_RETRY)
                {
                    countdown.proposed = Some(now);
                    ended.push((place_of(NodeId(key)), id));
                }
            }
        }
        for (place, id) in ended {
            if self.cluster.servers[place].is_live_leader() {
                self.submit(place, SessionId::NOBODY, &Write::LeaseRevoke { id });
            }
        }
        if any {
            self.look_at_leases_later();
        }
    }
}
