//! What becomes of a line that is typed into the console.

use super::App;
use raft_sim::Command;
use raft_view::console::{Typed, read, taker};

/// The most lines that the history keeps.
const HISTORY: usize = 200;

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
            Typed::Action(_) | Typed::Wrong(_) => self.typed(line),
        }
    }
}
