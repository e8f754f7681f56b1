//! Names that are safe in Python: fields, parameters, modules and classes.

use std::collections::BTreeSet;

use crate::names;

/// Names that a field or parameter can't have: keywords, types that annotations beside it use, attributes of every
/// pydantic model, and what generated functions call their own variables.
const RESERVED: [&str; 75] = [
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "int",
    "str",
    "list",
    "dict",
    "float",
    "bool",
    "bytes",
    "set",
    "copy",
    "json",
    "schema",
    "schema_json",
    "validate",
    "construct",
    "parse_obj",
    "parse_raw",
    "parse_file",
    "from_orm",
    "update_forward_refs",
    "fields",
    "dt",
    "self",
    "call",
    "rules",
    "row",
    "now",
    "changes",
    "number",
    "result",
    "policies",
    "frozenset",
    "getattr",
    "replace",
    "unset",
    "print",
    "object",
    "super",
    "type_",
    "cls",
    "wanted",
];

/// A field's or parameter's name in Python. What differs from the blueprint's gets an alias.
pub(super) fn attribute(name: &str) -> String {
    let bare = name.trim_start_matches('_');
    let hidden = bare.len() != name.len();
    let mut safe = if bare.is_empty() || bare.starts_with(|first: char| first.is_ascii_digit()) {
        format!("field_{bare}")
    } else {
        bare.to_owned()
    };
    let taken = RESERVED.contains(&safe.as_str())
        || safe.starts_with("model_")
        || safe.starts_with(char::is_uppercase);
    if hidden || taken {
        safe.push('_');
    }
    safe
}

/// The names of a list of fields, each different.
pub(super) fn attributes<'a>(wire: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = Taken::default();
    wire.into_iter()
        .map(|name| taken.take(attribute(name), "_"))
        .collect()
}

/// How code reaches a column: `order.c.status`, or by subscript where the name is one of the collection's own.
pub(super) fn column(table: &str, column: &str) -> String {
    const COLLECTION: [&str; 16] = [
        "keys",
        "values",
        "items",
        "get",
        "contains_column",
        "corresponding_column",
        "add",
        "remove",
        "update",
        "extend",
        "clear",
        "as_readonly",
        "compare",
        "copy",
        "index",
        "count",
    ];
    let plain = attribute(column) == column || matches!(column, "row" | "now" | "number" | "rules" | "call");
    if plain && !COLLECTION.contains(&column) {
        format!("{table}.c.{column}")
    } else {
        format!("{table}.c[\"{column}\"]")
    }
}

/// Names given so far in one namespace.
#[derive(Debug, Default)]
pub(super) struct Taken {
    names: BTreeSet<String>,
}

impl Taken {
    /// A namespace in which these are taken from the start.
    pub(super) fn with(names: &[&str]) -> Self {
        Self {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// `name`, or `name` with `suffix` (and then numbers) behind it when it is taken.
    pub(super) fn take(&mut self, name: impl Into<String>, suffix: &str) -> String {
        let name = name.into();
        let mut candidate = name.clone();
        let mut number = 1;
        while self.names.contains(&candidate) {
            number += 1;
            candidate = if number == 2 {
                format!("{name}{suffix}")
            } else {
                format!("{name}{suffix}{number}")
            };
        }
        self.names.insert(candidate.clone());
        candidate
    }
}

/// A module's name: not a keyword, and free.
pub(super) fn module(taken: &mut Taken, name: &str) -> String {
    taken.take(attribute(&names::snake(name)), "_")
}

/// Modules that every service has in the folders where modules of entities stand too.
pub(super) const MODULES: [&str; 24] = [
    "problems",
    "edge",
    "operation",
    "service",
    "base",
    "shared",
    "composed",
    "ports",
    "entities",
    "errors",
    "changes",
    "ids",
    "tables",
    "pool",
    "paging",
    "data",
    "predicates",
    "joins",
    "general",
    "conftest",
    "rules",
    "repo",
    "samples",
    "cases",
];

/// Classes that generated modules use beside those of the blueprint.
pub(super) const CLASSES: &[&str] = &[
    "Any",
    "UUID",
    "Decimal",
    "Annotated",
    "Field",
    "Page",
    "Call",
    "Data",
    "Rules",
    "Role",
    "Caller",
    "Policy",
    "Grant",
    "Limit",
    "Incoming",
    "Outgoing",
    "Value",
    "BaseModel",
    "ShortText",
    "LongText",
    "Email",
    "Phone",
    "Url",
    "Int",
    "Long",
    "Whole",
    "Float",
    "Bool",
    "Instant",
    "Date",
    "Duration",
    "Exact",
    "Money",
    "Base64",
    "JsonValue",
    "Protocol",
    "Generic",
    "TypeVar",
    "T",
    "StrEnum",
    "Query",
    "Path",
    "Response",
    "Request",
    "Operation",
    "Occasion",
    "Samples",
    "Case",
    "Browser",
    "NotFound",
    "Forbidden",
    "RuleNotWritten",
    "Unprocessable",
    "Text",
    "Uuid",
    "Boolean",
    "Interval",
    "DateTime",
    "ColumnElement",
    "RowMapping",
    "AsyncConnection",
    "Service",
    "CalendarDate",
    "Numeric",
    "Double",
    "Integer",
    "BigInteger",
    "LargeBinary",
    "ARRAY",
    "JSONB",
    "TypeAdapter",
    "Body",
    "Mapping",
    "Callable",
    "GeneralRules",
    "DefaultGeneralRules",
    "IntParameter",
    "LongParameter",
    "WholeParameter",
    "FloatParameter",
    "BoolParameter",
    "Fitting",
    "Many",
    "AfterValidator",
    "PostgresData",
    "CurrentCall",
    "CurrentRules",
    "NO_NUL",
];
