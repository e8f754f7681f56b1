//! What makes a scheme weak, and what does not.

use super::RULE;
use crate::testing::{diagnostics, fixed, of_rule};

fn of(text: &str) -> Vec<String> {
    of_rule(text, RULE.id)
}

#[test]
fn credentials_end() {
    assert_eq!(of("auth A: cookie\n"), ["1 warning A"]);
    assert_eq!(of("auth A: cookie { lifetime 30d }\n"), [""; 0]);
    assert_eq!(fixed("auth A: cookie\n", "End sessions of A after 12 hours"), "auth A: cookie { lifetime 12h }\n");
    let jwt = |text: &str| of(&format!("service S {{ kind worker }}\nauth A: jwt {{ issuer S{text} }}\n"));
    assert_eq!(jwt(""), ["2 info A"]);
    assert_eq!(jwt("; lifetime 1h"), [""; 0]);
    assert_eq!(jwt("; lifetime 61m"), ["2 warning A"]);
    assert_eq!(of("auth A: jwt { lifetime 15m }\n"), ["1 warning A"]);
    assert_eq!(of("auth A: mtls\nauth B: oidc\nauth C: none\nauth D: api_key\n"), [""; 0]);
}

#[test]
fn passwords_are_looked_at() {
    let text = |rules: &str| format!("auth A: cookie {{ lifetime 1h; password {{ {rules} }} }}\n");
    assert_eq!(of(&text("min 12; breached deny")), [""; 0]);
    assert_eq!(of(&text("min 12; breached warn")), [""; 0]);
    for weak in ["min 12", "breached deny", "min 12; breached allow", "history 5"] {
        assert_eq!(of(&text(weak)), ["1 warning A"], "{weak}");
        assert_eq!(of(&fixed(&text(weak), "Refuse weak passwords of A")), [""; 0], "{weak}");
    }
    let taken = "auth A: cookie { lifetime 1h }
service Accounts {
  endpoint sign_in POST /v1/sessions (body: { password: string @secret }) { public because \"x\"; issues A }
}
";
    assert_eq!(of(taken), ["1 info A"]);
    assert_eq!(of(&taken.replace("password: string", "code: string")), [""; 0]);
}

#[test]
fn a_key_is_not_in_the_url() {
    assert_eq!(of("auth A: api_key { query \"key\" }\n"), ["1 error A"]);
    assert_eq!(
        fixed("auth A: api_key { query \"key\" }\n", "Take the key from a header"),
        "auth A: api_key { header \"X-Api-Key\" }\n"
    );
    let both = "auth A: api_key { header \"X-Key\"; query \"key\" }\n";
    assert_eq!(fixed(both, "Take the key from the header only"), "auth A: api_key { header \"X-Key\" }\n");
}

fn keys(extra: &str, key: &str) -> String {
    format!(
        "{extra}
auth Key: api_key {{ {key} }}
role Doctor: staff
role Robot: service
service S {{ auth Key; endpoint e GET /v1/e -> {{ count: int }} {{ allow Doctor }} }}
"
    )
}

#[test]
fn people_do_not_share_a_key() {
    assert_eq!(of(&keys("", "rotate 90d")), ["2 warning Key"]);
    let partner = "client P: partner { auth Key; uses S }";
    assert_eq!(of(&keys(partner, "rotate 90d")), [""; 0]);
    assert_eq!(of(&keys(partner, "header \"X-Key\"")), ["2 warning Key"]);
    assert_eq!(of(&keys("", "rotate 90d").replace("allow Doctor", "allow Robot")), [""; 0]);
    let hipaa = keys("system C { complies hipaa }", "rotate 90d");
    assert_eq!(of(&hipaa), ["2 error Key"]);
    let found = diagnostics(&hipaa);
    let one = found.iter().find(|found| found.code == RULE.id).expect("found");
    assert_eq!(one.clauses, ["45 CFR 164.312(a)(2)(i)"]);
}

#[test]
fn browsers_hold_no_tokens() {
    let text = |kind: &str, scheme: &str| {
        format!(
            "auth Token: jwt {{ issuer S; lifetime 15m }}
auth Session: cookie {{ lifetime 12h }}
service S {{ kind worker }}
client Page: {kind} {{ auth {scheme} }}
"
        )
    };
    assert_eq!(of(&text("web", "Token")), ["4 warning Page"]);
    assert_eq!(of(&text("ios", "Token")), [""; 0]);
    assert_eq!(of(&text("web", "Session")), [""; 0]);
    assert_eq!(fixed(&text("web", "Token"), "Sign in with Session"), text("web", "Session"));
}
