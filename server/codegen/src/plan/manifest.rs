//! Which files are merged key by key rather than line by line, and how.

use super::merge::{Merged, merge_lines};
use super::validity::extension;

/// Merges a file: TOML and JSON by keys where all three texts can be read, everything else by lines.
pub(super) fn merge(path: &str, base: &str, current: &str, new: &str) -> Merged {
    let keys = match extension(path) {
        "toml" => super::toml::merge(base, current, new),
        "json" => super::json_manifest::merge(base, current, new),
        _ => None,
    };
    match keys {
        None => merge_lines(base, current, new),
        Some(Ok(text)) => Merged::Clean(text),
        Some(Err(places)) => {
            let marked = match merge_lines(base, current, new) {
                Merged::Conflict { marked, .. } => marked,
                Merged::Clean(_) => format!("<<<<<<< yours\n{current}=======\n{new}>>>>>>> generated\n"),
            };
            Merged::Conflict {
                marked,
                places: places.len(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(path: &str, base: &str, current: &str, new: &str) -> String {
        match merge(path, base, current, new) {
            Merged::Clean(text) => {
                let again = merge(path, base, &text, new);
                assert_eq!(
                    again,
                    Merged::Clean(text.clone()),
                    "a merge that is repeated changes nothing"
                );
                text
            }
            Merged::Conflict { marked, .. } => panic!("no conflict expected:\n{marked}"),
        }
    }

    const BASE: &str = "[project]\nname = \"orders\"\ndependencies = [\n    \"fastapi==0.1\",\n    \
                        \"pydantic==2.0\",\n]\n\n[tool.ruff]\nline-length = 100\n";

    #[test]
    fn user_keys_comments_and_requirements_stay_while_versions_move() {
        let current = "# Ours.\n[project]\nname = \"orders\"  # the name\ndependencies = [\n    \"fastapi==0.1\",  # \
                       web\n    \"pydantic==2.0\",\n    \"orjson==3\",\n]\n\n[tool.ruff]\nline-length = \
                       100\n\n[tool.mine]\nx = 1\n";
        let new = BASE
            .replace("fastapi==0.1", "fastapi==0.2")
            .replace("\n]\n", "\n    \"uvicorn==1\",\n]\n")
            + "\n[tool.mypy]\nstrict = true\n";
        let merged = clean("a/pyproject.toml", BASE, current, &new);
        for part in [
            "# Ours.",
            "# the name",
            "# web",
            "\"fastapi==0.2\"",
            "orjson==3",
            "uvicorn==1",
            "[tool.mine]",
            "strict = true",
        ] {
            assert!(merged.contains(part), "{part} is missing:\n{merged}");
        }
        assert!(!merged.contains("fastapi==0.1"), "{merged}");
        assert!(
            merged.contains("    \"uvicorn==1\",\n]"),
            "the new one has a line of its own:\n{merged}"
        );
    }

    #[test]
    fn both_sides_changing_one_key_is_a_conflict() {
        let current = BASE.replace("line-length = 100", "line-length = 80");
        let new = BASE.replace("line-length = 100", "line-length = 120");
        assert!(matches!(
            merge("pyproject.toml", BASE, &current, &new),
            Merged::Conflict { places: 1, .. }
        ));
        let current = BASE.replace("fastapi==0.1", "fastapi==0.9");
        let new = BASE.replace("fastapi==0.1", "fastapi==0.2");
        assert!(matches!(
            merge("pyproject.toml", BASE, &current, &new),
            Merged::Conflict { .. }
        ));
    }

    #[test]
    fn what_the_user_took_away_stays_away() {
        let current = BASE.replace("    \"pydantic==2.0\",\n", "");
        let new = BASE
            .replace("pydantic==2.0", "pydantic==2.1")
            .replace("100", "110");
        let merged = clean("pyproject.toml", BASE, &current, &new);
        assert!(!merged.contains("pydantic") && merged.contains("110"), "{merged}");
    }

    #[test]
    fn json_keeps_order_and_indentation() {
        let base =
            "{\n  \"name\": \"a\",\n  \"scripts\": {\n    \"test\": \"x\"\n  },\n  \"files\": [\"a\"]\n}\n";
        let current = "{\n    \"zed\": 1.5,\n    \"name\": \"a\",\n    \"scripts\": {\n        \"mine\": \"y\",\n        \
                       \"test\": \"x\"\n    },\n    \"files\": [\"a\", \"mine\"]\n}\n";
        let new = "{\n  \"name\": \"a\",\n  \"scripts\": {\n    \"test\": \"x2\",\n    \"lint\": \"l\"\n  },\n  \
                   \"files\": [\"a\", \"b\"]\n}\n";
        let merged = clean("package.json", base, current, new);
        assert!(
            merged.starts_with("{\n    \"zed\": 1.5,\n    \"name\": \"a\""),
            "{merged}"
        );
        for part in ["\"mine\": \"y\"", "\"test\": \"x2\"", "\"lint\": \"l\"", "\"b\""] {
            assert!(merged.contains(part), "{part} is missing:\n{merged}");
        }
    }

    #[test]
    fn texts_that_cannot_be_read_are_merged_by_lines() {
        let merged = clean(
            "a.toml",
            "a = 1\nb = 2\nc = 3\n",
            "a = 1\nb = 2\nc = 3\n= broken\n",
            "a = 0\nb = 2\nc = 3\n",
        );
        assert_eq!(merged, "a = 0\nb = 2\nc = 3\n= broken\n");
    }
}
