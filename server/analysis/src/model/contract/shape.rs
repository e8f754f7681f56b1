//! Types as text that can be read again without the blueprint that they come from.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    model::{
        cx::Cx,
        facts::{RefFact, Ty, TyKind},
    },
};

/// A type as it was released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// What.
    pub wire: Wire,
    /// `?`
    pub optional: bool,
}

/// The forms of a [`Shape`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wire {
    /// A scalar, or the path of a type, enum or entity.
    Name(String),
    /// `ref`, `new`, `patch` or `page`, and of what.
    Of(&'static str, String),
    /// `[T]`
    List(Box<Shape>),
    /// `{ … }`
    Inline(Vec<(String, Shape)>),
}

/// A type with the full names of what it names.
pub fn shape_text(cx: Cx<'_>, item: Item, ty: &Ty) -> String {
    let mut out = String::new();
    write(cx, item, ty, &mut out);
    out
}

fn write(cx: Cx<'_>, item: Item, ty: &Ty, out: &mut String) {
    let full = |reference: &RefFact| {
        let found = cx
            .def(item, reference)
            .or_else(|| cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity]));
        found.map_or_else(|| reference.text(), |def| cx.qualified(def).to_string())
    };
    let mut of = |word: &str, reference: &RefFact| {
        out.push_str(word);
        out.push_str(&full(reference));
    };
    match &ty.kind {
        TyKind::Scalar(name, numbers) => {
            out.push_str(name);
            if !numbers.is_empty() {
                let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                out.push('(');
                out.push_str(&numbers.join(", "));
                out.push(')');
            }
        }
        TyKind::Named(reference) => of("", reference),
        TyKind::Ref(reference) => of("ref ", reference),
        TyKind::New(reference) => of("new ", reference),
        TyKind::Patch(reference) => of("patch ", reference),
        TyKind::Page(reference) => of("page ", reference),
        TyKind::List(inner) => {
            out.push('[');
            write(cx, item, inner, out);
            out.push(']');
        }
        TyKind::Inline(fields) => {
            out.push_str("{ ");
            for (index, field) in fields.iter().enumerate() {
                if index > 0 {
                    out.push_str("; ");
                }
                out.push_str(&field.name);
                out.push_str(": ");
                write(cx, item, &field.ty, out);
            }
            out.push_str(" }");
        }
        TyKind::Error => out.push_str("unknown"),
    }
    if ty.optional {
        out.push('?');
    }
}

impl Shape {
    /// Reads a type at the start of a text; also what stands behind it.
    pub fn read(text: &str) -> Option<(Self, &str)> {
        Self::nested(text, 0)
    }

    fn nested(text: &str, depth: usize) -> Option<(Self, &str)> {
        // A lock is a file that anybody may write.
        if depth > 32 {
            return None;
        }
        let text = text.trim_start();
        let (wire, rest) = if let Some(rest) = text.strip_prefix('[') {
            let (inner, rest) = Self::nested(rest, depth + 1)?;
            (Wire::List(Box::new(inner)), rest.trim_start().strip_prefix(']')?)
        } else if let Some(rest) = text.strip_prefix('{') {
            inline(rest, depth)?
        } else {
            let (name, rest) = name(text)?;
            let word = ["ref", "new", "patch", "page"]
                .into_iter()
                .find(|word| *word == name);
            match word.map(|word| (word, self::name(rest.trim_start()))) {
                Some((word, Some((of, rest)))) => (Wire::Of(word, of.to_owned()), rest),
                _ => {
                    let rest = match rest.strip_prefix('(') {
                        Some(numbers) => numbers.split_once(')')?.1,
                        None => rest,
                    };
                    (Wire::Name(name.to_owned()), rest)
                }
            }
        };
        let (optional, rest) = match rest.strip_prefix('?') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        Some((Self { wire, optional }, rest))
    }
}

fn inline(text: &str, depth: usize) -> Option<(Wire, &str)> {
    let mut fields = Vec::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((Wire::Inline(fields), rest));
        }
        let (field, behind) = name(rest)?;
        let (shape, behind) = Shape::nested(behind.trim_start().strip_prefix(':')?, depth + 1)?;
        fields.push((field.to_owned(), shape));
        rest = behind.trim_start();
        rest = rest.strip_prefix(';').unwrap_or(rest).trim_start();
    }
}

fn name(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|char: char| !(char.is_alphanumeric() || matches!(char, '_' | '.')))
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::{Shape, Wire};

    #[test]
    fn types_are_read() {
        let read =
            |text: &str| Shape::read(text).map(|(shape, rest)| (shape.wire, shape.optional, rest.to_owned()));
        let name = |name: &str| Wire::Name(name.to_owned());
        assert_eq!(
            read("decimal(12, 2)? @pii"),
            Some((name("decimal"), true, " @pii".into()))
        );
        assert_eq!(
            read("page Orders.Order"),
            Some((Wire::Of("page", "Orders.Order".into()), false, String::new()))
        );
        assert_eq!(read("ref"), Some((name("ref"), false, String::new())));
        assert_eq!(
            read("[{ a: string; b: [int?] }]"),
            Some((
                Wire::List(Box::new(Shape {
                    wire: Wire::Inline(vec![
                        (
                            "a".into(),
                            Shape {
                                wire: name("string"),
                                optional: false
                            }
                        ),
                        (
                            "b".into(),
                            Shape {
                                wire: Wire::List(Box::new(Shape {
                                    wire: name("int"),
                                    optional: true
                                })),
                                optional: false
                            }
                        )
                    ]),
                    optional: false
                })),
                false,
                String::new()
            ))
        );
        assert_eq!(read(&"[".repeat(100)), None);
        assert_eq!(read("{ a string }"), None);
    }
}
