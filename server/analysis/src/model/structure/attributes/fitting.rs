//! Which attributes are for which types.

use archwright_grammar::ast::Literal;

use super::{
    super::{
        carriers::Carrier,
        family::{Family, words},
        report::{replace, written},
    },
    attribute_error,
};
use crate::{
    db::Item,
    model::{
        facts::{AttributeArgFact, AttributeFact, ExprFactKind, Ty, TyKind},
        finding::Finding,
    },
};

/// Whether the attribute is for such a type.
pub(super) fn fitting(
    item: Item,
    carrier: &Carrier<'_>,
    attribute: &AttributeFact,
    family: &Family,
) -> Option<Finding> {
    let name = attribute.name.as_str();
    let wrong = |of: &str| {
        let what = words(carrier.ty, family);
        attribute_error(
            item,
            carrier,
            attribute,
            format!("`@{name}` is for {of}, not for {what}"),
        )
    };
    if *family == Family::Unknown {
        return None;
    }
    match name {
        "created" | "updated" if *family != Family::Time => Some(wrong("fields of type instant or date")),
        "id" if carrier.ty.optional => Some(optional_id(item, carrier, attribute)),
        "id" if !may_identify(carrier.ty, family) => {
            Some(wrong("single values by which a row is found again"))
        }
        "unique" if !family.comparable() => Some(wrong("single values that can be compared")),
        "min" | "max" if !matches!(family, Family::Number | Family::List(_)) => {
            let finding = wrong("numbers and lists");
            Some(if matches!(family, Family::Text | Family::Bytes) {
                by_length(item, carrier, attribute, finding)
            } else {
                finding
            })
        }
        "len" if !matches!(family, Family::Text | Family::Bytes | Family::List(_)) => {
            let finding = wrong("texts, bytes and lists");
            Some(match attribute.args.as_slice() {
                [AttributeArgFact::Range(from, to)] if *family == Family::Number => {
                    let text = match to {
                        Some(to) => format!("@min({from}) @max({to})"),
                        None => format!("@min({from})"),
                    };
                    finding
                        .help("The bounds of a number are `@min` and `@max`.")
                        .fix(replace(format!("Write `{text}`"), item, &attribute.loc, text))
                }
                _ => finding,
            })
        }
        "pattern" if !of_texts(family) => Some(wrong("texts")),
        "hashed" if !may_be_hashed(family) => Some(
            wrong("texts and bytes")
                .help("A hash is a text: make it a `string`, or use `@encrypted` instead."),
        ),
        _ => None,
    }
}

/// Whether values of a type are ones by which a row is found again.
pub(in crate::model::structure) fn may_identify(ty: &Ty, family: &Family) -> bool {
    family.comparable() && *family != Family::Bool && !is(ty, "float")
}

fn optional_id(item: Item, carrier: &Carrier<'_>, attribute: &AttributeFact) -> Finding {
    let message = format!(
        "`{}` is the identity of the row and may be missing: such a row could not be found again",
        carrier.name
    );
    let finding = attribute_error(item, carrier, attribute, message);
    let whole = Ty {
        kind: carrier.ty.kind.clone(),
        optional: false,
    };
    match (written(&whole), carrier.type_loc()) {
        (Some(text), Some(loc)) => finding.fix(replace("Remove the `?`", item, &loc, text)),
        _ => finding,
    }
}

/// The bounds of a text are those of its length.
fn by_length(item: Item, carrier: &Carrier<'_>, attribute: &AttributeFact, finding: Finding) -> Finding {
    let finding = finding.help("The length of a text is `@len(1..80)`.");
    let lone = carrier.attribute("len").is_none()
        && !(carrier.attribute("min").is_some() && carrier.attribute("max").is_some());
    match attribute.args.as_slice() {
        [AttributeArgFact::Value(None, value)] if lone => match &value.kind {
            ExprFactKind::Literal(Literal::Int(number)) if *number >= 0 => {
                let text = if attribute.name == "min" {
                    format!("@len({number}..)")
                } else {
                    format!("@len(0..{number})")
                };
                finding.fix(replace(format!("Write `{text}`"), item, &attribute.loc, text))
            }
            _ => finding,
        },
        _ => finding,
    }
}

fn is(ty: &Ty, scalar: &str) -> bool {
    matches!(&ty.kind, TyKind::Scalar(name, _) if name == scalar)
}

fn of_texts(family: &Family) -> bool {
    match family {
        Family::Text | Family::Unknown => true,
        Family::List(inner) => of_texts(inner),
        _ => false,
    }
}

fn may_be_hashed(family: &Family) -> bool {
    match family {
        Family::List(inner) => may_be_hashed(inner),
        Family::Text | Family::Bytes | Family::Json | Family::Structure | Family::Unknown => true,
        _ => false,
    }
}
