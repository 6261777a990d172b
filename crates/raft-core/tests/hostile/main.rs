//! A server that is told anything: forged, stale, contradictory and misdirected messages, timers
//! out of turn, reports of what it never asked for. It may be led astray; it never panics, and no
//! step breaks an invariant (see `src/invariants.rs`, in force in debug builds).
//!
//! All chance follows from the seed. `RAFT_SEED=7` runs only that one, `RAFT_SEEDS=100000` so many.
//!
//! What a message's own type promises is kept: entries are numbered from `previous.index + 1`,
//! lists of members are in order and apart, and no number is so high that the next does not exist.

use raft_core::{
    AppendReply, Body, Change, ChangeKind, Config, ConfigChange, Durable, Echo, Entry, EntryRef,
    Flavour, Index, Input, Membership, Message, Node, NodeId, Output, Payload, Position, Reads,
    Role, Rule, RuleSet, Snapshot, Storage, Term, Timer, Transition, Window,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

const STEPS: usize = 400;
const FAR: u64 = 1 << 62;

#[test]
fn whatever_it_is_told_a_server_does_not_panic() {
    let seeds = match number("RAFT_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=number("RAFT_SEEDS").unwrap_or(10_000),
    };
    let mut seen = Seen::default();
    for seed in seeds.clone() {
        let run = catch_unwind(AssertUnwindSafe(|| run(seed)));
        let run = run.unwrap_or_else(|_| panic!("it panicked: repeat with `RAFT_SEED={seed}`"));
        seen.add(&run);
    }
    println!("seeds {seeds:?}: {seen:?}");
    if seeds.clone().count() >= 10_000 {
        // A test of servers that never get anywhere would be worth little.
        assert!(seen.led > 10_000 && seen.committed > 10_000, "{seen:?}");
        assert!(seen.installed > 1_000 && seen.impossible > 1_000, "{seen:?}");
    }
}

fn n(id: u64) -> NodeId {
    NodeId(id)
}

fn at(term: Term, index: Index) -> Position {
    Position { term, index }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} should be a number, not {text}")))
}

/// How often what is worth seeing was seen.
#[derive(Debug, Default)]
struct Seen {
    led: u64,
    committed: u64,
    installed: u64,
    impossible: u64,
}

impl Seen {
    fn add(&mut self, other: &Seen) {
        self.led += other.led;
        self.committed += other.committed;
        self.installed += other.installed;
        self.impossible += other.impossible;
    }

    fn note(&mut self, output: &Output) {
        use raft_core::Note;
        let Output::Note(note) = output else { return };
        self.led += u64::from(matches!(note, Note::BecameLeader { .. }));
        self.committed += u64::from(matches!(note, Note::Committed { .. }));
        self.installed += u64::from(matches!(note, Note::SnapshotInstalled { .. }));
        self.impossible += u64::from(matches!(note, Note::Impossible(_)));
    }
}

fn run(seed: u64) -> Seen {
    let mut any = Any(seed);
    let mut config = any.config();
    let mut node = Node::new(Arc::new(config.clone()), Durable::bootstrap(any.membership()));
    let (mut seen, mut mail, mut out) = (Seen::default(), Vec::new(), Vec::new());
    for _ in 0..STEPS {
        if any.one_in(60) {
            config = any.config();
            node.configure(Arc::new(config.clone()));
        }
        let input = match mail.pop() {
            Some(message) if !any.one_in(4) => Input::Receive(message),
            _ => any.input(&node),
        };
        node.step(input, &mut out);
        for output in out.drain(..) {
            seen.note(&output);
            match output {
                Output::Send(message) | Output::SendAfter(_, message) if message.to == n(1) => {
                    mail.push(message);
                }
                Output::Send(_)
                | Output::SendAfter(..)
                | Output::Persist(_)
                | Output::SetTimer(..)
                | Output::CancelTimer(_)
                | Output::Restore(_)
                | Output::SnapshotWanted
                | Output::Read { .. }
                | Output::Proposed(_)
                | Output::Note(_) => {}
            }
        }
        if !any.one_in(3) {
            let _ = node.next_apply();
        }
    }
    seen
}

/// Chance (splitmix64, by Sebastiano Vigna), and what is made of it.
struct Any(u64);

impl Any {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn pick<T: Copy>(&mut self, few: &[T]) -> T {
        few[self.below(few.len() as u64) as usize]
    }

    /// A number close to this one, seldom one that is far off.
    fn near(&mut self, number: u64) -> u64 {
        match self.below(40) {
            0 => FAR + self.below(9),
            1 => 0,
            _ => (number + self.below(5)).saturating_sub(2),
        }
    }

    /// The present term more often than not.
    fn term(&mut self, node: &Node) -> Term {
        match self.below(12) {
            0 => 0,
            1 => (node.term() + self.below(3)).saturating_sub(2),
            2 => node.term() + 1,
            // Seldom: after this, the server spends its life in terms that nobody else reaches.
            3 if self.one_in(40) && node.term() < FAR => FAR,
            _ => node.term(),
        }
    }

    fn server(&mut self) -> NodeId {
        n(self.below(6))
    }

    fn position(&mut self, node: &Node) -> Position {
        let index = self.near(node.log().last_index());
        let term = node.log().term_at(index).filter(|_| !self.one_in(4));
        at(term.unwrap_or_else(|| self.term(node)), index)
    }

    fn config(&mut self) -> Config {
        let rules = RuleSet::default();
        // With two rules off at once a server can be made to build a log with a hole.
        let rules = if self.one_in(2) { rules } else { rules.without(self.pick(&Rule::ALL)) };
        let bytes = self.pick(&[0, 1, 8]);
        Config {
            max_entries_per_append: self.pick(&[1, 2, 512]),
            max_bytes_per_append: self.pick(&[0, 16, 1 << 20]),
            window: Window { messages: self.pick(&[1, 2, 256]), bytes },
            max_uncommitted_bytes: self.pick(&[0, 8, 1 << 30]),
            max_applying_bytes: self.pick(&[1, 16, u64::MAX]),
            pre_vote: self.one_in(3),
            check_quorum: self.one_in(2),
            reads: self.pick(&[Reads::Quorum, Reads::Lease]),
            forward_proposals: self.one_in(2),
            step_down_on_removal: !self.one_in(3),
            validate_config_changes: !self.one_in(3),
            flavour: self.pick(&[Flavour::Paper, Flavour::Etcd]),
            storage: self.pick(&[Storage::Asynchronous, Storage::Synchronous]),
            rules,
            ..Config::new(n(1))
        }
    }

    /// Each of five servers is a voter, a learner, or neither.
    fn membership(&mut self) -> Membership {
        let mut all = Membership::default();
        for id in 1..=5 {
            let seldom = if id == 1 { 20 } else { 4 };
            match self.below(seldom) {
                0 => all.learners.push(n(id)),
                1 => {}
                _ => all.voters.push(n(id)),
            }
        }
        all
    }

    fn payload(&mut self) -> Payload {
        match self.below(5) {
            0 => Payload::Noop,
            1 | 2 => Payload::Config(Box::new(self.change())),
            _ => Payload::Data(Box::from(*b"four")),
        }
    }

    fn change(&mut self) -> ConfigChange {
        let kinds =
            [ChangeKind::AddVoter, ChangeKind::AddLearner, ChangeKind::Remove, ChangeKind::Update];
        let changes = (0..self.below(4))
            .map(|_| Change { kind: self.pick(&kinds), node: self.server() })
            .collect();
        let ways = [Transition::Auto, Transition::JointImplicit, Transition::JointExplicit];
        ConfigChange { transition: self.pick(&ways), changes, ..ConfigChange::default() }
    }

    fn entries(&mut self, node: &Node, previous: Position) -> Vec<EntryRef> {
        (1..=self.below(4))
            .map(|ahead| {
                let (index, term) = (previous.index + ahead, self.term(node));
                Arc::new(Entry { index, term, payload: self.payload() })
            })
            .collect()
    }

    fn snapshot(&mut self, node: &Node) -> Arc<Snapshot> {
        let far = self.one_in(200);
        let index = if far { FAR } else { self.near(node.commit_index() + 2) % FAR };
        let term = node.log().term_at(index).unwrap_or_else(|| self.term(node));
        let membership = Arc::new(self.membership());
        Arc::new(Snapshot { position: at(term, index), membership, data: Arc::default() })
    }

    fn input(&mut self, node: &Node) -> Input {
        let write = node.writes_under_way().last().unwrap_or(0);
        let given = node.applied_index();
        match self.below(30) {
            0 => Input::Start,
            1..=3 => Input::Timer(self.pick(&Timer::ALL)),
            4 => Input::Campaign,
            5 | 6 => Input::Propose(self.payload()),
            7 => Input::Submit(self.payload()),
            8 => Input::ProposeAll((0..self.below(4)).map(|_| self.payload()).collect()),
            9 => Input::ReadIndex(self.below(9)),
            10 => Input::TransferLeader(self.server()),
            11 => Input::ForgetLeader,
            12 | 13 => Input::Persisted(self.near(write)),
            14 => Input::ApplyConfig(self.near(node.commit_index())),
            // No driver reports what it was not given: it would be asked to count up to there.
            15 | 16 => Input::Applied(self.near(given).min(given)),
            17 => Input::SnapshotSaved(self.snapshot(node)),
            18 => Input::Compacted(self.near(given)),
            19 => Input::Unreachable(self.server()),
            20 => Input::SnapshotSent { to: self.server(), arrived: self.one_in(2) },
            _ => Input::Receive(self.message(node)),
        }
    }

    fn message(&mut self, node: &Node) -> Message {
        // Not always for this server, and not always from another.
        let (from, to) = (self.server(), self.pick(&[n(1), n(1), n(1), n(2)]));
        let (leads, follows) = (node.is_leader(), matches!(node.role(), Role::Follower { .. }));
        if !follows && !leads && self.one_in(2) {
            // Candidates win now and then, and leaders get to do something, or little is tried.
            let asks = matches!(node.role(), Role::PreCandidate(_));
            let term = node.term() + u64::from(asks);
            let yes = Body::RequestVoteReply { vote_granted: true };
            let body = if asks { Body::PreVoteReply { vote_granted: true } } else { yes };
            return Message { from, to, term, body };
        }
        if leads && !self.one_in(4) {
            let body = Body::AppendEntriesReply(self.append_reply(node));
            return Message { from, to, term: node.term(), body };
        }
        Message { from, to, term: self.term(node), body: self.body(node) }
    }

    fn body(&mut self, node: &Node) -> Body {
        let commit_index = self.near(node.commit_index());
        let echo = match self.below(9) {
            0..=2 => Echo::Nothing,
            3 => Echo::Leaving,
            4 => Echo::Round(self.pick(&[0, 1, 2, 3, u64::MAX])),
            _ => Echo::Read(self.pick(&[0, 1, 2, 3, u64::MAX])),
        };
        let (token, yes) = (self.below(9), !self.one_in(3));
        match self.below(20) {
            0 => Body::RequestVote { last: self.position(node), transfer: self.one_in(3) },
            1 | 2 => Body::RequestVoteReply { vote_granted: yes },
            3 => Body::PreVote { last: self.position(node) },
            4 => Body::PreVoteReply { vote_granted: yes },
            5 | 6 => {
                let previous = self.position(node);
                let entries = self.entries(node, previous);
                Body::AppendEntries { previous, entries, commit_index }
            }
            7..=10 => Body::AppendEntriesReply(self.append_reply(node)),
            11 => Body::Heartbeat { commit_index, echo },
            12 | 13 => Body::HeartbeatReply { echo },
            14 => Body::InstallSnapshot { snapshot: self.snapshot(node) },
            15 => Body::TimeoutNow,
            16 => Body::TransferLeader,
            17 => Body::ReadIndex { token },
            18 => Body::ReadIndexReply { token, index: commit_index },
            _ => Body::Propose { payloads: (0..self.below(3)).map(|_| self.payload()).collect() },
        }
    }

    fn append_reply(&mut self, node: &Node) -> AppendReply {
        let last = node.log().last_index();
        match self.below(6) {
            0 => AppendReply::StaleTerm,
            1 | 2 => {
                let previous_index: Index = self.near(last);
                AppendReply::Rejected { previous_index, hint: self.position(node) }
            }
            _ => AppendReply::Accepted { match_index: self.near(last) },
        }
    }
}
