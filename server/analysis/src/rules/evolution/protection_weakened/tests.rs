use crate::testing::{fixed_since, since};

const HEAD: &str =
    "auth Session: cookie\nauth Key: api_key\nrole Clinician: staff\nrole Admin: staff includes Clinician\nrole Patient\n";

fn whole(text: &str) -> String {
    format!("{HEAD}service Orders {{\n  auth Session\n  store Db: postgres {{ encrypted; tls required }}\n{text}}}\n")
}

fn check(before: &str, after: &str) -> Vec<String> {
    since(&whole(before), &whole(after), "evolution.protection_weakened")
}

const FIND: &str =
    "endpoint find GET /v1/find (id: uuid) -> { ok: bool } { allow Clinician; allow Patient where patient == caller.id; limit 60 per minute; audited }\n";

#[test]
fn doors_that_open_are_told() {
    let now = |from: &str, to: &str| check(FIND, &FIND.replace(from, to));
    assert!(now("", "").is_empty());
    assert_eq!(now("audited", "audited; auth none"), ["9 error Orders.find"]);
    assert_eq!(now("audited", "audited; public because \"demo\""), ["9 error Orders.find"]);
    assert_eq!(now("audited", "audited; auth Session, Key"), ["9 warning Orders.find"]);
    assert_eq!(now("allow Clinician", "allow any"), ["9 warning Orders.find"]);
    assert!(now("allow Clinician", "allow Admin").is_empty(), "a role that includes it");
    assert_eq!(now(" where patient == caller.id", ""), ["9 warning Orders.find"]);
    assert!(now("; allow Patient where patient == caller.id", "").is_empty());
    assert_eq!(now("60 per", "90 per"), ["9 warning Orders.find"]);
    assert_eq!(now("limit 60 per minute; ", ""), ["9 warning Orders.find"]);
    assert!(now("60 per minute", "1 per 1s").is_empty());
    assert_eq!(now("; audited", ""), ["9 warning Orders.find"]);
}

#[test]
fn settings_may_move_outwards() {
    let inner = FIND.replace("audited", "audited; auth Session");
    assert!(check(&inner, FIND).is_empty());
}

#[test]
fn a_role_may_get_another_name() {
    let before = whole(FIND);
    let after = before.replace("Clinician", "Doctor");
    assert!(since(&before, &after, "evolution.protection_weakened").is_empty());
}

#[test]
fn classes_and_covers_are_kept() {
    let entity = "entity Order { id: uuid @id; mail: email; note: text @phi @encrypted; pin: string @internal; retain 1y then erase; visible where id == caller.id }\n";
    let now = |from: &str, to: &str| check(entity, &entity.replace(from, to));
    assert!(now("", "").is_empty());
    assert_eq!(now("mail: email", "mail: string"), ["9 error Orders.Order.mail"]);
    assert!(now("mail: email", "mail: string @pii").is_empty());
    assert_eq!(now(" @phi", ""), ["9 error Orders.Order.note"]);
    assert_eq!(now(" @encrypted", ""), ["9 warning Orders.Order.note"]);
    assert!(now("@encrypted", "@tokenized").is_empty());
    assert_eq!(now(" @internal", ""), ["9 warning Orders.Order.pin"]);
    assert_eq!(now("1y", "13mo"), ["9 warning Orders.Order"]);
    assert_eq!(now("then erase", "then archive"), ["9 warning Orders.Order"]);
    assert!(now("1y", "6mo").is_empty());
    assert_eq!(now("; visible where id == caller.id", ""), ["9 warning Orders.Order"]);
    assert!(now("; note: text @phi @encrypted", "").is_empty(), "what is gone needs no protection");
}

#[test]
fn stores_vendors_and_the_system_are_compared() {
    let code = "evolution.protection_weakened";
    let before = whole("");
    assert_eq!(since(&before, &before.replace("tls required", "tls off"), code), ["8 warning Orders.Db"]);
    assert_eq!(since(&before, &before.replace("{ encrypted; ", "{ "), code), ["8 warning Orders.Db"]);
    let before = "system S { tls required }\nvendor Mail: postmark { agreement dpa 2026-01-15 }\n";
    assert_eq!(since(before, &before.replace("tls required", ""), code), ["1 warning S"]);
    assert_eq!(since(before, &before.replace("agreement dpa 2026-01-15", ""), code), ["2 warning Mail"]);
}

#[test]
fn a_new_decision_says_that_it_is_meant() {
    let weak = FIND.replace("; audited", "");
    let decision = |status: &str| {
        format!("{}decision Quiet \"No audit\" {{ status {status}; affects Orders }}\n", whole(&weak))
    };
    let code = "evolution.protection_weakened";
    let before = whole(FIND);
    assert!(since(&before, &decision("accepted 2026-11-01"), code).is_empty());
    assert_eq!(since(&before, &decision("proposed"), code), ["9 warning Orders.find"]);
    let old = format!("{before}decision Quiet \"No audit\" {{ status accepted 2026-11-01; affects Orders }}\n");
    assert_eq!(since(&old, &decision("accepted 2026-11-01"), code), ["9 warning Orders.find"]);
}

#[test]
fn a_waiver_may_not_grow() {
    let waiver = "waive api.unpaginated_list because \"few\"";
    let inner = format!("endpoint find GET /v1/find -> {{ ok: bool }} {{ {waiver} }}\n");
    let outer = format!("endpoint find GET /v1/find -> {{ ok: bool }}\n{waiver}\n");
    assert_eq!(check(&inner, &outer), ["10 warning Orders"]);
    assert!(check(&outer, &inner).is_empty());
}

#[test]
fn what_is_gone_can_be_restored() {
    let fixed = |from: &str, to: &str, title: &str| {
        fixed_since(&whole(FIND), &whole(&FIND.replace(from, to)), title)
    };
    assert!(fixed("audited", "auth none; audited", "Ask for Session again").contains("auth Session; audited }"));
    assert!(fixed("60 per minute", "90 per minute", "Limit it to 60 per minute again").contains("limit 60 per minute; audited"));
    assert!(
        fixed(" where patient == caller.id", "", "Ask for `patient == caller.id` again")
            .contains("allow Patient where patient == caller.id;")
    );
}

#[test]
fn what_is_said_for_all_is_one_finding() {
    let text = whole(&format!(
        "limit 60 per minute by ip; audited\n{}{}",
        FIND.replace(" limit 60 per minute; audited", ""),
        "endpoint list GET /v1/list -> { ok: bool } { allow Clinician; limit 5 per hour by caller }\n\
         endpoint count GET /v1/count -> { ok: bool } { allow Clinician }\n"
    ));
    let now = |from: &str, to: &str| since(&text, &text.replace(from, to), "evolution.protection_weakened");
    assert!(now("", "").is_empty());
    assert_eq!(now("limit 60 per", "limit 90 per"), ["9 warning Orders"]);
    assert_eq!(now("limit 60 per minute by ip; ", ""), ["6 warning Orders"]);
    assert_eq!(now("by ip; audited", "by ip; audited off"), ["9 warning Orders"]);
    // A limit of its own is gone, and the one of all lets more in.
    assert_eq!(now("; limit 5 per hour by caller", ""), ["11 warning Orders.list"]);
}
