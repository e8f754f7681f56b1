//! The stack `python`: `FastAPI`, `SQLAlchemy` over asyncpg, Alembic, pydantic.

mod cases;
mod catalogue;
mod changes;
mod code;
mod context;
mod contracts;
mod decisions;
mod defaults;
mod endpoint;
mod entity;
mod expr;
mod files;
mod migration;
mod names;
mod origins;
mod pattern;
mod policies;
mod rules;
mod samples;
mod scalars;
mod schema;
mod shown;
mod ties;
mod types;
mod views;

use crate::files::RenderedFile;
use crate::generate::GenError;
use crate::model::StackKind;

use super::{Coverage, Feature, RenderInput, Stack};

/// What this stack makes of a blueprint; everything else is listed in the plan.
const COVERAGE: &[Feature] = &[
    Feature::Queries,
    Feature::RateLimits,
    Feature::Idempotency,
    Feature::Timeouts,
    Feature::EncryptedFields,
    Feature::Decisions,
];

/// The stack.
#[derive(Debug)]
pub(super) struct Python;

impl Stack for Python {
    fn kind(&self) -> StackKind {
        StackKind::Python
    }

    fn coverage(&self) -> Coverage {
        Coverage::of(COVERAGE)
    }

    fn render(&self, input: &RenderInput<'_>) -> Result<Vec<RenderedFile>, Vec<GenError>> {
        files::render(input)
    }
}
