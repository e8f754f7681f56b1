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
