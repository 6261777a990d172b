//! `watch`: a stream of events, or with `-i` any number of them, opened line by line. With a
//! command behind `--`, that command is run after each message.

use super::flags::{self, Given};
use super::io::{AskId, Event, Io, exit};
use super::{Invocation, kv, print, words};
use crate::api::*;
use std::collections::VecDeque;

/// How watching goes.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    streams: Vec<Stream>,
    is_interactive: bool,
    pub(crate) child: Option<Box<Invocation>>,
    /// The commands that are still to be run, in order.
    waiting: VecDeque<Vec<String>>,
    /// A question for the revision, which `progress` shows.
    progress: Option<AskId>,
}

#[derive(Clone, Debug)]
struct Stream {
    id: AskId,
    /// The watch goes on from here where its member is lost.
    next: Revision,
    /// What is run after a message, once for each event.
    command: Vec<String>,
}

pub(crate) fn start(io: &mut Io, given: &Given) -> Option<Watch> {
    let is_interactive = given.switch("interactive");
    let watched = &given.args[..given.dash.unwrap_or(given.args.len())];
    let command = given.args[watched.len()..].to_vec();
    let mut watch = Watch {
        streams: Vec::new(),
        is_interactive,
        child: None,
        waiting: VecDeque::new(),
        progress: None,
    };
    let request = match request(given, watched) {
        _ if is_interactive => None,
        Ok(request) => Some(request),
        Err(error) => {
            io.fail(exit::BAD_ARGS, error);
            return None;
        }
    };
    if !io.dial(given) {
        return None;
    }
    watch.open(io, request, command);
    Some(watch)
}

fn request(given: &Given, args: &[String]) -> Result<WatchCreateRequest, String> {
    let key = args.first().ok_or("bad number of arguments")?;
    let is_prefix = given.switch("prefix");
    if is_prefix && args.len() > 1 {
        return Err("`range_end` and `--prefix` are mutually exclusive".into());
    }
    let key: Vec<u8> = key.clone().into();
    let (key, range_end) = match args.get(1) {
        Some(end) => (key, end.clone().into()),
        None if is_prefix => kv::end_of(key, true),
        None => (key, Vec::new()),
    };
    // The client asks for the first key there can be where the key is empty.
    let key = if key.is_empty() { vec![0] } else { key };
    let (start_revision, prev_kv) = (given.int("rev"), given.switch("prev-kv"));
    Ok(WatchCreateRequest {
        key,
        range_end,
        start_revision,
        prev_kv,
        progress_notify: given.switch("progress-notify"),
        requires_leader: true,
        ..Default::default()
    })
}

impl Watch {
    pub(crate) fn wants_input(&self) -> Option<&str> {
        self.is_interactive.then_some("watch> ")
    }

    fn open(&mut self, io: &mut Io, request: Option<WatchCreateRequest>, command: Vec<String>) {
        if let Some(request) = request {
            let next = request.start_revision;
            let id = io.ask_patiently(Call::Watch(request));
            self.streams.push(Stream { id, next, command });
        }
    }

    pub(crate) fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match event {
            Event::Answer(id, Ok((header, _))) if self.progress == Some(id) => {
                self.progress = None;
                for _ in &self.streams {
                    io.print(format!("progress notify: {}\n", header.revision));
                }
            }
            Event::Answer(id, Ok((header, Response::Watch(watch)))) => {
                self.hear(io, id, &header, &watch);
            }
            Event::Answer(id, Err(failure)) if self.progress != Some(id) => {
                let cancel_reason = failure.to_string();
                let watch =
                    WatchResponse { canceled: true, cancel_reason, ..WatchResponse::default() };
                self.hear(io, id, &Header::default(), &watch);
            }
            Event::Line(line) if self.is_interactive => self.read(io, line.trim()),
            Event::EndOfInput if self.is_interactive => {
                io.fail(exit::INVALID_INPUT, io.env.version.end_of_watch_requests());
            }
            Event::Interrupt => io.end(exit::SIGNALLED),
            Event::Answer(..) | Event::Line(_) | Event::EndOfInput | Event::Woke(_) => {}
        }
    }

    fn hear(&mut self, io: &mut Io, id: AskId, header: &Header, watch: &WatchResponse) {
        let Some(at) = self.streams.iter().position(|stream| stream.id == id) else { return };
        if watch.canceled {
            io.print(format!("watch was canceled ({})\n", print::cancellation(watch)));
            io.cancel(id);
            self.streams.remove(at);
        } else if let Some(last) = watch.events.last() {
            self.streams[at].next = last.kv.mod_revision + 1;
        } else if self.streams[at].next <= 0 {
            // Not the one after it: etcd's client begins again with the revision that it was told,
            // and is told its last change once more.
            self.streams[at].next = header.revision;
        }
        if let Some(stream) = self.streams.get(at).filter(|stream| stream.id == id) {
            io.resume_from(id, stream.next);
        }
        if (watch.canceled || !watch.events.is_empty()) && io.show(io.printer.watch(header, watch))
        {
            let stream = self.streams.iter().find(|stream| stream.id == id);
            let command = stream.map_or(&[][..], |stream| &stream.command);
            if !command.is_empty() {
                let times = watch.events.iter().map(|_| command.to_vec());
                self.waiting.extend(times);
            }
            self.run(io);
        }
        if watch.canceled && !self.is_interactive && io.exit.is_none() {
            io.fail(exit::INTERRUPTED, "watch is canceled by the server");
        }
    }

    fn run(&mut self, io: &mut Io) {
        while self.child.is_none()
            && let Some(command) = self.waiting.pop_front()
        {
            let child = super::start_child(io, &command);
            self.child = Some(child).filter(|child| !child.is_over());
        }
    }

    pub(crate) fn child_ended(&mut self, io: &mut Io) {
        self.child = None;
        self.run(io);
    }

    fn read(&mut self, io: &mut Io, line: &str) {
        let words = words::etcdctl(line, io.env.version);
        let words: Vec<String> =
            words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        match words.first().map_or("", String::as_str) {
            "" => io.print(format!("Invalid command: {line} (watch and progress supported)\n")),
            "progress" if words.len() == 1 => {
                if !self.streams.is_empty() {
                    self.progress = Some(io.ask_patiently(Call::Status));
                }
            }
            "watch" => {
                let command = flags::find("watch", io.env.version).expect("it stands in the table");
                let given = match flags::read_within(command, &words[1..], io.env.version) {
                    Ok(given) => given,
                    Err(error) => {
                        io.fail(exit::BAD_ARGS, error);
                        return;
                    }
                };
                let args = &given.args[..given.dash.unwrap_or(given.args.len())];
                match request(&given, args) {
                    Ok(request) => {
                        let command = given.args[args.len()..].to_vec();
                        self.open(io, Some(request), command);
                    }
                    Err(_) if args.is_empty() => io.print(format!(
                        "Invalid command {line} (command type or key is not provided)\n"
                    )),
                    Err(error) => io.print(format!("Invalid command {line} ({error})\n")),
                }
            }
            _ => io.print(format!("Invalid command {line} (only support watch)\n")),
        }
    }
}
