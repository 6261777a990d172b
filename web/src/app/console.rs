//! What a line typed into the console does.

use super::App;
use raft_sim::Command;
use raft_view::console::{Typed, read, taker};
use raft_view::way::way;

/// The most lines that the history keeps.
const HISTORY: usize = 200;
/// The most events until the next step of a request.
const MOST_EVENTS: u32 = 2_000;

impl App {
    /// A line goes to a command that takes lines, to etcdctl, or is done to the cluster.
    pub(super) fn line(&mut self, line: String) {
        if self.typed_lines.last() != Some(&line) && !line.trim().is_empty() {
            if self.typed_lines.len() >= HISTORY {
                self.typed_lines.remove(0);
            }
            self.typed_lines.push(line.clone());
        }
        let world = self.session.world();
        if let Some(console) = taker(world) {
            return self.dispatch(Command::Input { console, line });
        }
        match read(&line, world) {
            Typed::Etcdctl(line) => {
                let line = match self.endpoint {
                    Some(id) if !line.contains("--endpoints") && !line.starts_with("curl") => {
                        format!("--endpoints={id} {line}")
                    }
                    Some(_) | None => line,
                };
                self.dispatch(Command::Etcdctl(line));
            }
            Typed::Action(_) | Typed::Wrong(_) => {
                let _shown = self.typed(line);
            }
        }
    }

    /// Processes events until the request that is followed is a step further, up to a limit.
    pub(super) fn next_of_request(&mut self) {
        let here = |app: &App| way(app.session.world()).map(|way| (way.at(), way.is_over));
        let before = here(self);
        for _ in 0..MOST_EVENTS {
            self.session.step();
            if here(self) != before {
                return;
            }
        }
        self.notice = Some(tr!("Nothing came of it within {} events.", MOST_EVENTS));
    }
}
