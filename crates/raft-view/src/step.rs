//! What one event of a run was, in the sentence that says most.

use crate::director::{Rank, follows_load, rank};
use crate::words::{self, plain};
use raft_sim::{Session, TraceEvent};

/// What has just happened at the session's moment, in a sentence: of everything since `before`
/// trace events had happened ([`Session::happened`]) what decides most, or else what came last.
pub fn step(session: &Session, before: u64) -> Option<String> {
    let new = usize::try_from(session.happened() - before).unwrap_or(usize::MAX);
    let recent = session.recent();
    let load = follows_load(session.world());
    let of_step: Vec<&TraceEvent> = recent.iter().skip(recent.len().saturating_sub(new)).collect();
    let rank = |event: &&&TraceEvent| rank(event, load);
    // Of what matters alike the first, which has caused the rest; of routine the last.
    let most = of_step.iter().rev().max_by_key(rank)?;
    let said = if rank(&most) == Rank::Routine { of_step.last()? } else { most };
    Some(plain(&words::event(said).text))
}
