//! Names that other languages have for something, and that are unknown here.

use archwright_grammar::vocabulary::Kind;
use smol_str::format_smolstr;

use super::TYPE_KINDS;
use crate::{
    db::Item,
    model::{
        cx::Cx,
        facts::Name,
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
};

/// What is meant by a name of another language: what to say, and what stands here in its place.
pub(super) struct Meant {
    help: &'static str,
    write: Option<&'static str>,
}

impl Meant {
    /// What an unknown `name` is called here; nothing where nothing is known about it, or where the blueprint has nearly
    /// this name.
    pub(super) fn by(cx: Cx<'_>, item: Item, name: &Name, want: &[Kind]) -> Option<Self> {
        let meant = if want == TYPE_KINDS {
            of_type(name)
        } else if want == [Kind::Role] {
            of_role(name)
        } else {
            None
        };
        meant.filter(|_| !has_own(cx, item, name, want))
    }

    /// The finding about the name at `loc`, with this help and fix.
    pub(super) fn explain(self, finding: Finding, item: Item, loc: &Loc) -> Finding {
        let finding = finding.help(self.help);
        match self.write {
            Some(text) => finding.fix(
                FixPlan::suggest(
                    format!("Change to `{text}`"),
                    vec![Step::Replace(Place::new(item, loc.clone()), text.to_owned())],
                )
                .preferred(),
            ),
            None => finding,
        }
    }
}

/// Whether the blueprint has the name with a capital.
fn has_own(cx: Cx<'_>, item: Item, name: &Name, want: &[Kind]) -> bool {
    let mut letters = name.chars();
    let Some(first) = letters.next() else { return false };
    let capital = format_smolstr!("{}{}", first.to_ascii_uppercase(), letters.as_str());
    let of_service = cx
        .service(item)
        .is_some_and(|service| super::member_names(service, want).contains(&capital));
    of_service
        || cx
            .db
            .slot(&capital)
            .definers(cx.db)
            .iter()
            .any(|other| want.contains(&cx.facts(*other).kind))
}

fn of_role(name: &str) -> Option<Meant> {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "all" | "anybody" | "anyone" | "authenticated" | "everybody" | "everyone"
    )
    .then_some(Meant {
        help: "`allow any` is everybody who is signed in; `public` is everybody.",
        write: Some("any"),
    })
}

fn of_type(name: &str) -> Option<Meant> {
    const WHOLE: &str = "Whole numbers are `int`, larger ones `long`.";
    const EXACT: &str = "Exact numbers are `decimal(12, 2)`, others `float`.";
    const NUMBER: &str = "Numbers are `int`, `long`, `decimal(12, 2)` or `float`.";
    const TEXT: &str = "A short text is a `string`, a long one a `text`.";
    const TIME: &str = "A point in time is an `instant`, a day a `date`.";
    const LIST: &str = "A list is written with brackets: `[string]`.";
    const OPEN: &str = "Write a `type` with its fields, or `json` for what the checks need not know.";
    let (help, write) = match name.to_ascii_lowercase().as_str() {
        "ref" => ("Behind `ref` stands the name of an entity: `ref Order`.", None),
        "new" => ("Behind `new` stands the name of an entity: `new Order`.", None),
        "patch" => (
            "Behind `patch` stands the name of an entity: `patch Order`.",
            None,
        ),
        "page" => ("Behind `page` stands the name of an entity: `page Order`.", None),
        "boolean" => ("True or false is `bool`.", Some("bool")),
        "integer" | "int16" | "int32" | "i32" | "u32" | "uint" | "short" | "smallint" | "tinyint"
        | "serial" => (WHOLE, Some("int")),
        "int64" | "i64" | "u64" | "uint64" | "bigint" | "bigserial" => (WHOLE, Some("long")),
        "number" => (NUMBER, None),
        "double" | "real" | "float32" | "float64" | "f32" | "f64" => (EXACT, Some("float")),
        "numeric" | "bigdecimal" => (EXACT, Some("decimal")),
        "str" | "char" | "varchar" | "nvarchar" => (TEXT, Some("string")),
        "longtext" | "clob" => (TEXT, Some("text")),
        "timestamp" | "timestamptz" | "datetime" | "datetimeoffset" | "zoneddatetime" | "time" => {
            (TIME, Some("instant"))
        }
        "localdate" | "dateonly" => (TIME, Some("date")),
        "interval" | "timespan" => ("A length of time is a `duration`.", Some("duration")),
        "guid" | "id" => ("An identity is a `uuid`.", Some("uuid")),
        "binary" | "blob" | "bytea" | "bytearray" | "varbinary" => ("Raw bytes are `bytes`.", Some("bytes")),
        "any" | "dict" | "map" | "object" | "record" | "unknown" => (OPEN, None),
        "jsonb" => ("JSON is `json`.", Some("json")),
        "array" | "list" | "set" | "vec" => (LIST, None),
        "uri" => ("An absolute URL is a `url`.", Some("url")),
        "currency" => ("An amount with its currency is `money`.", Some("money")),
        _ => return None,
    };
    Some(Meant { help, write })
}
