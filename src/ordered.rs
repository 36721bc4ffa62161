//! Sorts lists and makes maps and sets of items, with one sort that all types share.
//!
//! Those of std are made anew for each type and each order, in 4 kB of code: with a hundred of them, half a megabyte.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// Sorts by an order. What is equal by it stays as it was.
pub fn sort_by<T>(items: &mut Vec<T>, order: impl Fn(&T, &T) -> Ordering) {
    let places = places(
        items.len(),
        &|one, other| match (items.get(one), items.get(other)) {
            (Some(one), Some(other)) => order(one, other),
            _ => Ordering::Equal,
        },
    );
    let mut before: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(
        places
            .iter()
            .filter_map(|place| before.get_mut(*place)?.take()),
    );
}

/// Sorts by a key, which is made for each comparison.
pub fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    sort_by(items, |one, other| key(one).cmp(&key(other)));
}

/// Sorts by a key, which is made once for each item.
pub fn sort_by_cached_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let keyed = items.drain(..).map(|item| (key(&item), item));
    let mut keyed: Vec<(K, T)> = keyed.collect();
    sort_by(&mut keyed, |(one, _), (other, _)| one.cmp(other));
    items.extend(keyed.into_iter().map(|(_, item)| item));
}

/// Sorts by the order that items have by themselves.
pub fn sort<T: Ord>(items: &mut Vec<T>) {
    sort_by(items, T::cmp);
}

/// Where the items stand before that are to be in this order: the one sort.
fn places(count: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|one, other| order(*one, *other));
    places
}

/// The map of these entries; of several with one key the last.
pub fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(entries);
    map
}

/// The same of entries that may fail, up to the first that does.
///
/// # Errors
/// What the entry says that fails.
pub fn try_map<K: Ord, V, E>(
    entries: impl IntoIterator<Item = Result<(K, V), E>>,
) -> Result<BTreeMap<K, V>, E> {
    let mut map = BTreeMap::new();
    for entry in entries {
        let (key, value) = entry?;
        map.insert(key, value);
    }
    Ok(map)
}

/// The set of these items.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// The JSON object of these members; of several with one name the last.
pub fn object(members: impl IntoIterator<Item = (String, Value)>) -> Map<String, Value> {
    let mut object = Map::new();
    object.extend(members);
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_sorted_as_std_sorts_it() {
        let mut random = fastrand::Rng::with_seed(7);
        for count in [0, 1, 2, 7, 30, 500] {
            let items: Vec<(u8, usize)> = (0..count).map(|at| (random.u8(..9), at)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            let mut by_key = items.clone();
            sort_by_key(&mut by_key, |(key, _)| *key);
            assert_eq!(by_key, expected);
            let mut by_cached_key = items.clone();
            sort_by_cached_key(&mut by_cached_key, |(key, _)| key.to_string());
            assert_eq!(by_cached_key, expected);
            let mut by_order = items.clone();
            sort_by(&mut by_order, |one, other| other.cmp(one));
            sort(&mut by_order);
            expected.sort();
            assert_eq!(by_order, expected);
        }
    }

    #[test]
    fn the_last_of_several_entries_with_one_key_holds() {
        let entries = [("b", 1), ("a", 2), ("b", 3)];
        assert_eq!(map(entries), BTreeMap::from([("a", 2), ("b", 3)]));
        assert_eq!(set([3, 1, 3]), BTreeSet::from([1, 3]));
        assert_eq!(try_map(entries.map(Ok::<_, ()>)), Ok(map(entries)));
        assert_eq!(try_map([Ok(("a", 1)), Err("no"), Err("never")]), Err("no"));
    }
}
