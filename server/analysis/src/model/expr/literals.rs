//! Literals against what they are compared with or given to: whether such a value can be, and what was probably meant.

use archwright_grammar::ast::Literal;

use super::{
    forms::{is_day, is_email, is_phone, is_url, is_uuid},
    sort::{Kept, NumberKind, Sort, TextKind},
    text::{literal, quoted},
};
use crate::model::cx::Cx;

/// Why a literal cannot be a value of a sort.
pub(super) struct Misfit {
    /// `type.out_of_range` or `type.format`.
    pub(super) code: &'static str,
    /// Fact, then consequence.
    pub(super) message: String,
    /// What to do.
    pub(super) help: String,
}

/// What a literal is.
pub(super) const fn sort_of_literal(value: &Literal) -> Sort {
    match value {
        Literal::String(_) => Sort::Text(TextKind::Plain),
        Literal::Int(_) | Literal::Decimal(_) => Sort::Number(NumberKind::Any),
        Literal::Size(_) => Sort::Number(NumberKind::Size),
        Literal::Percent(_) => Sort::Number(NumberKind::Share),
        Literal::Bool(_) => Sort::Bool,
        Literal::Null => Sort::Null,
        Literal::Duration(_) => Sort::Duration,
        Literal::Date(_) => Sort::Date,
    }
}

/// Whether a literal is held against a sort by its own value rather than by its sort: a text that is to be a UUID.
pub(super) const fn judged_by_form(value: &Literal, sort: &Sort) -> bool {
    matches!(value, Literal::String(_)) && matches!(sort, Sort::Identity(Kept::Uuid))
}

/// Why a literal that fits a sort is no possible value of it. `exact` where it must be one: equal, a default, an argument;
/// for `<` and the like a value between two possible ones is good, too.
pub(super) fn misfit(value: &Literal, sort: &Sort, exact: bool) -> Option<Misfit> {
    match (sort, value) {
        (Sort::Identity(Kept::Uuid), Literal::String(text)) if !is_uuid(text) => Some(format(
            format!("{} is not a UUID, so it is no identity", quoted(text)),
            "A UUID is written \"3f2504e0-4f89-11d3-9a0c-0305e82c3301\".",
        )),
        (Sort::Text(kind), Literal::String(text)) if exact => {
            let (is, what, help): (fn(&str) -> bool, _, _) = match kind {
                TextKind::Plain => return None,
                TextKind::Email => (
                    is_email,
                    "an e-mail address",
                    "An address has one `@`, with something before it and a domain behind it.",
                ),
                TextKind::Phone => (
                    is_phone,
                    "a telephone number",
                    "Such a number has digits, blanks, `+`, `-`, `/`, `.` and parentheses.",
                ),
                TextKind::Url => (
                    is_url,
                    "an absolute URL",
                    "Such a URL begins with its scheme: \"https://…\".",
                ),
            };
            (!is(text)).then(|| format(format!("{} is not {what}", quoted(text)), help))
        }
        (Sort::Number(kind), Literal::Int(_) | Literal::Decimal(_) | Literal::Size(_)) => {
            number(*kind, value, exact)
        }
        _ => None,
    }
}

fn format(message: String, help: &str) -> Misfit {
    Misfit {
        code: "type.format",
        message,
        help: help.to_owned(),
    }
}

fn range(message: String, help: String) -> Misfit {
    Misfit {
        code: "type.out_of_range",
        message,
        help,
    }
}

fn number(kind: NumberKind, value: &Literal, exact: bool) -> Option<Misfit> {
    let shown = literal(value);
    let digits = Digits::of(value)?;
    match kind {
        NumberKind::Int | NumberKind::Long => {
            let (name, least, most) = if kind == NumberKind::Int {
                ("int", i128::from(i32::MIN), i128::from(i32::MAX))
            } else {
                ("long", i128::from(i64::MIN), i128::from(i64::MAX))
            };
            let whole = digits.whole();
            if whole.is_none_or(|whole| whole < least || whole > most) {
                let help =
                    if kind == NumberKind::Int && whole.is_some_and(|whole| i64::try_from(whole).is_ok()) {
                        format!("The numbers of `int` go from {least} to {most}; `long` holds more.")
                    } else {
                        format!("The numbers of `{name}` go from {least} to {most}.")
                    };
                return Some(range(
                    format!("`{shown}` is outside of what `{name}` can hold"),
                    help,
                ));
            }
            (exact && digits.fraction > 0).then(|| {
                range(
                    format!("`{shown}` has a fraction, and `{name}` holds whole numbers only"),
                    "Write a whole number, or make the type `decimal(12, 2)`.".to_owned(),
                )
            })
        }
        NumberKind::Decimal { precision, scale } => {
            let before = i64::try_from(digits.before).unwrap_or(i64::MAX);
            let behind = i64::try_from(digits.fraction).unwrap_or(i64::MAX);
            if precision < 1 || scale < 0 || scale > precision {
                // That is wrong in itself.
                return None;
            }
            if before > precision - scale {
                return Some(range(
                    format!("`{shown}` is outside of what `decimal({precision}, {scale})` can hold"),
                    format!(
                        "It has {} digits before the point; {before} are needed.",
                        precision - scale
                    ),
                ));
            }
            (exact && behind > scale).then(|| {
                range(
                    format!(
                        "`{shown}` has {behind} digits behind the point, and `decimal({precision}, {scale})` keeps {scale}"
                    ),
                    "Write fewer digits, or give the type a larger scale.".to_owned(),
                )
            })
        }
        _ => None,
    }
}

/// The digits of a number that count.
struct Digits {
    negative: bool,
    /// Those before the point, without leading zeros.
    before: usize,
    /// How many stand behind it, without trailing zeros.
    fraction: usize,
    whole: String,
}

impl Digits {
    fn of(value: &Literal) -> Option<Self> {
        let text = match value {
            Literal::Int(number) => number.to_string(),
            Literal::Decimal(text) => text.replace('_', ""),
            Literal::Size(bytes) => bytes.to_string(),
            _ => return None,
        };
        let (negative, text) = text
            .strip_prefix('-')
            .map_or((false, text.as_str()), |rest| (true, rest));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let whole = whole.trim_start_matches('0');
        Some(Self {
            negative,
            before: whole.len(),
            fraction: fraction.trim_end_matches('0').len(),
            whole: whole.to_owned(),
        })
    }

    /// Without what stands behind the point; `None` where it is larger than any whole number of the language.
    fn whole(&self) -> Option<i128> {
        if self.whole.is_empty() {
            return Some(0);
        }
        let value: i128 = self.whole.parse().ok()?;
        Some(if self.negative { -value } else { value })
    }
}

/// What to write instead of a literal whose sort does not fit, where that is likely.
pub(super) fn meant(cx: Cx<'_>, value: &Literal, sort: &Sort) -> Option<(String, String)> {
    let instead = |help: &str, text: String| Some((help.to_owned(), text));
    match (value, sort) {
        (Literal::String(text), Sort::Enum(def)) => {
            let members = &def.enum_def(cx.db)?.members;
            let (member, _) = members.iter().find(|(name, _)| name == text)?;
            instead(
                "Members of an enum are written without quotes.",
                member.to_string(),
            )
        }
        (Literal::String(text), Sort::Role) => {
            is_name(text).then(|| ("Roles are written without quotes.".to_owned(), text.to_string()))
        }
        (Literal::String(text), Sort::Date | Sort::Instant) if is_day(text) => {
            instead("Days are written without quotes.", text.to_string())
        }
        (Literal::String(text), Sort::Number(_)) if is_number(text) => {
            instead("Numbers are written without quotes.", text.to_string())
        }
        (Literal::String(text), Sort::Bool) if matches!(text.as_str(), "true" | "false") => {
            instead("`true` and `false` are written without quotes.", text.to_string())
        }
        (Literal::Int(0 | 1), Sort::Bool) => {
            let text = if matches!(value, Literal::Int(0)) {
                "false"
            } else {
                "true"
            };
            instead("Write `true` or `false`.", text.to_owned())
        }
        (Literal::Int(_) | Literal::Decimal(_) | Literal::Date(_) | Literal::Bool(_), Sort::Text(_)) => {
            instead("Texts stand in double quotes.", quoted(&literal(value)))
        }
        (Literal::Int(count), Sort::Duration) if *count >= 0 => {
            instead("A length of time has a unit: `7d`, `30s`.", format!("{count}d"))
        }
        (Literal::Percent(_), Sort::Number(NumberKind::Int | NumberKind::Long)) => {
            let text = literal(value);
            let text = text.trim_end_matches('%').to_owned();
            let help = "A percentage is a part of one: `70%` is 0.7. Of whole percents write the number.";
            (!text.contains('.')).then(|| (help.to_owned(), text))
        }
        (Literal::Duration(_), Sort::Instant | Sort::Date) => instead(
            "A length of time before now is a point in time.",
            format!("now - {}", literal(value)),
        ),
        _ => None,
    }
}

/// Whether a text could be a name of the language.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction)
}
