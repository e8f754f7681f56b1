use super::{found, mended, silent};

/// Statements of a service, with what they may name.
fn service(statements: &str) -> String {
    format!(
        "team T
auth Session: cookie
vendor V: http {{ timeout 1s }}
service S {{
  auth Session
  entity E {{ id: uuid @id; at: instant }}
  event X v1 {{ key id; id: uuid }}
  {statements}
}}
"
    )
}

/// One statement of an endpoint that reads.
fn endpoint(statement: &str) -> String {
    service(&format!(
        "endpoint e GET /v1/e -> page E {{ reads E; allow any; {statement} }}"
    ))
}

#[test]
fn nothing_happens_in_no_time() {
    for (text, at) in [
        (endpoint("timeout 0s"), "0s"),
        (endpoint("cache 0m"), "0m"),
        (service("slo { latency p99 0ms }"), "0ms"),
        (service("job j every 0d { reads E }"), "0d"),
        (service("store D: postgres { backup daily keep 0d }"), "0d"),
        (
            service("query q -> [E] { limit 5 }; cache c of q { ttl 0s }"),
            "0s",
        ),
        (
            service("webhook w from V POST /w { verify signature \"X-S\" within 0s }"),
            "0s",
        ),
        ("auth A: cookie { lifetime 0h }\n".to_owned(), "0h"),
        ("auth A: cookie { idle 0m }\n".to_owned(), "0m"),
        ("auth A: api_key { rotate 0d }\n".to_owned(), "0d"),
        (
            "service S { entity E { id: uuid @id; retain 0d then erase } }\n".to_owned(),
            "0d",
        ),
    ] {
        assert_eq!(found(&text), [format!("type.out_of_range {at}")], "{text}");
    }
    silent(&endpoint("timeout 1ms; cache 1s"));
    silent(&endpoint("timeout off"));
    silent(&service(
        "store D: postgres { rpo 0s; rto 1h; replicas 0; backup off }",
    ));
}

#[test]
fn months_are_not_minutes() {
    assert_eq!(found(&endpoint("timeout 3mo")), ["type.out_of_range 3mo"]);
    assert_eq!(mended(&endpoint("timeout 3mo")), endpoint("timeout 3m"));
    assert_eq!(
        found("vendor W: http { retry 3 backoff 1s..2y; timeout 1s }\n"),
        ["type.out_of_range 1s..2y"]
    );
    assert_eq!(
        found("vendor W: http { retry 3 backoff 2mo; timeout 1s }\n"),
        ["type.out_of_range 2mo"]
    );
    silent("auth A: cookie { lifetime 6mo; idle 1mo }\nauth B: api_key { rotate 1y }\n");
    silent(&service("job j every 1mo { reads E }"));
}

#[test]
fn rates_are_of_something_in_some_time() {
    assert_eq!(
        found(&endpoint("limit 0 per minute")),
        ["type.out_of_range 0 per minute"]
    );
    assert_eq!(
        found(&endpoint("limit 10 per 0m")),
        ["type.out_of_range 10 per 0m"]
    );
    assert_eq!(
        found(&service("slo { load 0 per second }")),
        ["type.out_of_range 0 per second"]
    );
    assert_eq!(
        found("auth A: cookie { password { lockout 0 per 15m } }\n"),
        ["type.out_of_range 0 per 15m"]
    );
    assert_eq!(
        found("environment P { budget 4000 per 0d }\n"),
        ["type.out_of_range 4000 per 0d"]
    );
    silent("environment P { budget 0 per month }\n");
    silent(&endpoint("limit 10 per 15m"));
    silent(&endpoint("limit off"));
}

#[test]
fn counts_and_shares_are_possible_ones() {
    for (text, at) in [
        (service("query q -> [E] { limit 0 }"), "0"),
        (endpoint("paginate cursor max 0"), "0"),
        (service("store D: postgres { pool 0 }"), "0"),
        ("auth A: cookie { password { min 0 } }\n".to_owned(), "0"),
        (service("scale 0..0"), "0..0"),
        (service("scale 1..4 on cpu 0%"), "0%"),
        (service("slo { availability 100.1% }"), "100.1%"),
        (service("slo { availability 0% }"), "0%"),
    ] {
        assert_eq!(found(&text), [format!("type.out_of_range {at}")], "{text}");
    }
    silent(&service("scale 0..4 on queue 120%; slo { availability 100% }"));
    silent("service S { }\nenvironment Staging { scale S 0..0 }\n");
    assert_eq!(
        mended("vendor W: http { timeout 1s; retry 3 backoff 0s..5s }\n"),
        "vendor W: http { timeout 1s; retry 3 backoff 100ms..5s }\n"
    );
}

#[test]
fn cron_has_five_fields_that_come_at_some_time() {
    let job = |text: &str| service(&format!("job j cron \"{text}\" {{ reads E }}"));
    for right in [
        "0 3 * * *",
        "*/15 8-18 * * MON-FRI",
        "0 0 1,15 jan,JUL *",
        "5/10 * 29 2 *",
        "0 0 31 2 1",
        "0 0 * * 7",
    ] {
        silent(&job(right));
    }
    for wrong in [
        "0 3 * *",
        "0 24 * * *",
        "60 * * * *",
        "0 0 0 * *",
        "0 0 * 13 *",
        "0 0 * * 8",
        "*/0 * * * *",
        "9-3 * * * *",
        "0 3 * * FUN",
        "-1 * * * *",
        "1, * * * *",
        "+1 * * * *",
        "",
    ] {
        assert_eq!(
            found(&job(wrong)),
            [format!("type.format \"{wrong}\"")],
            "{wrong}"
        );
    }
    for never in ["0 0 31 2 *", "0 0 30 FEB *", "0 0 31 4,6 *"] {
        assert_eq!(found(&job(never)), [format!("type.out_of_range \"{never}\"")]);
    }
    assert_eq!(mended(&job("@daily")), job("0 0 * * *"));
    assert_eq!(mended(&job("0 0 3 * * *")), job("0 3 * * *"));
}

#[test]
fn texts_have_the_form_of_what_they_name() {
    let key = |text: &str| format!("auth A: api_key {{ {text} }}\n");
    assert_eq!(found(&key("header \"X Api Key\"")), ["type.format \"X Api Key\""]);
    assert_eq!(mended(&key("header \"X Api Key\"")), key("header \"X-Api-Key\""));
    assert_eq!(found(&key("header \"\"")), ["type.format \"\""]);
    assert_eq!(found(&key("query \"a&b\"")), ["type.format \"a&b\""]);
    silent(&key("header \"X-Api-Key\""));
    silent(&key("query \"key\""));
    let team = |text: &str| format!("team T {{ contact \"{text}\" }}\n");
    for right in [
        "a@clinic.example",
        "#on-call",
        "@carers",
        "+43 1 2345",
        "https://chat.example/@carers",
    ] {
        silent(&team(right));
    }
    for wrong in ["a@", "a@@b", " "] {
        assert_eq!(found(&team(wrong)), [format!("type.format \"{wrong}\"")]);
    }
    let vendor = |text: &str| format!("vendor W: http {{ timeout 1s; url \"{text}\" }}\n");
    silent(&vendor("https://api.example/v1"));
    assert_eq!(mended(&vendor("api.example")), vendor("https://api.example"));
    for wrong in ["", "https://", "https://a b", "api:8080"] {
        assert_eq!(found(&vendor(wrong)), [format!("type.format \"{wrong}\"")]);
    }
    silent(&service("store D: sqlite { url \"/data/app.db\" }"));
    assert_eq!(found("system C { region \" \" }\n"), ["type.format \" \""]);
}

#[test]
fn secrets_are_named_in_capitals() {
    let key = |name: &str| format!("auth A: api_key {{ key secret(\"{name}\") }}\n");
    silent(&key("PARTNER_KEY_2"));
    assert_eq!(
        found(&key("partner key")),
        ["type.format secret(\"partner key\")"]
    );
    assert_eq!(mended(&key("partnerKey")), key("PARTNER_KEY"));
    assert_eq!(mended(&key("vault/partner-key")), key("VAULT_PARTNER_KEY"));
    assert_eq!(found(&key("")), ["type.format secret(\"\")"]);
    // What may be the value itself is not repeated in a repair.
    for value in ["p!ss+word", "sk-live-1f93c"] {
        let text = key(value);
        assert_eq!(found(&text), [format!("type.format secret(\"{value}\")")]);
        for diagnostic in crate::testing::diagnostics(&text) {
            assert!(diagnostic.code != "type.format" || diagnostic.fixes.is_empty());
            assert!(!diagnostic.message.contains(value), "{}", diagnostic.message);
        }
    }
}

#[test]
fn what_fills_secrets_in_is_said_in_this_language() {
    let key = |value: &str| format!("auth PartnerKeys: api_key {{ key {value} }}\n");
    assert_eq!(
        found(&key("\"${PARTNER_KEY}\"")),
        ["type.format \"${PARTNER_KEY}\""]
    );
    assert_eq!(mended(&key("\"${PARTNER_KEY}\"")), key("secret(\"PARTNER_KEY\")"));
    assert_eq!(mended(&key("\"****\"")), key("secret(\"PARTNER_KEYS_KEY\")"));
    let store = |statements: &str| format!("service S {{ store OrdersDb: postgres {{ {statements} }} }}\n");
    assert_eq!(
        mended(&store("password \"<password>\"")),
        store("password secret(\"PASSWORD\")")
    );
    // Addresses and accounts are no secrets.
    silent(&store("url \"postgres://db.example/orders\"; user \"orders\""));
}

#[test]
fn what_cannot_be_read_is_one_error() {
    assert_eq!(
        found("service S { slo { availability 99.99999% } }\n"),
        ["syntax.invalid_literal 99.99999%"]
    );
}
