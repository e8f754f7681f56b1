//! Findings for people: a snippet with the places marked, what to do, and a last line that sums up.

use std::fmt;
use std::sync::Arc;

use archwright_analysis::diagnostic::{Diagnostic, Severity, State};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::excerpt::{self, Excerpt};
use super::source::visible;
use super::{Counts, Finding, Place, Report, Source};

/// Width of wrapped text where the output is not a terminal that says its own.
const WIDTH: usize = 100;

/// How text is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    /// Colours and clickable links.
    pub(crate) colour: bool,
}

impl Style {
    /// Neither colours nor links.
    pub(crate) const PLAIN: Self = Self { colour: false };
}

/// The findings that count, then the summary.
pub(crate) fn render(report: &Report, style: Style) -> String {
    let handler = handler(style);
    let mut out = fixed(report);
    for finding in &report.findings {
        if finding.diagnostic.state == State::New {
            show(&handler, &View::of(finding), &mut out);
        }
    }
    out.push_str(&summary(report));
    out.push('\n');
    out
}

/// What was repaired, a line each.
pub(crate) fn fixed(report: &Report) -> String {
    let mut out = String::new();
    for fixed in &report.fixed {
        let about = if fixed.element.is_empty() {
            fixed.code.clone()
        } else {
            format!("{}, {}", fixed.code, fixed.element)
        };
        out.push_str(&format!("fixed  {}: {} ({about})\n", fixed.file, fixed.title));
    }
    out
}

/// One finding.
pub(crate) fn one(finding: &Finding, style: Style) -> String {
    let mut out = String::new();
    show(&handler(style), &View::of(finding), &mut out);
    out
}

/// `2 errors, 1 warning in 5 files (3 waived, 4 baselined)`.
pub(crate) fn summary(report: &Report) -> String {
    if report.files == 0 {
        // "No findings" would sound as if somebody had looked.
        return "No .arch file was checked.".to_owned();
    }
    let Counts {
        errors,
        warnings,
        infos,
        hints,
        waived,
        baselined,
    } = report.counts();
    let parts: Vec<String> = [
        (errors, "error"),
        (warnings, "warning"),
        (infos, "info"),
        (hints, "hint"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| plural(count, word))
    .collect();
    let found = if parts.is_empty() {
        "No findings".to_owned()
    } else {
        parts.join(", ")
    };
    let silent: Vec<String> = [(waived, "waived"), (baselined, "baselined")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let silent = if silent.is_empty() {
        String::new()
    } else {
        format!(" ({})", silent.join(", "))
    };
    let gone = match report.gone {
        0 => String::new(),
        1 => " 1 accepted finding is gone: `archwright baseline prune` forgets it.".to_owned(),
        count => format!(" {count} accepted findings are gone: `archwright baseline prune` forgets them."),
    };
    let fixed = match report.fixed.len() {
        0 => String::new(),
        count => format!("{} fixed. ", plural(count, "finding")),
    };
    format!(
        "{fixed}{found} in {}, {}{silent}.{gone}",
        plural(report.files, "file"),
        plural(report.items, "item")
    )
}

/// `1 file`, `2 files`.
pub(crate) fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn handler(style: Style) -> GraphicalReportHandler {
    let theme = if style.colour {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(WIDTH)
        .with_links(style.colour)
        .with_context_lines(1)
}

fn show(handler: &GraphicalReportHandler, view: &View, out: &mut String) {
    if handler.render_report(out, view).is_err() {
        // A place that cannot be drawn must not hide the finding itself.
        out.push_str(&view.message);
        out.push('\n');
    }
    out.push('\n');
}

/// A finding as miette wants it.
#[derive(Debug)]
struct View {
    message: String,
    code: Option<String>,
    severity: miette::Severity,
    help: Option<String>,
    url: Option<String>,
    source: Text,
    labels: Vec<LabeledSpan>,
    related: Vec<View>,
}

/// Where a snippet is taken from.
#[derive(Debug)]
enum Text {
    Whole(Arc<Source>),
    Piece(Excerpt),
}

impl Text {
    /// The text to show for a place, and the place in it.
    fn at(source: &Arc<Source>, range: &std::ops::Range<u32>) -> (Self, miette::SourceSpan) {
        match excerpt::of(source, range) {
            Some((excerpt, span)) => (Self::Piece(excerpt), span),
            None => (Self::Whole(source.clone()), source.span(range)),
        }
    }
}

impl View {
    fn of(finding: &Finding) -> Self {
        let diagnostic = &finding.diagnostic;
        let (source, span) = Text::at(&finding.source, &diagnostic.at.range);
        let mut labels = vec![LabeledSpan::new_primary_with_span(None, span)];
        let mut related = Vec::new();
        for place in &finding.related {
            if matches!(source, Text::Whole(_)) && Arc::ptr_eq(&place.source, &finding.source) {
                let span = place.source.span(&place.range);
                labels.push(LabeledSpan::new_with_span(
                    Some(visible(place.message.clone())),
                    span,
                ));
            } else {
                related.push(Self::elsewhere(place));
            }
        }
        Self {
            message: visible(diagnostic.message.clone()),
            code: Some(diagnostic.code.to_string()),
            severity: match diagnostic.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Info | Severity::Hint => miette::Severity::Advice,
            },
            help: help(diagnostic),
            url: Some(archwright_analysis::url(&diagnostic.code)),
            source,
            labels,
            related,
        }
    }

    fn elsewhere(place: &Place) -> Self {
        let (source, span) = Text::at(&place.source, &place.range);
        Self {
            message: visible(place.message.clone()),
            code: None,
            severity: miette::Severity::Advice,
            help: None,
            url: None,
            source,
            labels: vec![LabeledSpan::new_primary_with_span(None, span)],
            related: Vec::new(),
        }
    }
}

/// The help, the clauses that ask for it, and the titles of the repairs that an editor offers.
fn help(diagnostic: &Diagnostic) -> Option<String> {
    let mut lines: Vec<String> = diagnostic.help.iter().cloned().collect();
    if !diagnostic.clauses.is_empty() {
        lines.push(format!("asked by: {}", diagnostic.clauses.join(", ")));
    }
    for fix in &diagnostic.fixes {
        lines.push(format!("fix ({}): {}", fix.safety.word(), fix.title));
    }
    (!lines.is_empty()).then(|| visible(lines.join("\n")))
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for View {}

impl miette::Diagnostic for View {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code
            .as_ref()
            .map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.url
            .as_ref()
            .map(|url| Box::new(url) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(match &self.source {
            Text::Whole(source) => source.as_ref(),
            Text::Piece(excerpt) => excerpt,
        })
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(
            self.related.iter().map(|view| view as &dyn miette::Diagnostic),
        ))
    }
}
