//! What a person reads after a run.

use raft_sim::time::Exact;
use raft_sim::{ScriptState, Session, What};

/// Whether every claim and every wait held and nothing was left out.
pub fn held(session: &Session) -> bool {
    session.script().is_none_or(|script| {
        script.state() == ScriptState::Finished && script.expectations().iter().all(|e| e.ok)
    })
}

/// Prints what failed, and how the run ended.
pub fn print(session: &Session) {
    let Some(script) = session.script() else { return };
    let failed: Vec<_> = script.expectations().iter().filter(|e| !e.ok).collect();
    for expectation in &failed {
        println!("line {}: {}", expectation.line, expectation.text);
        println!("    {}", expectation.found);
    }
    if script.state() == ScriptState::Stopped {
        println!("The run ended there; what follows was left out.");
    }
    for violation in session.world().violations() {
        println!("{} violated at {}: {violation}", violation.property, Exact(violation.at));
    }
    let world = session.world();
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

/// Prints what happened since `before` things had happened.
pub fn trace(session: &Session, before: u64) {
    let new = usize::try_from(session.happened() - before).unwrap_or(usize::MAX);
    let recent = session.recent();
    for happening in recent.iter().skip(recent.len().saturating_sub(new)) {
        eprintln!("{:>12}  {}", Exact(happening.at).to_string(), describe(&happening.what));
    }
}

fn describe(what: &What) -> String {
    match what {
        What::Decided { server, note } => format!("{server} {note:?}"),
        What::TimerFired { server, timer } => format!("{server} {} timer ran out", timer.name()),
        What::Sent { from, to, kind, term } => format!("{from} -> {to} sent {kind} of term {term}"),
        What::Delivered { from, to, kind, term } => {
            format!("{from} -> {to} delivered {kind} of term {term}")
        }
        What::Lost { from, to, kind, because } => {
            format!("{from} -> {to} lost {kind}: {because:?}")
        }
        What::Durable { server } => format!("{server} write durable"),
        What::Asked { server, .. } => format!("client asks {server}"),
        What::Answered { outcome, .. } => format!("client answered: {outcome:?}"),
        What::Printed { console } => format!("console {console} printed"),
        What::ConsoleEnded { console, exit } => format!("console {console} ended with {exit}"),
        What::Did(command) => command.to_string(),
        What::Violated(violation) => format!("VIOLATED {}: {violation}", violation.property),
    }
}
