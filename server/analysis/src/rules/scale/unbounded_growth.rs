//! Rows that only ever become more.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::Def,
        facts::{Access, Entity, Op, OpKind, TyKind},
        finding::{Finding, FixPlan, Step},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.unbounded_growth",
    severity: Severity::Warning,
    summary: "Rows that only ever become more.",
    thresholds: &[
        Threshold {
            name: "load",
            default: 50,
            counts: "requests per second that a service promises to carry",
        },
        Threshold {
            name: "growth",
            default: 1,
            counts: "new rows per day",
        },
    ],
    page: include_str!("../../../../../docs/rules/scale/unbounded_growth.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

const DAY: u64 = 86_400_000;

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item).filter(|_| !cx.facts(item).broken) else {
        return;
    };
    for (def, entity) in cx.entities(item) {
        if entity.retain.is_some() || entity.partition.is_some() || entity.reference.is_some() {
            continue;
        }
        let Some(why) = growth(cx, def, entity, service.slo.as_ref().and_then(|slo| slo.load)) else {
            continue;
        };
        if deleted(cx, def) || archived(cx, def) || classified(cx, def) {
            continue;
        }
        findings.push(finding(cx, def, entity, &why));
    }
}

/// What makes the rows more and more, for the message.
fn growth(
    cx: Cx<'_>,
    def: Def,
    entity: &Entity,
    load: Option<archwright_grammar::ast::Rate>,
) -> Option<String> {
    // Where the number of rows is stated, so is whether they grow.
    if let Some((_, growth)) = &entity.rows {
        let rate = (*growth)?;
        let day = rate.count.saturating_mul(DAY) / rate.per.millis().max(1);
        return (day >= u64::from(cx.threshold(&RULE, "growth")))
            .then(|| format!("grows by {day} rows a day"));
    }
    let load = load?;
    let second = load.count.saturating_mul(1_000) / load.per.millis().max(1);
    if second < u64::from(cx.threshold(&RULE, "load")) {
        return None;
    }
    let by = cx.ops(def.item).find(|op| creates(cx, op.def, op.op, def))?;
    Some(format!(
        "gets a row from each `{}`, in a service that carries {second} requests per second",
        cx.qualified(by.def)
    ))
}

/// Whether requests to an operation make new rows of an entity.
fn creates(cx: Cx<'_>, op: Def, facts: &Op, entity: Def) -> bool {
    let makes = facts.method == "POST" && facts.kind != OpKind::Webhook;
    makes
        && facts.touches.iter().any(|touch| {
            touch.access == Access::Writes && cx.def(op.item, &touch.entity) == Some(entity)
        })
        && facts.params.iter().filter_map(|param| param.ty.as_ref()).any(|ty| {
            matches!(ty.kind, TyKind::New(_)) && cx.entity_of(op.item, ty) == Some(entity)
        })
}

/// Whether an operation of its service takes rows away.
fn deleted(cx: Cx<'_>, def: Def) -> bool {
    cx.ops(def.item).any(|op| {
        op.op.touches.iter().any(|touch| {
            matches!(touch.access, Access::Deletes | Access::Erases)
                && cx.def(def.item, &touch.entity) == Some(def)
        })
    })
}

/// Whether it lies where room costs next to nothing, or vanishes by itself.
fn archived(cx: Cx<'_>, def: Def) -> bool {
    let store = cx.store_of(def).map(|store| cx.physical_store(store));
    store
        .and_then(|store| store.store(cx.db))
        .is_some_and(|store| matches!(store.kind.as_str(), "s3" | "memory"))
}

/// Of classified rows `data.retention_missing` says that they are kept for ever.
fn classified(cx: Cx<'_>, def: Def) -> bool {
    !cx.sensitive_fields(def).is_empty()
}

fn finding(cx: Cx<'_>, def: Def, entity: &Entity, why: &str) -> Finding {
    let name = cx.qualified(def);
    let message = format!("`{name}` {why}, and nothing ever takes one away: the store and its cost grow without end");
    let place = cx.place(def);
    let mut finding = Finding::new(RULE.id, RULE.severity, name, place.clone(), message)
        .help("Say how long rows are kept (`retain`), cut the table by time (`partition by`), or delete what is no longer needed.");
    let created = entity
        .fields
        .iter()
        .find(|field| field.has("created"))
        .or_else(|| {
            entity
                .fields
                .iter()
                .find(|field| matches!(&field.ty.kind, TyKind::Scalar(name, _) if name == "instant"))
        });
    if let Some(created) = created {
        let statement = format!("partition by {} monthly", created.name);
        finding = finding.fix(FixPlan::suggest(
            format!("Cut the table by `{}`, month by month", created.name),
            vec![Step::AddStatement(place.clone(), statement)],
        ));
    }
    finding.fix(FixPlan::suggest(
        "Archive rows after two years",
        vec![Step::AddStatement(place, "retain 2y then archive".to_owned())],
    ))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(slo: &str, entity: &str, more: &str) -> String {
        format!(
            "service S {{
  {slo}
  store Db: postgres
  entity E in Db {{ id: uuid @id; at: instant @created; {entity} }}
  endpoint make POST /v1/e (body: new E) -> E {{ writes E }}
  endpoint change PATCH /v1/e/{{id}} (body: patch E) {{ writes E }}
  {more}
}}
"
        )
    }

    #[test]
    fn stated_growth_needs_an_end() {
        let of = |entity: &str| of_rule(&text("", entity, ""), RULE.id);
        assert_eq!(of("rows 10 growth 10 per day"), ["4 warning S.E"]);
        assert_eq!(of("rows 10 growth 1 per 1y"), [""; 0]);
        for fine in [
            "rows 10",
            "rows 10 growth 10 per day; retain 1y",
            "rows 10 growth 10 per day; partition by at monthly",
            "rows 10 growth 10 per day; reference",
            "rows 10 growth 10 per day; mail: email",
        ] {
            assert_eq!(of(fine), [""; 0], "{fine}");
        }
    }

    #[test]
    fn a_busy_service_makes_rows() {
        let of = |load: &str, entity: &str, more: &str| {
            of_rule(&text(&format!("slo {{ load {load} }}"), entity, more), RULE.id)
        };
        assert_eq!(of("50 per second", "", ""), ["4 warning S.E"]);
        assert_eq!(of("49 per second", "", ""), [""; 0]);
        assert_eq!(of("3000 per minute", "", ""), ["4 warning S.E"]);
        assert_eq!(of("50 per second", "rows 10", ""), [""; 0]);
        assert_eq!(of("50 per second", "", "job sweep every 1d { deletes E }"), [""; 0]);
        let changed = text("slo { load 50 per second }", "", "").replace("POST", "PUT");
        assert_eq!(of_rule(&changed, RULE.id), [""; 0]);
        let archive = text("slo { load 50 per second }", "", "").replace("postgres", "s3");
        assert_eq!(of_rule(&archive, RULE.id), [""; 0]);
    }

    #[test]
    fn both_fixes_help() {
        let before = text("", "rows 10 growth 10 per day", "");
        for title in ["Cut the table by `at`, month by month", "Archive rows after two years"] {
            assert_eq!(of_rule(&fixed(&before, title), RULE.id), [""; 0], "{title}");
        }
    }
}
