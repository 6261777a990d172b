//! Lessons and puzzles: opening them, stepping through them, leaving them to try something.

use super::App;
use crate::later::panels;
use crate::lesson::{After, Lesson, MOST_EVENTS};
use crate::message::{Link, Open, Over, Part, Turn};
use crate::told::Problem;
use crate::welcome::FirstScreen;
use raft_core::Micros;
use raft_gallery::{BASICS, Item};
use raft_sim::scenario::Scenario;
use raft_sim::{Command, Session, Settings};
use raft_view::allowed::Allowed;
use raft_view::lesson::{LESSON, count_of_steps, is_lesson, is_puzzle, start_of};
use raft_view::tab::{self, Tab};
use raft_view::words;
use wasm_bindgen_futures::spawn_local;

/// In place of a step: the one that somebody has come to.
const WHERE_ONE_WAS: usize = 0;

impl App {
    /// Whether something of the gallery was asked for whose list is not here.
    pub(super) fn wants_item(&self) -> bool {
        self.asked_for.is_some()
    }

    /// Asks for something of the gallery by its name.
    pub(super) fn ask_for(&mut self, name: &str, link: &Link) {
        self.asked_for = Some(name.to_string());
        (self.options.step, self.opened_by_hand) = (1, true);
        self.open_what_was_asked_for(link);
    }

    /// Asks for the tour, from where somebody has come to in it.
    pub(super) fn ask_for_tour(&mut self, link: &Link) {
        self.asked_for = Some("tour".to_string());
        (self.options.step, self.opened_by_hand) = (WHERE_ONE_WAS, true);
        self.open_what_was_asked_for(link);
    }

    /// Opens what the address asked for, once it is known what there is.
    pub(super) fn open_what_was_asked_for(&mut self, link: &Link) {
        let Some(panels) = panels() else { return };
        let Some(name) = self.asked_for.take() else { return };
        match (panels.find)(&name) {
            Some(_) if self.options.step == WHERE_ONE_WAS => {
                if let Some((item, step)) = (panels.resume)() {
                    self.fetch(item, step, link);
                }
            }
            Some(item) => self.fetch(item, self.options.step, link),
            None => {
                let known: Vec<&str> = BASICS.iter().map(|b| b.name).collect();
                let all = words::all_of(&known);
                let sentence = if self.host.is_there() {
                    tr!("There is no scenario named “{}”.", name)
                } else {
                    tr!(
                        "There is no scenario named “{}”. There are {}, and what the Learn tab \
                         lists.",
                        name,
                        all
                    )
                };
                let expected = known.join(", ");
                self.refuse(Problem { sentence, expected, ..Problem::default() });
            }
        }
    }

    /// The open lesson from its beginning; otherwise the run from its.
    pub(super) fn restart(&mut self, link: &Link) {
        if self.lesson.is_some() {
            self.take_turn(Turn::Restart, link);
        } else {
            self.stop();
            self.session.seek(0);
        }
    }

    pub(super) fn fetch(&mut self, item: &'static Item, step: usize, link: &Link) {
        self.close_dialog();
        self.host.fetches = true;
        let link = link.clone();
        spawn_local(async move {
            let text = crate::fetch::text(&item.path()).await;
            link.send_message(Open::Fetched(item, step, text));
        });
    }

    pub(super) fn open_item(
        &mut self,
        link: &Link,
        item: &'static Item,
        step: usize,
        text: Result<String, String>,
    ) {
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                let sentence = tr!("“{}” could not be fetched: {}.", item.name, error);
                return self.refuse(Problem { sentence, ..Problem::default() });
            }
        };
        if crate::later::runs_etcdctl(&text) {
            let again = Open::Fetched(item, step, Ok(text.clone()));
            if self.later.keeps(again, Part::Etcdctl, link) {
                return;
            }
        }
        if self.opened_by_hand {
            self.notice = None;
        }
        let told = |scenario: &Scenario| is_lesson(scenario) || is_puzzle(scenario);
        match tab::read(&text) {
            Ok(scenario) if told(&scenario) => self.open_lesson(link, item, step, scenario),
            Ok(_) | Err(_) => {
                self.open_text(link, &text);
                // It stops where the rule is missed: who asks to be shown it wants to see it.
                self.stops_at_violation = item.kind == "rules";
                if self.stops_at_violation {
                    self.play(link);
                }
            }
        }
    }

    /// Opens a lesson or a puzzle at a step, from 1.
    pub(super) fn open_lesson(
        &mut self,
        link: &Link,
        item: &'static Item,
        step: usize,
        scenario: Scenario,
    ) {
        self.later.want(Part::Panels, link);
        self.refuse_moments();
        self.refuse_step(count_of_steps(&scenario.statements));
        let mut session = Session::open(scenario);
        go_to_step(&mut session, step);
        self.take_session(session);
        self.name_lesson(Some(item.name));
        self.lesson = Some(Lesson::new(item));
        // A lesson stops by itself: who opens one wants to see it.
        if self.opened_by_hand || !self.options.paused {
            self.play(link);
        }
    }

    /// What may be done: in a puzzle, what that allows.
    pub(super) fn allowed(&self) -> Allowed<'_> {
        let script = self.session.script().filter(|_| self.lesson.is_some());
        script.map_or_else(Allowed::default, |script| Allowed::by(&script.scenario().about))
    }

    /// Leaves the lesson, if one is open; the run stays.
    pub(super) fn close_lesson(&mut self) {
        if self.lesson.take().is_some() {
            self.name_lesson(None);
        }
    }

    fn name_lesson(&self, name: Option<&str>) {
        if self.options.owns_page {
            let _named = crate::address::name_lesson(name);
        }
    }

    /// Whether the panel stands beside the lesson: asked for, needed by the step, or because
    /// somebody does something of their own.
    pub(super) fn shows_tools(&self) -> bool {
        let is_puzzle = self.session.script().is_some_and(|script| is_puzzle(script.scenario()));
        let step_needs_it = self.views().lesson.as_ref().is_some_and(|step| {
            let needs = |tab| !raft_view::excerpt::has_excerpt(tab);
            step.is_away || step.panel.is_some_and(needs)
        });
        self.tools || is_puzzle || step_needs_it
    }

    /// Whether an excerpt stands beside the lesson's picture.
    pub(super) fn has_excerpt(&self) -> bool {
        self.views().lesson.as_ref().is_some_and(raft_view::excerpt::stands_beside)
    }

    /// Notes that the movement which is shown has come to its end by itself.
    pub(super) fn come_to_rest(&mut self) {
        if let Some(lesson) = &mut self.lesson {
            lesson.has_come_to_rest(js_sys::Date::now());
        }
    }

    /// Whether the lesson waits for its reader.
    pub(super) fn lesson_waits(&self) -> bool {
        let waits = self.session.script().is_some_and(|script| script.waits_at().is_some());
        self.lesson.is_some() && self.session.current() == LESSON && self.session.is_live() && waits
    }

    /// Up to when the past of a lesson is played.
    pub(super) fn end_of_movement(&self) -> Option<Micros> {
        let on_lesson = self.session.current() == LESSON && !self.session.is_live();
        self.lesson.as_ref().filter(|_| on_lesson)?.until
    }

    /// Up to when time may pass, and whether it stops there.
    pub(super) fn as_far_as_the_lesson_goes(&mut self, time: Micros) -> (Micros, bool) {
        let on_lesson = self.session.current() == LESSON && !self.session.is_live();
        let Some(lesson) = self.lesson.as_mut().filter(|_| on_lesson) else { return (time, false) };
        match lesson.until {
            Some(until) if until <= time => {
                lesson.until = None;
                (until, true)
            }
            Some(_) | None => (time, false),
        }
    }

    /// What is done by hand is done beside the lesson, on a branch of its own; in a puzzle, where
    /// it is allowed.
    pub(super) fn leave_lesson_for(&mut self, command: &Command) -> Result<(), String> {
        if self.lesson.is_none() {
            return Ok(());
        }
        let Some(script) = self.session.script() else { return Ok(()) };
        let about = &script.scenario().about;
        if let Err(word) = about.allows(&command.to_string()) {
            return Err(tr!("This puzzle allows {}, not {}.", words::all_of(&about.allowed), word));
        }
        if self.session.current() == LESSON && is_lesson(script.scenario()) {
            self.session.fork().map_err(|refusal| refusal.to_string())?;
        }
        Ok(())
    }

    /// A turn that somebody has pressed, and not one that a script asks for.
    pub(super) fn press_turn(&mut self, turn: Turn, link: &Link) {
        let is_late = |lesson: &Lesson| lesson.is_late(js_sys::Date::now());
        if turn != Turn::Continue || !self.lesson.as_ref().is_some_and(is_late) {
            self.take_turn(turn, link);
        }
    }

    /// Takes a turn in the lesson. What it needs was loaded with the lesson.
    pub(super) fn take_turn(&mut self, turn: Turn, link: &Link) {
        self.versions.gallery += 1;
        if turn == Turn::Tools {
            self.tools = !self.tools;
            // Where the page is narrow it slides up over it.
            self.sheet = self.tools;
            return;
        }
        let (Some(panels), Some(lesson)) = (panels(), &mut self.lesson) else { return };
        match (panels.turn)(lesson, &mut self.session, turn) {
            After::Nothing => {}
            After::Stop => self.stop(),
            After::Play => {
                self.stop();
                self.play(link);
            }
            After::Open(item) => self.fetch(item, 1, link),
            After::List(kind) => {
                self.stop();
                self.close_lesson();
                (self.tab, self.sheet, self.listed) = (Tab::Learn, true, kind);
            }
            After::Own => {
                self.new_run(link, Settings::default());
                self.first_screen = FirstScreen::Faults;
            }
            After::Copy(address) => {
                (panels.copy)(address, link.callback(|()| Over::Copied));
            }
            After::Close => {
                self.stop();
                self.close_lesson();
            }
        }
    }
}

/// Carries a lesson out up to the beginning of a step, from 1.
fn go_to_step(session: &mut Session, step: usize) {
    session.pause_at_steps();
    for _ in 0..MOST_EVENTS {
        let waits = session.script().and_then(|script| script.waits_at());
        if waits.is_some() && start_of(session, step).is_some() {
            break;
        }
        if waits.is_some() {
            session.go_on();
        }
        if session.finish_script(MOST_EVENTS)
            && session.script().is_none_or(|script| script.waits_at().is_none())
        {
            return;
        }
    }
    session.go_on();
    // Into the step: it is told from its first moment on.
    session.advance(session.world().now() + 1, MOST_EVENTS);
}
