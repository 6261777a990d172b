//! Calls that wait: for a leader, for the membership, for their time to be up.

use super::*;

/// How often in a row a member must have found no leader (`maxNoLeaderCnt` of etcd).
const MAX_LEADERLESS: u32 = 3;

impl Etcd {
    /// After a server has done something: what its calls waited for may have come about.
    pub(crate) fn check_on_calls(&mut self, cx: &mut Cx<'_>, ordinal: usize) {
        let (server, leader) =
            (cx.cluster.servers[ordinal].id, cx.cluster.servers[ordinal].node.leader());
        let waiting: Vec<(u64, Stage)> = (self.calls.iter())
            .filter(|(_, open)| open.server == server)
            .map(|(id, open)| (*id, open.stage.clone()))
            .collect();
        for (id, stage) in waiting {
            match stage {
                Stage::NoLeader if leader.is_some() => self.go_on(cx, ordinal, id),
                Stage::Membership { about, change }
                    if self.has_become(cx, ordinal, id, (about, change)) =>
                {
                    let members = self.members(cx, ordinal);
                    let added = (change != Becomes::Gone).then(|| cx.cluster.member_id(about));
                    self.end_call(cx, id, Ok(Response::Members { members, added }));
                }
                Stage::MovingLeader(to) if leader == Some(to) => {
                    self.end_call(cx, id, Ok(Response::MoveLeader));
                }
                Stage::NoLeader
                | Stage::MovingLeader(_)
                | Stage::Membership { .. }
                | Stage::Inbox
                | Stage::InLog
                | Stage::Reading
                | Stage::AskingLeader
                | Stage::Watching(_) => {}
            }
        }
    }

    /// A call that has waited for a leader goes on.
    pub(crate) fn go_on(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64) {
        let Some(open) = self.calls.get_mut(&id) else { return };
        // What follows may come by here again: it does not wait for a leader meanwhile.
        open.stage = Stage::Inbox;
        let call = open.call.clone();
        if let Call::Write(write) = &*call
            && !reads(write)
        {
            // Checked and numbered when it came.
            self.propose_call(cx, ordinal, id, write);
        } else {
            self.carry_out_call(cx, ordinal, id, &call);
        }
    }

    /// A call is checked on: its leader may be asked now, or its time is up.
    pub(crate) fn check_on_call(&mut self, cx: &mut Cx<'_>, id: u64) {
        let Some(open) = self.calls.get(&id) else { return };
        let ordinal = ordinal_of(open.server);
        let patience = self.patience(cx, ordinal);
        let (stage, over) = (open.stage.clone(), cx.cluster.now >= open.asked_at + patience);
        match stage {
            Stage::Watching(_) => {}
            Stage::Inbox => {}
            Stage::AskingLeader if !over => {
                let from = cx.cluster.servers[ordinal].id;
                let leader = cx.cluster.servers[ordinal].node.leader().and_then(|to| cx.server(to));
                let reached = leader.filter(|leader| {
                    leader.is_live_leader()
                        && !cx.cluster.network.is_blocked(from, leader.id)
                        && !cx.cluster.network.is_blocked(leader.id, from)
                });
                match reached.map(|leader| ordinal_of(leader.id)) {
                    Some(leader) => self.answer_of_leader(cx, leader, id),
                    None => {
                        cx.cluster.set_alarm(
                            cx.cluster.now + CLIENT_RETRY,
                            Wake::Call { call: id }.alarm(),
                        );
                    }
                }
            }
            Stage::NoLeader if over => {
                let is_write = matches!(&*open.call, Call::Write(write) if !reads(write));
                let is_proposal = is_write || is_of_members(&open.call);
                // It has never been proposed: its context ends.
                let error = if is_proposal {
                    Error::DeadlineExceeded
                } else if matches!(
                    &*open.call,
                    Call::LeaseKeepAlive { .. } | Call::LeaseTimeToLive { .. }
                ) {
                    Error::NoLeader
                } else {
                    Error::Timeout
                };
                self.end_call(cx, id, Err(error));
            }
            Stage::MovingLeader(_) if over => {
                self.end_call(cx, id, Err(Error::TimeoutLeaderTransfer));
            }
            Stage::InLog | Stage::Membership { .. } if over => {
                let error = why_timed_out(cx, ordinal, open.asked_at);
                self.end_call(cx, id, Err(error));
            }
            Stage::Reading | Stage::AskingLeader if over => {
                self.end_call(cx, id, Err(Error::Timeout));
            }
            Stage::NoLeader
            | Stage::MovingLeader(_)
            | Stage::InLog
            | Stage::Reading
            | Stage::AskingLeader
            | Stage::Membership { .. } => {}
        }
    }

    // ---- streams that want a leader ----

    /// Where a member knows no leader, it looks again after each election timeout; its streams that
    /// want one end after three times in a row (`monitorLeader` of etcd).
    pub(crate) fn watch_for_leader(&mut self, cx: &mut Cx<'_>, ordinal: usize) {
        let server = &cx.cluster.servers[ordinal];
        let id = server.id;
        if server.node.leader().is_some() || self.leaderless.get(&id.0).is_some() {
            return;
        }
        if self.streams_that_want_a_leader(id).next().is_none() {
            return;
        }
        let alarm = Wake::Leaderless { server: id.0 }.alarm();
        let every = cx.cluster.live_of(ordinal).election_timeout.min.max(1);
        let passed = (cx.cluster.now - server.since) / every;
        let due = server.since + (passed + 1) * every;
        let number = cx.cluster.set_alarm(due, alarm);
        self.leaderless.insert(id.0, (number, 0));
    }

    fn streams_that_want_a_leader(&self, id: NodeId) -> impl Iterator<Item = u64> {
        let wants = move |open: &OpenCall| open.server == id && open.call.requires_leader();
        self.calls.iter().filter(move |(_, open)| wants(open)).map(|(id, _)| *id)
    }

    /// A member looks whether it knows a leader by now.
    pub(crate) fn look_for_leader(&mut self, cx: &mut Cx<'_>, server: u64) {
        let id = NodeId(server);
        let Some((_, times)) = self.leaderless.remove(&server) else { return };
        let ordinal = ordinal_of(id);
        let is_lost =
            |server: &Server| server.power != Power::Crashed && server.node.leader().is_none();
        if !cx.server(id).is_some_and(is_lost) {
            return;
        }
        if times + 1 >= MAX_LEADERLESS {
            let lost: Vec<u64> = self.streams_that_want_a_leader(id).collect();
            for call in lost {
                self.end_call(cx, call, Err(Error::NoLeader));
            }
            return;
        }
        let every = cx.cluster.live_of(ordinal).election_timeout.min.max(1);
        let alarm = Wake::Leaderless { server }.alarm();
        let number = cx.cluster.set_alarm(cx.cluster.now + every, alarm);
        self.leaderless.insert(server, (number, times + 1));
    }

    /// A member went down: nobody gets an answer from it now.
    pub(crate) fn lose_calls(&mut self, cx: &mut Cx<'_>, ordinal: usize) {
        let server = cx.cluster.servers[ordinal].id;
        self.leases.remove(&server.0);
        self.leaderless.remove(&server.0);
        self.tokens.remove(&server.0);
        let lost: Vec<u64> = (self.calls.iter())
            .filter(|(_, open)| open.server == server)
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            self.close_call(cx, id, Err(CallError::ConnectionLost), None);
        }
    }
}

/// Whether a call changes who the members are.
fn is_of_members(call: &Call) -> bool {
    matches!(call, Call::MemberAdd { .. } | Call::MemberRemove { .. } | Call::MemberUpdate { .. })
}

/// Why what a member has proposed did not come about in time, as far as it can tell
/// (`parseProposeCtxErr` of etcd).
fn why_timed_out(cx: &Cx<'_>, ordinal: usize, asked_at: Micros) -> Error {
    let server = &cx.cluster.servers[ordinal];
    let timeout = cx.cluster.live_of(ordinal).election_timeout.min;
    let elected = server.leader_known_at;
    if asked_at < elected && asked_at + 2 * timeout > elected {
        return Error::TimeoutDueToLeaderFail;
    }
    let connected = |id: NodeId| {
        id == server.id
            || cx.cluster.connected_since(server.id, id).is_some_and(|since| since < asked_at)
    };
    let is_lost = match server.node.leader() {
        None => false,
        Some(leader) if leader == server.id => {
            let membership = server.node.membership();
            let members = || membership.voters.iter().chain(&membership.learners);
            let reached = members().filter(|id| connected(**id)).count();
            reached < members().count() / 2 + 1
        }
        Some(leader) => !connected(leader),
    };
    if is_lost { Error::TimeoutDueToConnectionLost } else { Error::Timeout }
}
