//! What is said of clients: what they ask, how they fare, and whether what they saw fits together.

use crate::clients::Crowd;
use crate::words::{seconds, span};
use raft_check::linear::Verdict;
use raft_core::Micros;
use raft_sim::stats::Got;
use raft_sim::{LoadSpec, Popularity, Saw, SeenOffence, Stale, load_client, text_of};

/// What a load is, in a sentence.
pub fn load(load: &LoadSpec) -> String {
    let LoadSpec { per_second, reads_percent, keys, .. } = load;
    let who = match load.clients {
        None => "Clients".into(),
        Some(1) => "One client".into(),
        Some(count) => format!("{count} clients"),
    };
    let verb = if load.clients == Some(1) { "asks" } else { "ask" };
    let whom = load.via.map_or(String::new(), |via| format!(" {via}, and nobody else,"));
    let what = match keys {
        1 => "one key".into(),
        keys => format!("{keys} keys"),
    };
    let how = match load.popularity {
        Popularity::Uniform => "",
        Popularity::Skewed => ", some far more often",
    };
    let reads = match reads_percent {
        0 => String::new(),
        reads => format!("; {reads} % are reads"),
    };
    format!("{who} {verb}{whom} {per_second} times a second for {what}{how}{reads}.")
}

/// The clients of a server.
pub fn crowd(crowd: &Crowd) -> String {
    let count = crowd.count();
    let who = if count == 1 { "1 client".into() } else { format!("{count} clients") };
    let parts =
        [(crowd.waiting, "waiting"), (crowd.answered, "answered"), (crowd.failed, "failed")];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, how)| format!("{count} {how}")).collect();
    format!("{who} at {}: {}", crowd.server, parts.join(", "))
}

/// What clients got in a stretch of time.
pub fn got(window: Micros, got: &Got) -> String {
    let Got { answered, failed, median, p99, range: (shortest, longest) } = *got;
    let failed = match failed {
        0 => "none failed".to_string(),
        1 => "1 try failed".into(),
        _ => format!("{failed} tries failed"),
    };
    let counts = format!("Last {} s: {answered} requests answered, {failed}.", window / 1_000_000);
    if answered == 0 {
        return counts;
    }
    format!(
        "{counts} Half of the answers took {} at most, 99 of 100 took {} at most; all of them {} to \
         {}.",
        span(median),
        span(p99),
        span(shortest),
        span(longest)
    )
}

/// Whether what clients saw fits together.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Linearizable => {
            "What clients saw is linearizable: one copy of the data explains it."
        }
        Verdict::NotLinearizable => {
            "What clients saw is not linearizable: no one copy of the data explains it."
        }
        Verdict::Undecided => {
            "Whether what clients saw is linearizable is undecided: too many orders are possible."
        }
    }
}

/// A read that misses something.
pub fn stale(Stale { seen, newest }: Stale) -> String {
    match (seen, newest) {
        (0, newest) => format!("stale: revision {newest} has set it"),
        (seen, 0) => format!("stale: revision {seen}, and it is deleted since"),
        (seen, newest) => format!("stale: revision {seen}, the newest is {newest}"),
    }
}

/// What a read of etcd missed: the store's revision where it was answered, and the newest.
pub fn stale_store(Stale { seen, newest }: Stale) -> String {
    format!("stale: that member is at revision {seen}, the newest is {newest}")
}

/// A client by its number.
pub fn client(number: u32) -> String {
    match load_client(number) {
        Some(number) => format!("load client {number}"),
        None => format!("client {number}"),
    }
}

/// An operation without who asked for it.
fn asked(saw: &Saw) -> String {
    match (&saw.put, &saw.read) {
        (Some(Some(value)), _) => format!("put {}", text_of(value)),
        (Some(None), _) => "delete".into(),
        (None, Some(Some(read))) => format!("get → {}", text_of(read)),
        (None, Some(None)) => "get → nothing".into(),
        (None, None) => "get".into(),
    }
}

/// Who asked what, and what came.
pub fn saw(saw: &Saw) -> String {
    let end = if saw.returned.is_none() { ", never answered" } else { "" };
    format!("{}: {}{end}", client(saw.client), asked(saw))
}

/// An operation's place in the longest order.
pub fn place(saw: &Saw) -> String {
    saw.order.map_or("no place".into(), |place| format!("place {place}"))
}

/// What an offence is about.
pub fn offence_title(key: &str) -> String {
    format!("No order fits what clients saw of {key}")
}

fn held(value: Option<&[u8]>) -> String {
    value.map_or("nothing".into(), |value| format!("“{}”", text_of(value)))
}

/// Why there is no order.
pub fn no_order(seen: &SeenOffence) -> String {
    let starts: Vec<String> = seen.starts.iter().map(|start| held(start.as_deref())).collect();
    let before = format!("Before, the key held {}.", starts.join(" or "));
    let Some(out) = seen.operations.iter().find(|saw| saw.order.is_none()) else {
        return before;
    };
    let who = client(out.client);
    let Some(read) = &out.read else {
        return format!("{before} **{}** of {who} has no place among the others.", asked(out));
    };
    // The last write that was over when it was asked: the read must come after it.
    let over = seen.operations.iter().filter(|saw| {
        saw.put.is_some()
            && saw.put.as_ref() != Some(read)
            && saw.returned.is_some_and(|at| at < out.called)
    });
    let read = held(read.as_deref());
    match over.max_by_key(|saw| saw.returned) {
        Some(write) => format!(
            "{before} At {} {who} asks and is told {read}, though **{}** was answered at {} and must \
             have happened by then.",
            seconds(out.called),
            asked(write),
            seconds(write.returned.unwrap_or(0)),
        ),
        None => format!(
            "{before} {who} is told {read}, and at no instant between its question and its answer \
             could the key have held that."
        ),
    }
}
