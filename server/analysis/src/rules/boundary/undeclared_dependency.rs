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
    strict: false,
    summary: "A dependency that the context map does not show.",
    subsumes: &[],
    page: include_str!("../../../../../docs/rules/boundary/undeclared_dependency.md"),
    check: Check::Item(check),
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
        let Some(to) = home_of(cx.db, dependency.target) else { continue };
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
    let severity = if dependency.binding() { Severity::Error } else { Severity::Warning };
    let fact = dependency.says(cx);
    let target = cx.name(dependency.target.item);
    let (message, help) = match (from, to) {
        (Home::Context(from), Home::Context(to)) => {
            let (from, to) = (cx.name(from), cx.name(to));
            let owner = if to == target { String::new() } else { format!(" of context {to}") };
            (
                format!(
                    "{fact}{owner}, but context {from} does not say that it uses {to}. The context map hides this dependency, so a \
                     change in {to} breaks {from} without warning."
                ),
                format!("Add `uses {to}` to context {from}, react to an event instead, or move what is named."),
            )
        }
        (Home::Context(from), _) => (
            format!(
                "{fact}, but {target} stands in no context, so context {} cannot say that it uses it. No context map shows this \
                 dependency.",
                cx.name(from)
            ),
            format!("Put {target} into a context, and let context {} use that.", cx.name(from)),
        ),
        _ => (
            format!(
                "{fact}, but {0} stands in no context and so cannot say what it uses. No context map shows this dependency.",
                cx.name(item)
            ),
            format!("Put {0} into a context: `service {0} in …`.", cx.name(item)),
        ),
    };
    let mut finding =
        Finding::new(RULE.id, severity, dependency.element.clone(), Place::new(item, dependency.loc.clone()), message)
            .help(help)
            .related(format!("{} is here", cx.qualified(dependency.target)), cx.place(dependency.target));
    if let (Home::Context(from), Home::Context(to)) = (from, to) {
        let (name, used) = (cx.name(from), cx.name(to));
        let add = |text: String| vec![Step::AddStatement(Place::new(from, Loc::head(&[])), text)];
        finding = finding
            .fix(FixPlan::suggest(format!("Let context {name} use {used}"), add(format!("uses {used}"))).preferred())
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
    let Some((service, dependency)) = first_dependency(cx.db) else { return };
    findings.push(
        Finding::new(
            RULE.id,
            Severity::Hint,
            cx.name(item).clone(),
            Place::new(item, Loc::at(&[], Part::Name)),
            format!(
                "Services of {} depend on each other, but there are no contexts. Nothing says which dependencies are meant.",
                cx.name(item)
            ),
        )
        .help("Group the services: `context Sales { uses Warehouse }` and `service Orders in Sales { … }`.")
        .related(dependency.says(cx), Place::new(*service, dependency.loc.clone())),
    );
}
