//! Leader election (§5.2), the restriction on who may win it (§5.4.1), and what etcd adds:
//! pre-vote, and followers that hold to a leader they hear (§9.6 and §4.2.3 of Ongaro's
//! dissertation).

use crate::config::Flavour;
use crate::io::{Output, Timer, TimerRange};
use crate::message::{Body, Message};
use crate::node::Node;
use crate::note::{CampaignRefusal, Denial, Impossible, Note, StepDown};
use crate::progress::Progress;
use crate::quorum::VoteResult;
use crate::reads::ReadQueue;
use crate::role::{Candidate, Leader, Leaving, Role};
use crate::rules::Rule;
use crate::types::{NodeId, Payload, Position, Term};

/// How a server stands for election.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Campaign {
    /// It asks first whether it could win.
    PreVote,
    /// It starts a new term.
    Election,
    /// The same, because the leader asked for it.
    Transfer,
}

impl Node {
    /// §5.2: "If a follower receives no communication over a period of time called the election
    /// timeout, then it assumes there is no viable leader and begins an election."
    pub(crate) fn on_election_timeout(&mut self, out: &mut Vec<Output>) {
        if self.is_leader() {
            return;
        }
        if self.may_be_needed() {
            return self.campaign_if_allowed(Campaign::PreVote, out);
        }
        if !self.membership.is_voter(self.id()) {
            // The timer is set again when the server becomes a voter or hears from a leader.
            let because = CampaignRefusal::NotVoter;
            return out.push(Output::Note(Note::CampaignRefused(because)));
        }
        self.stand(out);
    }

    /// §4.2.2 of the dissertation: "a server that is not part of its own latest configuration
    /// should still start new elections, as it might still be needed". It has left, but its log
    /// goes beyond what it knows to be committed: to those who have not learnt that it has left its
    /// vote still counts, and it could refuse it to them for ever. It asks by pre-vote first,
    /// whatever the setting, and leads only until they know.
    pub(crate) fn may_be_needed(&self) -> bool {
        let id = self.id();
        self.config.flavour == Flavour::Paper
            && self.config.rules.holds(Rule::StepDownOnRemoval)
            && !self.membership.is_voter(id)
            && !self.membership.is_learner(id)
            && self.durable.log.last_index() > self.commit_index
            && !self.is_joining()
    }

    /// Whether what it does not know to be committed yet takes it into the cluster.
    fn is_joining(&self) -> bool {
        let (id, log) = (self.id(), &self.durable.log);
        log.range(self.commit_index + 1, log.last_index()).any(|entry| match &entry.payload {
            Payload::Config(change) => change.changes.iter().any(|part| part.node == id),
            Payload::Noop | Payload::Data(_) => false,
        })
    }

    /// Stands for election, by pre-vote where that is on.
    pub(crate) fn stand(&mut self, out: &mut Vec<Output>) {
        let how = if self.config.pre_vote { Campaign::PreVote } else { Campaign::Election };
        self.campaign_if_allowed(how, out);
    }

    /// §3.10 of the dissertation: no pre-vote, since the leader itself has asked.
    pub(crate) fn on_timeout_now(&mut self, out: &mut Vec<Output>) {
        if matches!(self.role, Role::Follower { .. }) {
            self.campaign_if_allowed(Campaign::Transfer, out);
        }
    }

    fn campaign_if_allowed(&mut self, how: Campaign, out: &mut Vec<Output>) {
        if self.is_leader() {
            return;
        }
        let refusal = if !self.membership.is_voter(self.id()) && !self.may_be_needed() {
            Some(CampaignRefusal::NotVoter)
        } else if self.unsynced.has_snapshot() {
            Some(CampaignRefusal::SnapshotPending)
        } else {
            let rules = self.config.rules;
            let change = self.config_not_taken_up();
            let change = change.filter(|_| rules.holds(Rule::ConfigBeforeCampaign));
            change.map(|index| CampaignRefusal::ConfigNotTakenUp { index })
        };
        match refusal {
            None => self.campaign(how, out),
            Some(because) => {
                out.push(Output::Note(Note::CampaignRefused(because)));
                self.reset_election_timer(out);
            }
        }
    }

    /// §5.2: "To begin an election, a follower increments its current term and transitions to
    /// candidate state. It then votes for itself and issues RequestVote RPCs in parallel."
    fn campaign(&mut self, how: Campaign, out: &mut Vec<Output>) {
        let (id, term) = (self.id(), self.durable.term + 1);
        let lost_leader = self.leader();
        self.leased = false;
        if how == Campaign::PreVote {
            self.role = Role::PreCandidate(Candidate::default());
            out.push(Output::Note(Note::PreVoteStarted { term, lost_leader }));
        } else {
            self.set_hard_state(term, Some(id));
            self.role = Role::Candidate(Candidate::default());
            out.push(Output::Note(Note::ElectionStarted { term, lost_leader }));
        }
        self.reset_election_timer(out);
        let last = self.durable.log.last();
        for voter in self.membership.all_voters() {
            let body = match how {
                Campaign::PreVote if voter == id => Body::PreVoteReply { vote_granted: true },
                Campaign::PreVote => Body::PreVote { last },
                Campaign::Election | Campaign::Transfer if voter == id => {
                    Body::RequestVoteReply { vote_granted: true }
                }
                Campaign::Election => Body::RequestVote { last, transfer: false },
                Campaign::Transfer => Body::RequestVote { last, transfer: true },
            };
            if voter == id {
                // Its own vote counts once it is durable.
                self.send_when_durable(id, term, body);
            } else {
                out.push(Output::Send(Message { from: id, to: voter, term, body }));
            }
        }
    }

    /// A candidate of a higher term is not even listened to while the leader is heard from, unless
    /// the leader has asked for the election.
    pub(crate) fn holds_to_leader(
        &self,
        from: NodeId,
        term: Term,
        body: &Body,
        out: &mut Vec<Output>,
    ) -> bool {
        let Some(leader) = self.leader().filter(|_| self.config.check_quorum) else { return false };
        if !self.leased && !self.is_leader() {
            return false;
        }
        let (candidate, because) = (from, Denial::LeaderAlive { leader });
        match body {
            Body::RequestVote { transfer: false, .. } => {
                out.push(Output::Note(Note::VoteDenied { candidate, term, because }));
                true
            }
            Body::PreVote { .. } => {
                out.push(Output::Note(Note::PreVoteDenied { candidate, term, because }));
                true
            }
            Body::RequestVote { transfer: true, .. }
            | Body::RequestVoteReply { .. }
            | Body::PreVoteReply { .. }
            | Body::AppendEntries { .. }
            | Body::AppendEntriesReply(_)
            | Body::Heartbeat { .. }
            | Body::HeartbeatReply { .. }
            | Body::InstallSnapshot { .. }
            | Body::TimeoutNow
            | Body::TransferLeader
            | Body::ReadIndex { .. }
            | Body::ReadIndexReply { .. }
            | Body::Propose { .. } => false,
        }
    }

    /// §5.2: "Each server will vote for at most one candidate in a given term, on a
    /// first-come-first-served basis"; §5.4.1: "the voter denies its vote if its own log is more
    /// up-to-date than that of the candidate."
    pub(crate) fn on_request_vote(
        &mut self,
        from: NodeId,
        theirs: Position,
        out: &mut Vec<Output>,
    ) {
        let term = self.durable.term;
        let denial = match self.durable.vote {
            Some(voted_for) if voted_for != from => Some(Denial::AlreadyVoted { voted_for }),
            Some(_) => None,
            None => self.leader().map(|leader| Denial::FollowsLeader { leader }),
        };
        let denial = denial.filter(|_| self.config.rules.holds(Rule::VoteOnce) || self.is_leader());
        let denial = denial.or_else(|| self.stale_log(theirs));
        if let Some(because) = denial {
            out.push(Output::Note(Note::VoteDenied { candidate: from, term, because }));
        } else {
            if self.durable.vote != Some(from) {
                self.set_hard_state(term, Some(from));
            }
            out.push(Output::Note(Note::VoteGranted { candidate: from, term }));
            self.reset_election_timer(out);
        }
        let body = Body::RequestVoteReply { vote_granted: denial.is_none() };
        self.send_when_durable(from, term, body);
    }

    fn stale_log(&self, theirs: Position) -> Option<Denial> {
        let ours = self.durable.log.last();
        let stale = theirs < ours && self.config.rules.holds(Rule::VoteUpToDate);
        stale.then_some(Denial::StaleLog { ours, theirs })
    }

    /// §9.6 of the dissertation: would this server vote for the sender in a term of its own?
    /// Nothing is promised, so nothing is written.
    pub(crate) fn on_pre_vote(
        &mut self,
        from: NodeId,
        term: Term,
        theirs: Position,
        out: &mut Vec<Output>,
    ) {
        let ours = self.durable.term;
        let denial = if term > ours {
            None
        } else {
            match (self.durable.vote, self.leader()) {
                (Some(voted_for), _) if voted_for != from => {
                    Some(Denial::AlreadyVoted { voted_for })
                }
                (None, Some(leader)) => Some(Denial::FollowsLeader { leader }),
                (Some(_), _) | (None, None) => None,
            }
        };
        let denial = denial.or_else(|| self.stale_log(theirs));
        match denial {
            None => out.push(Output::Note(Note::PreVoteGranted { candidate: from, term })),
            Some(because) => {
                out.push(Output::Note(Note::PreVoteDenied { candidate: from, term, because }));
            }
        }
        let vote_granted = denial.is_none();
        let term = if vote_granted { term } else { ours };
        self.send_when_durable(from, term, Body::PreVoteReply { vote_granted });
    }

    pub(crate) fn on_pre_vote_reply(&mut self, from: NodeId, granted: bool, out: &mut Vec<Output>) {
        if matches!(self.role, Role::PreCandidate(_)) {
            self.count(from, granted, out);
        }
    }

    pub(crate) fn on_vote(&mut self, from: NodeId, granted: bool, out: &mut Vec<Output>) {
        if matches!(self.role, Role::Candidate(_)) {
            self.count(from, granted, out);
        }
    }

    /// §5.2: "A candidate wins an election if it receives votes from a majority of the servers in
    /// the full cluster for the same term."
    fn count(&mut self, from: NodeId, granted: bool, out: &mut Vec<Output>) {
        let needed = self.quorum();
        let (rules, term) = (self.config.rules, self.durable.term);
        let (Role::Candidate(candidate) | Role::PreCandidate(candidate)) = &mut self.role else {
            return;
        };
        if candidate.votes.get(&from).is_none() {
            candidate.votes.insert(from, granted);
        }
        candidate.yes_answers += u32::from(granted);
        let votes = candidate.votes.values().filter(|granted| **granted).count();
        let (votes, needed) = (to_u32(votes), to_u32(needed));
        let answers = &candidate.votes;
        let mut result = self.membership.vote_result(|voter| answers.get(&voter).copied());
        if !rules.holds(Rule::CountVoters) && candidate.yes_answers >= needed {
            result = VoteResult::Won;
        }
        if !rules.holds(Rule::MajorityElects) && votes + 1 >= needed {
            result = VoteResult::Won;
        }
        out.push(Output::Note(match self.role {
            Role::PreCandidate(_) => {
                Note::PreVoteCounted { term: term + 1, from, granted, votes, needed }
            }
            Role::Candidate(_) | Role::Follower { .. } | Role::Leader(_) => {
                Note::VoteCounted { term, from, granted, votes, needed }
            }
        }));
        match (result, &self.role) {
            (VoteResult::Won, Role::PreCandidate(_)) => self.campaign(Campaign::Election, out),
            (VoteResult::Won, _) => self.become_leader(votes, out),
            (VoteResult::Lost, _) if self.config.flavour == Flavour::Etcd => {
                let term = self.durable.term;
                self.become_follower(None, StepDown::VotesLost, term, out);
            }
            // §5.2: it waits for more votes, for another leader, or for its timeout.
            (VoteResult::Pending | VoteResult::Lost, _) => {}
        }
    }

    /// §5.2: "Once a candidate wins an election, it becomes leader. It then sends heartbeat
    /// messages to all of the other servers to establish its authority." §8: it begins with an
    /// empty entry.
    fn become_leader(&mut self, votes: u32, out: &mut Vec<Output>) {
        let (id, term, last) = (self.id(), self.durable.term, self.durable.log.last_index());
        let fresh = |member: NodeId| {
            let mut progress = Progress::new(last + 1);
            progress.is_learner = self.membership.is_learner(member);
            if member == id {
                progress.match_index = last;
                progress.recent_active = true;
                progress.become_replicate();
            }
            (member, progress)
        };
        let progress = self.membership.members().into_iter().map(fresh).collect();
        let rules = self.config.rules;
        // An uncommitted change of membership may stand in the log: none is added before all of it
        // is applied, and with it the empty entry of this term.
        let pending_config = if rules.holds(Rule::ConfigOwnTerm) { last } else { 0 };
        self.role = Role::Leader(Box::new(Leader {
            progress,
            transfer: None,
            pending_config,
            uncommitted_bytes: 0,
            reads: ReadQueue::default(),
            leaving: self
                .has_left()
                .then(|| Leaving { index: self.commit_index, told: Vec::new() }),
            postponed_reads: Vec::new(),
            watches_quorum: self.config.check_quorum,
            holds_lease: self.config.check_quorum,
            round: 0,
            handed_over: false,
        }));
        out.push(Output::Note(Note::BecameLeader { term, votes }));
        out.push(Output::CancelTimer(Timer::Election));
        self.reset_heartbeat_timer(out);
        if self.config.check_quorum {
            self.reset_quorum_timer(out);
        }
        if rules.holds(Rule::LeaderNoop) {
            self.append_as_leader(Payload::Noop);
            self.acknowledge_self();
        }
        self.broadcast_append(out);
    }

    /// Whether it leads a cluster of which it is not a member.
    fn has_left(&self) -> bool {
        self.config.flavour == Flavour::Paper
            && self.config.rules.holds(Rule::StepDownOnRemoval)
            && self.config.step_down_on_removal
            && !self.membership.is_voter(self.id())
    }

    pub(crate) fn reset_heartbeat_timer(&self, out: &mut Vec<Output>) {
        let every = self.config.heartbeat;
        out.push(Output::SetTimer(Timer::Heartbeat, TimerRange { min: every, max: every }));
    }

    /// A message from this term's leader: §5.2, a candidate "recognizes the leader as legitimate
    /// and returns to follower state"; a follower starts its election timeout anew.
    pub(crate) fn hear_leader(&mut self, from: NodeId, out: &mut Vec<Output>) {
        let term = self.durable.term;
        let news = match &self.role {
            Role::Follower { leader } => *leader != Some(from),
            Role::PreCandidate(_) | Role::Candidate(_) => true,
            Role::Leader(_) => {
                // Only with a rule switched off can two servers lead in one term.
                let because = Impossible::TwoLeaders { other: from, term };
                out.push(Output::Note(Note::Impossible(because)));
                true
            }
        };
        if news {
            let because = StepDown::LeaderElected { leader: from };
            self.become_follower(Some(from), because, term, out);
            out.push(Output::Note(Note::LeaderFollowed { leader: from, term }));
        }
        self.reset_election_timer(out);
        if self.config.check_quorum {
            self.leased = true;
            let holds = *self.config.election_timeout.start();
            out.push(Output::SetTimer(Timer::Lease, TimerRange { min: holds, max: holds }));
        }
    }

    /// Forgets who leads: §4.2.3 of the dissertation holds no more, and another may be voted for.
    pub(crate) fn forget_leader(&mut self, out: &mut Vec<Output>) {
        if self.config.reads == crate::config::Reads::Lease {
            // A vote given now could break the leader's lease.
            return;
        }
        if let Role::Follower { leader } = &mut self.role
            && let Some(leader) = leader.take()
        {
            self.leased = false;
            out.push(Output::Note(Note::LeaderForgotten { leader }));
        }
    }
}

fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
