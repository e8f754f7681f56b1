//! From the model to files: which services, in which folders, by which stack.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::files::{RenderedFile, check_paths};
use crate::history::History;
use crate::model::{ServiceModel, StackKind, SystemModel};
use crate::names;
use crate::plan::{Files, Lock};
use crate::stacks::{self, RenderInput};

/// Which services are generated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Selection {
    /// Every service whose stack is not `none`.
    #[default]
    All,
    /// These, by name.
    Named(Vec<String>),
}

/// Settings of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The folder that services are generated into, relative to the workspace; empty for the workspace itself.
    pub output: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            output: "services".to_owned(),
        }
    }
}

impl Options {
    /// The folder of one service: `services/orders`.
    #[must_use]
    pub fn service_folder(&self, service: &str) -> String {
        let name = names::kebab(service);
        match self.output.trim_matches('/') {
            "" => name,
            output => format!("{output}/{name}"),
        }
    }
}

/// Why nothing can be generated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GenError {
    /// The service, when the error is about one.
    pub service: Option<String>,
    /// The model element, when the error is about one.
    pub element: Option<String>,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl GenError {
    /// An error about a service.
    pub fn of_service(service: &str, message: impl Into<String>) -> Self {
        Self {
            service: Some(service.to_owned()),
            element: None,
            message: message.into(),
        }
    }

    /// An error about an element of a service.
    pub fn of_element(service: &str, element: &str, message: impl Into<String>) -> Self {
        Self {
            service: Some(service.to_owned()),
            element: Some(element.to_owned()),
            message: message.into(),
        }
    }

    /// A template that cannot be used as it is: a bug of Archwright, not of the blueprint.
    pub(crate) fn template(name: &str, error: &minijinja::Error) -> Self {
        let line = error
            .line()
            .map_or_else(String::new, |line| format!(", line {line}"));
        let place = error.name().unwrap_or(name);
        Self {
            service: None,
            element: None,
            message: format!(
                "template {place}{line}: {error}. This is a fault of Archwright; please report it."
            ),
        }
    }
}

/// Something that the blueprint asks for and no template makes yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NotGenerated {
    /// The service.
    pub service: String,
    /// The element, by id.
    pub element: String,
    /// What is missing, as a noun with its verb: `the event is not published`.
    pub what: String,
}

/// What the templates made, before it is compared with the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Services in the order of the model, with their files in path order (paths relative to the workspace).
    pub services: Vec<RenderedService>,
    /// What the blueprint asks for and is not made yet, sorted.
    pub not_generated: Vec<NotGenerated>,
    /// Every service of the model, rendered or not.
    pub known_services: BTreeSet<String>,
    /// Whether the whole blueprint was asked for: then a locked file of a service that is not known has lost its
    /// reason.
    pub complete: bool,
}

/// One service's files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RenderedService {
    /// The service.
    pub service: String,
    /// Its folder, relative to the workspace.
    pub folder: String,
    /// Its files in path order.
    pub files: Vec<RenderedFile>,
}

/// Renders the selected services.
///
/// `lock` and `files` tell a stack what an earlier run wrote (see [`RenderInput::existing`]); the disk itself is only
/// compared later, by [`crate::plan::plan`].
///
/// # Errors
///
/// Unknown or unsupported services that were asked for by name, paths that cannot be written, two services in
/// one folder, faults of templates. All of them, not only the first.
pub fn generate(
    system: &SystemModel,
    selection: &Selection,
    options: &Options,
    lock: &Lock,
    files: &dyn Files,
) -> Result<Rendered, Vec<GenError>> {
    let mut errors = Vec::new();
    let mut rendered = Rendered {
        known_services: system
            .services
            .iter()
            .map(|service| service.name.clone())
            .collect(),
        complete: *selection == Selection::All,
        ..Rendered::default()
    };
    for service in select(system, selection, &mut errors) {
        let Some(stack) = stacks::stack(service.stack) else {
            let what = format!(
                "services for stack {} are not generated yet",
                service.stack.word()
            );
            match selection {
                Selection::All => rendered.not_generated.push(NotGenerated {
                    service: service.name.clone(),
                    element: service.id.clone(),
                    what,
                }),
                Selection::Named(_) => errors.push(GenError::of_service(
                    &service.name,
                    format!("{what}; use `stack python`, or leave the service out of the run."),
                )),
            }
            continue;
        };
        let folder = options.service_folder(&service.name);
        let history = History::of(&service.name, &folder, lock, files);
        let input = RenderInput {
            system,
            service,
            existing: &history.existing,
        };
        rendered
            .not_generated
            .extend(stacks::missing(service, system, &stack.coverage()));
        match stack.render(&input) {
            Ok(mut made) => {
                history.carry(&mut made);
                let mut made: Vec<RenderedFile> = made
                    .into_iter()
                    .map(|file| RenderedFile {
                        path: format!("{folder}/{}", file.path),
                        ..file
                    })
                    .collect();
                made.sort_by(|left, right| left.path.cmp(&right.path));
                rendered.services.push(RenderedService {
                    service: service.name.clone(),
                    folder,
                    files: made,
                });
            }
            Err(failed) => errors.extend(failed),
        }
    }
    rendered.not_generated.sort();
    rendered.not_generated.dedup();
    check_folders(&rendered, &mut errors);
    if errors.is_empty() {
        Ok(rendered)
    } else {
        Err(errors)
    }
}

/// The services of a selection, in the order of the model; names that are no services become errors.
fn select<'a>(
    system: &'a SystemModel,
    selection: &Selection,
    errors: &mut Vec<GenError>,
) -> Vec<&'a ServiceModel> {
    match selection {
        Selection::All => system
            .services
            .iter()
            .filter(|service| service.stack != StackKind::None)
            .collect(),
        Selection::Named(names) => {
            for name in names {
                match system.service(name) {
                    None => errors.push(GenError::of_service(
                        name,
                        format!("There is no service `{name}` in the blueprint{}.", known(system)),
                    )),
                    Some(service) if service.stack == StackKind::None => errors.push(GenError::of_service(
                        name,
                        format!(
                            "Service `{name}` has no stack, so nothing is generated for it; say `stack python` in \
                             the service or in `system`."
                        ),
                    )),
                    Some(_) => {}
                }
            }
            let chosen =
                |service: &&ServiceModel| service.stack != StackKind::None && names.contains(&service.name);
            system.services.iter().filter(chosen).collect()
        }
    }
}

fn known(system: &SystemModel) -> String {
    if system.services.is_empty() {
        return "; it has no services at all".to_owned();
    }
    let names: Vec<&str> = system
        .services
        .iter()
        .take(20)
        .map(|service| service.name.as_str())
        .collect();
    format!("; it has {}", names.join(", "))
}

/// Paths must be allowed, and services must not share a folder (not even up to case).
fn check_folders(rendered: &Rendered, errors: &mut Vec<GenError>) {
    let mut folders: BTreeMap<String, &str> = BTreeMap::new();
    for made in &rendered.services {
        if let Some(other) = folders.insert(made.folder.to_lowercase(), &made.service) {
            errors.push(GenError::of_service(
                &made.service,
                format!(
                    "Services `{other}` and `{}` would share the folder {}; rename one.",
                    made.service, made.folder
                ),
            ));
        }
        for problem in check_paths(made.files.iter().map(|file| file.path.as_str())) {
            errors.push(GenError::of_service(
                &made.service,
                format!(
                    "The path `{}` {}, so it is not written.",
                    problem.path, problem.problem
                ),
            ));
        }
    }
}
