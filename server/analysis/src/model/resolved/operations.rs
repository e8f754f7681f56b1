//! Statements of one operation that contradict each other, or that have no effect on such an operation.

use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use super::{
    Resolved, is_broken,
    queries::{named, opaque},
    signed_in::{Nobody, nobody},
};
use crate::{
    diagnostic::Severity,
    model::{
        cx::Cx,
        cx::OpRef,
        def::Def,
        facts::{Allow, Call, CallIdentity, Op, RefFact, Setting, Touch, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
};

/// One operation under the eyes of its checks.
struct Operation<'a, 'db> {
    cx: Cx<'db>,
    op: OpRef<'db>,
    element: &'a SmolStr,
    nobody: Option<Nobody>,
}

/// Checks the statements of one operation.
pub(super) fn check(cx: Cx<'_>, op: OpRef<'_>, element: &SmolStr, out: &mut Resolved) {
    let operation = Operation {
        cx,
        op,
        element,
        nobody: nobody(cx, op),
    };
    for field in &op.op.filter {
        let finding = operation.filter(field, out);
        out.findings.extend(finding);
    }
    let found = &mut out.findings;
    operation.who(found);
    operation.limits(found);
    operation.safe(found);
    operation.idempotent(found);
    operation.pages(found);
    operation.cache(found);
    for call in &op.op.calls {
        operation.call(call, found);
    }
}

/// `GET` and `HEAD`: nothing changes.
fn only_reads(op: &Op) -> bool {
    matches!(op.method.as_str(), "GET" | "HEAD")
}

impl<'db> Operation<'_, 'db> {
    fn facts(&self) -> &'db Op {
        self.op.op
    }

    fn place(&self, loc: &Loc) -> Place {
        Place::new(self.op.def.item, loc.clone())
    }

    fn error(&self, code: &'static str, loc: &Loc, message: String) -> Finding {
        Finding::new(
            code,
            Severity::Error,
            self.element.clone(),
            self.place(loc),
            message,
        )
    }

    fn pointless(&self, loc: &Loc, message: String) -> Finding {
        Finding::new(
            "type.no_effect",
            Severity::Warning,
            self.element.clone(),
            self.place(loc),
            message,
        )
    }

    fn remove(&self, what: &str, loc: &Loc) -> FixPlan {
        FixPlan::suggest(format!("Remove {what}"), vec![Step::Remove(self.place(loc))]).preferred()
    }

    /// `public`, `internal`, `allow` and schemes that ask nobody.
    fn who(&self, out: &mut Vec<Finding>) {
        let op = self.facts();
        if let Some((_, public)) = &op.public {
            if let Some(internal) = &op.internal {
                let message =
                    "`public` lets everybody in and `internal` only services: one of them cannot hold";
                out.push(
                    self.error("type.contradiction", public, message.to_owned())
                        .help("Keep the one that is meant.")
                        .related("`internal`", self.place(internal))
                        .fix(self.remove("`public`", public)),
                );
            }
            return;
        }
        self.allowed_already(out);
        if let (Some(nobody), Some(first)) = (&self.nobody, op.allow.first()) {
            let message = format!(
                "{}, so nobody has the role that is asked for here: nobody gets in",
                nobody.why
            );
            let mut found = self
                .error("type.contradiction", &first.loc, message)
                .help("Name the scheme that callers sign in with, `auth Session`, or say `public` instead of `allow`.")
                .related(nobody.what, nobody.at.clone());
            if op.is_endpoint() {
                for fix in self.schemes() {
                    found = found.fix(fix);
                }
            }
            out.push(found);
        }
    }

    /// One repair for each scheme that callers could sign in with.
    fn schemes(&self) -> Vec<FixPlan> {
        let names = self.cx.scheme_choices();
        let single = names.len() == 1;
        let step = |scheme: &SmolStr| {
            let text = format!("auth {scheme}");
            match self.facts().settings.auth.loc() {
                Some(own) => Step::Replace(self.place(own), text),
                None => Step::AddStatementFirst(self.cx.place(self.op.def), text),
            }
        };
        names
            .iter()
            .take(6)
            .map(|scheme| {
                let fix = FixPlan::suggest(format!("Ask for {scheme}"), vec![step(scheme)]);
                if single { fix.preferred() } else { fix }
            })
            .collect()
    }

    /// A role that is allowed twice without a condition. What a wider `allow` makes of a narrower one is for
    /// `auth.unreachable_allow` to say.
    fn allowed_already(&self, out: &mut Vec<Finding>) {
        let item = self.op.def.item;
        let role = |allow: &Allow| match &allow.role {
            None => Some(None),
            Some(role) => self.cx.resolve(item, role, &[Kind::Role]).map(Some),
        };
        let whole = |allow: &&Allow| allow.predicate.is_none() && !is_broken(self.cx, item, &allow.loc.path);
        let known: Vec<(&Allow, Option<Def>)> = self
            .facts()
            .allow
            .iter()
            .filter(whole)
            .filter_map(|allow| Some((allow, role(allow)?)))
            .collect();
        for (index, (allow, who)) in known.iter().enumerate() {
            let Some((first, _)) = known[..index].iter().find(|(_, theirs)| theirs == who) else {
                continue;
            };
            let name = allow
                .role
                .as_ref()
                .map_or_else(|| "any".to_owned(), RefFact::text);
            let message = format!("`allow {name}` stands here already: a second time changes nothing");
            out.push(
                self.pointless(&allow.loc, message)
                    .related("the first one", self.place(&first.loc))
                    .fix(self.remove("the second one", &allow.loc)),
            );
        }
    }

    /// `limit … by caller` where callers are not known.
    fn limits(&self, out: &mut Vec<Finding>) {
        let Some(nobody) = &self.nobody else { return };
        let Setting::Set(limit, loc) = &self.facts().settings.limit else {
            return;
        };
        if limit.by.as_deref() != Some("caller") {
            return;
        }
        let tree = crate::db::parsed(self.cx.db, self.op.def.item);
        let word = loc.node(tree).and_then(|node| {
            node.args
                .iter()
                .position(|argument| argument.slot == "by")
                .map(|index| loc.with(crate::model::loc::Part::Arg(index as u16)))
        });
        let loc = word.as_ref().unwrap_or(loc);
        let message = format!(
            "{}, so uses cannot be counted by caller: all would share one count",
            nobody.why
        );
        let mut found = self
            .error("type.no_caller", loc, message)
            .help("Count them by address: `by ip`.")
            .related(nobody.what, nobody.at.clone());
        if word.is_some() {
            found = found.fix(
                FixPlan::suggest(
                    "Count by `ip`",
                    vec![Step::Replace(self.place(loc), "ip".to_owned())],
                )
                .preferred(),
            );
        }
        out.push(found);
    }

    /// What the service encrypts itself cannot be looked for. Which types can be is a matter of structure.
    fn filter(&self, reference: &RefFact, out: &Resolved) -> Option<Finding> {
        let field = named(self.cx, reference, out)?;
        let (code, why) = opaque(self.cx, field).filter(|(code, _)| *code == "type.out_of_reach")?;
        let message = format!("a list cannot be narrowed by `{}`: {why}", reference.text());
        Some(
            self.error(code, &reference.loc, message)
                .help("Leave it out, or keep what is looked for in a field of its own.")
                .related("the field", self.cx.place(field)),
        )
    }

    fn changing(&self) -> Option<&'db Touch> {
        let mut touches = self.facts().touches.iter();
        touches.find(|touch| touch.access.changes() && !touch.implied)
    }

    /// `safe` is for a POST that only reads.
    fn safe(&self, out: &mut Vec<Finding>) {
        let op = self.facts();
        let Some(safe) = &op.safe else { return };
        if only_reads(op) {
            let message = format!("a {} is safe by itself, so `safe` says nothing", op.method);
            out.push(
                self.pointless(safe, message)
                    .help("It is for a POST that only reads.")
                    .fix(self.remove("`safe`", safe)),
            );
        } else if matches!(op.method.as_str(), "PUT" | "PATCH" | "DELETE") {
            let message = format!(
                "`safe` says that nothing changes, and a {} changes something",
                op.method
            );
            out.push(
                self.error("type.contradiction", safe, message)
                    .help("Make it a POST if it only reads.")
                    .fix(self.remove("`safe`", safe)),
            );
        } else if let Some(touch) = self.changing() {
            let message = format!(
                "`safe` says that nothing changes, and it {} {}",
                touch.access.word(),
                touch.entity.text()
            );
            out.push(
                self.error("type.contradiction", safe, message)
                    .help("Keep `safe` for a POST that only reads.")
                    .related(
                        format!("`{}`", touch.access.word()),
                        self.place(&touch.entity.loc),
                    )
                    .fix(self.remove("`safe`", safe)),
            );
        }
    }

    fn idempotent(&self, out: &mut Vec<Finding>) {
        let op = self.facts();
        if let Some((_, loc)) = &op.idempotent
            && op.is_endpoint()
            && only_reads(op)
            // What it changes nonetheless is for a rule to judge.
            && self.changing().is_none()
        {
            let message = format!(
                "a {} can be repeated as it is, so `idempotent` says nothing",
                op.method
            );
            out.push(
                self.pointless(loc, message)
                    .help("It is for operations that change something.")
                    .fix(self.remove("`idempotent`", loc)),
            );
        }
    }

    /// `paginate` where there is nothing to divide.
    fn pages(&self, out: &mut Vec<Finding>) {
        let op = self.facts();
        let Some((_, _, loc)) = &op.paginate else { return };
        if is_broken(self.cx, self.op.def.item, &op.loc.path) {
            return;
        }
        let what = match &op.returns {
            None => "nothing is answered",
            Some((ty, _)) if self.is_one(ty) => "one thing is answered",
            Some(_) => return,
        };
        out.push(
            self.pointless(
                loc,
                format!("{what}, so there are no pages: `paginate` has no effect"),
            )
            .help("Answer a page: `-> page Order`, or leave `paginate` out.")
            .fix(self.remove("`paginate`", loc)),
        );
    }

    /// Whether a type is certainly no list, and has none in it that could be one.
    fn is_one(&self, ty: &Ty) -> bool {
        match &ty.kind {
            TyKind::Scalar(name, _) => name != "json" && name != "bytes",
            TyKind::Ref(_) => true,
            TyKind::Named(reference) => {
                let kinds = [Kind::Type, Kind::Enum, Kind::Entity];
                let Some(def) = self.cx.resolve(self.op.def.item, reference, &kinds) else {
                    return false;
                };
                def.entity(self.cx.db).is_some()
                    || def.enum_def(self.cx.db).is_some()
                    || def.type_def(self.cx.db).is_some_and(|facts| facts.of.is_some())
            }
            _ => false,
        }
    }

    /// `cache` of an answer to a change.
    fn cache(&self, out: &mut Vec<Finding>) {
        let op = self.facts();
        let Some((_, loc)) = &op.cache else { return };
        let changes = match op.method.as_str() {
            "POST" => op.safe.is_none(),
            "PUT" | "PATCH" | "DELETE" => true,
            _ => false,
        };
        if changes {
            let message = format!(
                "a {} changes something: from the cache it would be answered and not done",
                op.method
            );
            out.push(
                self.error("type.contradiction", loc, message)
                    .help("Cache what only reads: a GET, or a POST that is `safe`.")
                    .fix(self.remove("`cache`", loc)),
            );
        }
    }

    fn call(&self, call: &Call, out: &mut Vec<Finding>) {
        if let (Some(CallIdentity::Caller), Some(nobody)) = (&call.identity, &self.nobody) {
            let tree = crate::db::parsed(self.cx.db, self.op.def.item);
            let loc = option(tree, &call.loc, Kind::CallAs);
            let message = format!(
                "{}, so there is nobody whose identity could travel along",
                nobody.why
            );
            out.push(
                self.error("type.no_caller", &loc, message)
                    .help("Say `as system because \"…\"`.")
                    .related(nobody.what, nobody.at.clone()),
            );
        }
        let item = self.op.def.item;
        let want = [Kind::Endpoint, Kind::Vendor];
        let target = self.cx.resolve(item, &call.target, &want);
        if let (Some(undo), Some(target)) = (&call.compensated, target)
            && let Some(op) = target.op(self.cx.db)
        {
            let back = self.cx.resolve(item, undo, &[Kind::Endpoint]);
            self.undo(call, (target, op), back, out);
        }
    }

    /// `compensated by` where there is nothing to undo, or nothing that undoes.
    fn undo(&self, call: &Call, (target, op): (Def, &Op), back: Option<Def>, out: &mut Vec<Finding>) {
        let Some(undo) = &call.compensated else { return };
        let statement = Loc::head(&undo.loc.path);
        let touched = |op: &Op| op.touches.iter().any(|touch| touch.access.changes());
        if (only_reads(op) || op.safe.is_some()) && !touched(op) {
            let message = format!(
                "{} only reads, so there is nothing to undo: `compensated by` has no effect",
                self.cx.qualified(target)
            );
            out.push(
                self.pointless(&statement, message)
                    .related("the endpoint that is called", self.cx.place(target))
                    .fix(self.remove("`compensated by`", &statement)),
            );
        } else if let Some(back) = back.filter(|back| *back != target)
            && let Some(facts) = back.op(self.cx.db)
            && (only_reads(facts) || facts.safe.is_some())
            && !touched(facts)
        {
            let message = format!("{} only reads, so it undoes nothing", self.cx.qualified(back));
            out.push(
                self.error("type.contradiction", &undo.loc, message)
                    .help("Name the endpoint that takes back what the call has done.")
                    .related("the endpoint", self.cx.place(back)),
            );
        }
    }
}

/// An option in a call's block, or the call where it is not found.
fn option(tree: &archwright_grammar::ast::Tree, call: &Loc, kind: Kind) -> Loc {
    let found = call
        .node(tree)
        .and_then(|node| node.children().iter().position(|child| child.kind() == kind));
    match found {
        Some(index) => {
            let mut path = call.path.clone();
            path.push(index as u16);
            Loc::head(&path)
        }
        None => call.clone(),
    }
}
