//! What holds without running anything: formatting, lints, documentation, packages, licences and
//! sources of dependencies. (Tests that read the project's own text run here too: they take
//! seconds.)

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::package;
use crate::shell;
use crate::tools;
use crate::workspace::{TESTS, WASM, WEB, Workspace};

/// How long the database of advisories may take to fetch before it counts as out of reach.
const FETCH_LIMIT: Duration = Duration::from_secs(90);

pub fn check() -> Result<()> {
    let start = Instant::now();
    let workspace = Workspace::find()?;
    tools::wasm_target()?;
    let deny = tools::cargo_deny()?;

    shell::heading("formatting");
    shell::run(workspace.cargo().args(["fmt", "--all", "--check"]))?;

    shell::heading("lints, native");
    let deny_warnings = ["--", "-D", "warnings"];
    shell::run(
        workspace.cargo().args(["clippy", "--workspace", "--all-targets"]).args(deny_warnings),
    )?;

    // The page pulls in every library it stands on, so they are linted for wasm with it.
    shell::heading("lints, wasm");
    let page = ["clippy", "--package", WEB, "--target", WASM, "--all-targets"];
    shell::run(workspace.cargo().args(page).args(deny_warnings))?;
    let cut = ["--no-default-features", "--features", "split"];
    shell::run(workspace.cargo().args(&page[..5]).args(cut).args(deny_warnings))?;

    shell::heading("documentation of the crates");
    let doc = ["doc", "--workspace", "--no-deps", "--keep-going"];
    shell::run(workspace.cargo().args(doc).env("RUSTDOCFLAGS", "-D warnings"))?;

    shell::heading("links in documents; sizes of files, functions and lines");
    let tidy = ["test", "--quiet", "--package", TESTS, "--test", "tidy"];
    shell::run(workspace.cargo().args(tidy))?;

    shell::heading("the libraries, packaged and built from their packages");
    package::package(&workspace)?;

    shell::heading("dependencies: licences, bans, sources");
    let cargo_deny = |arguments: &[&str]| {
        let mut command = Command::new(&deny);
        command.args(arguments).current_dir(&workspace.root);
        command
    };
    shell::run(&mut cargo_deny(&["check", "licenses", "bans", "sources"]))?;

    shell::heading("dependencies: security advisories");
    match shell::run_within(&mut cargo_deny(&["fetch", "db"]), FETCH_LIMIT) {
        Ok(()) => shell::run(&mut cargo_deny(&["check", "--disable-fetch", "advisories"]))?,
        Err(reason) => {
            println!("LEFT OUT: the database of advisories cannot be fetched from here ({reason}).")
        }
    }
    println!("\nAll checks done in {}.", shell::duration(start.elapsed()));
    Ok(())
}
