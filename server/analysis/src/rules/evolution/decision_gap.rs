//! Something far-reaching is new, and nobody has written down why.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        contract::{Released, decided, decision_stub},
        cx::Cx,
        def::{Def, DefKind},
        facts::{Body, Decision},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "evolution.decision_gap",
    severity: Severity::Hint,
    summary: "Something far-reaching is new, and no decision says why.",
    page: include_str!("../../../../../docs/rules/evolution/decision_gap.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let facts = cx.facts(item);
    if facts.broken || facts.name.is_empty() {
        return;
    }
    if let Body::Decision(decision) = &facts.body {
        superseded(cx, item, decision, findings);
        return;
    }
    let Some(released) = cx.released() else { return };
    let own = Def::item(item);
    let name = facts.name.as_str();
    match &facts.body {
        Body::Vendor(vendor) if released.get("vendor", name).is_none() => {
            let message = format!("vendor `{name}` ({}) is new since the last release", vendor.kind);
            gap(cx, own, &message, name, findings);
        }
        Body::Broker(broker) if released.get("broker", name).is_none() => {
            let message = format!("broker `{name}` ({}) is new since the last release", broker.kind);
            gap(cx, own, &message, name, findings);
        }
        Body::System(system) => {
            let Some(old) = released.get("system", name) else { return };
            let new: Vec<String> = system
                .complies
                .iter()
                .filter(|(regime, _)| old.named("complies", regime).is_none())
                .map(|(regime, _)| format!("`{regime}`"))
                .collect();
            if !new.is_empty() {
                let message = format!("`{name}` complies with {} now, which it was not released with", new.join(", "));
                gap(cx, own, &message, name, findings);
            }
        }
        Body::Context(context) => {
            // How a new context fits in is part of what it is.
            let Some(old) = released.get("context", name) else { return };
            let new: Vec<String> = context
                .uses
                .iter()
                .filter(|used| old.named("uses", &used.context.text()) != Some(used.via.as_deref().unwrap_or_default()))
                .map(|used| match &used.via {
                    Some(via) => format!("`{}` via {via}", used.context.text()),
                    None => format!("`{}`", used.context.text()),
                })
                .collect();
            if !new.is_empty() {
                let message = format!("context `{name}` uses {} now, which it was not released with", new.join(", "));
                gap(cx, own, &message, name, findings);
            }
        }
        Body::Service(service) => {
            for (index, store) in service.stores.iter().enumerate() {
                let def = Def { item, kind: DefKind::Store(index as u16) };
                if knows_store(released, &store.kind) || store.kind.is_empty() {
                    continue;
                }
                let path = cx.qualified(def);
                let message = format!("`{path}` is the first store of kind {}", store.kind);
                gap(cx, def, &message, &path, findings);
            }
        }
        _ => {}
    }
}

/// Whether a store of the kind was released. A physical store may be called differently in two services.
fn knows_store(released: &Released, kind: &str) -> bool {
    released
        .records()
        .iter()
        .any(|record| record.kind == "store" && record.get("kind") == Some(kind))
}

fn gap(cx: Cx<'_>, def: Def, what: &str, affects: &str, findings: &mut Vec<Finding>) {
    if decided(cx, def, |_| true) {
        return;
    }
    let message = format!("{what}, and no decision says why: in a year nobody will know");
    let place = cx.place(def);
    let finding = Finding::new(RULE.id, Severity::Hint, affects, place, message)
        .help("Write a `decision` that affects it: what it is for, what else was looked at, what it costs.");
    findings.push(finding.fix(scaffold(cx, def.item, affects)));
}

/// A decision to be filled in.
fn scaffold(cx: Cx<'_>, item: Item, affects: &str) -> FixPlan {
    let name = affects.rsplit('.').next().unwrap_or(affects);
    let docs = [
        "Context: what made it necessary.".to_owned(),
        "Decision: what was chosen, and what else was looked at.".to_owned(),
        "Consequences: what is easier now, and what is harder.".to_owned(),
    ];
    let text = decision_stub(cx, &format!("Adopt{name}"), &format!("Why {affects}"), &docs, affects);
    let step = Step::AddItemAfter(Place::new(item, Loc::head(&[])), text);
    FixPlan::suggest("Write a decision", vec![step]).preferred()
}

/// A superseded decision whose subjects no other decision speaks about.
fn superseded(cx: Cx<'_>, item: Item, decision: &Decision, findings: &mut Vec<Finding>) {
    if decision.status.as_ref().is_none_or(|(status, _)| status != "superseded") {
        return;
    }
    let left = decision.affects.iter().find_map(|reference| {
        let def = cx.def(item, reference)?;
        (!decided(cx, def, |_| true)).then_some((reference, def))
    });
    let Some((reference, def)) = left else { return };
    let affected = cx.qualified(def);
    let message = format!(
        "decision `{}` is superseded, and no other one affects `{affected}`: what holds for it now is written nowhere",
        cx.name(item)
    );
    let place = Place::new(item, reference.loc.clone());
    let shown = if def.word_kind(cx.db) == Kind::Store { affected.to_string() } else { cx.name(def.item).to_string() };
    findings.push(
        Finding::new(RULE.id, Severity::Hint, cx.name(item).clone(), place, message)
            .help("Let the decision that replaces it affect the same, or write one.")
            .fix(scaffold(cx, item, &shown)),
    );
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed_since, of_rule, since};

    const CODE: &str = "evolution.decision_gap";
    const BEFORE: &str = "system S { complies gdpr }\ncontext A { }\ncontext B { }\nservice One in A { store Db: postgres }\n";

    fn check(after: &str) -> Vec<String> {
        since(BEFORE, after, CODE)
    }

    #[test]
    fn what_is_new_needs_a_reason() {
        assert!(check(BEFORE).is_empty());
        assert_eq!(check(&format!("{BEFORE}vendor Mail: postmark\n")), ["5 hint Mail"]);
        assert_eq!(check(&format!("{BEFORE}broker Bus: nats\n")), ["5 hint Bus"]);
        assert_eq!(check(&BEFORE.replace("gdpr", "gdpr, hipaa")), ["1 hint S"]);
        assert_eq!(check(&BEFORE.replacen("{ }", "{ uses B }", 1)), ["2 hint A"]);
        assert_eq!(check(&BEFORE.replace("postgres", "mongodb")), ["4 hint One.Db"]);
        assert!(check(&format!("{BEFORE}service Two in B {{ store Db: postgres }}\n")).is_empty());
    }

    #[test]
    fn a_decision_that_affects_it_is_enough() {
        let decided = "decision Post \"Mail\" { status proposed; affects Mail }\n";
        assert!(check(&format!("{BEFORE}vendor Mail: postmark\n{decided}")).is_empty());
        assert!(of_rule("vendor Mail: postmark\n", CODE).is_empty());
    }

    #[test]
    fn a_superseded_decision_leaves_nothing_behind() {
        let old = "decision Old \"Old\" { status superseded; affects S }\n";
        assert_eq!(of_rule(&format!("system S\n{old}"), CODE), ["2 hint Old"]);
        let new = "decision New \"New\" { status accepted; affects S; supersedes Old }\n";
        assert!(of_rule(&format!("system S\n{old}{new}"), CODE).is_empty());
    }

    #[test]
    fn a_decision_can_be_begun() {
        let after = fixed_since(BEFORE, &format!("{BEFORE}vendor Mail: postmark\n"), "Write a decision");
        assert!(
            after.ends_with("decision AdoptMail \"Why Mail\" {\n  status proposed\n  affects Mail\n}\n"),
            "{after}"
        );
    }
}
