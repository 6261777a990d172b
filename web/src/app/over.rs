//! Dialogs, and what leaves the page: copies, files, links.

use super::App;
use crate::address;
use crate::later::panels;
use crate::message::{Dialog, Link, Over};
use raft_sim::run::MAX_LINK;

impl App {
    pub(super) fn on_over(&mut self, link: &Link, over: Over) {
        match over {
            Over::Dialog(dialog) => self.open_dialog(dialog),
            Over::Share => self.share(),
            Over::Help => self.open_dialog(Dialog::Help),
            Over::Close => self.close_dialog(),
            Over::Copy(text) => {
                if let Some(panels) = panels() {
                    (panels.copy)(text, link.callback(|()| Over::Copied));
                }
            }
            Over::Copied => {
                if let Dialog::Share { copied, .. } = &mut self.dialog {
                    *copied = true;
                } else {
                    self.notice = Some(told!("Copied."));
                }
            }
            Over::SaveFile => {
                let name = self.session.title().unwrap_or("raft run").to_string();
                let saved = panels().map(|panels| (panels.save)(&name, &self.session.text()));
                if let Some(Err(error)) = saved {
                    self.notice = Some(error);
                }
            }
        }
    }

    fn share(&mut self) {
        let fragment = self.session.link();
        let url = address::with_run(&fragment);
        let too_long = fragment.len() > MAX_LINK;
        self.open_dialog(Dialog::Share { url, too_long, copied: false });
    }

    fn open_dialog(&mut self, dialog: Dialog) {
        if self.refocus.is_none() {
            self.refocus = self.focused();
        }
        self.menu = None;
        self.dialog = if self.dialog == dialog { Dialog::None } else { dialog };
    }

    pub(super) fn close_dialog(&mut self) {
        self.dialog = Dialog::None;
        self.give_focus_back();
    }
}
