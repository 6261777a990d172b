//! The menu of actions, and what a pointer does that was pressed on the stage.

use super::App;
use crate::message::{Drag, Link, Menu, Touch};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use raft_core::NodeId;
use raft_sim::{Command, Direction};
use raft_view::menu::{Selection, drag_timer};
use raft_view::stage::Point;
use raft_view::tab::Tab;

impl App {
    pub(super) fn on_touch(&mut self, link: &Link, touch: Touch) {
        match touch {
            Touch::OpenMenu(menu) => self.open_menu(menu),
            Touch::OpenPressed(menu) => {
                self.open_menu(menu);
                self.lifted = wait_for_lift(link);
            }
            Touch::Lifted => self.lifted = None,
            // The finger that has opened the menu is still on it: lifting it is no choice.
            Touch::CloseMenu if self.lifted.is_some() => {}
            Touch::CloseMenu => self.close_menu(),
            Touch::Drop(point) => self.drop_drag(point),
        }
    }

    pub(super) fn on_drag(&mut self, drag: Option<Drag>) {
        if !matches!(drag, Some(Drag::Link { moved: false, .. })) {
            self.press = None;
        }
        if let Some(Drag::Picture(pinch)) = &drag {
            self.camera = Some(pinch.camera);
        }
        self.drag = drag;
    }

    pub(super) fn on_press(&mut self, link: &Link, drag: Drag, menu: Menu) {
        const LONG_PRESS_MS: u32 = 500;
        self.drag = Some(drag);
        let link = link.clone();
        self.press = Some(Timeout::new(LONG_PRESS_MS, move || {
            link.send_message(Touch::OpenPressed(menu));
        }));
    }

    /// A pointer that was pressed on the stage is let go.
    fn drop_drag(&mut self, point: Point) {
        self.press = None;
        let Some(ring) = self.views().ring else { return };
        match self.drag.take() {
            None | Some(Drag::Picture(_)) => {}
            Some(Drag::Timer(id, part)) => {
                if let Some(command) = drag_timer(self.session.world(), id, part) {
                    self.dispatch(command);
                }
            }
            Some(Drag::Link { from, moved: false, .. }) => self.select(Selection::Server(from)),
            Some(Drag::Link { from, .. }) => {
                if let Some(to) = ring.hit(point).filter(|to| *to != from) {
                    let cut = self.session.world().network().is_cut(from, to);
                    self.dispatch(if cut {
                        Command::Mend(from, Direction::BothWays, to)
                    } else {
                        Command::Cut(from, Direction::BothWays, to)
                    });
                }
            }
            Some(Drag::Lasso { pressed, outline }) => {
                let inside = ring.inside(&outline);
                let all = self.session.world().servers().iter().map(|server| server.id());
                let rest: Vec<NodeId> = all.filter(|id| !inside.contains(id)).collect();
                if inside.is_empty() {
                    if outline.len() < 4 {
                        self.select(pressed);
                    }
                } else if !rest.is_empty() {
                    self.dispatch(Command::Partition(vec![inside, rest]));
                }
            }
        }
    }

    fn open_menu(&mut self, menu: Menu) {
        self.refocus = self.element_of(menu.selection).or_else(|| self.focused());
        self.drag = None;
        self.press = None;
        self.selection = menu.selection;
        self.tab = Tab::Inspect;
        self.menu = Some(menu);
    }

    pub(super) fn close_menu(&mut self) {
        if self.menu.take().is_some() {
            self.give_focus_back();
        }
    }
}

/// Waits until a finger is lifted and the click that comes with it has passed: however late that
/// is, whoever chooses puts a finger down first.
fn wait_for_lift(link: &Link) -> Option<[EventListener; 2]> {
    const CLICK_MS: u32 = 300;
    let window = web_sys::window()?;
    let (lift, press) = (link.clone(), link.clone());
    let lifted = EventListener::new(&window, "touchend", move |_| {
        let link = lift.clone();
        Timeout::new(CLICK_MS, move || link.send_message(Touch::Lifted)).forget();
    });
    let pressed =
        EventListener::new(&window, "touchstart", move |_| press.send_message(Touch::Lifted));
    Some([lifted, pressed])
}
