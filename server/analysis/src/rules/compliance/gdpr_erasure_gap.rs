//! What is known about a person stays somewhere when the person asks to be forgotten.

use crate::{
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::Def,
        erasure::{Gap, Left, gaps},
        finding::{Finding, Place},
        personal::personal_fields,
    },
    rules::{Check, Rule},
};

mod forget;

pub(crate) static RULE: Rule = Rule {
    id: "compliance.gdpr_erasure_gap",
    severity: Severity::Warning,
    core: true,
    summary: "Somebody who asks to be forgotten is not forgotten everywhere.",
    clauses: &[("gdpr", "GDPR Art. 17"), ("gdpr", "GDPR Art. 19")],
    page: include_str!("../../../../../docs/rules/compliance/gdpr_erasure_gap.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many names stand in the message: nobody reads more.
const SHOWN: usize = 4;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    if !cx.complies("gdpr") {
        return;
    }
    for gap in gaps(cx) {
        findings.push(finding(cx, &gap));
    }
}

fn finding(cx: Cx<'_>, gap: &Gap) -> Finding {
    let name = cx.qualified(gap.root);
    let fields = personal_fields(cx, gap.root);
    let holds = match fields.as_slice() {
        [] => String::new(),
        [(field, classes)] => format!(" (`{}` is {})", field.name(cx.db), classes.words()),
        [(field, classes), more @ ..] => format!(
            " (`{}` is {}, and {} more)",
            field.name(cx.db),
            classes.words(),
            more.len()
        ),
    };
    let itself = |left: &Left| matches!(left, Left::Entity(entity, _) if *entity == gap.root);
    let mut others: Vec<String> = gap
        .left
        .iter()
        .filter(|left| !itself(left))
        .map(|left| format!("`{}`", holder(cx, left)))
        .collect();
    let more = others.len().saturating_sub(SHOWN);
    others.truncate(SHOWN);
    let others = match (others.as_slice(), more) {
        ([one], 0) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (all, more) => format!("{} and {more} more", all.join(", ")),
    };
    let fact = if !gap.left.iter().any(itself) {
        format!("what `{name}` holds about a person{holds} is also in {others}, which no erasure reaches")
    } else if gap.left.len() == 1 {
        format!("nothing erases what `{name}` holds about a person{holds}")
    } else {
        format!("nothing erases what `{name}` holds about a person{holds}, nor its copies in {others}")
    };
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        name,
        cx.place(gap.root),
        format!("{fact}: a request to be forgotten cannot be honoured"),
    )
    .help("Let an operation erase it in each place (`erases`, at a vendor `erases … at`), or end its time there (`retain … then erase`).")
    .citing(cx, &RULE, &["gdpr"]);
    for left in &gap.left {
        let (says, place) = related(cx, left);
        if place != finding.at {
            finding = finding.related(says, place);
        }
    }
    finding.fixes = forget::fixes(cx, gap);
    finding
}

/// Who still has it.
fn holder(cx: Cx<'_>, left: &Left) -> String {
    match left {
        Left::Entity(def, _) | Left::Cache(def) => cx.qualified(*def).to_string(),
        Left::Vendor(sent) => cx.name(sent.vendor).to_string(),
    }
}

fn related(cx: Cx<'_>, left: &Left) -> (String, Place) {
    let place = |def: Def| cx.place(def);
    match left {
        Left::Entity(entity, Some(copied)) => (
            format!(
                "`{}` fills `{}` from `{}`",
                cx.qualified(copied.op),
                cx.qualified(*entity),
                cx.qualified(copied.through)
            ),
            place(*entity),
        ),
        Left::Entity(entity, None) => (
            format!("nothing erases `{}`", cx.qualified(*entity)),
            place(*entity),
        ),
        Left::Cache(cache) => (
            format!("`{}` keeps answers for ever", cx.qualified(*cache)),
            place(*cache),
        ),
        Left::Vendor(sent) => (
            format!(
                "`{}` sends `{}` to `{}`",
                cx.qualified(sent.op),
                sent.data,
                cx.name(sent.vendor)
            ),
            Place::new(sent.op.item, sent.statement.clone()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{diagnostics, fixed, of_rule};

    const USERS: &str = "system S { complies gdpr }\nvendor Postmark: postmark { receives Marketing.MailList.mail }\n\
        context Identity\ncontext Growth { uses Identity }\n";

    /// Example 7 of the catalogue.
    fn example(users: &str, marketing: &str, list: &str) -> String {
        format!(
            "{USERS}service Users in Identity {{
  entity User {{ id: uuid @id; mail: email; retain 2y then erase }}
  event SignedUp v1 {{ key id; id: uuid; mail: email }}
{users}}}
service Marketing in Growth {{
  entity MailList {{ id: uuid @id; mail: email{list} }}
  on Users.SignedUp as add {{ idempotent by id; dead_letter; writes MailList; sends MailList.mail to Postmark }}
{marketing}}}
"
        )
    }

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "compliance.gdpr_erasure_gap")
    }

    fn messages(text: &str) -> Vec<String> {
        diagnostics(text)
            .into_iter()
            .filter(|found| found.code == "compliance.gdpr_erasure_gap")
            .map(|found| found.message)
            .collect()
    }

    #[test]
    fn a_copy_and_a_vendor_are_one_finding_on_the_first_record() {
        let text = example("", "", "");
        assert_eq!(check(&text), ["6 warning Users.User"]);
        assert_eq!(
            messages(&text),
            ["what `Users.User` holds about a person (`mail` is @pii) is also in `Marketing.MailList` and `Postmark`, \
              which no erasure reaches: a request to be forgotten cannot be honoured"]
        );
        let found = diagnostics(&text);
        let one = found
            .iter()
            .find(|one| one.code == "compliance.gdpr_erasure_gap")
            .expect("there is one");
        assert_eq!(one.related.len(), 2);
        assert_eq!(one.clauses, ["GDPR Art. 17", "GDPR Art. 19"]);
    }

    #[test]
    fn each_place_needs_its_own_erasure() {
        let erased = "  event UserErased v1 { key user; user: uuid }\n  job forget every 1d { erases User; emits UserErased }\n";
        let handler = |what: &str| {
            format!("  on Users.UserErased as forget {{ idempotent by user; dead_letter; {what} }}\n")
        };
        let all = handler("erases Users.User; erases Users.User at Postmark");
        assert_eq!(check(&example(erased, &all, "")), [""; 0]);
        let here = example(erased, &handler("erases Users.User"), "");
        assert!(messages(&here)[0].contains("is also in `Postmark`, which"), "{here}");
        // What is only deleted or ends by itself here is still at the vendor.
        for list in ["; retain 1y then erase", "; retain 1y then anonymize", "; retain 9y because \"law\""] {
            assert!(messages(&example("", "", list))[0].contains("is also in `Postmark`, which"));
        }
        let deletes = "  job clean every 1d { deletes MailList }\n";
        assert!(messages(&example("", deletes, ""))[0].contains("is also in `Postmark`, which"));
        let archive = example("", "", "; retain 1y then archive");
        assert!(messages(&archive)[0].contains("`Marketing.MailList` and `Postmark`"));
    }

    #[test]
    fn only_under_gdpr() {
        let text = example("", "", "").replace("complies gdpr", "complies hipaa");
        assert_eq!(check(&text), [""; 0]);
    }

    #[test]
    fn a_record_that_is_no_copy_has_a_finding_of_its_own() {
        let one = |more: &str| {
            check(&format!(
                "system S {{ complies gdpr }}\nservice A {{\n  store Db: postgres\n  store Fast: memory\n  \
                 entity P in Db {{ id: uuid @id; mail: email }}\n  {more}\n}}\n"
            ))
        };
        assert_eq!(one(""), ["5 warning A.P"]);
        assert_eq!(one("job j every 1d { erases P }"), [""; 0]);
        assert_eq!(one("job j every 1d { deletes P }"), [""; 0]);
        assert_eq!(one("resource P at /v1/p { delete }"), [""; 0]);
        // What refers to it, or has its id, goes with it.
        let linked = "entity V in Db { id: uuid @id; p: ref P; note: text @phi }\n  \
                      entity W in Db { id: uuid @id; v: ref V; note: text @pii }\n  \
                      entity X in Db { id: uuid @id; p_id: uuid; note: text @pii }\n  job j every 1d { erases P }";
        assert_eq!(one(linked), [""; 0]);
        let apart = "entity Y in Db { id: uuid @id; note: text @pii }\n  job j every 1d { erases P }";
        assert_eq!(one(apart), ["6 warning A.Y"]);
        let nothing = "entity Z in Db { id: uuid @id; p: ref P @pii }\n  entity F in Fast { id: uuid @id; a: email }\n  \
                       entity R in Db { id: uuid @id; a: email; reference }\n  job j every 1d { erases P }";
        assert_eq!(one(nothing), [""; 0]);
    }

    #[test]
    fn a_cache_without_an_end_keeps_it() {
        let cache = |options: &str, emits: &str| {
            messages(&format!(
                "system S {{ complies gdpr }}\nservice A {{\n  entity P {{ id: uuid @id; mail: email }}\n  \
                 event Gone v1 {{ key p; p: uuid }}\n  query all -> [P] {{ limit 10 }}\n  cache c of all {{ {options} }}\n  \
                 job j every 1d {{ erases P{emits} }}\n}}\n"
            ))
        };
        assert!(cache("", "")[0].contains("is also in `A.c`"));
        assert!(cache("invalidated by Gone", "")[0].contains("is also in `A.c`"));
        assert_eq!(cache("invalidated by Gone", "; emits Gone"), [""; 0]);
        assert_eq!(cache("ttl 1h", ""), [""; 0]);
    }

    #[test]
    fn what_a_call_brings_is_a_copy_too() {
        let text = |kits: &str| {
            format!(
                "system S {{ complies gdpr }}\nservice People {{\n  entity P {{ id: uuid @id; name: string @pii }}\n  \
                 type Card of P {{ id, name }}\n  endpoint card GET /v1/p/{{id}} -> Card {{ internal; reads P }}\n  \
                 job j every 1d {{ erases P }}\n}}\n\
                 service Kits {{\n  entity Parcel {{ id: uuid @id; to: string @pii{kits} }}\n  \
                 endpoint send POST /v1/kits {{ calls People.card; writes Parcel }}\n}}\n"
            )
        };
        assert_eq!(check(&text("")), ["3 warning People.P"]);
        assert_eq!(check(&text("; retain 1y then erase")), [""; 0]);
    }

    #[test]
    fn copies_in_a_circle_have_one_first_record() {
        let text = "system S { complies gdpr }\n\
            service A {\n  entity E { id: uuid @id; mail: email }\n  event X v1 { key id; id: uuid; mail: email }\n  \
            on B.Y as y { writes E; emits X }\n}\n\
            service B {\n  entity F { id: uuid @id; mail: email }\n  event Y v1 { key id; id: uuid; mail: email }\n  \
            on A.X as x { writes F; emits Y }\n}\n";
        assert_eq!(check(text), ["3 warning A.E"]);
        assert!(messages(text)[0].contains("nor its copies in `B.F`"));
    }

    #[test]
    fn it_can_be_erased_everywhere() {
        let title = "Erase User everywhere it is kept";
        let after = fixed(&example("", "", ""), title);
        assert!(after.contains("  event UserErased v1 { key user; user: uuid }\n  job forget_user every 1d {\n    erases User\n    emits UserErased\n"), "{after}");
        assert!(after.contains("  on Users.UserErased as forget_user {\n    idempotent by user\n    retry 5 backoff 1s..5m\n    dead_letter\n    erases Users.User\n    erases Users.User at Postmark\n"), "{after}");
        assert_eq!(check(&after), [""; 0]);
        let erased = "  event Gone v1 { key user; user: uuid }\n  job forget every 1d { erases User; emits Gone }\n";
        let after = fixed(&example(erased, "", ""), title);
        assert!(after.contains("on Users.Gone as forget_user {"), "{after}");
        assert_eq!(check(&after), [""; 0]);
        let handler = "  on Users.Gone as go { idempotent by user; dead_letter; writes MailList }\n";
        let after = fixed(&example(erased, handler, ""), title);
        assert!(after.contains("writes MailList; erases Users.User; erases Users.User at Postmark }"), "{after}");
        assert_eq!(check(&after), [""; 0]);
    }
}
