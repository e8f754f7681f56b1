//! Names in other clothes: a blueprint's words in the casing and within the reserved words of a target.

use sha2::{Digest, Sha256};

/// The words of a name: `OrderLine`, `order_line`, `HTTPServer2` give `order line`, `order line`, `http server2`.
///
/// A run of capitals counts as one word up to the capital that begins the next (`HTTPServer`: `http`, `server`).
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            push(&mut words, &mut word);
            continue;
        }
        let after_small = at > 0 && (letters[at - 1].is_lowercase() || letters[at - 1].is_ascii_digit());
        let before_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let after_capital = at > 0 && letters[at - 1].is_uppercase();
        if letter.is_uppercase() && (after_small || (after_capital && before_small)) {
            push(&mut words, &mut word);
        }
        word.extend(letter.to_lowercase());
    }
    push(&mut words, &mut word);
    words
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// `order_line`.
#[must_use]
pub fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `order-line`.
#[must_use]
pub fn kebab(name: &str) -> String {
    words(name).join("-")
}

/// `ORDER_LINE`.
#[must_use]
pub fn constant(name: &str) -> String {
    snake(name).to_uppercase()
}

/// `OrderLine`.
#[must_use]
pub fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capitalised(word)).collect()
}

/// `orderLine`.
#[must_use]
pub fn camel(name: &str) -> String {
    words(name)
        .iter()
        .enumerate()
        .map(|(at, word)| if at == 0 { word.clone() } else { capitalised(word) })
        .collect()
}

/// `Order line`: for sentences and titles.
#[must_use]
pub fn sentence(name: &str) -> String {
    capitalised(&words(name).join(" "))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The English plural of the last word of a name, its casing kept: `order` `orders`, `Category` `Categories`.
pub fn plural(name: &str) -> String {
    const IRREGULAR: [(&str, &str); 8] = [
        ("person", "people"),
        ("child", "children"),
        ("man", "men"),
        ("woman", "women"),
        ("datum", "data"),
        ("analysis", "analyses"),
        ("index", "indexes"),
        ("criterion", "criteria"),
    ];
    const SAME: [&str; 6] = ["data", "series", "species", "information", "equipment", "news"];
    let lower = name.to_lowercase();
    if SAME.iter().any(|word| lower.ends_with(word)) {
        return name.to_owned();
    }
    for (one, many) in IRREGULAR {
        // The name ends in the irregular word, and the word begins there (`human` is no `man`).
        let Some(cut) = name.len().checked_sub(one.len()).filter(|_| lower.ends_with(one)) else {
            continue;
        };
        let starts = cut == 0 || name[cut..].starts_with(char::is_uppercase) || name[..cut].ends_with('_');
        if starts && name.is_char_boundary(cut) {
            let tail: String = name[cut..].chars().take(1).chain(many.chars().skip(1)).collect();
            return format!("{}{tail}", &name[..cut]);
        }
    }
    let before_y = lower.chars().rev().nth(1);
    if lower.ends_with('y') && before_y.is_some_and(|letter| !"aeiou".contains(letter)) {
        return format!("{}ies", &name[..name.len() - 1]);
    }
    if ["s", "x", "z", "ch", "sh"].iter().any(|end| lower.ends_with(end)) {
        return format!("{name}es");
    }
    format!("{name}s")
}

/// `name` as a Python identifier: reserved words and the built-in names that code commonly needs get a `_` behind.
#[must_use]
pub fn python_identifier(name: &str) -> String {
    guarded(name, &PYTHON_RESERVED)
}

/// `name` as an unquoted identifier of `PostgreSQL` of at most 63 bytes; reserved words get a `_` behind. A longer name
/// is cut and ends in eight digits of its hash, so that two long names stay two.
#[must_use]
pub fn sql_identifier(name: &str) -> String {
    let name = guarded(&name.to_lowercase(), &SQL_RESERVED);
    if name.len() <= 63 {
        return name;
    }
    let digest = hex(&Sha256::digest(name.as_bytes()));
    let mut cut = 54;
    while !name.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}_{}", &name[..cut], &digest[..8])
}

fn guarded(name: &str, reserved: &[&str]) -> String {
    let mut safe: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    if safe.is_empty() || safe.starts_with(|first: char| first.is_ascii_digit()) {
        safe.insert(0, '_');
    }
    if reserved.contains(&safe.as_str()) {
        safe.push('_');
    }
    safe
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

/// Python's keywords (soft ones too), and names that a module shadows at its own risk.
const PYTHON_RESERVED: [&str; 52] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "case", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "match", "nonlocal", "not", "or", "pass", "raise", "return", "try", "type", "while", "with",
    "yield", "id", "list", "dict", "set", "str", "int", "float", "bool", "bytes", "object", "property",
    "self", "super", "print",
];

/// Words that `PostgreSQL` reserves (as table or column name without quotes), and `ORDER`-like ones people use.
const SQL_RESERVED: [&str; 100] = [
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casings_agree_on_the_words() {
        for (name, snake_case, pascal_case, kebab_case) in [
            ("OrderLine", "order_line", "OrderLine", "order-line"),
            ("placed_at", "placed_at", "PlacedAt", "placed-at"),
            ("HTTPServer", "http_server", "HttpServer", "http-server"),
            ("Rates2024", "rates2024", "Rates2024", "rates2024"),
            ("v1Orders", "v1_orders", "V1Orders", "v1-orders"),
            ("_hidden__name_", "hidden_name", "HiddenName", "hidden-name"),
        ] {
            assert_eq!(snake(name), snake_case);
            assert_eq!(pascal(name), pascal_case);
            assert_eq!(kebab(name), kebab_case);
            assert_eq!(snake(&pascal(name)), snake_case, "a round trip keeps the words");
        }
        assert_eq!(camel("order_line"), "orderLine");
        assert_eq!(constant("OrderLine"), "ORDER_LINE");
        assert_eq!(sentence("OutOfStock"), "Out of stock");
    }

    #[test]
    fn plurals_are_english() {
        for (one, many) in [
            ("order", "orders"),
            ("Category", "Categories"),
            ("day", "days"),
            ("address", "addresses"),
            ("box", "boxes"),
            ("batch", "batches"),
            ("Person", "People"),
            ("sales_person", "sales_people"),
            ("human", "humans"),
            ("test_data", "test_data"),
        ] {
            assert_eq!(plural(one), many);
        }
    }

    #[test]
    fn identifiers_never_collide_with_the_language() {
        assert_eq!(python_identifier("class"), "class_");
        assert_eq!(python_identifier("id"), "id_");
        assert_eq!(python_identifier("2fa"), "_2fa");
        assert_eq!(sql_identifier("Order"), "order_");
        assert_eq!(sql_identifier("user"), "user_");
        assert_eq!(sql_identifier("orders"), "orders");
    }

    #[test]
    fn long_sql_names_stay_apart() {
        let stem = "a".repeat(70);
        let (left, right) = (
            sql_identifier(&format!("{stem}x")),
            sql_identifier(&format!("{stem}y")),
        );
        assert_eq!(left.len(), 63);
        assert_ne!(left, right);
    }
}
