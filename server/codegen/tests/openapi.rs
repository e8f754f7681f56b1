//! The API document says what the model says.

use archwright_codegen::model::SystemModel;
use archwright_codegen::openapi::document;
use serde_json::{Value, json};

fn orders() -> (SystemModel, Value, String) {
    let system: SystemModel =
        serde_json::from_str(include_str!("fixtures/clinic_orders.json")).expect("the fixture is a model");
    let service = system.service("Orders").expect("Orders");
    let text = document(&system, service, &service.endpoints);
    let value = serde_json::from_str(&text).expect("the document is JSON");
    (system, value, text)
}

#[test]
fn every_endpoint_is_in_it_and_every_reference_resolves() {
    let (system, document, text) = orders();
    for endpoint in &system.services[0].endpoints {
        let operation = &document["paths"][&endpoint.path.text][endpoint.method.to_lowercase()];
        assert_eq!(operation["operationId"], endpoint.name.as_str());
        assert!(
            !operation["responses"][endpoint.success_status().to_string()].is_null(),
            "{}",
            endpoint.name
        );
    }
    for part in text.split("\"$ref\": \"#/").skip(1) {
        let pointer = format!("/{}", part.split('"').next().expect("a reference ends"));
        assert!(document.pointer(&pointer).is_some(), "{pointer} is nowhere");
    }
    assert_eq!(orders().2, text, "the same bytes every time");
}

#[test]
fn bodies_have_the_bounds_of_their_fields() {
    let (_, document, _) = orders();
    let schemas = &document["components"]["schemas"];
    let create = &schemas["OrderCreate"];
    assert_eq!(
        create["required"],
        json!(["clinic", "patient", "reference", "total"])
    );
    assert_eq!(create["additionalProperties"], false);
    assert_eq!(
        create["properties"]["reference"],
        json!({"type": "string", "maxLength": 40, "pattern": "^(?:[A-Z0-9-]+)$", "minLength": 3,
               "description": "What the clinic calls it."})
    );
    assert_eq!(create["properties"]["priority"]["maximum"], 9);
    assert_eq!(create["properties"]["priority"]["default"], 0);
    assert_eq!(
        create["properties"]["total"]["pattern"],
        "^[0-9]{1,10}(\\.[0-9]{1,2})?$"
    );
    assert_eq!(create["properties"]["notes"]["type"], json!(["string", "null"]));
    assert_eq!(create["properties"]["tags"]["maxItems"], 20);
    assert!(create["properties"]["id"].is_null() && create["properties"]["review_note"].is_null());
    let update = &schemas["OrderUpdate"];
    assert!(update["required"].is_null() && update["properties"]["priority"]["default"].is_null());
    let read = &schemas["OrderRead"];
    assert!(read["properties"]["review_note"].is_null());
    assert_eq!(
        read["required"].as_array().map(Vec::len),
        read["properties"].as_object().map(serde_json::Map::len)
    );
    assert_eq!(schemas["OrderPage"]["required"], json!(["items", "next_cursor"]));
    assert_eq!(
        schemas["OrderStatus"]["enum"],
        json!(["placed", "sampled", "resulted", "cancelled"])
    );
}

#[test]
fn access_and_failures_are_told() {
    let (_, document, _) = orders();
    let place = &document["paths"]["/v1/orders/place"]["post"];
    assert_eq!(place["security"], json!([{"Session": []}]));
    let statuses: Vec<&String> = place["responses"]
        .as_object()
        .expect("responses")
        .keys()
        .collect();
    for status in [
        "201", "400", "401", "403", "409", "413", "415", "422", "429", "500", "501", "503", "504",
    ] {
        assert!(statuses.contains(&&status.to_owned()), "{status}");
    }
    assert!(
        !statuses.contains(&&"404".to_owned()),
        "nothing in the path can be missing"
    );
    let conflict = place["responses"]["409"]["description"]
        .as_str()
        .expect("a description");
    assert!(
        conflict.starts_with("OutOfStock: The test kit is out of stock."),
        "{conflict}"
    );
    let names: Vec<&str> = place["parameters"]
        .as_array()
        .expect("parameters")
        .iter()
        .filter_map(|parameter| parameter["name"].as_str())
        .collect();
    assert_eq!(names, ["X-CSRF-Token", "Idempotency-Key"]);
    assert_eq!(document["paths"]["/health"]["get"]["security"], json!([]));
    assert_eq!(
        document["components"]["securitySchemes"]["Session"]["name"],
        "__Host-session"
    );
    let list = &document["paths"]["/v1/orders"]["get"]["parameters"];
    assert_eq!(list[2]["schema"]["maximum"], 100);
    assert_eq!(list[2]["schema"]["default"], 50);
    assert_eq!(list[3]["name"], "cursor");
}
