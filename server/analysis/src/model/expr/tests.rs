//! Expressions, as a whole blueprint shows them.

use crate::testing::check;

fn names(text: &str) -> Vec<String> {
    check(text)
        .iter()
        .filter(|line| line.contains(" name.") || line.contains(" type."))
        .map(|line| line.split_whitespace().take(4).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn one_wrong_name_is_one_error() {
    let text = "service A {
  query q -> [Nope] { where status == placed and count > 3; order count }
  entity E { id: uuid @id; s: Status = placed; r: ref Gone; visible where r.owner == caller.id and s == sent }
  query f -> [E] { where idd == sent or r is null }
  on Foo.Happened as x { idempotent by thing; reads E }
}
";
    assert_eq!(
        names(text),
        [
            "2:15 error name.unknown A.q:",
            "3:31 error name.unknown A.E.s:",
            "3:55 error name.unknown A.E.r:",
            "4:26 error name.unknown A.f:",
            "5:6 error name.unknown A.x:"
        ]
    );
}

#[test]
fn what_is_known_is_still_judged() {
    let text = "service A {
  enum Status { placed, sent }
  entity E { id: uuid @id; s: Status = plaxed; n: int }
  query q -> [E] { where s == snt and n == \"x\" and m == n; order k }
  type Brief of E { id, n }
}
vendor V: http { receives A.Brief.n, A.Brief.s }
";
    let found = names(text);
    for expected in [
        "3:40 error name.unknown A.E.s:",
        "4:31 error name.unknown A.q:",
        "4:44 error type.mismatch A.q:",
        "4:52 error name.unknown A.q:",
        "4:66 error name.unknown A.q:",
    ] {
        assert!(found.iter().any(|line| line == expected), "{expected}: {found:?}");
    }
}

#[test]
fn projections_reach_their_fields_and_no_others() {
    let text = "service A { entity E { id: uuid @id; s: string; n: int }; type Brief of E { id, n } }
vendor V: http { receives A.Brief.n }
vendor W: http { receives A.Brief.s }
";
    assert_eq!(names(text), ["3:27 error name.unknown W:"]);
}

#[test]
fn a_blueprint_has_one_system() {
    assert_eq!(
        names("system A { tls required }\nsystem B { tls required }\n"),
        ["2:8 error name.duplicate B:"]
    );
}

#[test]
fn a_misspelled_service_keeps_what_stands_behind_it() {
    let text = "service Orders { event Placed v1 { id: uuid } }\nservice B { on Ordrs.Placed.v1 as h }\n";
    let after = crate::testing::fixed(text, "Change to `Orders.Placed.v1`");
    assert!(after.contains("on Orders.Placed.v1 as h"), "{after}");
    assert_eq!(names(&after), [""; 0]);
}

#[test]
fn what_is_proposed_fits_the_place() {
    let text = "service A { endpoint place GET /a }\nservice B { on A.plac as h }\n";
    assert!(
        !crate::testing::diagnostics(text)
            .iter()
            .flat_map(|found| &found.fixes)
            .any(|fix| fix.title.starts_with("Change"))
    );
}

#[test]
fn a_projection_of_itself_ends() {
    let text = "service A { type P of P.x { id }; type Q of A.Q.y { id }; type R of R { id } }\nvendor V: http { receives A.P.x, A.Q.y, A.R.z }\n";
    assert!(!names(text).is_empty());
}

/// `code text` of every finding that is not a rule's.
fn found(text: &str) -> Vec<String> {
    crate::testing::diagnostics(text)
        .iter()
        .filter(|found| found.code.starts_with("name.") || found.code.starts_with("type."))
        .filter(|found| found.code != "type.unused_parameter")
        .map(|found| {
            let at = found.at.range.start as usize..found.at.range.end as usize;
            format!("{} {}", found.code, &text[at])
        })
        .collect()
}

/// A service with a field of every type, and a query with a condition.
fn service(condition: &str) -> String {
    format!(
        "role Clerk: staff
role Nurse: staff
service Clinics {{ entity Clinic {{ id: uuid @id; name: string }}; entity Code {{ id: string @id }} }}
service S {{
  enum State {{ open, shut }}
  enum Size {{ small, large }}
  entity Owner {{ id: uuid @id; name: string; home: Place }}
  type Place {{ city: string; lines: [string]; clinic: ref Clinics.Clinic }}
  entity E {{
    id: uuid @id
    other: uuid
    owner: ref Owner
    clinic: ref Clinics.Clinic
    code: ref Clinics.Code
    str: string
    txt: text?
    int_: int
    long_: long
    dec: decimal(6, 2)
    flt: float
    cash: money
    flag: bool
    at: instant
    seen: instant?
    day: date
    time: duration
    raw: bytes
    any: json
    mail: email
    tel: phone
    link: url
    state: State = open
    size: Size?
    tags: [string]
    place: Place
    box: {{ width: int; deep: {{ down: int? }} }}
    diary: text? @encrypted @phi
  }}
  query q (p: State?, n: int, who: uuid, state: State) -> [E] {{
    where {condition}
    limit 5
  }}
}}
"
    )
}

/// What is found in a condition.
fn of(condition: &str) -> Vec<String> {
    found(&service(condition))
}

fn right(conditions: &[&str]) {
    for condition in conditions {
        assert_eq!(of(condition), [""; 0], "{condition}");
    }
}

fn wrong(cases: &[(&str, &str)]) {
    for (condition, expected) in cases {
        assert_eq!(of(condition), [*expected], "{condition}");
    }
}

/// What the first repair of a condition makes of it.
fn mended(condition: &str) -> String {
    let text = service(condition);
    let found = crate::testing::diagnostics(&text);
    let found = found
        .iter()
        .filter(|found| found.code.starts_with("type.") || found.code.starts_with("name."))
        .find(|found| found.code != "type.unused_parameter");
    let fix = found
        .and_then(|found| found.fixes.first())
        .unwrap_or_else(|| panic!("no repair of {condition}: {found:#?}"));
    let mut after = text.clone();
    for edit in fix.edit.files[0].1.iter().rev() {
        after.replace_range(edit.range.start as usize..edit.range.end as usize, &edit.text);
    }
    let from = after.find("    where ").expect("as above") + "    where ".len();
    let to = after.find("\n    limit 5").expect("as above");
    after[from..to].to_owned()
}

#[test]
fn what_fits_is_compared() {
    right(&[
        "str == \"a\" and txt != \"b\" and mail == \"a@b.example\" and mail == str",
        "tel == \"+43 1 234\" and link == \"https://a.example\" and str < \"m\"",
        "int_ == 5 and long_ > 3_000_000_000 and dec <= 9999.99 and flt > 0.5 and cash >= 100",
        "int_ > 1.5 and int_ < long_ and cash > dec and long_ > 10MB and flt < 70% and dec > 70%",
        "flag and not (flag == false) and flag == true",
        "at > now - 7d and day < now and day == 2026-05-02 and at >= 2026-05-02 and at < day",
        "time > 5m and at - seen > 1h and day - day < 3d and time + 1h < 2h",
        "id != other and owner == who and owner == other and code == \"A1\" and code == str",
        "id == \"3f2504e0-4f89-11d3-9a0c-0305e82c3301\"",
        "owner == caller.id and str == caller.id and int_ == caller.id and clinic == caller.tenant",
        "state == shut or state == State.open and state in [open, shut] and size != large",
        "caller.role == Clerk or caller.role in [Clerk, Nurse]",
        "seen is null and txt is not null and caller.tenant is null and p is not null and any is null",
        "any == 5 and any.deep.inside > 3",
        "owner.name == \"a\" and owner.home.city == \"b\" and place.city == \"c\" and box.width == 3",
        "clinic.name == \"x\"",
        "param.n > 3 and n < 9",
        "7d + at > now and int_ + 1 == 2 and int_ - long_ < dec + 1.5",
        "diary is null or diary is not null and flag",
    ]);
}

#[test]
fn what_does_not_fit_is_not() {
    wrong(&[
        ("str == 5", "type.mismatch 5"),
        ("str == true", "type.mismatch true"),
        ("int_ == \"5\"", "type.mismatch \"5\""),
        ("int_ == 70%", "type.mismatch 70%"),
        ("cash > 10MB", "type.mismatch 10MB"),
        ("flag == 1", "type.mismatch 1"),
        ("flag > false", "type.mismatch flag > false"),
        ("at == \"2026-05-02\"", "type.mismatch \"2026-05-02\""),
        ("at > 7d", "type.mismatch 7d"),
        ("at > 5", "type.mismatch 5"),
        ("time > 5", "type.mismatch 5"),
        ("time > now", "type.mismatch now"),
        ("id == str", "type.mismatch str"),
        ("id == 5", "type.mismatch 5"),
        ("owner == code", "type.mismatch code"),
        ("id < other", "type.mismatch id < other"),
        ("state == \"open\"", "type.mismatch \"open\""),
        ("state == size", "type.mismatch size"),
        ("state > open", "type.mismatch state > open"),
        ("raw == \"a\"", "type.mismatch \"a\""),
        ("raw < raw", "type.mismatch raw < raw"),
        ("mail == link", "type.mismatch link"),
        ("tel == mail", "type.mismatch mail"),
        ("tags == \"a\"", "type.mismatch \"a\""),
        ("place == \"a\"", "type.mismatch \"a\""),
        ("box in [1]", "type.mismatch 1"),
        ("caller.role == \"Clerk\"", "type.mismatch \"Clerk\""),
        ("caller.role > Clerk", "type.mismatch caller.role > Clerk"),
        ("str in [\"a\", 5]", "type.mismatch 5"),
        ("at + day > now", "type.mismatch at + day"),
        ("7d - at > now", "type.mismatch 7d - at"),
        ("now - 7 < at", "type.mismatch now - 7"),
        ("str + txt == \"a\"", "type.mismatch str + txt"),
        ("cash + 5% > 3", "type.mismatch cash + 5%"),
        ("diary == \"a\"", "type.out_of_reach diary"),
        ("str", "type.not_a_condition str"),
        ("int_ and flag", "type.not_a_condition int_"),
        ("not state", "type.not_a_condition state"),
        ("flag or now", "type.not_a_condition now"),
    ]);
}

#[test]
fn literals_are_possible_values() {
    wrong(&[
        ("int_ == 3_000_000_000", "type.out_of_range 3_000_000_000"),
        ("int_ > -3_000_000_000", "type.out_of_range -3_000_000_000"),
        ("int_ == 3.5", "type.out_of_range 3.5"),
        ("dec == 1.005", "type.out_of_range 1.005"),
        ("dec < 10000", "type.out_of_range 10000"),
        ("int_ in [1, 2.5]", "type.out_of_range 2.5"),
        ("id == \"me\"", "type.format \"me\""),
        ("owner in [\"me\"]", "type.format \"me\""),
        ("mail == \"me\"", "type.format \"me\""),
        ("link != \"here\"", "type.format \"here\""),
        ("tel == \"call me\"", "type.format \"call me\""),
    ]);
    right(&[
        "int_ == -5 or int_ == 3.0",
        "dec > 1.005",
        "mail > \"a\"",
        "dec == 1.50",
    ]);
}

#[test]
fn what_a_field_never_holds_is_not_asked_for() {
    let query = |condition: &str| {
        found(&format!(
            "service A {{
  entity E {{ id: uuid @id; n: int @min(1) @max(9); code: string @len(2..4) @pattern(\"[A-Z]+\") }}
  query q -> [E] {{ where {condition}; limit 5 }}
}}
"
        ))
    };
    for right in [
        "n == 1",
        "n < 20",
        "n in [1, 9]",
        "code == \"AB\"",
        "code > \"A\"",
        "code != \"ABCD\"",
    ] {
        assert_eq!(query(right), [""; 0], "{right}");
    }
    for (wrong, at) in [
        ("n == 0", "0"),
        ("10 != n", "10"),
        ("n in [1, 10]", "10"),
        ("code == \"A\"", "\"A\""),
        ("code in [\"ABCDE\"]", "\"ABCDE\""),
        ("code == \"ab\"", "\"ab\""),
    ] {
        assert_eq!(query(wrong), [format!("type.out_of_range {at}")], "{wrong}");
    }
}

#[test]
fn names_lead_somewhere() {
    wrong(&[
        ("sate == open", "name.unknown sate"),
        ("state == opn", "name.unknown opn"),
        ("state == small", "name.unknown small"),
        ("caller.role == Clrk", "name.unknown Clrk"),
        ("caller.idd == id", "name.unknown caller.idd"),
        ("param.m == 5", "name.unknown param.m"),
        ("owner.nam == \"a\"", "name.unknown owner.nam"),
        ("place.city.zip == \"a\"", "name.unknown place.city.zip"),
        ("str.x == 1", "name.unknown str.x"),
        ("tags.first == 1", "name.unknown tags.first"),
        ("box.deep.up == 1", "name.unknown box.deep.up"),
        ("str == draft", "name.unknown draft"),
        ("lower(str) == \"a\"", "name.unknown_function lower(str)"),
    ]);
    assert_eq!(mended("state == opn"), "state == open");
    assert_eq!(mended("caller.idd == id"), "caller.id == id");
    assert_eq!(mended("owner.nam == \"a\""), "owner.name == \"a\"");
    assert_eq!(mended("param.wo == id"), "param.who == id");
}

#[test]
fn repairs_say_what_was_meant() {
    for (condition, after) in [
        ("state == \"open\"", "state == open"),
        ("caller.role == \"Clerk\"", "caller.role == Clerk"),
        ("at == \"2026-05-02\"", "at == 2026-05-02"),
        ("int_ == \"5\"", "int_ == 5"),
        ("str == 5", "str == \"5\""),
        ("flag == 0", "flag == false"),
        ("at > 7d", "at > now - 7d"),
        ("time > 5", "time > 5d"),
        ("now - 7 < at", "now - 7d < at"),
        ("txt == null", "txt is null"),
        ("null != seen", "seen is not null"),
        ("isnull(txt)", "txt is null"),
        ("not (txt == null)", "not (txt is null)"),
        ("state in [open, shut, open]", "state in [open, shut]"),
        ("state != open or state != shut", "not (state in [open, shut])"),
    ] {
        assert_eq!(mended(condition), after, "{condition}");
    }
}

#[test]
fn conditions_that_say_nothing_are_told() {
    wrong(&[
        ("1 == 2", "type.constant_condition 1 == 2"),
        ("now > now - 7d", "type.constant_condition now > now - 7d"),
        ("flag or true", "type.constant_condition true"),
        ("int_ == int_", "type.constant_condition int_ == int_"),
        ("id is null", "type.constant_condition id is null"),
        (
            "owner.name is not null",
            "type.constant_condition owner.name is not null",
        ),
        ("n is null", "type.constant_condition n is null"),
        ("state in []", "type.constant_condition state in []"),
        ("int_ == 1 and int_ == 2", "type.constant_condition int_ == 2"),
        (
            "size == small and size == large",
            "type.constant_condition size == large",
        ),
        (
            "int_ > 5 and flag and int_ < 3",
            "type.constant_condition int_ < 3",
        ),
        ("int_ > 5 and 5 >= int_", "type.constant_condition 5 >= int_"),
        (
            "day > 2026-05-02 and day < 2026-01-01",
            "type.constant_condition day < 2026-01-01",
        ),
        (
            "size == small and size != small",
            "type.constant_condition size != small",
        ),
        (
            "size != small or size != large",
            "type.constant_condition size != large",
        ),
        (
            "txt is null or txt is not null",
            "type.constant_condition txt is not null",
        ),
        ("flag and flag", "type.no_effect flag"),
        ("str == \"a\" or str == \"a\"", "type.no_effect str == \"a\""),
        ("int_ in [1, 2, 1]", "type.no_effect 1"),
    ]);
    right(&[
        "int_ >= 5 and int_ <= 5",
        "int_ > 3 and int_ < 5",
        "int_ == 1 or int_ == 2",
        "size != small and size != large",
        "now > 2026-01-01",
        "size == small and str == \"a\"",
        "int_ == n and int_ == 3",
        "seen is null or seen < now",
    ]);
}

#[test]
fn nothing_is_said_of_what_hangs_on_something_unknown() {
    let text = "service A {
  entity E { id: uuid @id; a: Nope; b: ref Nope; c: [Nope]; d: { e: Nope } }
  query q -> [E] { where a == 5 and b is null and b < 3 and c == 1 and a.x == 2 and d.e == 3 and a + 1 == 2; limit 5 }
}
";
    let found = found(text);
    assert!(
        found.iter().all(|found| found == "name.unknown Nope"),
        "{found:?}"
    );
    assert_eq!(found.len(), 4);
}

#[test]
fn defaults_are_values_of_their_fields() {
    let field = |text: &str| {
        found(&format!(
            "service A {{ enum S {{ open, shut }}; entity E {{ id: uuid @id; {text} }} }}\n"
        ))
    };
    for right in [
        "a: int = 5",
        "a: decimal(4, 1) = 5",
        "a: S = open",
        "a: S = S.shut",
        "a: string = \"x\"",
        "a: instant = now",
        "a: instant = 2026-05-02",
        "a: instant = \"2026-05-02T08:00:00Z\"",
        "a: date = now + 7d",
        "a: duration = 5m",
        "a: bool @default(true)",
        "a: uuid = \"3f2504e0-4f89-11d3-9a0c-0305e82c3301\"",
        "a: json = 5",
        "a: string? = null",
    ] {
        assert_eq!(field(right), [""; 0], "{right}");
    }
    for (wrong, expected) in [
        ("a: int = \"5\"", "type.mismatch \"5\""),
        ("a: int = 5000000000", "type.out_of_range 5000000000"),
        ("a: int = 1.5", "type.out_of_range 1.5"),
        ("a: decimal(4, 2) = 123.4", "type.out_of_range 123.4"),
        ("a: decimal(4, 2) = 1.234", "type.out_of_range 1.234"),
        ("a: S = opn", "name.unknown opn"),
        ("a: S = \"open\"", "type.mismatch \"open\""),
        ("a: string = draft", "name.unknown draft"),
        ("a: string = 5", "type.mismatch 5"),
        ("a: instant = \"noon\"", "type.format \"noon\""),
        ("a: date = \"2026-05-02\"", "type.mismatch \"2026-05-02\""),
        ("a: email = \"me\"", "type.format \"me\""),
        ("a: uuid = \"1\"", "type.format \"1\""),
        ("a: int = null", "type.mismatch null"),
        ("a: [string] = \"x\"", "type.mismatch \"x\""),
        ("a: bool = 1", "type.mismatch 1"),
        ("a: int = other", "name.unknown other"),
    ] {
        assert_eq!(field(wrong), [expected], "{wrong}");
    }
    assert_eq!(
        found(
            "service A { enum S { open }; entity E { id: uuid @id }\n endpoint e GET /e (n: int = \"x\", s: S = opened) -> page E { reads E } }\n"
        ),
        ["type.mismatch \"x\"", "name.unknown opened"]
    );
}

#[test]
fn who_may_do_something_is_decided_by_what_is_at_hand() {
    let endpoint = |head: &str, predicate: &str| {
        found(&format!(
            "role R
auth A: cookie
service S {{
  auth A
  entity Owner {{ id: uuid @id; name: string }}
  entity E {{ id: uuid @id; owner: ref Owner; n: int }}
  type Answer {{ total: int }}
  type Ask {{ amount: int; owner: ref Owner; note: string? }}
  endpoint e {head} {{ allow R where {predicate} }}
}}
"
        ))
    };
    let get = |predicate: &str| endpoint("GET /e/{id} -> E", predicate);
    assert_eq!(
        get("owner == caller.id and owner.name == \"a\" and id == param.id"),
        [""; 0]
    );
    let post = |predicate: &str| endpoint("POST /e (body: Ask, p: ref Owner) -> Answer", predicate);
    assert_eq!(
        post("amount > 5 and body.amount < 9 and body.note is null and p == caller.id"),
        [""; 0]
    );
    assert_eq!(post("body.amout < 9"), ["name.unknown body.amout"]);
    assert_eq!(post("total > 5"), ["type.out_of_reach total"]);
    assert_eq!(
        post("body.owner.name == \"a\""),
        ["type.out_of_reach body.owner.name"]
    );
    assert_eq!(post("p.name == \"a\""), ["type.out_of_reach p.name"]);
    let new = |predicate: &str| endpoint("POST /e (body: new E) -> E", predicate);
    assert_eq!(new("body.n > 5 and body.owner == caller.id"), [""; 0]);
    assert_eq!(new("body.m > 5"), ["name.unknown body.m"]);
}
