//! The codes of errors that are no rules' and no syntax errors, in one list.
//!
//! Those of the syntax are [`archwright_grammar::errors::CODES`], the rules are [`crate::rules::RULES`]. Codes are stable:
//! they stand in reports and in links.

/// Each code with one line of explanation, sorted.
pub static CODES: &[(&str, &str)] = &[
    (
        "config.invalid",
        "A line of `archwright.toml` cannot be read or means nothing.",
    ),
    ("config.lock", "A line of `archwright.lock` cannot be read."),
    (
        "generate.append_edited",
        "A migration or decision record that must not change has changed.",
    ),
    (
        "generate.conflict",
        "Your edits and the new text change the same lines.",
    ),
    (
        "generate.deleted_file",
        "You have deleted a generated file; it stays deleted.",
    ),
    (
        "generate.derived_edited",
        "A file that is computed from others has been edited.",
    ),
    (
        "generate.foreign_file",
        "A file that was not generated stands where one would be.",
    ),
    (
        "generate.held_back",
        "A file is not written because another one of its service has a conflict.",
    ),
    (
        "generate.orphan_file",
        "What a file was generated from is gone, and you have edited it.",
    ),
    (
        "generate.yours_behind",
        "A file that belongs to you lacks something that its interface now has.",
    ),
    (
        "io.unreadable",
        "A file cannot be opened, is too large, or is not UTF-8.",
    ),
    (
        "name.ambiguous",
        "Two things of different kinds have this name, and both would fit here.",
    ),
    (
        "name.duplicate",
        "Something of the same kind has this name already.",
    ),
    (
        "name.unknown",
        "Nothing has this name, or nothing of the kind that this place needs.",
    ),
    ("name.unknown_attribute", "There is no attribute of this name."),
    ("name.unknown_function", "Expressions have no functions."),
    (
        "name.wrong_kind",
        "Something has this name, but it is of another kind than this place needs.",
    ),
    (
        "type.argument",
        "Too many, too few or impossible values in parentheses, or a status that is none of an error.",
    ),
    (
        "type.attribute",
        "An attribute that this type or place cannot have, or with values it does not take.",
    ),
    (
        "type.constant_condition",
        "A condition is the same for every row: it always holds, or never.",
    ),
    (
        "type.contradiction",
        "Two statements exclude each other, so that one of them cannot hold.",
    ),
    (
        "type.cycle",
        "Something contains, includes, uses or replaces itself, directly or by way of others.",
    ),
    (
        "type.duplicate_attribute",
        "A field or parameter has the same attribute twice.",
    ),
    (
        "type.empty",
        "An entity, type, projection or enum has nothing in it.",
    ),
    ("type.format", "A text has not the form of what it stands for."),
    ("type.identity", "An entity has no `@id`, or more than one."),
    (
        "type.mismatch",
        "A value or type does not fit the one that it meets.",
    ),
    ("type.misplaced", "A type stands, or is used, where it cannot be."),
    (
        "type.no_caller",
        "Something asks for the caller where nobody is signed in.",
    ),
    ("type.no_effect", "Something changes nothing where it stands."),
    ("type.not_a_condition", "A condition is neither true nor false."),
    (
        "type.not_generated",
        "Something is right, but no service can be generated from it yet.",
    ),
    ("type.null_comparison", "A comparison with `null` never holds."),
    (
        "type.out_of_range",
        "A value is outside of what its place allows.",
    ),
    (
        "type.out_of_reach",
        "A condition reads what is not at hand where it is decided.",
    ),
    (
        "type.parameter",
        "A parameter cannot come from where it stands: the path, the query string or the body.",
    ),
    (
        "type.query_result",
        "A query gives something that is no row of an entity.",
    ),
    (
        "type.store_ambiguous",
        "An entity does not say in which of its service's stores it is.",
    ),
    (
        "type.unused_parameter",
        "A parameter of a query is not used in it.",
    ),
];
