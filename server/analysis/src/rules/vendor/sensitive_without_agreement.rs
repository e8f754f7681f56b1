//! A vendor gets health or personal data, and nothing was signed for it.

use archwright_grammar::{ast::Date, vocabulary::Kind};
use rustc_hash::FxHashMap;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::Cx,
        facts::Vendor,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
        transfers::{SentField, Transfer, received, to_its_subject, transfers_by_vendor},
    },
    rules::{Check, Rule, Threshold, listing::listed},
};

pub(crate) static RULE: Rule = Rule {
    id: "vendor.sensitive_without_agreement",
    severity: Severity::Warning,
    core: true,
    summary: "A vendor gets personal or health data, and nothing was signed.",
    subsumes: &["evolution.protection_weakened"],
    clauses: &[("hipaa", "45 CFR 164.504(e)"), ("gdpr", "GDPR Art. 28(3)")],
    thresholds: &[Threshold {
        name: "years",
        default: 3,
        counts: "years that an agreement is taken as fresh",
    }],
    page: include_str!("../../../../../docs/rules/vendor/sensitive_without_agreement.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many fields are related places.
const RELATED: usize = 10;

/// What has to be signed for a class, which regime makes that a law, and where it says so.
struct Needed {
    class: Classes,
    agreement: &'static str,
    regime: &'static str,
    data: &'static str,
}

const NEEDED: [Needed; 2] = [
    Needed {
        class: Classes::PHI,
        agreement: "baa",
        regime: "hipaa",
        data: "health data",
    },
    Needed {
        class: Classes::PII,
        agreement: "dpa",
        regime: "gdpr",
        data: "personal data",
    },
];

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let by_vendor: FxHashMap<Item, &[Transfer]> = transfers_by_vendor(cx.db)
        .iter()
        .map(|(vendor, transfers)| (*vendor, transfers.as_slice()))
        .collect();
    for &item in cx.items(Kind::Vendor).iter() {
        let Some(vendor) = cx.vendor(item).filter(|_| !cx.facts(item).broken) else {
            continue;
        };
        let transfers = by_vendor.get(&item).copied().unwrap_or_default();
        judge(cx, item, vendor, transfers, findings);
    }
}

fn judge(cx: Cx<'_>, item: Item, vendor: &Vendor, transfers: &[Transfer], findings: &mut Vec<Finding>) {
    let gets: Vec<Vec<&SentField>> = NEEDED
        .iter()
        .map(|needed| fields(cx, item, transfers, needed.class))
        .collect();
    let needed = || NEEDED.iter().zip(&gets).filter(|(_, fields)| !fields.is_empty());
    let signed = |kind: &str| vendor.agreements.iter().any(|(known, _, _)| known == kind);
    let missing: Vec<(&Needed, &Vec<&SentField>)> =
        needed().filter(|(needed, _)| !signed(needed.agreement)).collect();
    if !missing.is_empty() {
        findings.push(unsigned(cx, item, &missing));
    }
    let latest = |kind: &str| {
        let of_kind = vendor.agreements.iter().filter(|(known, _, _)| known == kind);
        of_kind.max_by_key(|(_, date, _)| *date)
    };
    for (needed, _) in needed() {
        if let Some((kind, Some(date), loc)) = latest(needed.agreement)
            && old(*date, cx.today(), cx.threshold(&RULE, "years"))
        {
            let name = cx.name(item);
            let message = format!(
                "the {} with `{name}` is of {date}: what `{name}` does with the data may have changed since",
                kind.to_uppercase(),
                date = shown(*date)
            );
            findings.push(
                Finding::new(
                    RULE.id,
                    Severity::Info,
                    name.clone(),
                    Place::new(item, loc.clone()),
                    message,
                )
                .help("Have it looked at again, and write down the new date."),
            );
        }
    }
}

/// The fields of a class that a vendor may get or does get. Health data in a message to the person whom it is about is theirs.
fn fields<'db>(cx: Cx<'db>, vendor: Item, transfers: &'db [Transfer], class: Classes) -> Vec<&'db SentField> {
    let mut own: Vec<&SentField> = Vec::new();
    let mut found: Vec<&SentField> = Vec::new();
    let of_class = |field: &&SentField| field.classes.any(class);
    for transfer in transfers {
        for sent in &transfer.data {
            let theirs = class == Classes::PHI && to_its_subject(cx, transfer, sent);
            let fields = sent.fields.iter().filter(of_class);
            if theirs { own.extend(fields) } else { found.extend(fields) }
        }
    }
    let listed = received(cx.db, vendor).iter().flat_map(|sent| &sent.fields);
    for field in listed.filter(of_class) {
        if !own.iter().any(|known| known.name == field.name) {
            found.push(field);
        }
    }
    let mut once: Vec<&SentField> = Vec::new();
    for field in found {
        if !once.iter().any(|known| known.name == field.name) {
            once.push(field);
        }
    }
    once
}

fn unsigned(cx: Cx<'_>, item: Item, missing: &[(&Needed, &Vec<&SentField>)]) -> Finding {
    let name = cx.name(item);
    let place = Place::new(item, Loc::at(&[], Part::Name));
    let lawful = missing.iter().all(|(needed, _)| !cx.complies(needed.regime));
    let severity = if lawful { RULE.severity } else { Severity::Error };
    let gets: Vec<String> = missing
        .iter()
        .map(|(needed, fields)| {
            let names = fields.iter().map(|field| field.short());
            format!("{} ({}) without a {}", needed.data, listed(names), needed.agreement.to_uppercase())
        })
        .collect();
    let message = format!(
        "`{name}` gets {}: nothing binds it to protect what it gets",
        gets.join(" and ")
    );
    let agreements: Vec<&str> = missing.iter().map(|(needed, _)| needed.agreement).collect();
    let regimes: Vec<&str> = missing.iter().map(|(needed, _)| needed.regime).collect();
    let mut finding = Finding::new(RULE.id, severity, name.clone(), place.clone(), message)
        .help("Sign the agreement and state it with its date, or send less: an id, or a masked field.")
        .citing(cx, &RULE, &regimes);
    let fields = missing.iter().flat_map(|(_, fields)| fields.iter());
    for field in fields.take(RELATED) {
        finding = finding.related(
            format!("`{}` is {}", field.name, field.classes.words()),
            field.place.clone(),
        );
    }
    let lines: Vec<String> = agreements
        .iter()
        .map(|agreement| format!("agreement {agreement}"))
        .collect();
    let title = format!("State the {} with {name}", agreements.join(" and the ").to_uppercase().replace(" AND THE ", " and the "));
    finding = finding.fix(FixPlan::suggest(title, vec![Step::AddStatement(place, lines.join("\n"))]));
    let mut masked: Vec<Step> = Vec::new();
    for (_, fields) in missing {
        for field in *fields {
            let at = Place::new(field.place.item, field.place.loc.with(Part::Head));
            let step = Step::InsertAfter(at, " @masked".to_owned());
            // A field of an inline type has no place behind which an attribute could be written.
            if matches!(field.place.loc.part, Part::Inline(..)) {
                return finding;
            }
            if !masked.contains(&step) {
                masked.push(step);
            }
        }
    }
    let title = match masked.len() {
        1 => format!("Mask {}", missing[0].1[0].short()),
        count => format!("Mask the {count} fields"),
    };
    finding.fix(FixPlan::suggest(title, masked))
}

/// Whether more than so many years have passed.
fn old(date: Date, today: Date, years: u32) -> bool {
    let due = Date {
        year: date.year.saturating_add(u16::try_from(years).unwrap_or(u16::MAX)),
        ..date
    };
    due < today
}

fn shown(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

#[cfg(test)]
mod tests {
    use archwright_grammar::ast::Date;

    use super::old;
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "vendor.sensitive_without_agreement")
    }

    fn with(complies: &str, vendor: &str, sends: &str) -> String {
        format!(
            "system X {{ {complies} }}\nvendor V: {vendor}\nservice S {{\n  \
             entity P {{ id: uuid @id; mail: email; finding: text @phi; note: text @phi @masked }}\n  \
             entity R {{ id: uuid @id; person: ref P; value: int @phi }}\n  \
             job j every 1d {{ {sends} }}\n}}\n"
        )
    }

    #[test]
    fn each_class_needs_its_agreement() {
        let of = |vendor: &str, sends: &str| check(&with("", vendor, sends));
        assert_eq!(of("http", "sends P.mail to V"), ["2 warning V"]);
        assert_eq!(of("http", "sends P.finding, P.mail to V"), ["2 warning V"]);
        assert_eq!(of("http { agreement dpa }", "sends P.mail to V"), [""; 0]);
        assert_eq!(of("http { agreement dpa }", "sends P.finding to V"), ["2 warning V"]);
        assert_eq!(
            of("http { agreement baa; agreement dpa }", "sends P to V"),
            [""; 0]
        );
        assert_eq!(of("http", "sends P.note, P.id to V"), [""; 0]);
        assert_eq!(of("http { receives S.P.mail }", "writes P"), ["2 warning V"]);
    }

    #[test]
    fn a_regime_makes_it_an_error_and_is_quoted() {
        let text = with("complies gdpr", "http", "sends P.mail to V");
        assert_eq!(check(&text), ["2 error V"]);
        assert_eq!(
            check(&with("complies gdpr", "http { agreement dpa }", "sends P.finding to V")),
            ["2 warning V"]
        );
        assert_eq!(
            check(&with("complies hipaa", "http { agreement dpa }", "sends P.finding to V")),
            ["2 error V"]
        );
    }

    #[test]
    fn a_letter_to_the_patient_needs_no_baa() {
        let mail = |vendor: &str, sends: &str| check(&with("", &format!("{vendor} {{ agreement dpa }}"), sends));
        assert_eq!(mail("postmark", "sends P.mail, P.finding to V"), [""; 0]);
        assert_eq!(mail("postmark", "sends P.mail to V; sends R.value to V"), [""; 0]);
        assert_eq!(mail("postmark", "sends P.finding to V"), ["2 warning V"]);
        assert_eq!(mail("segment", "sends P.mail, P.finding to V"), ["2 warning V"]);
    }

    #[test]
    fn old_agreements_are_worth_a_look() {
        let day = |year| Date {
            year,
            month: 2,
            day: 29,
        };
        assert!(!old(day(2024), day(2027), 3));
        assert!(old(day(2024), Date { day: 28, month: 3, year: 2027 }, 3));
        assert!(old(day(2020), day(2024), 3));
    }

    #[test]
    fn it_is_stated_or_masked() {
        let text = with("", "http", "sends P.mail, P.finding to V");
        let stated = fixed(&text, "State the BAA and the DPA with V");
        assert!(stated.contains("vendor V: http { agreement baa; agreement dpa }"), "{stated}");
        assert_eq!(check(&stated), [""; 0]);
        let masked = fixed(&text, "Mask the 2 fields");
        assert!(masked.contains("mail: email @masked; finding: text @phi @masked;"), "{masked}");
        assert_eq!(check(&masked), [""; 0]);
    }
}
