//! Changes of membership as they pass through the log (§6), and of leadership on request (§3.10 of
//! Ongaro's dissertation).
//!
//! As in etcd, and other than in the paper, a change takes effect when it is applied. What guards
//! that: none is appended while an earlier one may be under way, and nobody stands for election
//! with a committed one that is not in force yet.

use crate::config::Flavour;
use crate::io::{Output, Timer, TimerRange};
use crate::membership::{ConfigChange, Roster};
use crate::message::{Body, Message};
use crate::node::Node;
use crate::note::{ConfigRefusal, Note, StepDown};
use crate::quorum::VoteResult;
use crate::role::{Leaving, Role};
use crate::rules::Rule;
use crate::types::{Index, NodeId, Payload};
use std::sync::Arc;

impl Node {
    // ---- the leader takes a change ----

    /// A change that does not fit is replaced by an empty entry.
    pub(crate) fn check_config_change(
        &mut self,
        change: Box<ConfigChange>,
        out: &mut Vec<Output>,
    ) -> Payload {
        let (rules, applied) = (self.config.rules, self.applying.done);
        let joint = self.membership.is_joint();
        let index = self.durable.log.last_index() + 1;
        let validate = self.config.validate_config_changes;
        let Role::Leader(leader) = &mut self.role else { return Payload::Config(change) };
        let pending = leader.pending_config;
        let refusal = if pending > applied && rules.holds(Rule::OneConfigAtATime) {
            Some(ConfigRefusal::Pending { index: pending, applied })
        } else if joint && !change.changes.is_empty() {
            Some(ConfigRefusal::InJoint)
        } else if !joint && change.changes.is_empty() {
            Some(ConfigRefusal::NotJoint)
        } else {
            None
        };
        if let Some(because) = refusal {
            out.push(Output::Note(Note::ConfigRefused { because }));
            if validate {
                return Payload::Noop;
            }
        }
        leader.pending_config = index;
        Payload::Config(change)
    }

    // ---- a change takes effect ----

    /// The first committed change of membership that is not in force here.
    pub(crate) fn config_not_taken_up(&self) -> Option<Index> {
        let mut entries = self.durable.log.range(self.applying.config + 1, self.commit_index);
        let found = entries.find(|entry| matches!(entry.payload, Payload::Config(_)));
        found.map(|entry| entry.index)
    }

    pub(crate) fn apply_config(&mut self, index: Index, out: &mut Vec<Output>) {
        if index <= self.applying.config || index > self.commit_index {
            return;
        }
        self.applying.config = index;
        let Some(entry) = self.durable.log.get(index).cloned() else { return };
        let Payload::Config(change) = &entry.payload else { return };
        let progress = match &mut self.role {
            Role::Leader(leader) => Some(std::mem::take(&mut leader.progress)),
            Role::Follower { .. } | Role::PreCandidate(_) | Role::Candidate(_) => None,
        };
        let roster = match progress {
            Some(progress) => Roster { membership: (*self.membership).clone(), progress },
            None => Roster::unknown(&self.membership),
        };
        let last_index = self.durable.log.last_index();
        let after = if self.config.rules.holds(Rule::JointConsensus) {
            roster.after(change, last_index)
        } else {
            roster.at_once(&change.changes, last_index)
        };
        let roster = match after {
            Ok(roster) => {
                let joint = roster.membership.is_joint();
                out.push(Output::Note(Note::ConfigApplied { index, joint }));
                roster
            }
            Err(because) => {
                out.push(Output::Note(Note::ConfigImpossible { index, because }));
                roster
            }
        };
        self.switch_to(roster, out);
    }

    fn switch_to(&mut self, roster: Roster, out: &mut Vec<Output>) {
        let id = self.id();
        let was_voter = self.membership.is_voter(id);
        self.membership = Arc::new(roster.membership);
        let is_voter = self.membership.is_voter(id);
        let Role::Leader(leader) = &mut self.role else {
            if is_voter && !was_voter {
                self.reset_election_timer(out);
            }
            return;
        };
        leader.progress = roster.progress;
        let stays = leader.get(id).is_some_and(|progress| !progress.is_learner);
        if !stays {
            let steps_down = self.config.step_down_on_removal
                && self.config.rules.holds(Rule::StepDownOnRemoval);
            if steps_down && self.config.flavour == Flavour::Etcd {
                let term = self.durable.term;
                self.become_follower(None, StepDown::Removed, term, out);
            } else if steps_down {
                // Whoever does not know yet that the change is committed may need this server's
                // vote, and could be refused it for ever.
                let index = self.applying.config;
                leader.leaving = Some(Leaving { index, told: Vec::new() });
                self.broadcast_heartbeat(out);
            }
            return;
        }
        if self.advance_commit(out) {
            // With fewer voters more may be committed, even the first entry of the term.
            self.release_postponed_reads(out);
            self.broadcast_append(out);
        } else {
            // Newcomers need not wait for the next heartbeat.
            self.send_news(out);
        }
        let Role::Leader(leader) = &self.role else { return };
        if leader.transfer.is_some_and(|to| !self.membership.is_voter(to)) {
            self.abort_transfer(out);
        }
    }

    pub(crate) fn leave_joint_if_due(&mut self, out: &mut Vec<Output>) {
        let Role::Leader(leader) = &self.role else { return };
        let due = self.membership.auto_leave
            && self.applying.done >= leader.pending_config
            && leader.transfer.is_none()
            && leader.get(self.id()).is_some();
        if due {
            out.push(Output::Note(Note::LeavingJoint));
            let change = Box::new(ConfigChange::leave_joint());
            let payload = self.check_config_change(change, out);
            let index = self.append_as_leader(payload).index;
            out.push(Output::Note(Note::ConfigAppended { index }));
            self.acknowledge_self();
            self.broadcast_append(out);
        }
    }

    // ---- leadership on request ----

    /// §3.10 of the dissertation: the leader stops taking commands, brings the next leader up to
    /// date and tells it to stand for election.
    pub(crate) fn on_transfer(&mut self, to: NodeId, out: &mut Vec<Output>) {
        let (id, term, last) = (self.id(), self.durable.term, self.durable.log.last_index());
        let leader = match &mut self.role {
            Role::Leader(leader) => leader,
            Role::Follower { leader: Some(leader) } => {
                let message = Message { from: to, to: *leader, term, body: Body::TransferLeader };
                return out.push(Output::Send(message));
            }
            Role::Follower { leader: None } | Role::PreCandidate(_) | Role::Candidate(_) => return,
        };
        let Some(progress) = leader.get(to) else { return };
        let (is_learner, up_to_date) = (progress.is_learner, progress.match_index == last);
        if is_learner || leader.transfer == Some(to) {
            return;
        }
        self.abort_transfer(out);
        if to == id {
            return;
        }
        if let Role::Leader(leader) = &mut self.role {
            leader.transfer = Some(to);
        }
        out.push(Output::Note(Note::TransferStarted { to }));
        // It must be done within an election timeout.
        self.reset_quorum_timer(out);
        if up_to_date {
            self.send_timeout_now(to, out);
        } else {
            self.send_append_now(to, out);
        }
    }

    pub(crate) fn send_timeout_now(&mut self, to: NodeId, out: &mut Vec<Output>) {
        if let Role::Leader(leader) = &mut self.role {
            leader.handed_over = true;
        }
        out.push(Output::Note(Note::TimeoutNowSent { to }));
        self.send(to, Body::TimeoutNow, out);
    }

    /// A follower has answered a heartbeat that told it what is committed. A leader that has left
    /// the cluster steps down once a quorum of those who stay knows.
    pub(crate) fn on_told(&mut self, from: NodeId, out: &mut Vec<Output>) {
        let membership = self.membership.clone();
        let Role::Leader(leader) = &mut self.role else { return };
        let matched = leader.get(from).map_or(0, |progress| progress.match_index);
        let Some(leaving) = &mut leader.leaving else { return };
        if matched >= leaving.index && !leaving.told.contains(&from) {
            leaving.told.push(from);
        }
        let told = |voter: NodeId| leaving.told.contains(&voter).then_some(true);
        if membership.vote_result(told) == VoteResult::Won {
            let term = self.durable.term;
            self.become_follower(None, StepDown::Removed, term, out);
        }
    }

    fn abort_transfer(&mut self, out: &mut Vec<Output>) {
        if let Role::Leader(leader) = &mut self.role
            && let Some(to) = leader.transfer.take()
        {
            out.push(Output::Note(Note::TransferAborted { to }));
        }
    }

    // ---- does a quorum still follow? ----

    pub(crate) fn reset_quorum_timer(&self, out: &mut Vec<Output>) {
        let every = *self.config.election_timeout.start();
        out.push(Output::SetTimer(Timer::Quorum, TimerRange { min: every, max: every }));
    }

    /// A leader that was elected without watching its quorum begins to once it is told to: who
    /// was heard before counts for nothing, and there is no lease before the first look.
    pub(crate) fn watch_quorum(&mut self, out: &mut Vec<Output>) {
        let id = self.id();
        let Role::Leader(leader) = &mut self.role else { return };
        if !self.config.check_quorum || leader.watches_quorum {
            return;
        }
        leader.watches_quorum = true;
        leader.holds_lease = false;
        for (_, progress) in leader.progress.iter_mut().filter(|(member, _)| *member != id) {
            progress.recent_active = false;
        }
        self.reset_quorum_timer(out);
    }

    /// §6.2 of the dissertation: "a leader steps down if an election timeout elapses without a
    /// successful round of heartbeats to a majority of its cluster."
    pub(crate) fn on_quorum_timeout(&mut self, out: &mut Vec<Output>) {
        let (id, term) = (self.id(), self.durable.term);
        let Role::Leader(leader) = &mut self.role else { return };
        if self.config.check_quorum {
            let active = self.membership.vote_result(|voter| {
                leader.get(voter).filter(|p| !p.is_learner).map(|progress| progress.recent_active)
            });
            if active != VoteResult::Won {
                return self.become_follower(None, StepDown::QuorumLost, term, out);
            }
            for (_, progress) in leader.progress.iter_mut().filter(|(member, _)| *member != id) {
                progress.recent_active = false;
            }
            leader.holds_lease = true;
        } else {
            leader.watches_quorum = false;
        }
        self.abort_transfer(out);
        if self.config.check_quorum {
            self.reset_quorum_timer(out);
        }
    }
}
