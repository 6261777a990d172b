//! `cargo xtask …`: everything that is done with this repository, in one program, so that nobody
//! has to know which tools the page needs or where they come from.

mod bench;
mod check;
mod conformance;
mod counts;
mod csp;
mod dist;
mod fuzz;
mod package;
mod parts;
mod serve;
mod shell;
mod size;
mod test;
mod tools;
mod version;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, serves, tests and measures Raft Playground.
///
/// Each command first sets up what it needs and says so. Tools go into
/// ${XDG_CACHE_HOME:-~/.cache}/raft-playground/tools, once for all clones; what fits on PATH is
/// used instead. You bring Rust (with rustup), Node.js 20 or later, and Chromium or Chrome with
/// ChromeDriver for the tests (installed with apt-get when you are root on Debian or Ubuntu).
///
/// CHROME and CHROMEDRIVER name another browser and driver; CARGO_TARGET_DIR is respected.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the page, serve it on this computer and rebuild it when a file changes
    Serve {
        /// The port to serve on; if it is taken, the next free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Open the page in the browser once it is ready
        #[arg(long)]
        open: bool,
    },
    /// Build the page as static files for any host and any path, with a strict content policy
    Dist {
        /// The folder to write; an earlier build in it is replaced
        #[arg(long, default_value = "dist")]
        out: PathBuf,
    },
    /// Build the page and say how much a first visit downloads, gzipped (1 KB = 1,000 bytes)
    Size {
        /// Print one JSON object, {"first_load_gz_kb": N}, instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Run all tests: native, in a headless browser, in Node.js, and of the built page
    Test {
        /// How many random runs each property is tried on
        #[arg(long, default_value_t = 2000)]
        seeds: u64,
        /// Run one part only
        #[arg(long, value_enum)]
        only: Option<test::Part>,
    },
    /// Check formatting, lints (native and wasm), documentation, packages, licences and sources of
    /// dependencies
    Check,
    /// Measure the engine (native and wasm) and the page's frames
    Bench {
        /// Print one JSON object of name and number instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Run the core against a folder of scripted tests in the format of etcd's raft library
    Conformance {
        /// The folder; without it, the one beside the checkout or in RAFT_CONFORMANCE
        dir: Option<PathBuf>,
    },
    /// Feed one entry for texts and files of others with inputs until one is too much for it
    Fuzz {
        /// The entry: a file in fuzz/fuzz_targets, without its ending
        target: String,
        /// For libFuzzer, such as `-max_total_time=600`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Install everything the other commands need but `fuzz`, and do nothing else
    Setup,
    #[command(hide = true)]
    AnnounceReady { port: u16 },
}

fn main() -> ExitCode {
    if parts::stands_in() {
        return ended(parts::stand_in());
    }
    ended(match Cli::parse().command {
        Task::Serve { port, open } => serve::serve(port, open),
        Task::Dist { out } => dist::dist(&out),
        Task::Size { json } => size::size(json),
        Task::Test { seeds, only } => test::test(seeds, only),
        Task::Check => check::check(),
        Task::Bench { json } => bench::bench(json),
        Task::Conformance { dir } => conformance::conformance(dir),
        Task::Fuzz { target, arguments } => fuzz::fuzz(&target, &arguments),
        Task::Setup => tools::setup_all(),
        Task::AnnounceReady { port } => serve::announce_ready(port),
    })
}

fn ended(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
