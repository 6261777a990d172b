//! The examples of `integrations/`, each built with the tool that it is for, opened in a headless
//! browser beside the built page, and broken on purpose.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::counts;
use crate::dist;
use crate::shell;
use crate::test::node_in_browser;
use crate::tools;
use crate::workspace::Workspace;

/// Where the tests are, with what they need of npm and PyPI.
const TESTS: &str = "tests/integrations";

/// Builds and opens all examples; `page` is a folder that `cargo xtask dist` has written, and
/// without it the page is built.
pub fn integrations(page: Option<&Path>, only: &[String]) -> Result<()> {
    let start = Instant::now();
    let workspace = Workspace::find()?;
    let tests = chosen(&workspace, only)?;
    // Everything is installed first, so that nobody waits to learn what is missing.
    let python = tools::python_packages(&workspace.root.join(TESTS).join("requirements.txt"))?;
    let mdbook = tools::mdbook()?;
    tools::install_node_packages(&workspace, TESTS, "the packages of the integrations")?;
    let page = match page {
        Some(page) => built(page)?,
        None => dist::build(&workspace)?,
    };
    let program = program(&workspace)?;
    shell::heading("integrations: examples for authors' tools, in a headless browser");
    let mut command = node_in_browser(&workspace, &page)?;
    command.env("RAFT_PLAYGROUND", &program).env("MDBOOK", &mdbook).env("SITES_PATH", &python);
    command.env("INTEGRATIONS_WORK", workspace.scratch("integrations"));
    command.args(["--test", "--test-reporter=spec", "--test-concurrency=2"]).args(tests);
    let (output, result) = shell::tee(&mut command)?;
    let sum = counts::of_node(&output);
    println!("\nThe integrations took {}.", shell::duration(start.elapsed()));
    println!("{} passed, {} failed", sum.passed, sum.failed);
    result
}

/// A page that was built before, by its whole path: the tests run in another folder.
fn built(page: &Path) -> Result<PathBuf> {
    let page = std::path::absolute(page).context("cannot tell where --page is")?;
    if !page.join("embed.js").is_file() {
        bail!("--page: expected a folder that `cargo xtask dist` has written, found no embed.js");
    }
    Ok(page)
}

/// The command line, which plugins call.
fn program(workspace: &Workspace) -> Result<PathBuf> {
    shell::heading("the command line that the plugins call");
    shell::run(workspace.cargo().args(["build", "--package", "raft-playground"]))?;
    let name = format!("raft-playground{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace.target_dir.join("debug").join(name))
}

/// The tests of all tools, or of those that are named.
fn chosen(workspace: &Workspace, only: &[String]) -> Result<Vec<PathBuf>> {
    let folder = workspace.root.join(TESTS);
    let mut names = crate::files::names(&folder, ".test.mjs")?;
    let all: Vec<String> = names.iter().map(|name| name.replace(".test.mjs", "")).collect();
    if let Some(unknown) = only.iter().find(|name| !all.contains(name)) {
        bail!("expected one of {}, found `{unknown}`", all.join(", "));
    }
    names.retain(|name| {
        only.is_empty() || only.iter().any(|one| *name == format!("{one}.test.mjs"))
    });
    Ok(names.iter().map(|name| folder.join(name)).collect())
}
