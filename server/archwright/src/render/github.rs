//! Workflow commands of GitHub Actions: each finding that counts becomes an annotation at its line.

use archwright_analysis::diagnostic::{Severity, State};

use super::{Finding, Report};

/// `report` as one command per finding that counts.
pub(crate) fn render(report: &Report) -> String {
    let counting = report
        .findings
        .iter()
        .filter(|finding| finding.diagnostic.state == State::New);
    counting.map(command).collect()
}

fn command(finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Hint => "notice",
    };
    let start = finding.source.position(diagnostic.at.range.start);
    let end = finding.source.position(diagnostic.at.range.end);
    // Columns are only understood within one line.
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column)
    } else {
        String::new()
    };
    let help = diagnostic
        .help
        .as_ref()
        .map_or_else(String::new, |help| format!("\n{help}"));
    format!(
        "::{word} file={},line={},endLine={}{columns},title={}::{}\n",
        property(&finding.source.name),
        start.line,
        end.line,
        property(&diagnostic.code),
        data(&format!(
            "{}{help}\n{}",
            diagnostic.message,
            archwright_analysis::url(&diagnostic.code)
        )),
    )
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands between commas.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn signs_with_a_meaning_are_escaped() {
        assert_eq!(
            data("100 % of it:\r\nall, really"),
            "100 %25 of it:%0D%0Aall, really"
        );
        assert_eq!(property("a,b:c%"), "a%2Cb%3Ac%25");
    }
}
