//! A dependency that a policy denies, and exceptions that except nothing.

use archwright_grammar::vocabulary::{self, Kind};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        dependencies::{Dependency, Home, dependencies, home},
        facts::{Body, PolicyLine, RefFact},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
        resolve::Resolution,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.policy_denied",
    severity: Severity::Error,
    core: false,
    summary: "A dependency that a policy forbids.",
    subsumes: &[],
    page: include_str!("../../../../../docs/rules/boundary/policy_denied.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// A side of a policy line: a service, context or vendor, or everything.
type Side = Option<Item>;

/// A line with its policy and its sides looked up.
struct Line<'db> {
    policy: Item,
    facts: &'db PolicyLine,
    from: Side,
    to: Side,
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let lines = lines(cx);
    if lines.is_empty() {
        return;
    }
    let mut by_sides: FxHashMap<(Side, Side), Vec<usize>> = FxHashMap::default();
    for (index, line) in lines.iter().enumerate() {
        by_sides.entry((line.from, line.to)).or_default().push(index);
    }
    let mut matched = vec![false; lines.len()];
    let mut inhabited: FxHashSet<Item> = FxHashSet::default();
    for &service in cx.items(Kind::Service).iter() {
        if let Home::Context(context) = home(cx.db, service) {
            inhabited.insert(context);
        }
        let mut reported = FxHashSet::default();
        for dependency in dependencies(cx.db, service).iter() {
            if !judged(cx, dependency) {
                continue;
            }
            let decisive = decide(cx, service, dependency, &by_sides, &lines, &mut matched);
            if let Some(index) = decisive.filter(|index| lines[*index].facts.deny)
                && reported.insert((&dependency.loc, index))
            {
                findings.push(denied(cx, service, dependency, &lines[index]));
            }
        }
    }
    for (line, matched) in lines.iter().zip(matched) {
        findings.extend(without_effect(cx, line, matched, &inhabited));
    }
}

fn lines(cx: Cx<'_>) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for &policy in cx.items(Kind::Policy).iter() {
        // Half a line would deny far more than it is going to.
        if cx.facts(policy).broken {
            continue;
        }
        let Body::Policy(facts) = &cx.facts(policy).body else {
            continue;
        };
        let side = |side: &Option<RefFact>| match side {
            None => Some(None),
            Some(reference) => cx.def(policy, reference).map(|def| Some(def.item)),
        };
        // A line with an unknown name says nothing; the name is reported already.
        lines.extend(facts.lines.iter().filter_map(|facts| {
            Some(Line {
                policy,
                facts,
                from: side(&facts.from)?,
                to: side(&facts.to)?,
            })
        }));
    }
    lines
}

/// Whether policies speak of such a dependency: of vendors only where they are called or sent something.
fn judged(cx: Cx<'_>, dependency: &Dependency) -> bool {
    cx.facts(dependency.target.item).kind != Kind::Vendor
        || matches!(dependency.via, Kind::Calls | Kind::Sends)
}

/// The line that decides about a dependency: the narrowest on its left side, then on its right; of equal ones a `deny`.
fn decide(
    cx: Cx<'_>,
    service: Item,
    dependency: &Dependency,
    by_sides: &FxHashMap<(Side, Side), Vec<usize>>,
    lines: &[Line<'_>],
    matched: &mut [bool],
) -> Option<usize> {
    let sides = |item: Item| -> Vec<Side> {
        let context = match home(cx.db, item) {
            Home::Context(context) => Some(Some(context)),
            _ => None,
        };
        [Some(Some(item)), context, Some(None)]
            .into_iter()
            .flatten()
            .collect()
    };
    let targets = sides(dependency.target.item);
    let mut decisive = None;
    for from in sides(service) {
        for to in &targets {
            for &index in by_sides.get(&(from, *to)).into_iter().flatten() {
                matched[index] = true;
                let best = decisive.get_or_insert(((from, *to), index));
                if best.0 == (from, *to) && lines[index].facts.deny && !lines[best.1].facts.deny {
                    best.1 = index;
                }
            }
        }
    }
    decisive.map(|(_, index)| index)
}

fn denied(cx: Cx<'_>, service: Item, dependency: &Dependency, line: &Line<'_>) -> Finding {
    let policy = cx.name(line.policy);
    let side = |side: Side| side.map_or("*", |item| cx.name(item).as_str());
    let reason = match &line.facts.because {
        Some(reason) => format!(" because \"{reason}\""),
        None => String::new(),
    };
    let message = format!(
        "{}, but policy `{policy}` denies `{} -> {}`{reason}: the system is no longer what was decided",
        dependency.says(cx),
        side(line.from),
        side(line.to)
    );
    let target = dependency.target.item;
    let mut finding = Finding::new(
        RULE.id,
        Severity::Error,
        dependency.element.clone(),
        Place::new(service, dependency.loc.clone()),
        message,
    )
    .help(format!(
        "Remove the dependency, or write the exception into policy `{policy}` with its reason."
    ))
    .related("denied here", Place::new(line.policy, line.facts.loc.clone()));
    // Against a `deny` of just these two no exception can be narrower.
    if line.from != Some(service) || line.to != Some(target) {
        let from = written(cx, line.policy, service, &[Kind::Context, Kind::Service]);
        let to = written(
            cx,
            line.policy,
            target,
            &[Kind::Context, Kind::Service, Kind::Vendor],
        );
        finding = finding.fix(FixPlan::suggest(
            format!("Allow {from} -> {to} in policy {policy}"),
            vec![Step::AddStatement(
                Place::new(line.policy, Loc::head(&[])),
                format!("allow {from} -> {to} because \"say why\""),
            )],
        ));
    }
    finding
}

/// The name of an item as a policy has to write it: with its word where something else has the name, too.
fn written(cx: Cx<'_>, policy: Item, item: Item, want: &[Kind]) -> String {
    let name = cx.name(item);
    let reference = RefFact {
        path: smallvec::SmallVec::from_iter([SmolStr::clone(name)]),
        kind: None,
        loc: Loc::head(&[]),
    };
    match cx.resolution(policy, &reference, want) {
        Resolution::Ambiguous(..) => format!("{} {name}", vocabulary::row(cx.facts(item).kind).word),
        _ => name.to_string(),
    }
}

/// An `allow` that no dependency needs, or a line about a context in which there is nothing.
fn without_effect(
    cx: Cx<'_>,
    line: &Line<'_>,
    matched: bool,
    inhabited: &FxHashSet<Item>,
) -> Option<Finding> {
    if matched {
        return None;
    }
    let empty = [line.from, line.to]
        .into_iter()
        .flatten()
        .find(|side| cx.facts(*side).kind == Kind::Context && !inhabited.contains(side));
    let side = |side: Side| side.map_or("*", |item| cx.name(item).as_str());
    let (from, to) = (side(line.from), side(line.to));
    let (message, help) = match (line.facts.deny, empty) {
        (true, None) => return None,
        (true, Some(context)) => (
            format!(
                "no service stands in context `{}`: `deny {from} -> {to}` protects nothing",
                cx.name(context)
            ),
            "Name the context that is meant, or remove the line.",
        ),
        (false, _) => (
            format!("no dependency matches `allow {from} -> {to}`: it is an exception for nothing"),
            "Remove the line.",
        ),
    };
    let at = Place::new(line.policy, line.facts.loc.clone());
    Some(
        Finding::new(
            RULE.id,
            Severity::Info,
            cx.name(line.policy).clone(),
            at.clone(),
            message,
        )
        .help(help)
        .fix(FixPlan::suggest("Remove the line", vec![Step::Remove(at)])),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, fixed, of_rule};

    const SERVICES: &str = "context Insight { uses Finance }\ncontext Finance\n\
                            service Reporting in Insight { job sum every 1d { calls Billing.total } }\n\
                            service Billing in Finance { endpoint total GET /total }\n";

    fn found(policy: &str) -> Vec<String> {
        of_rule(
            &format!("{SERVICES}policy P {{\n{policy}\n}}\n"),
            "boundary.policy_denied",
        )
    }

    #[test]
    fn a_denied_dependency_quotes_the_reason() {
        assert_eq!(found("deny Insight -> Finance"), ["3 error Reporting.sum"]);
        let lines = check(&format!(
            "{SERVICES}policy P {{ deny * -> Billing because \"it is slow\" }}\n"
        ));
        assert!(lines.iter().any(|line| line.contains("it is slow")), "{lines:?}");
    }

    #[test]
    fn the_narrower_line_decides_first_by_its_left_side() {
        assert!(found("deny Insight -> Finance\nallow Reporting -> *").is_empty());
        assert_eq!(
            found("deny Insight -> Billing\nallow * -> Billing"),
            ["3 error Reporting.sum"]
        );
        assert!(found("deny Insight -> Finance\nallow Insight -> Billing").is_empty());
        assert_eq!(
            found("allow Insight -> Finance\ndeny Insight -> Finance"),
            ["3 error Reporting.sum"]
        );
    }

    #[test]
    fn lines_without_effect_are_worth_knowing() {
        assert_eq!(found("allow Billing -> Reporting"), ["6 info P"]);
        assert!(found("deny Billing -> Reporting").is_empty());
        assert_eq!(
            of_rule(
                &format!("{SERVICES}context Empty\npolicy P {{ deny Empty -> Finance }}\n"),
                "boundary.policy_denied"
            ),
            ["6 info P"]
        );
    }

    #[test]
    fn a_policy_that_is_being_typed_decides_nothing() {
        assert!(found("deny Insight -> ").is_empty());
        assert!(found("deny Insight -> Finance\nallow Reporting").is_empty());
    }

    #[test]
    fn vendors_are_denied_where_they_are_called_or_sent_something() {
        let text = "vendor Mail: postmark\nservice A {\n  entity E { id: uuid @id }\n  job j every 1d {\n    calls Mail\n    sends E.id to Mail\n  }\n}\npolicy P { deny A -> Mail }\n";
        assert_eq!(
            of_rule(text, "boundary.policy_denied"),
            ["5 error A.j", "6 error A.j"]
        );
    }

    #[test]
    fn the_exception_is_written_beside_the_rule() {
        let text = format!("{SERVICES}policy P {{\n  deny Insight -> Finance\n}}\n");
        let allowed = fixed(&text, "Allow Reporting -> Billing in policy P");
        assert!(
            allowed.ends_with(
                "  deny Insight -> Finance\n  allow Reporting -> Billing because \"say why\"\n}\n"
            ),
            "{allowed}"
        );
        assert!(of_rule(&allowed, "boundary.policy_denied").is_empty());
    }
}
