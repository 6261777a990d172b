//! Whether servers agree: what `logs equal` and `converged` claim.

use crate::server::Server;
use crate::world::World;

fn live_members(world: &World) -> impl Iterator<Item = &Server> {
    world.servers().iter().filter(|server| server.is_live() && world.is_member(server.id()))
}

/// Whether all live members have the same log, as far as both of each two still have it.
pub(crate) fn logs_equal(world: &World) -> Result<(), String> {
    let mut live = live_members(world);
    let Some(first) = live.next() else { return Err("no live server".into()) };
    for other in live {
        let (ours, theirs) = (first.node().log(), other.node().log());
        if ours.last_index() != theirs.last_index() {
            return Err(format!(
                "{} entries on {} and {} on {}",
                ours.last_index(),
                first.id(),
                theirs.last_index(),
                other.id()
            ));
        }
        // What one of them has dropped cannot be compared.
        let first_held = ours.first_index().max(theirs.first_index());
        let held = |log: &raft_core::Log| {
            log.range(first_held, log.last_index()).cloned().collect::<Vec<_>>()
        };
        if let Some((a, b)) = held(ours).iter().zip(&held(theirs)).find(|(a, b)| a != b) {
            return Err(format!(
                "index {} of term {} on {} and of term {} on {}",
                a.index,
                a.term,
                first.id(),
                b.term,
                other.id()
            ));
        }
    }
    Ok(())
}

/// Whether one server leads, every live member follows it in its term, nothing waits for an answer,
/// and all of them have applied the same log.
pub(crate) fn converged(world: &World) -> Result<(), String> {
    let live_leaders = world.servers().iter().filter(|server| server.is_live_leader());
    let leaders: Vec<&Server> = live_leaders.collect();
    let [leader] = leaders[..] else { return Err(format!("{} leaders", leaders.len())) };
    if let Some(server) = live_members(world).find(|server| !follows(server, leader)) {
        let (id, role, term) = (server.id(), server.role_name(), server.node().term());
        let (lead, of) = (leader.id(), leader.node().term());
        return Err(format!("{id}, a {role} of term {term}, does not follow {lead} of term {of}"));
    }
    let open = world.retrying_requests();
    if open > 0 {
        return Err(format!("{open} client requests not yet answered"));
    }
    for server in live_members(world) {
        let node = server.node();
        let last = node.log().last_index();
        if node.commit_index() != last || node.applied_index() != last {
            return Err(format!(
                "{} has {last} entries, {} committed and {} applied",
                server.id(),
                node.commit_index(),
                node.applied_index()
            ));
        }
    }
    logs_equal(world)
}

fn follows(server: &Server, leader: &Server) -> bool {
    let (node, lead) = (server.node(), leader.node());
    server.id() == leader.id() || (node.term() == lead.term() && node.leader() == Some(leader.id()))
}
