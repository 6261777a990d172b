//! A run is brought back elsewhere from its text, at any moment of it.
#![cfg(not(target_arch = "wasm32"))]

use raft_gallery::{BASICS, CATALOGUE};
use raft_runs::Place;
use raft_sim::{Session, scenario};

/// How much time passes between two pictures of a page, in microseconds.
const FRAME: u64 = 16_667;
/// How many pictures of each run are looked at.
const FRAMES: u64 = 240;

#[test]
fn every_run_that_comes_with_it_is_brought_back_at_any_moment() {
    let basics = BASICS.iter().map(|it| (it.name, it.text));
    let items = CATALOGUE.iter().map(|it| (it.name, it.text));
    for (name, text) in basics.chain(items) {
        let mut session = Session::open(scenario::parse(text).expect("it can be read"));
        for frame in 1..=FRAMES {
            session.advance(frame * FRAME, 1_000);
            if frame % 4 != 0 {
                continue;
            }
            let place = Place::of(&session);
            let at = place.moment;
            let back = place.go().unwrap_or_else(|lost| panic!("{name} at {at}: {lost}"));
            assert_eq!(back.world().digest(), session.world().digest(), "{name} at {at}");
        }
    }
}
