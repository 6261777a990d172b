//! What is drawn on the track: marks above it, branches below it, and where it is in the whole run.

use super::scale::{RAIL, percent};
use crate::shared::Same;
use raft_view::timeline::{BranchView, MarkView, TimelineView};
use raft_view::words::seconds;
use yew::prelude::*;

/// The room between two rows of branches.
const ROW: usize = 9;
/// The room of the strip that shows where the track is in the run.
const STRIP: usize = 9;

/// The height of all of it.
pub(super) fn height(timeline: &TimelineView) -> usize {
    let strip = if timeline.is_zoomed { STRIP } else { 0 };
    RAIL + 16 + ROW * timeline.rows + strip
}

#[derive(PartialEq, Properties)]
pub(super) struct MarksProps {
    pub timeline: Same<Option<TimelineView>>,
}

#[function_component(Marks)]
pub(super) fn marks(props: &MarksProps) -> Html {
    let Some(timeline) = &*props.timeline else { return Html::default() };
    html! {
        <>
            { for timeline.branches.iter().map(branch) }
            { for timeline.marks.iter().map(mark) }
            { strip(timeline) }
        </>
    }
}

/// A mark: its form tells what it is, as its colour does.
fn mark(view: &MarkView) -> Html {
    if view.class == "committed" {
        let high = 3 + view.count.ilog2().min(5) as usize;
        let y = (RAIL - 3 - high).to_string();
        return html! {
            <rect class="mark committed" x={percent(view.at)} {y} width="3"
                height={high.to_string()}>
                <title>{ view.title.clone() }</title>
            </rect>
        };
    }
    let form = match view.class {
        "elected" => "M-6 12V4L-3 7L0 2L3 7L6 4V12Z",
        "fault" => "M1.5 0L-5 8H-1L-2 14L5 5.5H1Z",
        _ => "M-6 3.5L-4 1.5L0 5L4 1.5L6 3.5L2.5 7L6 10.5L4 12.5L0 9L-4 12.5L-6 10.5L-2.5 7Z",
    };
    html! {
        <svg class={classes!("mark", view.class)} x={percent(view.at)} y="0" width="1" height="14"
            overflow="visible" data-at={view.time.to_string()}>
            <title>{ view.title.clone() }</title>
            <rect class="hit" x="-8" y="-2" width="16" height="17" />
            <path d={form} />
            if view.count > 1 { <text x="7" y="6">{ view.count }</text> }
        </svg>
    }
}

/// A branch: down from where it leaves, and along to its end.
fn branch(view: &BranchView) -> Html {
    if view.to < 0.0 || view.from > 1.0 {
        return Html::default();
    }
    let row = |row: usize| if row == 0 { RAIL } else { RAIL + 4 + ROW * row };
    let (above, y) = (row(view.leaves).to_string(), row(view.row).to_string());
    let (x, end) = (percent(view.from), percent(view.to.max(view.from + 0.004)));
    html! {
        <g class="twig" data-branch={view.id.to_string()}>
            <title>{ format!("{} · {}", branch_name(view.id), seconds(view.end)) }</title>
            if view.from >= 0.0 {
                <line class="branch" x1={x.clone()} y1={above} x2={x.clone()} y2={y.clone()} />
            }
            <line class="branch" x1={x.clone()} y1={y.clone()} x2={end.clone()} y2={y.clone()} />
            <line class="hit" x1={x} y1={y.clone()} x2={end.clone()} y2={y.clone()} />
            if view.to <= 1.0 { <circle class="branch" cx={end} cy={y} r="2.5" /> }
        </g>
    }
}

/// Which part of the run the track shows, where that is not all.
fn strip(timeline: &TimelineView) -> Html {
    if !timeline.is_zoomed {
        return Html::default();
    }
    let of = |time: u64| time as f64 / timeline.span as f64;
    let middle = (height(timeline) - 4).to_string();
    let (from, to) = (of(timeline.window.from), of(timeline.window.to));
    html! {
        <g class="strip">
            <line class="all" x1="0" y1={middle.clone()} x2="100%" y2={middle.clone()} />
            <line class="part" x1={percent(from)} y1={middle.clone()}
                x2={percent(to.max(from + 0.01))} y2={middle.clone()} />
            <line class="hit" x1="0" y1={middle.clone()} x2="100%" y2={middle} />
        </g>
    }
}

/// What a branch is called.
pub(super) fn branch_name(id: usize) -> String {
    if id == 0 { told!("Run") } else { tr!("Branch {}", id) }
}
