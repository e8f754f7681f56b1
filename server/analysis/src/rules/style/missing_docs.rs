//! What others read about is not described.

use archwright_codegen::names::sentence;

use crate::{
    db::{Item, parsed},
    diagnostic::Severity,
    model::{
        cx::Cx,
        facts::{Body, OpKind, Service},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "style.missing_docs",
    severity: Severity::Hint,
    strict: true,
    summary: "What others use is not described.",
    cwe: &[1059],
    page: include_str!("../../../../../docs/rules/style/missing_docs.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Something that should have a description, and the node that would carry it.
struct Bare {
    name: String,
    at: Place,
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let facts = cx.facts(item);
    // What is missing in broken text may just not have been read.
    if facts.broken {
        return;
    }
    match &facts.body {
        Body::Vendor(_) if facts.docs.is_none() => {
            let bare = Bare {
                name: facts.name.to_string(),
                at: Place::new(item, Loc::at(&[], Part::Name)),
            };
            findings.push(one(bare, facts.name.as_str()));
        }
        Body::Service(service) => {
            let mut bare = members(cx, item, service);
            if bare.len() < 2 {
                findings.extend(bare.pop().map(|bare| {
                    let element = format!("{}.{}", facts.name, bare.name);
                    one(bare, &element)
                }));
            } else {
                findings.push(merged(item, facts.name.as_str(), bare));
            }
        }
        _ => {}
    }
}

/// The entities, events and endpoints of the outside that carry no description, in text order.
fn members(cx: Cx<'_>, item: Item, service: &Service) -> Vec<Bare> {
    let mut bare: Vec<(Loc, String)> = Vec::new();
    for entity in &service.entities {
        if entity.docs.is_none() {
            bare.push((entity.loc.clone(), entity.name.to_string()));
        }
    }
    for event in &service.events {
        if event.docs.is_none() {
            bare.push((event.loc.clone(), event.name.to_string()));
        }
    }
    let tree = parsed(cx.db, item);
    for op in cx.ops(item) {
        if op.op.docs.is_some() || op.op.is_probe() || !op.op.is_endpoint() || !cx.external(op) {
            continue;
        }
        if !matches!(op.op.kind, OpKind::Resource(_)) {
            bare.push((op.op.loc.clone(), op.op.name.to_string()));
            continue;
        }
        // A resource speaks for its operations.
        let above = &op.op.loc.path[..op.op.loc.path.len().saturating_sub(1)];
        let resource = Loc::at(above, Part::Word);
        let described = resource.node(tree).is_some_and(|node| node.docs.is_some());
        if !described && bare.iter().all(|(known, _)| *known != resource) {
            let name = op.op.entity.as_ref().map_or_else(String::new, crate::model::facts::RefFact::text);
            bare.push((resource, name));
        }
    }
    bare.sort_by(|(one, _), (other, _)| one.cmp(other));
    bare.into_iter()
        .map(|(loc, name)| Bare {
            name,
            at: Place::new(item, loc),
        })
        .collect()
}

fn stub(bare: &Bare) -> Step {
    Step::Document(bare.at.clone(), format!("{}.", sentence(&bare.name)))
}

fn one(bare: Bare, element: &str) -> Finding {
    let message = format!("`{element}` has no description: whoever uses it has to guess what it means");
    let fix = FixPlan::suggest(format!("Describe {}", bare.name), vec![stub(&bare)]);
    Finding::new(RULE.id, RULE.severity, element, bare.at, message)
        .help("Say in a line of `///` what it is, for somebody who does not know the code.")
        .fix(fix.preferred())
}

fn merged(item: Item, service: &str, bare: Vec<Bare>) -> Finding {
    /// More related places than this say nothing new.
    const SHOWN: usize = 10;
    let message = format!(
        "{} things in `{service}` that others use have no description: whoever uses them has to guess what they mean",
        bare.len()
    );
    let steps = bare.iter().map(stub).collect();
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        service,
        Place::new(item, Loc::at(&[], Part::Name)),
        message,
    )
    .help("Say in a line of `///` above each what it is, for somebody who does not know the code.")
    .fix(FixPlan::suggest(format!("Describe them, {} lines", bare.len()), steps).preferred());
    for bare in bare.into_iter().take(SHOWN) {
        finding = finding.related(format!("`{}`", bare.name), bare.at);
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    #[test]
    fn several_are_one_finding_of_their_service() {
        let text = "service Orders {
  entity Order { id: uuid @id }
  event OrderPlaced v1 { key id; id: uuid }
  /// Said.
  endpoint list GET /v1/orders { allow any }
  endpoint inner GET /v1/inner { internal; allow any }
  endpoint health GET /health { public because \"a probe\" }
  job tidy every 1d { deletes Order }
}
";
        assert_eq!(of_rule(text, RULE.id), ["1 hint Orders"]);
        let after = fixed(text, "Describe them, 2 lines");
        assert!(after.contains("  /// Order.\n  entity Order {"), "{after}");
        assert!(after.contains("  /// Order placed.\n  event OrderPlaced v1"), "{after}");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
    }

    #[test]
    fn one_stands_on_itself() {
        assert_eq!(of_rule("vendor Mail: http { timeout 1s }\n", RULE.id), ["1 hint Mail"]);
        assert_eq!(of_rule("/// Mail.\nvendor Mail: http { timeout 1s }\n", RULE.id), [""; 0]);
        let text = "service S {\n  entity E { id: uuid @id }\n}\n";
        assert_eq!(of_rule(text, RULE.id), ["2 hint S.E"]);
    }

    #[test]
    fn a_resource_speaks_for_its_operations() {
        let text = "service S {
  /// E.
  entity E { id: uuid @id }
  resource E at /v1/es {
    list { allow any }
    get { allow any }
  }
}
";
        assert_eq!(of_rule(text, RULE.id), ["4 hint S.E"]);
        let after = fixed(text, "Describe E");
        assert!(after.contains("  /// E.\n  resource E at"), "{after}");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
    }
}
