//! What the rules about signing in share: repairs, and what counts as a reason.

use smol_str::SmolStr;

use crate::model::{
    cx::{Cx, OpRef},
    facts::Op,
    finding::{FixPlan, Place, Step},
};

/// More choices than this are no help.
const CHOICES: usize = 6;

/// Whether an operation is `public` for a stated reason.
pub(crate) fn reasoned(op: &Op) -> bool {
    matches!(&op.public, Some((Some(because), _)) if !because.trim().is_empty())
}

/// Repairs that close an open endpoint: where a scheme is in effect, one for each role that may be let in; else one for
/// each scheme.
pub(crate) fn fixes(cx: Cx<'_>, op: OpRef<'_>) -> Vec<FixPlan> {
    let item = op.def.item;
    let schemes = cx.schemes(op);
    let closed = !schemes.is_empty()
        && !schemes
            .iter()
            .any(|scheme| cx.auth(scheme.item).is_some_and(|auth| auth.kind == "none"));
    let public = op
        .op
        .public
        .as_ref()
        .map(|(_, loc)| Place::new(item, loc.clone()));
    if closed {
        let Some(public) = public else { return Vec::new() };
        let (roles, siblings) = cx.role_choices(op);
        let single = siblings && roles.len() == 1;
        return roles
            .iter()
            .take(CHOICES)
            .map(|role| {
                let step = Step::Replace(public.clone(), format!("allow {role}"));
                let fix = FixPlan::suggest(format!("Allow {role} only"), vec![step]);
                if single { fix.preferred() } else { fix }
            })
            .collect();
    }
    let schemes = cx.scheme_choices();
    let single = schemes.len() == 1;
    schemes
        .iter()
        .take(CHOICES)
        .map(|scheme| {
            let fix = FixPlan::suggest(format!("Ask for {scheme}"), state_scheme(cx, op, scheme));
            if single { fix.preferred() } else { fix }
        })
        .collect()
}

/// The steps that put a scheme into effect at one endpoint, in the place of `auth none` and `public`.
fn state_scheme(cx: Cx<'_>, op: OpRef<'_>, scheme: &SmolStr) -> Vec<Step> {
    let item = op.def.item;
    let statement = format!("auth {scheme}");
    let public = op
        .op
        .public
        .as_ref()
        .map(|(_, loc)| Place::new(item, loc.clone()));
    match (&op.op.settings.auth.loc(), public) {
        (Some(own), Some(public)) => {
            vec![
                Step::Replace(Place::new(item, (*own).clone()), statement),
                Step::Remove(public),
            ]
        }
        (Some(own), None) => vec![Step::Replace(Place::new(item, (*own).clone()), statement)],
        (None, Some(public)) => vec![Step::Replace(public, statement)],
        (None, None) => vec![Step::AddStatementFirst(cx.place(op.def), statement)],
    }
}
