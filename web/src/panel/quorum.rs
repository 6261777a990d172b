//! How many members: what they tolerate, and what each costs a write. The clusters that are measured
//! run here in slices, a moment apart, and end with this part of the page.

use gloo_timers::callback::Timeout;
use raft_sim::Settings;
use raft_view::cost::{Cost, Meter};
use raft_view::stage::fixed;
use raft_view::storage::QuorumRow;
use raft_view::words::en::storage as words;
use raft_view::words::span;
use yew::prelude::*;

/// Events in one slice, so that no frame waits for long.
const SLICE: u64 = 1_000;

#[derive(PartialEq, Properties)]
pub struct QuorumProps {
    /// The rows of the table.
    pub sizes: Vec<QuorumRow>,
    /// What the clusters that are measured are told.
    pub settings: Settings,
}

pub enum Ask {
    Measure,
    Slice,
}

/// The table.
#[derive(Default)]
pub struct Quorum {
    /// One cluster after the other, the smallest first.
    costs: Vec<Option<Cost>>,
    meter: Option<Meter>,
    next: Option<Timeout>,
}

impl Quorum {
    fn work(&mut self, ctx: &Context<Self>) {
        let Some(meter) = &mut self.meter else { return };
        if let Some(cost) = meter.work(SLICE) {
            self.costs.push(cost);
            let next = ctx.props().sizes.get(self.costs.len());
            self.meter = next.map(|row| Meter::new(&ctx.props().settings, row.members));
        }
        let link = ctx.link().clone();
        let again = || Timeout::new(0, move || link.send_message(Ask::Slice));
        self.next = self.meter.is_some().then(again);
    }
}

impl Component for Quorum {
    type Message = Ask;
    type Properties = QuorumProps;

    fn create(_ctx: &Context<Self>) -> Self {
        Quorum::default()
    }

    fn update(&mut self, ctx: &Context<Self>, message: Ask) -> bool {
        if let Ask::Measure = message {
            let first = ctx.props().sizes.first();
            self.costs.clear();
            self.meter = first.map(|row| Meter::new(&ctx.props().settings, row.members));
        }
        let before = self.costs.len();
        self.work(ctx);
        before != self.costs.len() || matches!(message, Ask::Measure)
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &QuorumProps) -> bool {
        // What was measured with other settings would be wrong here.
        if ctx.props().settings != old.settings {
            *self = Quorum::default();
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let sizes = &ctx.props().sizes;
        let measured = !self.costs.is_empty() || self.meter.is_some();
        let costs = || self.costs.iter().flatten();
        let messages = costs().map(|cost| cost.messages).fold(1.0, f64::max);
        let slowest = costs().map(|cost| cost.p99_us).max().unwrap_or(1) as f64;
        let cells = |place: usize| match self.costs.get(place) {
            Some(Some(cost)) => html! {
                <>
                    { bar(fixed(cost.messages), cost.messages / messages) }
                    { bar(span(cost.median_us), cost.median_us as f64 / slowest) }
                    { bar(span(cost.p99_us), cost.p99_us as f64 / slowest) }
                </>
            },
            Some(None) => html! { <td colspan="3">{ words::NOT_MEASURED }</td> },
            None => html! { <><td></td><td></td><td></td></> },
        };
        let row = |(place, row): (usize, &QuorumRow)| {
            html! {
                <tr class={row.present.then_some("present")}>
                    <th scope="row" aria-label={words::members(row.members, row.present)}>{ if row.present { "▸ " } else { "" } }{ row.members }</th>
                    <td>{ row.majority }</td><td>{ row.tolerates }</td>
                    if measured { { cells(place) } }
                </tr>
            }
        };
        let columns = &words::COLUMNS[..if measured { 6 } else { 3 }];
        let onclick = ctx.link().callback(|_| Ask::Measure);
        let busy = self.meter.is_some();
        let says = if measured { words::MEASURED_SAYS } else { words::MEASURE_SAYS };
        html! {
            <section class="sizes">
                <h2>{ words::SIZES }</h2>
                <table>
                    <thead><tr>{ for columns.iter().map(|name| html! { <th scope="col">{ *name }</th> }) }</tr></thead>
                    <tbody>{ for sizes.iter().enumerate().map(row) }</tbody>
                </table>
                <p class="hint">{ says }</p>
                <button class="btn" disabled={busy} {onclick}>
                    { if busy { words::measuring(sizes[self.costs.len().min(sizes.len() - 1)].members) } else { words::MEASURE.into() } }
                </button>
            </section>
        }
    }
}

/// A figure and its part of the greatest.
fn bar(figure: String, part: f64) -> Html {
    html! {
        <td>
            { figure }
            <svg viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect width={fixed(part * 100.0)} height="3" /></svg>
        </td>
    }
}
