//! The versions of etcd, and everything in which they differ: what is measured or documented to
//! differ between 3.4 and 3.5 is asked here and nowhere else.

use crate::Error;
use crate::api::DowngradeAction;

/// A version of etcd that is spoken here. Rules of the store are those of the last releases that
/// were measured, 3.4.23 and 3.5.30; the gateway's forms are upstream's (3.5.1 built from source),
/// not those of a distribution that builds with another gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Version {
    /// etcd 3.4, as 3.4.23 behaves.
    V3_4,
    /// etcd 3.5, as 3.5.30 behaves.
    #[default]
    V3_5,
}

impl Version {
    /// All of them, oldest first.
    pub const ALL: [Version; 2] = [Version::V3_4, Version::V3_5];

    /// The version with this name: `3.4`, `3.5`, or one of their releases, as `3.5.1`.
    pub fn of_name(name: &str) -> Option<Version> {
        let is_it = |version: &Version| match name.strip_prefix(version.name()) {
            Some("") => true,
            Some(patch) => patch.strip_prefix('.').is_some_and(|patch| {
                !patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit())
            }),
            None => false,
        };
        Version::ALL.into_iter().find(is_it)
    }

    /// Its name: `3.4` or `3.5`.
    pub fn name(self) -> &'static str {
        match self {
            Version::V3_4 => "3.4",
            Version::V3_5 => "3.5",
        }
    }

    /// The release whose behaviour this is.
    pub fn release(self) -> &'static str {
        match self {
            Version::V3_4 => "3.4.23",
            Version::V3_5 => "3.5.30",
        }
    }

    /// The version that a cluster of it decides on.
    pub fn of_cluster(self) -> &'static str {
        match self {
            Version::V3_4 => "3.4.0",
            Version::V3_5 => "3.5.0",
        }
    }

    /// The HTTP status for a gRPC code, as grpc-gateway maps it. 3.5 no longer says 412 where a
    /// condition does not hold (code 9).
    pub fn http_status(self, code: u32) -> u16 {
        match code {
            0 => 200,
            9 if self == Version::V3_4 => 412,
            3 | 9 | 11 => 400,
            4 => 504,
            5 => 404,
            7 => 403,
            8 => 429,
            12 => 501,
            14 => 503,
            16 => 401,
            _ => 500,
        }
    }

    /// Whether an error's body has its code before its message.
    pub(crate) fn names_code_first(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether clients have the leader asked for who the members are; otherwise whoever is asked
    /// tells what it knows.
    pub fn lists_members_linearizably(self) -> bool {
        self >= Version::V3_5
    }

    /// The gRPC code of an error. A deadline that is over has been told as one since 3.5.
    pub(crate) fn code_of(self, error: &Error) -> u32 {
        let is_deadline = *error == Error::DeadlineExceeded;
        if is_deadline && !self.hides_deadline(error) { 4 } else { error.code() }
    }

    /// Whether a client is told by no code that this is a deadline of the member's that is over.
    pub(crate) fn hides_deadline(self, error: &Error) -> bool {
        *error == Error::DeadlineExceeded && self < Version::V3_5
    }

    /// Whether `--hex` holds for the ids in JSON, too.
    pub(crate) fn writes_ids_in_hex(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether a transaction that puts nothing is let in although the quota is used up.
    pub fn lets_in_what_adds_nothing(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether the answer about alarms has a header.
    pub(crate) fn has_alarm_header(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether members have `/livez` and `/readyz`, and `/health` a reason.
    pub(crate) fn has_probes(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether the gateway dies of `null` among what a transaction compares or does.
    pub(crate) fn dies_of_null(self) -> bool {
        self == Version::V3_4
    }

    /// Whether a cluster can be told to prepare for an older version.
    pub(crate) fn has_downgrades(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether etcdctl asks for a snapshot for ever where a member cannot give one.
    pub(crate) fn repeats_snapshots(self) -> bool {
        self == Version::V3_4
    }

    /// Whether this gateway has a path below `/v3/` that only newer ones have.
    pub(crate) fn has_path(self, below: &str) -> bool {
        let is_new =
            matches!(below, "auth/status" | "maintenance/hashkv" | "maintenance/downgrade");
        self >= Version::V3_5 || !is_new
    }

    /// What a cluster of this version answers to who would prepare it for another: its version.
    ///
    /// # Errors
    /// Why it cannot be: nobody here runs an older one beside it, so it is never done.
    pub fn downgrade(self, action: DowngradeAction, to: &str) -> Result<String, Error> {
        if action == DowngradeAction::Cancel {
            return Err(Error::NoInflightDowngrade);
        }
        let mut parts = to.split('.');
        let mut part = || parts.next().and_then(|part| part.parse::<u32>().ok());
        let (major, minor) = (part(), part());
        let (Some(major), Some(minor)) = (major, minor) else {
            return Err(Error::WrongDowngradeVersionFormat);
        };
        if format!("{major}.{minor}") != Version::V3_4.name() {
            return Err(Error::InvalidDowngradeTargetVersion);
        }
        match action {
            DowngradeAction::Validate => Ok(self.of_cluster().into()),
            // A real one gives up after seven seconds.
            DowngradeAction::Enable | DowngradeAction::Cancel => Err(Error::Timeout),
        }
    }

    /// What `etcdctl del` of a range remarks, where `--range` does not say that one is meant.
    pub(crate) fn remark_on_ranges(self) -> &'static str {
        match self {
            Version::V3_4 => "",
            Version::V3_5 => {
                "In etcd v3.6, the operation will be suspended for a few seconds to provide the \
                 user time to verify range.\n"
            }
        }
    }

    /// What etcdctl calls the answers within a transaction in JSON: of a range, a put, a deletion
    /// and a transaction.
    pub(crate) fn names_of_responses(self) -> [&'static str; 4] {
        match self {
            Version::V3_4 => ["ResponseRange", "ResponsePut", "ResponseDeleteRange", "ResponseTxn"],
            Version::V3_5 => {
                ["response_range", "response_put", "response_delete_range", "response_txn"]
            }
        }
    }

    /// Whether there is etcdutl, which looks into files.
    pub(crate) fn has_etcdutl(self) -> bool {
        self >= Version::V3_5
    }

    /// What etcdctl says first of a command that etcdutl has now.
    pub(crate) fn moved_to_etcdutl(self, command: &str) -> String {
        match self {
            Version::V3_4 => String::new(),
            Version::V3_5 => format!("Deprecated: Use `etcdutl {command}` instead.\n\n"),
        }
    }

    /// Whether the gateway's errors come in one piece, without a trailer.
    pub(crate) fn measures_errors(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether `etcdctl endpoint health` looks for alarms.
    pub(crate) fn looks_for_alarms(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether `etcdctl lock` ends as the command ends that it has run.
    pub(crate) fn passes_exit_codes(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether etcdctl cuts words within `'` in lines of its own: measured with 3.4 alone.
    pub(crate) fn cuts_single_quoted_words(self) -> bool {
        self == Version::V3_4
    }

    /// What `etcdctl watch -i` says where no more lines come.
    pub(crate) fn end_of_watch_requests(self) -> &'static str {
        match self {
            Version::V3_4 => "Error reading watch request line: EOF",
            Version::V3_5 => "error reading watch request line: EOF",
        }
    }

    /// What etcdctl says where a variable and a flag both say something.
    pub(crate) fn conflict_of_flags(self, variable: &str) -> String {
        match self {
            Version::V3_4 => format!(
                "C | pkg/flags: conflicting environment variable \"{variable}\" is shadowed by \
                 corresponding command-line flag (either unset environment variable or disable \
                 flag)\n"
            ),
            Version::V3_5 => format!(
                "{{\"level\":\"fatal\",\"caller\":\"flags/flag.go:85\",\"msg\":\"conflicting \
                 environment variable is shadowed by corresponding command-line flag (either unset \
                 environment variable or disable flag))\",\
                 \"environment-variable\":\"{variable}\"}}\n"
            ),
        }
    }

    /// What etcdctl says of a variable that stands for no flag.
    pub(crate) fn unknown_variable(self, name: &str, value: &str) -> String {
        match self {
            Version::V3_4 => {
                format!("W | pkg/flags: unrecognized environment variable {name}={value}\n")
            }
            Version::V3_5 => format!(
                "{{\"level\":\"warn\",\"caller\":\"flags/flag.go:93\",\"msg\":\"unrecognized \
                 environment variable\",\"environment-variable\":\"{name}={value}\"}}\n"
            ),
        }
    }

    /// How the gateway tells that a word is none of an enum's, and of what type it wanted where
    /// that was no word at all. `name` is the enum's in the protocol, its owner's before a dot.
    pub(crate) fn enum_words(self, name: &str, word: &str) -> EnumWords {
        let package = name.split_once('.');
        let flat = package.map(|(package, rest)| format!("{package}.{}", rest.replace('.', "_")));
        match self {
            Version::V3_4 => EnumWords {
                type_name: flat.clone().unwrap_or_default(),
                word: crate::json::quoted(word),
                wanted: flat.unwrap_or_default(),
            },
            Version::V3_5 => EnumWords {
                type_name: name.into(),
                word: crate::json::quoted(&crate::json::quoted(word)),
                wanted: "protoreflect.EnumNumber".into(),
            },
        }
    }

    /// Whether a watch from before the beginning is refused at once (since 3.5.24). Otherwise it
    /// begins and is told that what it wants is compacted.
    pub(crate) fn refuses_negative_revisions(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether a watch from the revision of a compaction is told of a deletion there (since
    /// 3.5.16).
    pub(crate) fn keeps_last_tombstone(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether a member without a vote hands out a snapshot of what it holds.
    pub fn learners_give_snapshots(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether the hash of the keys at the revision of the last compaction is kept (since 3.5.8).
    pub(crate) fn keeps_hashes(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether access control also asks who it is for what touches no key: members, status,
    /// alarms, leases, compactions, a change of leader; and what transactions within transactions
    /// do.
    pub(crate) fn guards_everything(self) -> bool {
        self >= Version::V3_5
    }

    /// Whether a token is looked at while access control is off.
    pub(crate) fn always_reads_tokens(self) -> bool {
        self == Version::V3_4
    }

    /// Whether a permission has to be there, and for keys that there can be. Without one, a member
    /// of 3.4 crashes as it applies the grant, if the role is there; here it is refused then.
    pub(crate) fn checks_permissions(self) -> bool {
        self >= Version::V3_5
    }
}

/// What the gateway says about a word that is none of an enum's.
pub(crate) struct EnumWords {
    /// The enum as it is named.
    pub(crate) type_name: String,
    /// The word as it is shown.
    pub(crate) word: String,
    /// Go's type of such an enum.
    pub(crate) wanted: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_of_their_version() {
        assert_eq!(Version::of_name("3.4"), Some(Version::V3_4));
        assert_eq!(Version::of_name("3.5.1"), Some(Version::V3_5));
        for name in ["", "3", "3.6", "3.5.", "3.50", "3.5.x", "v3.5"] {
            assert_eq!(Version::of_name(name), None, "{name}");
        }
    }
}
