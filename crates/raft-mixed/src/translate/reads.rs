//! Reads, and what else heartbeats carry, in each other's words.

use super::TranslateError;
use raft::eraftpb;
use raft_core::{Echo, ReadToken};

/// What a heartbeat of a leader that has left carries: no read, whose token takes eight bytes.
const LEAVING: &[u8] = b"leaving";
/// What stands before the number of a round of heartbeats, which takes eight bytes too.
const ROUND: &[u8] = b"round";

pub(super) fn echo_to_theirs(echo: Echo) -> Vec<u8> {
    match echo {
        Echo::Nothing => Vec::new(),
        Echo::Read(token) => read_context(token),
        Echo::Round(round) => [ROUND, &round.to_be_bytes()].concat(),
        Echo::Leaving => LEAVING.to_vec(),
    }
}

pub(super) fn echo_to_ours(bytes: &[u8]) -> Result<Echo, TranslateError> {
    Ok(match bytes {
        [] => Echo::Nothing,
        bytes if bytes == LEAVING => Echo::Leaving,
        bytes => match bytes.strip_prefix(ROUND) {
            // Whoever writes it is one of ours: the other side brings it back as it is.
            Some(round) => Echo::Round(read_token(round)?),
            None => Echo::Read(read_token(bytes)?),
        },
    })
}

/// The bytes by which tikv's servers know a read.
pub fn read_context(token: ReadToken) -> Vec<u8> {
    token.to_be_bytes().to_vec()
}

/// The read that tikv's servers know by these bytes.
///
/// # Errors
/// Where they are not eight.
pub fn read_token(context: &[u8]) -> Result<ReadToken, TranslateError> {
    let token = context.try_into().map_err(|_| TranslateError::Malformed("token of a read"))?;
    Ok(ReadToken::from_be_bytes(token))
}

pub(super) fn read_entry(token: ReadToken) -> eraftpb::Entry {
    eraftpb::Entry { data: read_context(token).into(), ..<_>::default() }
}

pub(super) fn only_read(theirs: &eraftpb::Message) -> Result<ReadToken, TranslateError> {
    match theirs.get_entries() {
        [entry] => read_token(entry.get_data()),
        _ => Err(TranslateError::Malformed("read")),
    }
}
