//! Something that is going away is still used.

use archwright_grammar::{
    ast::{Date, Literal},
    vocabulary::Kind,
};
use smol_str::SmolStr;

use crate::{
    db::{Item, parsed, resolved},
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        facts::{AttributeArgFact, Body, ExprFactKind, Field, Service},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
        resolved::element,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "api.deprecated_in_use",
    severity: Severity::Warning,
    summary: "Something that is going away is still used.",
    page: include_str!("../../../../../docs/rules/api/deprecated_in_use.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// What is said of something that goes away.
struct Going {
    because: SmolStr,
    sunset: Option<Date>,
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let service = cx.service(item);
    let tree = parsed(cx.db, item);
    for (loc, target) in resolved(cx.db, item).refs() {
        // A service's own parts change with what they use.
        if target.item == item || !may_go(target.kind) {
            continue;
        }
        let Some(node) = loc.node(tree) else { continue };
        if !uses(node.kind()) {
            continue;
        }
        findings.extend(judge(cx, item, service, loc, *target));
    }
    for (loc, target) in service.into_iter().flat_map(|service| projected(cx, item, service)) {
        findings.extend(judge(cx, item, service, &loc, target));
    }
}

/// Whether something of this kind can be deprecated. Cheap, because it is asked of every reference.
const fn may_go(kind: DefKind) -> bool {
    matches!(
        kind,
        DefKind::Op(_)
            | DefKind::Event(_)
            | DefKind::EntityField(..)
            | DefKind::TypeField(..)
            | DefKind::EventField(..)
            | DefKind::ItemField(_)
    )
}

/// Whether such a statement uses what it names. To forward, to allow and to emit is to offer it.
const fn uses(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Calls
            | Kind::Compensated
            | Kind::ClientUses
            | Kind::Listens
            | Kind::Handler
            | Kind::Invalidated
            | Kind::Sends
            | Kind::Log
            | Kind::Where
            | Kind::Order
    )
}

/// The fields of other services that projections of a service keep.
fn projected(cx: Cx<'_>, item: Item, service: &Service) -> Vec<(Loc, Def)> {
    let mut found = Vec::new();
    for (index, def) in service.types.iter().enumerate() {
        if def.of.as_ref().and_then(|of| cx.def(item, of)).is_none_or(|of| of.item == item) {
            continue;
        }
        let fields = cx.fields_of(Def {
            item,
            kind: DefKind::Type(index as u16),
        });
        for (name, loc) in &def.projected {
            let field = fields.iter().find(|(_, field)| field.name == *name);
            found.extend(field.map(|(def, _)| (loc.clone(), *def)));
        }
    }
    found
}

fn judge(
    cx: Cx<'_>,
    item: Item,
    service: Option<&Service>,
    loc: &Loc,
    target: Def,
) -> Option<Finding> {
    let going = going(cx, target)?;
    // What goes away itself need not be moved.
    let user = service.and_then(|service| service.ops.iter().find(|op| loc.path.starts_with(&op.loc.path)));
    if user.is_some_and(|op| op.deprecated.is_some()) {
        return None;
    }
    let name = cx.qualified(target);
    let element = element(cx.facts(item), &loc.path, parsed(cx.db, item).node.as_ref());
    let because = if going.because.trim().is_empty() {
        String::new()
    } else {
        format!(" (\"{}\")", going.because)
    };
    let (severity, so) = match going.sunset {
        Some(date) if date < cx.today() => (
            RULE.severity,
            format!(
                "it was to be gone by {:04}-{:02}-{:02}, and `{element}` breaks on the day on which it is",
                date.year, date.month, date.day
            ),
        ),
        Some(date) => (
            RULE.severity,
            format!("on {:04}-{:02}-{:02} it is gone, and `{element}` breaks", date.year, date.month, date.day),
        ),
        None => (
            Severity::Info,
            format!("nobody says when it is gone, so `{element}` may break any day"),
        ),
    };
    let message = format!("`{element}` uses `{name}`, which is deprecated{because}: {so}");
    let place = Place::new(item, loc.clone());
    let finding = Finding::new(RULE.id, severity, element, place.clone(), message)
        .help("Use what takes its place.")
        .related("deprecated here", cx.place(target));
    let Some((successor, used)) = successor(cx, item, target, &going.because) else {
        return Some(finding);
    };
    if used {
        // A client that uses what takes its place already has only to let go of it. A line that names more is not to be removed.
        let listed = resolved(cx.db, item).refs().iter().filter(|(other, _)| other.path == loc.path);
        let client = matches!(cx.facts(item).body, Body::Client(_)) && listed.count() == 1;
        return Some(if client {
            finding.fix(FixPlan::suggest(format!("Use {name} no more"), vec![Step::Remove(place)]))
        } else {
            finding
        });
    }
    let step = Step::Replace(place, successor.to_string());
    Some(finding.fix(FixPlan::suggest(format!("Use {successor} instead"), vec![step]).preferred()))
}

/// Why and when something goes away; `None` for what stays.
fn going(cx: Cx<'_>, target: Def) -> Option<Going> {
    let stated = match target.kind {
        DefKind::Op(_) => target.op(cx.db)?.deprecated.as_ref(),
        DefKind::Event(_) => target.event(cx.db)?.deprecated.as_ref(),
        _ => return of_field(target.field(cx.db)?),
    };
    stated.map(|stated| Going {
        because: stated.because.clone(),
        sunset: stated.sunset,
    })
}

fn of_field(field: &Field) -> Option<Going> {
    let attribute = field
        .attributes
        .iter()
        .find(|attribute| attribute.name == "deprecated")?;
    let mut going = Going {
        because: SmolStr::default(),
        sunset: None,
    };
    for argument in &attribute.args {
        let AttributeArgFact::Value(_, value) = argument else {
            continue;
        };
        match &value.kind {
            ExprFactKind::Literal(Literal::String(text)) => going.because = text.clone(),
            ExprFactKind::Literal(Literal::Date(date)) => going.sunset = Some(*date),
            _ => {}
        }
    }
    Some(going)
}

/// The endpoint that the reason names: `use place_order`; and whether it is used there already.
fn successor(cx: Cx<'_>, item: Item, target: Def, because: &str) -> Option<(SmolStr, bool)> {
    target.op(cx.db)?;
    let name = because
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')))
        .map(|word| word.trim_matches('.'))
        .map(|word| word.rsplit('.').next().unwrap_or(word))
        .find_map(|word| {
            let other = cx.ops(target.item).find(|op| op.op.name == word && op.op.is_endpoint())?;
            (other.def != target && other.op.deprecated.is_none()).then_some(other.def)
        })?;
    let used = resolved(cx.db, item)
        .refs()
        .iter()
        .any(|(loc, def)| *def == name && !matches!(loc.part, Part::Name));
    Some((cx.qualified(name), used))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn blueprint(deprecated: &str, more: &str) -> String {
        format!(
            "service Orders {{
  entity Order {{ id: uuid @id; old: string @deprecated(\"use new_one\"); new_one: string }}
  event Placed v1 {{ key id; id: uuid; {deprecated} }}
  endpoint find GET /v1/find -> {{ count: int }} {{ {deprecated} }}
  endpoint search GET /v1/orders -> {{ count: int }}
  job own every 1d {{ calls Orders.find; emits Placed; reads Order }}
}}
vendor V: http {{ timeout 1s }}
{more}
"
        )
    }

    #[test]
    fn a_client_lets_go_of_what_it_has_replaced() {
        let text = blueprint(
            "deprecated \"use search\" sunset 2027-01-01",
            "client C: web { uses Orders.search; uses Orders.find }",
        );
        let fixed = fixed(&text, "Use Orders.find no more");
        assert!(fixed.contains("{ uses Orders.search }"), "{fixed}");
    }

    #[test]
    fn callers_clients_and_handlers_are_told() {
        let of = |more: &str| of_rule(&blueprint("deprecated \"use search\" sunset 2027-01-01", more), RULE.id);
        assert_eq!(of("client C: web { uses Orders.find }"), ["9 warning C"]);
        assert_eq!(of("client C: web { listens Orders.Placed }"), ["9 warning C"]);
        assert_eq!(
            of("service S { job j every 1d { calls Orders.find } }"),
            ["9 warning S.j"]
        );
        assert_eq!(
            of("service S { on Orders.Placed as h { dead_letter } }"),
            ["9 warning S.h"]
        );
        let none: [&str; 0] = [];
        assert_eq!(of("client C: web { uses Orders, Orders.search }"), none);
        assert_eq!(of("service E { kind gateway; route /v1/find -> Orders.find }"), none);
        assert_eq!(
            of("service S { endpoint e GET /v1/e -> { n: int } { deprecated \"x\"; calls Orders.find } }"),
            none
        );
    }

    #[test]
    fn without_a_date_it_is_information() {
        let text = blueprint("deprecated \"use search\"", "client C: web { uses Orders.find }");
        assert_eq!(of_rule(&text, RULE.id), ["9 info C"]);
        assert!(fixed(&text, "Use Orders.search instead").contains("uses Orders.search }"));
    }

    #[test]
    fn fields_that_go_away_count_for_others() {
        let of = |more: &str| of_rule(&blueprint("", more), RULE.id);
        assert_eq!(
            of("service S { job j every 1d { sends Orders.Order.old to V } }"),
            ["9 info S.j"]
        );
        assert_eq!(of("service S { type Card of Orders.Order { id, old } }"), ["9 info S.Card.old"]);
        assert_eq!(of("service S { job j every 1d { sends Orders.Order.new_one to V } }"), [""; 0]);
    }
}
