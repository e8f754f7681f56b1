//! Changes that somebody may want without anything being wrong: one file each.

mod add_operation;
mod extract_projection;

use crate::{features::spot::Spot, model::finding::FixPlan};

/// Looks whether it can be done at a place.
type Assist = fn(&Spot<'_>) -> Vec<FixPlan>;

const ASSISTS: &[Assist] = &[add_operation::assist, extract_projection::assist];

/// What can be done at a place, with titles.
pub(crate) fn all(spot: &Spot<'_>) -> Vec<(String, FixPlan)> {
    ASSISTS
        .iter()
        .flat_map(|assist| assist(spot))
        .map(|plan| (plan.title.clone(), plan))
        .collect()
}
