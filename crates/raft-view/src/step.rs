//! What one event of a run was, in the sentence that says most.

use crate::director::{Rank, follows_load, rank};
use crate::words::{self, plain};
use raft_sim::{Session, TraceEvent};

/// Goes on from the moment after so many events by one, and says what it was.
pub fn step_after(session: &mut Session, events: u64) -> Option<String> {
    session.seek_event(events);
    let happened = session.happened();
    session.step();
    step(session, happened)
}

/// What has just happened at the session's moment, in a sentence: of everything since `before`
/// trace events had happened ([`Session::happened`]) what decides most, or else what came last.
fn step(session: &Session, before: u64) -> Option<String> {
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
