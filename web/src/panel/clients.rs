//! Clients: the load generator's controls, what clients get, and whether what they saw fits
//! together.

use crate::input::{Input, value_in};
use crate::linear::Linear;
use crate::message::{Act, Link};
use crate::rich::{rich, said};
use raft_sim::{LoadSpec, Popularity, Session, World};
use raft_view::allowed::Allowed;
use raft_view::offence::{self, Bar, OffenceView};
use raft_view::plots::{HEIGHT, Plots, WIDTH};
use raft_view::stage::fixed;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// The sections.
pub fn view(session: &Session, allowed: Allowed<'_>, linear: &Linear, link: &Link) -> Html {
    html! {
        <>
            { for linear.offence(session).map(offence_figure) }
            <section class="clients">
                <h2>{ said(key!("Clients")) }</h2>
                { load(session.world(), allowed, link) }
                { for raft_view::plots::plots(session).iter().map(plots) }
                { super::first::verdict(linear.verdict) }
            </section>
        </>
    }
}

fn load(world: &World, allowed: Allowed<'_>, link: &Link) -> Html {
    let forbidden = allowed.forbids("load 1/s").then_some("true");
    let runs = world.load().copied();
    let usual = LoadSpec { clients: Some(12), ..LoadSpec::new(50, 50) };
    let spec = runs.unwrap_or(usual);
    let onsubmit = link.batch_callback(|event: SubmitEvent| {
        event.prevent_default();
        let form: web_sys::Element = event.target()?.dyn_into().ok()?;
        let value = |name: &str| value_in(&form, name).map(|value| value.trim().to_string());
        let mut line = format!("load {}/s", value("rate")?);
        for (word, unit) in
            [("reads", "%"), ("keys", ""), ("skewed", ""), ("clients", ""), ("via", "")]
        {
            let value = value(word)?;
            if word == value {
                line += " skewed";
            } else if !value.is_empty() {
                line += &format!(" {word} {value}{unit}");
            }
        }
        Some(Act::Typed(line))
    });
    let number = |name: &'static str, label: &'static str, value: String| {
        html! { <label><span>{ label }</span><Input {name} {value} keep=true /></label> }
    };
    let option = |value: &'static str, label: &'static str, selected: bool| {
        html! { <option {value} {selected}>{ label }</option> }
    };
    let skewed = spec.popularity == Popularity::Skewed;
    let clients = spec.clients.map_or(String::new(), |clients| clients.to_string());
    html! {
        <form class="load" {onsubmit} aria-label={tr!("Load")}>
            { number("rate", tr!("Rate, per second"), spec.per_second.to_string()) }
            { number("reads", tr!("Reads, %"), spec.reads_percent.to_string()) }
            { number("clients", tr!("Clients, to 256"), clients) }
            { number("keys", tr!("Keys"), spec.keys.to_string()) }
            <label><span>{ said(key!("Popularity")) }</span><select name="skewed">
                { option("", tr!("all alike"), !skewed) }
                { option("skewed", tr!("skewed"), skewed) }
            </select></label>
            <label><span>{ said(key!("Server")) }</span><select name="via">
                { option("", tr!("all"), spec.via.is_none()) }
                { for world.servers().iter().map(|server| {
                    let name = server.id().to_string();
                    html! {
                        <option value={name.clone()} selected={spec.via == Some(server.id())}>
                            { name }
                        </option>
                    }
                }) }
            </select></label>
            <div class="actions">
                <button class="btn primary" type="submit" aria-disabled={forbidden}>
                    { said(if runs.is_some() { key!("Change load") } else { key!("Start load") }) }
                </button>
                <button class="btn" type="button" disabled={runs.is_none()}
                    onclick={link.callback(|_| Act::Typed("load off".into()))}>
                    { said(key!("Stop load")) }
                </button>
            </div>
        </form>
    }
}

fn plots(plots: &Plots) -> Html {
    let Plots { window, latency_top, rate_top, .. } = plots;
    let latency = tr!("Latency in the last {}", window);
    let line = |class: &'static str, d: &str| html! { <path {class} d={d.to_string()} /> };
    let lines = [line("median", &plots.median), line("p99", &plots.p99)];
    let bars = [line("answered", &plots.answered), line("failed", &plots.failed)];
    let figures = plots.figures.clone();
    let rate = tr!("Requests a second in the last {}", window);
    html! {
        <div class="plots">
            <h3>
                { said(key!("Latency:")) }
                { " " }
                { key("median", "M0,5 H18") }
                { said(key!("median")) }
                { " " }
                { key("p99", "M0,5 H18") }
                { said(key!("99 of 100")) }
            </h3>
            { plot(latency, latency_top, window, &plots.marks, lines) }
            <h3>
                { said(key!("Requests a second:")) }
                { " " }
                { key("answered", "M4,1 h8 v8 h-8 Z") }
                { said(key!("answered")) }
                { " " }
                { key("failed", "M4,1 h8 v8 h-8 Z") }
                { said(key!("failed")) }
            </h3>
            { plot(rate, rate_top, window, &plots.marks, bars) }
            <p class="muted">{ figures }</p>
        </div>
    }
}

fn key(class: &'static str, d: &'static str) -> Html {
    html! {
        <svg class="plot key" width="20" height="10" aria-hidden="true"><path {class} {d} /></svg>
    }
}

fn plot(
    label: String,
    top: &str,
    window: &str,
    marks: &[(f64, &'static str)],
    content: [Html; 2],
) -> Html {
    let (right, bottom) = (fixed(WIDTH), fixed(HEIGHT));
    let text = |class: &'static str, x: &str, y: &str, said: String| {
        html! { <text {class} x={x.to_string()} y={y.to_string()}>{ said }</text> }
    };
    let mark = |(x, class): &(f64, &'static str)| {
        let head = match *class {
            "elected" => "m-4,-6 h8 l-4,6 Z",
            "fault" => "m-3,-6 l6,6 m-6,0 l6,-6",
            _ => "m-3,-6 h6 v6 h-6 Z",
        };
        html! {
            <path class={classes!("at", *class)}
                d={format!("M{x},{bottom} V0 {head}", x = fixed(*x))} />
        }
    };
    html! {
        <svg class="plot" viewBox="-44 -8 348 80" role="img" aria-label={label}>
            <path class="axis" d={format!("M0,0 V{bottom} H{right}")} />
            { text("end", "-5", "5", top.to_string()) }
            { text("end", "-5", &bottom, "0".into()) }
            { for content }
            { for marks.iter().map(mark) }
            { text("", "0", "70", format!("−{window}")) }
            { text("end", &right, "70", told!("now")) }
        </svg>
    }
}

fn offence_figure(view: &OffenceView) -> Html {
    let bar = |bar: &Bar| {
        let class = classes!("bar", (!bar.fits).then_some("misfit"), bar.open.then_some("open"));
        let end = if bar.open { "l-5,4 m5,-4 l-5,-4 m5,4" } else { "" };
        let (from, to) = (fixed(bar.from), fixed(bar.to - 1.0));
        let view_box = format!("-1 0 {} 12", fixed(offence::WIDTH + 2.0));
        html! {
            <li>
                <b>{ bar.text.clone() }</b>
                <span class="muted">{ bar.place.clone() }</span>
                <svg viewBox={view_box} aria-hidden="true">
                    <path {class} d={format!("M{from},2 H{to} V10 H{from} Z M{to},6 {end}")} />
                </svg>
                <small class="muted">{ bar.times.clone() }</small>
            </li>
        }
    };
    html! {
        <section class="offence">
            <h2>{ view.title.clone() }</h2>
            <ol>{ for view.bars.iter().map(bar) }</ol>
            <div class="why">{ rich(&view.why) }</div>
        </section>
    }
}
