//! The python stack through the whole way: model, files, plan, disk, and again after changes on both sides.

mod support;

use archwright_codegen::files::Class;
use archwright_codegen::model::{FieldModel, PageStyle, PaginateModel, Scalar, SystemModel, TypeModel};
use archwright_codegen::plan::{Action, Checks, FindingKind, LightChecks, Plan, PlanOptions};
use archwright_codegen::{Options, Rendered, Selection, generate};
use support::Disk;

fn clinic() -> SystemModel {
    serde_json::from_str(include_str!("fixtures/clinic_orders.json")).expect("the fixture is a model")
}

fn render(system: &SystemModel, disk: &Disk) -> Rendered {
    generate(system, &Selection::All, &Options::default(), &disk.lock(), disk)
        .unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn run(system: &SystemModel, disk: &mut Disk) -> Plan {
    let rendered = render(system, disk);
    disk.run(&rendered, &PlanOptions::default())
}

/// The clinic with one more field in one of its entities.
fn grown() -> SystemModel {
    let mut system = clinic();
    let line = system.services[0]
        .entities
        .iter_mut()
        .find(|entity| entity.name == "OrderLine")
        .expect("OrderLine");
    line.fields.push(FieldModel {
        id: "Orders.OrderLine.remark".to_owned(),
        name: "remark".to_owned(),
        ty: TypeModel::scalar(Scalar::String),
        optional: true,
        ..FieldModel::default()
    });
    system
}

fn changed(plan: &Plan) -> Vec<(&str, Action)> {
    plan.files
        .iter()
        .filter(|file| file.action.writes())
        .map(|file| (file.path.as_str(), file.action))
        .collect()
}

fn is_python(path: &str) -> bool {
    std::path::Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "py")
}

#[test]
fn a_second_run_changes_nothing_and_bytes_repeat() {
    let mut disk = Disk::default();
    let first = run(&clinic(), &mut disk);
    assert!(first.files.iter().all(|file| file.action == Action::Create));
    assert!(first.files.len() > 20, "a whole service");
    let second = run(&clinic(), &mut disk);
    assert_eq!(second.writes(), []);
    assert_eq!(
        render(&clinic(), &Disk::default()),
        render(&clinic(), &Disk::default())
    );
}

#[test]
fn every_file_is_what_its_name_says() {
    let mut disk = Disk::default();
    run(&clinic(), &mut disk);
    for (path, text) in &disk.files {
        assert_eq!(LightChecks.parses(path, text), Ok(()), "{path}");
        assert!(
            !text.contains('\r') && !text.contains('\t') || path.ends_with("Makefile"),
            "{path}"
        );
        assert!(text.is_empty() || text.ends_with('\n'), "{path}");
        assert!(
            text.lines().all(|line| line.trim_end() == line),
            "{path} has blanks at a line's end"
        );
    }
}

#[test]
fn one_more_field_touches_its_own_files_only() {
    let mut disk = Disk::default();
    run(&clinic(), &mut disk);
    let append: Vec<String> = paths_of(&run(&clinic(), &mut disk), Class::Append);
    let plan = run(&grown(), &mut disk);
    for (path, action) in changed(&plan) {
        assert!(
            matches!(action, Action::Update | Action::Create),
            "{path}: {action:?}"
        );
        assert!(!append.iter().any(|old| old == path), "{path} never changes");
    }
    assert!(
        changed(&plan).len() < plan.files.len() / 2,
        "{:#?}",
        changed(&plan)
    );
    assert!(
        paths_of(&plan, Class::Append).len() > append.len(),
        "the table changes by a new migration"
    );
    assert_eq!(run(&grown(), &mut disk).writes(), []);
}

fn paths_of(plan: &Plan, class: Class) -> Vec<String> {
    plan.files
        .iter()
        .filter(|file| file.class == class)
        .map(|file| file.path.clone())
        .collect()
}

#[test]
fn a_field_of_one_among_many_entities_leaves_the_others_alone() {
    let many = |grown: bool| {
        let mut system = clinic();
        let line = system.services[0].entities[1].clone();
        for number in 0..53 {
            let text = serde_json::to_string(&line)
                .expect("plain data")
                .replace("OrderLine", &format!("Part{number}"));
            system.services[0]
                .entities
                .push(serde_json::from_str(&text).expect("the same entity"));
        }
        if grown {
            let entity = &mut system.services[0].entities[30];
            let remark = FieldModel {
                id: format!("{}.remark", entity.id),
                name: "remark".to_owned(),
                ty: TypeModel::scalar(Scalar::String),
                optional: true,
                ..FieldModel::default()
            };
            entity.fields.push(remark);
        }
        system
    };
    let mut disk = Disk::default();
    run(&many(false), &mut disk);
    let plan = run(&many(true), &mut disk);
    let own = &many(true).services[0].entities[30].name.to_lowercase();
    let others: Vec<(&str, Action)> = changed(&plan)
        .into_iter()
        .filter(|(path, _)| {
            (0..53).any(|number| path.contains(&format!("part{number}"))) && !path.contains(own.as_str())
        })
        .collect();
    assert_eq!(others, []);
    assert!(!changed(&plan).is_empty());
}

#[test]
fn edits_of_every_file_survive_a_change_of_the_model() {
    let mut disk = Disk::default();
    run(&clinic(), &mut disk);
    let marked: Vec<String> = disk
        .files
        .keys()
        .filter(|path| is_python(path))
        .cloned()
        .collect();
    for path in &marked {
        let text = disk.files.get_mut(path).expect("generated above");
        text.insert_str(0, "# An edit of mine.\n");
    }
    let plan = run(&grown(), &mut disk);
    for path in &marked {
        assert!(disk.files[path].contains("# An edit of mine."), "{path}");
    }
    assert!(
        plan.files.iter().any(|file| file.action == Action::Merge),
        "edits and changes came together"
    );
    assert_eq!(run(&grown(), &mut disk).writes(), []);
}

#[test]
fn another_output_folder_takes_edits_and_migrations_along() {
    let elsewhere = |system: &SystemModel, disk: &Disk| {
        let options = Options {
            output: "elsewhere".to_owned(),
        };
        generate(system, &Selection::All, &options, &disk.lock(), disk)
            .unwrap_or_else(|errors| panic!("{errors:#?}"))
    };
    let mut disk = Disk::default();
    run(&clinic(), &mut disk);
    run(&grown(), &mut disk);
    let main = "services/orders/app/main.py";
    disk.files
        .get_mut(main)
        .expect("generated above")
        .insert_str(0, "# Mine.\n");
    let rules = "services/orders/app/domain/order_rules.py";
    disk.files.insert(rules.to_owned(), "# All mine.\n".to_owned());
    let expected: Vec<(String, String)> = disk
        .files
        .iter()
        .map(|(path, text)| (path.replace("services/", "elsewhere/"), text.clone()))
        .collect();
    let rendered = elsewhere(&grown(), &disk);
    disk.run(&rendered, &PlanOptions::default());
    assert_eq!(disk.files.clone().into_iter().collect::<Vec<_>>(), expected);
    let rendered = elsewhere(&grown(), &disk);
    assert_eq!(disk.plan(&rendered, &PlanOptions::default()).writes(), []);
}

#[test]
fn a_conflict_leaves_the_service_as_it_is() {
    let mut disk = Disk::default();
    run(&clinic(), &mut disk);
    let updated: Vec<String> = changed(&disk.plan(&render(&grown(), &disk), &PlanOptions::default()))
        .into_iter()
        .filter(|(path, action)| *action == Action::Update && is_python(path))
        .map(|(path, _)| path.to_owned())
        .collect();
    let path = &updated[0];
    let edited = disk.files[path]
        .lines()
        .fold(String::new(), |text, line| text + line + "  # mine\n");
    disk.files.insert(path.clone(), edited);
    let before = disk.clone();
    let plan = run(&grown(), &mut disk);
    assert_eq!(disk.files, before.files);
    let kinds: Vec<FindingKind> = plan
        .files
        .iter()
        .filter_map(|file| file.finding.as_ref())
        .map(|finding| finding.kind)
        .collect();
    assert!(kinds.contains(&FindingKind::Conflict) && kinds.contains(&FindingKind::HeldBack));
}

#[test]
fn a_run_that_is_cut_off_comes_to_the_same_end() {
    let mut start = Disk::default();
    run(&clinic(), &mut start);
    let mut whole = start.clone();
    let writes = run(&grown(), &mut whole).writes();
    for end in 0..writes.len() {
        let mut cut = start.clone();
        writes[..end].iter().for_each(|write| cut.apply(write));
        run(&grown(), &mut cut);
        assert_eq!(cut, whole, "cut off before step {end}");
    }
}

#[test]
fn what_is_not_made_yet_is_said() {
    let rendered = render(&clinic(), &Disk::default());
    let said: Vec<&str> = rendered
        .not_generated
        .iter()
        .map(|line| line.element.as_str())
        .collect();
    for element in ["Orders.OrderPlaced.v1", "Orders.purge_drafts", "Orders.place"] {
        assert!(said.contains(&element), "{element}: {said:?}");
    }
}

#[test]
fn pages_by_offset_are_said_to_come_by_cursor() {
    let offset = |style: PageStyle| {
        let mut system = clinic();
        let endpoint = system.services[0]
            .endpoints
            .iter_mut()
            .find(|endpoint| endpoint.paginate.is_some())
            .expect("the clinic has an endpoint with pages");
        endpoint.paginate = Some(PaginateModel { style, max: 50 });
        let element = endpoint.id.clone();
        let rendered = render(&system, &Disk::default());
        rendered
            .not_generated
            .iter()
            .any(|line| line.element == element && line.what.contains("by cursor, not by offset"))
    };
    assert!(offset(PageStyle::Offset));
    assert!(!offset(PageStyle::Cursor));
}
