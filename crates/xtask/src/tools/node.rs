//! Node.js and npm, which one brings along, and the packages of the browser tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::install;
use crate::shell;
use crate::version::Version;
use crate::workspace::Workspace;

const OLDEST: Version = Version::new(20, 0, 0);

pub fn node() -> Result<PathBuf> {
    let node = shell::find("node").context(
        "Node.js is missing: install version 20 or later, with npm (Debian: `apt-get install \
         nodejs npm`)",
    )?;
    let printed = shell::output(Command::new(&node).arg("--version"))?;
    match Version::find_in(&printed) {
        Some(version) if version >= OLDEST => Ok(node),
        _ => bail!("Node.js is {}, but 20 or later is needed: install a newer one", printed.trim()),
    }
}

pub fn npm() -> Result<PathBuf> {
    node()?;
    let name = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let found = if cfg!(windows) { Some(PathBuf::from(name)) } else { shell::find(name) };
    found.context("npm is missing: install it beside Node.js (Debian: `apt-get install npm`)")
}

/// Installs what the browser tests import. It never downloads a browser.
pub fn install_browser_tests(workspace: &Workspace) -> Result<()> {
    let dir = workspace.root.join("tests/browser");
    if is_installed(&dir)? {
        return Ok(());
    }
    let mut command = Command::new(npm()?);
    command.arg("ci").current_dir(&dir).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    install::announced(&mut command, "the packages of the browser tests", "seconds")?;
    fs::copy(dir.join("package-lock.json"), stamp(&dir))
        .context("cannot note in tests/browser/node_modules what is installed")?;
    Ok(())
}

/// The stamp is written last and `npm ci` starts by removing it, so it vouches for a whole install.
fn is_installed(dir: &Path) -> Result<bool> {
    let wanted = fs::read(dir.join("package-lock.json"))
        .context("tests/browser/package-lock.json is missing: restore it from the repository")?;
    Ok(fs::read(stamp(dir)).is_ok_and(|installed| installed == wanted))
}

fn stamp(dir: &Path) -> PathBuf {
    dir.join("node_modules/.installed-lock.json")
}
