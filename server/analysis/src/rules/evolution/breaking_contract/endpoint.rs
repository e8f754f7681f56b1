//! Endpoints beside what was released of them.

use std::fmt::Write as _;

use super::{Scope, announced, breaks};
use crate::{
    lock::Record,
    model::{
        contract::{Compared, Shape, Way, route_shape, serving, writable},
        cx::OpRef,
        def::Def,
        facts::{OpKind, Param, ParamFrom, Ty},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
};

/// The arguments of an `endpoint`: name, method, path.
const METHOD: u16 = 1;
const PATH: u16 = 2;

pub(super) fn check(scope: Scope<'_>, old: &Record, now: Option<Def>, findings: &mut Vec<Finding>) {
    let Scope { cx, item, .. } = scope;
    let route = old.get("route").unwrap_or_default();
    let outside = old.get("internal").is_none();
    let op = now.and_then(|def| cx.op(def));
    let same_route = |op: &OpRef<'_>| {
        route_shape(&format!("{} {}", op.op.method, op.op.path)) == route_shape(route)
    };
    if let Some(op) = op.filter(same_route) {
        return compare(scope, old, op, findings);
    }
    // Clients know a route, not the name of an endpoint.
    if let Some(other) = serving(cx, item, route) {
        if other.item == item
            && let Some(op) = cx.op(other)
        {
            compare(scope, old, op, findings);
        }
        return;
    }
    if announced(old.get("deprecated"), cx.today()) {
        return;
    }
    let Some(op) = op else {
        let message = format!(
            "`{}` was released as `{route}` and is gone: deployed clients call what nobody serves",
            old.path
        );
        let mut found = breaks(outside, old.path.clone(), scope.whole(), message);
        if let Some(text) = written(scope, old) {
            let title = format!("Put endpoint {} back", name(old));
            let step = Step::AddStatement(Place::new(item, Loc::head(&[])), text);
            found = found.fix(FixPlan::suggest(title, vec![step]).preferred());
        }
        findings.push(found);
        return;
    };
    let message = format!(
        "`{}` was released as `{route}` and is `{} {}` now: deployed clients call what nobody serves",
        old.path, op.op.method, op.op.path
    );
    let mut found = breaks(outside, old.path.clone(), cx.place(op.def), message);
    if op.op.kind == OpKind::Endpoint
        && let Some((method, path)) = route.split_once(' ')
    {
        let part = |part: u16| Place::new(item, op.op.loc.with(Part::Arg(part)));
        let steps = vec![
            Step::Replace(part(METHOD), method.to_owned()),
            Step::Replace(part(PATH), path.to_owned()),
        ];
        found = found.fix(FixPlan::suggest(format!("Change back to {route}"), steps).preferred());
    }
    findings.push(found);
}

fn name(old: &Record) -> &str {
    old.path.rsplit('.').next().unwrap_or_default()
}

/// The endpoint as it was, as far as the lock knows it, where all that it names is still there.
fn written(scope: Scope<'_>, old: &Record) -> Option<String> {
    let local = |text: &str| super::fields::local(scope, text);
    let mut params = Vec::new();
    for (name, text) in old.each("param") {
        let (_, ty) = text.split_once(' ')?;
        let (mut shape, rest) = Shape::read(ty)?;
        if !writable(scope.cx, &shape) {
            return None;
        }
        let written = &ty[..ty.len() - rest.len()];
        // A parameter that had a default could be left out.
        let mark = if rest.contains("@default") && !shape.optional { "?" } else { "" };
        shape.optional |= !mark.is_empty();
        params.push(format!("{name}: {}{mark}", local(written)));
    }
    let params = if params.is_empty() {
        String::new()
    } else {
        format!(" ({})", params.join(", "))
    };
    let returns = match old.get("returns") {
        Some(text) if writable(scope.cx, &Shape::read(text)?.0) => format!(" -> {}", local(text)),
        Some(_) => return None,
        None => String::new(),
    };
    let mut block = String::new();
    for (role, predicate) in old.each("allow") {
        let condition = if predicate.is_empty() {
            String::new()
        } else {
            format!(" where {predicate}")
        };
        let _ = write!(block, "\n  allow {role}{condition}");
    }
    if old.get("internal").is_some() {
        block.push_str("\n  internal");
    }
    let block = if block.is_empty() { String::new() } else { format!(" {{{block}\n}}") };
    Some(format!("endpoint {} {}{params}{returns}{block}", name(old), old.get("route")?))
}

fn compare(scope: Scope<'_>, old: &Record, op: OpRef<'_>, findings: &mut Vec<Finding>) {
    let Scope { cx, item, .. } = scope;
    let outside = old.get("internal").is_none();
    let element = cx.qualified(op.def);
    if let (true, Some(internal)) = (outside, &op.op.internal) {
        let message = format!("`{element}` was released for clients and is internal now: they are refused");
        let at = Place::new(item, internal.clone());
        let remove = FixPlan::suggest("Remove `internal`", vec![Step::Remove(at.clone())]);
        findings.push(breaks(true, element.clone(), at, message).fix(remove.preferred()));
    }
    for param in &op.op.params {
        if let Some(found) = parameter(scope, old, op, param) {
            findings.push(found);
        }
    }
    let Some((shape, _)) = old.get("returns").and_then(Shape::read) else {
        return;
    };
    let compared = Compared { cx, released: scope.released, way: Way::Sent };
    let (found, at) = match &op.op.returns {
        None => (Some("is empty now".to_owned()), op.op.loc.clone()),
        Some((ty, loc)) => (compared.differs(&shape, item, ty), loc.clone()),
    };
    if let Some(found) = found {
        let message = format!("the answer of `{element}` {found}: deployed clients rely on what was released");
        let place = Place::new(item, at);
        let mut finding = breaks(outside, element.clone(), place.clone(), message);
        let text = super::fields::local(scope, old.get("returns").unwrap_or_default());
        if op.op.kind == OpKind::Endpoint && op.op.returns.is_some() && writable(cx, &shape) {
            let title = format!("Answer with `{text}` again");
            finding = finding.fix(FixPlan::suggest(title, vec![Step::Replace(place, text)]).preferred());
        }
        findings.push(finding);
    }
}

fn parameter(scope: Scope<'_>, old: &Record, op: OpRef<'_>, param: &Param) -> Option<Finding> {
    let Scope { cx, item, .. } = scope;
    let ty = param.ty.as_ref()?;
    let element = cx.qualified(op.def);
    let what = if param.from == ParamFrom::Body {
        "a body".to_owned()
    } else {
        format!("`{}`", param.name)
    };
    let may_miss = ty.optional || param.default.is_some();
    let known = old.named("param", &param.name).and_then(|text| {
        let (_, ty) = text.split_once(' ')?;
        Shape::read(ty)
    });
    let found = match known {
        None if param.from == ParamFrom::Path || may_miss => return None,
        None => format!("`{element}` asks for {what} now, which deployed clients do not send"),
        Some((mut shape, rest)) => {
            shape.optional |= rest.contains("@default");
            let now = Ty {
                optional: may_miss,
                ..ty.clone()
            };
            let compared = Compared { cx, released: scope.released, way: Way::Taken };
            let found = compared.differs(&shape, item, &now)?;
            let what = if param.from == ParamFrom::Body { "the body" } else { &what };
            format!("{what} of `{element}` {found}: deployed clients send what was released")
        }
    };
    let outside = old.get("internal").is_none();
    let mut finding = breaks(outside, element, Place::new(item, param.loc.clone()), found);
    let at = match param.loc.part {
        Part::Arg(number) => Some(param.loc.with(Part::Type(number))),
        _ => None,
    };
    if let (Some(at), false, ParamFrom::Query) = (at, may_miss, param.from) {
        let title = format!("Make {} optional", param.name);
        let step = Step::InsertAfter(Place::new(item, at), "?".to_owned());
        finding = finding.fix(FixPlan::suggest(title, vec![step]).preferred());
    }
    Some(finding)
}
