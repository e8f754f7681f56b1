//! The messages that an AsyncAPI 3 document says are sent.

use serde_json::Value;
use smol_str::SmolStr;

use super::{follow, target};

/// The names of all messages that are sent, each once. A document without operations says of no message who sends it; then all
/// of them count.
pub(super) fn sent(document: &Value) -> Result<Vec<SmolStr>, String> {
    let mut names = Vec::new();
    let object = |key: &str| {
        let members = document.get(key).and_then(Value::as_object);
        members
            .into_iter()
            .flatten()
            .filter(|(key, _)| !key.starts_with("x-"))
    };
    if object("operations").next().is_none() {
        for (_, channel) in object("channels") {
            of_channel(document, follow(document, channel)?, &mut names)?;
        }
    }
    for (_, operation) in object("operations") {
        let operation = follow(document, operation)?;
        if operation.get("action").and_then(Value::as_str) != Some("send") {
            continue;
        }
        match operation.get("messages").and_then(Value::as_array) {
            Some(messages) => {
                for message in messages {
                    name(document, "", message, &mut names)?;
                }
            }
            None => {
                if let Some(channel) = operation.get("channel") {
                    of_channel(document, follow(document, channel)?, &mut names)?;
                }
            }
        }
    }
    Ok(names)
}

fn of_channel(document: &Value, channel: &Value, names: &mut Vec<SmolStr>) -> Result<(), String> {
    let messages = channel.get("messages").and_then(Value::as_object);
    for (key, message) in messages.into_iter().flatten() {
        name(document, key, message, names)?;
    }
    Ok(())
}

/// What a message is called: its own name, or else the key that it has where it is described.
fn name(document: &Value, key: &str, message: &Value, names: &mut Vec<SmolStr>) -> Result<(), String> {
    let (mut key, mut message) = (key.to_owned(), message);
    for _ in 0..16 {
        let Some(reference) = message.get("$ref").and_then(Value::as_str) else {
            break;
        };
        let last = reference.rsplit('/').next().unwrap_or_default();
        key = last.replace("~1", "/").replace("~0", "~");
        message = target(document, reference)?;
    }
    let name: SmolStr = message.get("name").and_then(Value::as_str).unwrap_or(&key).into();
    if !name.is_empty() && !names.contains(&name) {
        names.push(name);
    }
    Ok(())
}
