//! A lesson at one moment: which step it is, what it says and asks, and where to look.
//!
//! The step follows from the moment alone, so that the text fits the picture at any moment.

use crate::tab::Tab;
use raft_core::{Micros, NodeId};
use raft_sim::scenario::{Guess, Look, Scenario, Statement, StatementKind, Tell, Text};
use raft_sim::{BranchId, Guessed, Reached, ScriptState, Session};
use std::sync::Arc;

/// The branch that a lesson is on; what is tried goes on others.
pub const LESSON: BranchId = 0;

/// A lesson at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LessonView {
    /// Its title.
    pub title: String,
    /// Which step, from 1; 0 before the first.
    pub step: usize,
    /// How many steps there are.
    pub steps: usize,
    /// The step's idea.
    pub heading: String,
    /// What was said since the step began, in order.
    pub said: Vec<String>,
    /// Something to try.
    pub try_this: Option<String>,
    /// What is asked, or how it turned out.
    pub question: Option<Question>,
    /// Servers to look at; none: all.
    pub servers: Vec<NodeId>,
    /// The tab to look at.
    pub panel: Option<Tab>,
    /// Whether the logs of the servers are to be looked at.
    pub log: bool,
    /// The keys that state machines show; none: those of the latest writes.
    pub show: Arc<[String]>,
    /// Whether the step moves at half the pace.
    pub is_slow: bool,
    /// What stands in the step for one who presents it, from its beginning on. Readers do not see
    /// it.
    pub notes: Vec<String>,
    /// Whether the step's movement is over.
    pub is_still: bool,
    /// Whether everything was told.
    pub is_over: bool,
    /// Whether somebody has left it to try something.
    pub is_away: bool,
    /// Where the step began, and where it ended if it has.
    pub span: (Micros, Option<Micros>),
}

/// A question of the lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Which of the scenario's statements.
    pub statement: usize,
    /// The question.
    pub text: String,
    /// What one can answer.
    pub choices: Vec<Guessed>,
    /// The right answer, once this moment shows it.
    pub outcome: Option<Guessed>,
    /// Whether the lesson waits for an answer.
    pub waits: bool,
    /// How much of what the step says was said before it was asked.
    pub after: usize,
}

/// A goal of a puzzle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalView {
    /// What is asked for.
    pub text: String,
    /// Whether it is so now.
    pub is_reached: bool,
}

/// Whether a scenario is told in steps.
pub fn is_lesson(scenario: &Scenario) -> bool {
    scenario.statements.iter().any(|statement| is_step(Some(statement)))
}

/// Whether a scenario is a puzzle.
pub fn is_puzzle(scenario: &Scenario) -> bool {
    let is_goal = |s: &Statement| matches!(s.kind, StatementKind::Tell(Tell::Goal(_)));
    scenario.statements.iter().any(is_goal)
}

fn is_step(statement: Option<&Statement>) -> bool {
    statement.is_some_and(|s| matches!(s.kind, StatementKind::Tell(Tell::Step)))
}

/// The titles of the steps, in order.
pub fn headings(scenario: &Scenario, language: &str) -> Vec<String> {
    let steps = scenario.statements.iter().filter(|statement| is_step(Some(statement)));
    steps.map(|statement| said(statement, language)).collect()
}

/// How many steps a scenario's statements have.
pub fn count_of_steps(statements: &[Statement]) -> usize {
    statements.iter().filter(|statement| is_step(Some(statement))).count()
}

fn said(statement: &Statement, language: &str) -> String {
    statement.says.as_ref().map_or("", |text| text.in_language(language)).to_string()
}

/// When the n-th step, from 1, was reached, if it was: its movement begins a microsecond later.
pub fn start_of(session: &Session, step: usize) -> Option<Micros> {
    let script = session.script()?;
    let statements = &script.scenario().statements;
    let mut steps =
        script.reached().iter().filter(|reached| is_step(statements.get(reached.statement)));
    steps.nth(step.checked_sub(1)?).map(|reached| reached.at)
}

/// The lesson as it is at the session's moment.
pub fn lesson(session: &Session, language: &str) -> Option<LessonView> {
    let script = session.script()?;
    let scenario = script.scenario();
    let statements = &scenario.statements;
    let title = scenario.about.title.as_ref();
    let mut view = LessonView {
        title: title.map_or("", |title| title.in_language(language)).to_string(),
        steps: count_of_steps(statements),
        is_away: session.current() != LESSON,
        ..LessonView::default()
    };
    let now = session.world().now();
    for reached in script.reached() {
        // A stop is passed when time has gone on from it.
        let is_stop = is_stop(statements.get(reached.statement));
        let is_first = reached.at == 0 && script.waits_at() != Some(reached.statement);
        let is_past = if is_stop && !is_first { reached.at < now } else { reached.at <= now };
        let statement = &statements[reached.statement];
        if is_step(Some(statement)) {
            if !is_past {
                view.span.1 = view.span.1.or(Some(reached.at));
                break;
            }
            view.begin(statement, reached, language);
            view.take_of_the_step(&statements[reached.statement + 1..], language);
        } else if is_past || (is_stop && reached.at == now) {
            view.take(statement, reached, session, language);
        }
    }
    view.said = said_since(session, view.span.0, now, language);
    let waits_at = script.waits_at().filter(|_| session.is_live());
    view.is_over = script.state() != ScriptState::Running && session.is_live();
    let ended = view.span.1.is_some_and(|end| now >= end);
    view.is_still = ended || waits_at.is_some() || view.is_over;
    let asked = view.question.as_ref().map(|question| question.statement);
    if let Some(question) = &mut view.question {
        question.waits = waits_at.is_some() && waits_at == asked;
        if !(view.is_over || ended) {
            question.outcome = question.outcome.filter(|_| waits_at.is_some() && waits_at != asked);
        }
    }
    Some(view)
}

/// What was said on the lesson's branch after one moment and up to another.
fn said_since(session: &Session, since: Micros, now: Micros, language: &str) -> Vec<String> {
    let Some(script) = session.script() else { return Vec::new() };
    let statements = &script.scenario().statements;
    let is_said = |reached: &&Reached| {
        let statement = statements.get(reached.statement);
        let is_text = statement.is_some_and(|s| matches!(s.kind, StatementKind::Do(_)));
        is_text && reached.at > since && reached.at <= now
    };
    let said_then = script.reached().iter().filter(is_said);
    said_then.map(|reached| said(&statements[reached.statement], language)).collect()
}

fn is_stop(statement: Option<&Statement>) -> bool {
    statement.is_some_and(|s| matches!(s.kind, StatementKind::Tell(Tell::Step | Tell::Predict(_))))
}

impl LessonView {
    /// How many times slower than usual the step moves.
    pub fn slowness(&self) -> u32 {
        if self.is_slow { 2 } else { 1 }
    }

    fn begin(&mut self, statement: &Statement, reached: &Reached, language: &str) {
        let old = std::mem::take(self);
        *self = LessonView {
            title: old.title,
            step: old.step + 1,
            steps: old.steps,
            is_away: old.is_away,
            heading: said(statement, language),
            span: (reached.at, None),
            ..LessonView::default()
        };
    }

    /// What holds from the step's beginning on, wherever it stands among the lines after that.
    fn take_of_the_step(&mut self, after: &[Statement], language: &str) {
        for statement in after.iter().take_while(|statement| !is_step(Some(statement))) {
            match &statement.kind {
                StatementKind::Tell(Tell::Slow) => self.is_slow = true,
                StatementKind::Tell(Tell::Note) => self.notes.push(said(statement, language)),
                StatementKind::Tell(_)
                | StatementKind::Run(_)
                | StatementKind::Measure(_)
                | StatementKind::Until { .. }
                | StatementKind::Do(_)
                | StatementKind::Let { .. }
                | StatementKind::Expect(_) => {}
            }
        }
    }

    fn take(
        &mut self,
        statement: &Statement,
        reached: &Reached,
        session: &Session,
        language: &str,
    ) {
        let StatementKind::Tell(tell) = &statement.kind else { return };
        match tell {
            Tell::Try => self.try_this = Some(said(statement, language)),
            Tell::Look(look) => self.look(look, reached),
            Tell::Show(keys) => self.show = keys.as_slice().into(),
            Tell::Predict(guess) => {
                let servers = session.world().servers().iter();
                let choices = match guess {
                    Guess::WhoLeads => servers
                        .map(|server| Guessed::Leader(Some(server.id())))
                        .chain([Guessed::Leader(None)])
                        .collect(),
                    Guess::Whether(_) => vec![Guessed::Held(true), Guessed::Held(false)],
                };
                self.question = Some(Question {
                    statement: reached.statement,
                    text: said(statement, language),
                    choices,
                    outcome: reached.outcome,
                    waits: false,
                    after: said_since(session, self.span.0, reached.at, language).len(),
                });
            }
            Tell::Step | Tell::Slow | Tell::Note | Tell::Goal(_) | Tell::Solution => {}
        }
    }

    fn look(&mut self, look: &Look, reached: &Reached) {
        self.servers = reached.servers.clone();
        self.log = matches!(look, Look::Log(_));
        match look {
            Look::Panel(word) => self.panel = Tab::of_word(word),
            Look::Servers(_) | Look::Log(_) | Look::Link(..) | Look::Everything => {
                self.panel = None;
            }
        }
    }
}

/// The goals of a puzzle, and which are reached at this moment.
pub fn goals(session: &Session, language: &str) -> Vec<GoalView> {
    let Some(script) = session.script() else { return Vec::new() };
    let statements = script.scenario().statements.iter();
    let goals = statements.filter_map(|statement| {
        let StatementKind::Tell(Tell::Goal(claim)) = &statement.kind else { return None };
        Some((statement, claim))
    });
    goals
        .map(|(statement, claim)| GoalView {
            text: statement
                .says
                .as_ref()
                .map_or("", |text: &Text| text.in_language(language))
                .into(),
            is_reached: claim.check(session.world(), script.variables()).is_ok(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use raft_sim::scenario;

    const STEPS: &str = "\
nodes 1
step \"One\"
show x \"a b\"
run 10ms
say \"At 10 ms.\"
run 10ms
show y
note \"Wait for the question.\"
zh \"等提问。\"
run 10ms
step \"Two\"
run 10ms
pace slow
say \"At 40 ms.\"
";

    /// What holds of a step at each of these moments.
    fn check(times: &[Micros], language: &str, expected: Expect) {
        let mut session = Session::open(scenario::parse(STEPS).expect("a scenario"));
        session.finish_script(1_000);
        let mut text = String::new();
        for time in times {
            session.seek(*time);
            let LessonView { step, show, is_slow, notes, .. } =
                lesson(&session, language).expect("a lesson");
            text += &format!("{time}: step {step}, {show:?}, slow {is_slow}, {notes:?}\n");
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn keys_are_shown_until_the_next_step() {
        check(
            &[2, 15_000, 25_000, 35_000],
            "en",
            expect![[r#"
            2: step 1, ["x", "a b"], slow false, ["Wait for the question."]
            15000: step 1, ["x", "a b"], slow false, ["Wait for the question."]
            25000: step 1, ["y"], slow false, ["Wait for the question."]
            35000: step 2, [], slow true, []
        "#]],
        );
    }

    #[test]
    fn a_note_is_there_from_the_steps_beginning_on() {
        check(
            &[2, 30_000],
            "zh",
            expect![[r#"
            2: step 1, ["x", "a b"], slow false, ["等提问。"]
            30000: step 1, ["y"], slow false, ["等提问。"]
        "#]],
        );
    }
}
