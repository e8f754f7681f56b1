use super::{found, mended, silent};

fn service(statements: &str) -> String {
    format!(
        "team T
role Clerk: staff
auth Session: cookie
auth Open: none
vendor V: http {{ timeout 1s }}
service S {{
  auth Session
  entity E {{ id: uuid @id; owner: uuid }}
  type Words {{ text: string }}
  event X v1 {{ key id; id: uuid }}
  query mine -> [E] {{ where owner == caller.id; limit 5 }}
  query of (owner: uuid) -> [E] {{ where E.owner == param.owner; limit 5 }}
  {statements}
}}
service Other {{
  auth Session
  endpoint look GET /v1/look {{ allow any }}
  endpoint take POST /v1/take {{ allow any }}
  endpoint back POST /v1/back {{ allow any }}
}}
"
    )
    .replace("E.owner", "owner")
}

fn get(statements: &str) -> String {
    service(&format!("endpoint e GET /v1/e -> [E] {{ {statements} }}"))
}

fn post(statements: &str) -> String {
    service(&format!("endpoint e POST /v1/e -> E {{ {statements} }}"))
}

#[test]
fn nobody_is_let_in_and_kept_out() {
    // A rule says that: auth.unreachable_allow.
    silent(&get("public; allow Clerk; reads E"));
    assert_eq!(
        found(&get("public; internal; reads E")),
        ["type.contradiction public"]
    );
    assert_eq!(
        found(&get("auth none; allow any; reads E")),
        ["type.contradiction allow any"]
    );
    assert_eq!(
        mended(&get("auth none; allow any; reads E")),
        get("auth Session; allow any; reads E")
    );
    assert_eq!(
        found(&get("auth Open; allow Clerk; reads E")),
        ["type.contradiction allow Clerk"]
    );
    silent(&get("public because \"a list for everybody\"; reads E"));
    silent(&get("auth none; internal; reads E"));
    silent(&get("auth Open, Session; allow Clerk; reads E"));
    assert_eq!(
        found("role R\nsystem C { auth none }\nservice S { endpoint e GET /e { allow R } }\n"),
        ["type.contradiction allow R"]
    );
    // An unknown scheme says nothing.
    assert_eq!(
        found(&get("auth Sesion; allow Clerk; reads E")),
        ["name.unknown Sesion"]
    );
}

#[test]
fn where_nobody_is_signed_in_there_is_no_caller() {
    assert_eq!(
        found(&get("public; limit 5 per minute by caller; reads E")),
        ["type.no_caller caller"]
    );
    assert_eq!(
        mended(&get("public; limit 5 per minute by caller; reads E")),
        get("public; limit 5 per minute by ip; reads E")
    );
    silent(&get("public; limit 5 per minute by ip; reads E"));
    assert_eq!(found(&get("public; runs mine")), ["type.no_caller runs mine"]);
    silent(&get("allow any; runs mine"));
    assert_eq!(
        found(&service("job j every 1d { runs mine }")),
        ["type.no_caller runs mine"]
    );
    assert_eq!(
        found(&service("job j every 1d { runs of(caller.id) }")),
        ["type.no_caller caller.id"]
    );
    assert_eq!(
        found(&service(
            "on X as h { dead_letter; calls Other.take { as caller; timeout 1s } }"
        )),
        ["type.no_caller as caller"]
    );
    silent(&post("allow any; calls Other.take { as caller; timeout 1s }"));
    assert_eq!(
        found(&service(
            "webhook w from V POST /w { limit 5 per minute by caller }"
        )),
        ["type.no_caller caller"]
    );
}

#[test]
fn safe_is_for_a_post_that_only_reads() {
    assert_eq!(found(&get("allow any; safe; reads E")), ["type.no_effect safe"]);
    assert_eq!(
        mended(&get("allow any; safe; reads E")),
        get("allow any; reads E")
    );
    assert_eq!(
        found(&post("allow any; safe; writes E")),
        ["type.contradiction safe"]
    );
    assert_eq!(
        found(&service("endpoint e PUT /v1/e { allow any; safe }")),
        ["type.contradiction safe"]
    );
    silent(&post("allow any; safe; reads E"));
}

#[test]
fn what_only_reads_can_be_repeated() {
    assert_eq!(
        found(&get("allow any; idempotent; reads E")),
        ["type.no_effect idempotent"]
    );
    silent(&post("allow any; idempotent; writes E"));
    // A GET that writes is a matter of the rules.
    silent(&get("allow any; idempotent; writes E"));
    assert_eq!(
        found(&service(
            "resource E at /v1/es { get { allow any; idempotent }; create { allow any; idempotent } }"
        )),
        ["type.no_effect idempotent"]
    );
}

#[test]
fn pages_and_caches_are_of_what_has_them() {
    assert_eq!(
        found(&post("allow any; writes E; paginate cursor max 10")),
        ["type.no_effect paginate cursor max 10"]
    );
    silent(&get("allow any; reads E; paginate cursor max 10; cache 1m"));
    silent(&service(
        "endpoint e GET /v1/e -> { items: [E] } { allow any; reads E; paginate cursor }",
    ));
    silent(&service("endpoint e GET /v1/e -> Nope? { allow any; paginate cursor }").replace("Nope", "Words"));
    assert_eq!(
        found(&post("allow any; writes E; cache 1m")),
        ["type.contradiction cache 1m"]
    );
    silent(&post("allow any; safe; reads E; cache 1m"));
    assert_eq!(
        found(&service(
            "resource E at /v1/es { get { allow any; cache 1m }; update { allow any; cache 1m } }"
        )),
        ["type.contradiction cache 1m"]
    );
}

#[test]
fn only_what_changes_something_is_undone() {
    let call = |target: &str, undo: &str| {
        post(&format!(
            "allow any; writes E; calls Other.{target} {{ timeout 1s; compensated by Other.{undo} }}"
        ))
    };
    silent(&call("take", "back"));
    assert_eq!(
        found(&call("look", "back")),
        ["type.no_effect compensated by Other.back"]
    );
    assert_eq!(found(&call("take", "look")), ["type.contradiction Other.look"]);
}

#[test]
fn a_role_is_let_in_once() {
    assert_eq!(
        found(&get("allow Clerk; allow Clerk")),
        ["type.no_effect allow Clerk"]
    );
    assert_eq!(
        mended(&get("allow Clerk; runs mine; allow Clerk")),
        get("allow Clerk; runs mine")
    );
    // A rule says that: auth.unreachable_allow.
    silent(&get("reads E; allow Clerk; allow Clerk where owner == caller.id"));
    silent(&get("reads E; allow any where owner == caller.id; allow Clerk"));
    silent(&get(
        "reads E; allow Clerk where owner == caller.id; allow Clerk where owner == caller.tenant",
    ));
}

#[test]
fn what_a_query_finds_by_its_name_has_its_type() {
    let by_owner = |param: &str| {
        service(&format!(
            "endpoint e GET /v1/e ({param}) -> [E] {{ allow Clerk; runs of }}"
        ))
    };
    assert_eq!(found(&by_owner("owner: int")), ["type.mismatch runs of"]);
    assert_eq!(found(&by_owner("owner: [uuid]")), ["type.mismatch runs of"]);
    silent(&by_owner("owner: uuid"));
    silent(&by_owner("owner: ref E"));
    silent(&service(
        "endpoint e GET /v1/e/{owner} -> [E] { allow Clerk; runs of }",
    ));
    let handler = |field: &str| {
        service(&format!(
            "event Y v1 {{ key a; a: uuid; {field} }}; on Y as take {{ runs of; dead_letter off }}"
        ))
    };
    assert_eq!(found(&handler("owner: string")), ["type.mismatch runs of"]);
    silent(&handler("owner: uuid"));
}
