//! `curl` for the members' HTTP gateway: as much of it as a transcript of etcd needs.

use super::date::date;
use super::io::{AskId, Event, Failure, Io};
use super::probes::{Probe, Told};
use crate::Error;
use crate::api::*;
use crate::concurrency::{Next, Recipe, Service};
use crate::gateway::{self, Asked, Malformed, Reply, reason};

/// A request under way.
#[derive(Clone, Debug)]
pub(crate) struct Curl {
    line: Line,
    cors: Vec<String>,
    /// A question for the member's health.
    probe: Option<Probe>,
    /// A lock or an election under way, and whether it goes on answering.
    recipe: Option<(Recipe, bool)>,
    /// What it has asked last: nothing else is listened to.
    asked: AskId,
    endpoint: usize,
    /// A stream has begun: its head is printed.
    has_head: bool,
    deadline: Option<u32>,
    /// What was asked for is a stream.
    is_stream: bool,
    /// A status was asked for, of which the stream of watches tells the header.
    is_for_progress: bool,
    /// Where the path is, if it is written in another way.
    moved_to: Option<String>,
}

/// What the line says.
#[derive(Clone, Debug, Default)]
struct Line {
    method: Option<String>,
    url: String,
    body: Option<String>,
    origin: Option<String>,
    token: Option<String>,
    with_head: bool,
    is_silent: bool,
    timeout_us: Option<u64>,
}

pub(crate) fn start(io: &mut Io, words: &[String]) -> super::Job {
    begin(io, words).map_or(super::Job::Over, |curl| super::Job::Curl(Box::new(curl)))
}

fn begin(io: &mut Io, words: &[String]) -> Option<Curl> {
    let line = match read(words) {
        Ok(line) => line,
        Err(error) => {
            io.print(format!("curl: {error}\n"));
            io.end(2);
            return None;
        }
    };
    let (scheme, bare) = line.url.split_once("://").unwrap_or(("http", &line.url));
    let (host, path) = bare.split_at(bare.find('/').unwrap_or(bare.len()));
    let found = io.env.find(host).filter(|_| scheme == "http");
    let Some(endpoint) = found else {
        let (code, error) = unreachable(io, scheme, host);
        refused(io, &line, code, &error);
        return None;
    };
    let path = without_dots(path);
    let cors = io.env.endpoints[endpoint].cors.clone();
    let timeout_us = line.timeout_us;
    let mut curl = Curl {
        line,
        cors,
        probe: None,
        recipe: None,
        asked: 0,
        endpoint,
        has_head: false,
        is_stream: false,
        is_for_progress: false,
        moved_to: None,
        deadline: None,
    };
    io.token = curl.line.token.as_deref().map(Into::into);
    curl.send(io, endpoint, &path);
    if io.exit.is_none() {
        curl.deadline = timeout_us.map(|us| io.sleep(us));
    }
    Some(curl)
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

/// A path as curl sends it: without `.` and `..` (RFC 3986, 5.2.4).
fn without_dots(whole: &str) -> String {
    let (path, query) = whole.split_at(whole.find('?').unwrap_or(whole.len()));
    let mut kept: Vec<&str> = Vec::new();
    let mut is_folder = false;
    for part in path.split('/').skip(1) {
        is_folder = matches!(part, "." | "..");
        match part {
            "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(part),
        }
    }
    let end = if is_folder && !kept.is_empty() { "/" } else { "" };
    format!("/{}{end}{query}", kept.join("/"))
}

fn refused(io: &mut Io, line: &Line, code: i32, error: &str) {
    if !line.is_silent {
        io.print(format!("curl: ({code}) {error}\n"));
    }
    io.end(code);
}

fn read(words: &[String]) -> Result<Line, String> {
    let mut line = Line::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(flags) = word.strip_prefix('-').filter(|flags| !flags.is_empty()) else {
            line.url = word.clone();
            continue;
        };
        let long = flags.strip_prefix('-').and_then(|name| match name {
            "silent" => Some("s"),
            "include" => Some("i"),
            "no-buffer" => Some("N"),
            "request" => Some("X"),
            "data" => Some("d"),
            "header" => Some("H"),
            "max-time" => Some("m"),
            _ => None,
        });
        let mut flags = long.unwrap_or(flags);
        while let Some(flag) = flags.chars().next() {
            flags = &flags[flag.len_utf8()..];
            match flag {
                's' => line.is_silent = true,
                'i' => line.with_head = true,
                'N' | 'S' | 'L' | 'f' => {}
                'X' | 'd' | 'H' | 'm' => {
                    let value = match std::mem::take(&mut flags) {
                        "" => words.next().cloned(),
                        rest => Some(rest.into()),
                    };
                    let value =
                        value.ok_or_else(|| format!("option -{flag}: requires parameter"))?;
                    take(&mut line, flag, value)?;
                }
                _ => return Err(format!("option {word}: is unknown")),
            }
        }
    }
    if line.url.is_empty() {
        return Err("no URL specified".into());
    }
    Ok(line)
}

fn take(line: &mut Line, flag: char, value: String) -> Result<(), String> {
    match flag {
        'X' => line.method = Some(value),
        'd' => line.body = Some(value),
        'm' => {
            let us = super::go::parse_duration(&format!("{value}s"));
            line.timeout_us =
                Some(us.map_err(|_| "option -m: expected a proper numerical parameter")?);
        }
        _ => {
            if let Some((name, value)) = value.split_once(':') {
                let value = Some(value.trim().to_string());
                match name.to_ascii_lowercase().as_str() {
                    "origin" => line.origin = value,
                    "authorization" => line.token = value,
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

/// The kinds of head that a reply can have.
enum Head {
    /// JSON of known length.
    Json,
    /// The gateway's answer to an RPC.
    Rpc,
    /// An RPC's error, with a trailer.
    Failed,
    /// An RPC's stream.
    Stream,
    /// Plain text.
    Text,
    /// Plain text about an error.
    TextError,
    Nothing,
}

impl Curl {
    fn send(&mut self, io: &mut Io, endpoint: usize, path: &str) {
        let method = self.line.method.as_deref();
        let has_body = self.line.body.is_some();
        let method = method.unwrap_or(if has_body { "POST" } else { "GET" });
        let body = self.line.body.clone().unwrap_or_default();
        let reply = |status, body: &str| Reply { status, body: body.into() };
        if method == "GET" {
            self.probe = Probe::begin(io, endpoint, path);
        }
        match (method, path) {
            _ if self.probe.is_some() => {}
            ("OPTIONS", _) => self.finish(io, &Head::Nothing, &reply(200, "")),
            ("GET", "/version") => {
                let (server, cluster) = (io.env.version.release(), io.env.version.of_cluster());
                let body = format!("{{\"etcdserver\":\"{server}\",\"etcdcluster\":\"{cluster}\"}}");
                self.finish(io, &Head::Json, &reply(200, &body));
            }
            _ => match gateway::parse(path, body.as_bytes(), io.env.version) {
                Err(malformed @ Malformed::Moved(_)) => {
                    if let Malformed::Moved(to) = &malformed {
                        self.moved_to = Some(to.clone());
                    }
                    self.finish(io, &Head::Nothing, &malformed.reply(io.env.version));
                }
                Err(
                    malformed @ (Malformed::UnknownPath | Malformed::Elsewhere | Malformed::Method),
                ) => {
                    self.finish(io, &Head::TextError, &malformed.reply(io.env.version));
                }
                _ if method != "POST" => {
                    self.finish(io, &Head::TextError, &reply(405, "Method Not Allowed\n"));
                }
                Err(malformed) => self.finish(io, &Head::Json, &malformed.reply(io.env.version)),
                Ok(Asked::Call(call)) => {
                    self.is_stream = matches!(
                        call,
                        Call::Watch(_) | Call::LeaseKeepAlive { .. } | Call::Snapshot
                    );
                    io.ask_once(endpoint, call, None);
                }
                Ok(Asked::Progress) => {
                    self.is_for_progress = true;
                    io.ask_once(endpoint, Call::Status, None);
                }
                Ok(Asked::Silence) => {}
                Ok(Asked::Service(service)) => {
                    let is_stream = matches!(service, Service::Observe { .. });
                    let (recipe, next) = Recipe::new(service);
                    self.recipe = Some((recipe, is_stream));
                    self.go_on(io, next);
                }
            },
        }
    }

    pub(crate) fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match event {
            Event::Interrupt => io.end(super::exit::SIGNALLED),
            Event::Woke(ticket) if self.deadline == Some(ticket) => {
                refused(io, &self.line, 28, "Operation timed out");
            }
            Event::Answer(_, answer) if let Some(probe) = &mut self.probe => {
                match probe.on(io, answer) {
                    Told::Nothing => {}
                    Told::Refused => refused(io, &self.line, 7, "Connection refused"),
                    Told::Reply(reply, true) => self.finish(io, &Head::Text, &reply),
                    Told::Reply(reply, false) => self.finish(io, &Head::TextError, &reply),
                }
            }
            Event::Answer(id, answer) => match (&mut self.recipe, answer) {
                (None, answer) => self.answered(io, answer),
                (Some(_), _) if id != self.asked => {}
                (Some((recipe, _)), Ok(answer)) => {
                    let next = recipe.next(Ok(answer));
                    self.go_on(io, next);
                }
                (Some((recipe, _)), Err(Failure::Etcd(error))) => {
                    let next = recipe.next(Err(error));
                    self.go_on(io, next);
                }
                (Some(_), Err(failure)) => self.answered(io, Err(failure)),
            },
            Event::Woke(_) | Event::Line(_) | Event::EndOfInput => {}
        }
    }

    /// Asks for a lock or an election; a watch that it had is over.
    fn ask_next(&mut self, io: &mut Io, call: Call) {
        if io.is_open(self.asked) {
            io.cancel(self.asked);
        }
        self.asked = io.ask_once(self.endpoint, call, None);
    }

    /// A lock or an election goes on.
    fn go_on(&mut self, io: &mut Io, next: Next) {
        let is_stream = self.recipe.as_ref().is_some_and(|(_, is_stream)| *is_stream);
        match next {
            Next::Wait => {}
            Next::Ask(call) => self.ask_next(io, call),
            Next::Tell(all, call) => {
                for served in all {
                    let reply = gateway::served(&Ok(served), true, io.env.version);
                    self.begin(io, &Head::Stream, &reply);
                    io.print(reply.body);
                }
                if let Some(call) = call {
                    self.ask_next(io, call);
                }
            }
            Next::Answer(answer) => {
                let head = if answer.is_ok() { Head::Rpc } else { Head::Failed };
                self.finish(io, &head, &gateway::served(&answer, is_stream, io.env.version));
            }
        }
    }

    fn answered(&mut self, io: &mut Io, answer: super::io::Answer) {
        let error = match answer {
            Ok((header, _)) if self.is_for_progress => {
                let reply = gateway::progress(&header, io.env.version);
                self.begin(io, &Head::Stream, &reply);
                return io.print(reply.body);
            }
            Ok((header, response)) => {
                let reply = gateway::reply(&header, &response, io.env.version);
                match response {
                    Response::Watch(watch) => {
                        self.begin(io, &Head::Stream, &reply);
                        io.print(reply.body);
                        if watch.canceled && self.line.timeout_us.is_none() {
                            // The gateway keeps the stream open; so does this.
                            self.has_head = true;
                        }
                    }
                    Response::LeaseKeepAlive { .. } | Response::Snapshot { .. } => {
                        self.finish(io, &Head::Stream, &reply);
                    }
                    Response::Written(_)
                    | Response::Range(_)
                    | Response::LeaseTimeToLive { .. }
                    | Response::LeaseLeases { .. }
                    | Response::Members { .. }
                    | Response::Status(_)
                    | Response::Hash { .. }
                    | Response::HashKv { .. }
                    | Response::Defragment
                    | Response::MoveLeader
                    | Response::Downgrade { .. } => self.finish(io, &Head::Rpc, &reply),
                }
                return;
            }
            Err(Failure::Refused) => return refused(io, &self.line, 7, "Connection refused"),
            Err(Failure::Lost) => return refused(io, &self.line, 52, "Empty reply from server"),
            Err(Failure::Deadline) => Error::DeadlineExceeded,
            Err(Failure::Etcd(error) | Failure::Unknown(error)) => error,
        };
        let refusal = if self.is_stream { gateway::refusal_of_stream } else { gateway::refusal };
        self.finish(io, &Head::Failed, &refusal(error, io.env.version));
    }

    fn finish(&mut self, io: &mut Io, head: &Head, reply: &Reply) {
        self.begin(io, head, reply);
        io.print(reply.body.clone());
        let is_measured = io.env.version.measures_errors();
        if self.line.with_head && matches!(head, Head::Failed) && !is_measured {
            io.print("Grpc-Trailer-Content-Type: application/grpc\n");
        }
        io.end(super::exit::SUCCESS);
    }

    /// Prints the head, once.
    fn begin(&mut self, io: &mut Io, head: &Head, reply: &Reply) {
        if std::mem::replace(&mut self.has_head, true) || !self.line.with_head {
            return;
        }
        let mut lines = vec![format!("HTTP/1.1 {} {}", reply.status, reason(reply.status))];
        // Everybody is let in where nobody is named, whether a page asks or not.
        let allowed = match (self.cors.is_empty(), &self.line.origin) {
            (true, _) => Some("*"),
            (false, Some(origin)) => {
                self.cors.iter().find(|known| *known == origin).map(String::as_str)
            }
            (false, None) => None,
        };
        if let Some(allowed) = allowed {
            lines.push("Access-Control-Allow-Headers: accept, content-type, authorization".into());
            lines.push("Access-Control-Allow-Methods: POST, GET, OPTIONS, PUT, DELETE".into());
            lines.push(format!("Access-Control-Allow-Origin: {allowed}"));
        }
        let is_measured = io.env.version.measures_errors();
        let fixed: &[&str] = match head {
            Head::Json => &["Content-Type: application/json"],
            Head::Failed if is_measured => &["Content-Type: application/json"],
            Head::Rpc | Head::Stream => {
                &["Content-Type: application/json", "Grpc-Metadata-Content-Type: application/grpc"]
            }
            Head::Failed => {
                &["Content-Type: application/json", "Trailer: Grpc-Trailer-Content-Type"]
            }
            Head::TextError => {
                &["Content-Type: text/plain; charset=utf-8", "X-Content-Type-Options: nosniff"]
            }
            Head::Text | Head::Nothing => &[],
        };
        lines.extend(fixed.iter().map(|line| (*line).into()));
        lines.extend(self.moved_to.iter().map(|to| format!("Location: {to}")));
        lines.push(format!("Date: {}", date(io.now_us)));
        lines.push(match head {
            Head::Stream => "Transfer-Encoding: chunked".into(),
            Head::Failed if !is_measured => "Transfer-Encoding: chunked".into(),
            Head::Failed
            | Head::Json
            | Head::Rpc
            | Head::Text
            | Head::TextError
            | Head::Nothing => {
                format!("Content-Length: {}", reply.body.len())
            }
        });
        if matches!(head, Head::Text) {
            lines.push("Content-Type: text/plain; charset=utf-8".into());
        }
        io.print(lines.join("\n") + "\n\n");
    }
}
