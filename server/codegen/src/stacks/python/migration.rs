//! Migrations: the first one whole, later ones as the difference to the snapshot that the last one left.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::generate::GenError;

use super::entity::Entity;
use super::schema::{bookkeeping, table_of};
use super::types::Types;

/// The tables as the migrations leave them: `migrations/schema.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Schema {
    tables: Vec<Table>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    pub(super) constraints: Vec<Named>,
    /// Constraints that name another table; added once all tables are there.
    pub(super) foreign: Vec<Named>,
    pub(super) indexes: Vec<Named>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) nullable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) fill: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) sql: String,
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

pub(super) fn quoted(name: &str) -> String {
    name.split('.')
        .map(|part| format!("\"{part}\""))
        .collect::<Vec<_>>()
        .join(".")
}

pub(super) fn list(names: &[String]) -> String {
    names
        .iter()
        .map(|name| quoted(name))
        .collect::<Vec<_>>()
        .join(", ")
}
