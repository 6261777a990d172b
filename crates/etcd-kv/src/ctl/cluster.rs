//! What is asked of members rather than of keys: `member`, `endpoint`, `alarm`, `snapshot`,
//! `move-leader`, `defrag`.

mod outcomes;

use super::flags::Given;
use super::go;
use super::io::{Answer, AskId, Event, Failure, Io, Target, exit};
use super::print::{Health, Of};
use crate::Error;
use crate::api::*;
pub(crate) use outcomes::snapshot_status;
use outcomes::{ask_alarms, is_permission, named, not_saved};

/// A command about members under way.
#[derive(Clone, Debug)]
pub(crate) enum Cluster {
    /// Until the members are known whose endpoints are meant.
    Discover(Tour),
    Tour(Tour),
    Health {
        /// What is asked of whom, by place, and whether it is for alarms.
        open: Vec<(AskId, usize, bool)>,
        began_us: u64,
        done: Vec<Health>,
    },
    MoveLeader {
        to: u64,
        at: usize,
        from: Option<u64>,
    },
    List,
    Add {
        name: String,
        urls: Vec<String>,
        added: Option<u64>,
    },
    Change {
        id: u64,
        done: &'static str,
    },
    Alarms,
    /// Clears one alarm after the other, as etcd's client does where it is told of none.
    Disarm {
        /// Those to clear, the first last; `None` before they are known.
        left: Option<Vec<(u64, AlarmType)>>,
        done: Vec<(u64, AlarmType)>,
    },
    Save {
        name: String,
    },
}

/// What is asked of one endpoint after the other.
#[derive(Clone, Debug)]
pub(crate) struct Tour {
    what: What,
    at: usize,
    failure: Option<Failure>,
}

#[derive(Clone, Debug)]
enum What {
    Status(Vec<Of<StatusResponse>>),
    Hash(Revision, Vec<Of<(u32, Revision)>>),
    Defragment,
    /// Health is asked of all at once; the tour only finds out who they are.
    Health,
}

/// Whether this is one of these commands.
pub(crate) fn has(path: &str) -> bool {
    matches!(
        path,
        "member list"
            | "member add"
            | "member remove"
            | "member update"
            | "member promote"
            | "endpoint status"
            | "endpoint health"
            | "endpoint hashkv"
            | "move-leader"
            | "defrag"
            | "alarm list"
            | "alarm disarm"
            | "snapshot save"
            | "snapshot status"
    )
}

pub(crate) fn start(io: &mut Io, path: &str, given: &Given) -> Option<Cluster> {
    if path == "snapshot status" {
        io.print(io.env.version.moved_to_etcdutl("snapshot status"));
        snapshot_status(io, given);
        return None;
    }
    let (cluster, call) = match read(path, given) {
        Ok(read) => read,
        Err((code, error)) => {
            io.fail(code, error);
            return None;
        }
    };
    if !io.dial(given) {
        return None;
    }
    match (cluster, call) {
        (Cluster::Tour(tour), _) if given.switch("cluster") => {
            io.ask(LIST);
            Some(Cluster::Discover(tour))
        }
        (Cluster::Tour(tour), _) => Some(set_out(io, tour)),
        (Cluster::MoveLeader { to, .. }, _) => {
            ask_one(io, 0, Call::Status);
            Some(Cluster::MoveLeader { to, at: 0, from: None })
        }
        (Cluster::Save { name }, Some(call)) => {
            if io.targets.len() > 1 {
                let names = io.names();
                io.fail(
                    exit::INTERRUPTED,
                    format!(
                        "snapshot must be requested to one selected node, not multiple {names}"
                    ),
                );
                return None;
            }
            io.ask_patiently(call);
            Some(Cluster::Save { name })
        }
        (cluster, call) => {
            call.map(|call| io.ask(call));
            Some(cluster)
        }
    }
}

/// Who the members are, as etcdctl asks: 3.4 does not know that it could have the leader asked.
const LIST: Call = Call::MemberList { linearizable: true };

/// What a command does, and what it asks first; or why it cannot, with its exit code.
type Read = Result<(Cluster, Option<Call>), (i32, String)>;

fn bad(error: impl Into<String>) -> (i32, String) {
    (exit::BAD_ARGS, error.into())
}

fn read(path: &str, given: &Given) -> Read {
    let tour = |what| Cluster::Tour(Tour { what, at: 0, failure: None });
    Ok(match path {
        "member list" => (Cluster::List, Some(LIST)),
        "member add" => read_add(given)?,
        "member update" => {
            let id = member_id(given)?;
            let call = Call::MemberUpdate { id, peer_urls: checked(&peer_urls(given)?)? };
            (Cluster::Change { id, done: "updated in" }, Some(call))
        }
        "member remove" => {
            let id = member_id(given)?;
            (Cluster::Change { id, done: "removed from" }, Some(Call::MemberRemove { id }))
        }
        "member promote" => {
            let id = member_id(given)?;
            (Cluster::Change { id, done: "promoted in" }, Some(Call::MemberPromote { id }))
        }
        "endpoint status" => (tour(What::Status(Vec::new())), None),
        "endpoint hashkv" => (tour(What::Hash(given.int("rev"), Vec::new())), None),
        "endpoint health" => (tour(What::Health), None),
        "defrag" if given.is_set("data-dir") => {
            let error = "there are no data directories in this playground: leave out --data-dir";
            return Err((exit::ERROR, error.into()));
        }
        "defrag" => (tour(What::Defragment), None),
        "alarm list" => read_alarm(path, given, Cluster::Alarms)?,
        "alarm disarm" => {
            read_alarm(path, given, Cluster::Disarm { left: None, done: Vec::new() })?
        }
        "snapshot save" => {
            let [name] = &given.args[..] else {
                return Err(bad("snapshot save expects one argument"));
            };
            (Cluster::Save { name: name.clone() }, Some(Call::Snapshot))
        }
        _ => {
            let [to] = &given.args[..] else {
                return Err(bad("move-leader command needs 1 argument"));
            };
            let to = go::parse_uint(to, 16).map_err(bad)?;
            (Cluster::MoveLeader { to, at: 0, from: None }, None)
        }
    })
}

fn read_add(given: &Given) -> Read {
    let name = match &given.args[..] {
        [name] => name.clone(),
        [] => return Err(bad("member name not provided")),
        [.., last] if last.starts_with("http") => {
            return Err(bad(format!("too many arguments, did you mean --peer-urls={last}")));
        }
        _ => return Err(bad("too many arguments")),
    };
    let urls = peer_urls(given)?;
    let call = Call::MemberAdd { peer_urls: checked(&urls)?, is_learner: given.switch("learner") };
    Ok((Cluster::Add { name, urls, added: None }, Some(call)))
}

fn read_alarm(path: &str, given: &Given, command: Cluster) -> Read {
    if !given.args.is_empty() {
        return Err(bad(format!("{path} command accepts no arguments")));
    }
    Ok((command, Some(ask_alarms())))
}

fn member_id(given: &Given) -> Result<u64, (i32, String)> {
    let [id] = &given.args[..] else { return Err(bad("member ID is not provided")) };
    go::parse_uint(id, 16)
        .map_err(|error| bad(format!("bad member ID arg ({error}), expecting ID in Hex")))
}

fn peer_urls(given: &Given) -> Result<Vec<String>, (i32, String)> {
    match given.text("peer-urls", "").as_str() {
        "" => Err(bad("member peer urls not provided")),
        urls => Ok(urls.split(',').map(String::from).collect()),
    }
}

/// The addresses, if etcd's client takes them for such.
fn checked(urls: &[String]) -> Result<Vec<String>, (i32, String)> {
    for url in urls {
        let url = url.trim();
        if let Some(wrong) = go::wrong_url(url) {
            let quoted = go::quote(url.as_bytes());
            return Err((exit::ERROR, format!("parse {quoted}: {wrong}")));
        }
        let error = match url.split_once("://") {
            Some(("http" | "https", host)) => {
                let port = host.rsplit_once(':').map(|(_, port)| port);
                let (_, path) = host.split_once('/').unwrap_or((host, ""));
                if !path.is_empty() {
                    format!("URL must not contain a path: {url}")
                } else if port.is_none() {
                    format!("URL address does not have the form \"host:port\": {url}")
                } else {
                    continue;
                }
            }
            Some(("unix" | "unixs", _)) => continue,
            _ => format!("URL scheme must be http, https, unix, or unixs: {url}"),
        };
        return Err((exit::ERROR, error));
    }
    Ok(urls.iter().map(|url| url.trim().to_string()).collect())
}

/// Asks one of the endpoints alone.
fn ask_one(io: &mut Io, at: usize, call: Call) -> AskId {
    let target: Vec<Target> = io.targets.get(at).cloned().into_iter().collect();
    io.ask_of(target, call, Some(io.timeout_us))
}

fn set_out(io: &mut Io, tour: Tour) -> Cluster {
    if matches!(tour.what, What::Health) {
        let range = RangeRequest { key: b"health".to_vec(), ..RangeRequest::default() };
        let open = (0..io.targets.len())
            .map(|at| (ask_one(io, at, Call::Range(range.clone())), at, false));
        let open = open.collect();
        return Cluster::Health { open, began_us: io.now_us, done: Vec::new() };
    }
    let mut tour = tour;
    tour.next(io);
    Cluster::Tour(tour)
}

impl Tour {
    /// Asks the next endpoint, or prints what was gathered.
    fn next(&mut self, io: &mut Io) {
        if self.at < io.targets.len() {
            let call = match &self.what {
                What::Status(_) | What::Health => Call::Status,
                What::Hash(revision, _) => Call::HashKv { revision: *revision },
                What::Defragment => Call::Defragment,
            };
            ask_one(io, self.at, call);
            return;
        }
        let printed = match &self.what {
            What::Status(all) => io.printer.statuses(all),
            What::Hash(_, all) => io.printer.hashes(all),
            What::Defragment | What::Health => Ok(String::new()),
        };
        if !io.show(printed) {
            return;
        }
        match (&self.failure, &self.what) {
            (None, _) => io.end(exit::SUCCESS),
            (Some(failure), What::Hash(..)) => io.fail(exit::ERROR, failure),
            (Some(_), What::Status(_) | What::Defragment | What::Health) => io.end(exit::ERROR),
        }
    }

    fn answered(&mut self, io: &mut Io, answer: Answer) {
        let name = io.targets.get(self.at).map_or_else(String::new, |target| target.name.clone());
        match answer {
            Ok((header, response)) => match (&mut self.what, response) {
                (What::Status(all), Response::Status(status)) => all.push((name, header, status)),
                (What::Hash(_, all), Response::HashKv { hash, compact_revision }) => {
                    all.push((name, header, (hash, compact_revision)));
                }
                _ => io.print(format!("Finished defragmenting etcd member[{name}]\n")),
            },
            Err(failure) => {
                io.print(match &self.what {
                    What::Status(_) | What::Health => {
                        format!("Failed to get the status of endpoint {name} ({failure})\n")
                    }
                    What::Hash(..) => {
                        format!("Failed to get the hash of endpoint {name} ({failure})\n")
                    }
                    What::Defragment => {
                        format!("Failed to defragment etcd member[{name}] ({failure})\n")
                    }
                });
                self.failure = Some(failure);
            }
        }
        self.at += 1;
        self.next(io);
    }
}

impl Cluster {
    pub(crate) fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match event {
            Event::Answer(id, answer) => self.answered(io, id, answer),
            Event::Interrupt => io.end(exit::SIGNALLED),
            Event::Woke(_) | Event::Line(_) | Event::EndOfInput => {}
        }
    }

    fn answered(&mut self, io: &mut Io, id: AskId, answer: Answer) {
        match self {
            Cluster::Discover(tour) => match answer {
                Ok((_, Response::Members { members, .. })) => {
                    let urls = members.iter().flat_map(|member| &member.client_urls);
                    io.targets = urls.map(|url| io.target(url)).collect();
                    *self = set_out(io, tour.clone());
                }
                Ok(_) => io.end(exit::ERROR),
                Err(failure) => io.fail(
                    exit::ERROR,
                    format!("failed to fetch endpoints from etcd cluster member list: {failure}"),
                ),
            },
            Cluster::Tour(tour) => tour.answered(io, answer),
            Cluster::Health { open, began_us, done } => {
                let Some(at) = open.iter().position(|(ask, ..)| *ask == id) else { return };
                let (_, at, is_for_alarms) = open.remove(at);
                let endpoint = io.targets[at].name.clone();
                let error = match answer {
                    Ok((_, Response::Written(Written::Alarm { alarms }))) => named(&alarms),
                    Ok(_) => None,
                    Err(failure) if is_for_alarms || is_permission(&failure) => None,
                    Err(failure) => Some(failure.to_string()),
                };
                if error.is_none() && !is_for_alarms && io.env.version.looks_for_alarms() {
                    open.push((ask_one(io, at, ask_alarms()), at, true));
                    return;
                }
                let took_us = io.now_us.saturating_sub(*began_us);
                done.push(Health { endpoint, took_us, error });
                if !open.is_empty() || !io.show(io.printer.healths(done)) {
                    return;
                }
                match done.iter().all(|health| health.error.is_none()) {
                    true => io.end(exit::SUCCESS),
                    false => io.fail(exit::ERROR, "unhealthy cluster"),
                }
            }
            Cluster::MoveLeader { to, at, from } => match (answer, *from) {
                (Err(failure), _) => io.fail(exit::ERROR, failure),
                (Ok(_), Some(from)) => io.finish(io.printer.move_leader(from, *to)),
                (Ok((header, Response::Status(status))), None)
                    if status.leader == header.member_id =>
                {
                    *from = Some(header.member_id);
                    ask_one(io, *at, Call::MoveLeader { target: *to });
                }
                (Ok(_), None) if *at + 1 < io.targets.len() => {
                    *at += 1;
                    ask_one(io, *at, Call::Status);
                }
                (Ok(_), None) => {
                    let names = io.names();
                    io.fail(exit::BAD_ARGS, format!("no leader endpoint given at {names}"));
                }
            },
            Cluster::List
            | Cluster::Add { .. }
            | Cluster::Change { .. }
            | Cluster::Alarms
            | Cluster::Disarm { .. }
            | Cluster::Save { .. } => match answer {
                Ok((header, response)) => self.finished(io, &header, response),
                Err(failure) if matches!(self, Cluster::Save { .. }) => not_saved(io, &failure),
                Err(failure) => io.fail(exit::ERROR, failure),
            },
        }
    }

    fn finished(&mut self, io: &mut Io, header: &Header, response: Response) {
        match (self, response) {
            (Cluster::List, Response::Members { members, .. }) => {
                io.finish(io.printer.members(header, &members));
            }
            (Cluster::Change { id, done }, Response::Members { members, .. }) => {
                io.finish(io.printer.changed(header, &members, (*id, done), None));
            }
            (Cluster::Add { added: None, .. }, Response::Members { added: None, .. }) => {
                io.fail(exit::ERROR, Error::MemberNotFound);
            }
            (Cluster::Add { added: known @ None, .. }, Response::Members { members, added }) => {
                *known = added;
                let is_simple = io.printer.format == super::print::Format::Simple;
                let id = added.unwrap_or(0);
                let printed = io.printer.changed(header, &members, (id, "added to"), added);
                if is_simple {
                    // The new member's settings name everybody, so the members are asked again.
                    io.show(printed);
                    io.ask(LIST);
                } else {
                    io.finish(printed);
                }
            }
            (Cluster::Add { name, urls, added }, Response::Members { members, .. }) => {
                let all = members.iter().flat_map(|member| {
                    let name = if Some(member.id) == *added { &*name } else { &member.name };
                    member.peer_urls.iter().map(move |url| format!("{name}={url}"))
                });
                let all = all.collect::<Vec<_>>().join(",");
                let quote = |text: &str| go::quote(text.as_bytes());
                io.print(format!(
                    "\nETCD_NAME={}\nETCD_INITIAL_CLUSTER={}\n\
                     ETCD_INITIAL_ADVERTISE_PEER_URLS={}\n\
                     ETCD_INITIAL_CLUSTER_STATE=\"existing\"\n",
                    quote(name),
                    quote(&all),
                    quote(&urls.join(",")),
                ));
                io.end(exit::SUCCESS);
            }
            (Cluster::Disarm { left, done }, Response::Written(Written::Alarm { alarms })) => {
                let left = match left {
                    None => left.insert(alarms.into_iter().rev().collect()),
                    Some(left) => {
                        done.extend(alarms);
                        left
                    }
                };
                match left.pop() {
                    Some((member, alarm)) => {
                        let action = AlarmAction::Deactivate;
                        io.ask(Call::Write(Write::Alarm { action, member, alarm }));
                    }
                    None => io.finish(io.printer.alarms(None, done)),
                }
            }
            (_, Response::Written(Written::Alarm { alarms })) => {
                io.finish(io.printer.alarms(Some(header), &alarms));
            }
            (Cluster::Save { name }, Response::Snapshot { blob }) => {
                outcomes::saved(io, name, blob);
            }
            (_, other) => io.fail(exit::ERROR, format!("an answer to something else: {other:?}")),
        }
    }
}
