//! The JSON of `archwright check --format json`. Its shape is a contract with programs.

use archwright_analysis::diagnostic::State;
use serde::Serialize;

use super::source::LineColumn;
use super::{Report, Source};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    findings: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixed: Vec<Fixed<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: &'a str,
    element: &'a str,
    message: &'a str,
    help: &'a str,
    url: String,
    clauses: &'a [&'static str],
    origin: String,
    file: &'a str,
    range: Range,
    related: Vec<Related<'a>>,
    fixes: Vec<Fix<'a>>,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
}

#[derive(Serialize)]
struct Fixed<'a> {
    code: &'a str,
    element: &'a str,
    title: &'a str,
    file: &'a str,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    file: &'a str,
    range: Range,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    safety: &'a str,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    items: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    hints: usize,
    waived: usize,
    baselined: usize,
}

impl From<LineColumn> for Position {
    fn from(place: LineColumn) -> Self {
        Self {
            line: place.line,
            column: place.column,
        }
    }
}

fn range(source: &Source, range: &std::ops::Range<u32>) -> Range {
    Range {
        start: source.position(range.start).into(),
        end: source.position(range.end).into(),
    }
}

/// `report` as one line of JSON, with a line end.
pub(crate) fn render(report: &Report) -> String {
    let counts = report.counts();
    let document = Document {
        version: 1,
        findings: report.findings.iter().map(finding).collect(),
        fixed: report
            .fixed
            .iter()
            .map(|fixed| Fixed {
                code: &fixed.code,
                element: &fixed.element,
                title: &fixed.title,
                file: &fixed.file,
            })
            .collect(),
        summary: Summary {
            files: report.files,
            items: report.items,
            errors: counts.errors,
            warnings: counts.warnings,
            infos: counts.infos,
            hints: counts.hints,
            waived: counts.waived,
            baselined: counts.baselined,
        },
    };
    to_line(&document)
}

/// Any value as one line of JSON, with a line end.
pub(crate) fn to_line(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).expect("plain data with string keys always serialises");
    text.push('\n');
    text
}

fn finding(finding: &super::Finding) -> Finding<'_> {
    let diagnostic = &finding.diagnostic;
    let (state, because) = match &diagnostic.state {
        State::New => ("new", None),
        State::Waived { because } => ("waived", Some(because.as_str())),
        State::Baselined => ("baselined", None),
    };
    Finding {
        code: &diagnostic.code,
        severity: diagnostic.severity.word(),
        element: &diagnostic.element,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref().unwrap_or_default(),
        url: archwright_analysis::url(&diagnostic.code),
        clauses: &diagnostic.clauses,
        origin: diagnostic.origin.because(),
        file: &finding.source.name,
        range: range(&finding.source, &diagnostic.at.range),
        related: finding
            .related
            .iter()
            .map(|place| Related {
                message: &place.message,
                file: &place.source.name,
                range: range(&place.source, &place.range),
            })
            .collect(),
        fixes: diagnostic
            .fixes
            .iter()
            .map(|fix| Fix {
                title: &fix.title,
                safety: fix.safety.word(),
            })
            .collect(),
        state,
        because,
    }
}
