//! Programs that are built already, by cargo-binstall, where a person has it: seconds instead of
//! minutes. Without it, or where it has none for this computer, the caller builds from source.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::shell;
use crate::version::Version;

/// How long a download may take before building from source is the better choice.
const LIMIT: Duration = Duration::from_secs(180);

/// Puts the programs of a package into `root/bin`; false where that cannot be had, and then says
/// why.
pub fn install(package: &str, version: Version, root: &Path) -> bool {
    shell::find("cargo-binstall").is_some_and(|found| install_by(&found, package, version, root))
}

fn install_by(binstall: &Path, package: &str, version: Version, root: &Path) -> bool {
    let start = Instant::now();
    eprintln!("Fetching {package} {version} with cargo-binstall: seconds …");
    match shell::run_within(&mut command(binstall, package, version, root), LIMIT) {
        Ok(()) => {
            eprintln!("Fetched {package} {version} in {}.", shell::duration(start.elapsed()));
            true
        }
        Err(reason) => {
            eprintln!("cargo-binstall has no {package} {version} ({reason}): building it instead.");
            false
        }
    }
}

fn command(binstall: &Path, package: &str, version: Version, root: &Path) -> Command {
    let mut command = Command::new(binstall);
    // It would compile by itself where it finds nothing: we do, with progress that a person sees.
    command.args(["--no-confirm", "--disable-strategies", "compile", "--disable-telemetry"]);
    command.args(["--no-track", "--root"]).arg(root).arg(format!("{package}@={version}"));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_version_is_asked_for_and_nothing_is_compiled() {
        let version = Version::new(0, 21, 14);
        let command = command(Path::new("cargo-binstall"), "trunk", version, Path::new("there"));
        let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        assert_eq!(
            words.join(" "),
            "--no-confirm --disable-strategies compile --disable-telemetry \
             --no-track --root there trunk@=0.21.14"
        );
    }

    #[cfg(unix)]
    #[test]
    fn one_that_fails_leaves_the_work_to_the_source() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("xtask-binstall-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for (script, installed) in
            [("#!/bin/sh\necho 'error: none' >&2\nexit 94\n", false), ("#!/bin/sh\nexit 0\n", true)]
        {
            let program = folder.join("cargo-binstall");
            std::fs::write(&program, script).unwrap();
            std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
            let version = Version::new(1, 2, 3);
            assert_eq!(install_by(&program, "trunk", version, &folder), installed);
        }
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(!install_by(&folder.join("none"), "trunk", Version::new(1, 2, 3), &folder));
    }
}
