//! A way to sign in whose credentials live too long, are guessed too easily, or lie where others find them.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::{Db, Item, parsed},
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::{Cx, OpRef},
        def::Def,
        expr::text::duration,
        facts::{Auth, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.weak_scheme",
    severity: Severity::Warning,
    summary: "A stolen or guessed credential is good for long.",
    cwe: &[613, 922, 1004, 521, 598],
    clauses: &[("hipaa", "45 CFR 164.312(a)(2)(i)")],
    thresholds: &[Threshold {
        name: "lifetime",
        default: 60,
        counts: "minutes for which a token is good",
    }],
    page: include_str!("../../../../../docs/rules/auth/weak_scheme.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// What one service does with schemes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Uses {
    /// Keys as the only way in for a role of people, each with the first endpoint.
    keys: Vec<(Item, Def)>,
    /// Schemes that are handed out, and whether for a password.
    issued: Vec<(Item, Def, bool)>,
}

#[salsa::tracked(returns(ref))]
fn uses(db: &dyn Db, item: Item) -> Option<Arc<Uses>> {
    let cx = Cx { db };
    let mut uses = Uses::default();
    for op in cx.ops(item) {
        for scheme in &op.op.issues {
            if let Some(scheme) = cx.def(item, scheme) {
                uses.issued.push((scheme.item, op.def, takes_password(cx, op)));
            }
        }
        let names_roles = op.op.allow.iter().any(|allow| allow.role.is_some());
        if names_roles && cx.for_people(op) {
            let schemes = cx.schemes(op);
            if schemes.iter().all(|scheme| cx.scheme_kind(*scheme) == "api_key") {
                for scheme in schemes {
                    if uses.keys.iter().all(|(known, _)| *known != scheme.item) {
                        uses.keys.push((scheme.item, op.def));
                    }
                }
            }
        }
    }
    (uses != Uses::default()).then(|| Arc::new(uses))
}

fn takes_password(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    cx.classified_body(op).iter().any(|field| {
        let name = field.name.rsplit('.').next().unwrap_or_default();
        field.classes.any(Classes::SECRET) && name.contains("password")
    })
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let mut all = Uses::default();
    for &service in cx.items(Kind::Service).iter() {
        if let Some(uses) = uses(cx.db, service) {
            for key in &uses.keys {
                if all.keys.iter().all(|(known, _)| *known != key.0) {
                    all.keys.push(*key);
                }
            }
            all.issued.extend(uses.issued.iter().copied());
        }
    }
    for &item in cx.items(Kind::Auth).iter() {
        if let Some(auth) = cx.auth(item)
            && !cx.facts(item).broken
        {
            let scheme = Scheme { cx, item, auth };
            scheme.lifetimes(&all, findings);
            scheme.passwords(&all, findings);
            scheme.in_url(findings);
            scheme.shared_key(&all, findings);
        }
    }
    for &client in cx.items(Kind::Client).iter() {
        findings.extend(token_in_browser(cx, client));
    }
}

struct Scheme<'db> {
    cx: Cx<'db>,
    item: Item,
    auth: &'db Auth,
}

impl Scheme<'_> {
    fn name(&self) -> &str {
        self.cx.name(self.item)
    }

    fn own(&self) -> Place {
        Place::new(self.item, Loc::at(&[], Part::Name))
    }

    fn found(&self, severity: Severity, at: Place, message: String) -> Finding {
        Finding::new(RULE.id, severity, self.name(), at, message)
    }

    /// A statement of the scheme.
    fn statement(&self, kind: Kind) -> Option<Place> {
        let node = parsed(self.cx.db, self.item).node.as_ref()?;
        let index = node.children().iter().position(|child| child.kind() == kind)?;
        Some(Place::new(self.item, Loc::head(&[index as u16])))
    }

    fn add(&self, title: String, text: &str) -> FixPlan {
        FixPlan::suggest(title, vec![Step::AddStatement(self.own(), text.to_owned())])
    }

    fn lifetimes(&self, all: &Uses, out: &mut Vec<Finding>) {
        let name = self.name();
        match (self.auth.kind.as_str(), self.auth.lifetime) {
            ("cookie", None) => out.push(
                self.found(
                    RULE.severity,
                    self.own(),
                    format!("sessions of `{name}` never end: a cookie that is stolen once is good for ever"),
                )
                .help("Say how long a session lasts, and how long it may rest.")
                .fix(self.add(format!("End sessions of {name} after 12 hours"), "lifetime 12h").preferred()),
            ),
            ("jwt", None) => out.push(
                self.found(
                    RULE.severity.lower(),
                    self.own(),
                    format!("nothing says how long a token of `{name}` is good: nobody can take it back before it ends"),
                )
                .help("Say how long: a token cannot be revoked, so it should be short.")
                .fix(self.add(format!("End tokens of {name} after 15 minutes"), "lifetime 15m").preferred()),
            ),
            ("jwt", Some(time)) => {
                let most = u64::from(self.cx.threshold(&RULE, "lifetime")) * 60_000;
                if time.millis() > most
                    && let Some(at) = self.statement(Kind::Lifetime)
                {
                    let message = format!(
                        "a token of `{name}` is good for {} and cannot be taken back: so long has it whoever steals it",
                        duration(time)
                    );
                    let fix = Step::Replace(at.clone(), "lifetime 15m".to_owned());
                    out.push(
                        self.found(RULE.severity, at, message)
                            .help("Let tokens end within the hour, and have them renewed.")
                            .fix(FixPlan::suggest(format!("End tokens of {name} after 15 minutes"), vec![fix]).preferred()),
                    );
                }
            }
            _ => {}
        }
        if self.auth.kind == "jwt" && self.auth.issuer.is_none() {
            let mut found = self
                .found(
                    RULE.severity,
                    self.own(),
                    format!("nothing says who signs tokens of `{name}`: no service can tell a real one from a made one"),
                )
                .help("Name the service or vendor that signs people in: `issuer Accounts`.");
            let mut services: Vec<Item> = all
                .issued
                .iter()
                .filter(|(scheme, ..)| *scheme == self.item)
                .map(|(_, op, _)| op.item)
                .collect();
            services.dedup();
            for service in services.iter().take(3) {
                let issuer = self.cx.name(*service);
                let fix = self.add(format!("Let {issuer} issue {name}"), &format!("issuer {issuer}"));
                found = found.fix(if services.len() == 1 { fix.preferred() } else { fix });
            }
            out.push(found);
        }
    }

    fn passwords(&self, all: &Uses, out: &mut Vec<Finding>) {
        let name = self.name();
        let Some(rules) = &self.auth.password else {
            let taken = all.issued.iter().find(|(scheme, _, password)| *scheme == self.item && *password);
            let personal = matches!(self.auth.kind.as_str(), "cookie" | "jwt");
            if let (Some((_, op, _)), true) = (taken, personal) {
                out.push(
                    self.found(
                        RULE.severity.lower(),
                        self.own(),
                        format!("nothing says what a password for `{name}` must be: short and known ones are tried first"),
                    )
                    .help("Say it once: `password { min 12; breached deny }`.")
                    .related(
                        format!("`{}` takes a password", self.cx.qualified(*op)),
                        self.cx.place(*op),
                    )
                    .fix(
                        self.add(
                            format!("Ask {name} for 12 characters, and none known from breaches"),
                            "password { min 12; breached deny }",
                        )
                        .preferred(),
                    ),
                );
            }
            return;
        };
        let unchecked = rules.breached.as_deref().is_none_or(|word| word == "allow");
        if rules.min.is_some() && !unchecked {
            return;
        }
        let block = Place::new(self.item, Loc::head(&rules.loc.path));
        let mut steps = Vec::new();
        let mut missing = Vec::new();
        if rules.min.is_none() {
            missing.push("how long they are");
            steps.push(Step::AddStatement(block.clone(), "min 12".to_owned()));
        }
        if unchecked {
            missing.push("whether they are known from breaches");
            steps.push(match (rules.breached.is_some(), self.breached(&rules.loc)) {
                (true, Some(at)) => Step::Replace(at, "breached deny".to_owned()),
                _ => Step::AddStatement(block, "breached deny".to_owned()),
            });
        }
        // Two statements at one place are one insertion.
        if let [Step::AddStatement(at, first), Step::AddStatement(_, second)] = steps.as_slice() {
            steps = vec![Step::AddStatement(at.clone(), format!("{first}\n{second}"))];
        }
        let message = format!(
            "for passwords of `{name}` nobody looks at {}: the ones that are tried first work",
            missing.join(" and ")
        );
        out.push(
            self.found(RULE.severity, Place::new(self.item, rules.loc.clone()), message)
                .help("Write `min 12` and `breached deny`.")
                .fix(FixPlan::suggest(format!("Refuse weak passwords of {name}"), steps).preferred()),
        );
    }

    /// `breached …` inside of the block at a place.
    fn breached(&self, block: &Loc) -> Option<Place> {
        let tree = parsed(self.cx.db, self.item);
        let children = block.node(tree)?.children();
        let index = children.iter().position(|child| child.kind() == Kind::Breached)?;
        let mut path = block.path.clone();
        path.push(index as u16);
        Some(Place::new(self.item, Loc::head(&path)))
    }

    fn in_url(&self, out: &mut Vec<Finding>) {
        let Some(at) = self.statement(Kind::QueryKey).filter(|_| self.auth.kind != "cookie") else {
            return;
        };
        let name = self.name();
        let fix = if self.auth.header.is_some() {
            FixPlan::suggest("Take the key from the header only", vec![Step::Remove(at.clone())])
        } else {
            let step = Step::Replace(at.clone(), "header \"X-Api-Key\"".to_owned());
            FixPlan::suggest("Take the key from a header", vec![step])
        };
        out.push(
            self.found(
                Severity::Error,
                at,
                format!("`{name}` carries its key in the URL, which stands in every log, history and referrer on the way"),
            )
            .help("Carry it in a header: `header \"X-Api-Key\"`.")
            .fix(fix.preferred()),
        );
    }

    fn shared_key(&self, all: &Uses, out: &mut Vec<Finding>) {
        let Some((_, op)) = all.keys.iter().find(|(scheme, _)| *scheme == self.item) else {
            return;
        };
        if self.auth.rotate.is_some() && self.partners_only() {
            return;
        }
        let severity = if self.cx.complies("hipaa") {
            Severity::Error
        } else {
            RULE.severity
        };
        let name = self.name();
        let endpoint = self.cx.qualified(*op);
        out.push(
            self.found(
                severity,
                self.own(),
                format!("people use `{endpoint}` with nothing but a key of `{name}`: whoever has the key is everybody, and nobody can be told apart"),
            )
            .citing(self.cx, &RULE, &["hipaa"])
            .help("Let people sign in, with a `cookie`, `jwt` or `oidc` scheme, and keep keys for programs, rotated.")
            .related(format!("`{endpoint}` lets people in"), self.cx.place(*op)),
        );
    }

    /// Whether programs of partners are the only clients that present the scheme.
    fn partners_only(&self) -> bool {
        let clients = self.cx.items(Kind::Client);
        let mut presenting = clients
            .iter()
            .filter_map(|client| Some((*client, self.cx.client(*client)?)))
            .filter(|(client, facts)| {
                let schemes = facts.auth.set().into_iter().flatten();
                schemes
                    .filter_map(|scheme| self.cx.def(*client, scheme))
                    .any(|scheme| scheme.item == self.item)
            })
            .peekable();
        presenting.peek().is_some() && presenting.all(|(_, facts)| facts.kind == "partner")
    }
}

/// A page in a browser that holds a token, where its scripts can read it.
fn token_in_browser(cx: Cx<'_>, client: Item) -> Option<Finding> {
    let facts = cx.client(client).filter(|facts| facts.kind == "web")?;
    let Setting::Set(schemes, loc) = &facts.auth else {
        return None;
    };
    let token = schemes
        .iter()
        .filter_map(|scheme| cx.def(client, scheme))
        .find(|scheme| cx.scheme_kind(*scheme) == "jwt")?;
    let at = Place::new(client, loc.clone());
    let name = cx.name(client);
    let message = format!(
        "`{name}` runs in a browser and holds a token of `{}`: a script on the page can read it and take it away",
        cx.name(token.item)
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, name.clone(), at.clone(), message)
        .help("Let browsers sign in with a cookie, which scripts cannot read.")
        .related("the scheme", Place::new(token.item, Loc::at(&[], Part::Name)));
    if let [_] = schemes.as_slice() {
        for cookie in cx
            .items(Kind::Auth)
            .iter()
            .filter(|item| cx.auth(**item).is_some_and(|auth| auth.kind == "cookie"))
            .take(3)
        {
            let scheme = cx.name(*cookie);
            let step = Step::Replace(at.clone(), format!("auth {scheme}"));
            finding = finding.fix(FixPlan::suggest(format!("Sign in with {scheme}"), vec![step]));
        }
    }
    Some(finding)
}

#[cfg(test)]
mod tests;
