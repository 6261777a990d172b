//! What is said of clients: what they ask, how they fare, and whether what they saw fits together.

use super::listed;
use crate::clients::Crowd;
use crate::lang::look_up;
use crate::words::{seconds, span};
use raft_check::linear::Verdict;
use raft_core::Micros;
use raft_sim::stats::Got;
use raft_sim::{LoadSpec, Popularity, Saw, SeenOffence, Stale, load_client, text_of};

/// What a load is, in a sentence.
pub fn load(load: &LoadSpec) -> String {
    let LoadSpec { per_second, reads_percent, keys, .. } = load;
    let who = match load.clients {
        None => told!("Clients ask"),
        Some(1) => told!("One client asks"),
        Some(count) => tr!("{} clients ask", count),
    };
    let whom = load.via.map_or(String::new(), |via| tr!(" {}, and nobody else,", via));
    let what = match keys {
        1 => told!("one key"),
        keys => tr!("{} keys", keys),
    };
    let how = match load.popularity {
        Popularity::Uniform => "",
        Popularity::Skewed => tr!(", some far more often"),
    };
    let reads = match reads_percent {
        0 => String::new(),
        reads => tr!("; {} % are reads", reads),
    };
    tr!("{}{} {} times a second for {}{}{}.", who, whom, per_second, what, how, reads)
}

/// The clients of a server.
pub fn crowd(crowd: &Crowd) -> String {
    let count = crowd.count();
    let who = if count == 1 { told!("1 client") } else { tr!("{} clients", count) };
    let Crowd { waiting, answered, failed, .. } = crowd;
    let parts = [
        (waiting, tr!("{} waiting", waiting)),
        (answered, tr!("{} answered", answered)),
        (failed, tr!("{} failed", failed)),
    ];
    let parts = parts.into_iter().filter(|(count, _)| **count > 0).map(|(_, text)| text);
    tr!("{} at {}: {}", who, crowd.server, listed(parts))
}

/// What clients got in a stretch of time.
pub fn got(window: Micros, got: &Got) -> String {
    let Got { answered, failed, median, p99, range: (shortest, longest) } = *got;
    let failed = match failed {
        0 => told!("none failed"),
        1 => told!("1 try failed"),
        _ => tr!("{} tries failed", failed),
    };
    let counts = tr!("Last {} s: {} requests answered, {}.", window / 1_000_000, answered, failed);
    if answered == 0 {
        return counts;
    }
    tr!(
        "{} Half of the answers took {} at most, 99 of 100 took {} at most; all of them {} to \
         {}.",
        counts,
        span(median),
        span(p99),
        span(shortest),
        span(longest)
    )
}

/// Whether what clients saw fits together.
pub fn verdict(verdict: Verdict) -> &'static str {
    look_up(match verdict {
        Verdict::Linearizable => {
            key!("What clients saw is linearizable: one copy of the data explains it.")
        }
        Verdict::NotLinearizable => {
            key!("What clients saw is not linearizable: no one copy of the data explains it.")
        }
        Verdict::Undecided => key!(
            "Whether what clients saw is linearizable is undecided: too many orders are possible."
        ),
    })
}

/// A read that misses something.
pub fn stale(Stale { seen, newest }: Stale) -> String {
    match (seen, newest) {
        (0, newest) => tr!("stale: revision {} has set it", newest),
        (seen, 0) => tr!("stale: revision {}, and it is deleted since", seen),
        (seen, newest) => tr!("stale: revision {}, the newest is {}", seen, newest),
    }
}

/// What a read of etcd missed: the store's revision where it was answered, and the newest.
pub fn stale_store(Stale { seen, newest }: Stale) -> String {
    tr!("stale: that member is at revision {}, the newest is {}", seen, newest)
}

/// A client by its number.
pub fn client(number: u32) -> String {
    match load_client(number) {
        Some(number) => tr!("load client {}", number),
        None => tr!("client {}", number),
    }
}

/// An operation without who asked for it.
fn asked(saw: &Saw) -> String {
    match (&saw.put, &saw.read) {
        (Some(Some(value)), _) => format!("put {}", text_of(value)),
        (Some(None), _) => told!("delete"),
        (None, Some(Some(read))) => format!("get → {}", text_of(read)),
        (None, Some(None)) => told!("get → nothing"),
        (None, None) => "get".into(),
    }
}

/// Who asked what, and what came.
pub fn saw(saw: &Saw) -> String {
    let end = if saw.returned.is_none() { tr!(", never answered") } else { "" };
    format!("{}: {}{end}", client(saw.client), asked(saw))
}

/// An operation's place in the longest order.
pub fn place(saw: &Saw) -> String {
    saw.order.map_or(told!("no place"), |place| tr!("place {}", place))
}

/// What an offence is about.
pub fn offence_title(key: &str) -> String {
    tr!("No order fits what clients saw of {}", key)
}

fn held(value: Option<&[u8]>) -> String {
    value.map_or(told!("nothing"), |value| format!("“{}”", text_of(value)))
}

/// Why there is no order.
pub fn no_order(seen: &SeenOffence) -> String {
    let starts = seen.starts.iter().map(|start| held(start.as_deref()));
    let starts = starts.reduce(|all, next| tr!("{} or {}", all, next));
    let before = tr!("Before, the key held {}.", starts.unwrap_or_default());
    let Some(out) = seen.operations.iter().find(|saw| saw.order.is_none()) else {
        return before;
    };
    let who = client(out.client);
    let Some(read) = &out.read else {
        return tr!("{} **{}** of {} has no place among the others.", before, asked(out), who);
    };
    // The last write that was over when it was asked: the read must come after it.
    let over = seen.operations.iter().filter(|saw| {
        saw.put.is_some()
            && saw.put.as_ref() != Some(read)
            && saw.returned.is_some_and(|at| at < out.called)
    });
    let read = held(read.as_deref());
    match over.max_by_key(|saw| saw.returned) {
        Some(write) => tr!(
            "{} At {} {} asks and is told {}, though **{}** was answered at {} and must \
             have happened by then.",
            before,
            seconds(out.called),
            who,
            read,
            asked(write),
            seconds(write.returned.unwrap_or(0))
        ),
        None => tr!(
            "{} {} is told {}, and at no instant between its question and its answer \
             could the key have held that.",
            before,
            who,
            read
        ),
    }
}
