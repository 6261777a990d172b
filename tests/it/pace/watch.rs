//! A person who watches a lesson: how long everything that matters is on the screen. Measured from
//! outside, frame by frame, and not read off the director's plan.

use raft_core::Micros;
use raft_sim::scenario::Scenario;
use raft_sim::{Command, Script, ScriptState, Session, TraceEvent, What};
use raft_view::director::{Director, Rank, Telling, follows, follows_load, rank, reading_time};
use raft_view::lesson::{LessonView, lesson};
use std::collections::BTreeMap;

/// The real time of a frame: how exactly anything is measured.
pub const FRAME: Micros = 5_000;
/// No step takes so many frames.
const MOST_FRAMES: u64 = 200_000;

/// The shortest times of a step, each in real microseconds; `None` where it has nothing of the kind
/// that ends before the step rests.
#[derive(Debug, Default)]
pub struct Seen {
    pub lesson: String,
    pub step: usize,
    pub heading: String,
    /// That everything stands still at a moment that decides something.
    pub moment: Option<Micros>,
    /// That a message which matters is on its way, standing still not counted.
    pub message: Option<Micros>,
    /// That a sentence stays before the next one comes.
    pub sentence: Option<Micros>,
    /// How much longer than it takes to read, the least of all; below 0, too short.
    pub spare: Option<i64>,
    /// How long the movement takes.
    pub whole: Micros,
}

/// Watches a lesson from its beginning to its end, step by step.
pub fn watch(name: &str, scenario: Scenario) -> Vec<Seen> {
    let mut session = Session::open(scenario);
    session.pause_at_steps();
    session.advance(Micros::MAX, u64::MAX);
    let mut all = Vec::new();
    while session.script().is_some_and(|script| script.waits_at().is_some()) {
        let before = session.happened();
        session.go_on();
        session.advance(session.world().now() + 1, u64::MAX);
        let view = lesson(&session, "en").expect("a lesson");
        let mut seen = Watcher::new(&session, before, &view).watch(&mut session);
        (seen.lesson, seen.step, seen.heading) = (name.into(), view.step, view.heading);
        all.push(seen);
    }
    all
}

struct Watcher {
    director: Director,
    real: Micros,
    /// Messages that matter and were sent in this step: when each is due, and how long it has
    /// moved.
    moved: BTreeMap<u64, (Micros, Micros)>,
    /// Those that were sent before.
    older: Vec<u64>,
    /// The moments at which everything has to stand still now, and since when it does.
    holds: Option<Micros>,
    /// The sentence that stands, and since when.
    said: Option<(String, Micros)>,
    known: u64,
    seen: Seen,
}

impl Watcher {
    fn new(session: &Session, before: u64, view: &LessonView) -> Watcher {
        let mut director = Director::new(Telling::Lesson, view.slowness());
        director.has_said(&view.heading);
        let mut watcher = Watcher {
            director,
            real: 0,
            moved: BTreeMap::new(),
            older: session.world().network().in_flight().iter().map(|f| f.id()).collect(),
            holds: None,
            said: None,
            known: before,
            seen: Seen::default(),
        };
        watcher.take_events(session);
        watcher
    }

    fn watch(mut self, session: &mut Session) -> Seen {
        for _ in 0..MOST_FRAMES {
            let before = session.world().now();
            let goal = self.director.frame(session, FRAME, None);
            session.advance(goal, u64::MAX);
            self.director.has_heard(session);
            self.real += FRAME;
            let moves = session.world().now() > before;
            if moves {
                self.it_moves(session);
            }
            self.take_events(session);
            let rests = |script: &Script| {
                script.waits_at().is_some() || script.state() != ScriptState::Running
            };
            if session.script().is_none_or(rests) {
                self.seen.whole = self.real;
                return self.seen;
            }
        }
        panic!("a step of {} does not end", self.seen.heading);
    }

    /// Time went on in this frame: what stood still did so until now.
    fn it_moves(&mut self, session: &Session) {
        if let Some(since) = self.holds.take() {
            let held = self.real - FRAME - since;
            self.seen.moment = Some(self.seen.moment.map_or(held, |least| least.min(held)));
        }
        let load = follows_load(session.world());
        let mut moving = std::mem::take(&mut self.moved);
        for flight in session.world().network().in_flight() {
            if !flight.held
                && follows(flight.message.kind(), load)
                && !self.older.contains(&flight.id())
            {
                let (_, moved) = moving.remove(&flight.id()).unwrap_or_default();
                self.moved.insert(flight.id(), (flight.due, moved + FRAME));
            }
        }
        // What is gone before it was due has not arrived.
        let now = session.world().now();
        for moved in moving.into_values().filter(|(due, _)| *due <= now).map(|(_, moved)| moved) {
            self.seen.message = Some(self.seen.message.map_or(moved, |least| least.min(moved)));
        }
    }

    fn take_events(&mut self, session: &Session) {
        let fresh = session.happened() - self.known;
        self.known = session.happened();
        let load = follows_load(session.world());
        let recent = session.recent();
        let fresh = usize::try_from(fresh).expect("few").min(recent.len());
        for event in recent.range(recent.len() - fresh..) {
            self.take_event(event, load);
        }
    }

    fn take_event(&mut self, event: &TraceEvent, load: bool) {
        if rank(event, load) < Rank::Decisive {
            return;
        }
        self.holds = Some(self.real);
        let What::Did(Command::Say(text)) = &event.what else { return };
        // What is said at one instant is one text.
        if let Some((before, since)) = &mut self.said
            && *since == self.real
        {
            *before += text;
            return;
        }
        if let Some((before, since)) = self.said.replace((text.clone(), self.real)) {
            let stayed = self.real - since;
            self.seen.sentence = Some(self.seen.sentence.map_or(stayed, |least| least.min(stayed)));
            let spare = stayed as i64 - reading_time(&before) as i64;
            self.seen.spare = Some(self.seen.spare.map_or(spare, |least| least.min(spare)));
        }
    }
}
