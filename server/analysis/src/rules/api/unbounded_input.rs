//! A request may be as large as its sender likes.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use crate::{
    db::{Db, Item, items_of},
    diagnostic::Severity,
    model::{
        cx::Cx,
        facts::{AttributeArgFact, AttributeFact, ExprFactKind, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        inputs::{body, body_fields},
        loc::{Loc, Part},
        resolved::element,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "api.unbounded_input",
    severity: Severity::Hint,
    strict: true,
    summary: "A request may be as large as its sender likes.",
    cwe: &[770],
    page: include_str!("../../../../../docs/rules/api/unbounded_input.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// A part of a body that has no bound.
#[derive(Debug, Clone, PartialEq)]
struct Unbounded {
    place: Place,
    name: SmolStr,
    /// What it is, in words, and the attribute that would bound it.
    what: &'static str,
    bound: Option<&'static str>,
    /// An operation that takes it.
    taken_by: SmolStr,
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    // Several operations, also of several services, may take the same type.
    let mut known: FxHashSet<&Place> = FxHashSet::default();
    for &service in items_of(cx.db, Kind::Service).iter() {
        for one in unbounded(cx.db, service).iter() {
            if known.insert(&one.place) {
                findings.push(report(cx, one));
            }
        }
    }
}

#[salsa::tracked(returns(ref))]
fn unbounded(db: &dyn Db, item: Item) -> Arc<[Unbounded]> {
    let cx = Cx { db };
    // What is missing in broken text may just not have been read.
    if cx.facts(item).broken {
        return Arc::from([]);
    }
    let mut found: Vec<Unbounded> = Vec::new();
    for op in cx.ops(item).filter(|op| op.op.is_endpoint() && cx.external(*op)) {
        let taken_by = cx.qualified(op.def);
        for param in body(op) {
            let Some((what, bound)) = param.ty.as_ref().and_then(|ty| open(ty, &param.attributes)) else {
                continue;
            };
            found.push(Unbounded {
                place: Place::new(item, param.loc.clone()),
                name: param.name.clone(),
                what,
                bound,
                taken_by: taken_by.clone(),
            });
        }
        body_fields(cx, op, &mut |item, field| {
            if let Some((what, bound)) = open(&field.ty, &field.attributes) {
                found.push(Unbounded {
                    place: Place::new(item, field.loc.clone()),
                    name: field.name.clone(),
                    what,
                    bound,
                    taken_by: taken_by.clone(),
                });
            }
        });
    }
    found.into()
}

/// Whether a type has no end: what it is, and the attribute that would give it one.
fn open(ty: &Ty, attributes: &[AttributeFact]) -> Option<(&'static str, Option<&'static str>)> {
    let has = |bound: fn(&AttributeFact) -> bool| attributes.iter().any(bound);
    match &ty.kind {
        TyKind::List(_) => (!has(|one| one.name == "max" || ends(one))).then_some(("list", Some("@max(100)"))),
        TyKind::Scalar(name, _) => match name.as_str() {
            "string" => (!has(|one| ends(one) || is_short(one))).then_some(("text", Some("@len(0..200)"))),
            "text" => (!has(|one| ends(one) || is_short(one))).then_some(("text", Some("@len(0..4000)"))),
            "bytes" => (!has(ends)).then_some(("file", Some("@len(0..1_000_000)"))),
            "json" => Some(("`json`", None)),
            _ => None,
        },
        _ => None,
    }
}

/// `@len` with an end.
fn ends(attribute: &AttributeFact) -> bool {
    attribute.name == "len"
        && attribute.args.iter().any(|argument| match argument {
            AttributeArgFact::Range(_, to) => to.is_some(),
            AttributeArgFact::Value(..) => true,
        })
}

/// A pattern that only texts of some length match.
fn is_short(attribute: &AttributeFact) -> bool {
    use archwright_grammar::ast::Literal;
    attribute.name == "pattern"
        && attribute.args.iter().any(|argument| match argument {
            AttributeArgFact::Value(_, value) => match &value.kind {
                ExprFactKind::Literal(Literal::String(pattern)) => {
                    !pattern.contains(['*', '+']) && !pattern.contains(",}")
                }
                _ => false,
            },
            AttributeArgFact::Range(..) => false,
        })
}

fn report(cx: Cx<'_>, one: &Unbounded) -> Finding {
    let item = one.place.item;
    let loc = &one.place.loc;
    let tree = crate::db::parsed(cx.db, item);
    let element = match loc.part {
        Part::Name => element(cx.facts(item), &loc.path, tree.node.as_ref()),
        _ => {
            let whole = element(cx.facts(item), &loc.path, tree.node.as_ref());
            format!("{whole}.{}", one.name).into()
        }
    };
    let message = format!(
        "the {} `{}` that `{}` takes has no bound: one request can fill the memory of an instance",
        one.what, one.name, one.taken_by
    );
    let help = match one.bound {
        Some(_) if one.what == "list" => "Say how many there may be: `@max(100)`.",
        Some(_) => "Say how long it may be: `@len(0..200)`.",
        None => "Say what is in it with a type; nothing else bounds it.",
    };
    let finding = Finding::new(RULE.id, RULE.severity, element, one.place.clone(), message).help(help);
    // A field of an inline type has no place behind which an attribute could be written.
    let behind: Option<Loc> = match loc.part {
        Part::Name => Some(loc.with(Part::Head)),
        Part::Arg(_) => Some(loc.clone()),
        _ => None,
    };
    let (Some(bound), Some(behind)) = (one.bound, behind) else {
        return finding;
    };
    let step = Step::InsertAfter(Place::new(item, behind), format!(" {bound}"));
    finding.fix(FixPlan::suggest(format!("Add {bound} to {}", one.name), vec![step]).preferred())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(fields: &str, body: &str) -> String {
        format!(
            "service Orders {{
  auth none
  entity Order {{ id: uuid @id; code: string @readonly; inner: string @internal }}
  type Line {{ title: string @len(1..80); count: int }}
  type Wish {{
    {fields}
  }}
  endpoint wish POST /v1/wishes (body: {body}) -> {{ n: int }} {{ idempotent }}
  endpoint again POST /v1/wishes/again (body: {body}) -> {{ n: int }} {{ idempotent }}
}}
"
        )
    }

    #[test]
    fn whatever_has_no_end_counts_once() {
        let of = |fields: &str| of_rule(&text(fields, "Wish"), RULE.id);
        let none: [&str; 0] = [];
        assert_eq!(of("note: string"), ["6 hint Orders.Wish.note"]);
        assert_eq!(of("note: text @len(5..)"), ["6 hint Orders.Wish.note"]);
        assert_eq!(of("note: string @pattern(\"[A-Z]+\")"), ["6 hint Orders.Wish.note"]);
        assert_eq!(of("lines: [Line]"), ["6 hint Orders.Wish.lines"]);
        assert_eq!(of("file: bytes"), ["6 hint Orders.Wish.file"]);
        assert_eq!(of("anything: json"), ["6 hint Orders.Wish.anything"]);
        assert_eq!(of("note: string @len(0..9)"), none);
        assert_eq!(of("note: string @pattern(\"[A-Z]{2}\")"), none);
        assert_eq!(of("lines: [Line] @max(9); at: instant; mail: email; id: uuid"), none);
    }

    #[test]
    fn only_what_clients_send_counts() {
        assert_eq!(of_rule(&text("n: int", "new Order"), RULE.id), [""; 0]);
        assert_eq!(
            of_rule(&text("n: int", "{ note: string }"), RULE.id),
            ["8 hint Orders.wish.note", "9 hint Orders.again.note"]
        );
        assert_eq!(
            of_rule(&text("n: int", "[Line]"), RULE.id),
            ["8 hint Orders.wish.body", "9 hint Orders.again.body"]
        );
    }

    #[test]
    fn the_bound_is_written_behind() {
        let after = fixed(&text("note: string? @masked", "Wish"), "Add @len(0..200) to note");
        assert!(after.contains("note: string? @masked @len(0..200)\n"), "{after}");
        let after = fixed(&text("n: int", "[Line]"), "Add @max(100) to body");
        assert!(after.contains("(body: [Line] @max(100))"), "{after}");
    }
}
