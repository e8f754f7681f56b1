//! Measures what users feel, and prints it beside the budgets in `budgets.toml`.
//!
//! `archwright-benches SERVER [SERVICES]`: the release binary, and how many services the blueprint has (10,000).

// A benchmark is about the clock, and it runs the real program on real files.
#![allow(clippy::disallowed_methods)]
// Counts and milliseconds are small; their figures are for people.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_wrap)]

mod blueprint;
mod language;
mod session;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use archwright_analysis::{Config, Host, Profile};
use serde::Deserialize;
use serde_json::json;
use session::{Outcome, Session};

#[derive(Deserialize)]
struct Budgets {
    keystroke: Keystroke,
    first_check: FirstCheck,
    settling: Settling,
    memory: Memory,
    incremental: Incremental,
    recovery: Recovery,
    format: Format,
}

#[derive(Deserialize)]
struct Keystroke {
    latency_p99_ms: f64,
    cpu_ms: f64,
}

#[derive(Deserialize)]
struct FirstCheck {
    seconds: f64,
}

#[derive(Deserialize)]
struct Settling {
    first_ms: f64,
    again_ms: f64,
}

#[derive(Deserialize)]
struct Memory {
    megabytes: f64,
}

#[derive(Deserialize)]
struct Incremental {
    items_parsed: f64,
    any_items_parsed_median: f64,
    any_items_parsed_p99: f64,
    any_bytes_median: f64,
    any_bytes_p99: f64,
}

#[derive(Deserialize)]
struct Recovery {
    members_lost_percent: f64,
    statements_lost_percent: f64,
    other_items_changed: f64,
    errors_per_mistake: f64,
}

#[derive(Deserialize)]
struct Format {
    milliseconds: f64,
}

/// Keystrokes that are measured; each pair types and deletes a letter.
const KEYSTROKES: usize = 2_000;

/// Edits of all kinds whose cost is counted.
const EDITS: usize = 10_000;

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let server = PathBuf::from(
        args.next()
            .ok_or("say where the server is: archwright-benches SERVER [SERVICES]")?,
    )
    // The sessions run in other folders.
    .canonicalize()?;
    let services: usize = args.next().map_or(Ok(10_000), |count| count.parse())?;
    let budgets: Budgets = toml::from_str(include_str!("../budgets.toml"))?;
    let text = blueprint::blueprint(services);
    let folder = std::env::temp_dir().join(format!("archwright-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("archwright.toml"), "profile = \"recommended\"\n")?;
    std::fs::write(folder.join("big.arch"), &text)?;
    let measured = measure(&server, &folder, &text, services, &budgets);
    std::fs::remove_dir_all(&folder)?;
    let missed = measured?;
    if missed > 0 {
        println!("{missed} budget{} missed", if missed == 1 { "" } else { "s" });
    }
    Ok(())
}

fn measure(server: &Path, folder: &Path, text: &str, services: usize, budgets: &Budgets) -> Outcome<usize> {
    println!(
        "{} lines, {services} services, {:.1} MB",
        text.lines().count(),
        text.len() as f64 / 1e6
    );
    let mut missed = 0;
    let mut report = |what: &str, value: f64, budget: Option<f64>, unit: &str| {
        let verdict = match budget {
            None => String::new(),
            // A build without optimisation is not what users have.
            Some(_) if cfg!(debug_assertions) => "not judged: this build is not optimised".to_owned(),
            Some(budget) if value <= budget => format!("budget {budget} {unit}: kept"),
            Some(budget) => {
                missed += 1;
                format!("budget {budget} {unit}: MISSED")
            }
        };
        println!("{what:<52} {value:>10.3} {unit:<6} {verdict}");
    };

    let best = (0..3)
        .map(|_| first_check(server, folder))
        .collect::<Outcome<Vec<f64>>>()?;
    let best = best.into_iter().fold(f64::INFINITY, f64::min);
    report(
        "first check from the command line, best of 3",
        best,
        Some(budgets.first_check.seconds),
        "s",
    );

    let typed = type_in_editor(server, folder, text, services)?;
    report(
        "keystroke to diagnostics, median",
        percentile(&typed.latencies, 50),
        None,
        "ms",
    );
    report(
        "keystroke to diagnostics, p99",
        percentile(&typed.latencies, 99),
        Some(budgets.keystroke.latency_p99_ms),
        "ms",
    );
    report(
        "keystroke to diagnostics, slowest",
        percentile(&typed.latencies, 100),
        None,
        "ms",
    );
    report(
        "server's processor time per keystroke, mean",
        typed.cpu_ms,
        Some(budgets.keystroke.cpu_ms),
        "ms",
    );
    report(
        "server's memory",
        typed.memory_mb,
        Some(budgets.memory.megabytes),
        "MB",
    );

    let inside = incremental(text, services);
    report(
        "items parsed per edit inside an item",
        inside.items,
        Some(budgets.incremental.items_parsed),
        "items",
    );
    report(
        "edit and first look, in process, median",
        percentile(&inside.times, 50),
        None,
        "ms",
    );
    report(
        "edit and first look, in process, p99",
        percentile(&inside.times, 99),
        None,
        "ms",
    );
    for (when, times, budget) in [
        ("first", &inside.settled_first, budgets.settling.first_ms),
        ("further", &inside.settled_again, budgets.settling.again_ms),
    ] {
        for (part, percent, budget) in [("median", 50, None), ("slowest", 100, Some(budget))] {
            report(
                &format!("settling after the {when} edit of an item, {part}"),
                percentile(times, percent),
                budget,
                "ms",
            );
        }
    }

    let edited = language::edited(text, if services < 1_000 { EDITS / 10 } else { EDITS });
    for (what, counted, median, p99) in [
        ("bytes cut again", &edited.bytes_cut, None, None),
        (
            "bytes lexed and parsed again",
            &edited.bytes_lexed,
            Some(budgets.incremental.any_bytes_median),
            Some(budgets.incremental.any_bytes_p99),
        ),
        (
            "items parsed again",
            &edited.items_parsed,
            Some(budgets.incremental.any_items_parsed_median),
            Some(budgets.incremental.any_items_parsed_p99),
        ),
    ] {
        for (part, percent, budget) in [("median", 50, median), ("p99", 99, p99)] {
            let unit = if what.starts_with("items") {
                "items"
            } else {
                "bytes"
            };
            let value = percentile(counted, percent) as f64;
            report(
                &format!("{what} per edit of any kind, {part}"),
                value,
                budget,
                unit,
            );
        }
    }

    let formatting = language::formatting(text);
    report(
        "formatting all of it, best of 3",
        formatting.untidy_ms,
        Some(budgets.format.milliseconds),
        "ms",
    );
    report(
        "formatting what is formatted, best of 3",
        formatting.tidy_ms,
        Some(budgets.format.milliseconds),
        "ms",
    );

    // All tokens take minutes without optimisation.
    let recovery = language::recovery(if cfg!(debug_assertions) { 29 } else { 1 })?;
    println!(
        "{} times one token of the examples was missing or stood twice:",
        recovery.mutations
    );
    report(
        "other members of the item that changed",
        100.0 - recovery.members.percent(),
        Some(budgets.recovery.members_lost_percent),
        "%",
    );
    report(
        "other statements of the item that changed",
        100.0 - recovery.statements.percent(),
        Some(budgets.recovery.statements_lost_percent),
        "%",
    );
    report(
        "other items that changed",
        (recovery.items.all - recovery.items.kept) as f64,
        Some(budgets.recovery.other_items_changed),
        "items",
    );
    report(
        "errors per mistake, mean",
        recovery.errors as f64 / recovery.mutations as f64,
        Some(budgets.recovery.errors_per_mistake),
        "",
    );
    for ((class, mutation), (times, share)) in &recovery.classes {
        let what = format!("  {class} {mutation:?}, {times} times: members kept").to_lowercase();
        report(&what, share.percent(), None, "%");
    }
    Ok(missed)
}

/// Seconds of one `archwright check`.
fn first_check(server: &Path, folder: &Path) -> Outcome<f64> {
    let start = Instant::now();
    let output = Command::new(server)
        .args(["check", "--format", "json"])
        .arg(folder)
        .output()?;
    let seconds = start.elapsed().as_secs_f64();
    if output.status.code() != Some(0) {
        return Err(format!(
            "the check of a healthy blueprint failed: {}{}",
            String::from_utf8_lossy(&output.stderr),
            String::from_utf8_lossy(&output.stdout)
                .chars()
                .take(600)
                .collect::<String>()
        )
        .into());
    }
    Ok(seconds)
}

struct Typed {
    /// Milliseconds, sorted.
    latencies: Vec<f64>,
    cpu_ms: f64,
    memory_mb: f64,
}

/// Types and deletes letters all over the file; every keystroke changes what is wrong.
fn type_in_editor(server: &Path, folder: &Path, text: &str, services: usize) -> Outcome<Typed> {
    let places: Vec<(u32, u32)> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| *line == "    allow Member")
        .map(|(number, line)| (number as u32, line.len() as u32))
        .collect();
    assert_eq!(places.len(), services, "each service has one `allow`");
    let uri = format!("file://{}", folder.join("big.arch").display());
    let mut session = Session::start(server, folder)?;
    session.notify(
        "textDocument/didOpen",
        &json!({ "textDocument": { "uri": uri, "languageId": "arch", "version": 0, "text": text } }),
    )?;
    session.diagnostics(0)?;
    // Steps that share no factor with the number of services visit all over the file.
    let place = |step: usize| places[(step / 2 * 7_919) % places.len()];
    let keystroke = |session: &mut Session, step: usize| -> Outcome<f64> {
        let (line, column) = place(step);
        let (end, text) = if step.is_multiple_of(2) {
            (column, "x")
        } else {
            (column + 1, "")
        };
        let version = step as i64 + 1;
        let start = Instant::now();
        session.notify(
            "textDocument/didChange",
            &json!({
                "textDocument": { "uri": uri, "version": version },
                "contentChanges": [{
                    "range": { "start": { "line": line, "character": column }, "end": { "line": line, "character": end } },
                    "text": text,
                }],
            }),
        )?;
        let found = session.diagnostics(version)?;
        let elapsed = start.elapsed().as_secs_f64() * 1e3;
        let expected = usize::from(step.is_multiple_of(2));
        let count = found.as_array().map_or(0, Vec::len);
        if count != expected {
            return Err(
                format!("keystroke {step}: {count} diagnostics instead of {expected}: {found}").into(),
            );
        }
        Ok(elapsed)
    };
    for step in 0..200 {
        keystroke(&mut session, step)?;
    }
    let before = processor_ms(session.id())?;
    let mut latencies = Vec::with_capacity(KEYSTROKES);
    for step in 200..200 + KEYSTROKES {
        latencies.push(keystroke(&mut session, step)?);
    }
    let cpu_ms = (processor_ms(session.id())? - before) / KEYSTROKES as f64;
    let memory_mb = memory_mb(session.id())?;
    session.stop()?;
    latencies.sort_by(f64::total_cmp);
    Ok(Typed {
        latencies,
        cpu_ms,
        memory_mb,
    })
}

/// Processor time of a process so far, milliseconds; Linux counts in hundredths of a second.
fn processor_ms(process: u32) -> Outcome<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let user: f64 = fields.get(11).ok_or("no processor time")?.parse()?;
    let system: f64 = fields.get(12).ok_or("no processor time")?.parse()?;
    Ok((user + system) * 10.0)
}

fn memory_mb(process: u32) -> Outcome<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .ok_or("no memory figure")?;
    let kilobytes: f64 = line
        .split_whitespace()
        .nth(1)
        .ok_or("no memory figure")?
        .parse()?;
    Ok(kilobytes / 1024.0)
}

struct Inside {
    items: f64,
    /// Milliseconds, sorted.
    times: Vec<f64>,
    settled_first: Vec<f64>,
    settled_again: Vec<f64>,
}

/// The same keystrokes without a protocol: what the analysis itself costs.
fn incremental(text: &str, services: usize) -> Inside {
    let mut host = Host::new(Config {
        profile: Profile::Recommended,
        ..Config::default()
    });
    host.load(vec![("big.arch".to_owned(), text.to_owned())], &|jobs| {
        for job in jobs {
            job();
        }
    });
    let file = host.file("big.arch").expect("loaded above");
    let places: Vec<u32> = text
        .match_indices("    allow Member")
        .map(|(at, found)| (at + found.len()) as u32)
        .collect();
    assert_eq!(places.len(), services, "each service has one `allow`");
    let before = host.items_set();
    let mut times = Vec::with_capacity(KEYSTROKES);
    for step in 0..KEYSTROKES {
        let at = places[(step / 2 * 7_919) % places.len()];
        let start = Instant::now();
        if step.is_multiple_of(2) {
            host.edit(file, at..at, "x");
        } else {
            host.edit(file, at..at + 1, "");
        }
        host.refresh();
        let found = host.diagnostics(file).len();
        times.push(start.elapsed().as_secs_f64() * 1e3);
        assert_eq!(found, usize::from(step.is_multiple_of(2)), "keystroke {step}");
    }
    let items = (host.items_set() - before) as f64 / KEYSTROKES as f64;
    times.sort_by(f64::total_cmp);
    let (settled_first, settled_again) = settling(text, &places);
    Inside {
        items,
        times,
        settled_first,
        settled_again,
    }
}

/// Services that are edited, for how long settling takes afterwards.
const SETTLED: usize = 10;

/// How long settling takes after an edit that changes what a service says: the first one of that service, and further ones.
/// Milliseconds, sorted.
fn settling(text: &str, places: &[u32]) -> (Vec<f64>, Vec<f64>) {
    let mut host = Host::new(Config {
        profile: Profile::Recommended,
        ..Config::default()
    });
    host.load(vec![("big.arch".to_owned(), text.to_owned())], &|jobs| {
        for job in jobs {
            job();
        }
    });
    let file = host.file("big.arch").expect("loaded above");
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for number in 0..SETTLED {
        let at = places[number * 7_919 % places.len()];
        // A letter more and less in the name of a role; then another timeout, in the line behind.
        let timeout = at + text[at as usize..].find("timeout ").map_or(0, |found| found + 8) as u32;
        for (step, (at, removed, added)) in [(at, 0, "x"), (at, 1, ""), (timeout, 0, "9"), (timeout, 1, "")]
            .into_iter()
            .enumerate()
        {
            host.edit(file, at..at + removed, added);
            host.refresh();
            let start = Instant::now();
            host.settle();
            let time = start.elapsed().as_secs_f64() * 1e3;
            if step == 0 { &mut first } else { &mut again }.push(time);
        }
    }
    first.sort_by(f64::total_cmp);
    again.sort_by(f64::total_cmp);
    (first, again)
}

/// Of sorted values.
fn percentile<T: Copy>(sorted: &[T], percent: usize) -> T {
    let index = (sorted.len() * percent / 100).min(sorted.len() - 1);
    sorted[index]
}
