use super::*;

fn texts(text: &str) -> Vec<&str> {
    let pieces = cut(text);
    let mut end = 0;
    for piece in &pieces {
        assert_eq!(piece.start, end, "no gaps in {text:?}");
        end = piece.end();
    }
    assert_eq!(end as usize, text.len());
    pieces.iter().map(|piece| piece.span().of(text)).collect()
}

#[test]
fn documentation_belongs_to_the_next_item_and_trivia_to_the_last() {
    assert_eq!(
        texts("// licence\n//! file\n\n/// A.\nteam A\n\n// note\n/// B.\n// why\nrole B\n"),
        [
            "// licence\n//! file\n\n/// A.\nteam A\n\n// note\n",
            "/// B.\n// why\nrole B\n"
        ]
    );
    assert_eq!(texts("// only\n"), ["// only\n"]);
    assert_eq!(texts(""), Vec::<&str>::new());
}

#[test]
fn a_head_in_column_0_needs_no_closed_brace_before_it() {
    assert_eq!(
        texts("service A {\n  entity B {\n/// C.\nservice C {\n}\n"),
        ["service A {\n  entity B {\n", "/// C.\nservice C {\n}\n"]
    );
    assert_eq!(
        texts("service A {\nauth Session\nbroker Bus\ntype: string\nauth Session: jwt"),
        [
            "service A {\nauth Session\nbroker Bus\ntype: string\n",
            "auth Session: jwt"
        ]
    );
}

#[test]
fn indented_items_are_found_by_braces() {
    assert_eq!(
        texts("  team A { }\r\n  service B {\r\n    type X { a: int }\r\n  }\r\n  team C"),
        [
            "  team A { }\r\n",
            "  service B {\r\n    type X { a: int }\r\n  }\r\n",
            "  team C"
        ]
    );
    assert_eq!(
        texts("role A; role B\nteam C { contact \"}\" } team D"),
        ["role A; ", "role B\n", "team C { contact \"}\" } ", "team D"]
    );
}

#[test]
fn half_typed_heads_stand_alone() {
    assert_eq!(
        texts("team A {\n}\nservice\nservce B {\n}\nteam C"),
        ["team A {\n}\n", "service\n", "servce B {\n}\n", "team C"]
    );
    assert_eq!(
        texts("role A includes B,\nC\nrole D"),
        ["role A includes B,\nC\n", "role D"]
    );
}
