//! An amount of money in a type that cannot hold it exactly.

use archwright_codegen::names::words;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        facts::{Body, Field, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::Part,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.float_money",
    severity: Severity::Warning,
    summary: "An amount of money that does not add up.",
    cwe: &[1339],
    page: include_str!("../../../../../docs/rules/data/float_money.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Words of an amount of money.
const MONEY: [&str; 12] = [
    "amount", "price", "balance", "fee", "total", "cost", "subtotal", "discount", "tax", "vat", "refund", "salary",
];

/// Words that make it something else.
const OTHER: [&str; 12] = [
    "rate", "ratio", "score", "percent", "percentage", "share", "factor", "weight", "count", "number", "items", "id",
];

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let facts = cx.facts(item);
    match &facts.body {
        Body::Type(def) => fields(item, &facts.name, &def.fields, findings),
        Body::Service(service) => {
            let name = |member: &str| format!("{}.{member}", facts.name);
            for entity in &service.entities {
                fields(item, &name(&entity.name), &entity.fields, findings);
            }
            for def in &service.types {
                fields(item, &name(&def.name), &def.fields, findings);
            }
            for event in &service.events {
                fields(item, &name(&event.name), &event.fields, findings);
            }
        }
        _ => {}
    }
}

fn fields(item: Item, owner: &str, all: &[Field], findings: &mut Vec<Finding>) {
    for field in all {
        if let Some(inner) = inline(&field.ty) {
            fields(item, &format!("{owner}.{}", field.name), inner, findings);
            continue;
        }
        let Some(scalar) = scalar(&field.ty) else { continue };
        if !matches!(scalar, "float" | "int" | "long") || !is_money(&field.name) {
            continue;
        }
        // A whole number may count other things than money, unless a currency stands beside it.
        if scalar != "float" && !all.iter().any(|other| is_currency(&other.name)) {
            continue;
        }
        findings.push(report(item, owner, field, scalar));
    }
}

fn inline(ty: &Ty) -> Option<&[Field]> {
    match &ty.kind {
        TyKind::Inline(fields) => Some(fields),
        TyKind::List(inner) => inline(inner),
        _ => None,
    }
}

fn scalar(ty: &Ty) -> Option<&str> {
    match &ty.kind {
        TyKind::Scalar(name, _) => Some(name),
        TyKind::List(inner) => scalar(inner),
        _ => None,
    }
}

fn is_money(name: &str) -> bool {
    let words = words(name);
    let any = |list: &[&str]| {
        words
            .iter()
            .any(|word| list.contains(&word.as_str()) || list.contains(&word.trim_end_matches('s')))
    };
    any(&MONEY) && !any(&OTHER)
}

fn is_currency(name: &str) -> bool {
    words(name).iter().any(|word| word == "currency")
}

fn report(item: Item, owner: &str, field: &Field, scalar: &str) -> Finding {
    let consequence = if scalar == "float" {
        "a float cannot hold a tenth exactly, so sums are off by cents"
    } else {
        "how many of it make one unit depends on the currency, so amounts are off by powers of ten"
    };
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        format!("{owner}.{}", field.name),
        Place::new(item, field.loc.clone()),
        format!("`{}` is an amount of money in a {scalar}: {consequence}", field.name),
    )
    .help("`money` holds the amount together with its currency, `decimal(12, 2)` the amount alone; both are exact.");
    // An inline field's type has no place of its own, and bounds and defaults are written for the type that is there.
    if matches!(field.loc.part, Part::Inline(..)) || field.default.is_some() {
        return finding;
    }
    let at = Place::new(item, field.loc.with(Part::Arg(1)));
    let fix = |with: &str| {
        let step = Step::Replace(at.clone(), written(&field.ty, with));
        FixPlan::suggest(format!("Make {} a {with}", field.name), vec![step])
    };
    let bounded = ["min", "max", "default"].iter().any(|word| field.has(word));
    if !bounded {
        finding = finding.fix(fix("money").preferred());
    }
    finding.fix(fix("decimal(12, 2)"))
}

/// A type with another scalar in it.
fn written(ty: &Ty, scalar: &str) -> String {
    let inner = match &ty.kind {
        TyKind::List(inner) => format!("[{}]", written(inner, scalar)),
        _ => scalar.to_owned(),
    };
    format!("{inner}{}", if ty.optional { "?" } else { "" })
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(fields: &str) -> Vec<String> {
        of_rule(&format!("type T {{ {fields} }}\n"), "data.float_money")
    }

    #[test]
    fn floats_named_so_and_whole_numbers_beside_a_currency() {
        assert_eq!(check("total: float"), ["1 warning T.total"]);
        assert_eq!(check("unit_price: float?; prices: [int]"), ["1 warning T.unit_price"]);
        assert_eq!(check("amount: int; currency: string"), ["1 warning T.amount"]);
        assert_eq!(check("line: { fee: long; fee_currency: string }"), ["1 warning T.line.fee"]);
    }

    #[test]
    fn rates_counts_and_exact_types_are_fine() {
        assert_eq!(check("fee_rate: float; total_score: float; discount_percent: float"), [""; 0]);
        assert_eq!(check("total: int; amount: decimal(12, 2); price: money; length: float"), [""; 0]);
        assert_eq!(check("total_count: int; currency: string"), [""; 0]);
    }

    #[test]
    fn the_type_is_replaced() {
        assert_eq!(
            fixed("type T { total: float? @deprecated(\"x\") }\n", "Make total a money"),
            "type T { total: money? @deprecated(\"x\") }\n"
        );
        assert_eq!(
            fixed("type T { fees: [float] @min(0) }\n", "Make fees a decimal(12, 2)"),
            "type T { fees: [decimal(12, 2)] @min(0) }\n"
        );
    }
}
