//! What names itself: a context that uses itself, a call that is undone by itself, a component, an operation.

use archwright_grammar::vocabulary::Kind;

use super::report::{error, within};
use crate::{
    db::Item,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        facts::{Body, ItemFacts, RefFact},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
        read::At,
    },
};

/// What a service may use.
const USED: &[Kind] = &[Kind::Service, Kind::Context, Kind::Vendor];
/// What a gateway may forward to.
const BEHIND: &[Kind] = &[Kind::Service, Kind::Client, Kind::Endpoint];

/// Reports names of a thing in its own statements where that means nothing.
pub(super) fn check(cx: Cx<'_>, item: Item, facts: &ItemFacts, out: &mut Vec<Finding>) {
    match &facts.body {
        Body::Context(context) => {
            for used in &context.uses {
                if cx.resolve(item, &used.context, &[Kind::Context]) == Some(Def::item(item)) {
                    let message = format!("`{}` uses itself, which it may do anyway", facts.name);
                    let finding = error("type.cycle", item, &facts.name, &used.context.loc, message);
                    out.push(alone(cx, item, &used.context, finding));
                }
            }
        }
        Body::Service(service) => {
            for component in &service.components {
                for used in &component.uses {
                    if used.path.as_slice() == std::slice::from_ref(&component.name) {
                        let element = within(facts, &[&component.name]);
                        let message = format!("`{}` uses itself, which it may do anyway", component.name);
                        let finding = error("type.cycle", item, &element, &used.loc, message);
                        out.push(alone(cx, item, used, finding));
                    }
                }
            }
            for used in &service.uses {
                if cx.resolve(item, used, USED) == Some(Def::item(item)) {
                    let message = format!("`{}` uses itself, which it may do anyway", facts.name);
                    let finding = error("type.cycle", item, &facts.name, &used.loc, message);
                    out.push(alone(cx, item, used, finding));
                }
            }
            for (path, target) in &service.routes {
                if cx.resolve(item, target, BEHIND) == Some(Def::item(item)) {
                    let message = format!(
                        "`{}` forwards `{path}` to itself, so a request for it never arrives",
                        facts.name
                    );
                    out.push(error("type.cycle", item, &facts.name, &target.loc, message));
                }
            }
            operations(cx, item, facts, service, out);
        }
        _ => {}
    }
}

fn operations(
    cx: Cx<'_>,
    item: Item,
    facts: &ItemFacts,
    service: &crate::model::facts::Service,
    out: &mut Vec<Finding>,
) {
    for (index, op) in service.ops.iter().enumerate() {
        let own = Def {
            item,
            kind: DefKind::Op(index as u16),
        };
        let element = || within(facts, &[&op.name]);
        for call in &op.calls {
            let Some(target) = cx.resolve(item, &call.target, &[Kind::Endpoint, Kind::Vendor]) else {
                continue;
            };
            if target == own {
                let message = format!("`{}` calls itself, so a call of it never ends", op.name);
                out.push(error("type.cycle", item, &element(), &call.target.loc, message));
            }
            let undone = call
                .compensated
                .as_ref()
                .filter(|undo| cx.resolve(item, undo, &[Kind::Endpoint]) == Some(target));
            if let Some(undo) = undone {
                let message = format!(
                    "the call of `{}` is undone by calling it once more, which does not undo it",
                    call.target.text()
                );
                out.push(
                    error("type.cycle", item, &element(), &undo.loc, message)
                        .help("Name the endpoint that takes back what this one does.")
                        .related("the call", Place::new(item, call.loc.clone())),
                );
            }
        }
    }
}

/// Offers to take the statement away where it names nothing else.
fn alone(cx: Cx<'_>, item: Item, reference: &RefFact, finding: Finding) -> Finding {
    let tree = crate::db::parsed(cx.db, item);
    let Some(node) = reference.loc.node(tree) else {
        return finding;
    };
    let at = At {
        node,
        path: reference.loc.path.clone(),
    };
    let names: usize = ["context", "component", "target"]
        .iter()
        .map(|slot| at.refs(slot).len())
        .sum();
    if names != 1 {
        return finding;
    }
    let step = Step::Remove(Place::new(item, Loc::head(&reference.loc.path)));
    finding.fix(FixPlan::suggest("Remove the statement", vec![step]).preferred())
}
