//! `cargo xtask package`: the npm package, as a folder and packed. Bundlers take the element along
//! with its module and its texts; the engine runs without a page; one file holds everything.

mod element;
mod modules;
mod texts;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::licences;
use crate::shell;
use crate::tools;
use crate::workspace::{WEB, Workspace};
use element::{Home, LIVE, Scripts};
pub use modules::{ENGINE, Modules};
use texts::Texts;

/// The package's name, and its folder's.
const NAME: &str = "raft-playground";
/// The one file that needs no other.
const INLINE: &str = "inline.js";
/// Written by hand, and laid into the package as they are.
const AS_THEY_ARE: [&str; 10] = [
    "README.md",
    "element.d.ts",
    "engine.api.js",
    "engine.d.ts",
    "engine.js",
    "engine.node.js",
    "esbuild.d.ts",
    "esbuild.js",
    "inline.d.ts",
    "react.d.ts",
];
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Builds into a folder that the caller names, relative to the current one; an earlier package
/// there is replaced.
pub fn package(out: &Path) -> Result<()> {
    let workspace = Workspace::find()?;
    let out = std::path::absolute(out).context("cannot tell where --out is")?;
    let folder = out.join(NAME);
    refuse_foreign(&folder)?;
    let built = build(&workspace)?;
    remove(&folder)?;
    copy(&built, &folder)?;
    let packed = pack(&folder, &out)?;
    println!("The package is in {} and, packed, {}.", folder.display(), packed.display());
    Ok(())
}

/// Writes the one file that needs no other beside a built page.
pub fn write_inline(workspace: &Workspace, page: &Path) -> Result<()> {
    let work = work(workspace)?;
    let modules = Modules::build(workspace, &work, &[modules::PAGE])?;
    let texts = Texts::gather(workspace)?;
    inline(workspace, &work, &modules, &texts, &page.join(INLINE))
}

/// Builds the package below the target directory and returns its folder.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    let start = Instant::now();
    let work = work(workspace)?;
    let folder = workspace.scratch("npm").join(NAME);
    remove(&folder)?;
    fs::create_dir_all(&folder).with_context(|| cannot_write(&folder))?;
    let modules = Modules::build(workspace, &work, &[modules::PAGE, modules::ENGINE])?;
    let texts = Texts::gather(workspace)?;
    shell::heading("Laying out the package");
    texts.write_as_modules(&folder)?;
    bundle(&modules, &folder)?;
    let scripts = Scripts::adapted(workspace, Home::Package)?;
    write(&folder.join("element.js"), scripts.element.as_bytes())?;
    write(&folder.join(LIVE), scripts.live.as_bytes())?;
    inline(workspace, &work, &modules, &texts, &folder.join(INLINE))?;
    let by_hand = workspace.root.join("web/package");
    for file in AS_THEY_ARE {
        copy_file(&by_hand.join(file), &folder.join(file))?;
    }
    for file in LICENCES {
        copy_file(&workspace.root.join(file), &folder.join(file))?;
    }
    licences::write(workspace, &folder)?;
    let manifest = read(&by_hand.join("package.json"))?;
    let manifest = with_version(&manifest, workspace.version_of(WEB)?)?;
    write(&folder.join("package.json"), manifest.as_bytes())?;
    eprintln!("Built the package in {}.", shell::duration(start.elapsed()));
    Ok(folder)
}

/// Packs a package's folder as it would be published, into another folder. Nothing is published.
pub fn pack(folder: &Path, to: &Path) -> Result<PathBuf> {
    let mut command = Command::new(tools::npm()?);
    command.args(["pack", "--silent", "--ignore-scripts", "--pack-destination"]).arg(to);
    let said = shell::output(command.current_dir(folder))?;
    let name = said.lines().last().context("`npm pack` names no file")?;
    Ok(to.join(name.trim()))
}

/// The manifest with the workspace's version: one number for everything that is built here.
fn with_version(manifest: &str, version: &str) -> Result<String> {
    let name = format!("\"name\": \"{NAME}\",");
    if manifest.matches(&name).count() != 1 {
        bail!("web/package/package.json: expected {name} once");
    }
    Ok(manifest.replace(&name, &format!("{name}\n  \"version\": \"{version}\",")))
}

/// The modules' scripts: the page's with the door to its texts built in.
fn bundle(modules: &Modules, folder: &Path) -> Result<()> {
    let mut page = Command::new(tools::esbuild()?);
    page.current_dir(folder).args(["--bundle", "--external:./files/*"]);
    page.arg(format!("--alias:{}=./{}", texts::DOOR, texts::FILE));
    page.args(MINIFIED).arg(modules.script(modules::PAGE)).arg("--outfile=playground.js");
    shell::run(&mut page)?;
    // It is part of the script now.
    fs::remove_file(folder.join(texts::FILE)).with_context(|| cannot_write(folder))?;
    let mut engine = Command::new(tools::esbuild()?);
    engine.current_dir(folder).args(MINIFIED).arg(modules.script(modules::ENGINE));
    shell::run(engine.arg("--outfile=engine.core.js"))?;
    copy_file(&modules.wasm(modules::PAGE), &folder.join("playground.wasm"))?;
    copy_file(&modules.wasm(modules::ENGINE), &folder.join("engine.wasm"))
}

const MINIFIED: [&str; 6] = [
    "--format=esm",
    "--target=es2022",
    "--minify",
    "--charset=utf8",
    "--legal-comments=none",
    "--log-level=error",
];

/// Everything in one script: module and texts are packed inside of it.
fn inline(
    workspace: &Workspace,
    work: &Path,
    modules: &Modules,
    texts: &Texts,
    to: &Path,
) -> Result<()> {
    let scripts = Scripts::adapted(workspace, Home::OneFile)?;
    write(&work.join("inline.entry.js"), scripts.element.as_bytes())?;
    write(&work.join(LIVE), scripts.live.as_bytes())?;
    let unpacks = "inline.module.js";
    copy_file(&workspace.root.join("web/package").join(unpacks), &work.join(unpacks))?;
    texts.write_packed(work)?;
    let wasm = modules.wasm(modules::PAGE);
    let bytes = fs::read(&wasm).with_context(|| cannot_read(&wasm))?;
    write(&work.join("playground.wasm.gz"), &texts::gzipped(&bytes)?)?;
    let mut command = Command::new(tools::esbuild()?);
    command.current_dir(work).args(["--bundle", "--loader:.gz=binary"]).args(MINIFIED);
    command.arg(format!("--alias:{}=./{}", texts::DOOR, texts::PACKED));
    let script = modules.script(modules::PAGE);
    command.arg(format!("--alias:{}={}", element::SCRIPT, script.display()));
    shell::run(command.arg("inline.entry.js").arg(format!("--outfile={}", to.display())))
}

fn work(workspace: &Workspace) -> Result<PathBuf> {
    let work = workspace.scratch("npm").join("work");
    fs::create_dir_all(&work).with_context(|| cannot_write(&work))?;
    Ok(work)
}

fn refuse_foreign(folder: &Path) -> Result<()> {
    let manifest = fs::read_to_string(folder.join("package.json")).unwrap_or_default();
    if !folder.exists() || manifest.contains(&format!("\"name\": \"{NAME}\"")) {
        return Ok(());
    }
    bail!("{} holds something else than the package: name another --out", folder.display())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot replace {}", folder.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in crate::files::below(from)? {
        let target = to.join(file.strip_prefix(from).unwrap_or(&file));
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).with_context(|| cannot_write(folder))?;
        }
        copy_file(&file, &target)?;
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let shown = || format!("cannot copy {} to {}", from.display(), to.display());
    fs::copy(from, to).map(drop).with_context(shown)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| cannot_read(path))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).with_context(|| cannot_write(path))
}

fn cannot_read(path: &Path) -> String {
    format!("cannot read {}", path.display())
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_gets_one_version() {
        let manifest = "{\n  \"name\": \"raft-playground\",\n  \"type\": \"module\"\n}\n";
        let versioned = with_version(manifest, "1.2.3").expect("a manifest");
        assert!(versioned.contains("\"raft-playground\",\n  \"version\": \"1.2.3\",\n"));
        assert!(with_version("{}", "1.2.3").is_err());
    }
}
