//! One mistake, one message, at every position: each row of the vocabulary, in each of its places, with its example cut
//! behind every token, with every token doubled, and with every sign replaced by a wrong one. Whatever is wrong is said
//! once, where it is, and what stands around it has the tree that it has without the mistake.

use archwright_grammar::{
    ast::{Node, SyntaxError},
    lexer::{Token, TokenKind, lex},
    parser::parse_file,
    vocabulary::{FORMS, Form, Kind, Place},
};

/// The text before and behind a statement in a block of kind `place`: an item above, a neighbour and an item below.
fn around(form: &Form, place: Place) -> (String, String) {
    // A neighbour, and another one for the row that the first is of.
    let (open, close, neighbours) = match place {
        Place::File => return ("team Before\n".into(), "\nteam After\n".into()),
        Place::System => ("system S {", "}", ["outbox", "owner After"]),
        Place::Team => ("team T {", "}", ["contact \"t\"", "waive a.b"]),
        Place::Auth => ("auth A: cookie {", "}", ["rotate 90d", "idle 5m"]),
        Place::Password => (
            "auth A: cookie {\n  password {",
            "  }\n}",
            ["history 5", "min 12"],
        ),
        Place::Context => ("context C {", "}", ["term \"A\" \"B\"", "waive a.b"]),
        Place::Service => ("service S {", "}", ["layers a, b", "stack python"]),
        Place::Slo => (
            "service S {\n  slo {",
            "  }\n}",
            ["load 5 per second", "availability 99%"],
        ),
        Place::Runtime => ("service S {\n  runtime {", "  }\n}", ["pinned", "unprivileged"]),
        Place::Store => (
            "service S {\n  store D: postgres {",
            "  }\n}",
            ["pool 20", "replicas 2"],
        ),
        Place::Entity => (
            "service S {\n  entity E {",
            "  }\n}",
            ["total: int", "total: int"],
        ),
        Place::Fields => ("type T {", "}", ["total: int", "total: int"]),
        Place::Projection => ("service S {\n  type T of E {", "  }\n}", ["total", "total"]),
        Place::Enum => ("enum E {", "}", ["total", "total"]),
        Place::Event => (
            "service S {\n  event E v1 {",
            "  }\n}",
            ["total: int", "total: int"],
        ),
        Place::Endpoint => (
            "service S {\n  endpoint e GET /e {",
            "  }\n}",
            ["reads After", "audited"],
        ),
        Place::Resource => (
            "service S {\n  resource E at /e {",
            "  }\n}",
            ["waive a.b", "list"],
        ),
        Place::List => (
            "service S {\n  resource E at /e {\n    list {",
            "    }\n  }\n}",
            ["log after", "allow After"],
        ),
        Place::Operation => (
            "service S {\n  resource E at /e {\n    get {",
            "    }\n  }\n}",
            ["log after", "allow After"],
        ),
        Place::Query => (
            "service S {\n  query q -> [E] {",
            "  }\n}",
            ["order after desc", "limit 1"],
        ),
        Place::Handler => (
            "service S {\n  on B.E as h {",
            "  }\n}",
            ["reads After", "ordered"],
        ),
        Place::Job => (
            "service S {\n  job j every 1d {",
            "  }\n}",
            ["reads After", "audited"],
        ),
        Place::Webhook => (
            "service S {\n  webhook w from V POST /w {",
            "  }\n}",
            ["reads After", "idempotent"],
        ),
        Place::Call => (
            "service S {\n  endpoint e GET /e {\n    calls B.e {",
            "    }\n  }\n}",
            ["waive a.b", "breaker"],
        ),
        Place::Cache => ("service S {\n  cache c of q {", "  }\n}", ["waive a.b", "ttl 5m"]),
        Place::Component => (
            "service S {\n  component C in domain {",
            "  }\n}",
            ["uses After", "waive a.b"],
        ),
        Place::Vendor => ("vendor V: http {", "}", ["receives A.b", "breaker"]),
        Place::Client => ("client C: web {", "}", ["uses After", "waive a.b"]),
        Place::Broker => ("broker B: nats {", "}", ["waive a.b", "url \"u\""]),
        Place::Policy => ("policy P {", "}", ["layers A, B", "waive a.b"]),
        Place::Decision => ("decision D \"Title\" {", "}", ["affects After", "waive a.b"]),
        Place::Environment => ("environment E {", "}", ["scale After 1..2", "waive a.b"]),
    };
    let same = !form.word.is_empty() && neighbours[0].starts_with(form.word);
    let neighbour = neighbours[usize::from(same)];
    let indent = " ".repeat(2 * open.matches('{').count());
    (
        format!("team Before\n{open}\n{indent}"),
        format!("\n{indent}{neighbour}\n{close}\nteam After\n"),
    )
}

/// What a text says, without the places: the nodes of the block that the statement at hand stands in, in order.
fn outline(text: &str) -> Vec<String> {
    fn describe(node: &Node, depth: usize, lines: &mut Vec<String>) {
        let args: Vec<String> = node
            .args
            .iter()
            .map(|argument| format!("{}={:?}", argument.slot, argument.value))
            .map(|shown| without_places(&shown))
            .collect();
        lines.push(format!(
            "{depth} {:?} {} {}",
            node.kind(),
            node.word.text,
            args.join(" ")
        ));
        for child in node.children() {
            describe(child, depth + 1, lines);
        }
    }
    let mut lines = Vec::new();
    for (_, tree) in parse_file(text) {
        if let Some(node) = &tree.node {
            describe(node, 0, &mut lines);
        }
    }
    lines
}

/// Debug output with the numbers of spans left out.
fn without_places(shown: &str) -> String {
    let mut out = String::new();
    let mut rest = shown;
    while let Some(at) = rest.find("Span { start: ") {
        out.push_str(&rest[..at]);
        rest = rest[at..].find('}').map_or("", |end| &rest[at + end + 1..]);
    }
    out + rest
}

/// A statement with a mistake in it.
struct Broken {
    form: &'static Form,
    place: Place,
    /// All of the text, and where in it the statement stands.
    text: String,
    start: usize,
    end: usize,
    what: String,
}

impl Broken {
    fn new(form: &'static Form, place: Place, statement: &str, what: String) -> Self {
        let (before, behind) = around(form, place);
        Self {
            form,
            place,
            start: before.len(),
            end: before.len() + statement.len(),
            text: before + statement + &behind,
            what,
        }
    }

    fn errors(&self) -> Vec<SyntaxError> {
        archwright_grammar::parser::file_errors(&self.text)
    }

    /// What is wrong with how this is reported, if anything is.
    fn fault(&self) -> Option<String> {
        let errors = self.errors();
        let shown = || {
            let said: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
            format!(
                "{:?} in {:?}, {}: {:?} {said:#?}",
                self.form.kind,
                self.place,
                self.what,
                &self.text[self.start..self.end]
            )
        };
        if errors.len() > 1 {
            return Some(format!("{} errors: {}", errors.len(), shown()));
        }
        for error in &errors {
            let (start, end) = (error.span.start as usize, error.span.end as usize);
            // Something missing may be noticed at the first token behind the statement.
            let noticed = self.text[self.end..]
                .find(|c: char| !c.is_whitespace())
                .unwrap_or(0);
            if start < self.start || start > self.end + noticed || end < start {
                return Some(format!("elsewhere: {}", shown()));
            }
        }
        for fix in errors.iter().filter_map(|error| error.fix.as_ref()) {
            let mut fixed = self.text.clone();
            fixed.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.text);
            let after = archwright_grammar::parser::file_errors(&fixed);
            if !after.is_empty() {
                return Some(format!("fixed to {fixed:?}, {after:#?}: {}", shown()));
            }
        }
        let around = outline(&self.text);
        for expected in self.neighbours() {
            if !around.contains(&expected) {
                return Some(format!("without {expected:?}: {}", shown()));
            }
        }
        None
    }

    /// The lines of the outline that must be there whatever the statement is: those of the text without it.
    fn neighbours(&self) -> Vec<String> {
        let (before, behind) = around(self.form, self.place);
        outline(&(before + &behind))
    }
}

/// The tokens of an example that mean something.
fn tokens(example: &str) -> Vec<Token> {
    lex(example).filter(|token| !token.kind.is_trivia()).collect()
}

/// Every row in each of its places.
fn rows() -> impl Iterator<Item = (&'static Form, Place)> {
    FORMS
        .iter()
        .flat_map(|form| form.places.iter().map(move |place| (form, *place)))
}

/// The part of an example that stands on its own line: blocks are cut with their braces closed.
fn closed(prefix: &str) -> String {
    let mut open = 0_usize;
    for token in tokens(prefix) {
        match token.kind {
            TokenKind::LBrace => open += 1,
            TokenKind::RBrace => open = open.saturating_sub(1),
            _ => {}
        }
    }
    format!("{prefix}{}", " }".repeat(open))
}

#[track_caller]
fn none(faults: &[String], tried: usize) {
    assert!(
        faults.is_empty(),
        "{} of {tried} are not reported well:\n\n{}",
        faults.len(),
        faults.iter().take(12).cloned().collect::<Vec<_>>().join("\n\n")
    );
}

#[test]
fn cut_behind_every_token() {
    let (mut faults, mut tried) = (Vec::new(), 0);
    for (form, place) in rows() {
        let example = form.example;
        let all = tokens(example);
        for token in &all[..all.len() - 1] {
            let prefix = closed(&example[..token.span.end as usize]);
            let broken = Broken::new(
                form,
                place,
                &prefix,
                format!("cut behind {:?}", token.span.of(example)),
            );
            faults.extend(broken.fault());
            tried += 1;
        }
    }
    none(&faults, tried);
}

#[test]
fn every_token_doubled() {
    let (mut faults, mut tried) = (Vec::new(), 0);
    for (form, place) in rows() {
        let example = form.example;
        for token in tokens(example) {
            if matches!(token.kind, TokenKind::LBrace | TokenKind::RBrace) {
                // Braces are what recovery is measured by, over whole examples.
                continue;
            }
            let mut doubled = example.to_owned();
            doubled.insert_str(token.span.end as usize, &format!(" {}", token.span.of(example)));
            let broken = Broken::new(
                form,
                place,
                &doubled,
                format!("{:?} twice", token.span.of(example)),
            );
            faults.extend(broken.fault());
            tried += 1;
        }
    }
    none(&faults, tried);
}

#[test]
fn every_sign_replaced() {
    let (mut faults, mut tried) = (Vec::new(), 0);
    for (form, place) in rows() {
        let example = form.example;
        for token in tokens(example) {
            let found = token.span.of(example);
            let wrong: &[&str] = match token.kind {
                TokenKind::Colon => &["=", "->", "", ",", "：", "::"],
                TokenKind::Arrow => &["=>", ":", "→", "-->", "", "=", ">"],
                TokenKind::Comma => &["", ".", ":", "，", " and"],
                TokenKind::Assign => &[":", "==", ":=", ""],
                TokenKind::Equal => &["=", "===", "is", "≡", "eq"],
                TokenKind::Greater => &["->", "，", ":"],
                TokenKind::LParen | TokenKind::RParen => &["", "["],
                TokenKind::LBracket | TokenKind::RBracket => &["", "("],
                TokenKind::Dot => &["..", "::", "/", " "],
                TokenKind::DotDot => &["-", "...", "–", " to ", ","],
                TokenKind::At => &["", "＠", "@@", "#"],
                _ => continue,
            };
            for sign in wrong {
                let mut replaced = example.to_owned();
                replaced.replace_range(token.span.start as usize..token.span.end as usize, sign);
                let broken = Broken::new(form, place, &replaced, format!("{found:?} is {sign:?}"));
                faults.extend(broken.fault());
                tried += 1;
            }
        }
    }
    none(&faults, tried);
}

/// The neighbours that the other tests look for are there at all.
#[test]
fn neighbours_are_seen() {
    for (form, place) in rows() {
        let whole = Broken::new(form, place, form.example, "whole".to_owned());
        assert_eq!(whole.errors(), [], "{}", whole.text);
        assert!(whole.fault().is_none());
        let kinds: Vec<String> = whole.neighbours();
        assert!(kinds.iter().any(|line| line.contains("After")), "{kinds:?}");
        assert!(form.kind != Kind::Team || place == Place::File);
    }
}
