//! What is run, how often, and what is measured.

use raft_sim::scenario::{self, MAX_RUNS, Measured, Scenario, StatementKind, Vary};
use raft_sim::time::Exact;

/// The most cases of a sweep.
pub const MAX_CASES: usize = 10_000;
/// The most runs of a sweep, all cases together.
pub const MAX_TRIALS: u64 = 10_000_000;
/// The longest that a run may be watched for something, in microseconds.
const MAX_WITHIN: u64 = crate::MAX_WITHIN;
/// How many runs each case has where nobody says it.
const RUNS: u32 = 100;

/// What is asked for beside what the text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What is varied, in place of what the text varies: `heartbeat=50ms,100ms`.
    pub vary: Vec<String>,
    /// How many runs each case has, in place of what the text says.
    pub runs: Option<u32>,
    /// What is measured from the end of the script on: `time until leader`.
    pub measure: Vec<String>,
    /// For how long, where the measure does not say.
    pub within: Option<String>,
}

/// An axis of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The settings that change along it.
    pub settings: Vec<String>,
    /// What each value is called: the first setting's value, and more of them where that says too
    /// little.
    pub labels: Vec<String>,
}

/// One case: the text with a value of each axis.
#[derive(Clone, Debug)]
pub struct Case {
    /// Which value of each axis.
    pub at: Vec<usize>,
    /// How many runs it has.
    pub runs: u32,
    /// The text that is run, but for its seed.
    pub text: String,
    pub(super) scenario: Scenario,
}

/// The unit of what is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Microseconds.
    Time,
    /// A number.
    Count,
    /// A thousandth of one in a second.
    PerSecond,
}

/// One of the things that are measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// What it is called.
    pub name: String,
    /// What is measured.
    pub what: Measured,
    pub(super) statement: usize,
}

impl Quantity {
    /// The unit of its readings.
    pub fn unit(&self) -> Unit {
        match self.what {
            Measured::TimeUntil { .. } | Measured::TimeWithoutLeader => Unit::Time,
            Measured::Elections | Measured::KeptEntries => Unit::Count,
            Measured::Messages => Unit::PerSecond,
        }
    }
}

impl Unit {
    /// A reading or a mean of readings, as it is said.
    pub fn say(self, value: f64) -> String {
        match self {
            Unit::Time if value >= 1e6 => format!("{} s", rounded(value / 1e6)),
            Unit::Time => format!("{} ms", rounded(value / 1e3)),
            Unit::Count => rounded(value),
            Unit::PerSecond => format!("{}/s", rounded(value / 1e3)),
        }
    }
}

/// Three digits that count; none behind the point where it is whole.
fn rounded(number: f64) -> String {
    let digits = if number.fract() == 0.0 || number >= 99.95 {
        0
    } else if number >= 9.995 {
        1
    } else {
        2
    };
    format!("{number:.digits$}")
}

/// A sweep: its cases, and what is measured in each of their runs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it is called.
    pub title: Option<String>,
    /// The axes; a sweep without any has one case.
    pub axes: Vec<Axis>,
    /// Every case, the last axis fastest.
    pub cases: Vec<Case>,
    /// What is measured.
    pub quantities: Vec<Quantity>,
    pub(super) seed: u64,
}

impl Plan {
    /// Reads a text and what is asked for beside it.
    ///
    /// # Errors
    /// Says what was expected and found: where the text cannot be read, nothing is measured, or
    /// there would be more than [`MAX_CASES`] cases or [`MAX_TRIALS`] runs.
    pub fn read(text: &str, options: &Options) -> Result<Plan, String> {
        let text = with_measures(text, options)?;
        let scenario = scenario::parse(&text).map_err(|error| error.to_string())?;
        let axes = axes(&scenario, options)?;
        let quantities = quantities(&scenario)?;
        let count = axes.iter().try_fold(1usize, |all, axis| all.checked_mul(axis.values.len()));
        let count = count.filter(|count| *count <= MAX_CASES).ok_or_else(|| {
            let sizes: Vec<String> =
                axes.iter().map(|axis| axis.values.len().to_string()).collect();
            format!("expected at most {MAX_CASES} cases, found {}", sizes.join(" × "))
        })?;
        let runs = options.runs.or(scenario.sweep.runs).unwrap_or(RUNS);
        let cases = (0..count)
            .map(|number| case(&scenario, &axes, number, runs, options.runs))
            .collect::<Result<Vec<Case>, String>>()?;
        let plan = Plan {
            title: scenario.title.clone(),
            seed: scenario.settings.seed,
            axes: axes.iter().map(Axis::of).collect(),
            cases,
            quantities,
        };
        if plan.trials() > MAX_TRIALS {
            return Err(format!("expected at most {MAX_TRIALS} runs, found {}", plan.trials()));
        }
        Ok(plan)
    }

    /// How many runs there are, all cases together.
    pub fn trials(&self) -> u64 {
        self.cases.iter().map(|case| u64::from(case.runs)).sum()
    }

    /// What a case is called: its values.
    pub fn label(&self, case: &Case) -> String {
        let values = self.axes.iter().zip(&case.at).map(|(axis, at)| axis.labels[*at].as_str());
        values.collect::<Vec<_>>().join(" · ")
    }

    /// The text of one run of a case: it can be opened like any other.
    pub fn text(&self, case: usize, nth: u32) -> Option<String> {
        let seed = self.seed_of(nth).to_string();
        let of = self.cases.get(case)?;
        Some(with_settings(&of.text, first_line(&of.scenario), &[("seed".into(), seed)]))
    }

    /// Runs of different cases with the same number have the same seed, so that like is compared
    /// with like.
    pub(super) fn seed_of(&self, nth: u32) -> u64 {
        self.seed.wrapping_add(u64::from(nth))
    }
}

impl Axis {
    fn of(vary: &Vary) -> Axis {
        let known = |name: &String| name != "runs";
        let shown: Vec<usize> =
            (0..vary.settings.len()).filter(|at| known(&vary.settings[*at])).collect();
        let label = |values: &Vec<String>, parts: usize| -> String {
            let parts = shown.iter().take(parts).map(|at| values[*at].as_str());
            parts.collect::<Vec<_>>().join(" / ")
        };
        // As little as tells them apart.
        let distinct = |parts: usize| {
            let mut labels: Vec<String> = vary.values.iter().map(|it| label(it, parts)).collect();
            labels.sort();
            labels.windows(2).all(|pair| pair[0] != pair[1])
        };
        let parts = (1..=shown.len()).find(|parts| distinct(*parts)).unwrap_or(shown.len());
        Axis {
            settings: shown.iter().take(parts).map(|at| vary.settings[*at].clone()).collect(),
            labels: vary.values.iter().map(|values| label(values, parts)).collect(),
        }
    }

    /// What it is called.
    pub fn name(&self) -> String {
        self.settings.join(" / ")
    }
}

/// The text with what is measured behind it.
fn with_measures(text: &str, options: &Options) -> Result<String, String> {
    let mut text = text.to_string();
    for measure in &options.measure {
        let within = options.within.as_deref().unwrap_or("10s");
        let read = raft_sim::read_measure(&text, measure)
            .map_err(|error| format!("what is measured: {error}"))?;
        if !text.ends_with('\n') {
            text.push('\n');
        }
        match read.what {
            Measured::TimeUntil { .. } if measure.contains(" within ") => {
                text += &format!("measure {measure}\n");
            }
            Measured::TimeUntil { .. } => text += &format!("measure {measure} within {within}\n"),
            Measured::TimeWithoutLeader
            | Measured::Elections
            | Measured::Messages
            | Measured::KeptEntries => text += &format!("measure {measure}\nrun {within}\n"),
        }
    }
    Ok(text)
}

fn axes(scenario: &Scenario, options: &Options) -> Result<Vec<Vary>, String> {
    if options.vary.is_empty() {
        return Ok(scenario.sweep.axes.clone());
    }
    let mut lines = String::new();
    for vary in &options.vary {
        let Some((names, values)) = vary.split_once('=') else {
            let expected = "what is varied and its values, such as `heartbeat=50ms,100ms`";
            return Err(format!("expected {expected}, found `{vary}`"));
        };
        let values: Vec<String> = values.split(',').map(|it| format!("{:?}", it.trim())).collect();
        lines += &format!("vary {} {}\n", names.trim(), values.join(" "));
    }
    let read = scenario::parse(&lines).map_err(|error| error.without_line().to_string())?;
    Ok(read.sweep.axes)
}

fn quantities(scenario: &Scenario) -> Result<Vec<Quantity>, String> {
    let mut quantities: Vec<Quantity> = Vec::new();
    for (statement, it) in scenario.statements.iter().enumerate() {
        let StatementKind::Measure(measure) = &it.kind else { continue };
        if let Measured::TimeUntil { within, .. } = measure.what
            && !(1..=MAX_WITHIN).contains(&within)
        {
            let (most, found) = (Exact(MAX_WITHIN), Exact(within));
            let line = it.line;
            return Err(format!("line {line}: expected a time from 1us to {most}, found {found}"));
        }
        let written = it.text.trim_start_matches("measure").trim().to_string();
        let name = measure.name.clone().unwrap_or(written);
        quantities.push(Quantity { name, what: measure.what.clone(), statement });
    }
    if quantities.is_empty() {
        let example = "`measure time until leader within 10s`";
        return Err(format!("expected a line that says what is measured, such as {example}"));
    }
    Ok(quantities)
}

fn case(
    base: &Scenario,
    axes: &[Vary],
    number: usize,
    runs: u32,
    asked: Option<u32>,
) -> Result<Case, String> {
    let mut at = vec![0; axes.len()];
    let mut left = number;
    for (place, axis) in axes.iter().enumerate().rev() {
        at[place] = left % axis.values.len();
        left /= axis.values.len();
    }
    let mut settings = Vec::new();
    let mut own = None;
    for (axis, at) in axes.iter().zip(&at) {
        for (name, value) in axis.settings.iter().zip(&axis.values[*at]) {
            if name == "runs" {
                own = value.parse().ok().filter(|runs| *runs <= MAX_RUNS);
            } else {
                settings.push((name.clone(), value.clone()));
            }
        }
    }
    let text = with_settings(&base.text, first_line(base), &settings);
    let scenario = scenario::parse(&text).map_err(|error| {
        let values: Vec<String> =
            settings.iter().map(|(name, is)| format!("{name} {is}")).collect();
        format!("with {}: {}", values.join(", "), error.without_line())
    })?;
    Ok(Case { at, runs: asked.or(own).unwrap_or(runs), text, scenario })
}

/// Where the script begins, by line.
fn first_line(scenario: &Scenario) -> usize {
    scenario.statements.first().map_or(usize::MAX, |statement| statement.line as usize)
}

/// The text with these settings in place of its own, and without what it says of many runs.
fn with_settings(text: &str, first_line: usize, settings: &[(String, String)]) -> String {
    let replaces = |line: &str| {
        let mut words = line.split_whitespace();
        let word = words.next().unwrap_or_default();
        if word == "vary" || word == "runs" {
            return true;
        }
        let last = |text: &str| text.split_whitespace().last().map(str::to_string);
        settings
            .iter()
            .any(|(name, value)| name == word && (word != "rule" || last(line) == last(value)))
    };
    let lines: Vec<&str> = text.lines().collect();
    let (header, script) = lines.split_at(lines.len().min(first_line.saturating_sub(1)));
    let mut out: Vec<String> = Vec::new();
    out.extend(header.iter().filter(|line| !replaces(line)).map(|line| (*line).to_string()));
    out.extend(settings.iter().map(|(name, value)| format!("{name} {value}")));
    out.extend(script.iter().map(|line| (*line).to_string()));
    out.join("\n") + "\n"
}
