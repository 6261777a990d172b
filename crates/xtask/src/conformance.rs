//! Runs the core against scripted tests of etcd's raft library.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::shell;
use crate::workspace::Workspace;

/// Runs every file of the folder and prints a line for each.
pub fn conformance(dir: Option<PathBuf>) -> Result<()> {
    let workspace = Workspace::find()?;
    let dir = match dir {
        Some(dir) => std::path::absolute(dir)?,
        None => default_dir(&workspace.root),
    };
    if !dir.is_dir() {
        bail!("there is no folder {}: name one, or set RAFT_CONFORMANCE", dir.display());
    }
    let mut run = workspace.cargo();
    run.args(["run", "--quiet", "--package", "raft-conformance", "--"]).arg(dir);
    shell::run(&mut run)
}

fn default_dir(root: &Path) -> PathBuf {
    let folder = env::var_os("RAFT_CONFORMANCE").map(PathBuf::from);
    folder.unwrap_or_else(|| root.join("../shared/conformance")).join("etcd-raft")
}
