//! What an endpoint answers, for every outcome.

use std::collections::BTreeMap;

use crate::json::{Json, Object};
use crate::model::{EndpointModel, EndpointOrigin, ServiceModel, TypeModel};

use super::schema::{Direction, Schemas, reference};
use super::{content, is_open};

/// A status, the name of its response in `components`, and what it means.
const PROBLEMS: [(u16, &str, &str); 13] = [
    (400, "BadRequest", "The request cannot be read."),
    (401, "Unauthorized", "The caller is not signed in."),
    (403, "Forbidden", "The caller may not do this."),
    (
        404,
        "NotFound",
        "There is no such thing, or the caller may not see it.",
    ),
    (409, "Conflict", "The request contradicts what is stored."),
    (413, "ContentTooLarge", "The body is too large."),
    (415, "UnsupportedMediaType", "The body is not JSON."),
    (422, "UnprocessableContent", "A value is not allowed."),
    (429, "TooManyRequests", "Too many requests; try again later."),
    (500, "InternalServerError", "The service failed."),
    (501, "NotImplemented", "The business rule is not written yet."),
    (
        503,
        "ServiceUnavailable",
        "The store cannot be reached; try again later.",
    ),
    (504, "GatewayTimeout", "The answer took too long."),
];

/// The shared responses.
pub(super) fn components() -> Json {
    Json::object(PROBLEMS.map(|(status, name, meaning)| (name, problem(status, meaning))))
}

fn problem(status: u16, meaning: &str) -> Json {
    let mut response = vec![("description", Json::from(meaning))];
    if matches!(status, 429 | 503) {
        let seconds = Json::object([("type", Json::from("integer")), ("minimum", 0_u64.into())]);
        let header = Json::object([
            ("description", Json::from("After how many seconds to try again.")),
            ("schema", seconds),
        ]);
        response.push(("headers", Json::object([("Retry-After", header)])));
    }
    response.push((
        "content",
        content("application/problem+json", reference("Problem")),
    ));
    Json::object(response)
}

/// Success first, then everything that can go wrong, by status.
pub(super) fn of(service: &ServiceModel, endpoint: &EndpointModel, schemas: &mut Schemas<'_>) -> Json {
    let mut success = vec![("description", Json::from(success_meaning(endpoint)))];
    if let Some(returns) = &endpoint.returns {
        let schema = schemas.of_type(returns, Direction::Out, &format!("{}_result", endpoint.name));
        success.push(("content", content("application/json", schema)));
    }
    let mut responses = Object::new();
    responses.insert(endpoint.success_status().to_string(), Json::object(success));
    for (status, declared) in statuses(service, endpoint) {
        let shared = PROBLEMS.iter().find(|(known, _, _)| *known == status);
        let response = match (shared, declared.is_empty()) {
            (Some((_, name, _)), true) => {
                Json::object([("$ref", Json::from(format!("#/components/responses/{name}")))])
            }
            (shared, _) => {
                let meaning = shared.map(|(_, _, meaning)| (*meaning).to_owned());
                let said = declared
                    .iter()
                    .map(|(name, message)| format!("{name}: {message}"));
                problem(status, &said.chain(meaning).collect::<Vec<_>>().join(" "))
            }
        };
        responses.insert(status.to_string(), response);
    }
    Json::Object(responses)
}

fn success_meaning(endpoint: &EndpointModel) -> &'static str {
    match (endpoint.success_status(), &endpoint.returns) {
        (201, _) => "It was made.",
        (204, _) => "It is done.",
        (_, Some(TypeModel::Page { .. })) => "One page.",
        _ => "The answer.",
    }
}

/// Every status of failure, each with the errors that the blueprint declares for it.
fn statuses(service: &ServiceModel, endpoint: &EndpointModel) -> BTreeMap<u16, Vec<(String, String)>> {
    let mut statuses: BTreeMap<u16, Vec<(String, String)>> = BTreeMap::new();
    let mut add = |list: &[u16]| {
        for status in list {
            statuses.entry(*status).or_default();
        }
    };
    add(&[500]);
    let has_input = endpoint.body.is_some()
        || !endpoint.path_params.is_empty()
        || !endpoint.query_params.is_empty()
        || endpoint.effective_pagination().is_some()
        || endpoint.idempotent;
    if endpoint.body.is_some() {
        add(&[400, 413, 415]);
    }
    if !is_open(endpoint) {
        add(&[401, 403]);
    }
    if !endpoint.path_params.is_empty() {
        add(&[404]);
    }
    if !endpoint.effects.writes.is_empty() || !endpoint.effects.deletes.is_empty() || endpoint.idempotent {
        add(&[409]);
    }
    if endpoint.idempotent {
        add(&[400]);
    }
    if has_input {
        add(&[422]);
    }
    if endpoint.limit.is_some() {
        add(&[429]);
    }
    if endpoint.origin == EndpointOrigin::Written {
        add(&[501]);
    }
    if !service.stores.is_empty() {
        add(&[503, 504]);
    }
    for id in &endpoint.errors {
        if let Some(error) = service.error_by_id(id) {
            statuses
                .entry(error.status)
                .or_default()
                .push((error.name.clone(), error.message.clone()));
        }
    }
    statuses
}
