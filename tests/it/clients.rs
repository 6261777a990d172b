//! Histories of clients that are busy all the time and see one copy of the data: each operation
//! takes effect at a random instant between its call and its return.

use super::Pick;
use raft_check::linear::{
    Model, Operation, Register, RegisterOperation, Text, TextOperation, TextState,
};
use std::sync::Arc;

/// The longest that an operation takes.
const LONGEST: u64 = 1_000;

/// So many operations by so many clients on one register: half of them reads, each write another
/// value.
pub fn on_a_register(pick: &mut Pick, clients: u64, operations: u64) -> Vec<Operation<Register>> {
    let ask = |pick: &mut Pick, number: u64| match pick.below(2) {
        0 => RegisterOperation::Get,
        _ => RegisterOperation::Put(number.to_string().as_bytes().into()),
    };
    history(pick, clients, operations, None, ask, Option::clone)
}

/// The same on one text that only grows: half of them reads, half appends.
pub fn on_a_text(pick: &mut Pick, clients: u64, operations: u64) -> Vec<Operation<Text>> {
    let ask = |pick: &mut Pick, number: u64| match pick.below(2) {
        0 => TextOperation::Get,
        _ => TextOperation::Append(format!("<{number}>").into()),
    };
    let read = |state: &TextState| TextState::new(&Arc::from(&*state.text()));
    history(pick, clients, operations, TextState::EMPTY, ask, read)
}

/// A history in the order of its calls; `read` makes an answer of a state.
fn history<M: Model>(
    pick: &mut Pick,
    clients: u64,
    operations: u64,
    mut state: M::State,
    ask: fn(&mut Pick, u64) -> M::Operation,
    read: fn(&M::State) -> M::Answer,
) -> Vec<Operation<M>> {
    let mut effects = Vec::new();
    let mut free_at: Vec<u64> = (0..clients).map(|_| pick.below(LONGEST)).collect();
    for number in 0..operations {
        let first = (0..free_at.len()).min_by_key(|client| free_at[*client]).unwrap_or(0);
        let called = free_at[first];
        let returned = called + pick.from_to(1, LONGEST);
        free_at[first] = returned + 1;
        effects.push((pick.from_to(called, returned), called, returned, ask(pick, number)));
    }
    effects.sort();
    let mut history = Vec::new();
    for (_, called, returned, operation) in effects {
        // A read answers what is there; what the others answer, no model here looks at.
        let answer = read(&state);
        state = M::step(&state, &operation, Some(&answer)).expect("it answers what is there");
        history.push(Operation { called, returned: Some((returned, answer)), operation });
    }
    history.sort_by_key(|operation| operation.called);
    history
}
