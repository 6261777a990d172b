//! Claims about witnesses: whatever they say, a verdict that can be found without them stays what
//! it is, and a true one spares the search.

use super::*;
use crate::linear::witness::follow;

/// Every order of any of these, the empty one included.
fn orders(of: &[usize]) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new()];
    for (at, first) in of.iter().enumerate() {
        let mut rest = of.to_vec();
        rest.remove(at);
        found.extend(orders(&rest).into_iter().map(|order| [vec![*first], order].concat()));
    }
    found
}

#[test]
fn a_wrong_witness_makes_no_wrong_history_pass() {
    let stale = [put(0, 1, "a"), put(2, 3, "b"), get(4, 5, "a")];
    let in_the_order_of_values = [0, 2, 1];
    for order in [&in_the_order_of_values[..], &[1, 0, 2], &[0, 2], &[2], &[], &[0, 0, 2], &[9]] {
        let verdict = check_with_witness::<Register>(&[None], &stale, order, 1_000);
        assert_eq!(verdict, Verdict::NotLinearizable, "{order:?}");
    }
    // Had the second write been asked for later, each of these orders would be told apart by time.
    let sound = [put(0, 1, "a"), put(2, 6, "b"), get(4, 5, "a")];
    let end = |order: &[usize]| follow::<Register>(&[None], &sound, order, 0).map(|(_, end)| end);
    assert_eq!(end(&in_the_order_of_values), Some(Some(value("b"))));
    assert_eq!(end(&[0, 1, 2]), None, "it did not read b");
    assert_eq!(end(&[1, 0, 2]), None, "the first had returned before the second was called");
}

#[test]
fn a_witness_holds_if_and_only_if_it_is_one_of_all_permutations() {
    let mut broken = 0;
    for seed in 0..3_000 {
        let history = random_history::<Register>(&mut Chance(seed), |chance| {
            let some = value(["a", "b"][chance.below(2) as usize]);
            match chance.below(5) {
                0..3 => (RegisterOperation::Get, (chance.below(4) > 0).then_some(some)),
                3 => (RegisterOperation::Put(some), None),
                _ => (RegisterOperation::Delete, None),
            }
        });
        let ends = brute_ends::<Register>(&None, &history);
        let places: Vec<usize> = (0..history.len()).collect();
        let mut reached: Vec<_> = orders(&places)
            .iter()
            .filter_map(|order| follow::<Register>(&[None], &history, order, 0))
            .map(|(start, end)| {
                assert_eq!(start, None, "seed {seed}: nothing was behind");
                end
            })
            .collect();
        reached.sort_unstable();
        reached.dedup();
        assert_eq!(reached, ends, "seed {seed}: {history:#?}");
        broken += usize::from(ends.is_empty());
    }
    assert!((300..2_700).contains(&broken), "{broken} of 3,000 have no order");
}

/// An operation of a client, and when it took effect.
struct Told {
    operation: Operation<Register>,
    effect: Option<u64>,
}

/// Operations that take effect between their calls and returns, with many of them open at once;
/// every fifth is never answered, and one answer in so many may be wrong.
fn told(chance: &mut Chance, count: u64, wrong_in: u64) -> Vec<Told> {
    let mut told: Vec<Told> = (0..count)
        .map(|number| {
            let called = chance.below(count * 2);
            let returned = called + chance.below(12);
            let effect = called + chance.below(returned - called + 1);
            let operation = match chance.below(3) {
                0 => RegisterOperation::Put(value(&number.to_string())),
                _ => RegisterOperation::Get,
            };
            let is_lost = chance.below(5) == 0;
            let effect = (!is_lost || chance.below(2) == 0).then_some(effect);
            let returned = (!is_lost).then_some((returned, None));
            Told { operation: Operation { called, returned, operation }, effect }
        })
        .collect();
    told.sort_by_key(|one| (one.effect, one.operation.called));
    let mut state = None;
    for one in &mut told {
        if let (RegisterOperation::Put(value), Some(_)) = (&one.operation.operation, one.effect) {
            state = Some(value.clone());
        }
        if let (RegisterOperation::Get, Some((_, answer))) =
            (&one.operation.operation, &mut one.operation.returned)
        {
            *answer = if chance.below(wrong_in) == 0 { Some(value("0")) } else { state.clone() };
        }
    }
    told
}

/// What a watcher says that sees all this, each witness told of in time.
fn watched(told: &[Told], bounds: Bounds) -> Verdict {
    let mut watcher: Watcher<u8, Register> = Watcher::within(bounds);
    let calls = told.iter().zip(0..).map(|(one, id)| (one.operation.called, false, id));
    let returned = |one: &Told| one.operation.returned.as_ref().map(|(at, _)| *at);
    let returns = told.iter().zip(0..).filter_map(|(one, id)| Some((returned(one)?, true, id)));
    let mut events: Vec<(u64, bool, usize)> = calls.chain(returns).collect();
    events.sort_unstable();
    for (at, is_return, place) in events {
        let (one, id) = (&told[place], place as u64);
        if is_return {
            let answer = one.operation.returned.clone().expect("it is a return").1;
            watcher.answer(&0, id, at, answer);
        } else {
            watcher.call(&0, id, at, one.operation.operation.clone(), None);
            if let Some(effect) = one.effect {
                watcher.took_effect(&0, id, effect);
            }
            if one.operation.returned.is_none() {
                watcher.abandon(&0, id);
            }
        }
    }
    watcher.verdict()
}

#[test]
fn no_witness_changes_a_verdict_that_is_found_without() {
    let (mut found, mut spared) = ([0, 0], 0);
    for seed in 0..6_000 {
        let chance = &mut Chance(seed);
        let count = 1 + chance.below(24);
        let mut told = told(chance, count, 20);
        let ample = Bounds { held: 1_000, configurations: 1_000_000 };
        let few =
            Bounds { held: 1 + chance.below(16) as usize, configurations: 1 << chance.below(8) };
        let kind = chance.below(3);
        for one in &mut told {
            match kind {
                0 => {}
                1 => one.effect = (chance.below(4) > 0).then(|| chance.below(48)),
                _ if chance.below(6) == 0 => one.effect = Some(chance.below(48)),
                _ => {}
            }
        }
        let with = [ample, few].map(|bounds| watched(&told, bounds));
        told.iter_mut().for_each(|one| one.effect = None);
        let without = [ample, few].map(|bounds| watched(&told, bounds));
        let [truth, bounded] = without;
        assert_ne!(truth, Verdict::Undecided, "seed {seed}");
        assert_eq!(with[0], truth, "seed {seed}: with all that it needs");
        if bounded != Verdict::Undecided {
            assert_eq!(with[1], bounded, "seed {seed}: within {few:?}");
        }
        if with[1] != Verdict::Undecided {
            assert_eq!(with[1], truth, "seed {seed}: within {few:?}");
            spared += usize::from(bounded == Verdict::Undecided);
        }
        found[usize::from(truth == Verdict::Linearizable)] += 1;
    }
    assert!(found.iter().all(|count| *count > 1_000), "broken and sound: {found:?}");
    assert!(spared > 500, "{spared} were decided only because a witness spoke");
}

#[test]
fn a_true_witness_decides_for_ever_where_a_client_never_learns_what_became_of_its_write() {
    let mut watcher: Watcher<u8, Register> = Watcher::default();
    watcher.call(&0, 0, 0, RegisterOperation::Put(value("lost")), None);
    watcher.took_effect(&0, 0, 0);
    watcher.abandon(&0, 0);
    let mut last = Some(value("lost"));
    for id in 1..10 * MAX_HELD as u64 {
        let (operation, answer) = match id % 3 {
            0 => (RegisterOperation::Put(value(&id.to_string())), None),
            _ => (RegisterOperation::Get, last.clone()),
        };
        if let RegisterOperation::Put(value) = &operation {
            last = Some(value.clone());
        }
        watcher.call(&0, id, id * 2, operation, None);
        watcher.took_effect(&0, id, id);
        watcher.answer(&0, id, id * 2 + 1, answer);
    }
    assert_eq!(watcher.verdict(), Verdict::Linearizable);
    let id = 10 * MAX_HELD as u64;
    watcher.call(&0, id, id * 2, RegisterOperation::Get, None);
    watcher.answer(&0, id, id * 2 + 1, Some(value("never written")));
    // What a witness has folded is one of the ends that were possible: there may have been others.
    assert_eq!(watcher.verdict(), Verdict::Undecided);
}
