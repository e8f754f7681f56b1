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
        // Who may is said already; `public` undoes it.
        if !op.op.allow.is_empty() {
            return vec![FixPlan::suggest("Remove `public`", vec![Step::Remove(public)]).preferred()];
        }
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
    if op.op.allow.is_empty() {
        return fixes_with_roles(cx, op, &schemes);
    }
    let single = schemes.len() == 1;
    schemes
        .iter()
        .take(CHOICES)
        .map(|scheme| {
            let steps = state_scheme(cx, op, &format!("auth {scheme}"));
            let fix = FixPlan::suggest(format!("Ask for {scheme}"), steps);
            if single { fix.preferred() } else { fix }
        })
        .collect()
}

/// One repair for each scheme and each role that may be let in: a scheme alone would let in every account.
fn fixes_with_roles(cx: Cx<'_>, op: OpRef<'_>, schemes: &[SmolStr]) -> Vec<FixPlan> {
    let (mut roles, siblings) = cx.role_choices(op);
    if roles.is_empty() {
        roles.push(SmolStr::new_static("any"));
    }
    let single = siblings && roles.len() == 1 && schemes.len() == 1;
    schemes
        .iter()
        .flat_map(|scheme| roles.iter().map(move |role| (scheme, role)))
        .take(CHOICES)
        .map(|(scheme, role)| {
            let steps = state_scheme(cx, op, &format!("auth {scheme}\nallow {role}"));
            let fix = FixPlan::suggest(format!("Ask for {scheme} and allow {role}"), steps);
            if single { fix.preferred() } else { fix }
        })
        .collect()
}

/// The steps that put statements about signing in into one endpoint, in the place of `auth none` and `public`.
fn state_scheme(cx: Cx<'_>, op: OpRef<'_>, statements: &str) -> Vec<Step> {
    let item = op.def.item;
    // They share a line with what they replace.
    let inline = || statements.replace('\n', "; ");
    let public = op
        .op
        .public
        .as_ref()
        .map(|(_, loc)| Place::new(item, loc.clone()));
    match (&op.op.settings.auth.loc(), public) {
        (Some(own), Some(public)) => {
            vec![
                Step::Replace(Place::new(item, (*own).clone()), inline()),
                Step::Remove(public),
            ]
        }
        (Some(own), None) => vec![Step::Replace(Place::new(item, (*own).clone()), inline())],
        (None, Some(public)) => vec![Step::Replace(public, inline())],
        (None, None) => vec![Step::AddStatementFirst(cx.place(op.def), statements.to_owned())],
    }
}
