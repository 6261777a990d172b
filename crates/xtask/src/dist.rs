//! Builds the page as static files that work on any host and below any path.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::csp;
use crate::parts::Parts;
use crate::shell;
use crate::tools;
use crate::workspace::Workspace;

/// What every build of the page has: so an older build may be replaced, another folder not.
const MARK: &str = "id=\"playground\"";

/// Builds into a folder that the caller names, relative to the current one.
pub fn dist(out: &Path) -> Result<()> {
    let workspace = Workspace::find()?;
    let out = std::path::absolute(out).context("cannot tell where --out is")?;
    refuse_foreign(&out)?;
    let built = build(&workspace)?;
    replace(&built, &out)?;
    println!("The page is in {}: copy that folder to any host.", out.display());
    Ok(())
}

/// Builds the page below the target directory and returns the folder.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    let out = workspace.scratch("page");
    let start = Instant::now();
    // The module is cut at its functions' references to each other, which the linker must keep.
    let mut command = trunk(workspace, "build", &["-Clink-args=--emit-relocs"])?;
    command.arg("--dist").arg(&out);
    let parts = Parts::cut(workspace, &mut command)?;
    shell::heading("Building the page");
    shell::run(&mut command)?;
    parts.join(&out)?;
    harden(&out)?;
    eprintln!("Built the page in {}.", shell::duration(start.elapsed()));
    Ok(out)
}

/// A Trunk command that compiles as the page is published, with its tools on PATH. Trunk itself
/// must not download anything, so the crates are fetched first.
pub fn trunk(workspace: &Workspace, subcommand: &str, rustflags: &[&str]) -> Result<Command> {
    let path = shell::path_with(&tools::page_tools(workspace)?)?;
    shell::run(workspace.cargo().args(["fetch", "--quiet"]))
        .context("cannot fetch the crates that the page is made of")?;
    let mut command = Command::new(tools::trunk()?);
    command.arg(subcommand).args(["--release", "--offline", "--cargo-profile", "page"]);
    command.args(["--skip-version-check"]).current_dir(&workspace.root).env("PATH", path);
    // Trunk takes NO_COLOR for a flag of its own and refuses the usual value `1`.
    command.env_remove("NO_COLOR");
    let flags = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
    let given = env::var(flags).unwrap_or_default();
    let all = format!("{given} {} {}", short_paths(workspace)?, rustflags.join(" "));
    command.env(flags, all.trim());
    Ok(command)
}

/// Flags that take the machine's folders out of the paths that panics name: whoever builds the page
/// gets the same file, and a smaller one.
fn short_paths(workspace: &Workspace) -> Result<String> {
    let mut folders = vec![workspace.root.clone()];
    let sources = workspace.cargo_home()?.join("registry").join("src");
    for registry in fs::read_dir(&sources).into_iter().flatten().flatten() {
        folders.push(registry.path());
    }
    // Cargo splits the flags at white space, so a folder with a blank in its name stays as it is.
    let plain =
        |folder: &PathBuf| folder.to_str().is_some_and(|f| !f.contains(char::is_whitespace));
    folders.retain(plain);
    let flags = folders.iter().map(|folder| format!("--remap-path-prefix={}/=", folder.display()));
    Ok(flags.collect::<Vec<_>>().join(" "))
}

fn harden(dir: &Path) -> Result<()> {
    let index = dir.join("index.html");
    let html = fs::read_to_string(&index)
        .with_context(|| format!("Trunk wrote no {}", index.display()))?;
    let page = csp::harden(&html)?;
    fs::write(dir.join(&page.script_name), page.script)
        .and_then(|()| fs::write(&index, page.html))
        .with_context(|| format!("cannot write into {}", dir.display()))
}

fn refuse_foreign(out: &Path) -> Result<()> {
    let is_empty = match fs::read_dir(out) {
        Ok(mut files) => files.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot use {}", out.display())),
    };
    let index = fs::read_to_string(out.join("index.html")).unwrap_or_default();
    // The source of the page has the mark too, and its folder is the repository.
    if is_empty || (index.contains(MARK) && index.contains("Content-Security-Policy")) {
        return Ok(());
    }
    bail!("{} holds something else than a build of the page: name another --out", out.display())
}

fn replace(built: &Path, out: &Path) -> Result<()> {
    if out.exists() {
        fs::remove_dir_all(out).with_context(|| format!("cannot replace {}", out.display()))?;
    }
    copy(built, out)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry.with_context(|| format!("cannot read {}", from.display()))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(&source, &target)
                .with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}
