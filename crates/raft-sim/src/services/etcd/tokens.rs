//! Tokens as etcd's simple ones are: each member keeps its own list of them, in memory only.

use super::*;

/// How long a token lives since it was last shown (`simpleTokenTTLDefault` of etcd).
const LIFE: Micros = 300_000_000;

impl Etcd {
    /// A token as etcd's simple ones are: sixteen letters, a dot, and where the log was.
    pub(super) fn new_token(&mut self, cx: &Cx<'_>, ordinal: usize) -> String {
        self.tokens_made += 1;
        let seed = crate::chance::mix(cluster_id(cx.cluster), self.tokens_made);
        let letter = |at: u64| {
            let drawn = crate::chance::mix(seed, at) % 52;
            let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
            char::from(letters[usize::try_from(drawn).unwrap_or(0)])
        };
        let letters: String = (1..=16).map(letter).collect();
        format!("{letters}.{}", cx.cluster.servers[ordinal].node.applied_index())
    }

    /// A member has carried out a write: if it gave somebody a token, the member knows it now.
    pub(super) fn note_token(&mut self, cx: &Cx<'_>, ordinal: usize, write: &Write) {
        let Write::Auth(AuthRequest::Authenticate { token, .. }) = write else { return };
        let now = cx.cluster.now;
        let key = cx.cluster.servers[ordinal].id.0;
        let mut known = self.tokens.remove(&key).unwrap_or_default();
        known.retain(|(other, until)| *until > now && other != token);
        if cx.machines[ordinal].store().auth().user_of(token).is_some() {
            known.push((token.clone(), now + LIFE));
        }
        self.tokens.insert(key, known);
    }

    /// A token that was shown to a member, which lives on by that; a word that nobody was given
    /// where it lives no more.
    pub(super) fn known_token<'a>(
        &mut self,
        cx: &Cx<'_>,
        ordinal: usize,
        token: &'a str,
    ) -> &'a str {
        let now = cx.cluster.now;
        let known = self.tokens.get_mut(&cx.cluster.servers[ordinal].id.0);
        let found = known.and_then(|known| {
            known.iter_mut().find(|(other, until)| other == token && *until > now)
        });
        match found {
            Some((_, until)) => {
                *until = now + LIFE;
                token
            }
            None => "",
        }
    }
}
