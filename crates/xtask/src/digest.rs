//! Digests of files, as pages name them to hold what they load against them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384};

/// Subresource integrity of a content: `sha384-…`, which a `<script integrity>` takes as it is.
pub fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(content)))
}

/// The SHA-256 of a content in base64: shorter, where a list of hundreds has to be small.
pub fn sha256(content: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(content))
}

/// Sixteen hexadecimal digits that stand for a content, as a name.
pub fn short(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `openssl dgst -sha384 -binary | base64` and its like give them for `abc`.
    #[test]
    fn digests_are_what_browsers_compute() {
        assert_eq!(
            integrity(b"abc"),
            "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn"
        );
        assert_eq!(sha256(b"abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
        assert_eq!(short(b"abc"), "ba7816bf8f01cfea");
    }
}
