//! The page that a playground is on: what it asks, and what it is told.

use super::App;
use super::deeds::deeds;
use crate::language;
use crate::message::{Link, Message, Time, Turn};
use crate::options::Options;
use crate::script;
use crate::told::{self, Answer, Ask, Problem, Step, Told};
use raft_core::Micros;
use raft_sim::time::Exact;
use raft_sim::{Progress, ScriptState};
use wasm_bindgen::JsValue;
use yew::Callback;

/// How often time is told while it passes, in milliseconds.
const TELL_MS: f64 = 250.0;

/// Who is told what happens, and what they were told.
pub struct Host {
    tell: Option<Callback<Told>>,
    is_ready: bool,
    /// Whether a text of the gallery that was asked for is on its way.
    pub fetches: bool,
    /// How many of the session's trace events it knows.
    heard: u64,
    step: Step,
    /// The time that was told last, whether it passed then, and when that was.
    time: (Micros, bool),
    told_at: f64,
    has_ended: bool,
    /// It has come to where it was to stop, which was not told yet.
    pub(super) has_come: bool,
    /// What is wrong and was not told yet.
    wrong: Vec<Problem>,
}

impl Host {
    /// One that has been told nothing.
    pub fn new(tell: Option<Callback<Told>>) -> Host {
        Host {
            tell,
            is_ready: false,
            fetches: false,
            heard: 0,
            step: Step::default(),
            time: (0, false),
            told_at: 0.0,
            has_ended: false,
            has_come: false,
            wrong: Vec::new(),
        }
    }

    /// Whether there is one who listens.
    pub fn is_there(&self) -> bool {
        self.tell.is_some()
    }
}

/// Whether a message lets the run go on, so that what the engine does is news; otherwise it goes to
/// another moment or run, and what is done again on the way there is none.
pub fn goes_on(message: &Message) -> bool {
    match message {
        Message::Time(time) => matches!(time, Time::Play(_) | Time::TogglePlay | Time::Step),
        Message::Turn(turn) => !matches!(turn, Turn::Back | Turn::Replay | Turn::Restart),
        Message::Host(ask, _) => !matches!(ask, Ask::Seek(_)),
        Message::Open(_) => false,
        Message::Frame(_)
        | Message::Key(..)
        | Message::Tempo(_)
        | Message::Faster(_)
        | Message::Arrow(_)
        | Message::Act(_)
        | Message::Look(_)
        | Message::Over(_)
        | Message::Touch(_)
        | Message::Drag(_)
        | Message::Press(..)
        | Message::Measure(_)
        | Message::Many(_)
        | Message::Page(_)
        | Message::Welcome(_)
        | Message::Present(_) => true,
    }
}

impl App {
    /// Tells a function of the page's script what happened.
    pub fn tell_script(function: &js_sys::Function, told: Told) {
        if let Some(deeds) = deeds() {
            (deeds.tell_script)(function, told);
        }
    }

    /// A picture of this moment, as the text of an SVG file; empty before it can be drawn.
    pub fn picture(&self) -> String {
        deeds().map_or(String::new(), |deeds| (deeds.picture)(self.session.world()))
    }

    /// Adds the state of every server to what is told of the cluster as a whole.
    ///
    /// # Errors
    /// Where the browser cannot hold it.
    pub fn add_servers(&self, state: &JsValue) -> Result<(), JsValue> {
        deeds().map_or(Ok(()), |deeds| (deeds.add_servers)(&self.session, state))
    }

    pub(super) fn on_host(&mut self, link: &Link, ask: Ask, answer: &Answer) {
        let wrong = match ask {
            Ask::Change(word, value) => {
                return script::answer(answer, self.change(link, &word, value));
            }
            Ask::Run(line) => {
                let wrong = self.typed(line);
                // Who asked is told, and nobody else has done anything.
                self.notice = self.notice.take().filter(|_| wrong.is_none());
                wrong
            }
            Ask::Seek(time) => self.go_to(link, time),
            Ask::Step if self.lesson.is_some() => {
                self.take_turn(Turn::Continue, link);
                None
            }
            Ask::Step => {
                self.on_time(link, Time::Step);
                None
            }
        };
        let problem = wrong.map(|sentence| Problem { sentence, ..Problem::default() });
        script::answer(answer, problem);
    }

    /// Goes to a moment, one that is still to come too; what is wrong, if it is out of reach.
    fn go_to(&mut self, link: &Link, time: Micros) -> Option<String> {
        /// Half a second of work at most, and hours of a quiet cluster.
        const MOST_EVENTS: u64 = 1_000_000;
        let before = self.session.world().now();
        self.on_time(link, Time::Seek(time));
        if self.lesson.is_some() || self.session.world().now() >= time {
            return None;
        }
        let progress = self.session.advance(time, MOST_EVENTS);
        let reached = Exact(self.session.world().now()).to_string();
        let wanted = Exact(time).to_string();
        if progress != Progress::Busy {
            return None;
        }
        self.session.seek(before);
        Some(tr!(
            "{} is too far: that is more than {} events from {}.",
            wanted,
            MOST_EVENTS,
            reached
        ))
    }

    /// Another value for a word; what is wrong with it, if it cannot be.
    fn change(&mut self, link: &Link, word: &str, value: String) -> Option<Problem> {
        let options = Options::of(&|name| (name == word).then(|| value.clone()));
        if let Some((found, expected)) = options.wrong.first() {
            return Some(cannot_be_read(found, expected));
        }
        match word {
            "theme" => self.theme = options.theme,
            "lang" => {
                self.speak(link, options.language.unwrap_or_else(|| language::wanted(None)));
            }
            // What a page chooses is not what its reader has chosen for the next visit.
            "speed" | "pace" => {
                self.play_at(options.tempo.unwrap_or_default());
            }
            _ => return Some(cannot_be_read(word, "theme, lang, speed or pace")),
        }
        None
    }

    /// Says what is wrong with something that was given, where it is read, and to the page.
    pub(super) fn refuse(&mut self, problem: Problem) {
        // All that is wrong with what was asked for is read together.
        if self.host.is_there() {
            // Who is told says it beside the picture, of which there may be little.
            return self.host.wrong.push(problem);
        }
        let before = self.notice.take().filter(|_| !self.host.is_ready);
        let sentence = problem.sentence.clone();
        self.notice =
            Some(before.map_or(sentence.clone(), |before| format!("{before} {sentence}")));
        self.host.wrong.push(problem);
    }

    /// Words of the address or the element that could not be read.
    pub(super) fn refuse_wrong_words(&mut self) {
        for (found, expected) in std::mem::take(&mut self.options.wrong) {
            self.refuse(cannot_be_read(&found, expected));
        }
    }

    /// A step was asked for, and what has come has none, or not so many: `most` of them.
    pub(super) fn refuse_step(&mut self, most: usize) {
        let asked = std::mem::take(&mut self.options.asks_for_step);
        let step = self.options.step;
        if asked && step > most {
            let expected = match most {
                0 => "a lesson or a text with steps beside it".to_string(),
                most => format!("a step from 1 to {most}"),
            };
            self.refuse(cannot_be_read(&format!("step={step}"), &expected));
        }
    }

    /// Moments were asked for, and what has come is told by steps.
    pub(super) fn refuse_moments(&mut self) {
        let asked = [("at", self.options.at.take()), ("until", self.options.until.take())];
        for (name, value) in asked {
            if let Some(value) = value {
                let expected = "`step` beside a text with steps, not a moment";
                self.refuse(cannot_be_read(&format!("{name}={value}"), expected));
            }
        }
    }

    /// Tells the page what has happened since it was told last. `goes_on` says whether what the
    /// engine did is news.
    pub(super) fn tell_host(&mut self, goes_on: bool) {
        let mut told: Vec<Told> = self.host.wrong.drain(..).map(Told::Wrong).collect();
        let session = &self.session;
        let fresh = session.news().saturating_sub(self.host.heard);
        self.host.heard = session.news();
        if goes_on && self.host.is_ready {
            let recent = session.recent();
            let known = recent.len().saturating_sub(usize::try_from(fresh).unwrap_or(usize::MAX));
            told.extend(recent.range(known..).filter_map(told::of_event));
        }
        if let Some(view) = &*self.views.lesson {
            let (step, steps) = (view.step, view.steps);
            let step = Step { step, steps, heading: view.heading.clone(), rests: view.is_still };
            if step != self.host.step {
                self.host.step = step.clone();
                told.push(Told::Step(step));
            }
        }
        let (now, plays) = (session.world().now(), self.is_playing());
        let time_ms = js_sys::Date::now();
        let is_due = !plays || !self.host.time.1 || time_ms - self.host.told_at >= TELL_MS;
        if (now, plays) != self.host.time && is_due {
            self.host.time = (now, plays);
            self.host.told_at = time_ms;
            told.push(Told::Time(now, plays));
        }
        let script = session.script().map(|script| script.state());
        let has_ended = script.is_some_and(|state| state != ScriptState::Running);
        let has_come = std::mem::take(&mut self.host.has_come);
        if has_come || has_ended && session.is_live() && !self.host.has_ended {
            told.push(Told::End(now));
        }
        self.host.has_ended = has_ended;
        // What was asked for may have to be fetched, or to be brought to its moment.
        let is_under_way = self.asked_for.is_some() || self.host.fetches || self.job.is_some();
        if !self.host.is_ready && self.has_begun() && !is_under_way {
            self.host.is_ready = true;
            told.push(Told::Ready);
        }
        // What the page does on being told comes as messages of its own.
        if let Some(tell) = &self.host.tell {
            told.into_iter().for_each(|told| tell.emit(told));
        }
    }
}

pub(super) fn cannot_be_read(found: &str, expected: &str) -> Problem {
    let sentence = tr!("“{}” cannot be read: expected {}.", found, expected);
    Problem { sentence, line: 0, expected: expected.to_string() }
}
