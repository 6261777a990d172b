//! `check perf`, scaled for a simulation: a tenth of the real writes per second, for 6 s instead of
//! 60, one client for each. What it demands of the answers is etcdctl's own.

use super::flags::Given;
use super::go;
use super::io::{AskId, Event, Io, exit};
use crate::api::*;

const SECONDS: u64 = 6;
/// The longest that any request may take, in microseconds.
const SLOWEST_US: u64 = 500_000;
/// The largest standard deviation allowed, in microseconds.
const DEVIATION_US: u64 = 100_000;
/// Bytes of each value.
const VALUE_BYTES: usize = 1_024;

/// A check under way.
#[derive(Clone, Debug)]
pub(crate) struct Perf {
    prefix: Vec<u8>,
    per_second: u64,
    state: State,
    sent: u64,
    began_us: u64,
    pulse: u32,
    open: Vec<(AskId, u64)>,
    took_us: Vec<u64>,
    auto_compact: bool,
    auto_defrag: bool,
    revision: Revision,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Looking,
    Writing,
    Deleting,
    Compacting,
    Defragmenting,
}

pub(crate) fn start(io: &mut Io, given: &Given) -> Option<Perf> {
    let load = given.text("load", "s");
    let per_second = match load.as_str() {
        "s" | "small" => 15,
        "m" | "medium" => 100,
        "l" | "large" => 800,
        "xl" | "xLarge" => 1_500,
        _ => {
            io.fail(exit::BAD_FEATURE, format!("unknown load option {load}"));
            return None;
        }
    };
    if !io.dial(given) {
        return None;
    }
    let prefix = given.text("prefix", "/etcdctl-check-perf/").into_bytes();
    let range = RangeRequest {
        key: prefix.clone(),
        range_end: after_prefix(&prefix),
        limit: 1,
        ..RangeRequest::default()
    };
    io.ask(Call::Range(range));
    Some(Perf {
        prefix,
        per_second,
        state: State::Looking,
        sent: 0,
        began_us: io.now_us,
        pulse: 0,
        open: Vec::new(),
        took_us: Vec::new(),
        auto_compact: given.switch("auto-compact"),
        auto_defrag: given.switch("auto-defrag"),
        revision: 0,
    })
}

impl Perf {
    pub(crate) fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match event {
            Event::Interrupt => io.end(exit::SIGNALLED),
            Event::Woke(ticket) if ticket == self.pulse => self.beat(io),
            Event::Answer(id, answer) => match (self.state, answer) {
                (State::Writing, answer) => {
                    if let Some(at) = self.open.iter().position(|(open, _)| *open == id) {
                        let (_, since_us) = self.open.remove(at);
                        if answer.is_ok() {
                            self.took_us.push(io.now_us.saturating_sub(since_us));
                        }
                        self.settle(io);
                    }
                }
                (State::Looking, Err(failure)) => io.fail(exit::ERROR, failure),
                (State::Looking, Ok((_, response))) => self.looked(io, &response),
                (State::Deleting | State::Compacting | State::Defragmenting, answer) => {
                    if let Ok((header, _)) = &answer {
                        self.revision = header.revision;
                    }
                    self.clean(io);
                }
            },
            Event::Woke(_) | Event::Line(_) | Event::EndOfInput => {}
        }
    }

    fn looked(&mut self, io: &mut Io, response: &Response) {
        if matches!(response, Response::Range(range) if !range.kvs.is_empty()) {
            let prefix = String::from_utf8_lossy(&self.prefix).into_owned();
            let quoted = go::quote(&self.prefix);
            io.fail(
                exit::INVALID_INPUT,
                format!(
                    "prefix {quoted} has keys. Delete with etcdctl del --prefix {prefix} first"
                ),
            );
            return;
        }
        self.state = State::Writing;
        self.began_us = io.now_us;
        self.beat(io);
    }

    /// Sends what is due and sleeps until the next is.
    fn beat(&mut self, io: &mut Io) {
        let all = self.per_second * SECONDS;
        let due = |sent: u64| sent * 1_000_000 / self.per_second;
        while self.sent < all && self.began_us + due(self.sent) <= io.now_us {
            // One key for each write, spread as etcdctl's random ones are.
            let key = self.sent.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let key = [&self.prefix[..], format!("{key:016x}").as_bytes()].concat();
            let put = PutRequest { key, value: vec![b'x'; VALUE_BYTES], ..PutRequest::default() };
            let id = io.ask(Call::Write(Write::Put(put)));
            self.open.push((id, io.now_us));
            self.sent += 1;
        }
        if self.sent < all {
            self.pulse = io.sleep((self.began_us + due(self.sent)).saturating_sub(io.now_us));
        }
    }

    fn settle(&mut self, io: &mut Io) {
        if !self.open.is_empty() || self.sent < self.per_second * SECONDS {
            return;
        }
        self.report(io);
        self.state = State::Deleting;
        let (key, range_end) = (self.prefix.clone(), after_prefix(&self.prefix));
        let delete = DeleteRangeRequest { key, range_end, prev_kv: false };
        io.ask(Call::Write(Write::DeleteRange(delete)));
    }

    fn verdicts(&self, io: &Io) -> Vec<(bool, String)> {
        let done = self.took_us.len() as u64;
        let elapsed_us = io.now_us.saturating_sub(self.began_us).max(SECONDS * 1_000_000);
        let rate = done * 1_000_000 / elapsed_us;
        let slowest = self.took_us.iter().copied().max().unwrap_or(0);
        let mean = self.took_us.iter().sum::<u64>() / done.max(1);
        let squares = self.took_us.iter().map(|us| us128(us.abs_diff(mean)).pow(2));
        let variance = squares.sum::<u128>() / u128::from(done.max(1));
        let deviation = u64::try_from(variance.isqrt()).unwrap_or(u64::MAX);
        let is_fast = rate * 10 >= self.per_second * 9;
        let (slow_s, deviation_s) = (go::seconds(slowest), go::seconds(deviation));
        vec![
            match is_fast {
                true => (true, format!("Throughput is {rate} writes/s")),
                false => (false, format!("Throughput too low: {rate} writes/s")),
            },
            match slowest <= SLOWEST_US {
                true => (true, format!("Slowest request took {slow_s}s")),
                false => (false, format!("Slowest request took too long: {slow_s}s")),
            },
            match deviation <= DEVIATION_US {
                true => (true, format!("Stddev is {deviation_s}s")),
                false => (false, format!("Stddev too high: {deviation_s}s")),
            },
        ]
    }

    fn report(&self, io: &mut Io) {
        let word = |is_good: bool| if is_good { "PASS" } else { "FAIL" };
        let all = self.per_second * SECONDS;
        let failed = all - self.took_us.len() as u64;
        let verdicts = self.verdicts(io);
        let mut out = format!(
            "{all} writes, {} a second for {SECONDS} s: a tenth of the real load and time\n",
            self.per_second
        );
        if failed > 0 {
            out += &format!("FAIL: too many errors\nFAIL: {failed} requests failed\n");
        }
        for (is_good, text) in &verdicts {
            out += &format!("{}: {text}\n", word(*is_good));
        }
        let is_good = failed == 0 && verdicts.iter().all(|(is_good, _)| *is_good);
        io.print(out + word(is_good) + "\n");
    }

    /// Takes the next step of leaving everything as it was, or ends.
    fn clean(&mut self, io: &mut Io) {
        let compact = self.state == State::Deleting && self.auto_compact;
        let defragment = self.state != State::Defragmenting && self.auto_defrag;
        if compact {
            self.state = State::Compacting;
            let (revision, physical) = (self.revision, true);
            io.ask(Call::Write(Write::Compaction { revision, physical }));
        } else if defragment {
            self.state = State::Defragmenting;
            io.ask(Call::Defragment);
        } else {
            let verdicts = self.verdicts(io);
            let is_good = verdicts.iter().all(|(is_good, _)| *is_good)
                && self.took_us.len() as u64 == self.per_second * SECONDS;
            io.end(if is_good { exit::SUCCESS } else { exit::ERROR });
        }
    }
}

fn us128(us: u64) -> u128 {
    us.into()
}
