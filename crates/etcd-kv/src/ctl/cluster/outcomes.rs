//! What commands about members come to: alarms, saved files, refusals.

use crate::api::*;
use crate::auth::AccessError;
use crate::console::Step;
use crate::ctl::flags::Given;
use crate::ctl::io::{Failure, Io, exit};
use crate::{Error, Store};

/// A stream tells of access as the member's own code does.
pub(super) fn not_saved(io: &mut Io, failure: &Failure) {
    let text = failure.to_string();
    let text = match failure {
        Failure::Etcd(Error::Access(_)) => {
            let reason = text.strip_prefix("etcdserver: ").unwrap_or(&text);
            format!("rpc error: code = Unknown desc = auth: {reason}")
        }
        Failure::Etcd(_)
        | Failure::Unknown(_)
        | Failure::Deadline
        | Failure::Lost
        | Failure::Refused => text,
    };
    io.fail(exit::INTERRUPTED, text);
}

pub(super) fn ask_alarms() -> Call {
    let (action, alarm) = (AlarmAction::Get, AlarmType::None);
    Call::Write(Write::Alarm { action, member: 0, alarm })
}

/// Why a member is unhealthy that has these alarms.
pub(super) fn named(alarms: &[(u64, AlarmType)]) -> Option<String> {
    let name = |(_, alarm): &(u64, AlarmType)| match alarm {
        AlarmType::NoSpace => "NOSPACE ",
        AlarmType::Corrupt => "CORRUPT ",
        AlarmType::None => "UNKNOWN ",
    };
    let names: String = alarms.iter().map(name).collect();
    (!names.is_empty()).then(|| format!("Active Alarm(s): {names}"))
}

/// A member that refuses whoever asks is there, and so is its quorum.
pub(super) fn is_permission(failure: &Failure) -> bool {
    matches!(failure, Failure::Etcd(Error::Access(AccessError::PermissionDenied)))
}

pub(crate) fn snapshot_status(io: &mut Io, given: &Given) {
    let [name] = &given.args[..] else {
        io.fail(exit::BAD_ARGS, "snapshot status requires exactly one argument");
        return;
    };
    // It needs no endpoints, but the output format.
    if io.env.default_endpoints.is_empty() {
        io.env.default_endpoints = vec!["127.0.0.1:2379".into()];
    }
    if !io.dial(given) {
        return;
    }
    match io.env.files.get(name).map(|blob| Store::status_of(blob)) {
        None => io.fail(exit::ERROR, format!("stat {name}: no such file or directory")),
        Some(Err(error)) => io.fail(exit::ERROR, error),
        Some(Ok(status)) => io.finish(io.printer.snapshot(&status)),
    }
}

/// A file that a member has sent is written.
pub(super) fn saved(io: &mut Io, name: &str, blob: Bytes) {
    if let Some(error) = unwritable(name) {
        return io.fail(exit::INTERRUPTED, error);
    }
    io.step(Step::Save { name: name.into(), blob });
    io.print(format!("Snapshot saved at {name}\n"));
    io.end(exit::SUCCESS);
}

/// Why a file cannot be written: there are no folders but those of data directories.
fn unwritable(name: &str) -> Option<String> {
    let missing = "no such file or directory";
    if name.is_empty() {
        return Some(format!("could not rename .part to  (rename .part : {missing})"));
    }
    let part = format!("{name}.part");
    name.starts_with('/').then(|| format!("could not open {part} (open {part}: {missing})"))
}
