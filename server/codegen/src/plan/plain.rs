//! Values of TOML and JSON for comparison, and the merge of lists, which both kinds of manifest share.

use std::collections::BTreeMap;

/// A value without its layout: equal when it means the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plain {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number or a date, by its shortest text.
    Literal(String),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Plain>),
    /// Keys and values; order means nothing.
    Map(BTreeMap<String, Plain>),
}

/// What has to be done to the user's list so that it holds the generator's changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ListEdit {
    /// Places in the user's list that go.
    pub(super) remove: Vec<usize>,
    /// Places in the generator's list that are added, each in the place of a removed one or at the end.
    pub(super) add: Vec<Addition>,
}

/// One element that is added.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Addition {
    /// Where it stands in the generator's list.
    pub(super) from: usize,
    /// The place in the user's list that it takes (that element is removed), or `None` for the end.
    pub(super) replaces: Option<usize>,
}

/// Merges lists as sets of elements: what the generator took away goes, what it brought comes, and everything of the
/// user's stays. Elements with the same name (a requirement `fastapi==1`, an object's `name`) are versions of one
/// another: one that both sides changed is a conflict, one that the user took away stays away.
///
/// # Errors
///
/// The name of the element that both sides changed.
pub(super) fn merge_lists(base: &[Plain], current: &[Plain], new: &[Plain]) -> Result<ListEdit, String> {
    let mut edit = ListEdit::default();
    for gone in base.iter().filter(|element| !new.contains(element)) {
        if let Some(at) = current.iter().position(|element| element == gone) {
            edit.remove.push(at);
        }
    }
    for (from, fresh) in new.iter().enumerate() {
        if base.contains(fresh) || current.contains(fresh) {
            continue;
        }
        let name = element_name(fresh);
        let same_name = |element: &&Plain| name.is_some() && element_name(element) == name;
        let before = base.iter().find(same_name);
        let replaces = edit.remove.iter().copied().find(|at| {
            before.is_some_and(|before| &current[*at] == before)
                && edit.add.iter().all(|addition| addition.replaces != Some(*at))
        });
        let users = current
            .iter()
            .find(|element| same_name(element) && !base.contains(element));
        match (users, before, replaces) {
            (Some(_), _, _) => return Err(name.unwrap_or_default()),
            (None, Some(_), None) => {}
            _ => edit.add.push(Addition { from, replaces }),
        }
    }
    if edit
        .add
        .iter()
        .any(|addition| element_name(&new[addition.from]).is_none())
        && base
            .iter()
            .any(|element| !new.contains(element) && !current.contains(element))
    {
        return Err("an entry without a name of its own".to_owned());
    }
    Ok(edit)
}

/// What an element is called: the distribution of a requirement, the `name`, `id`, `module` or `repo` of an object.
fn element_name(element: &Plain) -> Option<String> {
    match element {
        Plain::Text(text) => {
            let end = text
                .find(|letter: char| !letter.is_ascii_alphanumeric() && !"._-/@*".contains(letter))
                .unwrap_or(text.len());
            Some(text[..end].to_lowercase())
        }
        Plain::Map(map) => ["name", "id", "module", "repo"]
            .iter()
            .find_map(|key| map.get(*key))
            .map(|value| format!("{value:?}")),
        _ => None,
    }
}
