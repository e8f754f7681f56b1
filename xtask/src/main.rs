//! Builds, tests, measures and installs Archwright.

fn main() {}
