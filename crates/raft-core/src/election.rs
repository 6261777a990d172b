//! Leader election (§5.2) and the restriction on who may win it (§5.4.1).

use crate::io::{Output, Timer, TimerRange};
use crate::message::Body;
use crate::node::{Candidate, Leader, Node, Role};
use crate::note::{Denial, Impossible, Note, StepDown};
use crate::progress::Progress;
use crate::quorum::{self, VoteResult};
use crate::types::{NodeId, Payload, Position};

impl Node {
    /// §5.2: "If a follower receives no communication over a period of time called the election
    /// timeout, then it assumes there is no viable leader and begins an election."
    pub(crate) fn on_election_timeout(&mut self, out: &mut Vec<Output>) {
        match &self.role {
            Role::Leader(_) => {}
            Role::Follower { leader } => self.campaign(*leader, out),
            Role::Candidate(_) => self.campaign(None, out),
        }
    }

    /// §5.2: "To begin an election, a follower increments its current term and transitions to
    /// candidate state. It then votes for itself and issues RequestVote RPCs in parallel."
    fn campaign(&mut self, lost_leader: Option<NodeId>, out: &mut Vec<Output>) {
        let (id, term) = (self.id(), self.durable.term + 1);
        self.set_hard_state(term, Some(id));
        self.role = Role::Candidate(Candidate::default());
        out.push(Output::Note(Note::ElectionStarted { term, lost_leader }));
        self.reset_election_timer(out);
        let last = self.durable.log.last();
        let voters = self.config.voters.clone();
        for voter in voters.iter().filter(|voter| **voter != id) {
            self.send(*voter, Body::RequestVote { last }, out);
        }
    }

    /// A candidate's own vote counts once it is durable.
    pub(crate) fn count_own_vote(&mut self, out: &mut Vec<Output>) {
        if let Role::Candidate(candidate) = &self.role
            && candidate.votes.get(&self.id()).is_none()
            && self.unsynced.is_clean()
        {
            self.on_vote(self.id(), true, out);
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
        let ours = self.durable.log.last();
        let denial = match self.durable.vote {
            Some(voted_for) if voted_for != from => Some(Denial::AlreadyVoted { voted_for }),
            Some(_) | None if theirs < ours => Some(Denial::StaleLog { ours, theirs }),
            Some(_) | None => None,
        };
        if let Some(because) = denial {
            out.push(Output::Note(Note::VoteDenied { candidate: from, term, because }));
        } else {
            if self.durable.vote.is_none() {
                self.set_hard_state(term, Some(from));
            }
            out.push(Output::Note(Note::VoteGranted { candidate: from, term }));
            self.reset_election_timer(out);
        }
        self.send_when_durable(
            from,
            Body::RequestVoteReply { vote_granted: denial.is_none() },
            out,
        );
    }

    /// §5.2: "A candidate wins an election if it receives votes from a majority of the servers in
    /// the full cluster for the same term."
    pub(crate) fn on_vote(&mut self, from: NodeId, granted: bool, out: &mut Vec<Output>) {
        let needed = self.quorum();
        let Role::Candidate(candidate) = &mut self.role else { return };
        if candidate.votes.get(&from).is_none() {
            candidate.votes.insert(from, granted);
        }
        let votes = candidate.votes.values().filter(|granted| **granted).count();
        let (votes, needed) = (to_u32(votes), to_u32(needed));
        out.push(Output::Note(Note::VoteCounted { from, granted, votes, needed }));
        let answers = &candidate.votes;
        match quorum::vote_result(&self.config.voters, |voter| answers.get(&voter).copied()) {
            VoteResult::Won => self.become_leader(votes, out),
            // §5.2: a candidate that cannot win waits for another leader or for its timeout.
            VoteResult::Pending | VoteResult::Lost => {}
        }
    }

    /// §5.2: "Once a candidate wins an election, it becomes leader. It then sends heartbeat messages
    /// to all of the other servers to establish its authority." §8: it begins with an empty entry.
    fn become_leader(&mut self, votes: u32, out: &mut Vec<Output>) {
        let term = self.durable.term;
        let next_index = self.durable.log.last_index() + 1;
        let progress =
            self.config.voters.iter().map(|voter| (*voter, Progress::new(next_index))).collect();
        self.role = Role::Leader(Leader { progress });
        out.push(Output::Note(Note::BecameLeader { term, votes }));
        out.push(Output::CancelTimer(Timer::Election));
        self.reset_heartbeat_timer(out);
        self.append_as_leader(Payload::Noop);
        self.broadcast_append(out);
    }

    pub(crate) fn reset_heartbeat_timer(&self, out: &mut Vec<Output>) {
        let every = self.config.heartbeat;
        out.push(Output::SetTimer(Timer::Heartbeat, TimerRange { min: every, max: every }));
    }

    /// A message from this term's leader: §5.2, a candidate "recognizes the leader as legitimate and
    /// returns to follower state"; a follower starts its election timeout anew.
    pub(crate) fn hear_leader(&mut self, from: NodeId, out: &mut Vec<Output>) {
        let term = self.durable.term;
        let news = match &self.role {
            Role::Follower { leader } => *leader != Some(from),
            Role::Candidate(_) => true,
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
    }
}

fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
