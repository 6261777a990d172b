//! Messages, entries and states in etcd's words.

use super::mail::{HardState, Mail, Ready, Thread, kind_name};
use raft_core::{
    AppendReply, Body, Entry, EntryRef, Membership, Message, NodeId, Payload, Position, Snapshot,
};
use std::fmt::Write;

pub fn describe_ready(ready: &Ready) -> String {
    let mut out = String::new();
    if let Some((leader, state)) = &ready.soft_state {
        out += &format!("Lead:{leader} State:{state}\n");
    }
    if let Some(HardState { term, vote, commit }) = ready.hard_state {
        out += &format!("HardState Term:{term}");
        if vote != 0 {
            out += &format!(" Vote:{vote}");
        }
        out += &format!(" Commit:{commit}\n");
    }
    if !ready.read_states.is_empty() {
        let states: Vec<String> =
            ready.read_states.iter().map(|(token, index)| format!("{{{index} {token}}}")).collect();
        out += &format!("ReadStates [{}]\n", states.join(" "));
    }
    if !ready.entries.is_empty() {
        out += &format!("Entries:\n{}", describe_entries(ready.entries.iter()));
    }
    if let Some(snapshot) = &ready.snapshot {
        out += &format!("Snapshot {}\n", describe_snapshot(snapshot));
    }
    if !ready.committed.is_empty() {
        out += &format!("CommittedEntries:\n{}", describe_entries(ready.committed.iter()));
    }
    if !ready.messages.is_empty() {
        out += "Messages:\n";
        for mail in &ready.messages {
            out += &describe_mail(mail, "");
            out.push('\n');
        }
    }
    if out.is_empty() {
        "<empty Ready>".into()
    } else {
        format!("Ready MustSync={}:\n{out}", ready.must_sync)
    }
}

pub fn describe_entries<'a>(entries: impl Iterator<Item = &'a EntryRef>) -> String {
    entries.map(|entry| describe_entry(entry) + "\n").collect()
}

fn describe_entry(entry: &Entry) -> String {
    format!("{}/{} {}", entry.term, entry.index, describe_payload(&entry.payload))
}

fn describe_payload(payload: &Payload) -> String {
    match payload {
        Payload::Noop => "EntryNormal \"\"".into(),
        Payload::Data(data) => format!("EntryNormal {:?}", String::from_utf8_lossy(data)),
        Payload::Config(change) => {
            let kind = if change.legacy { "EntryConfChange" } else { "EntryConfChangeV2" };
            format!("{kind} {change}").trim_end().to_string()
        }
    }
}

fn describe_snapshot(snapshot: &Snapshot) -> String {
    let Position { term, index } = snapshot.position;
    let Membership { voters, outgoing, learners, learners_next, auto_leave } =
        &*snapshot.membership;
    let list = |ids: &[NodeId]| {
        let ids: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
        format!("[{}]", ids.join(" "))
    };
    format!(
        "Index:{index} Term:{term} ConfState:Voters:{} VotersOutgoing:{} Learners:{} \
         LearnersNext:{} AutoLeave:{auto_leave}",
        list(voters),
        list(outgoing),
        list(learners),
        list(learners_next)
    )
}

/// A message, each further line indented.
pub fn describe_mail(mail: &Mail, indent: &str) -> String {
    match mail {
        Mail::Message(message) => describe_message(message, indent),
        Mail::Append { from, hard_state, entries, snapshot, responses, .. } => {
            let HardState { term, vote, commit } = hard_state.unwrap_or_default();
            let mut out = format!(
                "{indent}{}->{} MsgStorageAppend Term:{term} Log:0/0",
                from.0,
                Thread::Append.name()
            );
            if commit != 0 {
                out += &format!(" Commit:{commit}");
            }
            if vote != 0 {
                out += &format!(" Vote:{vote}");
            }
            push_entries(&mut out, entries, indent);
            push_snapshot(&mut out, snapshot.as_deref(), indent);
            push_responses(&mut out, responses, indent);
            out
        }
        Mail::Apply { from, entries, responses } => {
            let mut out = format!(
                "{indent}{}->{} MsgStorageApply Term:0 Log:0/0",
                from.0,
                Thread::Apply.name()
            );
            push_entries(&mut out, entries, indent);
            push_responses(&mut out, responses, indent);
            out
        }
        Mail::Appended { to, term, last, snapshot, .. } => {
            let Position { term: log_term, index } = last.unwrap_or_default();
            let mut out = format!(
                "{indent}{}->{} MsgStorageAppendResp Term:{term} Log:{log_term}/{index}",
                Thread::Append.name(),
                to.0
            );
            push_snapshot(&mut out, snapshot.as_deref(), indent);
            out
        }
        Mail::Applied { to, entries } => {
            let mut out = format!(
                "{indent}{}->{} MsgStorageApplyResp Term:0 Log:0/0",
                Thread::Apply.name(),
                to.0
            );
            push_entries(&mut out, entries, indent);
            out
        }
    }
}

fn describe_message(message: &Message, indent: &str) -> String {
    let Message { from, to, term, body } = message;
    let zero = Position::default();
    let mut rejected = None;
    let mut commit = 0;
    let at = match body {
        Body::RequestVote { last, .. } | Body::PreVote { last } => *last,
        Body::RequestVoteReply { vote_granted } | Body::PreVoteReply { vote_granted } => {
            rejected = (!vote_granted).then_some(0);
            zero
        }
        Body::AppendEntries { previous, commit_index, .. } => {
            commit = *commit_index;
            *previous
        }
        Body::AppendEntriesReply(reply) => match reply {
            AppendReply::Accepted { match_index } => Position { term: 0, index: *match_index },
            AppendReply::Rejected { previous_index, hint } => {
                rejected = Some(hint.index);
                Position { term: hint.term, index: *previous_index }
            }
            AppendReply::StaleTerm => zero,
        },
        Body::Heartbeat { commit_index, .. } => {
            commit = *commit_index;
            zero
        }
        Body::ReadIndexReply { index, .. } => Position { term: 0, index: *index },
        Body::HeartbeatReply { .. }
        | Body::InstallSnapshot { .. }
        | Body::TimeoutNow
        | Body::TransferLeader
        | Body::ReadIndex { .. }
        | Body::Propose { .. } => zero,
    };
    let kind = kind_name(message.kind());
    let mut out =
        format!("{indent}{}->{} {kind} Term:{term} Log:{}/{}", from.0, to.0, at.term, at.index);
    if let Some(hint) = rejected {
        let _written = write!(out, " Rejected (Hint: {hint})");
    }
    if commit != 0 {
        let _written = write!(out, " Commit:{commit}");
    }
    match body {
        Body::AppendEntries { entries, .. } => push_entries(&mut out, entries, indent),
        Body::Propose { payloads } => {
            let lines: Vec<String> = payloads
                .iter()
                .map(|payload| format!("0/0 {}", describe_payload(payload)))
                .collect();
            push_lines(&mut out, &lines, indent);
        }
        Body::ReadIndex { token } | Body::ReadIndexReply { token, .. } => {
            push_lines(&mut out, &[format!("0/0 EntryNormal \"{token}\"")], indent);
        }
        Body::InstallSnapshot { snapshot } => push_snapshot(&mut out, Some(snapshot), indent),
        Body::RequestVote { .. }
        | Body::RequestVoteReply { .. }
        | Body::PreVote { .. }
        | Body::PreVoteReply { .. }
        | Body::AppendEntriesReply(_)
        | Body::Heartbeat { .. }
        | Body::HeartbeatReply { .. }
        | Body::TimeoutNow
        | Body::TransferLeader => {}
    }
    out
}

fn push_entries(out: &mut String, entries: &[EntryRef], indent: &str) {
    let lines: Vec<String> = entries.iter().map(|entry| describe_entry(entry)).collect();
    push_lines(out, &lines, indent);
}

fn push_lines(out: &mut String, lines: &[String], indent: &str) {
    match lines {
        [] => {}
        [line] => *out += &format!(" Entries:[{line}]"),
        lines => {
            *out += " Entries:[";
            for line in lines {
                *out += &format!("\n{indent}  {line}");
            }
            *out += &format!("\n{indent}]");
        }
    }
}

fn push_snapshot(out: &mut String, snapshot: Option<&Snapshot>, indent: &str) {
    if let Some(snapshot) = snapshot {
        *out += &format!("\n{indent}  Snapshot: {}", describe_snapshot(snapshot));
    }
}

fn push_responses(out: &mut String, responses: &[Mail], indent: &str) {
    if !responses.is_empty() {
        *out += " Responses:[";
        for response in responses {
            *out += "\n";
            *out += &describe_mail(response, &format!("{indent}  "));
        }
        *out += &format!("\n{indent}]");
    }
}
