//! Which files a service gets, and what each template is given.

use include_dir::{Dir, include_dir};
use serde_json::{Value, json};

use crate::files::{Class, RenderedFile};
use crate::generate::GenError;
use crate::openapi;
use crate::render::Templates;
use crate::stacks::RenderInput;

use super::cases::{called, migration_path};
use super::catalogue::{PACKAGES, PLAIN, SHAPED, TESTS};
use super::code::with_imports;
use super::context::{Context, functions_used};
use super::contracts;
use super::decisions::records;
use super::migration::Schema;
use super::shown::{Shown, merged};

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/python");

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
