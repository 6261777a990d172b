//! The members of a cluster in which one runs: nobody but this one has ever started, and nobody but
//! it is connected.

use super::Solo;
use crate::Error;
use crate::api::{Member, Response};
use crate::members::{Connection, check_urls};

impl Solo {
    pub(super) fn listed(&self, added: Option<u64>) -> Response {
        Response::Members { members: self.members.list().to_vec(), added }
    }

    pub(super) fn add_member(
        &mut self,
        peer_urls: &[String],
        is_learner: bool,
    ) -> Result<Response, Error> {
        check_urls(peer_urls)?;
        self.members.may_add(is_learner, self.me, |_| Connection::None)?;
        let id = self.last_member + 1;
        let (name, client_urls) = (String::new(), Vec::new());
        let peer_urls = peer_urls.to_vec();
        self.members.add(Member { id, name, peer_urls, client_urls, is_learner })?;
        self.last_member = id;
        Ok(self.listed(Some(id)))
    }

    pub(super) fn remove_member(&mut self, id: u64) -> Result<Response, Error> {
        self.members.may_remove(id, self.me, |_| Connection::None)?;
        self.members.remove(id)?;
        Ok(self.listed(None))
    }

    pub(super) fn promote_member(&mut self, id: u64) -> Result<Response, Error> {
        // What has never started cannot have caught up.
        if self.members.get(id).is_some_and(|member| member.name.is_empty()) {
            return Err(Error::LearnerNotReady);
        }
        self.members.promote(id)?;
        Ok(self.listed(None))
    }
}
