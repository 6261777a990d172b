//! The part of a run that the track shows.

use raft_core::Micros;

/// The shortest time that a track shows.
const SHORTEST: Micros = 2_000;
/// Where the present stands after the window has been moved to show it, going on and going back.
const AHEAD: f64 = 0.75;
const BEHIND: f64 = 0.25;

/// From when until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The time at the left end.
    pub from: Micros,
    /// The time at the right end.
    pub to: Micros,
}

impl Window {
    /// All of a run.
    pub fn whole(span: Micros) -> Window {
        Window { from: 0, to: span }
    }

    /// How long it is.
    pub fn length(self) -> Micros {
        self.to.saturating_sub(self.from).max(1)
    }

    /// The time at a part of the track, 0 to 1; beyond its ends further.
    pub fn time(self, part: f64) -> Micros {
        (self.from as f64 + part * self.length() as f64).max(0.0) as Micros
    }

    /// Where a time is on the track: 0 to 1 if it is in the window.
    pub fn part(self, time: Micros) -> f64 {
        (time as f64 - self.from as f64) / self.length() as f64
    }

    /// Whether it shows a time.
    pub fn shows(self, time: Micros) -> bool {
        (self.from..=self.to).contains(&time)
    }

    /// This many times as much or as little, where what is at a part of the track stays there;
    /// `None`: all of it.
    pub fn zoomed(self, about: f64, factor: f64, span: Micros) -> Option<Window> {
        let length = (self.length() as f64 * factor).max(SHORTEST as f64);
        if length >= span as f64 {
            return None;
        }
        let stays = self.from as f64 + about * self.length() as f64;
        Some(Window::at(stays - about * length, length as Micros, span))
    }

    /// As much, a part of its length later, or earlier.
    pub fn moved(self, by: f64, span: Micros) -> Window {
        let from = self.from as f64 + by * self.length() as f64;
        Window::at(from, self.length(), span)
    }

    /// As much, where a time is seen.
    pub fn showing(self, time: Micros, span: Micros) -> Window {
        let place = match time {
            time if time > self.to => AHEAD,
            time if time < self.from => BEHIND,
            _ => return self,
        };
        let from = time as f64 - place * self.length() as f64;
        Window::at(from, self.length(), span.max(time))
    }

    fn at(from: f64, length: Micros, span: Micros) -> Window {
        let from = (from.max(0.0) as Micros).min(span.saturating_sub(length));
        Window { from, to: from + length }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Micros = 1_000_000;

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let half = Window::whole(SPAN).zoomed(0.5, 0.5, SPAN).expect("a part");
        assert_eq!(half, Window { from: 250_000, to: 750_000 });
        for about in [0.0, 0.2, 0.5, 0.9, 1.0] {
            let before = half.time(about);
            let closer = half.zoomed(about, 0.5, SPAN).expect("a part");
            assert!(closer.time(about).abs_diff(before) <= 1, "{about}");
            assert_eq!(closer.length(), 250_000);
        }
    }

    #[test]
    fn it_ends_at_all_of_the_run_and_at_a_shortest_time() {
        let half = Window { from: 250_000, to: 750_000 };
        assert_eq!(half.zoomed(0.5, 2.0, SPAN), None);
        assert_eq!(half.zoomed(0.5, 9.0, SPAN), None);
        let mut closest = half;
        for _ in 0..100 {
            closest = closest.zoomed(0.3, 0.5, SPAN).expect("a part");
        }
        assert_eq!(closest.length(), SHORTEST);
        // Farther again, it does not reach beyond the ends.
        let left = Window { from: 0, to: 1_000 }.zoomed(1.0, 500.0, SPAN).expect("a part");
        assert_eq!(left, Window { from: 0, to: 500_000 });
    }

    #[test]
    fn it_moves_within_the_run_and_follows_the_present() {
        let window = Window { from: 100_000, to: 300_000 };
        assert_eq!(window.moved(0.5, SPAN), Window { from: 200_000, to: 400_000 });
        assert_eq!(window.moved(-9.0, SPAN), Window { from: 0, to: 200_000 });
        assert_eq!(window.moved(9.0, SPAN), Window { from: 800_000, to: 1_000_000 });
        assert_eq!(window.showing(200_000, SPAN), window);
        assert_eq!(window.showing(400_000, SPAN), Window { from: 250_000, to: 450_000 });
        assert_eq!(window.showing(50_000, SPAN), Window { from: 0, to: 200_000 });
        assert!(window.showing(999_999, SPAN).shows(999_999));
    }
}
