//! What removes the data about a person, and what it does not reach.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    cx::Cx,
    def::{Def, DefKind},
    facts::{Access, Entity},
    personal::{Copied, PERSONAL, Sent, copies_by, is_about, personal_entities, sent_by},
};
use crate::db::{Db, Item};

/// An operation that removes the rows of an entity, or everything about one of its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Removal {
    /// The operation.
    pub op: Def,
    /// The entity.
    pub entity: Def,
    /// `deletes` or `erases`.
    pub access: Access,
    /// Vendors where it is erased, too.
    pub vendors: Vec<Item>,
}

/// What one service has to say about erasure.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Personal entities of the service that nothing in it removes.
    pub open: Vec<Def>,
    /// Caches of the service that keep personal data for ever, and the entity that they have it from.
    pub caches: Vec<(Def, Def)>,
    /// What its operations remove.
    pub removals: Vec<Removal>,
    /// What they send to vendors.
    pub sent: Arc<[Sent]>,
    /// The copies that they make.
    pub copies: Arc<[Copied]>,
    /// Whether something may be removed that cannot be read: in a broken service, or under a name that nobody knows.
    pub unsure: bool,
}

/// One service's share.
#[salsa::tracked(returns(ref))]
pub fn erasure_in(db: &dyn Db, item: Item) -> Arc<Share> {
    let cx = Cx { db };
    let removals = removals(cx, item);
    let unsure = cx.facts(item).broken || unknown(cx, item);
    let open = if unsure {
        Vec::new()
    } else {
        let gone = |entity: Def| {
            entity.entity(db).is_none_or(expires)
                || removals.iter().any(|removal| reaches(cx, removal, entity))
        };
        personal_entities(db, item)
            .iter()
            .copied()
            .filter(|entity| !gone(*entity))
            .collect()
    };
    Arc::new(Share {
        open,
        caches: caches(cx, item),
        removals,
        sent: Arc::clone(sent_by(db, item)),
        copies: Arc::clone(copies_by(db, item)),
        unsure,
    })
}

/// Whether an operation of a service removes something, or at somebody, that nothing is called.
fn unknown(cx: Cx<'_>, item: Item) -> bool {
    cx.ops(item).flat_map(|op| &op.op.touches).any(|touch| {
        matches!(touch.access, Access::Deletes | Access::Erases)
            && std::iter::once(&touch.entity)
                .chain(&touch.at)
                .any(|named| cx.def(item, named).is_none())
    })
}

fn removals(cx: Cx<'_>, item: Item) -> Vec<Removal> {
    let mut found = Vec::new();
    for op in cx.ops(item) {
        for touch in &op.op.touches {
            if !matches!(touch.access, Access::Deletes | Access::Erases) {
                continue;
            }
            if let Some(entity) = cx.def(item, &touch.entity) {
                found.push(Removal {
                    op: op.def,
                    entity,
                    access: touch.access,
                    vendors: touch
                        .at
                        .iter()
                        .filter_map(|vendor| cx.def(item, vendor))
                        .map(|vendor| vendor.item)
                        .collect(),
                });
            }
        }
    }
    found
}

/// Whether rows go by themselves, or must stay by law: then nothing else has to remove them.
fn expires(entity: &Entity) -> bool {
    entity.retain.as_ref().is_some_and(|retain| {
        retain.because.is_some() || matches!(retain.then.as_deref(), Some("erase" | "anonymize"))
    })
}

/// Whether a removal takes the rows of an entity along, as far as their fields tell.
fn reaches(cx: Cx<'_>, removal: &Removal, entity: Def) -> bool {
    removal.entity == entity || (removal.access == Access::Erases && is_about(cx, entity, removal.entity))
}

/// Caches without an end to what they keep. What a removal makes stale is no copy that stays.
fn caches(cx: Cx<'_>, item: Item) -> Vec<(Def, Def)> {
    let Some(service) = cx.service(item) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (index, cache) in service.caches.iter().enumerate() {
        if cache.ttl.is_some() || cx.facts(item).broken {
            continue;
        }
        let query = cx.def(item, &cache.query);
        let Some((query, facts)) = query.and_then(|query| Some((query, query.query(cx.db)?))) else {
            continue;
        };
        if !cx.type_classes(query.item, &facts.returns).any(PERSONAL) {
            continue;
        }
        let Some(entity) = cx.query_entity(query) else {
            continue;
        };
        let ends = cache
            .invalidated
            .iter()
            .filter_map(|event| cx.def(item, event))
            .any(|event| {
                let emits = |op: Def| {
                    let facts = op.op(cx.db);
                    facts.is_some_and(|facts| {
                        facts.emits.iter().any(|one| cx.def(op.item, one) == Some(event))
                    })
                };
                removals(cx, entity.item)
                    .iter()
                    .any(|removal| emits(removal.op) && reaches(cx, removal, entity))
            });
        if !ends {
            let kind = DefKind::Cache(index as u16);
            found.push((Def { item, kind }, entity));
        }
    }
    found
}

/// Something that keeps data about a person when everything else has let go of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Left {
    /// An entity; with how it came there, if it is a copy.
    Entity(Def, Option<Copied>),
    /// A cache.
    Cache(Def),
    /// A vendor.
    Vendor(Sent),
}

/// An entity with the first record of a person, and what is left of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// The entity.
    pub root: Def,
    /// What is left, each once.
    pub left: Vec<Left>,
}

/// How data about people spreads.
struct Spread<'db> {
    cx: Cx<'db>,
    shares: Vec<(Item, &'db Arc<Share>)>,
    ranks: FxHashMap<Item, usize>,
    parents: FxHashMap<Def, Vec<&'db Copied>>,
    /// What is erased at which vendor.
    at_vendors: FxHashMap<Item, Vec<&'db Removal>>,
}

/// What no removal reaches, by the entity that it comes from, in the order of files and text.
pub fn gaps(cx: Cx<'_>) -> Vec<Gap> {
    let services = cx.items(Kind::Service);
    let shares: Vec<(Item, &Arc<Share>)> = services
        .iter()
        .map(|&item| (item, erasure_in(cx.db, item)))
        .collect();
    let quiet = |share: &Share| share.open.is_empty() && share.caches.is_empty() && share.sent.is_empty();
    if shares.iter().all(|(_, share)| quiet(share)) {
        return Vec::new();
    }
    let mut parents: FxHashMap<Def, Vec<&Copied>> = FxHashMap::default();
    let mut at_vendors: FxHashMap<Item, Vec<&Removal>> = FxHashMap::default();
    for (_, share) in &shares {
        for copied in share.copies.iter() {
            parents.entry(copied.to).or_default().push(copied);
        }
        for removal in &share.removals {
            for &vendor in &removal.vendors {
                at_vendors.entry(vendor).or_default().push(removal);
            }
        }
    }
    Spread {
        cx,
        ranks: services
            .iter()
            .enumerate()
            .map(|(rank, item)| (*item, rank))
            .collect(),
        shares,
        parents,
        at_vendors,
    }
    .gaps()
}

impl Spread<'_> {
    fn gaps(&self) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = Vec::new();
        let mut places: FxHashMap<Def, usize> = FxHashMap::default();
        let mut put = |root: Def, left: Left| {
            let same = |known: &Left| match (known, &left) {
                (Left::Vendor(known), Left::Vendor(new)) => known.vendor == new.vendor,
                (known, new) => known == new,
            };
            let place = *places.entry(root).or_insert_with(|| {
                gaps.push(Gap {
                    root,
                    left: Vec::new(),
                });
                gaps.len() - 1
            });
            if !gaps[place].left.iter().any(same) {
                gaps[place].left.push(left);
            }
        };
        let deleted: FxHashSet<Def> = self
            .shares
            .iter()
            .flat_map(|(_, share)| &share.removals)
            .filter(|removal| removal.access == Access::Deletes)
            .map(|removal| removal.entity)
            .collect();
        let unsure = self.shares.iter().any(|(_, share)| share.unsure);
        for (_, share) in &self.shares {
            for &entity in &share.open {
                let sources = self.sources(entity);
                let derived = |removal: &Removal| {
                    removal.access == Access::Erases
                        && sources.iter().any(|source| reaches(self.cx, removal, *source))
                };
                if deleted.contains(&entity) || share.removals.iter().any(derived) {
                    continue;
                }
                let how = self.parents.get(&entity).and_then(|copies| copies.first());
                put(
                    self.root(&sources),
                    Left::Entity(entity, how.map(|how| (*how).clone())),
                );
            }
            for &(cache, entity) in &share.caches {
                put(self.root(&self.sources(entity)), Left::Cache(cache));
            }
            // What one service sends another one may have erased there.
            for sent in share.sent.iter().filter(|_| !unsure) {
                let Some(sources) = sent.from.first().map(|from| self.sources(*from)) else {
                    continue;
                };
                if !self.erased_at(sent.vendor, &sources) {
                    put(self.root(&sources), Left::Vendor(sent.clone()));
                }
            }
        }
        gaps.sort_by_key(|gap| self.rank(gap.root));
        gaps
    }

    /// An entity and everything that its data comes from.
    fn sources(&self, entity: Def) -> Vec<Def> {
        let mut found = vec![entity];
        let mut at = 0;
        while let Some(one) = found.get(at) {
            at += 1;
            for copied in self.parents.get(one).into_iter().flatten() {
                if !found.contains(&copied.from) {
                    found.push(copied.from);
                }
            }
        }
        found
    }

    /// Where the data of some sources began: the first that is a copy of nothing; in a circle the first of all.
    fn root(&self, sources: &[Def]) -> Def {
        let first = |only: bool| {
            sources
                .iter()
                .copied()
                .filter(|source| !only || !self.parents.contains_key(source))
                .min_by_key(|source| self.rank(*source))
        };
        first(true).or_else(|| first(false)).unwrap_or(sources[0])
    }

    fn rank(&self, entity: Def) -> (usize, Def) {
        let service = self.ranks.get(&entity.item).copied().unwrap_or(usize::MAX);
        (service, entity)
    }

    /// Whether something erases at a vendor what came from some sources.
    fn erased_at(&self, vendor: Item, sources: &[Def]) -> bool {
        self.at_vendors
            .get(&vendor)
            .into_iter()
            .flatten()
            .any(|removal| sources.iter().any(|source| reaches(self.cx, removal, *source)))
    }
}
