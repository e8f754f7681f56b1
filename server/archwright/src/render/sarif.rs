//! SARIF 2.1.0 (OASIS): what code scanning services and security dashboards read. A test holds it against the standard's schema.

mod shape;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use archwright_analysis::{
    diagnostic::{Severity, State},
    rules::{RULES, Rule, rule},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use self::shape::{
    Artifact, ArtifactChange, Component, Configuration, Descriptor, Details, Fix, Help, Invocation, Location,
    Log, Logical, Outcome, Physical, Reference, Region, Relationship, Replacement, Run, Suppression, Tags,
    Target, Taxon, Text, Tool,
};
use super::{Change, Finding, Report, Source, json};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const HOME: &str = "https://archwright.dev";

/// What a path in a URI may not hold as it is.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    // In the first part of a path it would make a scheme of what stands before it.
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// `report` as one line of JSON, with a line end. `complete` says whether everything could be checked.
pub(crate) fn render(report: &Report, complete: bool) -> String {
    let weaknesses: Vec<u16> = RULES
        .iter()
        .flat_map(|rule| rule.cwe.iter().copied())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let codes: Vec<&str> = codes(report);
    let driver = Component {
        name: "Archwright",
        semantic_version: Some(env!("CARGO_PKG_VERSION")),
        information_uri: HOME,
        rules: codes.iter().map(|code| descriptor(code, &weaknesses)).collect(),
        supported_taxonomies: vec![CWE],
        ..Component::default()
    };
    let taxonomy = Component {
        name: CWE.name,
        information_uri: "https://cwe.mitre.org/",
        organization: Some("MITRE"),
        taxa: weaknesses.iter().map(|number| taxon(*number)).collect(),
        is_comprehensive: Some(false),
        ..Component::default()
    };
    let mut seen = BTreeMap::new();
    let results = report.findings.iter();
    json::to_line(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver },
            invocations: [Invocation {
                execution_successful: complete,
            }],
            column_kind: "unicodeCodePoints",
            results: results
                .map(|finding| outcome(finding, &codes, &mut seen))
                .collect(),
            taxonomies: [taxonomy],
        }],
    })
}

/// The one classification that is referred to.
const CWE: Reference = Reference {
    name: "CWE",
    index: 0,
};

/// All rules, and the errors that were found.
fn codes(report: &Report) -> Vec<&str> {
    let errors: BTreeSet<&str> = report
        .findings
        .iter()
        .map(|finding| finding.diagnostic.code.as_str())
        .filter(|code| rule(code).is_none())
        .collect();
    RULES.iter().map(|rule| rule.id).chain(errors).collect()
}

fn taxon(number: u16) -> Taxon {
    Taxon {
        id: number.to_string(),
        help_uri: format!("https://cwe.mitre.org/data/definitions/{number}.html"),
    }
}

fn descriptor<'a>(code: &'a str, weaknesses: &[u16]) -> Descriptor<'a> {
    let known: Option<&Rule> = rule(code);
    let category = code.split('.').next().unwrap_or_default();
    let severity = known.map_or(Severity::Error, |rule| rule.severity);
    let relationships = known
        .map_or(&[][..], |rule| rule.cwe)
        .iter()
        .map(|number| Relationship {
            target: Target {
                id: number.to_string(),
                index: weaknesses.binary_search(number).unwrap_or_default(),
                tool_component: CWE,
            },
            kinds: ["relevant"],
        });
    Descriptor {
        id: code,
        short_description: known.map(|rule| Text { text: rule.summary }),
        help_uri: archwright_analysis::url(code),
        help: known.map(|rule| Help {
            text: rule.page,
            markdown: rule.page,
        }),
        default_configuration: Configuration {
            level: level(severity),
        },
        deprecated_ids: known.map_or_else(Vec::new, |rule| rule.aliases.to_vec()),
        relationships: relationships.collect(),
        properties: Tags { tags: vec![category] },
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Hint => "note",
    }
}

fn outcome<'a>(finding: &'a Finding, codes: &[&str], seen: &mut BTreeMap<String, usize>) -> Outcome<'a> {
    let diagnostic = &finding.diagnostic;
    let code = diagnostic.code.as_str();
    let related = finding.related.iter().enumerate().map(|(index, place)| Location {
        id: Some(index + 1),
        physical: physical(&place.source, &place.range),
        logical_locations: Vec::new(),
        message: Some(Text { text: &place.message }),
    });
    let element = Some(diagnostic.element.as_str()).filter(|element| !element.is_empty());
    let suppressions = match &diagnostic.state {
        State::New => Vec::new(),
        State::Waived { because } => vec![Suppression {
            kind: "inSource",
            justification: because,
        }],
        State::Baselined => vec![Suppression {
            kind: "external",
            justification: "accepted in archwright.lock",
        }],
    };
    let fixes = diagnostic.fixes.iter().zip(&finding.edits);
    Outcome {
        rule_id: code,
        rule_index: codes.iter().position(|known| *known == code).unwrap_or_default(),
        level: level(diagnostic.severity),
        message: Text {
            text: &diagnostic.message,
        },
        locations: [Location {
            id: None,
            physical: physical(&finding.source, &diagnostic.at.range),
            logical_locations: element
                .map(|name| Logical {
                    fully_qualified_name: name,
                })
                .into_iter()
                .collect(),
            message: None,
        }],
        related_locations: related.collect(),
        partial_fingerprints: BTreeMap::from([("archwright/v1", fingerprint(finding, seen))]),
        suppressions,
        fixes: fixes
            .filter(|(_, changes)| !changes.is_empty())
            .map(|(fix, changes)| Fix {
                description: Text { text: &fix.title },
                artifact_changes: changes.iter().map(artifact_change).collect(),
            })
            .collect(),
        properties: Details {
            help: diagnostic.help.as_deref(),
            clauses: &diagnostic.clauses,
        },
    }
}

/// What stays the same while lines move, and which one of several alike it is.
fn fingerprint(finding: &Finding, seen: &mut BTreeMap<String, usize>) -> String {
    let key = &finding.diagnostic.fingerprint;
    let number = seen.entry(key.clone()).or_default();
    *number += 1;
    format!("{key} {number}")
}

fn artifact(source: &Source) -> Artifact {
    let path = source.name.replace('\\', "/");
    Artifact {
        uri: utf8_percent_encode(&path, PATH).to_string(),
    }
}

fn physical(source: &Source, range: &Range<u32>) -> Physical {
    Physical {
        artifact_location: artifact(source),
        region: region(source, range),
    }
}

fn region(source: &Source, range: &Range<u32>) -> Region {
    let (start, end) = (source.position(range.start), source.position(range.end));
    Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

fn artifact_change(change: &Change) -> ArtifactChange<'_> {
    ArtifactChange {
        artifact_location: artifact(&change.source),
        replacements: change
            .edits
            .iter()
            .map(|edit| Replacement {
                deleted_region: region(&change.source, &edit.range),
                inserted_content: Text { text: &edit.text },
            })
            .collect(),
    }
}
