//! `lock` and `elect`, as etcd's `concurrency` recipes do them: a lease kept alive, a key under it,
//! and a wait for whoever came before to go.

use super::Invocation;
use super::flags::Given;
use super::io::{Answer, AskId, Event, Io, exit};
use crate::api::*;
use crate::concurrency::{entry, found, is_deleted, one_of};

/// The time to live of a session where none is given, in seconds.
const DEFAULT_TTL: i64 = 60;

/// A lock or an election.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    kind: Kind,
    /// Where all who take part have their keys.
    prefix: Vec<u8>,
    ttl: i64,
    lease: LeaseId,
    key: Vec<u8>,
    revision: Revision,
    state: State,
    /// The question that the state waits for.
    asked: AskId,
    keep: Keep,
    pub(crate) child: Option<Box<Invocation>>,
    /// The exit code of the child, and how it is to end.
    ends: Option<(i32, Option<String>)>,
}

#[derive(Clone, Debug)]
enum Kind {
    /// With the command to run while it is held, if any.
    Lock(Vec<String>),
    Elect(Vec<u8>),
    Listen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Granting,
    /// The key is being put.
    Joining,
    /// Looking for the one before.
    Looking,
    /// Waiting for the one before to go.
    Waiting,
    /// It is one's turn: the key is read once more.
    Entering,
    Held,
    /// The listener looks who leads.
    Observing,
    /// The listener waits for somebody to lead.
    Empty,
    /// The listener watches the one who leads.
    Following,
    Leaving,
}

/// How the lease is kept alive.
#[derive(Clone, Copy, Debug, Default)]
struct Keep {
    asked: AskId,
    nap: u32,
}

pub(crate) fn start(io: &mut Io, path: &str, given: &Given) -> Option<Session> {
    let args = &given.args;
    let kind = if path == "lock" {
        match args.is_empty() {
            true => Err("lock takes a lock name argument and an optional command to execute"),
            false => Ok(Kind::Lock(args[1..].to_vec())),
        }
    } else {
        match (&args[..], given.switch("listen")) {
            ([_], true) => Ok(Kind::Listen),
            ([_, _], true) => Err("proposal given but -l is set"),
            ([_], false) => Err("no proposal argument but -l not set"),
            ([_, proposal], false) => Ok(Kind::Elect(proposal.clone().into())),
            _ => Err("elect takes one election name argument and an optional proposal argument"),
        }
    };
    let kind = io.ready(kind, given)?;
    let ttl = if path == "lock" && given.is_set("ttl") { given.int("ttl") } else { 0 };
    let ttl = match path {
        _ if ttl > 0 => ttl,
        "lock" if !given.is_set("ttl") => 10,
        _ => DEFAULT_TTL,
    };
    let asked = io.ask_patiently(Call::Write(Write::LeaseGrant { id: 0, ttl }));
    Some(Session {
        kind,
        prefix: format!("{}/", args[0]).into_bytes(),
        ttl,
        lease: 0,
        key: Vec::new(),
        revision: 0,
        state: State::Granting,
        asked,
        keep: Keep::default(),
        child: None,
        ends: None,
    })
}

impl Session {
    pub(crate) fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match event {
            Event::Answer(id, answer) if id == self.keep.asked => self.kept(io, &answer),
            Event::Answer(id, answer) if id == self.asked => match answer {
                Ok((header, response)) => self.answered(io, &header, &response),
                Err(_) if self.state == State::Leaving => self.leave(io),
                Err(failure) => self.release(io, exit::ERROR, Some(failure.to_string())),
            },
            Event::Woke(ticket) if ticket == self.keep.nap => self.keep_alive(io),
            Event::Interrupt => self.interrupted(io),
            Event::Answer(..) | Event::Woke(_) | Event::Line(_) | Event::EndOfInput => {}
        }
    }

    fn ask(&mut self, io: &mut Io, state: State, call: Call) {
        self.state = state;
        self.asked = io.ask_patiently(call);
    }

    fn keep_alive(&mut self, io: &mut Io) {
        let patience = self.ttl.unsigned_abs().saturating_mul(1_000_000);
        let call = Call::LeaseKeepAlive { id: self.lease, requires_leader: true };
        self.keep.asked = io.ask_of(io.targets.clone(), call, Some(patience));
    }

    fn kept(&mut self, io: &mut Io, answer: &Answer) {
        if let Ok((_, Response::LeaseKeepAlive { ttl: ttl @ 1.., .. })) = answer {
            self.keep.nap = io.sleep(ttl.unsigned_abs().saturating_mul(1_000_000) / 3);
        } else if self.state != State::Leaving && self.child.is_none() {
            let error = match self.kind {
                Kind::Lock(_) => "session expired",
                Kind::Elect(_) => "elect: session expired",
                Kind::Listen => "elect: observer lost",
            };
            io.fail(exit::ERROR, error);
        }
    }

    fn answered(&mut self, io: &mut Io, header: &Header, response: &Response) {
        match (self.state, response) {
            (State::Granting, Response::Written(Written::LeaseGrant { id, ttl, .. })) => {
                self.granted(io, *id, *ttl);
            }
            (State::Joining, Response::Written(Written::Txn(txn))) => self.joined(io, header, txn),
            (State::Looking, Response::Range(range)) => self.looked(io, range),
            (State::Waiting, Response::Watch(watch)) => self.waited(io, watch),
            (State::Entering, Response::Range(range)) => self.entered(io, header, range),
            (State::Observing, Response::Range(range)) => self.observed(io, header, range),
            (State::Empty, Response::Watch(watch)) => self.appeared(io, header, watch),
            (State::Following, Response::Watch(watch)) => self.followed(io, header, watch),
            (State::Leaving, _) => self.leave(io),
            (
                State::Granting
                | State::Joining
                | State::Looking
                | State::Waiting
                | State::Entering
                | State::Held
                | State::Observing
                | State::Empty
                | State::Following,
                _,
            ) => {}
        }
    }

    fn granted(&mut self, io: &mut Io, id: LeaseId, ttl: i64) {
        (self.lease, self.ttl) = (id, ttl);
        self.key = [&self.prefix[..], format!("{id:x}").as_bytes()].concat();
        self.keep_alive(io);
        self.join(io);
    }

    /// Puts one's key, unless it is there, and asks who was first.
    fn join(&mut self, io: &mut Io) {
        let value = match &self.kind {
            Kind::Lock(_) => Vec::new(),
            Kind::Elect(proposal) => proposal.clone(),
            Kind::Listen => return self.observe(io),
        };
        let txn = entry(&self.key, value, self.lease, Some(&self.prefix));
        self.ask(io, State::Joining, Call::Write(Write::Txn(txn)));
    }

    fn joined(&mut self, io: &mut Io, header: &Header, txn: &TxnResponse) {
        self.revision = txn.revision.unwrap_or(header.revision);
        if let Some(own) = found(txn, 0) {
            self.revision = own.create_revision;
        }
        match found(txn, 1) {
            Some(owner) if owner.create_revision != self.revision => self.look(io),
            _ => self.enter(io),
        }
    }

    /// Looks for the one who came just before.
    fn look(&mut self, io: &mut Io) {
        let before = one_of(&self.prefix, SortOrder::Descend, self.revision - 1);
        self.ask(io, State::Looking, Call::Range(before));
    }

    fn looked(&mut self, io: &mut Io, range: &RangeResponse) {
        let Some(before) = range.kvs.first() else { return self.enter(io) };
        let watch = WatchCreateRequest {
            key: before.key.to_vec(),
            start_revision: range.revision,
            ..WatchCreateRequest::default()
        };
        self.ask(io, State::Waiting, Call::Watch(watch));
    }

    fn waited(&mut self, io: &mut Io, watch: &WatchResponse) {
        if watch.canceled || is_deleted(watch) {
            io.cancel(self.asked);
            self.look(io);
        }
    }

    fn enter(&mut self, io: &mut Io) {
        let get = RangeRequest { key: self.key.clone(), ..RangeRequest::default() };
        self.ask(io, State::Entering, Call::Range(get));
    }

    fn entered(&mut self, io: &mut Io, header: &Header, range: &RangeResponse) {
        if range.kvs.is_empty() {
            let error = match self.kind {
                Kind::Lock(_) => "lock lost on init",
                Kind::Elect(_) | Kind::Listen => "no election results",
            };
            return self.release(io, exit::ERROR, Some(error.into()));
        }
        self.state = State::Held;
        match &self.kind {
            Kind::Lock(command) if !command.is_empty() => {
                let command = command.clone();
                let child = super::start_child(io, &command);
                match child.io.exit {
                    Some(code) => self.child_ended(io, code),
                    None => self.child = Some(child),
                }
            }
            Kind::Lock(_) | Kind::Elect(_) | Kind::Listen => {
                io.show(io.printer.range(header, range));
            }
        }
    }

    /// Asks who leads.
    fn observe(&mut self, io: &mut Io) {
        let first = one_of(&self.prefix, SortOrder::Ascend, 0);
        self.ask(io, State::Observing, Call::Range(first));
    }

    fn observed(&mut self, io: &mut Io, header: &Header, range: &RangeResponse) {
        if let Some(leader) = range.kvs.first() {
            return self.follow(io, header, leader, range.revision);
        }
        let watch = WatchCreateRequest {
            key: self.prefix.clone(),
            range_end: after_prefix(&self.prefix),
            start_revision: range.revision + 1,
            no_delete: true,
            ..WatchCreateRequest::default()
        };
        self.ask(io, State::Empty, Call::Watch(watch));
    }

    fn appeared(&mut self, io: &mut Io, header: &Header, watch: &WatchResponse) {
        let put = watch.events.iter().find(|event| event.kind == EventKind::Put);
        if let Some(put) = put {
            io.cancel(self.asked);
            self.follow(io, header, &put.kv, put.kv.mod_revision);
        } else if watch.canceled {
            io.cancel(self.asked);
            self.observe(io);
        }
    }

    fn followed(&mut self, io: &mut Io, header: &Header, watch: &WatchResponse) {
        for event in &watch.events {
            if event.kind == EventKind::Put {
                self.show(io, header, &event.kv);
            }
        }
        if watch.canceled || is_deleted(watch) {
            io.cancel(self.asked);
            self.observe(io);
        }
    }

    fn follow(&mut self, io: &mut Io, header: &Header, leader: &KeyValue, revision: Revision) {
        self.show(io, header, leader);
        let watch = WatchCreateRequest {
            key: leader.key.to_vec(),
            start_revision: revision + 1,
            ..WatchCreateRequest::default()
        };
        self.ask(io, State::Following, Call::Watch(watch));
    }

    fn show(&mut self, io: &mut Io, header: &Header, kv: &KeyValue) {
        let range = RangeResponse {
            revision: header.revision,
            kvs: vec![kv.clone()],
            ..RangeResponse::default()
        };
        io.show(io.printer.range(header, &range));
    }

    pub(crate) fn child_ended(&mut self, io: &mut Io, code: i32) {
        self.child = None;
        let error = (code != 0).then(|| format!("exit status {code}"));
        let passes = matches!(self.kind, Kind::Lock(_)) && io.env.version.passes_exit_codes();
        self.release(io, if passes { code } else { i32::from(code != 0) }, error);
    }

    fn interrupted(&mut self, io: &mut Io) {
        match (self.state, &self.kind) {
            // The command that runs meanwhile was interrupted too.
            (State::Held, Kind::Lock(command)) if !command.is_empty() => {}
            (State::Held, _) | (_, Kind::Listen) => self.release(io, exit::SUCCESS, None),
            (State::Leaving | State::Granting, _) => io.end(exit::SIGNALLED),
            (
                State::Joining
                | State::Looking
                | State::Waiting
                | State::Entering
                | State::Observing
                | State::Empty
                | State::Following,
                _,
            ) => self.release(io, exit::ERROR, Some("context canceled".into())),
        }
    }

    /// Deletes the key and ends. The lease stays until its time is over, as with etcdctl.
    fn release(&mut self, io: &mut Io, code: i32, error: Option<String>) {
        if io.is_open(self.asked) {
            io.cancel(self.asked);
        }
        self.ends = Some((code, error));
        if self.revision == 0 && self.state != State::Joining {
            return self.leave(io);
        }
        self.state = State::Leaving;
        let key = std::mem::take(&mut self.key);
        let delete = DeleteRangeRequest { key, ..DeleteRangeRequest::default() };
        self.asked = io.ask(Call::Write(Write::DeleteRange(delete)));
    }

    fn leave(&mut self, io: &mut Io) {
        match self.ends.take() {
            Some((code, Some(error))) => io.fail(code, error),
            Some((code, None)) => io.end(code),
            None => io.end(exit::SUCCESS),
        }
    }
}
