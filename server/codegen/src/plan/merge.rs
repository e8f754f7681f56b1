//! The three-way merge of lines.

use similar::{ConflictStyle, TextMerge};

/// What a merge came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Merged {
    /// Both sides' changes are in this text.
    Clean(String),
    /// Both sides changed the same place; the text shows both between marks.
    Conflict {
        /// For an editor's merge view; never written over the user's file.
        marked: String,
        /// In how many places.
        places: usize,
    },
}

/// Merges what the user made of `base` with what the generator makes of it now.
///
/// A clean result must also be stable: merged once more it must come out unchanged, so that a run that was
/// interrupted after writing it converges. Where the sides are too close together for that, it is a conflict.
pub(super) fn merge_lines(base: &str, current: &str, new: &str) -> Merged {
    let once = merge_once(base, current, new);
    match &once {
        Merged::Clean(text) if merge_once(base, text, new) != once => {
            let marked = format!("<<<<<<< yours\n{current}=======\n{new}>>>>>>> generated\n");
            Merged::Conflict { marked, places: 1 }
        }
        _ => once,
    }
}

fn merge_once(base: &str, current: &str, new: &str) -> Merged {
    let mut merge = TextMerge::from_lines(base, current, new);
    if merge.is_conflicted() {
        let places = merge.conflict_count();
        merge
            .conflict_style(ConflictStyle::Diff3)
            .labels("as generated before", "yours", "generated");
        return Merged::Conflict {
            marked: merge.to_string(),
            places,
        };
    }
    Merged::Clean(merge.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distant_changes_come_together() {
        let merged = merge_lines("a\nb\nc\nd\ne\n", "mine\na\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n");
        assert_eq!(merged, Merged::Clean("mine\na\nb\nc\nd\nE\n".to_owned()));
    }

    #[test]
    fn the_same_place_is_a_conflict_with_marks() {
        let Merged::Conflict { marked, places } = merge_lines("a\nb\n", "a\nmine\n", "a\ntheirs\n") else {
            panic!("both changed line two");
        };
        assert_eq!(places, 1);
        assert!(marked.contains("<<<<<<< yours\nmine\n") && marked.contains("theirs\n>>>>>>> generated"));
    }
}
