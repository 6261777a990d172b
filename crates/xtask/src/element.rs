//! The files that other pages load: `embed.js` and what it loads in its turn, for frames
//! `bridge.js` and `frame.js`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::csp;
use crate::files;
use crate::tools;
use crate::workspace::Workspace;

/// What the page in a frame loads, where its host is named.
pub const BRIDGE: &str = "bridge.js";

/// Writes them beside the page's files, whose module they fetch. Those that other pages name keep
/// their names; what only they load has its hash in its own.
pub fn write(workspace: &Workspace, out: &Path) -> Result<()> {
    let folder = workspace.root.join("web/embed");
    let mut live = read(&folder.join("live.js"))?;
    for (end, place) in [(".js", "./engine.js"), (".wasm", "./engine.wasm")] {
        let file = files::names(out, end)?.into_iter().find(|file| file.contains("-web-"));
        let file = file.with_context(|| format!("the built page has no module in {end}"))?;
        live = put(&live, place, &format!("./{file}"))?;
    }
    let hash = format!("{:016x}", csp::digest(live.as_bytes()));
    let live_name = format!("live-{hash}.js");
    let style = minified(&folder.join("embed.css"))?;
    let embed = read(&folder.join("embed.js"))?;
    let embed = put(&embed, "./live.js", &format!("./{live_name}"))?;
    let embed = put(&embed, "\"./embed.css\"", &serde_json::to_string(style.trim())?)?;
    let bridge = read(&folder.join("bridge.js"))?;
    let frame = read(&folder.join("frame.js"))?;
    let all =
        [(live_name.as_str(), live), ("embed.js", embed), (BRIDGE, bridge), ("frame.js", frame)];
    for (name, text) in all {
        let target = out.join(name);
        fs::write(&target, text).with_context(|| format!("cannot write {}", target.display()))?;
    }
    Ok(())
}

pub fn read(path: &PathBuf) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A script with something of the built page in place of a name.
pub fn put(script: &str, place: &str, what: &str) -> Result<String> {
    if !script.contains(place) {
        bail!("expected {place} in a script of the page, found none");
    }
    Ok(script.replace(place, what))
}

/// A style without comments and blanks.
pub fn minified(style: &Path) -> Result<String> {
    let mut command = Command::new(tools::esbuild()?);
    command.args(["--minify", "--charset=utf8", "--log-level=error"]).arg(style);
    let output = command.output().context("cannot run esbuild")?;
    if !output.status.success() {
        bail!("{}: {}", style.display(), String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("esbuild wrote no UTF-8")
}
