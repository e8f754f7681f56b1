//! The merge of JSON manifests, key by key: the user's keys and their order stay.

use std::fmt;

use indexmap::IndexMap;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::plain::{Plain, merge_lists};

/// Brings the generator's changes from `base` to `new` into `current`, printed with the user's indentation.
///
/// `None` when one of the texts is no JSON object.
pub(super) fn merge(base: &str, current: &str, new: &str) -> Option<Result<String, Vec<String>>> {
    let read = |text: &str| match serde_json::from_str(text).ok()? {
        Json::Object(map) => Some(map),
        _ => None,
    };
    let indent = indentation(current);
    let (base, new) = (read(base)?, read(new)?);
    let mut merged = read(current)?;
    let mut conflicts = Vec::new();
    objects("", &base, &mut merged, &new, &mut conflicts);
    if !conflicts.is_empty() {
        return Some(Err(conflicts));
    }
    Some(Ok(print(&Json::Object(merged), &indent)))
}

type Object = IndexMap<String, Json>;

fn objects(place: &str, base: &Object, current: &mut Object, new: &Object, conflicts: &mut Vec<String>) {
    let gone = base.keys().filter(|key| !new.contains_key(*key));
    for key in new.keys().chain(gone) {
        let place = if place.is_empty() {
            key.clone()
        } else {
            format!("{place}.{key}")
        };
        let (was, now) = (base.get(key), new.get(key));
        if was.map(Json::plain) == now.map(Json::plain) {
            continue;
        }
        match (was, now, current.get_mut(key)) {
            (None, Some(now), None) => {
                current.insert(key.clone(), now.clone());
            }
            (_, Some(Json::Object(now)), Some(Json::Object(users)))
                if matches!(was, None | Some(Json::Object(_))) =>
            {
                let empty = Object::new();
                let was = if let Some(Json::Object(was)) = was {
                    was
                } else {
                    &empty
                };
                objects(&place, was, users, now, conflicts);
            }
            (_, Some(now), Some(users)) => {
                if let Err(element) = leaf(was, users, now) {
                    let element = if element.is_empty() {
                        element
                    } else {
                        format!(" ({element})")
                    };
                    conflicts.push(format!("{place}{element}"));
                }
            }
            (Some(was), None, Some(users)) if users.plain() == was.plain() => {
                current.shift_remove(key);
            }
            (Some(Json::Object(was)), None, Some(Json::Object(users))) => {
                objects(&place, was, users, &Object::new(), conflicts);
            }
            // The user took the key away, or changed what the generator no longer brings.
            (Some(_), _, _) | (None, None, _) => {}
        }
    }
}

fn leaf(was: Option<&Json>, users: &mut Json, now: &Json) -> Result<(), String> {
    if users.plain() == now.plain() {
        return Ok(());
    }
    if was.is_some_and(|was| was.plain() == users.plain()) {
        *users = now.clone();
        return Ok(());
    }
    let none = Vec::new();
    let (Json::Array(users), Json::Array(now)) = (users, now) else {
        return Err(String::new());
    };
    let was = if let Some(Json::Array(was)) = was {
        was
    } else {
        &none
    };
    let plain = |list: &[Json]| list.iter().map(Json::plain).collect::<Vec<_>>();
    let edit = merge_lists(&plain(was), &plain(users), &plain(now))?;
    let mut merged: Vec<Json> = Vec::new();
    for (at, element) in users.iter().enumerate() {
        match edit.add.iter().find(|addition| addition.replaces == Some(at)) {
            Some(addition) => merged.extend(now.get(addition.from).cloned()),
            None if edit.remove.contains(&at) => {}
            None => merged.push(element.clone()),
        }
    }
    let fresh = edit.add.iter().filter(|addition| addition.replaces.is_none());
    merged.extend(fresh.filter_map(|addition| now.get(addition.from).cloned()));
    *users = merged;
    Ok(())
}

/// The blanks of the first indented line; two when none is.
fn indentation(text: &str) -> String {
    let indented = text.lines().find(|line| line.starts_with([' ', '\t']));
    indented.map_or_else(
        || "  ".to_owned(),
        |line| {
            line.chars()
                .take_while(|letter| matches!(letter, ' ' | '\t'))
                .collect()
        },
    )
}

fn print(value: &Json, indent: &str) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    value.serialize(&mut serializer).expect("JSON prints as JSON");
    let mut text = String::from_utf8(bytes).expect("JSON is UTF-8");
    text.push('\n');
    text
}

/// JSON that keeps the order of its keys.
#[derive(Debug, Clone, PartialEq)]
enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    Array(Vec<Json>),
    Object(Object),
}

impl Json {
    fn plain(&self) -> Plain {
        match self {
            Self::Null => Plain::Null,
            Self::Bool(flag) => Plain::Bool(*flag),
            Self::Number(number) => Plain::Literal(number.to_string()),
            Self::Text(text) => Plain::Text(text.clone()),
            Self::Array(items) => Plain::List(items.iter().map(Self::plain).collect()),
            Self::Object(map) => Plain::Map(
                map.iter()
                    .map(|(key, value)| (key.clone(), value.plain()))
                    .collect(),
            ),
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Self::Object(map) => {
                let mut object = serializer.serialize_map(Some(map.len()))?;
                map.iter()
                    .try_for_each(|(key, value)| object.serialize_entry(key, value))?;
                object.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(serde_json::Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut map = Object::new();
        while let Some((key, value)) = entries.next_entry()? {
            map.insert(key, value);
        }
        Ok(Json::Object(map))
    }
}
