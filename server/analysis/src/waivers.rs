//! Which findings a `waive` silences, and which waivers are themselves to be reported.

use std::sync::Arc;

use archwright_grammar::ast::Date;
use rustc_hash::FxHashMap;

use crate::{
    db::{Database, Item},
    files::Files,
    model::{facts::Waiver, finding::Finding},
};

/// The reason of the waiver in `waivers` (those of the finding's item) that silences `finding`, if one does.
pub(crate) fn reason(_db: &Database, _today: Date, _waivers: &[Waiver], _finding: &Finding) -> Option<String> {
    None
}

/// Findings about waivers, by item: past their date, silencing nothing, lacking a reason, naming an unknown rule.
pub(crate) fn stale(
    _db: &Database,
    _files: &Files,
    _findings: &FxHashMap<Item, Arc<Vec<Finding>>>,
    _late: &FxHashMap<Item, Vec<Finding>>,
) -> Vec<(Item, Finding)> {
    Vec::new()
}
