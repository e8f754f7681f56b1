//! Something of another context is named, and the own context does not say that it uses that one.

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashSet;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        dependencies::{Dependency, Home, dependencies, first_dependency, has_contexts, home, home_of},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.undeclared_dependency",
    severity: Severity::Warning,
    core: true,
    summary: "A dependency that the context map does not show.",
    subsumes: &[],
    page: include_str!("../../../../../docs/rules/boundary/undeclared_dependency.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    match cx.facts(item).kind {
        Kind::Service => undeclared(cx, item, findings),
        Kind::System => no_map(cx, item, findings),
        _ => {}
    }
}

fn undeclared(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let from = home(cx.db, item);
    let declared = match from {
        // Without any context there is no map that could lie.
        Home::Alone(_) if has_contexts(cx.db) => FxHashSet::default(),
        // The missing `uses` of a half-typed context may just be missing yet.
        Home::Context(context) if !cx.facts(context).broken => uses(cx, context),
        _ => return,
    };
    let mut reported = FxHashSet::default();
    for dependency in dependencies(cx.db, item).iter() {
        let Some(to) = home_of(cx.db, dependency.target) else {
            continue;
        };
        // Only its owner emits an event: whoever else does has `event.foreign_emit` to mend.
        if dependency.via == Kind::Emits {
            continue;
        }
        // A gateway before all contexts belongs to none of them.
        if dependency.via == Kind::Route && matches!(from, Home::Alone(_)) {
            continue;
        }
        let known = match to {
            Home::Context(context) => declared.contains(&context),
            Home::Alone(_) => false,
            Home::Unknown => true,
        };
        if known || to == from || !reported.insert((&dependency.loc, to)) {
            continue;
        }
        findings.push(finding(cx, item, from, to, dependency));
    }
}

fn uses(cx: Cx<'_>, context: Item) -> FxHashSet<Item> {
    let facts = cx.context(context);
    facts
        .into_iter()
        .flat_map(|facts| &facts.uses)
        .filter_map(|used| cx.def(context, &used.context))
        .map(|def| def.item)
        .collect()
}

fn finding(cx: Cx<'_>, item: Item, from: Home, to: Home, dependency: &Dependency) -> Finding {
    let severity = if dependency.binding() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let fact = dependency.says(cx);
    let target = cx.name(dependency.target.item);
    let (message, help) = match (from, to) {
        (Home::Context(from), Home::Context(to)) => {
            let (from, to) = (cx.name(from), cx.name(to));
            let owner = if to == target {
                String::new()
            } else {
                format!(" of context `{to}`")
            };
            (
                format!(
                    "{fact}{owner}, but context `{from}` does not say that it uses `{to}`: the context map hides this dependency, \
                     and a change in `{to}` breaks `{from}` without warning"
                ),
                format!(
                    "Add `uses {to}` to context `{from}`, react to an event instead, or move what is named."
                ),
            )
        }
        (Home::Context(from), _) => (
            format!(
                "{fact}, but `{target}` stands in no context, so context `{}` cannot say that it uses it: no context map shows \
                 this dependency",
                cx.name(from)
            ),
            format!(
                "Put `{target}` into a context, and let context `{}` use that.",
                cx.name(from)
            ),
        ),
        _ => (
            format!(
                "{fact}, but `{}` stands in no context and so cannot say what it uses: no context map shows this dependency",
                cx.name(item)
            ),
            format!("Put it into one: `service {} in …`.", cx.name(item)),
        ),
    };
    let mut finding = Finding::new(
        RULE.id,
        severity,
        dependency.element.clone(),
        Place::new(item, dependency.loc.clone()),
        message,
    )
    .help(help)
    .related(
        format!("`{}` is here", cx.qualified(dependency.target)),
        cx.place(dependency.target),
    );
    if let (Home::Context(from), Home::Context(to)) = (from, to) {
        let (name, used) = (cx.name(from), cx.name(to));
        let add = |text: String| vec![Step::AddStatement(Place::new(from, Loc::head(&[])), text)];
        finding = finding
            .fix(
                FixPlan::suggest(
                    format!("Let context {name} use {used}"),
                    add(format!("uses {used}")),
                )
                .preferred(),
            )
            .fix(FixPlan::suggest(
                format!("Let context {name} use {used} via anticorruption"),
                add(format!("uses {used} via anticorruption")),
            ));
    }
    finding
}

/// Services that depend on each other, and no context anywhere: one hint, on the system.
fn no_map(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    if has_contexts(cx.db) || cx.system().is_none_or(|(system, _)| system != item) {
        return;
    }
    let Some((service, dependency)) = first_dependency(cx.db) else {
        return;
    };
    findings.push(
        Finding::new(
            RULE.id,
            Severity::Hint,
            cx.name(item).clone(),
            Place::new(item, Loc::at(&[], Part::Name)),
            format!(
                "services of `{}` depend on each other, but there are no contexts: nothing says which dependencies are meant",
                cx.name(item)
            ),
        )
        .help("Group the services: `context Sales { uses Warehouse }` and `service Orders in Sales { … }`.")
        .related(dependency.says(cx), Place::new(*service, dependency.loc.clone())),
    );
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    const MAP: &str = "context Ordering\ncontext Finance\n";
    const BILLING: &str = "service Billing in Finance { entity Invoice { id: uuid @id }; event Issued { id: uuid }; endpoint issue POST /v1/i }\n";

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "boundary.undeclared_dependency")
    }

    #[test]
    fn calls_are_errors_and_types_and_events_warnings() {
        let text = format!(
            "{MAP}{BILLING}service Orders in Ordering {{\n  entity Order {{\n    id: uuid @id\n    invoice: ref Billing.Invoice\n  }}\n  \
             endpoint bill POST /v1/bill {{\n    calls Billing.issue\n  }}\n  on Billing.Issued as note\n  \
             endpoint show GET /v1/show (of: Billing.Invoice) -> Billing.Invoice\n}}\n"
        );
        assert_eq!(
            check(&text),
            [
                "7 warning Orders.Order.invoice",
                "10 error Orders.bill",
                "12 warning Orders.note",
                "13 warning Orders.show"
            ]
        );
    }

    #[test]
    fn a_statement_about_two_things_of_one_context_is_one_finding() {
        let text = format!(
            "{MAP}service A in Finance {{ entity X {{ id: uuid @id }}; entity Y {{ id: uuid @id }} }}\nservice B in Ordering {{ job j every 1d {{ reads A.X, A.Y }} }}\n"
        );
        assert_eq!(check(&text), ["4 error B.j"]);
    }

    #[test]
    fn what_is_declared_shared_or_inside_is_fine() {
        let text = "context Ordering { uses Finance }\ncontext Finance\nrole R\nauth S: cookie { issuer Billing }\ntype Address { city: string }\n\
                    service Billing in Finance { auth S; entity Invoice { id: uuid @id } }\n\
                    service Kits in Ordering { entity Kit { id: uuid @id } }\n\
                    service Orders in Ordering { auth S; entity Order { id: uuid @id; kit: ref Kits.Kit; to: Address; i: ref Billing.Invoice }\n\
                    endpoint o GET /o -> Order { allow R; reads Order; log id } }\n";
        assert!(check(text).is_empty());
    }

    #[test]
    fn a_way_through_a_third_context_is_not_enough() {
        let text = "context A { uses B }\ncontext B { uses C }\ncontext C\nservice Z in C { entity E { id: uuid @id } }\n\
                    service X in A { entity F { id: uuid @id; e: ref Z.E } }\n";
        assert_eq!(check(text), ["5 warning X.F.e"]);
    }

    #[test]
    fn without_contexts_the_system_has_one_hint() {
        let services =
            "service A { entity E { id: uuid @id } }\nservice B { entity F { id: uuid @id; e: ref A.E } }\n";
        assert_eq!(check(&format!("system S {{ }}\n{services}")), ["1 hint S"]);
        assert!(check(services).is_empty());
        assert!(check("system S { }\nservice A { entity E { id: uuid @id; f: ref E? } }\n").is_empty());
    }

    #[test]
    fn a_service_outside_all_contexts_is_one_of_its_own() {
        let text = "context C\nservice A { entity E { id: uuid @id } }\nservice B { entity F { id: uuid @id; e: ref A.E } }\n\
                    service D in C { entity G { id: uuid @id; e: ref A.E } }\n";
        assert_eq!(check(text), ["3 warning B.F.e", "4 warning D.G.e"]);
    }

    #[test]
    fn a_gateway_before_all_contexts_may_forward() {
        let gateway = |within: &str| {
            check(&format!(
                "context C\ncontext D\nservice Edge{within} {{ kind gateway; route /api/* -> S }}\nservice S in C {{ stack none }}\n"
            ))
        };
        assert_eq!(gateway(""), [""; 0]);
        assert_eq!(gateway(" in D"), ["3 error Edge"]);
    }

    #[test]
    fn unknown_names_are_left_to_their_own_error() {
        let text = "context C\nservice A in Nowhere { entity F { id: uuid @id; e: ref B.E } }\nservice B in C { entity E { id: uuid @id } }\n";
        assert!(check(text).is_empty());
    }

    #[test]
    fn the_fix_adds_the_relation() {
        let text = format!(
            "{MAP}{BILLING}service Orders in Ordering {{ job j every 1d {{ calls Billing.issue }} }}\n"
        );
        let plain = fixed(&text, "Let context Ordering use Finance");
        assert!(
            plain.starts_with("context Ordering { uses Finance }\ncontext Finance\n"),
            "{plain}"
        );
        assert!(check(&plain).is_empty());
        let guarded = fixed(&text, "Let context Ordering use Finance via anticorruption");
        assert!(
            guarded.starts_with("context Ordering { uses Finance via anticorruption }\n"),
            "{guarded}"
        );
    }
}
