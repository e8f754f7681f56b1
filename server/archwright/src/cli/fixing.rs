//! `archwright check --fix`: applies the repairs that keep the meaning, and nothing else.

use std::path::Path;

use archwright_analysis::edit::Safety;
use archwright_analysis::scratch::Scratch;

use super::targets::{Task, shown};
use crate::render::Fixed;
use crate::workspace::config::{self, CODE, Problem, Repair};
use crate::workspace::discover::Trouble;
use crate::workspace::imports;
use crate::workspace::load::Loaded;
use crate::workspace::write::{Outside, inside, update};

/// Repairs `archwright.toml`, as far as that is safe; what was read of it is read again.
pub(super) fn configuration(
    task: &Task,
    loaded: &mut Loaded,
    here: &Path,
    troubles: &mut Vec<Trouble>,
) -> Vec<Fixed> {
    let Some(path) = &task.blueprint.config else {
        return Vec::new();
    };
    let repairs = safe(&loaded.problems);
    if repairs.is_empty() {
        return Vec::new();
    }
    let after = config::repaired(&loaded.config_text, &repairs);
    if let Err(trouble) = write(task, path, &loaded.config_text, &after) {
        troubles.push(trouble);
        return Vec::new();
    }
    let fixed = repairs.into_iter().map(|repair| Fixed {
        code: CODE.to_owned(),
        element: String::new(),
        title: repair.title.clone(),
        file: shown(here, path),
    });
    let fixed = fixed.collect();
    (loaded.settings, loaded.problems) = config::parse(&after);
    loaded.config_text = after;
    loaded.imports = imports::load(&task.blueprint.root, &loaded.settings);
    fixed
}

/// The safe repairs, none of which touches another.
fn safe(problems: &[Problem]) -> Vec<Repair> {
    let mut repairs: Vec<Repair> = Vec::new();
    let all = problems.iter().flat_map(|problem| &problem.repairs);
    for repair in all.filter(|repair| repair.safety == Safety::Safe) {
        let touches =
            |known: &Repair| known.range.start <= repair.range.end && repair.range.start <= known.range.end;
        if !repairs.iter().any(touches) {
            repairs.push(repair.clone());
        }
    }
    repairs
}

/// Repairs the blueprint's files that were asked for. What could not be written is not repaired either.
pub(super) fn blueprint(
    task: &Task,
    texts: &[(String, String)],
    scratch: &mut Scratch,
    here: &Path,
    troubles: &mut Vec<Trouble>,
) -> Vec<Fixed> {
    let root = &task.blueprint.root;
    let mut done = scratch.fix_all(&|path| task.wants(&root.join(path)));
    for (path, before) in texts {
        let host = scratch.host();
        let after = host.file(path).and_then(|file| host.rope(file));
        let Some(after) = after.map(ToString::to_string).filter(|after| after != before) else {
            continue;
        };
        if let Err(trouble) = write(task, &root.join(path), before, &after) {
            troubles.push(trouble);
            scratch.put_back(path, before);
            done.retain(|done| done.path != *path);
        }
    }
    done.into_iter()
        .map(|done| Fixed {
            code: done.code.to_string(),
            element: done.element.to_string(),
            title: done.title,
            file: shown(here, &root.join(done.path)),
        })
        .collect()
}

fn write(task: &Task, path: &Path, before: &str, after: &str) -> Result<(), Trouble> {
    let trouble = |message: String| Trouble {
        path: path.to_path_buf(),
        message,
        fatal: true,
    };
    let real = inside(&task.blueprint.root, path).map_err(|outside| {
        trouble(match outside {
            Outside::Unseen(error) => format!("This file could not be looked at: {error}."),
            Outside::Elsewhere => "This leads to a file outside the blueprint's folder, so it was left as it is. Mend it where it lies.".to_owned(),
        })
    })?;
    update(&real, before, after, "fixed").map_err(trouble)
}
