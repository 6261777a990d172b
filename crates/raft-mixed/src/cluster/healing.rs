//! Everything is healed, everybody is made a voter again, and the cluster must agree.

use super::{Cluster, LAST_COMMAND, Place};
use crate::settings::{Faults, Pace};
use raft_core::{ChangeKind, ConfigChange, Index, Membership, NodeId, Payload};

impl Cluster {
    pub(super) fn heal(&mut self) -> Result<(), String> {
        self.event(|| "everything is healed".into());
        self.cut.clear();
        self.faults = Faults::NONE;
        for place in 0..self.places.len() {
            if !self.places[place].is_up {
                self.restart(place)?;
            }
            self.act(place, |server| server.set_pace(Pace::AT_ONCE))?;
        }
        Ok(())
    }

    /// Every clock moves on by one tick, and what was under way arrives.
    pub(super) fn round(&mut self) -> Result<(), String> {
        self.time += 1;
        for place in 0..self.places.len() {
            self.act(place, |server| server.tick())?;
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
        let leads = |place: &usize| self.places[*place].server.view().is_leader;
        let Some(leader) = (0..self.places.len())
            .filter(leads)
            .max_by_key(|place| self.places[*place].server.view().term)
        else {
            return Ok(());
        };
        let membership = self.places[leader].server.view().membership;
        let missing = self.places.iter().map(|place| place.id);
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
        let id = self.places[leader].id;
        self.event(|| format!("{id} is asked for {payload:?}"));
        self.act(leader, |server| server.propose(payload))
    }

    pub(super) fn has_converged(&self) -> bool {
        let first = self.places[0].server.view();
        let all = self.places.iter().map(|place| place.id);
        let everybody = Membership::of(all);
        let same = |place: &Place| {
            let view = place.server.view();
            view.term == first.term
                && view.machine.applied == self.canonical.len() as Index
                && view.commit_index == view.machine.applied
                && view.log.last_index() == view.machine.applied
                && *view.membership == everybody
        };
        let leaders = self.places.iter().filter(|place| place.server.view().is_leader).count();
        self.ends && leaders == 1 && self.places.iter().all(same)
    }

    /// See [`super::Report::is_stuck`].
    pub(super) fn is_stuck(&self) -> bool {
        let leads = self.places.iter().any(|place| place.server.view().is_leader);
        let longest = |place: &&Place| {
            let view = place.server.view();
            (view.log.last(), view.commit_index)
        };
        let Some(knows) = self.places.iter().max_by_key(longest) else { return false };
        let view = knows.server.view();
        let needs_it = |place: &Place| {
            let other = place.server.view();
            other.commit_index < view.commit_index && other.membership.is_voter(knows.id)
        };
        !leads && !view.membership.is_voter(knows.id) && self.places.iter().any(needs_it)
    }

    pub(super) fn standing(&self) -> String {
        let line = |place: &Place| {
            let view = place.server.view();
            format!(
                "{} ({}{}) term {} last {} commit {} applied {} {}",
                place.id,
                if place.is_ours { "ours" } else { "theirs" },
                if view.is_leader { ", leads" } else { "" },
                view.term,
                view.log.last_index(),
                view.commit_index,
                view.machine.applied,
                view.membership
            )
        };
        let lines: Vec<String> = self.places.iter().map(line).collect();
        lines.join("; ")
    }

    /// The state machines are equal; and the run is summed up.
    pub(super) fn conclude(&mut self) -> Result<(), String> {
        let first = self.places[0].server.view().machine;
        if self.places.iter().any(|place| place.server.view().machine != first) {
            return Err(format!("state machines differ: {}", self.standing()));
        }
        let ours = |id: &&NodeId| self.places[self.place_of(**id)].is_ours;
        let led_by_ours = self.leaders.values().filter(ours).count() as u64;
        self.report.led = self.leaders.len() as u64;
        self.report.led_by_ours = led_by_ours;
        self.report.committed = self.checker.committed();
        self.report.digest = first.digest;
        Ok(())
    }
}
