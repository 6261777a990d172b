//! Settings that go together: `preset etcd`. What a text sets itself stands, wherever it stands.

use super::{Setting, Span};
use crate::scenario::words::{Parse, Words};
use etcd_kv::Version;
use raft_core::Micros;

const MS: Micros = 1_000;

/// A name for several settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// What an etcd member runs with unless it is told otherwise.
    Etcd,
}

impl Preset {
    /// Every one of them, how it is written, and what it sets.
    pub const ALL: [(Preset, &'static str, &'static str); 1] = [(
        Preset::Etcd,
        "etcd",
        "what etcd members run with: heartbeat 100ms, election-timeout 1s..2s, check-quorum on, \
         pre-vote on from 3.5; what the text sets itself stands",
    )];

    /// The settings, for members of this version (`embed/config.go` of etcd: a heartbeat each
    /// 100 ms, elections after 1 s and up to twice as long, pre-vote from 3.5 on).
    pub fn settings(self, version: Version) -> Vec<Setting> {
        match self {
            Preset::Etcd => vec![
                Setting::Heartbeat(100 * MS),
                Setting::ElectionTimeout(Span { min: 1_000 * MS, max: 2_000 * MS }),
                Setting::CheckQuorum(true),
                Setting::PreVote(version >= Version::V3_5),
            ],
        }
    }

    /// Its name in scenario text.
    pub(crate) fn read(reader: &mut Words<'_>) -> Parse<Preset> {
        let names = Preset::ALL.map(|(_, name, _)| name);
        let expected = format!("the name of a preset: {}", names.join(", "));
        let word = reader.next(&expected)?;
        let found = Preset::ALL.iter().find(|(_, name, _)| *name == word.text);
        match found {
            Some((preset, ..)) => Ok(*preset),
            None => {
                reader.back();
                Err(reader.unexpected(&expected, &names))
            }
        }
    }
}
