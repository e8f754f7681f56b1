//! Runs the rule pages, the language pages and the examples as tests.
