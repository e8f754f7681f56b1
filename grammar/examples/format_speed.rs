//! Measures the formatter: `cargo run --release -p archwright-grammar --example format_speed`
#![allow(clippy::disallowed_methods, reason = "a measurement needs a clock")]

use std::{fmt::Write as _, hint::black_box, time::Instant};

use archwright_grammar::{
    format::{Options, edits, format, on_type, range},
    span::Span,
};

const LINES: usize = 100_000;

/// Ten lines, as somebody would write them.
fn item(number: usize) -> String {
    let mut text = String::new();
    let _ = write!(
        text,
        "/// Service {number}.
service Orders{number} in Ordering {{
  store Db: postgres {{ encrypted; backup daily keep 30d }}
  entity Order {{ id: uuid @id; patient: ref Patients.Patient; total: decimal(12, 2) @min(0) }}
  endpoint place POST /v1/orders (body: new Order) -> Order {{
    allow Clinician where clinic == caller.tenant and status in [open, placed]
    calls Orders.place {{ timeout 300ms; retry 2 backoff 50ms..1s; breaker }}
    emits OrderPlaced
  }}
}}
"
    );
    text
}

fn measure<T>(what: &str, mut run: impl FnMut() -> T) {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        black_box(run());
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{what:<44} {:>9.3} ms", best * 1e3);
}

fn main() {
    let options = Options::default();
    let good: String = (0..LINES / 10).map(item).collect();
    assert_eq!(good.lines().count(), LINES);
    assert!(edits(&good, &options).is_empty(), "the text is formatted");
    // Every line has something to change; the number of lines stays.
    let bad = good
        .replace("  ", "\t")
        .replace("; ", " ;")
        .replace(" {", "  {")
        .replace(", ", ",");
    assert!(edits(&bad, &options).len() > LINES);
    let middle = good.len() as u32 / 2;
    let end = good[middle as usize..]
        .find('\n')
        .map_or(middle, |length| middle + length as u32 + 1);
    measure("100,000 lines that are formatted", || format(&good, &options));
    measure("100,000 lines that are not", || format(&bad, &options));
    measure("one line of 100,000", || {
        range(&bad, Span::new(middle, middle + 10), &options)
    });
    measure("a line end in 100,000 lines", || {
        on_type(&good, end, '\n', &options)
    });
}
