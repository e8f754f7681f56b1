//! All calls as one graph, over operations and over services.

use std::{ops::Range, sync::Arc};

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;

use super::{CallSite, calls_of, issuers};
use crate::{
    db::{Db, Item, items_of},
    model::{
        def::{Def, DefKind},
        facts::Op,
        graph::{circles, components},
    },
};

/// A call, between operations by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The operation that calls.
    pub from: usize,
    /// The one that is called; none for a vendor.
    pub to: Option<usize>,
    /// The number of the calling service.
    pub service: usize,
    /// Which of its calls.
    site: usize,
}

/// All calls of one service to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The number of the calling service.
    pub from: usize,
    /// The number of the one that is called.
    pub to: usize,
    /// Numbers of the edges, in text order.
    pub edges: Vec<usize>,
}

/// Who calls whom. Services have numbers in the order of files and text, and so have operations, of which only those that
/// call or are called are here; edges are in the order of the text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CallGraph {
    /// The services by number.
    pub services: Vec<Item>,
    /// The operations by number.
    pub ops: Vec<Def>,
    /// The number of each operation's service.
    pub service_of: Vec<usize>,
    /// The calls, those of one operation together.
    pub edges: Vec<Edge>,
    /// The calls between different services, without those to identity providers and to health probes: everybody asks who
    /// somebody is, and a probe answers without asking anybody. Sorted.
    pub links: Vec<Link>,
    /// Sets of services that call each other in a circle, by their links.
    pub circles: Vec<Vec<usize>>,
    /// The condensation of the operations: sets that reach each other (nearly always of one), callees before callers.
    pub components: Vec<Vec<usize>>,
    sites: Vec<Arc<[CallSite]>>,
    numbers: FxHashMap<Item, usize>,
    /// Where the edges of each operation begin, and at last the number of edges.
    outgoing: Vec<usize>,
    /// Edges sorted by what they call, and where those of each operation begin.
    incoming: (Vec<usize>, Vec<usize>),
    circle_of: FxHashMap<usize, usize>,
    component_of: Vec<usize>,
}

impl CallGraph {
    /// The number of a service.
    pub fn service(&self, item: Item) -> Option<usize> {
        self.numbers.get(&item).copied()
    }

    /// The number of an operation; none if it neither calls nor is called.
    pub fn op(&self, def: Def) -> Option<usize> {
        let key = self.key(def)?;
        self.ops
            .binary_search_by_key(&Some(key), |known| self.key(*known))
            .ok()
    }

    fn key(&self, def: Def) -> Option<(usize, u16)> {
        key(&self.numbers, def)
    }

    /// The call behind an edge.
    pub fn site(&self, edge: usize) -> &CallSite {
        let Edge { service, site, .. } = self.edges[edge];
        &self.sites[service][site]
    }

    /// The numbers of the calls that an operation makes, in text order.
    pub fn calls(&self, op: usize) -> Range<usize> {
        self.outgoing[op]..self.outgoing[op + 1]
    }

    /// The numbers of the calls of an operation that others make, in text order.
    pub fn callers(&self, op: usize) -> &[usize] {
        let (edges, starts) = &self.incoming;
        &edges[starts[op]..starts[op + 1]]
    }

    /// The links of a service to others.
    pub fn links_from(&self, service: usize) -> &[Link] {
        let start = self.links.partition_point(|link| link.from < service);
        let end = self.links.partition_point(|link| link.from <= service);
        &self.links[start..end]
    }

    /// The link between two services.
    pub fn link(&self, from: usize, to: usize) -> Option<&Link> {
        let found = self
            .links
            .binary_search_by_key(&(from, to), |link| (link.from, link.to));
        found.ok().map(|index| &self.links[index])
    }

    /// The circle that a service is in.
    pub fn circle_of(&self, service: usize) -> Option<usize> {
        self.circle_of.get(&service).copied()
    }

    /// Whether a call goes round in a circle: of operations, or of services, which `boundary.cyclic_services` reports. What
    /// adds up along chains has no value there.
    pub fn is_circular(&self, edge: usize) -> bool {
        let Edge {
            from, to: Some(to), ..
        } = self.edges[edge]
        else {
            return false;
        };
        if self.component_of[from] == self.component_of[to] {
            return true;
        }
        let (from, to) = (self.service_of[from], self.service_of[to]);
        from != to
            && self
                .circle_of(from)
                .is_some_and(|circle| self.circle_of(to) == Some(circle))
    }

    /// The position in [`Self::components`] of the one that an operation is in.
    pub fn component_of(&self, op: usize) -> usize {
        self.component_of[op]
    }
}

/// Operations in the order of files and text.
fn key(numbers: &FxHashMap<Item, usize>, def: Def) -> Option<(usize, u16)> {
    match def.kind {
        DefKind::Op(index) => Some((*numbers.get(&def.item)?, index)),
        _ => None,
    }
}

/// The graph of all calls.
#[salsa::tracked(returns(ref))]
pub fn call_graph(db: &dyn Db) -> Arc<CallGraph> {
    let services: Vec<Item> = items_of(db, Kind::Service).to_vec();
    let numbers: FxHashMap<Item, usize> = services
        .iter()
        .enumerate()
        .map(|(number, item)| (*item, number))
        .collect();
    let sites: Vec<Arc<[CallSite]>> = services.iter().map(|item| calls_of(db, *item).clone()).collect();
    let mut keys: Vec<(usize, u16)> = Vec::new();
    for site in sites.iter().flat_map(|sites| sites.iter()) {
        keys.extend(key(&numbers, site.op));
        keys.extend(key(&numbers, site.callee));
    }
    keys.sort_unstable();
    keys.dedup();
    let number_of = |def: Def| keys.binary_search(&key(&numbers, def)?).ok();
    let mut edges = Vec::new();
    for (service, sites) in sites.iter().enumerate() {
        for (site, call) in sites.iter().enumerate() {
            let Some(from) = number_of(call.op) else { continue };
            let to = number_of(call.callee);
            if to.is_some() || call.is_vendor() {
                edges.push(Edge {
                    from,
                    to,
                    service,
                    site,
                });
            }
        }
    }
    let mut graph = CallGraph {
        ops: keys
            .iter()
            .map(|&(service, index)| Def {
                item: services[service],
                kind: DefKind::Op(index),
            })
            .collect(),
        service_of: keys.iter().map(|(service, _)| *service).collect(),
        services,
        edges,
        sites,
        numbers,
        ..CallGraph::default()
    };
    graph.outgoing = starts(graph.ops.len(), graph.edges.iter().map(|edge| edge.from));
    graph.incoming = incoming(&graph);
    graph.links = links(db, &graph);
    let mut successors = vec![Vec::new(); graph.services.len()];
    for link in &graph.links {
        successors[link.from].push(link.to);
    }
    graph.circles = circles(&successors);
    for (number, members) in graph.circles.iter().enumerate() {
        graph
            .circle_of
            .extend(members.iter().map(|member| (*member, number)));
    }
    let successors: Vec<Vec<usize>> = (0..graph.ops.len())
        .map(|op| {
            graph.edges[graph.calls(op)]
                .iter()
                .filter_map(|edge| edge.to)
                .collect()
        })
        .collect();
    graph.components = components(&successors);
    graph.component_of = vec![0; graph.ops.len()];
    for (number, members) in graph.components.iter().enumerate() {
        for &member in members {
            graph.component_of[member] = number;
        }
    }
    Arc::new(graph)
}

/// Where the entries of each node begin in a list sorted by node, and the list's length.
fn starts(nodes: usize, sorted: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut starts = vec![0; nodes + 1];
    for node in sorted {
        starts[node + 1] += 1;
    }
    for node in 0..nodes {
        starts[node + 1] += starts[node];
    }
    starts
}

fn incoming(graph: &CallGraph) -> (Vec<usize>, Vec<usize>) {
    let target = |edge: &usize| graph.edges[*edge].to;
    let mut edges: Vec<usize> = (0..graph.edges.len())
        .filter(|edge| target(edge).is_some())
        .collect();
    // Stable, so the calls of one operation stay in text order.
    edges.sort_by_key(target);
    let starts = starts(graph.ops.len(), edges.iter().filter_map(target));
    (edges, starts)
}

fn links(db: &dyn Db, graph: &CallGraph) -> Vec<Link> {
    let issuers = issuers(db);
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    for (number, edge) in graph.edges.iter().enumerate() {
        let Some(to) = edge.to else { continue };
        let (from, to) = (edge.service, graph.service_of[to]);
        if from == to || issuers.contains(&graph.services[to]) {
            continue;
        }
        if graph.site(number).callee.op(db).is_some_and(Op::is_probe) {
            continue;
        }
        pairs.push((from, to, number));
    }
    pairs.sort_unstable();
    let mut links: Vec<Link> = Vec::new();
    for (from, to, edge) in pairs {
        match links.last_mut() {
            Some(link) if (link.from, link.to) == (from, to) => link.edges.push(edge),
            _ => links.push(Link {
                from,
                to,
                edges: vec![edge],
            }),
        }
    }
    links
}
