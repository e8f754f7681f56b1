//! What is wrong with the structure of a blueprint, and what is not: each case with the code and the text it is at.

mod attributes;
mod names;
mod positions;
mod wholes;

use crate::testing::diagnostics;

/// `code text` of each name and type error, in text order.
fn found(text: &str) -> Vec<String> {
    diagnostics(text)
        .iter()
        .filter(|found| {
            ["name.", "type.", "syntax."]
                .iter()
                .any(|one| found.code.starts_with(one))
        })
        .map(|found| {
            let range = found.at.range.start as usize..found.at.range.end as usize;
            format!("{} {}", found.code, &text[range])
        })
        .collect()
}

/// The findings of an entity that has an identity and one more field.
fn field(written: &str) -> Vec<String> {
    found(&format!(
        "{SHARED}service S {{ entity E {{ id: uuid @id; {written} }} }}\n"
    ))
}

/// The findings of an endpoint `GET /x/{id}` (or another method) that reads an entity.
fn endpoint(head: &str) -> Vec<String> {
    found(&format!(
        "{SHARED}service S {{ entity E {{ id: uuid @id; count: int; day: date; kind: Kind }}; endpoint e {head} {{ reads E }} }}\n"
    ))
}

const SHARED: &str = "enum Kind { small, large }\ntype Address { city: string }\n";

fn none(of: &[String]) {
    assert_eq!(of, [""; 0]);
}
