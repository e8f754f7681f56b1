//! The imports that a piece of Python needs when it is carried into another file.

use std::collections::BTreeMap;

use super::python::binds;

/// Import statements for the names that `piece` uses, that `source` (the file it comes from) imports, and that `target`
/// does not have: one per module, sorted by module.
pub(super) fn needed(piece: &str, source: &str, target: &str) -> Vec<String> {
    let mut by_module: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (module, imported) in imports(source) {
        let bound = imported.rsplit(' ').next().unwrap_or(imported);
        if uses(piece, bound) && !binds(target, bound) {
            by_module.entry(module).or_default().push(imported);
        }
    }
    let statement =
        |(module, names): (&str, Vec<&str>)| format!("from {module} import {}\n", names.join(", "));
    by_module.into_iter().map(statement).collect()
}

/// Modules and names (`name`, or `name as other`) of all `from … import …` at top level.
fn imports(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut module = None;
    for line in text.lines() {
        let names = if let Some(rest) = line.strip_prefix("from ") {
            let Some((from, names)) = rest.split_once(" import ") else {
                continue;
            };
            module = Some(from);
            names
        } else {
            line
        };
        let Some(from) = module else { continue };
        let names = names.split('#').next().unwrap_or(names);
        let each = names
            .trim()
            .trim_start_matches('(')
            .trim_end_matches(')')
            .split(',');
        found.extend(
            each.map(str::trim)
                .filter(|name| !name.is_empty())
                .map(|name| (from, name)),
        );
        if names.contains(')') || (line.starts_with("from ") && !names.contains('(')) {
            module = None;
        }
    }
    found
}

fn uses(piece: &str, name: &str) -> bool {
    piece
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_and_not_there_is_imported() {
        let source = "import os\nfrom a.b import (\n    One,  # first\n    Two as Second,\n)\nfrom c import x, y\n\nz = 1\n";
        let piece = "def f(one: One) -> Second:\n    return x(one)\n";
        assert_eq!(
            needed(piece, source, ""),
            ["from a.b import One, Two as Second\n", "from c import x\n"]
        );
        assert_eq!(
            needed(piece, source, "from a.b import One, Second\nfrom c import x\n"),
            [""; 0]
        );
        assert_eq!(needed("def g() -> None: ...\n", source, ""), [""; 0]);
    }
}
