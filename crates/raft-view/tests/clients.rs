//! Clients as the stage shows them: a box for each, what is on its way, and what servers hold.

use expect_test::{Expect, expect};
use raft_sim::{Session, World, scenario};
use raft_view::clients::{ClientBox, client_boxes, crowds, parcels};
use raft_view::stage::{Held, Motion, Ring, add_details, servers};

const CLUSTER: &str = "nodes 3\nseed 5\nclient-latency 10ms\nclient-timeout 200ms\n\
    run until leader\nrun until converged\n";

fn world(actions: &str) -> World {
    let text = CLUSTER.to_string() + actions;
    let mut session = Session::open(scenario::parse(&text).unwrap_or_else(|e| panic!("{e}")));
    while !session.finish_script(u64::MAX / 2) {}
    session.world().clone()
}

fn picture(world: &World) -> String {
    let ring = Ring::new(world.servers().len());
    let boxes = client_boxes(world, &ring, 0);
    let mut out = String::new();
    for ClientBox { name, asked, told, mood, server, cut, .. } in &boxes {
        let server = server.map_or("nobody".into(), |server| server.to_string());
        let cut = if *cut { ", cut off" } else { "" };
        out += &format!("{name}: {asked:?} of {server}, {mood:?} {told:?}{cut}\n");
    }
    for parcel in parcels(world, &ring, &boxes, &crowds(world, &ring), Motion::Full) {
        let way = if parcel.asks { "asks" } else { "tells" };
        let well = if parcel.is_well { "" } else { ", badly" };
        out += &format!("on its way: {way} {:?}{well}\n", parcel.text.unwrap_or_default());
    }
    out
}

fn check(actions: &str, expected: Expect) {
    expected.assert_eq(&picture(&world(actions)));
}

#[test]
fn a_client_waits_until_it_is_told() {
    check(
        "",
        expect![[r#"
        client 1: "" of nobody, Idle ""
    "#]],
    );
    check(
        "put x 5\nrun 3ms\n",
        expect![[r#"
        client 1: "x ← 5" of n2, Waits "waits"
        on its way: asks "x ← 5"
    "#]],
    );
    check(
        "put x 5\nrun until value x = 5 on leader\n",
        expect![[r#"
        client 1: "x ← 5" of n2, Waits "waits"
        on its way: tells "ok"
    "#]],
    );
    check(
        "put x 5\nrun until reply 1 ok\nget x\nrun until reply 2 ok\n",
        expect![[r#"
        client 1: "x ?" of n2, Told "told: 5"
    "#]],
    );
}

#[test]
fn a_client_is_refused_or_never_knows() {
    check(
        "put x 5 via follower\nrun 15ms\n",
        expect![[r#"
        client 1: "x ← 5" of n1, Waits "waits"
        on its way: tells "ask n2", badly
    "#]],
    );
    check(
        "crash n3\nput x 5 via n3\nrun 25ms\nput y 6\n",
        expect![[r#"
        client 1: "y ← 6" of n2, Waits "waits"
        on its way: asks "y ← 6"
    "#]],
    );
    check(
        "cut leader -> client 1\nput x 5 via leader\nrun 250ms\nput x 6\nrun 1ms\n",
        expect![[r#"
            client 1: "x ← 5" of n2, NoAnswer "no answer", cut off
            client 2: "x ← 6" of n2, Waits "waits"
            on its way: asks "x ← 6"
        "#]],
    );
}

#[test]
fn the_console_has_a_box_of_its_own() {
    check(
        "etcdctl put a 1\nrun 3ms\n",
        expect![[r#"
        etcdctl: "put a 1" of n1, Waits "waits"
        on its way: asks "a=1"
    "#]],
    );
    check(
        "etcdctl watch a\nrun 50ms\netcdctl put a 1\nrun 200ms\n",
        expect![[r#"
        etcdctl: "watch a" of n1, Waits "waits"
        etcdctl: "put a 1" of nobody, Told "told: ok"
    "#]],
    );
}

#[test]
fn servers_hold_what_was_written_last_or_what_is_named() {
    let world = world(
        "put a 1\nrun until reply 1 ok\nput b 2\nrun until reply 2 ok\n\
         put c 3\nrun until value c = 3 on all\n",
    );
    let holds = |keys: &[&str]| {
        let mut views = servers(&world, &Ring::new(3));
        let keys: Vec<String> = keys.iter().map(|key| key.to_string()).collect();
        add_details(&mut views, &world, &keys);
        let texts = views[0].holds.iter().map(Held::text).collect::<Vec<_>>().join(", ");
        let tail = views[0].tail.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>();
        format!("{texts} | {}", tail.join(" "))
    };
    expect!["c = 3, b = 2 | a=1 b=2 c=3"].assert_eq(&holds(&[]));
    expect!["a = 1, z = – | a=1 b=2 c=3"].assert_eq(&holds(&["a", "z"]));
}
