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
    install_node_packages(workspace, "tests/browser", "the packages of the browser tests")
}

/// Installs what the journeys in several browsers import. It never downloads one.
pub fn install_journeys(workspace: &Workspace) -> Result<()> {
    install_node_packages(
        workspace,
        "tests/journeys",
        "the packages of the journeys in all browsers",
    )
}

/// Installs what the npm package's tests import: the bundlers that it has to work with.
pub fn install_package_tests(workspace: &Workspace) -> Result<()> {
    install_node_packages(workspace, "tests/package", "the bundlers that the package is tried with")
}

/// Installs what a folder's lock file names into its `node_modules`; nothing that the packages
/// bring is run.
pub fn install_node_packages(workspace: &Workspace, folder: &str, what: &str) -> Result<()> {
    let dir = workspace.root.join(folder);
    if is_installed(&dir)? {
        return Ok(());
    }
    let mut command = Command::new(npm()?);
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    command.current_dir(&dir).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    install::announced(&mut command, what, "seconds")?;
    fs::copy(dir.join("package-lock.json"), stamp(&dir))
        .with_context(|| format!("cannot note in {folder}/node_modules what is installed"))?;
    Ok(())
}

/// The stamp is written last and `npm ci` starts by removing it, so it vouches for a whole install.
fn is_installed(dir: &Path) -> Result<bool> {
    let lock = dir.join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| {
        format!("{} is missing: restore it from the repository", lock.display())
    })?;
    Ok(fs::read(stamp(dir)).is_ok_and(|installed| installed == wanted))
}

fn stamp(dir: &Path) -> PathBuf {
    dir.join("node_modules/.installed-lock.json")
}
