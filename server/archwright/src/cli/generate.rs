//! `archwright generate`.

use std::collections::BTreeMap;

use archwright_analysis::Host;

use super::{Format, GenerateArgs, Outcome, configuration, output};
use crate::generating::{Decided, Refused, prepare, ready};
use crate::render::{json, plan as human};
use crate::workspace::apply::apply;
use crate::workspace::discover::{self, Trouble, discover};
use crate::workspace::imports;
use crate::workspace::load::{Loaded, load};
use crate::workspace::read::ReadError;
use crate::workspace::{analysis_config, fill};

/// Plans, prints and writes.
pub(super) fn run(args: &GenerateArgs) -> Outcome {
    let path = match fs_err::canonicalize(&args.path) {
        Ok(path) => path,
        Err(error) => {
            let why = ReadError::from(std::io::Error::from(error.kind()));
            return unable(&[format!("{}: {why}", args.path.display())]);
        }
    };
    let folder = if path.is_dir() {
        path.clone()
    } else {
        path.parent().unwrap_or(&path).to_path_buf()
    };
    let root = discover::root_above(&folder).unwrap_or(folder);
    let found = discover(&root);
    let Some(blueprint) = found
        .blueprints
        .into_iter()
        .find(|blueprint| blueprint.root == root)
    else {
        return unable(&[format!(
            "{}: there is no blueprint here; `archwright init` writes one.",
            root.display()
        )]);
    };
    let mut loaded = load(&blueprint);
    // A document may be the one that is about to be written, and what it says changes nothing of what is.
    loaded.imports = imports::Read::default();
    let config_is_bad = configuration::complain(&blueprint, &loaded);
    let troubles: Vec<Trouble> = found
        .troubles
        .into_iter()
        .chain(std::mem::take(&mut loaded.troubles))
        .collect();
    for trouble in &troubles {
        output::complain(&format!("{}: {}", trouble.path.display(), trouble.message));
    }
    if config_is_bad || troubles.iter().any(|trouble| trouble.fatal) {
        return unable(&[
            "Nothing was generated, because the blueprint could not be read as a whole.".to_owned(),
        ]);
    }
    if loaded.texts.is_empty() {
        return unable(&[format!(
            "{}: no .arch file lies here; `archwright init` writes a blueprint to start from.",
            root.display()
        )]);
    }
    generate(args, &root, loaded)
}

fn generate(args: &GenerateArgs, root: &std::path::Path, loaded: Loaded) -> Outcome {
    let mut host = Host::new(analysis_config(&loaded.settings));
    host.set_lock(&loaded.lock);
    fill(&mut host, loaded.texts);
    // Nobody edits this host, so nothing can cancel the reader.
    let Ok(ready) = ready(&host.snapshot(), &args.services) else {
        return Outcome::Unable;
    };
    let ready = match ready {
        Ok(ready) => ready,
        Err(Refused(lines)) => {
            if args.format == Format::Json {
                output::print(&json::to_line(
                    &serde_json::json!({ "version": 1, "files": [], "errors": lines }),
                ));
            }
            for line in &lines {
                output::complain(line);
            }
            output::complain(
                "Nothing was generated, because the blueprint has errors. `archwright check` shows them in full.",
            );
            return Outcome::Findings;
        }
    };
    let decided = Decided {
        mine: args.mine.clone(),
        generated: args.generated.clone(),
    };
    let plan = match prepare(&ready, root, &loaded.settings, BTreeMap::new(), &decided) {
        Ok(plan) => plan,
        Err(Refused(mut lines)) => {
            if !lines.iter().any(|line| line.contains("othing was generated")) {
                lines.push("Nothing was generated.".to_owned());
            }
            return unable(&lines);
        }
    };
    output::print(&match args.format {
        Format::Human => human::render(&plan, args.dry_run),
        Format::Json => json::to_line(&plan.summary()),
    });
    if !args.dry_run
        && let Err(stopped) = apply(root, &plan.writes())
    {
        return unable(&[stopped.story()]);
    }
    if plan.summary().summary.conflict > 0 {
        Outcome::Findings
    } else {
        Outcome::Well
    }
}

fn unable(lines: &[String]) -> Outcome {
    for line in lines {
        output::complain(line);
    }
    Outcome::Unable
}
