//! On random runs with every kind of trouble nothing panics, and what is said is so.

use raft_core::{Micros, NodeId, Role, Rule, sort_few};
use raft_sim::{
    Chance, Command, Direction, LoadSpec, MemberChange, MessageVerb, Outcome, Power, ReadMode,
    Session, Setting, Settings, Span, World,
};
use raft_view::menu::Selection;
use raft_view::why::{Answer, Question, has_failed, questions, why, why_not};

const MS: Micros = 1_000;

/// Numbers that follow from a seed (splitmix64).
struct Chances(u64);

impl Chances {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end.max(1)
    }

    fn server(&mut self, world: &World) -> NodeId {
        NodeId(1 + self.below(world.servers().len() as u64))
    }
}

/// In every sixth run one of Raft's rules does not hold: then nothing need be as it should.
fn rule_off(pick: &mut Chances, seed: u64) -> Option<Rule> {
    let place = usize::try_from(pick.below(Rule::ALL.len() as u64)).expect("small");
    seed.is_multiple_of(6).then(|| Rule::ALL[place])
}

fn settings(pick: &mut Chances, seed: u64) -> Settings {
    let mut settings = Settings { seed, nodes: 3, ..Settings::default() };
    settings.nodes = [3, 4, 5][usize::try_from(pick.below(3)).expect("small")];
    for setting in [
        Setting::ElectionTimeout(Span { min: 100 * MS, max: (150 + pick.below(100)) * MS }),
        Setting::Heartbeat((10 + pick.below(60)) * MS),
        Setting::Latency(Span { min: MS, max: (2 + pick.below(30)) * MS }),
        Setting::Fsync(Span { min: 0, max: pick.below(20) * MS }),
        Setting::Loss(Chance(u32::try_from(pick.below(3) * 50_000).expect("small"))),
        Setting::PreVote(pick.below(2) == 0),
        Setting::CheckQuorum(pick.below(2) == 0),
        Setting::Forwarding(pick.below(2) == 0),
        Setting::Reads(ReadMode::ALL[usize::try_from(pick.below(3)).expect("small")]),
        Setting::AppendEntries([1, 16][usize::try_from(pick.below(2)).expect("small")]),
        Setting::SnapshotEvery([0, 5][usize::try_from(pick.below(2)).expect("small")]),
    ] {
        settings.apply(&setting);
    }
    settings
}

fn trouble(pick: &mut Chances, world: &World) -> Command {
    let (a, b) = (pick.server(world), pick.server(world));
    let power = world.server(a).map(|server| server.power());
    match pick.below(19) {
        0 | 1 if power == Some(Power::Crashed) => Command::Restart(a),
        0 => Command::Crash(a),
        1 | 2 if power == Some(Power::Paused) => Command::Resume(a),
        1 => Command::Pause(a),
        2 => Command::Timeout(a),
        3 => Command::Cut(a, Direction::OneWay, b),
        4 => Command::Cut(a, Direction::BothWays, b),
        5 => Command::Mend(a, Direction::BothWays, b),
        6 => Command::Heal,
        7 => Command::Hold(a, b),
        8 => Command::Release(a, b),
        9 => Command::Partition(vec![
            vec![a],
            world.servers().iter().map(|s| s.id()).filter(|id| *id != a).collect(),
        ]),
        10 => Command::Put {
            key: "k".into(),
            value: pick.below(9).to_string(),
            via: (pick.below(2) == 0).then_some(a),
        },
        11 => Command::Get { key: "k".into(), via: Some(a), serializable: pick.below(2) == 0 },
        12 => Command::Get { key: "k".into(), via: None, serializable: false },
        13 => Command::Load(Some(LoadSpec::new(20, 30))),
        14 => Command::Member(match pick.below(5) {
            0 => MemberChange::Remove(a),
            1 => MemberChange::AddLearner(NodeId(1 + pick.below(6))),
            2 => MemberChange::Promote(a),
            3 => MemberChange::Joint {
                add: vec![NodeId(1 + pick.below(6))],
                remove: vec![a],
                explicit: true,
            },
            _ => MemberChange::Leave,
        }),
        15 => Command::Snapshot(a),
        16 => Command::Transfer(a),
        17 => Command::Etcdctl(match pick.below(4) {
            0 => format!("--endpoints={a} get k"),
            1 => format!("--endpoints={a},{b} put k 1"),
            2 => format!("--endpoints={a} lease grant 60"),
            _ => format!("--endpoints={a} watch k"),
        }),
        _ => match world.network().in_flight().first() {
            Some(flight) => Command::Message {
                verb: MessageVerb::Drop,
                kind: flight.message.kind(),
                from: flight.message.from,
                to: flight.message.to,
                nth: 1,
            },
            None => Command::Heal,
        },
    }
}

#[test]
fn what_is_said_is_so() {
    let (mut asked, mut answered) = (0, 0);
    for seed in 1..=120 {
        let mut pick = Chances(seed);
        let mut settings = settings(&mut pick, seed);
        let off = rule_off(&mut pick, seed);
        if let Some(rule) = off {
            settings.apply(&Setting::RuleOff(rule));
        }
        let mut session = Session::new(None, settings);
        for _ in 0..60 {
            let until = session.world().now() + pick.below(60) * MS;
            session.advance(until, u64::MAX);
            for _ in 0..pick.below(3) {
                let command = trouble(&mut pick, session.world());
                // What cannot be done at that moment is not done.
                let _refused = session.dispatch(command);
            }
            for question in all_questions(session.world()) {
                asked += 1;
                let answer = why_not(&session, &question);
                answered += u32::from(answer.is_some());
                if off.is_none() {
                    check(session.world(), question, answer.as_ref(), seed);
                }
            }
            for selection in selections(session.world()) {
                for question in questions(&session, selection) {
                    assert!(why_not(&session, &question).is_some(), "{question:?}");
                }
                let shown = why(&session, selection, None);
                assert_eq!(shown.is_none(), questions(&session, selection).is_empty());
            }
        }
    }
    assert!(answered > 20_000, "{answered} of {asked}");
}

fn all_questions(world: &World) -> Vec<Question> {
    let mut all = vec![Question::Elect];
    let ids: Vec<NodeId> = world.servers().iter().map(|server| server.id()).collect();
    for server in world.servers() {
        let id = server.id();
        all.extend([Question::Lead(id), Question::Behind(id)]);
        all.extend(ids.iter().map(|voter| Question::Vote(*voter, id)));
        let last = server.node().log().last_index();
        all.extend((last.saturating_sub(6)..=last + 1).map(|index| Question::Commit(id, index)));
    }
    for number in 0..=world.requests().len() + 1 {
        all.push(Question::Waits(number));
        all.push(Question::Stale(number));
        all.push(Question::Refused(number));
    }
    let commands = u32::try_from(world.consoles().len()).expect("few");
    all.extend((0..=commands + 1).map(Question::Console));
    all
}

fn selections(world: &World) -> Vec<Selection> {
    let mut all = vec![Selection::Nothing, Selection::Server(NodeId(99)), Selection::Message(0)];
    for server in world.servers() {
        let id = server.id();
        all.push(Selection::Server(id));
        all.push(Selection::Entry(id, server.node().log().last_index()));
        all.push(Selection::Link(NodeId(1), id));
    }
    let flights = world.network().in_flight();
    all.extend(flights.iter().take(5).map(|flight| Selection::Message(flight.id())));
    all
}

fn check(world: &World, question: Question, answer: Option<&Answer>, seed: u64) {
    let place = format!("seed {seed} at {}: {question:?} {answer:?}", world.moment());
    if let Some(answer) = answer {
        well_formed(world, answer, &place);
    }
    match question {
        Question::Commit(holder, index) => commit(world, holder, index, answer, &place),
        Question::Lead(id) => {
            let leads = world.server(id).is_some_and(|server| server.is_live_leader());
            assert_eq!(answer.is_none(), leads, "{place}");
        }
        Question::Behind(id) => behind(world, id, answer, &place),
        Question::Elect => assert_eq!(answer.is_none(), world.leader().is_some(), "{place}"),
        Question::Waits(number) => {
            let asked = world.requests().get(number.wrapping_sub(1));
            let waits = asked.is_some_and(|asked| asked.outcome == Outcome::Waiting);
            assert_eq!(answer.is_some(), waits, "{place}");
        }
        Question::Stale(number) => {
            let asked = world.requests().get(number.wrapping_sub(1));
            let stale = asked.is_some_and(|asked| asked.stale.is_some());
            assert_eq!(answer.is_some(), stale, "{place}");
        }
        Question::Refused(number) => {
            let asked = world.requests().get(number.wrapping_sub(1));
            let refused =
                asked.is_some_and(|it| !matches!(it.outcome, Outcome::Waiting | Outcome::Ok(_)));
            assert_eq!(answer.is_some(), refused, "{place}");
        }
        Question::Vote(voter, candidate) => vote(world, voter, candidate, answer, &place),
        Question::Console(number) => {
            let waits = world.waiting(number).is_some_and(|waiting| waiting.is_for_members());
            assert_eq!(answer.is_some(), waits || has_failed(world, number), "{place}");
        }
    }
}

/// Whole sentences, each with a reason and a section, and nothing to look at that is not there.
fn well_formed(world: &World, answer: &Answer, place: &str) {
    let Answer { question, answer, next, cite, look } = answer;
    assert!(question.ends_with('?') && !cite.is_empty(), "{place}");
    for text in [answer, next] {
        assert!(text.is_empty() || text.ends_with('.'), "{place}");
        assert!(!text.contains("  ") && !text.contains(".."), "{place}");
    }
    assert!(!answer.is_empty(), "{place}");
    for at in look {
        let is_there = match at {
            Selection::Nothing => false,
            Selection::Server(id) => world.server(*id).is_some(),
            Selection::Entry(id, index) => {
                world.server(*id).is_some_and(|s| s.node().log().get(*index).is_some())
            }
            Selection::Message(id) => {
                world.network().in_flight().iter().any(|flight| flight.id() == *id)
            }
            Selection::Link(a, b) => a < b && world.server(*b).is_some(),
        };
        assert!(is_there, "{at:?}: {place}");
    }
}

/// A member is behind where its disk lacks the leader's last entry; what it is said to have it has.
fn behind(world: &World, id: NodeId, answer: Option<&Answer>, place: &str) {
    let server = world.server(id).expect("a server");
    let Some(leader) = world.leader().filter(|leader| leader.id() != id) else {
        return assert!(answer.is_none(), "{place}");
    };
    let (ours, theirs) = (&server.disk().durable().log, leader.node().log());
    let is_member = [leader.node().membership(), server.node().membership()]
        .iter()
        .any(|membership| membership.is_voter(id) || membership.is_learner(id));
    let lacks = !ours.holds(theirs.last());
    assert_eq!(answer.is_some(), lacks && is_member, "{place}");
    let Some(answer) = answer else { return };
    let up_to = format!("disk has {}’s log up to ", leader.id());
    if let Some((_, rest)) = answer.answer.split_once(&up_to) {
        let agreed: u64 = rest.split(' ').next().and_then(|it| it.parse().ok()).expect("an index");
        let known = theirs.term_at(agreed).zip(ours.term_at(agreed));
        assert!(known.is_none_or(|(theirs, ours)| theirs == ours), "{place}");
        let next = theirs.position_at(agreed + 1);
        assert!(next.is_none_or(|next| !ours.holds(next)), "{place}");
    }
    let writes = answer.answer.contains("disk writes what comes next");
    assert!(!writes || server.disk().is_busy(), "{place}");
}

fn commit(world: &World, holder: NodeId, index: u64, answer: Option<&Answer>, place: &str) {
    let node = world.server(holder).expect("a server").node();
    let entry = node.log().get(index);
    let Some(answer) = answer else {
        assert!(entry.is_none() || node.commit_index() >= index, "{place}");
        return;
    };
    let entry = entry.expect("an entry to speak of");
    assert!(node.commit_index() < index, "{place}");
    let committed = world.committed_entry(index) == Some(entry);
    assert_eq!(answer.question.starts_with("Why does"), committed, "{place}");
    let other = world.committed_entry(index).is_some_and(|known| known != entry);
    assert_eq!(answer.answer.starts_with("Another entry"), other, "{place}");
    holders(world, entry.position(), &answer.answer, place);
}

/// Those that are said to have it on disk have it, and the other voters do not.
fn holders(world: &World, entry: raft_core::Position, said: &str, place: &str) {
    let Some(leader) = world.leader() else { return };
    if leader.node().membership().is_joint() || !leader.node().log().holds(entry) {
        return;
    }
    let first = said.split(". ").next().unwrap_or("");
    let list = if first.starts_with("No disk has it yet") {
        ""
    } else if let Some((list, _)) = first.split_once(" have it").or(first.split_once(" has it")) {
        list
    } else {
        return;
    };
    let mut named: Vec<NodeId> = list
        .split([',', ' '])
        .filter_map(|word| word.strip_prefix('n')?.parse().ok().map(NodeId))
        .collect();
    sort_few(&mut named, |id| *id);
    let has = |id: &NodeId| {
        world.server(*id).is_some_and(|server| {
            server.node().log().holds(entry) && server.disk().durable().log.holds(entry)
        })
    };
    let voters = leader.node().membership().all_voters();
    let there: Vec<NodeId> = voters.into_iter().filter(has).collect();
    assert_eq!(named, there, "{place}");
}

fn vote(world: &World, voter: NodeId, candidate: NodeId, answer: Option<&Answer>, place: &str) {
    let server = world.server(candidate).expect("a server");
    let lacks = match server.node().role() {
        Role::Candidate(count) | Role::PreCandidate(count) => {
            count.votes.get(&voter) != Some(&true)
        }
        Role::Follower { .. } | Role::Leader(_) => false,
    };
    let about_now = answer.is_some_and(|answer| answer.question.starts_with("Why does"));
    assert_eq!(about_now, lacks, "{place}");
    let Some(answer) = answer.filter(|_| about_now) else { return };
    let voter = world.server(voter).expect("a server").node();
    let is_election = matches!(server.node().role(), Role::Candidate(_));
    let refused = "has given its one vote of that term to ";
    if let Some((_, whom)) = answer.answer.split_once(refused)
        && is_election
        && voter.term() == server.node().term()
    {
        let voted = voter.vote().expect("a vote");
        assert!(whom.starts_with(&voted.to_string()) || voted == voter.id(), "{place}");
    }
    if answer.answer.contains("log is more up-to-date") {
        assert!(is_election || voter.log().last_index() > 0, "{place}");
    }
}
