//! Random runs: whatever can go wrong does, and nothing may diverge; then everything is healed, and
//! the cluster must converge. All chance follows from the seed.
//!
//! `RAFT_SEEDS=100000` runs so many seeds, `RAFT_SEED=7` only that one. A run that fails is printed
//! and written to `target/failed-runs/seed-7.raft`, which `raft-playground run` repeats.
#![cfg(not(target_arch = "wasm32"))]

#[path = "random_runs/draw.rs"]
mod draw;
#[path = "random_runs/plan.rs"]
mod plan;

use draw::NEVER;
use plan::Plan;
use playground_tests::{MAX_UNDECIDED_PERMILLE, Pick};
use raft_check::linear::Verdict;
use raft_core::{Config, Kind, Micros, NodeId};
use raft_sim::claim::{Claim, Variables};
use raft_sim::{
    ACTIONS, Chance, Checks, Command, Direction, OwnSetting, Owner, Power, ScriptState, Session,
    Setting, Settings, Standing, scenario,
};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

const MS: Micros = 1_000;
/// How long things go wrong.
const TROUBLE: Micros = 10_000 * MS;
/// How long a healed cluster may take to converge.
const PATIENCE: Micros = 30_000 * MS;
/// So many runs do everything that any of them does.
const ENOUGH: u64 = 500;
/// The most AppendEntries of one leader in one term that may be under way to one follower, copies
/// that the network has made not counted, in windows:
/// - one that was under way when a pipeline broke;
/// - one of the pipelines after it. Each begins with four messages and has one more for each
///   acknowledgement, which is one less on its way;
/// - one of messages without entries. A full window lets none of them go but what answers a
///   heartbeat; else each tells of a commit index that is new, and entries went with each of those.
///
/// Where each late answer began a conversation of its own, there were thousands of them.
const MOST_APPENDS: usize = 3;
/// Requests by hand in one run: few enough that every order of them can be tried.
const REQUESTS: usize = 24;

#[test]
fn random_runs_never_diverge_and_converge_once_healed() {
    let seeds = match number("RAFT_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=number("RAFT_SEEDS").unwrap_or(2_000),
    };
    let next = AtomicU64::new(*seeds.start());
    let (events, undecided) = (AtomicU64::new(0), AtomicU64::new(0));
    let actions = Mutex::new(vec![0; ACTIONS.len()]);
    let mut failures: Vec<String> = std::thread::scope(|scope| {
        let work = || {
            let mut failures = Vec::new();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed > *seeds.end() || failures.len() >= 3 {
                    return failures;
                }
                match run(Plan::any(seed)) {
                    Ok(done) => {
                        events.fetch_add(done.events, Ordering::Relaxed);
                        undecided.fetch_add(u64::from(done.undecided), Ordering::Relaxed);
                        let mut all = actions.lock().expect("nobody panics with it");
                        all.iter_mut().zip(&done.actions).for_each(|(all, more)| *all += more);
                    }
                    Err(failure) => failures.push(failure.report(seed)),
                }
            }
        };
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().flat_map(|thread| thread.join().expect("panics are caught")).collect()
    });
    let ran = next.into_inner().min(seeds.end() + 1) - seeds.start();
    let undecided = undecided.into_inner();
    println!(
        "{ran} seeds, {} events; linearizability undecided in {undecided} runs",
        events.into_inner()
    );
    failures.truncate(3);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let most = ran * MAX_UNDECIDED_PERMILLE / 1_000;
    assert!(undecided <= most, "{undecided} of {ran} runs are undecided, and {most} may be");
    if ran >= ENOUGH {
        let done = actions.into_inner().expect("nobody panics with it");
        let never = ACTIONS.iter().zip(done).filter(|(_, times)| *times == 0);
        let never: Vec<&str> = never.map(|(action, _)| action.name).collect();
        let expected = NEVER.map(|(name, _)| name);
        assert_eq!(never, expected, "whatever is never done has a reason");
    }
}

/// A voter that comes back with an empty disk breaks what Raft assumes, so what it breaks then is
/// no fault of ours. But nothing may be sent to and fro without end.
#[test]
fn servers_that_lost_their_disks_and_come_back_start_no_storm() {
    let seeds = match number("RAFT_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=number("RAFT_SEEDS").unwrap_or(2_000) / 5,
    };
    let (mut wiped, mut most) = (0, 0);
    for seed in seeds.clone() {
        let mut random = Random::new(Plan::wiping(seed));
        if let Err(failure) = random.bear() {
            panic!("{}", failure.report(seed));
        }
        let servers = random.session.world().servers();
        wiped += servers.iter().filter(|server| server.was_wiped()).count();
        most = most.max(random.session.world().events());
    }
    println!("{wiped} servers came back without their disks; the longest run has {most} events");
    assert!(seeds.count() < 100 || wiped > 100, "{wiped} servers lost their disks");
}

/// §6.4.1 of the dissertation: a leader is cut off at any moment, another takes a new value, and a
/// client reads at the first. All clocks run alike.
#[test]
fn reads_on_a_lease_are_never_stale_where_it_is_counted_from_the_round_and_often_by_etcds_bound() {
    const RUNS: u64 = 300;
    let stale = |bound: &str| (1..=RUNS).filter(|seed| reads_old(*seed, bound)).count();
    assert_eq!(stale("round"), 0);
    let etcds = stale("check-quorum");
    assert!(etcds > 30, "{etcds} of {RUNS} runs: they would hardly find a lease that is too long");
}

/// Whether a leader that was cut off after so long has answered with a value that another had
/// replaced.
fn reads_old(seed: u64, bound: &str) -> bool {
    let mut pick = Pick::new(seed);
    let (heartbeat, fastest) = (pick.from_to(10, 60), pick.from_to(0, 4));
    let (slowest, cut_after) = (fastest + pick.from_to(0, 4), pick.from_to(200, 600));
    let text = format!(
        "nodes 3\nseed {seed}\nheartbeat {heartbeat}ms\nlatency {fastest}ms..{slowest}ms\n\
         reads lease\nlease-bound {bound}\n\
         run until leader\nlet old = leader\nput a old via $old\nrun until converged\n\
         run {cut_after}ms\npartition $old | rest\nrun until leaders 2 within 1s\n\
         put a new\nrun until reply 2 ok\nget a via $old\nrun 10ms\n"
    );
    let mut session = Session::open(scenario::parse(&text).expect("a scenario"));
    while !session.finish_script(u64::MAX / 2) {}
    session.world().linearizability() == Verdict::NotLinearizable
}

#[test]
fn a_run_that_fails_fails_again_from_its_text() {
    let mut found = 0;
    for seed in 1..=1_000 {
        let Err(failure) = run(Plan::forgetful(seed)) else { continue };
        let scenario = scenario::parse(&failure.text).expect("the text can be read");
        let mut again = Session::open(scenario);
        while !again.finish_script(u64::MAX / 2) {}
        let script = again.script().expect("a scenario");
        let failed: Vec<_> = script.expectations().iter().filter(|e| !e.ok).collect();
        assert_eq!(failed.len(), 1, "seed {seed}: {failed:?}\n{}", failure.text);
        assert!(failure.text.contains(&failed[0].text));
        found += 1;
        if found == 3 {
            return;
        }
    }
    panic!("only {found} of 1000 runs in which servers forget their votes went wrong");
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} should be a number, not {text}")))
}

/// What a run that held came to.
struct Done {
    events: u64,
    undecided: bool,
    /// How often each action of the table was done.
    actions: Vec<u64>,
}

/// What a run that did not hold came to.
struct Failure {
    what: String,
    /// The run as scenario text, the claim that fails at its end.
    text: String,
}

impl Failure {
    fn report(&self, seed: u64) -> String {
        let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let folder = target.unwrap_or(playground_tests::root().join("target")).join("failed-runs");
        let file = folder.join(format!("seed-{seed}.raft"));
        let written = std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(&file, &self.text))
            .map_or_else(|error| error.to_string(), |()| "written".into());
        format!(
            "seed {seed}: {}\n{}\n{}: {written}; repeat with `RAFT_SEED={seed}` or \
             `raft-playground run`",
            self.what,
            self.text,
            file.display()
        )
    }
}

fn run(plan: Plan) -> Result<Done, Failure> {
    let mut random = Random::new(plan);
    match catch_unwind(AssertUnwindSafe(|| random.carry_out())) {
        Ok(Ok(())) => {
            let events = random.session.world().events();
            Ok(Done { events, undecided: random.undecided, actions: random.done })
        }
        Ok(Err(failure)) => Err(failure),
        Err(_) => Err(random.panicked()),
    }
}

struct Random {
    session: Session,
    plan: Plan,
    /// The command that is being done.
    attempted: Option<Command>,
    undecided: bool,
    /// How often each action of the table was done.
    done: Vec<u64>,
}

impl Random {
    fn new(plan: Plan) -> Random {
        Random {
            session: Session::unwatched(plan.settings.clone(), Checks::Every),
            plan,
            attempted: None,
            undecided: false,
            done: vec![0; ACTIONS.len()],
        }
    }

    /// Things go wrong, then all is healed for a while; whatever is broken by it, no more may be
    /// under way than the window allows, and a run has an end.
    fn bear(&mut self) -> Result<(), Failure> {
        const MOST_EVENTS: u64 = 1_000_000;
        self.go_wrong()?;
        self.heal();
        let healed_at = self.session.world().now();
        while self.session.world().now() < healed_at + 2_000 * MS {
            let events = self.session.world().events();
            if events > MOST_EVENTS {
                let what = format!("{events} events: something is sent to and fro without end");
                return Err(Failure { what, text: self.session.text() });
            }
            self.session.advance(self.session.world().now() + 20 * MS, MOST_EVENTS);
            self.count_appends("all was healed")?;
        }
        Ok(())
    }

    /// One trouble after the other, under load.
    fn go_wrong(&mut self) -> Result<(), Failure> {
        let load = self.load();
        self.attempt(None, load);
        while self.session.world().now() < TROUBLE {
            self.pass();
            self.count_appends("things went wrong")?;
            for (row, command) in self.something() {
                self.attempt(row, command);
            }
        }
        Ok(())
    }

    fn carry_out(&mut self) -> Result<(), Failure> {
        self.go_wrong()?;
        self.check("things went wrong")?;
        self.heal();
        self.converge()?;
        self.check("all was healed")
    }

    // ---- time ----

    /// Lets a little time pass, often to a moment at which something is due.
    fn pass(&mut self) {
        let now = self.session.world().now();
        if self.plan.pick.chance(if self.is_tense() { 60 } else { 5 }) {
            let events = self.plan.pick.from_to(1, 6);
            self.session.advance(now + 200 * MS, events);
            return;
        }
        match self.plan.pick.below(8) {
            0 => self.session.step(),
            1 => {
                self.session.advance(now + self.plan.pick.below(2 * MS), u64::MAX);
            }
            2 => {
                let due = self.server_timer().map_or(now, |(_, _, deadline)| deadline);
                self.session.advance(due.clamp(now, now + 200 * MS), u64::MAX);
            }
            3 => {
                let events = self.plan.pick.from_to(1, 40);
                self.session.advance(now + 200 * MS, events);
            }
            _ => {
                let most = if self.plan.hasty { 25 * MS } else { 400 * MS };
                self.session.advance(now + self.plan.pick.below(most), u64::MAX);
            }
        }
    }

    /// While a leader is sought, or has something to commit, every event counts.
    fn is_tense(&self) -> bool {
        self.session.world().leader().is_none_or(|leader| {
            let node = leader.node();
            node.commit_index() < node.log().last_index()
        })
    }

    // ---- trouble ----

    fn attempt(&mut self, row: Option<usize>, command: Command) {
        self.attempted = Some(command.clone());
        // What cannot be done at that moment is not done.
        if self.session.dispatch(command).is_ok()
            && let Some(row) = row
        {
            self.done[row] += 1;
        }
        self.attempted = None;
    }

    // ---- the end ----

    fn heal(&mut self) {
        let ids: Vec<NodeId> = self.session.world().servers().iter().map(|s| s.id()).collect();
        let mut commands = vec![Command::Heal, Command::ReleaseAll];
        for from in &ids {
            commands.extend(self.removals(Owner::Server(*from)));
            for to in ids.iter().filter(|to| *to != from) {
                commands.extend(self.removals(Owner::Link(*from, Direction::OneWay, *to)));
            }
        }
        for server in self.session.world().servers() {
            let id = server.id();
            commands.extend((server.power() == Power::Paused).then_some(Command::Resume(id)));
            let returns = server.power() == Power::Crashed && self.may_return(server);
            match server.standing() {
                Standing::Known => commands.extend(returns.then_some(Command::Restart(id))),
                Standing::Announced => commands.push(Command::Start(id)),
                // It never comes back.
                Standing::Removed => {}
            }
            commands.push(Command::Clock { server: id, percent: 100 });
        }
        let usual = Settings::default().live;
        for setting in [
            Setting::Loss(Chance(0)),
            Setting::Duplicate(Chance(0)),
            Setting::ClientLoss(Chance(0)),
            Setting::ClientLatency(usual.client_latency),
            Setting::Latency(usual.latency),
            Setting::ElectionTimeout(usual.election_timeout),
            Setting::Heartbeat(usual.heartbeat),
            // One entry a message, refused wherever one overtakes another, takes minutes for what a
            // busy load has left.
            Setting::AppendEntries(usual.append_entries),
        ] {
            commands.push(Command::Set(setting));
        }
        commands.push(Command::Load(None));
        for command in commands {
            self.attempted = Some(command.clone());
            self.session.dispatch(command).expect("healing is always possible");
            self.attempted = None;
        }
    }

    /// What takes away the settings that one server or link has for itself.
    fn removals(&self, owner: Owner) -> Vec<Command> {
        let world = self.session.world();
        let own = match &owner {
            Owner::Server(id) => world.server(*id).map_or(&[][..], |s| s.own_settings()),
            Owner::Link(from, _, to) => world.network().own_settings(*from, *to),
        };
        let removal =
            |setting: &Setting| Command::SetOwn(owner.clone(), OwnSetting::Default(setting.name()));
        own.iter().map(removal).collect()
    }

    fn converge(&mut self) -> Result<(), Failure> {
        let healed_at = self.session.world().now();
        loop {
            let world = self.session.world();
            let Err(found) = Claim::Converged.check(world, &Variables::default()) else {
                return self.check_replay();
            };
            let now = world.now();
            if now >= healed_at + PATIENCE {
                let claim = format!("run until converged within {}s", PATIENCE / 1_000 / MS);
                return Err(self.failure(&format!("not converged: {found}"), &claim));
            }
            self.session.advance(now + 20 * MS, u64::MAX);
            self.count_appends("all was healed")?;
        }
    }

    fn check(&mut self, when: &str) -> Result<(), Failure> {
        let world = self.session.world();
        let moment = world.moment();
        if let Some(violation) = world.violations().first() {
            let what = format!("{} violated after {when}: {violation}", violation.property);
            return Err(self.failure(&what, &format!("@{moment} expect safe")));
        }
        match world.linearizability() {
            Verdict::Linearizable => Ok(()),
            Verdict::Undecided => {
                self.undecided = true;
                Ok(())
            }
            // A lease lasts longer than etcd's election timeout: such a read can be stale.
            Verdict::NotLinearizable if self.plan.lease_reads => Ok(()),
            Verdict::NotLinearizable => {
                let what = format!("not linearizable after {when}");
                Err(self.failure(&what, &format!("@{moment} expect linearizable")))
            }
        }
    }

    /// What is under way between two servers stays within what the window allows.
    fn count_appends(&self, when: &str) -> Result<(), Failure> {
        let world = self.session.world();
        let most = MOST_APPENDS * Config::new(NodeId(1)).window.messages;
        if world.network().in_flight_len() <= most {
            return Ok(());
        }
        let mut appends: BTreeMap<_, usize> = BTreeMap::new();
        for flight in world.network().in_flight() {
            let message = &flight.message;
            if matches!(message.kind(), Kind::Append | Kind::AppendReply) && !flight.copy {
                let link = (message.from, message.to, message.kind(), message.term);
                *appends.entry(link).or_default() += 1;
            }
        }
        let Some(((from, to, kind, term), count)) = appends.into_iter().find(|(_, n)| *n > most)
        else {
            return Ok(());
        };
        let at = world.moment();
        let what = format!(
            "after {when}, at {at}, {count} messages `{}` of term {term} are under way from {from} \
             to {to}; expected {most} at most",
            kind.name()
        );
        Err(Failure {
            what,
            text: format!("{}@{at} say \"too many messages\"\n", self.session.text()),
        })
    }

    /// The run's own text gives the same run again, event by event.
    fn check_replay(&mut self) -> Result<(), Failure> {
        let text = self.session.text();
        let moment = self.session.world().moment();
        let broken = |what: &str| Failure { what: what.into(), text: text.clone() };
        let scenario = scenario::parse(&format!("{text}\n@{moment} say end\n"))
            .map_err(|error| broken(&format!("its text cannot be read: {error}")))?;
        let mut again = Session::open(scenario);
        while !again.finish_script(u64::MAX / 2) {}
        let finished = again.script().is_some_and(|s| s.state() == ScriptState::Finished);
        if !finished || again.world().digest() != self.session.world().digest() {
            return Err(broken("its text gives another run"));
        }
        Ok(())
    }

    fn failure(&self, what: &str, claim: &str) -> Failure {
        Failure { what: what.into(), text: format!("{}{claim}\n", self.session.text()) }
    }

    fn panicked(&self) -> Failure {
        let mut text = self.session.text();
        let moment = self.session.world().moment();
        let _written = match &self.attempted {
            Some(command) => writeln!(text, "@{moment} {command}"),
            None => writeln!(text, "run 1s"),
        };
        Failure { what: "it panicked, see above".into(), text }
    }
}
