//! Documents that others write about a service: OpenAPI 3 and AsyncAPI 3, as JSON or YAML. Only what the blueprint is compared with
//! is read of them.

mod asyncapi;
mod openapi;

use archwright_analysis::imports::Document;
use serde_json::Value;

/// The largest document that is read, in bytes. The largest public ones have about as much.
pub(crate) const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// Reads a document.
///
/// # Errors
/// Why it cannot be read, as a sentence without a subject: `is not valid JSON: …`.
pub fn read(text: &str) -> Result<Document, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = value(text)?;
    let version = |key: &str| match document.get(key) {
        Some(Value::String(version)) => Some(version.clone()),
        // In YAML 3.1 is a number.
        Some(Value::Number(version)) => Some(version.to_string()),
        _ => None,
    };
    let is_third = |version: &str| version == "3" || version.starts_with("3.");
    match (version("openapi"), version("asyncapi"), version("swagger")) {
        (Some(version), ..) if is_third(&version) => openapi::operations(&document).map(Document::Operations),
        (_, Some(version), _) if is_third(&version) => asyncapi::sent(&document).map(Document::Events),
        (Some(other), ..) | (.., Some(other)) => {
            Err(format!("is OpenAPI {other}, and only version 3 can be read"))
        }
        (_, Some(other), _) => Err(format!("is AsyncAPI {other}, and only version 3 can be read")),
        _ => Err("is neither an OpenAPI 3 nor an AsyncAPI 3 document".to_owned()),
    }
}

fn value(text: &str) -> Result<Value, String> {
    if text.trim_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(text)
    {
        return Ok(value);
    }
    // YAML may begin with a brace, too; but who writes one and does not close it means JSON.
    let looks_like_json = text.trim_start().starts_with("{\"") || text.trim_start().starts_with("{\n");
    serde_saphyr::from_str(text).map_err(|error| {
        if looks_like_json && let Err(error) = serde_json::from_str::<Value>(text) {
            return format!("is not valid JSON: {error}");
        }
        let place = error.location().map_or_else(String::new, |at| {
            format!(" (line {}, column {})", at.line(), at.column())
        });
        let why = error.without_snippet().to_string();
        let why = why
            .lines()
            .next()
            .unwrap_or_default()
            .trim_end_matches('.')
            .to_owned();
        format!("is not valid YAML: {why}{place}")
    })
}

/// What a `$ref` of the document means, or the value itself where it is none.
fn follow<'v>(document: &'v Value, value: &'v Value) -> Result<&'v Value, String> {
    let mut value = value;
    // A circle of them ends here, too.
    for _ in 0..16 {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return Ok(value);
        };
        value = target(document, reference)?;
    }
    Err("refers to itself in circles".to_owned())
}

fn target<'v>(document: &'v Value, reference: &str) -> Result<&'v Value, String> {
    let Some(pointer) = reference.strip_prefix('#') else {
        return Err(format!(
            "refers to another file, `{reference}`: bundle it into one first"
        ));
    };
    let plain = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
    document
        .pointer(&plain)
        .ok_or_else(|| format!("refers to `{reference}`, which is not in it"))
}

#[cfg(test)]
mod tests;
