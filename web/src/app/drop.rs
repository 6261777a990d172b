//! What a pointer that was pressed on the stage does when it is let go.

use super::App;
use crate::message::Drag;
use raft_core::NodeId;
use raft_sim::{Command, Direction};
use raft_view::menu::{Selection, drag_timer};
use raft_view::stage::Point;

impl App {
    /// A pointer that was pressed on the stage is let go.
    pub(super) fn drop_drag(&mut self, point: Point) {
        self.press = None;
        let Some(ring) = self.views().ring else { return };
        match self.drag.take() {
            None => {}
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
}
