//! A witness: the order in which somebody who saw inside says that operations took effect. It is
//! apart from the search because it is what lets a search be left out, and because nothing it says
//! is believed: the order is held against the same rules, and where it breaks one it counts for
//! nothing.

use super::{Model, Operation};

/// Follows a witness's order, given as places in the history, from the first of `starts` from which
/// that can be done; the state after so many of its operations (`behind`), and after all of them.
///
/// `None` where the order is none of this history: an operation stands in it twice, one that
/// returned is missing, one stands behind another that was called after it had returned, or gave an
/// answer that it could not have given there. So `Some` proves the history linearizable, whoever
/// made the order.
pub(super) fn follow<M: Model>(
    starts: &[M::State],
    history: &[Operation<M>],
    order: &[usize],
    behind: usize,
) -> Option<(M::State, M::State)> {
    if !keeps_to_time(history, order) {
        return None;
    }
    starts.iter().find_map(|start| {
        let (mut state, mut then) = (start.clone(), None);
        for (count, place) in order.iter().enumerate() {
            if count == behind {
                then = Some(state.clone());
            }
            let operation = &history[*place];
            state = M::step(&state, &operation.operation, operation.answer())?;
        }
        Some((then.unwrap_or_else(|| state.clone()), state))
    })
}

/// Whether the order holds every operation that returned, none twice, and none behind another that
/// was called later than it returned.
fn keeps_to_time<M: Model>(history: &[Operation<M>], order: &[usize]) -> bool {
    let mut stands = vec![false; history.len()];
    let mut latest_call = 0;
    for place in order {
        let (Some(stands), Some(operation)) = (stands.get_mut(*place), history.get(*place)) else {
            return false;
        };
        let called = operation.called;
        // A return before its call would be a mistake of whoever made the history.
        let returned = operation.returned.as_ref().map_or(u64::MAX, |(at, _)| (*at).max(called));
        if std::mem::replace(stands, true) || returned < latest_call {
            return false;
        }
        latest_call = latest_call.max(called);
    }
    history.iter().zip(stands).all(|(operation, stands)| stands || operation.returned.is_none())
}
