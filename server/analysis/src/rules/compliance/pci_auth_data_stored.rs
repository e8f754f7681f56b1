//! What only proves a payment is kept after it.

use smol_str::{SmolStr, format_smolstr};

use crate::{
    db::{Item, resolved},
    diagnostic::Severity,
    model::{
        card_data::{authentication_data, authentication_name},
        cx::Cx,
        def::{Def, DefKind},
        facts::{Field, Op},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
        nested::walk,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "compliance.pci_auth_data_stored",
    severity: Severity::Error,
    core: true,
    summary: "What only proves a payment is kept after it.",
    subsumes: &[
        "data.unclassified_field",
        "data.sensitive_in_logs",
        "compliance.pci_card_number_readable",
    ],
    clauses: &[("pci", "PCI DSS 3.3.1")],
    page: include_str!("../../../../../docs/rules/compliance/pci_auth_data_stored.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item).filter(|_| cx.complies("pci")) else {
        return;
    };
    let name = cx.name(item);
    for entity in &service.entities {
        let owner = format_smolstr!("{name}.{}", entity.name);
        let kept = format!("entity `{}` keeps", entity.name);
        fields(cx, item, &owner, &kept, &entity.fields, findings);
    }
    for event in &service.events {
        let owner = format_smolstr!("{name}.{}", event.name);
        let kept = format!("event `{}` carries, and the broker keeps,", event.name);
        fields(cx, item, &owner, &kept, &event.fields, findings);
    }
    for cache in &service.caches {
        let Some((query, facts)) = cx
            .def(item, &cache.query)
            .and_then(|query| Some((query, query.query(cx.db)?)))
        else {
            continue;
        };
        // What comes out of an entity is judged there.
        if cx.entity_of(query.item, &facts.returns).is_some() {
            continue;
        }
        if let Some((what, place)) = inside(cx, query.item, &facts.returns) {
            let at = Place::new(item, cache.loc.clone());
            let fact = format!("cache `{}` keeps {what}", cache.name);
            let element = format_smolstr!("{name}.{}", cache.name);
            findings.push(finding(cx, element, at, &fact).related(format!("this is {what}"), place));
        }
    }
    for op in &service.ops {
        answers(cx, item, name, op, findings);
        logs(cx, item, name, op, findings);
    }
}

fn finding(cx: Cx<'_>, element: SmolStr, at: Place, fact: &str) -> Finding {
    Finding::new(
        RULE.id,
        RULE.severity,
        element,
        at,
        format!("{fact}: once a payment is authorised nobody may have it, not even encrypted"),
    )
    .help("Take it in a request's body and pass it straight to the payment vendor, or let the vendor's own page ask for it.")
    .citing(cx, &RULE, &["pci"])
}

/// The first such thing inside a type, and where it is declared.
fn inside(cx: Cx<'_>, item: Item, ty: &crate::model::facts::Ty) -> Option<(&'static str, Place)> {
    let mut found = None;
    walk(cx, item, ty, &mut |item, field| {
        if let Some(what) = authentication_data(field).filter(|_| found.is_none()) {
            found = Some((what, Place::new(item, field.loc.clone())));
        }
        true
    });
    found
}

fn fields(cx: Cx<'_>, item: Item, owner: &str, kept: &str, fields: &[Field], findings: &mut Vec<Finding>) {
    for field in fields {
        let at = Place::new(item, field.loc.clone());
        let element = format_smolstr!("{owner}.{}", field.name);
        if let Some(what) = authentication_data(field) {
            let fact = format!("{kept} {what} (`{}`)", field.name);
            let mut finding = finding(cx, element, at.clone(), &fact);
            if !named_elsewhere(cx, item, field) && fields.len() > 1 {
                let name = owner.rsplit('.').next().unwrap_or(owner);
                finding = finding.fix(
                    FixPlan::suggest(
                        format!("Remove {} from {name}", field.name),
                        vec![Step::Remove(at)],
                    )
                    .preferred(),
                );
            }
            findings.push(finding);
        } else if let Some((what, place)) = inside(cx, item, &field.ty) {
            let fact = format!("{kept} {what} (in `{}`)", field.name);
            findings.push(finding(cx, element, at, &fact).related(format!("this is {what}"), place));
        }
    }
}

/// Whether something in the service names a field: then it cannot just go. Nor can one of an inline type.
fn named_elsewhere(cx: Cx<'_>, item: Item, field: &Field) -> bool {
    if matches!(field.loc.part, Part::Inline(..)) {
        return true;
    }
    let is_it = |def: &Def| {
        matches!(def.kind, DefKind::EntityField(..) | DefKind::EventField(..))
            && def.item == item
            && def.loc(cx.db).path == field.loc.path
    };
    let projected = cx.service(item).is_some_and(|service| {
        let names = service.types.iter().flat_map(|def| &def.projected);
        names.into_iter().any(|(name, _)| *name == field.name)
    });
    projected || resolved(cx.db, item).refs().iter().any(|(_, def)| is_it(def))
}

/// An answer that is kept for a while.
fn answers(cx: Cx<'_>, item: Item, service: &str, op: &Op, findings: &mut Vec<Finding>) {
    let (Some((_, loc)), Some((ty, _))) = (&op.cache, &op.returns) else {
        return;
    };
    if cx.entity_of(item, ty).is_some() {
        return;
    }
    if let Some((what, place)) = inside(cx, item, ty) {
        let at = Place::new(item, loc.clone());
        let element = format_smolstr!("{service}.{}", op.name);
        let fact = format!("the answer of `{element}` is cached with {what}");
        let finding = finding(cx, element, at.clone(), &fact)
            .related(format!("this is {what}"), place)
            .fix(FixPlan::suggest("Remove the cache", vec![Step::Remove(at)]).preferred());
        findings.push(finding);
    }
}

fn logs(cx: Cx<'_>, item: Item, service: &str, op: &Op, findings: &mut Vec<Finding>) {
    for reference in &op.log {
        let what = match cx.def(item, reference) {
            // What an entity or event has must go there.
            Some(def) if matches!(def.kind, DefKind::EntityField(..) | DefKind::EventField(..)) => None,
            Some(def) => def.field(cx.db).and_then(authentication_data),
            None if op.params.iter().any(|param| Some(&param.name) == reference.path.first()) => {
                reference.path.last().and_then(|name| authentication_name(name, false))
            }
            None => None,
        };
        let Some(what) = what else { continue };
        let statement = Loc::head(&reference.loc.path);
        let same = |other: &&crate::model::facts::RefFact| other.loc.path == reference.loc.path;
        let rest: Vec<String> = op
            .log
            .iter()
            .filter(same)
            .filter(|other| other.loc != reference.loc)
            .map(crate::model::facts::RefFact::text)
            .collect();
        let element = format_smolstr!("{service}.{}", op.name);
        let fact = format!("`{element}` writes {what} (`{}`) to the log", reference.text());
        let place = Place::new(item, statement);
        let step = if rest.is_empty() {
            Step::Remove(place)
        } else {
            Step::Replace(place, format!("log {}", rest.join(", ")))
        };
        findings.push(
            finding(cx, element, Place::new(item, reference.loc.clone()), &fact).fix(
                FixPlan::suggest(format!("Take {} out of the log", reference.text()), vec![step]).preferred(),
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(
            &format!("system S {{ complies pci }}\ntype Card {{ number: string @pci @tokenized; cvv: string @pci }}\nservice A {{\n{text}\n}}\n"),
            "compliance.pci_auth_data_stored",
        )
    }

    /// Example 9 of the catalogue.
    #[test]
    fn a_body_is_fine_and_a_stored_field_is_not() {
        assert_eq!(check("endpoint pay POST /v1/pay (body: Card) { public }"), [""; 0]);
        assert_eq!(
            check("entity Payment { id: uuid @id; cvv: string? @pci @encrypted }"),
            ["4 error A.Payment.cvv"]
        );
    }

    #[test]
    fn entities_events_caches_and_logs_keep_things() {
        assert_eq!(check("entity P { id: uuid @id; card: Card }"), ["4 error A.P.card"]);
        assert_eq!(check("entity P { id: uuid @id; cards: [Card] @encrypted }"), ["4 error A.P.cards"]);
        assert_eq!(check("event E v1 { id: uuid; cvc: string }"), ["4 error A.E.cvc"]);
        assert_eq!(check("event E v1 { id: uuid; card: Card }"), ["4 error A.E.card"]);
        assert_eq!(check("endpoint c GET /v1/c -> Card { public; cache 5m }"), ["4 error A.c"]);
        assert_eq!(check("endpoint c POST /v1/c (cvv: string) { public; log cvv }"), ["4 error A.c"]);
    }

    #[test]
    fn names_that_only_resemble_them_and_other_regimes_are_silent() {
        assert_eq!(check("entity P { id: uuid @id; pin: string; track: string; cvv_checked: bool; cvc_result: string }"), [""; 0]);
        assert_eq!(check("entity P { id: uuid @id; pin: string @pci }"), ["4 error A.P.pin"]);
        let other = "system S { complies gdpr }\nservice A { entity P { id: uuid @id; cvv: string @pci } }\n";
        assert_eq!(of_rule(other, "compliance.pci_auth_data_stored"), [""; 0]);
    }

    #[test]
    fn it_can_be_taken_out() {
        let text = "system S { complies pci }\nservice A {\n  entity P {\n    id: uuid @id\n    cvv: string @pci\n  }\n  endpoint c POST /v1/c (cvv: string, id: uuid) { public; log id, cvv }\n}\n";
        assert!(fixed(text, "Remove cvv from P").contains("    id: uuid @id\n  }\n"));
        assert!(fixed(text, "Take cvv out of the log").contains("{ public; log id }"));
        let used = "system S { complies pci }\nservice A {\n  entity P { id: uuid @id; cvv: string @pci }\n  type T of P { id, cvv }\n}\n";
        assert_eq!(of_rule(used, "compliance.pci_auth_data_stored"), ["3 error A.P.cvv"]);
    }
}
