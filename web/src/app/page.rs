//! The page's theme and language, and the parts of it that are loaded later.

use super::App;
use crate::language;
use crate::later::panels;
use crate::message::{Link, Page, Part};
use raft_view::lang::{Language, look_up};

const NOT_LOADED: &str =
    key!("etcdctl’s commands could not be loaded. What needs them waits: try once more.");

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
            Page::NotSpoken(language, error) => self.not_spoken(language, &error),
            Page::Letters(on) => self.letters.set(on),
            Page::Want(part) => self.later.again(part, link),
            Page::Arrived(part, came) => self.on_arrival(link, part, came),
        }
    }

    fn on_arrival(&mut self, link: &Link, part: Part, came: bool) {
        match part {
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
