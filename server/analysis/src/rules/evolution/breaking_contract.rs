//! A released contract changes under its clients.

mod endpoint;
mod fields;

use archwright_grammar::{ast::Date, vocabulary::Kind};
use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    lock::Record,
    model::{
        contract::{Pairs, Released, date_text, home, item_named, serving},
        cx::Cx,
        def::Def,
        finding::{Finding, Place},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "evolution.breaking_contract",
    severity: Severity::Error,
    core: true,
    summary: "A released contract changes under its clients.",
    // What is taken out of a contract and of a table is one change; the clients are hit first.
    subsumes: &["evolution.unsafe_schema_change"],
    page: include_str!("../../../../../docs/rules/evolution/breaking_contract.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

pub(super) use fields::{local_to, written};

/// What to do about any of them.
const HELP: &str = "Keep what was released and add the new beside it, as optional or under the next version; announce what goes \
                    with `deprecated`. `archwright release --breaking` makes the change the contract.";

/// What one comparison works with.
#[derive(Clone, Copy)]
struct Scope<'db> {
    cx: Cx<'db>,
    released: &'db Released,
    item: Item,
}

impl Scope<'_> {
    /// Where what is gone is told: the name of the item that it was in.
    fn whole(&self) -> Place {
        self.cx.place(Def::item(self.item))
    }
}

/// A finding; milder where only services of this blueprint used what changes, because they change along.
fn breaks(outside: bool, element: impl Into<SmolStr>, at: Place, message: String) -> Finding {
    let severity = if outside { Severity::Error } else { Severity::Warning };
    Finding::new(RULE.id, severity, element, at, message).help(HELP)
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(released) = cx.released() else { return };
    let scope = Scope { cx, released, item };
    if home(cx) == Some(item) && !cx.facts(item).broken {
        gone_services(scope, findings);
    }
    let Some(pairs) = Pairs::of(cx, item) else { return };
    for (old, now) in pairs.each() {
        match (old.kind.as_str(), now) {
            ("endpoint", now) => endpoint::check(scope, old, now.map(|(def, _)| def), findings),
            ("event", now) => fields::event(scope, old, now.map(|(def, _)| def), findings),
            ("entity" | "type", Some((def, _))) => fields::check(scope, old, def, findings),
            ("enum", Some((def, _))) => fields::members(scope, old, def, findings),
            _ => {}
        }
    }
}

/// Services that are gone with endpoints that nobody serves any more.
fn gone_services(scope: Scope<'_>, findings: &mut Vec<Finding>) {
    let Scope { cx, released, item } = scope;
    for service in released.records().iter().filter(|record| record.kind == "service") {
        if item_named(cx, Kind::Service, &service.path).is_some() {
            continue;
        }
        let lost: Vec<&Record> = released
            .of_item(&service.path)
            .filter(|record| record.kind == "endpoint" && !announced(record.get("deprecated"), cx.today()))
            .filter(|record| {
                record
                    .get("route")
                    .is_some_and(|route| serving(cx, item, route).is_none())
            })
            .collect();
        let Some((first, rest)) = lost.split_first() else { continue };
        let others = match rest.len() {
            0 => String::new(),
            1 => " and another endpoint".to_owned(),
            more => format!(" and {more} more endpoints"),
        };
        let message = format!(
            "service `{}` was released with `{}`{others} and is gone: deployed clients call what nobody serves",
            service.path,
            first.get("route").unwrap_or(&first.path)
        );
        let outside = lost.iter().any(|record| record.get("internal").is_none());
        findings.push(breaks(outside, service.path.clone(), scope.whole(), message));
    }
}

/// Whether a `deprecated` has told clients in time: without a date always, else from that day on.
fn announced(deprecated: Option<&str>, today: Date) -> bool {
    deprecated.is_some_and(|sunset| sunset == "yes" || sunset <= date_text(today).as_str())
}

/// The same for a field's `@deprecated` and `@deprecated=2027-01-01`.
fn field_announced(words: &[&str], today: Date) -> bool {
    words.iter().any(|word| {
        word.strip_prefix("deprecated").is_some_and(|rest| {
            let date = rest.strip_prefix('=').unwrap_or("yes");
            announced(Some(date), today)
        })
    })
}

#[cfg(test)]
mod tests;
