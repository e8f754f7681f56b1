//! Personal data leaves the countries in which it is protected.

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::Def,
        environments::{environments, is_production},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
        personal::{Sent, personal_entities, sent_by},
        regions::{Region, region},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "compliance.gdpr_transfer",
    severity: Severity::Warning,
    summary: "Personal data leaves the countries in which it is protected.",
    clauses: &[("gdpr", "GDPR Art. 44-46")],
    page: include_str!("../../../../../docs/rules/compliance/gdpr_transfer.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many statements are related places: nobody reads more.
const RELATED: usize = 20;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    if !cx.complies("gdpr") {
        return;
    }
    let services = cx.items(Kind::Service);
    let mut got: FxHashMap<Item, Vec<&Sent>> = FxHashMap::default();
    for &item in services.iter() {
        for sent in sent_by(cx.db, item).iter() {
            got.entry(sent.vendor).or_default().push(sent);
        }
    }
    for &vendor in cx.items(Kind::Vendor).iter() {
        if let Some(sent) = got.get(&vendor) {
            findings.extend(to_vendor(cx, vendor, sent));
        }
    }
    for (item, facts) in environments(cx) {
        let Some(name) = &facts.region else { continue };
        let raw = matches!(&facts.data_from, Some((_, masked)) if !masked);
        if region(name) != Region::Outside || !(raw || is_production(cx, item)) {
            continue;
        }
        let Some(held) = services
            .iter()
            .find_map(|&item| personal_entities(cx.db, item).first().copied())
        else {
            return;
        };
        let element = cx.name(item).clone();
        findings.push(
            Finding::new(
                RULE.id,
                Severity::Error,
                element.clone(),
                cx.place(Def::item(item)),
                format!(
                    "`{element}` runs in `{name}` with what is known about people (`{}` …): that is a transfer to a country which the GDPR does not trust",
                    cx.qualified(held)
                ),
            )
            .help("Run it in a region of the European Union, or give it masked data (`data from … masked`).")
            .related(format!("`{}` holds personal data", cx.qualified(held)), cx.place(held))
            .citing(cx, &RULE, &["gdpr"]),
        );
    }
}

fn to_vendor(cx: Cx<'_>, vendor: Item, sent: &[&Sent]) -> Option<Finding> {
    let facts = cx.vendor(vendor)?;
    if cx.facts(vendor).broken || facts.agreements.iter().any(|(kind, ..)| kind == "scc") {
        return None;
    }
    let name = cx.name(vendor).clone();
    let first = sent.first()?;
    let gets = match sent.len() {
        1 => format!("`{name}` gets `{}` ({})", first.data, first.classes.words()),
        _ => format!("`{name}` gets `{}` ({}) and more", first.data, first.classes.words()),
    };
    let (severity, fact) = match &facts.region {
        Some(place) => match region(place) {
            Region::Europe | Region::Adequate => return None,
            Region::Outside => (
                Severity::Error,
                format!("{gets} in `{place}` without standard contractual clauses: the transfer is unlawful"),
            ),
            Region::Unknown => (
                Severity::Warning,
                format!("{gets} in `{place}`, and nobody can tell whether that is in Europe: the transfer may be unlawful"),
            ),
        },
        None => (
            Severity::Warning,
            format!("{gets} and does not say where it keeps it: the transfer may be unlawful"),
        ),
    };
    let head = || Place::new(vendor, Loc::head(&[]));
    let mut finding = Finding::new(RULE.id, severity, name.clone(), cx.place(Def::item(vendor)), fact)
        .help("Keep it at a vendor's region in the European Union (`region \"eu\"`), agree on the standard contractual clauses (`agreement scc`), or mask it before it leaves.")
        .citing(cx, &RULE, &["gdpr"]);
    let mut last = None;
    for one in sent.iter().take(RELATED) {
        let place = Place::new(one.op.item, one.statement.clone());
        if last.as_ref() == Some(&place) {
            continue;
        }
        finding = finding.related(
            format!("`{}` sends `{}`", cx.qualified(one.op), one.data),
            place.clone(),
        );
        last = Some(place);
    }
    if facts.region.is_none() {
        finding = finding.fix(FixPlan::suggest(
            format!("State that {name} keeps it in the EU"),
            vec![Step::AddStatement(head(), "region \"eu\"".to_owned())],
        ));
    }
    Some(finding.fix(FixPlan::suggest(
        format!("Add the contractual clauses of {name}"),
        vec![Step::AddStatement(head(), "agreement scc".to_owned())],
    )))
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "compliance.gdpr_transfer")
    }

    fn vendor(options: &str, field: &str) -> Vec<String> {
        check(&format!(
            "system S {{ complies gdpr }}\nvendor V: http {{ {options} }}\nservice A {{ entity P {{ id: uuid @id; {field} }}; job j every 1d {{ sends P.a to V }} }}\n"
        ))
    }

    #[test]
    fn the_region_decides() {
        assert_eq!(vendor("region \"us\"", "a: email"), ["2 error V"]);
        assert_eq!(vendor("region \"us-east-1\"", "a: text @phi"), ["2 error V"]);
        assert_eq!(vendor("", "a: email"), ["2 warning V"]);
        assert_eq!(vendor("region \"dc7\"", "a: email"), ["2 warning V"]);
        assert_eq!(vendor("region \"eu\"", "a: email"), [""; 0]);
        assert_eq!(vendor("region \"ap-northeast-1\"", "a: email"), [""; 0]);
    }

    #[test]
    fn clauses_and_covered_data_settle_it() {
        assert_eq!(vendor("region \"us\"; agreement scc 2026-01-01", "a: email"), [""; 0]);
        assert_eq!(vendor("region \"us\"; agreement dpa 2026-01-01", "a: email"), ["2 error V"]);
        assert_eq!(vendor("region \"us\"", "a: email @masked"), [""; 0]);
        assert_eq!(vendor("region \"us\"", "a: string"), [""; 0]);
        assert_eq!(vendor("region \"us\"", "a: string @pci"), [""; 0]);
    }

    #[test]
    fn environments_with_real_data_count() {
        let environment = |text: &str| {
            check(&format!(
                "system S {{ complies gdpr }}\nservice A {{ entity P {{ id: uuid @id; a: email }} }}\n{text}\n"
            ))
        };
        assert_eq!(environment("environment Production { region \"us-east-1\" }"), ["3 error Production"]);
        assert_eq!(environment("environment Production { region \"eu-central-1\" }"), [""; 0]);
        assert_eq!(environment("environment Staging { region \"us-east-1\" }"), [""; 0]);
        let staging = |masked: &str| {
            environment(&format!(
                "environment Production {{ region \"eu\" }}\nenvironment Staging {{ region \"us\"; data from Production{masked} }}"
            ))
        };
        assert_eq!(staging(" masked"), [""; 0]);
        assert_eq!(staging(""), ["4 error Staging"]);
    }

    #[test]
    fn what_is_agreed_can_be_stated() {
        let text = "system S { complies gdpr }\nvendor V: http\nservice A {\n  entity P { id: uuid @id; a: email }\n  job j every 1d { sends P.a to V }\n}\n";
        assert!(fixed(text, "Add the contractual clauses of V").contains("vendor V: http { agreement scc }"));
        assert!(fixed(text, "State that V keeps it in the EU").contains("vendor V: http { region \"eu\" }"));
    }
}
