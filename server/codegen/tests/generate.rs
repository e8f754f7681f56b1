//! Choosing services and naming folders.

use archwright_codegen::model::{ServiceModel, StackKind, SystemModel};
use archwright_codegen::plan::{Lock, NoFiles};
use archwright_codegen::{GenError, Options, Rendered, Selection, generate};

fn system(services: &[(&str, StackKind)]) -> SystemModel {
    let service = |(name, stack): &(&str, StackKind)| ServiceModel {
        id: (*name).to_owned(),
        name: (*name).to_owned(),
        stack: *stack,
        ..ServiceModel::default()
    };
    SystemModel {
        services: services.iter().map(service).collect(),
        ..SystemModel::default()
    }
}

fn run(system: &SystemModel, selection: &Selection) -> Result<Rendered, Vec<GenError>> {
    generate(system, selection, &Options::default(), &Lock::default(), &NoFiles)
}

#[test]
fn services_without_a_stack_are_passed_over_and_unsupported_ones_are_told() {
    let system = system(&[
        ("Desk", StackKind::None),
        ("Web", StackKind::Typescript),
        ("Core", StackKind::Rust),
    ]);
    let rendered = run(&system, &Selection::All).expect("nothing is wrong");
    assert_eq!(rendered.services, []);
    let told: Vec<(&str, &str)> = rendered
        .not_generated
        .iter()
        .map(|line| (line.service.as_str(), line.what.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("Core", "services for stack rust are not generated yet"),
            ("Web", "services for stack typescript are not generated yet"),
        ]
    );
}

#[test]
fn a_service_that_is_asked_for_by_name_must_be_one() {
    let system = system(&[("Desk", StackKind::None), ("Web", StackKind::Typescript)]);
    let names = ["Desk", "Web", "Dask"].map(str::to_owned).to_vec();
    let errors = run(&system, &Selection::Named(names)).expect_err("none of them can be generated");
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(messages.len(), 3);
    assert!(
        messages
            .iter()
            .any(|message| message.contains("`Desk` has no stack"))
    );
    assert!(
        messages
            .iter()
            .any(|message| message.contains("no service `Dask`") && message.contains("Desk, Web"))
    );
    assert!(
        messages
            .iter()
            .any(|message| message.contains("stack typescript"))
    );
}

#[test]
fn folders_follow_the_services_names() {
    let options = |output: &str| Options {
        output: output.to_owned(),
    };
    assert_eq!(
        options("services").service_folder("LabResults"),
        "services/lab-results"
    );
    assert_eq!(options("").service_folder("Orders"), "orders");
    assert_eq!(options("a/b/").service_folder("Orders"), "a/b/orders");
}
