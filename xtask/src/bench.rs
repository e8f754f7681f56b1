//! Measuring, with the optimised binary.

use crate::shell::{Outcome, command, headline, program, run};

/// Builds and measures.
pub(crate) fn bench(services: usize) -> Outcome<()> {
    headline("building the optimised server and the benchmark");
    run(&mut command(
        "cargo",
        [
            "build",
            "--release",
            "--locked",
            "--package",
            "archwright",
            "--package",
            "archwright-benches",
        ],
    ))?;
    headline("measuring");
    let bench =
        program("release").with_file_name(format!("archwright-benches{}", std::env::consts::EXE_SUFFIX));
    let server = program("release");
    run(&mut command(
        &bench.to_string_lossy(),
        [server.to_string_lossy().as_ref(), &services.to_string()],
    ))
}
