//! The API document of a service, `OpenAPI` 3.1, derived from the model alone.
//!
//! What it promises is what a generated service must do: bounds that are enforced, statuses that are answered, problem
//! documents (RFC 9457) for everything that goes wrong.

mod responses;
mod schema;
mod values;

use crate::json::{Json, Object};
use crate::model::{
    AuthModel, AuthScheme, AuthSchemeKind, EndpointModel, Exposure, FieldModel, PageStyle, Segment,
    ServiceModel, SystemModel, TypeModel,
};
use crate::names;

use schema::{Direction, Schemas};

/// The name of the cookie that carries a session.
pub const SESSION_COOKIE: &str = "__Host-session";

/// The header that unsafe requests with a session must carry.
pub const CSRF_HEADER: &str = "X-CSRF-Token";

/// The header of `idempotent` endpoints.
pub const IDEMPOTENCY_HEADER: &str = "Idempotency-Key";

/// The document, for these endpoints of the service (those that a stack really makes), as JSON with a final newline.
pub fn document<'a>(
    system: &SystemModel,
    service: &'a ServiceModel,
    endpoints: impl IntoIterator<Item = &'a EndpointModel>,
) -> String {
    let endpoints: Vec<&EndpointModel> = endpoints.into_iter().collect();
    let mut schemas = Schemas::new(service);
    let mut paths = Object::new();
    for endpoint in &endpoints {
        let operation = operation(system, service, endpoint, &mut schemas);
        let item = paths
            .entry(template(endpoint))
            .or_insert_with(|| Json::Object(Object::new()));
        if let Json::Object(item) = item {
            item.insert(endpoint.method.to_lowercase(), operation);
        }
    }
    let mut info = vec![
        ("title", names::sentence(&service.name).into()),
        ("version", Json::from("1")),
    ];
    if !service.docs.is_empty() {
        info.push(("description", service.docs.as_str().into()));
    }
    let mut components = vec![
        ("schemas", schemas.finish()),
        ("responses", responses::components()),
    ];
    let schemes = security_schemes(system, &endpoints);
    if !schemes.is_empty() {
        components.push(("securitySchemes", Json::Object(schemes)));
    }
    Json::object([
        ("openapi", Json::from("3.1.0")),
        ("info", Json::object(info)),
        ("servers", Json::list([Json::object([("url", Json::from("/"))])])),
        ("tags", tags(service, &endpoints)),
        ("paths", Json::Object(paths)),
        ("components", Json::object(components)),
    ])
    .print("  ")
}

/// The path as the document writes it.
fn template(endpoint: &EndpointModel) -> String {
    let parts: Vec<String> = endpoint
        .path
        .segments
        .iter()
        .map(|segment| match segment {
            Segment::Literal { text } => text.clone(),
            Segment::Parameter { name } => format!("{{{name}}}"),
            Segment::Rest => "{rest}".to_owned(),
        })
        .collect();
    format!("/{}", parts.join("/"))
}

/// Endpoints are grouped by the entity that they are about.
fn tag(endpoint: &EndpointModel) -> &str {
    endpoint.subject.as_deref().unwrap_or("Service")
}

fn tags(service: &ServiceModel, endpoints: &[&EndpointModel]) -> Json {
    let mut seen: Vec<&str> = Vec::new();
    for endpoint in endpoints {
        if !seen.contains(&tag(endpoint)) {
            seen.push(tag(endpoint));
        }
    }
    Json::list(seen.into_iter().map(|name| {
        let docs = service.entity(name).map_or("", |entity| entity.docs.as_str());
        let mut tag = vec![("name", Json::from(name))];
        if !docs.is_empty() {
            tag.push(("description", docs.into()));
        }
        Json::object(tag)
    }))
}

fn operation(
    system: &SystemModel,
    service: &ServiceModel,
    endpoint: &EndpointModel,
    schemas: &mut Schemas<'_>,
) -> Json {
    let mut operation = vec![
        ("operationId", Json::from(endpoint.name.as_str())),
        ("tags", Json::list([tag(endpoint).into()])),
        ("summary", summary(endpoint).into()),
    ];
    if endpoint.docs.lines().count() > 1 {
        operation.push(("description", endpoint.docs.as_str().into()));
    }
    if endpoint.deprecated.is_some() {
        operation.push(("deprecated", true.into()));
    }
    let parameters = parameters(system, endpoint, schemas);
    if !parameters.is_empty() {
        operation.push(("parameters", Json::list(parameters)));
    }
    if let Some(body) = &endpoint.body {
        let schema = schemas.of_type(&body.ty, Direction::In, &format!("{}_body", endpoint.name));
        operation.push((
            "requestBody",
            Json::object([
                ("required", (!body.optional).into()),
                ("content", content("application/json", schema)),
            ]),
        ));
    }
    operation.push(("responses", responses::of(service, endpoint, schemas)));
    operation.push(("security", security(endpoint)));
    Json::object(operation)
}

/// The first sentence of the documentation, else the name in words.
fn summary(endpoint: &EndpointModel) -> String {
    let first = endpoint.docs.lines().next().unwrap_or_default().trim();
    if first.is_empty() {
        names::sentence(&endpoint.name)
    } else {
        first.to_owned()
    }
}

fn content(kind: &str, schema: Json) -> Json {
    Json::object([(kind, Json::object([("schema", schema)]))])
}

fn parameters(system: &SystemModel, endpoint: &EndpointModel, schemas: &mut Schemas<'_>) -> Vec<Json> {
    let mut list: Vec<Json> = Vec::new();
    for param in &endpoint.path_params {
        list.push(parameter(
            "path",
            &param.name,
            true,
            &param.docs,
            schemas.of_parameter(param, &endpoint.name),
        ));
    }
    for param in &endpoint.query_params {
        let required =
            !param.optional && param.default.is_none() && !matches!(param.ty, TypeModel::List { .. });
        list.push(parameter(
            "query",
            &param.name,
            required,
            &param.docs,
            schemas.of_parameter(param, &endpoint.name),
        ));
    }
    if let Some(page) = endpoint.effective_pagination() {
        let most = u64::from(page.max.max(1));
        let limit = Json::object([
            ("type", Json::from("integer")),
            ("format", "int32".into()),
            ("minimum", 1_u64.into()),
            ("maximum", most.into()),
            ("default", most.min(50).into()),
        ]);
        list.push(parameter(
            "query",
            "limit",
            false,
            "How many items a page holds at most.",
            limit,
        ));
        list.push(match page.style {
            PageStyle::Cursor => {
                let cursor = Json::object([("type", Json::from("string")), ("maxLength", 512_u64.into())]);
                parameter(
                    "query",
                    "cursor",
                    false,
                    "The `next_cursor` of the page before.",
                    cursor,
                )
            }
            PageStyle::Offset => {
                let offset = Json::object([
                    ("type", Json::from("integer")),
                    ("format", "int32".into()),
                    ("minimum", 0_u64.into()),
                    ("maximum", 2_147_483_647_u64.into()),
                    ("default", 0_u64.into()),
                ]);
                parameter("query", "offset", false, "How many items to skip.", offset)
            }
        });
    }
    if needs_csrf_token(system, endpoint) {
        let token = Json::object([
            ("type", Json::from("string")),
            ("minLength", 1_u64.into()),
            ("maxLength", 256_u64.into()),
        ]);
        list.push(parameter(
            "header",
            CSRF_HEADER,
            true,
            "The token that belongs to the session.",
            token,
        ));
    }
    if endpoint.idempotent && endpoint.is_unsafe() {
        let key = Json::object([
            ("type", Json::from("string")),
            ("minLength", 1_u64.into()),
            ("maxLength", 255_u64.into()),
            ("pattern", "^[!-~]+$".into()),
        ]);
        list.push(parameter(
            "header",
            IDEMPOTENCY_HEADER,
            true,
            "Names this request, so that a repetition has no second effect.",
            key,
        ));
    }
    list
}

fn parameter(place: &str, name: &str, required: bool, docs: &str, schema: Json) -> Json {
    let mut parameter = vec![
        ("name", Json::from(name)),
        ("in", place.into()),
        ("required", required.into()),
    ];
    if !docs.is_empty() {
        parameter.push(("description", docs.into()));
    }
    parameter.push(("schema", schema));
    Json::object(parameter)
}

/// Whether the request must carry the session's token: it changes something, and every scheme is a cookie.
pub(crate) fn needs_csrf_token(system: &SystemModel, endpoint: &EndpointModel) -> bool {
    let AuthModel::Schemes { names, .. } = &endpoint.auth else {
        return false;
    };
    let is_cookie = |name: &String| {
        system
            .auth_scheme(name)
            .is_some_and(|scheme| scheme.kind == AuthSchemeKind::Cookie)
    };
    endpoint.is_unsafe() && !is_open(endpoint) && !names.is_empty() && names.iter().all(is_cookie)
}

/// Whether anybody may call it.
fn is_open(endpoint: &EndpointModel) -> bool {
    matches!(endpoint.exposure, Exposure::Public { .. }) || endpoint.auth == AuthModel::Off
}

fn security(endpoint: &EndpointModel) -> Json {
    match &endpoint.auth {
        AuthModel::Schemes { names, .. } if !is_open(endpoint) => Json::list(
            names
                .iter()
                .map(|name| Json::object([(name.clone(), Json::list([]))])),
        ),
        _ => Json::list([]),
    }
}

fn security_schemes(system: &SystemModel, endpoints: &[&EndpointModel]) -> Object {
    let mut schemes = Object::new();
    for scheme in &system.auth_schemes {
        let used = endpoints.iter().any(|endpoint| match &endpoint.auth {
            AuthModel::Schemes { names, .. } => names.contains(&scheme.name) && !is_open(endpoint),
            AuthModel::Absent | AuthModel::Off => false,
        });
        if used && let Some(object) = security_scheme(scheme) {
            schemes.insert(scheme.name.clone(), object);
        }
    }
    schemes
}

fn security_scheme(scheme: &AuthScheme) -> Option<Json> {
    let header = scheme.header.as_deref();
    let mut object = match scheme.kind {
        AuthSchemeKind::Cookie => {
            vec![
                ("type", Json::from("apiKey")),
                ("in", "cookie".into()),
                ("name", SESSION_COOKIE.into()),
            ]
        }
        AuthSchemeKind::Jwt | AuthSchemeKind::Oidc => {
            vec![
                ("type", "http".into()),
                ("scheme", "bearer".into()),
                ("bearerFormat", "JWT".into()),
            ]
        }
        AuthSchemeKind::ApiKey => {
            let name = header.unwrap_or("X-Api-Key");
            vec![
                ("type", "apiKey".into()),
                ("in", "header".into()),
                ("name", name.into()),
            ]
        }
        AuthSchemeKind::Mtls => vec![("type", "mutualTLS".into())],
        AuthSchemeKind::None => return None,
    };
    if !scheme.docs.is_empty() {
        object.push(("description", scheme.docs.as_str().into()));
    }
    Some(Json::object(object))
}

/// Whether a client must send the field: nothing else would give it a value.
fn is_required(field: &FieldModel) -> bool {
    !field.optional && field.default.is_none() && !matches!(field.ty, TypeModel::List { .. })
}
