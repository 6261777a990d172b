//! The stage: an SVG of servers, links and messages, and everything a pointer or a key does there.
//!
//! What changes with every frame (messages, timer arcs) is drawn by plain functions; what changes
//! with events is components that are left alone while their values stay the same.

use crate::app::{App, Drag, Menu, Message};
use crate::rich::rich;
use crate::shared::Same;
use raft_core::{Kind, NodeId};
use raft_view::menu::Selection;
use raft_view::stage::{
    Glyph, HEIGHT, LinkView, Look, MessageView, Motion, Pip, Point, ServerView, WIDTH, arc, fixed,
    messages, part_at, timer_left, turn,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::html::Scope;
use yew::prelude::*;

/// Six colours stand for terms, in turn.
pub fn term_class(term: u64) -> &'static str {
    const CLASSES: [&str; 6] = ["term0", "term1", "term2", "term3", "term4", "term5"];
    CLASSES[usize::try_from(term % 6).unwrap_or(0)]
}

/// The stage with narrator, actions and notices.
pub fn view(app: &App, link: &Scope<App>) -> Html {
    let (time, sentence) = &*app.views().narrator;
    let cite = if sentence.cite.is_empty() {
        time.clone()
    } else {
        format!("{time} · {}", sentence.cite)
    };
    // The page's own playground is its main part; of several on a page none is.
    let tag = if app.options().owns_page { "main" } else { "section" };
    html! {
        <@{tag} class="stage" aria-label="The cluster">
            <div class="say" role="status">
                { rich(&sentence.text) }
                <small>{ cite }</small>
            </div>
            { notice(app, link) }
            { picture(app, link) }
            { menu(app, link) }
            { job(app, link) }
        </@>
    }
}

fn notice(app: &App, link: &Scope<App>) -> Html {
    let Some(text) = app.notice() else { return Html::default() };
    html! {
        <div class="notice" role="alert">
            <span>{ text }</span>
            <button class="quiet" aria-label="Dismiss" onclick={link.callback(|_| Message::Dismiss)}>{ "✕" }</button>
        </div>
    }
}

fn job(app: &App, link: &Scope<App>) -> Html {
    let Some(part) = app.job_part() else { return Html::default() };
    html! {
        <div class="job" role="alert">
            <span>{ format!("Bringing back the run: {} %", (part * 100.0) as u32) }</span>
            <button class="btn" onclick={link.callback(|_| Message::CancelJob)}>{ "Cancel" }</button>
        </div>
    }
}

fn picture(app: &App, link: &Scope<App>) -> Html {
    let views = app.views();
    let svg = app.stage_ref().clone();
    let pointer = |make: fn(&App0, &PointerEvent) -> Option<Message>| {
        let context = App0 { svg: svg.clone(), drag: app.drag().cloned(), ring: views.ring };
        link.batch_callback(move |event: PointerEvent| make(&context, &event))
    };
    let menu_context = App0 { svg: svg.clone(), drag: None, ring: views.ring };
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
            aria-label="Servers on a ring, and messages between them"
            onpointerdown={pointer(pressed)} onpointermove={pointer(moved)}
            onpointerup={pointer(released)} onpointercancel={link.callback(|_| Message::Drag(None))}
            {oncontextmenu} {onkeydown}>
            <Links links={views.links.clone()} selection={app.selection()} />
            <g class="walls">
                { for views.walls.iter().map(|path| wall(path, link)) }
            </g>
            <Servers servers={views.servers.clone()} selection={app.selection()} />
            { timers(app) }
            <g class="messages">{ for message_glyphs(app) }</g>
            { dragged(app) }
        </svg>
    }
}

fn wall(path: &str, link: &Scope<App>) -> Html {
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
        <g class="wall-group" role="button" tabindex="0" aria-label="Partition: heal the network"
            onclick={heal} onpointerdown={stop} {onkeydown}>
            <path class="wall-hit" d={path.to_string()} />
            <path class="wall" d={path.to_string()} />
        </g>
    }
}

// ---- what changes with events ----

#[derive(PartialEq, Properties)]
struct LinksProps {
    links: Same<Vec<LinkView>>,
    selection: Selection,
}

#[function_component(Links)]
fn links_component(props: &LinksProps) -> Html {
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
        let state = if both {
            "cut"
        } else if one {
            "cut in one direction"
        } else if view.held {
            "held"
        } else {
            "open"
        };
        let coordinates = |class: Classes| {
            html! {
                <line {class} x1={fixed(from.x)} y1={fixed(from.y)} x2={fixed(to.x)} y2={fixed(to.y)} />
            }
        };
        let (start, end) = if view.a_to_b_blocked { (from, to) } else { (to, from) };
        let stop = one.then(|| {
            let at = start.towards(end, 0.7);
            html! { <path class="blocked" d={format!("M{},{} m-5,-5 l10,10 m0,-10 l-10,10", fixed(at.x), fixed(at.y))} /> }
        });
        html! {
            <g key={format!("{a}{b}")} class="link-group" role="button" tabindex={if few { "0" } else { "-1" }}
                data-link={format!("{},{}", a.0, b.0)} aria-label={format!("Link {a} to {b}, {state}")}>
                { coordinates(classes!("link-hit")) }
                { coordinates(class) }
                { for stop }
            </g>
        }
    };
    html! { <g class="links">{ for props.links.iter().map(line) }</g> }
}

#[derive(PartialEq, Properties)]
struct ServersProps {
    servers: Same<Vec<ServerView>>,
    selection: Selection,
}

#[function_component(Servers)]
fn servers_component(props: &ServersProps) -> Html {
    html! {
        <g class="servers">
            { for props.servers.iter().map(|view| server(view, props.selection)) }
            // Beside the buttons and not inside: their names say it in other words.
            <g class="subs" aria-hidden="true">{ for props.servers.iter().map(under) }</g>
        </g>
    }
}

fn server(view: &ServerView, selection: Selection) -> Html {
    let r = view.radius;
    let selected =
        matches!(selection, Selection::Server(id) | Selection::Entry(id, _) if id == view.id);
    let class = classes!(
        "node",
        view.look.class(),
        term_class(view.term),
        selected.then_some("selected"),
        (r < 26.0).then_some("small"),
    );
    let spoken = match view.look {
        Look::Follower => format!("{}, follower of term {}", view.id, view.term),
        Look::Candidate => format!("{}, candidate of term {}", view.id, view.term),
        Look::Leader => format!("{}, leader of term {}", view.id, view.term),
        Look::Crashed => format!("{}, crashed", view.id),
        Look::Paused => format!("{}, paused, {} messages wait", view.id, view.inbox),
    };
    let scale = r / 36.0;
    html! {
        <g key={view.id.0} {class} role="button" tabindex="0" data-server={view.id.0.to_string()}
            aria-label={spoken} aria-haspopup="menu"
            transform={translate(view.at)}>
            if view.look == Look::Leader {
                <circle class="halo" r={fixed(r + 7.0 * scale)} />
            }
            { for pips(view) }
            <circle class="body" r={fixed(r)} />
            <circle class="ring" r={fixed(r + 12.0 * scale)} />
            if view.look == Look::Leader {
                <path class="crown" transform={format!("translate(0,{}) scale({})", fixed(-r + 36.0 * scale), fixed(scale))}
                    d="M-11,-50 L-11,-60 L-5,-54 L0,-63 L5,-54 L11,-60 L11,-50 Z" />
            }
            if view.look == Look::Paused {
                <path class="bars" d={format!("M-4,{y} v9 M4,{y} v9", y = fixed(r * 0.5))} />
            }
            <text class="name" aria-hidden="true" y={fixed(-5.0 * scale)}>{ view.id.to_string() }</text>
        </g>
    }
}

/// What stands under a server's name.
fn under(view: &ServerView) -> Html {
    let role = match view.look {
        Look::Crashed => "crashed".to_string(),
        Look::Paused => format!("paused, {} wait", view.inbox),
        Look::Follower | Look::Candidate | Look::Leader => format!("term {}", view.term),
    };
    let class = classes!(
        "under",
        (view.look == Look::Leader).then_some("leader"),
        (view.radius < 26.0).then_some("small"),
    );
    let y = fixed(12.0 * view.radius / 36.0);
    html! { <text {class} {y} transform={translate(view.at)}>{ role }</text> }
}

fn pips(view: &ServerView) -> Vec<Html> {
    let count = view.pips.len().max(1) as f64;
    let distance = view.radius + 11.0 * view.radius / 36.0;
    let size = (4.5 * view.radius / 36.0).max(2.0);
    let pip = |(place, pip): (usize, &Pip)| {
        let (sin, cos) = turn(place as f64 / count);
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
                html! {
                    <path class="vote no" d={format!("M{},{} l{w},{w} m0,-{w} l-{w},{w}", fixed(x - d), fixed(y - d), w = fixed(2.0 * d))} />
                }
            }
        }
    };
    view.pips.iter().enumerate().map(pip).collect()
}

// ---- what changes with every frame ----

fn timers(app: &App) -> Html {
    let world = app.session().world();
    let now = world.now();
    let Some(ring) = app.views().ring else { return Html::default() };
    let selected = match app.selection() {
        Selection::Server(id) | Selection::Entry(id, _) => Some(id),
        Selection::Nothing | Selection::Message(_) | Selection::Link(..) => None,
    };
    let dragged = match app.drag() {
        Some(Drag::Timer(id, part)) => Some((*id, *part)),
        Some(Drag::Link { .. } | Drag::Lasso(_)) | None => None,
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

fn message_glyphs(app: &App) -> Vec<Html> {
    let Some(ring) = app.views().ring else { return Vec::new() };
    let motion = if app.reduced_motion() { Motion::Reduced } else { Motion::Full };
    let still = !app.is_playing();
    let views = messages(app.session().world(), &ring, motion);
    views.iter().map(|view| message(view, app.selection(), still)).collect()
}

fn message(view: &MessageView, selection: Selection, still: bool) -> Html {
    let selected = selection == Selection::Message(view.id);
    let class = classes!(
        "msg",
        glyph_class(view.glyph),
        term_class(view.term),
        view.held.then_some("waits"),
        selected.then_some("selected"),
    );
    let label = still.then(|| match view.glyph {
        Glyph::Entries(count) => format!("{} +{count}", message_label(view)),
        _ => message_label(view).to_string(),
    });
    html! {
        <g key={view.id} {class} transform={translate(view.at)}
            role={still.then_some("button")} tabindex={still.then_some("0")}
            data-message={view.id.to_string()} aria-label={label}>
            { glyph(view.glyph) }
        </g>
    }
}

fn message_label(view: &MessageView) -> &'static str {
    match view.kind {
        Kind::Vote => "RequestVote",
        Kind::VoteReply => "Answer to RequestVote",
        Kind::Append => "AppendEntries",
        Kind::AppendReply => "Answer to AppendEntries",
        Kind::Heartbeat => "Heartbeat",
        Kind::HeartbeatReply => "Answer to a heartbeat",
        Kind::Propose => "Forwarded command",
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
    }
}

fn glyph(glyph: Glyph) -> Html {
    match glyph {
        Glyph::Ask => {
            html! { <><path d="M0,-11 L11,0 L0,11 L-11,0 Z" /><text aria-hidden="true">{ "?" }</text></> }
        }
        Glyph::Entries(count) => {
            html! { <><rect x="-15" y="-9" width="30" height="18" rx="9" /><text aria-hidden="true">{ format!("+{count}") }</text></> }
        }
        Glyph::Probe => {
            html! { <><rect x="-9" y="-7" width="18" height="14" rx="7" /><text aria-hidden="true">{ "·" }</text></> }
        }
        Glyph::Beat => html! { <circle r="6" /> },
        Glyph::BeatReply => html! { <circle r="4.5" /> },
        Glyph::Tick => html! { <><circle r="8" /><path d="M-3.5,0 L-1,3 L4,-3" /></> },
        Glyph::Cross => html! { <><circle r="8" /><path d="M-3,-3 L3,3 M3,-3 L-3,3" /></> },
        Glyph::Forward => {
            html! { <><rect x="-9" y="-9" width="18" height="18" rx="3" /><text aria-hidden="true">{ "»" }</text></> }
        }
    }
}

fn dragged(app: &App) -> Html {
    match (app.drag(), app.views().ring) {
        (Some(Drag::Link { from, to, moved: true }), Some(ring)) => {
            let from = ring.at(*from);
            html! {
                <line class="drag" x1={fixed(from.x)} y1={fixed(from.y)} x2={fixed(to.x)} y2={fixed(to.y)} />
            }
        }
        (Some(Drag::Lasso(outline)), _) => {
            let points: Vec<String> = outline
                .iter()
                .map(|point| format!("{},{}", fixed(point.x), fixed(point.y)))
                .collect();
            html! { <polygon class="lasso" points={points.join(" ")} /> }
        }
        (Some(Drag::Link { .. } | Drag::Timer(..)) | None, _) => Html::default(),
    }
}

// ---- pointer and keys ----

#[derive(Clone)]
struct App0 {
    svg: NodeRef,
    drag: Option<Drag>,
    ring: Option<raft_view::stage::Ring>,
}

impl App0 {
    /// A point of the page as a point of the picture.
    fn point(&self, x: i32, y: i32) -> Option<Point> {
        let rect = self.svg.cast::<Element>()?.get_bounding_client_rect();
        let scale = (rect.width() / WIDTH).min(rect.height() / HEIGHT);
        let left = rect.left() + (rect.width() - WIDTH * scale) / 2.0;
        let top = rect.top() + (rect.height() - HEIGHT * scale) / 2.0;
        Some(Point { x: (f64::from(x) - left) / scale, y: (f64::from(y) - top) / scale })
    }
}

fn pressed(app: &App0, event: &PointerEvent) -> Option<Message> {
    if event.button() != 0 {
        return None;
    }
    let point = app.point(event.client_x(), event.client_y())?;
    let element: Element = event.target()?.dyn_into().ok()?;
    if let Some(id) = attribute(&element, "data-timer") {
        let id = NodeId(id.parse().ok()?);
        let server = app.ring?.at(id);
        return Some(Message::Drag(Some(Drag::Timer(id, part_at(server, point)))));
    }
    match selection_of(&element) {
        Some(Selection::Server(id) | Selection::Entry(id, _)) => {
            let drag = Drag::Link { from: id, to: point, moved: false };
            if event.pointer_type() == "mouse" {
                return Some(Message::Drag(Some(drag)));
            }
            let selection = Selection::Server(id);
            let menu = menu_at(app, selection, event.client_x(), event.client_y())?;
            Some(Message::Press(drag, menu))
        }
        Some(other) => Some(Message::Select(other)),
        None => Some(Message::Drag(Some(Drag::Lasso(vec![point])))),
    }
}

fn moved(app: &App0, event: &PointerEvent) -> Option<Message> {
    const SLACK: f64 = 10.0;
    let drag = app.drag.clone()?;
    if event.buttons() == 0 {
        return Some(Message::Drag(None));
    }
    let point = app.point(event.client_x(), event.client_y())?;
    let drag = match drag {
        Drag::Timer(id, _) => Drag::Timer(id, part_at(app.ring?.at(id), point)),
        Drag::Link { from, to, moved } => {
            let moved = moved || to.distance(point) > SLACK;
            Drag::Link { from, to: if moved { point } else { to }, moved }
        }
        Drag::Lasso(mut outline) => {
            if outline.last().is_none_or(|last| last.distance(point) > 4.0) {
                outline.push(point);
            }
            Drag::Lasso(outline)
        }
    };
    Some(Message::Drag(Some(drag)))
}

fn released(app: &App0, event: &PointerEvent) -> Option<Message> {
    app.drag.as_ref()?;
    Some(Message::DropDrag(app.point(event.client_x(), event.client_y())?))
}

fn attribute(element: &Element, name: &str) -> Option<String> {
    element.closest(&format!("[{name}]")).ok()??.get_attribute(name)
}

fn selection_of(element: &Element) -> Option<Selection> {
    if let Some(id) = attribute(element, "data-server") {
        return Some(Selection::Server(NodeId(id.parse().ok()?)));
    }
    if let Some(id) = attribute(element, "data-message") {
        return Some(Selection::Message(id.parse().ok()?));
    }
    let link = attribute(element, "data-link")?;
    let (a, b) = link.split_once(',')?;
    Some(Selection::Link(NodeId(a.parse().ok()?), NodeId(b.parse().ok()?)))
}

fn target(event: &web_sys::Event) -> Option<Selection> {
    selection_of(&event.target()?.dyn_into::<Element>().ok()?)
}

/// Opens the actions where the pointer is, or beside what has focus.
fn open_menu(app: &App0, selection: Selection, client: Option<(i32, i32)>) -> Option<Message> {
    if let Some((x, y)) = client {
        return menu_at(app, selection, x, y).map(Message::OpenMenu);
    }
    let rect = app.svg.cast::<Element>()?.get_bounding_client_rect();
    let (x, y) = match (selection, app.ring) {
        (Selection::Server(id), Some(ring)) => {
            let at = ring.at(id);
            let scale = (rect.width() / WIDTH).min(rect.height() / HEIGHT);
            let left = rect.left() + (rect.width() - WIDTH * scale) / 2.0;
            let top = rect.top() + (rect.height() - HEIGHT * scale) / 2.0;
            (left + (at.x + ring.server_radius) * scale, top + at.y * scale)
        }
        (_, _) => (rect.left() + rect.width() / 2.0, rect.top() + rect.height() / 2.0),
    };
    Some(Message::OpenMenu(Menu { selection, x: x - rect.left(), y: y - rect.top() }))
}

fn menu_at(app: &App0, selection: Selection, x: i32, y: i32) -> Option<Menu> {
    let rect = app.svg.cast::<Element>()?.get_bounding_client_rect();
    Some(Menu { selection, x: f64::from(x) - rect.left(), y: f64::from(y) - rect.top() })
}

fn menu(app: &App, link: &Scope<App>) -> Html {
    let Some(_) = app.menu() else { return Html::default() };
    let item = |view: &raft_view::menu::ActionView| {
        let command = view.command.clone();
        let enabled = view.enabled;
        let onclick = link.batch_callback(move |_: MouseEvent| {
            if !enabled {
                return Vec::new();
            }
            vec![Message::CloseMenu, Message::Do(command.clone())]
        });
        html! {
            <button role="menuitem" tabindex="-1" aria-disabled={(!enabled).to_string()} {onclick}>
                { view.label.clone() }
            </button>
        }
    };
    let onkeydown = link.batch_callback(|event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowDown" => Item::Next,
            "ArrowUp" => Item::Previous,
            "Home" => Item::First,
            "End" => Item::Last,
            "Tab" => return Some(Message::CloseMenu),
            _ => return None,
        };
        event.prevent_default();
        event.stop_propagation();
        move_focus(&event, to);
        None
    });
    html! {
        <>
            <div class="backdrop" onclick={link.callback(|_| Message::CloseMenu)}
                oncontextmenu={link.callback(|event: MouseEvent| { event.prevent_default(); Message::CloseMenu })}></div>
            <div class="menu" role="menu" aria-label="Actions" ref={app.menu_ref().clone()} {onkeydown}>
                { for app.views().actions.iter().map(item) }
            </div>
        </>
    }
}

/// Where the focus goes in a menu; it goes round at the ends.
enum Item {
    Next,
    Previous,
    First,
    Last,
}

fn move_focus(event: &KeyboardEvent, to: Item) -> Option<()> {
    let item: Element = event.target()?.dyn_into().ok()?;
    let menu = item.parent_element()?;
    let next = match to {
        Item::Next => item.next_element_sibling().or_else(|| menu.first_element_child()),
        Item::Previous => item.previous_element_sibling().or_else(|| menu.last_element_child()),
        Item::First => menu.first_element_child(),
        Item::Last => menu.last_element_child(),
    };
    next?.dyn_into::<HtmlElement>().ok()?.focus().ok()
}

impl App {
    /// Puts an open menu where it belongs and gives its first item the focus. Positions go through
    /// the style object: a strict content security policy forbids style attributes.
    pub(crate) fn place_menu(&self) {
        let (Some(menu), Some(element)) = (self.menu(), self.menu_ref().cast::<HtmlElement>())
        else {
            return;
        };
        let style = element.style();
        let _set = style.set_property("left", &format!("{}px", menu.x as i64));
        let _set = style.set_property("top", &format!("{}px", menu.y as i64));
        let document = element.owner_document();
        let inside = element.query_selector(":focus").ok().flatten().is_some();
        if document.is_some() && !inside {
            let first =
                element.first_element_child().and_then(|e| e.dyn_into::<HtmlElement>().ok());
            if let Some(first) = first {
                let _focused = first.focus();
            }
        }
        let (rect, stage) = (element.get_bounding_client_rect(), element.parent_element());
        if let Some(stage) = stage.map(|stage| stage.get_bounding_client_rect()) {
            if rect.right() > stage.right() {
                let left = (menu.x - (rect.right() - stage.right()) - 6.0).max(4.0);
                let _set = style.set_property("left", &format!("{}px", left as i64));
            }
            if rect.bottom() > stage.bottom() {
                let top = (menu.y - (rect.bottom() - stage.bottom()) - 6.0).max(4.0);
                let _set = style.set_property("top", &format!("{}px", top as i64));
            }
        }
    }
}

fn translate(at: Point) -> String {
    format!("translate({},{})", fixed(at.x), fixed(at.y))
}
