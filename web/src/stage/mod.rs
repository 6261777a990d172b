//! The stage: an SVG of servers, links and messages, with the narrator above it.

mod attributes;
mod clients;
mod frame;
mod menu;
mod notice;
mod pointer;
mod scene;

use crate::memo::Cache;
use crate::message::{Act, Link, Look, Message, Open};
use crate::rich::{rich, said};
use crate::shared::Same;
pub use attributes::term_class;
use clients::{Clients, crowds};
pub use frame::Frame;
use frame::{dragged, message_glyphs, parcel_labels, timers};
pub use menu::{MenuShown, place_menu};
use notice::Notice;
use pointer::{Pointer, moved, open_menu, pressed, released, target, wheeled};
use raft_view::clients::{ClientBox, Crowd};
use raft_view::stage::{LinkView, ServerView, fixed};
use raft_view::words::Sentence;
use scene::{Links, Servers};
use yew::prelude::*;

/// What the stage shows.
pub struct Shown<'a> {
    /// The page is this playground's own.
    pub owns_page: bool,
    /// What stands beside the picture for one who has just come.
    pub first_screen: Html,
    /// What happened last, and when.
    pub narrator: &'a (String, Sentence),
    /// What somebody is to be told.
    pub notice: Option<&'a str>,
    /// Somebody has chosen to see a part of the picture.
    pub is_closer: bool,
    /// How much of the work under way is done, 0 to 1.
    pub job: Option<f64>,
    /// The open menu.
    pub menu: Option<MenuShown<'a>>,
    /// The cluster; nothing before the first refresh.
    pub picture: Option<Picture<'a>>,
}

/// What the picture of the cluster shows.
pub struct Picture<'a> {
    /// The page is this playground's own.
    pub owns_page: bool,
    /// Servers as they are since the last event.
    pub servers: &'a Same<Vec<ServerView>>,
    /// What is between them.
    pub links: &'a Same<Vec<LinkView>>,
    /// Partitions, as paths.
    pub walls: &'a [String],
    /// Clients at servers' doors.
    pub crowds: &'a [Crowd],
    /// The crowds as they were drawn last, and for which version.
    pub drawn_crowds: (&'a Cache, u64),
    /// Clients in boxes.
    pub clients: &'a Same<Vec<ClientBox>>,
    /// What is drawn anew in every frame.
    pub frame: Frame<'a>,
    /// The picture on the page.
    pub svg: &'a NodeRef,
}

/// The stage with narrator, actions and notices.
pub fn view(shown: &Shown<'_>, link: &Link) -> Html {
    let (time, sentence) = shown.narrator;
    let cite = if sentence.cite.is_empty() {
        time.clone()
    } else {
        format!("{time} · {}", sentence.cite)
    };
    // Each stands for itself, be it nothing: with `for` the others would move up, and be made anew.
    let picture = shown.picture.as_ref().map_or_else(Html::default, |shown| picture(shown, link));
    let menu = shown.menu.as_ref().map_or_else(Html::default, |shown| menu::menu(shown, link));
    // The page's own playground is its main part; of several on a page none is.
    let tag = if shown.owns_page { "main" } else { "section" };
    html! {
        <@{tag} class="stage" aria-label={tr!("The cluster")}>
            { shown.first_screen.clone() }
            <div class="say" role="status">
                { rich(&sentence.text) }
                <small>{ cite }</small>
            </div>
            { notice(shown.notice, link) }
            { picture }
            { way_back(shown.is_closer, link) }
            { menu }
            { job(shown.job, link) }
        </@>
    }
}

fn notice(text: Option<&str>, link: &Link) -> Html {
    let Some(text) = text else { return Html::default() };
    html! { <Notice text={text.to_string()} link={link.clone()} /> }
}

/// The way back to the whole picture, where a part of it is seen.
fn way_back(is_part: bool, link: &Link) -> Html {
    if !is_part {
        return Html::default();
    }
    html! {
        <button class="btn whole" onclick={link.callback(|_| Look::Closer(false))}>
            { said(key!("Whole picture")) }
        </button>
    }
}

fn job(part: Option<f64>, link: &Link) -> Html {
    let Some(part) = part else { return Html::default() };
    html! {
        <div class="job" role="alert">
            <span>{ tr!("Bringing back the run: {} %", (part * 100.0) as u32) }</span>
            <button class="btn" onclick={link.callback(|_| Open::Cancel)}>
                { said(key!("Cancel")) }
            </button>
        </div>
    }
}

fn picture(shown: &Picture<'_>, link: &Link) -> Html {
    let (svg, frame) = (shown.svg.clone(), shown.frame);
    let Frame { ring, selection, camera, .. } = frame;
    let (crowds_cache, version) = shown.drawn_crowds;
    let pointer = |make: fn(&Pointer, &PointerEvent) -> Option<Message>| {
        let context = Pointer { svg: svg.clone(), drag: frame.drag.cloned(), ring, camera };
        link.batch_callback(move |event: PointerEvent| make(&context, &event))
    };
    let menu_context = Pointer { svg: svg.clone(), drag: None, ring, camera };
    let wheel_context = menu_context.clone();
    let owns_page = shown.owns_page;
    let onwheel =
        link.batch_callback(move |event: WheelEvent| wheeled(&wheel_context, &event, owns_page));
    let key_context = menu_context.clone();
    let oncontextmenu = link.batch_callback(move |event: MouseEvent| {
        event.prevent_default();
        open_menu(&menu_context, target(&event)?, Some((event.client_x(), event.client_y())))
    });
    let onkeydown = link.batch_callback(move |event: KeyboardEvent| {
        let target = target(&event)?;
        let message = match event.key().as_str() {
            "Enter" | "ContextMenu" => open_menu(&key_context, target, None),
            " " => Some(Look::Select(target).into()),
            _ => None,
        };
        if message.is_some() {
            event.prevent_default();
            event.stop_propagation();
        }
        message
    });
    let view_box = camera.view_box().map(fixed).join(" ");
    html! {
        <svg ref={svg.clone()} viewBox={view_box} role="group"
            aria-label={tr!("Servers on a ring, and messages between them")}
            onpointerdown={pointer(pressed)} onpointermove={pointer(moved)}
            onpointerup={pointer(released)} onpointercancel={link.callback(|_| Message::Drag(None))}
            {oncontextmenu} {onkeydown} {onwheel}>
            <Links links={shown.links.clone()} {selection} />
            <g class="walls">
                { for shown.walls.iter().map(|path| wall(path, link)) }
            </g>
            { crowds_cache.part(version, || crowds(shown.crowds)) }
            <Clients clients={shown.clients.clone()} />
            <Servers servers={shown.servers.clone()} {selection} />
            { timers(&frame) }
            <g class="parcels">{ for parcel_labels(&frame) }</g>
            <g class="messages">{ for message_glyphs(&frame) }</g>
            { dragged(&frame) }
        </svg>
    }
}

fn wall(path: &str, link: &Link) -> Html {
    let heal = link.callback(|_| Act::Typed("heal".into()));
    let stop = Callback::from(|event: PointerEvent| event.stop_propagation());
    let onkeydown = link.batch_callback(|event: KeyboardEvent| {
        if !matches!(event.key().as_str(), "Enter" | " ") {
            return None;
        }
        event.prevent_default();
        event.stop_propagation();
        Some(Act::Typed("heal".into()))
    });
    html! {
        <g class="wall-group" role="button" tabindex="0"
            aria-label={tr!("Partition: heal it and every cut")}
            onclick={heal} onpointerdown={stop} {onkeydown}>
            <path class="wall-hit" d={path.to_string()} />
            <path class="wall" d={path.to_string()} />
        </g>
    }
}
