//! Something is protected less well than it was when it was released.

mod endpoint;
mod stored;

use smol_str::SmolStr;

use crate::{
    db::{Item, parsed},
    diagnostic::Severity,
    lock::Record,
    model::{
        contract::{Decided, Pairs, Released, decided},
        cx::Cx,
        def::Def,
        facts::{Body, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
        resolved::element,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "evolution.protection_weakened",
    severity: Severity::Warning,
    core: true,
    summary: "Something is protected less well than it was released.",
    // The rules about what is missing would say the same once more, and less: that it was there.
    subsumes: &["api.missing_rate_limit", "observability.audit_missing", "data.unencrypted_at_rest"],
    cwe: &[693],
    page: include_str!("../../../../../docs/rules/evolution/protection_weakened.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// What to do about any of them.
const HELP: &str = "Restore it; or write a `decision` with `status accepted` that affects it and says why. `archwright release` takes the \
                    new state as the one to keep.";

#[derive(Clone, Copy)]
struct Scope<'db> {
    cx: Cx<'db>,
    released: &'db Released,
    item: Item,
}

impl Scope<'_> {
    fn place(&self, loc: &Loc) -> Place {
        Place::new(self.item, loc.clone())
    }
}

fn found(severity: Severity, element: impl Into<SmolStr>, at: Place, message: String) -> Finding {
    Finding::new(RULE.id, severity, element, at, message).help(HELP)
}

/// A repair that is the one to take.
fn restore(title: String, step: Step) -> FixPlan {
    FixPlan::suggest(title, vec![step]).preferred()
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(released) = cx.released() else { return };
    let Some(pairs) = Pairs::of(cx, item) else { return };
    if pairs.is_new() {
        return;
    }
    let scope = Scope { cx, released, item };
    let on_purpose = |def: Def| decided(cx, def, |decision: &Decided| decision.new && decision.accepted);
    let mut lost: Vec<endpoint::Lost> = Vec::new();
    for (old, now) in pairs.each() {
        let Some((def, now)) = now else { continue };
        let before = findings.len();
        let lost_before = lost.len();
        match old.kind.as_str() {
            "endpoint" => endpoint::check(scope, old, now, def, findings, &mut lost),
            "entity" => stored::entity(scope, old, def, findings),
            "type" | "event" => stored::fields(scope, old, def, findings),
            "store" => stored::store(scope, old, now, def, findings),
            "vendor" => vendor(scope, old, now, def, findings),
            "system" | "broker" => tls(scope, old, now, def, findings),
            _ => {}
        }
        if (findings.len() > before || lost.len() > lost_before) && on_purpose(def) {
            findings.truncate(before);
            lost.truncate(lost_before);
        }
    }
    endpoint::report_lost(scope, lost, findings);
    if !on_purpose(Def::item(item)) {
        wider_waivers(scope, findings);
    }
}

/// `tls required` that is no longer there.
fn tls(scope: Scope<'_>, old: &Record, now: &Record, def: Def, findings: &mut Vec<Finding>) {
    let Scope { cx, item, .. } = scope;
    if old.get("tls").is_none() || now.get("tls").is_some() {
        return;
    }
    let setting = match &cx.facts(item).body {
        Body::System(system) => Some(&system.settings.tls),
        Body::Vendor(vendor) => Some(&vendor.tls),
        Body::Broker(broker) => Some(&broker.tls),
        Body::Service(_) => def.store(cx.db).map(|store| &store.tls),
        _ => None,
    };
    let off = setting.and_then(Setting::loc);
    let place = off.map_or_else(|| cx.place(def), |loc| scope.place(loc));
    let message = format!(
        "`{}` was released with `tls required`, which is no longer there: what goes over the network may be read on the way",
        old.path
    );
    let step = match off {
        Some(loc) => Step::Replace(scope.place(loc), "tls required".to_owned()),
        None => Step::AddStatement(
            Place::new(item, Loc::head(&def.loc(cx.db).path)),
            "tls required".to_owned(),
        ),
    };
    findings.push(
        found(Severity::Warning, old.path.clone(), place, message)
            .fix(restore("Require TLS again".to_owned(), step)),
    );
}

fn vendor(scope: Scope<'_>, old: &Record, now: &Record, def: Def, findings: &mut Vec<Finding>) {
    let Scope { cx, item, .. } = scope;
    for (kind, date) in old.each("agreement") {
        if now.named("agreement", kind).is_some() {
            continue;
        }
        let message = format!(
            "vendor `{}` was released with a `{kind}` agreement, which is no longer there: nothing binds it to what was agreed",
            old.path
        );
        let statement = format!("agreement {kind} {date}").trim_end().to_owned();
        let step = Step::AddStatement(Place::new(item, Loc::head(&[])), statement.clone());
        findings.push(
            found(Severity::Warning, old.path.clone(), cx.place(def), message)
                .fix(restore(format!("Put `{statement}` back"), step)),
        );
    }
    tls(scope, old, now, def, findings);
}

/// Waivers that were released for a member, and now stand for all of its service.
fn wider_waivers(scope: Scope<'_>, findings: &mut Vec<Finding>) {
    let Scope { cx, released, item } = scope;
    let facts = cx.facts(item);
    for waiver in &facts.waivers {
        let path = element(facts, &waiver.loc.path, parsed(cx.db, item).node.as_ref());
        let rule = waiver.rule.replace('/', ".").replace('-', "_");
        let was = released.get(crate::model::contract::WAIVER, &path);
        if was.is_some_and(|record| record.get(&rule).is_some()) {
            continue;
        }
        let inside = format!("{path}.");
        let narrower = released.of_item(&facts.name).find(|record| {
            record.kind == crate::model::contract::WAIVER
                && record.path.starts_with(&inside)
                && record.get(&rule).is_some()
        });
        if let Some(narrower) = narrower {
            let message = format!(
                "this waiver of `{rule}` was released for `{}` and stands for `{path}` now: it silences more than was agreed",
                narrower.path
            );
            findings.push(found(Severity::Warning, path, scope.place(&waiver.loc), message));
        }
    }
}

#[cfg(test)]
mod tests;
