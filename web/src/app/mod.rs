//! One playground: its session, what is open, what is selected, and how messages change them.

mod act;
mod console;
mod deeds;
mod filming;
mod focus;
mod hosted;
mod jobs;
mod lessons;
mod look;
mod many;
mod opening;
mod over;
mod page;
mod present;
mod show;
mod time;
mod touch;
mod until;
mod update;
mod views;
mod welcome;

use crate::clock::FrameClock;
use crate::later::Later;
use crate::lesson::{Lesson, Notes};
use crate::measure::Measuring;
use crate::memo::Cache;
use crate::message::{
    Dialog, Drag, Link, Look, Manners, ManyRuns, Menu, Message, Open, Page, Theme,
};
use crate::options::Options;
use crate::panel::console::ConsoleLine;
use crate::room::Space;
use crate::sizes::Sizes;
use crate::text_size::TextSize;
use crate::timeline::Fingers;
use crate::told::Told;
use crate::welcome::FirstScreen;
use crate::{language, logs, stage, timeline, topbar};
pub use deeds::bring;
use filming::Filming;
use gloo_events::{EventListener, EventListenerOptions};
use hosted::Host;
use jobs::Job;
use raft_core::NodeId;
use raft_sim::{Session, Settings};
use raft_view::director::{Director, Telling};
use raft_view::events::Filter;
use raft_view::lang;
use raft_view::menu::Selection;
use raft_view::narrator::Narrator;
use raft_view::pace::{Pace, Tempo};
use raft_view::stage::Camera;
use raft_view::tab::Tab;
use raft_view::timeline::Window;
use raft_view::why::Question;
use std::cell::Cell;
use std::rc::Rc;
use until::Until;
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
    /// Who is told what happens.
    pub tell: Option<Callback<Told>>,
    /// Nobody wants to see it: it waits to be used again.
    pub is_idle: bool,
}

impl Props {
    /// Of one that waits to be used again.
    pub fn idle() -> Props {
        Props { options: Options::default(), tell: None, is_idle: true }
    }
}

/// What tabs count or measure over many runs.
#[derive(Default)]
struct Counts {
    measuring: Measuring,
    /// There are some once their tab was open.
    runs: Option<Box<dyn ManyRuns>>,
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
    /// The kind of the gallery whose list is open.
    listed: &'static str,
    /// What stands on the stage for one who has just come.
    first_screen: FirstScreen,
    /// The console's prompt gets the focus once it is there.
    focus_prompt: bool,
    dialog: Dialog,
    menu: Option<Menu>,
    drag: Option<Drag>,
    /// The part of the picture that somebody has chosen to see; `None`: all of it, or what a
    /// lesson is about.
    camera: Option<Camera>,
    filming: Filming,
    theme: Theme,
    sizes: Sizes,
    /// How wide the panel is for tables in the console while nobody has chosen a width.
    tables: Option<u32>,
    letters: Rc<Cell<bool>>,
    /// Whether somebody presents.
    presenting: Rc<Cell<bool>>,
    /// The screen is dark while somebody presents.
    is_dark: bool,
    /// The window with the notes.
    notes: Option<Notes>,
    /// How much larger than usual text is.
    size: TextSize,
    notice: Option<String>,
    console: Vec<ConsoleLine>,
    /// Every line typed into the console.
    typed_lines: Vec<String>,
    endpoint: Option<NodeId>,
    /// Which events are wanted.
    events: Filter,
    /// The first column of the log table; `None` follows the end.
    first_column: Option<u64>,
    /// What the timeline shows; `None`: all of the run.
    window: Option<Window>,
    fingers: Rc<Fingers>,
    /// It is shown what happens without a rule: the run stops where something breaks.
    stops_at_violation: bool,
    requests_made: u32,
    job: Option<Job>,
    counts: Counts,
    later: Later,
    lesson: Option<Lesson>,
    /// Where a run that plays is to stop, if that was asked for.
    until: Option<Until>,
    /// Who is told what happens, and what they were told.
    host: Host,
    /// The name of something in the gallery, until the gallery's list is here.
    asked_for: Option<String>,
    /// Whether what the options ask for has been turned to.
    has_opened: bool,
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
    lifted: Option<[EventListener; 2]>,
    _listeners: Vec<EventListener>,
    reduced_motion: bool,
    life: Life,
    space: Space,
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

/// A playground's begin and end: others may come after it in the same place.
struct Life {
    /// Nothing of it is drawn yet.
    is_new: bool,
    /// Whether what is sent is still for this playground, and not for a later one in its place.
    is_current: Rc<Cell<bool>>,
}

/// Parts of the page that most frames leave alone.
#[derive(Default)]
struct Caches {
    first_screen: Cache,
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

    /// Whether the run is what was asked for: what reads it may still be under way.
    pub fn has_begun(&self) -> bool {
        self.options.asks_for_nothing() || self.has_opened
    }

    /// Whether it plays.
    pub fn is_playing(&self) -> bool {
        self.clock.is_some()
    }
}

impl App {
    fn set_out(mut self, link: &Link, is_idle: bool) -> App {
        if is_idle {
            return self;
        }
        self.listen(link);
        self._listeners.extend(page::keyboard(&self.root_ref));
        self.speak(link, language::wanted(self.options.language));
        self.begin(link);
        self
    }

    /// Listens to what happens outside of the playground.
    fn listen(&mut self, link: &Link) {
        let Some(window) = web_sys::window() else { return };
        if self.options.owns_page {
            let told = link.clone();
            self._listeners.push(EventListener::new(&window, "hashchange", move |_| {
                told.send_message(Open::Hash);
            }));
            let keys = self.keys_of_the_page(&window, link.clone());
            self._listeners.push(keys);
        }
        let link = link.clone();
        self._listeners.push(EventListener::new(&window, language::CHANGED, move |_| {
            link.send_message(Page::LanguageChanged);
        }));
    }

    /// The page's own playground also takes the keys that are pressed while nothing has focus.
    fn keys_of_the_page(&self, window: &web_sys::Window, link: Link) -> EventListener {
        let (letters, presenting) = (self.letters.clone(), self.presenting.clone());
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(window, "keydown", options, move |event| {
            let body = web_sys::window().and_then(|window| window.document()?.body());
            let nobody = event.target().as_ref() == body.as_deref().map(AsRef::as_ref);
            let manners = Manners {
                presenting: presenting.get(),
                letters: letters.get(),
                leaves_a_decks: false,
                is_open: true,
            };
            let event: Option<&KeyboardEvent> = event.dyn_ref().filter(|_| nobody);
            let read = |event: &KeyboardEvent| deeds::read_key(event.clone(), manners);
            if let Some(message) = event.and_then(read) {
                link.send_message(message);
            }
        })
    }

    /// How keys are read that are pressed in it.
    fn manners(&self) -> Manners {
        Manners {
            presenting: self.presenting.get(),
            letters: self.letters.get(),
            leaves_a_decks: self.options.leaves_keys(),
            is_open: self.menu.is_some() || self.dialog != Dialog::None,
        }
    }
}

impl Component for App {
    type Message = Message;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let (options, tempo) = begun(ctx.props());
        let (link, life) = link_of(ctx);
        let app = App {
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
            listed: "tour",
            first_screen: FirstScreen::Gone,
            focus_prompt: false,
            dialog: Dialog::None,
            menu: None,
            drag: None,
            camera: None,
            filming: Filming::default(),
            theme: options.theme,
            sizes: Sizes::kept(),
            tables: None,
            letters: Rc::new(Cell::new(true)),
            presenting: Rc::new(Cell::new(options.present)),
            is_dark: false,
            notes: None,
            size: TextSize::kept(),
            notice: None,
            console: Vec::new(),
            typed_lines: Vec::new(),
            endpoint: None,
            events: Filter::default(),
            first_column: None,
            window: None,
            fingers: Rc::default(),
            stops_at_violation: false,
            requests_made: 0,
            job: None,
            counts: Counts::default(),
            later: Later::new(deeds::bring),
            lesson: None,
            until: None,
            host: Host::new(ctx.props().tell.clone()),
            asked_for: None,
            has_opened: false,
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
            life,
            space: Space::default(),
            versions: Versions::default(),
            caches: Caches::default(),
            options,
        };
        app.set_out(&link, ctx.props().is_idle)
    }

    /// Another playground takes its place.
    fn changed(&mut self, ctx: &Context<Self>, _before: &Props) -> bool {
        self.life.is_current.set(false);
        *self = <App as Component>::create(ctx);
        true
    }

    fn update(&mut self, _ctx: &Context<Self>, message: Message) -> bool {
        let link = self.link.clone();
        let is_told = self.host.is_there();
        let goes_on = is_told && hosted::goes_on(&message);
        let draws = self.on_message(&link, message);
        if let Some(deeds) = deeds::deeds().filter(|_| is_told) {
            (deeds.tell_host)(self, goes_on);
        }
        draws
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        if ctx.props().is_idle {
            return Html::default();
        }
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
            self.options.logs.then_some("with-logs"),
            self.sheet.then_some("sheet-open"),
            self.first_screen.class(),
            self.size.class(),
            self.space.room.class(),
            self.presenting.get().then_some("presenting"),
            (!self.session.world().settings().live.rules.is_raft()).then_some("modified"),
            self.lesson.is_some().then_some("with-lesson"),
            (self.lesson.is_some() && !self.shows_tools()).then_some("plain"),
            self.has_excerpt().then_some("with-excerpt"),
        );
        let manners = self.manners();
        let onkeydown =
            link.batch_callback(move |event: KeyboardEvent| deeds::read_key(event, manners));
        let Versions { reading, logs, .. } = self.versions;
        let embed = self.options.embed;
        html! {
            <div {class} lang={lang::current().tag()} dir={lang::current().direction()}
                ref={self.root_ref.clone()} {onkeydown} tabindex="-1">
                { self.caches.top.part(reading, || topbar::view(&self.top_bar(), link)) }
                { stage::view(&self.stage(), link) }
                { self.caches.lesson.part(reading, || self.lesson_card(link)) }
                if !embed || self.options.logs {
                    { self.caches.logs.part(logs, || logs::view(&self.log_table(), link)) }
                }
                { timeline::view(&self.time_bar(), link) }
                if !embed {
                    { self.caches.panel.part(reading, || self.panel(link)) }
                }
                { self.present_bar(link) }
                { self.caches.dialog.part(reading, || self.open_dialog_layer(link)) }
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first: bool) {
        if ctx.props().is_idle {
            return;
        }
        if std::mem::take(&mut self.life.is_new) {
            self.give_sizes();
            if self.options.owns_page {
                announce_start();
            }
            self.fetch_the_rest();
            self.watch_room(&self.link.clone());
        }
        self.focus_prompt();
        if let (Some(menu), Some(element)) = (&self.menu, self.menu_ref.cast()) {
            stage::place_menu(menu, &element);
        }
    }
}

/// How a playground with such properties begins.
fn begun(props: &Props) -> (Options, Tempo) {
    let options = props.options.clone();
    let tempo = options.tempo.or_else(time::kept_tempo).unwrap_or_default();
    (options, tempo)
}

/// Where an application's messages go, and whether they are still taken.
fn link_of(ctx: &Context<App>) -> (Link, Life) {
    let is_current = Rc::new(Cell::new(true));
    let is_wanted = is_current.clone();
    let take = move |messages: Vec<Message>| if is_wanted.get() { messages } else { Vec::new() };
    (Link::new(ctx.link().batch_callback(take)), Life { is_new: true, is_current })
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
