//! Attributes: known, once, with what they take in parentheses, where they have a meaning, on types they are for.

use archwright_grammar::{
    ast::Literal,
    vocabulary::{self, AttributeArgs, AttributeForm},
};

use super::{
    carriers::{Carrier, Home},
    family::{Family, family, words},
    report::{cut, error, replace, written},
};
use crate::{
    db::Item,
    model::{
        cx::Cx,
        facts::{AttributeArgFact, AttributeFact, ExprFactKind, Name, Ty},
        finding::{Finding, Place, Similar},
        loc::{Loc, Part},
    },
};

/// The classes of data, which `@public` denies.
const CLASSES: &[&str] = &["pii", "phi", "pci", "secret"];

/// Checks all attributes of a field or parameter.
pub(super) fn check(cx: Cx<'_>, item: Item, carrier: &Carrier<'_>, out: &mut Vec<Finding>) {
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
        "relation" | "references" | "foreign_key" | "fk" => "Another row is referred to by its type: `ref Order`.",
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

/// Whether what stands in the parentheses is what the attribute takes.
fn arguments(
    item: Item,
    carrier: &Carrier<'_>,
    form: &AttributeForm,
    attribute: &AttributeFact,
) -> Option<Finding> {
    let args = attribute.args.as_slice();
    let (takes, example) = match form.args {
        AttributeArgs::None if !args.is_empty() => {
            let bare = format!("@{}", form.name);
            return Some(
                attribute_error(item, carrier, attribute, format!("`{bare}` takes nothing in parentheses"))
                    .fix(replace(format!("Write `{bare}`"), item, &attribute.loc, bare)),
            );
        }
        AttributeArgs::Value if !matches!(args, [AttributeArgFact::Value(None, _)]) => {
            ("one value", "@default(0)".to_owned())
        }
        AttributeArgs::Number if !matches!(args, [argument] if is_number(argument)) => {
            ("one number", format!("@{}(1)", form.name))
        }
        AttributeArgs::Range if !is_length(args) => ("a range or a whole number", "@len(1..80)".to_owned()),
        AttributeArgs::Text if !matches!(args, [argument] if is_text(argument)) => {
            ("one text", "@pattern(\"[A-Z]{2}\")".to_owned())
        }
        AttributeArgs::Deprecated => return deprecated(item, carrier, attribute),
        _ => return None,
    };
    let message = format!("`@{}` takes {takes} in parentheses", form.name);
    Some(attribute_error(item, carrier, attribute, message).help(format!("Write `{example}`.")))
}

/// `@deprecated("why", sunset: 2027-01-01)`
fn deprecated(item: Item, carrier: &Carrier<'_>, attribute: &AttributeFact) -> Option<Finding> {
    const HELP: &str = "Write `@deprecated(\"use total\", sunset: 2027-12-31)`; the date may be left out.";
    let message = match attribute.args.as_slice() {
        [] => "`@deprecated` does not say why, and whoever uses the field has to know".to_owned(),
        [reason, ..] if !is_text(reason) => "`@deprecated` begins with a text that says why".to_owned(),
        [_] => return None,
        [_, AttributeArgFact::Value(Some(name), value)] if name == "sunset" => {
            if matches!(
                value.kind,
                ExprFactKind::Literal(Literal::Date(_)) | ExprFactKind::Error
            ) {
                return None;
            }
            "`sunset` is a date: the day on which the field goes".to_owned()
        }
        [_, AttributeArgFact::Value(Some(name), _)] => {
            format!("`@deprecated` has no `{name}`: there is `sunset`")
        }
        _ => "`@deprecated` takes a text and, with its name, a `sunset`".to_owned(),
    };
    Some(attribute_error(item, carrier, attribute, message).help(HELP))
}

const fn is_number(argument: &AttributeArgFact) -> bool {
    match argument {
        AttributeArgFact::Value(None, value) => matches!(
            value.kind,
            ExprFactKind::Literal(Literal::Int(_) | Literal::Decimal(_)) | ExprFactKind::Error
        ),
        _ => false,
    }
}

const fn is_length(args: &[AttributeArgFact]) -> bool {
    match args {
        [AttributeArgFact::Range(..)] => true,
        [AttributeArgFact::Value(None, value)] => matches!(
            value.kind,
            ExprFactKind::Literal(Literal::Int(_)) | ExprFactKind::Error
        ),
        _ => false,
    }
}

const fn is_text(argument: &AttributeArgFact) -> bool {
    match argument {
        AttributeArgFact::Value(None, value) => matches!(
            value.kind,
            ExprFactKind::Literal(Literal::String(_)) | ExprFactKind::Error
        ),
        _ => false,
    }
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

/// Whether the attribute is for such a type.
fn fitting(
    item: Item,
    carrier: &Carrier<'_>,
    attribute: &AttributeFact,
    family: &Family,
) -> Option<Finding> {
    let name = attribute.name.as_str();
    let wrong = |of: &str| {
        let what = words(carrier.ty, family);
        attribute_error(item, carrier, attribute, format!("`@{name}` is for {of}, not for {what}"))
    };
    if *family == Family::Unknown {
        return None;
    }
    match name {
        "created" | "updated" if *family != Family::Time => Some(wrong("fields of type instant or date")),
        "id" if carrier.ty.optional => Some(optional_id(item, carrier, attribute)),
        "id" if !family.comparable() || *family == Family::Bool || is(carrier.ty, "float") => {
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
                    let mut text = format!("@min({from})");
                    if let Some(to) = to {
                        text.push_str(&format!(" @max({to})"));
                    }
                    finding
                        .help("The bounds of a number are `@min` and `@max`.")
                        .fix(replace(format!("Write `{text}`"), item, &attribute.loc, text))
                }
                _ => finding,
            })
        }
        "pattern" if !of_texts(family) => Some(wrong("texts")),
        "hashed" if !may_be_hashed(family) => Some(
            wrong("texts and bytes").help("A hash is a text: make it a `string`, or use `@encrypted` instead."),
        ),
        _ => None,
    }
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
    matches!(&ty.kind, crate::model::facts::TyKind::Scalar(name, _) if name == scalar)
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
                    .related(format!("the `@{}`", class.name), Place::new(item, class.loc.clone()))
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
