//! An event brings about itself.

use std::{collections::BTreeMap, sync::Arc};

use archwright_grammar::{ast::Literal, vocabulary::Kind};
use rustc_hash::FxHashMap;

use crate::{
    db::{Db, Item, items_of, resolved},
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        event_flow::flow_of,
        facts::{ExprFact, ExprFactKind},
        finding::{Finding, FixPlan, Place, Step},
        graph::{circles, shortest_way},
        loc::Loc,
    },
    rules::{Check, Rule, told},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.event_loop",
    severity: Severity::Warning,
    summary: "An event brings about itself, and nothing stops it.",
    cwe: &[835, 674],
    page: include_str!("../../../../../docs/rules/event/event_loop.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many events of a long circle stand in the message.
const SHOWN: usize = 8;

/// A handler that answers one event with another.
#[derive(Debug, Clone, PartialEq)]
struct Hop {
    from: Def,
    to: Def,
    handler: Def,
    /// The event in `emits`.
    emits: Loc,
}

/// The hops of one service's handlers that go on whatever the state; `None` where there is none.
#[salsa::tracked(returns(ref))]
fn hops_of(db: &dyn Db, item: Item) -> Option<Arc<[Hop]>> {
    let cx = Cx { db };
    let flow = flow_of(db, item).as_ref()?;
    let mut hops = Vec::new();
    for handled in &flow.handles {
        let emits = flow.emits.iter().filter(|emitted| emitted.by == handled.by);
        let mut emits = emits.peekable();
        if emits.peek().is_none() || cx.op(handled.by).is_none_or(|op| guarded(cx, op)) {
            continue;
        }
        // Whoever emits a stranger's event again is told so by `event.foreign_emit`.
        let emits = emits.filter(|emitted| emitted.event != handled.event || emitted.event.item == item);
        hops.extend(emits.map(|emitted| Hop {
            from: handled.event,
            to: emitted.event,
            handler: handled.by,
            emits: emitted.loc.clone(),
        }));
    }
    (!hops.is_empty()).then(|| Arc::from(hops))
}

/// Whether a handler runs a query that looks at a state: then it goes on only while that holds.
fn guarded(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    op.op.runs.iter().any(|run| {
        // What is unknown may be a guard.
        let Some(query) = cx.def(op.def.item, &run.query) else {
            return true;
        };
        let predicate = query.query(cx.db).and_then(|query| query.predicate.as_ref());
        predicate.is_some_and(|(predicate, _)| looks_at_state(cx, query.item, predicate))
    })
}

/// Whether a condition compares something with a value out of a closed set, or with nothing.
fn looks_at_state(cx: Cx<'_>, item: Item, predicate: &ExprFact) -> bool {
    let mut found = false;
    let state = |expr: &ExprFact| match &expr.kind {
        ExprFactKind::Literal(Literal::Bool(_)) => true,
        ExprFactKind::Ref(reference) => resolved(cx.db, item)
            .get(&reference.loc)
            .is_some_and(|def| matches!(def.kind, DefKind::EnumMember(..) | DefKind::ItemMember(_))),
        _ => false,
    };
    predicate.walk(&mut |expr| {
        found |= match &expr.kind {
            ExprFactKind::Compare(left, _, right) => state(left) || state(right),
            ExprFactKind::In(_, list) => list.iter().any(state),
            ExprFactKind::IsNull(..) => true,
            _ => false,
        };
    });
    found
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let hops: Vec<&Hop> = items_of(cx.db, Kind::Service)
        .iter()
        .filter_map(|&item| hops_of(cx.db, item).as_ref())
        .flat_map(|hops| hops.iter())
        .collect();
    if hops.is_empty() {
        return;
    }
    let mut events: Vec<Def> = Vec::new();
    let mut numbers: FxHashMap<Def, usize> = FxHashMap::default();
    let mut number = |event: Def| {
        *numbers.entry(event).or_insert_with(|| {
            events.push(event);
            events.len() - 1
        })
    };
    let mut edges: BTreeMap<(usize, usize), Vec<&Hop>> = BTreeMap::new();
    for hop in hops {
        let edge = (number(hop.from), number(hop.to));
        edges.entry(edge).or_default().push(hop);
    }
    let mut successors = vec![Vec::new(); events.len()];
    for &(from, to) in edges.keys() {
        successors[from].push(to);
    }
    for members in circles(&successors) {
        findings.extend(finding(cx, &events, &successors, &edges, &members));
    }
    // An event that is answered with itself is no circle of several.
    for (edge, hops) in edges.iter().filter(|((from, to), _)| from == to) {
        findings.extend(report(cx, &events, &[hops.as_slice()], &[edge.0]));
    }
}

fn finding(
    cx: Cx<'_>,
    events: &[Def],
    successors: &[Vec<usize>],
    edges: &BTreeMap<(usize, usize), Vec<&Hop>>,
    members: &[usize],
) -> Option<Finding> {
    let inside = |node: usize| members.binary_search(&node).is_ok();
    let (&(from, to), _) = edges
        .iter()
        .filter(|((from, to), _)| from != to && inside(*from) && inside(*to))
        .min_by_key(|(_, hops)| hops.len())?;
    let back = shortest_way(successors, to, from, inside)?;
    let mut way = vec![from];
    way.extend(&back);
    let hops: Vec<&[&Hop]> = way
        .windows(2)
        .filter_map(|edge| edges.get(&(edge[0], edge[1])).map(Vec::as_slice))
        .collect();
    report(cx, events, &hops, members)
}

/// One circle: its edges in order, the one to cut first.
fn report(cx: Cx<'_>, events: &[Def], edges: &[&[&Hop]], members: &[usize]) -> Option<Finding> {
    let first = *edges.first()?.first()?;
    let element = cx.qualified(first.handler);
    let mut names: Vec<String> = edges
        .iter()
        .filter_map(|hops| hops.first())
        .map(|hop| cx.qualified(hop.from).to_string())
        .collect();
    names.push(cx.qualified(first.from).to_string());
    let more = (members.len() + 1).saturating_sub(names.len());
    if names.len() > SHOWN {
        names.splice(SHOWN - 3..names.len() - 2, ["…".to_owned()]);
    }
    let knot = match more {
        0 => String::new(),
        1 => "; one more event hangs in the same knot".to_owned(),
        more => format!("; {more} more events hang in the same knot"),
    };
    let message = format!(
        "`{element}` answers `{}` with `{}`, which leads back to it, {}, and no `where` on the way stops it: one message becomes messages without end{knot}",
        cx.qualified(first.from),
        cx.qualified(first.to),
        names.join(" → "),
    );
    let place = Place::new(first.handler.item, first.emits.clone());
    let mut finding = Finding::new(RULE.id, RULE.severity, element, place, message).help(
        "Emit nothing on the last step, or run a query that looks at the state first: `where status == open`.",
    );
    finding = finding.known_by(members.iter().map(|member| cx.qualified(events[*member])));
    for hop in edges.iter().flat_map(|hops| hops.iter()).take(told::RELATED) {
        let says = format!(
            "`{}` answers `{}` with `{}`",
            cx.qualified(hop.handler),
            cx.qualified(hop.from),
            cx.qualified(hop.to)
        );
        finding = finding.related(says, Place::new(hop.handler.item, hop.emits.clone()));
    }
    if let [[only], ..] = edges
        && let Some(statement) = alone(cx, only)
    {
        let title = format!("Let {} emit nothing", cx.qualified(only.handler));
        let step = Step::Remove(Place::new(only.handler.item, statement));
        finding = finding.fix(FixPlan::refactor(title, vec![step]));
    }
    Some(finding)
}

/// The `emits` of a hop, if nothing else stands in it.
fn alone(cx: Cx<'_>, hop: &Hop) -> Option<Loc> {
    let emits = &cx.op(hop.handler)?.op.emits;
    (emits.len() == 1).then(|| Loc::head(&hop.emits.path))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check as all, fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, RULE.id)
    }

    const A: &str = "service A {
  enum State { open, done }
  entity E { id: uuid @id; state: State; at: instant? }
  event X v1 { key e; e: uuid }
  query open_ones -> [E] { where state == open; limit 9 }
  query late_ones -> [E] { where at is null; limit 9 }
  query named (e: uuid) -> [E] { where id == e; limit 9 }
";

    fn two(a: &str, b: &str) -> String {
        format!(
            "{A}  on B.Y as back {{ {a} }}\n}}\nservice B {{\n  event Y v1 {{ key e; e: uuid }}\n  on A.X as forth {{ {b} }}\n}}\n"
        )
    }

    #[test]
    fn a_circle_of_events_is_found_once() {
        let text = two("emits X", "emits Y");
        assert_eq!(check(&text), ["8 warning A.back"]);
        let lines = all(&text);
        assert!(lines.iter().any(|line| line.contains("B.Y → A.X → B.Y")), "{lines:#?}");
    }

    #[test]
    fn a_state_that_is_looked_at_stops_it() {
        assert!(check(&two("runs open_ones; emits X", "emits Y")).is_empty());
        assert!(check(&two("runs late_ones; emits X", "emits Y")).is_empty());
        assert_eq!(check(&two("runs named; emits X", "emits Y")).len(), 1);
        assert_eq!(check(&two("idempotent by e; emits X", "emits Y")).len(), 1);
    }

    #[test]
    fn a_chain_ends() {
        assert!(check(&two("emits X", "reads A.E")).is_empty());
        // Requests and replies are two events, and whoever gets the reply asks no more.
        let asks = "service A {\n  event Asked v1 { id: uuid }\n  job ask every 1h { emits Asked }\n  on B.Answered as hear\n}\n\
                    service B {\n  event Answered v1 { id: uuid }\n  on A.Asked as answer { emits Answered }\n}\n";
        assert!(check(asks).is_empty());
    }

    #[test]
    fn an_event_can_be_answered_with_itself() {
        assert_eq!(check(&format!("{A}  on X as again {{ emits X }}\n}}\n")), ["8 warning A.again"]);
    }

    #[test]
    fn the_step_can_be_the_last_one() {
        let after = fixed(&two("idempotent; emits X", "emits Y"), "Let A.back emit nothing");
        assert!(after.contains("as back { idempotent }"), "{after}");
        assert!(check(&after).is_empty());
    }

    #[test]
    fn the_edge_with_the_fewest_handlers_has_the_finding() {
        let text = two("emits X", "emits Y").replace("  on A.X", "  on A.X as too { emits Y }\n  on A.X");
        assert_eq!(check(&text), ["8 warning A.back"]);
        let text = two("emits X", "emits Y").replace("  on B.Y", "  on B.Y as too { emits X }\n  on B.Y");
        assert_eq!(check(&text), ["13 warning B.forth"]);
    }
}
