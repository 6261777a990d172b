//! Which part of the picture a step of a lesson is about.

use super::rank::{Rank, follows, follows_load, rank};
use crate::clients::client_boxes;
use crate::lesson::{LessonView, start_of};
use crate::stage::{Camera, Ring};
use raft_core::NodeId;
use raft_sim::scenario::{Statement, StatementKind, Tell};
use raft_sim::{ClientId, Command, Session, TraceEvent, What};
use std::collections::BTreeSet;

/// How many events of a step are looked at, at most.
const MOST_EVENTS: usize = 4_000;

/// What is seen while a step is read and moves: the servers that it looks at or names, and all that
/// send or decide something in it, from as near as they fit. The same at every moment of the step,
/// so that nothing slides under whoever reads. The whole picture where the step looks at all of it.
pub fn close_up(session: &Session, view: &LessonView) -> Camera {
    let ring = Ring::new(session.world().servers().len());
    let whole = Camera::whole(ring.frame());
    if view.is_away || session.world().load().is_some() {
        return whole;
    }
    let mut copy = session.clone();
    copy.seek(view.span.0);
    let end = view.span.1.unwrap_or(u64::MAX);
    let mut cast = Cast { servers: BTreeSet::new(), clients: false };
    cast.see_flights(&copy);
    for _ in 0..MOST_EVENTS {
        let before = (copy.happened(), copy.world().now(), copy.world().events());
        copy.step();
        let after = (copy.happened(), copy.world().now(), copy.world().events());
        if before == after && goes_on(&mut copy, session) {
            continue;
        }
        if before == after || after.1 > end {
            break;
        }
        let fresh = usize::try_from(after.0 - before.0).unwrap_or(usize::MAX);
        let recent = copy.recent();
        let known = recent.len().saturating_sub(fresh);
        recent.range(known..).for_each(|event| cast.take(event, &copy));
    }
    let Some(looked_at) = looked_at(&copy, view.step) else { return whole };
    cast.servers.extend(looked_at);
    if !cast.hear(&copy, view.step) {
        return whole;
    }
    let mut areas: Vec<[f64; 4]> = cast.servers.iter().map(|id| ring.area(*id)).collect();
    if cast.clients {
        let since = start_of(session, 1).unwrap_or(0);
        areas.extend(client_boxes(copy.world(), &ring, since).iter().map(|client| {
            let ((x, y), (width, height)) = ((client.at.x, client.at.y), client.size);
            // What it was told stands below.
            [x, y, x + width, y + height + 24.0]
        }));
    }
    whole.near(&areas)
}

/// Passes a stop that the session has passed, at the step's beginning or at a question in it.
fn goes_on(copy: &mut Session, session: &Session) -> bool {
    let stop = |session: &Session| session.script().and_then(|script| script.waits_at());
    let (Some(waits), Some(script)) = (stop(copy), session.script()) else { return false };
    let has_passed = stop(session) != Some(waits)
        && script.reached().iter().any(|reached| reached.statement == waits);
    if has_passed {
        copy.go_on();
    }
    has_passed && stop(copy) != Some(waits)
}

/// The servers that a step looks at, at whatever moment; `None` where it looks at all of them, or
/// away from the picture.
fn looked_at(session: &Session, step: usize) -> Option<Vec<NodeId>> {
    let script = session.script()?;
    let statements = &script.scenario().statements;
    let mut steps = 0;
    let mut all: Vec<&[NodeId]> = Vec::new();
    // By their order: the next step's begin at the moment at which this one ends.
    for reached in script.reached() {
        match statements.get(reached.statement).map(|statement| &statement.kind) {
            Some(StatementKind::Tell(Tell::Step)) => steps += 1,
            Some(StatementKind::Tell(Tell::Look(_))) if steps == step => {
                all.push(&reached.servers);
            }
            Some(_) | None => {}
        }
    }
    let looks_at_some = !all.is_empty() && all.iter().all(|servers| !servers.is_empty());
    looks_at_some.then(|| all.concat())
}

/// Who takes part.
struct Cast {
    servers: BTreeSet<NodeId>,
    clients: bool,
}

impl Cast {
    fn see_flights(&mut self, session: &Session) {
        let world = session.world();
        for flight in world.network().in_flight() {
            if follows(flight.message.kind(), follows_load(world)) {
                self.servers.extend([flight.message.from, flight.message.to]);
            }
        }
        self.clients |= world.on_the_wire().any(|it| !matches!(it.client, ClientId::Load(_)));
    }

    /// Takes in whom the step names, and that clients ask; false where it cuts the network, which
    /// concerns the whole of it.
    fn hear(&mut self, session: &Session, step: usize) -> bool {
        let Some(script) = session.script() else { return true };
        let is_step = |s: &&Statement| matches!(s.kind, StatementKind::Tell(Tell::Step));
        let mut steps = 0;
        let of_the_step = script.scenario().statements.iter().filter(|statement| {
            steps += usize::from(is_step(statement));
            steps == step
        });
        for statement in of_the_step {
            match &statement.kind {
                StatementKind::Do(Command::Put { .. } | Command::Get { .. }) => self.clients = true,
                StatementKind::Do(
                    Command::Partition(_) | Command::Cut(..) | Command::Mend(..) | Command::Heal,
                ) => return false,
                StatementKind::Do(_)
                | StatementKind::Tell(_)
                | StatementKind::Run(_)
                | StatementKind::Measure(_)
                | StatementKind::Until { .. }
                | StatementKind::Let { .. }
                | StatementKind::Expect(_) => {}
            }
            let said = statement.says.as_ref().map_or("", |text| text.in_language("en"));
            let named = said
                .split(|c: char| !c.is_ascii_alphanumeric())
                .filter_map(|word| Some(NodeId(word.strip_prefix('n')?.parse().ok()?)));
            let world = session.world();
            self.servers.extend(named.filter(|id| world.server(*id).is_some()));
        }
        true
    }

    fn take(&mut self, event: &TraceEvent, session: &Session) {
        let load = follows_load(session.world());
        match &event.what {
            What::Sent { from, to, kind, .. } if follows(*kind, load) => {
                self.servers.extend([*from, *to]);
            }
            What::Decided { server, .. } if rank(event, load) == Rank::Decisive => {
                self.servers.insert(*server);
            }
            What::Asked { server, .. } | What::LostToClient { server, .. } => {
                self.servers.insert(*server);
                self.clients = true;
            }
            What::Answered { .. } => self.clients = true,
            What::Did(Command::Put { .. } | Command::Get { .. } | Command::Etcdctl(_)) => {
                self.clients = true;
            }
            What::Sent { .. }
            | What::Decided { .. }
            | What::TimerFired { .. }
            | What::Delivered { .. }
            | What::Lost { .. }
            | What::Durable { .. }
            | What::Did(_)
            | What::Printed { .. }
            | What::ConsoleEnded { .. }
            | What::Violated(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::lesson;
    use expect_test::{Expect, expect};
    use raft_sim::{ScriptState, scenario};

    const STEPS: &str = "\
nodes 5
seed 1
step \"All of it\"
run until leader
run 300ms
step \"One server\"
look n3
crash n3
run 1ms
step \"Two\"
look n3 n4
restart n3
run 1ms
step \"A write goes to all\"
look n1
put x 1
run 30ms
step \"The network\"
look n3
cut n3 -- n4
run 1ms
step \"Named\"
look n3
say \"n2 does not know.\"
run 1ms
";

    #[test]
    fn what_takes_part_is_seen_from_as_near_as_it_fits() {
        let mut live = Vec::new();
        let mut session = Session::open(scenario::parse(STEPS).expect("a scenario"));
        session.pause_at_steps();
        while session.script().is_some_and(|script| script.state() == ScriptState::Running) {
            // As a lesson is read: seen at a step's beginning, before anything has moved in it.
            session.finish_script(10_000);
            session.go_on();
            session.advance(session.world().now() + 1, 10_000);
            if let Some(view) = lesson(&session, "en") {
                live.push(close_up(&session, &view).view_box().map(f64::round));
            }
        }
        let mut told = String::new();
        for step in 1..=6 {
            let begin = start_of(&session, step).expect("it was reached");
            let mut boxes = Vec::new();
            for later in [1, 500, 1_000] {
                session.seek(begin + later);
                let view = lesson(&session, "en").expect("a lesson");
                assert_eq!(view.step, step);
                boxes.push(close_up(&session, &view).view_box().map(f64::round));
            }
            assert!(boxes.iter().all(|it| *it == boxes[0]), "it slides: {boxes:?}");
            assert!(live.contains(&boxes[0]), "it was told otherwise at first: {live:?}");
            told += &format!("{step}: {:?}\n", boxes[0]);
        }
        check(
            &told,
            &expect![[r#"
                1: [0.0, 0.0, 490.0, 500.0]
                2: [202.0, 206.0, 288.0, 294.0]
                3: [69.0, 140.0, 353.0, 360.0]
                4: [175.0, 0.0, 311.0, 317.0]
                5: [0.0, 0.0, 490.0, 500.0]
                6: [0.0, 0.0, 490.0, 500.0]
            "#]],
        );
    }

    fn check(told: &str, expected: &Expect) {
        expected.assert_eq(told);
    }
}
