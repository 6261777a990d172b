//! `raft-search`: looks through every state of a small cluster.

use clap::Parser;
use raft_core::{Rule, RuleSet};
use raft_search::{Budget, Plan, search};
use std::process::ExitCode;

/// Looks through every state that a few steps of three servers can reach, shortest paths first.
#[derive(Parser)]
struct Options {
    /// How many steps
    #[arg(long, default_value_t = 10)]
    depth: u32,
    /// How many servers
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=7))]
    servers: u64,
    /// Election timeouts on one path
    #[arg(long, default_value_t = Budget::default().timeouts)]
    timeouts: u8,
    /// Crashes on one path
    #[arg(long, default_value_t = Budget::default().crashes)]
    crashes: u8,
    /// Messages that arrive twice on one path
    #[arg(long, default_value_t = Budget::default().duplicates)]
    duplicates: u8,
    /// Clients' commands on one path
    #[arg(long, default_value_t = Budget::default().proposals)]
    proposals: u8,
    /// Heartbeats on one path
    #[arg(long, default_value_t = Budget::default().heartbeats)]
    heartbeats: u8,
    /// A rule to switch off, such as `persist-vote`
    #[arg(long, value_name = "NAME")]
    rule_off: Vec<String>,
    /// Print one JSON object, {"search_states_per_s": N}, and nothing else
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let mut rules = RuleSet::default();
    for name in &options.rule_off {
        let Some(rule) = Rule::from_name(name) else {
            let names = Rule::ALL.map(Rule::name).join(", ");
            eprintln!("error: there is no rule `{name}`; expected one of: {names}");
            return ExitCode::from(2);
        };
        rules = rules.without(rule);
    }
    let Options { timeouts, crashes, duplicates, proposals, heartbeats, .. } = options;
    let plan = Plan {
        servers: options.servers,
        depth: options.depth,
        budget: Budget { timeouts, crashes, duplicates, proposals, heartbeats },
        rules,
    };
    let outcome = search(&plan, |depth, outcome| {
        if !options.json {
            println!(
                "depth {depth}: {} states generated, {} distinct, {:.0} a second",
                outcome.generated,
                outcome.distinct,
                outcome.rate()
            );
        }
    });
    if options.json {
        println!("{}", serde_json::json!({ "search_states_per_s": outcome.rate().round() }));
    }
    match outcome.violation {
        None => ExitCode::SUCCESS,
        Some(violation) => {
            println!(
                "{} is broken after {} steps ({} states generated):\n\n{}",
                violation.property, outcome.depth, outcome.generated, violation.scenario
            );
            ExitCode::from(1)
        }
    }
}
