//! The tree: one [`Node`] per item, member, statement, field or option.
//!
//! Every node is shaped by a row of the [vocabulary](crate::vocabulary): its arguments are found by the slot names
//! of that row, so a new statement needs no new tree type.
//! All spans are relative to the item's start.

use smol_str::SmolStr;

use crate::{
    span::Span,
    vocabulary::{Form, Kind},
};

/// What parsing one item gives. Parsing cannot fail: what could not be read is an error beside the tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    /// The item; absent where the text holds nothing that begins one (stray text, only comments).
    pub node: Option<Node>,
    /// All syntax errors, in text order.
    pub errors: Vec<SyntaxError>,
    /// `//` comments, in text order.
    pub comments: Vec<Span>,
    /// `//!` documentation of the file, if it stands in this piece of text.
    pub file_docs: Option<Docs>,
}

impl Tree {
    /// Whether a syntax error begins inside of `span` or at its end.
    pub fn has_errors_in(&self, span: Span) -> bool {
        self.errors_from(span.start)
            .first()
            .is_some_and(|error| error.span.start <= span.end)
    }

    /// The syntax errors that begin at `start` or behind it.
    pub fn errors_from(&self, start: u32) -> &[SyntaxError] {
        let first = self.errors.partition_point(|error| error.span.start < start);
        &self.errors[first..]
    }
}

/// One construct of the language: an item, a member, a statement, a field, an enum member or an option.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From the first word (not the documentation) to the end of the arguments or block.
    pub span: Span,
    /// The row of the vocabulary that shaped this node.
    pub form: &'static Form,
    /// The leading word. For fields and enum members, which have none, the name.
    pub word: Ident,
    /// The `///` lines above.
    pub docs: Option<Docs>,
    /// Arguments in text order. A list gives one entry per element, all with the same slot.
    pub args: Vec<Argument>,
    /// The `{ … }` part, if written.
    pub block: Option<Block>,
    /// Whether an error was reported somewhere in this node's own head or arguments (not in its block).
    pub broken: bool,
}

/// An argument and the slot of the vocabulary row that it fills.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// Slot name, as in the vocabulary.
    pub slot: &'static str,
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

/// A `{ … }` part.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// From `{` to `}` (or to where the missing `}` was noticed).
    pub span: Span,
    /// Whether the closing brace is there.
    pub closed: bool,
    /// What stands inside, in text order.
    pub nodes: Vec<Node>,
}

/// A word with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    /// The word as written.
    pub text: SmolStr,
    /// Where.
    pub span: Span,
}

/// Documentation lines, joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Docs {
    /// `CommonMark`; the markers and one following space are removed, lines are joined by `\n`.
    pub text: SmolStr,
    /// From the first marker to the end of the last line.
    pub span: Span,
}

/// A dotted name: `Orders.Order.status`, or with its kind said, `context Ordering`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ref {
    /// At least one segment.
    pub segments: Vec<Ident>,
    /// The kind word before it, where one was written to settle an ambiguity (`context` or `service` …).
    pub kind: Option<Ident>,
}

/// What an argument may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A name that this node declares.
    Name(Ident),
    /// One word out of the slot's list (or, after an error, another).
    Word(Ident),
    /// A reference.
    Ref(Ref),
    /// `*` where any item may stand.
    Star,
    /// A type.
    Type(Type),
    /// A predicate or value.
    Expr(Expr),
    /// The parameters of an endpoint or query.
    Param(Box<Param>),
    /// `@name(…)` on a field.
    Attribute(Attribute),
    /// A flag word that is present (`masked`, `off`, `strict`); the slot says which.
    Flag,
    /// An HTTP method, upper case.
    Method(Ident),
    /// A path.
    Path(Path),
    /// A string with its escapes resolved.
    String(SmolStr),
    /// `secret("NAME")`: the name.
    Secret(SmolStr),
    /// A whole number.
    Int(i64),
    /// `70%`, `99.95%`, in millionths (70% = 700000), so that comparing is exact.
    Percent(u32),
    /// A length of time.
    Duration(Duration),
    /// `60 per minute`.
    Rate(Rate),
    /// `2026-05-02`.
    Date(Date),
    /// `v1`.
    Version(u32),
    /// `2..10`; the end is absent in `2..`.
    IntRange(i64, Option<i64>),
    /// `1s..5m`.
    DurationRange(Duration, Duration),
}

/// A length of time as written: months and years have no fixed number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Duration {
    /// How many.
    pub count: u64,
    /// Of what.
    pub unit: TimeUnit,
}

/// Units of [`Duration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimeUnit {
    /// `ms`
    Millisecond,
    /// `s`
    Second,
    /// `m`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
    /// `w`
    Week,
    /// `mo`
    Month,
    /// `y`
    Year,
}

impl Duration {
    /// Milliseconds, a month taken as 30 days and a year as 365; saturating.
    pub fn millis(self) -> u64 {
        self.count.saturating_mul(match self.unit {
            TimeUnit::Millisecond => 1,
            TimeUnit::Second => 1_000,
            TimeUnit::Minute => 60_000,
            TimeUnit::Hour => 3_600_000,
            TimeUnit::Day => 86_400_000,
            TimeUnit::Week => 604_800_000,
            TimeUnit::Month => 2_592_000_000,
            TimeUnit::Year => 31_536_000_000,
        })
    }
}

/// `60 per minute`, `10 per 15m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    /// How often.
    pub count: u64,
    /// In which time.
    pub per: Duration,
}

/// A calendar date that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// 1 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// `/v1/orders/{id}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// As written.
    pub text: SmolStr,
    /// Parts between the slashes.
    pub segments: Vec<PathSegment>,
    /// Where.
    pub span: Span,
}

/// One part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// Fixed text.
    Literal(SmolStr),
    /// `{name}`
    Param(Ident),
    /// A last `*`.
    Star,
}

/// `name: type [= default] {attributes}` of an endpoint or query.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Ident,
    /// Its type; absent after an error.
    pub ty: Option<Type>,
    /// The default.
    pub default: Option<Expr>,
    /// `@min(1)` and the like.
    pub attributes: Vec<Attribute>,
    /// All of it.
    pub span: Span,
}

/// A type as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// What.
    pub kind: TypeKind,
    /// Whether `?` follows.
    pub optional: bool,
    /// All of it.
    pub span: Span,
}

/// The forms of a type.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// A scalar or a named type, with arguments as in `decimal(12, 2)`.
    Named(Ref, Vec<Expr>),
    /// `ref Order`
    Ref(Ref),
    /// `new Order`
    New(Ref),
    /// `patch Order`
    Patch(Ref),
    /// `page Order`
    Page(Ref),
    /// `[T]`
    List(Box<Type>),
    /// `{ name: type, … }`: nodes of kind [`Kind::Field`].
    Inline(Vec<Node>),
    /// Could not be read; already reported.
    Error,
}

/// `@name(args)`
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Without the `@`.
    pub name: Ident,
    /// In text order.
    pub args: Vec<AttributeArg>,
    /// All of it.
    pub span: Span,
}

/// An argument of an attribute: `"why"`, `sunset: 2027-01-01`, `3..10`.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeArg {
    /// The name before `:`, if any.
    pub name: Option<Ident>,
    /// The value.
    pub value: AttributeValue,
    /// All of it.
    pub span: Span,
}

/// A value inside an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// Any expression.
    Expr(Expr),
    /// `3..10`
    Range(i64, Option<i64>),
}

/// A predicate or value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The forms of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `a and b`
    And(Box<Expr>, Box<Expr>),
    /// `a or b`
    Or(Box<Expr>, Box<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// `a == b` and the other comparisons.
    Compare(Box<Expr>, CompareOp, Box<Expr>),
    /// `a in [b, c]`
    In(Box<Expr>, Vec<Expr>),
    /// `a is null`; `true` for `is not null`.
    IsNull(Box<Expr>, bool),
    /// `a + b`
    Add(Box<Expr>, Box<Expr>),
    /// `a - b`
    Sub(Box<Expr>, Box<Expr>),
    /// A field, parameter or enum member.
    Ref(Ref),
    /// `now`
    Now,
    /// `caller.id`: the word after the dot.
    Caller(Ident),
    /// `name(args)`
    Call(Ident, Vec<Expr>),
    /// A literal.
    Literal(Literal),
    /// Could not be read; already reported.
    Error,
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// Literals in expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `"text"`
    String(SmolStr),
    /// `42`
    Int(i64),
    /// `99.95`, as written.
    Decimal(SmolStr),
    /// `true`, `false`
    Bool(bool),
    /// `null`
    Null,
    /// `30d`
    Duration(Duration),
    /// `2026-05-02`
    Date(Date),
    /// `10MB`, in bytes.
    Size(u64),
    /// `70%`, in millionths.
    Percent(u32),
}

/// Something that could not be read as the language says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// `syntax.…`: stable, one page each.
    pub code: &'static str,
    /// Fact first.
    pub message: String,
    /// What to do, where one thing is likely.
    pub help: Option<String>,
    /// Where.
    pub span: Span,
    /// Another place that explains it, such as where the block began.
    pub related: Option<(Span, String)>,
    /// One edit that repairs it: replace the span by the text.
    pub fix: Option<SyntaxFix>,
}

/// A one-edit repair of a syntax error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxFix {
    /// Imperative, for the menu.
    pub title: String,
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

impl Node {
    /// The kind of construct.
    pub fn kind(&self) -> Kind {
        self.form.kind
    }

    /// The first value in `slot`.
    pub fn arg(&self, slot: &str) -> Option<&Argument> {
        self.args.iter().find(|argument| argument.slot == slot)
    }

    /// All values in `slot`, in text order.
    pub fn all<'a>(&'a self, slot: &'a str) -> impl Iterator<Item = &'a Argument> {
        self.args.iter().filter(move |argument| argument.slot == slot)
    }

    /// The name that this node declares.
    pub fn name(&self) -> Option<&Ident> {
        self.args.iter().find_map(|argument| match &argument.value {
            Value::Name(name) => Some(name),
            _ => None,
        })
    }

    /// What stands in the block.
    pub fn children(&self) -> &[Node] {
        self.block.as_ref().map_or(&[], |block| &block.nodes)
    }

    /// Children of one kind.
    pub fn children_of(&self, kind: Kind) -> impl Iterator<Item = &Node> {
        self.children().iter().filter(move |node| node.kind() == kind)
    }

    /// First reference in `slot`.
    pub fn reference(&self, slot: &str) -> Option<&Ref> {
        self.args.iter().find_map(|argument| match &argument.value {
            Value::Ref(reference) if argument.slot == slot => Some(reference),
            _ => None,
        })
    }

    /// All references in `slot`.
    pub fn references<'a>(&'a self, slot: &'a str) -> impl Iterator<Item = &'a Ref> {
        self.args
            .iter()
            .filter_map(move |argument| match &argument.value {
                Value::Ref(reference) if argument.slot == slot => Some(reference),
                _ => None,
            })
    }

    /// The word chosen in `slot`.
    pub fn word_in(&self, slot: &str) -> Option<&Ident> {
        match &self.arg(slot)?.value {
            Value::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether the flag `slot` is written.
    pub fn has(&self, slot: &str) -> bool {
        self.arg(slot).is_some()
    }

    /// The text in `slot`.
    pub fn string(&self, slot: &str) -> Option<&SmolStr> {
        match &self.arg(slot)?.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl Ref {
    /// From the first to the last segment, without a kind word.
    pub fn span(&self) -> Span {
        self.segments
            .iter()
            .map(|segment| segment.span)
            .reduce(Span::cover)
            .unwrap_or_default()
    }

    /// The dotted text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for segment in &self.segments {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(&segment.text);
        }
        text
    }
}
