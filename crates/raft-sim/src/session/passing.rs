//! Time passes: at the end of a branch new things happen, and a scenario goes on; in its past, what
//! was done there is done again.

use super::{Progress, Session};
use crate::command::Command;
use crate::deeds;
use crate::script::{Need, Script, ScriptState};
use crate::time::Moment;
use crate::world::World;
use crate::{MAX_COMMANDS, MAX_TIME};
use raft_core::Micros;

impl Session {
    /// Lets time pass up to `time`, at most `budget` events. In the past of a branch, what was done
    /// there is done again; at its end, new things happen and a scenario goes on.
    pub fn advance(&mut self, time: Micros, budget: u64) -> Progress {
        let time = time.min(MAX_TIME);
        let last = self.world.events().saturating_add(budget);
        loop {
            let due = self.world.next_due();
            if !self.live {
                if self.replay(due, time) {
                    return Progress::Reached;
                }
            } else if !self.carry_on(due, time) {
                self.remember_head();
                let ended = self.world.now() >= MAX_TIME;
                return if ended { Progress::Ended } else { Progress::Reached };
            }
            if self.world.events() >= last {
                self.remember_head();
                return Progress::Busy;
            }
        }
    }

    /// Processes one event, and whatever a scenario does before it. Where nothing is due, since
    /// everybody is down, time passes to what the scenario does next.
    pub fn step(&mut self) {
        let before = self.world.events();
        for _ in 0..MAX_COMMANDS {
            let due = self.world.next_due();
            if !self.live {
                self.replay(due, Micros::MAX);
            } else {
                let until = due.or_else(|| self.scenario_goes_on_at()).unwrap_or(0);
                if !self.carry_on(due, until.max(self.world.now())) {
                    break;
                }
            }
            if self.world.events() > before {
                break;
            }
        }
        self.remember_head();
    }

    /// When a scenario does something next, where it only waits for the time to come.
    fn scenario_goes_on_at(&mut self) -> Option<Micros> {
        let script = self.script.as_mut().filter(|_| self.current == 0)?;
        match script.poll(&self.world, None) {
            Need::Time(time) | Need::Event(time) => Some(time),
            Need::Moment(moment) => Some(moment.time),
            Need::Leave | Need::Do(_) | Need::Nothing => None,
        }
    }

    /// One thing of the recorded past. True where there is none up to `time`, or the end is
    /// reached.
    pub(super) fn replay(&mut self, due: Option<Micros>, time: Micros) -> bool {
        if self.branch().is_another_course {
            return self.take_another_course(due, time);
        }
        let head = self.branch().head;
        let next = self.branch().commands.get(self.applied).map(|(moment, _)| *moment);
        let upcoming = upcoming(&self.world, due);
        if let Some(moment) = next
            && upcoming.is_none_or(|upcoming| upcoming >= moment)
        {
            if moment.time > time {
                self.world.go_to(Moment { time, after: u32::MAX });
                return true;
            }
            self.world.go_to(moment);
            let command = self.branch().commands[self.applied].1.clone();
            match self.world.check(&command) {
                Ok(checked) => self.world.carry_out(checked),
                Err(refusal) => self.differs(moment, &command, &refusal),
            }
            self.applied += 1;
        } else if self.world.events() < head.events && due.is_some_and(|due| due <= time) {
            self.world.step();
        } else if self.world.events() >= head.events && head.moment.time <= time {
            self.world.go_to(head.moment);
            self.live = true;
        } else {
            self.world.go_to(Moment { time, after: u32::MAX });
            return true;
        }
        self.take_trace();
        false
    }

    /// One new thing: of the scenario, or the next event. False where there is none up to `time`.
    fn carry_on(&mut self, due: Option<Micros>, time: Micros) -> bool {
        let need = match &mut self.script {
            Some(script) if self.current == 0 => script.poll(&self.world, due),
            Some(_) | None => Need::Nothing,
        };
        let goes = match need {
            Need::Do(commands) => {
                self.do_for_script(commands);
                true
            }
            Need::Nothing => self.pass(due, None, time),
            Need::Leave => false,
            Need::Time(end) | Need::Event(end) => {
                self.pass(due, Some(Moment { time: end, after: u32::MAX }), time)
            }
            Need::Moment(moment) => self.pass(due, Some(moment), time),
        };
        self.take_trace();
        goes
    }

    /// Lets the next event happen, if it comes before `goal` and not after `time`; otherwise time
    /// passes to whichever of the two is sooner. False where that was `time`.
    fn pass(&mut self, due: Option<Micros>, goal: Option<Moment>, time: Micros) -> bool {
        let limit = Moment { time, after: u32::MAX };
        let target = goal.unwrap_or(limit);
        if upcoming(&self.world, due).is_some_and(|next| next < target && next <= limit) {
            let stepped = self.world.step();
            self.branches[self.current].keep_frame(&self.world, self.applied);
            return stepped;
        }
        let goal_is_sooner = goal.is_some() && target.time <= time;
        self.world.go_to(if goal_is_sooner { target } else { limit });
        goal_is_sooner
    }

    fn do_for_script(&mut self, commands: Vec<Command>) {
        let mut refusal = None;
        for command in commands {
            if let Err(refused) = self.dispatch(command) {
                refusal = Some(refused);
                break;
            }
            self.scripted += 1;
        }
        if let Some(script) = &mut self.script {
            match refusal {
                Some(refusal) => script.refused(&refusal, self.world.moment()),
                None => script.done(),
            }
        }
    }

    /// The moment at which the next event will happen, if there is one.
    pub fn next_moment(&mut self) -> Option<Moment> {
        let due = self.world.next_due();
        upcoming(&self.world, due)
    }

    /// At the end of a branch, lets time pass to a moment, doing what a scenario does up to there.
    pub fn go_to(&mut self, moment: Moment) {
        loop {
            // What a scenario does may bring about an event before that moment, or undo the next.
            while self.next_moment().is_some_and(|next| next < moment) {
                let due = self.world.next_due();
                if !self.live || !self.carry_on(due, moment.time) {
                    return self.remember_head();
                }
            }
            self.settle(moment);
            if self.next_moment().is_none_or(|next| next >= moment) {
                return;
            }
        }
    }

    /// Lets time pass to a moment before the next event, doing what a scenario does up to there.
    pub fn settle(&mut self, moment: Moment) {
        for _ in 0..MAX_COMMANDS {
            let due = self.world.next_due();
            if upcoming(&self.world, due).is_some_and(|next| next < moment) {
                return;
            }
            let need = match &mut self.script {
                Some(script) if self.live && self.current == 0 => script.poll(&self.world, due),
                Some(_) | None => Need::Nothing,
            };
            match need {
                Need::Do(commands) => self.do_for_script(commands),
                Need::Moment(goal) if goal <= moment => self.world.go_to(goal),
                Need::Time(end) | Need::Event(end) if end < moment.time => {
                    self.world.go_to(Moment { time: end, after: u32::MAX });
                }
                // What it does at that very instant is done, too.
                Need::Time(end) | Need::Event(end)
                    if end == moment.time && self.world.now() < end =>
                {
                    self.world.go_to(moment);
                }
                Need::Leave => break,
                Need::Time(_) | Need::Event(_) | Need::Moment(_) | Need::Nothing => {
                    self.world.go_to(moment);
                    break;
                }
            }
        }
        self.take_trace();
        self.remember_head();
    }

    /// Carries the scenario out to its end, at most `budget` events. True where it has ended.
    pub fn finish_script(&mut self, budget: u64) -> bool {
        let last = self.world.events().saturating_add(budget);
        loop {
            let running = |script: &Script| script.state() == ScriptState::Running;
            if !self.script.as_ref().is_some_and(running) {
                return true;
            }
            if self.world.events() >= last {
                return false;
            }
            let due = self.world.next_due();
            let stuck = !self.carry_on(due, MAX_TIME);
            let waits = !deeds::are_here()
                || self.script.as_ref().is_some_and(|script| script.waits_at().is_some());
            if stuck && (waits || self.world.now() >= MAX_TIME) {
                return true;
            }
        }
    }
}

/// The moment at which the next event will happen.
pub(super) fn upcoming(world: &World, due: Option<Micros>) -> Option<Moment> {
    let here = world.moment();
    due.map(|due| Moment { time: due, after: if due > here.time { 0 } else { here.after } })
}
