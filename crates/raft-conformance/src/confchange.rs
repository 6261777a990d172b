//! etcd's cases for changes of membership: one roster that commands change.

use crate::datafile::Case;
use raft_core::{Change, ChangeKind, Membership, NodeId, Roster, Window};
use std::fmt::Write;

/// The roster of a file, and the index of the command.
#[derive(Debug)]
pub struct ConfChange {
    roster: Roster,
    last_index: u64,
}

impl Default for ConfChange {
    fn default() -> ConfChange {
        ConfChange { roster: Roster::unknown(&Membership::default()), last_index: 0 }
    }
}

impl ConfChange {
    /// Carries out one command and says what it prints.
    ///
    /// # Errors
    /// Where the command is not one of `simple`, `enter-joint`, `leave-joint`.
    pub fn run(&mut self, case: &Case) -> Result<String, String> {
        let changes = read_changes(&case.input)?;
        let last_index = self.last_index;
        self.last_index += 1;
        let after = match case.command.as_str() {
            "simple" => self.roster.simple(&changes, last_index),
            "enter-joint" => {
                let auto_leave = case.value("autoleave")?.unwrap_or(false);
                self.roster.enter_joint(auto_leave, &changes, last_index)
            }
            "leave-joint" if changes.is_empty() => self.roster.leave_joint(),
            "leave-joint" => return Err("this command takes no input".into()),
            other => return Err(format!("unknown command: {other}")),
        };
        match after {
            Err(error) => Ok(error.to_string()),
            Ok(roster) => {
                self.roster = roster;
                let window = Window { messages: 10, bytes: 0 };
                let mut out = format!("{}\n", self.roster.membership);
                for (id, progress) in &self.roster.progress {
                    let _written = writeln!(out, "{}: {}", id.0, progress.describe(window));
                }
                Ok(out)
            }
        }
    }
}

/// Reads `v1 l2 r3 u4`.
///
/// # Errors
/// Names the word that cannot be read.
pub fn read_changes(text: &str) -> Result<Vec<Change>, String> {
    let read = |word: &str| {
        let mut letters = word.chars();
        let kind = match letters.next() {
            Some('v') => ChangeKind::AddVoter,
            Some('l') => ChangeKind::AddLearner,
            Some('r') => ChangeKind::Remove,
            Some('u') => ChangeKind::Update,
            _ => return Err(format!("unknown input: {word}")),
        };
        let node = letters.as_str().parse().map_err(|_| format!("unknown input: {word}"))?;
        Ok(Change { kind, node: NodeId(node) })
    };
    text.split_whitespace().map(read).collect()
}
