//! Members: who belongs to the cluster, and who is to lead it.

use super::*;

impl Etcd {
    pub(crate) fn members(&self, cx: &Cx<'_>, ordinal: usize) -> Vec<etcd_kv::api::Member> {
        let membership = cx.cluster.servers[ordinal].node.membership();
        let ids = membership.voters.iter().chain(&membership.outgoing).chain(&membership.learners);
        let mut ids: Vec<NodeId> = ids.copied().collect();
        sort_few(&mut ids, |id| *id);
        ids.dedup();
        let mut members: Vec<_> = ids
            .into_iter()
            .map(|id| {
                // A member has told its name once it has carried something out.
                let started = cx
                    .server(id)
                    .filter(|s| !membership.is_learner(id) || s.power != Power::Crashed);
                member(id, started, membership.is_learner(id))
            })
            .collect();
        sort_few(&mut members, |member| member.id);
        members
    }

    pub(crate) fn add_member(
        &mut self,
        cx: &mut Cx<'_>,
        ordinal: usize,
        id: u64,
        peer_urls: &[String],
        is_learner: bool,
    ) {
        let membership = cx.cluster.servers[ordinal].node.membership();
        let next = NodeId(cx.cluster.servers.len() as u64 + 1);
        let Some(url) = peer_urls.first().filter(|url| url.starts_with("http")) else {
            return self.end_call(cx, id, Err(Error::MemberBadUrls));
        };
        let known = (1..=cx.cluster.servers.len() as u64).map(NodeId);
        let named = known.clone().find(|n| *url == crate::etcd::peer_url(*n));
        let about = named.unwrap_or(next);
        if membership.contains(about) {
            return self.end_call(cx, id, Err(Error::PeerUrlExist));
        }
        if is_learner && !membership.learners.is_empty() {
            return self.end_call(cx, id, Err(Error::TooManyLearners));
        }
        if about.0 > MAX_SERVERS {
            return self.end_call(cx, id, Err(Error::UnhealthyCluster));
        }
        let change =
            if is_learner { MemberChange::AddLearner(about) } else { MemberChange::Add(about) };
        self.change_members(cx, ordinal, id, &change, about, false);
    }

    pub(crate) fn promote_member(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64, who: u64) {
        let membership = cx.cluster.servers[ordinal].node.membership();
        let about =
            server_of(who, cx.cluster.servers.len()).filter(|about| membership.contains(*about));
        let Some(about) = about else { return self.end_call(cx, id, Err(Error::MemberNotFound)) };
        if !membership.is_learner(about) {
            return self.end_call(cx, id, Err(Error::MemberNotLearner));
        }
        self.ask_leader(cx, ordinal, id);
    }

    /// The leader says whether a learner has nine tenths of what it has itself (`readyPercent` of
    /// etcd); if so, the member that was asked proposes the change.
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
        let Some(about) = server_of(who, cx.cluster.servers.len()) else { return };
        let node = &cx.cluster.servers[leader].node;
        let Role::Leader(state) = node.role() else { return };
        let progress = state.progress().iter().find(|(id, _)| *id == about);
        let has = progress.map_or(0, |(_, progress)| progress.match_index);
        if has * 10 < node.log().last_index() * 9 {
            return self.end_call(cx, id, Err(Error::LearnerNotReady));
        }
        self.change_members(cx, ordinal, id, &MemberChange::Promote(about), about, false);
    }

    /// The member that was asked proposes a change, or passes it on to the leader that it knows.
    pub(crate) fn change_members(
        &mut self,
        cx: &mut Cx<'_>,
        ordinal: usize,
        id: u64,
        change: &MemberChange,
        about: NodeId,
        leaves: bool,
    ) {
        let payload = Payload::Config(Box::new(change.to_config()));
        self.set_stage(id, Stage::Membership { about, leaves });
        match cx.step(ordinal, Input::Submit(payload)) {
            Some(Proposal::NotLeader { .. }) => self.set_stage(id, Stage::NoLeader),
            Some(Proposal::Dropped(_)) => self.end_call(cx, id, Err(Error::ProposalDropped)),
            Some(Proposal::Appended { .. } | Proposal::Forwarded { .. }) | None => {}
        }
    }

    pub(crate) fn move_leader(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64, target: u64) {
        let server = &cx.cluster.servers[ordinal];
        if !server.is_live_leader() {
            return self.end_call(cx, id, Err(Error::NotLeader));
        }
        let to = server_of(target, cx.cluster.servers.len());
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
