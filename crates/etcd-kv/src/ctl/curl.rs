//! `curl` for what members tell over HTTP: as much of it as a transcript of etcd needs.

mod head;
mod line;
mod pages;
mod stream;

use super::io::{Answer, AskId, Event, Failure, Io};
use super::probes::{Probe, Told};
use crate::api::Call;
use crate::concurrency::{Next, Recipe, Service};
use crate::gateway::{self, Asked, Malformed};
use crate::{Error, Version};
use head::{Kind, Message, Reader};
use line::{Line, ONE_METHOD, read, without_dots};
use pages::Page;
use stream::Stream;

/// curl's words for a connection that ended without an answer.
const EMPTY: &str = "Empty reply from server";

/// A request under way.
#[derive(Clone, Debug)]
pub(crate) struct Curl {
    line: Line,
    endpoint: usize,
    is_at_peer_port: bool,
    work: Work,
    /// A reply has begun: its head is printed, where it is to be.
    has_begun: bool,
    deadline: Option<u32>,
}

/// What is asked of the member.
#[derive(Clone, Debug)]
enum Work {
    /// For its health.
    Probe(Probe),
    /// For a page.
    Page(Page),
    /// A call, and whether what it brings is a stream.
    Call(bool),
    Stream(Stream),
    /// A lock or an election, the question that is open, and whether it goes on answering.
    Recipe(Recipe, AskId, bool),
}

pub(crate) fn start(io: &mut Io, words: &[String]) -> super::Job {
    begin(io, words).map_or(super::Job::Over, |curl| super::Job::Curl(Box::new(curl)))
}

fn begin(io: &mut Io, words: &[String]) -> Option<Curl> {
    let line = match read(words) {
        Ok(line) => line,
        Err(error) => {
            let kind = if error == ONE_METHOD { "Warning" } else { "curl" };
            io.print(format!("{kind}: {error}\n"));
            io.end(2);
            return None;
        }
    };
    let (scheme, host, path) = parts(&line.url);
    let at = |found: Option<usize>| found.filter(|_| scheme == "http");
    let (of_clients, of_peers) = (at(io.env.find(host)), at(io.env.find_peer(host)));
    let Some(endpoint) = of_clients.or(of_peers) else {
        let (code, error) = unreachable(io, scheme, host);
        refused(io, &line, code, &error);
        return None;
    };
    let is_at_peer_port = of_clients.is_none();
    let path = without_dots(path);
    io.token = line.token.as_deref().map(Into::into);
    let work = work(io, &line, endpoint, is_at_peer_port, &path);
    let timeout_us = line.timeout_us;
    let deadline = timeout_us.map(|us| io.sleep(us));
    let mut curl = Curl { line, endpoint, is_at_peer_port, work, has_begun: false, deadline };
    curl.end_if_over(io);
    Some(curl)
}

/// What a request means, asked of the member: whoever answers has to be there.
fn work(io: &mut Io, line: &Line, endpoint: usize, is_at_peer_port: bool, path: &str) -> Work {
    let (method, version) = (line.method(), io.env.version);
    let body = line.body.as_deref().unwrap_or_default();
    if is_at_peer_port {
        let found = pages::of_peer(&io.env, method, path);
        return show(io, endpoint, found);
    }
    if method == "GET"
        && let Some(probe) = Probe::begin(io, endpoint, path)
    {
        return Work::Probe(probe);
    }
    if let Some(found) = pages::of_client(&io.env, method, path) {
        return show(io, endpoint, found);
    }
    let fixed = match gateway::parse(path, body.as_bytes(), version) {
        Err(Malformed::Method) => pages::wrong_method(Some("GET")),
        Err(malformed @ (Malformed::Moved(_) | Malformed::UnknownPath | Malformed::Elsewhere)) => {
            told_to_all(&malformed, version)
        }
        _ if method != "POST" => pages::wrong_method(None),
        Err(malformed) => Message::of(Kind::Json, malformed.reply(version)),
        Ok(asked) => return ask(io, endpoint, asked, path),
    };
    show(io, endpoint, Page::Fixed(fixed))
}

fn show(io: &mut Io, endpoint: usize, page: Page) -> Work {
    io.ask_once(endpoint, page.call(), None);
    Work::Page(page)
}

fn ask(io: &mut Io, endpoint: usize, asked: Asked, path: &str) -> Work {
    match asked {
        Asked::Call(call) => {
            let is_stream = matches!(call, Call::Snapshot);
            io.ask_once(endpoint, call, None);
            Work::Call(is_stream)
        }
        Asked::Stream(requests) => {
            let is_of_watches = path.ends_with("watch");
            Work::Stream(Stream::begin(io, endpoint, requests, is_of_watches))
        }
        Asked::Service(service) => {
            let is_stream = matches!(service, Service::Observe { .. });
            let (recipe, next) = Recipe::new(service);
            let asked = match next {
                Next::Ask(call) => io.ask_once(endpoint, call, None),
                Next::Wait | Next::Tell(..) | Next::Answer(_) => 0,
            };
            Work::Recipe(recipe, asked, is_stream)
        }
    }
}

/// What the gateway says of a path, whatever is sent there.
fn told_to_all(malformed: &Malformed, version: Version) -> Message {
    let reply = malformed.reply(version);
    if let Malformed::Moved(to) = malformed {
        Message::of(Kind::Nothing, reply).with(format!("Location: {to}"))
    } else {
        Message::of(Kind::TextError, reply)
    }
}

/// Scheme, host and path of an address.
fn parts(url: &str) -> (&str, &str, &str) {
    let (scheme, bare) = url.split_once("://").unwrap_or(("http", url));
    let (host, path) = bare.split_at(bare.find('/').unwrap_or(bare.len()));
    (scheme, host, path)
}

/// Why nobody answers at this address, and curl's number for it.
fn unreachable(io: &Io, scheme: &str, host: &str) -> (i32, String) {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let is_known = name == "localhost"
        || name.parse::<std::net::Ipv4Addr>().is_ok()
        || io.env.endpoints.iter().any(|endpoint| endpoint.name == name);
    match scheme {
        "https" if io.env.find(host).is_some() => {
            let error = "error:0A00010B:SSL routines::wrong version number";
            (35, error.into())
        }
        "http" | "https" if is_known => {
            (7, format!("Failed to connect to {name} port {port}: Connection refused"))
        }
        "http" | "https" => (6, format!("Could not resolve host: {name}")),
        _ => (1, format!("Protocol \"{scheme}\" not supported")),
    }
}

fn refused(io: &mut Io, line: &Line, code: i32, error: &str) {
    if !line.is_silent {
        io.print(format!("curl: ({code}) {error}\n"));
    }
    io.end(code);
}

impl Curl {
    pub(crate) fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match event {
            Event::Interrupt => io.end(super::exit::SIGNALLED),
            Event::Woke(ticket) if self.deadline == Some(ticket) => {
                refused(io, &self.line, 28, "Operation timed out");
            }
            Event::Answer(id, answer) => self.answered(io, id, answer),
            Event::Woke(_) | Event::Line(_) | Event::EndOfInput => {}
        }
    }

    fn answered(&mut self, io: &mut Io, id: AskId, answer: Answer) {
        match &mut self.work {
            Work::Probe(probe) => match probe.on(io, answer) {
                Told::Nothing => {}
                Told::Refused => self.broken(io, Failure::Refused),
                Told::Reply(reply, is_well) => {
                    let kind = if is_well { Kind::Text } else { Kind::TextError };
                    self.finish(io, &Message::of(kind, reply));
                }
            },
            Work::Page(page) => match answer {
                Ok((header, response)) => {
                    let message = page.told(&io.env, &header, &response);
                    self.finish(io, &message);
                }
                Err(failure) => self.broken(io, failure),
            },
            Work::Call(is_stream) => match answer {
                Ok((header, response)) => {
                    let kind = if *is_stream { Kind::Stream } else { Kind::Rpc };
                    let reply = gateway::reply(&header, &response, io.env.version);
                    self.finish(io, &Message::of(kind, reply));
                }
                Err(failure) => self.broken(io, failure),
            },
            Work::Stream(stream) => match stream.on(io, id, answer) {
                Ok(told) => {
                    for reply in told {
                        self.tell(io, &Message::of(Kind::Stream, reply));
                    }
                    self.end_if_over(io);
                }
                Err(failure) => self.broken(io, failure),
            },
            Work::Recipe(_, asked, _) if *asked != id => {}
            Work::Recipe(recipe, ..) => match answer {
                Ok(answer) => {
                    let next = recipe.next(Ok(answer));
                    self.go_on(io, next);
                }
                Err(Failure::Etcd(error)) => {
                    let next = recipe.next(Err(error));
                    self.go_on(io, next);
                }
                Err(failure) => self.broken(io, failure),
            },
        }
    }

    /// Ends where a stream has brought all that it can.
    fn end_if_over(&mut self, io: &mut Io) {
        if matches!(&self.work, Work::Stream(stream) if stream.is_over()) {
            io.end(super::exit::SUCCESS);
        }
    }

    /// A lock or an election goes on.
    fn go_on(&mut self, io: &mut Io, next: Next) {
        let Work::Recipe(_, _, is_stream) = self.work else { return };
        match next {
            Next::Wait => {}
            Next::Ask(call) => self.ask_next(io, call),
            Next::Tell(all, call) => {
                for served in all {
                    let reply = gateway::served(&Ok(served), true, io.env.version);
                    self.tell(io, &Message::of(Kind::Stream, reply));
                }
                if let Some(call) = call {
                    self.ask_next(io, call);
                }
            }
            Next::Answer(answer) => {
                let kind = if answer.is_ok() { Kind::Rpc } else { Kind::Failed };
                let reply = gateway::served(&answer, is_stream, io.env.version);
                self.finish(io, &Message::of(kind, reply));
            }
        }
    }

    /// Asks for a lock or an election; a watch that it had is over.
    fn ask_next(&mut self, io: &mut Io, call: Call) {
        let Work::Recipe(_, asked, _) = &mut self.work else { return };
        if io.is_open(*asked) {
            io.cancel(*asked);
        }
        *asked = io.ask_once(self.endpoint, call, None);
    }

    /// The request has failed.
    fn broken(&mut self, io: &mut Io, failure: Failure) {
        let error = match failure {
            Failure::Refused if !self.has_begun => {
                let (_, host, _) = parts(&self.line.url);
                let (code, error) = unreachable(io, "http", host);
                return refused(io, &self.line, code, &error);
            }
            Failure::Lost if !self.has_begun => {
                return refused(io, &self.line, 52, EMPTY);
            }
            Failure::Refused | Failure::Lost => {
                let error = "transfer closed with outstanding read data remaining";
                return refused(io, &self.line, 18, error);
            }
            Failure::Deadline => Error::DeadlineExceeded,
            Failure::Etcd(error) | Failure::Unknown(error) => error,
        };
        let is_stream = matches!(self.work, Work::Stream(_) | Work::Call(true));
        let refusal = if is_stream { gateway::refusal_of_stream } else { gateway::refusal };
        self.finish(io, &Message::of(Kind::Failed, refusal(error, io.env.version)));
    }

    fn finish(&mut self, io: &mut Io, message: &Message) {
        if message.reply.status == 0 {
            return refused(io, &self.line, 52, EMPTY);
        }
        self.tell(io, message);
        let has_trailer = message.kind == Kind::Failed && !io.env.version.measures_errors();
        if self.line.with_head && !self.line.is_head && has_trailer {
            io.print("Grpc-Trailer-Content-Type: application/grpc\n");
        }
        io.end(super::exit::SUCCESS);
    }

    /// Prints the head, once, and the body, as far as they are to be seen.
    fn tell(&mut self, io: &mut Io, message: &Message) {
        let shows_head = self.line.with_head || self.line.is_head;
        if !std::mem::replace(&mut self.has_begun, true) && shows_head {
            let cors = &io.env.endpoints[self.endpoint].cors;
            let reader = Reader {
                line: &self.line,
                cors: (!self.is_at_peer_port).then_some(cors),
                version: io.env.version,
                now_us: io.now_us,
            };
            let head = message.head(&reader);
            io.print(head);
        }
        if !self.line.is_head {
            io.print(message.reply.body.clone());
        }
    }
}
