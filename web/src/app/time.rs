//! The run plays, pauses, or goes to another moment.

use super::App;
use crate::clock::FrameClock;
use crate::kept;
use crate::later::panels;
use crate::message::{Link, Message, Stretch, Time, Turn};
use raft_check::linear::Verdict;
use raft_core::Micros;
use raft_sim::{BranchId, Moment};
use raft_view::clients;
use raft_view::director::{Director, Telling};
use raft_view::lesson::{LESSON, LessonView};
use raft_view::menu::Selection;
use raft_view::pace::{Pace, Tempo};
use raft_view::timeline::{Window, neighbour, span};
use raft_view::words;

/// Where the browser keeps how runs play.
const PACE: &str = "raft-playground-pace";

/// How runs play by what was chosen on an earlier visit.
pub(super) fn kept_tempo() -> Option<Tempo> {
    Tempo::of_name(&kept::read(PACE)?)
}

impl App {
    pub(super) fn on_time(&mut self, link: &Link, time: Time) {
        match time {
            Time::Play(true) => self.play(link),
            Time::Play(false) => self.stop(),
            Time::TogglePlay if self.clock.is_some() => self.stop(),
            Time::TogglePlay if self.lesson_waits() => self.press_turn(Turn::Continue, link),
            Time::TogglePlay => self.play(link),
            Time::Step => {
                self.stop();
                if self.lesson_waits() {
                    self.session.go_on();
                }
                self.session.step();
            }
            Time::StepBack => {
                self.stop();
                let events = self.session.world().events();
                self.session.seek_event(events.saturating_sub(1));
            }
            Time::Seek(time) => self.seek(time),
            Time::SeekBy(by) => {
                let time = self.session.world().now().saturating_add_signed(by);
                self.seek(time.min(self.session.end()));
            }
            Time::SeekPart(part) => {
                let window = self.window.unwrap_or(Window::whole(span(&self.session)));
                self.seek(window.time(part));
            }
            Time::Show(stretch) => return self.show_stretch(stretch),
            Time::Mark(forward) => {
                if let Some(time) = neighbour(&self.session, forward) {
                    self.seek(time);
                }
            }
            Time::Switch(branch) => {
                self.stop();
                self.session.switch(branch);
            }
            Time::Fork => match self.session.fork() {
                Ok(()) => self.notice = Some(told!("A new branch begins here.")),
                Err(refusal) => self.notice = Some(refusal.to_string()),
            },
            Time::Restart => self.restart(link),
        }
        self.show_present();
    }

    /// The timeline shows another part of the run.
    fn show_stretch(&mut self, stretch: Stretch) {
        let span = span(&self.session);
        let window = self.window.unwrap_or(Window::whole(span));
        self.window = match stretch {
            Stretch::Zoom { about, factor } => window.zoomed(about.clamp(0.0, 1.0), factor, span),
            Stretch::By(by) => self.window.map(|window| window.moved(by, span)),
            Stretch::Around(part) => {
                let middle = window.part((span as f64 * part.clamp(0.0, 1.0)) as Micros);
                self.window.map(|window| window.moved(middle - 0.5, span))
            }
            Stretch::All => None,
        };
    }

    /// Moves what the timeline shows to where the present is.
    pub(super) fn show_present(&mut self) {
        let (now, span) = (self.session.world().now(), span(&self.session));
        self.window = self.window.map(|window| window.showing(now, span));
    }

    pub(super) fn play(&mut self, link: &Link) {
        if self.clock.is_none() {
            let link = link.clone();
            self.last_frame = None;
            self.clock =
                Some(FrameClock::start(move |time| link.send_message(Message::Frame(time))));
        }
    }

    pub(super) fn stop(&mut self) {
        self.clock = None;
        self.last_frame = None;
    }

    fn seek(&mut self, time: Micros) {
        self.stop();
        self.session.seek(time);
        self.tell_of_difference();
        if matches!(self.selection, Selection::Message(_)) {
            self.selection = Selection::Nothing;
        }
    }

    /// Where it is shown what happens without a rule, stops at the very moment at which a property
    /// is seen broken, and says it.
    pub(super) fn stop_at_violation(&mut self) {
        if !self.stops_at_violation {
            return;
        }
        let offended = || {
            let verdict = self.views.linear.verdict;
            let panels = panels().filter(|_| verdict == Verdict::NotLinearizable)?;
            Some(((panels.ended_at)(&self.session)?, clients::verdict(verdict).to_string()))
        };
        let violation = self.session.world().violations().first();
        let broken = violation.map(|it| (it.at, words::plain(&words::broken(it))));
        let Some((at, sentence)) = broken.or_else(offended) else { return };
        self.stops_at_violation = false;
        self.seek(at);
        self.show_present();
        self.notice = Some(sentence);
        self.refresh();
    }

    pub(super) fn set_tempo(&mut self, tempo: Tempo) {
        self.play_at(tempo);
        kept::keep(PACE, &tempo.name());
    }

    /// Plays so, and keeps nothing of it.
    pub(super) fn play_at(&mut self, tempo: Tempo) {
        self.tempo = tempo;
        self.pace = Pace::of(tempo);
    }

    /// The simulated time that a frame may reach which took so much real time, in microseconds.
    pub(super) fn goal_of_frame(&mut self, real: Micros) -> Micros {
        match self.tempo {
            Tempo::Calm => {
                let until = self.end_of_movement();
                self.director.frame(&self.session, real, until)
            }
            Tempo::Steady(_) => self.session.world().now() + self.pace.pass(real),
        }
    }

    /// What the director's plan rests on.
    pub(super) fn scene(&self) -> Scene {
        let lesson = self.lesson.as_ref().filter(|_| self.session.current() == LESSON);
        let step = self.views.lesson.as_ref().map_or(1, LessonView::slowness);
        Scene {
            branch: self.session.current(),
            moment: self.session.world().moment(),
            happened: self.session.happened(),
            tempo: self.tempo,
            slowness: lesson.map_or(0, |lesson| lesson.slowness * step),
        }
    }

    /// Something has been done, or something else is shown: what was planned is void.
    pub(super) fn direct_anew_after(&mut self, before: Scene) {
        let now = self.scene();
        if now == before {
            return;
        }
        if (Scene { happened: before.happened, ..now }) == before {
            self.director.forget();
            return;
        }
        self.director = Director::new(now.telling(), now.slowness);
        if let (Some(lesson), Telling::Lesson) = (&*self.views.lesson, now.telling()) {
            self.director.has_said(&lesson.heading);
        }
    }
}

/// What a plan rests on; where any of it changes but by a frame, another is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scene {
    branch: BranchId,
    moment: Moment,
    happened: u64,
    tempo: Tempo,
    /// How many times slower a lesson moves than usual; 0 where none is shown.
    slowness: u32,
}

impl Scene {
    /// What is told in it.
    pub(super) fn telling(self) -> Telling {
        if self.slowness > 0 { Telling::Lesson } else { Telling::Narrated }
    }
}
