//! Fields of entities, types and events, and members of enums, beside what was released of them.

use super::{Scope, announced, breaks, field_announced};
use crate::{
    lock::Record,
    model::{
        contract::{Compared, FieldText, Way, field_text, writable},
        cx::Cx,
        def::Def,
        facts::Ty,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
};

/// A type as it is written in the service: its own members without its name.
pub(super) fn local(scope: Scope<'_>, text: &str) -> String {
    local_to(scope.cx, Def::item(scope.item), text)
}

/// The same for a rule with no [`Scope`].
pub(in crate::rules::evolution) fn local_to(cx: Cx<'_>, def: Def, text: &str) -> String {
    match cx.service(def.item) {
        Some(_) => text.replace(&format!("{}.", cx.name(def.item)), ""),
        None => text.to_owned(),
    }
}

/// `status: OrderStatus @pii`, to be written again.
pub(in crate::rules::evolution) fn written(cx: Cx<'_>, def: Def, name: &str, field: &FieldText<'_>) -> Option<String> {
    if !writable(cx, &field.shape) {
        return None;
    }
    let mut out = format!("{name}: {}", local_to(cx, def, field.ty));
    // A value for rows that lack it is not in the lock.
    if field.has("default") && !field.shape.optional {
        out.push('?');
    }
    let by_nature = field.has("pii") && matches!(field.ty.trim_end_matches('?'), "email" | "phone");
    for word in field.words.iter().filter(|word| {
        !(word.starts_with("default") || word.starts_with("deprecated") || by_nature && **word == "pii")
    }) {
        out.push_str(" @");
        out.push_str(word);
    }
    Some(out)
}

pub(super) fn check(scope: Scope<'_>, old: &Record, def: Def, findings: &mut Vec<Finding>) {
    let Scope { cx, released, .. } = scope;
    let fields = cx.fields_of(def);
    let projection = def.type_def(cx.db).filter(|facts| facts.of.is_some());
    let of = projection.is_some();
    let mut taken = None;
    for (name, _) in old.each("field") {
        let usage = released.usage(old, name);
        if usage.taken {
            taken = Some(usage.outside || taken.unwrap_or_default());
        }
        if !usage.sent && !usage.taken {
            continue;
        }
        let Some(was) = released.field(old, name).and_then(FieldText::parse) else {
            continue;
        };
        let element = format!("{}.{name}", old.path);
        let now = fields.iter().find(|(_, field)| field.name == name);
        let Some((at, field)) = now else {
            // A projection that still names what its entity has lost has an error of its own.
            let named = projection.is_some_and(|facts| facts.projected.iter().any(|(known, _)| known == name));
            if usage.sent && usage.direct && !named && !field_announced(&was.words, cx.today()) {
                let message = format!("`{element}` was in released answers and is gone: deployed clients rely on it");
                let found = breaks(usage.outside, element, cx.place(def), message);
                findings.push(put_back(scope, def, name, &was, of, found));
            }
            continue;
        };
        if of {
            // What the field is, is said where the entity stands.
            continue;
        }
        let place = Place::new(at.item, field.loc.clone());
        if usage.sent && field.has("internal") && !was.has("internal") {
            let message = format!("`{element}` was in released answers and is `@internal` now: deployed clients rely on it");
            findings.push(breaks(usage.outside, element, place, message));
            continue;
        }
        let differs = |way: Way| {
            let mut shape = was.shape.clone();
            let mut ty: Ty = field.ty.clone();
            if way == Way::Taken {
                shape.optional |= was.has("default");
                ty.optional |= field.default.is_some();
            }
            Compared { cx, released, way }.differs(&shape, at.item, &ty)
        };
        let found = (usage.sent.then(|| differs(Way::Sent)).flatten())
            .or_else(|| (usage.taken && was.settable()).then(|| differs(Way::Taken)).flatten());
        if let Some(what) = found {
            let message = format!("`{element}` {what}: deployed clients know it as `{}`", local(scope, was.ty));
            let mut finding = breaks(usage.outside, element, place, message);
            if writable(cx, &was.shape) {
                let ty = local(scope, was.ty);
                let title = format!("Change back to `{ty}`");
                let step = Step::Replace(Place::new(at.item, field.loc.with(Part::Arg(1))), ty);
                finding = finding.fix(FixPlan::suggest(title, vec![step]).preferred());
            }
            findings.push(finding);
        }
    }
    if let (Some(outside), false) = (taken, of) {
        asked(scope, old, def, outside, findings);
    }
}

/// Fields that clients must send now and never did.
fn asked(scope: Scope<'_>, old: &Record, def: Def, outside: bool, findings: &mut Vec<Finding>) {
    let cx = scope.cx;
    for (at, field) in cx.fields_of(def) {
        let text = field_text(cx, at.item, field);
        let Some(now) = FieldText::parse(&text) else { continue };
        if old.named("field", &field.name).is_some() || !now.required() || !now.settable() {
            continue;
        }
        let element = format!("{}.{}", old.path, field.name);
        let message = format!("`{element}` is new and must be sent, which deployed clients do not do");
        let place = Place::new(at.item, field.loc.clone());
        let step = Step::InsertAfter(Place::new(at.item, field.loc.with(Part::Arg(1))), "?".to_owned());
        let fix = FixPlan::suggest(format!("Make {} optional", field.name), vec![step]).preferred();
        findings.push(breaks(outside, element, place, message).fix(fix));
    }
}

fn put_back(scope: Scope<'_>, def: Def, name: &str, was: &FieldText<'_>, of: bool, found: Finding) -> Finding {
    let text = if of {
        Some(name.to_owned())
    } else {
        written(scope.cx, def, name, was)
    };
    let Some(text) = text else { return found };
    let head = Place::new(def.item, Loc::head(&def.loc(scope.cx.db).path));
    let title = format!("Put field {name} back");
    found.fix(FixPlan::suggest(title, vec![Step::AddStatement(head, text)]).preferred())
}

pub(super) fn members(scope: Scope<'_>, old: &Record, def: Def, findings: &mut Vec<Finding>) {
    let Scope { cx, released, .. } = scope;
    let usage = released.usage(old, "");
    let Some(now) = def.enum_def(cx.db).filter(|_| usage.sent || usage.taken) else {
        return;
    };
    for (name, _) in old.each("member") {
        if now.members.iter().any(|(member, _)| member == name) {
            continue;
        }
        let element = format!("{}.{name}", old.path);
        let message = format!("`{element}` was released and is gone: deployed clients know it, and may send it");
        let head = Place::new(def.item, Loc::head(&def.loc(cx.db).path));
        let step = Step::AddStatement(head, name.to_owned());
        let fix = FixPlan::suggest(format!("Put {name} back"), vec![step]).preferred();
        findings.push(breaks(usage.outside, element, cx.place(def), message).fix(fix));
    }
}

pub(super) fn event(scope: Scope<'_>, old: &Record, now: Option<Def>, findings: &mut Vec<Finding>) {
    let Scope { cx, released, .. } = scope;
    let Some((def, facts)) = now.and_then(|def| Some((def, def.event(cx.db)?))) else {
        if !announced(old.get("deprecated"), cx.today()) {
            let message = format!("event `{}` was released and is gone: whoever listens waits for ever", old.path);
            findings.push(breaks(true, old.path.clone(), scope.whole(), message));
        }
        return;
    };
    let version = facts.version.map(|version| format!("v{version}"));
    if version.as_deref() != old.get("version") {
        // The next version may say something else; the old one is the listeners' to wait for.
        return;
    }
    for (name, text) in old.each("field") {
        let Some(was) = FieldText::parse(text) else { continue };
        let element = format!("{}.{name}", old.path);
        let Some(field) = facts.fields.iter().find(|field| field.name == name) else {
            if !field_announced(&was.words, cx.today()) {
                let message = format!("`{element}` was released and is gone: whoever listens relies on it");
                let found = breaks(true, element, cx.place(def), message);
                findings.push(put_back(scope, def, name, &was, false, found));
            }
            continue;
        };
        let compared = Compared { cx, released, way: Way::Sent };
        if let Some(found) = compared.differs(&was.shape, def.item, &field.ty) {
            let ty = local(scope, was.ty);
            let message = format!("`{element}` {found}: whoever listens knows it as `{ty}`");
            let mut finding = breaks(true, element, Place::new(def.item, field.loc.clone()), message);
            if writable(cx, &was.shape) {
                let title = format!("Change back to `{ty}`");
                let step = Step::Replace(Place::new(def.item, field.loc.with(Part::Arg(1))), ty);
                finding = finding.fix(FixPlan::suggest(title, vec![step]).preferred());
            }
            findings.push(finding);
        }
    }
}
