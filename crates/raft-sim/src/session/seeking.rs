//! Going to another moment or branch: the nearest key frame before it, then replay.

use super::branch::Frame;
use super::passing::upcoming;
use super::{BranchId, Session};
use crate::time::Moment;
use raft_core::Micros;

impl Session {
    /// Goes to the moment after everything that happened up to `time`.
    pub fn seek(&mut self, time: Micros) {
        self.seek_where(
            |frame| frame.world.now() <= time,
            |session, due| session.replay(due, time),
        );
    }

    /// Goes to the moment after the n-th event of the branch.
    pub fn seek_event(&mut self, events: u64) {
        self.seek_where(
            |frame| frame.world.events() <= events,
            |session, due| session.world.events() >= events || session.replay(due, Micros::MAX),
        );
    }

    /// Goes to an exact moment.
    pub fn seek_moment(&mut self, moment: Moment) {
        self.seek_where(
            |frame| frame.world.moment() < moment,
            |session, due| {
                let next =
                    session.branch().commands.get(session.applied).map(|(moment, _)| *moment);
                let upcoming = upcoming(&session.world, due);
                if next.is_none_or(|next| next > moment)
                    && upcoming.is_none_or(|next| next >= moment)
                {
                    session.world.go_to(moment);
                    return true;
                }
                session.replay(due, moment.time)
            },
        );
    }

    fn seek_where(
        &mut self,
        before: impl Fn(&Frame) -> bool,
        mut arrived: impl FnMut(&mut Session, Option<Micros>) -> bool,
    ) {
        self.remember_head();
        let frames = &self.branch().frames;
        let at = frames.iter().rposition(|frame| before(frame)).unwrap_or(0);
        // Some trace events before the moment are wanted too: start a little earlier if need be.
        let frame = match frames.get(at) {
            Some(frame) => frame.clone(),
            None => return,
        };
        self.world = frame.world.clone();
        self.world.record(self.recording);
        self.applied = frame.applied;
        self.live = false;
        self.recent.clear();
        self.notable.clear();
        let happened = self.happened;
        for _ in 0..u64::MAX {
            let due = self.world.next_due();
            if arrived(self, due) || self.live {
                break;
            }
        }
        self.take_trace();
        self.replayed += self.happened - happened;
        let head = self.branch().head;
        let at_head = self.world.events() == head.events && self.world.moment() == head.moment;
        self.live = at_head && self.applied == self.branch().commands.len();
    }

    /// Goes to a branch, at the present time or at its end if it is shorter.
    pub fn switch(&mut self, branch: BranchId) {
        if branch >= self.branches.len() || branch == self.current {
            return;
        }
        self.remember_head();
        let time = self.world.now().min(self.branches[branch].head.moment.time);
        self.current = branch;
        // The head that was just remembered is the other branch's.
        self.live = false;
        self.seek(time);
    }
}
