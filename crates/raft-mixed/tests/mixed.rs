//! Random runs of clusters of both kinds.
//!
//! `RAFT_SEEDS=100000` runs so many seeds, spread over all settings; `RAFT_SEED=7` only that one.
//! With `RAFT_EACH_SETTING=1` every setting gets as many. A run that fails is printed with what led
//! there.

use raft_core::{Rule, RuleSet};
use raft_mixed::{Report, Setting, run, run_with_rules};
use std::collections::BTreeMap;

/// Of the terms that ours would lead if both kinds were elected alike, ours must lead this much.
const SHARE: f64 = 0.7;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// Which seeds run with which setting.
fn runs() -> Vec<(u64, Setting)> {
    let settings = Setting::all();
    let each = number("RAFT_EACH_SETTING").is_some_and(|each| each > 0);
    let seeds = match number("RAFT_SEED") {
        Some(only) => only..=only,
        None => 1..=number("RAFT_SEEDS").unwrap_or(2_000),
    };
    let with = |seed: u64| {
        let one = settings[usize::try_from(seed).expect("small") % settings.len()];
        let settings = if each { settings.clone() } else { vec![one] };
        settings.into_iter().map(move |setting| (seed, setting))
    };
    seeds.flat_map(with).collect()
}

#[test]
fn mixed_clusters_agree_and_ours_lead_their_share() {
    let runs = runs();
    let mut totals: BTreeMap<Setting, Report> = BTreeMap::new();
    let mut fair = 0.0;
    for (seed, setting) in &runs {
        let report = run(*setting, *seed).unwrap_or_else(|failure| panic!("{failure}"));
        let total = totals.entry(*setting).or_default();
        total.led += report.led;
        total.led_by_ours += report.led_by_ours;
        total.committed += report.committed;
        total.changes += report.changes;
        total.restored += report.restored;
        total.reads += report.reads;
        total.rounds += report.rounds;
        total.stuck += report.stuck;
        if report.is_stuck() {
            println!("seed {seed} with {setting}: nobody can ever be elected again");
        }
        fair += report.led as f64 * setting.ours as f64 / setting.servers as f64;
    }
    for (setting, total) in &totals {
        println!("{setting}: {total:?}");
    }
    let led: u64 = totals.values().map(|total| total.led).sum();
    let led_by_ours: u64 = totals.values().map(|total| total.led_by_ours).sum();
    println!("{} runs, {led} terms with a leader, ours {led_by_ours} of {fair:.0}", runs.len());
    if runs.len() >= 100 {
        let stuck: u64 = totals.values().map(|total| total.stuck).sum();
        assert!(
            stuck <= runs.len() as u64 / 500,
            "{stuck} runs ended with no way to elect anybody"
        );
        assert!(led_by_ours as f64 >= SHARE * fair, "ours led {led_by_ours}, fair were {fair:.0}");
        let some = |what: fn(&Report) -> u64| totals.values().map(what).sum::<u64>() > 0;
        assert!(some(|total| total.changes), "no change of membership was committed");
        assert!(some(|total| total.restored), "no snapshot was installed");
        assert!(some(|total| total.reads), "no read was answered");
    }
}

#[test]
fn a_run_follows_from_its_seed() {
    for setting in Setting::all() {
        let once = run(setting, 11).unwrap_or_else(|failure| panic!("{failure}"));
        let twice = run(setting, 11).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(once, twice, "{setting}");
    }
}

#[test]
fn a_broken_rule_is_noticed() {
    for rule in [
        Rule::PersistVote,
        Rule::VoteUpToDate,
        Rule::MajorityElects,
        Rule::MajorityCommits,
        Rule::KeepMatching,
        Rule::DropConflicts,
        Rule::ClampHeartbeat,
        Rule::AckAfterFsync,
        Rule::ReadOwnTerm,
        Rule::JointConsensus,
    ] {
        let rules = RuleSet::default().without(rule);
        let runs = (1..).zip(Setting::all());
        let noticed =
            runs.into_iter().any(|(seed, setting)| run_with_rules(setting, seed, rules).is_err());
        assert!(noticed, "no run notices that our servers do without {rule}");
    }
}
