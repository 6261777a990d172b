//! Tries the built book: every page and every snippet, in a browser.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{BOOK, build, program, stage};
use crate::counts;
use crate::dist;
use crate::files;
use crate::npm;
use crate::shell;
use crate::site;
use crate::test::node_in_browser;
use crate::workspace::{WEB, Workspace};

/// The tests, below the root.
const TESTS: &str = "tests/docs";

/// Puts the book beside a page, which is built unless one is given, and runs the tests.
pub fn test(workspace: &Workspace, page: Option<&Path>) -> Result<()> {
    let built = match page {
        Some(page) => page.to_path_buf(),
        None => dist::build(workspace)?,
    };
    let docs = build(workspace)?;
    npm::write_inline(workspace, &built)?;
    let site = workspace.scratch("docs-site");
    site::lay_out(workspace, &built, &site, &[workspace.version_of(WEB)?.to_owned()])?;
    files::replace(&docs, &site.join("docs"))?;
    shell::heading("docs: every page and every snippet in a headless browser");
    let mut command = node_in_browser(workspace, &site)?;
    let documents = stage::included(&workspace.root)?;
    command.env("BOOK", workspace.root.join(BOOK).join("src"));
    command.env("DOCUMENTS", documents.join("\n")).env("PROGRAM", program(workspace)?);
    command.env("XTASK", std::env::current_exe().context("cannot tell which program this is")?);
    let tests = files::names(&workspace.root.join(TESTS), ".test.mjs")?;
    if tests.is_empty() {
        bail!("{TESTS} holds no *.test.mjs: restore them from the repository");
    }
    command.args(["--test", "--test-reporter=spec", "--test-concurrency=2"]);
    command.args(tests.iter().map(|name| format!("{TESTS}/{name}")));
    let (output, result) = shell::tee(&mut command)?;
    let counts = counts::of_node(&output);
    println!("\n{} passed, {} failed", counts.passed, counts.failed);
    result.context("repeat the documentation's tests with `cargo xtask docs --test`")
}
