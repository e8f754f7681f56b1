//! Who may call an endpoint, how often, and whether it is written down.

use archwright_grammar::vocabulary::Kind;

use super::{Scope, found, restore};
use crate::{
    db::Item,
    diagnostic::Severity,
    lock::Record,
    model::{
        contract::item_named,
        cx::{Cx, OpRef},
        def::Def,
        facts::{Allow, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
};

pub(super) fn check(
    scope: Scope<'_>,
    old: &Record,
    now: &Record,
    def: Def,
    findings: &mut Vec<Finding>,
    lost: &mut Vec<Lost>,
) {
    let Some(op) = scope.cx.op(def) else { return };
    if signing_in(scope, old, now, op, findings) {
        allowed(scope, old, now, op, findings);
    }
    limit(scope, old, now, op, lost);
    audited(old, now, op, lost);
}

/// The block of the operation.
fn block(op: OpRef<'_>) -> Place {
    Place::new(op.def.item, Loc::head(&op.op.loc.path))
}

/// How much a scheme proves: 0 nothing, 1 a key that can be passed on, 2 who is calling.
fn strength(kind: Option<&str>) -> u8 {
    match kind {
        Some("none") | None => 0,
        Some("api_key") => 1,
        Some(_) => 2,
    }
}

/// Compares how callers sign in; whether they still have to, so that it makes sense to ask who may come in.
fn signing_in(scope: Scope<'_>, old: &Record, now: &Record, op: OpRef<'_>, findings: &mut Vec<Finding>) -> bool {
    let Scope { cx, released, item } = scope;
    let Some(was) = old.get("auth").filter(|was| *was != "none") else {
        return true;
    };
    let is = now.get("auth").unwrap_or("none");
    if is != "none" {
        let weakest_then = was
            .split(", ")
            .filter_map(|scheme| released.get("auth", scheme))
            .map(|scheme| strength(scheme.get("kind")))
            .min();
        let weakest_now = cx
            .schemes(op)
            .iter()
            .map(|scheme| (strength(cx.auth(scheme.item).map(|auth| auth.kind.as_str())), *scheme))
            .min_by_key(|(strength, _)| *strength);
        if let (Some(then), Some((now, scheme))) = (weakest_then, weakest_now)
            && now < then
        {
            let message = format!(
                "`{}` was released with `auth {was}` and accepts `{}` now, which proves less about who is calling",
                old.path,
                cx.name(scheme.item)
            );
            let at = op.op.settings.auth.loc().map_or_else(|| cx.place(op.def), |loc| scope.place(loc));
            let mut finding = found(Severity::Warning, old.path.clone(), at, message);
            if let (Setting::Set(_, loc), true) = (&op.op.settings.auth, all_there(cx, was)) {
                let step = Step::Replace(scope.place(loc), format!("auth {was}"));
                finding = finding.fix(restore(format!("Ask for {was} again"), step));
            }
            findings.push(finding);
        }
        return true;
    }
    let message = format!(
        "`{}` was released with `auth {was}` and asks nobody to sign in now: what was protected is open",
        old.path
    );
    let public = op.op.public.as_ref().map(|(_, loc)| loc);
    let own = op.op.settings.auth.loc();
    let at = public.or(own).map_or_else(|| cx.place(op.def), |loc| scope.place(loc));
    let mut finding = found(Severity::Error, old.path.clone(), at, message);
    if all_there(cx, was) {
        let statement = format!("auth {was}");
        let title = format!("Ask for {was} again");
        let step = match (public, own) {
            (Some(_), Some(_)) => None,
            (Some(loc), None) | (None, Some(loc)) => Some(Step::Replace(scope.place(loc), statement)),
            (None, None) => Some(Step::AddStatementFirst(block(op), statement)),
        };
        if let Some(step) = step {
            finding = finding.fix(restore(title, step));
        }
    }
    let _ = item;
    findings.push(finding);
    false
}

/// Whether all schemes of a list are still there.
fn all_there(cx: Cx<'_>, schemes: &str) -> bool {
    schemes
        .split(", ")
        .all(|scheme| item_named(cx, Kind::Auth, scheme).is_some())
}

fn allowed(scope: Scope<'_>, old: &Record, now: &Record, op: OpRef<'_>, findings: &mut Vec<Finding>) {
    let Scope { cx, .. } = scope;
    // Where nobody in particular was let in, or nobody is any more, `auth.missing_authorization` speaks.
    if old.each("allow").next().is_none() || old.named("allow", "any") == Some("") {
        return;
    }
    for allow in &op.op.allow {
        let role = allow.role.as_ref().and_then(|role| cx.def(op.def.item, role));
        let name = match (&allow.role, role) {
            (None, _) => "any".to_owned(),
            (Some(_), Some(role)) => cx.name(role.item).to_string(),
            (Some(_), None) => continue,
        };
        let is = now.named("allow", &name).unwrap_or_default();
        let shown = if name == "any" { "every account".to_owned() } else { format!("`{name}`") };
        let at = scope.place(&allow.loc);
        match old.named("allow", &name) {
            None if role.is_some_and(|role| known_otherwise(scope, old, now, role.item)) => {}
            None => {
                let message = format!("`{}` lets {shown} in now, whom it was not released for", old.path);
                let mut finding = found(Severity::Warning, old.path.clone(), at.clone(), message);
                if op.op.allow.len() > 1 {
                    let title = format!("Remove `allow {name}`");
                    finding = finding.fix(FixPlan::suggest(title, vec![Step::Remove(at)]));
                }
                findings.push(finding);
            }
            Some(was) if weaker(was, is) && is_widest(allow, is) => {
                let message = format!(
                    "`{}` was released with `allow {name} where {was}` and asks for less of {shown} now",
                    old.path
                );
                let title = format!("Ask for `{was}` again");
                let step = Step::Replace(at.clone(), format!("allow {name} where {was}"));
                findings.push(
                    found(Severity::Warning, old.path.clone(), at, message).fix(restore(title, step)),
                );
            }
            Some(_) => {}
        }
    }
}

/// Of several lines of one role, the one that lets in most.
fn is_widest(allow: &Allow, predicate: &str) -> bool {
    let own = allow.predicate.as_ref().map(crate::model::expr::text::text).unwrap_or_default();
    own == predicate
}

/// Whether a role was let in under another name, or through a role that it includes.
fn known_otherwise(scope: Scope<'_>, old: &Record, now: &Record, role: Item) -> bool {
    let Scope { cx, released, .. } = scope;
    let mut reached = vec![role];
    let mut at = 0;
    while let Some(&item) = reached.get(at) {
        at += 1;
        if old.named("allow", cx.name(item)).is_some() {
            return true;
        }
        for included in cx.role(item).map(|role| role.includes.as_slice()).unwrap_or_default() {
            if let Some(def) = cx.def(item, included)
                && !reached.contains(&def.item)
            {
                reached.push(def.item);
            }
        }
    }
    // A released role that is gone and one that is new: it was renamed.
    released.get("role", cx.name(role)).is_none()
        && old.each("allow").any(|(name, _)| {
            name != "any" && now.named("allow", name).is_none() && item_named(cx, Kind::Role, name).is_none()
        })
}

/// Whether a condition asks for less than another one did. Where that cannot be told, it does not.
fn weaker(was: &str, is: &str) -> bool {
    fn parts(text: &str) -> Option<Vec<&str>> {
        let plain = !text.contains(['(', '"']) && !text.contains(" or ");
        plain.then(|| text.split(" and ").collect())
    }
    if was.is_empty() || was == is {
        return false;
    }
    if is.is_empty() {
        return true;
    }
    match (parts(was), parts(is)) {
        (Some(was), Some(is)) => is.len() < was.len() && is.iter().all(|part| was.contains(part)),
        _ => false,
    }
}

/// Count, milliseconds and by whom of `60 per minute by caller`.
fn rate(text: &str) -> Option<(u128, u128, Option<&str>)> {
    let (rate, by) = match text.split_once(" by ") {
        Some((rate, by)) => (rate, Some(by)),
        None => (text, None),
    };
    let (count, per) = rate.split_once(" per ")?;
    let millis = super::stored::millis(per)?;
    Some((count.parse().ok()?, u128::from(millis), by))
}

/// What an endpoint has lost that a service or a system may say for all: `limit` or `audited`.
pub(super) struct Lost {
    def: Def,
    /// The statement that was in effect.
    was: String,
    /// What is in effect instead.
    is: Option<String>,
    /// Where the endpoint itself says so.
    own: Option<Loc>,
}

fn limit(scope: Scope<'_>, old: &Record, now: &Record, op: OpRef<'_>, lost: &mut Vec<Lost>) {
    let Some(was) = old.get("limit") else { return };
    let is = now.get("limit");
    let own = op.op.settings.limit.loc();
    let more = match (rate(was), is.and_then(rate)) {
        // Callers and addresses are not to be compared; but the limit of its own that an endpoint had is gone.
        (Some(was), Some(is)) => {
            (is.2 == was.2 || (own.is_none() && !all_inherit(scope, old))) && is.0 * was.1 > was.0 * is.1
        }
        _ => is.is_none(),
    };
    if more {
        lost.push(Lost {
            def: op.def,
            was: format!("limit {was}"),
            is: is.map(str::to_owned),
            own: own.cloned(),
        });
    }
}

/// Whether other endpoints of the service were released with the same limit: it was said for all of them.
fn all_inherit(scope: Scope<'_>, old: &Record) -> bool {
    let Scope { cx, released, item } = scope;
    released.of_item(cx.name(item)).any(|other| {
        other.kind == old.kind && other.path != old.path && other.get("limit") == old.get("limit")
    })
}

fn audited(old: &Record, now: &Record, op: OpRef<'_>, lost: &mut Vec<Lost>) {
    if old.get("audited").is_some() && now.get("audited").is_none() {
        lost.push(Lost {
            def: op.def,
            was: "audited".to_owned(),
            is: None,
            own: op.op.settings.audited.loc().cloned(),
        });
    }
}

/// More related places than this say nothing new.
const SHOWN: usize = 10;

/// Reports what was lost. What several endpoints lost at once was said for all of them, in one place: that is one finding.
pub(super) fn report_lost(scope: Scope<'_>, lost: Vec<Lost>, findings: &mut Vec<Finding>) {
    let mut groups: Vec<Vec<Lost>> = Vec::new();
    for one in lost {
        let same = groups.iter_mut().find(|group| {
            let first = &group[0];
            one.own.is_none() && first.own.is_none() && first.was == one.was && first.is == one.is
        });
        match same {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    findings.extend(groups.iter().map(|group| lost_finding(scope, group)));
}

fn lost_finding(scope: Scope<'_>, group: &[Lost]) -> Finding {
    let Scope { cx, item, .. } = scope;
    let first = &group[0];
    let audited = first.was == "audited";
    let (element, own, block, who, plural) = if let [one] = group {
        let path = cx.qualified(one.def);
        let head = Place::new(item, Loc::head(&one.def.loc(cx.db).path));
        (path.clone(), one.own.clone(), head, format!("`{path}`"), false)
    } else {
        let name = cx.name(item).clone();
        let settings = cx.service(item).map(|service| &service.settings);
        let own = settings.and_then(|settings| if audited { settings.audited.loc() } else { settings.limit.loc() });
        let who = format!("{} operations of `{name}`", group.len());
        (name, own.cloned(), Place::new(item, Loc::head(&[])), who, true)
    };
    let were = if plural { "were" } else { "was" };
    let message = match (&first.is, audited) {
        (_, true) => {
            let no_longer = if plural { "no longer are" } else { "no longer is" };
            format!("{who} {were} released as `audited` and {no_longer}: nobody can tell who did it")
        }
        (Some(is), _) => {
            let allow = if plural { "allow" } else { "allows" };
            format!("{who} {were} released with `{}` and {allow} {is} now", first.was)
        }
        (None, _) => {
            let have = if plural { "have" } else { "has" };
            format!(
                "{who} {were} released with `{}` and {have} no limit now: one caller can use up all of it",
                first.was
            )
        }
    };
    let at = match (&own, plural) {
        (Some(loc), _) => scope.place(loc),
        (None, true) => Place::new(item, Loc::at(&[], Part::Name)),
        (None, false) => cx.place(first.def),
    };
    let step = match &own {
        Some(loc) => Step::Replace(scope.place(loc), first.was.clone()),
        None => Step::AddStatement(block, first.was.clone()),
    };
    let title = match first.was.strip_prefix("limit ") {
        Some(rate) if plural => format!("Limit them to {rate} again"),
        Some(rate) => format!("Limit it to {rate} again"),
        None if plural => "Audit them again".to_owned(),
        None => "Audit it again".to_owned(),
    };
    let mut finding = found(Severity::Warning, element, at, message).fix(restore(title, step));
    if plural {
        for one in group.iter().take(SHOWN) {
            finding = finding.related(format!("`{}` is one of them", cx.qualified(one.def)), cx.place(one.def));
        }
    }
    finding
}
