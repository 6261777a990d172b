//! `put`, `get`, `del` and `compaction`: one question, one answer.

use super::flags::Given;
use super::go;
use super::io::{Event, Io, exit};
use crate::api::*;

/// What is said where a key is to be put and there is no value for it.
const NO_VALUE: &str = "put command needs 1 argument and input from stdin or 2 arguments";

/// One of these commands, under way.
#[derive(Clone, Debug)]
pub(crate) enum Kv {
    /// A put whose value is being read, each line with its end.
    Reading(PutRequest),
    /// Everything is asked; of a compaction the revision is kept.
    Asked(Revision),
}

/// What an operation asks for, or the exit code and the sentence why it cannot.
pub(crate) type Asked<T> = Result<T, (i32, String)>;

fn bad<T>(error: impl Into<String>) -> Asked<T> {
    Err((exit::BAD_ARGS, error.into()))
}

pub(crate) fn start(io: &mut Io, path: &str, given: &Given) -> Option<Kv> {
    let call = match path {
        "put" => put(given).map(|put| Call::Write(Write::Put(put))),
        "get" => get(given).map(Call::Range),
        "del" => del(given).map(|del| Call::Write(Write::DeleteRange(del))),
        _ => compaction(given),
    };
    let call = match call {
        Ok(call) => call,
        Err((code, error)) => {
            io.fail(code, error);
            return None;
        }
    };
    if path == "del" && given.args.len() > 1 && !given.switch("range") {
        io.print(io.env.version.remark_on_ranges());
    }
    if !io.dial(given) {
        return None;
    }
    io.printer.values_only = given.switch("print-value-only");
    io.printer.counts_only = given.switch("count-only");
    if let Call::Write(Write::Put(put)) = &call
        && is_value_missing(given)
    {
        return Some(Kv::Reading(put.clone()));
    }
    let revision =
        if let Call::Write(Write::Compaction { revision, .. }) = &call { *revision } else { 0 };
    io.ask(call);
    Some(Kv::Asked(revision))
}

fn is_value_missing(given: &Given) -> bool {
    given.args.len() == 1 && !given.switch("ignore-value")
}

/// The put that flags and arguments ask for. A value that is to be read is empty.
pub(crate) fn put(given: &Given) -> Asked<PutRequest> {
    let ignore_value = given.switch("ignore-value");
    let Some(key) = given.args.first() else {
        return bad(NO_VALUE);
    };
    if ignore_value && given.args.len() > 1 {
        return bad("put command needs only 1 argument when 'ignore-value' is set");
    }
    let lease = go::parse_int(&given.text("lease", "0"), 16).map_err(|error| {
        (exit::BAD_ARGS, format!("bad lease ID ({error}), expecting ID in Hex"))
    })?;
    Ok(PutRequest {
        key: key.clone().into(),
        value: given.args.get(1).cloned().unwrap_or_default().into(),
        lease,
        prev_kv: given.switch("prev-kv"),
        ignore_value,
        ignore_lease: given.switch("ignore-lease"),
    })
}

/// The end of the range that flags and arguments ask for, and its begin where that is not the key.
fn range_of(given: &Given, most: usize, error: &str) -> Asked<(Vec<u8>, Vec<u8>)> {
    let (is_prefix, from_key) = (given.switch("prefix"), given.switch("from-key"));
    if is_prefix && from_key {
        return bad("`--prefix` and `--from-key` cannot be set at the same time, choose one");
    }
    let args = &given.args;
    if args.is_empty() || args.len() > most {
        return bad(error);
    }
    if args.len() > 1 && (is_prefix || from_key) {
        let one =
            "too many arguments, only accept one argument when `--prefix` or `--from-key` is set";
        return bad(one);
    }
    let key: Vec<u8> = args[0].clone().into();
    Ok(match args.get(1) {
        Some(end) => (key, end.clone().into()),
        None if is_prefix || from_key => end_of(key, is_prefix),
        None => (key, Vec::new()),
    })
}

/// The range of a prefix, or from a key on.
pub(crate) fn end_of(key: Vec<u8>, is_prefix: bool) -> (Vec<u8>, Vec<u8>) {
    let key = if key.is_empty() { vec![0] } else { key };
    let end = match is_prefix && key != [0] {
        true => after_prefix(&key),
        false => vec![0],
    };
    (key, end)
}

/// The range that flags and arguments ask for.
pub(crate) fn get(given: &Given) -> Asked<RangeRequest> {
    let error = "get command needs one argument as key and an optional argument as range_end";
    let (key, range_end) = range_of(given, usize::MAX, error)?;
    let feature = |error: String| (exit::BAD_FEATURE, error);
    let consistency = given.text("consistency", "l");
    let serializable = match consistency.as_str() {
        "l" => false,
        "s" => true,
        other => {
            return Err(feature(format!(
                "unknown consistency flag {}",
                go::quote(other.as_bytes())
            )));
        }
    };
    let order = given.text("order", "");
    let mut sort_order = match order.to_uppercase().as_str() {
        "" => SortOrder::None,
        "ASCEND" => SortOrder::Ascend,
        "DESCEND" => SortOrder::Descend,
        _ => return Err(feature(format!("bad sort order {order}"))),
    };
    let target = given.text("sort-by", "");
    let sort_target = match target.to_uppercase().as_str() {
        "" | "KEY" => SortTarget::Key,
        "CREATE" => SortTarget::Create,
        "MODIFY" => SortTarget::Mod,
        "VALUE" => SortTarget::Value,
        "VERSION" => SortTarget::Version,
        _ => return Err(feature(format!("bad sort target {target}"))),
    };
    // Keys are in order as they are; etcd's client sorts by nothing then.
    if sort_target == SortTarget::Key && sort_order == SortOrder::Ascend {
        sort_order = SortOrder::None;
    } else if sort_target != SortTarget::Key && sort_order == SortOrder::None {
        sort_order = SortOrder::Ascend;
    }
    let (keys_only, count_only) = (given.switch("keys-only"), given.switch("count-only"));
    if keys_only && count_only {
        return bad("`--keys-only` and `--count-only` cannot be set at the same time, choose one");
    }
    Ok(RangeRequest {
        key,
        range_end,
        count_only,
        limit: given.int("limit"),
        revision: given.int("rev"),
        sort_order,
        sort_target,
        serializable,
        keys_only,
        ..RangeRequest::default()
    })
}

/// The deletion that flags and arguments ask for.
pub(crate) fn del(given: &Given) -> Asked<DeleteRangeRequest> {
    let error = "del command needs one argument as key and an optional argument as range_end";
    let (key, range_end) = range_of(given, 2, error)?;
    Ok(DeleteRangeRequest { key, range_end, prev_kv: given.switch("prev-kv") })
}

fn compaction(given: &Given) -> Asked<Call> {
    let [revision] = &given.args[..] else {
        return bad("compaction command needs 1 argument");
    };
    let revision = go::parse_int(revision, 10).map_err(|error| (exit::ERROR, error))?;
    Ok(Call::Write(Write::Compaction { revision, physical: given.switch("physical") }))
}

impl Kv {
    pub(crate) fn wants_input(&self) -> Option<&str> {
        match self {
            Kv::Reading(_) => Some("value, ended by ^D> "),
            Kv::Asked(_) => None,
        }
    }

    pub(crate) fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match (&mut *self, event) {
            (Kv::Reading(put), Event::Line(line)) => {
                put.value.extend_from_slice(line.as_bytes());
                put.value.push(b'\n');
            }
            (Kv::Reading(put), Event::EndOfInput) if put.value.is_empty() => {
                io.fail(exit::BAD_ARGS, NO_VALUE);
            }
            (Kv::Reading(put), Event::EndOfInput) => {
                let put = std::mem::take(put);
                io.ask(Call::Write(Write::Put(put)));
                *self = Kv::Asked(0);
            }
            (Kv::Asked(revision), Event::Answer(_, Ok((header, response)))) => {
                let revision = *revision;
                finish(io, &header, &response, revision);
            }
            (_, Event::Answer(_, Err(failure))) => io.fail(exit::ERROR, failure),
            (_, Event::Interrupt) => io.end(exit::SIGNALLED),
            (_, Event::Answer(..) | Event::Woke(_) | Event::Line(_) | Event::EndOfInput) => {}
        }
    }
}

fn finish(io: &mut Io, header: &Header, response: &Response, revision: Revision) {
    let printed = match response {
        Response::Written(Written::Put(put)) => io.printer.put(header, put),
        Response::Written(Written::DeleteRange(delete)) => io.printer.delete(header, delete),
        // Told of only now, as etcdctl does.
        Response::Range(_)
            if io.printer.values_only && io.printer.format != super::print::Format::Simple =>
        {
            return io.fail(exit::BAD_ARGS, "print-value-only is only for `--write-out=simple`");
        }
        Response::Range(_)
            if io.printer.counts_only && io.printer.format != super::print::Format::Fields =>
        {
            return io.fail(exit::BAD_ARGS, "--count-only is only for `--write-out=fields`");
        }
        Response::Range(range) => io.printer.range(header, range),
        Response::Written(_)
        | Response::Watch(_)
        | Response::LeaseKeepAlive { .. }
        | Response::LeaseTimeToLive { .. }
        | Response::LeaseLeases { .. }
        | Response::Members { .. }
        | Response::Status(_)
        | Response::Hash { .. }
        | Response::HashKv { .. }
        | Response::Defragment
        | Response::Snapshot { .. }
        | Response::MoveLeader
        | Response::Downgrade { .. } => Ok(format!("compacted revision {revision}\n")),
    };
    io.finish(printed);
}
