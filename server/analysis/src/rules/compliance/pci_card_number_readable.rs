//! A card number lies readable in a row.

use smol_str::format_smolstr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        card_data::{covered, readable_number},
        cx::Cx,
        finding::{Finding, FixPlan, Place, Step},
        loc::Part,
        nested::walk,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "compliance.pci_card_number_readable",
    severity: Severity::Error,
    summary: "A card number lies readable in a row.",
    cwe: &[312],
    clauses: &[("pci", "PCI DSS 3.5.1"), ("pci", "PCI DSS 3.5.1.2")],
    page: include_str!("../../../../../docs/rules/compliance/pci_card_number_readable.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item).filter(|_| cx.complies("pci")) else {
        return;
    };
    for entity in &service.entities {
        for field in &entity.fields {
            let mut inner = None;
            if !readable_number(field) {
                if covered(field) {
                    continue;
                }
                walk(cx, item, &field.ty, &mut |item, field| {
                    if inner.is_none() && readable_number(field) {
                        inner = Some((field.name.clone(), Place::new(item, field.loc.clone())));
                    }
                    !covered(field)
                });
                if inner.is_none() {
                    continue;
                }
            }
            let at = Place::new(item, field.loc.clone());
            let shown = match &inner {
                Some((name, _)) => format!("{}.{name}", field.name),
                None => field.name.to_string(),
            };
            let mut finding = Finding::new(
                RULE.id,
                RULE.severity,
                format_smolstr!("{}.{}.{}", cx.name(item), entity.name, field.name),
                at,
                format!(
                    "`{}` keeps card numbers as they are (`{shown}`): whoever can run a query can read them, encrypted disks or not",
                    entity.name
                ),
            )
            .help("Keep the payment vendor's token instead, or the last four digits; what has to stay is `@encrypted` in the field.")
            .citing(cx, &RULE, &["pci"]);
            if let Some((name, place)) = &inner {
                finding = finding.related(format!("`{name}` is a card number"), place.clone());
            }
            if !matches!(field.loc.part, Part::Inline(..)) {
                let head = Place::new(item, field.loc.with(Part::Head));
                if inner.is_none() {
                    finding = finding.fix(
                        FixPlan::suggest(
                            format!("Keep a token in {}", field.name),
                            vec![Step::InsertAfter(head.clone(), " @tokenized".to_owned())],
                        )
                        .preferred(),
                    );
                }
                finding = finding.fix(FixPlan::suggest(
                    format!("Encrypt the field {}", field.name),
                    vec![Step::InsertAfter(head, " @encrypted".to_owned())],
                ));
            }
            findings.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn one(field: &str) -> Vec<String> {
        of_rule(
            &format!("system S {{ complies pci }}\ntype Card {{ number: string @pci; expiry: string @pci }}\ntype Safe {{ number: string @pci @tokenized }}\nservice A {{\n  store Db: postgres {{ encrypted }}\n  entity P {{ id: uuid @id; {field} }}\n}}\n"),
            "compliance.pci_card_number_readable",
        )
    }

    #[test]
    fn numbers_are_not_kept_as_they_are() {
        for field in ["card_number: string @pci", "pan: string @pci @masked", "number: text? @pci @len(12..19)"] {
            assert_eq!(one(field).len(), 1, "{field}");
        }
        assert_eq!(one("card: Card"), ["6 error A.P.card"]);
    }

    #[test]
    fn what_cannot_be_read_or_is_no_number_is_fine() {
        for field in [
            "card_number: string @pci @tokenized",
            "card_number: string @pci @encrypted",
            "card_number: string @pci @hashed",
            "card_number: string @pci @len(4..4)",
            "card_last_four: string @pci",
            "card_expiry: string @pci",
            "card_token: string @pci",
            "card_brand: string @pci",
            "cvv: string @pci",
            "order_number: string",
            "card: Safe",
            "card: Card @encrypted",
        ] {
            assert_eq!(one(field), [""; 0], "{field}");
        }
    }

    #[test]
    fn it_can_be_made_unreadable() {
        let text = "system S { complies pci }\nservice A {\n  entity P {\n    id: uuid @id\n    pan: string @pci\n  }\n}\n";
        assert!(fixed(text, "Keep a token in pan").contains("pan: string @pci @tokenized\n"));
        assert!(fixed(text, "Encrypt the field pan").contains("pan: string @pci @encrypted\n"));
    }
}
