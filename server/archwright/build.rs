//! Takes the pages of `docs/errors` into the program, so that `archwright explain` has them offline and a new page
//! cannot be forgotten.

// A build script reads and writes files; that is what it is for.
#![allow(clippy::disallowed_methods)]

use std::{env, fmt::Write as _, fs, io, path::Path};

fn main() -> io::Result<()> {
    let manifest = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let pages = Path::new(&manifest).join("../../docs/errors");
    println!("cargo:rerun-if-changed={}", pages.display());
    let mut rows = Vec::new();
    for category in fs::read_dir(&pages)? {
        let category = category?;
        if !category.path().is_dir() {
            continue;
        }
        for page in fs::read_dir(category.path())? {
            let path = page?.path();
            if path.extension().is_some_and(|end| end == "md") {
                let name = path
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                let code = format!("{}.{name}", category.file_name().to_string_lossy());
                rows.push((code, path));
            }
        }
    }
    rows.sort();
    let mut out = String::from("&[\n");
    for (code, path) in rows {
        let path = path.to_string_lossy();
        let _ = writeln!(out, "    ({code:?}, include_str!({path:?})),");
    }
    out.push_str("]\n");
    let target = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&target).join("error_pages.rs"), out)
}
