//! What is looked at.

use super::App;
use super::views::COLUMNS;
use crate::message::{Dialog, Look};
use crate::welcome::FirstScreen;
use raft_core::NodeId;
use raft_view::menu::Selection;
use raft_view::stage::{Camera, Ring};
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
            Look::Inspect => {
                self.tab = Tab::Inspect;
                (self.sheet, self.tools) = (true, true);
            }
            Look::Ask(question) => {
                self.question = if self.question == question { None } else { question };
            }
            Look::Columns(by) => self.scroll_log(by),
            Look::FollowLog => self.first_column = None,
            Look::Events(filter) => self.events = filter,
            Look::Endpoint(id) => self.endpoint = id.map(NodeId),
            Look::Part(camera) => self.camera = Some(camera),
            Look::Closer(closer) => self.look_closer(closer),
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

    /// Shows what is selected larger, or the whole picture.
    fn look_closer(&mut self, closer: bool) {
        const TIMES: f64 = 1.5;
        let Some(ring) = self.views().ring else { return };
        if !closer {
            // What a lesson shows from near, too.
            let whole = Camera::whole(ring.frame());
            self.camera = self.filming.camera().filter(|camera| *camera != whole).map(|_| whole);
            return;
        }
        let at = match self.selection {
            Selection::Server(id) | Selection::Entry(id, _) => ring.at(id),
            Selection::Link(a, b) => ring.at(a).towards(ring.at(b), 0.5),
            Selection::Nothing | Selection::Message(_) => ring.center(),
        };
        let camera = self.camera_on(&ring);
        self.camera = Some(camera.zoomed(TIMES, at).at(at));
    }

    /// The part of the picture that is seen.
    pub(super) fn camera_on(&self, ring: &Ring) -> Camera {
        let film = if self.space.room.is_little() { None } else { self.filming.camera() };
        let frame = if self.space.room.is_little() { ring.tight() } else { ring.frame() };
        self.camera.or(film).unwrap_or(Camera::whole(frame))
    }

    fn scroll_log(&mut self, by: i64) {
        let window = self.views().window;
        let longest = self.views().longest;
        let first = window.map_or(1, |window| window.first);
        let first = first.saturating_add_signed(by).clamp(1, longest.max(1));
        let at_end = first + COLUMNS > longest + 2;
        self.first_column = if at_end && by > 0 { None } else { Some(first) };
    }

    pub(super) fn escape(&mut self) {
        if self.menu.is_some() {
            self.close_menu();
        } else if self.dialog != Dialog::None {
            self.close_dialog();
        } else if self.drag.is_some() {
            self.drag = None;
        } else if self.sheet {
            self.sheet = false;
        } else if self.first_screen != FirstScreen::Gone {
            self.close_first_screen();
        } else {
            self.selection = Selection::Nothing;
            self.notice = None;
            self.camera = None;
        }
    }
}
