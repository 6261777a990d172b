//! A run with its history: any moment can be gone back to, and doing something there starts a new
//! branch; none is ever lost.
//!
//! History is key frames and commands: going anywhere is "nearest key frame, then replay".

mod branch;

use crate::command::{Command, Refusal};
use crate::difference::Difference;
use crate::happening::Happening;
use crate::scenario::Scenario;
use crate::script::{Need, Script, ScriptState};
use crate::settings::Settings;
use crate::time::Moment;
use crate::world::{Checks, World};
use crate::{MAX_COMMANDS, MAX_TIME};
use raft_core::Micros;
use std::collections::VecDeque;
use std::sync::Arc;

pub use branch::{Branch, Mark, MarkKind};
use branch::{Frame, Head, mark_of};

/// The most branches.
pub const MAX_BRANCHES: usize = 64;
/// The most happenings that are remembered at once.
pub const MAX_RECENT: usize = 400;

/// Names a branch: 0 is the run itself.
pub type BranchId = usize;

/// What came of asking for progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The time asked for is reached.
    Reached,
    /// The budget of events was spent first.
    Busy,
    /// Nothing more can happen: the longest time of a run is reached.
    Ended,
}

/// A run, where one is in it, and everything one can do to it.
#[derive(Clone, Debug)]
pub struct Session {
    title: Option<String>,
    base: Settings,
    recording: bool,
    branches: Vec<Branch>,
    current: BranchId,
    world: World,
    applied: usize,
    /// The present is the end of the branch, so what happens next is new.
    live: bool,
    recent: VecDeque<Happening>,
    notable: VecDeque<Happening>,
    happened: u64,
    script: Option<Script>,
    difference: Option<Difference>,
}

impl Session {
    /// A run that begins, with what happens kept for whoever watches.
    pub fn new(title: Option<String>, settings: Settings) -> Session {
        Session::start(title, settings, Checks::Every, true)
    }

    /// The same without a watcher: faster, and it leaves no marks.
    pub fn unwatched(settings: Settings, checks: Checks) -> Session {
        Session::start(None, settings, checks, false)
    }

    fn start(
        title: Option<String>,
        settings: Settings,
        checks: Checks,
        recording: bool,
    ) -> Session {
        let mut world = World::new(settings.clone(), checks);
        world.record(recording);
        let branch = Branch::first(world.clone());
        Session {
            title,
            base: settings,
            recording,
            branches: vec![branch],
            current: 0,
            world,
            applied: 0,
            live: true,
            recent: VecDeque::new(),
            notable: VecDeque::new(),
            happened: 0,
            script: None,
            difference: None,
        }
    }

    /// A scenario at its beginning.
    pub fn open(scenario: Scenario) -> Session {
        let mut session = Session::new(scenario.title.clone(), scenario.settings.clone());
        session.script = Some(Script::new(Arc::new(scenario)));
        session
    }

    // ---- looking ----

    /// The cluster at the present moment.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The run's title.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The settings that the run began with.
    pub fn base(&self) -> &Settings {
        &self.base
    }

    /// The branches; the first is the run itself.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The branch one is on.
    pub fn current(&self) -> BranchId {
        self.current
    }

    /// The branch one is on.
    pub fn branch(&self) -> &Branch {
        &self.branches[self.current]
    }

    /// Whether the present is the end of the branch.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// The time at which the branch ends.
    pub fn end(&self) -> Micros {
        if self.live { self.world.now() } else { self.branch().head.moment.time }
    }

    /// What happened lately, oldest first.
    pub fn recent(&self) -> &VecDeque<Happening> {
        &self.recent
    }

    /// How many happenings there were, replays included.
    pub fn happened(&self) -> u64 {
        self.happened
    }

    /// What happened lately that mattered, oldest first.
    pub fn notable(&self) -> &VecDeque<Happening> {
        &self.notable
    }

    /// The scenario that is carried out on the first branch, if the run began with one.
    pub fn script(&self) -> Option<&Script> {
        self.script.as_ref()
    }

    /// Waits at each step of a lesson from now on: [`Session::go_on`] lets it go on.
    pub fn pause_at_steps(&mut self) {
        if let Some(script) = &mut self.script {
            script.pause_at_steps();
        }
    }

    /// Lets a lesson go on from the step that it waits at.
    pub fn go_on(&mut self) {
        if let Some(script) = &mut self.script {
            script.go_on();
        }
    }

    /// Where what was recorded could not be done again, if so: a fault of the engine where its version
    /// is the same, and to be expected where another has recorded the run.
    pub fn difference(&self) -> Option<&Difference> {
        let of_script = || self.script.as_ref().and_then(Script::difference);
        self.difference.as_ref().or_else(of_script)
    }

    fn differs(&mut self, at: Moment, command: &Command, refusal: &Refusal) {
        let (command, found) = (command.to_string(), refusal.to_string());
        self.difference.get_or_insert(Difference { at, line: None, command, found });
    }

    /// How many key frames all branches keep.
    pub fn key_frames(&self) -> usize {
        self.branches.iter().map(|branch| branch.frames.len()).sum()
    }

    // ---- doing ----

    /// Does something now. Where the present is in the past of its branch, a new branch begins.
    /// Where it cannot be done, nothing changes.
    pub fn dispatch(&mut self, command: Command) -> Result<(), Refusal> {
        let checked = self.world.check(&command)?;
        if self.branch().commands.len() >= MAX_COMMANDS {
            return Err(limit(&format!("at most {MAX_COMMANDS} commands in a run")));
        }
        if !self.live {
            self.fork()?;
        }
        let moment = self.world.moment();
        self.world.carry_out(checked);
        self.branches[self.current].commands.push((moment, command));
        self.applied += 1;
        self.take_happenings();
        Ok(())
    }

    /// Begins a new branch at the present moment.
    pub fn fork(&mut self) -> Result<(), Refusal> {
        if self.branches.len() >= MAX_BRANCHES {
            return Err(limit(&format!("at most {MAX_BRANCHES} branches")));
        }
        let (moment, events) = (self.world.moment(), self.world.events());
        self.remember_head();
        let old = self.branch();
        let reached =
            |frame: &&Arc<Frame>| frame.world.events() <= events && frame.applied <= self.applied;
        let branch = Branch {
            parent: Some((self.current, moment)),
            commands: old.commands[..self.applied].to_vec(),
            frames: old.frames.iter().take_while(reached).cloned().collect(),
            marks: old.marks.iter().take_while(|mark| mark.at <= moment.time).copied().collect(),
            head: Head { moment, events },
        };
        self.branches.push(branch);
        self.current = self.branches.len() - 1;
        self.live = true;
        Ok(())
    }

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

    /// Processes one event, and whatever a scenario does before it.
    pub fn step(&mut self) {
        let before = self.world.events();
        for _ in 0..MAX_COMMANDS {
            let due = self.world.next_due();
            if !self.live {
                self.replay(due, Micros::MAX);
            } else if !self.carry_on(due, due.unwrap_or(0).max(self.world.now())) {
                break;
            }
            if self.world.events() > before {
                break;
            }
        }
        self.remember_head();
    }

    /// One thing of the recorded past. True where there is none up to `time`, or the end is reached.
    fn replay(&mut self, due: Option<Micros>, time: Micros) -> bool {
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
        self.take_happenings();
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
        self.take_happenings();
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
                Need::Leave => break,
                Need::Time(_) | Need::Event(_) | Need::Moment(_) | Need::Nothing => {
                    self.world.go_to(moment);
                    break;
                }
            }
        }
        self.take_happenings();
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
            let waits = self.script.as_ref().is_some_and(|script| script.waits_at().is_some());
            if stuck && (waits || self.world.now() >= MAX_TIME) {
                return true;
            }
        }
    }

    /// Goes to the moment after everything that happened up to `time`.
    pub fn seek(&mut self, time: Micros) {
        self.seek_where(
            |frame| frame.world.now() <= time,
            |session, due| session.replay(due, time),
        );
    }

    /// Goes to the moment after the n-th event of the branch.
    pub fn seek_event(&mut self, events: u64) {
        self.seek_where(
            |frame| frame.world.events() <= events,
            |session, due| session.world.events() >= events || session.replay(due, Micros::MAX),
        );
    }

    /// Goes to an exact moment.
    pub fn seek_moment(&mut self, moment: Moment) {
        self.seek_where(
            |frame| frame.world.moment() < moment,
            |session, due| {
                let next =
                    session.branch().commands.get(session.applied).map(|(moment, _)| *moment);
                let upcoming = upcoming(&session.world, due);
                if next.is_none_or(|next| next > moment)
                    && upcoming.is_none_or(|next| next >= moment)
                {
                    session.world.go_to(moment);
                    return true;
                }
                session.replay(due, moment.time)
            },
        );
    }

    fn seek_where(
        &mut self,
        before: impl Fn(&Frame) -> bool,
        mut arrived: impl FnMut(&mut Session, Option<Micros>) -> bool,
    ) {
        self.remember_head();
        let frames = &self.branch().frames;
        let at = frames.iter().rposition(|frame| before(frame)).unwrap_or(0);
        // Some happenings before the moment are wanted too: start a little earlier if need be.
        let frame = match frames.get(at) {
            Some(frame) => frame.clone(),
            None => return,
        };
        self.world = frame.world.clone();
        self.world.record(self.recording);
        self.applied = frame.applied;
        self.live = false;
        self.recent.clear();
        self.notable.clear();
        for _ in 0..u64::MAX {
            let due = self.world.next_due();
            if arrived(self, due) || self.live {
                break;
            }
        }
        self.take_happenings();
        let head = self.branch().head;
        let at_head = self.world.events() == head.events && self.world.moment() == head.moment;
        self.live = at_head && self.applied == self.branch().commands.len();
    }

    /// Goes to a branch, at the present time or at its end if it is shorter.
    pub fn switch(&mut self, branch: BranchId) {
        if branch >= self.branches.len() || branch == self.current {
            return;
        }
        self.remember_head();
        let time = self.world.now().min(self.branches[branch].head.moment.time);
        self.current = branch;
        // The head that was just remembered is the other branch's.
        self.live = false;
        self.seek(time);
    }

    fn remember_head(&mut self) {
        if self.live {
            let head = Head { moment: self.world.moment(), events: self.world.events() };
            self.branches[self.current].head = head;
        }
    }

    fn take_happenings(&mut self) {
        if !self.recording {
            return;
        }
        for happening in self.world.take_happenings() {
            if self.live
                && let Some(mark) = mark_of(&happening)
            {
                self.branches[self.current].keep_mark(mark);
            }
            if happening.matters() {
                keep(&mut self.notable, happening.clone());
            }
            self.happened += 1;
            keep(&mut self.recent, happening);
        }
    }
}

fn keep(ring: &mut VecDeque<Happening>, happening: Happening) {
    if ring.len() >= MAX_RECENT {
        ring.pop_front();
    }
    ring.push_back(happening);
}

/// The moment at which the next event will happen.
fn upcoming(world: &World, due: Option<Micros>) -> Option<Moment> {
    let here = world.moment();
    due.map(|due| Moment { time: due, after: if due > here.time { 0 } else { here.after } })
}

fn limit(expected: &str) -> Refusal {
    Refusal { expected: expected.into(), found: "one more".into() }
}
