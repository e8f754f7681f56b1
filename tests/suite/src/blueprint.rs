//! A blueprint in one text, and checking it.

use archwright_analysis::{
    Config, Encoding, Host, Profile,
    diagnostic::{Diagnostic, State},
    imports::Imports,
    lock::Lock,
};
use archwright_fixture::Fixture;
use archwright_grammar::ast::Date;

use crate::announced::Announced;

/// The day on which pages are checked.
pub const TODAY: Date = Date {
    year: 2026,
    month: 11,
    day: 21,
};

/// Files of a blueprint, by name.
pub type Files = Vec<(String, String)>;

/// The name under which what was released stands among the files.
pub const LOCK: &str = "archwright.lock";

/// What the names of imported documents begin with among the files; behind it stands the service.
pub const IMPORT: &str = "import ";

/// Whether a file is one of the blueprint's own, not what it is compared with.
pub fn is_own(name: &str) -> bool {
    name != LOCK && !name.starts_with(IMPORT)
}

/// What `archwright release` would write for the files.
///
/// # Errors
/// There is no answer.
pub fn released(files: &[(String, String)], profile: Profile) -> Result<String, String> {
    let records = host(files, profile).snapshot().contracts();
    let lock = Lock {
        records: records.map_err(|_| "releasing was cancelled".to_owned())?,
        ..Lock::default()
    };
    Ok(lock.text())
}

/// Gives a host one of the files, the lock or an imported document.
///
/// # Panics
/// If the lock or the document cannot be read.
pub fn give(host: &mut Host, name: &str, text: &str) {
    if name == LOCK {
        let problem = host.set_lock(text);
        assert!(problem.is_none(), "{problem:?}");
    } else if let Some(service) = name.strip_prefix(IMPORT) {
        let document = archwright::imports::read(text).unwrap_or_else(|why| panic!("the document {why}"));
        let mut imports = Imports::clone(&host.config().imports);
        imports.add(service, "openapi.yaml", document);
        host.set_imports(imports);
    } else {
        host.set_file(name, text);
    }
}

/// Splits a text at its `// file: name.arch` lines.
pub fn split(text: &str) -> Files {
    Fixture::parse(text)
        .files
        .into_iter()
        .map(|file| (file.name, file.text))
        .collect()
}

/// The files as one text.
pub fn join(files: &[(String, String)]) -> String {
    files.iter().fold(String::new(), |mut text, (name, file)| {
        for part in ["// file: ", name, "\n", file] {
            text.push_str(part);
        }
        text
    })
}

/// A host that holds the files, with all findings known.
pub fn host(files: &[(String, String)], profile: Profile) -> Host {
    let mut host = Host::new(Config {
        profile,
        today: TODAY,
        ..Config::default()
    });
    for (name, text) in files {
        give(&mut host, name, text);
    }
    host.settle();
    host
}

/// All diagnostics that count, by file name.
pub fn diagnostics(host: &Host) -> Vec<(String, Diagnostic)> {
    host.files()
        .into_iter()
        .flat_map(|(file, name)| {
            host.diagnostics(file)
                .into_iter()
                .map(move |found| (name.clone(), found))
        })
        .filter(|(_, found)| found.state == State::New)
        .collect()
}

/// The same in the words of the pages, sorted, each with its message.
pub fn found(host: &Host) -> Vec<(Announced, String)> {
    let found = diagnostics(host).into_iter().map(|(_, found)| found);
    in_words(host, found.collect())
}

/// What is in the way of generating services, in the words of the pages.
///
/// # Errors
/// There is no answer.
pub fn obstacles(host: &Host) -> Result<Vec<(Announced, String)>, String> {
    let model = host
        .snapshot()
        .system_model()
        .map_err(|_| "lowering was cancelled".to_owned())?;
    let obstacles = model.err().map_or_else(Vec::new, |error| error.diagnostics);
    Ok(in_words(host, obstacles))
}

fn in_words(host: &Host, found: Vec<Diagnostic>) -> Vec<(Announced, String)> {
    let mut found: Vec<(Announced, String)> = found
        .into_iter()
        .map(|found| {
            let line = host
                .position(found.at.file, found.at.range.start, Encoding::Utf8)
                .line as usize
                + 1;
            let announced = Announced {
                file: host.path(found.at.file).to_owned(),
                line,
                severity: found.severity,
                code: found.code.to_string(),
            };
            (announced, found.message)
        })
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn file_lines_begin_files() {
        let one = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert_eq!(split("role A\n"), [one("main.arch", "role A\n")]);
        assert_eq!(
            split("// file: a.arch\nrole A\n// file: b.arch\nrole B\n"),
            [one("a.arch", "role A\n"), one("b.arch", "role B\n")]
        );
    }
}
