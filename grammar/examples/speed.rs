//! Measures lexing, cutting and parsing: `cargo run --release -p archwright-grammar --example speed`
#![allow(clippy::disallowed_methods, reason = "a measurement needs a clock")]
#![allow(
    clippy::cast_precision_loss,
    reason = "averages need no more digits than a float has"
)]

use std::{fmt::Write as _, hint::black_box, time::Instant};

use archwright_grammar::{items, lexer, parser};

/// A service of ten lines, as a model generator would write it.
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
    calls Orders{}.place {{ timeout 300ms; retry 2 backoff 50ms..1s; breaker }}
    emits OrderPlaced
  }}
  event OrderPlaced v1 {{ key order; order: uuid; placed_at: instant }}
}}
",
        number + 1
    );
    text
}

fn measure(what: &str, bytes: usize, times: usize, mut run: impl FnMut()) {
    let start = Instant::now();
    for _ in 0..times {
        run();
    }
    let each = start.elapsed().as_secs_f64() / times as f64;
    println!(
        "{what:<28} {:>9.2} µs {:>8.1} MB/s",
        each * 1e6,
        bytes as f64 / each / 1e6
    );
}

fn main() {
    let one = item(1);
    let all: String = (0..1_000).map(item).collect();
    let pieces = items::cut(&all);
    assert_eq!(pieces.len(), 1_000);
    assert!(parser::file_errors(&all).is_empty());
    let edit = items::Edit {
        start: pieces[500].start + 100,
        removed: 0,
        inserted: 1,
    };
    let mut edited = all.clone();
    edited.insert(edit.start as usize, 'x');
    measure("lex one item", one.len(), 20_000, || {
        black_box(lexer::lex(&one).count());
    });
    measure("parse one item", one.len(), 20_000, || {
        black_box(parser::parse_item(&one));
    });
    measure("parse one item, 1 error", one.len(), 20_000, || {
        black_box(parser::parse_item(&one[..one.len() - 2]));
    });
    measure("cut 11,000 lines", all.len(), 100, || {
        black_box(items::cut(&all));
    });
    measure("recut after one keystroke", 1, 20_000, || {
        black_box(items::recut(edited.as_str(), &pieces, edit));
    });
    measure("parse 11,000 lines", all.len(), 20, || {
        black_box(parser::parse_file(&all));
    });
}
