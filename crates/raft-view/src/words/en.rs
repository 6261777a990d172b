//! English.

pub mod clients;
pub mod storage;
pub mod why;

use super::Sentence;
use raft_core::{
    AppendRejection, AppendReply, Body, CampaignRefusal, ConfigRefusal, Denial, Impossible, Kind,
    Message, NodeId, Note, StepDown, Timer,
};
use raft_sim::{
    Answer, Command, Direction, Happening, LossReason, MemberChange, Outcome, What, text_of,
};

fn say(text: String, cite: &str) -> Sentence {
    Sentence { text, cite: cite.to_string() }
}

/// What happened, in one plain sentence.
pub fn happening(happening: &Happening) -> Sentence {
    match &happening.what {
        What::Decided { server, note } => decided(*server, note),
        What::TimerFired { server, timer: Timer::Election } => {
            say(format!("{server}’s election timeout ran out."), "§5.2")
        }
        What::TimerFired { server, timer: Timer::Heartbeat } => {
            say(format!("{server} sends its heartbeats."), "Heartbeat · §5.2")
        }
        What::TimerFired { server, timer: Timer::Quorum } => {
            say(format!("{server} looks whether it still hears from a majority."), "§6.2 diss.")
        }
        What::TimerFired { server, timer: Timer::Lease } => {
            say(format!("{server} no longer holds to its leader."), "§4.2.3 diss.")
        }
        What::Printed { console } => say(format!("Console command {console} gets an answer."), ""),
        What::ConsoleEnded { console, exit: 0 } => {
            say(format!("Console command {console} is done."), "")
        }
        What::ConsoleEnded { console, exit } => {
            say(format!("Console command {console} fails: exit code {exit}."), "")
        }
        What::Sent { from, to, kind, .. } => {
            say(format!("{from} sends {} to {to}.", message_name(*kind)), "")
        }
        What::Delivered { from, to, kind, .. } => {
            say(format!("{} from {from} reaches {to}.", message_name(*kind)), "")
        }
        What::Lost { from, to, kind, because } => {
            let why = match because {
                LossReason::Chance => "the network dropped it",
                LossReason::Cut => "the link is cut",
                LossReason::Down => "the server is down",
                LossReason::Dropped => "you dropped it",
                LossReason::Full => "too many messages are in flight",
            };
            say(format!("{} from {from} to {to} is lost: {why}.", message_name(*kind)), "")
        }
        What::Durable { server } => say(format!("{server}’s write is on its disk."), "Figure 2"),
        What::Asked { number: Some(number), server } => {
            say(format!("Request {number} goes to {server}."), "§8")
        }
        What::Asked { number: None, server } => {
            say(format!("A client of the load generator asks {server}."), "§8")
        }
        What::Answered { number, outcome } => answered(*number, outcome),
        What::Did(command) => say(did(command), ""),
        What::Violated(violation) => {
            say(format!("**{}** is broken: {violation}.", property(violation.property)), "Figure 3")
        }
    }
}

fn decided(server: NodeId, note: &Note) -> Sentence {
    match note {
        Note::TermAdopted { from, old, term } => say(
            format!("{server} learns from {from} of **term {term}** and leaves term {old}."),
            "§5.1",
        ),
        Note::ElectionStarted { term, lost_leader: Some(leader) } => say(
            format!(
                "{server} has not heard from {leader} for its whole election timeout, so it starts \
                 **term {term}** and asks for votes."
            ),
            "RequestVote · §5.2",
        ),
        Note::ElectionStarted { term, lost_leader: None } => say(
            format!(
                "{server} knows of no leader and its election timeout ran out, so it starts \
                 **term {term}** and asks for votes."
            ),
            "RequestVote · §5.2",
        ),
        Note::PreVoteStarted { term, lost_leader } => {
            let lost = match lost_leader {
                Some(leader) => format!("has not heard from {leader}"),
                None => "knows of no leader".into(),
            };
            say(
                format!("{server} {lost}, and asks whether it **could** win term {term}."),
                "Pre-vote · §9.6 diss.",
            )
        }
        Note::CampaignRefused(because) => {
            let why = match because {
                CampaignRefusal::NotVoter => "it has no vote".to_string(),
                CampaignRefusal::ConfigNotTakenUp { index } => {
                    format!("the change of membership at {index} is not in force here yet")
                }
                CampaignRefusal::SnapshotPending => "its snapshot is not on disk yet".into(),
            };
            say(format!("{server} does not stand for election: {why}."), "§5.2, §6")
        }
        Note::PreVoteGranted { candidate, term } => say(
            format!("{server} would vote for {candidate} in term {term}."),
            "Pre-vote · §9.6 diss.",
        ),
        Note::PreVoteDenied { candidate, because, .. } => say(
            format!("{server} would not vote for {candidate}: {}.", denial(because)),
            "Pre-vote · §9.6 diss.",
        ),
        Note::VoteGranted { candidate, term } => say(
            format!("{server} gives {candidate} its **one vote of term {term}**."),
            "RequestVote · §5.2",
        ),
        Note::VoteDenied { candidate, because, .. } => say(
            format!("{server} refuses {candidate} its vote: {}.", denial(because)),
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
                    format!("{server}’s vote for itself is on disk: **{votes} of {needed}** votes.")
                }
                (false, true) => {
                    format!("{server} has {from}’s vote: **{votes} of {needed}** needed.")
                }
                (false, false) => {
                    format!("{from} said no to {server}: {votes} of {needed} votes needed.")
                }
            };
            say(text, "RequestVote · §5.2")
        }
        Note::BecameLeader { term, votes } => say(
            format!(
                "{server} has {votes} votes and is **leader of term {term}**. It appends an empty \
                 entry of its own."
            ),
            "§5.2, §8",
        ),
        Note::SteppedDown { was_leader, because, .. } => {
            let role = if *was_leader { "leader" } else { "candidate" };
            let why = match because {
                StepDown::HigherTerm { term } => format!("there is a term {term}"),
                StepDown::LeaderElected { leader } => format!("{leader} won the election"),
                StepDown::VotesLost => "it cannot win any more".into(),
                StepDown::QuorumLost => "it has not heard from a majority".into(),
                StepDown::Removed => "it is no voter any more".into(),
            };
            say(format!("{server} is no longer {role}: {why}."), "§5.1, §5.2")
        }
        Note::LeaderFollowed { leader, term } => {
            say(format!("{server} follows {leader}, leader of term {term}."), "§5.2")
        }
        Note::Appended { index, .. } => say(
            format!("{server} puts the command into its log at **index {index}** and sends it on."),
            "AppendEntries · §5.3",
        ),
        Note::Stored { from, first, last } => say(
            format!("{server} stores {} from {from}.", entries(*first, *last)),
            "AppendEntries · §5.3",
        ),
        Note::Truncated { leader, from, to } => say(
            format!(
                "{server} removes {}: leader {leader} holds something else there.",
                entries(*from, *to)
            ),
            "AppendEntries · §5.3",
        ),
        Note::AppendRejected { leader, previous, because } => {
            let why = match because {
                AppendRejection::StaleTerm => format!("{leader}’s term is over"),
                AppendRejection::Missing { last } => format!(
                    "the new entries follow index {}, and its log ends at {last}",
                    previous.index
                ),
                AppendRejection::Conflict { ours } => format!(
                    "at index {} it has an entry of term {ours}, not {}",
                    previous.index, previous.term
                ),
            };
            say(format!("{server} refuses {leader}’s entries: {why}."), "AppendEntries · §5.3")
        }
        Note::NextIndexLowered { follower, from, to } => say(
            format!("{server} steps back for {follower}: it tries index {to} instead of {from}."),
            "nextIndex · §5.3",
        ),
        Note::Committed { to, as_leader: true, from } => say(
            format!(
                "{} {} on a majority: leader {server} **commits** {}.",
                upper(&entries(from + 1, *to)),
                if to - from > 1 { "are" } else { "is" },
                if to - from > 1 { "them" } else { "it" }
            ),
            "§5.3, §5.4.2",
        ),
        Note::Committed { from, to, as_leader: false } => {
            let verb = if to - from > 1 { "are" } else { "is" };
            let what = entries(from + 1, *to);
            say(format!("{server} learns that {what} {verb} committed."), "§5.3")
        }
        Note::OldTermNotCommitted { index, term } => say(
            format!(
                "Index {index} is on a majority, yet {server} **may not commit it**: it is of \
                 term {term}, not of {server}’s own."
            ),
            "§5.4.2, Figure 8",
        ),
        Note::StaleMessage { from, term } => {
            say(format!("{server} ignores a message of {from} from old term {term}."), "§5.1")
        }
        Note::ConfigAppended { index } => say(
            format!("{server} puts the change of membership into its log at **index {index}**."),
            "§6",
        ),
        Note::ConfigRefused { because } => {
            let why = match because {
                ConfigRefusal::Pending { index, applied } => {
                    format!("one may stand up to index {index}, and it has applied up to {applied}")
                }
                ConfigRefusal::InJoint => "the joint configuration must be left first".into(),
                ConfigRefusal::NotJoint => "there is no joint configuration to leave".into(),
            };
            say(format!("{server} takes no change of membership now: {why}."), "§6")
        }
        Note::ConfigTakenUp { index, joint: true } => say(
            format!("{server} takes up entry {index}: **two configurations** decide together now."),
            "Joint consensus · §6",
        ),
        Note::ConfigTakenUp { index, joint: false } => {
            say(format!("{server} takes up the change of membership at {index}."), "§6")
        }
        Note::ConfigImpossible { index, because } => {
            say(format!("{server} cannot take up entry {index}: {because}."), "§6")
        }
        Note::LeavingJoint => {
            say(format!("{server} proposes to leave the joint configuration."), "§6")
        }
        Note::SnapshotSent { to, index } => say(
            format!(
                "{server} sends {to} its **snapshot up to {index}**: it no longer has the entries."
            ),
            "InstallSnapshot · §7",
        ),
        Note::SnapshotInstalled { from, index } => say(
            format!("{server} replaces its log by {from}’s snapshot up to {index}."),
            "InstallSnapshot · §7",
        ),
        Note::SnapshotIgnored { from, index } => say(
            format!("{from}’s snapshot up to {index} tells {server} nothing new."),
            "InstallSnapshot · §7",
        ),
        Note::Compacted { index } => {
            say(format!("{server} drops its log up to {index}; a snapshot stands for it."), "§7")
        }
        Note::TransferStarted { to } => say(
            format!("{server} hands over to **{to}** and takes no commands meanwhile."),
            "§3.10 diss.",
        ),
        Note::TimeoutNowSent { to } => say(
            format!("{to} has every entry: {server} tells it to stand for election at once."),
            "TimeoutNow · §3.10 diss.",
        ),
        Note::TransferAborted { to } => {
            say(format!("{server} no longer waits for {to} to take over."), "§3.10 diss.")
        }
        Note::ReadConfirmed { index, .. } => say(
            format!("{server} leads for certain: the read may be served once {index} is applied."),
            "ReadIndex · §6.4 diss.",
        ),
        Note::ReadWaits { .. } => say(
            format!("{server} has committed nothing in its term yet, so the read waits."),
            "ReadIndex · §6.4 diss.",
        ),
        Note::ReadUnanswered { .. } => {
            say(format!("{server} knows no leader to ask about the read."), "§6.4 diss.")
        }
        Note::LeaderForgotten { leader } => {
            say(format!("{server} forgets that {leader} leads."), "")
        }
        Note::Impossible(impossible) => say(
            format!("{server} meets what Raft rules out: {}.", impossible_words(impossible)),
            "Figure 3",
        ),
    }
}

fn entries(first: u64, last: u64) -> String {
    if first == last { format!("entry {first}") } else { format!("entries {first} to {last}") }
}

/// Why a vote was refused.
pub fn denial(because: &Denial) -> String {
    match because {
        Denial::StaleTerm => "the candidate’s term is over".into(),
        Denial::AlreadyVoted { voted_for } => {
            format!("it has given its vote of this term to {voted_for}")
        }
        Denial::FollowsLeader { leader } => format!("it follows {leader} in this term"),
        Denial::LeaderAlive { leader } => format!("it has heard from leader {leader} lately"),
        Denial::StaleLog { ours, theirs } => format!(
            "its own log is more up-to-date (last entry {} of term {}, the candidate’s {} of \
             term {})",
            ours.index, ours.term, theirs.index, theirs.term
        ),
    }
}

fn impossible_words(impossible: &Impossible) -> String {
    match impossible {
        Impossible::TwoLeaders { other, term } => format!("{other} leads term {term} as well"),
        Impossible::CommittedEntryReplaced { index } => {
            format!("committed entry {index} is to be replaced")
        }
        Impossible::MatchBeyondLog { follower, match_index } => {
            format!("{follower} claims to hold index {match_index}, which was never sent")
        }
        Impossible::SnapshotGoesBack { index, committed } => {
            format!("a snapshot up to {index} replaces what is committed up to {committed}")
        }
        Impossible::CommitBeyondLog { commit_index, last } => {
            format!("index {commit_index} is said to be committed, and its log ends at {last}")
        }
    }
}

/// A kind of message by the paper's name.
pub fn message_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Vote => "RequestVote",
        Kind::VoteReply => "the answer to RequestVote",
        Kind::Append => "AppendEntries",
        Kind::AppendReply => "the answer to AppendEntries",
        Kind::Heartbeat => "a heartbeat",
        Kind::HeartbeatReply => "the answer to a heartbeat",
        Kind::Propose => "a forwarded command",
        Kind::PreVote => "a pre-vote",
        Kind::PreVoteReply => "the answer to a pre-vote",
        Kind::Snapshot => "InstallSnapshot",
        Kind::TimeoutNow => "TimeoutNow",
        Kind::TransferLeader => "a request to hand over",
        Kind::ReadIndex => "ReadIndex",
        Kind::ReadIndexReply => "the answer to ReadIndex",
    }
}

/// A property by its name in Figure 3.
pub fn property(property: raft_check::Property) -> &'static str {
    use raft_check::Property;
    match property {
        Property::ElectionSafety => "Election Safety",
        Property::LeaderAppendOnly => "Leader Append-Only",
        Property::LogMatching => "Log Matching",
        Property::LeaderCompleteness => "Leader Completeness",
        Property::StateMachineSafety => "State Machine Safety",
        Property::CommittedOnQuorum => "Committed on a quorum",
        Property::CommittedImmutable => "Committed entries never change",
        Property::MonotonicState => "State never goes back",
        Property::Durability => "Durability",
        Property::QuorumOverlap => "Quorums overlap",
        Property::Linearizability => "Linearizability",
        Property::LeaderStability => "Leader stability",
        Property::Progress => "Progress",
    }
}

/// How a request stands.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Waiting => "no answer yet".into(),
        Outcome::Ok(Answer::Put { revision }) => format!("ok, revision {revision}"),
        Outcome::Ok(Answer::Get { value: Some(value) }) => text_of(value),
        Outcome::Ok(Answer::Get { value: None }) => "no such key".into(),
        Outcome::NotLeader { server, leader: Some(leader) } => {
            format!("refused: {server} does not lead, {leader} does")
        }
        Outcome::NotLeader { server, leader: None } => {
            format!("refused: {server} does not lead and knows no leader")
        }
        Outcome::Down { server } => format!("refused: {server} is down"),
        Outcome::ConnectionLost { server } => {
            format!("unknown: {server} went down before it answered")
        }
        Outcome::TimedOut => "unknown: the client’s time-out ran out".into(),
        Outcome::Overloaded => "refused: too many requests are open".into(),
    }
}

fn answered(number: Option<u32>, ended: &Outcome) -> Sentence {
    let who = number.map_or("A request of the load".to_string(), |n| format!("Request {n}"));
    say(format!("{who}: {}.", outcome(ended)), "§8")
}

/// What somebody did.
pub fn did(command: &Command) -> String {
    match command {
        Command::Crash(n) => format!("**{n} crashes.** What its disk does not hold is lost."),
        Command::Restart(n) => format!("{n} starts again with what its disk holds."),
        Command::Pause(n) => format!("{n} is paused: it keeps what it has and does nothing."),
        Command::Resume(n) => format!("{n} goes on."),
        Command::Wipe(n) => format!(
            "{n}’s disk is erased. A voter that comes back without its memory breaks what Raft \
             assumes."
        ),
        Command::Partition(groups) => {
            let groups: Vec<String> = groups.iter().map(|group| list(group)).collect();
            format!("The network is split: **{}**.", groups.join(" | "))
        }
        Command::Cut(a, Direction::OneWay, b) => {
            format!("Nothing passes from {a} to {b} any more.")
        }
        Command::Cut(a, Direction::BothWays, b) => format!("The link between {a} and {b} is cut."),
        Command::Mend(a, Direction::OneWay, b) => format!("Messages pass from {a} to {b} again."),
        Command::Mend(a, Direction::BothWays, b) => {
            format!("The link between {a} and {b} is mended.")
        }
        Command::Heal => "The network is whole again.".into(),
        Command::Timeout(n) => format!("{n}’s election timer is made to fire."),
        Command::Member(change) => match change {
            MemberChange::Add(n) => format!("**{n}** is to become a voter."),
            MemberChange::AddLearner(n) => {
                format!("**{n}** is to join as a learner: it gets the log and has no vote.")
            }
            MemberChange::Promote(n) => format!("Learner **{n}** is to become a voter."),
            MemberChange::Remove(n) => format!("**{n}** is to leave the cluster."),
            MemberChange::Joint { .. } => {
                format!("Several members are to change at once: {change}.")
            }
            MemberChange::Leave => "The joint configuration is to be left.".into(),
        },
        Command::Transfer(n) => format!("Leadership is to be handed to {n}."),
        Command::Snapshot(n) => format!("{n} saves what it has applied as a snapshot."),
        Command::Compact(n) => format!("{n} drops the log that its snapshot covers."),
        Command::Propose { text, via } => format!("“{text}” is proposed to {via}."),
        Command::Put { key, value, via: None } => {
            format!("A client sets **{key}** to **{value}** at the leader.")
        }
        Command::Put { key, value, via: Some(via) } => {
            format!("A client asks {via}, once, to set **{key}** to **{value}**.")
        }
        Command::Get { key, via: None, .. } => format!("A client reads **{key}** at the leader."),
        Command::Get { key, via: Some(via), .. } => format!("A client reads **{key}** at {via}."),
        Command::Message { verb, kind, from, to, .. } => {
            let verb = match verb {
                raft_sim::MessageVerb::Drop => "lost",
                raft_sim::MessageVerb::Duplicate => "sent twice",
                raft_sim::MessageVerb::Deliver => "delivered at once",
            };
            format!("{} from {from} to {to} is {verb}.", upper(message_name(*kind)))
        }
        Command::Hold(a, b) => format!("What {a} sends to {b} is held back."),
        Command::Release(a, b) => format!("What {a} sends to {b} arrives again."),
        Command::Set(setting) => format!("Setting: {setting}."),
        Command::Clock { server, percent } => format!("{server}’s clock runs at {percent} %."),
        Command::Load(Some(load)) => clients::load(load),
        Command::Load(None) => "The clients of the load generator stop.".into(),
        Command::Deadline { server, timer, after } => {
            format!("{server}’s {} timer now runs out in {}.", timer.name(), super::span(*after))
        }
        Command::SpreadTimers => "The election timers are spread apart.".into(),
        Command::AlignTimers => "The election timers are set to run out together.".into(),
        Command::Etcdctl(line) => format!("Console: `etcdctl {line}`."),
        Command::Input { console, line } => format!("Console command {console} is given “{line}”."),
        Command::EndOfInput(console) => format!("Console command {console} gets no more lines."),
        Command::Interrupt(console) => format!("Console command {console} is interrupted."),
        Command::RestoreCluster(file) => format!(
            "**A new cluster begins from {file}.** Every member starts with what the file holds; \
             what was acknowledged after it was saved is gone."
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
        Body::PreVote { last } => format!(
            "asks whether it would get a vote; its last entry is index {} of term {}",
            last.index, last.term
        ),
        Body::PreVoteReply { vote_granted: true } => "would give its vote".into(),
        Body::PreVoteReply { vote_granted: false } => "would refuse its vote".into(),
        Body::InstallSnapshot { snapshot } => format!(
            "a snapshot up to index {} of term {}",
            snapshot.position.index, snapshot.position.term
        ),
        Body::TimeoutNow => "stand for election now".into(),
        Body::TransferLeader => "hand leadership to me".into(),
        Body::ReadIndex { .. } => "up to where must I apply before I serve a read?".into(),
        Body::ReadIndexReply { index, .. } => format!("serve the read once {index} is applied"),
        Body::RequestVote { last, .. } => {
            format!("asks for a vote; its last entry is index {} of term {}", last.index, last.term)
        }
        Body::RequestVoteReply { vote_granted: true } => "gives its vote".into(),
        Body::RequestVoteReply { vote_granted: false } => "refuses its vote".into(),
        Body::AppendEntries { previous, entries, commit_index } => format!(
            "{} after index {} of term {}; commit index {commit_index}",
            match entries.len() {
                0 => "no entries".into(),
                1 => "one entry".to_string(),
                n => format!("{n} entries"),
            },
            previous.index,
            previous.term
        ),
        Body::AppendEntriesReply(AppendReply::Accepted { match_index }) => {
            format!("holds everything up to index {match_index}")
        }
        Body::AppendEntriesReply(AppendReply::Rejected { previous_index, hint }) => format!(
            "has nothing that fits at index {previous_index}; the logs may agree at index {} of \
             term {}",
            hint.index, hint.term
        ),
        Body::AppendEntriesReply(AppendReply::StaleTerm) => "your term is over".into(),
        Body::Heartbeat { commit_index, read: None } => {
            format!("I lead; commit index {commit_index}")
        }
        Body::Heartbeat { commit_index, read: Some(_) } => {
            format!("do I still lead? commit index {commit_index}")
        }
        Body::HeartbeatReply { read: None } => "heard".into(),
        Body::HeartbeatReply { read: Some(_) } => "heard, and you lead".into(),
        Body::Propose { payloads } => format!("{} commands of clients", payloads.len()),
    }
}

/// What is said where nothing notable has happened lately.
pub fn quiet(world: &raft_sim::World) -> Sentence {
    match world.leader() {
        Some(leader) => {
            say(format!("{} leads term {}; all is quiet.", leader.id(), leader.node().term()), "")
        }
        None => {
            say("Every server starts as a follower and waits for a leader.".to_string(), "§5.2")
        }
    }
}
