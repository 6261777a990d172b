//! Whether what clients saw is linearizable, checked only as often as somebody can read it.

use raft_check::linear::Verdict;
use raft_core::Micros;
use raft_sim::{BranchId, Session};
use raft_view::offence::{OffenceView, offence};
use std::cell::OnceCell;

/// While the run plays, every so many refreshes of what a person reads there is a search.
const REFRESHES: u32 = 7;

/// What clients saw, held against one copy of the data.
pub struct Linear {
    /// The verdict.
    pub verdict: Verdict,
    /// What shows that it is not linearizable, once somebody looks.
    offence: OnceCell<Option<OffenceView>>,
    /// The branch, and how many events it had, when it was refreshed last.
    seen: (BranchId, u64),
    /// The same for the last search.
    searched: (BranchId, u64),
    refreshes: u32,
}

impl Default for Linear {
    fn default() -> Linear {
        Linear {
            verdict: Verdict::Linearizable,
            offence: OnceCell::new(),
            seen: (0, 0),
            searched: (0, 0),
            refreshes: 0,
        }
    }
}

impl Linear {
    /// Checks again when it is time to; a paused run is checked at once.
    pub fn refresh(&mut self, session: &Session, playing: bool) {
        let (world, branch) = (session.world(), session.current());
        let now = (branch, world.events());
        let went_on = self.seen.0 == branch && self.seen.1 <= now.1;
        self.seen = now;
        if went_on && self.verdict == Verdict::NotLinearizable {
            // Nothing that follows can make it linearizable again.
            return;
        }
        self.refreshes += 1;
        let is_due = !playing || self.refreshes.is_multiple_of(REFRESHES);
        let verdict = match world.linearizability_so_far() {
            Verdict::Linearizable if self.searched == now => self.verdict,
            Verdict::Linearizable if is_due => {
                self.searched = now;
                world.linearizability()
            }
            known @ (Verdict::Linearizable | Verdict::NotLinearizable | Verdict::Undecided) => {
                known
            }
        };
        self.verdict = verdict;
        self.offence = OnceCell::new();
    }

    /// Forgets the sentences, which are to be told in another language.
    pub fn forget_words(&mut self) {
        self.offence = OnceCell::new();
    }

    /// What shows that it is not linearizable, if it is not.
    pub fn offence(&self, session: &Session) -> Option<&OffenceView> {
        if self.verdict != Verdict::NotLinearizable {
            return None;
        }
        let find = || session.world().offence().as_ref().map(offence);
        self.offence.get_or_init(find).as_ref()
    }
}

/// When the last of the operations was answered that no order fits, if there are such.
pub fn ended_at(session: &Session) -> Option<Micros> {
    let offence = session.world().offence()?;
    offence.operations.iter().filter_map(|seen| seen.returned).max()
}
