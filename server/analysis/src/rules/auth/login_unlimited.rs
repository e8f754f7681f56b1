//! Guessing a password, a token or a code costs nothing.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.login_unlimited",
    severity: Severity::Warning,
    summary: "Guessing a password is free.",
    subsumes: &["api.missing_rate_limit"],
    cwe: &[307],
    page: include_str!("../../../../../docs/rules/auth/login_unlimited.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Words in the names and paths of operations at which something secret can be guessed.
const WORDS: &[&str] = &[
    "login", "logon", "signin", "signon", "token", "tokens", "otp", "passcode", "reset", "totp",
];

/// Words of operations that hand out or end a session without anything that could be guessed.
const HARMLESS: &[&str] = &[
    "logout", "signout", "signup", "register", "registration", "registrations", "revoke",
];

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    for op in cx.ops(item) {
        if let Some(schemes) = unlimited(cx, op) {
            findings.push(report(cx, op, &schemes));
        }
    }
}

/// The schemes whose credentials can be guessed at an operation as often as one likes; `None` where that is not so. Empty
/// where it does not say which scheme it is about.
pub(crate) fn unlimited(cx: Cx<'_>, op: OpRef<'_>) -> Option<Vec<Def>> {
    let changes = !matches!(op.op.method.as_str(), "GET" | "HEAD" | "DELETE");
    if !op.op.is_endpoint() || !changes || op.op.internal.is_some() || cx.only_mtls(op) {
        return None;
    }
    let words = words(op);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(HARMLESS) {
        return None;
    }
    let issued: Vec<Def> = op
        .op
        .issues
        .iter()
        .filter_map(|scheme| cx.def(op.def.item, scheme))
        .collect();
    // What is not said to issue anything counts by its name, if nobody has signed in before.
    if issued.is_empty() && !(op.op.issues.is_empty() && has(WORDS) && cx.open(op)) {
        return None;
    }
    if cx.effective(op, |settings| &settings.limit).0.set().is_some() {
        return None;
    }
    let guarded = |scheme: &Def| {
        let Some(facts) = cx.auth(scheme.item) else { return true };
        let outside = facts
            .issuer
            .as_ref()
            .and_then(|issuer| cx.def(scheme.item, issuer))
            .is_some_and(|issuer| cx.vendor(issuer.item).is_some());
        let locks = facts.password.as_ref().is_some_and(|rules| rules.lockout.is_some());
        // A certificate or a key cannot be guessed at an endpoint that hands it out.
        outside || locks || matches!(facts.kind.as_str(), "mtls" | "api_key" | "none")
    };
    let open: Vec<Def> = issued.iter().copied().filter(|scheme| !guarded(scheme)).collect();
    (issued.is_empty() || !open.is_empty()).then_some(open)
}

/// The words of an operation's name and of its path, in small letters; `sign_in` and `sign-in` are one.
fn words(op: OpRef<'_>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let segments = op.op.path.split('/').filter(|segment| !segment.starts_with('{'));
    for text in std::iter::once(op.op.name.as_str()).chain(segments) {
        let parts: Vec<String> = text
            .split(['_', '-', '.'])
            .map(str::to_ascii_lowercase)
            .collect();
        words.extend(parts.windows(2).map(<[String]>::concat));
        words.extend(parts);
    }
    words
}

fn report(cx: Cx<'_>, op: OpRef<'_>, schemes: &[Def]) -> Finding {
    let element = cx.qualified(op.def);
    let message = format!(
        "`{element}` can be tried as often as one likes, and nothing locks an account: guessing passwords and codes is free"
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, element, cx.place(op.def), message)
        .help("Limit it by address, `limit 10 per minute by ip`, and lock accounts after wrong tries.");
    for scheme in schemes {
        finding = finding.related(
            format!("`{}` has no `lockout`", cx.qualified(*scheme)),
            cx.place(*scheme),
        );
    }
    let limit = "limit 10 per minute by ip".to_owned();
    let step = match op.op.settings.limit.loc() {
        Some(own) => Step::Replace(Place::new(op.def.item, own.clone()), limit),
        None => Step::AddStatement(cx.place(op.def), limit),
    };
    finding = finding
        .fix(FixPlan::suggest("Limit it to 10 per minute and address", vec![step]).preferred());
    for scheme in schemes {
        let Some(facts) = cx.auth(scheme.item) else { continue };
        let step = match &facts.password {
            Some(rules) => Step::AddStatement(
                Place::new(scheme.item, Loc::head(&rules.loc.path)),
                "lockout 10 per 15m".to_owned(),
            ),
            None => Step::AddStatement(
                Place::new(scheme.item, Loc::at(&[], Part::Name)),
                "password { lockout 10 per 15m }".to_owned(),
            ),
        };
        finding = finding.fix(FixPlan::suggest(
            format!("Lock accounts of {} after 10 wrong tries", cx.name(scheme.item)),
            vec![step],
        ));
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(scheme: &str, endpoint: &str) -> String {
        format!(
            "auth Session: cookie {{ lifetime 12h; {scheme} }}
auth Keys: api_key {{ rotate 90d }}
vendor Directory: http {{ timeout 1s }}
service Accounts {{
  type SignIn {{ login: email; password: string @secret }}
  {endpoint}
}}
"
        )
    }

    #[test]
    fn a_limit_or_a_lockout_is_enough() {
        let own = "issuer Accounts";
        let sign_in = |more: &str| {
            format!("endpoint sign_in POST /v1/sessions (body: SignIn) {{ public because \"x\"; issues Session{more} }}")
        };
        let of = |scheme: &str, endpoint: &str| of_rule(&text(scheme, endpoint), RULE.id).len();
        assert_eq!(of(own, &sign_in("")), 1);
        assert_eq!(of("issuer Accounts; password { min 12 }", &sign_in("")), 1);
        assert_eq!(of(own, &sign_in("; limit 10 per minute by ip")), 0);
        assert_eq!(of("issuer Accounts; password { lockout 5 per 15m }", &sign_in("")), 0);
        assert_eq!(of("issuer Directory", &sign_in("")), 0);
        let limited = format!("limit 10 per minute by ip\n  {}", sign_in(""));
        assert_eq!(of(own, &limited), 0);
    }

    #[test]
    fn names_tell_where_nothing_is_issued() {
        let of = |endpoint: &str| of_rule(&text("issuer Accounts", endpoint), RULE.id).len();
        assert_eq!(of("endpoint reset POST /v1/password-reset { public because \"x\" }"), 1);
        assert_eq!(of("endpoint check POST /v1/otp { public because \"x\" }"), 1);
        assert_eq!(of("endpoint begin POST /v1/log-in { public because \"x\" }"), 1);
        assert_eq!(of("endpoint reset POST /v1/password-reset { auth Session; allow any }"), 0);
        assert_eq!(of("endpoint orders POST /v1/orders { public because \"x\" }"), 0);
        assert_eq!(of("endpoint sign_out DELETE /v1/sessions { public because \"x\"; issues Session }"), 0);
        assert_eq!(of("endpoint sign_up POST /v1/users { public because \"x\"; issues Session }"), 0);
        assert_eq!(of("endpoint key POST /v1/keys { auth Session; allow any; issues Keys }"), 0);
    }

    #[test]
    fn both_fixes_settle_it() {
        let text = text(
            "issuer Accounts; password { min 12; breached deny }",
            "endpoint sign_in POST /v1/sessions (body: SignIn) { public because \"x\"; issues Session }",
        );
        let limited = fixed(&text, "Limit it to 10 per minute and address");
        assert!(limited.contains("issues Session; limit 10 per minute by ip }"));
        assert_eq!(of_rule(&limited, RULE.id), [""; 0]);
        let locked = fixed(&text, "Lock accounts of Session after 10 wrong tries");
        assert!(locked.contains("breached deny; lockout 10 per 15m }"));
        assert_eq!(of_rule(&locked, RULE.id), [""; 0]);
    }
}
