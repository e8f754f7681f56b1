//! What may come next in a statement: the words written so far are walked through the arguments of its row in the
//! vocabulary, along every way they can be read.

use archwright_grammar::{
    lexer::TokenKind,
    vocabulary::{Arg, Shape},
};

/// A token written before the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tok<'t> {
    pub kind: TokenKind,
    pub text: &'t str,
}

/// Something that may come next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Expected<'t> {
    /// A word of the language or a sign.
    Word(&'static str),
    /// A value; in a type or expression, the tokens of it that are written already.
    Value(&'static str, Shape, &'t [Tok<'t>]),
    /// `@…`
    Attribute,
    /// The name of a new parameter, or its type after these tokens.
    Param(&'t [Tok<'t>]),
}

/// Everything that may come behind `tokens`.
pub(super) fn expected<'t>(args: &'static [Arg], tokens: &'t [Tok<'t>]) -> Vec<Expected<'t>> {
    let mut out = Vec::new();
    sequence(args, tokens, &mut out, &mut |_, _| {});
    out.dedup();
    out
}

/// What is done with the tokens that are left.
type Next<'n, 't> = &'n mut dyn FnMut(&'t [Tok<'t>], &mut Vec<Expected<'t>>);

fn sequence<'t>(
    args: &'static [Arg],
    tokens: &'t [Tok<'t>],
    out: &mut Vec<Expected<'t>>,
    next: Next<'_, 't>,
) {
    match args.split_first() {
        None => next(tokens, out),
        Some((first, rest)) => one(first, tokens, out, &mut |left, out| {
            sequence(rest, left, out, next);
        }),
    }
}

fn one<'t>(arg: &'static Arg, tokens: &'t [Tok<'t>], out: &mut Vec<Expected<'t>>, next: Next<'_, 't>) {
    let first = tokens.first();
    match arg {
        Arg::Name => {
            if let Some(token) = first
                && token.kind == TokenKind::Ident
            {
                next(&tokens[1..], out);
            }
        }
        Arg::Kw(word) | Arg::Sign(word) => match first {
            None => out.push(Expected::Word(word)),
            Some(token) if token.text == *word => next(&tokens[1..], out),
            Some(_) => {}
        },
        Arg::Flag(word) => {
            match first {
                None => out.push(Expected::Word(word)),
                Some(token) if token.text == *word => next(&tokens[1..], out),
                Some(_) => {}
            }
            next(tokens, out);
        }
        Arg::One(slot, shape) => value(slot, *shape, tokens, out, next),
        Arg::Many(slot, shape) => many(slot, *shape, tokens, out, next),
        Arg::Chain(slot, shape) => chain(slot, *shape, tokens, out, next),
        Arg::Parens(slot, shape) => {
            match first {
                None => out.push(Expected::Word("(")),
                Some(token) if token.text == "(" => many(
                    slot,
                    *shape,
                    &tokens[1..],
                    out,
                    &mut |left, out| match left.first() {
                        None => out.push(Expected::Word(")")),
                        Some(token) if token.text == ")" => next(&left[1..], out),
                        Some(_) => {}
                    },
                ),
                Some(_) => {}
            }
        }
        Arg::Params => match first {
            None => out.push(Expected::Word("(")),
            Some(token) if token.text == "(" => match closing(tokens) {
                Some(end) => next(&tokens[end + 1..], out),
                None => {
                    let inside = &tokens[1..];
                    let from = last_top_level_comma(inside).map_or(0, |comma| comma + 1);
                    out.push(Expected::Param(&inside[from..]));
                }
            },
            Some(_) => {}
        },
        Arg::Attributes => {
            let mut left = tokens;
            while left.len() >= 2 && left[0].text == "@" {
                left = &left[2..];
                if left.first().is_some_and(|token| token.text == "(") {
                    match closing(left) {
                        Some(end) => left = &left[end + 1..],
                        None => return,
                    }
                }
            }
            if left.is_empty() || (left.len() == 1 && left[0].text == "@") {
                out.push(Expected::Attribute);
            }
            next(left, out);
        }
        Arg::Opt(inner) => {
            sequence(inner, tokens, out, next);
            next(tokens, out);
        }
        Arg::Alt(alternatives) => {
            for inner in *alternatives {
                sequence(inner, tokens, out, next);
            }
        }
    }
}

fn many<'t>(
    slot: &'static str,
    shape: Shape,
    tokens: &'t [Tok<'t>],
    out: &mut Vec<Expected<'t>>,
    next: Next<'_, 't>,
) {
    value(slot, shape, tokens, out, &mut |left, out| {
        if let Some(token) = left.first()
            && token.text == ","
        {
            many(slot, shape, &left[1..], out, next);
        } else {
            next(left, out);
        }
    });
}

fn chain<'t>(
    slot: &'static str,
    shape: Shape,
    tokens: &'t [Tok<'t>],
    out: &mut Vec<Expected<'t>>,
    next: Next<'_, 't>,
) {
    value(slot, shape, tokens, out, &mut |left, out| match left.first() {
        Some(token) if matches!(token.text, "," | ">") => chain(slot, shape, &left[1..], out, next),
        _ => next(left, out),
    });
}

fn value<'t>(
    slot: &'static str,
    shape: Shape,
    tokens: &'t [Tok<'t>],
    out: &mut Vec<Expected<'t>>,
    next: Next<'_, 't>,
) {
    if tokens.is_empty() {
        out.push(Expected::Value(slot, shape, tokens));
        return;
    }
    match shape {
        Shape::Type => {
            let end = type_end(tokens);
            if end == tokens.len() {
                out.push(Expected::Value(slot, shape, tokens));
            }
            if end > 0 {
                next(&tokens[end..], out);
            }
        }
        Shape::Expr => {
            // An expression is the last thing of a statement, or stands in parentheses.
            let end = tokens
                .iter()
                .scan(0_i32, |depth, token| {
                    *depth += match token.text {
                        "(" | "[" => 1,
                        ")" | "]" => -1,
                        _ => 0,
                    };
                    Some(*depth)
                })
                .zip(tokens)
                .position(|(depth, token)| depth < 0 || (depth == 0 && matches!(token.text, "," | "@")))
                .unwrap_or(tokens.len());
            if end == tokens.len() {
                out.push(Expected::Value(slot, shape, tokens));
            }
            next(&tokens[end..], out);
        }
        Shape::Ref(_)
        | Shape::RefOrStar(_)
        | Shape::Field
        | Shape::Rule
        | Shape::Word(_)
        | Shape::AnyWord => {
            let mut end = usize::from(matches!(tokens[0].kind, TokenKind::Ident) || tokens[0].text == "*");
            while end > 0 && tokens.len() > end + 1 && tokens[end].text == "." {
                end += 2;
            }
            if end > 0 {
                next(&tokens[end..], out);
            }
        }
        Shape::Rate => {
            // `60 per minute`
            match tokens {
                [_] => out.push(Expected::Word("per")),
                [_, per] if per.text == "per" => out.push(Expected::Value("per", Shape::Duration, &[])),
                [_, per, _, rest @ ..] if per.text == "per" => next(rest, out),
                _ => {}
            }
        }
        Shape::IntRange | Shape::DurationRange => {
            let end = tokens
                .iter()
                .take(3)
                .take_while(|token| token.text == ".." || number(token))
                .count()
                .max(1);
            next(&tokens[end..], out);
        }
        Shape::Secret => {
            let end = if tokens[0].text == "secret" {
                closing(&tokens[1..]).map_or(tokens.len(), |end| end + 2)
            } else {
                1
            };
            next(&tokens[end.min(tokens.len())..], out);
        }
        _ => next(&tokens[1..], out),
    }
}

const fn number(token: &Tok<'_>) -> bool {
    matches!(token.kind, TokenKind::Int | TokenKind::Duration)
}

/// The index of the bracket that closes the first token.
fn closing(tokens: &[Tok<'_>]) -> Option<usize> {
    let mut depth = 0_i32;
    for (index, token) in tokens.iter().enumerate() {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(index);
        }
    }
    None
}

fn last_top_level_comma(tokens: &[Tok<'_>]) -> Option<usize> {
    let mut depth = 0_i32;
    let mut last = None;
    for (index, token) in tokens.iter().enumerate() {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "," if depth == 0 => last = Some(index),
            _ => {}
        }
    }
    last
}

/// How many tokens a type takes; all of them where it is not finished.
fn type_end(tokens: &[Tok<'_>]) -> usize {
    let Some(first) = tokens.first() else { return 0 };
    let mut end = match first.text {
        "[" | "{" => match closing(tokens) {
            Some(end) => end + 1,
            None => return tokens.len(),
        },
        "ref" | "new" | "patch" | "page" => {
            // `ref: uuid` does not come here: a type stands behind the colon.
            if tokens.len() == 1 {
                return 1;
            }
            1 + type_end(&tokens[1..])
        }
        _ if first.kind == TokenKind::Ident => {
            let mut end = 1;
            while tokens.len() > end + 1 && tokens[end].text == "." {
                end += 2;
            }
            if tokens.get(end).is_some_and(|token| token.text == "(") {
                match closing(&tokens[end..]) {
                    Some(close) => end += close + 1,
                    None => return tokens.len(),
                }
            }
            end
        }
        _ => return 0,
    };
    if tokens.get(end).is_some_and(|token| token.text == "?") {
        end += 1;
    }
    end
}
