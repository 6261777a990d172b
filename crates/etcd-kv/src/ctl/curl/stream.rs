//! A stream of requests over the gateway: one is sent after the other, and what they bring is told
//! as it comes.

use crate::Version;
use crate::api::{Call, Header, Response, WatchCreateRequest, WatchResponse};
use crate::ctl::io::{Answer, AskId, Failure, Io};
use crate::gateway::{self, InStream, Reply, WatchNumbers};
use std::collections::VecDeque;

/// A stream under way.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    endpoint: usize,
    version: Version,
    /// What is still to be asked.
    rest: VecDeque<InStream>,
    awaited: Option<(AskId, Awaited)>,
    numbers: WatchNumbers,
    watches: Vec<(AskId, i64)>,
    /// Events that came before everything was asked: a real member looks for those of the past only
    /// every 100 ms, and has answered the other requests by then (`syncWatchersLoop`).
    held: Vec<Reply>,
    is_of_watches: bool,
}

/// What the answer to a request will be.
#[derive(Clone, Debug)]
enum Awaited {
    /// A header, under which this is told.
    Header(WatchResponse),
    /// That this watch was made.
    Watch(WatchCreateRequest),
    /// What a lease has left.
    KeepAlive,
}

impl Stream {
    /// A stream whose first request has been sent.
    pub(super) fn begin(
        io: &mut Io,
        endpoint: usize,
        requests: Vec<InStream>,
        is_of_watches: bool,
    ) -> Stream {
        let mut stream = Stream {
            endpoint,
            version: io.env.version,
            rest: requests.into(),
            awaited: None,
            numbers: WatchNumbers::default(),
            watches: Vec::new(),
            held: Vec::new(),
            is_of_watches,
        };
        stream.send_next(io);
        stream
    }

    /// Whether nothing can come any more: a stream of watches stays open.
    pub(super) fn is_over(&self) -> bool {
        self.awaited.is_none() && !self.is_of_watches
    }

    /// Sends requests until one has to be answered.
    fn send_next(&mut self, io: &mut Io) {
        while self.awaited.is_none()
            && let Some(request) = self.rest.pop_front()
        {
            self.awaited = self.send(io, request);
        }
    }

    fn send(&mut self, io: &mut Io, request: InStream) -> Option<(AskId, Awaited)> {
        let (call, awaited) = match request {
            InStream::Watch(asked) => match self.numbers.number(&asked) {
                Ok(numbered) => (Call::Watch(numbered), Awaited::Watch(asked)),
                Err(told) => (Call::Status, Awaited::Header(told)),
            },
            InStream::Cancel(id) => {
                let told = self.numbers.cancel(id)?;
                if let Some(at) = self.watches.iter().position(|(_, open)| *open == id) {
                    io.cancel(self.watches.remove(at).0);
                }
                (Call::Status, Awaited::Header(told))
            }
            InStream::Progress => (Call::Status, Awaited::Header(gateway::progress())),
            InStream::KeepAlive(id) => {
                (Call::LeaseKeepAlive { id, requires_leader: false }, Awaited::KeepAlive)
            }
        };
        Some((io.ask_once(self.endpoint, call, None), awaited))
    }

    /// What is told where an answer has come.
    ///
    /// # Errors
    /// What ends the stream.
    pub(super) fn on(
        &mut self,
        io: &mut Io,
        id: AskId,
        answer: Answer,
    ) -> Result<Vec<Reply>, Failure> {
        let (header, response) = answer?;
        let mut told = match self.awaited.take() {
            Some((awaited, what)) if awaited == id => {
                vec![self.answered(id, &header, response, what)]
            }
            others => {
                self.awaited = others;
                let event = gateway::reply(&header, &response, self.version);
                self.held.push(event);
                Vec::new()
            }
        };
        self.send_next(io);
        if self.awaited.is_none() {
            told.append(&mut self.held);
        }
        Ok(told)
    }

    fn answered(
        &mut self,
        id: AskId,
        header: &Header,
        response: Response,
        awaited: Awaited,
    ) -> Reply {
        let response = match (awaited, response) {
            (Awaited::Header(told), _) => Response::Watch(told),
            (Awaited::Watch(asked), Response::Watch(told)) => {
                self.numbers.made(&asked, &told);
                if !told.canceled {
                    self.watches.push((id, told.watch_id));
                }
                Response::Watch(told)
            }
            (Awaited::Watch(_) | Awaited::KeepAlive, response) => response,
        };
        gateway::reply(header, &response, self.version)
    }
}
