//! Calls that wait: for a leader, for the membership, for their time to be up.

use super::*;

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
                Stage::Membership { about, leaves } => {
                    let membership = cx.cluster.servers[ordinal].node.membership();
                    let done = if leaves {
                        !membership.contains(about)
                    } else {
                        let wants_learner = self.calls.get(&id).is_some_and(|open| {
                            matches!(&*open.call, Call::MemberAdd { is_learner: true, .. })
                        });
                        membership.contains(about) && membership.is_learner(about) == wants_learner
                    };
                    if done {
                        let members = self.members(cx, ordinal);
                        let added = (!leaves).then(|| member_id(about));
                        self.end_call(cx, id, Ok(Response::Members { members, added }));
                    }
                }
                Stage::MovingLeader(to) if leader == Some(to) => {
                    self.end_call(cx, id, Ok(Response::MoveLeader));
                }
                Stage::NoLeader
                | Stage::MovingLeader(_)
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
                // A write has never been proposed: its context ends. A read has its own word.
                let is_write = matches!(&*open.call, Call::Write(write) if !reads(write));
                let error = if is_write { Error::DeadlineExceeded } else { Error::Timeout };
                self.end_call(cx, id, Err(error));
            }
            Stage::MovingLeader(_) if over => {
                self.end_call(cx, id, Err(Error::TimeoutLeaderTransfer));
            }
            Stage::InLog if over => {
                let server = &cx.cluster.servers[ordinal];
                let alone = server.node.leader().is_none() || server.node.is_leader();
                let error = if alone { Error::TimeoutDueToConnectionLost } else { Error::Timeout };
                self.end_call(cx, id, Err(error));
            }
            Stage::Reading | Stage::AskingLeader | Stage::Membership { .. } if over => {
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

    /// A member went down: nobody gets an answer from it now.
    pub(crate) fn lose_calls(&mut self, cx: &mut Cx<'_>, ordinal: usize) {
        let server = cx.cluster.servers[ordinal].id;
        self.leases.remove(&server.0);
        let lost: Vec<u64> = (self.calls.iter())
            .filter(|(_, open)| open.server == server)
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            self.close_call(cx, id, Err(CallError::ConnectionLost), None);
        }
    }
}
