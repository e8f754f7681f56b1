//! What a blueprint has to show for the regimes that it names, as Markdown for reviewers and as JSON for programs.

use std::fmt::Write as _;

use archwright_analysis::{
    compliance::{ControlOverview, Element, Evidence, Open, Overview, Standing},
    diagnostic::FileRange,
};
use serde::Serialize;

use super::json;

/// How many elements a line of Markdown names: JSON has them all.
const SHOWN: usize = 6;

/// Said with every overview, in both shapes.
const NOTE: &str = "This shows what the blueprint states and what the rules find in it. It is no legal advice and no attestation: \
                    whether a control is met depends on what was built, on how it is run, and on the people who run it.";

/// A file and a line, from 1.
pub(crate) type Place = (String, usize);

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    note: &'static str,
    regimes: Vec<Regime<'a>>,
}

#[derive(Serialize)]
struct Regime<'a> {
    #[serde(rename = "regime")]
    word: &'a str,
    title: &'a str,
    controls: Vec<Control<'a>>,
}

#[derive(Serialize)]
struct Control<'a> {
    clause: &'a str,
    title: &'a str,
    standing: &'a str,
    evidence: Vec<Group<'a>>,
    findings: Vec<Finding<'a>>,
    organisation: &'a str,
}

#[derive(Serialize)]
struct Group<'a> {
    says: &'a str,
    elements: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    element: &'a str,
    file: String,
    line: usize,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    element: &'a str,
    message: &'a str,
    file: String,
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    waived: Option<&'a str>,
}

/// `overview` as one line of JSON, with a line end. `place` says where something stands.
pub(crate) fn json(overview: &Overview, place: impl Fn(&FileRange) -> Place) -> String {
    let named = |element: &Element| {
        let (file, line) = place(&element.at);
        (element.name.clone(), file, line)
    };
    let places: Vec<Vec<Vec<_>>> = overview
        .regimes
        .iter()
        .flat_map(|regime| &regime.controls)
        .map(|control| {
            let groups = control.evidence.iter();
            groups
                .map(|group| group.elements.iter().map(named).collect())
                .collect()
        })
        .collect();
    let mut at = places.iter();
    let document = Document {
        version: 1,
        note: NOTE,
        regimes: overview
            .regimes
            .iter()
            .map(|regime| Regime {
                word: regime.word,
                title: regime.title,
                controls: regime
                    .controls
                    .iter()
                    .map(|control| Control {
                        clause: control.clause,
                        title: control.title,
                        standing: control.standing.word(),
                        evidence: control
                            .evidence
                            .iter()
                            .zip(at.next().into_iter().flatten())
                            .map(|(group, elements)| Group {
                                says: group.says,
                                elements: elements
                                    .iter()
                                    .map(|(element, file, line)| Named {
                                        element,
                                        file: file.clone(),
                                        line: *line,
                                    })
                                    .collect(),
                            })
                            .collect(),
                        findings: control
                            .findings
                            .iter()
                            .map(|found| finding(found, &place))
                            .collect(),
                        organisation: control.organisation,
                    })
                    .collect(),
            })
            .collect(),
    };
    json::to_line(&document)
}

fn finding(found: &Open, place: impl Fn(&FileRange) -> Place) -> Finding<'_> {
    let (file, line) = place(&found.at);
    Finding {
        code: &found.code,
        element: &found.element,
        message: &found.message,
        file,
        line,
        waived: found.waived.as_deref(),
    }
}

/// `overview` as Markdown.
pub(crate) fn markdown(overview: &Overview, place: impl Fn(&FileRange) -> Place) -> String {
    let mut out = String::from("# Controls\n");
    if overview.regimes.is_empty() {
        out.push_str("\nThe blueprint names no regime: `complies` in its `system` is where it would, for example `complies gdpr, soc2`.\n");
        return out;
    }
    let _ = writeln!(out, "\n{NOTE}");
    for regime in &overview.regimes {
        let _ = writeln!(out, "\n## {}\n", regime.title);
        let count = |standing: Standing| {
            let controls = regime.controls.iter();
            controls.filter(|control| control.standing == standing).count()
        };
        let _ = writeln!(
            out,
            "Of {} controls the blueprint speaks for {}; rules object in {}, nothing is said to {}, and {} are for people alone.",
            regime.controls.len(),
            count(Standing::Stated),
            count(Standing::Gaps),
            count(Standing::Silent),
            count(Standing::Organisation)
        );
        for control in &regime.controls {
            section(&mut out, control, &place);
        }
    }
    out
}

fn section(out: &mut String, control: &ControlOverview, place: impl Fn(&FileRange) -> Place) {
    let standing = match control.standing {
        Standing::Stated => "",
        Standing::Gaps => ": rules object",
        Standing::Silent => ": nothing is said",
        Standing::Organisation => ": for people alone",
    };
    let _ = writeln!(out, "\n### {} {}{standing}\n", control.clause, control.title);
    for group in &control.evidence {
        let _ = writeln!(out, "- {}", elements(group, &place));
    }
    for found in &control.findings {
        let (file, line) = place(&found.at);
        let _ = match &found.waived {
            None => writeln!(
                out,
                "- **Open**, `{}` at {file}:{line}: {}",
                found.code, found.message
            ),
            Some(because) => writeln!(
                out,
                "- **Exception**, `{}` at {file}:{line}, because \"{because}\": {}",
                found.code, found.message
            ),
        };
    }
    let _ = writeln!(out, "- For people: {}", control.organisation);
}

/// `3 stores are encrypted: Orders.Db (orders.arch:4), …`
fn elements(group: &Evidence, place: impl Fn(&FileRange) -> Place) -> String {
    let named: Vec<String> = group
        .elements
        .iter()
        .take(SHOWN)
        .map(|element| {
            let (file, line) = place(&element.at);
            format!("`{}` ({file}:{line})", element.name)
        })
        .collect();
    let more = group.elements.len() - named.len();
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    let mut says = group.says.to_owned();
    if let Some(first) = says.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{says}, {}: {}{more}", group.elements.len(), named.join(", "))
}
