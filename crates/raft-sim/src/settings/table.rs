//! The table of settings, a row each: its name, what its value can be, what it is unless it is set,
//! and what it means. What reads, checks, writes and lists a setting follows from its row.

use super::values::{Kind, OnOff, OneOf, OrOff, Percent, Range, Time, Whole};
use super::{Chance, Live, OutOfBounds, OwnerKind, ReadMode, Settings, Span};
use crate::MAX_SERVERS;
use crate::command::Below;
use crate::command::sample::one_of;
use crate::scenario::settings::{on_off, rule};
use crate::scenario::words::{Parse, Words};
use etcd_kv::Version;
use raft_core::{LeaseBound, LostLog, Micros, Rule, RuleSet};
use std::borrow::Cow;
use std::fmt;

/// A row of the table.
pub struct SettingRow {
    /// Its name in text.
    pub name: &'static str,
    /// What it means, in a line.
    pub help: &'static str,
    /// Whether it can be changed while a run goes on.
    pub is_live: bool,
    /// What can have a value of its own, in place of the cluster's.
    pub own: Option<OwnerKind>,
    value: fn() -> String,
    default: fn() -> String,
    read: fn(&mut Words<'_>) -> Parse<Setting>,
}

impl SettingRow {
    /// How it is written: what stands for something else is in capitals.
    pub fn syntax(&self) -> String {
        format!("{} {}", self.name, (self.value)())
    }

    /// Reads the value behind the name; it is within its bounds.
    pub(crate) fn parse_value(&self, reader: &mut Words<'_>) -> Parse<Setting> {
        let value = reader.peek().map_or("", |word| &word.text);
        let setting = (self.read)(reader)?;
        setting.check().map_err(|expected: OutOfBounds| reader.error(value, expected))?;
        Ok(setting)
    }

    /// What it is unless it is set.
    pub fn default(&self) -> String {
        (self.default)()
    }
}

/// Rows: the name, the variant of [`Setting`] with the type of its value, the field that it sets,
/// what the value can be, what it is unless it is set, the line of help, and who can have a value
/// of its own.
macro_rules! settings {
    (
        before it starts:
        $($name:literal $variant:ident($type:ty): $field:ident, $kind:expr, $default:expr,
            $help:literal;)+
        while it goes on:
        $($live_name:literal $live_variant:ident($live_type:ty): $live_field:ident,
            $live_kind:expr, $live_default:expr, $live_help:literal
            $(, own by $own:ident)?;)+
    ) => {
        /// One setting and its value.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Setting {
            $(#[doc = $help] $variant($type),)+
            $(#[doc = $live_help] $live_variant($live_type),)+
            /// Switches a rule of Raft off.
            RuleOff(Rule),
            /// Switches it on again.
            RuleOn(Rule),
        }

        /// Every setting.
        pub const SETTINGS: &[SettingRow] = &[
            $(settings!(@row $name $variant($type), $kind, $default, $help, false, None),)+
            $(settings!(
                @row $live_name $live_variant($live_type), $live_kind, $live_default, $live_help,
                true, or!($(Some(OwnerKind::$own))?; None)
            ),)+
            SettingRow {
                name: "rule",
                help: "switches a rule of Raft off, or on again",
                is_live: true,
                own: None,
                value: || "off|on RULE".into(),
                default: || "all on".into(),
                read: read_rule,
            },
        ];

        impl Setting {
            /// The setting's name in text.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Setting::$variant(_) => $name,)+
                    $(Setting::$live_variant(_) => $live_name,)+
                    Setting::RuleOff(_) | Setting::RuleOn(_) => "rule",
                }
            }

            /// Whether it can be changed while a run goes on.
            pub fn is_live(&self) -> bool {
                !matches!(self, $(Setting::$variant(_))|+)
            }

            /// The value as text writes it, without the name.
            pub fn value(&self) -> String {
                let text = self.to_string();
                text.split_once(' ').map_or(String::new(), |(_, value)| value.into())
            }

            /// Checks the value against its bounds.
            pub fn check(&self) -> Result<(), OutOfBounds> {
                match self {
                    $(Setting::$variant(value) => Kind::<$type>::check(&$kind, value),)+
                    $(Setting::$live_variant(value) => {
                        Kind::<$live_type>::check(&$live_kind, value)
                    })+
                    Setting::RuleOff(_) | Setting::RuleOn(_) => Ok(()),
                }
            }

            /// One of each kind, its value drawn.
            pub(crate) fn samples(below: Below<'_>) -> Vec<Setting> {
                vec![
                    $(Setting::$variant(Kind::<$type>::sample(&$kind, below)),)+
                    $(Setting::$live_variant(Kind::<$live_type>::sample(&$live_kind, below)),)+
                    Setting::RuleOff(one_of(&Rule::ALL, below)),
                    Setting::RuleOn(one_of(&Rule::ALL, below)),
                ]
            }
        }

        impl fmt::Display for Setting {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} ", self.name())?;
                match self {
                    $(Setting::$variant(value) => Kind::<$type>::write(&$kind, value, f),)+
                    $(Setting::$live_variant(value) => {
                        Kind::<$live_type>::write(&$live_kind, value, f)
                    })+
                    Setting::RuleOff(rule) => write!(f, "off {rule}"),
                    Setting::RuleOn(rule) => write!(f, "on {rule}"),
                }
            }
        }

        impl Default for Settings {
            fn default() -> Settings {
                Settings {
                    $($field: $default,)+
                    live: Live { $($live_field: $live_default,)+ rules: RuleSet::default() },
                }
            }
        }

        impl Live {
            /// Takes up a setting whose bounds were checked, if it can change while a run goes on.
            fn apply(&mut self, setting: &Setting) {
                match setting {
                    $(Setting::$variant(_))|+ => {}
                    $(Setting::$live_variant(value) => self.$live_field = *value,)+
                    Setting::RuleOff(rule) => self.rules = self.rules.without(*rule),
                    Setting::RuleOn(rule) => self.rules = self.rules.with(*rule),
                }
            }

            /// As they are for an owner with these settings of its own.
            ///
            /// Asked for at every event, and hardly anybody has any: only that case is inlined.
            #[inline]
            pub(crate) fn with(&self, own: &[Setting]) -> Cow<'_, Live> {
                if own.is_empty() { Cow::Borrowed(self) } else { Cow::Owned(self.changed_by(own)) }
            }

            #[cold]
            fn changed_by(&self, own: &[Setting]) -> Live {
                let mut live = self.clone();
                for setting in own {
                    live.apply(setting);
                }
                live
            }
        }

        impl Settings {
            /// Takes up a setting whose bounds were checked.
            pub fn apply(&mut self, setting: &Setting) {
                match setting {
                    $(Setting::$variant(value) => self.$field = *value,)+
                    $(Setting::$live_variant(_))|+ | Setting::RuleOff(_) | Setting::RuleOn(_) => {
                        self.live.apply(setting);
                    }
                }
            }

            /// The settings as lines of text, each once, defaults included.
            pub fn lines(&self) -> Vec<Setting> {
                let mut lines = vec![
                    $(Setting::$variant(self.$field),)+
                    $(Setting::$live_variant(self.live.$live_field),)+
                ];
                lines.extend(self.live.rules.switched_off().map(Setting::RuleOff));
                lines
            }
        }
    };
    (@row $name:literal $variant:ident($type:ty), $kind:expr, $default:expr, $help:literal,
        $is_live:literal, $own:expr) => {
        SettingRow {
            name: $name,
            help: $help,
            is_live: $is_live,
            own: $own,
            value: || Kind::<$type>::syntax(&$kind),
            default: || Setting::$variant($default).value(),
            read: |reader| Ok(Setting::$variant(Kind::<$type>::read(&$kind, reader)?)),
        }
    };
}

/// The quota of an etcd member's database, in bytes (`--quota-backend-bytes`: 2 GiB).
const DEFAULT_QUOTA: u64 = 2 << 30;
/// A quota below what an empty database takes makes no sense.
const MIN_QUOTA: u64 = 24_576;
/// The shortest time after which something is done again and again.
const SHORTEST_PERIOD: Micros = 1_000;
/// A range of times that need not take any.
const ANY_TIMES: Range = Range { expected: "a range of times of at most 24h", shortest: 0 };

settings! {
    before it starts:
    "nodes" Nodes(u8): nodes,
        Whole { expected: "a number of servers from 1 to 31", least: 1, most: MAX_SERVERS },
        5, "how many servers the cluster begins with, from 1 to 31";
    "seed" Seed(u64): seed,
        Whole { expected: "a whole number below 2^64", least: 0, most: u64::MAX },
        7, "the number from which all chance follows";
    "etcd" Etcd(Version): etcd, OneOf, Version::V3_5,
        "the version of etcd that members and the console behave as";
    while it goes on:
    "election-timeout" ElectionTimeout(Span): election_timeout,
        Range {
            expected: "an election timeout of at least 1ms and at most 24h",
            shortest: SHORTEST_PERIOD,
        },
        Span { min: 150_000, max: 300_000 },
        "how long a follower hears no leader until it stands for election", own by Server;
    "heartbeat" Heartbeat(Micros): heartbeat,
        Time {
            expected: "a heartbeat of at least 1ms and at most 24h",
            shortest: SHORTEST_PERIOD,
        },
        50_000, "how often a leader sends heartbeats", own by Server;
    "latency" Latency(Span): latency, ANY_TIMES, Span { min: 10_000, max: 20_000 },
        "how long a message travels, one way", own by Link;
    "loss" Loss(Chance): loss, Percent, Chance(0), "how likely a message is lost",
        own by Link;
    "duplicate" Duplicate(Chance): duplicate, Percent, Chance(0),
        "how likely a message arrives twice", own by Link;
    "fsync" Fsync(Span): fsync, ANY_TIMES, Span { min: 1_000, max: 2_000 },
        "how long a write takes until it is durable", own by Server;
    "torn-writes" TornWrites(Chance): torn_writes, Percent, Chance(0),
        "how likely a crash leaves part of an unfinished write on the disk", own by Server;
    "client-timeout" ClientTimeout(Micros): client_timeout,
        Time {
            expected: "a client time-out of at least 1ms and at most 24h",
            shortest: SHORTEST_PERIOD,
        },
        5_000_000, "how long a client waits for an answer";
    "client-latency" ClientLatency(Span): client_latency, ANY_TIMES, Span { min: 0, max: 0 },
        "how long a request travels to its server, and an answer to its client";
    "client-loss" ClientLoss(Chance): client_loss, Percent, Chance(0),
        "how likely a request or an answer is lost";
    "append-entries" AppendEntries(u32): append_entries,
        Whole { expected: "a number of entries from 1 to 10000", least: 1, most: 10_000 },
        512, "the most entries that one AppendEntries carries", own by Server;
    "forwarding" Forwarding(bool): forwarding, OnOff, false,
        "whether a server that does not lead passes a client's command on to the leader";
    "pre-vote" PreVote(bool): pre_vote, OnOff, true,
        "whether a server asks if it could win before it starts a new term", own by Server;
    "check-quorum" CheckQuorum(bool): check_quorum, OnOff, true,
        "whether a leader without a quorum steps down, and followers hold to a leader they hear",
        own by Server;
    "reads" Reads(ReadMode): reads, OneOf, ReadMode::ReadIndex,
        "how a linearizable get is served";
    "lease-bound" LeaseBound(LeaseBound): lease_bound, OneOf, LeaseBound::CheckQuorum,
        "what a lease lasts from: the last look at the quorum, or the last heartbeat round \
         answered";
    "flavour" Flavour(LostLog): flavour, OneOf, LostLog::Stops,
        "whether a follower that lost its log stops, as in etcd, or is sent all, as in the paper";
    "snapshot-every" SnapshotEvery(u32): snapshot_every,
        OrOff {
            expected: "a number of entries from 1 to 1000000, or `off`",
            most: 1_000_000,
        },
        0, "after how many applied entries a server takes a snapshot and drops its log",
        own by Server;
    "quota" Quota(u64): quota,
        Whole {
            expected: "a number of bytes from 24576 to 2147483648",
            least: MIN_QUOTA,
            most: DEFAULT_QUOTA,
        },
        DEFAULT_QUOTA, "how many bytes an etcd member's database may have before it takes no puts";
}

fn read_rule(reader: &mut Words<'_>) -> Parse<Setting> {
    let on = on_off(reader)?;
    let rule = rule(reader)?;
    Ok(if on { Setting::RuleOn(rule) } else { Setting::RuleOff(rule) })
}

/// What a line may begin with before the first action: a setting's name, or `title`.
pub(crate) fn header_names() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|row| row.name).chain(["preset", "title"])
}

/// The row of this name.
pub(crate) fn row(name: &str) -> Option<&'static SettingRow> {
    SETTINGS.iter().find(|row| row.name == name)
}

/// A setting and its value, within its bounds.
pub(crate) fn parse(reader: &mut Words<'_>) -> Parse<Setting> {
    const EXPECTED: &str = "the name of a setting";
    let name = reader.next(EXPECTED)?.text.as_str();
    let Some(row) = row(name) else {
        reader.back();
        return Err(reader.unexpected(EXPECTED, &header_names().collect::<Vec<_>>()));
    };
    row.parse_value(reader)
}
