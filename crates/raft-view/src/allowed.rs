//! What a puzzle allows: all else is greyed on the page, and says why when it is pressed.

use crate::menu::ActionView;
use raft_sim::scenario::About;

/// What may be done while a puzzle is open; everything where none is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allowed<'a>(Option<&'a About>);

impl<'a> Allowed<'a> {
    /// What stands above a puzzle.
    pub fn by(puzzle: &'a About) -> Allowed<'a> {
        Allowed(Some(puzzle))
    }

    /// Whether the puzzle forbids an action, a line of scenario text.
    pub fn forbids(self, action: &str) -> bool {
        self.0.is_some_and(|about| about.allows(action).is_err())
    }

    /// Marks the actions that the puzzle forbids.
    pub fn mark(self, actions: &mut [ActionView]) {
        for action in actions {
            action.forbidden = self.forbids(&action.command.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::menu::{Selection, actions};
    use raft_core::NodeId;
    use raft_sim::{Session, scenario};

    #[test]
    fn a_puzzle_forbids_what_it_does_not_name() {
        let puzzle = scenario::parse("allow crash put\ngoal \"x is 1\" value x = 1 on all\n");
        let puzzle = puzzle.expect("a puzzle");
        let allowed = Allowed::by(&puzzle.about);
        assert!(!allowed.forbids("crash n1") && !allowed.forbids("put x 1"));
        assert!(allowed.forbids("heal") && allowed.forbids("set loss 30%"));
        assert!(!Allowed::default().forbids("heal"));

        let session = Session::open(puzzle.clone());
        let mut actions = actions(session.world(), Selection::Server(NodeId(1)));
        allowed.mark(&mut actions);
        let free: Vec<&str> =
            actions.iter().filter(|a| !a.forbidden).map(|a| a.label.as_str()).collect();
        assert_eq!(free, ["Crash", "Write here"]);
    }
}
