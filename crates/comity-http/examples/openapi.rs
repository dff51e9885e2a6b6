//! Prints the OpenAPI document: `cargo run -p comity-http --example openapi > web/openapi.json`.

fn main() -> Result<(), serde_json::Error> {
    println!("{}", serde_json::to_string_pretty(&comity_http::openapi())?);
    Ok(())
}
