//! What a sweep has measured, as pictures: cumulative curves, a map where two things are varied,
//! and bars for what is counted.
//!
//! Coordinates are those of a picture of [`WIDTH`] by [`HEIGHT`].

use crate::stage::fixed;
use raft_runs::sweep::{Case, Plan, Quantity, Sample, Trial, Unit};
use std::fmt::Write;

/// The width of a picture.
pub const WIDTH: f64 = 560.0;
/// The height of a picture.
pub const HEIGHT: f64 = 240.0;
/// How many colours curves have; then they begin again.
pub const COLOURS: usize = 8;

/// Of each quantity, what was measured in the runs of a case.
pub fn samples(plan: &Plan, trials: &[Trial]) -> Vec<Sample> {
    let reading = |at: usize| {
        trials.iter().filter_map(move |trial| match trial {
            Trial::Measured(readings) => readings.get(at).copied(),
            Trial::Failed(_) => None,
        })
    };
    (0..plan.quantities.len()).map(|at| Sample::of(reading(at))).collect()
}

/// The name of the unit in which figures are told.
pub fn unit(quantity: &Quantity) -> &'static str {
    match quantity.unit() {
        Unit::Time => "ms",
        Unit::Count => "",
        Unit::PerSecond => "1/s",
    }
}

/// Of each case the share of its runs that are at most so long, over a logarithmic axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The curves: what they are called, and their points.
    pub curves: Vec<(String, String)>,
    /// What stands along the axis, and where.
    pub ticks: Vec<(f64, String)>,
}

/// A figure of each case, where two things are varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// What is varied along columns and rows.
    pub names: (String, String),
    /// The columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<String>,
    /// The tiles, row by row.
    pub tiles: Vec<Tile>,
}

/// The figure of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// Which case.
    pub case: usize,
    /// Where it lies between the least (0) and the most (1) of all, on a logarithmic scale.
    pub part: f64,
    /// The figure.
    pub says: String,
}

/// The curves of one quantity; `None` where nothing was found yet, or it is not a time.
pub fn chart(plan: &Plan, samples: &[Vec<Sample>], quantity: usize) -> Option<Chart> {
    if plan.quantities.get(quantity)?.unit() != Unit::Time {
        return None;
    }
    let all = || samples.iter().filter_map(|samples| samples.get(quantity));
    let least = all().filter_map(|sample| sample.found().first()).min().copied()?;
    let most = all().filter_map(|sample| sample.found().last()).max().copied()?;
    let (low, high) = (least.max(1_000), most.max(2_000));
    let scale = Scale::over(low, high);
    let curve = |(case, samples): (&Case, &Vec<Sample>)| {
        let sample = samples.get(quantity)?;
        (!sample.found().is_empty()).then(|| (plan.label(case), scale.curve(sample)))
    };
    Some(Chart {
        curves: plan.cases.iter().zip(samples).filter_map(curve).collect(),
        ticks: scale.ticks(),
    })
}

/// A logarithmic axis of times, in microseconds.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// From a round time below to one above.
    fn over(low: u64, high: u64) -> Scale {
        let low = ROUND.iter().rev().find(|time| **time <= low).unwrap_or(&ROUND[0]);
        let high = ROUND.iter().find(|time| **time >= high && *time > low);
        let high = high.unwrap_or(&ROUND[ROUND.len() - 1]);
        Scale { low: (*low as f64).ln(), high: (*high as f64).ln() }
    }

    fn x(&self, time: u64) -> f64 {
        let part = ((time.max(1) as f64).ln() - self.low) / (self.high - self.low);
        part.clamp(0.0, 1.0) * WIDTH
    }

    fn curve(&self, sample: &Sample) -> String {
        /// So many steps are drawn at most.
        const STEPS: usize = 200;
        let found = sample.found();
        let last = found.len() - 1;
        let mut points = format!("{},{}", fixed(self.x(found[0])), fixed(HEIGHT));
        for step in 0..=STEPS.min(last) {
            let at = step * last / STEPS.min(last).max(1);
            let share = sample.share_up_to(found[at]);
            let y = HEIGHT * (1.0 - share);
            let _ = write!(points, " {},{}", fixed(self.x(found[at])), fixed(y));
        }
        points
    }

    fn ticks(&self) -> Vec<(f64, String)> {
        let within = ROUND.iter().filter(|time| {
            let at = (**time as f64).ln();
            self.low - 1e-9 <= at && at <= self.high + 1e-9
        });
        let ticks: Vec<u64> = within.copied().collect();
        // As many as have room.
        let every = ticks.len().div_ceil(8).max(1);
        let shown = ticks.into_iter().step_by(every);
        shown.map(|time| (self.x(time), Unit::Time.say(time as f64))).collect()
    }
}

/// Round times from a millisecond to a thousand seconds.
const ROUND: [u64; 19] = [
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
    200_000_000,
    500_000_000,
    1_000_000_000,
];

/// The figure that stands for a case: the median of times, the mean of everything else.
pub fn figure(quantity: &Quantity, sample: &Sample) -> Option<f64> {
    let summary = sample.summary();
    match quantity.unit() {
        Unit::Time => summary.median.map(|median| median as f64),
        Unit::Count | Unit::PerSecond => summary.mean,
    }
}

/// A map of one quantity; `None` where not two things are varied.
pub fn map(plan: &Plan, samples: &[Vec<Sample>], quantity: usize) -> Option<Map> {
    let [rows, columns] = plan.axes.as_slice() else { return None };
    let tiles = tiles(plan, samples, quantity);
    Some(Map {
        names: (columns.name(), rows.name()),
        columns: columns.labels.clone(),
        rows: rows.labels.clone(),
        tiles,
    })
}

/// The figure of each case.
pub fn tiles(plan: &Plan, samples: &[Vec<Sample>], quantity: usize) -> Vec<Tile> {
    let Some(of) = plan.quantities.get(quantity) else { return Vec::new() };
    let figure_of =
        |samples: &Vec<Sample>| samples.get(quantity).and_then(|sample| figure(of, sample));
    let figures: Vec<Option<f64>> = samples.iter().map(figure_of).collect();
    let known = || figures.iter().flatten().map(|figure| figure.max(0.0).ln_1p());
    let (least, most) = (known().fold(f64::MAX, f64::min), known().fold(0.0, f64::max));
    let tile = |(case, figure): (usize, &Option<f64>)| {
        let part = figure.map_or(1.0, |it| (it.ln_1p() - least) / (most - least).max(1e-9));
        let runs = samples[case].get(quantity).map_or(0, Sample::runs);
        let says = match figure {
            Some(figure) => of.unit().say(*figure),
            None if runs == 0 => String::new(),
            None => "–".into(),
        };
        Tile { case, part: part.clamp(0.0, 1.0), says }
    };
    figures.iter().enumerate().map(tile).collect()
}

/// All of it as one picture that needs nothing beside it.
pub fn svg(plan: &Plan, samples: &[Vec<Sample>]) -> String {
    let mut parts = String::new();
    let mut y = 30.0;
    for (at, quantity) in plan.quantities.iter().enumerate() {
        let (part, height) = match (map(plan, samples, at), chart(plan, samples, at)) {
            (Some(map), _) => svg_of_map(&map),
            (None, Some(chart)) => svg_of_chart(&chart),
            (None, None) => svg_of_bars(plan, &tiles(plan, samples, at)),
        };
        let _ = write!(
            parts,
            "<g transform=\"translate(60 {})\"><text class=\"name\" y=\"-12\">{}</text>{part}</g>",
            fixed(y),
            escaped(&quantity.name)
        );
        y += height + 60.0;
    }
    let title = plan.title.as_deref().unwrap_or("A sweep");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 -30 860 {}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\"><title>{title}</title>\
         <style>svg{{background:#fff}}text{{fill:#1f2328}}.name{{font-weight:600;font-size:14px}}\
         .dim{{fill:#656d76}}path,polyline{{fill:none}}</style>\
         <text class=\"name\" x=\"60\" y=\"-8\">{title}</text>{parts}</svg>",
        fixed(y + 30.0),
        title = escaped(title)
    )
}

/// Colours that differ in brightness too, for those who see few colours (after P. Tol).
pub const PALETTE: [&str; COLOURS] =
    ["#332288", "#117733", "#88ccee", "#cc6677", "#aa4499", "#999933", "#44aa99", "#882255"];

fn svg_of_chart(chart: &Chart) -> (String, f64) {
    let mut out = String::new();
    for (share, text) in [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")] {
        let y = HEIGHT * (1.0 - share);
        let _ = write!(
            out,
            "<path d=\"M0 {y}H{WIDTH}\" stroke=\"#d0d7de\"/><text class=\"dim\" x=\"-8\" \
             y=\"{y}\" dy=\"4\" text-anchor=\"end\">{text}</text>"
        );
    }
    for (x, text) in &chart.ticks {
        let (x, low) = (fixed(*x), HEIGHT + 18.0);
        let _ = write!(
            out,
            "<path d=\"M{x} 0V{HEIGHT}\" stroke=\"#eaeef2\"/><text class=\"dim\" x=\"{x}\" \
             y=\"{low}\" text-anchor=\"middle\">{text}</text>"
        );
    }
    for (at, (label, points)) in chart.curves.iter().enumerate() {
        let (colour, y) = (PALETTE[at % COLOURS], 12.0 + 18.0 * at as f64);
        let dash = if at >= COLOURS { " stroke-dasharray=\"5 3\"" } else { "" };
        let (from, to) = (WIDTH + 16.0, WIDTH + 36.0);
        let _ = write!(
            out,
            "<polyline points=\"{points}\" stroke=\"{colour}\" stroke-width=\"1.8\"{dash}/>\
             <path d=\"M{from} {y}H{to}\" stroke=\"{colour}\" stroke-width=\"2.5\"{dash}/>\
             <text x=\"{}\" y=\"{y}\" dy=\"4\">{}</text>",
            WIDTH + 42.0,
            escaped(label)
        );
    }
    (out, (HEIGHT + 20.0).max(18.0 * chart.curves.len() as f64))
}

fn svg_of_map(map: &Map) -> (String, f64) {
    let (width, height) = (WIDTH / map.columns.len().max(1) as f64, 34.0);
    let mut out = String::new();
    for (at, column) in map.columns.iter().enumerate() {
        let x = 60.0 + width * (at as f64 + 0.5);
        let _ = write!(
            out,
            "<text class=\"dim\" x=\"{}\" y=\"8\" text-anchor=\"middle\">{}</text>",
            fixed(x),
            escaped(column)
        );
    }
    for (at, row) in map.rows.iter().enumerate() {
        let y = 14.0 + height * at as f64;
        let _ = write!(
            out,
            "<text class=\"dim\" x=\"52\" y=\"{}\" text-anchor=\"end\">{}</text>",
            fixed(y + height / 2.0 + 4.0),
            escaped(row)
        );
        for (column, tile) in map.tiles.iter().skip(at * map.columns.len()).enumerate() {
            if column == map.columns.len() {
                break;
            }
            let (x, light) = (60.0 + width * column as f64, 96.0 - 46.0 * tile.part);
            let ink = if tile.part > 0.6 { "#fff" } else { "#1f2328" };
            let _ = write!(
                out,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"hsl(212 62% {}%)\"/>\
                 <text x=\"{}\" y=\"{}\" text-anchor=\"middle\" style=\"fill:{ink}\">{}</text>",
                fixed(x + 1.0),
                fixed(y + 1.0),
                fixed(width - 2.0),
                fixed(height - 2.0),
                fixed(light),
                fixed(x + width / 2.0),
                fixed(y + height / 2.0 + 4.0),
                escaped(&tile.says)
            );
        }
    }
    let below = 30.0 + height * map.rows.len() as f64;
    let names = format!("{} →, {} ↓", map.names.0, map.names.1);
    let _ = write!(out, "<text class=\"dim\" x=\"60\" y=\"{below}\">{}</text>", escaped(&names));
    (out, below)
}

fn svg_of_bars(plan: &Plan, tiles: &[Tile]) -> (String, f64) {
    let mut out = String::new();
    for (at, tile) in tiles.iter().enumerate() {
        let y = 22.0 * at as f64;
        let width = 8.0 + 300.0 * tile.part;
        let _ = write!(
            out,
            "<text class=\"dim\" x=\"150\" y=\"{}\" text-anchor=\"end\">{}</text><rect x=\"160\" \
             y=\"{}\" width=\"{}\" height=\"16\" fill=\"#0969da\"/>\
             <text x=\"{}\" y=\"{}\">{}</text>",
            fixed(y + 12.0),
            escaped(&plan.label(&plan.cases[tile.case])),
            fixed(y),
            fixed(width),
            fixed(168.0 + width),
            fixed(y + 12.0),
            escaped(&tile.says)
        );
    }
    (out, 22.0 * tiles.len() as f64)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
