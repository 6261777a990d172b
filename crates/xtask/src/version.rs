//! Versions as tools print them and as Cargo.lock names them: text in, plain values out.

use std::fmt;

/// A three-part version. A missing part counts as 0, a pre-release tag is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
}

impl Version {
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self { major, minor, patch }
    }

    /// The first word of a tool's `--version` that looks like a version:
    /// `trunk 0.21.14`, `v20.20.2`, `wasm-opt version 132 (version_132)`.
    pub fn find_in(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let word = word.strip_prefix('v').unwrap_or(word);
        let numbers = word.split(['-', '+']).next()?;
        let mut parts = numbers.split('.').map(str::parse::<u64>);
        let major = parts.next()?.ok()?;
        let minor = parts.next().unwrap_or(Ok(0)).ok()?;
        let patch = parts.next().unwrap_or(Ok(0)).ok()?;
        Some(Self { major, minor, patch })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The version that a Cargo.lock names for a package; the first one if it names several.
pub fn locked(lockfile: &str, package: &str) -> Option<Version> {
    let name = format!("name = \"{package}\"");
    let mut lines = lockfile.lines().skip_while(|line| *line != name).skip(1);
    let value = lines.next()?.strip_prefix("version = ")?;
    Version::parse(value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_each_tool_prints() {
        for (text, expected) in [
            ("trunk 0.21.14", Some(Version::new(0, 21, 14))),
            ("wasm-bindgen 0.2.130\n", Some(Version::new(0, 2, 130))),
            ("wasm-opt version 132 (version_132)", Some(Version::new(132, 0, 0))),
            ("v20.20.2", Some(Version::new(20, 20, 2))),
            ("cargo-deny 0.20.2-rc.1", Some(Version::new(0, 20, 2))),
            ("no numbers here", None),
        ] {
            assert_eq!(Version::find_in(text), expected, "{text}");
        }
    }

    #[test]
    fn the_locked_version_is_that_of_the_whole_name() {
        let lockfile = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked(lockfile, "wasm-bindgen"), Some(Version::new(0, 2, 130)));
        assert_eq!(locked(lockfile, "wasm"), None);
    }
}
