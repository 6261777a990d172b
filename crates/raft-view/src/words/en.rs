//! English.

pub mod clients;
pub mod storage;

use super::Sentence;
use crate::lang::look_up;
use raft_core::{
    AppendRejection, AppendReply, Body, CampaignRefusal, ConfigRefusal, Denial, Impossible, Kind,
    Message, NodeId, Note, RoleKind, StepDown, Timer,
};
use raft_sim::{
    Answer, Command, Direction, Happening, LossReason, MemberChange, Outcome, OwnSetting, Power,
    Server, What, text_of,
};

fn say(text: String, cite: &str) -> Sentence {
    Sentence { text, cite: cite.to_string() }
}

/// What happened, in one plain sentence.
pub fn happening(happening: &Happening) -> Sentence {
    match &happening.what {
        What::Decided { server, note } => decided(*server, note),
        What::TimerFired { server, timer: Timer::Election } => {
            say(tr!("{}’s election timeout ran out.", server), "§5.2")
        }
        What::TimerFired { server, timer: Timer::Heartbeat } => {
            say(tr!("{} sends its heartbeats.", server), "Heartbeat · §5.2")
        }
        What::TimerFired { server, timer: Timer::Quorum } => {
            say(tr!("{} checks whether it still hears from a majority.", server), "§6.2 diss.")
        }
        What::TimerFired { server, timer: Timer::Lease } => {
            say(tr!("{} no longer holds to its leader.", server), "§4.2.3 diss.")
        }
        What::Printed { console } => say(tr!("Console command {} gets an answer.", console), ""),
        What::ConsoleEnded { console, exit: 0 } => {
            say(tr!("Console command {} is done.", console), "")
        }
        What::ConsoleEnded { console, exit } => {
            say(tr!("Console command {} fails: exit code {}.", console, exit), "")
        }
        What::Sent { from, to, kind, .. } => {
            say(tr!("{} sends {} to {}.", from, message_name(*kind), to), "")
        }
        What::Delivered { from, to, kind, .. } => {
            say(tr!("{} from {} reaches {}.", message_name(*kind), from, to), "")
        }
        What::Lost { from, to, kind, because } => {
            let why = match because {
                LossReason::Chance => tr!("the network dropped it"),
                LossReason::Cut => tr!("the link is cut"),
                LossReason::Down => tr!("the server is down"),
                LossReason::Dropped => tr!("you dropped it"),
                LossReason::Full => tr!("too many messages are in flight"),
            };
            say(tr!("{} from {} to {} is lost: {}.", message_name(*kind), from, to, why), "")
        }
        What::Durable { server } => say(tr!("{}’s write is on its disk.", server), "Figure 2"),
        What::Asked { number: Some(number), server } => {
            say(tr!("Request {} goes to {}.", number, server), "§8")
        }
        What::Asked { number: None, server } => {
            say(tr!("A client of the load generator asks {}.", server), "§8")
        }
        What::Answered { number, outcome } => answered(*number, outcome),
        What::Did(command) => say(did(command), ""),
        What::Violated(violation) => {
            say(tr!("**{}** is broken: {}.", property(violation.property), violation), "Figure 3")
        }
    }
}

fn decided(server: NodeId, note: &Note) -> Sentence {
    match note {
        Note::TermAdopted { from, old, term } => say(
            tr!("{} learns from {} of **term {}** and leaves term {}.", server, from, term, old),
            "§5.1",
        ),
        Note::ElectionStarted { term, lost_leader: Some(leader) } => say(
            tr!(
                "{} has not heard from {} for its whole election timeout, so it starts \
                 **term {}** and asks for votes.",
                server,
                leader,
                term
            ),
            "RequestVote · §5.2",
        ),
        Note::ElectionStarted { term, lost_leader: None } => say(
            tr!(
                "{} knows of no leader and its election timeout ran out, so it starts \
                 **term {}** and asks for votes.",
                server,
                term
            ),
            "RequestVote · §5.2",
        ),
        Note::PreVoteStarted { term, lost_leader } => {
            let lost = match lost_leader {
                Some(leader) => tr!("has not heard from {}", leader),
                None => told!("knows of no leader"),
            };
            say(
                tr!("{} {}, and asks whether it **could** win term {}.", server, lost, term),
                "Pre-vote · §9.6 diss.",
            )
        }
        Note::CampaignRefused(because) => {
            let why = match because {
                CampaignRefusal::NotVoter => told!("it has no vote"),
                CampaignRefusal::ConfigNotTakenUp { index } => {
                    tr!("the change of membership at {} is not in force here yet", index)
                }
                CampaignRefusal::SnapshotPending => told!("its snapshot is not on disk yet"),
            };
            say(tr!("{} does not stand for election: {}.", server, why), "§5.2, §6")
        }
        Note::PreVoteGranted { candidate, term } => say(
            tr!("{} would vote for {} in term {}.", server, candidate, term),
            "Pre-vote · §9.6 diss.",
        ),
        Note::PreVoteDenied { candidate, because, .. } => say(
            tr!("{} would not vote for {}: {}.", server, candidate, denial(because)),
            "Pre-vote · §9.6 diss.",
        ),
        Note::VoteGranted { candidate, term } => say(
            tr!("{} gives {} its **one vote of term {}**.", server, candidate, term),
            "RequestVote · §5.2",
        ),
        Note::VoteDenied { candidate, because, .. } => say(
            tr!("{} refuses {} its vote: {}.", server, candidate, denial(because)),
            match because {
                Denial::StaleTerm => "RequestVote · §5.1",
                Denial::AlreadyVoted { .. } => "RequestVote · §5.2",
                Denial::StaleLog { .. } => "RequestVote · §5.4.1",
                Denial::FollowsLeader { .. } => "RequestVote · §5.2",
                Denial::LeaderAlive { .. } => "RequestVote · §4.2.3 diss.",
            },
        ),
        Note::VoteCounted { from, granted, votes, needed } => {
            let own = *from == server;
            let text = match (own, granted) {
                (true, _) => {
                    tr!(
                        "{}’s vote for itself is on disk: **{} of {}** votes.",
                        server,
                        votes,
                        needed
                    )
                }
                (false, true) => {
                    tr!("{} has {}’s vote: **{} of {}** needed.", server, from, votes, needed)
                }
                (false, false) => {
                    tr!("{} said no to {}: {} of {} votes needed.", from, server, votes, needed)
                }
            };
            say(text, "RequestVote · §5.2")
        }
        Note::BecameLeader { term, votes } => say(
            tr!(
                "{} has {} votes and is **leader of term {}**. It appends an empty \
                 entry of its own.",
                server,
                votes,
                term
            ),
            "§5.2, §8",
        ),
        Note::SteppedDown { was_leader, because, .. } => {
            let why = match because {
                StepDown::HigherTerm { term } => tr!("there is a term {}", term),
                StepDown::LeaderElected { leader } => tr!("{} won the election", leader),
                StepDown::VotesLost => told!("it cannot win any more"),
                StepDown::QuorumLost => told!("it has not heard from a majority"),
                StepDown::Removed => told!("it is no voter any more"),
            };
            let text = if *was_leader {
                tr!("{} is no longer leader: {}.", server, why)
            } else {
                tr!("{} is no longer candidate: {}.", server, why)
            };
            say(text, "§5.1, §5.2")
        }
        Note::LeaderFollowed { leader, term } => {
            say(tr!("{} follows {}, leader of term {}.", server, leader, term), "§5.2")
        }
        Note::Appended { index, .. } => say(
            tr!("{} puts the command into its log at **index {}** and sends it on.", server, index),
            "AppendEntries · §5.3",
        ),
        Note::Stored { from, first, last } => say(
            tr!("{} stores {} from {}.", server, entries(*first, *last), from),
            "AppendEntries · §5.3",
        ),
        Note::Truncated { leader, from, to } => say(
            tr!(
                "{} removes {}: leader {} holds something else there.",
                server,
                entries(*from, *to),
                leader
            ),
            "AppendEntries · §5.3",
        ),
        Note::AppendRejected { leader, previous, because } => {
            let why = match because {
                AppendRejection::StaleTerm => tr!("{}’s term is over", leader),
                AppendRejection::Missing { last } => tr!(
                    "the new entries follow index {}, and its log ends at {}",
                    previous.index,
                    last
                ),
                AppendRejection::Conflict { ours } => tr!(
                    "at index {} it has an entry of term {}, not {}",
                    previous.index,
                    ours,
                    previous.term
                ),
            };
            say(tr!("{} refuses {}’s entries: {}.", server, leader, why), "AppendEntries · §5.3")
        }
        Note::NextIndexLowered { follower, from, to } => say(
            tr!(
                "{} steps back for {}: it tries index {} instead of {}.",
                server,
                follower,
                to,
                from
            ),
            "nextIndex · §5.3",
        ),
        Note::Committed { from, to, as_leader } => {
            let what = entries(from + 1, *to);
            let text = match (as_leader, to - from > 1) {
                (true, true) => {
                    tr!("{} are on a majority: leader {} **commits** them.", upper(&what), server)
                }
                (true, false) => {
                    tr!("{} is on a majority: leader {} **commits** it.", upper(&what), server)
                }
                (false, true) => tr!("{} learns that {} are committed.", server, what),
                (false, false) => tr!("{} learns that {} is committed.", server, what),
            };
            say(text, if *as_leader { "§5.3, §5.4.2" } else { "§5.3" })
        }
        Note::OldTermNotCommitted { index, term } => say(
            tr!(
                "Index {} is on a majority, yet {} **may not commit it**: it is of \
                 term {}, not of {}’s own.",
                index,
                server,
                term,
                server
            ),
            "§5.4.2, Figure 8",
        ),
        Note::StaleMessage { from, term } => {
            say(tr!("{} ignores a message of {} from old term {}.", server, from, term), "§5.1")
        }
        Note::ConfigAppended { index } => say(
            tr!("{} puts the change of membership into its log at **index {}**.", server, index),
            "§6",
        ),
        Note::ConfigRefused { because } => {
            let why = match because {
                ConfigRefusal::Pending { index, applied } => {
                    tr!("one may stand up to index {}, and it has applied up to {}", index, applied)
                }
                ConfigRefusal::InJoint => told!("the joint configuration must be left first"),
                ConfigRefusal::NotJoint => told!("there is no joint configuration to leave"),
            };
            say(tr!("{} takes no change of membership now: {}.", server, why), "§6")
        }
        Note::ConfigTakenUp { index, joint: true } => say(
            tr!("{} takes up entry {}: **two configurations** decide together now.", server, index),
            "Joint consensus · §6",
        ),
        Note::ConfigTakenUp { index, joint: false } => {
            say(tr!("{} takes up the change of membership at {}.", server, index), "§6")
        }
        Note::ConfigImpossible { index, because } => {
            say(tr!("{} cannot take up entry {}: {}.", server, index, because), "§6")
        }
        Note::LeavingJoint => {
            say(tr!("{} proposes to leave the joint configuration.", server), "§6")
        }
        Note::SnapshotSent { to, index } => say(
            tr!(
                "{} sends {} its **snapshot up to {}**: it no longer has the entries.",
                server,
                to,
                index
            ),
            "InstallSnapshot · §7",
        ),
        Note::SnapshotInstalled { from, index } => say(
            tr!("{} replaces its log by {}’s snapshot up to {}.", server, from, index),
            "InstallSnapshot · §7",
        ),
        Note::SnapshotIgnored { from, index } => say(
            tr!("{}’s snapshot up to {} tells {} nothing new.", from, index, server),
            "InstallSnapshot · §7",
        ),
        Note::Compacted { index } => {
            say(tr!("{} drops its log up to {}; a snapshot stands for it.", server, index), "§7")
        }
        Note::TransferStarted { to } => say(
            tr!("{} hands over to **{}** and takes no commands meanwhile.", server, to),
            "§3.10 diss.",
        ),
        Note::TimeoutNowSent { to } => say(
            tr!("{} has every entry: {} tells it to stand for election at once.", to, server),
            "TimeoutNow · §3.10 diss.",
        ),
        Note::TransferAborted { to } => {
            say(tr!("{} no longer waits for {} to take over.", server, to), "§3.10 diss.")
        }
        Note::ReadConfirmed { index, .. } => say(
            tr!("{} leads for certain: the read may be served once {} is applied.", server, index),
            "ReadIndex · §6.4 diss.",
        ),
        Note::ReadWaits { .. } => say(
            tr!("{} has committed nothing in its term yet, so the read waits.", server),
            "ReadIndex · §6.4 diss.",
        ),
        Note::ReadUnanswered { .. } => {
            say(tr!("{} knows no leader to ask about the read.", server), "§6.4 diss.")
        }
        Note::LeaderForgotten { leader } => {
            say(tr!("{} forgets that {} leads.", server, leader), "")
        }
        Note::Impossible(impossible) => say(
            tr!("{} meets what Raft rules out: {}.", server, impossible_words(impossible)),
            "Figure 3",
        ),
    }
}

fn entries(first: u64, last: u64) -> String {
    if first == last { tr!("entry {}", first) } else { tr!("entries {} to {}", first, last) }
}

/// Why a vote was refused.
pub fn denial(because: &Denial) -> String {
    match because {
        Denial::StaleTerm => told!("the candidate’s term is over"),
        Denial::AlreadyVoted { voted_for } => {
            tr!("it has given its vote of this term to {}", voted_for)
        }
        Denial::FollowsLeader { leader } => tr!("it follows {} in this term", leader),
        Denial::LeaderAlive { leader } => tr!("it has heard from leader {} lately", leader),
        Denial::StaleLog { ours, theirs } => tr!(
            "its own log is more up-to-date (last entry {} of term {}, the candidate’s {} of \
             term {})",
            ours.index,
            ours.term,
            theirs.index,
            theirs.term
        ),
    }
}

fn impossible_words(impossible: &Impossible) -> String {
    match impossible {
        Impossible::TwoLeaders { other, term } => tr!("{} leads term {} as well", other, term),
        Impossible::CommittedEntryReplaced { index } => {
            tr!("committed entry {} is to be replaced", index)
        }
        Impossible::MatchBeyondLog { follower, match_index } => {
            tr!("{} claims to hold index {}, which was never sent", follower, match_index)
        }
        Impossible::SnapshotGoesBack { index, committed } => {
            tr!("a snapshot up to {} replaces what is committed up to {}", index, committed)
        }
        Impossible::CommitBeyondLog { commit_index, last } => {
            tr!("index {} is said to be committed, and its log ends at {}", commit_index, last)
        }
    }
}

/// How a server stands: `leader`, `crashed`.
pub fn role(server: &Server) -> &'static str {
    look_up(match (server.power(), server.node().role().kind()) {
        (Power::Crashed, _) => key!("crashed"),
        (Power::Paused, _) => key!("paused"),
        (Power::Up, _) if server.is_learner() => key!("learner"),
        (Power::Up, RoleKind::Leader) => key!("leader"),
        (Power::Up, RoleKind::Candidate) => key!("candidate"),
        (Power::Up, RoleKind::PreCandidate) => key!("pre-candidate"),
        (Power::Up, RoleKind::Follower) => key!("follower"),
    })
}

/// What a timer is for.
pub fn timer_name(timer: Timer) -> &'static str {
    look_up(match timer {
        Timer::Election => key!("election"),
        Timer::Heartbeat => key!("heartbeat"),
        Timer::Quorum => key!("quorum"),
        Timer::Lease => key!("lease"),
    })
}

/// Things one after the other: `n1, n2`.
pub fn listed(things: impl IntoIterator<Item = String>) -> String {
    things.into_iter().reduce(|all, next| tr!("{}, {}", all, next)).unwrap_or_default()
}

/// A kind of message by the paper's name.
pub fn message_name(kind: Kind) -> &'static str {
    look_up(match kind {
        Kind::Vote => "RequestVote",
        Kind::VoteReply => key!("the answer to RequestVote"),
        Kind::Append => "AppendEntries",
        Kind::AppendReply => key!("the answer to AppendEntries"),
        Kind::Heartbeat => key!("a heartbeat"),
        Kind::HeartbeatReply => key!("the answer to a heartbeat"),
        Kind::Propose => key!("a forwarded command"),
        Kind::PreVote => key!("a pre-vote"),
        Kind::PreVoteReply => key!("the answer to a pre-vote"),
        Kind::Snapshot => "InstallSnapshot",
        Kind::TimeoutNow => "TimeoutNow",
        Kind::TransferLeader => key!("a request to hand over"),
        Kind::ReadIndex => "ReadIndex",
        Kind::ReadIndexReply => key!("the answer to ReadIndex"),
    })
}

/// A property by its name in Figure 3.
pub fn property(property: raft_check::Property) -> &'static str {
    use raft_check::Property;
    look_up(match property {
        Property::ElectionSafety => key!("Election Safety"),
        Property::LeaderAppendOnly => key!("Leader Append-Only"),
        Property::LogMatching => key!("Log Matching"),
        Property::LeaderCompleteness => key!("Leader Completeness"),
        Property::StateMachineSafety => key!("State Machine Safety"),
        Property::CommittedOnQuorum => key!("Committed on a quorum"),
        Property::CommittedImmutable => key!("Committed entries never change"),
        Property::MonotonicState => key!("State never goes back"),
        Property::Durability => key!("Durability"),
        Property::QuorumOverlap => key!("Quorums overlap"),
        Property::Linearizability => key!("Linearizability"),
        Property::LeaderStability => key!("Leader stability"),
        Property::Progress => key!("Progress"),
    })
}

/// How a request stands.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Waiting => told!("no answer yet"),
        Outcome::Ok(Answer::Put { revision }) => tr!("ok, revision {}", revision),
        Outcome::Ok(Answer::Get { value: Some(value) }) => text_of(value),
        Outcome::Ok(Answer::Get { value: None }) => told!("no such key"),
        Outcome::NotLeader { server, leader: Some(leader) } => {
            tr!("refused: {} does not lead, {} does", server, leader)
        }
        Outcome::NotLeader { server, leader: None } => {
            tr!("refused: {} does not lead and knows no leader", server)
        }
        Outcome::Down { server } => tr!("refused: {} is down", server),
        Outcome::ConnectionLost { server } => {
            tr!("unknown: {} went down before it answered", server)
        }
        Outcome::TimedOut => told!("unknown: the client’s time-out ran out"),
        Outcome::Overloaded => told!("refused: too many requests are open"),
    }
}

fn answered(number: Option<u32>, ended: &Outcome) -> Sentence {
    let who = number.map_or(told!("A request of the load"), |n| tr!("Request {}", n));
    say(format!("{who}: {}.", outcome(ended)), "§8")
}

/// What somebody did.
pub fn did(command: &Command) -> String {
    match command {
        Command::Crash(n) => tr!("**{} crashes.** What its disk does not hold is lost.", n),
        Command::Restart(n) => tr!("{} starts again with what its disk holds.", n),
        Command::Pause(n) => tr!("{} is paused: it keeps what it has and does nothing.", n),
        Command::Resume(n) => tr!("{} goes on.", n),
        Command::Wipe(n) => tr!(
            "{}’s disk is erased. A voter that comes back without its memory breaks what Raft \
             assumes.",
            n
        ),
        Command::Partition(groups) => {
            let groups: Vec<String> = groups.iter().map(|group| list(group)).collect();
            tr!("The network is split: **{}**.", groups.join(" | "))
        }
        Command::Cut(a, Direction::OneWay, b) => {
            tr!("Nothing passes from {} to {} any more.", a, b)
        }
        Command::Cut(a, Direction::BothWays, b) => tr!("The link between {} and {} is cut.", a, b),
        Command::Mend(a, Direction::OneWay, b) => tr!("Messages pass from {} to {} again.", a, b),
        Command::Mend(a, Direction::BothWays, b) => {
            tr!("The link between {} and {} is mended.", a, b)
        }
        Command::Heal => told!("The network is whole again."),
        Command::Timeout(n) => tr!("{}’s election timer is made to fire.", n),
        Command::Member(change) => match change {
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
        },
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
        Command::Message { verb, kind, from, to, .. } => {
            let what = upper(message_name(*kind));
            match verb {
                raft_sim::MessageVerb::Drop => tr!("{} from {} to {} is lost.", what, from, to),
                raft_sim::MessageVerb::Duplicate => {
                    tr!("{} from {} to {} is sent twice.", what, from, to)
                }
                raft_sim::MessageVerb::Deliver => {
                    tr!("{} from {} to {} is delivered at once.", what, from, to)
                }
            }
        }
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
        Command::Load(Some(load)) => clients::load(load),
        Command::Load(None) => told!("The clients of the load generator stop."),
        Command::Deadline { server, timer, after } => {
            tr!(
                "{}’s {} timer now runs out in {}.",
                server,
                timer_name(*timer),
                super::span(*after)
            )
        }
        Command::SpreadTimers => told!("The election timers are spread apart."),
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

fn list(ids: &[NodeId]) -> String {
    ids.iter().map(NodeId::to_string).collect::<Vec<_>>().join(" ")
}

fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// What a message carries, in one line.
pub fn message(message: &Message) -> String {
    match &message.body {
        Body::PreVote { last } => tr!(
            "asks whether it would get a vote; its last entry is index {} of term {}",
            last.index,
            last.term
        ),
        Body::PreVoteReply { vote_granted: true } => told!("would give its vote"),
        Body::PreVoteReply { vote_granted: false } => told!("would refuse its vote"),
        Body::InstallSnapshot { snapshot } => tr!(
            "a snapshot up to index {} of term {}",
            snapshot.position.index,
            snapshot.position.term
        ),
        Body::TimeoutNow => told!("stand for election now"),
        Body::TransferLeader => told!("hand leadership to me"),
        Body::ReadIndex { .. } => told!("up to where must I apply before I serve a read?"),
        Body::ReadIndexReply { index, .. } => tr!("serve the read once {} is applied", index),
        Body::RequestVote { last, .. } => {
            tr!("asks for a vote; its last entry is index {} of term {}", last.index, last.term)
        }
        Body::RequestVoteReply { vote_granted: true } => told!("gives its vote"),
        Body::RequestVoteReply { vote_granted: false } => told!("refuses its vote"),
        Body::AppendEntries { previous, entries, commit_index } => tr!(
            "{} after index {} of term {}; commit index {}",
            match entries.len() {
                0 => told!("no entries"),
                1 => told!("one entry"),
                n => tr!("{} entries", n),
            },
            previous.index,
            previous.term,
            commit_index
        ),
        Body::AppendEntriesReply(AppendReply::Accepted { match_index }) => {
            tr!("holds everything up to index {}", match_index)
        }
        Body::AppendEntriesReply(AppendReply::Rejected { previous_index, hint }) => tr!(
            "has nothing that fits at index {}; the logs may agree at index {} of \
             term {}",
            previous_index,
            hint.index,
            hint.term
        ),
        Body::AppendEntriesReply(AppendReply::StaleTerm) => told!("your term is over"),
        Body::Heartbeat { commit_index, read: None } => {
            tr!("I lead; commit index {}", commit_index)
        }
        Body::Heartbeat { commit_index, read: Some(_) } => {
            tr!("do I still lead? commit index {}", commit_index)
        }
        Body::HeartbeatReply { read: None } => told!("heard"),
        Body::HeartbeatReply { read: Some(_) } => told!("heard, and you lead"),
        Body::Propose { payloads } => tr!("{} commands of clients", payloads.len()),
    }
}

/// What is said where nothing notable has happened lately.
pub fn quiet(world: &raft_sim::World) -> Sentence {
    match world.leader() {
        Some(leader) => {
            say(tr!("{} leads term {}; all is quiet.", leader.id(), leader.node().term()), "")
        }
        None => say(told!("Every server starts as a follower and waits for a leader."), "§5.2"),
    }
}
