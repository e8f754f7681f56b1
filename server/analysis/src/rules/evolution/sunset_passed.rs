//! What was to be gone by now is still there.

use archwright_grammar::ast::{Date, Literal};

use crate::{
    db::Item,
    diagnostic::{Severity, Tag},
    model::{
        contract::date_text,
        cx::Cx,
        facts::{AttributeArgFact, Body, Deprecated, ExprFactKind, Field},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule},
    waivers::{day_number, later},
};

pub(crate) static RULE: Rule = Rule {
    id: "evolution.sunset_passed",
    severity: Severity::Warning,
    summary: "What was to be gone by now is still there.",
    cwe: &[1059],
    page: include_str!("../../../../../docs/rules/evolution/sunset_passed.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// How much later an extended sunset is proposed, in days.
const EXTENSION: i64 = 90;

/// Something deprecated.
struct Old<'a> {
    /// `endpoint`, `event`, `field`
    kind: &'static str,
    element: String,
    name: &'a str,
    sunset: Date,
    /// Where it says that it is deprecated.
    said: Loc,
    /// Where the date stands.
    date: Loc,
    /// The thing itself.
    whole: Loc,
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let facts = cx.facts(item);
    let mut each = |old: Option<Old<'_>>| {
        if let Some(old) = old.filter(|old| old.sunset < cx.today()) {
            findings.push(finding(cx, item, &old));
        }
    };
    match &facts.body {
        Body::Type(def) => {
            for field in &def.fields {
                each(of_field(&facts.name, field));
            }
        }
        Body::Service(service) => {
            for op in &service.ops {
                let deprecated = op.deprecated.as_ref();
                each(deprecated.and_then(|found| stated("endpoint", &facts.name, &op.name, found, &op.loc)));
            }
            for event in &service.events {
                let deprecated = event.deprecated.as_ref();
                each(deprecated.and_then(|found| stated("event", &facts.name, &event.name, found, &event.loc)));
            }
            let entities = service.entities.iter().map(|entity| (&entity.name, &entity.fields));
            let types = service.types.iter().map(|def| (&def.name, &def.fields));
            let events = service.events.iter().map(|event| (&event.name, &event.fields));
            for (owner, fields) in entities.chain(types).chain(events) {
                for field in fields {
                    each(of_field(&format!("{}.{owner}", facts.name), field));
                }
            }
        }
        _ => {}
    }
}

fn stated<'a>(
    kind: &'static str,
    service: &str,
    name: &'a str,
    deprecated: &Deprecated,
    whole: &Loc,
) -> Option<Old<'a>> {
    Some(Old {
        kind,
        element: format!("{service}.{name}"),
        name,
        sunset: deprecated.sunset?,
        said: deprecated.loc.clone(),
        // Behind the reason.
        date: deprecated.loc.with(Part::Arg(1)),
        whole: whole.with(Part::Head),
    })
}

fn of_field<'a>(owner: &str, field: &'a Field) -> Option<Old<'a>> {
    let attribute = field.attributes.iter().find(|found| found.name == "deprecated")?;
    let (date, sunset) = attribute.args.iter().find_map(|argument| match argument {
        AttributeArgFact::Value(Some(name), value) if name == "sunset" => match &value.kind {
            ExprFactKind::Literal(Literal::Date(date)) => Some((value.loc.clone(), *date)),
            _ => None,
        },
        _ => None,
    })?;
    Some(Old {
        kind: "field",
        element: format!("{owner}.{}", field.name),
        name: &field.name,
        sunset,
        said: attribute.loc.clone(),
        date,
        whole: field.loc.with(Part::Head),
    })
}

fn finding(cx: Cx<'_>, item: Item, old: &Old<'_>) -> Finding {
    let days = day_number(cx.today()) - day_number(old.sunset);
    let ago = match days {
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    };
    let message = format!(
        "{} `{}` was to be gone by {}, {ago}, and is still there: nobody looks after it, and everybody can use it",
        old.kind,
        old.element,
        date_text(old.sunset)
    );
    let until = date_text(later(cx.today(), EXTENSION));
    let place = |loc: &Loc| Place::new(item, loc.clone());
    let remove = FixPlan::refactor(
        format!("Remove {} {}", old.kind, old.name),
        vec![Step::Remove(place(&old.whole))],
    );
    let extend = FixPlan::suggest(
        format!("Extend it until {until}"),
        vec![Step::Replace(place(&old.date), until)],
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, old.element.clone(), place(&old.said), message)
        .help("Remove it, or give it a new date and say in the reason why it is still needed.")
        .fix(remove)
        .fix(extend);
    finding.tags.push(Tag::Deprecated);
    finding
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed_since, since};

    fn check(text: &str) -> Vec<String> {
        // Any release will do: the day is set with it.
        since("role A\n", text, "evolution.sunset_passed")
    }

    #[test]
    fn the_day_itself_is_still_in_time() {
        let endpoint = |date: &str| {
            format!("service S {{\n  endpoint old GET /v1/old -> {{ ok: bool }} {{ deprecated \"use new\" sunset {date} }}\n}}\n")
        };
        assert_eq!(check(&endpoint("2026-11-20")), ["2 warning S.old"]);
        assert!(check(&endpoint("2026-11-21")).is_empty());
        let fixed = |title: &str| fixed_since("role A\n", &endpoint("2026-11-20"), title);
        assert!(fixed("Extend it until 2027-02-19").contains("sunset 2027-02-19 }"));
        assert_eq!(fixed("Remove endpoint old"), "service S {\n}\n");
    }

    #[test]
    fn fields_and_events_have_sunsets_too() {
        let text = "type Shared { a: string @deprecated(\"x\", sunset: 2026-01-01); b: string @deprecated(\"x\") }\n\
            service S {\n  entity E { id: uuid @id; a: string? @deprecated(\"x\", sunset: 2026-01-01) }\n\
            event Gone v1 { deprecated \"x\" sunset 2026-01-01; id: uuid }\n}\n";
        assert_eq!(
            check(text),
            ["1 warning Shared.a", "3 warning S.E.a", "4 warning S.Gone"]
        );
        let after = fixed_since("role A\n", text, "Extend it until 2027-02-19");
        assert!(after.starts_with("type Shared { a: string @deprecated(\"x\", sunset: 2027-02-19);"), "{after}");
    }
}
