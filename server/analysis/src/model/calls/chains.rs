//! What adds up along chains of calls: hops, attempts, availability, time. One pass over the condensation of the call graph,
//! callees first, which keeps for each operation the call that makes the value, so that the way can be shown.

use std::sync::Arc;

use super::{
    CallGraph,
    graph::call_graph,
    promises::{Promise, promise_of},
};
use crate::db::{Db, Item};

/// A value that an operation has by its calls, and the call that makes it the largest; none where no call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Best<T> {
    /// The value.
    pub value: T,
    /// The number of the edge that leads on.
    pub next: Option<usize>,
}

impl<T: PartialOrd> Best<T> {
    /// Takes the larger one; of equal ones the first.
    fn take(&mut self, value: T, edge: usize) {
        if value > self.value {
            *self = Self {
                value,
                next: Some(edge),
            };
        }
    }
}

/// What adds up behind one operation. An operation in a circle has what adds up behind the circle.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chain {
    /// The longest way, in calls that go over a wire. Not counted are those within a service, of a gateway and in a circle.
    /// Behind an endpoint whose answer may be reused (`cache`) the way ends.
    pub hops: Best<u32>,
    /// How often the last one is tried for one request: the product of (1 + retries), less one. Calls with a breaker do
    /// not multiply.
    pub attempts: Best<u64>,
    /// How many calls in a row are tried again, those with a breaker left out.
    pub levels: Best<u32>,
    /// What it cannot do without, as far as that promises an availability: numbers of services, in millionths.
    pub needs: Arc<[(usize, u32)]>,
    /// The largest sum of promised p99 times of what it waits for, in milliseconds.
    pub waits: u64,
}

/// What is behind every operation of the call graph, by its number.
#[salsa::tracked(returns(ref))]
pub fn chains(db: &dyn Db) -> Arc<[Chain]> {
    let graph = call_graph(db);
    let promises: Vec<&Promise> = graph.services.iter().map(|&item| promise_of(db, item)).collect();
    let mut chains: Vec<Chain> = vec![Chain::default(); graph.ops.len()];
    for members in &graph.components {
        let chain = behind(graph, &promises, &chains, members);
        let Some((last, others)) = members.split_last() else {
            continue;
        };
        for &member in others {
            chains[member] = chain.clone();
        }
        chains[*last] = chain;
    }
    chains.into()
}

/// What one call adds to what is behind the operation that it calls: attempts less one, levels.
pub fn multiplied(graph: &CallGraph, edge: usize, behind: &Chain) -> (u64, u32) {
    let retries = graph.site(edge).retries;
    let attempts = retries
        .saturating_add(1)
        .saturating_mul(behind.attempts.value.saturating_add(1));
    (
        attempts.saturating_sub(1),
        behind.levels.value + u32::from(retries > 0),
    )
}

fn behind(graph: &CallGraph, promises: &[&Promise], chains: &[Chain], members: &[usize]) -> Chain {
    let mut chain = Chain::default();
    let mut needs: Vec<(usize, u32)> = Vec::new();
    let nothing = Chain::default();
    for &member in members {
        let (mut one_by_one, mut beside) = (0_u64, 0_u64);
        for edge in graph.calls(member) {
            let to = graph.edges[edge].to;
            let circular = graph.is_circular(edge);
            // Inside a circle nothing adds up; what is behind it does.
            if circular && to.is_some_and(|to| graph.component_of(to) == graph.component_of(member)) {
                continue;
            }
            let site = graph.site(edge);
            let next = to.map_or(&nothing, |to| &chains[to]);
            let promise = to.map(|to| (graph.service_of[to], promises[graph.service_of[to]]));

            let counts = !circular && !site.within_service() && !promises[graph.service_of[member]].gateway;
            let reused = to.is_some_and(|to| promises[graph.service_of[to]].reused.contains(&graph.ops[to]));
            let further = if reused { 0 } else { next.hops.value };
            chain.hops.take(further + u32::from(counts), edge);

            if circular || site.breaker {
                chain.attempts.take(next.attempts.value, edge);
                chain.levels.take(next.levels.value, edge);
            } else {
                let (attempts, levels) = multiplied(graph, edge, next);
                chain.attempts.take(attempts, edge);
                chain.levels.take(levels, edge);
            }

            if circular || site.fallback.is_some() {
                continue;
            }
            let Some((service, promise)) = promise else {
                continue;
            };
            let other = !site.within_service();
            match promise.availability.filter(|_| other) {
                Some(availability) => needs.push((service, availability)),
                None => needs.extend_from_slice(&next.needs),
            }
            let time = promise.p99.filter(|_| other).unwrap_or(next.waits);
            if site.parallel {
                beside = beside.max(time);
            } else {
                one_by_one = one_by_one.saturating_add(time);
            }
        }
        chain.waits = chain.waits.max(one_by_one.max(beside));
    }
    chain.needs = weakest(needs);
    chain
}

/// At most so many needs are kept: the weakest, so that their product is never less than that of all.
const NEEDS: usize = 64;

/// Each service once.
fn weakest(mut needs: Vec<(usize, u32)>) -> Arc<[(usize, u32)]> {
    if needs.is_empty() {
        return Arc::default();
    }
    needs.sort_unstable();
    needs.dedup();
    if needs.len() > NEEDS {
        needs.sort_by_key(|(service, availability)| (*availability, *service));
        needs.truncate(NEEDS);
        needs.sort_unstable();
    }
    needs.into()
}

/// The way from an operation along the calls that make a value, as numbers of edges.
pub fn way(
    graph: &CallGraph,
    chains: &[Chain],
    from: usize,
    pick: impl Fn(&Chain) -> Option<usize>,
) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = Some(from);
    // Each step leaves a component behind, so it ends.
    while let Some(edge) = at.and_then(|op| pick(&chains[op])) {
        found.push(edge);
        at = graph.edges[edge].to;
    }
    found
}

/// The product of the availabilities that something needs, in millionths of a millionth.
pub fn product(needs: &[(usize, u32)]) -> u128 {
    needs.iter().fold(WHOLE * WHOLE, |product, (_, availability)| {
        product * u128::from(*availability) / WHOLE
    })
}

/// All, in millionths.
pub const WHOLE: u128 = 1_000_000;

/// The number of a service's operation, if it calls or is called.
pub fn ops_of(graph: &CallGraph, service: Item) -> impl Iterator<Item = usize> + '_ {
    let number = graph.service(service);
    let start = number.map_or(0, |number| {
        graph.service_of.partition_point(|known| *known < number)
    });
    (start..graph.ops.len()).take_while(move |op| Some(graph.service_of[*op]) == number)
}
