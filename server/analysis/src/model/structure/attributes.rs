//! Attributes: known, once, with what they take in parentheses, where they have a meaning, on types they are for.

mod arguments;
mod fitting;

use archwright_grammar::{ast::Literal, vocabulary};

pub(super) use self::fitting::may_identify;
use self::{arguments::arguments, fitting::fitting};
use super::{
    carriers::{Carrier, Home},
    family::family,
    report::{cut, error},
};
use crate::{
    db::Item,
    model::{
        cx::Cx,
        facts::{AttributeArgFact, AttributeFact, ExprFactKind, Name},
        finding::{Finding, Place, Similar},
        loc::{Loc, Part},
    },
};

/// The classes of data, which `@public` denies.
const CLASSES: &[&str] = &["pii", "phi", "pci", "secret"];

/// Checks all attributes of a field or parameter.
pub(super) fn check(cx: Cx<'_>, item: Item, carrier: &Carrier<'_>, out: &mut Vec<Finding>) {
    if carrier.attributes.is_empty() {
        return;
    }
    let family = family(cx, item, carrier.ty);
    for (index, attribute) in carrier.attributes.iter().enumerate() {
        let before = &carrier.attributes[..index];
        let finding = match vocabulary::attribute(&attribute.name) {
            None => Some(unknown(item, carrier, attribute)),
            Some(form) => repeated(item, carrier, attribute, before)
                .or_else(|| arguments(item, carrier, form, attribute))
                .or_else(|| placed(item, carrier, attribute))
                .or_else(|| fitting(item, carrier, attribute, &family))
                .or_else(|| contradicting(item, carrier, attribute)),
        };
        out.extend(finding);
    }
}

fn attribute_error(item: Item, carrier: &Carrier<'_>, at: &AttributeFact, message: String) -> Finding {
    error("type.attribute", item, &carrier.element, &at.loc, message)
}

fn unknown(item: Item, carrier: &Carrier<'_>, attribute: &AttributeFact) -> Finding {
    let loc = word_loc(&attribute.loc);
    let finding = error(
        "name.unknown_attribute",
        item,
        &carrier.element,
        &loc,
        format!("there is no attribute `@{}`", attribute.name),
    );
    if let Some(help) = written_otherwise(&attribute.name) {
        return finding.help(help);
    }
    let local = vocabulary::ATTRIBUTES
        .iter()
        .map(|form| Name::from(format!("@{}", form.name)))
        .collect();
    Finding {
        similar: Some(Similar {
            name: format!("@{}", attribute.name).into(),
            at: loc,
            kinds: &[],
            local,
        }),
        ..finding
    }
}

/// What other languages say with an attribute and this one says otherwise.
fn written_otherwise(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "index" => "An index is a line of the entity: `index (status, placed_at)`.",
        "optional" | "nullable" | "null" => "What may be missing has a `?` behind its type: `text?`.",
        "required" | "notnull" | "not_null" => "What has no `?` behind its type is always there.",
        "relation" | "references" | "foreign_key" | "fk" => {
            "Another row is referred to by its type: `ref Order`."
        }
        "primary" | "primary_key" | "primarykey" | "pk" | "key" => "The identity of the row is `@id`.",
        "length" | "maxlength" | "minlength" | "max_length" | "min_length" | "size" => {
            "The length of a text is `@len(1..80)`."
        }
        "regex" | "regexp" | "format" | "match" => "What a text looks like is `@pattern(\"[A-Z]{2}\")`.",
        "readonly_" | "read_only" => "What no client may set is `@readonly`.",
        "createdat" | "created_at" => "What is set when the row is created is `@created`.",
        "updatedat" | "updated_at" | "modified" => "What is set whenever the row changes is `@updated`.",
        _ => return None,
    })
}

/// The place of an attribute's `@name`, given that of all of it.
fn word_loc(loc: &Loc) -> Loc {
    match loc.part {
        Part::Arg(number) => loc.with(Part::AttributeWord(number, 0)),
        Part::Attribute(number, attribute) => loc.with(Part::AttributeWord(number, attribute)),
        _ => loc.clone(),
    }
}

fn repeated(
    item: Item,
    carrier: &Carrier<'_>,
    attribute: &AttributeFact,
    before: &[AttributeFact],
) -> Option<Finding> {
    let first = before.iter().find(|known| known.name == attribute.name)?;
    let same = first.args.len() == attribute.args.len() && attribute.args.is_empty();
    let message = if same {
        format!("`{}` already is `@{}`", carrier.name, attribute.name)
    } else {
        format!(
            "`{}` already has an `@{}`, and which of the two holds cannot be told",
            carrier.name, attribute.name
        )
    };
    let title = if same {
        format!("Remove the second `@{}`", attribute.name)
    } else {
        format!("Keep the first `@{}`", attribute.name)
    };
    Some(
        error(
            "type.duplicate_attribute",
            item,
            &carrier.element,
            &attribute.loc,
            message,
        )
        .related("the first one", Place::new(item, first.loc.clone()))
        .fix(cut(title, item, &attribute.loc)),
    )
}

/// Whether the attribute means something where it stands: rows have identities, requests are not stored.
fn placed(item: Item, carrier: &Carrier<'_>, attribute: &AttributeFact) -> Option<Finding> {
    let of_rows = matches!(attribute.name.as_str(), "id" | "created" | "updated" | "unique");
    let of_stored = of_rows || matches!(attribute.name.as_str(), "readonly" | "internal");
    let message = if of_rows && carrier.inner {
        format!(
            "`@{}` is for the fields of an entity themselves, not for those of a structure inside",
            attribute.name
        )
    } else if of_rows && carrier.home != Home::Entity {
        format!(
            "`@{}` is about rows, and {} has none: it is for the fields of an entity",
            attribute.name,
            carrier.home.words()
        )
    } else if of_stored && carrier.home == Home::Parameter && !carrier.inner {
        format!(
            "`@{}` is for fields; a parameter comes from the client as it is",
            attribute.name
        )
    } else {
        return None;
    };
    let title = format!("Remove `@{}`", attribute.name);
    Some(attribute_error(item, carrier, attribute, message).fix(cut(title, item, &attribute.loc)))
}

/// Whether two things said of one field cannot both be so.
fn contradicting(item: Item, carrier: &Carrier<'_>, attribute: &AttributeFact) -> Option<Finding> {
    match attribute.name.as_str() {
        "public" => {
            let class = carrier
                .attributes
                .iter()
                .find(|other| CLASSES.contains(&other.name.as_str()))?;
            let message = format!(
                "`{}` is said to be harmless by `@public` and sensitive by `@{}`",
                carrier.name, class.name
            );
            Some(
                attribute_error(item, carrier, attribute, message)
                    .help("Keep one of the two.")
                    .related(
                        format!("the `@{}`", class.name),
                        Place::new(item, class.loc.clone()),
                    )
                    .fix(cut("Remove `@public`", item, &attribute.loc)),
            )
        }
        "default" => {
            let AttributeArgFact::Value(None, value) = attribute.args.first()? else {
                return None;
            };
            let written = carrier.default?;
            if written == value {
                return None;
            }
            let message = format!(
                "`{}` has two defaults: one behind `=` and one in `@default`",
                carrier.name
            );
            Some(
                attribute_error(item, carrier, attribute, message)
                    .related("the other one", Place::new(item, written.loc.clone()))
                    .fix(cut("Remove `@default`", item, &attribute.loc)),
            )
        }
        "id" => {
            let default = carrier.default?;
            let ExprFactKind::Literal(literal) = &default.kind else {
                return None;
            };
            if *literal == Literal::Null {
                return None;
            }
            let message = format!(
                "`{}` is the identity and has a fixed default: the second row would have that of the first",
                carrier.name
            );
            Some(
                error("type.attribute", item, &carrier.element, &default.loc, message)
                    .help("Leave the default out; a new row gets an identity of its own.")
                    .related("the `@id`", Place::new(item, attribute.loc.clone())),
            )
        }
        _ => None,
    }
}
