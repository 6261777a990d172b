//! `lease grant`, `revoke`, `timetolive`, `list` and `keep-alive`.

use super::flags::Given;
use super::go;
use super::io::{Event, Failure, Io, exit};
use crate::api::*;

/// How long `keep-alive` waits for its first answer.
const FIRST_ANSWER_US: u64 = 3_000_000;

/// A lease command under way.
#[derive(Clone, Debug)]
pub(crate) enum Lease {
    Grant,
    Revoke(LeaseId),
    TimeToLive {
        keys: bool,
    },
    List,
    KeepOnce,
    /// Asked, or asleep until the next time.
    Keep {
        id: LeaseId,
        patience_us: u64,
        nap: Option<u32>,
    },
}

pub(crate) fn start(io: &mut Io, path: &str, given: &Given) -> Option<Lease> {
    let (lease, call) = io.ready(read(path, given), given)?;
    match lease {
        Lease::Keep { patience_us, .. } => {
            io.ask_of(io.targets.clone(), call, Some(patience_us));
        }
        // These have no deadline of their own (`context.TODO()` in etcdctl).
        Lease::KeepOnce | Lease::TimeToLive { .. } | Lease::List => {
            io.ask_patiently(call);
        }
        Lease::Grant | Lease::Revoke(_) => {
            io.ask(call);
        }
    }
    Some(lease)
}

fn read(path: &str, given: &Given) -> Result<(Lease, Call), String> {
    let one = |error: &str| match &given.args[..] {
        [arg] => Ok(arg.clone()),
        _ => Err(String::from(error)),
    };
    let id_of = |arg: String| {
        go::parse_int(&arg, 16)
            .map_err(|error| format!("bad lease ID arg ({error}), expecting ID in Hex"))
    };
    Ok(match path {
        "lease grant" => {
            let ttl = one("lease grant command needs TTL argument")?;
            let ttl = go::parse_int(&ttl, 10).map_err(|error| format!("bad TTL ({error})"))?;
            (Lease::Grant, Call::Write(Write::LeaseGrant { id: 0, ttl }))
        }
        "lease revoke" => {
            let id = id_of(one("lease revoke command needs 1 argument")?)?;
            (Lease::Revoke(id), Call::Write(Write::LeaseRevoke { id }))
        }
        "lease timetolive" => {
            let id = id_of(one("lease timetolive command needs lease ID as argument")?)?;
            let keys = given.switch("keys");
            (Lease::TimeToLive { keys }, Call::LeaseTimeToLive { id, keys })
        }
        "lease list" => (Lease::List, Call::LeaseLeases),
        _ => {
            let id = id_of(one("lease keep-alive command needs lease ID as argument")?)?;
            let lease = if given.switch("once") {
                Lease::KeepOnce
            } else {
                Lease::Keep { id, patience_us: FIRST_ANSWER_US, nap: None }
            };
            let requires_leader = !matches!(lease, Lease::KeepOnce);
            (lease, Call::LeaseKeepAlive { id, requires_leader })
        }
    })
}

impl Lease {
    pub(crate) fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match event {
            Event::Answer(_, answer) => match answer {
                Ok((header, response)) => self.answered(io, &header, &response),
                Err(failure) => self.failed(io, &failure),
            },
            Event::Woke(ticket) => {
                if let Lease::Keep { id, patience_us, nap } = self
                    && *nap == Some(ticket)
                {
                    *nap = None;
                    let call = Call::LeaseKeepAlive { id: *id, requires_leader: true };
                    io.ask_of(io.targets.clone(), call, Some(*patience_us));
                }
            }
            Event::Interrupt => io.end(exit::SIGNALLED),
            Event::Line(_) | Event::EndOfInput => {}
        }
    }

    fn answered(&mut self, io: &mut Io, header: &Header, response: &Response) {
        match (self, response) {
            (Lease::Keep { id, patience_us, nap }, Response::LeaseKeepAlive { ttl, .. }) => {
                if *ttl <= 0 {
                    io.print(format!("lease {id:016x} expired or revoked.\n"));
                    io.end(exit::SUCCESS);
                } else if io.show(io.printer.keep_alive(header, *id, *ttl)) {
                    let ttl_us = ttl.unsigned_abs().saturating_mul(1_000_000);
                    *patience_us = ttl_us - ttl_us / 3;
                    *nap = Some(io.sleep(ttl_us / 3));
                }
            }
            (_, Response::LeaseKeepAlive { ttl: ..=0, .. }) => {
                io.fail(exit::BAD_CONNECTION, crate::Error::LeaseNotFound);
            }
            (_, Response::LeaseKeepAlive { id, ttl }) => {
                io.finish(io.printer.keep_alive(header, *id, *ttl));
            }
            (_, Response::Written(Written::LeaseGrant { revision, id, ttl })) => {
                let header = Header { revision: *revision, ..*header };
                io.finish(io.printer.grant(&header, *id, *ttl));
            }
            (Lease::Revoke(id), Response::Written(Written::LeaseRevoke { revision })) => {
                let header = Header { revision: *revision, ..*header };
                io.finish(io.printer.revoke(&header, *id));
            }
            (
                Lease::TimeToLive { keys: are_asked },
                Response::LeaseTimeToLive { id, ttl, granted_ttl, keys },
            ) => {
                let keys = are_asked.then_some(&keys[..]);
                io.finish(io.printer.time_to_live(header, (*id, *ttl, *granted_ttl), keys));
            }
            (_, Response::LeaseLeases { leases }) => {
                io.finish(io.printer.leases(header, leases));
            }
            (_, other) => io.fail(exit::ERROR, format!("an answer to something else: {other:?}")),
        }
    }

    fn failed(&mut self, io: &mut Io, failure: &Failure) {
        match self {
            Lease::Grant => io.fail(exit::ERROR, format!("failed to grant lease ({failure})")),
            Lease::Revoke(_) => io.fail(exit::ERROR, format!("failed to revoke lease ({failure})")),
            Lease::TimeToLive { .. } | Lease::KeepOnce | Lease::List => {
                io.fail(exit::BAD_CONNECTION, failure);
            }
            Lease::Keep { id, .. } => {
                io.print(format!("lease {id:016x} expired or revoked.\n"));
                io.end(exit::SUCCESS);
            }
        }
    }
}
