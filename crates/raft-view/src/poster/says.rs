//! What a still shows, in words, for whoever does not see it.

use super::people::who_asked;
use crate::clients::ClientBox;
use crate::stage::{Belongs, Pip, Ring, links, servers};
use crate::words::{all_of, message_name, property, role, seconds};
use raft_core::NodeId;
use raft_sim::{World, describe_entry};
use std::collections::BTreeMap;

/// Who leads, roles and terms, votes, what is committed, what is cut and what is on its way.
pub fn description(world: &World) -> String {
    let mut said = vec![format!("At {}, {}", seconds(world.now()), leads(world))];
    said.extend(roles(world));
    said.extend(votes(world));
    said.push(committed(world));
    said.extend(clients(world));
    said.extend(network(world));
    said.extend(under_way(world));
    said.extend(
        world
            .violations()
            .iter()
            .map(|broken| format!("{} is violated.", property(broken.property))),
    );
    said.dedup();
    said.join(" ")
}

fn leads(world: &World) -> String {
    match world.leader() {
        Some(leader) => format!("{} leads in term {}.", leader.id(), leader.node().term()),
        None => "nobody leads.".into(),
    }
}

/// Servers of one role and term share a sentence, in the order of their first.
fn roles(world: &World) -> Vec<String> {
    let mut groups: Vec<((&str, u64), Vec<NodeId>)> = Vec::new();
    for server in world.servers() {
        let outside = Belongs::of(world, server.id()) == Belongs::Outside;
        let role = if outside && server.is_live() { "no member" } else { role(server) };
        let key = (role, server.node().term());
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, ids)) => ids.push(server.id()),
            None => groups.push((key, vec![server.id()])),
        }
    }
    // Who leads has been said.
    let leader = world.leader().map(|leader| vec![leader.id()]);
    groups.retain(|(_, ids)| Some(ids) != leader.as_ref());
    let sentence = |((role, term), ids): &((&str, u64), Vec<NodeId>)| {
        let (who, many) = (all_of(ids), ids.len() > 1);
        match (*role, many) {
            ("crashed" | "paused", false) => format!("{who} is {role}."),
            ("crashed" | "paused", true) => format!("{who} are {role}."),
            ("no member", false) => format!("{who} is no member."),
            ("no member", true) => format!("{who} are no members."),
            (_, false) => format!("{who} is a {role} in term {term}."),
            (_, true) => format!("{who} are {role}s in term {term}."),
        }
    };
    groups.iter().map(sentence).collect()
}

fn votes(world: &World) -> Vec<String> {
    let views = servers(world, &Ring::new(world.servers().len()));
    let candidates = views.iter().filter(|view| !view.pips.is_empty());
    let sentence = |view: &crate::stage::ServerView| {
        let yes = view.pips.iter().filter(|pip| **pip == Pip::Yes).count();
        format!("{} has {yes} of {} votes.", view.id, view.pips.len())
    };
    candidates.map(sentence).collect()
}

fn committed(world: &World) -> String {
    match (world.committed(), world.committed_entry(world.committed())) {
        (0, _) => "Nothing is committed.".into(),
        (index, None) => format!("Committed up to index {index}."),
        (index, Some(entry)) => {
            format!("Committed up to index {index}, which holds {}.", describe_entry(entry))
        }
    }
}

/// What each client that is drawn asked last, and what it was told.
fn clients(world: &World) -> Vec<String> {
    let ring = Ring::new(world.servers().len());
    let sentence = |client: &ClientBox| {
        let of = client.server.map_or(String::new(), |server| format!(" of {server}"));
        let said = format!("{} asked {}{of} ({}).", client.name, client.asked, client.told);
        // `etcdctl` is written so.
        if client.name.starts_with("client") { said.replacen('c', "C", 1) } else { said }
    };
    who_asked(world, &ring).iter().map(sentence).collect()
}

fn network(world: &World) -> Vec<String> {
    let groups = world.network().groups();
    let mut said = Vec::new();
    if groups.len() > 1 {
        let parts: Vec<String> = groups.iter().map(|group| all_of(group)).collect();
        said.push(format!("The network is split: {}.", parts.join(" | ")));
    }
    let apart = |a: NodeId, b: NodeId| {
        let of = |id: NodeId| groups.iter().position(|group| group.contains(&id));
        groups.len() > 1 && of(a) != of(b)
    };
    let ring = Ring::new(world.servers().len());
    // What a partition parts has been said.
    let cuts = links(world, &ring).into_iter().filter(|link| !apart(link.a, link.b));
    let cut = cuts.filter_map(|link| match (link.a_to_b_blocked, link.b_to_a_blocked) {
        (true, true) => Some(format!("{} and {}", link.a, link.b)),
        (true, false) => Some(format!("{} to {}", link.a, link.b)),
        (false, true) => Some(format!("{} to {}", link.b, link.a)),
        (false, false) => None,
    });
    let cut: Vec<String> = cut.collect();
    if !cut.is_empty() {
        said.push(format!("Cut: {}.", cut.join("; ")));
    }
    said
}

fn under_way(world: &World) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for flight in world.network().in_flight() {
        *counts.entry(message_name(flight.message.kind())).or_default() += 1;
    }
    let said: Vec<String> = counts.iter().map(|(name, n)| format!("{n} × {name}")).collect();
    (!said.is_empty()).then(|| format!("On their way: {}.", said.join(", ")))
}
