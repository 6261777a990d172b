//! Which changes of a cluster's members etcd takes: the rules of its `membership` package and of
//! `--strict-reconfig-check`, and the list of members itself.

use crate::Error;
use crate::api::Member;

/// The most learners in a cluster (`maxLearners` of etcd's `membership` package).
const MAX_LEARNERS: usize = 1;

/// How long members must have been connected for one to count as healthy (`HealthInterval` of
/// etcd), in microseconds.
pub const HEALTH_INTERVAL_US: u64 = 5_000_000;

/// How a member is connected with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// It is not.
    None,
    /// It has been for less than [`HEALTH_INTERVAL_US`].
    Young,
    /// It has been for as long.
    Steady,
}

/// The members of a cluster, by id, and who was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    list: Vec<Member>,
    removed: Vec<u64>,
}

impl Members {
    /// A cluster of these.
    pub fn new(mut list: Vec<Member>) -> Members {
        list.sort_unstable_by_key(|member| member.id);
        Members { list, removed: Vec::new() }
    }

    /// All of them, by id.
    pub fn list(&self) -> &[Member] {
        &self.list
    }

    /// One of them.
    pub fn get(&self, id: u64) -> Option<&Member> {
        self.list.iter().find(|member| member.id == id)
    }

    /// Whether a member with this id was removed: it never comes back.
    pub fn is_removed(&self, id: u64) -> bool {
        self.removed.contains(&id)
    }

    /// Adds a member.
    ///
    /// # Errors
    /// [`Error::MemberExist`], [`Error::PeerUrlExist`], [`Error::TooManyLearners`], and
    /// [`Error::MemberNotFound`] where it was removed before.
    pub fn add(&mut self, member: Member) -> Result<(), Error> {
        if self.is_removed(member.id) {
            return Err(Error::MemberNotFound);
        }
        if self.get(member.id).is_some() {
            return Err(Error::MemberExist);
        }
        self.check_urls(member.id, &member.peer_urls)?;
        let learners = self.list.iter().filter(|known| known.is_learner).count();
        if member.is_learner && learners >= MAX_LEARNERS {
            return Err(Error::TooManyLearners);
        }
        let at = self.list.partition_point(|known| known.id < member.id);
        self.list.insert(at, member);
        Ok(())
    }

    /// Removes a member.
    ///
    /// # Errors
    /// [`Error::MemberNotFound`].
    pub fn remove(&mut self, id: u64) -> Result<(), Error> {
        let at = self.list.iter().position(|member| member.id == id);
        self.list.remove(at.ok_or(Error::MemberNotFound)?);
        self.removed.push(id);
        Ok(())
    }

    /// Changes where a member's peers find it. A learner is listed as one that votes from then on,
    /// for etcd's request carries nothing but the addresses.
    ///
    /// # Errors
    /// [`Error::MemberNotFound`] and [`Error::PeerUrlExist`].
    pub fn update(&mut self, id: u64, peer_urls: &[String]) -> Result<(), Error> {
        if self.get(id).is_none() {
            return Err(Error::MemberNotFound);
        }
        self.check_urls(id, peer_urls)?;
        for member in self.list.iter_mut().filter(|member| member.id == id) {
            member.peer_urls = peer_urls.to_vec();
            member.is_learner = false;
        }
        Ok(())
    }

    /// Lets a learner vote.
    ///
    /// # Errors
    /// [`Error::MemberNotFound`] and [`Error::MemberNotLearner`].
    pub fn promote(&mut self, id: u64) -> Result<(), Error> {
        let member = self.list.iter_mut().find(|member| member.id == id);
        let member = member.ok_or(Error::MemberNotFound)?;
        if !member.is_learner {
            return Err(Error::MemberNotLearner);
        }
        member.is_learner = false;
        Ok(())
    }

    fn check_urls(&self, id: u64, urls: &[String]) -> Result<(), Error> {
        let others = self.list.iter().filter(|member| member.id != id);
        let taken = others.flat_map(|member| &member.peer_urls).any(|url| urls.contains(url));
        if taken { Err(Error::PeerUrlExist) } else { Ok(()) }
    }

    /// Whether the member `me` lets one more in, by what it sees of the others
    /// (`--strict-reconfig-check`, `mayAddMember` of etcd): a typo in an address could take the
    /// quorum away from a cluster in which somebody is down already.
    ///
    /// # Errors
    /// [`Error::NotEnoughStartedMembers`]; [`Error::UnhealthyCluster`] where it has not been
    /// connected with every one that votes for [`HEALTH_INTERVAL_US`].
    pub fn may_add(
        &self,
        is_learner: bool,
        me: u64,
        connection: impl Fn(u64) -> Connection,
    ) -> Result<(), Error> {
        if !is_learner && !self.has_started_enough_to_add() {
            return Err(Error::NotEnoughStartedMembers);
        }
        let steady = self.steady(me, connection);
        if steady == self.voters().count() { Ok(()) } else { Err(Error::UnhealthyCluster) }
    }

    /// Whether the member `me` lets this one go (`mayRemoveMember` of etcd): one that does not vote
    /// or is not connected always, another where enough are left that have been connected for
    /// [`HEALTH_INTERVAL_US`].
    ///
    /// # Errors
    /// [`Error::NotEnoughStartedMembers`] and [`Error::UnhealthyCluster`].
    pub fn may_remove(
        &self,
        id: u64,
        me: u64,
        connection: impl Fn(u64) -> Connection,
    ) -> Result<(), Error> {
        if self.get(id).is_some_and(|member| member.is_learner) {
            return Ok(());
        }
        if !self.has_started_enough_without(id) {
            return Err(Error::NotEnoughStartedMembers);
        }
        if id != me && connection(id) == Connection::None {
            return Ok(());
        }
        let voters = self.voters().count();
        let steady = self.steady(me, connection);
        let is_enough = steady > 1 + voters.saturating_sub(1) / 2;
        if is_enough { Ok(()) } else { Err(Error::UnhealthyCluster) }
    }

    /// Whether a learner may vote, where it is ready (`mayPromoteMember` of etcd).
    ///
    /// # Errors
    /// [`Error::NotEnoughStartedMembers`].
    pub fn may_promote(&self) -> Result<(), Error> {
        // It counts as one that votes and has started.
        let (all, started) = count(self.voters());
        let is_enough = started + 1 > all.div_ceil(2);
        if is_enough { Ok(()) } else { Err(Error::NotEnoughStartedMembers) }
    }

    /// How many that vote have been connected with `me` for long; itself is.
    fn steady(&self, me: u64, connection: impl Fn(u64) -> Connection) -> usize {
        let is_steady = |id| id == me || connection(id) == Connection::Steady;
        self.voters().filter(|member| is_steady(member.id)).count()
    }

    fn voters(&self) -> impl Iterator<Item = &Member> {
        self.list.iter().filter(|member| !member.is_learner)
    }

    /// Whether enough members have started for one more that votes.
    pub fn has_started_enough_to_add(&self) -> bool {
        let (all, started) = count(self.voters());
        // The first step beyond one member is always allowed.
        (started == 1 && all == 1) || started > all.div_ceil(2)
    }

    /// Whether enough members have started for this one to go.
    pub fn has_started_enough_without(&self, id: u64) -> bool {
        let (all, started) = count(self.voters().filter(|member| member.id != id));
        started > all / 2
    }
}

/// How many there are and how many of them have started. A member has told its name once it has.
fn count<'a>(members: impl Iterator<Item = &'a Member>) -> (usize, usize) {
    members.fold((0, 0), |(all, started), member| {
        (all + 1, started + usize::from(!member.name.is_empty()))
    })
}

/// Whether members can be found under these addresses.
///
/// # Errors
/// [`Error::MemberBadUrls`]: there is none, or one is not of the form `http://host:port`.
pub fn check_urls(urls: &[String]) -> Result<(), Error> {
    let is_right = |url: &String| {
        let Some((scheme, rest)) = url.trim().split_once("://") else { return false };
        let has_port = rest.rsplit_once(':').is_some_and(|(host, port)| {
            let is_bare = !host.contains(':') || (host.starts_with('[') && host.ends_with(']'));
            is_bare && port.bytes().all(|byte| byte.is_ascii_digit())
        });
        matches!(scheme, "http" | "https" | "unix" | "unixs") && !rest.contains('/') && has_port
    };
    if !urls.is_empty() && urls.iter().all(is_right) { Ok(()) } else { Err(Error::MemberBadUrls) }
}
