//! Directed graphs over numbered nodes: circles and shortest ways, in linear time.

use std::collections::VecDeque;

/// The sets of nodes in which every one reaches every other (Tarjan), single nodes included: the condensation, in reverse
/// topological order, so that whatever a set points at stands before it. Each set is sorted. `successors[n]` are the nodes
/// that `n` points at.
pub fn components<S: AsRef<[usize]>>(successors: &[S]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let count = successors.len();
    let mut number = vec![UNSEEN; count];
    let mut lowest = vec![UNSEEN; count];
    let mut open = vec![false; count];
    let mut stack = Vec::new();
    let mut next = 0;
    let mut found = Vec::new();
    // The call stack of the usual recursion, so that a long chain of services does not overflow the real one.
    let mut frames: Vec<(usize, usize)> = Vec::new();
    for root in 0..count {
        if number[root] != UNSEEN {
            continue;
        }
        frames.push((root, 0));
        while let Some((node, edge)) = frames.pop() {
            if edge == 0 {
                number[node] = next;
                lowest[node] = next;
                next += 1;
                open[node] = true;
                stack.push(node);
            }
            if let Some(&successor) = successors[node].as_ref().get(edge) {
                frames.push((node, edge + 1));
                if number[successor] == UNSEEN {
                    frames.push((successor, 0));
                } else if open[successor] {
                    lowest[node] = lowest[node].min(number[successor]);
                }
                continue;
            }
            if let Some(&(parent, _)) = frames.last() {
                lowest[parent] = lowest[parent].min(lowest[node]);
            }
            if lowest[node] == number[node] {
                let mut members = Vec::new();
                while let Some(member) = stack.pop() {
                    open[member] = false;
                    members.push(member);
                    if member == node {
                        break;
                    }
                }
                members.sort_unstable();
                found.push(members);
            }
        }
    }
    found
}

/// Sets of two or more nodes in which every one reaches every other. Each set is sorted; the sets are in the order of their
/// smallest nodes.
pub fn circles<S: AsRef<[usize]>>(successors: &[S]) -> Vec<Vec<usize>> {
    let mut found = components(successors);
    found.retain(|members| members.len() > 1);
    found.sort_unstable();
    found
}

/// A shortest way from `from` to `to` over nodes that are `inside`, both ends included.
pub fn shortest_way(
    successors: &[impl AsRef<[usize]>],
    from: usize,
    to: usize,
    inside: impl Fn(usize) -> bool,
) -> Option<Vec<usize>> {
    let mut before = rustc_hash::FxHashMap::default();
    let mut queue = VecDeque::from([from]);
    before.insert(from, from);
    while let Some(node) = queue.pop_front() {
        if node == to {
            let mut way = vec![node];
            let mut at = node;
            while at != from {
                at = before[&at];
                way.push(at);
            }
            way.reverse();
            return Some(way);
        }
        for &successor in successors[node].as_ref() {
            if inside(successor) && !before.contains_key(&successor) {
                before.insert(successor, node);
                queue.push_back(successor);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{circles, components, shortest_way};

    #[test]
    fn circles_are_found_and_chains_are_not() {
        let graph = vec![vec![1], vec![2], vec![0, 3], vec![4], vec![5], vec![4], vec![6]];
        assert_eq!(circles(&graph), vec![vec![0, 1, 2], vec![4, 5]]);
    }

    #[test]
    fn components_stand_behind_what_they_point_at() {
        let graph = vec![vec![1], vec![2], vec![1, 3], vec![]];
        assert_eq!(components(&graph), vec![vec![3], vec![1, 2], vec![0]]);
    }

    #[test]
    fn a_node_that_points_at_itself_is_no_circle() {
        assert!(circles(&[vec![0]]).is_empty());
        assert!(circles::<Vec<usize>>(&[]).is_empty());
    }

    #[test]
    fn a_very_long_circle_needs_no_deep_stack() {
        let count = 200_000;
        let graph: Vec<Vec<usize>> = (0..count).map(|node| vec![(node + 1) % count]).collect();
        assert_eq!(circles(&graph).len(), 1);
    }

    #[test]
    fn the_shortest_way_is_taken() {
        let graph = vec![vec![1, 2], vec![3], vec![1], vec![]];
        assert_eq!(shortest_way(&graph, 0, 3, |_| true), Some(vec![0, 1, 3]));
        assert_eq!(shortest_way(&graph, 0, 3, |node| node != 1), None);
    }
}
