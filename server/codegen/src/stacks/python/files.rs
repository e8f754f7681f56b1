//! Which files a service gets, and what each template is given.

use include_dir::{Dir, include_dir};
use serde_json::{Value, json};

use crate::files::{Class, RenderedFile};
use crate::generate::GenError;
use crate::openapi;
use crate::render::{Templates, python_string};
use crate::stacks::RenderInput;

use super::cases::{called, cases, examples, kinds, migration_path, sample, values};
use super::changes::changes;
use super::code::with_imports;
use super::context::{Context, functions_used};
use super::contracts;
use super::decisions::records;
use super::endpoint::{Access, Default};
use super::migration::Schema;
use super::views;

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/python");

/// Files that are the same in every service: path, and when they are there.
const PLAIN: &[(&str, When)] = &[
    (".dockerignore", When::Always),
    (".gitattributes", When::Always),
    (".gitignore", When::Always),
    ("alembic.ini", When::Database),
    ("app/__init__.py", When::Always),
    ("app/__main__.py", When::Always),
    ("app/api/__init__.py", When::Always),
    ("app/api/edge.py", When::Always),
    ("app/contracts/__init__.py", When::Always),
    ("app/contracts/base.py", When::Always),
    ("app/db/__init__.py", When::Database),
    ("app/db/joins.py", When::Joins),
    ("app/db/paging.py", When::Entities),
    ("app/db/pool.py", When::Database),
    ("app/db/values.py", When::Values),
    ("app/domain/__init__.py", When::Always),
    ("app/domain/ids.py", When::Entities),
    ("app/resilience/__init__.py", When::Idempotency),
    ("app/db/sealed.py", When::Sealed),
    ("app/security/__init__.py", When::Always),
    ("app/security/cipher.py", When::Sealed),
    ("dev/keys.py", When::Sealed),
    ("app/security/headers.py", When::Always),
    ("app/security/limits.py", When::Limits),
    ("app/telemetry/__init__.py", When::Always),
    ("app/telemetry/logs.py", When::Always),
    ("dev/__init__.py", When::Always),
    ("dev/database.py", When::Database),
    ("dev/sampling.py", When::Database),
    ("migrations/env.py", When::Database),
    ("scripts/dev-db", When::Database),
    ("tests/__init__.py", When::Always),
    ("tests/contract/test_openapi.py", When::Always),
    ("tests/migrations/test_migrations.py", When::Entities),
    ("tests/trial.py", When::Cases),
];

/// Packages of tests.
const PACKAGES: &[(&str, When)] = &[
    ("tests/behaviour/__init__.py", When::Cases),
    ("tests/contract/__init__.py", When::Always),
    ("tests/migrations/__init__.py", When::Entities),
    ("tests/privacy/__init__.py", When::Sealed),
    ("tests/security/__init__.py", When::Always),
];

/// Files that show something of the service: path (its template has `.jinja` behind), and when they are there.
const SHAPED: &[(&str, When)] = &[
    (".env.example", When::Always),
    (".github/workflows/ci.yml", When::Always),
    ("Dockerfile", When::Always),
    ("README.md", When::Always),
    ("app/api/operation.py", When::Always),
    ("app/api/problems.py", When::Always),
    ("app/api/service.py", When::Always),
    ("app/db/data.py", When::Entities),
    ("app/db/predicates.py", When::Predicates),
    ("app/db/tables.py", When::Entities),
    ("app/domain/changes.py", When::Changes),
    ("app/domain/entities.py", When::Entities),
    ("app/domain/errors.py", When::Always),
    ("app/domain/ports.py", When::Always),
    ("app/main.py", When::Always),
    ("app/resilience/idempotency.py", When::Idempotency),
    ("app/security/caller.py", When::Always),
    ("app/security/policies.py", When::Operations),
    ("app/security/policy.py", When::Always),
    ("app/security/sessions.py", When::Sessions),
    ("app/settings.py", When::Always),
    ("app/wiring.py", When::Always),
    ("compose.yaml", When::Always),
    ("dev/__main__.py", When::Always),
    ("dev/samples.py", When::Database),
    ("pyproject.toml", When::Always),
    ("tests/cases.py", When::Database),
    ("tests/conftest.py", When::Always),
    ("tests/support.py", When::Always),
];

/// Tests that show something of the service.
const TESTS: &[(&str, When)] = &[
    ("tests/behaviour/test_operations.py", When::Cases),
    ("tests/contract/test_problems.py", When::Always),
    ("tests/privacy/test_encryption.py", When::Sealed),
    ("tests/security/test_access.py", When::Always),
    ("tests/security/test_limits.py", When::Limits),
    ("tests/security/test_sessions.py", When::Sessions),
    ("tests/security/test_settings.py", When::Always),
];

/// What a file waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    Database,
    Entities,
    Sessions,
    Limits,
    Idempotency,
    Predicates,
    Changes,
    Operations,
    Joins,
    Values,
    Cases,
    Sealed,
}

/// Renders every file of the service.
pub(super) fn render(input: &RenderInput<'_>) -> Result<Vec<RenderedFile>, Vec<GenError>> {
    let context = Context::new(input.system, input.service)?;
    let shown = Shown::new(&context);
    let templates = templates().map_err(|error| vec![error])?;
    let mut maker = Maker {
        context: &context,
        templates,
        files: Vec::new(),
        errors: Vec::new(),
    };
    for (path, when) in PLAIN {
        if shown.there(*when) {
            let text = TEMPLATES
                .get_file(path)
                .and_then(|file| file.contents_utf8())
                .unwrap_or_default();
            maker.push(path, Class::Owned, path, &[], text);
        }
    }
    for (path, when) in PACKAGES {
        if shown.there(*when) {
            maker.push(path, Class::Owned, path, &[], "\"\"\"Tests.\"\"\"\n");
        }
    }
    maker.push(
        "tests/custom/__init__.py",
        Class::Yours,
        "tests/custom/__init__.py",
        &[],
        "\"\"\"Your own tests: nothing in this folder is ever generated again.\"\"\"\n",
    );
    for (path, when) in SHAPED.iter().chain(TESTS) {
        if shown.there(*when) {
            maker.template(path, Class::Owned, &format!("{path}.jinja"), &[], &shown.data);
        }
    }
    parts(&mut maker, &shown);
    migrations(&mut maker, input)?;
    for (path, record) in records(input.system, input.service, input.existing) {
        maker.template(&path, Class::Append, "docs/adr/decision.md.jinja", &[], &record);
    }
    let document = openapi::document(
        input.system,
        input.service,
        context.endpoints.iter().map(|one| one.model),
    );
    maker.push("openapi.json", Class::Derived, "openapi.json", &[], &document);
    if maker.errors.is_empty() {
        Ok(maker.files)
    } else {
        Err(maker.errors)
    }
}

/// All templates by path.
fn templates() -> Result<Templates, GenError> {
    let mut found = Vec::new();
    let mut folders = vec![&TEMPLATES];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8())
                && path.rsplit_once('.').is_some_and(|(_, ending)| ending == "jinja")
            {
                found.push((path, text));
            }
        }
    }
    found.sort_unstable();
    Templates::new(found)
}

/// The modules of entities and of groups of operations.
fn parts(maker: &mut Maker<'_, '_>, shown: &Shown) {
    let context = maker.context;
    let with = |more: Value| merged(&shown.data, more);
    let shared = contracts::types(context, false);
    let enums = contracts::enums(context);
    if !shared.is_empty() || !enums.is_empty() {
        let data = with(json!({ "enums": enums, "classes": shared }));
        maker.template(
            "app/contracts/shared.py",
            Class::Owned,
            "app/contracts/shared.py.jinja",
            &[],
            &data,
        );
    }
    let classes = |intro: &str, classes: &[Value]| {
        let text = Value::from(classes.to_vec()).to_string();
        with(json!({
            "intro": intro,
            "classes": classes,
            "unset": text.contains("=unset"),
            "utc_now": text.contains("=utc_now"),
        }))
    };
    let composed = contracts::types(context, true);
    if !composed.is_empty() {
        let data = classes(
            "Objects of single operations, and what belongs to other services.",
            &composed,
        );
        maker.template(
            "app/contracts/composed.py",
            Class::Owned,
            "app/contracts/entity.py.jinja",
            &[],
            &data,
        );
    }
    for (entity, view) in context.entities.iter().zip(&shown.entities) {
        let ids = [entity.model.id.clone()];
        let own = contracts::of_entity(context, entity);
        if !own.is_empty() {
            let data = classes(
                &format!("Requests and responses about {}.", entity.model.name),
                &own,
            );
            let path = format!("app/contracts/{}.py", entity.slug);
            maker.template(&path, Class::Owned, "app/contracts/entity.py.jinja", &ids, &data);
        }
        let text = view.to_string();
        let data = with(json!({
            "entity": view,
            "functions": store_functions(view),
            "values": called(&text, &["dumped", "members", "optional", "optional_members"]),
            "opened": called(&text, &["opened", "optional_opened", "sealed"]),
            "uses_joins": text.contains("joined("),
        }));
        let path = format!("app/db/repo_{}.py", entity.slug);
        maker.template(&path, Class::Owned, "app/db/repo.py.jinja", &ids, &data);
    }
    for (group, view) in context.groups.iter().zip(&shown.groups) {
        let ids: Vec<String> = context
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.group == group.slug)
            .map(|endpoint| endpoint.model.id.clone())
            .collect();
        let data = with(json!({ "group": view, "changes": change_functions(view) }));
        let routes = format!("app/api/{}.py", group.slug);
        maker.template(&routes, Class::Owned, "app/api/routes.py.jinja", &ids, &data);
        let rules = format!("app/domain/{}_rules.py", group.slug);
        maker.template(&rules, Class::Yours, "app/domain/rules.py.jinja", &ids, &data);
    }
}

/// `SQLAlchemy`'s functions in a store.
fn store_functions(view: &Value) -> String {
    let queries = view["queries"].to_string();
    let mut names = vec!["delete", "insert", "select", "update"];
    names.extend(functions_used(&queries));
    names.join(", ")
}

/// `new_order, changed_order`, as far as the default rules call them.
fn change_functions(group: &Value) -> String {
    let mut names: Vec<String> = group["operations"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|operation| {
            let default = &operation["default"];
            let slug = default["slug"].as_str()?;
            match default["kind"].as_str()? {
                "create" => Some(format!("new_{slug}")),
                "update" => Some(format!("changed_{slug}")),
                _ => None,
            }
        })
        .collect();
    names.sort();
    names.dedup();
    names.join(", ")
}

fn migrations(maker: &mut Maker<'_, '_>, input: &RenderInput<'_>) -> Result<(), Vec<GenError>> {
    const SNAPSHOT: &str = "migrations/schema.json";
    let context = maker.context;
    if !context.has_database() {
        return Ok(());
    }
    let schema = Schema::of(&context.entities, &context.types, &context.bookkeeping());
    let before = match input.existing.get(SNAPSHOT) {
        Some(text) => Schema::from_json(text).ok_or_else(|| {
            vec![GenError::of_service(
                &input.service.name,
                format!("{SNAPSHOT} cannot be read, so nobody knows what the migrations left. Restore it."),
            )]
        })?,
        None => Schema::default(),
    };
    let last = input
        .existing
        .keys()
        .filter_map(|path| path.strip_prefix("migrations/versions/"))
        .filter_map(|name| name.get(..4)?.parse::<u32>().ok())
        .max()
        .unwrap_or(0);
    if let Some(migration) = schema.since(&before, last + 1, &input.service.name)? {
        let statements: Vec<String> = migration
            .statements
            .iter()
            .map(|statement| indented(statement))
            .collect();
        let title = crate::names::sentence(&migration.slug);
        let data = json!({
            "title": title,
            "number": format!("{:04}", migration.number),
            "previous": if last == 0 { "None".to_owned() } else { format!("\"{last:04}\"") },
            "statements": statements,
        });
        let path = migration_path(migration.number, &migration.slug);
        maker.template(
            &path,
            Class::Append,
            "migrations/versions/migration.py.jinja",
            &[],
            &data,
        );
    }
    maker.push(
        SNAPSHOT,
        Class::Derived,
        SNAPSHOT,
        &[],
        &schema.keeping(&before).to_json(),
    );
    Ok(())
}

/// A statement inside of a string literal at four blanks.
fn indented(statement: &str) -> String {
    let safe = statement.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
    safe.lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What the templates are given, and what follows from it.
struct Shown {
    data: Value,
    entities: Vec<Value>,
    groups: Vec<Value>,
    there: Vec<(When, bool)>,
}

impl Shown {
    fn new(context: &Context<'_>) -> Self {
        let entities: Vec<Value> = context
            .entities
            .iter()
            .map(|entity| views::entity(context, entity))
            .collect();
        let groups: Vec<Value> = context
            .groups
            .iter()
            .map(|group| views::group(context, group))
            .collect();
        let policies: Vec<Value> = context
            .endpoints
            .iter()
            .map(|endpoint| context.policy(endpoint))
            .collect();
        let changed: Vec<Value> = context
            .entities
            .iter()
            .map(|entity| changes(context, entity))
            .filter(|change| change["creates"] == true || change["changes"] == true)
            .collect();
        let cases = if context.has_database() {
            cases(context)
        } else {
            Vec::new()
        };
        let samples: Vec<Value> = context
            .entities
            .iter()
            .filter(|entity| context.ties.plantable(entity))
            .map(|entity| sample(context, entity))
            .collect();
        let predicates = Value::from(context.predicates.clone()).to_string();
        let text = Value::from(samples.clone()).to_string();
        let values = values(context, &text);
        let made = format!("{text}{}", Value::from(values.clone()));
        let stores = Value::from(entities.clone()).to_string();
        let tries = examples(context);
        let first = tries.first();
        let unwritten: Vec<Value> = context
            .endpoints
            .iter()
            .filter_map(|endpoint| match &endpoint.default {
                Default::Unwritten { why } => {
                    Some(json!({ "operation": endpoint.model.name, "group": endpoint.group, "why": why }))
                }
                _ => None,
            })
            .collect();
        let nobody: Vec<String> = context
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.access == Access::Session && endpoint.model.allow.is_empty())
            .map(|endpoint| python_string(&endpoint.model.name))
            .collect();
        let data = merged(
            &context.common(),
            json!({
                "entities": entities,
                "groups": groups,
                "policies": policies,
                "conditions": Value::from(policies.clone()).to_string().contains("\"where\":\""),
                "changed": changed,
                "new_id": changed.iter().any(|one| one["creates"] == true && one["lines"].to_string().contains("new_id()")),
                "replaces": changed.iter().any(|one| one["changes"] == true),
                "predicates": context.predicates,
                "functions": functions_used(&predicates).join(", "),
                "uses_tables": predicates.contains("tables."),
                "uses_joins": predicates.contains("joined("),
                "uses_predicates": entities.iter().any(|entity| !entity["visible"].is_null()),
                "uses_true": entities.iter().any(|entity| entity["visible"].is_null()),
                "cases": cases,
                "kinds": kinds(&cases),
                "samples": samples,
                "values_made": values,
                "counts_sealed": samples.iter().any(|one| one["sealed"] == true && one["counted"] == true),
                "sealed_samples": samples.iter().filter(|one| one["sealed"] == true).cloned().collect::<Vec<_>>(),
                "planted": samples.iter().map(|sample| sample["slug"].clone()).collect::<Vec<_>>(),
                "uuid4": true,
                "sample_ids": text.contains("new_id()"),
                "sampling": called(&made, &["drawn", "whole", "word", "written"]),
                "example": python_string(first.map_or("/openapi.json", |endpoint| endpoint.model.path.text.as_str())),
                "examples": tries.iter().map(|endpoint| json!({
                    "path": python_string(&endpoint.model.path.text),
                    "policy": endpoint.policy,
                })).collect::<Vec<_>>(),
                "unwritten": unwritten,
                "nobody": if nobody.is_empty() { "set[str]()".to_owned() } else { format!("{{{}}}", nobody.join(", ")) },
            }),
        );
        let there = vec![
            (When::Always, true),
            (When::Database, context.has_database()),
            (When::Entities, !context.entities.is_empty()),
            (When::Sessions, context.has_sessions()),
            (When::Limits, context.has_limits()),
            (When::Idempotency, context.has_idempotency()),
            (
                When::Predicates,
                !context.predicates.is_empty() && context.has_database(),
            ),
            (When::Changes, !changed.is_empty()),
            (When::Operations, !context.endpoints.is_empty()),
            (
                When::Joins,
                predicates.contains("joined(") || stores.contains("joined("),
            ),
            (
                When::Values,
                !called(&stores, &["dumped", "members", "optional", "optional_members"]).is_empty(),
            ),
            (When::Cases, !cases.is_empty()),
            (When::Sealed, context.has_sealed()),
        ];
        Self {
            data,
            entities,
            groups,
            there,
        }
    }

    fn there(&self, when: When) -> bool {
        self.there.iter().any(|(one, there)| *one == when && *there)
    }
}

struct Maker<'c, 'a> {
    context: &'c Context<'a>,
    templates: Templates,
    files: Vec<RenderedFile>,
    errors: Vec<GenError>,
}

impl Maker<'_, '_> {
    fn template(&mut self, path: &str, class: Class, template: &str, ids: &[String], data: &Value) {
        match self.templates.render(template, data) {
            Ok(text) => {
                let text = if let Some(module) = path.strip_suffix(".py") {
                    let module = module.trim_end_matches("/__init__").replace('/', ".");
                    tidy(&with_imports(&text, &module, &self.context.origins))
                } else {
                    text
                };
                self.push(path, class, template, ids, &text);
            }
            Err(error) => self.errors.push(error),
        }
    }

    fn push(&mut self, path: &str, class: Class, template: &str, ids: &[String], text: &str) {
        let ids = if ids.is_empty() {
            vec![self.context.service.id.clone()]
        } else {
            ids.to_vec()
        };
        let file = RenderedFile::new(path, class, format!("python/{template}"), ids, text);
        self.files.push(if path.starts_with("scripts/") {
            file.executable()
        } else {
            file
        });
    }
}

/// No blank lines at the end, and never more than two in a row.
fn tidy(text: &str) -> String {
    let mut tidied = String::new();
    let mut blank = 0;
    for line in text.trim_end().lines() {
        if line.is_empty() {
            blank += 1;
            continue;
        }
        for _ in 0..blank.min(2) {
            tidied.push('\n');
        }
        blank = 0;
        tidied.push_str(line);
        tidied.push('\n');
    }
    tidied
}

fn merged(base: &Value, more: Value) -> Value {
    let mut whole = base.clone();
    if let (Some(whole), Value::Object(more)) = (whole.as_object_mut(), more) {
        whole.extend(more);
    }
    whole
}
