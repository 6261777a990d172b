//! A client outside the run: whoever holds a world can call its members as console commands do.

use super::World;
use crate::etcd::{CallResult, Caller};
use etcd_kv::api::Call;
use raft_core::NodeId;
use std::sync::Arc;

impl World {
    /// Calls a member from outside, with the token of who has logged in, if anybody has. Every
    /// answer can be taken with this ticket; it may come later.
    pub fn call_from_outside(
        &mut self,
        ticket: u32,
        to: NodeId,
        call: Call,
        token: Option<Arc<str>>,
    ) {
        let (mut cx, on) = self.acting();
        on.etcd.call(&mut cx, Caller::outside(ticket), to, (call, token));
        self.finish();
    }

    /// Ends a call from outside: no answer to it comes any more. It may be over already.
    pub fn cancel_from_outside(&mut self, ticket: u32) {
        let (mut cx, on) = self.acting();
        on.etcd.cancel_calls(&mut cx, |caller| caller == Caller::outside(ticket));
        self.service.etcd.outside.retain(|(of, _)| *of != ticket);
    }

    /// Takes the oldest answer to a call from outside, and the call's ticket.
    pub fn take_answer(&mut self) -> Option<(u32, CallResult)> {
        self.service.etcd.outside.pop_front()
    }
}
