//! What comes next: a question is put to hundreds of futures of the present moment. And when it
//! was too late: from which moment on the run was bound to come to what it came to.

use crate::message::{Link, Many, ManyRuns, Time};
use crate::rich::said;
use crate::runs::{Asked, RUNS, Runs, Search};
use raft_core::Micros;
use raft_sim::{BranchId, Moment, Session};
use raft_view::futures::{self, Answer, HEIGHT, LatePoint, Times, WIDTH};
use raft_view::lang::look_up;
use raft_view::stage::fixed;
use raft_view::words::seconds;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the tab shows.
struct Shown<'a> {
    /// The run.
    session: &'a Session,
    /// What was asked, and what came of it.
    runs: &'a Runs,
}

/// Many runs, of which none has been asked yet.
pub fn runs() -> Box<dyn ManyRuns> {
    Box::new(Runs::default())
}

impl ManyRuns for Runs {
    fn take(&mut self, session: &Session, link: &Link, many: Many) {
        self.on_message(session, link, many);
    }

    fn moment(&self) -> Option<(BranchId, Moment, Micros)> {
        self.asked_of()
    }

    fn view(&self, session: &Session, link: &Link) -> Html {
        view(&Shown { session, runs: self }, link)
    }
}

/// The tab.
fn view(shown: &Shown<'_>, link: &Link) -> Html {
    let asked = shown.runs.asked();
    let next = asked.filter(|asked| asked.late.is_none());
    let search = asked.and_then(|asked| Some((asked, asked.late.as_ref()?)));
    html! {
        <div class="insp futures">
            { what_comes_next(shown, next, link) }
            if let Some(problem) = shown.runs.problem() {
                <p class="wrong" role="alert">{ problem.to_string() }</p>
            }
            if let Some(why) = shown.runs.is_here() {
                <p class="hint">{ tr!(
                    "No other thread could be started ({}), so this is done in pieces between the \
                     pictures and takes longer.",
                    why
                ) }</p>
            }
            if let Some(asked) = next {
                { ends(asked, link) }
            }
            { too_late(shown, search, link) }
        </div>
    }
}

fn what_comes_next(shown: &Shown<'_>, asked: Option<&Asked>, link: &Link) -> Html {
    let choices = futures::choices(shown.session);
    let onsubmit = link.batch_callback(|event: SubmitEvent| {
        event.prevent_default();
        let form: web_sys::Element = event.target()?.dyn_into().ok()?;
        let own = form.query_selector("input").ok()??.dyn_into::<HtmlInputElement>().ok()?;
        let list = form.query_selector("select").ok()??.dyn_into::<HtmlSelectElement>().ok()?;
        let own = own.value();
        let asked = if own.trim().is_empty() { list.value() } else { own };
        Some(Many::Ask(asked))
    });
    let goes_on = asked.is_some_and(Asked::goes_on);
    let chosen = shown.runs.chosen(&choices);
    // The list changes with the moment: what is chosen is set, and never left to the browser.
    let option = |(at, choice): (usize, &futures::Choice)| {
        let (asked, selected) = (choice.asked.clone(), at == chosen);
        let (key, label) = (asked.clone(), choice.label.clone());
        html! { <option {key} value={asked} {selected}>{ label }</option> }
    };
    let onchange = link.batch_callback(|event: Event| {
        Some(Many::Choose(event.target_dyn_into::<HtmlSelectElement>()?.value()))
    });
    html! {
        <section>
            <h2>{ said(key!("What comes next?")) }</h2>
            <form class="ask" {onsubmit}>
                <select {onchange} aria-label={look_up(key!("Question"))}>{
                    for choices.iter().enumerate().map(option)
                }</select>
                <input type="text" autocomplete="off" spellcheck="false"
                    aria-label={look_up(key!("A question of your own"))}
                    placeholder={look_up(key!("or a claim: leader n3 within 1s"))} />
                <button class="btn primary" type="submit" disabled={goes_on}>
                    { tr!("Run {} futures from {}", RUNS, seconds(shown.session.world().now())) }
                </button>
            </form>
            { progress(asked, link) }
        </section>
    }
}

fn progress(asked: Option<&Asked>, link: &Link) -> Html {
    let Some(asked) = asked.filter(|asked| asked.goes_on()) else { return Html::default() };
    html! {
        <div class="under-way">
            <progress value={fixed(asked.part())} aria-label={look_up(key!("Futures"))}></progress>
            <button class="btn" onclick={link.callback(|_: MouseEvent| Many::Cancel)}>
                { said(key!("Cancel")) }
            </button>
        </div>
    }
}

fn ends(asked: &Asked, link: &Link) -> Html {
    if asked.shares.runs() == 0 {
        return Html::default();
    }
    let view = futures::ends(&asked.question, asked.from, &asked.shares);
    html! {
        <>
            <section>
                <h2>{ asked.text.clone() }<small>{ view.over.clone() }</small></h2>
                <ul class="shares">{ for view.answers.iter().map(|it| answer(it, link)) }</ul>
                <p class="hint">{ said(key!(
                    "Each future differs from that moment on in chance alone: delays, time-outs, \
                     losses. Click a row to open one of them as a branch."
                )) }</p>
            </section>
            if let Some(times) = &view.times {
                { distribution(times, &view.times_of) }
            }
        </>
    }
}

fn answer(answer: &Answer, link: &Link) -> Html {
    let key = answer.key;
    let width = fixed(answer.part * 122.0);
    html! {
        <li>
            <button onclick={link.callback(move |_: MouseEvent| Many::Open(key))}
                class={answer.is_found.then_some("found")}>
                <span>{ answer.name.clone() }</span>
                <svg viewBox="0 0 122 18" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="all" width="122" height="18" rx="5" />
                    <rect {width} height="18" rx="5" />
                </svg>
                <b>{ answer.share.clone() }</b>
                <small>{ answer.margin.clone() }</small>
            </button>
        </li>
    }
}

fn distribution(times: &Times, of: &str) -> Html {
    html! {
        <section>
            <h2>{ of.to_string() }<small>{ said(key!("of those where it came")) }</small></h2>
            <svg class="graph" viewBox={format!("0 -16 {WIDTH} {}", HEIGHT + 18.0)} role="img"
                aria-label={format!("{}, {}", times.half.1, times.most.1)}>
                <path class="bars" d={times.bars.clone()} />
                <line class="ground" x2={fixed(WIDTH)} y1={fixed(HEIGHT)} y2={fixed(HEIGHT)} />
                { mark(times.half.0, &times.half.1, -4.0) }
                { mark(times.most.0, &times.most.1, 10.0) }
            </svg>
        </section>
    }
}

/// A dashed line with what it says beside it, on the side that has more room.
fn mark(x: f64, says: &str, y: f64) -> Html {
    let (anchor, at) = if x > WIDTH / 2.0 { ("end", x - 5.0) } else { ("start", x + 5.0) };
    html! {
        <>
            <line class="mark" x1={fixed(x)} x2={fixed(x)} y1={fixed(y - 9.0)} y2={fixed(HEIGHT)} />
            <text x={fixed(at)} y={fixed(y)} text-anchor={anchor}>{ says.to_string() }</text>
        </>
    }
}

fn too_late(shown: &Shown<'_>, search: Option<(&Asked, &Search)>, link: &Link) -> Html {
    let came = futures::came_to(shown.session);
    let button = |came: &futures::CameTo| {
        let (label, came) = (came.label.clone(), came.clone());
        let onclick = link.callback(move |_: MouseEvent| Many::Late(came.clone()));
        html! { <button class="btn" {onclick}>{ label }</button> }
    };
    html! {
        <section>
            <h2>{ said(key!("When was it too late?")) }</h2>
            if came.is_empty() {
                <p class="hint">{ said(key!(
                    "Once somebody leads, or a property is broken, you can ask from when on that \
                     was certain."
                )) }</p>
            } else {
                <div class="actions">{ for came.iter().map(button) }</div>
            }
            if let Some((asked, search)) = search {
                { progress(Some(asked), link) }
                { curve(asked, search, link) }
            }
        </section>
    }
}

fn curve(asked: &Asked, search: &Search, link: &Link) -> Html {
    let Some(view) = futures::lateness(&search.late) else { return Html::default() };
    let dot = |point: &LatePoint| {
        let at = point.at;
        html! {
            <circle cx={fixed(point.x)} cy={fixed(point.y)} r="4"
                onclick={link.callback(move |_: MouseEvent| Time::Seek(at))}>
                <title>{ point.says.clone() }</title>
            </circle>
        }
    };
    let floor = fixed(HEIGHT);
    let area = format!("0,{floor} {} {},{floor}", view.line, fixed(WIDTH));
    html! {
        <>
            <p>{ format!("{} · {}", search.label, view.over) }</p>
            <svg class="graph late" viewBox={format!("-4 -6 {} {}", WIDTH + 8.0, HEIGHT + 22.0)}
                role="img" aria-label={search.step.clone().unwrap_or_default()}>
                <polygon points={area} />
                <polyline points={view.line.clone()} />
                if let Some((x, _)) = view.jump {
                    <line class="mark" x1={fixed(x)} x2={fixed(x)} y1="0" y2={floor.clone()} />
                }
                <line class="ground" x2={fixed(WIDTH)} y1={floor.clone()} y2={floor.clone()} />
                { for view.points.iter().map(dot) }
                <text x="0" y={fixed(HEIGHT + 13.0)}>{ view.from.clone() }</text>
                <text x={fixed(WIDTH)} y={fixed(HEIGHT + 13.0)} text-anchor="end">
                    { view.to.clone() }
                </text>
            </svg>
            if let Some(step) = &search.step {
                <p><b>{ said(view.says) }</b>{ format!(" {step}") }</p>
                if let Some((_, at)) = view.jump {
                    <div class="actions">
                        <button class="btn"
                            onclick={link.callback(move |_: MouseEvent| Time::Seek(at))}>
                            { tr!("Go to {}", seconds(at)) }
                        </button>
                    </div>
                }
            } else if !asked.goes_on() {
                <p>{ said(key!("At no moment does the share jump.")) }</p>
            }
            <p class="hint">{ said(key!(
                "How many of the futures of each moment end as this run did. Click a dot to go \
                 there."
            )) }</p>
        </>
    }
}
