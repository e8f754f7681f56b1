//! Expressions as text, for messages and repairs.

use archwright_grammar::ast::{CompareOp, Duration, Literal, TimeUnit};

use crate::model::facts::{ExprFact, ExprFactKind};

/// How closely a form binds; what binds less closely than its surroundings needs parentheses.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Atom,
}

/// An expression as it would be written.
pub(crate) fn text(expr: &ExprFact) -> String {
    let mut out = String::new();
    write(expr, Binding::Or, &mut out);
    out
}

/// The same as a part of a comparison.
pub(super) fn operand(expr: &ExprFact) -> String {
    let mut out = String::new();
    write(expr, Binding::Sum, &mut out);
    out
}

fn binding(expr: &ExprFact) -> Binding {
    match &expr.kind {
        ExprFactKind::Or(..) => Binding::Or,
        ExprFactKind::And(..) => Binding::And,
        ExprFactKind::Not(_) => Binding::Not,
        ExprFactKind::Compare(..) | ExprFactKind::In(..) | ExprFactKind::IsNull(..) => Binding::Comparison,
        ExprFactKind::Add(..) | ExprFactKind::Sub(..) => Binding::Sum,
        _ => Binding::Atom,
    }
}

fn write(expr: &ExprFact, around: Binding, out: &mut String) {
    if binding(expr) < around {
        out.push('(');
        write(expr, Binding::Or, out);
        out.push(')');
        return;
    }
    let two =
        |left: &ExprFact, sign: &str, right: &ExprFact, one: Binding, other: Binding, out: &mut String| {
            write(left, one, out);
            out.push(' ');
            out.push_str(sign);
            out.push(' ');
            write(right, other, out);
        };
    match &expr.kind {
        ExprFactKind::Or(left, right) => two(left, "or", right, Binding::Or, Binding::And, out),
        ExprFactKind::And(left, right) => two(left, "and", right, Binding::And, Binding::Not, out),
        ExprFactKind::Not(inner) => {
            out.push_str("not ");
            write(inner, Binding::Not, out);
        }
        ExprFactKind::Compare(left, op, right) => {
            two(left, sign(*op), right, Binding::Sum, Binding::Sum, out);
        }
        ExprFactKind::In(inner, list) => {
            write(inner, Binding::Sum, out);
            out.push_str(" in [");
            all(list, out);
            out.push(']');
        }
        ExprFactKind::IsNull(inner, not) => {
            write(inner, Binding::Sum, out);
            out.push_str(if *not { " is not null" } else { " is null" });
        }
        ExprFactKind::Add(left, right) => two(left, "+", right, Binding::Sum, Binding::Atom, out),
        ExprFactKind::Sub(left, right) => two(left, "-", right, Binding::Sum, Binding::Atom, out),
        ExprFactKind::Ref(reference) => out.push_str(&reference.text()),
        ExprFactKind::Now => out.push_str("now"),
        ExprFactKind::Caller(field) => {
            out.push_str("caller.");
            out.push_str(field);
        }
        ExprFactKind::Call(name, args) => {
            out.push_str(name);
            out.push('(');
            all(args, out);
            out.push(')');
        }
        ExprFactKind::Literal(value) => out.push_str(&literal(value)),
        ExprFactKind::Error => out.push('…'),
    }
}

fn all(list: &[ExprFact], out: &mut String) {
    for (index, element) in list.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(element, Binding::Or, out);
    }
}

pub(super) const fn sign(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "==",
        CompareOp::Ne => "!=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}

/// A literal as it would be written.
pub(in crate::model) fn literal(value: &Literal) -> String {
    match value {
        Literal::String(text) => quoted(text),
        Literal::Int(number) => number.to_string(),
        Literal::Decimal(text) => text.to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::Null => "null".to_owned(),
        Literal::Duration(time) => duration(*time),
        Literal::Date(date) => format!("{:04}-{:02}-{:02}", date.year, date.month, date.day),
        Literal::Size(bytes) => {
            let (unit, factor) = [
                ("TB", 1_u64 << 40),
                ("GB", 1 << 30),
                ("MB", 1 << 20),
                ("KB", 1 << 10),
            ]
            .into_iter()
            .find(|(_, factor)| *bytes > 0 && bytes % factor == 0)
            .unwrap_or(("B", 1));
            format!("{}{unit}", bytes / factor)
        }
        Literal::Percent(millionths) => percent(*millionths),
    }
}

/// A share in millionths, as it would be written: `99.95%`.
pub(crate) fn percent(millionths: u32) -> String {
    let fraction = format!("{:04}", millionths % 10_000);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}%", millionths / 10_000)
}

/// Milliseconds as they would be written, in the longest unit that fits: `1500ms`, `2s`.
pub(crate) fn millis(time: u64) -> String {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    let fitting = units
        .into_iter()
        .find(|(_, factor)| time > 0 && time.is_multiple_of(*factor));
    let (unit, factor) = fitting.unwrap_or(("ms", 1));
    format!("{}{unit}", time / factor)
}

/// A length of time as it would be written.
pub(crate) fn duration(time: Duration) -> String {
    let unit = match time.unit {
        TimeUnit::Millisecond => "ms",
        TimeUnit::Second => "s",
        TimeUnit::Minute => "m",
        TimeUnit::Hour => "h",
        TimeUnit::Day => "d",
        TimeUnit::Week => "w",
        TimeUnit::Month => "mo",
        TimeUnit::Year => "y",
    };
    format!("{}{unit}", time.count)
}

/// A text in double quotes, with its escapes.
pub(in crate::model) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
