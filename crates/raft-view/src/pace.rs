//! How fast simulated time passes, as integers: no rounding is ever lost.

use raft_core::Micros;

/// A playback speed: so many simulated seconds in so many real ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    /// Simulated time,
    pub numerator: u32,
    /// per real time.
    pub denominator: u32,
}

impl Speed {
    /// The speeds to choose from, slowest first; steps are even on a logarithmic scale.
    pub const ALL: [Speed; 13] = [
        Speed::slow(1000),
        Speed::slow(500),
        Speed::slow(200),
        Speed::slow(100),
        Speed::slow(50),
        Speed::slow(20),
        Speed::slow(10),
        Speed::slow(5),
        Speed::slow(2),
        Speed::fast(1),
        Speed::fast(2),
        Speed::fast(5),
        Speed::fast(10),
    ];

    /// The place of the usual steady speed: 1/20.
    pub const DEFAULT: usize = 5;

    const fn slow(denominator: u32) -> Speed {
        Speed { numerator: 1, denominator }
    }

    const fn fast(numerator: u32) -> Speed {
        Speed { numerator, denominator: 1 }
    }

    /// As a button shows it: `1/20×`.
    pub fn label(self) -> String {
        match self.denominator {
            1 => format!("{}×", self.numerator),
            denominator => format!("{}/{denominator}×", self.numerator),
        }
    }
}

/// How a run is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tempo {
    /// As the director has it ([`crate::director`]): slow where something is decided, fast where
    /// nothing is.
    #[default]
    Calm,
    /// At one speed all the time: its place in [`Speed::ALL`].
    Steady(usize),
}

impl Tempo {
    /// Every tempo to choose from.
    pub fn all() -> impl Iterator<Item = Tempo> {
        [Tempo::Calm].into_iter().chain((0..Speed::ALL.len()).map(Tempo::Steady))
    }

    /// As a control shows it: `calm`, `1/20×`.
    pub fn label(self) -> String {
        self.speed().map_or_else(|| told!("calm"), Speed::label)
    }

    /// As an address and the browser's memory have it: `calm`, `1/20`.
    pub fn name(self) -> String {
        self.speed().map_or_else(|| "calm".into(), |speed| speed.label().replace('×', ""))
    }

    /// The tempo of this name; `steady` is the speed of [`Speed::DEFAULT`].
    pub fn of_name(name: &str) -> Option<Tempo> {
        match name {
            "steady" => Some(Tempo::Steady(Speed::DEFAULT)),
            _ => Tempo::all().find(|tempo| tempo.name() == name),
        }
    }

    /// The steady speed, if it is one.
    pub fn speed(self) -> Option<Speed> {
        match self {
            Tempo::Calm => None,
            Tempo::Steady(place) => Speed::ALL.get(place).copied(),
        }
    }

    /// The next steady speed, up or down; from calm, the one beside the usual.
    #[must_use]
    pub fn next(self, faster: bool) -> Tempo {
        let place = match self {
            Tempo::Calm => Speed::DEFAULT,
            Tempo::Steady(place) => place,
        };
        Tempo::Steady(match faster {
            true => (place + 1).min(Speed::ALL.len() - 1),
            false => place.saturating_sub(1),
        })
    }
}

/// Turns frames into simulated time.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    speed: Speed,
    /// Real microseconds × numerator that did not make a whole simulated microsecond.
    remainder: u64,
}

/// The longest real time that one frame covers. A tab that was hidden never catches up.
pub const LONGEST_FRAME: Micros = 100_000;

impl Pace {
    /// The pace of a tempo; of a calm one, that of the usual speed.
    pub fn of(tempo: Tempo) -> Pace {
        Pace::new(tempo.speed().unwrap_or(Speed::ALL[Speed::DEFAULT]))
    }

    /// A pace with nothing left over.
    pub fn new(speed: Speed) -> Pace {
        Pace { speed, remainder: 0 }
    }

    /// The speed.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// The simulated time that passes while this much real time does.
    pub fn pass(&mut self, real: Micros) -> Micros {
        let scaled = real.min(LONGEST_FRAME) * u64::from(self.speed.numerator) + self.remainder;
        let denominator = u64::from(self.speed.denominator);
        self.remainder = scaled % denominator;
        scaled / denominator
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_uneven_frames_lose_nothing() {
        for speed in Speed::ALL {
            let mut pace = Pace::new(speed);
            let mut real = 0;
            let mut simulated = 0;
            for frame in 0..1_000u64 {
                let took = 16_000 + frame * 7 % 1_333;
                real += took;
                simulated += pace.pass(took);
            }
            let exact = real * u64::from(speed.numerator) / u64::from(speed.denominator);
            assert_eq!(simulated, exact, "{}", speed.label());
        }
    }

    #[test]
    fn every_tempo_has_a_name_that_is_read_again() {
        for tempo in Tempo::all() {
            assert_eq!(Tempo::of_name(&tempo.name()), Some(tempo));
        }
        assert_eq!(Tempo::of_name("steady"), Tempo::of_name("1/20"));
        assert_eq!(Tempo::of_name("3/7"), None);
    }

    #[test]
    fn a_hidden_tab_never_catches_up() {
        let mut pace = Pace::new(Speed { numerator: 1, denominator: 1 });
        assert_eq!(pace.pass(3_600_000_000), LONGEST_FRAME);
    }
}
