//! Members: who belongs to the cluster, which changes are let in, and who is to lead it. What is
//! allowed stands in `etcd_kv::members`; here is what members see of each other.

use super::*;
use etcd_kv::members::{Connection, HEALTH_INTERVAL_US, Members, check_urls};

/// How long a member goes on once it has carried out its own removal (`stopWithDelay` of etcd).
const FAREWELL: Micros = 1_000_000;
/// How soon one that has not finds out from the others, where it can reach them.
const FINDS_OUT: Micros = 100_000;

/// What stands in the context of an entry that removes a member: there is nothing to say of it.
const REMOVED: &str = "-";

impl Etcd {
    /// The members as a server knows them.
    pub(crate) fn members(&self, cx: &Cx<'_>, ordinal: usize) -> Vec<Member> {
        let membership = cx.cluster.servers[ordinal].node.membership();
        let ids = membership.voters.iter().chain(&membership.outgoing).chain(&membership.learners);
        let mut ids: Vec<NodeId> = ids.copied().collect();
        sort_few(&mut ids, |id| *id);
        ids.dedup();
        let mut members: Vec<Member> = ids
            .into_iter()
            .map(|id| {
                let told = self.told.get(&id.0);
                let is_published = told.is_none_or(|told| told.is_published);
                let urls = told.map_or_else(|| vec![peer_url(id)], |told| told.peer_urls.clone());
                Member {
                    id: cx.cluster.member_id(id),
                    name: if is_published { id.to_string() } else { String::new() },
                    peer_urls: urls,
                    client_urls: if is_published { vec![client_url(id)] } else { Vec::new() },
                    is_learner: membership.is_learner(id),
                }
            })
            .collect();
        sort_few(&mut members, |member| member.id);
        members
    }

    /// The member with this id, as a server knows them.
    fn member(cx: &Cx<'_>, ordinal: usize, id: u64) -> Option<NodeId> {
        let membership = cx.cluster.servers[ordinal].node.membership();
        cx.cluster.server_of(id).filter(|about| membership.contains(*about))
    }

    /// A change of members, checked by whoever is asked and then proposed.
    pub(crate) fn change_member(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64, call: &Call) {
        let change = if let Call::MemberAdd { peer_urls, is_learner } = call {
            self.added(cx, ordinal, peer_urls, *is_learner)
        } else if let Call::MemberRemove { id: who } = call {
            self.removed(cx, ordinal, *who)
        } else if let Call::MemberUpdate { id: who, peer_urls } = call {
            self.moved(cx, ordinal, *who, peer_urls)
        } else {
            return;
        };
        match change {
            Ok((change, about, becomes)) => {
                self.propose_change(cx, ordinal, id, change, (about, becomes));
            }
            Err(error) => self.end_call(cx, id, Err(error)),
        }
    }

    fn added(
        &self,
        cx: &Cx<'_>,
        ordinal: usize,
        peer_urls: &[String],
        is_learner: bool,
    ) -> Result<(ConfigChange, NodeId, Becomes), Error> {
        check_urls(peer_urls)?;
        let mut members = Members::new(self.members(cx, ordinal));
        let me = cx.cluster.servers[ordinal].member_id();
        members.may_add(is_learner, me, |id| connection(cx, ordinal, id))?;
        let membership = cx.cluster.servers[ordinal].node.membership();
        let next = cx.cluster.servers.len() as u64 + 1;
        let named = |id: &NodeId| peer_urls.contains(&peer_url(*id)) && !membership.contains(*id);
        let about = (1..=next).map(NodeId).find(named).unwrap_or(NodeId(next));
        if about.0 > MAX_SERVERS {
            return Err(Error::UnhealthyCluster);
        }
        let (name, client_urls) = (String::new(), Vec::new());
        members.add(Member {
            id: 0,
            name,
            peer_urls: peer_urls.to_vec(),
            client_urls,
            is_learner,
        })?;
        let (change, becomes) = if is_learner {
            (MemberChange::AddLearner(about), Becomes::Learner)
        } else {
            (MemberChange::Add(about), Becomes::Voter)
        };
        Ok((with(&change, &peer_urls.join(",")), about, becomes))
    }

    fn removed(
        &self,
        cx: &Cx<'_>,
        ordinal: usize,
        who: u64,
    ) -> Result<(ConfigChange, NodeId, Becomes), Error> {
        let members = Members::new(self.members(cx, ordinal));
        let me = cx.cluster.servers[ordinal].member_id();
        members.may_remove(who, me, |id| connection(cx, ordinal, id))?;
        let about = Etcd::member(cx, ordinal, who).ok_or(Error::MemberNotFound)?;
        Ok((with(&MemberChange::Remove(about), REMOVED), about, Becomes::Gone))
    }

    fn moved(
        &self,
        cx: &Cx<'_>,
        ordinal: usize,
        who: u64,
        peer_urls: &[String],
    ) -> Result<(ConfigChange, NodeId, Becomes), Error> {
        let mut members = Members::new(self.members(cx, ordinal));
        if members.get(who).is_some() {
            check_urls(peer_urls)?;
        }
        members.update(who, peer_urls)?;
        let about = Etcd::member(cx, ordinal, who).ok_or(Error::MemberNotFound)?;
        let change = ConfigChange {
            context: peer_urls.join(",").into_bytes(),
            ..ConfigChange::one(ChangeKind::Update, about)
        };
        Ok((change, about, Becomes::Moved))
    }

    /// The leader says whether a learner has nine tenths of what it has itself (`readyPercent` of
    /// etcd), and proposes the change.
    pub(crate) fn answer_of_promotion(
        &mut self,
        cx: &mut Cx<'_>,
        leader: usize,
        id: u64,
        who: u64,
    ) {
        let Some(ordinal) = self.calls.get(&id).map(|open| ordinal_of(open.server)) else {
            return;
        };
        let Some(about) = Etcd::member(cx, leader, who) else {
            return self.end_call(cx, id, Err(Error::MemberNotFound));
        };
        let node = &cx.cluster.servers[leader].node;
        if !node.membership().is_learner(about) {
            return self.end_call(cx, id, Err(Error::MemberNotLearner));
        }
        let Role::Leader(state) = node.role() else { return };
        let progress = state.progress().iter().find(|(id, _)| *id == about);
        let has = progress.map_or(0, |(_, progress)| progress.match_index);
        if has * 10 < node.log().last_index() * 9 {
            return self.end_call(cx, id, Err(Error::LearnerNotReady));
        }
        if let Err(error) = Members::new(self.members(cx, leader)).may_promote() {
            return self.end_call(cx, id, Err(error));
        }
        let change = MemberChange::Promote(about).to_config();
        self.propose_change(cx, ordinal, id, change, (about, Becomes::Voter));
    }

    /// The member that was asked proposes a change, or passes it on to the leader that it knows.
    fn propose_change(
        &mut self,
        cx: &mut Cx<'_>,
        ordinal: usize,
        id: u64,
        change: ConfigChange,
        (about, becomes): (NodeId, Becomes),
    ) {
        self.set_stage(id, Stage::Membership { about, change: becomes });
        match cx.step(ordinal, Input::Submit(Payload::Config(Box::new(change)))) {
            Some(Proposal::NotLeader { .. }) => self.set_stage(id, Stage::NoLeader),
            Some(Proposal::Dropped(_)) => self.end_call(cx, id, Err(Error::ProposalDropped)),
            Some(Proposal::Appended { .. } | Proposal::Forwarded { .. }) | None => {}
        }
    }

    /// Whether what a change was to make of a member has come about at this server.
    pub(crate) fn has_become(
        &self,
        cx: &Cx<'_>,
        ordinal: usize,
        id: u64,
        (about, becomes): (NodeId, Becomes),
    ) -> bool {
        let node = &cx.cluster.servers[ordinal].node;
        let membership = node.membership();
        match becomes {
            Becomes::Gone => !membership.contains(about),
            Becomes::Voter => membership.contains(about) && !membership.is_learner(about),
            Becomes::Learner => membership.is_learner(about),
            Becomes::Moved => {
                let Some(open) = self.calls.get(&id) else { return false };
                let Call::MemberUpdate { peer_urls, .. } = &*open.call else { return false };
                self.told.get(&about.0).is_some_and(|told| {
                    told.peer_urls == *peer_urls && node.applied_index() >= told.at
                })
            }
        }
    }

    /// Somebody has carried out a change of members that a client of etcd has asked for.
    pub(crate) fn members_changed(
        &mut self,
        cx: &mut Cx<'_>,
        index: raft_core::Index,
        change: &ConfigChange,
    ) {
        if index <= self.members_at {
            return;
        }
        self.members_at = index;
        let urls = || {
            let urls = String::from_utf8_lossy(&change.context);
            urls.split(',').map(String::from).collect()
        };
        for raft_core::Change { kind, node } in &change.changes {
            let ordinal = ordinal_of(*node);
            match kind {
                ChangeKind::AddVoter | ChangeKind::AddLearner => {
                    if cx.cluster.servers[ordinal].standing != Standing::Announced {
                        self.readmit(cx.cluster, ordinal);
                    }
                    let told = Told { peer_urls: urls(), is_published: false, at: index };
                    self.told.insert(node.0, told);
                }
                ChangeKind::Update => {
                    let is_published = self.told.get(&node.0).is_none_or(|told| told.is_published);
                    self.told.insert(node.0, Told { peer_urls: urls(), is_published, at: index });
                }
                ChangeKind::Remove => {
                    self.told.remove(&node.0);
                    cx.cluster.servers[ordinal].standing = Standing::Removed;
                    let leaves = Wake::Leaves { server: node.0 }.alarm();
                    let number = cx.cluster.set_alarm(cx.cluster.now + FAREWELL, leaves);
                    self.leaving.insert(node.0, number);
                }
            }
        }
    }

    /// A server that was a member before is announced as another of the same name.
    pub(crate) fn readmit(&mut self, cluster: &mut Cluster, ordinal: usize) {
        let server = &mut cluster.servers[ordinal];
        server.incarnation += 1;
        server.standing = Standing::Announced;
        let (id, is_up) = (server.id, server.power != Power::Crashed);
        self.leaving.remove(&id.0);
        if is_up {
            cluster.effects.push_back((ordinal, Effect::Stopped));
        }
    }

    /// A member that was removed finds out, by the log or from one that it can reach, and its
    /// process ends.
    pub(crate) fn end_removed(&mut self, cx: &mut Cx<'_>, server: u64) {
        let id = NodeId(server);
        self.leaving.remove(&server);
        let Some(gone) = cx.server(id) else { return };
        if gone.power == Power::Crashed || gone.standing != Standing::Removed {
            return;
        }
        let network = &cx.cluster.network;
        let tells = |other: &Server| {
            other.is_live()
                && !other.node.membership().contains(id)
                && !network.is_blocked(id, other.id)
                && !network.is_blocked(other.id, id)
        };
        if gone.is_live() && cx.cluster.servers.iter().any(tells) {
            cx.cluster.effects.push_back((ordinal_of(id), Effect::Stopped));
        } else {
            let leaves = Wake::Leaves { server }.alarm();
            let number = cx.cluster.set_alarm(cx.cluster.now + FINDS_OUT, leaves);
            self.leaving.insert(server, number);
        }
    }

    /// A member that has found its leader tells its name.
    pub(crate) fn publish(&mut self, cx: &Cx<'_>, ordinal: usize) {
        let server = &cx.cluster.servers[ordinal];
        if server.is_live()
            && server.node.leader().is_some()
            && server.node.membership().contains(server.id)
            && let Some(told) = self.told.get_mut(&server.id.0)
        {
            told.is_published = true;
        }
    }

    pub(crate) fn move_leader(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64, target: u64) {
        let server = &cx.cluster.servers[ordinal];
        if !server.is_live_leader() {
            return self.end_call(cx, id, Err(Error::NotLeader));
        }
        let to = cx.cluster.server_of(target);
        match to.filter(|to| server.node.membership().is_voter(*to)) {
            Some(to) if to == server.id => self.end_call(cx, id, Ok(Response::MoveLeader)),
            Some(to) => {
                self.set_stage(id, Stage::MovingLeader(to));
                cx.step(ordinal, Input::TransferLeader(to));
            }
            None => self.end_call(cx, id, Err(Error::BadLeaderTransferee)),
        }
    }
}

/// How a server is connected with the member of this id.
fn connection(cx: &Cx<'_>, ordinal: usize, member: u64) -> Connection {
    let me = cx.cluster.servers[ordinal].id;
    let peer = cx.cluster.server_of(member);
    match peer.and_then(|peer| cx.cluster.connected_since(me, peer)) {
        None => Connection::None,
        Some(since) if cx.cluster.now >= since + HEALTH_INTERVAL_US => Connection::Steady,
        Some(_) => Connection::Young,
    }
}

fn with(change: &MemberChange, context: &str) -> ConfigChange {
    ConfigChange { context: context.as_bytes().to_vec(), ..change.to_config() }
}
