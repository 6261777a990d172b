//! What else could have come of a run: the same past and the same deeds, and from the present
//! moment on another chance.

use super::branch::{Branch, Head};
use super::passing::upcoming;
use super::{MAX_COMMANDS, Session, limit};
use crate::command::{Command, Refusal};
use crate::script::{Script, ScriptState};
use crate::time::Moment;
use raft_core::Micros;
use std::collections::VecDeque;

impl Session {
    /// The run from the present moment on, without its past: nobody watches, there is no going
    /// back, and a copy is cheap. What was done later on its branch is still to be done, and a
    /// scenario goes on.
    pub fn onward(&self) -> Session {
        let mut world = self.world.clone();
        world.record(false);
        let later = &self.branch().commands[self.applied..];
        let branch = Branch {
            parent: None,
            commands: later.to_vec(),
            frames: Vec::new(),
            marks: Vec::new(),
            head: Head { moment: world.moment(), events: world.events() },
            is_another_course: !self.live,
        };
        Session {
            title: None,
            base: self.base.clone(),
            recording: false,
            branches: vec![branch],
            current: 0,
            world,
            applied: 0,
            live: self.live,
            recent: VecDeque::new(),
            notable: VecDeque::new(),
            happened: 0,
            replayed: 0,
            script: self.script.clone().filter(|_| self.current == 0),
            scripted: 0,
            difference: None,
        }
    }

    /// Reseeds a run without a past ([`Session::onward`]) and keeps what is still to be done.
    ///
    /// # Errors
    /// Where there can be no further command.
    pub fn take_future(&mut self, key: u64) -> Result<(), Refusal> {
        let at = self.applied;
        if self.branch().commands.len() >= MAX_COMMANDS {
            return Err(limit(&format!("at most {MAX_COMMANDS} commands in a run")));
        }
        if let Some(script) = &mut self.script {
            script.take_another_course();
        }
        let (moment, command) = (self.world.moment(), Command::Reseed(key));
        let checked = self.world.check(&command)?;
        self.world.carry_out(checked);
        self.branches[self.current].commands.insert(at, (moment, command));
        self.applied += 1;
        Ok(())
    }

    /// Opens one of the futures of the present moment as a branch: what is still to be done is
    /// done there too, and what a scenario would do meanwhile, for this long.
    ///
    /// # Errors
    /// Where there can be no further branch or command.
    pub fn open_future(&mut self, key: u64, span: Micros, budget: u64) -> Result<(), Refusal> {
        let mut course = self.onward();
        course.take_future(key)?;
        course.advance(self.world.now().saturating_add(span), budget);
        let deeds = course.branch().commands().to_vec();
        self.fork()?;
        let at = self.applied;
        let branch = &mut self.branches[self.current];
        branch.commands.truncate(at);
        branch.commands.extend(deeds);
        branch.is_another_course = true;
        self.live = false;
        self.take_another_course(None, self.world.now());
        Ok(())
    }

    /// Whether all that was done so far on this branch was a scenario's doing, and it has more to
    /// do: then its text says more of what comes than what was done says.
    pub fn has_more_to_come(&self) -> bool {
        let running = |script: &Script| script.state() == ScriptState::Running;
        self.current == 0
            && self.scripted == self.branch().commands.len()
            && self.script.as_ref().is_some_and(running)
    }

    /// One thing of a course that nobody has seen yet, though what is done on it is known. True
    /// where there is none up to `time`.
    pub(super) fn take_another_course(&mut self, due: Option<Micros>, time: Micros) -> bool {
        let Some((moment, command)) = self.branch().commands.get(self.applied).cloned() else {
            self.branches[self.current].is_another_course = false;
            self.live = true;
            return false;
        };
        let here = self.world.moment();
        let next = upcoming(&self.world, due);
        if moment <= here || next.is_none_or(|next| next >= moment) {
            if moment.time > time {
                self.world.go_to(Moment { time, after: u32::MAX });
                return true;
            }
            self.world.go_to(moment);
            let at = self.applied;
            if let Ok(checked) = self.world.check(&command) {
                self.world.carry_out(checked);
                // As many events as there were in this run, so that it is repeated exactly.
                self.branches[self.current].commands[at].0 = self.world.moment();
                self.applied += 1;
            } else {
                self.branches[self.current].commands.remove(at);
            }
        } else if due.is_some_and(|due| due <= time) {
            self.world.step();
        } else {
            self.world.go_to(Moment { time, after: u32::MAX });
            return true;
        }
        self.take_trace();
        false
    }
}
