//! Renders the services of a model (JSON) into a folder, without a plan: for trying templates. What is there is
//! overwritten, but migrations grow as they would.
//!
//! `cargo run -p archwright-codegen --example render -- MODEL.json FOLDER`

#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a tool for developers, outside of the pure crate"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use archwright_codegen::model::SystemModel;
use archwright_codegen::stacks::{RenderInput, stack};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(folder)) = (arguments.next(), arguments.next()) else {
        eprintln!("Two arguments are needed: the model and the folder.");
        return ExitCode::from(2);
    };
    let text = std::fs::read_to_string(&model).expect("the model is readable");
    let system: SystemModel = serde_json::from_str(&text).expect("the model is a model");
    for service in &system.services {
        let Some(stack) = stack(service.stack) else {
            continue;
        };
        let home = Path::new(&folder).join(archwright_codegen::names::kebab(&service.name));
        let existing = migrations(&home);
        let input = RenderInput {
            system: &system,
            service,
            existing: &existing,
        };
        match stack.render(&input) {
            Ok(files) => {
                for file in files {
                    let path = home.join(&file.path);
                    std::fs::create_dir_all(path.parent().expect("a file has a folder"))
                        .expect("the folder is writable");
                    std::fs::write(path, file.text).expect("the file is writable");
                }
            }
            Err(errors) => {
                for error in errors {
                    eprintln!("{}", error.message);
                }
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

/// The migrations and the snapshot that an earlier run left in the folder.
fn migrations(home: &Path) -> BTreeMap<String, String> {
    let mut paths = vec![home.join("migrations/schema.json")];
    if let Ok(folder) = std::fs::read_dir(home.join("migrations/versions")) {
        paths.extend(folder.flatten().map(|entry| entry.path()));
    }
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).ok()?;
        let below = path.strip_prefix(home).ok()?.to_str()?.to_owned();
        Some((below, text))
    };
    paths.into_iter().filter_map(read).collect()
}
