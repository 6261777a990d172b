//! The stage: an SVG of servers, links and messages, with the narrator above it.

mod draw;
mod menu;
mod pointer;

use crate::app::App;
use crate::message::{Link, Message};
use crate::rich::{rich, said};
pub use draw::term_class;
use draw::{Links, Servers, crowds, dragged, message_glyphs, timers};
use menu::menu;
use pointer::{Pointer, moved, open_menu, pressed, released, target};
use raft_view::stage::{HEIGHT, WIDTH, fixed};
use yew::prelude::*;

/// The stage with narrator, actions and notices.
pub fn view(app: &App, link: &Link) -> Html {
    let (time, sentence) = &*app.views().narrator;
    let cite = if sentence.cite.is_empty() {
        time.clone()
    } else {
        format!("{time} · {}", sentence.cite)
    };
    // The page's own playground is its main part; of several on a page none is.
    let tag = if app.options().owns_page { "main" } else { "section" };
    html! {
        <@{tag} class="stage" aria-label={tr!("The cluster")}>
            <div class="say" role="status">
                { rich(&sentence.text) }
                <small>{ cite }</small>
            </div>
            { notice(app.notice(), link) }
            { picture(app, link) }
            { menu(app, link) }
            { job(app.job_part(), link) }
        </@>
    }
}

fn notice(text: Option<&str>, link: &Link) -> Html {
    let Some(text) = text else { return Html::default() };
    html! {
        <div class="notice" role="alert">
            <span>{ text }</span>
            <button class="quiet" aria-label={tr!("Dismiss")} onclick={link.callback(|_| Message::Dismiss)}>{ "✕" }</button>
        </div>
    }
}

fn job(part: Option<f64>, link: &Link) -> Html {
    let Some(part) = part else { return Html::default() };
    html! {
        <div class="job" role="alert">
            <span>{ tr!("Bringing back the run: {} %", (part * 100.0) as u32) }</span>
            <button class="btn" onclick={link.callback(|_| Message::CancelJob)}>{ said(key!("Cancel")) }</button>
        </div>
    }
}

fn picture(app: &App, link: &Link) -> Html {
    let views = app.views();
    let svg = app.stage_ref().clone();
    let pointer = |make: fn(&Pointer, &PointerEvent) -> Option<Message>| {
        let context = Pointer { svg: svg.clone(), drag: app.drag().cloned(), ring: views.ring };
        link.batch_callback(move |event: PointerEvent| make(&context, &event))
    };
    let menu_context = Pointer { svg: svg.clone(), drag: None, ring: views.ring };
    let key_context = menu_context.clone();
    let oncontextmenu = link.batch_callback(move |event: MouseEvent| {
        event.prevent_default();
        open_menu(&menu_context, target(&event)?, Some((event.client_x(), event.client_y())))
    });
    let onkeydown = link.batch_callback(move |event: KeyboardEvent| {
        let target = target(&event)?;
        let message = match event.key().as_str() {
            "Enter" | "ContextMenu" => open_menu(&key_context, target, None),
            " " => Some(Message::Select(target)),
            _ => None,
        };
        if message.is_some() {
            event.prevent_default();
            event.stop_propagation();
        }
        message
    });
    html! {
        <svg ref={svg.clone()} viewBox={format!("0 0 {} {}", fixed(WIDTH), fixed(HEIGHT))} role="group"
            aria-label={tr!("Servers on a ring, and messages between them")}
            onpointerdown={pointer(pressed)} onpointermove={pointer(moved)}
            onpointerup={pointer(released)} onpointercancel={link.callback(|_| Message::Drag(None))}
            {oncontextmenu} {onkeydown}>
            <Links links={views.links.clone()} selection={app.selection()} />
            <g class="walls">
                { for views.walls.iter().map(|path| wall(path, link)) }
            </g>
            { app.crowds_part(|| crowds(&views.crowds)) }
            <Servers servers={views.servers.clone()} selection={app.selection()} />
            { timers(app) }
            <g class="messages">{ for message_glyphs(app) }</g>
            { dragged(app) }
        </svg>
    }
}

fn wall(path: &str, link: &Link) -> Html {
    let heal = link.callback(|_| Message::Typed("heal".into()));
    let stop = Callback::from(|event: PointerEvent| event.stop_propagation());
    let onkeydown = link.batch_callback(|event: KeyboardEvent| {
        if !matches!(event.key().as_str(), "Enter" | " ") {
            return None;
        }
        event.prevent_default();
        event.stop_propagation();
        Some(Message::Typed("heal".into()))
    });
    html! {
        <g class="wall-group" role="button" tabindex="0" aria-label={tr!("Partition: heal the network")}
            onclick={heal} onpointerdown={stop} {onkeydown}>
            <path class="wall-hit" d={path.to_string()} />
            <path class="wall" d={path.to_string()} />
        </g>
    }
}
