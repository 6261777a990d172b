//! `make-mirror`: what has a prefix is put at the destination, and then every change of it
//! (`clientv3/mirror/syncer.go` of etcd), for as long as it takes. Here the destination is a member
//! too, so that a mirror is made under another prefix.

use super::flags::Given;
use super::io::{AskId, Event, Failure, Io, Target, exit};
use super::kv::end_of;
use crate::api::*;
use std::collections::VecDeque;

/// How often it prints how much it has mirrored (`make_mirror_command.go` of etcd: 30 s).
const EVERY_US: u64 = 30_000_000;
/// How many keys it takes at once (`batchLimit` of etcd's syncer).
const BATCH: i64 = 1_000;

/// A mirror that is being made.
#[derive(Clone, Debug)]
pub(crate) struct Mirror {
    destination: Target,
    prefix: String,
    to_prefix: String,
    /// What is to be done at the destination, in order.
    waiting: VecDeque<Write>,
    state: State,
    /// What was asked last, and the watch.
    asked: AskId,
    watch: Option<AskId>,
    total: u64,
    nap: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Until it is known which revision it begins with.
    Revision,
    /// The keys of that revision are read.
    Base(Revision),
    /// They are there; what changes follows.
    Follows,
}

pub(crate) fn start(io: &mut Io, given: &Given) -> Option<Mirror> {
    let (prefix, to_prefix) = (given.text("prefix", ""), given.text("dest-prefix", ""));
    let read = match &given.args[..] {
        _ if given.switch("no-dest-prefix") && !to_prefix.is_empty() => {
            Err("`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one")
        }
        [destination] => Ok(destination.clone()),
        _ => Err("make-mirror takes one destination argument"),
    };
    let destination = io.ready(read, given)?;
    let is_kept = to_prefix.is_empty() && !given.switch("no-dest-prefix");
    let range = RangeRequest { key: b"foo".to_vec(), ..RangeRequest::default() };
    let asked = io.ask_patiently(Call::Range(range));
    Some(Mirror {
        destination: io.target(&destination),
        to_prefix: if is_kept { prefix.clone() } else { to_prefix },
        prefix,
        waiting: VecDeque::new(),
        state: State::Revision,
        asked,
        watch: None,
        total: 0,
        nap: io.sleep(EVERY_US),
    })
}

impl Mirror {
    pub(crate) fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match event {
            Event::Answer(id, Ok((header, response))) if self.watch == Some(id) => {
                if let Response::Watch(watch) = response {
                    self.followed(io, &header, watch);
                }
            }
            Event::Answer(id, Ok((header, response))) if id == self.asked => {
                self.answered(io, &header, response);
            }
            Event::Answer(_, Ok(_)) => {}
            Event::Answer(_, Err(failure)) => failed(io, &failure),
            Event::Woke(ticket) if ticket == self.nap => {
                io.print(format!("{}\n", self.total));
                self.nap = io.sleep(EVERY_US);
            }
            Event::Interrupt => io.end(exit::SIGNALLED),
            Event::Woke(_) | Event::Line(_) | Event::EndOfInput => {}
        }
    }

    fn answered(&mut self, io: &mut Io, header: &Header, response: Response) {
        match (self.state, response) {
            (State::Revision, _) => {
                self.state = State::Base(header.revision);
                let (key, _) = self.range();
                self.ask_base(io, key, header.revision);
            }
            (State::Base(revision), Response::Range(range)) => {
                let last = range.kvs.last().map(|kv| kv.key.to_vec());
                for kv in &range.kvs {
                    let put = self.put(kv);
                    self.waiting.push_back(put);
                }
                match last.filter(|_| range.more) {
                    Some(mut key) => {
                        key.push(0);
                        self.ask_base(io, key, revision);
                    }
                    None => {
                        self.state = State::Follows;
                        let (key, range_end) = self.range();
                        let start_revision = revision + 1;
                        let watch = WatchCreateRequest {
                            key,
                            range_end,
                            start_revision,
                            ..Default::default()
                        };
                        self.watch = Some(io.ask_patiently(Call::Watch(watch)));
                        self.asked = 0;
                        self.go_on(io);
                    }
                }
            }
            _ => {
                self.total += 1;
                self.asked = 0;
                self.go_on(io);
            }
        }
    }

    fn followed(&mut self, io: &mut Io, header: &Header, watch: WatchResponse) {
        if watch.canceled {
            return io.fail(exit::ERROR, super::print::cancellation(&watch));
        }
        for event in &watch.events {
            let write = match event.kind {
                EventKind::Put => self.put(&event.kv),
                EventKind::Delete => {
                    let key = self.moved(&event.kv.key);
                    let delete = DeleteRangeRequest { key, ..DeleteRangeRequest::default() };
                    Write::DeleteRange(delete)
                }
            };
            self.waiting.push_back(write);
        }
        if let Some(id) = self.watch {
            let last = watch.events.last().map_or(header.revision, |event| event.kv.mod_revision);
            io.resume_from(id, last + 1);
        }
        self.go_on(io);
    }

    /// Asks the destination for what comes next, unless it is asked already.
    fn go_on(&mut self, io: &mut Io) {
        if self.asked == 0
            && let Some(write) = self.waiting.pop_front()
        {
            let to = vec![self.destination.clone()];
            self.asked = io.ask_of(to, Call::Write(write), None);
        }
    }

    fn ask_base(&mut self, io: &mut Io, key: Vec<u8>, revision: Revision) {
        let (_, range_end) = self.range();
        let range =
            RangeRequest { key, range_end, revision, limit: BATCH, ..RangeRequest::default() };
        self.asked = io.ask_patiently(Call::Range(range));
    }

    fn range(&self) -> (Vec<u8>, Vec<u8>) {
        end_of(self.prefix.clone().into_bytes(), true)
    }

    fn put(&self, kv: &KeyValue) -> Write {
        let (key, value) = (self.moved(&kv.key), kv.value.to_vec());
        Write::Put(PutRequest { key, value, ..PutRequest::default() })
    }

    /// A key under the destination's prefix.
    fn moved(&self, key: &[u8]) -> Vec<u8> {
        let rest = key.strip_prefix(self.prefix.as_bytes()).unwrap_or(key);
        [self.to_prefix.as_bytes(), rest].concat()
    }
}

fn failed(io: &mut Io, failure: &Failure) {
    io.fail(exit::ERROR, failure);
}
