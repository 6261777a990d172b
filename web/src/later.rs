//! Parts of the page that are loaded when they are first wanted: a first visit downloads less.
//!
//! With the feature `split` each is a module of its own, cut from the one that the compiler makes
//! at the functions that are marked here: what only they reach goes along. Without it all is here.

use crate::lesson::{After, Lesson, Notes};
use crate::measure::Measuring;
use crate::message::{Act, Link, ManyRuns, Message, Page, Part, Turn};
use crate::rich::said;
use crate::{dialog, language, lesson, panel};
use etcd_kv::console::Etcdctl;
use raft_core::Micros;
use raft_gallery::Item;
use raft_sim::{Command, Session, Settings, World};
use raft_view::inspect::Section;
use raft_view::lesson::LessonView;
use raft_view::menu::Selection;
use raft_view::stage::Camera;
use raft_view::why::{Question, WhyView};
use std::cell::Cell;
use std::pin::Pin;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// What [`Part::Panels`] draws and does.
#[derive(Clone, Copy)]
pub struct Panels {
    /// The open dialog.
    pub dialog: fn(&dialog::Shown<'_>, &Link) -> Html,
    /// The open tab.
    pub tab: fn(&panel::Shown<'_>, &Link) -> Html,
    /// What is known of what is selected.
    pub inspect: fn(&World, Selection) -> Vec<Section>,
    /// What can be asked, and the answer.
    pub answer: fn(&Session, Selection, Option<Question>) -> Option<WhyView>,
    /// How wide the panel has to be for what the console shows.
    pub width_of_tables: fn(&World) -> Option<u32>,
    /// When the last of the operations that no order fits was answered.
    pub ended_at: fn(&Session) -> Option<Micros>,
    /// The open lesson.
    pub lesson: fn(&lesson::Shown<'_>, &Link) -> Html,
    /// A step in it.
    pub turn: fn(&mut Lesson, &mut Session, Turn) -> After,
    /// What it says at this moment.
    pub tell: fn(&Session, &Lesson) -> Option<LessonView>,
    /// Which part of the picture it is about.
    pub close_up: fn(&Session, &LessonView) -> Camera,
    /// What comes with the page, by name.
    pub find: fn(&str) -> Option<&'static Item>,
    /// The lesson of the tour that somebody has come to, and the step.
    pub resume: fn() -> Option<(&'static Item, usize)>,
    /// Opens the presenter's window, if that is allowed.
    pub open_notes: fn(&Link) -> Option<Notes>,
    /// Writes into it what belongs to the step.
    pub write_notes: fn(&Notes, &Session, &LessonView, &Item),
    /// Copies a text.
    pub copy: fn(String, Callback<()>),
    /// Offers a text as a file.
    pub save: fn(&str, &str) -> Result<(), String>,
    /// Measures what a write costs, for a slice.
    pub measure: fn(&mut Measuring, &Settings, &Link, bool) -> bool,
    /// Many runs at once, of which none has been asked yet.
    pub runs: fn() -> Box<dyn ManyRuns>,
    /// Fetches the sentences of the language that the page is to speak.
    pub language: fn(&Link),
}

/// Loads [`Part::Deeds`], of which only `app` knows; whether it came.
pub type Bring = fn() -> Pin<Box<dyn Future<Output = bool>>>;

/// A part could not be loaded.
#[derive(Debug)]
struct NotLoaded;

#[cfg(feature = "split")]
mod parts {
    #![allow(unsafe_code, reason = "a module is linked to another by what the macro writes")]

    use super::{Etcdctl, NotLoaded, PANELS_HERE, Panels};
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    impl From<SplitLoaderError> for NotLoaded {
        fn from(_: SplitLoaderError) -> NotLoaded {
            NotLoaded
        }
    }

    #[wasm_split(etcdctl, fallible)]
    pub fn etcdctl() -> Result<Etcdctl, NotLoaded> {
        Ok(etcd_kv::ctl::ETCDCTL)
    }

    #[wasm_split(panels, fallible)]
    pub fn panels() -> Result<Panels, NotLoaded> {
        Ok(PANELS_HERE)
    }
}

#[cfg(not(feature = "split"))]
mod parts {
    use super::{Etcdctl, NotLoaded, PANELS_HERE, Panels};

    pub async fn etcdctl() -> Result<Etcdctl, NotLoaded> {
        Ok(etcd_kv::ctl::ETCDCTL)
    }

    pub async fn panels() -> Result<Panels, NotLoaded> {
        Ok(PANELS_HERE)
    }
}

const NOT_HERE: &str = key!(
    "This part of the page could not be loaded. \
     Where trying again does not help, reload the page."
);

const PANELS_HERE: Panels = Panels {
    dialog: dialog::modal,
    tab: panel::tab,
    inspect: raft_view::inspect::inspect,
    answer: raft_view::why::why,
    width_of_tables: panel::console::width_of_tables,
    ended_at: crate::linear::ended_at,
    lesson: lesson::card,
    turn: lesson::turn,
    tell: lesson::tell,
    close_up: raft_view::director::close_up,
    find: raft_gallery::find,
    resume: lesson::resume,
    open_notes: lesson::open_notes,
    write_notes: lesson::write_notes,
    copy: dialog::copy,
    save: dialog::save_file,
    measure: Measuring::measure,
    runs: panel::futures::runs,
    language: language::fetch,
};

thread_local! {
    static PANELS: Cell<Option<Panels>> =
        const { Cell::new(if cfg!(feature = "split") { None } else { Some(PANELS_HERE) }) };
}

/// The panels, if they are here.
pub fn panels() -> Option<Panels> {
    PANELS.get()
}

/// Which parts a playground has asked for, and which have come.
pub struct Later {
    deeds: Bring,
    asked: Vec<Part>,
    failed: Vec<Part>,
    /// What is done once the part is here.
    waiting: Vec<(Part, Message)>,
}

impl Part {
    fn is_here(self) -> bool {
        match self {
            Part::Deeds => raft_sim::deeds::are_here(),
            Part::Panels => panels().is_some(),
            Part::Etcdctl => raft_sim::console::etcdctl().is_some(),
        }
    }

    async fn load(self, deeds: Bring) -> Result<(), NotLoaded> {
        match self {
            Part::Deeds if !deeds().await => return Err(NotLoaded),
            Part::Deeds => {}
            Part::Panels => PANELS.set(Some(parts::panels().await?)),
            Part::Etcdctl => raft_sim::console::bring_in(parts::etcdctl().await?),
        }
        Ok(())
    }
}

impl Later {
    /// Nothing has been asked for.
    pub fn new(deeds: Bring) -> Later {
        Later { deeds, asked: Vec::new(), failed: Vec::new(), waiting: Vec::new() }
    }

    /// Loads a part that is not here. [`Page::Arrived`] follows, and whoever could not get it
    /// is to ask for it again.
    pub fn want(&mut self, part: Part, link: &Link) {
        if part.is_here() || self.asked.contains(&part) || self.failed.contains(&part) {
            return;
        }
        self.asked.push(part);
        let (link, deeds) = (link.clone(), self.deeds);
        spawn_local(async move {
            let came = part.load(deeds).await.is_ok();
            link.send_message(Page::Arrived(part, came));
        });
    }

    /// Keeps a message until a part is here that it needs. False where it need not wait.
    pub fn keeps(&mut self, message: impl Into<Message>, part: Part, link: &Link) -> bool {
        if part.is_here() {
            return false;
        }
        self.waiting.push((part, message.into()));
        self.again(part, link);
        true
    }

    /// Notes that a part came, or that it did not; gives what waited for it.
    pub fn arrived(&mut self, part: Part, came: bool) -> Vec<Message> {
        self.asked.retain(|asked| *asked != part);
        if !came {
            self.failed.push(part);
            return Vec::new();
        }
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let (ready, rest): (Vec<_>, Vec<_>) = waiting.partition(|(of, _)| *of == part);
        self.waiting = rest;
        ready.into_iter().map(|(_, message)| message).collect()
    }

    /// A placeholder for a part.
    pub fn placeholder(&self, part: Part, link: &Link) -> Html {
        if !self.failed.contains(&part) {
            return html! { <p class="hint" role="status">{ said(key!("Loading…")) }</p> };
        }
        let onclick = link.callback(move |_: MouseEvent| Page::Want(part));
        html! {
            <p class="hint" role="alert">
                { said(NOT_HERE) }{ " " }
                <button class="btn" {onclick}>{ said(key!("Try again")) }</button>
            </p>
        }
    }

    /// Asks for a part that could not be loaded once more.
    pub fn again(&mut self, part: Part, link: &Link) {
        self.failed.retain(|failed| *failed != part);
        self.want(part, link);
    }
}

/// The part that a message needs, if it needs one.
pub fn needed(message: &Message) -> Option<Part> {
    let Message::Act(act) = message else { return None };
    let runs = match act {
        Act::Typed(line) => runs_etcdctl(line),
        Act::Line(_) => true,
        Act::Do(command) => matches!(command, Command::Etcdctl(_)),
        Act::NextOfRequest
        | Act::ClientRequest
        | Act::ToggleCrash
        | Act::TogglePause
        | Act::TimeoutSelected
        | Act::RestartLeader => false,
    };
    runs.then_some(Part::Etcdctl)
}

/// Whether a text may have lines of the console.
pub fn runs_etcdctl(text: &str) -> bool {
    text.contains("etcdctl")
}
