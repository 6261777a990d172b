//! The page's theme and language, and the parts of it that are loaded later.

use super::App;
use crate::language;
use crate::later::panels;
use crate::message::{Link, Page, Part};
use crate::room::RoomWatch;
use crate::sizes::Sizes;
use gloo_events::EventListener;
use raft_view::lang::{Language, look_up};
use raft_view::tab::Tab;
use web_sys::{HtmlElement, VisualViewport};
use yew::NodeRef;

const NOT_LOADED: &str = key!(
    "etcdctl’s commands could not be loaded. What needs them waits: \
     try once more, or reload the page."
);

const NOTHING_DONE: &str = key!(
    "The rest of the page could not be loaded. Nothing can be done before that: \
     try once more, or reload the page."
);

impl App {
    pub(super) fn on_page(&mut self, link: &Link, page: Page) {
        match page {
            Page::Theme(theme) => self.theme = theme,
            Page::Language(language) => {
                language::keep(language);
                self.speak(link, language);
            }
            Page::Speak(language) => self.speak(link, language),
            Page::LanguageChanged => self.say_anew(),
            Page::Room(room) => self.space.room = room,
            Page::NotSpoken(language, error) => self.not_spoken(language, &error),
            Page::Letters(on) => self.letters.set(on),
            Page::Size(part, size) => {
                self.sizes.set(part, size);
                self.give_sizes();
            }
            Page::Larger => self.size = self.size.next(),
            Page::Want(part) => self.later.again(part, link),
            Page::Arrived(part, came) => self.on_arrival(link, part, came),
        }
    }

    fn on_arrival(&mut self, link: &Link, part: Part, came: bool) {
        match part {
            // What was foreseen ended where something had to be done.
            Part::Deeds if came => self.director.forget(),
            Part::Deeds => self.notice = Some(look_up(NOTHING_DONE).into()),
            Part::Panels if came => self.open_what_was_asked_for(link),
            Part::Panels => {
                if let Some(language) = language::waits() {
                    self.not_spoken(language, "part-panels");
                }
            }
            Part::Etcdctl => self.notice = (!came).then(|| look_up(NOT_LOADED).into()),
        }
        link.send_message_batch(self.later.arrived(part, came));
    }

    /// Hears how much room there is, on somebody else's page where only the stage is shown.
    pub(super) fn watch_room(&mut self, link: &Link) {
        let page = self.root_ref.cast().filter(|_| self.options.embed);
        let link = link.clone();
        self.space.watch = page
            .and_then(|page| RoomWatch::new(page, move |room| link.send_message(Page::Room(room))));
    }

    /// Gives parts of the page the room that was chosen for them.
    pub(super) fn give_sizes(&self) {
        if let Some(page) = self.root_ref.cast() {
            self.shown_sizes().give(&page);
        }
    }

    /// The sizes that parts have: those that were chosen, or that what they show needs.
    pub(super) fn shown_sizes(&self) -> Sizes {
        self.sizes.or_side(self.tables)
    }

    /// Makes room for tables in the console, while it is open.
    pub(super) fn make_room_for_tables(&mut self) {
        let panels = panels().filter(|_| self.tab == Tab::Console && !self.options.embed);
        let needed = panels.and_then(|panels| (panels.width_of_tables)(self.session.world()));
        if needed != self.tables {
            self.tables = needed;
            self.give_sizes();
        }
    }

    /// Switches to a language; where its sentences are not here yet, once they have come.
    pub(super) fn speak(&mut self, link: &Link, language: Language) {
        if language::go_over(language)
            || self.later.keeps(Page::Speak(language), Part::Panels, link)
        {
            return;
        }
        if let Some(panels) = panels() {
            (panels.language)(link);
        }
    }

    fn not_spoken(&mut self, language: Language, why: &str) {
        let name = language.name();
        self.notice =
            Some(tr!("{} could not be loaded, so the page stays as it is: {}.", name, why));
    }
}

/// Keeps the style's `--keyboard` as high as what a keyboard on the screen covers of the page: the
/// page itself is not told, and what is typed would lie behind it.
pub(super) fn keyboard(page: &NodeRef) -> Vec<EventListener> {
    let Some(seen) = web_sys::window().and_then(|window| window.visual_viewport()) else {
        return Vec::new();
    };
    let listen = |event: &'static str| {
        let (page, of) = (page.clone(), seen.clone());
        EventListener::new(&seen, event, move |_| {
            if let Some(page) = page.cast() {
                lift_above_keyboard(&page, &of);
            }
        })
    };
    vec![listen("resize"), listen("scroll")]
}

fn lift_above_keyboard(page: &HtmlElement, seen: &VisualViewport) {
    // Zoomed in, part of the page is out of sight without any keyboard.
    let bottom = seen.offset_top() + seen.height();
    let covered = page.get_bounding_client_rect().bottom() - bottom;
    let is_zoomed = seen.scale() > 1.01;
    let covered = if is_zoomed { 0.0 } else { covered.max(0.0) };
    let _set = page.style().set_property("--keyboard", &format!("{}px", covered as u32));
}
