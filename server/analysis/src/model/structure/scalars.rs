//! What stands in parentheses behind a type: `decimal` needs two numbers, the others nothing.

use archwright_grammar::{
    ast::{Expr, ExprKind, Literal, Node, Ref, Type, TypeKind, Value},
    vocabulary::{self, Kind},
};

use crate::{
    db::Item,
    model::{
        cx::Cx,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part, refs_in_value},
        read::fact_of,
        resolved::{Resolved, error},
    },
};

/// A type that stands as an argument.
#[derive(Clone, Copy)]
pub struct Argument<'a> {
    /// The item that it is in.
    pub item: Item,
    /// Its node.
    pub node: &'a Node,
    /// The way to the node.
    pub path: &'a [u16],
    /// The number of the argument.
    pub index: u16,
}

/// Checks all types inside one argument.
pub fn check(cx: Cx<'_>, at: Argument<'_>, ty: &Type, out: &mut Resolved) {
    let mut count = 0;
    named(ty, &mut count, &mut |number, ty, reference, args| {
        let whole = number == 0 && matches!(ty.kind, TypeKind::Named(..)) && is_whole(at, ty);
        if let Some(finding) = parentheses(cx, at, number, reference, args, whole.then_some(ty)) {
            out.findings.push(finding);
        }
    });
}

/// Whether a type is the argument itself, not a part of it.
fn is_whole(at: Argument<'_>, ty: &Type) -> bool {
    match &at.node.args[usize::from(at.index)].value {
        Value::Type(whole) => std::ptr::eq(whole, ty),
        Value::Param(param) => param.ty.as_ref().is_some_and(|whole| std::ptr::eq(whole, ty)),
        _ => false,
    }
}

/// Calls `each` for every type that is a name, with the number of its reference in the argument.
fn named<'a>(ty: &'a Type, count: &mut u16, each: &mut impl FnMut(u16, &'a Type, &'a Ref, &'a [Expr])) {
    match &ty.kind {
        TypeKind::Named(reference, args) => {
            each(*count, ty, reference, args);
            *count += 1;
        }
        TypeKind::Ref(_) | TypeKind::New(_) | TypeKind::Patch(_) | TypeKind::Page(_) => *count += 1,
        TypeKind::List(inner) => named(inner, count, each),
        TypeKind::Inline(fields) => {
            for argument in fields.iter().flat_map(|field| &field.args) {
                match &argument.value {
                    Value::Type(ty) => named(ty, count, each),
                    other => refs_in_value(other, &mut |_| *count += 1),
                }
            }
        }
        TypeKind::Error => {}
    }
}

fn parentheses(
    cx: Cx<'_>,
    at: Argument<'_>,
    number: u16,
    reference: &Ref,
    args: &[Expr],
    whole: Option<&Type>,
) -> Option<Finding> {
    let loc = Loc::at(at.path, Part::Ref(at.index, number));
    let report = |message: String| error(cx, at.item, "type.argument", loc.clone(), at.path, message);
    // What replaces the type with its parentheses, where it has a place of its own.
    let instead = |text: String| -> Option<FixPlan> {
        let text = if whole?.optional { format!("{text}?") } else { text };
        let place = Place::new(at.item, loc.with(Part::Type(at.index)));
        Some(FixPlan::suggest(format!("Write `{text}`"), vec![Step::Replace(place, text)]).preferred())
    };
    let with = |finding: Finding, fix: Option<FixPlan>| match fix {
        Some(fix) => finding.fix(fix),
        None => finding,
    };
    let name = reference.segments.last()?.text.as_str();
    let scalar = match reference.segments.as_slice() {
        [only] if reference.kind.is_none() => vocabulary::scalar(&only.text),
        _ => None,
    };
    let Some(scalar) = scalar else {
        let fact = fact_of(reference, loc.clone());
        let known = || cx.resolve(at.item, &fact, &[Kind::Type, Kind::Enum, Kind::Entity]);
        if args.is_empty() || known().is_none() {
            return None;
        }
        let finding = report(format!("`{}` takes nothing in parentheses", fact.text()));
        return Some(with(finding, instead(fact.text())));
    };
    if scalar.args.is_empty() {
        if args.is_empty() {
            return None;
        }
        let finding = report(format!("`{name}` takes nothing in parentheses"));
        if let Some(fix) = length(at, whole, name, args) {
            let finding = finding.help("How long a text may be is said behind its type.");
            return Some(finding.fix(fix));
        }
        let finding = match name {
            "string" | "text" | "bytes" | "email" | "url" => {
                finding.help("How long it may be is said behind it: `@len(0..80)`.")
            }
            "float" | "money" => {
                finding.help("An exact number with a fixed number of digits is a `decimal(12, 2)`.")
            }
            _ => finding,
        };
        return Some(with(finding, instead(name.to_owned())));
    }
    if args.iter().any(|arg| matches!(arg.kind, ExprKind::Error)) {
        return None;
    }
    let numbers: Option<Vec<i64>> = args.iter().map(whole_number).collect();
    let (Some([precision, scale]), true) = (numbers.as_deref(), args.len() == scalar.args.len()) else {
        let finding = report(format!(
            "`{name}` needs {} in parentheses, both whole numbers",
            scalar.args.join(" and ")
        ))
        .help("Write `decimal(12, 2)`: twelve digits, two of them after the point.");
        let fix = match numbers.as_deref() {
            Some([precision]) if *precision >= 2 => instead(format!("{name}({precision}, 2)")),
            Some([]) => instead(format!("{name}(12, 2)")),
            _ => None,
        };
        return Some(with(finding, fix));
    };
    if *precision < 1 || *scale < 0 {
        return Some(
            report(format!(
                "`{name}({precision}, {scale})` has no digits to hold a number with"
            ))
            .help("Write `decimal(12, 2)`: twelve digits, two of them after the point."),
        );
    }
    if scale > precision {
        let finding = report(format!(
            "`{name}({precision}, {scale})` has {precision} digits, and {scale} of them after the point"
        ))
        .help("The first number counts all digits, the second those after the point.");
        return Some(with(finding, instead(format!("{name}({scale}, {precision})"))));
    }
    None
}

/// `string(80)` as it is said here: `string @len(0..80)`. Behind a default there is no place for it.
fn length(at: Argument<'_>, whole: Option<&Type>, name: &str, args: &[Expr]) -> Option<FixPlan> {
    let [longest] = args else { return None };
    let longest = whole_number(longest).filter(|longest| *longest > 0)?;
    let optional = if whole?.optional { "?" } else { "" };
    let free = match &at.node.args[usize::from(at.index)].value {
        Value::Param(param) => param.default.is_none() && param.attributes.is_empty(),
        _ => at.node.kind() == Kind::Field && !at.node.has("default") && !at.node.has("attribute"),
    };
    if !free || !matches!(name, "string" | "text" | "bytes" | "email" | "phone" | "url") {
        return None;
    }
    let text = format!("{name}{optional} @len(0..{longest})");
    let place = Place::new(at.item, Loc::at(at.path, Part::Type(at.index)));
    Some(FixPlan::suggest(format!("Write `{text}`"), vec![Step::Replace(place, text)]).preferred())
}

fn whole_number(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Literal(Literal::Int(value)) => Some(*value),
        _ => None,
    }
}
