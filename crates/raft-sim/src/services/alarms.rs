//! What clients, etcd's members and consoles ask the cluster's queue to wake them for.

use super::consoles::{Consoles, sleeps};
use crate::client::Clients;
use crate::etcd::Etcd;
use crate::queue::Alarm;
use crate::wire::Wire;

/// Who is to be woken, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// A client checks on its open request.
    Client { request: u64 },
    /// The load generator makes its next request.
    Load,
    /// A member checks on a call of etcd's.
    Call { call: u64 },
    /// A console command wakes up.
    Console { console: u32, ticket: u32 },
    /// Leaders check their leases.
    Leases,
    /// A member that was removed finds out, and its process ends.
    Leaves { server: u64 },
    /// A member writes its database file.
    File { server: u64 },
    /// A member looks whether it knows a leader.
    Leaderless { server: u64 },
    /// A request or an answer arrives.
    Wire { id: u64 },
}

const CLIENT: u8 = 0;
const LOAD: u8 = 1;
const CALL: u8 = 2;
const CONSOLE: u8 = 3;
const LEASES: u8 = 4;
const WIRE: u8 = 5;
const LEAVES: u8 = 6;
const LEADERLESS: u8 = 7;
const FILE: u8 = 8;

impl Wake {
    /// As the queue has it.
    pub(crate) fn alarm(self) -> Alarm {
        let (kind, key) = match self {
            Wake::Client { request } => (CLIENT, request),
            Wake::Load => (LOAD, 0),
            Wake::Call { call } => (CALL, call),
            Wake::Console { console, ticket } => {
                (CONSOLE, u64::from(console) << 32 | u64::from(ticket))
            }
            Wake::Leases => (LEASES, 0),
            Wake::Leaves { server } => (LEAVES, server),
            Wake::Leaderless { server } => (LEADERLESS, server),
            Wake::File { server } => (FILE, server),
            Wake::Wire { id } => (WIRE, id),
        };
        Alarm { kind, key }
    }

    /// What an alarm of ours says.
    pub(crate) fn of(Alarm { kind, key }: Alarm) -> Wake {
        match kind {
            CLIENT => Wake::Client { request: key },
            LOAD => Wake::Load,
            CALL => Wake::Call { call: key },
            CONSOLE => Wake::Console {
                console: u32::try_from(key >> 32).unwrap_or(u32::MAX),
                ticket: u32::try_from(key & u64::from(u32::MAX)).unwrap_or(u32::MAX),
            },
            WIRE => Wake::Wire { id: key },
            LEAVES => Wake::Leaves { server: key },
            LEADERLESS => Wake::Leaderless { server: key },
            FILE => Wake::File { server: key },
            _ => Wake::Leases,
        }
    }
}

/// Whether anybody still waits for the alarm with this number.
pub(crate) fn expects(
    clients: &Clients,
    etcd: &Etcd,
    consoles: &Consoles,
    wire: &Wire,
    alarm: Alarm,
    sequence: u64,
) -> bool {
    match Wake::of(alarm) {
        Wake::Client { request } => {
            clients.open.get(&request).is_some_and(|open| open.sequence == sequence)
        }
        Wake::Load => clients.load.running.is_some_and(|load| load.sequence == sequence),
        Wake::Call { call } => etcd.calls.get(&call).is_some(),
        Wake::Leases => etcd.lease_alarm == sequence,
        Wake::Leaves { server } => etcd.leaving.get(&server) == Some(&sequence),
        Wake::File { server } => {
            etcd.files.get(&server).is_some_and(|file| file.due == Some(sequence))
        }
        Wake::Leaderless { server } => {
            etcd.leaderless.get(&server).is_some_and(|(number, _)| *number == sequence)
        }
        Wake::Wire { id } => wire.expects(id, sequence),
        Wake::Console { console, ticket } => sleeps(&consoles.all, console, ticket, sequence),
    }
}
