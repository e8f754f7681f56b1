//! How several things are named in one sentence.

use crate::model::{cx::Cx, def::Def};

/// How many places a finding has beside its own: nobody reads more.
pub(crate) const RELATED: usize = 20;

/// `` `a` ``, `` `a` and `b` ``, `` `a`, `b` and 3 more ``.
pub(crate) fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [one, two] => format!("`{one}` and `{two}`"),
        [one, two, three] => format!("`{one}`, `{two}` and `{three}`"),
        [one, two, more @ ..] => format!("`{one}`, `{two}` and {} more", more.len()),
    }
}

/// The same of definitions, by their qualified names.
pub(crate) fn all(cx: Cx<'_>, defs: &[Def]) -> String {
    let qualified: Vec<String> = defs.iter().map(|def| cx.qualified(*def).to_string()).collect();
    names(&qualified)
}
