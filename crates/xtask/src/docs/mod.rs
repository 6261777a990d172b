//! Builds the documentation: the book in `docs/book`, whose examples are the page itself. mdBook
//! makes the pages; before it the project's own documents are taken in and fences become elements,
//! after it the pages get what the theme cannot know and come under the page's own policy.

mod finish;
mod stage;
mod test;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::files;
use crate::shell;
use crate::tools;
use crate::workspace::Workspace;

pub use test::test;

/// The book, below the root.
const BOOK: &str = "docs/book";
/// The command line, which draws the stills.
const PROGRAM: &str = "raft-playground";
/// What every build of the book has: so an older one may be replaced, another folder not.
const MARK: &str = "id=\"raft-playground-docs\"";

/// What the command is asked for.
#[derive(clap::Args)]
pub struct Docs {
    /// The folder to write; the page's own files belong into the folder around it. An earlier build
    /// is replaced
    #[arg(long, default_value = "dist/docs")]
    out: PathBuf,
    /// A built page to take, instead of building it for --test
    #[arg(long, value_name = "DIR")]
    page: Option<PathBuf>,
    /// Build the book beside the page and try every page and snippet in a browser, instead of
    /// writing --out
    #[arg(long)]
    test: bool,
}

pub fn docs(asked: &Docs) -> Result<()> {
    let workspace = Workspace::find()?;
    let page = asked.page.as_deref().map(|page| is_page(page).map(|()| page)).transpose()?;
    if asked.test {
        return test(&workspace, page);
    }
    let out = std::path::absolute(&asked.out).context("cannot tell where --out is")?;
    refuse_foreign(&out)?;
    let built = build(&workspace)?;
    files::replace(&built, &out)?;
    println!("The documentation is in {}.", out.display());
    let around = out.parent().unwrap_or(&out);
    if is_page(around).is_err() {
        println!("Its examples need the page's files around it: `cargo xtask dist` writes both.");
    }
    Ok(())
}

/// Builds the book below the target directory and returns its folder, which belongs into `docs` of
/// a built page: its examples load `../embed.js`.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    let mdbook = tools::mdbook()?;
    let start = Instant::now();
    shell::heading("Building the documentation");
    let program = program(workspace)?;
    let scratch = workspace.scratch("docs");
    let (staged, book, out) = (scratch.join("staged"), scratch.join("book"), scratch.join("out"));
    for folder in [&staged, &book, &out] {
        if folder.exists() {
            let shown = || format!("cannot replace {}", folder.display());
            fs::remove_dir_all(folder).with_context(shown)?;
        }
    }
    check(workspace, &program)?;
    let pages = stage::stage(&workspace.root, &staged)?;
    let source = book.join("src");
    shell::output(Command::new(&program).arg("embed").arg(&staged).arg("--out").arg(&source))
        .context("cannot put the playgrounds into the book")?;
    let from = workspace.root.join(BOOK);
    files::copy(&from.join("theme"), &book.join("theme"))?;
    fs::copy(from.join("book.toml"), book.join("book.toml")).context("cannot copy book.toml")?;
    shell::output(Command::new(mdbook).arg("build").arg(&book).arg("--dest-dir").arg(&out))?;
    let icon = workspace.root.join("web/static/icon.svg");
    fs::copy(icon, out.join("icon.svg")).context("cannot copy the icon")?;
    finish::finish(&out, &pages)?;
    eprintln!(
        "Built the documentation, {} pages, in {}.",
        pages.len(),
        shell::duration(start.elapsed())
    );
    Ok(out)
}

/// The command line as it is now. Not optimized: a still takes little, and the tests build it so.
fn program(workspace: &Workspace) -> Result<PathBuf> {
    shell::run(workspace.cargo().args(["build", "--quiet", "--package", PROGRAM]))?;
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace.target_dir.join("debug").join(name))
}

/// Carries out every fence where it is written, so that what fails is named by its own line.
fn check(workspace: &Workspace, program: &Path) -> Result<()> {
    let book = Path::new(BOOK).join("src");
    hold(&workspace.root, Command::new(program).args(["check", "--require"]).arg(book))?;
    // Not all of them have examples.
    let documents = stage::included(&workspace.root)?;
    hold(&workspace.root, Command::new(program).arg("check").args(documents))
}

/// Runs a check, and says of a failed one what did not hold.
fn hold(root: &Path, check: &mut Command) -> Result<()> {
    let said = check.current_dir(root).output().context("cannot start the check")?;
    if said.status.success() {
        return Ok(());
    }
    let (told, wrong) = (
        String::from_utf8_lossy(&said.stdout).into_owned(),
        String::from_utf8_lossy(&said.stderr).into_owned(),
    );
    let failed = told.lines().chain(wrong.lines()).filter(|line| !line.contains(": ok: "));
    let failed: Vec<&str> = failed.collect();
    bail!("an example of the documentation does not hold:\n{}", failed.join("\n"))
}

fn is_page(folder: &Path) -> Result<()> {
    ensure!(
        folder.join("embed.js").is_file() && folder.join("index.html").is_file(),
        "{} holds no built page (index.html and embed.js): `cargo xtask dist` makes one",
        folder.display()
    );
    Ok(())
}

fn refuse_foreign(out: &Path) -> Result<()> {
    if !out.exists() || files::below(out)?.is_empty() {
        return Ok(());
    }
    let index = fs::read_to_string(out.join("index.html")).unwrap_or_default();
    if index.contains(MARK) {
        return Ok(());
    }
    bail!("{} holds something else than a build of the book: name another --out", out.display())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_hold_is_named_by_its_line_and_nothing_else() {
        let check = |script: &str| hold(Path::new("/"), Command::new("sh").args(["-c", script]));
        let error = check("echo 'a.md:3: ok: A'; echo 'a.md:9: term is 2'; exit 1").unwrap_err();
        let said = "an example of the documentation does not hold:\na.md:9: term is 2";
        assert_eq!(error.to_string(), said);
        assert!(check("echo 'a.md:3: ok: A'").is_ok());
    }
}
