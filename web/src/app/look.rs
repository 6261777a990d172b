//! What is looked at.

use super::App;
use super::views::COLUMNS;
use crate::message::{Dialog, Look};
use raft_core::NodeId;
use raft_view::menu::Selection;
use raft_view::tab::Tab;

impl App {
    pub(super) fn on_look(&mut self, look: Look) {
        match look {
            Look::Select(selection) => self.select(selection),
            Look::SelectNumber(0) => self.select(Selection::Nothing),
            Look::SelectNumber(number) => self.select(Selection::Server(NodeId(number))),
            Look::Tab(tab) => {
                self.sheet = !(self.sheet && self.tab == tab);
                self.versions.gallery += 1;
                self.tab = tab;
            }
            Look::Ask(question) => {
                self.question = if self.question == question { None } else { question };
            }
            Look::Columns(by) => self.scroll_log(by),
            Look::FollowLog => self.first_column = None,
            Look::Endpoint(id) => self.endpoint = id.map(NodeId),
            Look::Dismiss => self.notice = None,
            Look::Escape => self.escape(),
        }
    }

    pub(super) fn select(&mut self, selection: Selection) {
        let exists = match selection {
            Selection::Server(id) | Selection::Entry(id, _) => {
                self.session.world().server(id).is_some()
            }
            Selection::Nothing | Selection::Message(_) | Selection::Link(..) => true,
        };
        if exists {
            self.selection = selection;
            self.question = None;
            self.menu = None;
            let on_disk = matches!(selection, Selection::Server(_) | Selection::Entry(..));
            if selection != Selection::Nothing && !(on_disk && self.tab == Tab::Storage) {
                self.tab = Tab::Inspect;
            }
        }
    }

    fn scroll_log(&mut self, by: i64) {
        let window = self.views().window;
        let longest = self.views().longest;
        let first = window.map_or(1, |window| window.first);
        let first = first.saturating_add_signed(by).clamp(1, longest.max(1));
        let at_end = first + COLUMNS > longest + 2;
        self.first_column = if at_end && by > 0 { None } else { Some(first) };
    }

    fn escape(&mut self) {
        if self.menu.is_some() {
            self.close_menu();
        } else if self.dialog != Dialog::None {
            self.close_dialog();
        } else if self.drag.is_some() {
            self.drag = None;
        } else if self.sheet {
            self.sheet = false;
        } else {
            self.selection = Selection::Nothing;
            self.notice = None;
        }
    }
}
