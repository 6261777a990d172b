//! The libraries as others get them: packaged as for the registry, and each built from its package
//! against the packages of the others. Nothing is published.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::shell;
use crate::workspace::Workspace;

/// What every package holds beside its manifest; links that lead nowhere are left out silently.
const FILES: [&str; 4] = ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "src/lib.rs"];

/// Packages what may be published. Every dependency is there already, fetched for the workspace, so
/// no registry is asked: it would know of neither these versions nor, at first, these names.
pub fn package(workspace: &Workspace) -> Result<()> {
    let scratch = workspace.scratch("package");
    let libraries = workspace.publishable();
    if libraries.is_empty() {
        bail!("no package of the workspace may be published: `publish = false` stands in each");
    }
    forget_earlier(workspace, &scratch, &libraries)?;
    let mut command = workspace.cargo();
    command.args(["package", "--quiet", "--offline", "--allow-dirty"]).arg("--target-dir");
    command.arg(&scratch);
    // They are only looked at: without what a debugger needs they are built in half the time.
    command.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    for (name, _) in &libraries {
        command.args(["--package", name]);
    }
    shell::run(&mut command)?;
    for (name, version) in &libraries {
        let folder = scratch.join("package").join(format!("{name}-{version}"));
        holds_its_files(name, &folder)?;
    }
    Ok(())
}

/// Cargo takes a package whose name and version it has seen for the same, as they are in a
/// registry: what an earlier run has built and unpacked would be used in place of what is there
/// now.
fn forget_earlier(workspace: &Workspace, scratch: &Path, libraries: &[(&str, &str)]) -> Result<()> {
    remove(scratch)?;
    let unpacked = workspace.cargo_home()?.join("registry").join("src");
    let Ok(registries) = fs::read_dir(unpacked) else { return Ok(()) };
    for registry in registries {
        let registry = registry.context("cannot read Cargo's folder of sources")?.path();
        for (name, version) in libraries {
            remove(&registry.join(format!("{name}-{version}")))?;
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn holds_its_files(name: &str, folder: &Path) -> Result<()> {
    match FILES.iter().find(|file| !folder.join(file).is_file()) {
        Some(file) => bail!("the package `{name}` lacks {file}: see `include` in its Cargo.toml"),
        None => Ok(()),
    }
}
