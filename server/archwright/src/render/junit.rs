//! `JUnit` XML: a suite per file, a case per finding, so that test reports show what is wrong with a blueprint.

use archwright_analysis::diagnostic::{Severity, State};
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::{Finding, Report};

/// `report` as XML. A finding that is milder than `threshold` is a case that passes, with the finding as its output; what does
/// not count is a case that was skipped; a file without findings is one case that passes.
pub(crate) fn render(report: &Report, threshold: Severity) -> String {
    let mut junit = Junit::new("archwright");
    let mut names: Vec<&str> = report.names.iter().map(String::as_str).collect();
    names.extend(report.findings.iter().map(|finding| finding.source.name.as_str()));
    names.sort_unstable();
    names.dedup();
    for name in names {
        let mut suite = TestSuite::new(name.to_owned());
        let found = report
            .findings
            .iter()
            .filter(|finding| finding.source.name == name);
        suite.add_test_cases(found.map(|finding| case(finding, threshold)));
        if suite.test_cases.is_empty() {
            suite.add_test_case(TestCase::new("no findings", TestCaseStatus::success()));
        }
        junit.add_test_suite(suite);
    }
    let mut text = junit
        .to_string()
        .expect("plain text in memory can be written as XML");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn case(finding: &Finding, threshold: Severity) -> TestCase {
    let diagnostic = &finding.diagnostic;
    let start = finding.source.position(diagnostic.at.range.start);
    let status = match &diagnostic.state {
        State::Waived { because } => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("waived: {because}"));
            status
        }
        State::Baselined => {
            let mut status = TestCaseStatus::skipped();
            status.set_message("accepted in archwright.lock");
            status
        }
        State::New if diagnostic.severity <= threshold => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(diagnostic.severity.word());
            status.set_message(diagnostic.message.clone());
            status.set_description(text(finding));
            status
        }
        State::New => TestCaseStatus::success(),
    };
    let mild = matches!(status, TestCaseStatus::Success { .. });
    let title = if diagnostic.element.is_empty() {
        diagnostic.code.to_string()
    } else {
        format!("{} {}", diagnostic.code, diagnostic.element)
    };
    let mut case = TestCase::new(format!("{title} (line {})", start.line), status);
    case.set_classname(diagnostic.code.replace('.', "/"));
    if mild {
        case.set_system_out(text(finding));
    }
    case
}

fn text(finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let place = finding.source.position(diagnostic.at.range.start);
    let mut text = format!(
        "{}:{}:{}: {}: {}\n",
        finding.source.name,
        place.line,
        place.column,
        diagnostic.severity.word(),
        diagnostic.message
    );
    for related in &finding.related {
        let place = related.source.position(related.range.start);
        text.push_str(&format!(
            "{}:{}:{}: {}\n",
            related.source.name, place.line, place.column, related.message
        ));
    }
    for more in diagnostic
        .help
        .iter()
        .map(String::as_str)
        .chain(diagnostic.clauses.iter().copied())
    {
        text.push_str(more);
        text.push('\n');
    }
    text.push_str(&archwright_analysis::url(&diagnostic.code));
    text
}
