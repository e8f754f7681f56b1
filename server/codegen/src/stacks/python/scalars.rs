//! Scalars, their bounds and enums' members in Python.

use crate::model::{EnumModel, FieldModel, Scalar, TypeModel};
use crate::names as words;
use crate::render::python_string;

use super::names::Taken;
use super::types::Side;

/// The Python names of an enum's members, each different.
pub(super) fn member_names(def: &EnumModel) -> Vec<String> {
    let mut taken = Taken::default();
    def.members
        .iter()
        .map(|member| {
            let name = words::constant(&member.name);
            let safe = if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
                format!("VALUE_{name}")
            } else {
                name
            };
            taken.take(safe, "_")
        })
        .collect()
}

/// `dt.timedelta(…)` of a number of milliseconds.
pub(super) fn timedelta(millis: u64) -> String {
    if millis.is_multiple_of(1_000) {
        format!("dt.timedelta(seconds={})", millis / 1_000)
    } else {
        format!("dt.timedelta(milliseconds={millis})")
    }
}

pub(super) fn scalar_annotation(scalar: Scalar, side: Side) -> &'static str {
    use Side::{Domain, Incoming, Outgoing, Parameter};
    match (scalar, side) {
        (Scalar::Uuid, _) => "UUID",
        (Scalar::String, Incoming | Parameter) | (Scalar::Json, Parameter) => "ShortText",
        (Scalar::Text, Incoming | Parameter) => "LongText",
        (Scalar::Email, Incoming | Parameter) => "Email",
        (Scalar::Phone, Incoming | Parameter) => "Phone",
        (Scalar::Url, Incoming | Parameter) => "Url",
        (Scalar::String | Scalar::Text | Scalar::Email | Scalar::Phone | Scalar::Url, _) => "str",
        (Scalar::Int, Incoming) => "Int",
        (Scalar::Long, Incoming) => "Long",
        (Scalar::Int, Parameter) => "IntParameter",
        (Scalar::Long, Parameter) => "LongParameter",
        (Scalar::Int | Scalar::Long, _) => "int",
        (Scalar::Decimal | Scalar::Money, Domain) => "Decimal",
        (Scalar::Decimal, _) | (Scalar::Money, Outgoing) => "Exact",
        (Scalar::Money, Incoming | Parameter) => "Money",
        (Scalar::Float, Incoming) => "Float",
        (Scalar::Float, Parameter) => "FloatParameter",
        (Scalar::Float, _) => "float",
        (Scalar::Bool, Incoming) => "Bool",
        (Scalar::Bool, Parameter) => "BoolParameter",
        (Scalar::Bool, _) => "bool",
        (Scalar::Instant, Incoming | Parameter) => "Instant",
        (Scalar::Instant, _) => "dt.datetime",
        (Scalar::Date, Incoming | Parameter) => "CalendarDate",
        (Scalar::Date, _) => "dt.date",
        (Scalar::Duration, Incoming | Parameter) => "Duration",
        (Scalar::Duration, _) => "dt.timedelta",
        (Scalar::Bytes, Domain) => "bytes",
        (Scalar::Bytes, _) => "Base64",
        (Scalar::Json, _) => "JsonValue",
    }
}

/// A bounded field: the annotation that its bounds apply to, and the arguments of `Field` or `Query`.
pub(super) fn bounds(field: &FieldModel, annotation: &str, side: Side) -> (String, Vec<String>) {
    let mut args = Vec::new();
    if side == Side::Domain || side == Side::Outgoing {
        return (annotation.to_owned(), args);
    }
    let len = field.len.unwrap_or_default();
    let scalar = match &field.ty {
        TypeModel::Scalar { scalar, .. } => *scalar,
        TypeModel::List { .. } => {
            if let Some(min) = len.min.filter(|min| *min > 0) {
                args.push(format!("min_length={}", grouped(min)));
            }
            args.push(format!("max_length={}", grouped(len.max.unwrap_or(1_000))));
            return (annotation.to_owned(), args);
        }
        _ => return (annotation.to_owned(), args),
    };
    let texts = matches!(scalar, Scalar::String | Scalar::Text);
    if matches!(
        scalar,
        Scalar::String | Scalar::Text | Scalar::Email | Scalar::Phone | Scalar::Url
    ) {
        if field.len.is_none() && field.pattern.is_none() {
            return (annotation.to_owned(), args);
        }
        if let Some(min) = len.min.filter(|min| *min > 0) {
            args.push(format!("min_length={}", grouped(min)));
        }
        let default_max = match scalar {
            Scalar::String => Some(255),
            Scalar::Text => Some(65_536),
            _ => None,
        };
        if let Some(max) = len.max.or(default_max) {
            args.push(format!("max_length={}", grouped(max)));
        }
        match &field.pattern {
            Some(pattern) if looks_around(pattern) => {
                let fitting = format!("AfterValidator(Fitting({}))", python_string(&whole(pattern)));
                return (format!("Annotated[{annotation}, {fitting}]"), args);
            }
            Some(pattern) => args.push(format!("pattern={}", python_string(&whole(pattern)))),
            None if texts => args.push("pattern=NO_NUL".to_owned()),
            None => {}
        }
        return (
            if texts {
                "str".to_owned()
            } else {
                annotation.to_owned()
            },
            args,
        );
    }
    match scalar {
        Scalar::Int | Scalar::Long => {
            if field.min.is_none() && field.max.is_none() {
                return (annotation.to_owned(), args);
            }
            let word = if scalar == Scalar::Int { "INT" } else { "LONG" };
            args.push(format!(
                "ge={}",
                field.min.clone().unwrap_or_else(|| format!("{word}_MIN"))
            ));
            args.push(format!(
                "le={}",
                field.max.clone().unwrap_or_else(|| format!("{word}_MAX"))
            ));
            let base = if side == Side::Parameter {
                "WholeParameter"
            } else {
                "Whole"
            };
            (base.to_owned(), args)
        }
        Scalar::Decimal | Scalar::Money => {
            if scalar == Scalar::Decimal {
                let (precision, scale) = super::entity::digits(&field.ty);
                args.push(format!("max_digits={precision}"));
                args.push(format!("decimal_places={scale}"));
            }
            args.extend(field.min.iter().map(|min| format!("ge=Decimal(\"{min}\")")));
            args.extend(field.max.iter().map(|max| format!("le=Decimal(\"{max}\")")));
            (annotation.to_owned(), args)
        }
        Scalar::Float => {
            args.extend(field.min.iter().map(|min| format!("ge={min}")));
            args.extend(field.max.iter().map(|max| format!("le={max}")));
            (annotation.to_owned(), args)
        }
        _ => (annotation.to_owned(), args),
    }
}

/// A pattern is for the whole value. Its classes of letters are ASCII, as in the API document, and not Unicode as they
/// are for pydantic's engine.
pub(super) fn whole(pattern: &str) -> String {
    let mut text = String::from("^(?:");
    let mut letters = pattern.chars();
    let mut in_class = false;
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            in_class = (in_class || letter == '[') && letter != ']';
            text.push(letter);
            continue;
        }
        let Some(escaped) = letters.next() else {
            text.push(letter);
            break;
        };
        let class = match escaped {
            'd' | 'D' => "0-9",
            'w' | 'W' => "A-Za-z0-9_",
            's' | 'S' => " \\t\\n\\r\\f\\v",
            _ => "",
        };
        match (class.is_empty(), in_class, escaped.is_lowercase()) {
            (false, true, true) => text.push_str(class),
            (false, false, small) => {
                text.push_str(if small { "[" } else { "[^" });
                text.push_str(class);
                text.push(']');
            }
            _ => {
                text.push(letter);
                text.push(escaped);
            }
        }
    }
    text.push_str(")$");
    text
}

/// Whether a pattern looks around or back.
fn looks_around(pattern: &str) -> bool {
    let groups = ["(?=", "(?!", "(?<=", "(?<!", "(?P="]
        .iter()
        .any(|group| pattern.contains(group));
    groups || (1..=9).any(|number| pattern.contains(&format!("\\{number}")))
}

/// Digits in groups of three, as people read them.
pub(super) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
