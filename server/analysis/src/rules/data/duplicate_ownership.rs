//! Two services keep, and change, what is the same thing.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::{
    db::{Db, Item, items_of},
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::Def,
        facts::{Field, OpKind, Ty, TyKind},
        finding::Finding,
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.duplicate_ownership",
    severity: Severity::Warning,
    summary: "Two services own the same thing.",
    thresholds: &[Threshold {
        name: "equal",
        default: 70,
        counts: "percent of equal fields",
    }],
    page: include_str!("../../../../../docs/rules/data/duplicate_ownership.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// The entities of one service that something but an event writes, by name.
#[salsa::tracked(returns(ref))]
fn written(db: &dyn Db, item: Item) -> Arc<[(SmolStr, Def)]> {
    let cx = Cx { db };
    let changed: Vec<Def> = cx
        .ops(item)
        .flat_map(|op| {
            let touches = op.op.touches.iter().filter(|touch| touch.access.changes());
            touches.filter_map(move |touch| cx.def(item, &touch.entity))
        })
        .collect();
    cx.entities(item)
        .filter(|(def, _)| changed.contains(def))
        .map(|(def, facts)| (facts.name.clone(), def))
        .collect()
}

/// Entities of different services with one name, in the order of files and text.
#[salsa::tracked(returns(ref))]
fn namesakes(db: &dyn Db) -> Arc<[Vec<Def>]> {
    let mut groups: Vec<Vec<Def>> = Vec::new();
    let mut places: FxHashMap<&SmolStr, usize> = FxHashMap::default();
    for &item in items_of(db, Kind::Service).iter() {
        for (name, def) in written(db, item).iter() {
            let place = *places.entry(name).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[place].push(*def);
        }
    }
    groups.retain(|group| group.len() > 1);
    Arc::from(groups)
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    for group in namesakes(cx.db).iter() {
        for (index, copy) in group.iter().enumerate() {
            // The later one is the copy; of several it is compared with the first that it is like.
            let origin = group[..index].iter().find_map(|origin| {
                let percent = alike(cx, *origin, *copy)?;
                Some((*origin, percent))
            });
            if let Some((origin, percent)) = origin {
                findings.push(report(cx, origin, *copy, percent));
            }
        }
    }
}

/// How many percent of the fields are equal, if that is enough and nothing ties the two together.
fn alike(cx: Cx<'_>, one: Def, other: Def) -> Option<usize> {
    if one.item == other.item || cx.facts(one.item).broken || cx.facts(other.item).broken {
        return None;
    }
    let (left, right) = (signature(cx, one), signature(cx, other));
    let equal = left.iter().filter(|field| right.contains(field)).count();
    let percent = (equal * 100) / left.len().max(right.len()).max(1);
    let tied = || {
        refers(cx, one, other) || refers(cx, other, one) || fed(cx, one, other.item) || fed(cx, other, one.item)
    };
    (percent >= cx.threshold(&RULE, "equal") as usize && !tied()).then_some(percent)
}

/// Names and types of an entity's fields.
fn signature(cx: Cx<'_>, entity: Def) -> Vec<(SmolStr, String)> {
    cx.fields_of(entity)
        .into_iter()
        .map(|(def, field)| (field.name.clone(), word(cx, def.item, &field.ty)))
        .collect()
}

fn word(cx: Cx<'_>, item: Item, ty: &Ty) -> String {
    match &ty.kind {
        TyKind::Scalar(name, args) => format!("{name}{args:?}"),
        TyKind::List(inner) => format!("[{}]", word(cx, item, inner)),
        // Each service has enums and types of its own, also for what is the same.
        TyKind::Named(reference) => reference.path.last().cloned().unwrap_or_default().to_string(),
        TyKind::Ref(reference) => match cx.def(item, reference) {
            Some(target) => format!("ref {}", target.name(cx.db)),
            None => "ref".to_owned(),
        },
        _ => "other".to_owned(),
    }
}

/// Whether one entity has a `ref` to the other.
fn refers(cx: Cx<'_>, from: Def, to: Def) -> bool {
    cx.fields_of(from)
        .iter()
        .any(|(def, field): &(Def, &Field)| match &field.ty.kind {
            TyKind::Ref(reference) => cx.def(def.item, reference) == Some(to),
            _ => false,
        })
}

/// Whether a handler of another service's event writes the entity: then it is a copy that is kept up to date.
fn fed(cx: Cx<'_>, entity: Def, by: Item) -> bool {
    let item = entity.item;
    cx.ops(item).filter(|op| op.op.kind == OpKind::Handler).any(|op| {
        let event = op.op.event.as_ref().and_then(|event| cx.def(item, event));
        event.is_some_and(|event| event.item == by)
            && op.op.touches.iter().any(|touch| {
                touch.access.changes() && cx.def(item, &touch.entity) == Some(entity)
            })
    })
}

fn report(cx: Cx<'_>, origin: Def, copy: Def, percent: usize) -> Finding {
    let (own, other) = (cx.qualified(copy), cx.qualified(origin));
    let message = format!(
        "`{own}` and `{other}` have {percent} % of their fields in common, and both services change their own: sooner or later the two say different things"
    );
    Finding::new(RULE.id, RULE.severity, own, cx.place(copy), message)
        .help(format!(
            "Let one service own it: keep `ref {other}` here, or a copy that only handlers of events of `{}` write.",
            cx.name(origin.item)
        ))
        .related(format!("`{other}` is here"), cx.place(origin))
}

#[cfg(test)]
mod tests {
    use crate::testing::of_rule;

    fn check(fields: &str, member: &str) -> Vec<String> {
        let text = format!(
            "service A {{\n  entity P {{ id: uuid @id; name: string; city: string; born: date }}\n  event Moved v1 {{ key id; id: uuid }}\n  \
             job j every 1d {{ writes P }}\n}}\nservice B {{\n  entity P {{ {fields} }}\n  {member}\n}}\n"
        );
        of_rule(&text, "data.duplicate_ownership")
    }

    const SAME: &str = "id: uuid @id; name: string; city: string?; born: date";
    const WRITES: &str = "job k every 1d { writes P }";

    #[test]
    fn equal_names_and_fields_are_two_truths() {
        assert_eq!(check(SAME, WRITES), ["7 warning B.P"]);
        assert_eq!(
            check("id: uuid @id; name: string; city: string; age: int", WRITES),
            ["7 warning B.P"]
        );
        assert_eq!(check(SAME, "resource P at /p { update }"), ["7 warning B.P"]);
    }

    #[test]
    fn homonyms_references_and_fed_copies_are_fine() {
        assert_eq!(check("id: uuid @id; weight: int; color: string", WRITES), [""; 0]);
        assert_eq!(check(&format!("{SAME}; of: ref A.P"), WRITES), [""; 0]);
        assert_eq!(
            check(SAME, "on A.Moved as copy { idempotent by id; writes P }"),
            [""; 0]
        );
        assert_eq!(check(SAME, "job k every 1d { reads P }"), [""; 0]);
        assert_eq!(check(&SAME.replace("city: string?", "city: int"), WRITES), ["7 warning B.P"]);
        assert_eq!(
            check("id: uuid @id; name: string; town: string; birth: date", WRITES),
            [""; 0]
        );
    }
}
