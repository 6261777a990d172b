//! `cargo xtask …`: everything that is done with this repository, in one program, so that nobody
//! has to know which tools the page needs or where they come from.

mod bench;
mod check;
mod compress;
mod conformance;
mod counts;
mod csp;
mod digest;
mod dist;
mod docs;
mod element;
mod files;
mod fuzz;
mod integrations;
mod journeys;
mod licences;
mod manifest;
mod npm;
mod offline;
mod package;
mod parts;
mod runs;
mod serve;
mod shell;
mod site;
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
        /// The folder to write; an earlier build in it is replaced, the versions in `v/` are kept
        #[arg(long, default_value = "dist")]
        out: PathBuf,
        /// Let this version in `v/` become another than it was, whoever has pinned it
        #[arg(long)]
        replace_version: bool,
        /// Take this page, built before, and build none
        #[arg(long, hide = true)]
        from: Option<PathBuf>,
    },
    /// Build the documentation: a book whose examples are the page itself
    Docs(docs::Docs),
    /// Build the npm package: the element for bundlers, the engine alone, everything in one file
    Package {
        /// The folder to write it into, as a folder and packed; an earlier one is replaced
        #[arg(long, default_value = "output")]
        out: PathBuf,
    },
    /// Draw the still anew that index.html shows before the page's module is there
    Still,
    /// Build the page and say how much a first visit downloads, gzipped (1 KB = 1,000 bytes)
    Size {
        /// Print one JSON object, {"first_load_gz_kb": N}, instead of a table
        #[arg(long)]
        json: bool,
        /// Measure this page, built before, and build none
        #[arg(long, hide = true)]
        from: Option<PathBuf>,
    },
    /// Run all tests: native, in a headless browser, in Node.js, and of the built page
    Test {
        /// How many random runs each property is tried on
        #[arg(long, default_value_t = 2000)]
        seeds: u64,
        /// Run one part only
        #[arg(long, value_enum)]
        only: Option<test::Part>,
        /// Instead of all that: the journeys in Chromium, Firefox and WebKit, installed where they
        /// can be
        #[arg(long, conflicts_with_all = ["only", "seeds"])]
        browsers: bool,
        /// With --browsers: a folder with the built page; without one, where it was built last
        #[arg(long, requires = "browsers", value_name = "FOLDER")]
        built: Option<Option<PathBuf>>,
    },
    /// Build the examples for MkDocs, mdBook, Hugo and others, and open them in a headless browser
    Integrations {
        /// A page that `cargo xtask dist` has written, instead of a new one
        #[arg(long, value_name = "DIR")]
        page: Option<PathBuf>,
        /// Those of these tools only, such as `mkdocs`
        tools: Vec<String>,
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
    /// Install everything the other commands need but `fuzz` and `integrations`; do nothing else
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
        Task::Docs(asked) => docs::docs(&asked),
        Task::Package { out } => npm::package(&out),
        Task::Test { browsers: true, built, .. } => journeys::journeys(built),
        Task::Test { seeds, only, .. } => test::test(seeds, only),
        Task::Integrations { page, tools } => integrations::integrations(page.as_deref(), &tools),
        Task::Dist { out, replace_version, from } => dist::dist(&dist::Wishes {
            out: &out,
            replaces_version: replace_version,
            from: from.as_deref(),
        }),
        Task::Still => dist::draw_still(),
        Task::Size { json, from } => size::size(json, from.as_deref()),
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
