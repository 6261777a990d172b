//! What changes with every frame: messages, timers' arcs and what is dragged. Plain functions draw
//! it anew each time.

use super::attributes::{term_class, translate};
use crate::message::Drag;
use raft_sim::World;
use raft_view::clients::{ClientBox, Crowd, Parcel, parcels};
use raft_view::menu::Selection;
use raft_view::stage::{
    Camera, Glyph, MessageView, Motion, Point, Ring, WORDS_SIZE, arc, fixed, label_box, messages,
    timer_left, turn,
};
use raft_view::words;
use yew::prelude::*;

/// What a frame is drawn from.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// The cluster, with its messages and timers.
    pub world: &'a World,
    /// Where servers stand.
    pub ring: Ring,
    /// Clients in boxes.
    pub clients: &'a [ClientBox],
    /// Clients at servers' doors.
    pub crowds: &'a [Crowd],
    /// What is selected.
    pub selection: Selection,
    /// What a pointer is doing.
    pub drag: Option<&'a Drag>,
    /// The part of the picture that is seen.
    pub camera: Camera,
    /// Whether the run plays: messages that stand still can be read and chosen.
    pub playing: bool,
    /// How much the person wants to move.
    pub motion: Motion,
}

pub(super) fn timers(frame: &Frame<'_>) -> Html {
    let Frame { world, ring, .. } = *frame;
    let now = world.now();
    let selected = match frame.selection {
        Selection::Server(id) | Selection::Entry(id, _) => Some(id),
        Selection::Nothing | Selection::Message(_) | Selection::Link(..) => None,
    };
    let dragged = match frame.drag {
        Some(Drag::Timer(id, part)) => Some((*id, *part)),
        Some(Drag::Link { .. } | Drag::Lasso { .. } | Drag::Picture(_)) | None => None,
    };
    let arcs = world.servers().iter().filter_map(|server| {
        let id = server.id();
        let part = match dragged {
            Some((dragged, part)) if dragged == id => part,
            Some(_) | None => timer_left(server, now)?,
        };
        let r = ring.server_radius;
        let at = ring.at(id);
        let knob = (selected == Some(id)).then(|| {
            let (sin, cos) = turn(part);
            html! {
                <circle class="knob" data-timer={id.0.to_string()} r="7"
                    cx={fixed(r * sin)} cy={fixed(-r * cos)} />
            }
        });
        let class = if server.is_live_leader() { "timer beat" } else { "timer" };
        Some(html! {
            <g key={id.0} transform={translate(at)}>
                <path {class} d={arc(r, part)} />
                { for knob }
            </g>
        })
    });
    html! { <g class="timers">{ for arcs }</g> }
}

pub(super) fn message_glyphs(frame: &Frame<'_>) -> Vec<Html> {
    let views = messages(frame.world, &frame.ring, frame.motion);
    views.iter().map(|view| message(view, frame.selection, !frame.playing)).collect()
}

fn message(view: &MessageView, selection: Selection, still: bool) -> Html {
    let selected = selection == Selection::Message(view.id);
    let class = classes!(
        "msg",
        glyph_class(view.glyph),
        term_class(view.term),
        view.held.then_some("waits"),
        view.words.is_some().then_some("said"),
        selected.then_some("selected"),
    );
    let label = still.then(|| {
        let name = words::message_name(view.kind);
        let name = if let Glyph::Entries(count) = view.glyph {
            format!("{name} +{count}")
        } else {
            name.to_string()
        };
        view.words.as_ref().map_or(name.clone(), |words| format!("{name}: {words}"))
    });
    html! {
        <g key={view.id} {class} transform={translate(view.at)}
            role={still.then_some("button")} tabindex={still.then_some("0")}
            data-message={view.id.to_string()} aria-label={label}>
            { view.words.as_deref().map_or_else(|| glyph(view.glyph), pill) }
        </g>
    }
}

/// Words in a pill around the origin.
fn pill(words: &str) -> Html {
    let [left, top, width, height] = label_box(Point::default(), words, WORDS_SIZE);
    html! {
        <>
            <rect x={fixed(left)} y={fixed(top)} width={fixed(width)} height={fixed(height)}
                rx={fixed(height / 2.0)} />
            <text aria-hidden="true">{ words }</text>
        </>
    }
}

/// What is on its way between clients and servers.
pub(super) fn parcel_labels(frame: &Frame<'_>) -> Vec<Html> {
    let all = parcels(frame.world, &frame.ring, frame.clients, frame.crowds, frame.motion);
    all.iter().map(parcel).collect()
}

fn parcel(view: &Parcel) -> Html {
    let class = classes!(
        "parcel",
        if view.asks { "asks" } else { "tells" },
        (!view.is_well).then_some("no"),
    );
    html! {
        <g key={view.id} {class} transform={translate(view.at)} data-parcel={view.id.to_string()}>
            { view.text.as_deref().map_or_else(|| html! { <circle r="4" /> }, pill) }
        </g>
    }
}

fn glyph_class(glyph: Glyph) -> &'static str {
    match glyph {
        Glyph::Ask => "rv",
        Glyph::Entries(_) => "ae",
        Glyph::Probe => "probe",
        Glyph::Beat => "hb",
        Glyph::BeatReply => "hbr",
        Glyph::Tick => "reply",
        Glyph::Cross => "reply no",
        Glyph::Forward => "fw",
        Glyph::Snapshot => "ae snap",
    }
}

fn glyph(glyph: Glyph) -> Html {
    match glyph {
        Glyph::Ask => {
            html! {
                <><path d="M0,-11 L11,0 L0,11 L-11,0 Z" /><text aria-hidden="true">{ "?" }</text></>
            }
        }
        Glyph::Entries(count) => {
            html! {
                <>
                    <rect x="-15" y="-9" width="30" height="18" rx="9" />
                    <text aria-hidden="true">{ format!("+{count}") }</text>
                </>
            }
        }
        Glyph::Probe => {
            html! {
                <>
                    <rect x="-9" y="-7" width="18" height="14" rx="7" />
                    <text aria-hidden="true">{ "·" }</text>
                </>
            }
        }
        Glyph::Beat => html! { <circle r="6" /> },
        Glyph::BeatReply => html! { <circle r="4.5" /> },
        Glyph::Tick => html! { <><circle r="8" /><path d="M-3.5,0 L-1,3 L4,-3" /></> },
        Glyph::Cross => html! { <><circle r="8" /><path d="M-3,-3 L3,3 M3,-3 L-3,3" /></> },
        Glyph::Snapshot => {
            html! {
                <>
                    <rect x="-13" y="-11" width="26" height="22" rx="2" />
                    <text aria-hidden="true">{ "▤" }</text>
                </>
            }
        }
        Glyph::Forward => {
            html! {
                <>
                    <rect x="-9" y="-9" width="18" height="18" rx="3" />
                    <text aria-hidden="true">{ "»" }</text>
                </>
            }
        }
    }
}

pub(super) fn dragged(frame: &Frame<'_>) -> Html {
    match frame.drag {
        Some(Drag::Link { from, to, moved: true }) => {
            let from = frame.ring.at(*from);
            html! {
                <line class="drag" x1={fixed(from.x)} y1={fixed(from.y)} x2={fixed(to.x)}
                    y2={fixed(to.y)} />
            }
        }
        Some(Drag::Lasso { outline, .. }) => {
            let points: Vec<String> = outline
                .iter()
                .map(|point| format!("{},{}", fixed(point.x), fixed(point.y)))
                .collect();
            html! { <polygon class="lasso" points={points.join(" ")} /> }
        }
        Some(Drag::Link { .. } | Drag::Timer(..) | Drag::Picture(_)) | None => Html::default(),
    }
}
