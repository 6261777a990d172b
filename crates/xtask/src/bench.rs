//! Measures the engine, native and in wasm, and the page's frames and first picture. The measuring
//! itself is in `playground-tests` and `tests/browser`; each prints a JSON object of name and
//! number.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::dist;
use crate::shell;
use crate::test::node_in_browser;
use crate::tools;
use crate::workspace::{TESTS, WASM, Workspace};

const NATIVE: &str = "bench";
const IN_WASM: &str = "bench-wasm";
const FRAMES: &str = "tests/browser/frame-bench.mjs";
const FIRST: &str = "tests/browser/first-bench.mjs";
const EMBEDS: &str = "tests/browser/embed-bench.mjs";

type Figures = Map<String, Value>;

pub fn bench(json: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut all = Figures::new();
    for part in [native, search, against_tikv, wasm, frames] {
        match part(&workspace)? {
            Some(figures) => all.extend(figures),
            None => continue,
        }
    }
    if all.is_empty() {
        bail!("nothing was measured: no part of the benchmarks is there");
    }
    if json {
        println!("{}", Value::Object(all));
    } else {
        print_table(&all);
    }
    Ok(())
}

fn native(workspace: &Workspace) -> Result<Option<Figures>> {
    shell::heading("bench: the engine, native");
    if !workspace.has_target(TESTS, "bin", NATIVE) {
        return skipped(&format!("`{TESTS}` has no binary `{NATIVE}`"));
    }
    let mut command = workspace.cargo();
    command.args(["run", "--release", "--quiet", "--package", TESTS, "--bin", NATIVE]);
    command.args(["--", "--json"]);
    figures_of(&mut command).map(Some)
}

fn search(workspace: &Workspace) -> Result<Option<Figures>> {
    shell::heading("bench: the exhaustive search");
    let mut command = workspace.cargo();
    command.args(["run", "--release", "--quiet", "--package", "raft-search", "--", "--json"]);
    figures_of(&mut command).map(Some)
}

fn against_tikv(workspace: &Workspace) -> Result<Option<Figures>> {
    shell::heading("bench: the core against tikv's");
    let mut command = workspace.cargo();
    command.args(["run", "--release", "--quiet", "--package", "raft-mixed", "--bin", "bench-core"]);
    figures_of(command.args(["--", "--json"])).map(Some)
}

/// As the page runs it: the same profile, the same optimiser.
fn wasm(workspace: &Workspace) -> Result<Option<Figures>> {
    shell::heading("bench: the engine, in wasm");
    if !workspace.has_target(TESTS, "bin", IN_WASM) {
        return skipped(&format!("`{TESTS}` has no binary `{IN_WASM}`"));
    }
    tools::wasm_target()?;
    let mut build = workspace.cargo();
    build.args(["build", "--quiet", "--package", TESTS, "--bin", IN_WASM]);
    shell::run(build.args(["--profile", "page", "--target", WASM]))?;

    let built = workspace.target_dir.join(WASM).join("page").join(format!("{IN_WASM}.wasm"));
    let out = workspace.scratch("bench-wasm");
    fs::create_dir_all(&out).with_context(|| format!("cannot create {}", out.display()))?;
    let mut bindgen = Command::new(tools::wasm_bindgen(workspace)?);
    bindgen.args(["--target", "nodejs", "--no-typescript", "--out-name", "bench", "--out-dir"]);
    shell::run(bindgen.arg(&out).arg(&built))?;

    let module = out.join("bench_bg.wasm");
    let mut optimise = Command::new(tools::wasm_opt()?);
    shell::run(optimise.arg("-Oz").arg(&module).arg("-o").arg(&module))?;
    figures_of(Command::new(tools::node()?).arg(out.join("bench.js"))).map(Some)
}

fn frames(workspace: &Workspace) -> Result<Option<Figures>> {
    shell::heading("bench: the page's frames");
    if !workspace.root.join(FRAMES).is_file() {
        return skipped(&format!("there is no {FRAMES}"));
    }
    let page = dist::build(workspace)?;
    let mut figures = figures_of(node_in_browser(workspace, &page)?.arg(FRAMES))?;
    figures.extend(figures_of(node_in_browser(workspace, &page)?.arg(FIRST))?);
    figures.extend(figures_of(node_in_browser(workspace, &page)?.arg(EMBEDS))?);
    Ok(Some(figures))
}

fn skipped(reason: &str) -> Result<Option<Figures>> {
    eprintln!("error: skipped, for {reason}");
    Ok(None)
}

/// The JSON object that a benchmark prints, alone or as its last line.
fn figures_of(command: &mut Command) -> Result<Figures> {
    let text = shell::output(command.stderr(Stdio::inherit()))?;
    read_figures(&text).with_context(|| format!("a benchmark printed no JSON object but: {text}"))
}

fn read_figures(text: &str) -> Option<Figures> {
    let last = text.trim().lines().next_back()?;
    [text, last].iter().find_map(|text| serde_json::from_str(text).ok())
}

fn print_table(figures: &Figures) {
    let width = figures.keys().map(String::len).max().unwrap_or(0);
    for (name, value) in figures {
        println!("{name:width$}  {value:>14}");
    }
    println!("\n{DEFINITIONS}");
}

/// What the figures mean, printed below them.
const DEFINITIONS: &str = "\
event: one thing that the world processes (a delivery, a timer, a disk completion, a client's act)
load: one request each 20 ms of simulated time, from a generator
sim_…_checked: with the safety properties held against every event; …_wasm: in Node
linearizability_1000_ops_ms: the slowest of 20 histories by ten busy clients on one key
search_states_per_s: states generated a second by the exhaustive search, ten steps of three servers
core_vs_tikv_…: proposals a second of ours over those of tikv's raft 0.7, same harness, in memory;
      w1 and w64 proposals outstanding; three servers, or five; the median of several rounds
history: one request each 100 ms; MB are 1,000,000 bytes
seek: to one of 200 random instants with nothing cached, 99th percentile; anywhere, or in the
      latest hour
frame: all main-thread script from the animation-frame callback to the end of the rendering it
       causes, 1280x860, under load; median; at 1/20 speed, calm, or in a lesson
first_picture: from the click to the first contentful paint, the still included, on 1.6 Mbit/s with
      150 ms a round trip and a processor four times slower, nothing cached, gzipped; median of 3:
      of the bare address, a lesson, an embed, a link
first_alive: until the module has drawn the bare address itself
embed_five_kb: what a page of five elements with posters downloads before the first click, gzipped
embed_click_ms: from Play to the stage, everything cached; median of 9
embed_five_frame_ms: all that the main thread does in a frame while five play; …_paused: stand still
embed_mounts_…: what 200 elements leave that were mounted, played and removed";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_alone_and_after_other_lines() {
        for text in ["{\"a\": 1}\n", "{\n\"a\": 1\n}\n", "warming up\n{\"a\": 1}\n"] {
            assert_eq!(read_figures(text).map(|f| f["a"].clone()), Some(Value::from(1)), "{text}");
        }
        assert_eq!(read_figures("no object"), None);
    }
}
