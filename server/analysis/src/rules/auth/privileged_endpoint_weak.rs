//! Operator functions are open to the same roles as everything else.

use archwright_codegen::names::snake;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        facts::{Access, ParamFrom, RefFact, TyKind},
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule, auth::missing_authorization::own_rows_only},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.privileged_endpoint_weak",
    severity: Severity::Warning,
    summary: "Ordinary users reach operator functions.",
    cwe: &[269],
    page: include_str!("../../../../../docs/rules/auth/privileged_endpoint_weak.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Segments of paths behind which operators work.
const SEGMENTS: &[&str] = &["admin", "internal", "debug", "console"];

/// Words of operations that are about the caller's own rows.
const OWN: &[&str] = &["me", "my", "mine", "own", "self", "current", "logout", "logoff", "signout"];

/// What makes an endpoint an operator's.
pub(crate) enum Privilege<'a> {
    /// Its path has the segment.
    Path(&'a str),
    /// It deletes rows that no id selects.
    Bulk(String),
}

/// Why an endpoint is for operators, if it is.
pub(crate) fn privilege<'db>(cx: Cx<'db>, op: OpRef<'db>) -> Option<Privilege<'db>> {
    let segment = op
        .op
        .path
        .split('/')
        .find(|segment| SEGMENTS.contains(&segment.to_ascii_lowercase().as_str()));
    if let Some(segment) = segment {
        return Some(Privilege::Path(segment));
    }
    let deleted = op.op.touches.iter().find(|touch| touch.access == Access::Deletes)?;
    let own = own_rows_only(cx, op) || of_the_caller(cx, op, &deleted.entity);
    (!selects(cx, op) && !own).then(|| Privilege::Bulk(deleted.entity.text()))
}

/// Whether an operation is about one row, the caller's, by what it is called (`logout`, `/v1/my/cart`) or because the path speaks of
/// one (`/v1/cart`).
fn of_the_caller(cx: Cx<'_>, op: OpRef<'_>, deleted: &RefFact) -> bool {
    let entity = match cx.def(op.def.item, deleted) {
        Some(entity) => snake(&entity.name(cx.db)),
        None => return true,
    };
    let mut segments = op.op.path.split('/').map(|segment| segment.replace('-', "_")).collect::<Vec<_>>();
    let one = segments.last().is_some_and(|last| *last == entity);
    segments.push(op.op.name.to_string());
    let mut words = segments.iter().flat_map(|text| text.split('_'));
    let called = words.any(|word| OWN.contains(&word));
    let signs_out = segments.iter().any(|text| matches!(text.as_str(), "sign_out" | "log_out"));
    one || called || signs_out
}

/// Whether the request says which rows are meant: by the path, by an id in the query or the body.
fn selects(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    op.op.params.iter().any(|param| {
        cx.is_id(param)
            || (param.from == ParamFrom::Body
                && param.ty.as_ref().is_some_and(|ty| match &ty.kind {
                    TyKind::Scalar(name, _) => name == "uuid",
                    TyKind::Ref(_) => true,
                    TyKind::Inline(fields) => fields.iter().any(|field| match &field.ty.kind {
                        TyKind::Scalar(name, _) => name == "uuid",
                        TyKind::Ref(_) => true,
                        _ => false,
                    }),
                    TyKind::Named(_) => true,
                    _ => false,
                }))
    })
}

/// Who is let in: everybody who signs in, or some roles.
#[derive(Default)]
struct LetIn {
    anybody: bool,
    roles: Vec<Item>,
}

impl LetIn {
    /// Those let in by an endpoint; without conditions only, if asked for.
    fn add(&mut self, cx: Cx<'_>, op: OpRef<'_>, whole: bool) {
        for allow in &op.op.allow {
            if whole && allow.predicate.is_some() {
                continue;
            }
            match cx.allowed_role(op.def.item, allow) {
                Some(role) if !self.roles.contains(&role) => self.roles.push(role),
                Some(_) => {}
                None => self.anybody |= allow.role.is_none(),
            }
        }
    }

    fn is_empty(&self) -> bool {
        !self.anybody && self.roles.is_empty()
    }
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    // What only services use says nothing about the users of the others.
    let judged = |op: &OpRef<'_>| {
        op.op.is_endpoint()
            && !op.op.allow.is_empty()
            && !cx.open(*op)
            && op.op.issues.is_empty()
            && op.op.internal.is_none()
            && !cx.only_mtls(*op)
    };
    // Most services have no such endpoint: then nobody asks who the ordinary users are.
    let privileged: Vec<(OpRef<'_>, Privilege<'_>)> = cx
        .ops(item)
        .filter(judged)
        .filter_map(|op| Some((op, privilege(cx, op)?)))
        .collect();
    if privileged.is_empty() {
        return;
    }
    let mut ordinary = LetIn::default();
    let mut example = None;
    for op in cx.ops(item).filter(judged) {
        if privileged.iter().all(|(known, _)| known.def != op.def) {
            ordinary.add(cx, op, false);
            example = example.or(Some(op));
        }
    }
    let Some(example) = example.filter(|_| !ordinary.is_empty()) else {
        return;
    };
    for (op, privilege) in privileged {
        let mut own = LetIn::default();
        own.add(cx, op, true);
        // An ordinary user comes in if each of their roles does.
        let same = own.anybody
            || (!ordinary.anybody
                && ordinary.roles.iter().all(|role| {
                    let mut theirs = cx.with_included(*role).into_iter();
                    theirs.any(|role| own.roles.contains(&role))
                }));
        let other_scheme = cx.schemes(op) != cx.schemes(example);
        let operators = !own.anybody && own.roles.iter().all(|role| is_operator(cx, *role));
        if same && !other_scheme && !operators {
            findings.push(report(cx, op, &privilege, &own, example));
        }
    }
}

/// Whether a role is one of operators: people inside who have the rights of others, too, or who are called so.
fn is_operator(cx: Cx<'_>, role: Item) -> bool {
    let name = cx.name(role).to_ascii_lowercase();
    let called = ["admin", "operator", "root", "superuser", "support"];
    called.iter().any(|word| name.contains(word))
        || cx.role(role).is_some_and(|facts| !facts.includes.is_empty())
}

fn report(
    cx: Cx<'_>,
    op: OpRef<'_>,
    privilege: &Privilege<'_>,
    own: &LetIn,
    example: OpRef<'_>,
) -> Finding {
    let item = op.def.item;
    let element = cx.qualified(op.def);
    let what = match privilege {
        Privilege::Path(segment) => format!("`{element}` is an operator's function (`{segment}` in its path)"),
        Privilege::Bulk(entity) => format!("`{element}` deletes `{entity}` in bulk"),
    };
    let message = format!("{what} and lets in everybody whom the service lets in at all: ordinary users reach it");
    let mut finding = Finding::new(RULE.id, RULE.severity, element, cx.place(op.def), message)
        .help("Let only those in who operate the system, by a role or a scheme of their own.")
        .related(
            format!("`{}` is open to the same roles", cx.qualified(example.def)),
            cx.place(example.def),
        );
    let operators: Vec<Item> = cx
        .items(archwright_grammar::vocabulary::Kind::Role)
        .iter()
        .copied()
        .filter(|role| cx.is_human(*role) && is_operator(cx, *role))
        .collect();
    for role in operators.iter().take(4) {
        let name = cx.name(*role);
        let place = |allow: &crate::model::facts::Allow| Place::new(item, allow.loc.clone());
        let keeps = op
            .op
            .allow
            .iter()
            .find(|allow| cx.allowed_role(item, allow) == Some(*role) && allow.predicate.is_none());
        let mut steps = Vec::new();
        for (index, allow) in op.op.allow.iter().enumerate() {
            match keeps {
                Some(kept) if kept.loc == allow.loc => {}
                None if index == 0 => steps.push(Step::Replace(place(allow), format!("allow {name}"))),
                _ => steps.push(Step::Remove(place(allow))),
            }
        }
        if own.is_empty() || steps.is_empty() {
            continue;
        }
        let fix = FixPlan::suggest(format!("Allow {name} only"), steps);
        finding = finding.fix(if operators.len() == 1 { fix.preferred() } else { fix });
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(endpoint: &str) -> String {
        format!(
            "auth Session: cookie
auth Keys: api_key {{ rotate 90d }}
auth Mesh: mtls
role Patient
role Clinician: staff
role Admin: staff includes Clinician
role Peer: service
service Orders {{
  auth Session
  entity Order {{ id: uuid @id; patient: uuid }}
  entity Draft {{ id: uuid @id; owner: uuid; visible where owner == caller.id }}
  endpoint list GET /v1/orders -> page Order {{ allow Clinician; allow Patient where patient == caller.id; reads Order; paginate cursor max 10 }}
  {endpoint}
}}
"
        )
    }

    #[test]
    fn the_same_roles_are_too_many() {
        let of = |endpoint: &str| of_rule(&text(endpoint), RULE.id).len();
        assert_eq!(of("endpoint x GET /v1/admin/x { allow Clinician; allow Patient }"), 1);
        assert_eq!(of("endpoint x GET /v1/admin/x { allow any }"), 1);
        assert_eq!(of("endpoint x DELETE /v1/orders { allow any; deletes Order }"), 1);
        // Fewer roles, a role of operators, a scheme of their own.
        assert_eq!(of("endpoint x GET /v1/admin/x { allow Clinician }"), 0);
        assert_eq!(of("endpoint x GET /v1/admin/x { allow Admin }"), 0);
        assert_eq!(of("endpoint x GET /v1/admin/x { auth Keys; allow any }"), 0);
        assert_eq!(of("endpoint x GET /v1/internal/x { auth Mesh; allow Peer }"), 0);
        assert_eq!(of("endpoint x GET /v1/internal/x { internal; allow any }"), 0);
    }

    #[test]
    fn what_an_id_selects_is_not_bulk() {
        let of = |endpoint: &str| of_rule(&text(endpoint), RULE.id).len();
        assert_eq!(of("endpoint x DELETE /v1/orders/{id} { allow any; deletes Order }"), 0);
        assert_eq!(of("endpoint x POST /v1/removals (body: { order: uuid }) { allow any; deletes Order }"), 0);
        assert_eq!(of("endpoint x DELETE /v1/drafts { allow any; deletes Draft }"), 0);
        assert_eq!(of("endpoint x DELETE /v1/orders (order: uuid) { allow any; deletes Order }"), 0);
    }

    #[test]
    fn what_is_the_callers_own_by_name_is_not_bulk() {
        let of = |endpoint: &str| of_rule(&text(endpoint), RULE.id).len();
        assert_eq!(of("endpoint logout DELETE /v1/login { allow any; deletes Order }"), 0);
        assert_eq!(of("endpoint sign_out POST /v1/sign-out { allow any; deletes Order }"), 0);
        assert_eq!(of("endpoint x DELETE /v1/my/orders { allow any; deletes Order }"), 0);
        assert_eq!(of("endpoint x DELETE /v1/order { allow any; deletes Order }"), 0);
        assert_eq!(of("endpoint drop_all POST /v1/orders/drop { allow any; deletes Order }"), 1);
    }

    #[test]
    fn the_fix_leaves_one_role() {
        let before = text("endpoint x GET /v1/admin/x { allow Clinician; allow Patient; reads Order }");
        let after = fixed(&before, "Allow Admin only");
        assert_eq!(after, text("endpoint x GET /v1/admin/x { allow Admin; reads Order }"));
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
    }
}
