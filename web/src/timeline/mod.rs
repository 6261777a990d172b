//! The timeline: scrub, zoom, jump to marks, and go to branches.

mod marks;
mod scale;
mod track;

use crate::message::{Link, Stretch, Time};
use crate::rich::said;
use crate::shared::Same;
use marks::{Marks, branch_name, height};
use raft_core::Micros;
use raft_view::timeline::TimelineView;
use raft_view::words::seconds;
use scale::{RAIL, percent};
use std::rc::Rc;
pub use track::Fingers;
use track::{dragged, keys, lifted, pressed, wheel};
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// What the timeline shows.
pub struct Shown<'a> {
    /// Marks and branches; none before the first refresh.
    pub timeline: &'a Same<Option<TimelineView>>,
    /// The present simulated time.
    pub now: Micros,
    /// What happened just then that has a mark.
    pub here: Option<String>,
    /// The end of the branch that is shown.
    pub end: Micros,
    /// Pointers on the track.
    pub fingers: &'a Rc<Fingers>,
}

/// The bar with the present time, the track and the branches.
pub fn view(shown: &Shown<'_>, link: &Link) -> Html {
    let Some(timeline) = &**shown.timeline else { return Html::default() };
    let now = shown.now;
    html! {
        <section class="time" aria-label={tr!("Time")}>
            <span class="now" data-time={now.to_string()}>
                { seconds(now) }
                { range(timeline) }
            </span>
            <button class="quiet mark-step" aria-label={tr!("Previous mark")}
                onclick={link.callback(|_| Time::Mark(false))}>
                { "⟨" }
            </button>
            { track(shown, timeline, link) }
            <button class="quiet mark-step" aria-label={tr!("Next mark")}
                onclick={link.callback(|_| Time::Mark(true))}>
                { "⟩" }
            </button>
            if timeline.is_zoomed {
                <button class="quiet small fit"
                    onclick={link.callback(|_| Time::Show(Stretch::All))}
                    aria-label={tr!("Show all of the run on the timeline")}>
                    { said(key!("Show all")) }
                </button>
            }
            if timeline.count > 1 {
                { branches(timeline, link) }
            } else {
                <span class="muted one">{ said(key!("1 branch")) }</span>
            }
        </section>
    }
}

/// Which part of the run the track shows, where that is not all.
fn range(timeline: &TimelineView) -> Html {
    if !timeline.is_zoomed {
        return Html::default();
    }
    let (from, to) = (seconds(timeline.window.from), seconds(timeline.window.to));
    let text = format!("{} – {to}", from.trim_end_matches(" s"));
    html! { <small class="muted range">{ text }</small> }
}

fn track(shown: &Shown<'_>, timeline: &TimelineView, link: &Link) -> Html {
    let (now, fingers) = (shown.now, shown.fingers);
    let text = match &shown.here {
        Some(here) => format!("{}, {here}", seconds(now)),
        None => seconds(now),
    };
    let y = RAIL.to_string();
    let part = timeline.window.part(now);
    html! {
        <div class="track" role="slider" tabindex="0" aria-label={tr!("Simulated time")}
            aria-valuemin="0" aria-valuemax={(timeline.span / 1_000).to_string()}
            aria-valuenow={(now / 1_000).to_string()} aria-valuetext={text}
            onpointerdown={pressed(link, fingers)} onpointermove={dragged(link, fingers)}
            onpointerup={lifted(fingers)} onpointercancel={lifted(fingers)}
            onwheel={wheel(link)} ondblclick={link.callback(|_| Time::Show(Stretch::All))}
            onkeydown={keys(link, timeline, now, shown.end)}>
            <svg class="rail" width="100%" height={height(timeline).to_string()}
                aria-hidden="true">
                <line class="rest" x1="0" y1={y.clone()} x2="100%" y2={y.clone()} />
                <line class="end" x1="0" y1={y.clone()} x2={percent(timeline.end)}
                    y2={y.clone()} />
                <line class="done" x1="0" y1={y.clone()} x2={percent(part)} y2={y.clone()} />
                <Marks timeline={shown.timeline.clone()} />
                if (0.0..=1.0).contains(&part) {
                    <circle class="handle" cx={percent(part)} cy={y} r="8" />
                }
            </svg>
        </div>
    }
}

fn branches(timeline: &TimelineView, link: &Link) -> Html {
    let onchange = link.batch_callback(|event: Event| {
        let select: web_sys::HtmlSelectElement = event.target()?.dyn_into().ok()?;
        Some(Time::Switch(select.value().parse().ok()?))
    });
    let option = |id: usize| {
        html! {
            <option value={id.to_string()} selected={id == timeline.current}>
                { branch_name(id) }
            </option>
        }
    };
    html! {
        <label class="branches">
            <span class="muted">{ tr!("{} branches", timeline.count) }</span>
            <select {onchange} aria-label={tr!("Branch")}>
                { for (0..timeline.count).map(option) }
            </select>
        </label>
    }
}
