//! What runs many runs beside the page: the engine that draws nothing, and the scripts of its
//! workers. They are fetched when somebody asks what comes next.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::csp;
use crate::element::{put, read};
use crate::npm::{ENGINE, Modules};
use crate::workspace::Workspace;

/// What the page asks for; all that it loads has its content's hash in its name.
const FIRST: &str = "runs.js";

/// Builds them and writes them beside the page's files.
pub fn write(workspace: &Workspace, out: &Path) -> Result<()> {
    let modules = Modules::build(workspace, &workspace.scratch("runs"), &[ENGINE])?;
    let wasm = fs::read(modules.wasm(ENGINE)).context("the engine was not built")?;
    let engine = read(&modules.script(ENGINE))?;
    let folder = workspace.root.join("web/runs");
    let wasm = file(out, "engine", "wasm", &wasm)?;
    let engine = file(out, "engine", "js", engine.as_bytes())?;
    let worker = put(&read(&folder.join("worker.js"))?, "./engine.js", &engine)?;
    let worker = file(out, "worker", "js", worker.as_bytes())?;
    let runs = put(&read(&folder.join(FIRST))?, "./worker.js", &worker)?;
    let runs = put(&runs, "./engine.wasm", &wasm)?;
    let target = out.join(FIRST);
    fs::write(&target, runs).with_context(|| format!("cannot write {}", target.display()))
}

/// Writes a file under a name with its content's hash, and gives its address beside the others.
fn file(out: &Path, name: &str, end: &str, content: &[u8]) -> Result<String> {
    let name = format!("{name}-{:016x}.{end}", csp::digest(content));
    let target = out.join(&name);
    fs::write(&target, content).with_context(|| format!("cannot write {}", target.display()))?;
    Ok(format!("./{name}"))
}
