//! A `waive` that no longer does what it was written for.
//!
//! Which waiver silences which finding is [`crate::waivers`]' work; here is what is said about one of them.

use archwright_grammar::ast::Date;

use crate::{
    diagnostic::{Severity, Tag},
    model::{
        facts::{Name, Waiver},
        finding::{Finding, FixPlan, Place, Similar, Step},
        loc::Part,
    },
    rules::{Check, Rule, catalogue},
    waivers::{day_number, later},
};

pub(crate) static RULE: Rule = Rule {
    id: "evolution.waiver_stale",
    severity: Severity::Warning,
    core: false,
    summary: "An exception has outlived its reason.",
    subsumes: &[],
    page: include_str!("../../../../../docs/rules/evolution/waiver_stale.md"),
    check: Check::Waivers,
    ..Rule::PLAIN
};

/// A waiver that ran out longer ago than this is an error, in days.
const GRACE: i64 = 30;
/// A waiver that runs out within this time is announced, in days.
const NOTICE: i64 = 14;
/// How long a renewed waiver is proposed to hold, in days.
const RENEWAL: i64 = 90;
/// Categories whose waivers need a date.
const DATED: &[&str] = &["auth", "data", "compliance", "vendor"];

/// What a waiver does at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// It silences findings, the worst of this severity (or would, were its date not past).
    Silences(Severity),
    /// There is nothing that it could silence.
    Nothing,
    /// Its rule does not run, or what it stands in can't be judged.
    Unknown,
}

/// What is wrong with a waiver: the worst only. `rule` is its rule's id as the catalogue writes it, `forbidden` the line
/// of the configuration that takes no waiver of it.
pub(crate) fn judge(
    waiver: &Waiver,
    rule: &str,
    used: Use,
    forbidden: Option<u32>,
    today: Date,
    element: &str,
    place: &Place,
) -> Option<Finding> {
    let finding =
        |severity, message: String| Finding::new(RULE.id, severity, element, place.clone(), message);
    let delete = FixPlan::safe("Delete the waiver", vec![Step::Remove(place.clone())]);
    let renewed = later(today, RENEWAL);
    let renewed = format!("{:04}-{:02}-{:02}", renewed.year, renewed.month, renewed.day);
    let date_at = Place::new(place.item, waiver.loc.with(Part::Arg(1)));
    let rule_at = waiver.loc.with(Part::Ref(0, 0));
    let renew = FixPlan::suggest(
        format!("Renew it until {renewed}"),
        vec![Step::Replace(date_at, renewed.clone())],
    );

    if !catalogue::contains(rule) {
        let mut found = finding(
            Severity::Error,
            format!("there is no rule `{rule}`, so this waiver silences nothing"),
        )
        .help("Correct the rule's name, or delete the waiver.");
        found.similar = Some(Similar {
            name: rule.rsplit('.').next().unwrap_or_default().into(),
            at: rule_at,
            kinds: &[],
            local: catalogue::CATALOGUE
                .iter()
                .map(|(id, _)| Name::new_static(id))
                .collect(),
        });
        return Some(found.fix(FixPlan {
            preferred: false,
            ..delete
        }));
    }
    if let Some(line) = forbidden {
        let message = format!(
            "`{rule}` may not be waived: line {line} of archwright.toml names it in `non_waivable`, so this waiver silences nothing"
        );
        return Some(
            finding(Severity::Error, message)
                .help("Put right what it was written for, and delete it.")
                .fix(delete),
        );
    }
    if let Some(until) = waiver.until
        && until < today
    {
        let days = day_number(today) - day_number(until);
        let severity = if days > GRACE {
            Severity::Error
        } else {
            Severity::Warning
        };
        let consequence = match used {
            Use::Silences(_) => "what it silenced counts again",
            Use::Nothing | Use::Unknown => "it silences nothing any more",
        };
        let ago = if days == 1 {
            "yesterday".to_owned()
        } else {
            format!("{days} days ago")
        };
        let finding = finding(
            severity,
            format!("this waiver of `{rule}` ran out {ago}: {consequence}"),
        )
        .help("Put right what it was written for, or give it a new date and say why.")
        .fix(delete);
        // A renewed waiver that silences nothing would only be the next finding.
        return Some(if used == Use::Nothing {
            finding
        } else {
            finding.fix(renew)
        });
    }
    if waiver
        .because
        .as_deref()
        .is_none_or(|because| because.trim().is_empty())
    {
        let message = format!("this waiver of `{rule}` gives no reason, so nobody will know when it may go");
        return Some(
            finding(Severity::Warning, message)
                .help("Add `because \"…\"`.")
                .fix(FixPlan {
                    preferred: false,
                    ..suggested(delete)
                }),
        );
    }
    let needs_date = used == Use::Silences(Severity::Error)
        || (matches!(used, Use::Silences(_))
            && DATED
                .iter()
                .any(|category| rule.split('.').next() == Some(category)));
    if waiver.until.is_none() && needs_date {
        let message = format!("this waiver of `{rule}` has no date, so the exception holds for ever");
        return Some(
            finding(Severity::Warning, message)
                .help("Say until when it holds: `until 2027-06-30`.")
                .fix(
                    FixPlan::suggest(
                        format!("Let it run out on {renewed}"),
                        vec![Step::InsertAfter(
                            Place::new(place.item, rule_at),
                            format!(" until {renewed}"),
                        )],
                    )
                    .preferred(),
                ),
        );
    }
    if used == Use::Nothing {
        let message = format!("this waiver silences nothing: there is no finding of `{rule}` here");
        let mut found = finding(Severity::Hint, message).help("Delete it.").fix(delete);
        found.tags.push(Tag::Unnecessary);
        return Some(found);
    }
    let written = waiver.rule.replace('/', ".").replace('-', "_");
    if written != rule {
        let mut found = finding(
            Severity::Hint,
            format!("`{written}` is called `{rule}` by now; the old name still works"),
        )
        .help("Write the new name.")
        .fix(FixPlan::safe(
            format!("Change to `{rule}`"),
            vec![Step::Replace(Place::new(place.item, rule_at), rule.to_owned())],
        ));
        found.tags.push(Tag::Deprecated);
        return Some(found);
    }
    let until = waiver.until?;
    let left = day_number(until) - day_number(today);
    (left <= NOTICE).then(|| {
        let when = match left {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            days => format!("in {days} days"),
        };
        finding(
            Severity::Info,
            format!("this waiver of `{rule}` runs out {when}, and then what it silences counts again"),
        )
        .help("Put right what it was written for, or give it a new date and say why.")
        .fix(renew)
    })
}

/// A deletion that brings a finding back is not to be made without looking.
fn suggested(plan: FixPlan) -> FixPlan {
    FixPlan {
        safety: crate::edit::Safety::Suggest,
        ..plan
    }
}
