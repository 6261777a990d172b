//! Calls that wait: for a leader, for the membership, for their time to be up.

use super::*;

impl World {
    /// After a server has done something: what its calls waited for may have come about.
    pub(in crate::world) fn look_at_calls(&mut self, place: usize) {
        let (server, leader) =
            (self.cluster.servers[place].id, self.cluster.servers[place].node.leader());
        let waiting: Vec<(u64, Stage)> = (self.etcd.calls.iter())
            .filter(|(_, open)| open.server == server)
            .map(|(id, open)| (*id, open.stage.clone()))
            .collect();
        for (id, stage) in waiting {
            match stage {
                Stage::NoLeader if leader.is_some() => self.go_on(place, id),
                Stage::Membership { about, leaves } => {
                    let membership = self.cluster.servers[place].node.membership();
                    let done = if leaves {
                        !membership.contains(about)
                    } else {
                        let wants_learner = self.etcd.calls.get(&id).is_some_and(|open| {
                            matches!(&*open.call, Call::MemberAdd { is_learner: true, .. })
                        });
                        membership.contains(about) && membership.is_learner(about) == wants_learner
                    };
                    if done {
                        let members = self.members(place);
                        let added = (!leaves).then(|| member_id(about));
                        self.end_call(id, Ok(Response::Members { members, added }));
                    }
                }
                Stage::MovingLeader(to) if leader == Some(to) => {
                    self.end_call(id, Ok(Response::MoveLeader));
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
    pub(super) fn go_on(&mut self, place: usize, id: u64) {
        let Some(open) = self.etcd.calls.get_mut(&id) else { return };
        // What follows may come by here again: it does not wait for a leader meanwhile.
        open.stage = Stage::Inbox;
        let call = open.call.clone();
        if let Call::Write(write) = &*call
            && !reads(write)
        {
            // Checked and numbered when it came.
            self.propose_call(place, id, write);
        } else {
            self.carry_out_call(place, id, &call);
        }
    }

    /// A call is looked after: its leader may be asked now, or its time is up.
    pub(in crate::world) fn look_after_call(&mut self, id: u64) {
        let patience = self.patience();
        let Some(open) = self.etcd.calls.get(&id) else { return };
        let place = place_of(open.server);
        let (stage, over) = (open.stage.clone(), self.cluster.now >= open.asked_at + patience);
        match stage {
            Stage::Watching(_) => {}
            Stage::Inbox => {}
            Stage::AskingLeader if !over => {
                let from = self.cluster.servers[place].id;
                let leader =
                    self.cluster.servers[place].node.leader().and_then(|to| self.server(to));
                let reached = leader.filter(|leader| {
                    leader.is_live_leader()
                        && !self.cluster.network.is_blocked(from, leader.id)
                        && !self.cluster.network.is_blocked(leader.id, from)
                });
                match reached.map(|leader| place_of(leader.id)) {
                    Some(leader) => self.answer_of_leader(leader, id),
                    None => {
                        self.cluster.set_alarm(
                            self.cluster.now + CLIENT_RETRY,
                            Wake::Call { call: id }.alarm(),
                        );
                    }
                }
            }
            Stage::NoLeader if over => {
                // A write has never been proposed: its context ends. A read has its own word.
                let is_write = matches!(&*open.call, Call::Write(write) if !reads(write));
                let error = if is_write { Error::DeadlineExceeded } else { Error::Timeout };
                self.end_call(id, Err(error));
            }
            Stage::MovingLeader(_) if over => {
                self.end_call(id, Err(Error::TimeoutLeaderTransfer));
            }
            Stage::InLog if over => {
                let server = &self.cluster.servers[place];
                let alone = server.node.leader().is_none() || server.node.is_leader();
                let error = if alone { Error::TimeoutDueToConnectionLost } else { Error::Timeout };
                self.end_call(id, Err(error));
            }
            Stage::Reading | Stage::AskingLeader | Stage::Membership { .. } if over => {
                self.end_call(id, Err(Error::Timeout));
            }
            Stage::NoLeader
            | Stage::MovingLeader(_)
            | Stage::InLog
            | Stage::Reading
            | Stage::AskingLeader
            | Stage::Membership { .. } => {}
        }
    }

    /// A member went down: nobody gets an answer from it any more.
    pub(in crate::world) fn lose_calls(&mut self, place: usize) {
        let server = self.cluster.servers[place].id;
        self.etcd.leases.remove(&server.0);
        let lost: Vec<u64> = (self.etcd.calls.iter())
            .filter(|(_, open)| open.server == server)
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            self.close_call(id, Err(CallError::ConnectionLost));
        }
    }
}
