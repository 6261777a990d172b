//! Another chance from here on: what comes next is drawn with another key, and so is what is under
//! way, given that it has not come yet. So a run that is reseeded is one that could have come of
//! the same past.

use super::{Cluster, to_u8};
use crate::chance::{Purpose, mix};
use crate::network::draw_span;
use crate::queue::Due;
use crate::server::{Power, TimerState};
use crate::settings::Span;
use raft_core::{Micros, Timer};

/// What was drawn from a range, given that it is not before `now`; `None` where it had to be.
fn left(drawn: Span, now: Micros) -> Option<Span> {
    (drawn.max >= now).then(|| Span { min: drawn.min.max(now), max: drawn.max })
}

impl Cluster {
    /// Keys all later draws by this number, and draws anew what is under way. What a person has set
    /// stays: deadlines moved by hand, held links, clocks.
    pub(crate) fn reseed(&mut self, key: u64) {
        // Apart from every seed, so that no future is the run as it would have gone on anyway.
        const APART: u64 = 0x7265_7365_6564;
        self.chance = mix(APART, key);
        for ordinal in 0..self.servers.len() {
            self.draw_timers_anew(ordinal);
            self.draw_writes_anew(ordinal);
        }
        self.draw_arrivals_anew();
    }

    fn draw_timers_anew(&mut self, ordinal: usize) {
        let server = &self.servers[ordinal];
        let (id, draws, power) = (server.id.0, server.timer_draws, server.power);
        for timer in Timer::ALL {
            let state = self.servers[ordinal].timers[timer as usize];
            // That a paused server's timer ran out is not an event: at that very time nothing says
            // whether it has been noted already.
            let is_to_come = |it: &TimerState| match power {
                Power::Up => it.deadline >= self.now,
                Power::Paused => it.deadline > self.now,
                Power::Crashed => false,
            };
            let Some(state) = state.filter(is_to_come) else { continue };
            let Some(span) = state.drawn.and_then(|drawn| left(drawn, self.now)) else { continue };
            let (kind, nth) = (timer as u64, draws[timer as usize]);
            let deadline = draw_span(self.chance, Purpose::TimerAnew, id, kind, nth, span);
            if deadline != state.deadline {
                self.move_deadline(ordinal, timer, deadline);
            }
            if let Some(state_now) = &mut self.servers[ordinal].timers[timer as usize] {
                state_now.drawn = state.drawn;
            }
        }
    }

    /// The first write has not ended though it has begun so long ago; those behind it wait, and
    /// nothing is known of them.
    fn draw_writes_anew(&mut self, ordinal: usize) {
        let (chance, now) = (self.chance, self.now);
        let server = &mut self.servers[ordinal];
        let first = (server.disk.begun + 1).saturating_sub(server.disk.pending.len() as u64);
        let mut before: Option<Micros> = None;
        for (nth, write) in (first..).zip(&mut server.disk.pending) {
            let span = match before {
                None => left(write.drawn, now).filter(|_| write.due >= now),
                Some(_) => Some(write.drawn),
            };
            if let Some(span) = span {
                let drawn = draw_span(chance, Purpose::FsyncAnew, server.id.0, 0, nth, span);
                let due = before.map_or(drawn, |before| drawn.max(before));
                if due != write.due {
                    let disk = Due::Disk { server: to_u8(ordinal) };
                    (write.due, write.sequence) = (due, self.queue.push(due, disk));
                }
            }
            before = Some(write.due);
        }
    }

    fn draw_arrivals_anew(&mut self) {
        for slot in self.network.slots() {
            let Some(flight) = self.network.get(slot).filter(|flight| flight.due >= self.now)
            else {
                continue;
            };
            let Some(span) = left(flight.drawn, self.now) else { continue };
            let (order, held, before) = (flight.order, flight.held, flight.due);
            let due = draw_span(self.chance, Purpose::LatencyAnew, order, 0, 0, span);
            if held && let Some(flight) = self.network.get_mut(slot) {
                flight.due = due;
            } else if due != before {
                self.schedule(slot, due);
            }
        }
    }
}
