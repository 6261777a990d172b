//! One playground: its session, what is open, what is selected, and how messages change them.

mod console;
mod drop;
mod focus;
mod jobs;
mod lessons;
mod linear;
mod measure;
mod opening;
mod update;
mod views;

use crate::clock::FrameClock;
use crate::later::{Later, Part};
use crate::memo::Cache;
use crate::options::Options;
use crate::{dialog, language, logs, panel, stage, timeline, topbar};
use gloo_events::{EventListener, EventListenerOptions};
use jobs::Job;
pub use lessons::{Lesson, Turn};
use raft_core::{Micros, NodeId};
use raft_gallery::Item;
use raft_sim::{Command, Session, Settings};
use raft_view::lang::{self, Language};
use raft_view::menu::Selection;
use raft_view::pace::{Pace, Speed};
use raft_view::stage::Point;
use raft_view::why::Question;
use std::cell::Cell;
use std::rc::Rc;
pub use views::{ConsoleLine, SafetyView, Views};
use wasm_bindgen::JsCast;
use yew::html::Scope;
use yew::prelude::*;

/// The most events that one frame processes: a fast run slows down rather than the page.
pub const FRAME_BUDGET: u64 = 20_000;

/// The tabs of the side panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What is selected.
    #[default]
    Inspect,
    /// Commands and clients.
    Console,
    /// Disks, saved files, and how many servers are enough.
    Storage,
    /// What happened.
    Events,
    /// Rules and properties.
    Rules,
    /// How to read the picture, and what to try.
    Learn,
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Tab; 6] =
        [Tab::Inspect, Tab::Console, Tab::Storage, Tab::Events, Tab::Rules, Tab::Learn];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Tab::Inspect => key!("Inspect"),
            Tab::Console => key!("Console"),
            Tab::Storage => key!("Storage"),
            Tab::Events => key!("Events"),
            Tab::Rules => key!("Rules"),
            Tab::Learn => key!("Learn"),
        }
    }
}

/// What lies over the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Dialog {
    /// Nothing.
    #[default]
    None,
    /// Scenarios to open.
    Scenarios,
    /// Faults and settings.
    Faults,
    /// A link to this moment.
    Share {
        /// The link.
        url: String,
        /// Whether it is too long to be of use.
        too_long: bool,
        /// Whether it was copied.
        copied: bool,
    },
    /// Scenario text to edit.
    Text {
        /// Why it is shown, if not because somebody asked.
        because: Option<String>,
        /// The text.
        text: String,
    },
    /// The keys.
    Help,
}

/// What a pointer is doing on the stage.
#[derive(Clone, Debug, PartialEq)]
pub enum Drag {
    /// Pressed on a server; not moved far yet, or on its way to another.
    Link {
        /// Where it began.
        from: NodeId,
        /// Where it is.
        to: Point,
        /// Whether it has left the place where it was pressed.
        moved: bool,
    },
    /// An outline drawn on the ground.
    Lasso {
        /// What was pressed where it began.
        pressed: Selection,
        /// Its points so far.
        outline: Vec<Point>,
    },
    /// A timer's end is dragged; how much is left.
    Timer(NodeId, f64),
}

/// An open menu of actions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Menu {
    /// On what.
    pub selection: Selection,
    /// Where, in pixels from the stage's corner.
    pub x: f64,
    /// The same from the top.
    pub y: f64,
}

/// Light, dark, or as the host is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the host is.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What a person, a frame or a script can ask of a playground.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Message {
    Frame(f64),
    Play(bool),
    TogglePlay,
    Step,
    StepBack,
    Speed(usize),
    Faster(bool),
    Do(Command),
    Typed(String),
    /// A line of the console: etcdctl's, an action's, or for a command that takes lines.
    Line(String),
    /// Whom the console asks; `None`: all members.
    Endpoint(Option<u64>),
    Copy(String),
    /// On to the next step of the request that is followed.
    NextOfRequest,
    Select(Selection),
    SelectNumber(u64),
    OpenMenu(Menu),
    /// The same by a long press: the finger is still there.
    OpenPressed(Menu),
    /// That finger is lifted.
    Lifted,
    CloseMenu,
    Seek(Micros),
    SeekPart(f64),
    Mark(bool),
    Switch(usize),
    Fork,
    ShowTab(Tab),
    Open(Dialog),
    Share,
    Help,
    Copied,
    Close,
    Escape,
    NewRun(Settings),
    Restart,
    Load(String),
    LoadBundled(&'static str),
    /// Something of the gallery, at a step of it.
    OpenItem(&'static Item, usize),
    /// The same by its name, or the first of a kind by the kind's.
    OpenNamed(&'static str),
    /// Its text, or why there is none.
    Fetched(&'static Item, usize, Result<String, String>),
    /// Why something is not so.
    Ask(Option<Question>),
    /// A step in a lesson.
    Turn(Turn),
    /// An arrow key: an event, or a step of the lesson.
    Arrow(bool),
    CancelJob,
    SaveFile,
    SetTheme(Theme),
    SetLanguage(Language),
    /// The page is to speak so, as soon as it can.
    Speak(Language),
    /// The page speaks another language now.
    LanguageChanged,
    /// Its sentences could not be fetched, and why.
    NotSpoken(String),
    Letters(bool),
    Columns(i64),
    FollowLog,
    Drag(Option<Drag>),
    Press(Drag, Menu),
    Hash,
    DropDrag(Point),
    ClientRequest,
    ToggleCrash,
    TogglePause,
    TimeoutSelected,
    RestartLeader,
    Dismiss,
    Measure(bool),
    /// A part of the page came, or could not be loaded.
    Arrived(Part, bool),
    /// A part is to be loaded, once more if need be.
    Want(Part),
}

/// The properties of a playground.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// How it begins.
    pub options: Options,
}

/// One playground.
pub struct App {
    options: Options,
    session: Session,
    pace: Pace,
    speed: usize,
    /// Some while it plays.
    clock: Option<FrameClock>,
    last_frame: Option<f64>,
    selection: Selection,
    /// The question that was chosen: what its answer speaks of is shown on the stage.
    question: Option<Question>,
    tab: Tab,
    sheet: bool,
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
    measuring: measure::Measuring,
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

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn selection(&self) -> Selection {
        self.selection
    }

    /// Whether the panel shows the cluster as a whole.
    pub(crate) fn shows_cluster(&self) -> bool {
        self.selection == Selection::Nothing
    }

    pub(crate) fn tab(&self) -> Tab {
        self.tab
    }

    pub(crate) fn dialog(&self) -> &Dialog {
        &self.dialog
    }

    pub(crate) fn menu(&self) -> Option<&Menu> {
        self.menu.as_ref()
    }

    pub(crate) fn drag(&self) -> Option<&Drag> {
        self.drag.as_ref()
    }

    pub(crate) fn theme(&self) -> Theme {
        self.theme
    }

    pub(crate) fn letters(&self) -> bool {
        self.letters.get()
    }

    pub(crate) fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    pub(crate) fn console(&self) -> &[ConsoleLine] {
        &self.console
    }

    pub(crate) fn typed_lines(&self) -> Vec<String> {
        self.typed_lines.clone()
    }

    pub(crate) fn endpoint(&self) -> Option<NodeId> {
        self.endpoint
    }

    pub(crate) fn speed(&self) -> usize {
        self.speed
    }

    /// How much of the work under way is done, if there is some.
    pub(crate) fn job_part(&self) -> Option<f64> {
        self.job.as_ref().map(Job::part)
    }

    /// The clients on the stage, made again only where they have changed.
    pub(crate) fn crowds_part(&self, make: impl FnOnce() -> Html) -> Html {
        self.caches.crowds.part(self.versions.crowds, make)
    }

    /// The lesson that is open.
    pub(crate) fn lesson(&self) -> Option<&Lesson> {
        self.lesson.as_ref()
    }

    pub(crate) fn later(&self) -> &Later {
        &self.later
    }

    /// The gallery's lists: long, and seldom another.
    pub(crate) fn gallery_part(&self, make: impl FnOnce() -> Html) -> Html {
        self.caches.gallery.part(self.versions.gallery, make)
    }

    pub(crate) fn stage_ref(&self) -> &NodeRef {
        &self.stage_ref
    }

    pub(crate) fn menu_ref(&self) -> &NodeRef {
        &self.menu_ref
    }

    /// Whether the person prefers less motion.
    pub(crate) fn reduced_motion(&self) -> bool {
        self.reduced_motion
    }
}

impl App {
    /// Hears when a finger is lifted, and lets the click that comes with it pass first.
    fn wait_for_lift(&self, link: &Scope<App>) -> Option<EventListener> {
        const CLICK_MS: u32 = 20;
        let link = link.clone();
        let window = web_sys::window()?;
        Some(EventListener::new(&window, "touchend", move |_| {
            let link = link.clone();
            let tell = move || link.send_message(Message::Lifted);
            gloo_timers::callback::Timeout::new(CLICK_MS, tell).forget();
        }))
    }

    /// The page's own playground also takes the keys that are pressed while nothing has focus.
    fn keys_of_the_page(&self, window: &web_sys::Window, link: Scope<App>) -> EventListener {
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
        let speed = Speed::DEFAULT;
        let mut app = App {
            session: Session::new(None, Settings::default()),
            pace: Pace::new(Speed::ALL[speed]),
            speed,
            clock: None,
            last_frame: None,
            selection: Selection::Nothing,
            question: None,
            tab: Tab::default(),
            sheet: false,
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
            measuring: measure::Measuring::default(),
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
            let link = ctx.link().clone();
            app._listeners.push(EventListener::new(&window, "hashchange", move |_| {
                link.send_message(Message::Hash);
            }));
            app._listeners.push(app.keys_of_the_page(&window, ctx.link().clone()));
        }
        if let Some(window) = web_sys::window() {
            let link = ctx.link().clone();
            app._listeners.push(EventListener::new(&window, language::CHANGED, move |_| {
                link.send_message(Message::LanguageChanged);
            }));
        }
        app.speak(ctx.link(), language::wanted(app.options.language));
        app.begin(ctx.link());
        app
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        self.on_message(ctx.link(), message)
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
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
        );
        let letters = self.letters();
        let onkeydown = link.batch_callback(move |event: KeyboardEvent| {
            let message = crate::keys::message(&event, letters);
            if message.is_some() {
                event.prevent_default();
            }
            message
        });
        html! {
            <div {class} lang={lang::current().tag()} ref={self.root_ref.clone()} {onkeydown} tabindex="-1">
                { self.caches.top.part(self.versions.reading, || topbar::view(self, link)) }
                { stage::view(self, link) }
                { self.caches.lesson.part(self.versions.reading, || crate::lesson::view(self, link)) }
                if !self.options.embed {
                    { self.caches.logs.part(self.versions.logs, || logs::view(self, link)) }
                }
                { timeline::view(self, link) }
                if !self.options.embed {
                    { self.caches.panel.part(self.versions.reading, || panel::view(self, link)) }
                }
                { self.caches.dialog.part(self.versions.reading, || dialog::view(self, link)) }
            </div>
        }
    }

    fn rendered(&mut self, _ctx: &Context<Self>, first: bool) {
        if first && self.options.owns_page {
            crate::dialog::announce_start();
        }
        self.place_menu();
    }
}

fn prefers_less_motion() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media("(prefers-reduced-motion: reduce)").ok().flatten())
        .is_some_and(|query| query.matches())
}
