//! `archwright check --timing`: how long each rule takes.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use archwright_analysis::timing::{Timing, measure};

use crate::workspace::analysis_config;
use crate::workspace::load::Loaded;

/// From this share on a rule takes more than its part, in percent.
const MUCH: f64 = 10.0;

/// A line for each rule, the slowest first, and the stages before them.
pub(super) fn table(loaded: &Loaded) -> String {
    // This is a measurement, so it reads a clock.
    #[allow(clippy::disallowed_methods)]
    let start = Instant::now();
    render(measure(
        &analysis_config(&loaded.settings),
        loaded.texts.clone(),
        &|| start.elapsed(),
    ))
}

fn render(mut timings: Vec<Timing>) -> String {
    let all: Duration = timings.iter().map(|timing| timing.time).sum();
    // Stable, so that equally fast ones stay in the order of the registry.
    timings.sort_by(|left, right| (left.is_rule, right.time).cmp(&(right.is_rule, left.time)));
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let share = |time: Duration| 100.0 * time.as_secs_f64() / all.as_secs_f64().max(f64::MIN_POSITIVE);
    let mut text = format!(
        "{:<44} {:>10} {:>7} {:>9}\n",
        "part or rule", "ms", "share", "findings"
    );
    for timing in &timings {
        let much = if timing.is_rule && share(timing.time) > MUCH {
            "  more than 10 %"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "{:<44} {:>10.2} {:>5.1} % {:>9}{much}",
            timing.part,
            milliseconds(timing.time),
            share(timing.time),
            timing.findings
        );
    }
    let _ = write!(text, "{:<44} {:>10.2}", "all, on one core", milliseconds(all));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_come_first_and_then_the_slowest() {
        let timing = |part, is_rule, ms| Timing {
            part,
            is_rule,
            time: Duration::from_millis(ms),
            findings: 2,
        };
        let text = render(vec![
            timing("reading", false, 50),
            timing("a.fast", true, 5),
            timing("a.slow", true, 45),
        ]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].starts_with("reading") && lines[1].contains("50.0 %"));
        assert!(lines[2].starts_with("a.slow") && lines[2].ends_with("2  more than 10 %"));
        assert!(lines[3].starts_with("a.fast") && lines[3].contains(" 5.0 %"));
        assert!(lines[4].ends_with("100.00"));
    }
}
