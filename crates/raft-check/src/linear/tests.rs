//! Claims about histories of registers, and about the watcher.

mod witness;

use super::*;
use std::sync::Arc;

fn value(text: &str) -> Arc<[u8]> {
    text.as_bytes().into()
}

fn put(called: u64, returned: u64, text: &str) -> Operation<Register> {
    let operation = RegisterOperation::Put(value(text));
    Operation { called, returned: Some((returned, None)), operation }
}

fn get(called: u64, returned: u64, text: &str) -> Operation<Register> {
    let answer = (!text.is_empty()).then(|| value(text));
    Operation { called, returned: Some((returned, answer)), operation: RegisterOperation::Get }
}

#[test]
fn a_read_after_a_write_must_see_it() {
    assert_eq!(check::<Register>(None, &[put(0, 1, "a"), get(2, 3, "a")]), Verdict::Linearizable);
    assert_eq!(check::<Register>(None, &[put(0, 1, "a"), get(2, 3, "")]), Verdict::NotLinearizable);
}

#[test]
fn a_read_during_a_write_may_see_either() {
    for seen in ["", "a"] {
        let history = [put(0, 10, "a"), get(2, 3, seen)];
        assert_eq!(check::<Register>(None, &history), Verdict::Linearizable);
    }
}

#[test]
fn two_reads_during_a_write_may_not_go_back() {
    let history = [put(0, 10, "a"), get(2, 3, "a"), get(4, 5, "")];
    assert_eq!(check::<Register>(None, &history), Verdict::NotLinearizable);
}

#[test]
fn a_write_without_an_answer_may_happen_late_or_never() {
    let lost =
        Operation { called: 0, returned: None, operation: RegisterOperation::Put(value("a")) };
    let history = [lost.clone(), get(5, 6, ""), get(7, 8, "a")];
    assert_eq!(check::<Register>(None, &history), Verdict::Linearizable);
    let history = [lost, get(5, 6, "a"), get(7, 8, "")];
    assert_eq!(check::<Register>(None, &history), Verdict::NotLinearizable);
}

#[test]
fn the_watcher_says_what_the_whole_history_says() {
    let mut watcher: Watcher<u8, Register> = Watcher::default();
    watcher.call(&0, 1, 0, RegisterOperation::Put(value("a")), None);
    watcher.answer(&0, 1, 1, None);
    watcher.call(&0, 2, 2, RegisterOperation::Get, None);
    watcher.answer(&0, 2, 3, Some(value("a")));
    assert_eq!(watcher.verdict(), Verdict::Linearizable);
    watcher.call(&0, 3, 4, RegisterOperation::Get, None);
    watcher.answer(&0, 3, 5, None);
    assert_eq!(watcher.verdict(), Verdict::NotLinearizable);
}

/// Numbers that look random (SplitMix64), the same from the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, span: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % span
    }
}

/// Up to six operations with calls and returns anywhere, one in five without a return.
fn random_history<M: Model>(
    chance: &mut Chance,
    ask: fn(&mut Chance) -> (M::Operation, M::Answer),
) -> Vec<Operation<M>> {
    (0..1 + chance.below(6))
        .map(|_| {
            let called = chance.below(14);
            let (operation, answer) = ask(chance);
            let returned = called + chance.below(6);
            let returned = (chance.below(5) > 0).then_some((returned, answer));
            Operation { called, returned, operation }
        })
        .collect()
}

/// Every end of every permutation of every choice that includes all that returned.
fn brute_ends<M: Model>(state: &M::State, history: &[Operation<M>]) -> Vec<M::State> {
    let mut ends = Vec::new();
    if history.iter().all(|operation| operation.returned.is_none()) {
        ends.push(state.clone());
    }
    for (place, next) in history.iter().enumerate() {
        let overtaken = history
            .iter()
            .any(|other| other.returned.as_ref().is_some_and(|(at, _)| *at < next.called));
        if overtaken {
            continue;
        }
        if let Some(state) = M::step(state, &next.operation, next.answer()) {
            let mut rest = history.to_vec();
            rest.remove(place);
            ends.extend(brute_ends(&state, &rest));
        }
    }
    ends.sort_unstable();
    ends.dedup();
    ends
}

/// Holds the search and what it shows against all permutations; how many had no order.
fn agrees_with_brute_force<M: Model>(
    start: &M::State,
    ask: fn(&mut Chance) -> (M::Operation, M::Answer),
) -> usize {
    let mut broken = 0;
    for seed in 0..4_000 {
        let history = random_history::<M>(&mut Chance(seed), ask);
        let found =
            possible_ends(std::slice::from_ref(start), &history, 200_000).map(|mut ends| {
                ends.sort_unstable();
                ends
            });
        let expected = brute_ends(start, &history);
        assert_eq!(found.as_ref(), Some(&expected), "seed {seed}: {history:#?}");
        let verdict = check(start.clone(), &history);
        assert_eq!(verdict == Verdict::Linearizable, !expected.is_empty(), "seed {seed}");
        let ids: Vec<u64> = (100..).take(history.len()).collect();
        let shown = offence((), std::slice::from_ref(start), &history, &ids);
        assert_eq!(shown.is_some(), expected.is_empty(), "seed {seed}: {history:#?}");
        if let Some(shown) = shown {
            broken += 1;
            holds(&shown, &history, seed);
        } else {
            can_do_without(start, &history, seed);
        }
    }
    broken
}

/// A history that has an order has one without any read, and without any write on which nothing
/// rests: so leaving them out never makes an offence of nothing.
fn can_do_without<M: Model>(start: &M::State, history: &[Operation<M>], seed: u64) {
    for place in 0..history.len() {
        let mut rest = history.to_vec();
        let left_out = rest.remove(place);
        let needed = !left_out.is_read()
            && rest.iter().any(|of| M::rests_on(&of.operation, of.answer(), &left_out.operation));
        let has_order = !brute_ends(start, &rest).is_empty();
        assert!(needed || has_order, "seed {seed}: {left_out:?} of {history:#?}");
    }
}

/// What is shown has no order, is part of the history, and the order named is one of its own.
fn holds<M: Model>(shown: &Offence<(), M>, history: &[Operation<M>], seed: u64) {
    let operations: Vec<Operation<M>> =
        shown.operations.iter().map(|offender| offender.operation.clone()).collect();
    for start in &shown.starts {
        let ends = brute_ends(start, &operations);
        assert!(ends.is_empty(), "seed {seed}: {shown:#?} of {history:#?}");
    }
    assert!(shown.operations.len() <= history.len() && !shown.operations.is_empty());
    assert!(shown.order.len() < shown.operations.len(), "seed {seed}: {shown:#?}");
    for id in shown.order.iter().chain([&shown.breaks_at]) {
        assert!((100..100 + history.len() as u64).contains(id), "seed {seed}: {shown:#?}");
    }
}

#[test]
fn registers_come_out_as_with_all_permutations() {
    let broken = agrees_with_brute_force::<Register>(&None, |chance| {
        let some = value(["a", "b", "c"][chance.below(3) as usize]);
        match chance.below(5) {
            0..3 => (RegisterOperation::Get, (chance.below(4) > 0).then_some(some)),
            _ => (RegisterOperation::Put(some), None),
        }
    });
    assert!((500..3_500).contains(&broken), "{broken} of 4,000 have no order");
}

#[test]
fn texts_come_out_as_with_all_permutations() {
    let broken = agrees_with_brute_force::<Text>(&TextState::EMPTY, |chance| {
        let text =
            |number: u64| Arc::<str>::from(["", "a", "b", "ab", "ba", "aba"][number as usize]);
        let operation = match chance.below(6) {
            0..3 => TextOperation::Get,
            3 => TextOperation::Put(text(chance.below(4))),
            _ => TextOperation::Append(text(chance.below(3))),
        };
        (operation, TextState::new(&text(chance.below(6))))
    });
    assert!((500..3_500).contains(&broken), "{broken} of 4,000 have no order");
}

#[test]
fn keys_come_out_as_with_all_permutations() {
    let broken = agrees_with_brute_force::<Keyed<u64>>(&KeyedState::default(), |chance| {
        let number = chance.below(3);
        let condition = match chance.below(2) {
            0 => Condition::Value(chance.below(3)),
            _ => Condition::Revision(chance.below(3)),
        };
        let revision = (chance.below(2) > 0).then(|| chance.below(3));
        let mut answer = KeyedAnswer { succeeded: chance.below(4) > 0, value: None, revision };
        let operation = match chance.below(6) {
            0..2 => {
                answer.value = (chance.below(4) > 0).then_some(number);
                KeyedOperation::Get
            }
            2 => KeyedOperation::Delete,
            3..5 => KeyedOperation::PutIf(condition, number),
            _ => KeyedOperation::Put(number),
        };
        (operation, answer)
    });
    assert!((500..3_500).contains(&broken), "{broken} of 4,000 have no order");
}

#[test]
fn a_stale_read_is_shown_with_the_write_that_it_misses_and_nothing_else() {
    let history = [
        put(0, 1, "a"),
        get(2, 3, "a"),
        put(4, 5, "b"),
        get(6, 7, "b"),
        get(8, 9, "a"),
        put(10, 11, "c"),
    ];
    let ids = [10, 11, 12, 13, 14, 15];
    let shown = offence("k", &[None], &history, &ids).expect("not linearizable");
    let found: Vec<u64> = shown.operations.iter().map(|offender| offender.id).collect();
    assert_eq!((shown.key, found, shown.order), ("k", vec![12, 14], vec![12]));
    assert_eq!((shown.starts, shown.breaks_at), (vec![Some(value("a"))], 14));
}

#[test]
fn a_watcher_shows_what_broke_it_by_its_ids_even_after_what_came_before_was_folded() {
    let mut watcher: Watcher<u8, Register> = Watcher::default();
    let mut time = 0;
    let mut one = |watcher: &mut Watcher<u8, Register>, id, text: &str, is_put| {
        let (operation, answer) = match is_put {
            true => (RegisterOperation::Put(value(text)), None),
            false => (RegisterOperation::Get, Some(value(text))),
        };
        watcher.call(&7, id, time, operation, None);
        watcher.answer(&7, id, time + 1, answer);
        time += 2;
    };
    for (id, text, is_put) in [(1, "a", true), (2, "a", false), (3, "b", true), (4, "b", false)] {
        one(&mut watcher, id, text, is_put);
    }
    assert!(watcher.offence().is_none());
    one(&mut watcher, 5, "a", false);
    one(&mut watcher, 6, "c", true);
    assert_eq!(watcher.broken(), Some(&7));
    let shown = watcher.offence().expect("it is broken");
    let ids: Vec<u64> = shown.operations.iter().map(|offender| offender.id).collect();
    assert_eq!((shown.key, ids, shown.starts), (7, vec![3, 5], vec![Some(value("a"))]));
}

#[test]
fn a_watcher_shows_what_is_broken_while_something_is_still_open() {
    let mut watcher: Watcher<u8, Register> = Watcher::default();
    watcher.call(&0, 1, 0, RegisterOperation::Put(value("a")), None);
    watcher.call(&0, 2, 1, RegisterOperation::Get, None);
    watcher.answer(&0, 2, 2, Some(value("z")));
    assert_eq!((watcher.verdict(), watcher.broken()), (Verdict::NotLinearizable, None));
    let shown = watcher.offence().expect("it is broken");
    let ids: Vec<u64> = shown.operations.iter().map(|offender| offender.id).collect();
    assert_eq!(ids, [2], "nobody ever wrote z");
}

#[test]
fn a_conditional_put_happens_as_its_client_was_told() {
    let step = |state: &KeyedState<u64>, operation, succeeded, revision| {
        let answer = KeyedAnswer { succeeded, value: None, revision };
        Keyed::step(state, &operation, Some(&answer))
    };
    let nothing = KeyedState::default();
    let put_if = |condition| KeyedOperation::PutIf(condition, 9);
    let set =
        step(&nothing, put_if(Condition::Revision(0)), true, Some(4)).expect("it held nothing");
    assert_eq!(set, KeyedState { value: Some(9), revision: Some(4) });
    assert_eq!(step(&set, put_if(Condition::Revision(0)), true, None), None, "it holds 9");
    assert_eq!(step(&set, put_if(Condition::Revision(3)), true, None), None, "it was set at 4");
    assert_eq!(step(&set, put_if(Condition::Revision(3)), false, None), Some(set.clone()));
    assert_eq!(step(&set, put_if(Condition::Value(9)), false, None), None, "it holds 9");
    assert!(step(&set, put_if(Condition::Value(9)), true, None).is_some());
    assert_eq!(step(&set, KeyedOperation::Delete, true, None), Some(nothing.clone()));
    assert_eq!(step(&nothing, KeyedOperation::Delete, true, None), None, "there was nothing");
}

#[test]
fn texts_are_equal_by_what_they_say_and_long_ones_can_be_dropped() {
    let piece: Arc<str> = "ab".into();
    let grown = TextState::EMPTY.and(&piece).and(&"".into()).and(&piece);
    assert_eq!(grown, TextState::new(&"abab".into()));
    assert_ne!(grown, TextState::new(&"abba".into()));
    assert_eq!(grown.text(), "abab");
    let long = (0..1_000_000).fold(TextState::EMPTY, |text, _| text.and(&piece));
    assert_eq!(long.text().len(), 2_000_000);
}
