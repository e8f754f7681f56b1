//! Data that a law is about, in a system that does not name the law.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use smol_str::{SmolStr, format_smolstr};

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::Cx,
        def::Def,
        environments::environments,
        facts::{Body, Field, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
        nested::own_classes,
        regions::{Region, region},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "compliance.regime_missing",
    severity: Severity::Warning,
    summary: "The system holds data that a law is about and does not name the law.",
    page: include_str!("../../../../../docs/rules/compliance/regime_missing.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// The first field of each class in one item.
#[derive(Debug, Clone, PartialEq, Default)]
struct Firsts {
    pii: Option<(SmolStr, Place)>,
    phi: Option<(SmolStr, Place)>,
    pci: Option<(SmolStr, Place)>,
}

#[salsa::tracked(returns(ref))]
fn firsts(db: &dyn Db, item: Item) -> Arc<Firsts> {
    let cx = Cx { db };
    let facts = cx.facts(item);
    let mut firsts = Firsts::default();
    match &facts.body {
        Body::Type(def) => note(item, &facts.name, &def.fields, &mut firsts),
        Body::Service(service) => {
            let owners = (service.entities.iter().map(|one| (&one.name, &one.fields)))
                .chain(service.types.iter().map(|one| (&one.name, &one.fields)))
                .chain(service.events.iter().map(|one| (&one.name, &one.fields)));
            for (name, fields) in owners {
                note(item, &format_smolstr!("{}.{name}", facts.name), fields, &mut firsts);
            }
        }
        _ => {}
    }
    Arc::new(firsts)
}

fn note(item: Item, owner: &str, fields: &[Field], firsts: &mut Firsts) {
    for field in fields {
        let mut classes = own_classes(field);
        // What a vendor has put in place of a card number is none.
        if field.has("tokenized") {
            classes = classes.without(Classes::PCI);
        }
        for (class, first) in [
            (Classes::PII, &mut firsts.pii),
            (Classes::PHI, &mut firsts.phi),
            (Classes::PCI, &mut firsts.pci),
        ] {
            if first.is_none() && classes.any(class) {
                let place = Place::new(item, field.loc.clone());
                *first = Some((format_smolstr!("{owner}.{}", field.name), place));
            }
        }
        if let TyKind::Inline(inner) = &field.ty.kind {
            note(item, &format_smolstr!("{owner}.{}", field.name), inner, firsts);
        }
    }
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let Some((system, _)) = cx.system() else { return };
    let wanted = ["hipaa", "pci", "gdpr"].map(|regime| !cx.complies(regime));
    if wanted == [false; 3] || cx.facts(system).broken {
        return;
    }
    let mut all = Firsts::default();
    for kind in [Kind::Service, Kind::Type] {
        for &item in cx.items(kind).iter() {
            let found = firsts(cx.db, item);
            for (first, one) in [
                (&mut all.pii, &found.pii),
                (&mut all.phi, &found.phi),
                (&mut all.pci, &found.pci),
            ] {
                if first.is_none() {
                    first.clone_from(one);
                }
            }
        }
    }
    let [hipaa, pci, gdpr] = wanted;
    if let Some(first) = all.phi.as_ref().filter(|_| hipaa) {
        findings.push(finding(cx, system, first, "hipaa", "health data", "HIPAA", None));
    }
    if let Some(first) = all.pci.as_ref().filter(|_| pci) {
        findings.push(finding(cx, system, first, "pci", "card data", "PCI DSS", None));
    }
    if let Some(first) = all.pii.as_ref().or(all.phi.as_ref()).filter(|_| gdpr)
        && let Some(europe) = in_europe(cx)
    {
        let name = "the GDPR";
        findings.push(finding(cx, system, first, "gdpr", "personal data", name, Some(&europe)));
    }
}

/// The first region in Europe, and the item that names it.
fn in_europe(cx: Cx<'_>) -> Option<(SmolStr, Item)> {
    let european = |item: Item, name: &Option<SmolStr>| {
        let name = name.as_ref().filter(|name| region(name) == Region::Europe)?;
        Some((name.clone(), item))
    };
    let system = cx.system().and_then(|(item, system)| european(item, &system.region));
    let running = || {
        environments(cx)
            .into_iter()
            .find_map(|(item, facts)| european(item, &facts.region))
    };
    let services = || {
        cx.items(Kind::Service).iter().find_map(|&item| {
            let service = cx.service(item)?;
            european(item, &service.region)
                .or_else(|| service.stores.iter().find_map(|store| european(item, &store.region)))
        })
    };
    system.or_else(running).or_else(services)
}

fn finding(
    cx: Cx<'_>,
    system: Item,
    (field, place): &(SmolStr, Place),
    regime: &str,
    data: &str,
    law: &str,
    europe: Option<&(SmolStr, Item)>,
) -> Finding {
    let name = cx.name(system).clone();
    let there = europe.map_or_else(String::new, |(region, _)| format!(" in region `{region}`"));
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        name.clone(),
        cx.place(Def::item(system)),
        format!(
            "`{name}` holds {data} (`{field}`){there} and does not say that it complies with {law}: what that asks for is not checked"
        ),
    )
    .help(format!(
        "Write `complies {regime}`, or waive this once with the reason why {law} does not apply."
    ))
    .related(format!("`{field}` is {data}"), place.clone());
    if let Some((region, item)) = europe.filter(|(_, item)| *item != system) {
        finding = finding.related(format!("region `{region}`"), cx.place(Def::item(*item)));
    }
    let stated = cx.system().and_then(|(_, facts)| facts.complies.last());
    let step = match stated {
        Some((_, loc)) => Step::InsertAfter(Place::new(system, Loc::head(&loc.path)), format!(", {regime}")),
        None => Step::AddStatement(Place::new(system, Loc::head(&[])), format!("complies {regime}")),
    };
    finding.fix(FixPlan::suggest(format!("Add complies {regime}"), vec![step]).preferred())
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "compliance.regime_missing")
    }

    fn held(system: &str, field: &str) -> Vec<String> {
        check(&format!(
            "system S {{ {system} }}\nservice A {{ entity E {{ id: uuid @id; {field} }} }}\n"
        ))
    }

    #[test]
    fn each_class_asks_for_its_law() {
        assert_eq!(held("", "a: text @phi"), ["1 warning S"]);
        assert_eq!(held("", "a: string @pci"), ["1 warning S"]);
        assert_eq!(held("region \"eu-central-1\"", "a: email"), ["1 warning S"]);
        assert_eq!(held("region \"eu\"", "a: text @phi; b: string @pci; c: email").len(), 3);
        assert_eq!(held("region \"eu\"; complies gdpr", "a: text @phi; b: string @pci").len(), 2);
    }

    #[test]
    fn a_law_that_is_named_or_does_not_apply_is_not_asked_for() {
        assert_eq!(held("complies hipaa, pci, gdpr; region \"eu\"", "a: text @phi; b: string @pci; c: email"), [""; 0]);
        assert_eq!(held("", "a: email"), [""; 0]);
        assert_eq!(held("region \"us-east-1\"", "a: email"), [""; 0]);
        assert_eq!(held("region \"eu-west-2\"", "a: email"), [""; 0]);
        assert_eq!(held("region \"eu\"", "a: string"), [""; 0]);
        assert_eq!(held("", "a: string @pci @tokenized"), [""; 0]);
        assert_eq!(check("service A { entity E { id: uuid @id; a: text @phi } }\n"), [""; 0]);
    }

    #[test]
    fn types_events_and_other_places_count() {
        let text = "system S { }\ntype T { a: { b: text @phi } }\n";
        assert_eq!(check(text), ["1 warning S"]);
        let text = "system S { }\nservice A { event E v1 { card: string @pci } }\n";
        assert_eq!(check(text), ["1 warning S"]);
        let entity = "entity E { id: uuid @id; a: email }";
        let store = format!("system S {{ }}\nservice A {{ store Db: postgres {{ region \"eu\" }}; {entity} }}\n");
        assert_eq!(check(&store), ["1 warning S"]);
        let environment = format!("system S {{ }}\nservice A {{ {entity} }}\nenvironment P {{ region \"eu\" }}\n");
        assert_eq!(check(&environment), ["1 warning S"]);
    }

    #[test]
    fn the_law_can_be_added() {
        let text = "system S {\n  complies gdpr\n}\nservice A { entity E { id: uuid @id; a: text @phi } }\n";
        assert!(fixed(text, "Add complies hipaa").contains("  complies gdpr, hipaa\n"));
        let text = text.replace("  complies gdpr\n", "");
        assert!(fixed(&text, "Add complies hipaa").contains("  complies hipaa\n"));
    }
}
