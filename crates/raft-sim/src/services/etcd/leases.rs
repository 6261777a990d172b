//! Leases by the clock of whoever leads: it alone counts them, and proposes their end.

use super::*;

impl Etcd {
    /// What a leader's clock has to know of an entry that was carried out.
    pub(crate) fn count_leases(&mut self, cx: &mut Cx<'_>, ordinal: usize, write: &Write) {
        let server = &cx.cluster.servers[ordinal];
        if !server.is_live_leader() {
            return;
        }
        let (key, now, percent) = (server.id.0, cx.cluster.now, server.clock_percent);
        match write {
            Write::LeaseGrant { id, .. } => {
                let Some(lease) = cx.machines[ordinal].store().leases().get(id) else { return };
                let expires = now + lasts(lease.ttl, percent);
                let countdown = Countdown::new(expires);
                if self.leases.get(&key).is_none() {
                    self.leases.insert(key, SmallMap::default());
                }
                if let Some(leases) = self.leases.get_mut(&key)
                    && leases.get(id).is_none()
                {
                    leases.insert(*id, countdown);
                }
                self.look_at_leases_later(cx);
            }
            Write::LeaseRevoke { id } => {
                if let Some(leases) = self.leases.get_mut(&key) {
                    leases.remove(id);
                }
            }
            Write::Put(_)
            | Write::DeleteRange(_)
            | Write::Txn(_)
            | Write::Compaction { .. }
            | Write::Alarm { .. }
            | Write::Auth(_) => {}
        }
    }

    pub(crate) fn ask_leader(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64) {
        let server = &cx.cluster.servers[ordinal];
        if server.is_live_leader() {
            return self.answer_of_leader(cx, ordinal, id);
        }
        let Some(_) = server.node.leader() else { return self.set_stage(id, Stage::NoLeader) };
        // Members ask each other over HTTP: a round trip at the least latency, or as soon after as
        // both ways are open.
        self.set_stage(id, Stage::AskingLeader);
        let due = cx.cluster.now + 2 * cx.cluster.settings.live.latency.min;
        cx.cluster.set_alarm(due, Wake::Call { call: id }.alarm());
    }

    /// What only the leader knows, told to the member that has asked it.
    pub(crate) fn answer_of_leader(&mut self, cx: &mut Cx<'_>, leader: usize, id: u64) {
        let Some(open) = self.calls.get(&id) else { return };
        if let Call::MemberPromote { id: who } = &*open.call {
            let who = *who;
            return self.answer_of_promotion(cx, leader, id, who);
        }
        let now = cx.cluster.now;
        let server = &cx.cluster.servers[leader];
        let (key, percent) = (server.id.0, server.clock_percent);
        let store = cx.machines[leader].store();
        let countdown =
            |lease: &LeaseId| self.leases.get(&key).and_then(|leases| leases.get(lease)).copied();
        let response = if let Call::LeaseTimeToLive { id: lease, keys } = &*open.call {
            let left = countdown(lease).map(|countdown| seconds_left(countdown, now));
            store.time_to_live(*lease, left, *keys)
        } else if let Call::LeaseKeepAlive { id: lease, .. } = &*open.call {
            let found = countdown(lease).filter(|countdown| countdown.expires > now);
            let ttl = found.and(store.leases().get(lease)).map_or(0, |lease| lease.ttl);
            let lease = *lease;
            if ttl > 0
                && let Some(leases) = self.leases.get_mut(&key)
            {
                let expires = now + lasts(ttl, percent);
                leases.insert(lease, Countdown::new(expires));
            }
            Response::LeaseKeepAlive { id: lease, ttl }
        } else {
            return;
        };
        self.end_call(cx, id, Ok(response));
    }

    /// A server has come to lead, or leads no more: it counts every lease from its whole time on
    /// (`Promote` of etcd's lessor, an election timeout added), or none.
    pub(crate) fn change_lessor(&mut self, cx: &mut Cx<'_>, ordinal: usize) {
        let server = &cx.cluster.servers[ordinal];
        let key = server.id.0;
        let counts = self.leases.get(&key).is_some();
        let leads = server.is_live_leader();
        if leads == counts || (leads && cx.machines[ordinal].store().leases().is_empty()) {
            return;
        }
        if !leads {
            self.leases.remove(&key);
            return;
        }
        let extend = cx.cluster.live_of(ordinal).election_timeout.min;
        let (now, percent) = (cx.cluster.now, server.clock_percent);
        let mut leases = SmallMap::default();
        for (id, lease) in cx.machines[ordinal].store().leases().iter() {
            let expires = now + extend + lasts(lease.ttl, percent);
            leases.insert(*id, Countdown::new(expires));
        }
        self.leases.insert(key, leases);
        self.look_at_leases_later(cx);
    }

    pub(crate) fn look_at_leases_later(&mut self, cx: &mut Cx<'_>) {
        if self.lease_alarm == 0 {
            let due = cx.cluster.now + LEASE_LOOK;
            self.lease_alarm = cx.cluster.set_alarm(due, Wake::Leases.alarm());
        }
    }

    /// Leaders check their leases, and propose to revoke those that have expired.
    pub(crate) fn check_leases(&mut self, cx: &mut Cx<'_>) {
        self.lease_alarm = 0;
        let now = cx.cluster.now;
        let mut ended: Vec<(usize, LeaseId)> = Vec::new();
        let mut any = false;
        let keys: Vec<u64> = self.leases.keys().copied().collect();
        for key in keys {
            let Some(leases) = self.leases.get_mut(&key) else { continue };
            let ids: Vec<LeaseId> = leases.keys().copied().collect();
            any = any || !ids.is_empty();
            for id in ids {
                if let Some(countdown) = leases.get_mut(&id)
                    && countdown.expires <= now
                    && countdown.proposed.is_none_or(|at| now >= at + LEASE_RETRY)
                {
                    countdown.proposed = Some(now);
                    ended.push((ordinal_of(NodeId(key)), id));
                }
            }
        }
        for (ordinal, id) in ended {
            if cx.cluster.servers[ordinal].is_live_leader() {
                self.submit(cx, ordinal, SessionId::NOBODY, &[], &Write::LeaseRevoke { id });
            }
        }
        if any {
            self.look_at_leases_later(cx);
        }
    }
}
