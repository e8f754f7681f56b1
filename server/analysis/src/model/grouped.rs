//! Parts of one whole that are found in several places.

use std::hash::Hash;

use rustc_hash::FxHashMap;

/// Parts by the whole that each belongs to, wholes and parts in the order in which they are met.
pub fn grouped<K: Copy + Eq + Hash, T>(
    parts: impl Iterator<Item = T>,
    whole: impl Fn(&T) -> K,
) -> Vec<(K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    let mut places: FxHashMap<K, usize> = FxHashMap::default();
    for part in parts {
        let key = whole(&part);
        let place = *places.entry(key).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(part);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn groups_keep_the_order_of_their_first_parts() {
        let parts = ["bad", "apple", "bus", "cat"];
        let groups = grouped(parts.into_iter(), |word| word.as_bytes()[0]);
        assert_eq!(
            groups,
            [
                (b'b', vec!["bad", "bus"]),
                (b'a', vec!["apple"]),
                (b'c', vec!["cat"])
            ]
        );
    }
}
