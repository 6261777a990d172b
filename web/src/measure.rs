//! What a write costs in clusters of several sizes: they are run in slices, a moment apart, so that
//! the page goes on meanwhile.

use crate::message::{Link, Message};
use gloo_timers::callback::Timeout;
use raft_sim::{Live, Settings};
use raft_view::cost::{Cost, Meter};
use raft_view::storage::MOST_MEMBERS;

/// Events in one slice.
const SLICE: u64 = 1_500;

/// What was measured, and what is being measured.
#[derive(Default)]
pub struct Measuring {
    /// One cluster after the other, the smallest first.
    costs: Vec<Option<Cost>>,
    meter: Option<Meter>,
    /// The settings that the figures hold for.
    live: Option<Live>,
    next: Option<Timeout>,
}

impl Measuring {
    /// What each size costs as far as it was measured with these settings, and which size is being
    /// measured.
    pub fn measured(&self, live: &Live) -> (&[Option<Cost>], Option<u8>) {
        if self.live.as_ref() != Some(live) {
            return (&[], None);
        }
        (&self.costs, self.meter.as_ref().and(self.next_size()))
    }

    /// Begins, or goes on for a slice; true where there is something new to show.
    pub fn measure(&mut self, settings: &Settings, link: &Link, begins: bool) -> bool {
        if begins {
            *self = Measuring { live: Some(settings.live.clone()), ..Measuring::default() };
        }
        let done = self.meter.as_mut().and_then(|meter| meter.work(SLICE));
        if let Some(cost) = done {
            self.costs.push(cost);
            self.meter = None;
        }
        let same = self.live.as_ref() == Some(&settings.live);
        if self.meter.is_none() && same {
            self.meter = self.next_size().map(|size| Meter::new(settings, size));
        }
        let link = link.clone();
        let again = || Timeout::new(0, move || link.send_message(Message::Measure(false)));
        self.next = (same && self.meter.is_some()).then(again);
        begins || done.is_some()
    }

    fn next_size(&self) -> Option<u8> {
        u8::try_from(self.costs.len() + 1).ok().filter(|size| *size <= MOST_MEMBERS)
    }
}
