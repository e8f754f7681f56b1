//! Bounds that no value can keep, patterns that are none, and statuses that no error can have.

use archwright_grammar::ast::Literal;
use smol_str::SmolStr;

use super::Resolved;
use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        facts::{AttributeArgFact, AttributeFact, ErrorDef, ExprFactKind, Field},
        finding::{Finding, Place},
    },
};

/// The statuses of HTTP that tell of an error.
const ERROR_STATUSES: std::ops::RangeInclusive<i64> = 400..=599;

/// Reports bounds of a field that contradict each other.
pub(super) fn field_bounds(item: Item, field: &Field, element: &SmolStr, out: &mut Resolved) {
    let named = |name: &str| field.attributes.iter().find(|attribute| attribute.name == name);
    let mut report = |attribute: &AttributeFact, message: String| {
        let place = Place::new(item, attribute.loc.clone());
        let finding = Finding::new("type.attribute", Severity::Error, element.clone(), place, message);
        out.findings.push(finding);
    };
    if let Some(len) = named("len")
        && let [AttributeArgFact::Range(from, Some(to))] = len.args.as_slice()
        && from > to
    {
        report(
            len,
            format!("`@len({from}..{to})` ends before it begins, so no value fits"),
        );
    }
    if let Some(pattern) = named("pattern")
        && let [AttributeArgFact::Value(_, value)] = pattern.args.as_slice()
        && let ExprFactKind::Literal(Literal::String(text)) = &value.kind
        && let Some(wrong) = unreadable(text)
    {
        report(
            pattern,
            format!("`@pattern` is not a regular expression: {wrong}"),
        );
    }
    if let (Some(min), Some(max)) = (named("min"), named("max"))
        && let (Some(low), Some(high)) = (number(min), number(max))
        && low > high
    {
        report(
            max,
            format!("`@max({high})` is below `@min({low})`, so no value fits"),
        );
    }
}

/// Reports an error whose status says that all is well.
pub(super) fn error_status(item: Item, error: &ErrorDef, element: SmolStr, out: &mut Resolved) {
    // Without a status the parser has complained.
    if error.status == 0 || ERROR_STATUSES.contains(&error.status) {
        return;
    }
    let message = format!(
        "{} is not the status of an error: those go from {} to {}",
        error.status,
        ERROR_STATUSES.start(),
        ERROR_STATUSES.end()
    );
    let place = Place::new(item, error.loc.clone());
    out.findings.push(Finding::new(
        "type.argument",
        Severity::Error,
        element,
        place,
        message,
    ));
}

/// Why a pattern cannot be read. The dialect is the one that services check with: no look-around, no references back.
fn unreadable(pattern: &str) -> Option<String> {
    match regex_syntax::parse(pattern).err()? {
        regex_syntax::Error::Parse(error) => Some(error.kind().to_string()),
        regex_syntax::Error::Translate(error) => Some(error.kind().to_string()),
        _ => Some("it cannot be read".to_owned()),
    }
}

fn number(attribute: &AttributeFact) -> Option<f64> {
    let [AttributeArgFact::Value(_, value)] = attribute.args.as_slice() else {
        return None;
    };
    match &value.kind {
        ExprFactKind::Literal(Literal::Int(number)) => number.to_string().parse().ok(),
        ExprFactKind::Literal(Literal::Decimal(number)) => number.parse().ok(),
        _ => None,
    }
}
