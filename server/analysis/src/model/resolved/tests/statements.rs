use super::{found, mended, silent};

#[test]
fn what_is_named_twice_is_named_once_too_often() {
    let service = |text: &str| {
        format!(
            "auth A: cookie\nerror Gone 410 \"Gone.\"\nservice S {{ auth A; entity E {{ id: uuid @id; n: int }}; entity F {{ id: uuid @id }}; event V v1 {{ key id; id: uuid }}; {text} }}\n"
        )
    };
    let endpoint = |text: &str| service(&format!("endpoint e POST /v1/e -> E {{ allow any; {text} }}"));
    assert_eq!(found(&endpoint("reads E, E")), ["type.no_effect E"]);
    assert_eq!(mended(&endpoint("reads E, F, E")), endpoint("reads E, F"));
    assert_eq!(mended(&endpoint("reads E, S.E, F")), endpoint("reads E, F"));
    assert_eq!(
        found(&endpoint("reads E; reads F; reads E")),
        ["type.no_effect E"]
    );
    assert_eq!(found(&endpoint("writes E; emits V, V")), ["type.no_effect V"]);
    assert_eq!(found(&endpoint("errors Gone, Gone")), ["type.no_effect Gone"]);
    assert_eq!(found(&endpoint("reads E; log id, n, id")), ["type.no_effect id"]);
    silent(&endpoint("reads E; writes E; log id, n"));
    assert_eq!(
        found(&service(
            "resource E at /v1/es { list { allow any; filter n, n } }"
        )),
        ["type.no_effect n"]
    );
    assert_eq!(found(&service("layers api, domain, api")), ["type.no_effect api"]);
    assert_eq!(
        found("system C { complies gdpr, hipaa, gdpr; observe logs, logs }\n"),
        ["type.no_effect gdpr", "type.no_effect logs"]
    );
    assert_eq!(
        found("role A: staff\nrole B: staff includes A, A\n"),
        ["type.no_effect A"]
    );
    assert_eq!(
        mended("role A: staff\nrole B: staff includes A, A\n"),
        "role A: staff\nrole B: staff includes A\n"
    );
    assert_eq!(
        found("context A\ncontext B { uses A\n  uses A }\n"),
        ["type.no_effect A"]
    );
    // What is unknown is one error for each.
    assert_eq!(
        found(&endpoint("reads Nope, Nope")),
        ["name.unknown Nope", "name.unknown Nope"]
    );
}

#[test]
fn the_slower_percentile_is_not_the_faster_one() {
    let slo = |text: &str| format!("service S {{ slo {{ {text} }} }}\n");
    silent(&slo("latency p50 100ms; latency p99 1s"));
    silent(&slo("latency p99 1s; latency p50 1s"));
    assert_eq!(
        found(&slo("latency p50 2s; latency p99 1s")),
        ["type.contradiction 1s"]
    );
    assert_eq!(
        found(&slo("latency p99 1s; latency p95 2s")),
        ["type.contradiction 2s"]
    );
    assert_eq!(
        mended(&slo("latency p99 1s\n latency p99 2s\n")),
        slo("latency p99 1s\n")
    );
}

#[test]
fn schemes_have_what_their_kind_can_use() {
    assert_eq!(
        found("auth A: none { lifetime 12h }\nauth B: mtls { idle 5m; rotate 90d }\n"),
        ["type.no_effect lifetime", "type.no_effect idle"]
    );
    assert_eq!(
        found("auth A: api_key { mfa R }\nrole R: staff\n"),
        ["type.no_effect mfa"]
    );
    assert_eq!(
        found("auth A: cookie { query \"key\" }\n"),
        ["type.no_effect query"]
    );
    silent(
        "auth A: api_key { header \"X-Key\"; key secret(\"K\"); rotate 90d }\nauth B: jwt { query \"t\"; lifetime 5m }\n",
    );
    assert_eq!(
        found("auth A: cookie { lifetime 1h; idle 2h }\n"),
        ["type.no_effect 2h"]
    );
    silent("auth A: cookie { lifetime 2h; idle 2h }\n");
}

#[test]
fn limits_that_another_one_reaches_first_say_nothing() {
    let system = |text: &str| format!("system C {{ {text} }}\n");
    assert_eq!(
        found(&system("limit 60 per minute by ip; limit 100 per 60s by ip")),
        ["type.no_effect limit 100 per 60s by ip"]
    );
    assert_eq!(
        found(&system("limit 60 per minute; limit 60 per minute")),
        ["type.no_effect limit 60 per minute"]
    );
    silent(&system(
        "limit 60 per minute by ip; limit 500 per hour by ip; limit 60 per minute by caller",
    ));
}

#[test]
fn a_policy_says_one_thing() {
    let policy = |text: &str| format!("service A {{ }}\nservice B {{ }}\npolicy P {{ {text} }}\n");
    assert_eq!(
        found(&policy("deny A -> B; deny A -> B")),
        ["type.no_effect deny A -> B"]
    );
    assert_eq!(
        found(&policy("deny A -> B; allow A -> B")),
        ["type.contradiction allow A -> B"]
    );
    silent(&policy("deny A -> *; allow A -> B"));
    assert_eq!(found(&policy("layers A > B > A")), ["type.no_effect A"]);
    silent("service A { }\nservice B { }\nservice C { }\npolicy P { layers A > B; layers A > C }\n");
}

#[test]
fn no_message_is_lost_and_told_of() {
    let service = |text: &str| {
        format!("team T\nservice S {{ event V v1 {{ key id; id: uuid }}; on S.V as h {{ {text} }} }}\n")
    };
    assert_eq!(
        found(&service("dead_letter off alert T")),
        ["type.contradiction dead_letter off alert T"]
    );
    assert_eq!(
        mended(&service("dead_letter off alert T")),
        service("dead_letter alert T")
    );
    silent(&service("dead_letter off"));
    assert_eq!(
        found(&service("retry 0 backoff 1s; dead_letter")),
        ["type.no_effect 1s"]
    );
    silent(&service("retry 0; dead_letter"));
}

#[test]
fn mutual_tls_needs_tls() {
    let service = |text: &str| format!("auth Mesh: mtls\nauth Web: cookie\nservice S {{ {text} }}\n");
    assert_eq!(
        found(&service("auth Mesh; tls off")),
        ["type.contradiction tls off"]
    );
    assert_eq!(
        found(&service("store D: postgres { auth Mesh; tls off }")),
        ["type.contradiction tls off"]
    );
    silent(&service("auth Mesh, Web; tls off"));
    silent(&service("auth Web; tls off"));
    silent(&service("auth Mesh; tls required"));
}

#[test]
fn instances_are_added_where_there_is_room() {
    assert_eq!(
        found("service S { scale 2..2 on cpu 70% }\n"),
        ["type.no_effect cpu"]
    );
    silent("service S { scale 2..2 }\n");
    assert_eq!(
        found("service S { }\nenvironment P { scale S 1..2; scale S 3..4 }\n"),
        ["type.contradiction scale S 3..4"]
    );
}

#[test]
fn clients_use_what_is_meant_for_them() {
    let text = |extra: &str| {
        format!(
            "auth A: cookie\nclient W: web {{ auth A; uses S.e }}\nservice S {{ auth A; endpoint e GET /v1/e {{ allow any{extra} }} }}\n"
        )
    };
    silent(&text(""));
    assert_eq!(found(&text("; internal")), ["type.contradiction S.e"]);
}

#[test]
fn components_are_in_layers_that_there_are() {
    let service = |text: &str| format!("service S {{ {text} }}\n");
    assert_eq!(found(&service("component P in domian")), ["name.unknown domian"]);
    assert_eq!(
        mended(&service("component P in domian")),
        service("component P in domain")
    );
    assert_eq!(
        found(&service(
            "layers web, core; component P in web; component Q in domain"
        )),
        ["name.unknown domain"]
    );
    silent(&service(
        "component P in api; component Q in domain; component R in infrastructure",
    ));
    silent(&service("component P in core; layers web, core strict"));
}
