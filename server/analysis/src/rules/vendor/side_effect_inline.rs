//! A user waits while a message is handed to somebody else.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::{Op, RefFact},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
        transfers::vendor_kind,
        vendor_kinds::{Purpose, VendorKind},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "vendor.side_effect_inline",
    severity: Severity::Warning,
    summary: "A request waits for a message to be sent.",
    page: include_str!("../../../../../docs/rules/vendor/side_effect_inline.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// A use of a vendor that has no business in a request.
pub(super) struct Inline {
    /// The operation.
    pub op: Def,
    /// The vendor.
    pub vendor: Item,
    /// The first statement about it.
    statement: Loc,
    /// Whether that is a `sends`.
    sends: bool,
    kind: &'static VendorKind,
}

/// First words of names that say that the sending is what the operation is for.
const MESSENGERS: [&str; 9] = [
    "send", "resend", "mail", "email", "text", "message", "notify", "remind", "contact",
];

/// What the endpoints of a service that people use hand to vendors for messages, analytics and customers, each vendor once.
pub(super) fn inline_effects(cx: Cx<'_>, item: Item) -> Vec<Inline> {
    let mut found: Vec<Inline> = Vec::new();
    for op in cx.ops(item) {
        if (op.op.sends.is_empty() && op.op.calls.is_empty()) || !op.op.is_endpoint() || !cx.external(op) {
            continue;
        }
        let sends = op.op.sends.iter().map(|send| (&send.vendor, &send.loc, true));
        let calls = op.op.calls.iter().map(|call| (&call.target, &call.loc, false));
        let mut here: Vec<Inline> = sends
            .chain(calls)
            .filter_map(|(target, loc, sends)| effect(cx, op, target, loc, sends))
            .collect();
        if here.is_empty() || is_purpose(op.op, here.len()) {
            continue;
        }
        here.sort_by(|one, other| one.statement.cmp(&other.statement));
        for effect in here {
            let known = |other: &Inline| other.op == effect.op && other.vendor == effect.vendor;
            if !found.iter().any(known) {
                found.push(effect);
            }
        }
    }
    found
}

fn effect(cx: Cx<'_>, op: OpRef<'_>, target: &RefFact, loc: &Loc, sends: bool) -> Option<Inline> {
    let vendor = cx.def(op.def.item, target)?.item;
    let kind = vendor_kind(cx, vendor)?;
    matches!(
        kind.purpose,
        Purpose::Mail | Purpose::Sms | Purpose::Analytics | Purpose::Crm
    )
    .then(|| Inline {
        op: op.def,
        vendor,
        statement: loc.clone(),
        sends,
        kind,
    })
}

/// Whether the operation is there for the sending: its name says so, or there is nothing else that it does.
fn is_purpose(op: &Op, effects: usize) -> bool {
    let word = op.name.split('_').next().unwrap_or_default();
    let idle = op.emits.is_empty() && !op.touches.iter().any(|touch| touch.access.changes());
    MESSENGERS.contains(&word) || (idle && op.issues.is_empty() && op.sends.len() + op.calls.len() == effects)
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    findings.extend(
        inline_effects(cx, item)
            .iter()
            .filter_map(|effect| report(cx, effect)),
    );
}

fn report(cx: Cx<'_>, effect: &Inline) -> Option<Finding> {
    let op = cx.op(effect.op)?;
    let (element, vendor) = (cx.qualified(effect.op), cx.name(effect.vendor));
    let message = format!(
        "whoever calls `{element}` waits for `{vendor}`, {}: it is as slow as that, and fails with it",
        effect.kind.purpose.words()
    );
    let at = Place::new(effect.op.item, effect.statement.clone());
    let mut finding = Finding::new(RULE.id, RULE.severity, element, at, message)
        .help("Emit an event, and let a handler of it do the sending: it may take its time and try again.");
    if let Some(fix) = moved(cx, op, effect) {
        finding = finding.fix(fix);
    }
    Some(finding)
}

/// Moving the statement into a handler of an event that the operation emits.
fn moved(cx: Cx<'_>, op: OpRef<'_>, effect: &Inline) -> Option<FixPlan> {
    let item = op.def.item;
    // A call beside it has options of its own, and what the request brought is not in the event.
    let alone = op.op.calls.iter().all(|call| cx.def(item, &call.target).map(|def| def.item) != Some(effect.vendor));
    let sends: Vec<_> = op
        .op
        .sends
        .iter()
        .filter(|send| cx.def(item, &send.vendor).map(|def| def.item) == Some(effect.vendor))
        .collect();
    if !effect.sends || !alone {
        return None;
    }
    let written = op.op.emits.first()?;
    let event = cx.def(item, written).filter(|event| event.item == item)?;
    let facts = event.event(cx.db)?;
    let keys: Vec<String> = facts.key.iter().map(RefFact::text).collect();
    let vendor = cx.name(effect.vendor);
    let wanted = format!("tell_{}", archwright_codegen::names::snake(vendor));
    let taken = |name: &str| cx.ops(item).any(|other| other.op.name == name);
    let mut name = wanted.clone();
    let mut number = 2;
    while taken(&name) {
        name = format!("{wanted}{number}");
        number += 1;
    }
    let mut lines = vec![format!("on {} as {name} {{", written.text())];
    lines.push(if keys.is_empty() {
        "  idempotent".to_owned()
    } else {
        format!("  idempotent by {}", keys.join(", "))
    });
    lines.push("  retry 5 backoff 1s..5m".to_owned());
    lines.push("  dead_letter".to_owned());
    let mut steps = Vec::new();
    for send in &sends {
        let data: Vec<String> = send.data.iter().map(RefFact::text).collect();
        lines.push(format!("  sends {} to {}", data.join(", "), send.vendor.text()));
        steps.push(Step::Remove(Place::new(item, send.loc.clone())));
    }
    lines.push("}".to_owned());
    steps.push(Step::AddStatement(Place::new(item, Loc::head(&[])), lines.join("\n")));
    Some(FixPlan::refactor(
        format!("Send it from a handler of {}", facts.name),
        steps,
    ))
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(kind: &str, endpoint: &str) -> String {
        format!(
            "auth Session: cookie\nvendor V: {kind}\nservice S {{\n  auth Session\n  \
             entity P {{ id: uuid @id; mail: email }}\n  event Joined v1 {{ key id; id: uuid }}\n  {endpoint}\n}}\n"
        )
    }

    fn check(kind: &str, endpoint: &str) -> Vec<String> {
        of_rule(&text(kind, endpoint), "vendor.side_effect_inline")
    }

    const JOIN: &str = "endpoint join POST /v1/join {\n    allow any\n    writes P\n    sends P.mail to V\n    emits Joined\n  }";

    #[test]
    fn messages_do_not_belong_into_a_request() {
        assert_eq!(check("postmark", JOIN), ["10 warning S.join"]);
        assert_eq!(check("segment", JOIN), ["10 warning S.join"]);
        assert_eq!(
            check("twilio", "endpoint join POST /v1/join { allow any; writes P; calls V; sends P.mail to V }"),
            ["7 warning S.join"]
        );
        assert_eq!(check("stripe", JOIN), [""; 0]);
        assert_eq!(check("http", JOIN), [""; 0]);
    }

    #[test]
    fn sending_may_be_the_purpose_and_nobody_waits_for_a_job() {
        let of = |endpoint: &str| check("postmark", endpoint);
        assert_eq!(of("endpoint share POST /v1/share { allow any; reads P; sends P.mail to V }"), [""; 0]);
        assert_eq!(
            of("endpoint send_code POST /v1/code { allow any; writes P; sends P.mail to V }"),
            [""; 0]
        );
        assert_eq!(of("job tell every 1d { writes P; sends P.mail to V }"), [""; 0]);
        assert_eq!(
            of("endpoint join POST /v1/join { internal; writes P; sends P.mail to V }"),
            [""; 0]
        );
    }

    #[test]
    fn the_fix_moves_it_into_a_handler() {
        let after = fixed(&text("postmark", JOIN), "Send it from a handler of Joined");
        assert!(
            after.contains(
                "  on Joined as tell_v {\n    idempotent by id\n    retry 5 backoff 1s..5m\n    dead_letter\n    sends P.mail to V\n  }\n}"
            ),
            "{after}"
        );
        assert!(after.contains("    writes P\n    emits Joined\n"), "{after}");
    }
}
