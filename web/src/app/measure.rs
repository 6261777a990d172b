//! What a write costs in clusters of several sizes: they are run in slices, a moment apart, so that
//! the page goes on meanwhile.

use super::App;
use crate::message::{Link, Message};
use gloo_timers::callback::Timeout;
use raft_sim::Live;
use raft_view::cost::{Cost, Meter};
use raft_view::storage::MOST_MEMBERS;

/// Events in one slice.
const SLICE: u64 = 1_500;

/// What was measured, and what is being measured.
#[derive(Default)]
pub(super) struct Measuring {
    /// One cluster after the other, the smallest first.
    costs: Vec<Option<Cost>>,
    meter: Option<Meter>,
    /// The settings that the figures hold for.
    live: Option<Live>,
    next: Option<Timeout>,
}

impl App {
    /// What each size costs as far as it was measured with the present settings, and which size is
    /// being measured.
    pub(crate) fn measured(&self) -> (&[Option<Cost>], Option<u8>) {
        let measuring = &self.measuring;
        if measuring.live.as_ref() != Some(&self.session.world().settings().live) {
            return (&[], None);
        }
        (&measuring.costs, measuring.meter.as_ref().and(measuring.next_size()))
    }

    /// Begins, or goes on for a slice; true where there is something new to show.
    pub(crate) fn measure(&mut self, link: &Link, begins: bool) -> bool {
        let settings = self.session.world().settings();
        let measuring = &mut self.measuring;
        if begins {
            *measuring = Measuring { live: Some(settings.live.clone()), ..Measuring::default() };
        }
        let done = measuring.meter.as_mut().and_then(|meter| meter.work(SLICE));
        if let Some(cost) = done {
            measuring.costs.push(cost);
            measuring.meter = None;
        }
        let same = measuring.live.as_ref() == Some(&settings.live);
        if measuring.meter.is_none() && same {
            measuring.meter = measuring.next_size().map(|size| Meter::new(settings, size));
        }
        let link = link.clone();
        let again = || Timeout::new(0, move || link.send_message(Message::Measure(false)));
        measuring.next = (same && measuring.meter.is_some()).then(again);
        begins || done.is_some()
    }
}

impl Measuring {
    fn next_size(&self) -> Option<u8> {
        u8::try_from(self.costs.len() + 1).ok().filter(|size| *size <= MOST_MEMBERS)
    }
}
