//! A cache that does not hear of every change.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::{Db, Item, resolved},
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        expr::listed,
        facts::{Access, Cache, OpKind, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        foreign::foreign_touches,
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.stale_cache",
    severity: Severity::Warning,
    summary: "A cache that does not hear of every change.",
    page: include_str!("../../../../../docs/rules/scale/stale_cache.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// The caches of a service that keep an answer until an event comes, or for ever.
#[salsa::tracked(returns(ref))]
fn lasting_caches(db: &dyn Db, item: Item) -> Arc<[u16]> {
    let Some(service) = crate::db::service(db, item).filter(|service| !service.caches.is_empty()) else {
        return Arc::default();
    };
    if crate::db::facts(db, item).broken {
        return Arc::default();
    }
    (0..).zip(&service.caches).filter(|(_, cache)| cache.ttl.is_none()).map(|(index, _)| index).collect()
}

/// An operation that changes what a cache holds.
struct Writer<'db> {
    op: OpRef<'db>,
    /// The entity.
    entity: Def,
    /// Whether it makes a new row and does nothing else to it.
    creates: bool,
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    for &item in cx.items(Kind::Service).iter() {
        for &index in lasting_caches(cx.db, item).iter() {
            let cache = cx.service(item).and_then(|service| service.caches.get(usize::from(index)));
            let def = Def {
                item,
                kind: DefKind::Cache(index),
            };
            findings.extend(cache.and_then(|cache| judge(cx, def, cache)));
        }
    }
}

fn judge(cx: Cx<'_>, def: Def, cache: &Cache) -> Option<Finding> {
    let query = cx.def(def.item, &cache.query)?;
    let entities = read_by(cx, query);
    let writers: Vec<Writer<'_>> = entities.iter().flat_map(|entity| writers(cx, *entity)).collect();
    // What nothing but its creation writes is always as it was.
    if writers.iter().all(|writer| writer.creates) {
        return None;
    }
    let invalidating: Vec<Def> = cache
        .invalidated
        .iter()
        .filter_map(|event| cx.def(def.item, event))
        .collect();
    if invalidating.len() < cache.invalidated.len() {
        // One of the events is not known, which is reported already.
        return None;
    }
    let unheard: Vec<&Writer<'_>> = writers
        .iter()
        .filter(|writer| !tells(cx, writer.op, &invalidating))
        .collect();
    if unheard.is_empty() {
        return None;
    }
    Some(finding(cx, def, cache, &unheard))
}

/// The entities whose rows a query looks at.
fn read_by(cx: Cx<'_>, query: Def) -> Vec<Def> {
    let mut found: Vec<Def> = cx.query_entity(query).into_iter().collect();
    let path = query.loc(cx.db).path;
    for (loc, def) in resolved(cx.db, query.item).refs() {
        if let DefKind::EntityField(owner, _) = def.kind
            && loc.path.starts_with(&path)
        {
            let entity = Def {
                item: def.item,
                kind: DefKind::Entity(owner),
            };
            if !found.contains(&entity) {
                found.push(entity);
            }
        }
    }
    found
}

/// The operations that change an entity, in its own service and in others, each once.
fn writers<'db>(cx: Cx<'db>, entity: Def) -> Vec<Writer<'db>> {
    let writer = |op: OpRef<'db>, access: Access| Writer {
        op,
        entity,
        creates: access == Access::Writes && creates(cx, op, entity),
    };
    let mut found: Vec<Writer<'db>> = Vec::new();
    for op in cx.ops(entity.item) {
        let touch = op.op.touches.iter().find(|touch| {
            touch.access.changes() && cx.def(entity.item, &touch.entity) == Some(entity)
        });
        found.extend(touch.map(|touch| writer(op, touch.access)));
    }
    for touch in foreign_touches(cx.db).iter().flat_map(|(_, touches)| touches) {
        let known = |known: &Writer<'_>| known.op.def == touch.op;
        if touch.entity == entity && touch.access.changes() && !found.iter().any(known) {
            found.extend(cx.op(touch.op).map(|op| writer(op, touch.access)));
        }
    }
    found
}

/// Whether an operation takes a new row in.
fn creates(cx: Cx<'_>, op: OpRef<'_>, entity: Def) -> bool {
    op.op.method == "POST"
        && op.op.params.iter().filter_map(|param| param.ty.as_ref()).any(|ty| {
            matches!(ty.kind, TyKind::New(_)) && cx.entity_of(op.def.item, ty) == Some(entity)
        })
}

/// Whether one of the events tells of what an operation does: it emits one, or is the reaction to one.
fn tells(cx: Cx<'_>, op: OpRef<'_>, events: &[Def]) -> bool {
    let emitted = op.op.emits.iter();
    let handled = op.op.event.iter().filter(|_| op.op.kind == OpKind::Handler);
    emitted
        .chain(handled)
        .filter_map(|event| cx.def(op.def.item, event))
        .any(|event| events.contains(&event))
}

fn finding(cx: Cx<'_>, def: Def, cache: &Cache, unheard: &[&Writer<'_>]) -> Finding {
    let name = cx.qualified(def);
    let names: Vec<_> = unheard.iter().map(|writer| cx.qualified(writer.op.def)).collect();
    let ops = listed(&names);
    let verb = if unheard.len() == 1 { "changes" } else { "change" };
    let entity = cx.qualified(unheard[0].entity);
    let (place, message) = match cache.invalidated.first() {
        Some(event) => (
            Place::new(def.item, Loc::head(&event.loc.path)),
            format!(
                "{ops} {verb} `{entity}` without any of the events that `{name}` waits for: users see old data for ever"
            ),
        ),
        None => (
            cx.place(def),
            format!(
                "`{name}` has neither a `ttl` nor an event that makes it stale, and {ops} {verb} `{entity}`: users see old data for ever"
            ),
        ),
    };
    let mut finding = Finding::new(RULE.id, RULE.severity, name, place.clone(), message).help(
        "Give the cache a `ttl`, or let every operation that changes the data emit an event that it is `invalidated by`.",
    );
    for writer in unheard {
        finding = finding.related(
            format!("`{}` changes `{}`", cx.qualified(writer.op.def), cx.qualified(writer.entity)),
            cx.place(writer.op.def),
        );
    }
    if let Some(fix) = listen(cx, def, cache, unheard) {
        finding = finding.fix(fix);
    }
    let ttl = Step::AddStatement(cx.place(def), "ttl 5m".to_owned());
    finding.fix(FixPlan::suggest("Keep answers for five minutes at most", vec![ttl]).preferred())
}

/// Takes in an event that each of the operations emits already.
fn listen(cx: Cx<'_>, def: Def, cache: &Cache, unheard: &[&Writer<'_>]) -> Option<FixPlan> {
    let mut names: Vec<String> = Vec::new();
    for writer in unheard {
        let event = cx.def(writer.op.def.item, writer.op.op.emits.first()?)?;
        let name = if event.item == def.item {
            event.name(cx.db).to_string()
        } else {
            cx.qualified(event).to_string()
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let names = names.join(", ");
    let step = match cache.invalidated.last() {
        Some(last) => {
            let place = Place::new(def.item, last.loc.clone());
            Step::InsertAfter(place, format!(", {names}"))
        }
        None => Step::AddStatement(cx.place(def), format!("invalidated by {names}")),
    };
    Some(FixPlan::suggest(format!("Let {names} make it stale"), vec![step]))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    /// Example 8 of the catalogue, with what the cache says and what stands beside it.
    fn text(cache: &str, more: &str) -> String {
        format!(
            "service Orders {{
  entity Order {{ id: uuid @id; open: bool; kit: ref Kit }}
  entity Kit {{ id: uuid @id; good: bool }}
  event OrderPlaced v1 {{ key id; id: uuid }}
  event OrdersPurged v1 {{ key id; id: uuid }}
  query open_orders -> [Order] {{ where open == true }}
  cache open_orders_cache of open_orders {{ {cache} }}
  endpoint place POST /v1/orders (body: new Order) -> Order {{ writes Order; emits OrderPlaced }}
  {more}
}}
"
        )
    }

    const PURGE: &str = "job purge every 1d { deletes Order }";

    fn found(cache: &str, more: &str) -> Vec<String> {
        of_rule(&text(cache, more), RULE.id)
    }

    #[test]
    fn an_operation_that_tells_nobody() {
        assert_eq!(found("invalidated by OrderPlaced", PURGE), ["7 warning Orders.open_orders_cache"]);
        assert_eq!(found("ttl 5m; invalidated by OrderPlaced", PURGE), [""; 0]);
        assert_eq!(found("", PURGE), ["7 warning Orders.open_orders_cache"]);
        assert_eq!(found("ttl 5m", PURGE), [""; 0]);
    }

    #[test]
    fn who_tells_or_reacts_is_heard() {
        let told = "job purge every 1d { deletes Order; emits OrderPlaced }";
        assert_eq!(found("invalidated by OrderPlaced", told), [""; 0]);
        let reacts = "on OrderPlaced as index { writes Order }";
        assert_eq!(found("invalidated by OrderPlaced", reacts), [""; 0]);
    }

    #[test]
    fn what_is_only_created_is_always_as_it_was() {
        assert_eq!(found("", ""), [""; 0]);
        assert_eq!(found("invalidated by OrdersPurged", ""), [""; 0]);
    }

    #[test]
    fn other_services_and_joined_entities_count() {
        let foreign = format!(
            "{}service Sweeper {{ job sweep every 1h {{ writes Orders.Order }} }}\n",
            text("invalidated by OrderPlaced", "")
        );
        assert_eq!(of_rule(&foreign, RULE.id), ["7 warning Orders.open_orders_cache"]);
        let joined = text("invalidated by OrderPlaced", "job check every 1d { writes Kit }");
        assert_eq!(of_rule(&joined, RULE.id), [""; 0]);
        let joined = joined.replace("where open == true", "where kit.good == true");
        assert_eq!(of_rule(&joined, RULE.id), ["7 warning Orders.open_orders_cache"]);
    }

    #[test]
    fn a_time_or_another_event_helps() {
        let before = text(
            "invalidated by OrderPlaced",
            "job purge every 1d { deletes Order; emits OrdersPurged }",
        );
        let after = fixed(&before, "Let OrdersPurged make it stale");
        assert!(after.contains("invalidated by OrderPlaced, OrdersPurged"), "{after}");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
        let after = fixed(&before, "Keep answers for five minutes at most");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
    }
}
