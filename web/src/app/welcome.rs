//! The first screen: what its doors open, and when it goes.

use super::App;
use crate::later::panels;
use crate::message::{Link, Look, Message, Touch, Welcome};
use crate::welcome::{FirstScreen, remedies};
use raft_view::menu::Selection;
use raft_view::tab::Tab;

impl App {
    pub(super) fn on_welcome(&mut self, link: &Link, welcome: Welcome) {
        match welcome {
            Welcome::Tour => self.ask_for_tour(link),
            Welcome::Break => {
                self.first_screen = FirstScreen::Faults;
                self.select_leader();
                self.play(link);
            }
            Welcome::Etcd => {
                self.first_screen = FirstScreen::Gone;
                (self.tab, self.sheet, self.focus_prompt) = (Tab::Console, true, true);
                self.play(link);
            }
            Welcome::Legend => {
                self.selection = Selection::Nothing;
                (self.tab, self.sheet) = (Tab::Inspect, true);
            }
            Welcome::Mend => {
                for line in remedies(self.session.world()) {
                    self.typed(line);
                }
            }
            Welcome::AskWhy => {
                if self.selection == Selection::Nothing {
                    self.select_leader();
                }
                (self.tab, self.sheet) = (Tab::Inspect, true);
            }
            Welcome::Close => self.close_first_screen(),
        }
    }

    /// Puts the first screen away; the doors for good.
    pub(super) fn close_first_screen(&mut self) {
        if self.first_screen == FirstScreen::Doors {
            FirstScreen::keep_closed();
        }
        self.first_screen = FirstScreen::Gone;
    }

    /// The doors go once a visitor does something; they come back with the next visit.
    pub(super) fn pass_the_doors(&mut self, message: &Message) {
        if self.first_screen == FirstScreen::Doors && acts(message) {
            self.first_screen = FirstScreen::Gone;
        }
    }

    /// Gives the console's prompt the focus, once it is there.
    pub(super) fn focus_prompt(&mut self) {
        if self.focus_prompt && self.tab == Tab::Console && panels().is_some() {
            self.focus_prompt = !self.focus_first(".term input");
        }
    }

    fn select_leader(&mut self) {
        if let Some(leader) = self.session.world().leader().map(raft_sim::Server::id) {
            self.select(Selection::Server(leader));
        }
    }
}

/// Whether a visitor does something to the cluster, or looks at something of it.
fn acts(message: &Message) -> bool {
    match message {
        Message::Act(_) | Message::Turn(_) | Message::Measure(_) | Message::Many(_) => true,
        // The picture does not move under a pointer that is pressed, nor under an open menu.
        Message::Touch(touch) => matches!(touch, Touch::Drop(_)),
        Message::Look(look) => match look {
            Look::Select(selection) => *selection != Selection::Nothing,
            Look::SelectNumber(number) => *number > 0,
            Look::Ask(_) => true,
            Look::Tab(_)
            | Look::Columns(_)
            | Look::FollowLog
            | Look::Endpoint(_)
            | Look::Dismiss
            | Look::Inspect
            | Look::Events(_)
            | Look::Part(_)
            | Look::Closer(_)
            | Look::Escape => false,
        },
        // Another run puts it away when it is there.
        Message::Open(_)
        | Message::Drag(_)
        | Message::Press(..)
        | Message::Frame(_)
        | Message::Time(_)
        | Message::Key(..)
        | Message::Tempo(_)
        | Message::Faster(_)
        | Message::Arrow(_)
        | Message::Over(_)
        | Message::Page(_)
        | Message::Present(_)
        | Message::Host(..)
        | Message::Welcome(_) => false,
    }
}
