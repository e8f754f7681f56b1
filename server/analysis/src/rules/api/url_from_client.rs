//! The service fetches an address that a client has named.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        facts::{AttributeFact, ParamFrom, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        inputs::{body, body_fields},
        loc::Part,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "api.url_from_client",
    severity: Severity::Warning,
    summary: "The service fetches what a client names.",
    cwe: &[918],
    page: include_str!("../../../../../docs/rules/api/url_from_client.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

const HOSTS: &str = "@pattern(\"https://files\\\\.partner\\\\.example/.*\")";

/// An address in a request.
struct Address {
    name: String,
    /// Where it is declared, and whether an attribute can be written behind it.
    declared: Place,
    behind: Option<Place>,
    /// The parameter that it comes in.
    param: Place,
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    findings.extend(cx.ops(item).filter_map(|op| judge(cx, op)));
}

fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    if !op.op.is_endpoint() || op.op.internal.is_some() || (op.op.calls.is_empty() && op.op.sends.is_empty()) {
        return None;
    }
    let addresses = addresses(cx, op);
    let (address, where_to, at) = addresses.iter().find_map(|address| {
        let (where_to, at) = leaves(cx, op, address)?;
        Some((address, where_to, at))
    })?;
    let element = cx.qualified(op.def);
    let message = format!(
        "a client names `{}` and `{element}` {where_to} with it: whoever fetches it reaches addresses that the client can't, such as those inside",
        address.name
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, element, address.param.clone(), message)
        .help("Accept only known hosts: a `@pattern` that begins with `https://` and the host.")
        .related("the address leaves here", at);
    if address.declared != address.param {
        finding = finding.related("the address", address.declared.clone());
    }
    let Some(behind) = &address.behind else {
        return Some(finding);
    };
    let step = Step::InsertAfter(behind.clone(), format!(" {HOSTS}"));
    Some(finding.fix(FixPlan::suggest(format!("Accept only known hosts in {}", address.name), vec![step]).preferred()))
}

/// The addresses in a request that may be any.
fn addresses(cx: Cx<'_>, op: OpRef<'_>) -> Vec<Address> {
    let item = op.def.item;
    let mut found = Vec::new();
    for param in &op.op.params {
        if param.ty.as_ref().is_some_and(|ty| may_be_any(ty, &param.attributes)) {
            let place = Place::new(item, param.loc.clone());
            found.push(Address {
                name: param.name.to_string(),
                declared: place.clone(),
                behind: Some(place.clone()),
                param: place,
            });
        }
    }
    let Some(param) = body(op).next() else { return found };
    let whole = Place::new(item, param.loc.clone());
    body_fields(cx, op, &mut |item, field| {
        if may_be_any(&field.ty, &field.attributes) {
            let declared = Place::new(item, field.loc.clone());
            let behind = (field.loc.part == Part::Name).then(|| Place::new(item, field.loc.with(Part::Head)));
            found.push(Address {
                name: field.name.to_string(),
                declared,
                behind,
                param: whole.clone(),
            });
        }
    });
    found
}

/// An address without a list of those that are accepted.
fn may_be_any(ty: &Ty, attributes: &[AttributeFact]) -> bool {
    is_address(ty) && !attributes.iter().any(|attribute| attribute.name == "pattern")
}

fn is_address(ty: &Ty) -> bool {
    match &ty.kind {
        TyKind::Scalar(name, _) => name == "url",
        TyKind::List(inner) => is_address(inner),
        _ => false,
    }
}

/// How an address leaves an operation for somebody who may fetch it, and where.
fn leaves(cx: Cx<'_>, op: OpRef<'_>, address: &Address) -> Option<(String, Place)> {
    let item = op.def.item;
    let generic = |target: Item| cx.vendor(target).is_some_and(|vendor| vendor.kind == "http");
    for call in &op.op.calls {
        let Some(target) = cx.def(item, &call.target) else {
            continue;
        };
        let taken = match cx.op(target) {
            Some(callee) => may_take(cx, callee),
            None => generic(target.item),
        };
        if taken {
            let says = format!("calls `{}`", call.target.text());
            return Some((says, Place::new(item, call.loc.clone())));
        }
    }
    for send in &op.op.sends {
        let vendor = cx.def(item, &send.vendor).filter(|vendor| generic(vendor.item));
        let sent = send.data.iter().filter_map(|data| cx.def(item, data)?.field(cx.db));
        if vendor.is_some()
            && sent.into_iter().any(|field| is_address(&field.ty) && field.name == address.name)
        {
            let says = format!("sends to `{}`", send.vendor.text());
            return Some((says, Place::new(item, send.loc.clone())));
        }
    }
    None
}

/// Whether an endpoint may be given an address: it takes one, or says nothing of what it takes.
fn may_take(cx: Cx<'_>, callee: OpRef<'_>) -> bool {
    let declared = callee
        .op
        .params
        .iter()
        .filter(|param| param.from != ParamFrom::Path || param.ty.is_some());
    let mut nothing = true;
    for param in declared {
        nothing = false;
        if param.ty.as_ref().is_some_and(is_address) {
            return true;
        }
    }
    let mut taken = false;
    body_fields(cx, callee, &mut |_, field| taken |= is_address(&field.ty));
    taken || nothing
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(params: &str, statements: &str) -> String {
        format!(
            "vendor Fetcher: http {{ timeout 1s }}
vendor Mail: postmark {{ timeout 1s }}
service Pages {{
  entity Page {{ id: uuid @id; home: url; title: string }}
  type Wish {{ home: url }}
  endpoint look POST /v1/looks ({params}) -> {{ n: int }} {{ {statements} }}
}}
service Own {{
  endpoint count GET /v1/count (code: string) -> {{ n: int }}
  endpoint load POST /v1/loads (body: {{ from: url }}) -> {{ n: int }}
  endpoint tick POST /v1/ticks -> {{ n: int }}
}}
"
        )
    }

    fn of(params: &str, statements: &str) -> Vec<String> {
        of_rule(&text(params, statements), RULE.id)
    }

    #[test]
    fn what_may_be_fetched_is_reported() {
        let here = ["6 warning Pages.look"];
        assert_eq!(of("home: url", "calls Fetcher"), here);
        assert_eq!(of("homes: [url]", "calls Fetcher"), here);
        assert_eq!(of("body: Wish", "calls Fetcher"), here);
        assert_eq!(of("body: new Page", "sends Page.home to Fetcher"), here);
        assert_eq!(of("body: Wish", "calls Own.load"), here);
        assert_eq!(of("body: Wish", "calls Own.tick"), here);
    }

    #[test]
    fn what_is_only_kept_is_not() {
        let none: [&str; 0] = [];
        assert_eq!(of("body: new Page", "writes Page"), none);
        assert_eq!(of("body: new Page", "writes Page; sends Page.title to Fetcher"), none);
        assert_eq!(of("body: new Page", "writes Page; calls Own.count"), none);
        assert_eq!(of("body: new Page", "writes Page; calls Mail"), none);
        assert_eq!(of("body: Wish", "internal; calls Fetcher"), none);
        assert_eq!(of("home: url @pattern(\"https://a\\\\.example/.*\")", "calls Fetcher"), none);
    }

    #[test]
    fn known_hosts_are_asked_for() {
        let after = fixed(&text("home: url", "calls Fetcher"), "Accept only known hosts in home");
        assert!(after.contains("(home: url @pattern(\"https://files\\\\.partner\\\\.example/.*\"))"), "{after}");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
        let after = fixed(&text("body: Wish", "calls Fetcher"), "Accept only known hosts in home");
        assert!(after.contains("type Wish { home: url @pattern("), "{after}");
    }
}
