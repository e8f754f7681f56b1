//! Migrations: the first one whole, later ones as the difference to the snapshot that the last one left.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::generate::GenError;
use crate::model::{EnumModel, Expr, FieldModel, Literal, NamedShape, Protection, Scalar, TypeModel};
use crate::names::sql_identifier;

use super::entity::Entity;
use super::types::Types;

/// The tables as the migrations leave them: `migrations/schema.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Schema {
    tables: Vec<Table>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Table {
    name: String,
    columns: Vec<Column>,
    constraints: Vec<Named>,
    /// Constraints that name another table; added once all tables are there.
    foreign: Vec<Named>,
    indexes: Vec<Named>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    ty: String,
    nullable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fill: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Named {
    name: String,
    sql: String,
}

/// A migration to be written.
#[derive(Debug)]
pub(super) struct Migration {
    pub(super) number: u32,
    pub(super) slug: String,
    pub(super) statements: Vec<String>,
}

impl Schema {
    /// The tables that the service needs. `runtime` are those of its own bookkeeping.
    pub(super) fn of(entities: &[Entity<'_>], types: &Types<'_>, runtime: &[&str]) -> Self {
        let mut tables: Vec<Table> = runtime.iter().map(|name| bookkeeping(name)).collect();
        tables.extend(entities.iter().map(|entity| table_of(entity, entities, types)));
        Self { tables }
    }

    /// The tables as they really are after the migration: nothing that was there is ever dropped.
    pub(super) fn keeping(mut self, before: &Self) -> Self {
        for old in &before.tables {
            match self.tables.iter_mut().find(|table| table.name == old.name) {
                Some(table) => {
                    for column in &old.columns {
                        if !table.columns.iter().any(|one| one.name == column.name) {
                            table.columns.push(Column {
                                nullable: true,
                                fill: None,
                                ..column.clone()
                            });
                        }
                    }
                }
                None => self.tables.push(old.clone()),
            }
        }
        self
    }

    pub(super) fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(&json!(self)).unwrap_or_default();
        format!("{text}\n")
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// What leads from `before` to this; `None` when nothing does.
    pub(super) fn since(
        &self,
        before: &Self,
        number: u32,
        service: &str,
    ) -> Result<Option<Migration>, Vec<GenError>> {
        let mut change = Change::default();
        for table in &self.tables {
            match before.tables.iter().find(|old| old.name == table.name) {
                None => change.create(table),
                Some(old) => change.alter(old, table, service),
            }
        }
        for table in &self.tables {
            let old = before.tables.iter().find(|old| old.name == table.name);
            change.foreign(old, table);
        }
        if !change.errors.is_empty() {
            return Err(change.errors);
        }
        if change.statements.is_empty() {
            return Ok(None);
        }
        let slug = if before.tables.is_empty() {
            "first_tables".to_owned()
        } else {
            change
                .words
                .first()
                .cloned()
                .unwrap_or_else(|| "constraints".to_owned())
        };
        Ok(Some(Migration {
            number,
            slug,
            statements: change.statements,
        }))
    }
}

#[derive(Debug, Default)]
struct Change {
    statements: Vec<String>,
    words: Vec<String>,
    errors: Vec<GenError>,
}

impl Change {
    fn create(&mut self, table: &Table) {
        let mut lines: Vec<String> = table
            .columns
            .iter()
            .map(|column| format!("    {}", definition(column)))
            .collect();
        lines.extend(
            table
                .constraints
                .iter()
                .map(|one| format!("    CONSTRAINT {} {}", quoted(&one.name), one.sql)),
        );
        self.statements.push(format!(
            "CREATE TABLE {} (\n{}\n)",
            quoted(&table.name),
            lines.join(",\n")
        ));
        for index in &table.indexes {
            self.statements.push(index.sql.clone());
        }
        self.words.push(format!("add_{}", table.name.replace('.', "_")));
    }

    fn alter(&mut self, old: &Table, new: &Table, service: &str) {
        let table = quoted(&new.name);
        for index in &old.indexes {
            if !new.indexes.contains(index) {
                self.statements
                    .push(format!("DROP INDEX {}", quoted(&index.name)));
            }
        }
        for one in old.foreign.iter().chain(&old.constraints) {
            if !new.constraints.contains(one) && !new.foreign.contains(one) {
                self.statements.push(format!(
                    "ALTER TABLE {table} DROP CONSTRAINT {}",
                    quoted(&one.name)
                ));
            }
        }
        for column in &new.columns {
            match old.columns.iter().find(|one| one.name == column.name) {
                None => {
                    self.words.push(format!("{}_{}", new.name.replace('.', "_"), column.name));
                    let definition = definition(column);
                    match (&column.fill, column.nullable) {
                        (Some(fill), false) => {
                            self.statements.push(format!("ALTER TABLE {table} ADD COLUMN {definition} DEFAULT {fill}"));
                            let name = quoted(&column.name);
                            self.statements.push(format!("ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT"));
                        }
                        _ => self.statements.push(format!("ALTER TABLE {table} ADD COLUMN {definition}")),
                    }
                }
                Some(one) if one.ty != column.ty => self.errors.push(GenError::of_service(
                    service,
                    format!(
                        "Column {} of table {} changes from {} to {}; that migration is not generated. Add a field \
                         with the new type, move the data in a migration of your own, then remove the old field.",
                        column.name, new.name, one.ty, column.ty
                    ),
                )),
                Some(one) if one.nullable != column.nullable => {
                    let how = if column.nullable { "DROP" } else { "SET" };
                    let name = quoted(&column.name);
                    if let Some(fill) = column.fill.as_ref().filter(|_| !column.nullable) {
                        self.statements.push(format!("UPDATE {table} SET {name} = {fill} WHERE {name} IS NULL"));
                    }
                    self.statements.push(format!("ALTER TABLE {table} ALTER COLUMN {name} {how} NOT NULL"));
                }
                Some(_) => {}
            }
        }
        // Data is never dropped: a field that is gone leaves its column, which new rows may leave empty.
        for column in &old.columns {
            if !column.nullable && !new.columns.iter().any(|one| one.name == column.name) {
                let name = quoted(&column.name);
                self.statements
                    .push(format!("ALTER TABLE {table} ALTER COLUMN {name} DROP NOT NULL"));
            }
        }
        for one in &new.constraints {
            if !old.constraints.contains(one) {
                self.statements.push(format!(
                    "ALTER TABLE {table} ADD CONSTRAINT {} {}",
                    quoted(&one.name),
                    one.sql
                ));
            }
        }
        for index in &new.indexes {
            if !old.indexes.contains(index) {
                self.statements.push(index.sql.clone());
            }
        }
    }

    fn foreign(&mut self, old: Option<&Table>, new: &Table) {
        let table = quoted(&new.name);
        for one in &new.foreign {
            if !old.is_some_and(|old| old.foreign.contains(one)) {
                self.statements.push(format!(
                    "ALTER TABLE {table} ADD CONSTRAINT {} {}",
                    quoted(&one.name),
                    one.sql
                ));
            }
        }
    }
}

fn definition(column: &Column) -> String {
    let null = if column.nullable { "" } else { " NOT NULL" };
    format!("{} {}{null}", quoted(&column.name), column.ty)
}

fn quoted(name: &str) -> String {
    name.split('.')
        .map(|part| format!("\"{part}\""))
        .collect::<Vec<_>>()
        .join(".")
}

fn list(names: &[String]) -> String {
    names
        .iter()
        .map(|name| quoted(name))
        .collect::<Vec<_>>()
        .join(", ")
}

fn table_of(entity: &Entity<'_>, entities: &[Entity<'_>], types: &Types<'_>) -> Table {
    let mut table = Table {
        name: entity.table.clone(),
        ..Table::default()
    };
    let named = |parts: &[&str]| sql_identifier(&parts.join("_"));
    let key = entity.key().column.clone();
    table.constraints.push(Named {
        name: named(&[&entity.table, "pkey"]),
        sql: format!("PRIMARY KEY ({})", quoted(&key)),
    });
    for field in &entity.fields {
        let counted = entity.counted() && field.column == key;
        let ty = if counted {
            format!("{} GENERATED BY DEFAULT AS IDENTITY", field.sql())
        } else {
            field.sql()
        };
        table.columns.push(Column {
            name: field.column.clone(),
            ty,
            nullable: field.model.optional,
            fill: fill(field.model),
        });
        if field.model.unique && field.column != key {
            table.constraints.push(Named {
                name: named(&[&entity.table, &field.column, "key"]),
                sql: format!("UNIQUE ({})", quoted(&field.column)),
            });
        }
        if let Some(check) = check(field.model, &field.column, types) {
            table.constraints.push(Named {
                name: named(&[&entity.table, &field.column, "check"]),
                sql: check,
            });
        }
        if let TypeModel::Ref { target } = &field.model.ty
            && let Some(other) = entities
                .iter()
                .find(|one| target.local && one.model.id == target.id)
        {
            table.foreign.push(Named {
                name: named(&[&entity.table, &field.column, "fkey"]),
                sql: format!(
                    "FOREIGN KEY ({}) REFERENCES {} ({})",
                    quoted(&field.column),
                    quoted(&other.table),
                    quoted(&other.key().column)
                ),
            });
        }
    }
    let columns = |names: &[String]| -> Vec<String> {
        names
            .iter()
            .filter_map(|name| entity.field(name))
            .map(|field| field.column.clone())
            .collect()
    };
    let mut leading: Vec<String> = vec![key];
    for unique in &entity.model.uniques {
        let columns = columns(unique);
        leading.extend(columns.first().cloned());
        table.constraints.push(Named {
            name: named(&[&entity.table, &columns.join("_"), "key"]),
            sql: format!("UNIQUE ({})", list(&columns)),
        });
    }
    for index in &entity.model.indexes {
        let columns = columns(index);
        leading.extend(columns.first().cloned());
        table.indexes.push(index_on(&entity.table, &columns));
    }
    for field in &entity.fields {
        let refers = matches!(&field.model.ty, TypeModel::Ref { target } if target.local);
        if refers && !field.model.unique && !leading.contains(&field.column) {
            table
                .indexes
                .push(index_on(&entity.table, std::slice::from_ref(&field.column)));
        }
    }
    table
}

fn index_on(table: &str, columns: &[String]) -> Named {
    let name = sql_identifier(&format!("{table}_{}_idx", columns.join("_")));
    Named {
        sql: format!(
            "CREATE INDEX {} ON {} ({})",
            quoted(&name),
            quoted(table),
            list(columns)
        ),
        name,
    }
}

/// The condition that the field's type and bounds put on its column.
fn check(field: &FieldModel, column: &str, types: &Types<'_>) -> Option<String> {
    let column = quoted(column);
    if field.protections.contains(&Protection::Encrypted) {
        return None;
    }
    if let TypeModel::Named {
        id,
        shape: NamedShape::Enum,
        ..
    } = &field.ty
    {
        let def: &EnumModel = types.enumerations().into_iter().find(|def| def.id == *id)?;
        let members: Vec<String> = def
            .members
            .iter()
            .map(|member| format!("'{}'", member.name))
            .collect();
        return (!members.is_empty()).then(|| format!("CHECK ({column} IN ({}))", members.join(", ")));
    }
    let numeric = matches!(
        field.ty,
        TypeModel::Scalar {
            scalar: Scalar::Int | Scalar::Long | Scalar::Decimal | Scalar::Money | Scalar::Float,
            ..
        }
    );
    if !numeric {
        return None;
    }
    let bounds: Vec<String> = field
        .min
        .iter()
        .map(|min| format!("{column} >= {min}"))
        .chain(field.max.iter().map(|max| format!("{column} <= {max}")))
        .collect();
    (!bounds.is_empty()).then(|| format!("CHECK ({})", bounds.join(" AND ")))
}

/// What rows that are there already get in a new column.
fn fill(field: &FieldModel) -> Option<String> {
    if field.optional || field.is_id || field.protections.contains(&Protection::Encrypted) {
        return None;
    }
    match field.default.as_ref() {
        Some(Expr::Literal { literal }) => match literal {
            Literal::String(text) => Some(format!("'{}'", text.replace('\'', "''"))),
            Literal::Integer(value) => Some(value.to_string()),
            Literal::Decimal(value) => Some(value.clone()),
            Literal::Bool(value) => Some(value.to_string()),
            Literal::EnumMember { member, .. } => Some(format!("'{member}'")),
            Literal::Date(date) => Some(format!("'{date}'")),
            Literal::Duration(_) | Literal::Role(_) => None,
        },
        _ if field.created || field.updated => Some("now()".to_owned()),
        _ => match &field.ty {
            TypeModel::List { of } if of.carried_scalar().is_some() => Some("'{}'".to_owned()),
            TypeModel::List { of }
                if matches!(
                    of.as_ref(),
                    TypeModel::Named {
                        shape: NamedShape::Enum,
                        ..
                    }
                ) =>
            {
                Some("'{}'".to_owned())
            }
            TypeModel::List { .. } => Some("'[]'".to_owned()),
            _ => None,
        },
    }
}

fn bookkeeping(name: &str) -> Table {
    let column = |name: &str, ty: &str, nullable: bool| Column {
        name: name.to_owned(),
        ty: ty.to_owned(),
        nullable,
        fill: None,
    };
    let key = |table: &str, column: &str| Named {
        name: format!("{table}_pkey"),
        sql: format!("PRIMARY KEY (\"{column}\")"),
    };
    let index = |table: &str, column: &str| Named {
        name: format!("{table}_{column}_idx"),
        sql: format!("CREATE INDEX \"{table}_{column}_idx\" ON \"runtime\".\"{table}\" (\"{column}\")"),
    };
    let (columns, constraints, indexes) = match name {
        "session" => (
            vec![
                column("id_hash", "bytea", false),
                column("subject", "uuid", false),
                column("role", "text", false),
                column("tenant", "uuid", true),
                column("created_at", "timestamptz", false),
                column("last_seen_at", "timestamptz", false),
                column("expires_at", "timestamptz", false),
                column("ended_at", "timestamptz", true),
            ],
            vec![key("session", "id_hash")],
            vec![index("session", "subject")],
        ),
        "rate_limit" => (
            vec![
                column("key", "text", false),
                column("tokens", "double precision", false),
                column("refilled_at", "timestamptz", false),
            ],
            vec![key("rate_limit", "key")],
            vec![],
        ),
        _ => (
            vec![
                column("scope", "text", false),
                column("request_hash", "bytea", false),
                column("status", "integer", false),
                column("media_type", "text", true),
                column("body", "bytea", false),
                column("expires_at", "timestamptz", false),
            ],
            vec![key("idempotency", "scope")],
            vec![index("idempotency", "expires_at")],
        ),
    };
    Table {
        name: format!("runtime.{name}"),
        columns,
        constraints,
        foreign: vec![],
        indexes,
    }
}
