//! One line of history: what was done on it, what is worth finding again, and the key frames that
//! make going back quick. Frames far back are thinned out, so memory stays bounded.

use super::BranchId;
use crate::command::Command;
use crate::time::Moment;
use crate::trace::{TraceEvent, What};
use crate::world::World;
use raft_check::Property;
use raft_core::{Micros, NodeId, Note, Term};
use std::sync::Arc;

/// Events between two key frames.
const FRAME_EVENTS: u64 = 16_384;
/// This many messages in flight double the size of a key frame.
const CROWD: u64 = 500;
/// Events between two key frames that are far back.
const FAR_FRAME_EVENTS: u64 = 114_688;
/// How many of the latest key frames are near.
const NEAR_FRAMES: usize = 120;
/// The most marks on a branch's timeline; beyond it every other commit goes.
const MAX_MARKS: usize = 2_000;

/// One line of history.
#[derive(Clone, Debug)]
pub struct Branch {
    pub(super) parent: Option<(BranchId, Moment)>,
    pub(super) commands: Vec<(Moment, Command)>,
    pub(super) frames: Vec<Arc<Frame>>,
    pub(super) marks: Vec<Mark>,
    /// How far it goes, when it is not being added to.
    pub(super) head: Head,
    /// Some of its commands come from a run that went otherwise: they are done as far as they can
    /// be, and those that cannot are left out. Until all are done.
    pub(super) is_another_course: bool,
}

/// A copy of the world, which shares its structure with the others.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) world: World,
    /// How many of the branch's commands are in it.
    pub(super) applied: usize,
}

/// Where a branch ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) moment: Moment,
    pub(super) events: u64,
}

impl Branch {
    /// Where it left which branch.
    pub fn parent(&self) -> Option<(BranchId, Moment)> {
        self.parent
    }

    /// What was done on it, its parents' part included.
    pub fn commands(&self) -> &[(Moment, Command)] {
        &self.commands
    }

    /// What is worth finding again on it, in order of time.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The time that it has reached.
    pub fn end(&self) -> Micros {
        self.head.moment.time
    }

    /// The beginning of a run.
    pub(super) fn first(world: World) -> Branch {
        Branch {
            parent: None,
            commands: Vec::new(),
            frames: vec![Arc::new(Frame { world, applied: 0 })],
            marks: Vec::new(),
            head: Head::default(),
            is_another_course: false,
        }
    }

    /// Keeps a copy of the world, if the last one is far enough back.
    pub(super) fn keep_frame(&mut self, world: &World, applied: usize) {
        let frames = &mut self.frames;
        // A run without its past keeps none.
        let Some(last) = frames.last().map(|frame| frame.world.events()) else { return };
        // Copying a world with thousands of messages in flight is not cheap: fewer copies are kept
        // then.
        let crowd = 1 + world.network().in_flight_len() as u64 / CROWD;
        if world.events() < last + FRAME_EVENTS * crowd {
            return;
        }
        let mut world = world.clone();
        world.compact();
        frames.push(Arc::new(Frame { world, applied }));
        // The frame that has just become far goes, unless the far ones would lie too far apart.
        if let Some(far) = frames.len().checked_sub(NEAR_FRAMES + 1).filter(|far| *far > 0) {
            let before = frames[far - 1].world.events();
            if frames[far + 1].world.events() - before <= FAR_FRAME_EVENTS {
                frames.remove(far);
            }
        }
    }

    /// Keeps a moment worth finding again.
    pub(super) fn keep_mark(&mut self, mark: Mark) {
        let marks = &mut self.marks;
        marks.push(mark);
        if marks.len() > MAX_MARKS {
            let mut nth = 0u32;
            marks.retain(|mark| {
                nth += 1;
                mark.kind != MarkKind::Committed || nth.is_multiple_of(2)
            });
            // Where there were no commits to thin out, the oldest go.
            let over = marks.len().saturating_sub(MAX_MARKS);
            marks.drain(..over);
        }
    }
}

/// A moment worth finding again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Micros,
    /// Why.
    pub kind: MarkKind,
}

/// Why a moment is worth finding again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// A leader was elected.
    Elected {
        /// The leader.
        leader: NodeId,
        /// Its term.
        term: Term,
    },
    /// A leader committed something.
    Committed,
    /// Somebody made something go wrong, or mended it.
    Fault,
    /// A property was seen broken.
    Violated(Property),
}

/// The mark that a event leaves, if it does.
pub(super) fn mark_of(event: &TraceEvent) -> Option<Mark> {
    let kind = match &event.what {
        What::Decided { server, note: Note::BecameLeader { term, .. } } => {
            MarkKind::Elected { leader: *server, term: *term }
        }
        What::Decided { note: Note::Committed { as_leader: true, .. }, .. } => MarkKind::Committed,
        What::Decided { .. } => return None,
        What::Violated(violation) => MarkKind::Violated(violation.property),
        What::Did(command) if command.is_fault() => MarkKind::Fault,
        What::Did(_)
        | What::TimerFired { .. }
        | What::Sent { .. }
        | What::Delivered { .. }
        | What::Lost { .. }
        | What::LostToClient { .. }
        | What::Durable { .. }
        | What::Asked { .. }
        | What::Printed { .. }
        | What::ConsoleEnded { .. }
        | What::Answered { .. } => return None,
    };
    Some(Mark { at: event.at, kind })
}

#[cfg(test)]
mod tests {
    use crate::{Command, Session, Settings};
    use raft_core::NodeId;

    #[test]
    fn a_recorded_command_that_cannot_be_done_again_is_named() {
        let mut session = Session::new(None, Settings::default());
        session.advance(100_000, u64::MAX);
        session.dispatch(Command::Crash(NodeId(1))).expect("it runs");
        session.advance(200_000, u64::MAX);
        assert_eq!(session.difference(), None);
        // As if the engine had not repeated itself.
        let again = session.branches[0].commands[0].clone();
        session.branches[0].commands.push(again);
        session.seek(0);
        session.seek(150_000);
        let said = session.difference().expect("it is refused").to_string();
        assert!(said.starts_with("at 100ms+0, `crash n1`: expected a server that runs"), "{said}");
    }
}
