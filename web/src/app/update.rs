//! How messages change a playground.

use super::jobs::JobState;
use super::{App, FRAME_BUDGET};
use crate::later::{needed, panels};
use crate::message::{Dialog, Link, Message, Part, Time, Turn};
use raft_check::linear::Verdict;
use raft_core::Micros;
use raft_view::lang::look_up;
use raft_view::tab::Tab;

/// Shown while etcdctl's commands are being loaded.
const LOADING: &str = key!("Loading etcdctl’s commands…");

impl App {
    /// Changes the playground; true where it is to be drawn again.
    pub(super) fn on_message(&mut self, link: &Link, message: Message) -> bool {
        if matches!(message, Message::Frame(_)) {
            return self.take(link, message);
        }
        let before = self.scene();
        let draws = self.take(link, message);
        self.direct_anew_after(before);
        draws
    }

    fn take(&mut self, link: &Link, message: Message) -> bool {
        if self.job.is_some() && matches!(message, Message::Time(_)) {
            // Work in progress needs frames; it can be cancelled.
            return false;
        }
        if let Some(part) = needed(&message)
            && self.later.keeps(message.clone(), part, link)
        {
            self.notice = Some(look_up(LOADING).into());
            self.refresh();
            return true;
        }
        match message {
            Message::Frame(time) => return self.on_frame(link, time),
            Message::Time(time) => self.on_time(link, time),
            Message::Tempo(tempo) => self.set_tempo(tempo),
            Message::Faster(faster) => self.set_tempo(self.tempo.next(faster)),
            Message::Turn(turn) => self.take_turn(turn, link),
            Message::Arrow(forward) => return self.on_arrow(link, forward),
            Message::Act(act) => self.on_act(act),
            Message::Look(look) => self.on_look(look),
            Message::Over(over) => self.on_over(link, over),
            Message::Touch(touch) => self.on_touch(link, touch),
            Message::Drag(drag) => {
                self.on_drag(drag);
                return true;
            }
            Message::Press(drag, menu) => {
                self.on_press(link, drag, menu);
                return true;
            }
            Message::Open(open) => self.on_open(link, open),
            Message::Measure(begins) => {
                if !self.measure(link, begins) {
                    return false;
                }
            }
            Message::Page(page) => self.on_page(link, page),
        }
        self.want_what_is_shown(link);
        self.refresh();
        true
    }

    fn on_arrow(&mut self, link: &Link, forward: bool) -> bool {
        self.on_message(
            link,
            match (self.lesson.is_some(), forward) {
                (true, true) => Turn::Continue.into(),
                (true, false) => Turn::Back.into(),
                (false, true) => Time::Step.into(),
                (false, false) => Time::StepBack.into(),
            },
        )
    }

    /// Measures what a write costs; true where there is something new to show.
    fn measure(&mut self, link: &Link, begins: bool) -> bool {
        let Some(panels) = panels() else { return false };
        (panels.measure)(&mut self.measuring, self.session.world().settings(), link, begins)
    }

    /// Loads the parts of the page that somebody looks at.
    pub(super) fn want_what_is_shown(&mut self, link: &Link) {
        // Paused, messages in flight are listed too.
        let rests = !self.is_playing() && self.session.world().events() > 0;
        if rests
            || !self.shows_cluster()
            || self.wants_item()
            || self.tab != Tab::Inspect
            || self.dialog != Dialog::None
            || self.clients_matter()
        {
            self.later.want(Part::Panels, link);
        }
        if self.tab == Tab::Console {
            self.later.want(Part::Etcdctl, link);
        }
    }

    fn clients_matter(&self) -> bool {
        self.session.world().load().is_some()
            || self.views().linear.verdict == Verdict::NotLinearizable
    }

    fn on_frame(&mut self, link: &Link, time: f64) -> bool {
        if let Some(job) = self.job.take() {
            let play = job.play;
            match job.work() {
                (JobState::Done(session), _) => {
                    if !play {
                        self.stop();
                    }
                    self.take_session(*session);
                    self.tell_of_difference();
                }
                (JobState::Working, job) => self.job = job,
            }
            return true;
        }
        let real = self.last_frame.map_or(0.0, |last| (time - last).max(0.0));
        self.last_frame = Some(time);
        let goal = self.goal_of_frame((real * 1_000.0) as Micros);
        let (until, stops) = self.as_far_as_the_lesson_goes(goal);
        let progress = self.session.advance(until, FRAME_BUDGET);
        self.director.has_heard(&self.session);
        if stops || self.lesson_waits() {
            self.stop();
            self.refresh();
        }
        if progress == raft_sim::Progress::Ended {
            self.stop();
            self.notice = Some(told!("The longest time of a run, 24 hours, is reached."));
            self.refresh();
        }
        self.refresh_frame(time);
        if self.clients_matter() {
            self.later.want(Part::Panels, link);
        }
        true
    }
}
