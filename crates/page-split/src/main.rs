//! `page-split MODULE FOLDER FIRST LOADER` cuts a module of wasm: `first.wasm` and the other parts
//! go into FOLDER, beside the script LOADER that loads them from the first part's script FIRST.
//! `page-split order MODULE…` puts functions beside those that they resemble, in each file itself.
//!
//! A program of its own, for what it stands on takes longer to compile than all of xtask, and only
//! `cargo xtask dist` and what builds on it ever cut.

mod order;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let done = match arguments.split_first() {
        Some((word, modules)) if word == "order" => order_all(modules),
        _ => split(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn split(arguments: &[OsString]) -> Result<()> {
    let [module, folder, first, loader] = arguments else {
        bail!("expected MODULE FOLDER FIRST LOADER, found {} arguments", arguments.len());
    };
    let module = Path::new(module);
    let text = |argument: &OsString| argument.clone().into_string().ok();
    let first = text(first).context("FIRST is not Unicode")?;
    let loader = text(loader).context("LOADER is not Unicode")?;
    let wasm =
        std::fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let folder = PathBuf::from(folder);
    let first_path = folder.join("first.wasm");
    let mut options = wasm_split_cli_support::Options::new(&wasm);
    options.output_dir = &folder;
    options.main_out_path = &first_path;
    options.main_module = &first;
    options.link_name = &loader;
    wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("cannot cut {}: {error:#}", module.display()))?;
    Ok(())
}

fn order_all(modules: &[OsString]) -> Result<()> {
    for module in modules.iter().map(Path::new) {
        let shown = || module.display();
        let wasm = std::fs::read(module).with_context(|| format!("cannot read {}", shown()))?;
        let ordered = order::reordered(&wasm).with_context(|| format!("{}", shown()))?;
        std::fs::write(module, ordered).with_context(|| format!("cannot write {}", shown()))?;
    }
    Ok(())
}
