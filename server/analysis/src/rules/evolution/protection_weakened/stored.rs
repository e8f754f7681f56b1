//! Classes, encryption, row-level conditions and retention of what is stored, sent and returned.

use archwright_grammar::ast::{Duration, TimeUnit};

use super::{Scope, found, restore};
use crate::{
    diagnostic::Severity,
    lock::Record,
    model::{
        contract::{FieldText, retain_text},
        def::Def,
        facts::Setting,
        finding::{Finding, Place, Step},
        loc::{Loc, Part},
    },
};

/// The classes, in the order in which they are told.
const CLASSES: &[&str] = &["pii", "phi", "pci", "secret"];

/// What makes a value unreadable, or keeps it in.
const COVERS: &[&str] = &["encrypted", "hashed", "masked", "tokenized"];

pub(super) fn fields(scope: Scope<'_>, old: &Record, def: Def, findings: &mut Vec<Finding>) {
    let cx = scope.cx;
    // A projection shows its entity's fields, and says nothing of its own about them.
    if old.get("of").is_some() {
        return;
    }
    for (at, field) in cx.fields_of(def) {
        let Some(was) = old.named("field", &field.name).and_then(FieldText::parse) else {
            continue;
        };
        let element = format!("{}.{}", old.path, field.name);
        let place = Place::new(at.item, field.loc.clone());
        let head = Place::new(at.item, field.loc.with(Part::Head));
        let classes = cx.field_classes(at.item, field).words();
        let lost: Vec<&str> = CLASSES
            .iter()
            .copied()
            .filter(|class| was.has(class) && !classes.split(", ").any(|now| now == format!("@{class}")))
            .collect();
        if !lost.is_empty() {
            let words: Vec<String> = lost.iter().map(|class| format!("@{class}")).collect();
            let words = words.join(" ");
            let message = format!(
                "`{element}` was released as {words} and no longer is: nothing protects it as what it was"
            );
            let step = Step::InsertAfter(head.clone(), format!(" {words}"));
            findings.push(
                found(Severity::Error, element.clone(), place.clone(), message)
                    .fix(restore(format!("Mark {} {words} again", field.name), step)),
            );
        }
        let sensitive = CLASSES.iter().any(|class| was.has(class));
        let covered = COVERS.iter().any(|word| field.has(word));
        let gone = if sensitive && !covered {
            COVERS.iter().copied().find(|word| was.has(word))
        } else {
            None
        };
        let gone = gone.or_else(|| (was.has("internal") && !field.has("internal")).then_some("internal"));
        if let Some(word) = gone {
            let consequence = if word == "internal" { "it leaves the service" } else { "whoever gets at it can read it" };
            let message = format!("`{element}` was released as @{word} and no longer is: {consequence}");
            let step = Step::InsertAfter(head, format!(" @{word}"));
            findings.push(
                found(Severity::Warning, element, place, message)
                    .fix(restore(format!("Mark {} @{word} again", field.name), step)),
            );
        }
    }
}

pub(super) fn entity(scope: Scope<'_>, old: &Record, def: Def, findings: &mut Vec<Finding>) {
    let cx = scope.cx;
    fields(scope, old, def, findings);
    let Some(entity) = cx.entity(def) else { return };
    let block = Place::new(def.item, Loc::head(&entity.loc.path));
    if let (Some(was), None) = (old.get("visible"), &entity.visible) {
        let message = format!(
            "rows of `{}` were released `visible where {was}` and are visible to every caller now",
            old.path
        );
        let step = Step::AddStatement(block, format!("visible where {was}"));
        findings.push(
            found(Severity::Warning, old.path.clone(), cx.place(def), message)
                .fix(restore(format!("Show only rows where {was} again"), step)),
        );
    }
    // A retention that is gone is a question of its own: `data.retention_missing`.
    let (Some(was), Some(retain)) = (old.get("retain"), &entity.retain) else {
        return;
    };
    let is = retain_text(retain);
    let split = |text: &'_ str| {
        let (time, then) = text.split_once(" then ").unwrap_or((text, ""));
        (millis(time), then == "archive" || then.is_empty())
    };
    let ((then_for, kept_then), (now_for, kept_now)) = (split(was), split(&is));
    if now_for > then_for || (kept_now && !kept_then) {
        let message = format!("`{}` was released with `retain {was}` and is kept for {is} now", old.path);
        let at = scope.place(&retain.loc);
        let step = Step::Replace(at.clone(), format!("retain {was}"));
        findings.push(
            found(Severity::Warning, old.path.clone(), at, message)
                .fix(restore(format!("Retain it for {was} again"), step)),
        );
    }
}

pub(super) fn store(scope: Scope<'_>, old: &Record, now: &Record, def: Def, findings: &mut Vec<Finding>) {
    let cx = scope.cx;
    if old.get("encrypted").is_some()
        && now.get("encrypted").is_none()
        && let Some(store) = def.store(cx.db)
    {
        let off = match &store.encrypted {
            Setting::Off(loc) => Some(scope.place(loc)),
            _ => None,
        };
        let message = format!(
            "store `{}` was released as `encrypted` and no longer is: disks, snapshots and backups can be read",
            old.path
        );
        let step = match &off {
            Some(at) => Step::Replace(at.clone(), "encrypted".to_owned()),
            None => Step::AddStatement(
                Place::new(def.item, Loc::head(&store.loc.path)),
                "encrypted".to_owned(),
            ),
        };
        findings.push(
            found(Severity::Warning, old.path.clone(), cx.place(def), message)
                .fix(restore(format!("Encrypt {} again", store.name), step)),
        );
    }
    super::tls(scope, old, now, def, findings);
}

/// The milliseconds of `7y`, or of `minute`.
pub(super) fn millis(text: &str) -> Option<u64> {
    let text = match text {
        "second" => "1s",
        "minute" => "1m",
        "hour" => "1h",
        "day" => "1d",
        other => other,
    };
    let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (count, unit) = text.split_at(digits);
    let unit = match unit {
        "ms" => TimeUnit::Millisecond,
        "s" => TimeUnit::Second,
        "m" => TimeUnit::Minute,
        "h" => TimeUnit::Hour,
        "d" => TimeUnit::Day,
        "w" => TimeUnit::Week,
        "mo" => TimeUnit::Month,
        "y" => TimeUnit::Year,
        _ => return None,
    };
    Some(Duration { count: count.parse().ok()?, unit }.millis())
}
