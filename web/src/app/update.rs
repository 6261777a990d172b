//! How messages change a playground.

use super::deeds::deeds;
use super::jobs::JobState;
use super::{App, FRAME_BUDGET};
use crate::fetch::dress_the_rest;
use crate::later::{needed, panels};
use crate::message::{Dialog, Link, Message, Page, Part, Time, Touch, Turn};
use gloo_timers::callback::Timeout;
use raft_check::linear::Verdict;
use raft_core::Micros;
use raft_view::lang::look_up;
use raft_view::tab::Tab;

/// Shown while etcdctl's commands are being loaded.
const LOADING: &str = key!("Loading etcdctl’s commands…");

impl App {
    /// Changes the playground; true where it is to be drawn again.
    pub(super) fn on_message(&mut self, link: &Link, message: Message) -> bool {
        if let Message::Frame(time) = message {
            return self.on_frame(link, time);
        }
        let before = self.scene();
        let draws = self.take(link, message);
        self.direct_anew_after(before);
        draws
    }

    pub(super) fn take(&mut self, link: &Link, message: Message) -> bool {
        if let Message::Page(page) = message {
            self.on_page(link, page);
            self.want_what_is_shown(link);
            self.refresh();
            return true;
        }
        if let Some(deeds) = deeds() {
            return (deeds.take)(self, link, message);
        }
        self.keep(link, message)
    }

    /// Before anything can be done a message is kept until then. A gesture is followed all the
    /// same, and kept as a whole when it ends.
    fn keep(&mut self, link: &Link, message: Message) -> bool {
        if let Message::Drag(drag) = message {
            self.on_drag(drag);
            return true;
        }
        if let Message::Press(drag, _) = message {
            self.on_drag(Some(drag));
            return true;
        }
        let ends = matches!(message, Message::Touch(Touch::Drop(_)));
        if ends {
            let drag = self.drag.take();
            self.later.keeps(Message::Drag(drag), Part::Deeds, link);
        }
        self.later.keeps(message, Part::Deeds, link);
        ends
    }

    /// Does what a message says, now that everything is here that it takes.
    pub fn do_as_told(&mut self, link: &Link, message: Message) -> bool {
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
        self.pass_the_doors(&message);
        match message {
            Message::Frame(_) | Message::Page(_) => return false,
            Message::Time(time) => self.on_time(link, time),
            Message::Key(event, manners) => {
                let message = crate::keys::read(&event, manners);
                return message.is_some_and(|message| self.on_message(link, message));
            }
            Message::Tempo(tempo) => self.set_tempo(tempo),
            Message::Faster(faster) => self.set_tempo(self.tempo.next(faster)),
            Message::Turn(turn) => self.press_turn(turn, link),
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
            Message::Many(many) => self.on_many(link, many),
            Message::Welcome(welcome) => self.on_welcome(link, welcome),
            Message::Present(present) => self.on_present(link, present),
            Message::Host(ask, answer) => self.on_host(link, ask, &answer),
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
        (panels.measure)(&mut self.counts.measuring, self.session.world().settings(), link, begins)
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
        if self.tab == Tab::Futures && self.counts.runs.is_none() {
            self.counts.runs = panels().map(|panels| (panels.runs)());
        }
        if self.tab == Tab::Console {
            self.later.want(Part::Etcdctl, link);
        }
    }

    /// Once the first picture is drawn, and nothing else is to be done: so that whoever does
    /// something need not wait.
    pub(super) fn fetch_the_rest(&self) {
        let link = self.link.clone();
        Timeout::new(0, move || {
            link.send_message(Page::Want(Part::Deeds));
            dress_the_rest();
        })
        .forget();
    }

    /// Does a slice of the work under way.
    pub fn work(&mut self) -> bool {
        let Some(job) = self.job.take() else { return false };
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
        true
    }

    fn clients_matter(&self) -> bool {
        self.session.world().load().is_some()
            || self.views().linear.verdict == Verdict::NotLinearizable
    }

    fn on_frame(&mut self, link: &Link, time: f64) -> bool {
        if let (Some(_), Some(deeds)) = (&self.job, deeds()) {
            return (deeds.work)(self);
        }
        let real = self.last_frame.map_or(0.0, |last| (time - last).max(0.0));
        self.last_frame = Some(time);
        let goal = if self.filming.moves(real) {
            self.session.world().now()
        } else {
            self.goal_of_frame((real * 1_000.0) as Micros)
        };
        let (until, stops) = self.as_far_as_the_lesson_goes(goal);
        let progress = match deeds().filter(|_| self.until.is_some()) {
            Some(deeds) => (deeds.advance)(self, until),
            None => self.session.advance(until, FRAME_BUDGET),
        };
        self.director.has_heard(&self.session);
        if stops || self.lesson_waits() {
            self.come_to_rest();
            self.stop();
            self.refresh();
        }
        self.stop_at_violation();
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
