//! Stills as text: what they say, and what is drawn.

use super::*;
use expect_test::{Expect, expect};
use raft_sim::Session;

fn at(text: &str, time: u64) -> Session {
    let mut session = Session::open(raft_sim::scenario::parse(text).expect("a scenario"));
    session.advance(time, u64::MAX);
    session
}

fn said(text: &str, time: u64, expected: Expect) {
    let sentences = description(at(text, time).world()).replace(". ", ".\n");
    expected.assert_eq(&(sentences + "\n"));
}

#[test]
fn it_says_who_leads_and_what_is_committed() {
    said(
        "put x 5\n",
        1_000_000,
        expect![[r#"
            At 1.000 s, n2 leads in term 1.
            n1, n3, n4 and n5 are followers in term 1.
            Committed up to index 2, which holds x=5.
            Client 1 asked x ← 5 of n2 (told: ok).
            On their way: 3 × Answer to a heartbeat.
        "#]],
    );
    said(
        "nodes 4\nalign timers\n",
        210_000,
        expect![[r#"
        At 0.210 s, nobody leads.
        n1, n2, n3 and n4 are candidates in term 1.
        n1 has 1 of 4 votes.
        n2 has 1 of 4 votes.
        n3 has 1 of 4 votes.
        n4 has 1 of 4 votes.
        Nothing is committed.
        On their way: 4 × Answer to RequestVote, 8 × RequestVote.
    "#]],
    );
}

#[test]
fn it_says_what_is_down_and_what_is_cut() {
    let text = "crash n2\npause n3\npartition n1 n2 | rest\ncut n4 -> n5\n";
    said(
        text,
        10_000,
        expect![[r#"
        At 0.010 s, nobody leads.
        n1, n4 and n5 are followers in term 0.
        n2 is crashed.
        n3 is paused.
        Nothing is committed.
        The network is split: n1 and n2 | n3, n4 and n5.
        Cut: n4 to n5.
    "#]],
    );
}

#[test]
fn a_still_is_drawn_as_the_stage_is() {
    let session = at("title \"A <title> & more\"\nnodes 2\nput x 5\ncrash n2\n", 1_000_000);
    let how = Poster { theme: Theme::Light, logs: true, width: Some(245) };
    expect![[r#"
        <svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 490 612" width="245" height="306">
        <title>A &lt;title&gt; &amp; more, at 1.000 s</title>
        <desc>At 1.000 s, nobody leads. n1 is a pre-candidate in term 0. n2 is crashed. n1 has 1 of 2 votes. Nothing is committed. Client 1 asked x ← 5 (waits).</desc>
        <style>text{font:11.5px system-ui,sans-serif;text-anchor:middle;dominant-baseline:central}.n{font-weight:700}.a{text-anchor:start}.z{text-anchor:end}.i{font-size:19px}.v{font-size:13px}.s{font-size:8.5px}.l{stroke-width:1.5}.x{opacity:.5}.b,.w,.t,.k,.y{fill:none}.b,.k,.y{stroke-width:2}.w,.c{stroke-width:2.5}.t,.leader{stroke-width:4}.t{stroke-linecap:round}.h{fill:none;stroke-width:6;opacity:.35}.candidate{stroke-width:3.5}.f{stroke-width:1.3}.e{stroke-dasharray:3 2.5}.j{fill:none;stroke-width:1.6}.q{stroke-width:1.6;stroke-linecap:round;stroke-dasharray:.1 5}.k{opacity:.6}.l0{stroke:#00476e}.f0{fill:#cce3f0}.g0{fill:#00476e}.p{fill:#ffffff}text{fill:#1d2329}.m{fill:#5d666f}.d{fill:#f1efe9}.u{fill:#ffffff}.good{fill:#1b7f4b}.bad{fill:#b3261e}.l{stroke:#d9d5cb}.d,.k,.q{stroke:#8a8f94}.t,.j{stroke:#1d2329}.y{stroke:#1b7f4b}.b,.w{stroke:#b3261e}.o{stroke:#0b6e99}</style>
        <rect class="p" width="100%" height="100%"/>
        <svg width="490" height="500" viewBox="0 0 490 500">
        <path class="l" d="M245 86.7L245 398.7"/>
        <g transform="translate(245 86.7)"><circle class="f l0 g0" cx="-50.7" cy="-36.8" r="6"/><circle class="f l0 p" cx="50.7" cy="-36.8" r="6"/><circle class="candidate l0 p" r="48"/><path class="t" d="M0,-48 A48,48 0 1 1 -41.3,24.4"/><text class="n i" y="-15">n1</text><text class="v" y="4">candidate</text><text class="m" y="20">term 0</text></g>
        <g transform="translate(245 398.7)"><circle class="d" r="48"/><path class="k" d="M-24-24l48 48m0-48l-48 48"/><text class="n i" y="-15">n2</text><text class="m" y="8">crashed</text></g>
        <rect class="j p" x="374" y="4" width="112" height="44" rx="10"/><path class="j" transform="translate(391 24)" d="M-5-1a5 5 0 0 1 10 0ZM0-7a3 3 0 0 1 0-6 3 3 0 0 1 0 6Z"/><text class="a n" x="404" y="19">client 1</text><text x="430" y="36">x ← 5</text><text class="z m" x="486" y="59">waits</text>
        </svg>
        <text class="a m" x="14" y="517">A &lt;title&gt; &amp; more</text>
        <text class="z n" x="476" y="517">1.000 s</text>
        <g><text class="m" x="126" y="542">1</text><text class="m" x="190" y="542">2</text><text class="m" x="254" y="542">3</text><text class="m" x="318" y="542">4</text><text class="m" x="382" y="542">5</text><text class="m" x="446" y="542">6</text>
        <text class="a" x="14" y="564.5">n1 · term 0</text>
        <text class="a" x="14" y="589.5">n2 · term 0</text></g>
        </svg>
    "#]].assert_eq(&poster(&session, how));
}

#[test]
fn without_a_theme_it_follows_the_reader() {
    let session = at("nodes 1\n", 0);
    let themes = [Theme::Reader, Theme::Light, Theme::Dark];
    let drawn = themes.map(|theme| poster(&session, Poster { theme, ..Poster::default() }));
    assert_eq!(
        drawn.each_ref().map(|svg| svg.contains("prefers-color-scheme")),
        [true, false, false]
    );
    assert!(drawn[1] != drawn[2]);
}

#[test]
fn words_lie_on_no_other_words() {
    let text = "nodes 5\nseed 6\nrun until leader\nput x 5\nrun 45ms\n";
    let mut both = 0;
    for time in (150_000..400_000).step_by(1_000) {
        let svg = poster(&at(text, time), Poster::default());
        let pills: Vec<[f64; 4]> = svg.lines().filter_map(pill_of).collect();
        both += usize::from(pills.len() > 1);
        for (place, [x, y, width, height]) in pills.iter().enumerate() {
            for [left, top, wide, high] in &pills[..place] {
                let beside = x + width <= *left || left + wide <= *x;
                let below = y + height <= *top || top + high <= *y;
                assert!(beside || below, "{time}: {svg}");
            }
        }
    }
    assert!(both > 10, "{both} moments have several words");
}

/// A message's words: the line is a rectangle with text, and neither a server nor a client.
fn pill_of(line: &str) -> Option<[f64; 4]> {
    let line = line.strip_prefix("<rect class=\"")?;
    let number = |name: &str| {
        let rest = line.split_once(&format!(" {name}=\""))?.1;
        rest.split_once('"')?.0.parse().ok()
    };
    (line.matches("<text").count() == 1)
        .then(|| Some([number("x")?, number("y")?, number("width")?, number("height")?]))?
}
