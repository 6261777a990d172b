//! A run with its history: any moment can be gone back to, and doing something there starts a new
//! branch; none is ever lost.
//!
//! History is key frames and commands: going anywhere is "nearest key frame, then replay".

mod branch;
mod future;
mod passing;
mod seeking;

use crate::MAX_COMMANDS;
use crate::command::{Command, Refusal};
use crate::difference::Difference;
use crate::scenario::Scenario;
use crate::script::Script;
use crate::settings::Settings;
use crate::time::Moment;
use crate::trace::TraceEvent;
use crate::world::{Checks, World};
use raft_core::Micros;
use std::collections::VecDeque;
use std::sync::Arc;

pub use branch::{Branch, Mark, MarkKind};
use branch::{Frame, Head, mark_of};

/// The most branches.
pub const MAX_BRANCHES: usize = 64;
/// The most trace events that are remembered at once.
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
    recent: VecDeque<TraceEvent>,
    notable: VecDeque<TraceEvent>,
    happened: u64,
    /// How many of those only brought back a moment.
    replayed: u64,
    script: Option<Script>,
    /// How many of the first branch's commands are the script's.
    scripted: usize,
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
            replayed: 0,
            script: None,
            scripted: 0,
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
    pub fn recent(&self) -> &VecDeque<TraceEvent> {
        &self.recent
    }

    /// How many trace events there were, replays included.
    pub fn happened(&self) -> u64 {
        self.happened
    }

    /// How many there were without those that only brought back another moment: whoever remembers
    /// the number knows how many of the latest are news.
    pub fn news(&self) -> u64 {
        self.happened - self.replayed
    }

    /// What happened lately that mattered, oldest first.
    pub fn notable(&self) -> &VecDeque<TraceEvent> {
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

    /// Where what was recorded could not be done again, if so: a fault of the engine where its
    /// version is the same, and to be expected where another has recorded the run.
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
        self.take_trace();
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
            is_another_course: false,
        };
        self.branches.push(branch);
        self.current = self.branches.len() - 1;
        self.live = true;
        Ok(())
    }

    fn remember_head(&mut self) {
        if self.live {
            let head = Head { moment: self.world.moment(), events: self.world.events() };
            self.branches[self.current].head = head;
        }
    }

    fn take_trace(&mut self) {
        if !self.recording {
            return;
        }
        for event in self.world.take_trace() {
            if self.live
                && let Some(mark) = mark_of(&event)
            {
                self.branches[self.current].keep_mark(mark);
            }
            if event.matters() {
                keep(&mut self.notable, event.clone());
            }
            self.happened += 1;
            keep(&mut self.recent, event);
        }
    }
}

fn keep(ring: &mut VecDeque<TraceEvent>, event: TraceEvent) {
    if ring.len() >= MAX_RECENT {
        ring.pop_front();
    }
    ring.push_back(event);
}

fn limit(expected: &str) -> Refusal {
    Refusal { expected: expected.into(), found: "one more".into() }
}
