//! Fuzzing: builds the targets of `tests/fuzz` with coverage counters and lets libFuzzer look for texts that break a promise.
//!
//! Works with a stable compiler and without cargo-fuzz; the flags are the ones that `cargo fuzz build --sanitizer none` uses.

use std::{
    fmt::Write as _,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    time::Duration,
};

use archwright_grammar::vocabulary::{self, FORMS};

use crate::shell::{Outcome, command, headline, output, root, run, target};

/// The targets, with the longest input in bytes that each is given.
const TARGETS: &[(&str, u32)] = &[
    ("lexer", 4_096),
    ("cutter", 16_384),
    ("parser", 8_192),
    ("formatter", 8_192),
    ("edit_scripts", 8_192),
];

/// An input that takes longer than so many seconds hangs.
const HANG: u32 = 20;

/// Coverage counters, comparisons that guide the search, and a name for code that is only for this.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

/// Runs the targets called `names`, or all, for `seconds` each, `jobs` at a time. With a `seed` the search takes the same way every time;
/// without one each run looks elsewhere.
pub(crate) fn fuzz(names: &[String], seconds: u32, jobs: usize, seed: Option<u32>) -> Outcome<()> {
    let known = || {
        TARGETS
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    if let Some(name) = names
        .iter()
        .find(|name| !TARGETS.iter().any(|(known, _)| known == name))
    {
        return Err(format!("there is no target `{name}`: there are {}", known()));
    }
    let chosen: Vec<(&str, u32)> = TARGETS
        .iter()
        .copied()
        .filter(|(name, _)| names.is_empty() || names.iter().any(|chosen| chosen == name))
        .collect();
    let work = target().join("fuzz");
    headline("building the fuzz targets");
    let programs = build(&work)?;
    let seeds = seeds(&work)?;
    let dictionary = dictionary(&work)?;
    headline(&format!(
        "{} for {seconds} s each, {jobs} at a time",
        chosen
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(", ")
    ));
    let waiting = Mutex::new(chosen);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let next = {
                        let mut waiting = waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        if waiting.is_empty() {
                            None
                        } else {
                            Some(waiting.remove(0))
                        }
                    };
                    let Some((name, longest)) = next else { return };
                    let job = Job {
                        name,
                        longest,
                        seconds,
                        seed,
                        program: programs.join(name),
                        seeds: &seeds,
                        dictionary: &dictionary,
                        work: &work,
                    };
                    match job.run() {
                        Ok(line) => println!("{name}: {line}"),
                        Err(error) => {
                            println!("{name}: {error}");
                            failed
                                .lock()
                                .unwrap_or_else(std::sync::PoisonError::into_inner)
                                .push(name);
                        }
                    }
                }
            });
        }
    });
    let failed = failed
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("fuzzing found something: {}", failed.join(", ")))
    }
}

/// Builds all targets, and gives the folder of the programs.
fn build(work: &Path) -> Outcome<PathBuf> {
    let version = output(&mut command("rustc", ["-vV"]))?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("rustc does not say for which machine it compiles")?;
    let mut cargo = command(
        "cargo",
        [
            "build",
            "--release",
            "--bins",
            "--manifest-path",
            "tests/fuzz/Cargo.toml",
            // Not `--locked`: the lock file follows when a crate of the main workspace uses something new.
            // With a target named, build scripts and macros are compiled without the counters.
            "--target",
            host,
        ],
    );
    cargo
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", work);
    run(&mut cargo)?;
    Ok(work.join(host).join("release"))
}

/// A folder with all texts to begin with: the corpora, the examples, and what was found before.
fn seeds(work: &Path) -> Outcome<PathBuf> {
    let folder = work.join("seeds");
    crate::shell::remove(&folder)?;
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = Vec::new();
    for source in ["grammar/corpus", "grammar/tests", "examples"] {
        walk(&root().join(source), &mut paths)?;
    }
    paths.sort();
    for (number, path) in paths.iter().enumerate() {
        let to = folder.join(format!("{number:04}"));
        fs::copy(path, &to).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(folder)
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) -> Outcome<()> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let found_once = path
            .parent()
            .is_some_and(|folder| folder.ends_with("corpus/fuzz"));
        if path.is_dir() {
            walk(&path, into)?;
        } else if found_once || path.extension().is_some_and(|extension| extension == "arch") {
            into.push(path);
        }
    }
    Ok(())
}

/// The words of the language, which random bytes would hardly hit.
fn dictionary(work: &Path) -> Outcome<PathBuf> {
    let mut words: Vec<&str> = FORMS.iter().map(|form| form.word).collect();
    words.extend(vocabulary::CALLER_FIELDS.iter().map(|(field, _)| *field));
    words.extend(vocabulary::METHODS);
    words.extend([
        "->",
        "==",
        "!=",
        "..",
        "{ ",
        " }",
        "///",
        "//!",
        "/*",
        "\\r\\n",
        "and",
        "or",
        "not",
        "in",
        "is null",
        "where",
        "caller.",
        "secret(",
        "page ",
        "patch ",
        "new ",
        "ref ",
        "because",
        "\\\"",
        "30s",
        "70%",
        "10MB",
        "2026-05-02",
    ]);
    words.sort_unstable();
    words.dedup();
    let mut text = String::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        let _ = writeln!(text, "\"{}\"", word.replace("\\r\\n", "\\x0d\\x0a"));
    }
    let path = work.join("words.dict");
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// One run of one target.
struct Job<'a> {
    name: &'a str,
    longest: u32,
    seconds: u32,
    seed: Option<u32>,
    program: PathBuf,
    seeds: &'a Path,
    dictionary: &'a Path,
    work: &'a Path,
}

impl Job<'_> {
    /// Runs it to its end. Gives a line about what was tried, or says what was found and where the input is.
    fn run(&self) -> Outcome<String> {
        let failed = |path: &Path| {
            let path = path.display().to_string();
            move |error: std::io::Error| format!("{path}: {error}")
        };
        let corpus = self.work.join("corpus").join(self.name);
        let found = self.work.join("found");
        for folder in [&corpus, &found] {
            fs::create_dir_all(folder).map_err(failed(folder))?;
        }
        let log = self.work.join(format!("{}.log", self.name));
        let mut fuzzer = Command::new(&self.program);
        fuzzer
            .current_dir(root())
            .args([&corpus, self.seeds])
            .arg(format!("-max_total_time={}", self.seconds))
            .arg(format!("-max_len={}", self.longest))
            // 0 is a seed of the fuzzer's own choice.
            .arg(format!("-seed={}", self.seed.unwrap_or(0)))
            .arg(format!("-timeout={HANG}"))
            .arg(format!("-dict={}", self.dictionary.display()))
            .arg(format!("-artifact_prefix={}/{}-", found.display(), self.name))
            .args(["-rss_limit_mb=2048", "-print_final_stats=1"])
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(File::create(&log).map_err(failed(&log))?);
        let mut child = fuzzer.spawn().map_err(failed(&self.program))?;
        let status = wait(&mut child, self.seconds)?;
        let text = fs::read(&log).map_err(failed(&log))?;
        let text = String::from_utf8_lossy(&text);
        let fact = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(&format!("stat::{name}:")))
                .map_or("?", str::trim)
        };
        if status {
            return Ok(format!(
                "nothing found in {} inputs, {} new ones kept",
                fact("number_of_executed_units"),
                fact("new_units_added")
            ));
        }
        let lines: Vec<&str> = text.lines().collect();
        // What went wrong stands above the fuzzer's own report; a whole text may be part of it.
        let about = lines
            .iter()
            .position(|line| line.contains("panicked at") || line.contains("ERROR: libFuzzer"))
            .unwrap_or(lines.len().saturating_sub(20));
        let mut shown = String::new();
        for line in lines[about..].iter().take(12) {
            let line: String = line.chars().take(600).collect();
            let _ = writeln!(shown, "    {line}");
        }
        Err(format!(
            "FOUND something, see {}\n{shown}    The input is in {}. Once it is mended, copy it to \
             grammar/corpus/fuzz/{}-NAME, where `cargo test` tries it again.",
            log.display(),
            found.display(),
            self.name
        ))
    }
}

/// Waits for a fuzzer, which ends by itself; one that does not is stopped, and that is a failure.
fn wait(child: &mut std::process::Child, seconds: u32) -> Outcome<bool> {
    // Reading the seeds comes first and is not counted by the fuzzer.
    let mut left = seconds + 1_200;
    loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => return Ok(status.success()),
            None if left == 0 => {
                child.kill().map_err(|error| error.to_string())?;
                child.wait().map_err(|error| error.to_string())?;
                return Ok(false);
            }
            None => {
                std::thread::sleep(Duration::from_secs(1));
                left -= 1;
            }
        }
    }
}
