//! Sentences about clients: what they ask, what they get, and whether what they saw is consistent.

use super::Crowd;
use crate::lang::look_up;
use crate::words::{any_of, join, seconds, span};
use raft_check::linear::Verdict;
use raft_core::Micros;
use raft_sim::stats::Got;
use raft_sim::{
    ClientId, LoadSpec, Popularity, SeenOffence, SeenOperation, Stale, Whose, load_client, text_of,
};

/// What a load is, in plain sentences.
pub fn load(load: &LoadSpec) -> String {
    let LoadSpec { per_second, reads_percent, keys, .. } = load;
    let mut text = match load.clients {
        None => tr!("Clients ask {} times a second.", per_second),
        Some(1) => tr!("One client asks {} times a second.", per_second),
        Some(count) => tr!("{} clients ask {} times a second.", count, per_second),
    };
    if let Some(via) = load.via {
        join(&mut text, &tr!("All of it goes to {}, and to nobody else.", via));
    }
    let what = match (keys, load.popularity) {
        (1, _) => told!("They ask for one key."),
        (_, Popularity::Uniform) => tr!("They ask for {} keys.", keys),
        (_, Popularity::Skewed) => {
            tr!("They ask for {} keys, for some far more often than for others.", keys)
        }
    };
    join(&mut text, &what);
    if *reads_percent > 0 {
        join(&mut text, &tr!("{} % of the requests are reads.", reads_percent));
    }
    text
}

/// The clients of a server.
pub fn crowd(crowd: &Crowd) -> String {
    let Crowd { server, waiting, answered, failed, .. } = crowd;
    tr!(
        "Clients at {}: {} in all, {} waiting, {} answered, {} failed",
        server,
        crowd.count(),
        waiting,
        answered,
        failed
    )
}

/// What clients got in a stretch of time.
pub fn got(window: Micros, got: &Got) -> String {
    let Got { answered, failed, median, p99, range: (shortest, longest) } = *got;
    let seconds = window / 1_000_000;
    let mut text = match failed {
        0 => tr!("Last {} s: {} requests answered, none failed.", seconds, answered),
        1 => tr!("Last {} s: {} requests answered, 1 try failed.", seconds, answered),
        _ => tr!("Last {} s: {} requests answered, {} tries failed.", seconds, answered, failed),
    };
    if answered > 0 {
        let times = tr!(
            "Half of the answers took {} at most, 99 of 100 took {} at most; all of them {} to {}.",
            span(median),
            span(p99),
            span(shortest),
            span(longest)
        );
        join(&mut text, &times);
    }
    text
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

/// A client that is on its way to be asked or told.
pub fn client_id(client: ClientId) -> String {
    match client {
        ClientId::Plain(number) => tr!("client {}", number),
        ClientId::Load(number) => tr!("load client {}", number),
        ClientId::Console(number) => tr!("console command {}", number),
    }
}

/// Clients that a cut is about.
pub fn whose(whose: Whose) -> String {
    match whose {
        Whose::Client(number) => tr!("client {}", number),
        Whose::All => told!("all clients"),
    }
}

/// An operation without who asked for it.
fn asked(saw: &SeenOperation) -> String {
    match (&saw.put, &saw.read) {
        (Some(Some(value)), _) => format!("put {}", text_of(value)),
        (Some(None), _) => told!("delete"),
        (None, Some(Some(read))) => format!("get → {}", text_of(read)),
        (None, Some(None)) => told!("get → nothing"),
        (None, None) => "get".into(),
    }
}

/// Who asked what, and what came.
pub fn saw(saw: &SeenOperation) -> String {
    let (client, asked) = (client(saw.client), asked(saw));
    match saw.returned {
        Some(_) => tr!("{}: {}", client, asked),
        None => tr!("{}: {}, never answered", client, asked),
    }
}

/// An operation's place in the longest order.
pub fn place(saw: &SeenOperation) -> String {
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
    let starts: Vec<String> = seen.starts.iter().map(|start| held(start.as_deref())).collect();
    let mut text = match starts.is_empty() {
        true => String::new(),
        false => tr!("Before, the key held {}.", any_of(&starts)),
    };
    let Some(out) = seen.operations.iter().find(|saw| saw.order.is_none()) else {
        return text;
    };
    let who = client(out.client);
    let Some(read) = &out.read else {
        join(&mut text, &tr!("**{}** of {} has no place among the others.", asked(out), who));
        return text;
    };
    // The last write that was over when it was asked: the read must come after it.
    let over = seen.operations.iter().filter(|saw| {
        saw.put.is_some()
            && saw.put.as_ref() != Some(read)
            && saw.returned.is_some_and(|at| at < out.called)
    });
    let read = held(read.as_deref());
    let why = match over.max_by_key(|saw| saw.returned) {
        Some(write) => tr!(
            "At {} {} asks and is told {}, though **{}** was answered at {} and must have \
             happened by then.",
            seconds(out.called),
            who,
            read,
            asked(write),
            seconds(write.returned.unwrap_or(0))
        ),
        None => tr!(
            "At no instant between its question and its answer could the key have held {}, as {} \
             is told.",
            read,
            who
        ),
    };
    join(&mut text, &why);
    text
}
