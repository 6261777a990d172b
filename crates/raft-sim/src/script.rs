//! Carries out a scenario step by step: what it needs next depends on what the world has come to.

use crate::ENGINE_VERSION;
use crate::claim::{Claim, Set, Value, Variables, resolve};
use crate::command::{Command, Refusal, expand};
use crate::deeds;
use crate::difference::Difference;
use crate::gauge::{Expectation, Gauge, Guessed, Reached};
use crate::scenario::{Guess, Look, Pass, Remember, Scenario, Statement, StatementKind, Tell};
use crate::time::{Exact, Moment};
use crate::world::World;
use raft_core::{Micros, NodeId};
use std::sync::Arc;

/// What a script needs before it can go on.
#[derive(Clone, Debug)]
pub enum Need {
    /// Everything due up to this time, the time included, must have happened.
    Time(Micros),
    /// This moment must have been reached.
    Moment(Moment),
    /// One more event must have happened, or, where none is due by then, this time be reached.
    Event(Micros),
    /// Whoever steps through the lesson: [`Script::go_on`].
    Leave,
    /// These commands are to be done now; none where the script has just ended.
    Do(Vec<Command>),
    /// Nothing: it has ended.
    Nothing,
}

/// Whether a script has more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptState {
    /// It has.
    Running,
    /// Every line was carried out.
    Finished,
    /// A wait failed or an action could not be done; the rest was left out.
    Stopped,
}

/// A scenario under way.
#[derive(Clone, Debug)]
pub struct Script {
    scenario: Arc<Scenario>,
    next: usize,
    /// The present statement's `@time` was reached.
    placed: bool,
    goal: Option<Goal>,
    variables: Variables,
    expectations: Vec<Expectation>,
    state: ScriptState,
    /// It waits at each step and each question until it is let go on; and where the solution
    /// begins.
    pauses: bool,
    /// The stop that it was let go on from.
    left: Option<usize>,
    reached: Vec<Reached>,
    gauges: Vec<Gauge>,
    difference: Option<Difference>,
    is_another_course: bool,
}

#[derive(Clone, Copy, Debug)]
enum Goal {
    Time(Micros),
    Claim { deadline: Micros },
}

impl Script {
    /// A script at its beginning.
    pub fn new(scenario: Arc<Scenario>) -> Script {
        Script {
            scenario,
            next: 0,
            placed: false,
            goal: None,
            variables: Variables::default(),
            expectations: Vec::new(),
            state: ScriptState::Running,
            pauses: false,
            left: None,
            reached: Vec::new(),
            gauges: Vec::new(),
            difference: None,
            is_another_course: false,
        }
    }

    /// Goes on where chance is another: what cannot be done there is left out.
    pub(crate) fn take_another_course(&mut self) {
        self.is_another_course = true;
    }

    /// Waits from now on at each step and each question until it is told to go on, and ends where a
    /// puzzle's solution begins.
    pub fn pause_at_steps(&mut self) {
        self.pauses = true;
    }

    /// Goes on from the stop that it waits at.
    pub fn go_on(&mut self) {
        self.left = Some(self.next);
    }

    /// The stop that it waits at: which of the scenario's statements.
    pub fn waits_at(&self) -> Option<usize> {
        let waits = self.pauses
            && self.state == ScriptState::Running
            && self.left != Some(self.next)
            && self.reached.last().is_some_and(|reached| reached.statement == self.next);
        waits.then_some(self.next)
    }

    /// The lines of a lesson that it has come to, in order.
    pub fn reached(&self) -> &[Reached] {
        &self.reached
    }

    /// The statement that comes next, while it runs.
    pub fn next_statement(&self) -> Option<&Statement> {
        let next = self.scenario.statements.get(self.next);
        next.filter(|_| self.state == ScriptState::Running)
    }

    /// What there was at each `measure` so far, and behind them, once it has ended, at the end.
    pub fn gauges(&self) -> &[Gauge] {
        &self.gauges
    }

    /// What `let` has remembered.
    pub fn variables(&self) -> &Variables {
        &self.variables
    }

    /// The scenario that it carries out.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// What became of its claims so far.
    pub fn expectations(&self) -> &[Expectation] {
        &self.expectations
    }

    /// Whether it has more to do.
    pub fn state(&self) -> ScriptState {
        self.state
    }

    /// The line that it is at, if it still runs.
    pub fn line(&self) -> Option<u32> {
        self.next_statement().map(|statement| statement.line)
    }

    /// What it needs now. `next_due` is when the world's next event is due. Claims that can be
    /// decided are decided, and what `let` remembers is looked up.
    pub fn poll(&mut self, world: &World, next_due: Option<Micros>) -> Need {
        if self.state != ScriptState::Running {
            return Need::Nothing;
        }
        while self.state == ScriptState::Running {
            let scenario = self.scenario.clone();
            let Some(statement) = scenario.statements.get(self.next) else {
                self.state = ScriptState::Finished;
                break;
            };
            if let (Some((time, after)), false) = (statement.at, self.placed) {
                if let Some(need) = self.go_to(time, after, world, next_due) {
                    return need;
                }
                continue;
            }
            if deeds::are_missing_for(&statement.kind) {
                return Need::Leave;
            }
            let needs = match &statement.kind {
                StatementKind::Run(pass) => self.run(*pass, world, next_due),
                StatementKind::Until { claim, within } => {
                    self.wait_for(claim, *within, world, next_due)
                }
                StatementKind::Do(command) => self.act(command, world),
                StatementKind::Let { name, what } => {
                    self.remember(name, what, world);
                    None
                }
                StatementKind::Expect(claim) => {
                    self.conclude(self.check(claim, world));
                    None
                }
                StatementKind::Tell(tell) => self.tell(tell, world, next_due),
                StatementKind::Measure(_) => {
                    self.gauge(world);
                    self.advance();
                    None
                }
            };
            if let Some(need) = needs {
                return need;
            }
        }
        if self.state == ScriptState::Finished {
            if !self.gauges.is_empty() {
                self.gauge(world);
            }
            self.settle_questions(world);
            self.conclude_goals(world);
        }
        // It has just ended: whoever carries it out may look before anything else happens.
        Need::Do(Vec::new())
    }

    fn gauge(&mut self, world: &World) {
        self.gauges.extend(deeds::deeds().map(|deeds| (deeds.gauge)(self.next, world)));
    }

    /// `run 200ms`: time passes, everything due at its end included.
    fn run(&mut self, pass: Pass, world: &World, next_due: Option<Micros>) -> Option<Need> {
        let Some(Goal::Time(end)) = self.goal else {
            let span = match pass {
                Pass::For(span) => span,
                Pass::Between(_) | Pass::WithinHeartbeat => {
                    deeds::deeds().map_or(0, |deeds| (deeds.pass)(pass, self.next as u64, world))
                }
            };
            self.goal = Some(Goal::Time(world.now().saturating_add(span)));
            return None;
        };
        if world.now() < end || next_due.is_some_and(|due| due <= end) {
            return Some(Need::Time(end));
        }
        self.advance();
        None
    }

    /// `run until CLAIM within 2s`: event by event, so that not one more happens once it holds.
    fn wait_for(
        &mut self,
        claim: &Claim,
        within: Micros,
        world: &World,
        next_due: Option<Micros>,
    ) -> Option<Need> {
        let Some(Goal::Claim { deadline }) = self.goal else {
            let deadline = world.now().saturating_add(within);
            self.goal = Some(Goal::Claim { deadline });
            return None;
        };
        let goes_on = next_due.is_some_and(|due| due <= deadline) || world.now() < deadline;
        if goes_on && !claim.is_true(world, &self.variables) {
            return Some(Need::Event(deadline));
        }
        match claim.check(world, &self.variables) {
            Ok(()) => self.conclude(Ok(())),
            Err(found) => {
                self.conclude(Err(format!("{found}, after {}", Exact(within))));
                self.state = ScriptState::Stopped;
            }
        }
        None
    }

    fn act(&mut self, command: &Command<Set>, world: &World) -> Option<Need> {
        match self.expand(command, world) {
            Ok(commands) => {
                if matches!(command, Command::Say(_)) {
                    self.reach(&[], world);
                }
                Some(Need::Do(commands))
            }
            Err(refusal) => {
                self.refused(&refusal, world.moment());
                None
            }
        }
    }

    fn remember(&mut self, name: &str, what: &Remember, world: &World) {
        match self.look_up(what, world) {
            Ok(value) => {
                self.variables.insert(name.to_string(), value);
                self.advance();
            }
            Err(found) => {
                let expected = "something to remember".into();
                self.refused(&Refusal { expected, found }, world.moment());
            }
        }
    }

    /// A line of a lesson; what it needs before the next.
    fn tell(&mut self, tell: &Tell, world: &World, next_due: Option<Micros>) -> Option<Need> {
        match tell {
            Tell::Look(Look::Servers(sets) | Look::Log(sets)) => self.reach(sets, world),
            Tell::Look(Look::Link(from, to)) => self.reach(&[from.clone(), to.clone()], world),
            Tell::Look(Look::Panel(_) | Look::Everything)
            | Tell::Show(_)
            | Tell::Try
            | Tell::Goal(_) => self.reach(&[], world),
            Tell::Slow | Tell::Note => {}
            Tell::Step | Tell::Predict(_) => return self.stop(tell, world, next_due),
            Tell::Solution if self.pauses => {
                self.next = self.scenario.statements.len();
                self.state = ScriptState::Finished;
                self.pauses = false;
                return Some(Need::Do(Vec::new()));
            }
            Tell::Solution => {}
        }
        self.advance();
        None
    }

    /// A stop takes a microsecond, so that the moments before and after it differ.
    fn stop(&mut self, tell: &Tell, world: &World, next_due: Option<Micros>) -> Option<Need> {
        if self.reached.last().is_none_or(|reached| reached.statement != self.next) {
            if next_due.is_some_and(|due| due <= world.now()) {
                // What else happens at this very instant belongs to what came before.
                return Some(Need::Time(world.now()));
            }
            if matches!(tell, Tell::Step) {
                self.settle_questions(world);
            }
            self.reach(&[], world);
        }
        if self.pauses && self.left != Some(self.next) {
            return Some(Need::Leave);
        }
        let Some(Goal::Time(end)) = self.goal else {
            let end = world.now().saturating_add(1);
            self.goal = Some(Goal::Time(end));
            return Some(Need::Time(end));
        };
        if world.now() < end || next_due.is_some_and(|due| due <= end) {
            return Some(Need::Time(end));
        }
        self.advance();
        None
    }

    fn reach(&mut self, sets: &[Set], world: &World) {
        let servers = sets.iter().filter_map(|set| resolve(set, world, &self.variables).ok());
        let servers = servers.flatten().collect();
        let reached = Reached { statement: self.next, at: world.now(), servers, outcome: None };
        self.reached.push(reached);
    }

    /// What was asked since the last step is known now.
    fn settle_questions(&mut self, world: &World) {
        let scenario = self.scenario.clone();
        for reached in self.reached.iter_mut().filter(|reached| reached.outcome.is_none()) {
            let statement = scenario.statements.get(reached.statement);
            let Some(StatementKind::Tell(Tell::Predict(guess))) = statement.map(|s| &s.kind) else {
                continue;
            };
            reached.outcome = Some(match guess {
                Guess::WhoLeads => Guessed::Leader(world.leader().map(|leader| leader.id())),
                Guess::Whether(claim) => Guessed::Held(claim.check(world, &self.variables).is_ok()),
            });
        }
    }

    /// The goals of a puzzle whose solution was carried out are to be reached in the end.
    fn conclude_goals(&mut self, world: &World) {
        let scenario = self.scenario.clone();
        for statement in &scenario.statements {
            let StatementKind::Tell(Tell::Goal(claim)) = &statement.kind else { continue };
            let held = self.check(claim, world);
            self.expectations.push(Expectation {
                line: statement.line,
                text: statement.text.clone(),
                ok: held.is_ok(),
                found: held.err().unwrap_or_default(),
            });
        }
    }

    /// The commands of the last [`Need::Do`] are done.
    pub fn done(&mut self) {
        if self.state == ScriptState::Running {
            self.advance();
        }
    }

    /// One of them could not be done: what follows would rest on it, so the script ends. A run that
    /// another version of the engine has recorded goes on as far as it can.
    pub fn refused(&mut self, refusal: &Refusal, at: Moment) {
        let is_older = self.scenario.engine.is_some_and(|engine| engine != ENGINE_VERSION);
        self.differs(at, &refusal.to_string());
        self.conclude(Err(refusal.to_string()));
        if !is_older && !self.is_another_course {
            self.state = ScriptState::Stopped;
        }
    }

    /// Where a recorded run first took a different course.
    pub fn difference(&self) -> Option<&Difference> {
        self.difference.as_ref()
    }

    fn differs(&mut self, at: Moment, found: &str) {
        if self.scenario.engine.is_none() || self.difference.is_some() {
            return;
        }
        self.difference = self.scenario.statements.get(self.next).map(|statement| Difference {
            at,
            line: Some(statement.line),
            command: statement.text.clone(),
            found: found.to_string(),
        });
    }

    fn check(&self, claim: &Claim, world: &World) -> Result<(), String> {
        claim.check(world, &self.variables)
    }

    fn go_to(
        &mut self,
        time: Micros,
        after: Option<u32>,
        world: &World,
        next_due: Option<Micros>,
    ) -> Option<Need> {
        let here = world.moment();
        let past = match after {
            Some(after) => Moment { time, after } < here,
            None => time < here.time,
        };
        if past {
            let expected = format!("a time not before {}", Exact(here.time));
            self.refused(&Refusal { expected, found: format!("@{}", Exact(time)) }, here);
            return None;
        }
        let reached = match after {
            Some(after) => here == Moment { time, after },
            None => here.time == time && next_due.is_none_or(|due| due > time),
        };
        if reached {
            self.placed = true;
            return None;
        }
        match after {
            None => Some(Need::Time(time)),
            // Fewer events are due at that time than the moment says: it is reached without them.
            Some(_) if here.time == time && next_due.is_none_or(|due| due > time) => {
                self.differs(here, "expected more events at that time, found no other");
                self.placed = true;
                None
            }
            Some(after) => Some(Need::Moment(Moment { time, after })),
        }
    }

    fn advance(&mut self) {
        self.next += 1;
        self.placed = false;
        self.goal = None;
    }

    fn conclude(&mut self, held: Result<(), String>) {
        if let Some(statement) = self.scenario.statements.get(self.next) {
            self.expectations.push(Expectation {
                line: statement.line,
                text: statement.text.clone(),
                ok: held.is_ok(),
                found: held.err().unwrap_or_default(),
            });
        }
        self.advance();
    }

    fn look_up(&self, what: &Remember, world: &World) -> Result<Value, String> {
        let one = |set: &Set| -> Result<NodeId, String> {
            let ids = resolve(set, world, &self.variables)?;
            ids.first().copied().ok_or_else(|| "no server".into())
        };
        match what {
            Remember::Server(set) => one(set).map(Value::Server),
            Remember::Number(number) => Ok(Value::Number(*number)),
            Remember::Quantity(quantity, set) => {
                let id = one(set)?;
                let server = world.server(id).ok_or_else(|| format!("no server {id}"))?;
                Ok(Value::Number(quantity.of(server)))
            }
        }
    }

    /// Puts servers in the place of sets.
    fn expand(&self, command: &Command<Set>, world: &World) -> Result<Vec<Command>, Refusal> {
        expand(command, world, &self.variables)
    }
}
