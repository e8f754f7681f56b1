use crate::testing::{fixed_since, since};

const CLIENTS: &str = "role Clinician: staff\n";

/// Members in their service; at the start of a line a `type` would be an item of its own.
fn whole(text: &str) -> String {
    let inside = text.trim_end().replace('\n', "\n  ");
    format!("{CLIENTS}service Orders {{\n  {inside}\n}}\n")
}

/// `line severity element` against what was released before.
fn check(before: &str, after: &str) -> Vec<String> {
    since(&whole(before), &whole(after), "evolution.breaking_contract")
}

const ORDER: &str = "entity Order { id: uuid @id; status: string; note: text? }\n";
const FIND: &str = "endpoint find GET /v1/orders/{id} -> Order { allow Clinician; reads Order }\n";

fn with(entity: &str, rest: &str) -> String {
    format!("{entity}{rest}")
}

#[test]
fn nothing_is_said_before_the_first_release_and_where_nothing_changed() {
    let text = with(ORDER, FIND);
    assert!(check(&text, &text).is_empty());
    let crate_text = format!("service Orders {{\n{text}}}\n");
    assert!(crate::testing::of_rule(&crate_text, "evolution.breaking_contract").is_empty());
}

#[test]
fn what_is_gone_is_told() {
    let before = with(ORDER, FIND);
    assert_eq!(check(&before, ORDER), ["2 error Orders.find"]);
    let gone = with("entity Order { id: uuid @id; note: text? }\n", FIND);
    assert_eq!(check(&before, &gone), ["3 error Orders.Order.status"]);
    let renamed = before.replace("endpoint find", "endpoint show").replace("{id}", "{order}");
    assert!(check(&before, &renamed).is_empty(), "clients know routes");
    assert_eq!(
        check(&before, &before.replace("/v1/", "/v2/")),
        ["4 error Orders.find"]
    );
    let both = format!("{before}{}", FIND.replace("/v1/", "/v2/").replace("find", "find2"));
    assert!(check(&before, &both).is_empty());
}

#[test]
fn what_was_announced_may_go() {
    let announced = |sunset: &str| {
        with(ORDER, &FIND.replace("allow", &format!("deprecated \"old\"{sunset}; allow")))
    };
    assert!(check(&announced(""), ORDER).is_empty());
    assert!(check(&announced(" sunset 2020-01-01"), ORDER).is_empty());
    assert_eq!(
        check(&announced(" sunset 2099-01-01"), ORDER),
        ["2 error Orders.find"]
    );
}

#[test]
fn fields_are_compared_by_what_is_on_the_wire() {
    let before = with(ORDER, FIND);
    let now = |from: &str, to: &str| check(&before, &before.replace(from, to));
    assert_eq!(now("status: string", "status: int"), ["3 error Orders.Order.status"]);
    assert_eq!(now("status: string", "status: string?"), ["3 error Orders.Order.status"]);
    assert!(now("status: string", "status: text").is_empty());
    assert!(now("note: text?", "note: text").is_empty());
    assert!(now("note: text?", "note: text?; more: int").is_empty());
    assert_eq!(now("-> Order", "-> [Order]"), ["4 error Orders.find"]);
}

#[test]
fn another_type_is_fine_if_it_holds_what_was_there() {
    let before = with(ORDER, FIND);
    let other = |fields: &str| {
        let text = format!("{ORDER}type Shown {{ {fields} }}\n{}", FIND.replace("-> Order", "-> Shown"));
        check(&before, &text)
    };
    assert!(other("id: uuid; status: string; note: string?; more: int").is_empty());
    assert_eq!(other("id: uuid; note: string?"), ["5 error Orders.find"]);
}

#[test]
fn what_clients_must_send_now_breaks_them() {
    let place = "endpoint place POST /v1/orders (body: new Order, at: date?) -> Order { allow Clinician; writes Order }\n";
    let before = with(ORDER, place);
    let now = |from: &str, to: &str| check(&before, &before.replace(from, to));
    assert_eq!(now("note: text?", "note: text?; ward: string"), ["3 error Orders.Order.ward"]);
    assert!(now("note: text?", "note: text?; ward: string = \"a\"").is_empty());
    assert_eq!(now("note: text?", "note: text"), ["3 error Orders.Order.note"]);
    assert_eq!(now("at: date?", "at: date"), ["4 error Orders.place"]);
    assert!(now(", at: date?", "").is_empty());
    assert_eq!(now("at: date?", "at: date?, by: string"), ["4 error Orders.place"]);
}

#[test]
fn what_only_services_use_is_a_warning() {
    let find = FIND.replace("allow", "internal; allow");
    let before = with(ORDER, &find);
    assert_eq!(check(&before, ORDER), ["2 warning Orders.find"]);
    assert_eq!(
        check(&before, &before.replace("status: string", "status: int")),
        ["3 warning Orders.Order.status"]
    );
    assert_eq!(
        check(&with(ORDER, FIND), &before),
        ["4 error Orders.find"],
        "clients are refused"
    );
}

#[test]
fn enums_and_events_are_contracts_too() {
    let before = "enum Status { open, done }\nentity Order { id: uuid @id; status: Status }\n\
        event Placed v1 { key order; order: uuid; status: Status }\n";
    let now = |from: &str, to: &str| check(before, &before.replace(from, to));
    assert_eq!(now("open, done", "open"), ["3 error Orders.Status.done"]);
    assert!(now("open, done", "open, done, lost").is_empty());
    assert_eq!(now("order: uuid; status: Status }", "order: uuid }"), ["5 error Orders.Placed.status"]);
    assert!(now("v1 { key order; order: uuid; status: Status }", "v2 { key order; order: uuid }").is_empty());
    assert!(now("@id; status: Status }", "@id }").is_empty(), "nobody outside sees the row");
}

#[test]
fn a_projection_speaks_for_what_it_leaves_out() {
    let before = format!(
        "{ORDER}type Brief of Order {{ id, status }}\n{}",
        FIND.replace("-> Order", "-> Brief")
    );
    let now = |from: &str, to: &str| check(&before, &before.replace(from, to));
    assert_eq!(now("{ id, status }", "{ id }"), ["4 error Orders.Brief.status"]);
    assert_eq!(now("status: string", "status: int"), ["3 error Orders.Order.status"]);
    assert!(now("; note: text?", "").is_empty());
}

#[test]
fn services_that_are_gone_are_told_once() {
    let before = "system S { }\nservice A { endpoint one GET /v1/one -> { ok: bool } }\nservice B { }\n";
    let after = |text: &str| since(before, text, "evolution.breaking_contract");
    assert_eq!(after("system S { }\nservice B { }\n"), ["1 error A"]);
    assert!(after("system S { }\nservice C { endpoint one GET /v1/one -> { ok: bool } }\nservice B { }\n").is_empty());
    assert!(after("system S { }\nservice A { endp\n").is_empty(), "a broken item has lost nothing");
}

#[test]
fn what_is_gone_can_be_put_back() {
    let before = whole(&with(ORDER, FIND));
    let after = fixed_since(&before, &whole(ORDER), "Put endpoint find back");
    assert!(
        after.contains("endpoint find GET /v1/orders/{id} -> Order {\n    allow Clinician\n  }\n}"),
        "{after}"
    );
    let gone = whole(&with("entity Order { id: uuid @id; note: text? }\n", FIND));
    let after = fixed_since(&before, &gone, "Put field status back");
    assert!(after.contains("note: text?; status: string }"), "{after}");
}
