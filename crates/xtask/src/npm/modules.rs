//! The modules of the package: the page in one piece, which finds its texts in the bundle, and the
//! engine alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::cannot_write;
use crate::dist;
use crate::parts::WASM_FEATURES;
use crate::shell;
use crate::tools;
use crate::workspace::{WASM, WEB, Workspace};

/// One module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Module {
    /// What it and its script are called.
    name: &'static str,
    /// The package that it is compiled from.
    package: &'static str,
    /// What the compiler calls it.
    file: &'static str,
}

pub const PAGE: Module = Module { name: "page", package: WEB, file: "raft-playground-web.wasm" };
pub const ENGINE: Module =
    Module { name: "engine", package: "raft-engine", file: "raft_engine.wasm" };

/// Modules that were built, each with the script that wasm-bindgen writes for it.
pub struct Modules {
    folder: PathBuf,
}

impl Modules {
    /// Compiles, binds and shrinks them, into a folder.
    pub fn build(workspace: &Workspace, folder: &Path, wanted: &[Module]) -> Result<Modules> {
        tools::wasm_target()?;
        shell::heading("Building the package's modules");
        let mut command = workspace.cargo();
        command.args(["build", "--quiet", "--profile", "page", "--target", WASM]);
        for module in wanted {
            command.args(["--package", module.package]);
        }
        if wanted.contains(&PAGE) {
            command.args(["--features", &format!("{WEB}/packed")]);
        }
        let (name, flags) = dist::wasm_flags(workspace, &[])?;
        shell::run(command.env(name, flags))?;
        let folder = folder.join("modules");
        fs::create_dir_all(&folder).with_context(|| cannot_write(&folder))?;
        for module in wanted {
            let compiled = workspace.target_dir.join(WASM).join("page").join(module.file);
            let mut bind = Command::new(tools::wasm_bindgen(workspace)?);
            bind.args(["--target", "web", "--no-typescript", "--omit-default-module-path"]);
            bind.args(["--remove-producers-section", "--out-name", module.name, "--out-dir"]);
            shell::run(bind.arg(&folder).arg(&compiled))?;
            shrink(&folder.join(format!("{}_bg.wasm", module.name)))?;
        }
        Ok(Modules { folder })
    }

    /// The module itself.
    pub fn wasm(&self, module: Module) -> PathBuf {
        self.folder.join(format!("{}_bg.wasm", module.name))
    }

    /// The script that starts it.
    pub fn script(&self, module: Module) -> PathBuf {
        self.folder.join(format!("{}.js", module.name))
    }
}

/// Once: what the page's module gains by being shrunk on and on takes minutes, for a hundredth.
fn shrink(wasm: &Path) -> Result<()> {
    let mut command = Command::new(tools::wasm_opt()?);
    command.args(WASM_FEATURES).args(["-Oz", "--strip-debug"]);
    // It warns of names that it does not need.
    shell::output(command.arg(wasm).arg("-o").arg(wasm)).map(drop)
}
