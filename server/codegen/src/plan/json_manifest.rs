//! The merge of JSON manifests, key by key: the user's keys and their order stay.

use crate::json::{Json, Object};

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
    Some(Ok(Json::Object(merged).print(&indent)))
}

fn objects(place: &str, base: &Object, current: &mut Object, new: &Object, conflicts: &mut Vec<String>) {
    let gone = base.keys().filter(|key| !new.contains_key(*key));
    for key in new.keys().chain(gone) {
        let place = if place.is_empty() {
            key.clone()
        } else {
            format!("{place}.{key}")
        };
        let (was, now) = (base.get(key), new.get(key));
        if was.map(plain) == now.map(plain) {
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
            (Some(was), None, Some(users)) if plain(users) == plain(was) => {
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
    if plain(users) == plain(now) {
        return Ok(());
    }
    if was.is_some_and(|was| plain(was) == plain(users)) {
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
    let plains = |list: &[Json]| list.iter().map(plain).collect::<Vec<_>>();
    let edit = merge_lists(&plains(was), &plains(users), &plains(now))?;
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

fn plain(value: &Json) -> Plain {
    match value {
        Json::Null => Plain::Null,
        Json::Bool(flag) => Plain::Bool(*flag),
        Json::Number(number) => Plain::Literal(number.to_string()),
        Json::Text(text) => Plain::Text(text.clone()),
        Json::Array(items) => Plain::List(items.iter().map(plain).collect()),
        Json::Object(map) => Plain::Map(
            map.iter()
                .map(|(key, value)| (key.clone(), plain(value)))
                .collect(),
        ),
    }
}
