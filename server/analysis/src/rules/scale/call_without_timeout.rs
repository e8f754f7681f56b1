//! A call says nowhere how long it may take.

use std::collections::BTreeMap;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        facts::Setting,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.call_without_timeout",
    severity: Severity::Warning,
    core: true,
    summary: "A call that may wait for ever.",
    subsumes: &[],
    cwe: &[1088],
    thresholds: &[Threshold {
        name: "merged",
        default: 3,
        counts: "calls of one service that are told one by one; more are one finding",
    }],
    page: include_str!("../../../../../docs/rules/scale/call_without_timeout.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

const CALL_TIMEOUT: &str = "timeout 300ms";
const VENDOR_TIMEOUT: &str = "timeout 10s";

/// The statement without a timeout.
enum How {
    /// `calls`
    Call,
    /// `calls` with a `timeout off`, and where that stands.
    CallOff(Loc),
    /// `sends … to` and `erases … at`, which take no timeout of their own: with the words for it.
    Vendor(&'static str),
}

/// One callee of one operation for which no timeout is in effect.
struct Untimed<'db> {
    op: OpRef<'db>,
    target: Def,
    statement: Loc,
    how: How,
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let all: Vec<Untimed<'_>> = cx.ops(item).flat_map(|op| untimed(cx, op)).collect();
    if all.len() <= cx.threshold(&RULE, "merged") as usize {
        findings.extend(all.iter().map(|one| report(cx, one)));
        return;
    }
    let element = cx.name(item);
    let message = format!(
        "{} calls of `{element}` say nowhere how long they may take: when one of the others hangs, it hangs too",
        all.len()
    );
    let place = Place::new(item, Loc::at(&[], Part::Name));
    let mut finding = Finding::new(RULE.id, RULE.severity, element.clone(), place, message)
        .help("Give each call a `timeout`, or state one at the endpoint or vendor that is called.");
    let mut steps = Vec::new();
    let mut vendors: Vec<Item> = Vec::new();
    for one in &all {
        finding = finding.related(
            format!("`{}` has no timeout here", cx.qualified(one.target)),
            one.place(),
        );
        if one.is_call() {
            steps.push(one.call_step());
        } else if !vendors.contains(&one.target.item) {
            vendors.push(one.target.item);
            steps.push(vendor_step(cx, one.target));
        }
    }
    findings.push(finding.fix(FixPlan::suggest(
        format!("Give each of the {} calls a timeout", all.len()),
        steps,
    )));
}

/// The callees of an operation without a timeout in effect, each with its first statement. Calls within the service go
/// over no wire.
fn untimed<'db>(cx: Cx<'db>, op: OpRef<'db>) -> Vec<Untimed<'db>> {
    let item = op.def.item;
    let mut timed: Vec<Def> = Vec::new();
    // By place, so that the first statement about a callee speaks for all.
    let mut open: BTreeMap<Loc, Untimed<'db>> = BTreeMap::new();
    for call in &op.op.calls {
        let Some(target) = cx.def(item, &call.target).filter(|target| target.item != item) else {
            continue;
        };
        match &call.timeout {
            Setting::Set(..) => timed.push(target),
            Setting::Absent if has_default(cx, target) => {}
            setting => {
                let how = setting.loc().map_or(How::Call, |off| How::CallOff(off.clone()));
                open.insert(
                    call.loc.clone(),
                    Untimed {
                        op,
                        target,
                        statement: call.loc.clone(),
                        how,
                    },
                );
            }
        }
    }
    let sends = op
        .op
        .sends
        .iter()
        .map(|send| (&send.vendor, &send.loc, "sends to"));
    let erases = op
        .op
        .touches
        .iter()
        .flat_map(|touch| &touch.at)
        .map(|vendor| (vendor, &vendor.loc, "erases at"));
    for (vendor, statement, words) in sends.chain(erases) {
        let Some(target) = cx.def(item, vendor).filter(|target| !has_default(cx, *target)) else {
            continue;
        };
        let how = How::Vendor(words);
        open.insert(
            statement.clone(),
            Untimed {
                op,
                target,
                statement: statement.clone(),
                how,
            },
        );
    }
    let mut seen: Vec<Def> = Vec::new();
    open.into_values()
        .filter(|one| {
            // What a call to a vendor says holds for all that the operation does there; endpoints are called one by one.
            let covered = one.target.kind == DefKind::Item && timed.contains(&one.target);
            let first = !seen.contains(&one.target);
            seen.push(one.target);
            first && !covered
        })
        .collect()
}

/// Whether the callee states how long it may take. Of what is broken nothing is held against the caller.
fn has_default(cx: Cx<'_>, target: Def) -> bool {
    if cx.facts(target.item).broken || cx.system().is_some_and(|(system, _)| cx.facts(system).broken) {
        return true;
    }
    match cx.op(target) {
        Some(op) => cx.effective(op, |settings| &settings.timeout).0.set().is_some(),
        None => cx
            .vendor(target.item)
            .is_none_or(|vendor| vendor.timeout.set().is_some()),
    }
}

fn report(cx: Cx<'_>, one: &Untimed<'_>) -> Finding {
    let element = cx.qualified(one.op.def);
    let target = cx.qualified(one.target);
    let vendor = one.target.kind == DefKind::Item;
    let verb = if let How::Vendor(words) = one.how {
        words
    } else {
        "calls"
    };
    let message = format!(
        "`{element}` {verb} `{target}`, and nothing says how long that may take: when `{target}` hangs, `{element}` hangs with it"
    );
    let help = if vendor {
        "Give the vendor a `timeout`, or the call."
    } else {
        "Give the call a `timeout`, or state one at the endpoint that is called."
    };
    let mut finding = Finding::new(RULE.id, RULE.severity, element, one.place(), message).help(help);
    if vendor {
        let title = format!(
            "Give vendor {target} a {}",
            VENDOR_TIMEOUT.replacen(' ', " of ", 1)
        );
        finding = finding.fix(FixPlan::suggest(title, vec![vendor_step(cx, one.target)]).preferred());
    }
    if one.is_call() {
        let title = format!("Give the call a {}", CALL_TIMEOUT.replacen(' ', " of ", 1));
        let fix = FixPlan::suggest(title, vec![one.call_step()]);
        finding = finding.fix(if vendor { fix } else { fix.preferred() });
    }
    finding
}

impl Untimed<'_> {
    fn place(&self) -> Place {
        Place::new(self.op.def.item, self.statement.clone())
    }

    const fn is_call(&self) -> bool {
        !matches!(self.how, How::Vendor(_))
    }

    fn call_step(&self) -> Step {
        match &self.how {
            How::CallOff(off) => {
                Step::Replace(Place::new(self.op.def.item, off.clone()), CALL_TIMEOUT.to_owned())
            }
            _ => Step::AddStatement(self.place(), CALL_TIMEOUT.to_owned()),
        }
    }
}

fn vendor_step(cx: Cx<'_>, vendor: Def) -> Step {
    let off = cx
        .vendor(vendor.item)
        .filter(|facts| facts.timeout.is_off())
        .and_then(|facts| facts.timeout.loc());
    match off {
        Some(off) => Step::Replace(Place::new(vendor.item, off.clone()), VENDOR_TIMEOUT.to_owned()),
        None => Step::AddStatement(
            Place::new(vendor.item, Loc::at(&[], Part::Name)),
            VENDOR_TIMEOUT.to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn service(job: &str) -> String {
        format!(
            "vendor Stripe: stripe
service Orders {{
  entity Order {{ id: uuid @id; total: money }}
  job run every 1h {{ {job} }}
}}
service Stock {{
  endpoint count GET /v1/count -> {{ count: int }}
  endpoint kits GET /v1/kits -> {{ count: int }} {{ timeout 1s }}
  endpoint slips GET /v1/slips -> {{ count: int }}
}}
"
        )
    }

    #[test]
    fn the_nearest_statement_holds() {
        let of = |job: &str| of_rule(&service(job), RULE.id);
        assert_eq!(of("calls Stock.count"), ["4 warning Orders.run"]);
        assert_eq!(of("calls Stock.count { timeout 1s }"), [""; 0]);
        assert_eq!(of("calls Stock.kits"), [""; 0]);
        assert_eq!(of("calls Stock.kits { timeout off }"), ["4 warning Orders.run"]);
        assert_eq!(
            of("sends Order.total to Stripe; calls Stripe"),
            ["4 warning Orders.run"]
        );
        assert_eq!(of("erases Order at Stripe"), ["4 warning Orders.run"]);
        assert_eq!(
            of("sends Order.total to Stripe; calls Stripe { timeout 1s }"),
            [""; 0]
        );
    }

    #[test]
    fn one_callee_counts_once_for_each_operation() {
        let text =
            service("calls Stock.count; calls Stock.count { retry 2 }; calls Stock.slips; calls Stripe");
        assert_eq!(of_rule(&text, RULE.id).len(), 3);
        let more = text.replace(
            "  job run",
            "  job also every 1d { calls Stock.count }\n  job run",
        );
        assert_eq!(of_rule(&more, RULE.id), ["2 warning Orders"]);
        let after = fixed(&more, "Give each of the 4 calls a timeout");
        assert!(
            after.contains("calls Stock.count { timeout 300ms }; calls Stock.count { retry 2 }"),
            "{after}"
        );
    }

    #[test]
    fn off_is_replaced() {
        let text = service("calls Stock.kits { timeout off }");
        assert!(
            fixed(&text, "Give the call a timeout of 300ms").contains("calls Stock.kits { timeout 300ms }")
        );
        assert!(
            fixed(&service("calls Stripe"), "Give vendor Stripe a timeout of 10s")
                .starts_with("vendor Stripe: stripe { timeout 10s }")
        );
    }
}
