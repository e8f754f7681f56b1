//! One token missing or standing twice costs next to nothing: the figures of `cargo xtask bench`, on a sample.

use archwright_trials::recovery::{Mutation, measure};

mod common;

/// What must stay, in percent; the benchmark's budgets are the same and go over all tokens.
const MEMBERS: f64 = 99.9;
const STATEMENTS: f64 = 99.5;

#[test]
fn one_token_costs_no_other_member() {
    let texts: Vec<(String, String)> = common::files("examples")
        .into_iter()
        .map(|(path, text)| (path.display().to_string(), text))
        .collect();
    // A prime: every kind of place comes up.
    let figures = measure(&texts, 7);
    assert!(figures.mutations > 1_500, "{} mutations", figures.mutations);
    assert!(
        figures.members.percent() >= MEMBERS,
        "{:.3} % of the members kept: {:#?}",
        figures.members.percent(),
        figures.cases
    );
    assert!(
        figures.statements.percent() >= STATEMENTS,
        "{:.3} % of the statements kept",
        figures.statements.percent()
    );
    assert_eq!(figures.items.kept, figures.items.all, "{:#?}", figures.cases);
    // One mistake, one message, nearly always.
    assert!(
        figures.errors <= figures.mutations * 12 / 10,
        "{} errors",
        figures.errors
    );
}

#[test]
fn a_brace_costs_nothing_but_its_block() {
    let texts: Vec<(String, String)> = common::files("examples/clinic-before")
        .into_iter()
        .map(|(path, text)| (path.display().to_string(), text))
        .collect();
    let figures = measure(&texts, 1);
    for brace in ["`{`", "`}`"] {
        for mutation in [Mutation::Deleted, Mutation::Doubled] {
            let (times, share) = figures.classes[&(brace, mutation)];
            assert!(
                times > 20 && share.all > 100,
                "{brace} {mutation:?}: {times} times"
            );
            assert_eq!(
                share.kept, share.all,
                "{brace} {mutation:?}: {:#?}",
                figures.cases
            );
        }
    }
}
