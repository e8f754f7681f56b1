//! `archwright compliance`.

#![allow(clippy::disallowed_methods, reason = "it runs the real program on real files")]

mod support;

use serde_json::Value;
use support::{copy_example, folder, outcome};

const CARE: &str = "system Clinic { complies gdpr, hipaa; tls required }
service Care {
  store CareDb: postgres { encrypted }
  entity Patient {
    waive data.retention_missing until 2999-01-01 because \"the lawyers are at it\"
    id: uuid @id
    name: string @pii
  }
}
";

fn controls(document: &Value) -> Vec<&Value> {
    let regimes = document["regimes"].as_array().expect("a list");
    regimes
        .iter()
        .flat_map(|regime| regime["controls"].as_array().expect("a list"))
        .collect()
}

fn overview(text: &str) -> Value {
    let (_dir, root) = folder(&[("care.arch", text)]);
    let (code, out, errors) = outcome(&root, &["compliance", "--format", "json"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    serde_json::from_str(&out).expect("JSON")
}

#[test]
fn controls_say_what_speaks_for_them_and_what_people_have_to_do() {
    let document = overview(CARE);
    assert_eq!(document["version"], 1);
    let words: Vec<&str> = document["regimes"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|regime| regime["regime"].as_str())
        .collect();
    assert_eq!(words, ["gdpr", "hipaa"], "in the order of `complies`");
    let all = controls(&document);
    let of = |clause: &str| {
        *all.iter()
            .find(|control| control["clause"] == clause)
            .expect(clause)
    };
    let transmission = of("164.312(e)(1)");
    assert_eq!(transmission["standing"], "stated");
    let element = &transmission["evidence"][0]["elements"][0];
    assert_eq!(
        (&element["element"], &element["file"], &element["line"]),
        (&"Clinic".into(), &"care.arch".into(), &1.into())
    );
    assert_eq!(of("164.310")["standing"], "organisation");
    assert_eq!(of("Art. 28")["standing"], "silent");
    for control in &all {
        assert!(
            control["organisation"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{control}"
        );
    }
}

#[test]
fn what_a_rule_finds_is_a_gap_and_what_is_waived_an_exception() {
    let limitation = |text: &str| {
        let document = overview(text);
        let all = controls(&document);
        let found = *all
            .iter()
            .find(|control| control["clause"] == "Art. 5(1)(e)")
            .expect("it is listed");
        (found["standing"].clone(), found["findings"][0].clone())
    };
    let (standing, found) = limitation(CARE);
    assert_eq!(standing, "silent");
    assert_eq!(found["waived"], "the lawyers are at it");
    let (standing, found) = limitation(&CARE.replace(
        "    waive data.retention_missing until 2999-01-01 because \"the lawyers are at it\"\n",
        "",
    ));
    assert_eq!(standing, "gaps");
    assert_eq!(
        (&found["code"], &found["line"]),
        (&"data.retention_missing".into(), &4.into())
    );
    assert_eq!(found["waived"], Value::Null);
}

#[test]
fn markdown_says_the_same_and_gives_no_verdict() {
    let (_dir, root) = folder(&[("care.arch", CARE)]);
    copy_example("shop", &root.join("shop"));
    copy_example("clinic", &root.join("clinic"));
    for (path, title) in [("care.arch", "HIPAA"), ("shop", "PCI DSS"), ("clinic", "HIPAA")] {
        for format in ["md", "json"] {
            let (code, out, errors) = outcome(&root, &["compliance", path, "--format", format]);
            assert_eq!((code, errors.as_str()), (0, ""));
            assert!(out.contains(title), "{path}: {out}");
            let words = out.to_lowercase();
            assert!(
                !words.contains("compliant") && !words.contains("certified") && !words.contains("conform"),
                "{path} {format}"
            );
        }
    }
    let (_, out, _) = outcome(&root, &["compliance", "care.arch"]);
    assert!(out.contains("### 164.312(e)(1) Transmission security\n\n- Links that must be encrypted, 1: `Clinic` (care.arch:1)\n- For people: "), "{out}");
    assert!(
        out.contains(
            "- **Exception**, `data.retention_missing` at care.arch:4, because \"the lawyers are at it\""
        ),
        "{out}"
    );
    assert!(
        out.contains("### 164.310 Physical safeguards: for people alone"),
        "{out}"
    );
}

#[test]
fn a_blueprint_without_regimes_is_told_where_they_would_stand() {
    let (_dir, root) = folder(&[("a.arch", "system A { observe logs }\n")]);
    let (code, out, errors) = outcome(&root, &["compliance"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(out.contains("names no regime: `complies`"), "{out}");
    let (_dir, empty) = folder(&[]);
    let (code, out, errors) = outcome(&empty, &["compliance"]);
    assert_eq!(
        (code, out.as_str(), errors.as_str()),
        (0, "", "No .arch file was looked at.\n")
    );
    let (code, _, errors) = outcome(&root, &["compliance", "nowhere"]);
    assert_eq!(code, 2);
    assert!(errors.contains("nowhere"), "{errors}");
}
