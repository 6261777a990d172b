//! The timeline: scrub, jump to marks, and go to branches.

use crate::message::{Link, Time};
use crate::rich::said;
use crate::shared::Same;
use raft_core::Micros;
use raft_view::timeline::TimelineView;
use raft_view::words::seconds;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// What the timeline shows.
pub struct Shown<'a> {
    /// Marks and branches; none before the first refresh.
    pub timeline: &'a Same<Option<TimelineView>>,
    /// The present simulated time.
    pub now: Micros,
    /// The end of the branch that is shown.
    pub end: Micros,
}

/// The bar with the present time, the track and the branches.
pub fn view(shown: &Shown<'_>, link: &Link) -> Html {
    let Some(timeline) = &**shown.timeline else { return Html::default() };
    let now = shown.now;
    let part = (now as f64 / timeline.span as f64).clamp(0.0, 1.0);
    let count = timeline.count;
    html! {
        <section class="time" aria-label={tr!("Time")}>
            <span class="now" data-time={now.to_string()}>{ seconds(now) }</span>
            <button class="quiet mark-step" aria-label={tr!("Previous mark")}
                onclick={link.callback(|_| Time::Mark(false))}>
                { "⟨" }
            </button>
            <div class="track" role="slider" tabindex="0" aria-label={tr!("Simulated time")}
                aria-valuemin="0" aria-valuemax={(timeline.span / 1_000).to_string()}
                aria-valuenow={(now / 1_000).to_string()} aria-valuetext={seconds(now)}
                onpointerdown={scrub(link, true)} onpointermove={scrub(link, false)}
                onkeydown={keys(link, now, shown.end)}>
                <svg class="rail" width="100%" height="34" aria-hidden="true">
                    <line class="rest" x1="0" y1="17" x2="100%" y2="17" />
                    <line class="end" x1="0" y1="17" x2={percent(timeline.end)} y2="17" />
                    <line class="done" x1="0" y1="17" x2={percent(part)} y2="17" />
                    <Marks timeline={shown.timeline.clone()} />
                    <circle class="handle" cx={percent(part)} cy="17" r="8" />
                </svg>
            </div>
            <button class="quiet mark-step" aria-label={tr!("Next mark")}
                onclick={link.callback(|_| Time::Mark(true))}>
                { "⟩" }
            </button>
            if count > 1 {
                { branches(timeline, link) }
            } else {
                <span class="muted one">{ said(key!("1 branch")) }</span>
            }
        </section>
    }
}

fn percent(part: f64) -> String {
    let hundredths = (part * 10_000.0) as u64;
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

#[derive(PartialEq, Properties)]
struct MarksProps {
    timeline: Same<Option<TimelineView>>,
}

#[function_component(Marks)]
fn marks(props: &MarksProps) -> Html {
    let Some(timeline) = &*props.timeline else { return Html::default() };
    let mark = |view: &raft_view::timeline::MarkView| {
        html! {
            <rect class={classes!("mark", view.class)} x={percent(view.at)} y="3" width="3"
                height="9" />
        }
    };
    let branch = |view: &raft_view::timeline::BranchView| {
        let y = (26 + 4 * view.row).to_string();
        html! {
            <line class="branch" x1={percent(view.from)} y1={y.clone()}
                x2={percent(view.to.max(view.from + 0.004))} y2={y} />
        }
    };
    html! {
        <>
            { for timeline.branches.iter().map(branch) }
            { for timeline.marks.iter().map(mark) }
        </>
    }
}

fn branches(timeline: &TimelineView, link: &Link) -> Html {
    let onchange = link.batch_callback(|event: Event| {
        let select: web_sys::HtmlSelectElement = event.target()?.dyn_into().ok()?;
        Some(Time::Switch(select.value().parse().ok()?))
    });
    let option = |id: usize| {
        let name = if id == 0 { told!("Run") } else { tr!("Branch {}", id) };
        html! { <option value={id.to_string()} selected={id == timeline.current}>{ name }</option> }
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

fn scrub(link: &Link, press: bool) -> Callback<PointerEvent> {
    link.batch_callback(move |event: PointerEvent| {
        if event.buttons() & 1 == 0 {
            return None;
        }
        // The target: listeners sit at the root, so the current target is not the track.
        let track: Element = event.target()?.dyn_into().ok()?;
        let track = track.closest(".track").ok()??;
        if press {
            // Without capture the pointer can still be followed while it stays on the track.
            let _captured = track.set_pointer_capture(event.pointer_id());
        }
        let rect = track.get_bounding_client_rect();
        Some(Time::SeekPart((f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0)))
    })
}

fn keys(link: &Link, now: Micros, end: Micros) -> Callback<KeyboardEvent> {
    link.batch_callback(move |event: KeyboardEvent| {
        const STEP: u64 = 10_000;
        const PAGE: u64 = 100_000;
        let message = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => Time::Seek(now.saturating_sub(STEP)),
            "ArrowRight" | "ArrowUp" => Time::Seek((now + STEP).min(end)),
            "PageDown" => Time::Seek(now.saturating_sub(PAGE)),
            "PageUp" => Time::Seek((now + PAGE).min(end)),
            "Home" => Time::Seek(0),
            "End" => Time::Seek(end),
            _ => return None,
        };
        event.prevent_default();
        event.stop_propagation();
        Some(message)
    })
}
