//! The merge of TOML manifests, key by key: the user's keys, comments and layout stay.

use std::collections::BTreeMap;

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TableLike, Value};

use super::plain::{Plain, merge_lists};

/// Brings the generator's changes from `base` to `new` into `current`.
///
/// `None` when one of the texts is no TOML.
pub(super) fn merge(base: &str, current: &str, new: &str) -> Option<Result<String, Vec<String>>> {
    let base: DocumentMut = base.parse().ok()?;
    let new: DocumentMut = new.parse().ok()?;
    let mut current: DocumentMut = current.parse().ok()?;
    let mut conflicts = Vec::new();
    tables(
        "",
        base.as_table(),
        current.as_table_mut(),
        new.as_table(),
        &mut conflicts,
    );
    Some(if conflicts.is_empty() {
        Ok(current.to_string())
    } else {
        Err(conflicts)
    })
}

fn tables(
    place: &str,
    base: &dyn TableLike,
    current: &mut dyn TableLike,
    new: &dyn TableLike,
    conflicts: &mut Vec<String>,
) {
    let mut keys: Vec<String> = new.iter().map(|(key, _)| key.to_owned()).collect();
    keys.extend(
        base.iter()
            .map(|(key, _)| key.to_owned())
            .filter(|key| !new.contains_key(key)),
    );
    for key in keys {
        let place = if place.is_empty() {
            key.clone()
        } else {
            format!("{place}.{key}")
        };
        let (was, now) = (base.get(&key), new.get(&key));
        if was.map(plain) == now.map(plain) {
            continue;
        }
        let is_table = |item: Option<&Item>| item.is_some_and(Item::is_table_like);
        let users_table = is_table(current.get(&key));
        match (was, now) {
            (None, Some(now)) if current.get(&key).is_none() => insert(current, new, &key, now),
            // The user took the key away; it stays away.
            (Some(_), Some(_)) if current.get(&key).is_none() => {}
            (was, Some(now)) if users_table && now.is_table_like() && (was.is_none() || is_table(was)) => {
                let empty = Table::new();
                let was = was.and_then(Item::as_table_like).unwrap_or(&empty);
                if let (Some(current), Some(now)) = (
                    current.get_mut(&key).and_then(Item::as_table_like_mut),
                    now.as_table_like(),
                ) {
                    tables(&place, was, current, now, conflicts);
                }
            }
            (was, Some(now)) => {
                if let Some(current) = current.get_mut(&key) {
                    leaf(&place, was, current, now, conflicts);
                }
            }
            (Some(was), None) => {
                if current.get(&key).map(plain) == Some(plain(was)) {
                    current.remove(&key);
                } else if let (Some(users), Some(was)) = (
                    current.get_mut(&key).and_then(Item::as_table_like_mut),
                    was.as_table_like(),
                ) {
                    tables(&place, was, users, &Table::new(), conflicts);
                }
            }
            (None, None) => {}
        }
    }
}

fn leaf(place: &str, was: Option<&Item>, current: &mut Item, now: &Item, conflicts: &mut Vec<String>) {
    if plain(current) == plain(now) {
        return;
    }
    if was.is_some_and(|was| plain(was) == plain(current)) {
        replace(current, now);
        return;
    }
    let merged = match (
        was.and_then(Item::as_array),
        now.as_array(),
        current.as_array_mut(),
    ) {
        (was, Some(now), Some(current)) => arrays(was.unwrap_or(&Array::new()), current, now),
        _ => match (now.as_array_of_tables(), current.as_array_of_tables_mut()) {
            (Some(now), Some(current)) => {
                let none = ArrayOfTables::new();
                let was = was.and_then(Item::as_array_of_tables).unwrap_or(&none);
                arrays_of_tables(was, current, now)
            }
            _ => Err(String::new()),
        },
    };
    if let Err(element) = merged {
        conflicts.push(if element.is_empty() {
            place.to_owned()
        } else {
            format!("{place} ({element})")
        });
    }
}

fn arrays(base: &Array, current: &mut Array, new: &Array) -> Result<(), String> {
    let list = |array: &Array| array.iter().map(plain_value).collect::<Vec<_>>();
    let edit = merge_lists(&list(base), &list(current), &list(new))?;
    for addition in edit.add.iter().filter(|addition| addition.replaces.is_some()) {
        if let (Some(at), Some(value)) = (addition.replaces, new.get(addition.from))
            && let Some(old) = current.get_mut(at)
        {
            let mut value = value.clone();
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
    }
    for at in gone(&edit) {
        current.remove(at);
    }
    for addition in edit.add.iter().filter(|addition| addition.replaces.is_none()) {
        let Some(value) = new.get(addition.from) else {
            continue;
        };
        let mut value = value.clone();
        // A new element stands as its neighbours do: in a line of its own, or after a comma.
        match current
            .iter()
            .last()
            .and_then(|last| last.decor().prefix())
            .cloned()
        {
            Some(prefix) if current.len() > 1 => value.decor_mut().set_prefix(blanks_of(&prefix)),
            _ => {}
        }
        value.decor_mut().set_suffix("");
        current.push_formatted(value);
    }
    Ok(())
}

/// The line break and blanks of a prefix, without comments: those belong to the element that they stand at.
fn blanks_of(prefix: &toml_edit::RawString) -> String {
    let text = prefix.as_str().unwrap_or_default();
    match text.rfind('\n') {
        Some(at) => text[at..].to_owned(),
        None => text.to_owned(),
    }
}

fn arrays_of_tables(
    base: &ArrayOfTables,
    current: &mut ArrayOfTables,
    new: &ArrayOfTables,
) -> Result<(), String> {
    let list = |tables: &ArrayOfTables| tables.iter().map(|table| plain_table(table)).collect::<Vec<_>>();
    let edit = merge_lists(&list(base), &list(current), &list(new))?;
    for addition in edit.add.iter().filter(|addition| addition.replaces.is_some()) {
        if let (Some(at), Some(table)) = (addition.replaces, new.get(addition.from))
            && let Some(old) = current.get_mut(at)
        {
            let (decor, position) = (old.decor().clone(), old.position());
            *old = table.clone();
            *old.decor_mut() = decor;
            old.set_position(position);
        }
    }
    for at in gone(&edit) {
        current.remove(at);
    }
    for addition in edit.add.iter().filter(|addition| addition.replaces.is_none()) {
        if let Some(table) = new.get(addition.from) {
            let mut table = table.clone();
            forget_positions(&mut table);
            current.push(table);
        }
    }
    Ok(())
}

/// Places to remove that nothing replaces, last first, so that the others stay where they are.
fn gone(edit: &super::plain::ListEdit) -> Vec<usize> {
    let replaced = |at: &usize| edit.add.iter().any(|addition| addition.replaces == Some(*at));
    let mut gone: Vec<usize> = edit.remove.iter().copied().filter(|at| !replaced(at)).collect();
    gone.sort_unstable();
    gone.dedup();
    gone.reverse();
    gone
}

fn insert(current: &mut dyn TableLike, new: &dyn TableLike, key: &str, item: &Item) {
    let mut item = item.clone();
    match &mut item {
        Item::Table(table) => forget_positions(table),
        Item::ArrayOfTables(tables) => tables.iter_mut().for_each(forget_positions),
        Item::Value(_) | Item::None => {}
    }
    match new.key(key) {
        Some(key) => {
            current.entry_format(key).or_insert(item);
        }
        None => {
            current.insert(key, item);
        }
    }
}

/// A table that comes from another document is printed after its new siblings, not at its old place.
fn forget_positions(table: &mut Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(table) => forget_positions(table),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(forget_positions),
            Item::Value(_) | Item::None => {}
        }
    }
}

/// Puts a new value where an old one stands, with the old one's blanks and comments.
fn replace(current: &mut Item, new: &Item) {
    match (current, new) {
        (Item::Value(current), Item::Value(new)) => {
            let decor = current.decor().clone();
            *current = new.clone();
            *current.decor_mut() = decor;
        }
        (current, new) => *current = new.clone(),
    }
}

fn plain(item: &Item) -> Plain {
    match item {
        Item::None => Plain::Null,
        Item::Value(value) => plain_value(value),
        Item::Table(table) => plain_table(table),
        Item::ArrayOfTables(tables) => Plain::List(tables.iter().map(|table| plain_table(table)).collect()),
    }
}

fn plain_table(table: &dyn TableLike) -> Plain {
    let pairs: BTreeMap<String, Plain> = table
        .iter()
        .map(|(key, item)| (key.to_owned(), plain(item)))
        .collect();
    Plain::Map(pairs)
}

fn plain_value(value: &Value) -> Plain {
    match value {
        Value::String(text) => Plain::Text(text.value().clone()),
        Value::Integer(number) => Plain::Literal(number.value().to_string()),
        Value::Float(number) => Plain::Literal(number.value().to_string()),
        Value::Boolean(flag) => Plain::Bool(*flag.value()),
        Value::Datetime(time) => Plain::Literal(time.value().to_string()),
        Value::Array(array) => Plain::List(array.iter().map(plain_value).collect()),
        Value::InlineTable(table) => plain_table(table),
    }
}
