//! The run plays, pauses, or goes to another moment.

use super::App;
use crate::clock::FrameClock;
use crate::message::{Link, Message, Time, Turn};
use raft_core::Micros;
use raft_view::menu::Selection;
use raft_view::pace::{Pace, Speed};
use raft_view::timeline::neighbour;

impl App {
    pub(super) fn on_time(&mut self, link: &Link, time: Time) {
        match time {
            Time::Play(true) => self.play(link),
            Time::Play(false) => self.stop(),
            Time::TogglePlay if self.clock.is_some() => self.stop(),
            Time::TogglePlay if self.lesson_waits() => self.take_turn(Turn::Continue, link),
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
            Time::SeekPart(part) => {
                let span = self.views().timeline.as_ref().map_or(0, |view| view.span);
                self.seek((span as f64 * part.clamp(0.0, 1.0)) as Micros);
            }
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

    pub(super) fn set_speed(&mut self, speed: usize) {
        self.speed = speed.min(Speed::ALL.len() - 1);
        self.pace = Pace::new(Speed::ALL[self.speed]);
    }
}
