//! Everything is healed, everybody is made a voter again, and the cluster must agree.

use super::{Cluster, LAST_COMMAND, Seat};
use crate::settings::{Faults, Pace};
use raft_core::{ChangeKind, ConfigChange, Index, Membership, NodeId, Payload};

impl Cluster {
    pub(super) fn heal(&mut self) -> Result<(), String> {
        self.event(|| "everything is healed".into());
        self.cut.clear();
        self.faults = Faults::NONE;
        for ordinal in 0..self.seats.len() {
            if !self.seats[ordinal].is_up {
                self.restart(ordinal)?;
            }
            self.act(ordinal, |server| server.set_pace(Pace::AT_ONCE))?;
        }
        Ok(())
    }

    /// Every clock moves on by one tick, and what was under way arrives.
    pub(super) fn round(&mut self) -> Result<(), String> {
        self.time += 1;
        for ordinal in 0..self.seats.len() {
            self.act(ordinal, |server| server.tick())?;
        }
        let mut deliveries = self.under_way.len() + 8;
        while deliveries > 0 && !self.under_way.is_empty() {
            deliveries -= 1;
            self.deliver_any()?;
        }
        if self.report.rounds.is_multiple_of(7) {
            self.operate()?;
        }
        Ok(())
    }

    /// Makes everybody a voter again, then asks for the last command.
    fn operate(&mut self) -> Result<(), String> {
        let leads = |ordinal: &usize| self.seats[*ordinal].server.view().is_leader;
        let Some(leader) = (0..self.seats.len())
            .filter(leads)
            .max_by_key(|ordinal| self.seats[*ordinal].server.view().term)
        else {
            return Ok(());
        };
        let membership = self.seats[leader].server.view().membership;
        let missing = self.seats.iter().map(|seat| seat.id);
        let missing = missing.clone().find(|id| !membership.voters.contains(id));
        let payload = if membership.is_joint() {
            Payload::Config(Box::new(ConfigChange::leave_joint()))
        } else if let Some(missing) = missing {
            Payload::Config(Box::new(ConfigChange::one(ChangeKind::AddVoter, missing)))
        } else if self.ends {
            return Ok(());
        } else {
            Payload::Data(LAST_COMMAND.into())
        };
        let id = self.seats[leader].id;
        self.event(|| format!("{id} is asked for {payload:?}"));
        self.act(leader, |server| server.propose(payload))
    }

    pub(super) fn has_converged(&self) -> bool {
        let first = self.seats[0].server.view();
        let all = self.seats.iter().map(|seat| seat.id);
        let everybody = Membership::of(all);
        let same = |seat: &Seat| {
            let view = seat.server.view();
            view.term == first.term
                && view.machine.applied == self.canonical.len() as Index
                && view.commit_index == view.machine.applied
                && view.log.last_index() == view.machine.applied
                && *view.membership == everybody
        };
        let leaders = self.seats.iter().filter(|seat| seat.server.view().is_leader).count();
        self.ends && leaders == 1 && self.seats.iter().all(same)
    }

    /// See [`super::Report::is_stuck`].
    pub(super) fn is_stuck(&self) -> bool {
        let leads = self.seats.iter().any(|seat| seat.server.view().is_leader);
        let longest = |seat: &&Seat| {
            let view = seat.server.view();
            (view.log.last(), view.commit_index)
        };
        let Some(knows) = self.seats.iter().max_by_key(longest) else { return false };
        let view = knows.server.view();
        let needs_it = |seat: &Seat| {
            let other = seat.server.view();
            other.commit_index < view.commit_index && other.membership.is_voter(knows.id)
        };
        !leads && !view.membership.is_voter(knows.id) && self.seats.iter().any(needs_it)
    }

    pub(super) fn standing(&self) -> String {
        let line = |seat: &Seat| {
            let view = seat.server.view();
            format!(
                "{} ({}{}) term {} last {} commit {} applied {} {}",
                seat.id,
                if seat.is_ours { "ours" } else { "theirs" },
                if view.is_leader { ", leads" } else { "" },
                view.term,
                view.log.last_index(),
                view.commit_index,
                view.machine.applied,
                view.membership
            )
        };
        let lines: Vec<String> = self.seats.iter().map(line).collect();
        lines.join("; ")
    }

    /// The state machines are equal; and the run is summed up.
    pub(super) fn conclude(&mut self) -> Result<(), String> {
        let first = self.seats[0].server.view().machine;
        if self.seats.iter().any(|seat| seat.server.view().machine != first) {
            return Err(format!("state machines differ: {}", self.standing()));
        }
        let ours = |id: &&NodeId| self.seats[self.ordinal_of(**id)].is_ours;
        let led_by_ours = self.leaders.values().filter(ours).count() as u64;
        self.report.led = self.leaders.len() as u64;
        self.report.led_by_ours = led_by_ours;
        self.report.committed = self.checker.committed();
        self.report.digest = first.digest;
        Ok(())
    }
}
