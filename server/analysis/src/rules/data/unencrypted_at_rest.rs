//! Classified data lies readable in a store.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::{Db, Item, items_of},
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::Cx,
        def::{Def, DefKind},
        facts::{Field, Setting},
        grouped::grouped,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
        nested::stored_classes,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.unencrypted_at_rest",
    severity: Severity::Warning,
    core: true,
    summary: "Classified data lies readable in a store.",
    // What was released as encrypted is told once.
    subsumes: &["evolution.protection_weakened"],
    cwe: &[311],
    clauses: &[("hipaa", "45 CFR 164.312(a)(2)(iv)")],
    page: include_str!("../../../../../docs/rules/data/unencrypted_at_rest.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// What one service says about a physical store, its own or another's.
#[derive(Debug, Clone, PartialEq)]
struct Share {
    store: Def,
    encrypted: Setting<()>,
    /// The item in which `encrypted` is said.
    said_in: Item,
    /// Readable fields with their classes.
    fields: Vec<(Def, Classes)>,
}

/// Whether a field protects itself.
fn protected(field: &Field) -> bool {
    field.has("encrypted") || field.has("hashed") || field.has("tokenized")
}

#[salsa::tracked(returns(ref))]
fn shares(db: &dyn Db, item: Item) -> Arc<[Share]> {
    let cx = Cx { db };
    let Some(service) = cx.service(item) else {
        return Arc::from([]);
    };
    let mut shares: Vec<Share> = service
        .stores
        .iter()
        .enumerate()
        .map(|(index, store)| Share {
            store: cx.physical_store(Def {
                item,
                kind: DefKind::Store(index as u16),
            }),
            encrypted: store.encrypted.clone(),
            said_in: item,
            fields: Vec::new(),
        })
        .collect();
    for (entity, _) in cx.entities(item) {
        let Some(store) = cx.store_of(entity) else {
            continue;
        };
        let physical = cx.physical_store(store);
        let fields = cx
            .fields_of(entity)
            .into_iter()
            .map(|(def, field)| (def, stored_classes(cx, def.item, field, protected)))
            .filter(|(_, classes)| classes.sensitive());
        match shares.iter_mut().find(|share| share.store == physical) {
            Some(share) => share.fields.extend(fields),
            None => shares.push(Share {
                store: physical,
                encrypted: Setting::Absent,
                said_in: item,
                fields: fields.collect(),
            }),
        }
    }
    Arc::from(shares)
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let services = items_of(cx.db, Kind::Service);
    let all = services.iter().flat_map(|item| shares(cx.db, *item).iter());
    for (store, shares) in grouped(all, |share| share.store) {
        findings.extend(finding(cx, store, &shares));
    }
}

fn finding(cx: Cx<'_>, store: Def, shares: &[&Share]) -> Option<Finding> {
    let facts = store.store(cx.db)?;
    if facts.kind == "memory" || shares.iter().any(|share| share.encrypted.set().is_some()) {
        return None;
    }
    let fields: Vec<(Def, Classes)> = shares
        .iter()
        .flat_map(|share| share.fields.iter().copied())
        .collect();
    if fields.is_empty() {
        return None;
    }
    let classes = fields
        .iter()
        .fold(Classes::NONE, |all, (_, classes)| all.union(*classes));
    let off = shares.iter().find_map(|share| match &share.encrypted {
        Setting::Off(loc) => Some(Place::new(share.said_in, loc.clone())),
        _ => None,
    });
    let stated = if classes.severe() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let severity = if off.is_some() { stated } else { stated.lower() };
    let name = cx.qualified(store);
    let (first, rest) = fields.split_first()?;
    let others = match rest.len() {
        0 => String::new(),
        1 => " and another classified field".to_owned(),
        more => format!(" and {more} more classified fields"),
    };
    let state = if off.is_some() {
        "is not encrypted"
    } else {
        "does not say whether it is encrypted"
    };
    let message = format!(
        "`{name}` {state} and holds `{}` ({}){others}: whoever gets hold of a disk, a snapshot or a backup can read {}",
        short(cx, first.0),
        first.1.words(),
        if rest.is_empty() { "it" } else { "them" }
    );
    let mut finding = Finding::new(RULE.id, severity, name, cx.place(store), message).help(
        "Write `encrypted` in the store, also if the platform sees to it; or give the fields `@encrypted`.",
    );
    if classes.any(Classes::PHI) {
        finding = finding.citing(cx, &RULE, &["hipaa"]);
    }
    for (field, classes) in &fields {
        finding = finding.related(
            format!("`{}` is {}", short(cx, *field), classes.words()),
            cx.place(*field),
        );
    }
    let step = match off {
        Some(off) => Step::Replace(off, "encrypted".to_owned()),
        None => Step::AddStatement(
            Place::new(store.item, Loc::head(&facts.loc.path)),
            "encrypted".to_owned(),
        ),
    };
    finding = finding.fix(FixPlan::suggest(format!("Encrypt store {}", facts.name), vec![step]).preferred());
    let title = match rest.len() {
        0 => format!("Encrypt field {}", short(cx, first.0)),
        _ => format!("Encrypt the {} fields themselves", fields.len()),
    };
    let steps = fields
        .iter()
        .map(|(field, _)| {
            Step::InsertAfter(
                Place::new(field.item, field.loc(cx.db).with(Part::Head)),
                " @encrypted".to_owned(),
            )
        })
        .collect();
    Some(finding.fix(FixPlan::suggest(title, steps)))
}

/// `Order.notes`: without the service.
fn short(cx: Cx<'_>, field: Def) -> String {
    let name = field.name(cx.db);
    field.parent().map_or_else(
        || name.to_string(),
        |parent| format!("{}.{name}", parent.name(cx.db)),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "data.unencrypted_at_rest")
    }

    fn one(store: &str, field: &str) -> Vec<String> {
        check(&format!(
            "service S {{\n  store Db: {store}\n  entity E {{ id: uuid @id; {field} }}\n}}\n"
        ))
    }

    #[test]
    fn off_is_judged_and_silence_is_asked_about() {
        assert_eq!(
            one("postgres { encrypted off }", "a: text @phi"),
            ["2 error S.Db"]
        );
        assert_eq!(one("postgres { encrypted off }", "a: email"), ["2 warning S.Db"]);
        assert_eq!(one("postgres", "a: text @pci"), ["2 warning S.Db"]);
        assert_eq!(one("postgres", "a: phone?"), ["2 info S.Db"]);
        assert_eq!(one("postgres", "a: text @phi @masked"), ["2 warning S.Db"]);
    }

    #[test]
    fn protection_of_store_or_field_is_enough() {
        assert!(one("postgres { encrypted }", "a: text @phi").is_empty());
        assert!(
            one(
                "postgres",
                "a: text @phi @encrypted; b: string @secret @hashed; c: string @pci @tokenized"
            )
            .is_empty()
        );
        assert!(one("memory", "a: text @phi").is_empty());
        assert!(one("postgres", "a: json; b: bytes; c: string").is_empty());
        assert!(check("service S { entity E { id: uuid @id; a: text @phi } }\n").is_empty());
    }

    #[test]
    fn what_is_inside_a_type_counts_unless_it_protects_itself() {
        let types = "type Open { a: string @phi }\ntype Shut { a: string @phi @encrypted }\n";
        let with = |field: &str| {
            check(&format!(
                "{types}service S {{ store Db: postgres; entity E {{ id: uuid @id; {field} }} }}\n"
            ))
        };
        assert_eq!(with("x: [Open]"), ["3 warning S.Db"]);
        assert!(with("x: Shut").is_empty());
        assert!(with("x: Open @encrypted").is_empty());
    }

    #[test]
    fn joined_stores_are_one() {
        let joined = |one: &str, two: &str| {
            check(&format!(
                "service A {{ store Db: postgres {{ {one} }} }}\nservice B {{ store Own: postgres on A.Db {{ {two} }}; entity E {{ id: uuid @id; a: email }} }}\n"
            ))
        };
        assert_eq!(joined("", ""), ["1 info A.Db"]);
        assert_eq!(joined("", "encrypted off"), ["1 warning A.Db"]);
        assert!(joined("encrypted", "").is_empty());
        assert!(joined("", "encrypted").is_empty());
    }

    #[test]
    fn stores_that_stand_on_each_other_are_one() {
        let text = "service B { store Y: postgres on A.X; entity F { id: uuid @id; a: phone } }\n\
                    service A { store X: postgres on B.Y; entity E { id: uuid @id; a: email } }\n";
        assert_eq!(check(text), ["2 info A.X"]);
    }

    #[test]
    fn store_or_fields_can_be_encrypted() {
        let text = "service S {\n  store Db: postgres { encrypted off; pool 3 }\n  entity E {\n    id: uuid @id\n    a: text @phi @len(1..9)\n    b: email\n  }\n}\n";
        assert!(fixed(text, "Encrypt store Db").contains("store Db: postgres { encrypted; pool 3 }"));
        let fields = fixed(text, "Encrypt the 2 fields themselves");
        assert!(
            fields.contains("a: text @phi @len(1..9) @encrypted\n    b: email @encrypted\n"),
            "{fields}"
        );
        assert!(check(&fields).is_empty());
    }
}
