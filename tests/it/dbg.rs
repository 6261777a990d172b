use raft_sim::*;
#[test]
fn dbg() {
    let text = std::fs::read_to_string("/tmp/storm.raft").unwrap();
    let mut s = Session::open(scenario::parse(&text).unwrap());
    let mut last = 0;
    for t in (0..12_000_000).step_by(100_000) {
        s.advance(t, 200_000);
        let w = s.world();
        if w.events() - last > 2500 { eprintln!("{} events {} inflight {} leader {:?} live {:?}", w.now(), w.events() - last, w.network().in_flight_len(), w.leader().map(|l| (l.id(), l.node().log().last_index(), l.node().commit_index())), w.settings().live);
          for h in s.recent().iter().rev().take(60).rev() { eprintln!("   {} {:?}", h.at, h.what); }
          break;
        }
        last = w.events();
    }
}
