//! What somebody did to the cluster.

use super::names::message_name;
use super::span;
use crate::clients::whose;
use raft_core::{Kind, Micros, NodeId, Timer};
use raft_sim::{ClientLink, Command, Direction, MemberChange, MessageVerb, OwnSetting, Ways};

/// What somebody did.
pub fn did(command: &Command) -> String {
    match command {
        Command::Crash(n) => tr!("**{} crashes.** What its disk does not hold is lost.", n),
        Command::Restart(n) => tr!("{} starts again with what its disk holds.", n),
        Command::Start(n) => tr!("{} starts, with an empty data directory.", n),
        Command::Pause(n) => tr!("{} is paused: it keeps what it has and does nothing.", n),
        Command::Resume(n) => tr!("{} goes on.", n),
        Command::Wipe(n) => tr!(
            "{}’s disk is erased. A voter that comes back without its memory breaks what Raft \
             assumes.",
            n
        ),
        Command::Partition(groups) => split(groups),
        Command::Cut(a, Direction::OneWay, b) => {
            tr!("Nothing passes from {} to {} from now on.", a, b)
        }
        Command::Cut(a, Direction::BothWays, b) => tr!("The link between {} and {} is cut.", a, b),
        Command::Mend(a, Direction::OneWay, b) => tr!("Messages pass from {} to {} again.", a, b),
        Command::Mend(a, Direction::BothWays, b) => {
            tr!("The link between {} and {} is mended.", a, b)
        }
        Command::CutClient(link) => client_cut(link),
        Command::MendClient(link) => client_mended(link),
        Command::Heal => told!("The partition and every cut are gone. What is held stays held."),
        Command::Timeout(n) => tr!("{}’s election timer is made to fire.", n),
        Command::Member(change) => member(change),
        Command::Transfer(n) => tr!("Leadership is to be handed to {}.", n),
        Command::Snapshot(n) => tr!("{} saves what it has applied as a snapshot.", n),
        Command::Compact(n) => tr!("{} drops the log that its snapshot covers.", n),
        Command::Propose { text, via } => tr!("“{}” is proposed to {}.", text, via),
        Command::Put { key, value, via: None } => {
            tr!("A client sets **{}** to **{}** at the leader.", key, value)
        }
        Command::Put { key, value, via: Some(via) } => {
            tr!("A client asks {}, once, to set **{}** to **{}**.", via, key, value)
        }
        Command::Get { key, via: None, .. } => tr!("A client reads **{}** at the leader.", key),
        Command::Get { key, via: Some(via), .. } => tr!("A client reads **{}** at {}.", key, via),
        Command::Message { verb, kind, from, to, .. } => message(*verb, *kind, *from, *to),
        Command::Hold(a, b) => tr!("What {} sends to {} is held back.", a, b),
        Command::Release(a, b) => tr!("What {} sends to {} arrives again.", a, b),
        Command::ReleaseAll => told!("Everything that was held back arrives again."),
        Command::Set(setting) => tr!("Setting: {}.", setting),
        Command::SetOwn(owner, OwnSetting::Is(setting)) => {
            tr!("Setting of {} alone: {}.", owner, setting)
        }
        Command::SetOwn(owner, OwnSetting::Default(name)) => {
            tr!("Setting of {}: {} is the cluster’s again.", owner, name)
        }
        Command::Clock { server, percent } => tr!("{}’s clock runs at {} %.", server, percent),
        Command::Load(Some(load)) => crate::clients::load(load),
        Command::Load(None) => told!("The clients of the load generator stop."),
        Command::Deadline { server, timer, after } => deadline(*server, *timer, *after),
        Command::SpreadTimers => told!("The election timers are spread apart."),
        Command::Reseed(_) => told!("From here on chance is another."),
        Command::AlignTimers => told!("The election timers are set to run out together."),
        Command::Etcdctl(line) => tr!("Console: `etcdctl {}`.", line),
        Command::Input { console, line } => tr!("Console command {} is given “{}”.", console, line),
        Command::EndOfInput(console) => tr!("Console command {} gets no more lines.", console),
        Command::Interrupt(console) => tr!("Console command {} is interrupted.", console),
        Command::RestoreCluster(file) => tr!(
            "**A new cluster begins from {}.** Every member starts with what the file holds; \
             what was acknowledged after it was saved is gone.",
            file
        ),
        Command::Say(text) => text.clone(),
    }
}

fn client_cut(link: &ClientLink) -> String {
    let (whose, server) = (whose(link.whose), link.server);
    match link.ways {
        Ways::Requests => tr!("**What {} asks of {} is lost** from now on.", whose, server),
        Ways::Answers => tr!("**{}’s answers to {} are lost** from now on.", server, whose),
        Ways::Both => tr!("**The way between {} and {} is cut.**", whose, server),
    }
}

fn client_mended(link: &ClientLink) -> String {
    let (whose, server) = (whose(link.whose), link.server);
    match link.ways {
        Ways::Requests => tr!("What {} asks reaches {} again.", whose, server),
        Ways::Answers => tr!("{}’s answers reach {} again.", server, whose),
        Ways::Both => tr!("The way between {} and {} is mended.", whose, server),
    }
}

fn member(change: &MemberChange) -> String {
    match change {
        MemberChange::Add(n) => tr!("**{}** is to become a voter.", n),
        MemberChange::AddLearner(n) => {
            tr!("**{}** is to join as a learner: it gets the log and has no vote.", n)
        }
        MemberChange::Promote(n) => tr!("Learner **{}** is to become a voter.", n),
        MemberChange::Remove(n) => tr!("**{}** is to leave the cluster.", n),
        MemberChange::Joint { .. } => {
            tr!("Several members are to change at once: {}.", change)
        }
        MemberChange::Leave => told!("The joint configuration is to be left."),
    }
}

fn split(groups: &[Vec<NodeId>]) -> String {
    let groups: Vec<String> = groups.iter().map(|group| list(group)).collect();
    tr!("The network is split: **{}**.", groups.join(" | "))
}

fn list(ids: &[NodeId]) -> String {
    ids.iter().map(NodeId::to_string).collect::<Vec<_>>().join(" ")
}

fn message(verb: MessageVerb, kind: Kind, from: NodeId, to: NodeId) -> String {
    let what = message_name(kind);
    match verb {
        MessageVerb::Drop => tr!("{} from {} to {} is lost.", what, from, to),
        MessageVerb::Duplicate => tr!("{} from {} to {} is sent twice.", what, from, to),
        MessageVerb::Deliver => tr!("{} from {} to {} is delivered at once.", what, from, to),
    }
}

fn deadline(server: NodeId, timer: Timer, after: Micros) -> String {
    let after = span(after);
    match timer {
        Timer::Election => tr!("{}’s election timer now runs out in {}.", server, after),
        Timer::Heartbeat => tr!("{}’s heartbeat timer now runs out in {}.", server, after),
        Timer::Quorum => tr!("{}’s quorum timer now runs out in {}.", server, after),
        Timer::Lease => tr!("{}’s lease timer now runs out in {}.", server, after),
    }
}
