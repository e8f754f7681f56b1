//! The registry of stacks, and what each of them makes of a blueprint.

mod coverage;
mod python;

pub use coverage::{Coverage, Feature, missing};

use std::collections::BTreeMap;

use crate::files::RenderedFile;
use crate::generate::GenError;
use crate::model::{ServiceModel, StackKind, SystemModel};

/// What a stack renders from.
#[derive(Debug, Clone, Copy)]
pub struct RenderInput<'a> {
    /// The whole system.
    pub system: &'a SystemModel,
    /// The service to render.
    pub service: &'a ServiceModel,
    /// Append-only and derived files that earlier runs wrote for this service, with the text they were written
    /// with, by path below the service's folder. An append-only file that is here need not be rendered again, and
    /// must not be rendered differently: it stays as it is.
    pub existing: &'a BTreeMap<String, String>,
}

/// A target: an implementation renders a whole service.
pub trait Stack: Sync {
    /// Which stack it is.
    fn kind(&self) -> StackKind;

    /// What it makes of what a blueprint can ask for; everything else is said in the plan.
    fn coverage(&self) -> Coverage;

    /// Renders the files of one service, paths relative to the service's folder.
    ///
    /// # Errors
    ///
    /// What the service asks for and this stack cannot render at all, and faults of templates.
    fn render(&self, input: &RenderInput<'_>) -> Result<Vec<RenderedFile>, Vec<GenError>>;
}

/// The stack of that kind, if it exists yet.
#[must_use]
pub fn stack(kind: StackKind) -> Option<&'static dyn Stack> {
    match kind {
        StackKind::Python => Some(&python::Python),
        StackKind::Typescript | StackKind::Rust | StackKind::None => None,
    }
}
