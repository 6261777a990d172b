//! What a write costs in a cluster of so many members, measured: a cluster is run, and nothing that
//! belongs to the present one is touched.

use raft_core::{Kind, Micros};
use raft_sim::{Checks, Command, Live, Outcome, Settings, What, World};

/// How many writes are measured, one after the other.
pub const WRITES: usize = 200;
/// How many events a cluster may take for them; beyond that, it makes no progress.
const MAX_EVENTS: u64 = 100_000;

/// What a write costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// AppendEntries and their answers for each write.
    pub messages: f64,
    /// The time from the client's request to its answer that half of the writes stay within.
    pub median_us: Micros,
    /// The time that 99 of 100 stay within.
    pub p99_us: Micros,
}

/// What a write costs with these settings and so many members; `None` where no write is committed.
pub fn cost_of_a_write(settings: &Settings, members: u8) -> Option<Cost> {
    let mut meter = Meter::new(settings, members);
    loop {
        if let Some(cost) = meter.work(MAX_EVENTS) {
            return cost;
        }
    }
}

/// A measurement under way.
#[derive(Debug)]
pub struct Meter {
    world: World,
    /// In ascending order.
    latencies: Vec<Micros>,
    messages: u64,
    events: u64,
}

impl Meter {
    /// Begins with a newly started cluster.
    pub fn new(settings: &Settings, members: u8) -> Meter {
        let live = Live { snapshot_every: 0, ..settings.live.clone() };
        let settings = Settings { nodes: members.max(1), live, ..*settings };
        let mut world = World::new(settings, Checks::Off);
        world.record(true);
        Meter { world, latencies: Vec::with_capacity(WRITES), messages: 0, events: 0 }
    }

    /// Processes so many events at most; gives the result once it is there.
    pub fn work(&mut self, events: u64) -> Option<Option<Cost>> {
        for _ in 0..events {
            if self.latencies.len() >= WRITES {
                return Some(Some(self.cost()));
            }
            if self.events >= MAX_EVENTS {
                return Some(None);
            }
            self.ask_if_due();
            if !self.world.step() {
                return Some(None);
            }
            self.events += 1;
            let counts = |what: &What| {
                matches!(what, What::Sent { kind: Kind::Append | Kind::AppendReply, .. })
            };
            let events = self.world.take_trace();
            if !self.world.requests().is_empty() {
                let sent = events.iter().filter(|event| counts(&event.what)).count();
                self.messages += sent as u64;
            }
        }
        None
    }

    /// The next write is asked for once the last is answered; the first, once somebody leads whom
    /// the others follow.
    fn ask_if_due(&mut self) {
        match self.world.requests().last() {
            None if self.world.leader().is_some_and(|leader| leader.node().commit_index() > 0) => {}
            None => return,
            Some(last) => match (&last.outcome, last.ended_at) {
                (_, None) => return,
                (Outcome::Ok(_), Some(at)) => {
                    let took = at - last.asked_at;
                    let place = self.latencies.partition_point(|known| *known <= took);
                    self.latencies.insert(place, took);
                }
                (_, Some(_)) => {}
            },
        }
        if self.latencies.len() < WRITES {
            let put = Command::Put { key: "k".into(), value: "v".into(), via: None };
            let _at_any_time = self.world.act(&put);
        }
    }

    fn cost(&self) -> Cost {
        let sorted = &self.latencies;
        let at = |percent: usize| {
            let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(place).copied().unwrap_or(0)
        };
        Cost {
            messages: self.messages as f64 / sorted.len().max(1) as f64,
            median_us: at(50),
            p99_us: at(99),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_sim::{Setting, Span};

    #[test]
    fn a_single_server_needs_no_messages_and_one_write_to_disk() {
        let cost = cost_of_a_write(&Settings::default(), 1).expect("it leads itself");
        assert_eq!(cost.messages, 0.0);
        assert!((1_000..=2_000).contains(&cost.median_us), "{cost:?}");
        assert!(cost.median_us <= cost.p99_us && cost.p99_us <= 2_000, "{cost:?}");
    }

    #[test]
    fn each_member_costs_messages_and_a_round_trip_is_the_least() {
        let settings = Settings::default();
        let costs: Vec<Cost> =
            (1..=9).map(|n| cost_of_a_write(&settings, n).expect("they get on")).collect();
        assert!(costs.windows(2).all(|pair| pair[0].messages < pair[1].messages), "{costs:?}");
        for (members, cost) in (1u32..).zip(&costs).skip(1) {
            let least = 2.0 * f64::from(members - 1);
            assert!(cost.messages >= least - 0.5, "{members}: {cost:?}");
            assert!((20_000..60_000).contains(&cost.median_us), "{members}: {cost:?}");
            assert!(cost.p99_us >= cost.median_us, "{members}: {cost:?}");
        }
    }

    #[test]
    fn slices_change_nothing() {
        let settings = Settings::default();
        let mut meter = Meter::new(&settings, 3);
        let sliced = loop {
            if let Some(cost) = meter.work(7) {
                break cost;
            }
        };
        assert_eq!(sliced, cost_of_a_write(&settings, 3));
    }

    #[test]
    fn where_nothing_gets_through_there_is_no_figure() {
        let mut settings = Settings::default();
        settings.apply(&Setting::Latency(Span { min: 10_000_000, max: 10_000_000 }));
        assert_eq!(cost_of_a_write(&settings, 3), None);
    }
}
