//! Bounds that no value can keep, patterns that are none, defaults outside of them, and statuses that no error can have.

use archwright_grammar::ast::Literal;
use regex_automata::nfa::thompson::{self, pikevm::PikeVM};
use smol_str::SmolStr;

use super::{carriers::Carrier, report::error};
use crate::{
    db::Item,
    model::{
        facts::{AttributeArgFact, AttributeFact, ErrorDef, ExprFactKind},
        finding::{Finding, Place},
        loc::{Loc, Part},
    },
};

/// How large a pattern may become when it is read, in bytes. Defaults of fields with larger ones are not judged.
const LARGEST_PATTERN: usize = 1 << 18;

/// The statuses of HTTP that tell of an error.
const ERROR_STATUSES: std::ops::RangeInclusive<i64> = 400..=599;

/// Reports bounds of a field or parameter that contradict each other, or its default.
pub(super) fn check(item: Item, carrier: &Carrier<'_>, out: &mut Vec<Finding>) {
    let sound = out.len();
    against_each_other(item, carrier, out);
    if out.len() == sound {
        default_outside(item, carrier, out);
    }
}

fn against_each_other(item: Item, carrier: &Carrier<'_>, out: &mut Vec<Finding>) {
    let report = |attribute: &AttributeFact, message: String| {
        error("type.attribute", item, &carrier.element, &attribute.loc, message)
    };
    if let Some(len) = carrier.attribute("len")
        && let [AttributeArgFact::Range(from, Some(to))] = len.args.as_slice()
        && from > to
    {
        out.push(
            report(
                len,
                format!("`@len({from}..{to})` ends before it begins, so no value fits"),
            )
            .fix(super::report::replace(
                format!("Write `@len({to}..{from})`"),
                item,
                &len.loc,
                format!("@len({to}..{from})"),
            )),
        );
    }
    if let Some(pattern) = carrier.attribute("pattern")
        && let Some(Literal::String(text)) = literal(pattern)
        && let Some(wrong) = unreadable(text)
    {
        out.push(report(
            pattern,
            format!("`@pattern` is not a regular expression: {wrong}"),
        ));
    }
    if let (Some(min), Some(max)) = (carrier.attribute("min"), carrier.attribute("max"))
        && let (Some(low), Some(high)) = (literal(min).and_then(number), literal(max).and_then(number))
        && low > high
    {
        out.push(
            report(
                max,
                format!("`@max({high})` is below `@min({low})`, so no value fits"),
            )
            .related("the `@min`", Place::new(item, min.loc.clone())),
        );
    }
}

/// A default that the field's own bounds forbid.
fn default_outside(item: Item, carrier: &Carrier<'_>, out: &mut Vec<Finding>) {
    let Some(default) = carrier.default else { return };
    let ExprFactKind::Literal(value) = &default.kind else {
        return;
    };
    if let Some((attribute, why)) = forbids(carrier.attributes, value) {
        // Inside a structure without a name a value has no place of its own.
        let loc: &Loc = if carrier.inner { carrier.loc } else { &default.loc };
        let message = format!("the default is {why}, and every value must keep that");
        out.push(
            error("type.out_of_range", item, &carrier.element, loc, message).related(
                format!("the `@{}`", attribute.name),
                Place::new(item, attribute.loc.clone()),
            ),
        );
    }
}

/// The attribute that a value does not keep, and in words how: "below `@min(5)`".
pub(in crate::model) fn forbids<'a>(
    attributes: &'a [AttributeFact],
    value: &Literal,
) -> Option<(&'a AttributeFact, String)> {
    let find = |name: &str| attributes.iter().find(|attribute| attribute.name == name);
    if let Some(value) = number(value) {
        let bound = |name: &str| {
            let attribute = find(name)?;
            Some((attribute, literal(attribute).and_then(number)?))
        };
        if let Some((min, low)) = bound("min").filter(|(_, low)| value < *low) {
            return Some((min, format!("below `@min({low})`")));
        }
        let (max, high) = bound("max").filter(|(_, high)| value > *high)?;
        return Some((max, format!("above `@max({high})`")));
    }
    let Literal::String(text) = value else { return None };
    if let Some(len) = find("len")
        && let Some((from, to)) = length(len)
    {
        let count = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        if count < from {
            return Some((len, format!("{count} long, less than the `@len`")));
        }
        if to.is_some_and(|to| count > to) {
            return Some((len, format!("{count} long, more than the `@len`")));
        }
    }
    let pattern = find("pattern")?;
    let Some(Literal::String(expression)) = literal(pattern) else {
        return None;
    };
    (excludes(expression, text) == Some(true)).then(|| (pattern, "outside of the `@pattern`".to_owned()))
}

/// Whether a pattern says that a text is none of its own; `None` where that takes more than a keystroke may cost.
fn excludes(pattern: &str, text: &str) -> Option<bool> {
    let whole = format!("^(?:{pattern})$");
    let vm = PikeVM::builder()
        .thompson(thompson::Config::new().nfa_size_limit(Some(LARGEST_PATTERN)))
        .build(&whole)
        .ok()?;
    Some(!vm.is_match(&mut vm.create_cache(), text))
}

/// Reports an error whose status says that all is well.
pub(super) fn error_status(item: Item, found: &ErrorDef, element: &SmolStr, out: &mut Vec<Finding>) {
    // Without a status the parser has complained.
    if found.status == 0 || ERROR_STATUSES.contains(&found.status) {
        return;
    }
    let message = format!(
        "{} is not the status of an error: those go from {} to {}",
        found.status,
        ERROR_STATUSES.start(),
        ERROR_STATUSES.end()
    );
    // Behind the name stands the status.
    let loc = found.loc.with(Part::Arg(1));
    out.push(error("type.argument", item, element, &loc, message));
}

/// Why a pattern cannot be read. The dialect is the one that services check with: no look-around, no references back.
fn unreadable(pattern: &str) -> Option<String> {
    match regex_syntax::parse(pattern).err()? {
        regex_syntax::Error::Parse(error) => Some(error.kind().to_string()),
        regex_syntax::Error::Translate(error) => Some(error.kind().to_string()),
        _ => Some("it cannot be read".to_owned()),
    }
}

fn literal(attribute: &AttributeFact) -> Option<&Literal> {
    let [AttributeArgFact::Value(_, value)] = attribute.args.as_slice() else {
        return None;
    };
    match &value.kind {
        ExprFactKind::Literal(literal) => Some(literal),
        _ => None,
    }
}

fn length(attribute: &AttributeFact) -> Option<(i64, Option<i64>)> {
    match attribute.args.as_slice() {
        [AttributeArgFact::Range(from, to)] => Some((*from, *to)),
        _ => match literal(attribute)? {
            Literal::Int(exact) => Some((*exact, Some(*exact))),
            _ => None,
        },
    }
}

fn number(literal: &Literal) -> Option<f64> {
    match literal {
        Literal::Int(number) => number.to_string().parse().ok(),
        Literal::Decimal(number) => number.parse().ok(),
        _ => None,
    }
}
