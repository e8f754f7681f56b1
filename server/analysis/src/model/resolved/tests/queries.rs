use super::{found, mended, silent};

fn service(statements: &str) -> String {
    format!(
        "auth Session: cookie
service S {{
  auth Session
  enum State {{ open, shut }}
  entity E {{ id: uuid @id; owner: uuid; state: State = open; note: string?; extra: json?; tags: [string]; blob: bytes?; place: Place; box: {{ width: int }}; diary: text? @encrypted @phi; at: instant }}
  type Place {{ city: string }}
  type Brief of E {{ id, state }}
  event X v1 {{ key id; id: uuid; owner: uuid }}
  {statements}
}}
"
    )
}

#[test]
fn a_query_gives_rows_of_an_entity() {
    let query = |returns: &str| service(&format!("query q -> {returns} {{ limit 5 }}"));
    for right in [
        "[E]",
        "E",
        "E?",
        "page E",
        "[Brief]",
        "Brief?",
        "page Brief",
        "[E]?",
    ] {
        silent(&query(right).replace("; limit 5", ""));
    }
    for wrong in [
        "int",
        "[string]",
        "State",
        "Place",
        "[Place]",
        "{ n: int }",
        "[[E]]",
    ] {
        assert_eq!(
            found(&query(wrong)),
            [format!("type.query_result {wrong}")],
            "{wrong}"
        );
    }
    assert_eq!(mended(&query("[ref E]")), query("[E]"));
    assert_eq!(found(&query("Nope")), ["name.unknown Nope"]);
    // What it gives is one mistake, however many names hang on it.
    assert_eq!(
        found(&service(
            "query q -> int { where state == open and nope == 1; order nope }"
        )),
        ["type.query_result int"]
    );
}

#[test]
fn rows_are_ordered_by_what_has_an_order() {
    let order = |text: &str| service(&format!("query q -> [E] {{ {text}; limit 5 }}"));
    silent(&order("order state; order at desc; order owner; order note"));
    for field in ["extra", "tags", "blob", "place"] {
        assert_eq!(
            found(&order(&format!("order {field}"))),
            [format!("type.mismatch {field}")]
        );
    }
    assert_eq!(found(&order("order diary")), ["type.out_of_reach diary"]);
    assert_eq!(found(&order("order at; order at desc")), ["type.no_effect at"]);
    assert_eq!(
        mended(&order("order at; order owner; order at desc")),
        order("order at; order owner")
    );
    assert_eq!(
        found(&service(
            "query q (at_most: int) -> [E] { order at_most; limit 5 }"
        )),
        ["type.unused_parameter at_most: int", "name.unknown at_most"]
    );
}

#[test]
fn paths_of_fields_lead_somewhere() {
    let order = |text: &str| service(&format!("query q -> [E] {{ {text}; limit 5 }}"));
    silent(&order("order place.city; order box.width"));
    assert_eq!(found(&order("order place.citty")), ["name.unknown place.citty"]);
    assert_eq!(mended(&order("order place.citty")), order("order place.city"));
    let list = |text: &str| {
        service(&format!(
            "resource E at /v1/es {{ list {{ allow any; filter {text} }} }}"
        ))
    };
    silent(&list("state, at, owner, note"));
    assert_eq!(found(&list("diary")), ["type.out_of_reach diary"]);
    assert_eq!(found(&list("place.zip")), ["name.unknown place.zip"]);
}

#[test]
fn parameters_that_are_not_asked_for_are_faint() {
    let query = |text: &str| {
        service(&format!(
            "query q (owner: uuid, since: instant?) -> [E] {{ {text}limit 5 }}"
        ))
    };
    assert_eq!(
        found(&query("where owner == param.owner; ")),
        ["type.unused_parameter since: instant?"]
    );
    silent(&query("where owner == param.owner and at >= since; "));
    // While it is being written, nothing is held against it.
    let half = found(&query("where owner == ; "));
    assert!(half.iter().all(|found| found.starts_with("syntax.")), "{half:?}");
    let text = query("where owner == owner and at >= since; ");
    assert_eq!(found(&text), ["type.constant_condition owner == owner"]);
    assert_eq!(
        mended(&text),
        query("where owner == param.owner and at >= since; ")
    );
}

#[test]
fn a_query_is_given_what_it_takes() {
    let op = |head: &str, runs: &str| {
        service(&format!(
            "query of (owner: uuid, state: State?) -> [E] {{ where owner == param.owner and state == param.state; limit 5 }}
  {head} {{ {runs} }}"
        ))
    };
    let get = |params: &str, runs: &str| {
        op(
            &format!("endpoint e GET /v1/e ({params}) -> [E]"),
            &format!("allow any; {runs}"),
        )
    };
    silent(&get("owner: uuid", "runs of"));
    silent(&get("who: uuid", "runs of(who)"));
    silent(&get("who: uuid, state: State?", "runs of(who, state)"));
    silent(&get("who: uuid", "runs of(who, open)"));
    silent(&get("who: uuid", "runs of(caller.id, null)"));
    assert_eq!(found(&get("who: uuid", "runs of")), ["type.argument runs of"]);
    assert_eq!(
        found(&get("who: uuid", "runs of()")),
        ["syntax.unexpected_token ()"]
    );
    assert_eq!(
        found(&get("who: uuid", "runs of(who, open, 3)")),
        ["type.argument runs of(who, open, 3"]
    );
    assert_eq!(found(&get("who: string", "runs of(who)")), ["type.mismatch who"]);
    assert_eq!(
        found(&get("who: uuid", "runs of(\"me\")")),
        ["type.format \"me\""]
    );
    assert_eq!(found(&get("who: uuid", "runs of(null)")), ["type.mismatch null"]);
    assert_eq!(
        found(&get("who: uuid", "runs of(who, opened)")),
        ["name.unknown opened"]
    );
    assert_eq!(found(&get("who: uuid", "runs off(who)")), ["name.unknown off"]);
    silent(&op("on X as h", "dead_letter; runs of"));
    assert_eq!(found(&op("job j every 1d", "runs of")), ["type.argument runs of"]);
}
