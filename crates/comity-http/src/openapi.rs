//! The OpenAPI document, made from the handlers: a route cannot be served without being described.

use crate::{errors::Problem, routes, state::Http};
use utoipa::{
    OpenApi,
    openapi::{
        ContentBuilder, Info, OpenApi as Document, Ref, ResponseBuilder,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

/// Where the API lives.
pub const PREFIX: &str = "/api/v1";

#[derive(OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Base;

/// The routes below [`PREFIX`] with their description.
pub fn described() -> OpenApiRouter<Http> {
    OpenApiRouter::with_openapi(Base::openapi()).nest(PREFIX, routes::all())
}

/// The document that `GET /api/v1/openapi.json` answers and the web client is generated from.
pub fn document() -> Document {
    let mut document = described().into_openapi();
    document.info = Info::builder()
        .title("Comity")
        .version("1")
        .description(Some(
            "Sign in with POST /session and send the answered `csrf_token` as `x-csrf-token` with unsafe requests, or \
             send an API token as `Authorization: Bearer …`. Errors are `application/problem+json`.",
        ))
        .build();
    add_security(&mut document);
    name_operations(&mut document);
    add_problem_answers(&mut document);
    document
}

fn add_security(document: &mut Document) {
    let components = document.components.get_or_insert_default();
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("comity_session")));
    let token = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    components.add_security_scheme("session", cookie);
    components.add_security_scheme("token", token);
    let none: [&str; 0] = [];
    document.security = Some(vec![SecurityRequirement::new("session", none), SecurityRequirement::new("token", none)]);
}

/// Names every operation after its method and path: `post_cases_id_close`. Such a name is unique and stays.
fn name_operations(document: &mut Document) {
    for (path, item) in &mut document.paths.paths {
        let path = path.trim_start_matches(PREFIX).replace(['/', '-'], "_").replace(['{', '}'], "");
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}{path}"));
            }
        }
    }
}

/// Every operation can answer a problem.
fn add_problem_answers(document: &mut Document) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let problem = ResponseBuilder::new()
        .description("Something went wrong.")
        .content("application/problem+json", content)
        .build();
    for item in document.paths.paths.values_mut() {
        let methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in methods.into_iter().flatten() {
            operation.responses.responses.insert("default".into(), problem.clone().into());
        }
    }
}
