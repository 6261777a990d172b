//! Streams of requests: the path's body holds one after the other.

use super::Asked;
use super::calls::in_stream;
use super::fields::Fields;
use crate::Version;
use crate::api::{WatchCreateRequest, WatchResponse};
use crate::json::Json;

/// The requests of a stream, to the first that is none: nobody is told of that one, but where it is
/// the first of all (`handleSend` of the gateway).
pub(super) fn stream(below: &str, body: &[u8], version: Version) -> Result<Asked, String> {
    let read = |json: Result<Json, String>| in_stream(below, &Fields::of(&json?, version)?);
    let mut requests = Vec::new();
    for (at, request) in Json::parse_all(body).map(read).enumerate() {
        match request {
            Ok(request) => requests.extend(request),
            Err(error) if at == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(Asked::Stream(requests))
}

/// The watches of one stream, by their numbers (`watchStream` of etcd's `mvcc`).
#[derive(Clone, Debug, Default)]
pub struct WatchNumbers {
    next: i64,
    open: Vec<i64>,
}

impl WatchNumbers {
    /// A request with the number that its watch gets: the one that it names, or the next that is
    /// free.
    ///
    /// # Errors
    /// What is told where that number is taken.
    pub fn number(
        &self,
        request: &WatchCreateRequest,
    ) -> Result<WatchCreateRequest, WatchResponse> {
        let asked = request.watch_id;
        if asked != 0 && self.open.contains(&asked) {
            return Err(WatchResponse {
                watch_id: -1,
                created: true,
                canceled: true,
                cancel_reason: "mvcc: duplicate watch ID provided on the WatchStream".into(),
                ..WatchResponse::default()
            });
        }
        let free = (self.next..).find(|id| !self.open.contains(id));
        let watch_id = if asked == 0 { free.unwrap_or(0) } else { asked };
        Ok(WatchCreateRequest { watch_id, ..request.clone() })
    }

    /// A watch was made, or refused: then its number is free again.
    pub fn made(&mut self, request: &WatchCreateRequest, told: &WatchResponse) {
        if told.canceled {
            return;
        }
        self.open.push(told.watch_id);
        if request.watch_id == 0 {
            self.next = told.watch_id + 1;
        }
    }

    /// What is told where a watch is to end, if there is one.
    pub fn cancel(&mut self, id: i64) -> Option<WatchResponse> {
        let at = self.open.iter().position(|open| *open == id)?;
        self.open.remove(at);
        Some(WatchResponse { watch_id: id, canceled: true, ..WatchResponse::default() })
    }
}

/// What a stream of watches says of how far they are, where somebody wants to know.
#[must_use]
pub fn progress() -> WatchResponse {
    WatchResponse { watch_id: -1, ..WatchResponse::default() }
}
