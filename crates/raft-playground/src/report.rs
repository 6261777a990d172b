//! What a person reads after a run.

use raft_sim::time::Exact;
use raft_sim::{ENGINE_VERSION, ScriptState, Session};
use raft_view::words;

/// Prints what failed, and how the run ended.
pub fn print(session: &Session) {
    let Some(script) = session.script() else { return };
    let failed: Vec<_> = script.expectations().iter().filter(|e| !e.ok).collect();
    for expectation in &failed {
        println!("line {}: {}", expectation.line, expectation.text);
        println!("    {}", expectation.found);
    }
    if let Some(difference) = session.difference() {
        match script.scenario().engine {
            Some(engine) if engine != ENGINE_VERSION => println!(
                "Engine {engine} has recorded this run, and this is {ENGINE_VERSION}: it first \
                 takes \
                 a different course {difference}"
            ),
            Some(_) | None => {
                println!(
                    "This run does not repeat itself: it takes a different course {difference}"
                );
            }
        }
    }
    if script.state() == ScriptState::Stopped {
        println!("The run ended there; what follows was left out.");
    }
    for violation in session.world().violations() {
        println!("{} violated at {}: {violation}", violation.property, Exact(violation.at));
    }
    let world = session.world();
    if !world.violations().is_empty()
        && let Some(assumption) = words::broken_assumption(world)
    {
        println!("{}", words::plain(&assumption));
    }
    for console in world.consoles() {
        println!("> {}", console.line());
        print!("{}", console.output());
        match console.exit() {
            None => println!("[runs]"),
            Some(0) => {}
            Some(code) => println!("[exit {code}]"),
        }
    }
    println!(
        "{}: {} of {} claims held, {} of simulated time, {} events, digest {:016x}",
        session.title().unwrap_or("untitled"),
        script.expectations().len() - failed.len(),
        script.expectations().len(),
        Exact(world.now()),
        world.events(),
        world.digest(),
    );
}
