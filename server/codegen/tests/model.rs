//! The model reads from JSON what it writes to JSON, and its derived lists follow the language.

use archwright_codegen::model::{EndpointModel, EntityModel, SystemModel, TypeModel};

const CLINIC: &str = include_str!("fixtures/clinic_orders.json");

fn clinic() -> SystemModel {
    serde_json::from_str(CLINIC).expect("the fixture is a system model")
}

fn names(fields: &[&archwright_codegen::model::FieldModel]) -> Vec<String> {
    fields.iter().map(|field| field.name.clone()).collect()
}

fn order(system: &SystemModel) -> &EntityModel {
    system
        .service("Orders")
        .and_then(|orders| orders.entity("Order"))
        .expect("Orders.Order")
}

#[test]
fn a_model_survives_json() {
    let system = clinic();
    let text = serde_json::to_string(&system).expect("a model is plain data");
    assert_eq!(
        serde_json::from_str::<SystemModel>(&text).expect("what was written"),
        system
    );
}

#[test]
fn a_client_never_sets_what_the_service_makes() {
    let system = clinic();
    let new = names(&order(&system).new_fields());
    assert!(new.contains(&"notes".to_owned()) && new.contains(&"status".to_owned()));
    for made in ["id", "placed_at", "changed_at", "review_note"] {
        assert!(!new.contains(&made.to_owned()), "{made} is not the client's");
    }
    assert_eq!(names(&order(&system).patch_fields()), new);
    assert!(!names(&order(&system).public_fields()).contains(&"review_note".to_owned()));
}

#[test]
fn success_statuses_follow_the_result() {
    let system = clinic();
    let orders = system.service("Orders").expect("Orders");
    let status = |name: &str| {
        orders
            .endpoints
            .iter()
            .find(|endpoint| endpoint.name == name)
            .map(EndpointModel::success_status)
    };
    assert_eq!(status("create_order"), Some(201));
    assert_eq!(status("place"), Some(201));
    assert_eq!(status("cancel"), Some(200));
    assert_eq!(status("delete_order"), Some(204));
    assert_eq!(status("list_orders"), Some(200));
}

#[test]
fn every_name_the_service_uses_is_defined_in_it() {
    let system = clinic();
    let orders = system.service("Orders").expect("Orders");
    for endpoint in &orders.endpoints {
        for error in &endpoint.errors {
            assert!(orders.error_by_id(error).is_some(), "{error}");
        }
        for run in &endpoint.effects.runs {
            assert!(orders.query_by_id(&run.query).is_some(), "{}", run.query);
        }
        if let Some(TypeModel::Page { of }) = &endpoint.returns
            && let TypeModel::Named { id, .. } = &**of
        {
            assert!(orders.type_by_id(id).is_some(), "{id}");
        }
    }
}
