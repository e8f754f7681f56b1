use crate::testing::{fixed, of_rule};

fn check(text: &str) -> Vec<String> {
    of_rule(text, "data.unencrypted_in_transit")
}

/// A service with a store, an endpoint, an event and a transfer, each of which carries personal data.
fn text(system: &str, service: &str, store: &str, endpoint: &str, vendor: &str, broker: &str) -> String {
    format!(
        "system X {{ broker Bus; {system} }}\nbroker Bus: nats {{ {broker} }}\nvendor V: http {{ {vendor} }}\nservice S {{\n  {service}\n  \
         store Db: postgres {{ {store} }}\n  entity P {{ id: uuid @id; mail: email }}\n  event Moved v1 {{ key id; id: uuid; mail: email }}\n  \
         endpoint get GET /p/{{id}} -> P {{ {endpoint} }}\n  job j every 1d {{ sends P.mail to V }}\n}}\n"
    )
}

#[test]
fn nothing_stated_is_one_question_to_the_system() {
    let silent = text("", "", "", "", "", "");
    assert_eq!(check(&silent), ["1 warning X"]);
    assert_eq!(check(&fixed(&silent, "Require TLS")), [""; 0]);
    assert_eq!(check(&text("tls required", "", "", "", "", "")), [""; 0]);
    assert_eq!(check(&silent.replace("email", "string")), [""; 0]);
}

#[test]
fn without_a_system_each_item_is_asked_once() {
    let silent = text("", "", "", "", "", "");
    let (_, rest) = silent.split_once('\n').expect("it has several lines");
    assert_eq!(check(rest), ["2 warning V", "3 warning S"]);
}

#[test]
fn something_stated_asks_each_of_the_others() {
    assert_eq!(
        check(&text("", "", "tls required", "", "", "")),
        ["2 warning Bus", "3 warning V", "9 warning S.get"]
    );
    assert_eq!(
        check(&text("", "tls required", "", "", "", "")),
        ["2 warning Bus", "3 warning V"]
    );
}

#[test]
fn off_is_an_error_where_it_stands() {
    let with = |store: &str, endpoint: &str, vendor: &str, broker: &str| {
        check(&text("tls required", "", store, endpoint, vendor, broker))
    };
    assert_eq!(with("tls off", "", "", ""), ["6 error S.Db"]);
    assert_eq!(with("", "tls off", "", ""), ["9 error S.get"]);
    assert_eq!(with("", "", "tls off", ""), ["3 error V"]);
    assert_eq!(with("", "", "", "tls off"), ["2 error Bus"]);
    assert_eq!(with("", "", "url \"http://v.test\"", ""), ["3 error V"]);
    assert_eq!(with("", "", "url \"https://v.test\"", ""), [""; 0]);
    assert_eq!(check(&text("tls off", "", "", "", "", "")), ["1 error X"]);
    assert_eq!(check(&text("tls required", "tls off", "", "", "", "")), ["5 error S"]);
    assert_eq!(
        with("tls off", "", "", "").len(),
        check(&text("tls required", "tls off", "tls required", "tls required", "", "")).len() + 1
    );
}

#[test]
fn calls_may_say_it_themselves() {
    let text = |tls: &str, scheme: &str| {
        format!(
            "system X {{ tls required }}\nauth Mesh: mtls\nservice S {{\n  {scheme}\n  entity P {{ id: uuid @id; mail: email }}\n  \
             endpoint get GET /p/{{id}} -> P {{ internal }}\n}}\nservice T {{\n  job j every 1d {{ calls S.get {{ {tls} }} }}\n}}\n"
        )
    };
    assert_eq!(check(&text("tls off", "")), ["9 error T.j"]);
    assert_eq!(check(&text("timeout 1s", "")), [""; 0]);
    let mesh = text("timeout 1s", "auth Mesh").replace("tls required", "stack none");
    assert_eq!(check(&mesh), [""; 0]);
}

#[test]
fn what_stays_in_the_process_crosses_nothing() {
    let of = |store: &str, field: &str| {
        check(&format!(
            "system X {{ }}\nservice S {{ store Db: {store}; entity P {{ id: uuid @id; a: {field} }} }}\n"
        ))
    };
    assert_eq!(of("postgres", "email"), ["1 warning X"]);
    assert_eq!(of("sqlite", "email"), [""; 0]);
    assert_eq!(of("postgres", "string @secret @hashed"), [""; 0]);
    assert_eq!(of("postgres", "text @phi @encrypted"), [""; 0]);
}

#[test]
fn half_typed_items_are_spared() {
    assert_eq!(check("system X { tls }\nservice S { store Db: postgres; entity P { id: uuid @id; a: email } }\n"), [""; 0]);
    assert_eq!(check("system X { }\nservice S { store Db: postgres { tls }; entity P { id: uuid @id; a: email } }\n"), [""; 0]);
}

#[test]
fn the_address_is_mended() {
    let plain = text("tls required", "", "", "", "url \"http://v.test\"", "");
    let after = fixed(&plain, "Use https");
    assert!(after.contains("vendor V: http { url \"https://v.test\" }"), "{after}");
}
