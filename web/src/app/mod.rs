//! One playground: its session, what is open, what is selected, and how messages change them.

mod act;
mod console;
mod focus;
mod jobs;
mod lessons;
mod look;
mod opening;
mod over;
mod page;
mod show;
mod time;
mod touch;
mod update;
mod views;

use crate::clock::FrameClock;
use crate::later::Later;
use crate::lesson::Lesson;
use crate::measure::Measuring;
use crate::memo::Cache;
use crate::message::{Dialog, Drag, Link, Look, Menu, Message, Open, Page, Theme};
use crate::options::Options;
use crate::panel::console::ConsoleLine;
use crate::{language, logs, stage, timeline, topbar};
use gloo_events::{EventListener, EventListenerOptions};
use jobs::Job;
use raft_core::NodeId;
use raft_sim::{Session, Settings};
use raft_view::director::{Director, Telling};
use raft_view::lang;
use raft_view::menu::Selection;
use raft_view::narrator::Narrator;
use raft_view::pace::{Pace, Tempo};
use raft_view::tab::Tab;
use raft_view::why::Question;
use std::cell::Cell;
use std::rc::Rc;
use views::Views;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// The most events that one frame processes: a fast run slows down rather than the page.
pub const FRAME_BUDGET: u64 = 20_000;

/// The properties of a playground.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// How it begins.
    pub options: Options,
}

/// One playground.
pub struct App {
    link: Link,
    /// Selects something. The same one for good, so that rows of the log table compare equal.
    select: Callback<Selection>,
    options: Options,
    session: Session,
    tempo: Tempo,
    /// Turns frames into simulated time where the speed is steady.
    pace: Pace,
    /// Does so where it is calm.
    director: Director,
    /// Says what happens where it is steady.
    narrator: Narrator,
    /// Some while it plays.
    clock: Option<FrameClock>,
    last_frame: Option<f64>,
    selection: Selection,
    /// The question that was chosen: what its answer speaks of is shown on the stage.
    question: Option<Question>,
    tab: Tab,
    sheet: bool,
    /// The panel's tools are asked for beside a lesson.
    tools: bool,
    dialog: Dialog,
    menu: Option<Menu>,
    drag: Option<Drag>,
    theme: Theme,
    letters: Rc<Cell<bool>>,
    notice: Option<String>,
    console: Vec<ConsoleLine>,
    /// Every line typed into the console.
    typed_lines: Vec<String>,
    endpoint: Option<NodeId>,
    /// The first column of the log table; `None` follows the end.
    first_column: Option<u64>,
    requests_made: u32,
    job: Option<Job>,
    measuring: Measuring,
    later: Later,
    lesson: Option<Lesson>,
    /// The name of something in the gallery, until the gallery's list is here.
    asked_for: Option<String>,
    /// Something of it was opened on the page, not by the address.
    opened_by_hand: bool,
    views: Views,
    stage_ref: NodeRef,
    root_ref: NodeRef,
    menu_ref: NodeRef,
    /// What gets the focus back when what is open closes.
    refocus: Option<web_sys::Element>,
    /// A finger that rests on a server: the actions open when this runs out.
    press: Option<gloo_timers::callback::Timeout>,
    /// Waits until the finger is lifted whose long press has opened a menu.
    lifted: Option<EventListener>,
    _listeners: Vec<EventListener>,
    reduced_motion: bool,
    versions: Versions,
    caches: Caches,
}

/// Raised when what they are named after is to be drawn again.
#[derive(Clone, Copy, Debug, Default)]
struct Versions {
    /// The rows of the log table.
    logs: u64,
    /// The clients on the stage.
    crowds: u64,
    /// The gallery's lists, with how far somebody has come.
    gallery: u64,
    /// Everything that a person reads.
    reading: u64,
}

/// Parts of the page that most frames leave alone.
#[derive(Default)]
struct Caches {
    top: Cache,
    logs: Cache,
    crowds: Cache,
    gallery: Cache,
    panel: Cache,
    lesson: Cache,
    dialog: Cache,
}

impl App {
    /// The run.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Whether it plays.
    pub fn is_playing(&self) -> bool {
        self.clock.is_some()
    }
}

impl App {
    /// The page's own playground also takes the keys that are pressed while nothing has focus.
    fn keys_of_the_page(&self, window: &web_sys::Window, link: Link) -> EventListener {
        let letters = self.letters.clone();
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(window, "keydown", options, move |event| {
            let body = web_sys::window().and_then(|window| window.document()?.body());
            let nobody = event.target().as_ref() == body.as_deref().map(AsRef::as_ref);
            let event: Option<&web_sys::KeyboardEvent> = event.dyn_ref();
            let message = event.and_then(|event| crate::keys::message(event, letters.get()));
            if let (true, Some(event), Some(message)) = (nobody, event, message) {
                event.prevent_default();
                link.send_message(message);
            }
        })
    }
}

impl Component for App {
    type Message = Message;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let options = ctx.props().options.clone();
        let tempo = options.tempo.or_else(time::kept_tempo).unwrap_or_default();
        let link = Link::new(ctx.link().batch_callback(|messages: Vec<Message>| messages));
        let mut app = App {
            link: link.clone(),
            select: link.callback(Look::Select),
            session: Session::new(None, Settings::default()),
            tempo,
            pace: Pace::of(tempo),
            director: Director::new(Telling::Narrated, 1),
            narrator: Narrator::default(),
            clock: None,
            last_frame: None,
            selection: Selection::Nothing,
            question: None,
            tab: Tab::default(),
            sheet: false,
            tools: false,
            dialog: Dialog::None,
            menu: None,
            drag: None,
            theme: Theme::Auto,
            letters: Rc::new(Cell::new(true)),
            notice: None,
            console: Vec::new(),
            typed_lines: Vec::new(),
            endpoint: None,
            first_column: None,
            requests_made: 0,
            job: None,
            measuring: Measuring::default(),
            later: Later::default(),
            lesson: None,
            asked_for: None,
            opened_by_hand: false,
            views: Views::default(),
            stage_ref: NodeRef::default(),
            root_ref: NodeRef::default(),
            menu_ref: NodeRef::default(),
            refocus: None,
            press: None,
            lifted: None,
            _listeners: Vec::new(),
            reduced_motion: prefers_less_motion(),
            versions: Versions::default(),
            caches: Caches::default(),
            options,
        };
        if app.options.owns_page
            && let Some(window) = web_sys::window()
        {
            let told = link.clone();
            app._listeners.push(EventListener::new(&window, "hashchange", move |_| {
                told.send_message(Open::Hash);
            }));
            app._listeners.push(app.keys_of_the_page(&window, link.clone()));
        }
        if let Some(window) = web_sys::window() {
            let link = link.clone();
            app._listeners.push(EventListener::new(&window, language::CHANGED, move |_| {
                link.send_message(Page::LanguageChanged);
            }));
        }
        app.speak(&link, language::wanted(app.options.language));
        app.begin(&link);
        app
    }

    fn update(&mut self, _ctx: &Context<Self>, message: Message) -> bool {
        let link = self.link.clone();
        self.on_message(&link, message)
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        let link = &self.link;
        let theme = match self.theme {
            Theme::Auto => "",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let class = classes!(
            "pg",
            theme,
            self.options.embed.then_some("embed"),
            self.sheet.then_some("sheet-open"),
            (!self.session.world().settings().live.rules.is_raft()).then_some("modified"),
            self.lesson.is_some().then_some("with-lesson"),
            (self.lesson.is_some() && !self.shows_tools()).then_some("plain"),
        );
        let letters = self.letters.get();
        let onkeydown = link.batch_callback(move |event: KeyboardEvent| {
            let message = crate::keys::message(&event, letters);
            if message.is_some() {
                event.prevent_default();
            }
            message
        });
        let Versions { reading, logs, .. } = self.versions;
        let embed = self.options.embed;
        html! {
            <div {class} lang={lang::current().tag()} dir={lang::current().direction()}
                ref={self.root_ref.clone()} {onkeydown} tabindex="-1">
                { self.caches.top.part(reading, || topbar::view(&self.top_bar(), link)) }
                { stage::view(&self.stage(), link) }
                { self.caches.lesson.part(reading, || self.lesson_card(link)) }
                if !embed {
                    { self.caches.logs.part(logs, || logs::view(&self.log_table(), link)) }
                }
                { timeline::view(&self.time_bar(), link) }
                if !embed {
                    { self.caches.panel.part(reading, || self.panel(link)) }
                }
                { self.caches.dialog.part(reading, || self.open_dialog_layer(link)) }
            </div>
        }
    }

    fn rendered(&mut self, _ctx: &Context<Self>, first: bool) {
        if first && self.options.owns_page {
            announce_start();
        }
        if let (Some(menu), Some(element)) = (&self.menu, self.menu_ref.cast()) {
            stage::place_menu(menu, &element);
        }
    }
}

fn prefers_less_motion() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media("(prefers-reduced-motion: reduce)").ok().flatten())
        .is_some_and(|query| query.matches())
}

/// Tells the page that the application has started.
fn announce_start() {
    if let Some(place) = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("playground"))
    {
        place.set_text_content(None);
    }
}
