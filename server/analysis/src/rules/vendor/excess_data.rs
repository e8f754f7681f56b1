//! A vendor gets data of a class that its task does not need.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::Cx,
        finding::{Finding, FixPlan, Place},
        transfers::{Sent, SentField, Transfer, to_its_subject, transfers, vendor_kind},
        vendor_kinds::VendorKind,
    },
    rules::{
        Check, Rule,
        listing::listed,
        vendor::undeclared_transfer::{statement, without},
    },
};

pub(crate) static RULE: Rule = Rule {
    id: "vendor.excess_data",
    severity: Severity::Warning,
    summary: "A vendor gets more than its task needs.",
    clauses: &[("gdpr", "GDPR Art. 5(1)(c)")],
    page: include_str!("../../../../../docs/rules/vendor/excess_data.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    if cx.service(item).is_none_or(|service| service.ops.iter().all(|op| op.sends.is_empty())) {
        return;
    }
    for transfer in transfers(cx.db, item).iter() {
        if let Some(kind) = vendor_kind(cx, transfer.vendor) {
            findings.extend(judge(cx, transfer, kind));
        }
    }
}

fn judge(cx: Cx<'_>, transfer: &Transfer, kind: &VendorKind) -> Option<Finding> {
    let agreed = |agreement: &str| {
        cx.vendor(transfer.vendor)
            .is_some_and(|vendor| vendor.agreements.iter().any(|(kind, _, _)| kind == agreement))
    };
    // Credentials must not leave at all, and health data for which nothing is signed are the agreement's rule: one cause, one
    // finding.
    let mut judged = Classes::PII.union(Classes::PCI).without(kind.takes);
    if agreed("baa") {
        judged = judged.union(Classes::PHI).without(kind.takes);
    }
    let excess: Vec<(&Sent, Vec<&SentField>)> = transfer
        .data
        .iter()
        .filter(|sent| !to_its_subject(cx, transfer, sent))
        .map(|sent| (sent, sent.fields.iter().filter(|field| field.classes.any(judged)).collect()))
        .filter(|(_, fields): &(&Sent, Vec<&SentField>)| !fields.is_empty())
        .collect();
    let fields = || excess.iter().flat_map(|(_, fields)| fields.iter().copied());
    let first = fields().next()?;
    let classes = fields().fold(Classes::NONE, |all, field| all.union(field.classes));
    let (element, vendor) = (cx.qualified(transfer.op), cx.name(transfer.vendor));
    let message = format!(
        "`{element}` sends {} ({}) to `{vendor}`, {}, which can do its work without: every copy is one more that can leak",
        listed(fields().map(SentField::short)),
        classes.words(),
        kind.purpose.words()
    );
    let at = Place::new(transfer.op.item, transfer.statement.clone());
    let mut finding = Finding::new(RULE.id, RULE.severity, element, at.clone(), message)
        .help("Send an id or a masked field instead; if this vendor is for more than its kind says, waive the rule and say why.")
        .citing(cx, &RULE, &["gdpr"])
        .related(
            format!("`{}` is {}", first.name, first.classes.words()),
            first.place.clone(),
        );
    if let Some(send) = statement(cx, transfer) {
        let less: Vec<&Sent> = excess.iter().map(|(sent, _)| *sent).collect();
        let named: Vec<String> = less.iter().map(|sent| cx.qualified(sent.named).to_string()).collect();
        let title = format!("Do not send {} to {vendor}", named.join(", "));
        finding = finding.fix(FixPlan::suggest(title, vec![without(&at, send, &less)]));
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(vendor: &str, sends: &str) -> String {
        format!(
            "vendor V: {vendor}\nservice S {{\n  \
             entity P {{ id: uuid @id; mail: email; name: string @pii; finding: text @phi; card: string @pci }}\n  \
             job j every 1d {{ {sends} }}\n}}\n"
        )
    }

    fn check(vendor: &str, sends: &str) -> Vec<String> {
        of_rule(&text(vendor, sends), "vendor.excess_data")
    }

    #[test]
    fn what_the_kind_does_not_take_is_too_much() {
        assert_eq!(check("segment", "sends P.card to V"), ["4 warning S.j"]);
        assert_eq!(check("segment", "sends P.name to V"), [""; 0]);
        assert_eq!(check("sentry", "sends P.name to V"), ["4 warning S.j"]);
        assert_eq!(check("stripe", "sends P.card, P.mail to V"), [""; 0]);
        assert_eq!(check("http", "sends P to V"), [""; 0]);
        assert_eq!(check("s3", "sends P to V"), [""; 0]);
        assert_eq!(check("openai", "sends P.id to V"), [""; 0]);
    }

    #[test]
    fn health_data_without_a_baa_is_the_other_rules_matter() {
        assert_eq!(check("openai", "sends P.finding to V"), [""; 0]);
        assert_eq!(
            check("openai { agreement baa }", "sends P.finding to V"),
            ["4 warning S.j"]
        );
        assert_eq!(
            of_rule(
                &text("openai", "sends P.finding to V"),
                "vendor.sensitive_without_agreement"
            ),
            ["1 warning V"]
        );
    }

    #[test]
    fn a_message_to_the_person_is_theirs() {
        let vendor = "sendgrid { agreement baa }";
        assert_eq!(check(vendor, "sends P.mail, P.finding to V"), [""; 0]);
        assert_eq!(check(vendor, "sends P.finding to V"), ["4 warning S.j"]);
    }

    #[test]
    fn the_fix_sends_less() {
        let less = fixed(&text("segment", "sends P.id, P.card to V"), "Do not send S.P.card to V");
        assert!(less.contains("{ sends P.id to V }"), "{less}");
    }
}
