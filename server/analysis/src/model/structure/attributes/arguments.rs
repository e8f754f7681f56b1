//! What stands in an attribute's parentheses.

use archwright_grammar::{
    ast::Literal,
    vocabulary::{AttributeArgs, AttributeForm},
};

use super::{
    super::{carriers::Carrier, report::replace},
    attribute_error,
};
use crate::{
    db::Item,
    model::{
        facts::{AttributeArgFact, AttributeFact, ExprFactKind},
        finding::Finding,
    },
};

/// Whether what stands in the parentheses is what the attribute takes.
pub(super) fn arguments(
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
                attribute_error(
                    item,
                    carrier,
                    attribute,
                    format!("`{bare}` takes nothing in parentheses"),
                )
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
