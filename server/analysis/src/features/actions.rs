//! Code actions: repairs of findings, waivers, assists, generation. Edits are computed when an action is chosen.

use std::ops::Range;

use archwright_grammar::{
    ast::{Date, Node},
    vocabulary::{Kind, row},
};
use smol_str::{SmolStr, format_smolstr};

use super::spot::Spot;
use crate::{
    FileId, Snapshot, assists,
    db::Item,
    diagnostic::{Diagnostic, Severity, State},
    edit::{Edit, Safety},
    model::{
        cx::Cx,
        finding::{FixPlan, Place, Step},
        loc::Loc,
    },
    render::Renderer,
    rules::rule,
    scratch::Trial,
};

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What the menu shows.
    pub title: String,
    /// Which sort.
    pub kind: ActionKind,
    /// Whether it is the one to take when in doubt.
    pub preferred: bool,
    /// The finding that it repairs.
    pub code: Option<SmolStr>,
    /// Names it when its edit is asked for.
    pub id: String,
    /// What is to be tried out before it is offered.
    pub trial: Option<Trial>,
}

/// Sorts of actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionKind {
    /// Repairs a finding.
    QuickFix(Safety),
    /// Silences a finding.
    Waive,
    /// Applies all safe repairs of the file. Its edit is made on a copy of the blueprint: see [`crate::scratch`].
    FixAll,
    /// Changes the shape of the blueprint.
    Refactor,
    /// Generates services: this one, or all.
    Generate {
        /// Which; `None` is every service that has a stack.
        service: Option<SmolStr>,
    },
}

/// An action before its edit is computed.
struct Offer {
    action: Action,
    edit: Source,
}

/// Where an action's edit comes from.
enum Source {
    Ready(Edit),
    Plan(FixPlan),
    None,
}

/// The name of the action that applies all safe repairs.
pub const FIX_ALL: &str = "fix-all";

/// How far ahead a suggested waiver ends.
const WAIVER_MONTHS: u8 = 3;

pub(crate) fn actions(snapshot: &Snapshot, file: FileId, range: Range<u32>) -> Vec<Action> {
    offers(snapshot, file, &range)
        .into_iter()
        .map(|offer| offer.action)
        .collect()
}

pub(crate) fn resolve(snapshot: &Snapshot, file: FileId, id: &str) -> Option<Edit> {
    let length = snapshot.files.get(file)?.rope.len_bytes() as u32;
    // Assists are about a place, which their id names; repairs are found wherever the finding is now.
    let range = match id.strip_prefix("assist@").and_then(|rest| rest.split_once('|')) {
        Some((at, _)) => {
            let at: u32 = at.parse().ok()?;
            at..at
        }
        None => 0..length,
    };
    let offer = offers(snapshot, file, &range)
        .into_iter()
        .find(|offer| offer.action.id == id)?;
    match offer.edit {
        Source::Ready(edit) => Some(edit),
        Source::Plan(plan) => renderer(snapshot).fix(&plan).map(|fix| fix.edit),
        Source::None => None,
    }
}

fn renderer(snapshot: &Snapshot) -> Renderer<'_> {
    Renderer::new(&snapshot.db, &snapshot.files, &snapshot.config)
}

fn offers(snapshot: &Snapshot, file: FileId, range: &Range<u32>) -> Vec<Offer> {
    let diagnostics = crate::report::diagnostics(&snapshot.db, &snapshot.files, &snapshot.config, file);
    let mut offers = Vec::new();
    let mut waivers = Vec::new();
    let mut seen: Vec<(String, usize)> = Vec::new();
    for diagnostic in &diagnostics {
        let touched = diagnostic.at.range.start <= range.end && range.start <= diagnostic.at.range.end;
        for fix in &diagnostic.fixes {
            // The same repair of the same element may be offered by several findings: they are counted in text order.
            let name = format!("{}|{}|{}", diagnostic.code, diagnostic.element, fix.title);
            let number = match seen.iter_mut().find(|(known, _)| *known == name) {
                Some((_, count)) => {
                    *count += 1;
                    *count
                }
                None => {
                    seen.push((name.clone(), 0));
                    0
                }
            };
            // An accepted finding may be mended, and needs no waiver.
            if touched && matches!(diagnostic.state, State::New | State::Baselined) {
                offers.push(Offer {
                    action: Action {
                        title: fix.title.clone(),
                        kind: ActionKind::QuickFix(fix.safety),
                        preferred: fix.preferred,
                        code: Some(diagnostic.code.clone()),
                        id: format!("fix|{name}|{number}"),
                        trial: Trial::new(diagnostic, fix, |file| snapshot.path(file).to_owned()),
                    },
                    edit: Source::Ready(fix.edit.clone()),
                });
            }
        }
        if touched && matches!(diagnostic.state, State::New) {
            waivers.extend(waiver(snapshot, file, diagnostic));
        }
    }
    offers.sort_by_key(|offer| !offer.action.preferred);
    let safe = diagnostics
        .iter()
        .filter(|found| matches!(found.state, State::New))
        .any(|found| found.fixes.iter().any(|fix| fix.safety == Safety::Safe));
    if safe {
        offers.push(Offer {
            action: Action {
                title: "Apply all safe fixes of this file".to_owned(),
                kind: ActionKind::FixAll,
                preferred: false,
                code: None,
                id: FIX_ALL.to_owned(),
                trial: None,
            },
            edit: Source::None,
        });
    }
    if let Some(spot) = Spot::at(snapshot, file, range.start) {
        for (title, plan) in assists::all(&spot) {
            offers.push(Offer {
                action: Action {
                    id: format!("assist@{}|{title}", range.start),
                    title,
                    kind: ActionKind::Refactor,
                    preferred: false,
                    code: None,
                    trial: None,
                },
                edit: Source::Plan(plan),
            });
        }
        offers.extend(generation(spot.cx, spot.item));
    }
    // Silence is the last resort.
    offers.extend(waivers);
    offers
}

/// `waive RULE … because "…"` in the block that the finding is about; never the preferred answer.
fn waiver(snapshot: &Snapshot, file: FileId, diagnostic: &Diagnostic) -> Option<Offer> {
    let rule = rule(&diagnostic.code)?;
    if rule.id == "evolution.waiver_stale" || snapshot.config.forbids_waivers_of(rule.id).is_some() {
        return None;
    }
    let spot = Spot::at(snapshot, file, diagnostic.at.range.start)?;
    let depth = spot.nodes.iter().rposition(|node| may_waive(node))?;
    let owner = spot.nodes[depth];
    let dated = diagnostic.severity == Severity::Error
        || matches!(rule.category(), "auth" | "data" | "compliance" | "vendor");
    let until = if dated {
        let Date { year, month, day } = later(snapshot.config.today);
        format!(" until {year:04}-{month:02}-{day:02}")
    } else {
        String::new()
    };
    let name = owner
        .name()
        .map_or_else(|| owner.word.text.clone(), |name| name.text.clone());
    let title = format!("Waive {} for {name}", rule.id);
    let place = Place::new(spot.item, Loc::head(&spot.path[..depth]));
    let plan = FixPlan::suggest(
        title.clone(),
        vec![Step::AddStatement(
            place,
            format!("waive {}{until} because \"say why\"", rule.id),
        )],
    );
    Some(Offer {
        action: Action {
            title,
            kind: ActionKind::Waive,
            preferred: false,
            code: Some(diagnostic.code.clone()),
            trial: None,
            id: format!(
                "waive|{}|{}|{}",
                rule.id, diagnostic.element, diagnostic.at.range.start
            ),
        },
        edit: Source::Plan(plan),
    })
}

/// A call's waiver reads better in the operation that calls, where the others stand.
fn may_waive(node: &Node) -> bool {
    node.kind() != Kind::Calls
        && node
            .form
            .block
            .place()
            .is_some_and(|place| row(Kind::Waive).places.contains(&place))
}

/// The same day some months later; the 28th at most, which every month has.
const fn later(date: Date) -> Date {
    let month = date.month as u16 - 1 + WAIVER_MONTHS as u16;
    let day = if date.day > 28 { 28 } else { date.day };
    Date {
        year: date.year + month / 12,
        month: (month % 12) as u8 + 1,
        day,
    }
}

/// Generation of the service at hand, and of all.
fn generation(cx: Cx<'_>, item: Item) -> Vec<Offer> {
    let mut titles: Vec<(String, Option<SmolStr>)> = Vec::new();
    let system = cx.system();
    if let Some(service) = cx.service(item) {
        let stack = service
            .stack
            .as_ref()
            .or_else(|| system.and_then(|(_, system)| system.stack.as_ref()));
        if stack.is_some_and(|(stack, _)| stack != "none") {
            let name = cx.name(item).clone();
            titles.push((format!("Generate service {name}"), Some(name)));
        }
    }
    if let Some((system_item, _)) = system
        && (system_item == item || !titles.is_empty())
    {
        titles.push((
            format!("Generate every service of {}", cx.name(system_item)),
            None,
        ));
    }
    titles
        .into_iter()
        .map(|(title, service)| Offer {
            action: Action {
                id: format_smolstr!("generate|{}", service.clone().unwrap_or_default()).into(),
                title,
                kind: ActionKind::Generate { service },
                preferred: false,
                code: None,
                trial: None,
            },
            edit: Source::None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{ActionKind, later};
    use crate::{features::testing::Marked, testing::host};
    use archwright_grammar::ast::Date;

    /// Titles at the cursor.
    fn titles(text: &str) -> Vec<String> {
        let marked = Marked::new(text);
        let host = host(&marked.text);
        let file = host.file("main.arch").expect("loaded");
        let actions = host
            .snapshot()
            .actions(file, marked.offset..marked.offset)
            .expect("nothing writes");
        actions.into_iter().map(|action| action.title).collect()
    }

    /// The text after the action with a title.
    fn after(text: &str, title: &str) -> String {
        let marked = Marked::new(text);
        let host = host(&marked.text);
        let file = host.file("main.arch").expect("loaded");
        let snapshot = host.snapshot();
        let actions = snapshot
            .actions(file, marked.offset..marked.offset)
            .expect("nothing writes");
        let action = actions.iter().find(|action| action.title == title).expect(title);
        let edit = snapshot
            .resolve_action(file, &action.id)
            .expect("nothing writes")
            .expect("it still can be done");
        let mut text = marked.text;
        for (_, edits) in &edit.files {
            for edit in edits.iter().rev() {
                text.replace_range(edit.range.start as usize..edit.range.end as usize, &edit.text);
            }
        }
        text
    }

    const CALLS: &str = "service A {\n  endpoint one GET /v1/one -> { ok: bool } {\n    public because \"demo\"\n    cal$0ls B.two\n  }\n}\n\
        service B { endpoint two GET /v1/two -> { ok: bool } { public because \"demo\" } }\n";

    #[test]
    fn repairs_come_first_and_waivers_last() {
        let titles = titles(CALLS);
        let waiver = titles
            .iter()
            .position(|title| title == "Waive scale.call_without_timeout for one");
        let repair = titles
            .iter()
            .position(|title| title.contains("timeout") && !title.starts_with("Waive"));
        assert!(repair.is_some() && repair < waiver, "{titles:?}");
    }

    #[test]
    fn a_waiver_stands_in_the_block_it_is_about() {
        let text = after(CALLS, "Waive scale.call_without_timeout for one");
        assert!(
            text.contains("    calls B.two\n    waive scale.call_without_timeout because \"say why\"\n  }\n"),
            "{text}"
        );
    }

    #[test]
    fn generation_is_offered_where_there_is_a_stack() {
        let text = "system S { stack python }\nservice A$0 {\n  store Db: postgres\n}\n";
        assert!(titles(text).contains(&"Generate service A".to_owned()));
        assert!(titles(text).contains(&"Generate every service of S".to_owned()));
        let none = "system S { stack python }\nservice A$0 {\n  stack none\n}\n";
        assert!(!titles(none).iter().any(|title| title.starts_with("Generate")));
    }

    #[test]
    fn an_action_that_is_gone_gives_nothing() {
        let host = host("service A { }\n");
        let file = host.file("main.arch").expect("loaded");
        let answer = host
            .snapshot()
            .resolve_action(file, "fix|auth.missing_authorization|A.one|Allow X|0");
        assert_eq!(answer, Ok(None));
    }

    #[test]
    fn a_missing_role_can_be_made() {
        let text =
            "service A {\n  auth none\n  endpoint one GET /v1/one -> { ok: bool } { allow Audi$0tor }\n}\n";
        let text = after(text, "Create role Auditor");
        assert!(text.ends_with("}\n\nrole Auditor\n"), "{text}");
    }

    #[test]
    fn dates_stay_in_the_calendar() {
        assert_eq!(
            later(Date {
                year: 2026,
                month: 11,
                day: 30
            }),
            Date {
                year: 2027,
                month: 2,
                day: 28
            }
        );
        assert_eq!(
            later(Date {
                year: 2026,
                month: 9,
                day: 1
            }),
            Date {
                year: 2026,
                month: 12,
                day: 1
            }
        );
    }

    #[test]
    fn kinds_tell_sorts_apart() {
        let marked = Marked::new(CALLS);
        let host = host(&marked.text);
        let file = host.file("main.arch").expect("loaded");
        let actions = host
            .snapshot()
            .actions(file, marked.offset..marked.offset)
            .expect("nothing writes");
        assert!(actions.iter().all(|action| matches!(
            action.kind,
            ActionKind::QuickFix(_) | ActionKind::Waive
        ) == action.code.is_some()));
    }
}
