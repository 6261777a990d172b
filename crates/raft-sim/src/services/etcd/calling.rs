//! Calls on their way from a client to a member, and answers on their way back.

use super::*;
use crate::wire::{Called, ClientId, Content, Key};

impl Etcd {
    /// A client calls a member. The answer goes into the mail of its caller, now or later.
    pub(crate) fn call(
        &mut self,
        cx: &mut Cx<'_>,
        caller: Caller,
        to: NodeId,
        (call, token): (Call, Option<Arc<str>>),
    ) {
        let is_direct = self.is_direct(cx, caller);
        if is_direct && let Err(error) = self.can_call(cx, to) {
            return self.mail.push_back(Letter::new(caller, Err(error)));
        }
        let (request, committed) = (self.ask(cx, to, &call), cx.committed());
        let called = Called { request, caller, call: Arc::new(call), token, committed };
        if is_direct {
            return self.take_in(cx, called, to);
        }
        let (client, key) = (ClientId::Console(caller.console), Key::of_call(caller, 0));
        cx.send(client, to, key, Content::Call(called));
    }

    /// Whether what this caller and members send each other is there at once.
    fn is_direct(&self, cx: &Cx<'_>, caller: Caller) -> bool {
        caller.console == 0 || cx.is_direct()
    }

    /// Why a member cannot be called, if it cannot.
    fn can_call(&self, cx: &Cx<'_>, to: NodeId) -> Result<(), CallError> {
        match cx.server(to) {
            None => Err(CallError::Unavailable),
            Some(server) if server.power == Power::Crashed => Err(CallError::Unavailable),
            Some(_) if self.calls.len() >= MAX_CALLS => Err(CallError::Etcd(Error::Stopped)),
            Some(_) => Ok(()),
        }
    }

    /// A call is made: its number.
    fn ask(&self, cx: &mut Cx<'_>, to: NodeId, call: &Call) -> u64 {
        cx.cluster.note(|| What::Asked { number: None, server: to });
        let id = cx.desk.next_request();
        if let Some((what, route)) = followed_as(call) {
            cx.follow(id, what, route, None);
            if let Some(followed) = cx.followed_mut(id) {
                followed.server = Some(to);
            }
        }
        id
    }

    /// A call that was on its way has reached its member.
    pub(crate) fn arrived(&mut self, cx: &mut Cx<'_>, called: Called, to: NodeId) {
        if let Err(error) = self.can_call(cx, to) {
            cx.follow_to_the_end(called.request, false);
            let letter = Letter::new(called.caller, Err(error));
            return self.post(cx, (to, 1), letter, false);
        }
        self.take_in(cx, called, to);
    }

    /// A member that does not rest takes a call in hand; for one that does it waits.
    fn take_in(&mut self, cx: &mut Cx<'_>, called: Called, to: NodeId) {
        let Called { request: id, caller, call, token, committed } = called;
        let open = OpenCall {
            caller,
            server: to,
            call,
            token,
            author: Arc::default(),
            asked_at: cx.cluster.now,
            committed,
            stage: Stage::Inbox,
            session: None,
            sequence: 0,
            answers: 0,
        };
        self.calls.insert(id, open);
        let server = &mut cx.cluster.servers[ordinal_of(to)];
        match server.power {
            Power::Up => self.take_call(cx, ordinal_of(to), id),
            Power::Paused | Power::Crashed => server.inbox.push_back(Arrival::Call(id)),
        }
    }

    /// An answer, the how many-eth to its call, sets out from a member or its host.
    pub(super) fn post(
        &mut self,
        cx: &mut Cx<'_>,
        (from, nth): (NodeId, u32),
        letter: Letter,
        is_stream: bool,
    ) {
        if self.is_direct(cx, letter.to) {
            return self.mail.push_back(letter);
        }
        let (client, key) = (ClientId::Console(letter.to.console), Key::of_call(letter.to, nth));
        cx.send(client, from, key, Content::Letter { letter, is_stream });
    }

    /// A client no longer waits; a watch ends.
    pub(crate) fn cancel_calls(&mut self, cx: &mut Cx<'_>, of: impl Fn(Caller) -> bool) {
        let cancelled: Vec<u64> =
            self.calls.iter().filter(|(_, open)| of(open.caller)).map(|(id, _)| *id).collect();
        for id in cancelled {
            self.record_read(cx, id, None);
            self.calls.remove(&id);
            cx.follow_to_the_end(id, false);
        }
        for id in cx.desk.wire.forget_call(of) {
            cx.follow_to_the_end(id, false);
        }
    }
}
