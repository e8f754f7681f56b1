//! The stack `python` by itself: which files it renders, that it renders them twice alike, and how migrations grow.
//! Whether the files are any good is for `tests/golden/check_python.py` to find out.

use std::collections::BTreeMap;

use archwright_codegen::files::{Class, RenderedFile};
use archwright_codegen::model::{Expr, FieldModel, Literal, Scalar, StackKind, SystemModel, TypeModel};
use archwright_codegen::stacks::{RenderInput, stack};

const CLINIC: &str = include_str!("fixtures/clinic_orders.json");
const ODD: &str = include_str!("fixtures/python_odd.json");

fn system(text: &str) -> SystemModel {
    serde_json::from_str(text).expect("the fixture is a model")
}

fn render(system: &SystemModel, service: &str, existing: &BTreeMap<String, String>) -> Vec<RenderedFile> {
    let service = system.service(service).expect("the service exists");
    let stack = stack(StackKind::Python).expect("the stack exists");
    stack
        .render(&RenderInput {
            system,
            service,
            existing,
        })
        .expect("the service renders")
}

/// What an earlier run left of the files that are never written again.
fn kept(files: &[RenderedFile]) -> BTreeMap<String, String> {
    files
        .iter()
        .filter(|file| matches!(file.class, Class::Append | Class::Derived))
        .map(|file| (file.path.clone(), file.text.clone()))
        .collect()
}

fn migrations(files: &[RenderedFile]) -> Vec<&RenderedFile> {
    files
        .iter()
        .filter(|file| file.class == Class::Append && file.path.starts_with("migrations/"))
        .collect()
}

fn field(name: &str, optional: bool, default: Option<Literal>) -> FieldModel {
    FieldModel {
        id: format!("Orders.Order.{name}"),
        name: name.to_owned(),
        ty: TypeModel::scalar(Scalar::String),
        optional,
        default: default.map(|literal| Expr::Literal { literal }),
        ..FieldModel::default()
    }
}

#[test]
fn the_clinics_orders_get_these_files() {
    let files = render(&system(CLINIC), "Orders", &BTreeMap::new());
    let mut lines: Vec<String> = files
        .iter()
        .map(|file| format!("{} {}", file.class.word(), file.path))
        .collect();
    lines.sort();
    expect_test::expect_file!["fixtures/python_orders.txt"].assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    for text in [CLINIC, ODD] {
        let system = system(text);
        for service in &system.services {
            if service.stack == StackKind::Python {
                let first = render(&system, &service.name, &BTreeMap::new());
                assert_eq!(first, render(&system, &service.name, &BTreeMap::new()));
            }
        }
    }
}

#[test]
fn files_end_with_one_line_break_and_hold_no_trailing_blanks() {
    // Without tables there is less to import.
    let mut elsewhere = system(CLINIC);
    let mut orders = elsewhere.service("Orders").expect("the service exists").clone();
    "redis".clone_into(&mut orders.stores[0].kind);
    elsewhere.services = vec![orders];
    let files = [
        render(&system(ODD), "Type", &BTreeMap::new()),
        render(&elsewhere, "Orders", &BTreeMap::new()),
    ];
    for file in files.iter().flatten() {
        assert!(file.text.is_empty() || file.text.ends_with('\n'), "{}", file.path);
        assert!(!file.text.ends_with("\n\n"), "{}", file.path);
        for line in file.text.lines() {
            assert_eq!(line.trim_end(), line, "{}", file.path);
        }
    }
}

#[test]
fn an_unchanged_model_adds_no_migration() {
    let system = system(CLINIC);
    let first = render(&system, "Orders", &BTreeMap::new());
    assert_eq!(migrations(&first).len(), 1);
    assert_eq!(
        migrations(&first)[0].path,
        "migrations/versions/0001_first_tables.py"
    );
    assert_eq!(migrations(&render(&system, "Orders", &kept(&first))).len(), 0);
}

#[test]
fn new_fields_and_tables_come_in_a_migration_of_their_own() {
    let mut system = system(CLINIC);
    let first = render(&system, "Orders", &BTreeMap::new());
    let entity = &mut system.services[0].entities[0];
    entity
        .fields
        .push(field("ward", false, Some(Literal::String("it's A1".to_owned()))));
    entity.fields.push(field("bed", true, None));
    let second = render(&system, "Orders", &kept(&first));
    let added = migrations(&second);
    assert_eq!(added.len(), 1);
    assert_eq!(added[0].path, "migrations/versions/0002_orders_ward.py");
    for statement in [
        "revision = \"0002\"",
        "down_revision: str | None = \"0001\"",
        "ALTER TABLE \"orders\" ADD COLUMN \"ward\" text NOT NULL DEFAULT 'it''s A1'",
        "ALTER TABLE \"orders\" ALTER COLUMN \"ward\" DROP DEFAULT",
        "ALTER TABLE \"orders\" ADD COLUMN \"bed\" text",
    ] {
        assert!(
            added[0].text.contains(statement),
            "{statement} is not in\n{}",
            added[0].text
        );
    }
    assert!(!added[0].text.contains("CREATE TABLE"));
}

#[test]
fn a_field_that_goes_leaves_its_column_and_its_data() {
    let mut system = system(CLINIC);
    let first = render(&system, "Orders", &BTreeMap::new());
    system.services[0].entities[0]
        .fields
        .retain(|field| field.name != "priority");
    let second = render(&system, "Orders", &kept(&first));
    let text = &migrations(&second)[0].text;
    assert!(
        text.contains("ALTER TABLE \"orders\" ALTER COLUMN \"priority\" DROP NOT NULL"),
        "{text}"
    );
    assert!(!text.contains("DROP COLUMN"), "{text}");
    // The column is remembered: a third run has nothing to add, and the field may come back.
    let mut existing = kept(&first);
    existing.extend(kept(&second));
    assert_eq!(migrations(&render(&system, "Orders", &existing)).len(), 0);
    let back = render(&self::system(CLINIC), "Orders", &existing);
    let text = &migrations(&back)[0].text;
    assert!(
        text.contains("UPDATE \"orders\" SET \"priority\" = 0 WHERE \"priority\" IS NULL"),
        "{text}"
    );
    assert!(
        text.contains("ALTER TABLE \"orders\" ALTER COLUMN \"priority\" SET NOT NULL"),
        "{text}"
    );
}

#[test]
fn a_column_that_would_change_its_type_is_refused_with_a_way_out() {
    let mut system = system(CLINIC);
    let first = render(&system, "Orders", &BTreeMap::new());
    for field in &mut system.services[0].entities[0].fields {
        if field.name == "priority" {
            field.ty = TypeModel::scalar(Scalar::String);
            (field.min, field.max, field.default) = (None, None, None);
        }
    }
    let existing = kept(&first);
    let input = RenderInput {
        system: &system,
        service: &system.services[0],
        existing: &existing,
    };
    let errors = stack(StackKind::Python)
        .expect("the stack exists")
        .render(&input)
        .expect_err("refused");
    assert!(
        errors[0].message.contains("changes from integer to text"),
        "{}",
        errors[0].message
    );
}

#[test]
fn an_entity_without_a_key_is_refused() {
    let mut system = system(CLINIC);
    for field in &mut system.services[0].entities[0].fields {
        field.is_id = false;
    }
    let existing = BTreeMap::new();
    let input = RenderInput {
        system: &system,
        service: &system.services[0],
        existing: &existing,
    };
    let errors = stack(StackKind::Python)
        .expect("the stack exists")
        .render(&input)
        .expect_err("refused");
    assert_eq!(errors[0].element.as_deref(), Some("Orders.Order"));
}

#[test]
fn decisions_are_recorded_once_and_numbered_on() {
    let mut system = system(CLINIC);
    let records = |files: &[RenderedFile]| -> Vec<String> {
        let paths = files.iter().map(|file| file.path.clone());
        paths.filter(|path| path.starts_with("docs/adr/")).collect()
    };
    let first = render(&system, "Orders", &BTreeMap::new());
    assert_eq!(records(&first), ["docs/adr/0001-outbox.md"]);
    let mut second = system.decisions[0].clone();
    second.name = "KeepOrders".to_owned();
    system.decisions.insert(0, second);
    assert_eq!(
        records(&render(&system, "Orders", &kept(&first))),
        ["docs/adr/0002-keep-orders.md"]
    );
}
