//! Which module each capitalised name of the generated code comes from.

use std::collections::BTreeMap;

use crate::model::TypeDef;

use super::code::Origins;
use super::types::Types;

impl Types<'_> {
    /// Where each class is defined, for imports.
    pub(super) fn origins(&self, module_of_entity: &BTreeMap<String, String>) -> Origins {
        let mut origins = Origins::new();
        for class in self.enums.values() {
            origins.insert(class.clone(), "app.contracts.shared".to_owned());
        }
        for def in self.definitions() {
            let module = self.module_of(def, module_of_entity);
            origins.insert(self.type_class(&def.id).to_owned(), module.clone());
            if def.projection_of.is_some() {
                origins.insert(self.page_of(&def.id).to_owned(), module);
            }
        }
        for (id, classes) in &self.entities {
            let module = module_of_entity.get(id).map_or_else(
                || "app.contracts.composed".to_owned(),
                |slug| contract_module(slug),
            );
            origins.insert(classes.entity.clone(), "app.domain.entities".to_owned());
            for class in [&classes.filter, &classes.store, &classes.rules] {
                origins.insert(class.clone(), "app.domain.ports".to_owned());
            }
            if let Some(slug) = module_of_entity.get(id) {
                origins.insert(classes.postgres.clone(), format!("app.db.repo_{slug}"));
                origins.insert(classes.default_rules.clone(), format!("app.domain.{slug}_rules"));
            }
            for class in [&classes.create, &classes.update, &classes.read, &classes.page] {
                origins.insert(class.clone(), module.clone());
            }
        }
        for (hint, inline) in &self.inline {
            let module = if self.is_shared_inline(hint) {
                "app.contracts.shared"
            } else {
                "app.contracts.composed"
            };
            origins.insert(inline.class.clone(), module.to_owned());
        }
        origins
    }

    /// The module in which a type or projection is defined.
    pub(super) fn module_of(&self, def: &TypeDef, module_of_entity: &BTreeMap<String, String>) -> String {
        match &def.projection_of {
            Some(target) => module_of_entity.get(&target.id).map_or_else(
                || "app.contracts.composed".to_owned(),
                |slug| contract_module(slug),
            ),
            None if self.is_composed(&def.id) => "app.contracts.composed".to_owned(),
            None => "app.contracts.shared".to_owned(),
        }
    }
}

/// The module of an entity's contracts.
pub(super) fn contract_module(slug: &str) -> String {
    format!("app.contracts.{slug}")
}

/// Names of libraries and of modules that every service has.
pub(super) fn standard_origins() -> Origins {
    const ORIGINS: [(&str, &str); 17] = [
        ("uuid", "UUID"),
        ("decimal", "Decimal"),
        ("typing", "Any Annotated Protocol Generic TypeVar"),
        ("enum", "StrEnum"),
        ("collections.abc", "Callable Mapping"),
        ("datetime!", "dt"),
        ("pydantic", "Field JsonValue TypeAdapter AfterValidator"),
        ("fastapi", "Path Query Body Response"),
        (
            "sqlalchemy",
            "ColumnElement RowMapping Uuid Text Integer BigInteger Numeric Double Boolean DateTime Date Interval LargeBinary",
        ),
        ("sqlalchemy.dialects.postgresql", "ARRAY JSONB"),
        ("sqlalchemy.ext.asyncio", "AsyncConnection"),
        (
            "app.contracts.base",
            "Incoming Outgoing Value ShortText LongText Email Phone Url Int Long Whole Float Bool Instant CalendarDate \
             Duration Exact Money Base64 IntParameter LongParameter WholeParameter FloatParameter BoolParameter Fitting Many NO_NUL \
             INT_MIN INT_MAX LONG_MIN LONG_MAX",
        ),
        ("app.domain.ports", "Page Call Rules Data"),
        (
            "app.domain.errors",
            "NotFound Forbidden RuleNotWritten Unprocessable",
        ),
        ("app.security.caller", "Caller Role"),
        ("app.security.policy", "Policy Grant Limit Occasion"),
        ("app.api.operation", "Operation CurrentCall CurrentRules"),
    ];
    ORIGINS
        .iter()
        .flat_map(|(module, names)| {
            names
                .split(' ')
                .map(|name| (name.to_owned(), (*module).to_owned()))
        })
        .filter(|(name, _)| !name.is_empty())
        .collect()
}
