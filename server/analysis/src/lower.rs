//! From a checked blueprint to the model that generators read.
//!
//! Only a blueprint without syntax, name and type errors is lowered: a generator that believed a half-read blueprint
//! would take files away whose elements are merely misspelt.

mod behaviours;
mod convert;
mod endpoints;
mod exprs;
mod parties;
mod services;
#[cfg(test)]
mod tests;
mod types;

use std::collections::BTreeMap;

use archwright_codegen::model::SystemModel;
use archwright_grammar::vocabulary::Kind;

use crate::{
    Cancelled, Snapshot,
    cancel::catch,
    db::{Db, Item, facts, parsed, resolved},
    diagnostic::{Diagnostic, Severity},
    model::{
        cx::Cx,
        facts::{Body, RefFact},
        finding::Finding,
    },
    render::Renderer,
    rules::api::duplicate_route,
};

/// Why a blueprint cannot be generated from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowerError {
    /// The errors that stand in the way, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Snapshot {
    /// The blueprint as generators read it, or what is in the way of that.
    ///
    /// # Errors
    ///
    /// Cancelled by a write.
    pub fn system_model(&self) -> Result<Result<SystemModel, LowerError>, Cancelled> {
        catch(|| {
            let items = self
                .files
                .sorted()
                .into_iter()
                .flat_map(|(_, file)| file.entries.iter().map(|entry| entry.item));
            lower(&self.db, items).map_err(|obstacles| {
                let renderer = Renderer::new(&self.db, &self.files, &self.config);
                LowerError {
                    diagnostics: obstacles
                        .iter()
                        .flat_map(|obstacle| obstacle.render(&renderer))
                        .collect(),
                }
            })
        })
    }
}

/// What is in the way, before it has places in files.
#[derive(Debug)]
pub(crate) enum Obstacle {
    /// The item has syntax errors.
    Broken(Item),
    /// A name or type error, or something that no generator can make.
    Finding(Box<Finding>),
}

impl Obstacle {
    fn render(&self, renderer: &Renderer<'_>) -> Vec<Diagnostic> {
        match self {
            Self::Broken(item) => {
                let errors = &parsed(renderer.db, *item).errors;
                errors
                    .iter()
                    .filter_map(|error| renderer.syntax(*item, error))
                    .collect()
            }
            Self::Finding(finding) => renderer.finding(finding).into_iter().collect(),
        }
    }
}

/// Lowers the blueprint that these items make up.
///
/// # Errors
///
/// Everything that is in the way, in the order of `items`.
pub(crate) fn lower(db: &dyn Db, items: impl Iterator<Item = Item>) -> Result<SystemModel, Vec<Obstacle>> {
    let mut obstacles = Vec::new();
    for item in items {
        if !parsed(db, item).errors.is_empty() {
            obstacles.push(Obstacle::Broken(item));
        }
        let errors = resolved(db, item)
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        obstacles.extend(errors.cloned().map(Box::new).map(Obstacle::Finding));
        // A rule that a profile may leave out; no router can serve both.
        let mut doubled = Vec::new();
        duplicate_route::check(Cx { db }, item, &mut doubled);
        obstacles.extend(doubled.into_iter().map(|finding| {
            Obstacle::Finding(Box::new(Finding {
                code: "type.not_generated",
                fixes: Vec::new(),
                ..finding
            }))
        }));
    }
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    let mut lower = Lower {
        cx: Cx { db },
        held_by: BTreeMap::new(),
        findings: Vec::new(),
    };
    let model = lower.system();
    if lower.findings.is_empty() {
        Ok(model)
    } else {
        Err(lower
            .findings
            .into_iter()
            .map(Box::new)
            .map(Obstacle::Finding)
            .collect())
    }
}

/// The work of lowering: the eyes, and what turned out to be impossible.
struct Lower<'db> {
    cx: Cx<'db>,
    /// For each role the roles whose holders hold it too.
    held_by: BTreeMap<String, Vec<String>>,
    findings: Vec<Finding>,
}

impl<'db> Lower<'db> {
    fn system(&mut self) -> SystemModel {
        let roles = self.roles();
        self.held_by = roles
            .iter()
            .map(|role| (role.name.clone(), role.held_by.clone()))
            .collect();
        let mut model = SystemModel {
            roles,
            teams: self.teams(),
            auth_schemes: self.auth_schemes(),
            contexts: self.contexts(),
            vendors: self.vendors(),
            clients: self.clients(),
            brokers: self.brokers(),
            decisions: self.decisions(),
            policies: self.policies(),
            ..SystemModel::default()
        };
        if let Some((item, system)) = self.cx.system() {
            let facts = self.cx.facts(item);
            model.name = facts.name.to_string();
            model.docs = convert::docs(facts.docs.as_ref());
            model.complies = system
                .complies
                .iter()
                .map(|(regime, _)| regime.to_string())
                .collect();
            model.region = system.region.as_ref().map(ToString::to_string);
            model.outbox = convert::setting(&system.outbox);
            model.tls = convert::setting(&system.settings.tls);
        }
        let services: Vec<Item> = self.cx.items(Kind::Service).to_vec();
        model.services = services
            .into_iter()
            .map(|service| services::Lowering::new(self, service).service())
            .collect();
        model
    }

    /// The name of what a reference means; its text where that is nothing (then it has been reported).
    fn name_of(&self, item: Item, reference: &RefFact, want: &[Kind]) -> String {
        match self.cx.resolve(item, reference, want) {
            Some(def) => def.name(self.cx.db).to_string(),
            None => reference.text(),
        }
    }

    /// The qualified name of what a reference means; its text where that is nothing.
    fn qualified_name_of(&self, item: Item, reference: &RefFact, want: &[Kind]) -> String {
        match self.cx.resolve(item, reference, want) {
            Some(def) => self.qualified(def),
            None => reference.text(),
        }
    }

    /// The items of a kind with name and documentation.
    fn named(&self, kind: Kind) -> Vec<(Item, String, String, &'db Body)> {
        let items: Vec<Item> = self.cx.items(kind).to_vec();
        items
            .into_iter()
            .map(|item| {
                let facts = facts(self.cx.db, item);
                (
                    item,
                    facts.name.to_string(),
                    convert::docs(facts.docs.as_ref()),
                    &facts.body,
                )
            })
            .collect()
    }
}
