//! Numbers, durations and sizes as people write them elsewhere.

use super::literals::unit_meant;
use crate::{ast::SyntaxError, errors::error, span::Span};

/// `1.5h`, `1e3`, `0x10` and `1O` as they are written here.
fn other_number(text: &str, digits: &str, unit: &str) -> Option<String> {
    if let Some(hexadecimal) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(hexadecimal, 16)
            .ok()
            .map(|value| value.to_string());
    }
    let exponent = text.split_once(['e', 'E']).and_then(|(first, zeros)| {
        let zeros: usize = zeros.parse().ok()?;
        let whole = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
        (whole && zeros < 16).then(|| format!("{first}{}", "0".repeat(zeros)))
    });
    if exponent.is_some() {
        return exponent;
    }
    let letters = text.replace(['O', 'o'], "0").replace(['l', 'I'], "1");
    if letters != text && letters.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(letters);
    }
    if let Some(thousands) = text.strip_suffix(['k', 'K']) {
        return thousands.parse::<u32>().ok().map(|count| format!("{count}_000"));
    }
    if let Some(sum) = sum_of_durations(text) {
        return Some(sum);
    }
    let (whole, fraction) = digits.split_once('.')?;
    let smaller = match unit_meant(unit)? {
        "s" => (1_000, "ms"),
        "m" => (60, "s"),
        "h" => (60, "m"),
        "d" => (24, "h"),
        "w" => (7, "d"),
        "y" => (12, "mo"),
        "KB" => (1_024, "B"),
        "MB" => (1_024, "KB"),
        "GB" => (1_024, "MB"),
        "TB" => (1_024, "GB"),
        _ => return None,
    };
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let count = format!("{whole}{fraction}")
        .parse::<u64>()
        .ok()?
        .checked_mul(smaller.0)?;
    (count % scale == 0).then(|| format!("{}{}", count / scale, smaller.1))
}

/// `1m30s` in its smallest unit.
fn sum_of_durations(text: &str) -> Option<String> {
    let mut total = 0_u64;
    let mut rest = text;
    let mut last = ("", 1);
    let mut parts = 0;
    while !rest.is_empty() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let length = rest[number..].len()
            - rest[number..]
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .len();
        let (count, unit) = (
            rest[..number].parse::<u64>().ok()?,
            unit_meant(&rest[number..number + length])?,
        );
        let millis = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        total = total.checked_add(count.checked_mul(millis)?)?;
        last = (unit, millis);
        parts += 1;
        rest = &rest[number + length..];
    }
    (parts > 1 && total.is_multiple_of(last.1)).then(|| format!("{}{}", total / last.1, last.0))
}

/// `1__0` and `10_`: `_` stands between digits.
pub(super) fn underscores(text: &str, span: Span) -> Option<SyntaxError> {
    let wrong = text
        .bytes()
        .zip(text.bytes().skip(1).chain([b' ']))
        .any(|(byte, next)| byte == b'_' && !next.is_ascii_digit());
    if !wrong {
        return None;
    }
    let mut meant = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_ascii_digit() && meant.ends_with('_') {
            meant.pop();
        }
        meant.push(c);
    }
    let meant = meant.trim_end_matches('_').to_owned();
    Some(
        error(
            "syntax.invalid_literal",
            span,
            format!("In `{text}` a `_` does not stand between two digits."),
        )
        .help("`_` groups the digits of a number: `1_000`.")
        .fix(format!("Write `{meant}`"), span, meant),
    )
}

/// What is said about a number with an ending that is no unit.
pub(super) fn bad_number(text: &str, span: Span) -> SyntaxError {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphanumeric() && !c.is_ascii_digit());
    let unit = &text[digits.len()..];
    let plain = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'.'));
    let meant = unit_meant(unit).filter(|_| plain);
    if let Some(other) = other_number(text, digits, unit) {
        return error(
            "syntax.invalid_literal",
            span,
            format!("`{text}` is neither a number nor a duration nor a size."),
        )
        .help("Numbers are written in digits, durations and sizes as whole numbers.")
        .fix(format!("Write `{other}`"), span, other);
    }
    let found = error(
        "syntax.invalid_literal",
        span,
        format!("`{text}` is neither a number nor a duration nor a size."),
    );
    match meant {
        Some(unit) if !digits.contains('.') => {
            found.fix(format!("Write `{digits}{unit}`"), span, format!("{digits}{unit}"))
        }
        Some(_) => found.help("Durations and sizes are whole numbers; use a smaller unit."),
        None => found.help("Durations end in ms, s, m, h, d, w, mo or y; sizes in B, KB, MB, GB or TB."),
    }
}
