//! Presenting: large type and no controls, a remote's keys, notes in a second window.

use super::App;
use crate::address;
use crate::later::panels;
use crate::message::{Dialog, Link, Message, Present, Time, Turn};
use crate::rich::said;
use raft_view::lesson::LessonView;
use yew::prelude::*;

impl App {
    pub(super) fn on_present(&mut self, link: &Link, present: Present) {
        let was_dark = self.is_dark;
        self.is_dark = false;
        match present {
            // Whatever is pressed in the dark brings the picture back, and no more.
            Present::On | Present::Back | Present::Blank if was_dark => {}
            Present::Blank => {
                self.is_dark = true;
                self.stop();
            }
            Present::On if self.lesson.is_some() => self.press_turn(Turn::Continue, link),
            Present::Back if self.lesson.is_some() => self.take_turn(Turn::Back, link),
            Present::On => self.on_time(link, Time::TogglePlay),
            Present::Back => self.on_time(link, Time::StepBack),
            Present::Notes => self.open_notes(link),
            // Escape closes what is open first.
            Present::Leave if self.menu.is_some() || self.dialog != Dialog::None => self.escape(),
            Present::Leave => {
                self.presenting.set(false);
                self.notes = None;
                if self.options.owns_page {
                    let _forgotten = address::forget("present");
                }
            }
        }
    }

    fn open_notes(&mut self, link: &Link) {
        // A window that was closed cannot be written to any more.
        self.notes = None;
        let Some(panels) = panels() else { return };
        self.notes = (panels.open_notes)(link);
        if self.notes.is_none() {
            self.notice = Some(told!(
                "The browser has not opened the window with the notes: allow this page to open \
                 windows."
            ));
        }
    }

    /// Writes the notes of the step that is shown.
    pub(super) fn write_notes(&self, view: &LessonView) {
        if let (Some(notes), Some(lesson), Some(panels)) = (&self.notes, &self.lesson, panels())
            && notes.is_open()
        {
            (panels.write_notes)(notes, &self.session, view, lesson.item);
        }
    }

    /// The few controls there are while somebody presents: out of sight until a pointer or the
    /// focus comes to them.
    pub(super) fn present_bar(&self, link: &Link) -> Html {
        if !self.presenting.get() {
            return Html::default();
        }
        let button = |present: Present, name: &'static str| {
            let onclick = link.callback(move |_: MouseEvent| Message::Present(present));
            html! { <button class="btn" {onclick}>{ said(name) }</button> }
        };
        html! {
            <>
                if self.is_dark {
                    <div class="dark-screen" role="status"
                        onclick={link.callback(|_| Present::Blank)}>
                        <span class="unseen">{ said(key!("The screen is dark.")) }</span>
                    </div>
                }
                <div class="present-bar" role="group" aria-label={tr!("Presenting")}>
                    { button(Present::Back, key!("Back")) }
                    { button(Present::On, key!("On")) }
                    { button(Present::Blank, key!("Dark")) }
                    { button(Present::Notes, key!("Notes")) }
                    { button(Present::Leave, key!("Stop presenting")) }
                </div>
            </>
        }
    }
}
