//! Scalars, constants and the problem document as JSON Schema.

use crate::json::{Json, Object};
use crate::model::{Expr, Literal, Scalar, TypeModel};

use super::schema::Direction;

/// `PostgreSQL` stores no NUL in text.
const NO_NUL: &str = "^[^\\u0000]*$";

pub(super) fn scalar_schema(scalar: Scalar, digits: Option<(u32, u32)>, direction: Direction) -> Json {
    let text =
        |parts: Vec<(&str, Json)>| Json::object([("type", Json::from("string"))].into_iter().chain(parts));
    let incoming = direction == Direction::In;
    let bounds = |parts: Vec<(&'static str, Json)>| if incoming { parts } else { Vec::new() };
    match scalar {
        Scalar::Uuid => text(vec![("format", "uuid".into())]),
        Scalar::String => text(bounds(vec![
            ("maxLength", 255_u64.into()),
            ("pattern", NO_NUL.into()),
        ])),
        Scalar::Text => text(bounds(vec![
            ("maxLength", 65_536_u64.into()),
            ("pattern", NO_NUL.into()),
        ])),
        Scalar::Email => text(bounds(vec![
            ("maxLength", 254_u64.into()),
            (
                "pattern",
                r"^[^@\u0000-\u0020]{1,64}@[^@\u0000-\u0020]{1,189}$".into(),
            ),
        ])),
        Scalar::Phone => text(bounds(vec![("pattern", r"^\+[1-9][0-9]{6,14}$".into())])),
        Scalar::Url => text(bounds(vec![
            ("maxLength", 2_048_u64.into()),
            ("pattern", r"^https?://[^\u0000-\u0020]+$".into()),
        ])),
        Scalar::Int => whole("int32", i64::from(i32::MIN), i64::from(i32::MAX), incoming),
        Scalar::Long => whole("int64", i64::MIN, i64::MAX, incoming),
        Scalar::Float => Json::object([("type", Json::from("number")), ("format", "double".into())]),
        Scalar::Bool => Json::object([("type", Json::from("boolean"))]),
        Scalar::Decimal => exact(digits),
        Scalar::Money => exact(Some((19, 4))),
        Scalar::Instant => text(vec![("format", "date-time".into())]),
        Scalar::Date => text(vec![("format", "date".into())]),
        Scalar::Duration => text(vec![("format", "duration".into())]),
        Scalar::Bytes => {
            let pattern = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";
            let mut parts = vec![("contentEncoding", "base64".into())];
            parts.extend(bounds(vec![("pattern", pattern.into())]));
            text(parts)
        }
        Scalar::Json => Json::Object(Object::new()),
    }
}

fn whole(format: &str, least: i64, most: i64, incoming: bool) -> Json {
    let mut schema = vec![("type", Json::from("integer")), ("format", format.into())];
    if incoming {
        schema.push(("minimum", least.into()));
        schema.push(("maximum", most.into()));
    }
    Json::object(schema)
}

/// An exact number travels as text, so that no reader rounds it.
fn exact(digits: Option<(u32, u32)>) -> Json {
    let (total, after) = digits.unwrap_or((28, 10));
    let before = total.saturating_sub(after).max(1);
    let pattern = if after == 0 {
        format!("^-?[0-9]{{1,{before}}}$")
    } else {
        format!("^-?[0-9]{{1,{before}}}(\\.[0-9]{{1,{after}}})?$")
    };
    Json::object([("type", Json::from("string")), ("pattern", pattern.into())])
}

/// The problem document of RFC 9457, with the extensions that a service may add.
pub(super) fn problem() -> Json {
    let text = |docs: &str| Json::object([("type", Json::from("string")), ("description", docs.into())]);
    let error = Json::object([
        ("type", Json::from("object")),
        (
            "properties",
            Json::object([
                (
                    "pointer",
                    text("Where the value stands, as a JSON pointer, or the parameter's name."),
                ),
                ("detail", text("What is wrong with it.")),
            ]),
        ),
        ("required", Json::list(["pointer".into(), "detail".into()])),
    ]);
    Json::object([
        ("type", Json::from("object")),
        ("description", "What went wrong (RFC 9457).".into()),
        (
            "properties",
            Json::object([
                ("type", text("Names the sort of problem.")),
                ("title", text("The problem in one sentence.")),
                (
                    "status",
                    Json::object([
                        ("type", Json::from("integer")),
                        ("minimum", 400_u64.into()),
                        ("maximum", 599_u64.into()),
                    ]),
                ),
                ("detail", text("This occurrence, for people.")),
                ("instance", text("The path of the request.")),
                ("trace_id", text("Finds the request in the logs.")),
                (
                    "errors",
                    Json::object([
                        ("type", Json::from("array")),
                        ("items", error),
                        ("maxItems", 100_u64.into()),
                    ]),
                ),
            ]),
        ),
        (
            "required",
            Json::list(["type".into(), "title".into(), "status".into()]),
        ),
    ])
}

/// A default as it would travel; `None` for what only the service can compute (`now`).
pub(super) fn constant(default: &Expr, ty: &TypeModel) -> Option<Json> {
    let Expr::Literal { literal } = default else {
        return None;
    };
    let as_text = matches!(ty.carried_scalar(), Some(Scalar::Decimal | Scalar::Money));
    Some(match literal {
        Literal::String(text) | Literal::Date(text) => text.as_str().into(),
        Literal::Integer(value) if as_text => value.to_string().into(),
        Literal::Integer(value) => (*value).into(),
        Literal::Decimal(value) if as_text => value.as_str().into(),
        Literal::Decimal(value) => number(value)?,
        Literal::Bool(flag) => (*flag).into(),
        Literal::EnumMember { member, .. } => member.as_str().into(),
        Literal::Duration(_) | Literal::Role(_) => return None,
    })
}

pub(super) fn number(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok().map(Json::Number)
}
