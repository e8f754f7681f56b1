//! A store that only one process can use, in a service of several.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        environments::{environments, is_production},
        facts::{Service, Store},
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule},
};

use archwright_grammar::vocabulary::Kind;

pub(crate) static RULE: Rule = Rule {
    id: "scale.embedded_store",
    severity: Severity::Warning,
    summary: "A store inside one process, in a service of several.",
    page: include_str!("../../../../../docs/rules/scale/embedded_store.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item) else { return };
    for (index, store) in service.stores.iter().enumerate() {
        if !matches!(store.kind.as_str(), "sqlite" | "memory") || store.on.is_some() {
            continue;
        }
        let def = Def {
            item,
            kind: DefKind::Store(index as u16),
        };
        let Some(why) = why(cx, def, service) else { continue };
        findings.push(finding(cx, def, store, &why));
    }
}

/// Why the store does not do; none where it does.
fn why(cx: Cx<'_>, def: Def, service: &Service) -> Option<String> {
    let name = cx.name(def.item);
    let in_service = service.scale.as_ref().map(|(least, most, _)| most.unwrap_or(i64::MAX).max(*least));
    let scaled = environments(cx)
        .into_iter()
        .flat_map(|(environment, facts)| facts.scales.iter().map(move |scale| (environment, scale)))
        .filter(|(environment, (service, ..))| {
            cx.def(*environment, service).is_some_and(|found| found.item == def.item)
        })
        .map(|(_, (_, least, most))| most.unwrap_or(i64::MAX).max(*least));
    if in_service.into_iter().chain(scaled).any(|most| most > 1) {
        return Some(format!("`{name}` runs as several instances"));
    }
    if service.kind.as_deref() == Some("prototype") || single_user(cx) || !written(cx, def) {
        return None;
    }
    let production = environments(cx)
        .into_iter()
        .find(|(environment, _)| is_production(cx, *environment))?;
    Some(format!("operations write to it in `{}`", cx.name(production.0)))
}

/// Whether everybody who uses the system has it to themselves.
fn single_user(cx: Cx<'_>) -> bool {
    let clients = cx.items(Kind::Client);
    !clients.is_empty()
        && clients.iter().all(|client| {
            cx.client(*client)
                .is_some_and(|client| matches!(client.kind.as_str(), "cli" | "desktop" | "device"))
        })
}

/// Whether an operation of the service changes something in a store.
fn written(cx: Cx<'_>, store: Def) -> bool {
    cx.ops(store.item).any(|op| {
        op.op.touches.iter().filter(|touch| touch.access.changes()).any(|touch| {
            cx.def(store.item, &touch.entity)
                .is_some_and(|entity| cx.store_of(entity) == Some(store))
        })
    })
}

fn finding(cx: Cx<'_>, def: Def, store: &Store, why: &str) -> Finding {
    let name = cx.qualified(def);
    let message = if store.kind == "memory" {
        format!("`{name}` lives in the memory of one process, and {why}: each has its own data, and loses it when it ends")
    } else {
        format!("`{name}` is one file for one process, and {why}: writers lock each other out, or each has its own data")
    };
    let place = cx.place(def);
    let finding = Finding::new(RULE.id, RULE.severity, name, place, message)
        .help("Take a database server, or run a single instance and say so with `scale 1..1`.");
    let Some(kind) = cx.argument(def.item, &store.loc, "kind") else {
        return finding;
    };
    let kind = Place::new(def.item, kind);
    finding.fix(
        FixPlan::suggest("Keep it in PostgreSQL", vec![Step::Replace(kind, "postgres".to_owned())]).preferred(),
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(head: &str, kind: &str, more: &str) -> String {
        format!(
            "service S {{ {head}
  store Db: {kind}
  entity E in Db {{ id: uuid @id }}
  job fill every 1d {{ writes E }}
}}
{more}"
        )
    }

    #[test]
    fn several_instances_do_not_share_a_file() {
        let of = |head: &str, kind: &str| of_rule(&text(head, kind, ""), RULE.id);
        assert_eq!(of("scale 1..3", "sqlite"), ["2 warning S.Db"]);
        assert_eq!(of("scale 1..", "memory"), ["2 warning S.Db"]);
        assert_eq!(of("scale 1..1", "sqlite"), [""; 0]);
        assert_eq!(of("", "sqlite"), [""; 0]);
        assert_eq!(of("scale 1..3", "postgres"), [""; 0]);
        let environment = text("", "sqlite", "environment Staging { scale S 2..2 }\n");
        assert_eq!(of_rule(&environment, RULE.id), ["2 warning S.Db"]);
    }

    #[test]
    fn production_with_writers() {
        let of = |head: &str, more: &str| of_rule(&text(head, "sqlite", more), RULE.id);
        let production = "environment Production { platform kubernetes }\n";
        assert_eq!(of("", production), ["2 warning S.Db"]);
        assert_eq!(of("", "environment Staging { platform compose }\n"), [""; 0]);
        assert_eq!(of("kind prototype;", production), [""; 0]);
        assert_eq!(of("", &format!("{production}client Shell: cli {{ uses S }}\n")), [""; 0]);
        let read = text("", "sqlite", production).replace("writes", "reads");
        assert_eq!(of_rule(&read, RULE.id), [""; 0]);
    }

    #[test]
    fn a_server_takes_its_place() {
        let after = fixed(&text("scale 1..3", "sqlite", ""), "Keep it in PostgreSQL");
        assert!(after.contains("store Db: postgres\n"), "{after}");
    }
}
