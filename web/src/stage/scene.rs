//! What changes with events: servers and links. Components, which are left alone while
//! their values stay the same.

use super::attributes::{term_class, translate};
use crate::shared::Same;
use raft_view::lang::look_up;
use raft_view::logs::Cell;
use raft_view::menu::Selection;
use raft_view::stage::{
    Held, LinkView, Look, Pip, Point, ServerView, fixed, label_box, tail_boxes, turn,
};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(super) struct LinksProps {
    pub(super) links: Same<Vec<LinkView>>,
    pub(super) selection: Selection,
}

#[function_component(Links)]
pub(super) fn links_component(props: &LinksProps) -> Html {
    let few = props.links.len() <= 21;
    let line = |view: &LinkView| {
        let LinkView { a, b, from, to, .. } = *view;
        let both = view.a_to_b_blocked && view.b_to_a_blocked;
        let one = view.a_to_b_blocked != view.b_to_a_blocked;
        let class = classes!(
            "link",
            both.then_some("cut"),
            one.then_some("half"),
            view.held.then_some("held"),
            (props.selection == Selection::Link(a, b)).then_some("selected"),
        );
        let label = if both {
            tr!("Link {} to {}, cut", a, b)
        } else if one {
            tr!("Link {} to {}, cut in one direction", a, b)
        } else if view.held {
            tr!("Link {} to {}, held", a, b)
        } else {
            tr!("Link {} to {}, open", a, b)
        };
        let coordinates = |class: Classes| {
            html! {
                <line {class} x1={fixed(from.x)} y1={fixed(from.y)} x2={fixed(to.x)}
                    y2={fixed(to.y)} />
            }
        };
        let (start, end) = if view.a_to_b_blocked { (from, to) } else { (to, from) };
        let stop = (one || both).then(|| {
            let at = start.towards(end, if both { 0.5 } else { 0.7 });
            html! {
                <path class="blocked"
                    d={format!("M{},{} m-5,-5 l10,10 m0,-10 l-10,10", fixed(at.x), fixed(at.y))} />
            }
        });
        let tabindex = if few { "0" } else { "-1" };
        html! {
            <g key={format!("{a}{b}")} class="link-group" role="button" {tabindex}
                data-link={format!("{},{}", a.0, b.0)} aria-label={label}>
                { coordinates(classes!("link-hit")) }
                { coordinates(class) }
                { for stop }
            </g>
        }
    };
    html! { <g class="links">{ for props.links.iter().map(line) }</g> }
}

#[derive(PartialEq, Properties)]
pub(super) struct ServersProps {
    pub(super) servers: Same<Vec<ServerView>>,
    pub(super) selection: Selection,
}

#[function_component(Servers)]
pub(super) fn servers_component(props: &ServersProps) -> Html {
    html! {
        <g class="servers">
            { for props.servers.iter().map(|view| server(view, props.selection)) }
            // Beside the buttons and not inside: their names say it in other words.
            <g class="subs" aria-hidden="true">{ for props.servers.iter().map(under) }</g>
            { for props.servers.iter().map(details) }
        </g>
    }
}

/// The radius from which a server has room for its role beside its name and term.
const ROOM: f64 = 40.0;

fn server(view: &ServerView, selection: Selection) -> Html {
    let r = view.radius;
    let selected =
        matches!(selection, Selection::Server(id) | Selection::Entry(id, _) if id == view.id);
    let class = classes!(
        "node",
        view.look.class(),
        term_class(view.term),
        view.belongs.class(),
        selected.then_some("selected"),
        (r < 26.0).then_some("small"),
        view.followed.then_some("followed"),
    );
    let spoken = match view.look {
        Look::Follower => tr!("{}, follower of term {}", view.id, view.term),
        Look::Candidate => tr!("{}, candidate of term {}", view.id, view.term),
        Look::Leader => tr!("{}, leader of term {}", view.id, view.term),
        Look::Crashed => tr!("{}, crashed", view.id),
        Look::Announced => tr!("{}, not started", view.id),
        Look::Removed => tr!("{}, removed", view.id),
        Look::Paused => tr!("{}, paused, {} messages wait", view.id, view.inbox),
    };
    let spoken = match view.belongs.words() {
        Some(words) => tr!("{}, {}", spoken, words),
        None => spoken,
    };
    let scale = r / 36.0;
    let name_y = if r < ROOM { -5.0 * scale } else { -15.0 };
    let crown = format!("translate(0,{}) scale({})", fixed(-r + 36.0 * scale), fixed(scale));
    html! {
        <g key={view.id.0} {class} role="button" tabindex="0" data-server={view.id.0.to_string()}
            aria-label={spoken} aria-haspopup="menu"
            transform={translate(view.at)}>
            if view.followed { <circle class="trail" r={fixed(r + 10.0)} /> }
            if view.look == Look::Leader {
                <circle class="halo" r={fixed(r + 7.0 * scale)} />
            }
            { for pips(view) }
            <circle class="body" r={fixed(r)} />
            if matches!(view.look, Look::Crashed | Look::Removed) {
                <path class="cross" d={cross(r)} />
            }
            <circle class="ring" r={fixed(r + 12.0 * scale)} />
            if view.look == Look::Leader {
                <path class="crown" transform={crown}
                    d="M-11,-50 L-11,-60 L-5,-54 L0,-63 L5,-54 L11,-60 L11,-50 Z" />
            }
            if view.look == Look::Paused {
                <path class="bars" d={format!("M-4,{y} v9 M4,{y} v9", y = fixed(r * 0.5))} />
            }
            <text class="name" aria-hidden="true" y={fixed(name_y)}>
                { view.id.to_string() }
            </text>
        </g>
    }
}

/// What stands under a server's name.
fn under(view: &ServerView) -> Html {
    let role = match view.look {
        Look::Crashed => told!("crashed"),
        Look::Announced => told!("not started"),
        Look::Removed => told!("removed"),
        Look::Paused => tr!("paused, {} wait", view.inbox),
        Look::Follower | Look::Candidate | Look::Leader => match view.belongs.words() {
            Some(words) => words.to_string(),
            None => tr!("term {}", view.term),
        },
    };
    let class = classes!(
        "under",
        (view.look == Look::Leader).then_some("leader"),
        (view.radius < 26.0).then_some("small"),
    );
    let transform = translate(view.at);
    if view.radius < ROOM {
        let y = fixed(12.0 * view.radius / 36.0);
        return html! { <text {class} {y} {transform}>{ role }</text> };
    }
    let what = match view.look {
        Look::Follower => Some(key!("follower")),
        Look::Candidate => Some(key!("candidate")),
        Look::Leader => Some(key!("leader")),
        Look::Crashed | Look::Paused | Look::Announced | Look::Removed => None,
    };
    html! {
        <g {transform}>
            if let Some(what) = what {
                <text class={classes!(class.clone(), "role")} y="4">{ look_up(what) }</text>
            }
            <text {class} y={if what.is_some() { "20" } else { "8" }}>{ role }</text>
        </g>
    }
}

/// What a server's state machine holds, and the end of its log where the table is hidden.
fn details(view: &ServerView) -> Html {
    let mut y = view.radius + 23.0;
    let held: Vec<String> = view.holds.iter().map(Held::text).collect();
    let held = held.join("  ");
    let holds = (!held.is_empty()).then(|| {
        let [left, top, width, height] = label_box(Point { x: 0.0, y }, &held, HELD_SIZE);
        html! {
            <g class="held">
                <rect x={fixed(left)} y={fixed(top)} width={fixed(width)} height={fixed(height)}
                    rx={fixed(height / 2.0)} />
                <text y={fixed(y)}>{ held.clone() }</text>
            </g>
        }
    });
    y += if holds.is_some() { 20.0 } else { 0.0 };
    html! {
        <g class="details" role="img" aria-label={spoken_details(view, &held)}
            transform={translate(view.at)}>
            { for holds }
            { tail(view, y) }
        </g>
    }
}

/// The size of what a state machine holds.
const HELD_SIZE: f64 = 13.0;

fn spoken_details(view: &ServerView, held: &str) -> String {
    let last = view
        .tail
        .last()
        .map(|cell| tr!("last entry {}, {}: {}", cell.index, cell.text, cell.standing.words()));
    match (held.is_empty(), last) {
        (true, None) => tr!("{} holds nothing", view.id),
        (true, Some(last)) => tr!("{} holds nothing; {}", view.id, last),
        (false, None) => tr!("{} holds {}", view.id, held),
        (false, Some(last)) => tr!("{} holds {}; {}", view.id, held, last),
    }
}

fn tail(view: &ServerView, y: f64) -> Html {
    let entry = |(cell, [left, top, width, height]): (&Cell, [f64; 4])| {
        let class = classes!("entry", term_class(cell.term), cell.standing.class());
        html! {
            <g {class}>
                <rect x={fixed(left)} y={fixed(top)} width={fixed(width)} height={fixed(height)}
                    rx="4" />
                <text class="of" x={fixed(left + 4.0)} y={fixed(y)}>{ cell.term }</text>
                <text x={fixed(left + width - 4.0)} y={fixed(y)} text-anchor="end">
                    { cell.text.clone() }
                </text>
            </g>
        }
    };
    html! { <g class="tail">{ for tail_boxes(view, y).into_iter().map(entry) }</g> }
}

/// A cross over a server that is down.
fn cross(r: f64) -> String {
    let (a, w) = (fixed(r * 0.5), fixed(r));
    format!("M-{a},-{a} l{w},{w} m0,-{w} l-{w},{w}")
}

/// How much of a turn a candidate's votes take, above it: what it holds stands below.
const VOTES_OVER: f64 = 0.6;

fn pips(view: &ServerView) -> Vec<Html> {
    let count = view.pips.len().max(1) as f64;
    let distance = view.radius + 11.0 * view.radius / 36.0;
    let size = (4.5 * view.radius / 36.0).max(2.0);
    let pip = |(place, pip): (usize, &Pip)| {
        let (sin, cos) = turn((place as f64 - (count - 1.0) / 2.0) / count * VOTES_OVER);
        let (x, y) = (distance * sin, -distance * cos);
        match pip {
            Pip::Waiting => {
                html! { <circle class="vote" cx={fixed(x)} cy={fixed(y)} r={fixed(size)} /> }
            }
            Pip::Yes => {
                html! { <circle class="vote yes" cx={fixed(x)} cy={fixed(y)} r={fixed(size)} /> }
            }
            Pip::No => {
                let d = size * 0.9;
                let (left, top, w) = (fixed(x - d), fixed(y - d), fixed(2.0 * d));
                html! {
                    <path class="vote no" d={format!("M{left},{top} l{w},{w} m0,-{w} l-{w},{w}")} />
                }
            }
        }
    };
    view.pips.iter().enumerate().map(pip).collect()
}
