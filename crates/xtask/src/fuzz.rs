//! Runs a fuzz target with cargo-fuzz, which no other command needs: a finding is kept, and the
//! tests go over the same entries for a few seconds each.

use std::process::Command;

use anyhow::{Context, Result};

use crate::shell;
use crate::tools;
use crate::workspace::Workspace;

/// What libFuzzer is told: an input may take 10 seconds and 1 GB, and be a million bytes long,
/// which is the longest scenario text.
const BOUNDS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=1000", "-max_len=1000000"];

/// Fuzzes until something is found, or as long as `arguments` for libFuzzer say.
pub fn fuzz(target: &str, arguments: &[String]) -> Result<()> {
    let workspace = Workspace::find()?;
    let program = tools::cargo_fuzz()?;
    // Inputs that were of use stay where no commit finds them.
    let corpus = workspace.scratch("fuzz-corpus").join(target);
    std::fs::create_dir_all(&corpus)
        .with_context(|| format!("cannot create {}", corpus.display()))?;
    let kept = workspace.root.join("crates/fuzz-entries/regressions").join(target);

    let mut command = Command::new(program);
    command.current_dir(&workspace.root).args(["fuzz", "run", target]).arg(&corpus);
    command.args(kept.is_dir().then_some(&kept));
    // The sanitizers need a nightly compiler, and ours is safe code.
    command.args(["--sanitizer", "none", "--"]).args(BOUNDS).args(arguments);
    shell::run(&mut command)
}
